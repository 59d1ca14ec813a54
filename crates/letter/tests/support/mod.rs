//! Two leads, and templates of one part.

use letter::{Campaign, Company, Lead, RenderError, Rendered, Sender, Template, Variables, render};

/// A lead of whom all is known.
pub fn somebody() -> Variables<'static> {
    Variables {
        lead: Lead::new(
            "bob@b.test",
            Some("Bob O'Neil <x>"),
            Some("Bob & Sons"),
            "active",
        ),
        sender: Sender {
            email: "ada@a.test",
            name: Some("Ada"),
            company: Some("A"),
        },
        campaign: Campaign { name: "Spring" },
        company: Company {
            name: Some("Analytical Ltd"),
        },
        unsubscribe_url: "https://a.test/u?x=1&y=2",
    }
}

/// A lead of whom the address is known; what is blank is not known.
pub fn nobody() -> Variables<'static> {
    Variables {
        lead: Lead::new("bob@b.test", Some(" "), None, "active"),
        sender: Sender {
            name: Some(""),
            ..somebody().sender
        },
        company: Company::default(),
        ..somebody()
    }
}

pub fn content(content: &str, variables: &Variables<'_>) -> Rendered {
    let subject = "s";
    render(&Template { subject, content }, variables).expect("a template")
}

pub fn error(content: &str, variables: &Variables<'_>) -> RenderError {
    let subject = "s";
    render(&Template { subject, content }, variables).expect_err("something wrong")
}

pub fn subject(subject: &str, variables: &Variables<'_>) -> Result<String, RenderError> {
    let content = "c";
    render(&Template { subject, content }, variables).map(|rendered| rendered.subject)
}
