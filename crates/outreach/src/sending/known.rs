//! What is known of a lead when the next step is looked for.

use chrono::{DateTime, Utc};
use entity::oltp::lead;
use letter::{Campaign, Company, Lead, Sender, Variables};
use sea_orm::ActiveEnum;

use super::sequence::Known;

/// What a condition looks at in a message: when it was sent, and when what first happened to it.
#[derive(Default)]
pub(crate) struct Message {
    pub(crate) sent: Option<DateTime<Utc>>,
    pub(crate) opened: Option<DateTime<Utc>>,
    pub(crate) clicked: Option<DateTime<Utc>>,
    pub(crate) replied: Option<DateTime<Utc>>,
}

/// A lead, and the messages of the campaign to it.
pub(crate) struct LeadKnown<'l> {
    lead: &'l lead::Model,
    messages: &'l [Message],
}

impl<'l> LeadKnown<'l> {
    pub(crate) fn new(lead: &'l lead::Model, messages: Option<&'l Vec<Message>>) -> Self {
        Self {
            lead,
            messages: messages.map_or(&[], Vec::as_slice),
        }
    }

    /// The message that was sent last, which a condition looks at unless it says `any_email`.
    fn asked(&self, value: Option<&str>) -> &[Message] {
        if value == Some("any_email") {
            return self.messages;
        }
        let sent = self.messages.iter().enumerate();
        let last = sent.max_by_key(|(_, message)| message.sent);
        last.map_or(&[], |(place, _)| &self.messages[place..=place])
    }
}

impl Known for LeadKnown<'_> {
    /// `opened`, `clicked` and `replied`, each also with `not_` before it. Any other question is answered with no.
    fn holds(&self, kind: &str, value: Option<&str>) -> bool {
        if let Some(kind) = kind.strip_prefix("not_") {
            return matches!(kind, "opened" | "clicked" | "replied") && !self.holds(kind, value);
        }
        let happened = |message: &Message| match kind {
            // A link is followed from an open message, also where its picture was not loaded.
            "opened" => message.opened.is_some() || message.clicked.is_some(),
            "clicked" => message.clicked.is_some(),
            "replied" => message.replied.is_some(),
            _ => false,
        };
        self.asked(value).iter().any(happened)
    }

    fn lets_send(&self, expression: &str) -> Result<bool, String> {
        let status = self.lead.status.to_value();
        let (name, company) = (self.lead.name.as_deref(), self.lead.company.as_deref());
        let variables = Variables {
            lead: Lead::new(&self.lead.email, name, company, &status),
            sender: Sender::default(),
            campaign: Campaign::default(),
            company: Company::default(),
            unsubscribe_url: "",
        };
        letter::holds(expression, &variables).map_err(|problem| problem.to_string())
    }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;
    use entity::{
        id::{LeadId, TenantId},
        oltp::{
            campaign_sequence_step::{CONDITION_TYPES, CONDITION_VALUES},
            lead::LeadStatus,
        },
    };

    use super::*;

    fn lead() -> lead::Model {
        let now = Utc::now();
        lead::Model {
            id: LeadId::new(),
            tenant_id: TenantId::new(),
            email: "ann@leads.test".to_owned(),
            name: None,
            company: None,
            status: LeadStatus::Active,
            created: now,
            updated: now,
        }
    }

    /// One that was sent some days ago, and nothing happened to.
    fn message(days: i64) -> Message {
        Message {
            sent: Some(Utc::now() - Duration::days(days)),
            ..Message::default()
        }
    }

    /// What happened to the last but one of three messages.
    fn did(what: &str) -> Vec<Message> {
        let mut messages = [9, 6, 3].map(message);
        let (second, now) = (&mut messages[1], Some(Utc::now()));
        match what {
            "opened" => second.opened = now,
            "clicked" => second.clicked = now,
            "replied" => second.replied = now,
            _ => {}
        }
        messages.into()
    }

    /// One that is not would let nobody pass, whatever happened.
    #[test]
    fn every_condition_is_understood_and_holds_or_its_opposite_does() {
        let lead = lead();
        for what in ["opened", "clicked", "replied", "nothing"] {
            let messages = did(what);
            let known = LeadKnown::new(&lead, Some(&messages));
            for kind in CONDITION_TYPES {
                for value in CONDITION_VALUES.map(Some).into_iter().chain([None]) {
                    let (word, is_negated) = match kind.strip_prefix("not_") {
                        Some(word) => (word, true),
                        None => (kind, false),
                    };
                    let is_so = word == what || (word, what) == ("opened", "clicked");
                    let expected = (is_so && value == Some("any_email")) != is_negated;
                    let place = format!("{kind} {value:?} where it {what}");
                    assert_eq!(known.holds(kind, value), expected, "{place}");
                }
            }
            assert!(!known.holds("openend", None) && !known.holds("not_openend", None));
        }
    }

    #[test]
    fn of_the_previous_message_is_what_happened_to_the_one_that_was_sent_last() {
        let lead = lead();
        let mut messages = did("nothing");
        messages[2].opened = Some(Utc::now());
        messages.rotate_left(1);
        let known = LeadKnown::new(&lead, Some(&messages));
        assert!(known.holds("opened", None) && known.holds("opened", Some("previous_email")));
        assert!(!LeadKnown::new(&lead, None).holds("opened", None));
    }
}
