//! What a message says.

use crate::{
    tenant::Tenant,
    words::{CLOSINGS, OFFERS, OPENINGS, SUBJECTS},
};

/// Messages that belong together.
pub(super) const GROUP: u64 = 6;

/// What message `index` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Of a campaign; not answered.
    Unanswered,
    /// Of a campaign; answered.
    Answered,
    /// The lead's answer.
    Answer,
    /// What was written back by hand, with a file.
    Reaction,
    /// Of a campaign; came back.
    Bounced,
    /// What says so.
    Bounce,
    /// A program's answer in place of it.
    Away,
}

impl Kind {
    pub(super) fn of(index: u64) -> Self {
        match index % GROUP {
            0 => Self::Unanswered,
            1 => Self::Answered,
            2 => Self::Answer,
            3 => Self::Reaction,
            4 if is_away(index) => Self::Unanswered,
            4 => Self::Bounced,
            _ if is_away(index) => Self::Away,
            _ => Self::Bounce,
        }
    }

    pub(super) fn is_of_campaign(self) -> bool {
        matches!(self, Self::Unanswered | Self::Answered | Self::Bounced)
    }

    pub(super) fn is_inbound(self) -> bool {
        matches!(self, Self::Answer | Self::Bounce | Self::Away)
    }

    /// What the message that it answers is before it, if it answers one.
    pub(super) fn parent(self) -> Option<u64> {
        match self {
            Self::Answer | Self::Reaction | Self::Bounce | Self::Away => Some(1),
            Self::Unanswered | Self::Answered | Self::Bounced => None,
        }
    }
}

fn is_away(index: u64) -> bool {
    (index / GROUP) % 4 == 3
}

/// The subject of the campaign's message that message `index` is about.
pub(super) fn subject(index: u64) -> String {
    let subject = SUBJECTS[(index / GROUP) as usize % SUBJECTS.len()];
    let subject = subject
        .replace("{{company}}", "your company")
        .replace("{{first_name}}", "Hello");
    match Kind::of(index) {
        Kind::Unanswered | Kind::Answered | Kind::Bounced => subject,
        Kind::Answer | Kind::Reaction => format!("Re: {subject}"),
        Kind::Bounce => "Undelivered Mail Returned to Sender".to_owned(),
        Kind::Away => format!("Automatic reply: {subject}"),
    }
}

/// The text of body `number`; no two of a tenant are alike.
pub(super) fn text(tenant: &Tenant, number: u64) -> String {
    let place = number as usize / GROUP as usize;
    let reference = format!("Reference: {}-{}", tenant.name, number + 1);
    match Kind::of(number) {
        Kind::Unanswered | Kind::Answered | Kind::Bounced => format!(
            "Hello,\n\n{}\n{}\n\n{}\n\nBest regards\n{} {}\n\n{reference}\n",
            OPENINGS[place % OPENINGS.len()].replace("{{company}}", "your company"),
            OFFERS[(place / 2 + number as usize) % OFFERS.len()],
            CLOSINGS[(place / 3) % CLOSINGS.len()],
            tenant.member("member").given,
            tenant.member("member").family,
        ),
        Kind::Answer => format!(
            "Thank you, that sounds good. Could you send an overview of what it costs?\n\n> {}\n\n{reference}\n",
            CLOSINGS[place % CLOSINGS.len()]
        ),
        Kind::Reaction => format!(
            "Here is the overview, as promised. I will call you on Thursday.\n\n{reference}\n"
        ),
        Kind::Bounce => format!(
            "This is the mail system. Your message could not be delivered: 550 5.1.1 user unknown.\n\n{reference}\n"
        ),
        Kind::Away => format!("I am out of the office until Monday.\n\n{reference}\n"),
    }
}

/// The HTML beside it: campaigns write both.
pub(super) fn html(text: &str, number: u64) -> Option<String> {
    let paragraphs = text.trim_end().split("\n\n");
    let html = || {
        let paragraphs = paragraphs.map(|text| format!("<p>{}</p>", text.replace('\n', "<br>")));
        format!(
            "<html><body>{}</body></html>",
            paragraphs.collect::<String>()
        )
    };
    Kind::of(number).is_of_campaign().then(html)
}
