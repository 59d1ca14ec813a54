//! What a server's error says about an account, in words that a member may read.

use entity::content::mailbox::MailboxProblem;
use transport::imap::{Cause, Error};

use super::Stop;

impl From<Error> for Stop {
    /// What the server said is for the log: whoever names a server in the settings is not to read it.
    fn from(error: Error) -> Self {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "a mailbox can not be read"
        );
        Self::Problem(problem(&error))
    }
}

impl From<Cause> for Stop {
    fn from(cause: Cause) -> Self {
        Error::from(cause).into()
    }
}

fn problem(error: &Error) -> MailboxProblem {
    match error {
        Error::Credentials(_) => MailboxProblem::SignIn,
        Error::Refused(_) => MailboxProblem::Refused,
        Error::Protocol(_) => MailboxProblem::Protocol,
        // Nothing that the server does would change that.
        Error::NotReached(Cause::PasswordInClear) => MailboxProblem::Settings,
        Error::NotReached(Cause::NoAddress(_)) => MailboxProblem::Address,
        Error::NotReached(_) => MailboxProblem::NotReached,
    }
}
