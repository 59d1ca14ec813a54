//! Whom a refusal is about.

use super::{Answer, Phase};

/// Whom a refusal is about, which says what makes sense to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// Who sends, or the server itself: all other messages fare so, and this one may fare better later.
    Account,
    /// Its receiver's address, which takes no mail of anybody.
    Recipient,
    /// This message, and no other.
    Message,
}

impl Answer {
    /// Whom it is about: by the command that it answers, and what the codes say.
    #[must_use]
    pub fn about(&self) -> About {
        if !self.phase.is_about_message() || self.is_of_sender() {
            About::Account
        } else if self.is_of_address() {
            About::Recipient
        } else {
            About::Message
        }
    }

    /// Servers that look at who sends at last say so wherever they come to it: nobody has signed in (RFC 4954, section 6),
    /// the sender's address is not known (RFC 3463, X.1.7 and X.1.8), or has sent all that it may (X.4.5).
    fn is_of_sender(&self) -> bool {
        matches!(self.code, 530 | 534 | 535 | 538)
            || matches!(self.detail(), Some("1.7" | "1.8" | "4.5"))
    }

    /// What is left of X.1 is about the receiver's. Where no enhanced code says more, a mailbox that is not there is refused
    /// at `RCPT` with these (RFC 5321, section 4.2.3); large providers say X.5.0 beside them.
    fn is_of_address(&self) -> bool {
        let is_recipient = matches!(self.phase, Phase::Recipient(_));
        match self.detail() {
            Some("0.0" | "5.0") | None => is_recipient && matches!(self.code, 550 | 551 | 553),
            Some(detail) => detail.starts_with("1."),
        }
    }

    /// The enhanced status code without its class.
    fn detail(&self) -> Option<&str> {
        let (_, detail) = self.status.as_deref()?.split_once('.')?;
        Some(detail)
    }
}

#[cfg(test)]
mod tests {
    use super::{About, Answer, Phase};

    #[test]
    fn a_refusal_is_of_the_account_the_address_or_the_message() {
        let to = || Phase::Recipient("lead@x.test".to_owned());
        for (phase, reply, expected) in [
            (Phase::SignIn, "535 5.7.8 wrong password", About::Account),
            (Phase::Sender, "530 5.7.0 sign in first", About::Account),
            (Phase::Sender, "553 not your address", About::Account),
            (
                Phase::Sender,
                "550 5.4.5 daily quota exceeded",
                About::Account,
            ),
            (to(), "530 5.7.1 sign in first", About::Account),
            (to(), "550 5.4.5 daily quota exceeded", About::Account),
            (to(), "550 5.1.8 bad outbound sender", About::Account),
            (
                Phase::Content,
                "550 5.4.5 daily quota exceeded",
                About::Account,
            ),
            (to(), "550 no such user", About::Recipient),
            (to(), "551 not here", About::Recipient),
            (to(), "553 no such name", About::Recipient),
            (to(), "550 5.1.1 no such mailbox", About::Recipient),
            (to(), "550 5.5.0 mailbox unavailable", About::Recipient),
            (
                Phase::Content,
                "550 5.1.1 no such mailbox",
                About::Recipient,
            ),
            (to(), "550 5.7.1 not from you", About::Message),
            (to(), "550 5.2.2 the mailbox is full", About::Message),
            (to(), "552 the mailbox is full", About::Message),
            (to(), "554 no", About::Message),
            (Phase::Data, "550 no", About::Message),
            (Phase::Content, "550 no", About::Message),
            (Phase::Content, "554 5.7.1 spam", About::Message),
        ] {
            let code = reply[..3].parse().expect("a code");
            let answer = Answer::new(phase.clone(), code, reply);
            assert_eq!(answer.about(), expected, "{phase}: {reply}");
        }
    }
}
