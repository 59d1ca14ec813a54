//! What the operator sees of jobs: a line an attempt, as each request is one.

use migrations::Tier;
use serde_json::Value;
use transport::sink::Fault;

use super::arranged::{Campaign, MailServer, once, worker};

/// What a worker logs of a campaign of one message that is put off once.
async fn logged(format: &str) -> (Campaign, String) {
    let campaign = Campaign::new(1, &["Hello"]).await;
    let server = MailServer::start(once(Fault::defer())).await;
    campaign.start().await;
    let home = campaign.home(&server).with("GATEWAY_LOG_FORMAT", format);
    let worker = worker(&home).await;
    campaign.hurry_to_its_end().await;
    let log = worker.stop("TERM").await.stderr;
    (campaign, log)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_is_a_line_that_a_person_can_read() {
    let (_, log) = logged("human").await;
    let lines = log
        .lines()
        .filter(|line| line.contains("type=message.send"));
    let lines: Vec<&str> = lines.collect();
    let [put_off, sent] = lines[..] else {
        panic!("two attempts: {log}");
    };
    let words = |line: &str| -> Vec<String> {
        let words = line.split(' ').skip_while(|word| *word != "job");
        let names = words.map(|word| word.split('=').next().unwrap_or_default());
        names.map(str::to_owned).collect()
    };
    let expected = [
        "job", "type", "queue", "tenant", "attempt", "outcome", "ms", "id",
    ];
    assert_eq!(words(sent), expected);
    assert!(sent.contains(" INFO job "), "{sent}");
    for (line, parts) in [
        (
            put_off,
            [
                "queue=email-sending tenant=tnt_",
                "attempt=1 outcome=retry ms=",
                "error=put off with 450",
            ],
        ),
        (
            sent,
            [
                "queue=email-sending tenant=tnt_",
                "attempt=2 outcome=completed ms=",
                " id=job_",
            ],
        ),
    ] {
        for part in parts {
            assert!(line.contains(part), "no {part}: {line}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_is_a_flat_object_with_the_ids_that_clients_see() {
    let (campaign, log) = logged("json").await;
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let mut lines = lines.iter().filter(|line| line["type"] == "message.send");
    let (put_off, sent) = (
        lines.next().expect("a line"),
        lines.next().expect("another"),
    );
    assert_eq!(put_off["outcome"], "retry");
    assert_eq!(
        (&sent["message"], &sent["attempt"]),
        (&"job".into(), &2.into())
    );
    assert!(sent["ms"].is_f64() && sent.get("error").is_none(), "{sent}");
    let ids = "SELECT jsonb_build_array(tenant_id, id) FROM jobs WHERE job_type = 'message.send'";
    let ids = campaign.value(Tier::Queue, ids).await;
    let id = |place: usize| ids[place].as_str().expect("an id").parse().expect("a UUID");
    let (tenant, job): (uuid::Uuid, uuid::Uuid) = (id(0), id(1));
    assert_eq!(
        sent["tenant"],
        entity::id::TenantId::from(tenant).to_string()
    );
    assert_eq!(sent["id"], entity::id::JobId::from(job).to_string());
}
