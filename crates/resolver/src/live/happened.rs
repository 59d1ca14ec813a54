//! An event with the row that it is about, as the event's own transaction sees it.

use std::{
    marker::PhantomData,
    sync::{Arc, atomic::Ordering},
};

use async_graphql::{Context, Result};
use entity::{
    columns::ColumnSet,
    id::{TenantId, TypedId},
};
use tenant::{Change, Event, Subject, Topic};
use uuid::Uuid;

use super::{
    EventChange,
    occasion::{Occasion, Reason},
};
use crate::{
    argument::IdArgument,
    audience::{Answers, Audience},
    error::{self, ClientError, Code},
    loader::{RawKey, RowsById},
    session::Session,
    table::Table,
};

/// A table whose changes are told.
pub(crate) trait Noted: Table<Id: TypedId<Raw = Uuid>> {
    /// What the triggers call its rows.
    const SUBJECT: Subject;
}

/// Something that happened.
pub struct Happened<T: Table> {
    pub(super) change: EventChange,
    pub(super) id: T::Id,
    /// None once it is deleted.
    pub(super) row: Option<Arc<T::Row>>,
}

/// Declares the object that tells of a table's changes.
macro_rules! happenings {
    ($(#[$doc:meta])* $event:ident of $object:ident as $subject:ident, shown as $field:ident) => {
        rows::object! {
            $(#[$doc])*
            pub object $event(Happened<$object>) {
                /// What happened. If the row changed again before this was read, it is as after that.
                change: EventChange = |happened| happened.change,
                /// The id, which leads nowhere once the row is deleted.
                id: $crate::scalar::GlobalId = |happened| happened.id,
                /// As it is now; null once it is deleted.
                $field: Option<$object> = |happened| Some(happened.row.clone()) -> $crate::loader::inside(),
            }
        }

        impl happened::Noted for $object {
            const SUBJECT: Subject = Subject::$subject;
        }
    };
}
pub(super) use happenings;

/// Answers a subscription's field, for the request's occasion.
pub(super) struct Told<T>(PhantomData<fn() -> T>);

impl<T> Told<T> {
    pub(super) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T: Noted> rows::Load<()> for Told<T> {
    type Value = Option<Arc<Happened<T>>>;

    async fn load(self, ctx: &Context<'_>, _: Vec<()>, (): ()) -> Result<Vec<Self::Value>> {
        told(ctx, None).await
    }
}

impl<T: Noted> rows::Load<(), IdArgument<T>> for Told<T> {
    type Value = Option<Arc<Happened<T>>>;

    async fn load(
        self,
        ctx: &Context<'_>,
        _: Vec<()>,
        IdArgument(id): IdArgument<T>,
    ) -> Result<Vec<Self::Value>> {
        told(ctx, Some(id)).await
    }
}

impl<T: Noted> Answers for Told<T> {
    const AUDIENCE: Audience = Audience::Readers(T::SCOPE);
}

impl<T: Noted> Answers<IdArgument<T>> for Told<T> {
    const AUDIENCE: Audience = Audience::Readers(T::SCOPE);
}

async fn told<T: Noted>(
    ctx: &Context<'_>,
    id: Option<T::Id>,
) -> Result<Vec<Option<Arc<Happened<T>>>>> {
    let session = Session::of(ctx);
    let tenant = member_of::<T>(session).await?;
    let Some(occasion) = ctx.data_opt::<Occasion>() else {
        return Err(error::coded(Code::Internal, "an event is missing"));
    };
    match occasion.reason() {
        Reason::Opening(topic) => {
            // Nothing has set it before.
            let _ = topic.set(Topic {
                tenant,
                subject: T::SUBJECT,
                id: id.map(TypedId::into_raw),
            });
            Err(unanswered())
        }
        Reason::Event { event, unseen } => match happened::<T>(session, *event).await? {
            Some(happened) => Ok(vec![Some(Arc::new(happened))]),
            None => {
                unseen.store(true, Ordering::Relaxed);
                Err(unanswered())
            }
        },
    }
}

/// The tenant of a member. Asks the database, also where no row will be read.
async fn member_of<T: Noted>(session: &Session) -> Result<TenantId> {
    session.may_read(T::SCOPE).await?;
    let context = session.context();
    let admitted = context.admit().await;
    admitted.map_err(|cause| error::database(context, &Arc::new(cause)))?;
    let tenant = context.identity().tenant();
    tenant.ok_or_else(|| error::coded(Code::Forbidden, "the request names no tenant"))
}

/// The event, unless it is about a row that is not there for who asks.
async fn happened<T: Noted>(session: &Session, event: Event) -> Result<Option<Happened<T>>> {
    let id = T::Id::from_raw(event.id);
    let change = event.change.into();
    if event.change == Change::Deleted {
        let row = None;
        return Ok(Some(Happened { change, id, row }));
    }
    let key = (RawKey::of(id), ColumnSet::ALL);
    let found = session.loaders().load::<RowsById<T>>(&[key]).await?;
    let row = found.into_iter().flatten().next();
    Ok(row.map(|row| Happened {
        change,
        id,
        row: Some(row),
    }))
}

/// Ends an execution whose response nobody reads.
fn unanswered() -> async_graphql::Error {
    ClientError::new(Code::Internal, "not answered").into()
}
