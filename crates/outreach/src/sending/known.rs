//! What is known of a lead when the next step is looked for.

use entity::{content::email_message, oltp::lead};
use letter::{Campaign, Company, Lead, Sender, Variables};
use sea_orm::ActiveEnum;

use super::sequence::Known;

/// A lead, and the messages of the campaign to it and from it.
pub(crate) struct LeadKnown<'l> {
    lead: &'l lead::Model,
    messages: &'l [email_message::Model],
}

impl<'l> LeadKnown<'l> {
    pub(crate) fn new(
        lead: &'l lead::Model,
        messages: Option<&'l Vec<email_message::Model>>,
    ) -> Self {
        Self {
            lead,
            messages: messages.map_or(&[], Vec::as_slice),
        }
    }

    /// The message that was sent last, which a condition compares with unless it says `any…`.
    fn asked(&self, value: Option<&str>) -> &[email_message::Model] {
        if value.is_some_and(|value| value.starts_with("any")) {
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
        let happened = |message: &email_message::Model| match kind {
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
