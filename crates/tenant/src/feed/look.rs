//! The feed's connection, and a look at what changed.

use std::{
    collections::{HashMap, hash_map::Entry},
    io,
    time::Duration,
};

use entity::id::TenantId;
use tokio::{task::JoinHandle, time::timeout};
use tokio_postgres::{Client, SimpleQueryMessage, SimpleQueryRow};
use uuid::Uuid;

use super::{Change, Event, Subject};
use crate::{connect::Target, wire::of_driver};

/// How long a look may take before the connection is given up.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many old changes are removed at a time.
const BATCH: u32 = 10_000;

/// A change as it was written down.
pub(super) struct Noted {
    pub(super) tenant: TenantId,
    pub(super) subject: Subject,
    pub(super) event: Event,
}

/// Which transactions a look has seen, as PostgreSQL writes it (`xmin:xmax:those under way in between`).
pub(super) struct Snapshot(String);

impl Snapshot {
    /// Only what has the letters of a snapshot, because it becomes a part of a statement.
    fn read(text: &str) -> Option<Self> {
        let is_one = |letter: char| letter.is_ascii_digit() || matches!(letter, ':' | ',');
        text.chars().all(is_one).then(|| Self(text.to_owned()))
    }

    /// Whether the other one can have been taken later.
    pub(super) fn precedes(&self, later: &Self) -> bool {
        self.xmin() <= later.xmin()
    }

    fn xmin(&self) -> Option<u64> {
        self.0.split(':').next()?.parse().ok()
    }
}

/// A connection that looks.
pub(super) struct Eye {
    client: Client,
    driver: JoinHandle<()>,
}

impl Drop for Eye {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl Eye {
    pub(super) async fn open(target: &Target) -> Result<Self, sqlx::Error> {
        let (client, connection) = in_time(target.connect_apart()).await?;
        let driver = tokio::spawn(async move {
            // Whoever asks on the connection is told of its end.
            let _ = connection.await;
        });
        Ok(Self { client, driver })
    }

    /// What this look sees and the one before did not, in the order in which it was written; nothing at the first.
    pub(super) async fn look(
        &self,
        before: Option<&Snapshot>,
    ) -> Result<(Snapshot, Vec<Noted>), sqlx::Error> {
        let rows = self.ask(&looking(before)).await?;
        let mut snapshot = None;
        let mut noted = Vec::new();
        for row in &rows {
            match row.len() {
                1 => snapshot = row.get(0).and_then(Snapshot::read),
                // One of a kind that this version does not know is for nobody.
                _ => noted.extend(read(row)),
            }
        }
        let snapshot = snapshot.ok_or_else(|| sqlx::Error::Protocol("no snapshot".to_owned()))?;
        Ok((snapshot, at_once(noted)))
    }

    /// Removes what is older, a batch after another.
    pub(super) async fn forget(&self, kept: Duration) -> Result<(), sqlx::Error> {
        let statement = format!(
            "BEGIN; SET LOCAL ROLE gateway_feed; \
             SELECT forget_changes(now() - interval '{} seconds', {BATCH}); COMMIT",
            kept.as_secs()
        );
        loop {
            let rows = self.ask(&statement).await?;
            let removed = rows.first().and_then(|row| row.get(0)?.parse().ok());
            if removed.is_none_or(|removed: u32| removed < BATCH) {
                return Ok(());
            }
        }
    }

    async fn ask(&self, statement: &str) -> Result<Vec<SimpleQueryRow>, sqlx::Error> {
        let asked = async { self.client.simple_query(statement).await.map_err(of_driver) };
        let answers = in_time(asked).await?;
        let rows = answers.into_iter().filter_map(|answer| match answer {
            SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        });
        Ok(rows.collect())
    }
}

/// One message: a transaction, its snapshot, and the rows that are new in it. The lower bound is what the index serves.
fn looking(before: Option<&Snapshot>) -> String {
    let changes = before.map_or_else(String::new, |Snapshot(before)| {
        format!(
            "SELECT tenant_id, subject, subject_id, change FROM changes \
             WHERE transaction >= pg_snapshot_xmin('{before}') \
             AND NOT pg_visible_in_snapshot(transaction, '{before}') ORDER BY id; "
        )
    });
    format!(
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL ROLE gateway_feed; \
         SELECT pg_current_snapshot(); {changes}COMMIT"
    )
}

/// One change of each row: a transaction that makes a row and its parts is one event.
fn at_once(noted: Vec<Noted>) -> Vec<Noted> {
    let mut places = HashMap::with_capacity(noted.len());
    let mut first: Vec<Noted> = Vec::with_capacity(noted.len());
    for noted in noted {
        match places.entry((noted.tenant, noted.subject, noted.event.id)) {
            Entry::Vacant(place) => {
                place.insert(first.len());
                first.push(noted);
            }
            Entry::Occupied(place) => {
                let event = &mut first[*place.get()].event;
                event.change = event.change.and_then(noted.event.change);
            }
        }
    }
    first
}

fn read(row: &SimpleQueryRow) -> Option<Noted> {
    let tenant: Uuid = row.get(0)?.parse().ok()?;
    Some(Noted {
        tenant: tenant.into(),
        subject: Subject::parse(row.get(1)?)?,
        event: Event {
            id: row.get(2)?.parse().ok()?,
            change: Change::parse(row.get(3)?)?,
        },
    })
}

/// A connection of which nothing is heard is as good as none.
async fn in_time<T>(asked: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
    let silent = |_| sqlx::Error::Io(io::Error::from(io::ErrorKind::TimedOut));
    timeout(PATIENCE, asked).await.map_err(silent)?
}

#[cfg(test)]
mod tests {
    use super::{Snapshot, looking};

    #[test]
    fn a_snapshot_is_nothing_but_numbers() {
        assert!(Snapshot::read("731:735:731,733").is_some());
        assert!(Snapshot::read("731:735:'").is_none());
    }

    #[test]
    fn a_snapshot_of_an_older_state_follows_none() {
        let snapshot = |text| Snapshot::read(text).expect("a snapshot");
        assert!(snapshot("731:735:731").precedes(&snapshot("731:740:")));
        assert!(snapshot("99:99:").precedes(&snapshot("100:100:")));
        assert!(!snapshot("731:735:").precedes(&snapshot("700:800:")));
    }

    #[test]
    fn the_first_look_only_remembers_what_there_is() {
        assert!(!looking(None).contains("FROM changes"));
        let before = Snapshot::read("5:7:6");
        assert!(looking(before.as_ref()).contains("pg_visible_in_snapshot(transaction, '5:7:6')"));
    }
}
