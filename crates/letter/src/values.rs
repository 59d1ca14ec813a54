//! What a template is filled in with.

use serde::Serialize;

/// Their values for one lead. What is not known is missing to a template, and so is what is blank: it says what
/// stands there instead, `{{ lead.first_name|default("there") }}`, or is not sent.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Variables<'a> {
    /// Who gets it.
    pub lead: Lead<'a>,
    /// Who signs it.
    pub sender: Sender<'a>,
    /// Why.
    pub campaign: Campaign<'a>,
    /// For whom the campaign is.
    pub company: Company<'a>,
    /// Where the lead says that it wants no more.
    pub unsubscribe_url: &'a str,
}

/// A lead.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Lead<'a> {
    /// Its address.
    pub email: &'a str,
    /// In full.
    #[serde(skip_serializing_if = "is_blank")]
    pub name: Option<&'a str>,
    /// The first word of it.
    #[serde(skip_serializing_if = "is_blank")]
    pub first_name: Option<&'a str>,
    /// All but the first word of it.
    #[serde(skip_serializing_if = "is_blank")]
    pub last_name: Option<&'a str>,
    /// Where it works.
    #[serde(skip_serializing_if = "is_blank")]
    pub company: Option<&'a str>,
    /// What is known of it, as a key: `active`, `replied`.
    pub status: &'a str,
}

/// The account that sends.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Sender<'a> {
    /// Its address.
    pub email: &'a str,
    /// In full.
    #[serde(skip_serializing_if = "is_blank")]
    pub name: Option<&'a str>,
    /// The tenant's name.
    #[serde(skip_serializing_if = "is_blank")]
    pub company: Option<&'a str>,
}

/// A campaign.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Campaign<'a> {
    /// Its name.
    pub name: &'a str,
}

/// A company.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Company<'a> {
    /// Its name.
    #[serde(skip_serializing_if = "is_blank")]
    pub name: Option<&'a str>,
}

impl Variables<'_> {
    /// With a value for each, to try a template with before there is a lead.
    pub fn example() -> Self {
        let (name, email) = (Some("Ada Lovelace"), "ada@example.com");
        Self {
            lead: Lead::new(email, name, name, "active"),
            sender: Sender {
                email,
                name,
                company: name,
            },
            campaign: Campaign { name: "Spring" },
            company: Company { name },
            unsubscribe_url: "https://example.com/",
        }
    }
}

fn is_blank(value: &Option<&str>) -> bool {
    value.is_none_or(|value| value.trim().is_empty())
}

impl<'a> Lead<'a> {
    /// A lead with its name taken apart at the first blank.
    pub fn new(
        email: &'a str,
        name: Option<&'a str>,
        company: Option<&'a str>,
        status: &'a str,
    ) -> Self {
        let trimmed = name.map(str::trim);
        let (first_name, last_name) = match trimmed.and_then(|name| name.split_once(' ')) {
            Some((first, last)) => (Some(first), Some(last.trim_start())),
            None => (trimmed, None),
        };
        Self {
            email,
            name: trimmed,
            first_name,
            last_name,
            company,
            status,
        }
    }
}
