//! What it refuses before it begins, or half way.

use super::{count, counts, generated, import, rejects};
use crate::{cluster::Database, home::Home};

#[tokio::test]
async fn the_plan_s_limit_ends_it_and_whole_batches_stay() {
    let database = Database::demo().await;
    database
        .execute("UPDATE plans SET max_contacts = 2500")
        .await;
    let home = database.home();
    let file = generated(5000).replacen("lead7@", "lead7 at ", 1);
    home.write("many.csv", &file);
    let ended = import(&home, &["many.csv", "--batch", "1000"]).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert_eq!(counts(&ended), [2000, 1999, 0, 0, 1], "{ended:?}");
    for word in ["allows 2500", "up to line 2001", "--mode skip"] {
        assert!(ended.stderr.contains(word), "{word}: {ended:?}");
    }
    assert_eq!(count(&database, "many.example").await, "1999");
    assert_eq!(
        rejects(&home, "many.rejects.csv")
            .split(|byte| *byte == b'\n')
            .count(),
        3
    );
}

#[tokio::test]
async fn who_may_not_import_is_told() {
    let database = Database::demo().await;
    let home = database.home();
    home.write("leads.csv", "email\nada@refused.example\n");
    let run = async |tenant: &str, user: &str| {
        let arguments = [
            "import-leads",
            "leads.csv",
            "--tenant",
            tenant,
            "--user",
            user,
        ];
        home.run(&arguments).await.sentence()
    };
    let analyst = run("acme", "analyst@acme.test").await;
    assert!(
        analyst.contains("takes the role owner or admin or member")
            && analyst.ends_with("nothing was imported"),
        "{analyst}"
    );
    let stranger = run("acme", "owner@globex.test").await;
    assert!(
        stranger.contains("the tenant acme has no member owner@globex.test"),
        "{stranger}"
    );
    let ids = run(
        "tnt_01kdvdna00epgvsydn5jvyr0yq",
        "user_01kdvdna00fv2aq2pw276dpc08",
    )
    .await;
    assert!(ids.contains("not an active member of this tenant"), "{ids}");
    assert_eq!(count(&database, "refused.example").await, "0");

    let login = database.home().without("GATEWAY_ADMIN_URL");
    login.write("leads.csv", "email\nada@refused.example\n");
    let names = import(&login, &["leads.csv"]).await.sentence();
    assert!(
        names.contains("GATEWAY_ADMIN_URL") && names.contains("tnt_"),
        "{names}"
    );
    let acme = [
        "import-leads",
        "leads.csv",
        "--tenant",
        "tnt_01kdvdna00epgvsydn5jvyr0yq",
        "--user",
        "user_01kdvdna00fv2aq2pw276dpc09",
    ];
    let by_ids = login.run(&acme).await;
    assert_eq!(
        counts(&by_ids),
        [1, 1, 0, 0, 0],
        "ids need no superuser: {by_ids:?}"
    );
    let admin = database.home().with("DATABASE_URL", database.admin_url());
    admin.write("leads.csv", "email\nada@refused.example\n");
    let ended = import(&admin, &["leads.csv"]).await;
    assert!(
        ended.stderr.contains("does not isolate tenants"),
        "{ended:?}"
    );
}

#[tokio::test]
async fn a_file_that_can_not_be_imported_needs_no_database() {
    let home = Home::new();
    home.write("empty.csv", "\n\n");
    home.write("list.csv", "ada@example.com;Ada\n");
    home.write("leads.csv", "email\n");
    home.write("leads.rejects.csv", "precious");
    for (arguments, word) in [
        (&["none.csv"][..], "none.csv can not be read: No such file"),
        (&["empty.csv"], "empty.csv is empty"),
        (&["-"], "standard input is empty"),
        (&["list.csv"], "no column `email`"),
        (&["leads.csv"], "leads.rejects.csv is there already"),
        (
            &["leads.csv", "--rejects", "leads.csv", "--force"],
            "the file to import",
        ),
        (
            &["leads.csv", "--rejects", "no/where.csv"],
            "rejects can not go to no/where.csv",
        ),
        (
            &["leads.csv", "--rejects", "r.csv"],
            "there is no database in .gateway yet",
        ),
    ] {
        let sentence = import(&home, arguments).await.sentence();
        assert!(sentence.contains(word), "{word}: {sentence}");
    }
    assert_eq!(rejects(&home, "leads.rejects.csv"), b"precious");
    let usage = import(&home, &["leads.csv", "--batch", "10001"]).await;
    assert_eq!(usage.code, Some(2), "{usage:?}");
}

#[tokio::test]
async fn rejects_are_replaced_when_that_is_asked_for() {
    let home = Database::demo().await.home();
    home.write("leads.rejects.csv", "of an earlier import");
    home.write("leads.csv", "email\nnobody\n");
    import(&home, &["leads.csv", "--force"]).await.ok();
    assert!(rejects(&home, "leads.rejects.csv").starts_with(b"line,reason,email\n2,"));
    home.write("leads.csv", "email\nada@force.example\n");
    import(&home, &["leads.csv", "--force"]).await.ok();
    assert!(!home.path().join("leads.rejects.csv").exists());
}
