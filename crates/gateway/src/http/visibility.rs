//! Who may see the schema: by introspection, as a file, and in the errors of who guesses at it.

use async_graphql::{Request, ServerError, Value, Variables};
use resolver::operation::hide_schema;
use tenant::{Access, Cause, Identity};

use super::{
    authenticate::{self, Sender},
    error::HttpError,
};
use crate::{operation, serve::Gateway, settings::Introspection};

/// Asked of the database as of any client, so that nobody is taken for what only a token says.
const ROLES: &str = "{ viewer { roles permissions } }";
/// The roles of a tenant that are its admins'.
const ADMINS: [&str; 2] = ["OWNER", "ADMIN"];

/// Refuses who may not see the schema. Who turns out to be nobody is counted.
pub(super) async fn check(
    gateway: &Gateway,
    identity: &Identity,
    sender: &Sender,
) -> Result<(), HttpError> {
    let shown_to = match gateway.introspection() {
        Introspection::Everyone => return Ok(()),
        Introspection::Admins => "owners, admins and staff",
        Introspection::Staff => "staff",
        Introspection::Nobody => "nobody",
    };
    let shown = is_shown(gateway, identity).await;
    let shown = shown.inspect_err(|error| {
        authenticate::refused(gateway, error, identity, sender);
    });
    match shown? {
        true => Ok(()),
        false => Err(HttpError::SchemaHidden(shown_to)),
    }
}

/// Whether the schema is shown to who asks. The database is asked only where roles matter, and could.
async fn is_shown(gateway: &Gateway, identity: &Identity) -> Result<bool, HttpError> {
    match (gateway.introspection(), identity) {
        (Introspection::Everyone, _) => Ok(true),
        (Introspection::Admins, Identity::Member { .. } | Identity::Key(_)) => {
            let roles = roles(gateway, identity).await?;
            Ok(roles
                .iter()
                .any(|role| ADMINS.iter().any(|admin| *role == Value::from(*admin))))
        }
        // Who is none is refused when the transaction is opened. What is looked at is no tenant's.
        (
            Introspection::Admins | Introspection::Staff,
            Identity::Staff { user } | Identity::Acting { user, .. },
        ) => {
            let staff = Identity::Staff { user: *user };
            roles(gateway, &staff).await.map(|_| true)
        }
        (Introspection::Admins | Introspection::Staff | Introspection::Nobody, _) => Ok(false),
    }
}

async fn roles(gateway: &Gateway, identity: &Identity) -> Result<Vec<Value>, HttpError> {
    let (database, schema) = (gateway.database(), gateway.schema());
    let request = Request::new(ROLES);
    let (time, cause) = (gateway.request_timeout(), Cause::named(Some("Visibility")));
    let executed = operation::execute(
        database,
        schema,
        identity,
        Access::Read,
        request,
        time,
        cause,
    )
    .await;
    let answer = executed.answer();
    let response = answer.map_err(|why| HttpError::unanswered(why, identity))?;
    let viewer = match response.data {
        Value::Object(mut data) => data.swap_remove("viewer"),
        _ => None,
    };
    match viewer {
        Some(Value::Object(mut viewer)) if response.errors.is_empty() => {
            match viewer.swap_remove("roles") {
                Some(Value::List(roles)) => Ok(roles),
                _ => Ok(Vec::new()),
            }
        }
        _ => Err(HttpError::Internal),
    }
}

/// What a request has sent, to tell its own words from the schema's.
pub(crate) struct Sent {
    document: String,
    variables: Variables,
}

impl Sent {
    /// `None` where the schema is everybody's to see.
    pub(crate) fn of(gateway: &Gateway, request: &Request) -> Option<Self> {
        match gateway.introspection() {
            Introspection::Everyone => None,
            _ => Some(Self {
                document: request.query.clone(),
                variables: request.variables.clone(),
            }),
        }
    }

    /// Takes out of the errors what the client did not send, if it may not see it. Where the database can not say
    /// whether it may, it may not.
    pub(crate) async fn hide_schema(
        self,
        gateway: &Gateway,
        identity: &Identity,
        errors: &mut [ServerError],
    ) {
        let shown = !errors.is_empty() && is_shown(gateway, identity).await.unwrap_or(false);
        if !shown {
            hide_schema(errors, &self.document, &self.variables);
        }
    }
}
