//! Relays that could not be reached: who has mail for one is told so at once, and one message at a time finds out whether
//! it is back. Without that, each message would hold whoever sends it for as long as a dead server lets one wait.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use super::{Cause, Phase, Refused, Relay};

/// How long nobody tries after the first failure; then as long as the outage has lasted, up to [`LONGEST`].
const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(15 * 60);
/// How long who tries may take until another one does.
const TRYING: Duration = Duration::from_secs(60);
/// How long an outage is known after nobody tried any more.
const KNOWN: Duration = Duration::from_secs(2 * 60 * 60);

/// The outages that this process knows of.
#[derive(Default)]
pub(super) struct Outages(Mutex<HashMap<Relay, Outage>>);

struct Outage {
    since: Instant,
    /// Nobody tries before.
    next: Instant,
    reason: String,
}

impl Outages {
    /// What is known of a relay that nobody is to try now.
    pub(super) fn of(&self, relay: &Relay, now: Instant) -> Option<Refused> {
        let known = self.known();
        let outage = known.get(relay).filter(|outage| now < outage.next)?;
        let cause = Cause::Away {
            since: now.duration_since(outage.since),
            reason: outage.reason.clone(),
        };
        Some(Refused::not_reached(Phase::Connect, cause))
    }

    /// Lets one of those who ask while there is an outage try, now and then.
    pub(super) fn enter(&self, relay: &Relay, now: Instant) -> Result<(), Refused> {
        if let Some(away) = self.of(relay, now) {
            return Err(away);
        }
        if let Some(outage) = self.known().get_mut(relay) {
            outage.next = now + TRYING;
        }
        Ok(())
    }

    /// Learns from what became of a message.
    pub(super) fn learn(&self, relay: &Relay, refused: Option<&Refused>, now: Instant) {
        let mut known = self.known();
        match refused.filter(|refused| refused.is_outage()) {
            Some(refused) => {
                let outage = known.entry(relay.clone()).or_insert_with(|| Outage {
                    since: now,
                    next: now,
                    reason: String::new(),
                });
                let lasted = now.duration_since(outage.since);
                outage.next = now + lasted.clamp(FIRST, LONGEST);
                outage.reason = refused.with_cause();
            }
            None if refused.is_none_or(Refused::is_heard) => {
                known.remove(relay);
            }
            None => {}
        }
    }

    /// Forgets the outages that nobody asks for.
    pub(super) fn sweep(&self, now: Instant) {
        self.known().retain(|_, outage| now < outage.next + KNOWN);
    }

    fn known(&self) -> MutexGuard<'_, HashMap<Relay, Outage>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Refused {
    /// Whether all mail for the relay would fare so: it was not reached, took nobody in, or let one wait in vain.
    fn is_outage(&self) -> bool {
        match self {
            Self::NotReached { phase, cause } => match cause {
                Cause::Busy | Cause::Away { .. } => false,
                Cause::TimedOut(_) => true,
                _ => !phase.is_within(),
            },
            Self::Unknown { cause } => matches!(cause, Cause::TimedOut(_)),
            Self::Rejected(answer) | Self::Later(answer) => !answer.phase.is_within(),
            Self::Unfit(_) => false,
        }
    }

    /// Whether the server has spoken about the message.
    fn is_heard(&self) -> bool {
        match self {
            Self::Rejected(answer) | Self::Later(answer) => answer.phase.is_within(),
            Self::NotReached { .. } | Self::Unknown { .. } | Self::Unfit(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;
    use crate::{Security, Server, smtp::Answer};

    fn relay(name: &str) -> Relay {
        Relay {
            server: Server::new(name, 25, Security::None),
            credentials: None,
            name: None,
        }
    }

    fn gone() -> Refused {
        Refused::not_reached(Phase::Connect, io::Error::from(io::ErrorKind::TimedOut))
    }

    fn answer(phase: Phase) -> Answer {
        Answer {
            phase,
            code: 451,
            status: None,
            text: "not now".to_owned(),
        }
    }

    #[test]
    fn one_tries_at_a_time_and_less_and_less_often() {
        let (outages, a, b) = (Outages::default(), relay("a.test"), relay("b.test"));
        let begun = Instant::now();
        let mut now = begun;
        let mut waits = Vec::new();
        assert!(outages.enter(&a, now).is_ok());
        while waits.len() < 13 {
            outages.learn(&a, Some(&gone()), now);
            let failed = now;
            while outages.enter(&a, now).is_err() {
                assert!(outages.enter(&b, now).is_ok(), "another one");
                now += Duration::from_secs(1);
            }
            waits.push((now - failed).as_secs());
            assert!(outages.enter(&a, now).is_err(), "somebody tries already");
        }
        assert_eq!(waits, [1, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
        // Who was to find out is not heard of any more.
        assert!(outages.enter(&a, now + TRYING).is_ok());
        let away = outages.of(&a, now).expect("an outage").with_cause();
        let lasted = now - begun;
        assert!(
            away.contains(&format!("{lasted:?}")) && away.contains("timed out"),
            "{away}"
        );

        outages.learn(&a, None, now);
        assert!(outages.enter(&a, now).is_ok() && outages.enter(&a, now).is_ok());
    }

    #[test]
    fn a_server_that_refuses_a_message_is_there_and_one_that_takes_nobody_in_is_not() {
        let now = Instant::now();
        for (refused, is_away) in [
            (Refused::Later(answer(Phase::Greeting)), true),
            (Refused::Rejected(answer(Phase::SignIn)), true),
            (Refused::Later(answer(Phase::Sender)), false),
            (Refused::Rejected(answer(Phase::Content)), false),
            (Refused::not_reached(Phase::Connect, Cause::Busy), false),
            (
                Refused::not_reached(Phase::Data, io::Error::other("cut")),
                false,
            ),
            (
                Refused::not_reached(Phase::Data, Cause::TimedOut(TRYING)),
                true,
            ),
            (
                Refused::Unknown {
                    cause: Cause::TimedOut(TRYING),
                },
                true,
            ),
        ] {
            let (outages, a) = (Outages::default(), relay("a.test"));
            outages.learn(&a, Some(&refused), now);
            assert_eq!(outages.of(&a, now).is_some(), is_away, "{refused}");
        }
    }

    #[test]
    fn an_outage_that_nobody_asks_for_is_forgotten() {
        let (outages, a) = (Outages::default(), relay("a.test"));
        let now = Instant::now();
        outages.learn(&a, Some(&gone()), now);
        outages.sweep(now + KNOWN);
        assert_eq!(outages.known().len(), 1);
        outages.sweep(now + FIRST + KNOWN);
        assert_eq!(outages.known().len(), 0);
    }
}
