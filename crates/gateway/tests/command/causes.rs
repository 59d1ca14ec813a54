//! What the log has of a request that went wrong.

use serde_json::Value;

use crate::cluster::Database;

/// What the client gets of a fault of ours is the id of the request; the log has the cause under it, also where only
/// errors are logged.
#[tokio::test]
async fn the_cause_of_an_internal_error_is_logged_under_the_requests_id() {
    for (format, level, name) in [
        ("human", "error", "id="),
        ("human", "info", "id="),
        ("json", "error", "\"id\":\""),
        ("json", "info", "\"id\":\""),
    ] {
        let database = Database::demo().await;
        database
            .execute("ALTER TABLE companies RENAME COLUMN industry TO trade")
            .await;
        let home = database
            .home()
            .with("GATEWAY_LOG_FORMAT", format)
            .with("GATEWAY_LOG", level);
        let serving = home.serve(&[]).await;
        let token = serving.token("owner@acme.test", 0);
        let answer = serving
            .post(&token, "{ companies { nodes { industry } } }")
            .send()
            .await
            .expect("an answer");
        let id = answer.headers()["x-request-id"]
            .to_str()
            .expect("text")
            .to_owned();
        let body: Value = answer.json().await.expect("JSON");
        assert_eq!(
            body["errors"][0]["extensions"],
            serde_json::json!({ "code": "INTERNAL_ERROR", "requestId": id })
        );
        assert_eq!(body["errors"][0]["message"], "internal error");
        let log = serving.stop("TERM").await.stderr;
        let cause = log
            .lines()
            .find(|line| line.contains("internal error"))
            .unwrap_or_else(|| panic!("no cause: {log}"));
        assert!(
            cause.contains("does not exist") && cause.contains(&format!("{name}{id}")),
            "{cause}"
        );
    }
}

#[tokio::test]
async fn a_mutation_that_was_run_twice_says_so() {
    let database = Database::demo().await;
    database
        .execute(
            "CREATE SEQUENCE attempts;
            CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
            BEGIN
                IF nextval('attempts') = 1 THEN RAISE SQLSTATE '40001'; END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER lose BEFORE UPDATE ON user_preferences FOR EACH ROW EXECUTE FUNCTION lose()",
        )
        .await;
    let serving = database.home().serve(&[]).await;
    let token = serving.token("owner@acme.test", 0);
    let change = "mutation Change { updateUserPreferences(input: {theme: DARK}) { userPreferences { theme } } }";
    serving.data(&token, change).await;
    serving.data(&token, change).await;
    let log = serving.stop("TERM").await.stderr;
    let lines: Vec<&str> = log
        .lines()
        .filter(|line| line.contains(" INFO request "))
        .collect();
    let [twice, once] = lines[..] else {
        panic!("two requests: {log}")
    };
    assert!(
        twice.contains("outcome=committed sql=2 ")
            && twice.contains("retried=true")
            && !twice.contains("code="),
        "{twice}"
    );
    assert!(
        once.contains("outcome=committed sql=1 ") && !once.contains("retried"),
        "{once}"
    );
}
