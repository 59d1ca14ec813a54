//! What the gateway tells of itself, for those who run it: events that leave for analytics, and incidents, which the crate
//! `watch` writes down.
//!
//! What happens on a request's path is counted there ([`requests`], [`security`]); every so often a [`Sampler`] reads the
//! counts, the [`pools`] and the [`process`], and hands events in. Nothing here waits, and nothing has room for what
//! somebody wrote.

mod histogram;
mod pools;
mod process;
mod requests;
mod sampler;
mod security;

use std::sync::Arc;

use events::{Events, Options, Target, TargetError};

pub(crate) use requests::{Ended, Requests};
pub(crate) use sampler::{Sampled, Sampler};
pub(crate) use security::{Security, Watched};

use tenant::Identity;
use watch::{Incident, Kind, Watch};

use crate::settings::Config;

/// What a process tells.
pub(crate) struct Report {
    pub(crate) events: Events,
    pub(crate) security: Security,
    /// Where it says what needs somebody.
    pub(crate) watch: Watch,
}

impl Report {
    /// Sends nothing yet.
    ///
    /// # Errors
    /// When `GATEWAY_EVENTS_URL` names no place.
    pub(crate) fn new(config: &Config) -> Result<Arc<Self>, TargetError> {
        let target = config.events_url.as_ref().map(Target::parse).transpose()?;
        let options = Options {
            trace_parent: tenant::trace_parent,
            ..Options::default()
        };
        let events = target.map_or_else(Events::off, |target| Events::to(target, options));
        Ok(Arc::new(Self {
            events,
            security: Security::default(),
            watch: Watch::default(),
        }))
    }

    /// A request of somebody was answered with that code, and which limit of the plan it names.
    pub(crate) fn refused(&self, code: &str, limit: Option<&str>, identity: &Identity) {
        self.security.refused(code, identity);
        let limit = match code {
            "RATE_LIMITED" => Some("api_rate_limit"),
            "PLAN_LIMIT_EXCEEDED" => limit,
            _ => None,
        };
        if let (Some(limit), Some(tenant)) = (limit, identity.tenant()) {
            self.watch.raise(Incident {
                kind: Kind::Quota(limit.to_owned()),
                tenant: Some(tenant),
                count: 1,
            });
        }
    }
}
