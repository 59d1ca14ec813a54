//! Nobody is told of another tenant's rows.

use gateway_tests::{EventStream, Heard, Socket, World};
use serde_json::json;

use super::{CAMPAIGNS, create, delete, rename, told};

#[tokio::test]
async fn another_tenants_changes_are_no_events() {
    let world = World::demo().await;
    let (acme, globex) = (world.owner("acme"), world.owner("globex"));
    let theirs = create(&globex, "Theirs").await;
    let mut all = EventStream::subscribe(&acme, CAMPAIGNS).await;
    // By its id, which may be known to anybody.
    let query = format!("subscription {{ campaign(id: \"{theirs}\") {{ change id }} }}");
    let mut socket = Socket::signed_in(&acme).await;
    socket.subscribe("theirs", &query).await;
    let ours = create(&acme, "Ours").await;
    assert_eq!(all.data().await, told("CREATED", &ours, Some("Ours")));
    let query = format!("subscription {{ campaign(id: \"{ours}\") {{ change id }} }}");
    socket.subscribe("ours", &query).await;
    rename(&globex, &theirs, "Renamed").await;
    delete(&globex, &theirs).await;
    rename(&acme, &ours, "Ours still").await;
    assert_eq!(all.data().await, told("UPDATED", &ours, Some("Ours still")));
    let expected = json!({ "campaign": { "change": "UPDATED", "id": ours } });
    assert_eq!(socket.data("ours").await, expected);
}

#[tokio::test]
async fn a_row_that_goes_to_another_tenant_is_gone_for_the_one_it_was_of() {
    let world = World::demo().await;
    let (acme, globex) = (world.owner("acme"), world.owner("globex"));
    let id = create(&acme, "Moving").await;
    let mut ours = EventStream::subscribe(&acme, CAMPAIGNS).await;
    let mut theirs = EventStream::subscribe(&globex, CAMPAIGNS).await;
    sqlx::raw_sql("UPDATE campaigns SET tenant_id = (SELECT id FROM tenants WHERE name = 'globex'), company_id = NULL WHERE name = 'Moving'")
        .execute(world.admin())
        .await
        .expect("a superuser may");
    assert_eq!(ours.data().await, told("DELETED", &id, None));
    assert_eq!(theirs.data().await, told("UPDATED", &id, Some("Moving")));
}

/// The log says `updated`, and the row is no more to be seen by whoever is told.
#[tokio::test]
async fn a_row_that_can_not_be_seen_is_no_event() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    let mut stream = EventStream::subscribe(&owner, CAMPAIGNS).await;
    sqlx::raw_sql(
        "INSERT INTO changes (tenant_id, subject, subject_id, change)
            SELECT acme.id, 'campaign', c.id, 'updated' FROM tenants acme, campaigns c JOIN tenants t ON t.id = c.tenant_id
            WHERE acme.name = 'acme' AND t.name = 'globex';
        INSERT INTO changes (tenant_id, subject, subject_id, change)
            SELECT id, 'of a later version', gen_random_uuid(), 'deleted' FROM tenants",
    )
    .execute(world.admin())
    .await
    .expect("a superuser may");
    let id = create(&owner, "Seen").await;
    assert_eq!(stream.data().await, told("CREATED", &id, Some("Seen")));
}

#[tokio::test]
async fn who_acts_in_no_tenant_is_told_nothing() {
    let world = World::demo().await;
    let demo = world.demo.clone().expect("a demo world");
    let clients = [
        world.staff(demo.staff.id),
        world.in_no_tenant(demo.tenants[0].users[0].id),
    ];
    for client in clients {
        let mut stream = EventStream::subscribe(&client, CAMPAIGNS).await;
        let (event, answer) = stream.next().await.expect("an event");
        let code = &answer["errors"][0]["extensions"]["code"];
        assert_eq!(
            (event.as_str(), code.as_str()),
            ("next", Some("FORBIDDEN")),
            "{answer}"
        );
        assert_eq!(
            stream.next().await.map(|(event, _)| event).as_deref(),
            Some("complete")
        );
        assert!(stream.next().await.is_none());
        let mut socket = Socket::signed_in(&client).await;
        socket.ask("1", CAMPAIGNS).await;
        let Heard::Message(message) = socket.hear().await else {
            panic!("a message");
        };
        assert_eq!(message["type"], "error", "{message}");
    }
}
