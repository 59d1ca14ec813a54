//! What `just watch-campaign` shows a newcomer.

use crate::home::Home;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/watch-campaign");

#[tokio::test]
async fn a_newcomer_watches_a_campaign_from_its_schedule_to_its_messages() {
    let home = Home::with_data().await;
    let serving = home.serve(&[]).await;
    let home = home.with("GATEWAY_URL", &serving.base);
    let watch = format!("{SCRIPT} {}", env!("CARGO_BIN_EXE_gateway"));
    let shown = home.shell(&watch).await.ok();
    // In this order, and the messages as they were read at the end.
    let parts = [
        "\"DRAFT\"",
        "{\"addCampaignLeads\":{\"count\":5}}",
        "> subscription",
        "> mutation($id: ID!, $at: DateTime!) { scheduleCampaign",
        "{\"change\":\"UPDATED\",\"campaign\":{\"status\":\"COMPLETED\",\"steps\":{\"nodes\":[{\"executedCount\":5}]}}}",
        "\"status\":\"SENT\"",
    ];
    let places: Vec<_> = parts.iter().map(|part| shown.find(part)).collect();
    assert!(
        places.is_sorted() && !places.contains(&None),
        "{places:?} {shown}"
    );
    assert_eq!(shown.matches("\"status\":\"SENT\"").count(), 5, "{shown}");
    // They are in the mailbox of this machine.
    let kept = std::fs::read_dir(home.data().join("mail/new")).expect("a folder of mail");
    assert_eq!(kept.count(), 5);

    assert_eq!(serving.stop("TERM").await.code, Some(0));
    let ended = home.shell(&watch).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(
        ended.stderr.contains("start the gateway with `cargo run`"),
        "{ended:?}"
    );
}
