//! Accepting an invitation: the one change that a user makes outside of the tenant asked in.

use async_graphql::Context;
use entity::id::{InvitationId, TypedId};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value as Json, json};
use tenant::{Identity, Rule, TenantContext, Tier};

use super::prelude::*;
use crate::{
    audience::{Answers, Audience},
    error::{self, ClientError, Code},
    object::other_tenant::{OtherTenant, OtherTenantRow},
    session::Session,
};

root! {
    /// What can be changed.
    pub object AcceptInvitationMutations(()) {
        /// Makes the user who asks a member of the tenant that invited the user's address (`viewer { invitations }`). For every user, with or without a tenant; an analyst, whose requests change nothing, asks without one.
        accept_invitation(Input<AcceptInvitationInput>): AcceptInvitationPayload = |_row| Some(()) -> Accept,
    }
}

/// Which invitation to accept.
#[derive(async_graphql::InputObject)]
pub struct AcceptInvitationInput {
    /// The id, as `viewer { invitations }` has it.
    pub id: Reference<InvitationId>,
}

rows::object! {
    /// The tenant that the user is a member of now.
    pub object AcceptInvitationPayload(Joined) {
        /// Sign in to it to see more of it.
        tenant: OtherTenant = |joined| Some(Some(Arc::clone(&joined.0))) -> inside(),
    }
}

/// The tenant joined.
pub struct Joined(Arc<OtherTenantRow>);

/// Not a [`Mutate`]: no role in the tenant asked in has a say in it. The function answers for the
/// user who asks and for nobody else.
struct Accept;

impl Answers<Input<AcceptInvitationInput>> for Accept {
    const AUDIENCE: Audience = Audience::Users;
}

impl rows::Load<(), Input<AcceptInvitationInput>> for Accept {
    type Value = Option<Arc<Joined>>;

    async fn load(
        self,
        ctx: &Context<'_>,
        _: Vec<()>,
        Input(input): Input<AcceptInvitationInput>,
    ) -> Result<Vec<Self::Value>> {
        let session = Session::of(ctx);
        session.claim(Tier::Oltp)?;
        let id = input.id.typed(&INPUT.field("id"))?;
        let refused = match session.context().identity() {
            Identity::Member { .. } | Identity::User { .. } => None,
            Identity::Key(_) => {
                Some("a key accepts nothing for its maker; ask with a user's token")
            }
            Identity::Staff { .. }
            | Identity::Acting { .. }
            | Identity::Job { .. }
            | Identity::Dispatcher => Some("staff are no members; ask with a user's token"),
        };
        if let Some(message) = refused {
            return Err(ClientError::new(Code::Forbidden, message).into());
        }
        let joined = accept(session, id).await?;
        session.loaders().forget();
        Ok(vec![Some(Arc::new(Joined(joined)))])
    }
}

async fn accept(session: &Session, id: InvitationId) -> Result<Arc<OtherTenantRow>> {
    let context = session.context();
    let statement = Statement::from_sql_and_values(
        context.get_database_backend(),
        "SELECT id, name FROM accept_invitation($1, $2)",
        [id.into_value(), told(context, id).into()],
    );
    let row = context.row_raw(&statement).await.map_err(|cause| {
        match Rule::broken_by(&cause).and_then(refused) {
            Some(refused) => refused.into(),
            None => error::database(context, &Arc::new(cause)),
        }
    })?;
    let row = row.ok_or_else(|| error::coded(Code::Internal, "joining answered nothing"))?;
    let row = row.read::<OtherTenantRow>(0);
    row.map(Arc::new).map_err(|cause| error::internal(&cause))
}

/// What the database can not know of an act that it records.
fn told(context: &TenantContext, id: InvitationId) -> Json {
    let origin = context.origin();
    json!({
        "resourceId": id.to_string(),
        "ipAddress": origin.and_then(|origin| origin.address),
        "userAgent": origin.and_then(|origin| origin.agent.as_deref()),
    })
}

fn refused(rule: Rule) -> Option<ClientError> {
    let at = INPUT.field("id");
    match rule {
        Rule::NoInvitation => {
            let problem = "is the id of no open invitation to your address";
            Some(ClientError::at(Code::NotFound, at, problem))
        }
        Rule::InvitationExpired => {
            let problem = "is an invitation that has expired; ask an owner for another one";
            Some(ClientError::at(Code::NotFound, at, problem))
        }
        Rule::AddressNotVerified => {
            let message = "your email address is not verified; verify it first";
            Some(ClientError::new(Code::Forbidden, message))
        }
        Rule::LastOwner | Rule::UnknownTimeZone => None,
    }
}
