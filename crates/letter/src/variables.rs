//! The names that a template may use, flat ones and nested ones.

use crate::values::{Campaign, Company, Lead, Sender, Variables};
use serde::Serialize;
use std::collections::BTreeSet;

/// All names, in order. `company` is the lead's, as `lead.company`; `company.name` is the campaign's company, so no
/// template uses both.
pub const NAMES: [&str; 21] = [
    "campaign.name",
    "campaign_name",
    "company",
    "company.name",
    "email",
    "first_name",
    "last_name",
    "lead.company",
    "lead.email",
    "lead.first_name",
    "lead.last_name",
    "lead.name",
    "lead.status",
    "name",
    "sender.company",
    "sender.email",
    "sender.name",
    "sender_email",
    "sender_name",
    "unsubscribe_link",
    "unsubscribe_url",
];

/// Those that a condition may name: what is known of the lead, whoever sends.
pub const OF_LEAD: [&str; 11] = [
    "company",
    "email",
    "first_name",
    "last_name",
    "lead.company",
    "lead.email",
    "lead.first_name",
    "lead.last_name",
    "lead.name",
    "lead.status",
    "name",
];

/// Makes `company` a thing with a name.
const COMPANY_NAME: &str = "company.name";

/// What the engine sees. What is not known is missing, and so is what is blank.
#[derive(Debug, Serialize)]
pub(crate) struct Values<'a> {
    lead: Lead<'a>,
    sender: Sender<'a>,
    campaign: Campaign<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    company: Option<OneCompany<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    email: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sender_name: Option<&'a str>,
    sender_email: &'a str,
    campaign_name: &'a str,
    unsubscribe_link: &'a str,
    unsubscribe_url: &'a str,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum OneCompany<'a> {
    OfLead(&'a str),
    OfCampaign(Company<'a>),
}

impl<'a> Values<'a> {
    /// The values of what `named` names.
    pub(crate) fn of(variables: &Variables<'a>, named: &BTreeSet<String>) -> Self {
        let Variables {
            lead,
            sender,
            campaign,
            company,
            unsubscribe_url,
        } = *variables;
        Self {
            lead,
            sender,
            campaign,
            company: match named.contains(COMPANY_NAME) {
                true => Some(OneCompany::OfCampaign(company)),
                false => filled(lead.company).map(OneCompany::OfLead),
            },
            first_name: filled(lead.first_name),
            last_name: filled(lead.last_name),
            name: filled(lead.name),
            email: lead.email,
            sender_name: filled(sender.name),
            sender_email: sender.email,
            campaign_name: campaign.name,
            unsubscribe_link: unsubscribe_url,
            unsubscribe_url,
        }
    }
}

/// Whether both companies are named, by the one word.
pub(crate) fn is_ambiguous(named: &BTreeSet<String>) -> bool {
    named.contains("company") && named.contains(COMPANY_NAME)
}

/// Whether there is a variable of that name.
pub(crate) fn is_known(name: &str) -> bool {
    NAMES.contains(&name)
}

/// Whether a condition may name it.
pub(crate) fn is_of_lead(name: &str) -> bool {
    OF_LEAD.contains(&name)
}

fn filled(value: Option<&str>) -> Option<&str> {
    value.filter(|value| !value.trim().is_empty())
}
