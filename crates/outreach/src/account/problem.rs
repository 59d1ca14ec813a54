//! What keeps an account's mail back, in words that a member may read.

use entity::{
    id::{TenantId, TypedId},
    oltp::email_account::{self, SendingProblem},
};
use sea_orm::ActiveEnum;
use tenant::{Identity, Tier};
use transport::smtp::{About, Answer, Cause, Phase, Refused};

use super::NoServer;
use crate::{Outreach, Trouble, rows::query};

/// What a try says of the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    /// The server has let it send.
    Well,
    /// It has not.
    Problem(SendingProblem),
    Nothing,
}

impl Outreach {
    /// Writes down what became of a message says of its account, where that is news. Of a relay that sends for all accounts
    /// only what it says about this one.
    pub(crate) async fn tell_account(
        &self,
        tenant: TenantId,
        account: &email_account::Model,
        refused: Option<&Refused>,
    ) -> Result<(), Trouble> {
        let is_own = self.settings.relay.is_none();
        let problem = match told(refused, is_own) {
            Told::Well => None,
            Told::Problem(problem) => Some(problem),
            Told::Nothing => return Ok(()),
        };
        self.set_problem(tenant, account, problem).await
    }

    /// Shows a problem at the account, or that there is none any more.
    pub(crate) async fn set_problem(
        &self,
        tenant: TenantId,
        account: &email_account::Model,
        problem: Option<SendingProblem>,
    ) -> Result<(), Trouble> {
        if account.sending_problem == problem {
            return Ok(());
        }
        let context = self.database.writing(Tier::Oltp, Identity::Job { tenant });
        let sql = "UPDATE email_accounts SET sending_problem = $2::text, \
             sending_failing_since = CASE WHEN $2::text IS NOT NULL THEN coalesce(sending_failing_since, now()) END \
             WHERE id = $1 AND sending_problem IS DISTINCT FROM $2::text";
        let problem = problem.map(|problem| problem.to_value()).into();
        let done = query(
            context.on(Tier::Oltp),
            sql,
            [account.id.into_value(), problem],
        )
        .await;
        context.finish(done.is_ok()).await?;
        done.map(drop).map_err(Trouble::from)
    }
}

impl From<&NoServer> for SendingProblem {
    fn from(problem: &NoServer) -> Self {
        match problem {
            NoServer::Missing | NoServer::Unusable(_) => Self::Settings,
            NoServer::NoSecret => Self::Password,
        }
    }
}

fn told(refused: Option<&Refused>, is_own: bool) -> Told {
    match refused {
        None | Some(Refused::Unfit(_)) => Told::Well,
        Some(Refused::Rejected(answer) | Refused::Later(answer)) => answered(answer, is_own),
        Some(Refused::NotReached { cause, .. }) => match cause {
            Cause::Busy | Cause::Away { .. } => Told::Nothing,
            _ if !is_own => Told::Nothing,
            // Nothing that the server does would change that.
            Cause::PasswordInClear => Told::Problem(SendingProblem::Settings),
            Cause::NoAddress(_) => Told::Problem(SendingProblem::Address),
            _ => Told::Problem(SendingProblem::NotReached),
        },
        // It was let in, and what it was told is not known.
        Some(Refused::Unknown { .. }) => Told::Nothing,
    }
}

fn answered(answer: &Answer, is_own: bool) -> Told {
    if answer.about() != About::Account {
        return Told::Well;
    }
    match answer.phase {
        Phase::Connect | Phase::Tls | Phase::Greeting | Phase::SignIn if !is_own => Told::Nothing,
        Phase::Connect | Phase::Tls | Phase::Greeting => Told::Problem(SendingProblem::NotReached),
        Phase::SignIn => Told::Problem(SendingProblem::SignIn),
        _ if answer.code == 530 => Told::Problem(SendingProblem::SignIn),
        _ => Told::Problem(SendingProblem::Refused),
    }
}

#[cfg(test)]
mod tests {
    use std::{io, time::Duration};

    use super::*;

    fn answer(phase: Phase, code: u16, status: &str) -> Answer {
        let status = Some(status.to_owned());
        Answer {
            phase,
            code,
            status,
            text: String::new(),
        }
    }

    #[test]
    fn a_try_tells_what_keeps_the_account_back() {
        let to = || Phase::Recipient("lead@x.test".to_owned());
        let failed = |cause| Refused::NotReached {
            phase: Phase::Connect,
            cause,
        };
        let rejected = |phase, code, status| Refused::Rejected(answer(phase, code, status));
        let is = Told::Problem;
        for (refused, own, shared) in [
            (
                rejected(Phase::SignIn, 535, "5.7.8"),
                is(SendingProblem::SignIn),
                Told::Nothing,
            ),
            (
                rejected(Phase::Sender, 530, "5.7.0"),
                is(SendingProblem::SignIn),
                is(SendingProblem::SignIn),
            ),
            (
                rejected(Phase::Sender, 550, "5.4.5"),
                is(SendingProblem::Refused),
                is(SendingProblem::Refused),
            ),
            (
                rejected(to(), 550, "5.4.5"),
                is(SendingProblem::Refused),
                is(SendingProblem::Refused),
            ),
            (rejected(to(), 550, "5.1.1"), Told::Well, Told::Well),
            (
                Refused::Later(answer(to(), 450, "4.2.1")),
                Told::Well,
                Told::Well,
            ),
            (
                Refused::Later(answer(Phase::Greeting, 421, "4.3.2")),
                is(SendingProblem::NotReached),
                Told::Nothing,
            ),
            (
                failed(Cause::Io(io::Error::other("gone"))),
                is(SendingProblem::NotReached),
                Told::Nothing,
            ),
            (
                failed(Cause::PasswordInClear),
                is(SendingProblem::Settings),
                Told::Nothing,
            ),
            (failed(Cause::Busy), Told::Nothing, Told::Nothing),
            (
                Refused::Unknown {
                    cause: Cause::TimedOut(Duration::ZERO),
                },
                Told::Nothing,
                Told::Nothing,
            ),
        ] {
            assert_eq!(told(Some(&refused), true), own, "{refused}");
            assert_eq!(told(Some(&refused), false), shared, "{refused}");
        }
        assert_eq!(told(None, false), Told::Well);
    }
}
