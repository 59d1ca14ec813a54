//! A message's status is the furthest that happened, in whatever order and however often it is told.

use chrono::Utc;
use entity::id::EmailMessageId;
use rand::{Rng, SeedableRng, rngs::StdRng, seq::SliceRandom};

use super::arranged::{Arranged, bounce, complaint, reply};

/// The events, from the nearest to the furthest, and what the lead is then.
const EVENTS: [(&str, &str); 6] = [
    ("opened", "active"),
    ("clicked", "active"),
    ("replied", "replied"),
    ("bounced", "bounced"),
    ("unsubscribed", "unsubscribed"),
    ("complained", "unsubscribed"),
];

async fn tell(arranged: &Arranged, sent: EmailMessageId, event: usize) {
    let (acme, inbox, now) = (&arranged.acme, &arranged.inbox, Utc::now());
    let id = "one@acme.test";
    match EVENTS[event].0 {
        "opened" => inbox.opened(acme.tenant, sent, now).await.expect("written"),
        "clicked" => inbox
            .clicked(acme.tenant, sent, now)
            .await
            .expect("written"),
        "unsubscribed" => {
            let lead = acme.lead.into();
            let told = inbox.unsubscribed(acme.tenant, sent, lead, now).await;
            told.expect("written");
        }
        "replied" => drop(arranged.bring(acme, reply(acme, id, "yes")).await),
        "bounced" => drop(
            arranged
                .bring(acme, bounce(acme, id, "failed", "5.1.1"))
                .await,
        ),
        _ => drop(arranged.bring(acme, complaint(acme, id)).await),
    }
}

#[tokio::test]
async fn the_order_in_which_things_are_told_does_not_matter() {
    let arranged = Arranged::new().await;
    let sent = arranged.sent(&arranged.acme, "one@acme.test").await;
    let seed = rand::rng().random();
    let mut random = StdRng::seed_from_u64(seed);
    for _ in 0..25 {
        let back = "UPDATE email_messages SET status = 'sent', opened = NULL, clicked = NULL, replied = NULL, bounced = NULL,
            unsubscribed = NULL, complained = NULL WHERE direction = 'outbound'";
        arranged.change(migrations::Tier::Content, back).await;
        let back = "UPDATE leads SET status = 'active'";
        arranged.change(migrations::Tier::Oltp, back).await;
        let mut events: Vec<usize> = (0..EVENTS.len()).filter(|_| random.random()).collect();
        events.extend_from_within(..events.len() / 2);
        events.shuffle(&mut random);
        let mut furthest = None;
        for event in &events {
            tell(&arranged, sent, *event).await;
            furthest = furthest.max(Some(*event));
            let expected = furthest.map_or("sent", |event| EVENTS[event].0);
            let found = arranged.status(sent).await;
            assert_eq!(found, expected, "{events:?} up to {event}, seed {seed}");
        }
        let lead = arranged.lead(&arranged.acme).await.0;
        let expected = furthest.map_or("active", |event| EVENTS[event].1);
        assert_eq!(lead, expected, "{events:?}, seed {seed}");
    }
}

/// A lead that was put away stays so, unless it asks for no more.
#[tokio::test]
async fn who_was_put_away_stays_so() {
    let arranged = Arranged::new().await;
    let sent = arranged.sent(&arranged.acme, "one@acme.test").await;
    let put_away = "UPDATE leads SET status = 'archived'";
    arranged.change(migrations::Tier::Oltp, put_away).await;
    for (event, expected) in [(2, "archived"), (3, "archived"), (4, "unsubscribed")] {
        tell(&arranged, sent, event).await;
        assert_eq!(arranged.lead(&arranged.acme).await.0, expected, "{event}");
    }
}
