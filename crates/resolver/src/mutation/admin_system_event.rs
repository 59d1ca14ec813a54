//! System events are resolved by hand, by staff and by the owners and admins of the tenant that they are about. What the
//! platform resolves by itself is not in here.

use async_graphql::Context;
use entity::{
    id::{AdminSystemEventId, TypedId, UserId},
    oltp::admin_system_event,
};
use sea_orm::EntityTrait;
use tenant::{Row, Tier};

use super::prelude::*;
use crate::{
    audience::{Answers, Audience},
    error::{self, ClientError, Code},
    object::admin_system_event::AdminSystemEvent,
    session::Session,
    write::{Administrator, StaffRight, not_found},
};

root! {
    /// What can be changed.
    pub object AdminSystemEventMutations(()) {
        /// Says that a system event is dealt with; while its cause lasts, it is not opened again. For owners and admins, of their tenant's events but for incidents of security, and for staff with the permission `events.manage`, of all.
        resolve_system_event(Input<ResolveSystemEventInput>): ResolveSystemEventPayload = |_row| Some(()) -> Resolve,
    }
}

/// Which event is dealt with.
#[derive(async_graphql::InputObject)]
pub struct ResolveSystemEventInput {
    /// The id.
    pub id: Reference<AdminSystemEventId>,
}

rows::object! {
    /// The event that is dealt with.
    pub object ResolveSystemEventPayload(Written<AdminSystemEvent>) {
        /// As it is now.
        event: AdminSystemEvent = |written| Some(Some(Arc::clone(&written.0))) -> inside(),
    }
}

/// Who may: a tenant's, and the platform's.
const OF_TENANT: Right = Right::Configure;
const OF_PLATFORM: StaffRight = StaffRight::ManageEvents;

/// Runs it for the one as for the other.
pub(crate) struct Resolve;

impl Answers<Input<ResolveSystemEventInput>> for Resolve {
    const AUDIENCE: Audience = Audience::WritersAndStaff(OF_TENANT, OF_PLATFORM);
}

impl rows::Load<(), Input<ResolveSystemEventInput>> for Resolve {
    type Value = Option<Arc<Written<AdminSystemEvent>>>;

    async fn load(
        self,
        ctx: &Context<'_>,
        _: Vec<()>,
        Input(input): Input<ResolveSystemEventInput>,
    ) -> Result<Vec<Self::Value>> {
        let session = Session::of(ctx);
        session.claim(Tier::Oltp)?;
        let who = Resolver::of(session).await?;
        let id = input.id.typed(&INPUT.field("id"))?;
        if who.resolve(id).await?.is_empty() {
            return Err(who.refused(id).await?.into());
        }
        session.loaders().forget();
        let context = session.context();
        let found = admin_system_event::Entity::find_by_id(id)
            .one(context)
            .await;
        let found = found.map_err(|cause| error::database(context, &Arc::new(cause)))?;
        let row = found.ok_or_else(|| not_found(&INPUT.field("id")))?;
        Ok(vec![Some(Arc::new(Written(Arc::new(row))))])
    }
}

/// Who resolves.
enum Resolver<'s> {
    Member(Writer<'s>),
    Staff(Administrator<'s>, UserId),
}

impl<'s> Resolver<'s> {
    async fn of(session: &'s Session) -> Result<Self> {
        let identity = session.context().identity();
        if identity.is_staff() {
            let staff = Administrator::with(session, OF_PLATFORM, Tier::Oltp).await?;
            return Ok(Self::Staff(staff, identity.user()));
        }
        let writer = Writer::with(session, OF_TENANT, Tier::Oltp).await?;
        Ok(Self::Member(writer))
    }

    /// Of two who do it at once, one finds no row. Which rows there are to find, the policies say.
    async fn resolve(&self, id: AdminSystemEventId) -> Result<Vec<Row>> {
        const RESOLVE: &str = "UPDATE admin_system_events SET is_resolved = true, resolved_at = now(), resolved_by = $2
            WHERE id = $1 AND NOT is_resolved RETURNING id";
        let id = id.into_value();
        match self {
            Self::Member(writer) => writer.query(RESOLVE, [id, writer.user().into()]).await,
            Self::Staff(staff, user) => staff.query(RESOLVE, [id, (*user).into()]).await,
        }
    }

    /// Why there was none to resolve.
    async fn refused(&self, id: AdminSystemEventId) -> Result<ClientError> {
        const FIND: &str = "SELECT is_resolved FROM admin_system_events WHERE id = $1";
        let values = [id.into_value()];
        let found = match self {
            Self::Member(writer) => writer.query(FIND, values).await?,
            Self::Staff(staff, _) => staff.query(FIND, values).await?,
        };
        let at = INPUT.field("id");
        let is_resolved = found.first().map(|row| row.at::<bool>(0)).transpose();
        let is_resolved = is_resolved.map_err(|cause| error::internal(&cause))?;
        Ok(match is_resolved {
            None => not_found(&at),
            Some(true) => ClientError::at(
                Code::IllegalTransition,
                at,
                "is an event that is resolved already",
            ),
            Some(false) => ClientError::at(
                Code::Forbidden,
                at,
                "is an incident of security, which the platform's staff resolve",
            ),
        })
    }
}
