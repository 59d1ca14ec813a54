//! What holds of a campaign whatever has happened to it.
#![expect(clippy::print_stdout, reason = "a run says what came of it")]

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use migrations::Tier;
use tokio::time::{Instant, sleep};

use super::arranged::{Campaign, MailServer};

/// Longer than a busy machine takes for thousands of messages.
const PATIENCE: Duration = Duration::from_secs(600);

/// Waits until so many messages were accepted.
pub async fn reached(campaign: &Campaign, server: &MailServer, accepted: usize) {
    let end = Instant::now() + PATIENCE;
    while server.accepted().len() < accepted {
        let is_late = Instant::now() > end;
        assert!(
            !is_late,
            "{:?} {:?}",
            campaign.messages().await,
            campaign.jobs().await
        );
        sleep(Duration::from_millis(20)).await;
    }
}

/// Of the messages that were expected each was accepted once at most, by what the mail server has written down, and each
/// that was accepted is known. Of no more than so many nobody knows.
pub async fn assert_at_most_once(
    campaign: &Campaign,
    server: &MailServer,
    expected: i64,
    most_unknown: i64,
) {
    let accepted = server.accepted();
    let ids: HashSet<&String> = accepted.iter().map(|(_, id)| id).collect();
    assert_eq!(ids.len(), accepted.len(), "a message was accepted twice");
    let known = campaign.sent_or_unknown().await;
    let mut steps = HashMap::<_, HashSet<_>>::new();
    for (to, id) in &accepted {
        let (address, step) = known.get(id).unwrap_or_else(|| panic!("{id} has no row"));
        assert_eq!(address, to);
        let is_first = steps.entry(to).or_default().insert(step);
        assert!(is_first, "{to} got a step twice");
    }
    let messages = campaign.messages().await;
    let unknown = messages.get("sending").copied().unwrap_or_default();
    println!("{} accepted, {unknown} unknown", accepted.len());
    assert!(unknown <= most_unknown, "{messages:?}");
    let sent = messages.get("sent").copied().unwrap_or_default();
    assert_eq!(sent + unknown, expected, "{messages:?}");
    assert!(accepted.len() as i64 >= sent, "{messages:?}");
}

/// All jobs are done, all leads have come to the end, and each message was counted.
pub async fn assert_nothing_is_stuck(campaign: &Campaign, leads: i64, messages: i64) {
    let jobs = campaign.jobs().await;
    assert_eq!(jobs.keys().collect::<Vec<_>>(), ["completed"], "{jobs:?}");
    let states = campaign.leads().await;
    assert_eq!(states, [("completed".to_owned(), leads)].into());
    let counted = "SELECT sum(executed_count) FROM campaign_sequence_steps \
         WHERE campaign_id = (SELECT id FROM campaigns WHERE name = 'the campaign')";
    assert_eq!(campaign.value(Tier::Oltp, counted).await, messages);
}
