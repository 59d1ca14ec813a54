//! What is recorded of an act.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use entity::id::UserId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tenant::Origin;
use uuid::Uuid;

/// What the outbox calls an act that is to be recorded; its payload is an [`Entry`].
pub const TOPIC: &str = "audit.recorded";

/// An act of high risk, as the outbox and its job carry it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Who acted; none if the platform did, by itself or because a payment provider told it something.
    pub user_id: Option<Uuid>,
    /// What was done, as a key such as `member.changed`; 100 characters at most.
    pub action: Cow<'static, str>,
    /// What it was done to: a table, or what else has no table; 100 characters at most.
    pub resource_type: Cow<'static, str>,
    /// Which one: its id as the API gives it, or its name; 200 characters at most.
    #[serde(default)]
    pub resource_id: Option<String>,
    /// What was there before, as far as it changed.
    #[serde(default)]
    pub old_values: Option<Value>,
    /// What is there now, as far as it changed.
    #[serde(default)]
    pub new_values: Option<Value>,
    /// The address that the request came from, as far as it is known.
    #[serde(default)]
    pub ip_address: Option<String>,
    /// The program that it came from, as that calls itself; 500 characters at most.
    #[serde(default)]
    pub user_agent: Option<String>,
    /// Why, in words.
    #[serde(default)]
    pub notes: Option<String>,
    /// When.
    pub happened: DateTime<Utc>,
}

impl Entry {
    /// That a user did something to something now.
    #[must_use]
    pub fn now(user: UserId, action: &'static str, resource_type: &'static str) -> Self {
        Self {
            user_id: Some(user.into()),
            ..Self::by_platform(action, resource_type)
        }
    }

    /// That the platform itself did something to something now.
    #[must_use]
    pub fn by_platform(action: &'static str, resource_type: &'static str) -> Self {
        Self {
            user_id: None,
            action: action.into(),
            resource_type: resource_type.into(),
            resource_id: None,
            old_values: None,
            new_values: None,
            ip_address: None,
            user_agent: None,
            notes: None,
            happened: Utc::now(),
        }
    }

    /// The same of a request from there.
    #[must_use]
    pub fn from_origin(mut self, origin: &Origin) -> Self {
        self.ip_address = origin.address.map(|address| address.to_string());
        self.user_agent.clone_from(&origin.agent);
        self
    }
}
