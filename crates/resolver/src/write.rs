//! Writing: the statements of mutations, and what must hold before they run.
//!
//! A [`Writer`] exists only for a member whose roles may do what the mutation does, so a mutation
//! that forgets to ask can not be written. The database's policies ask again.
//!
//! * [`insert`](Writer::insert), [`update`](Writer::update), [`delete`](Writer::delete): one row;
//! * [`update_many`](Writer::update_many), [`delete_many`](Writer::delete_many): those that a filter
//!   selects, no more than the client is ready for;
//! * [`claim`](Writer::claim): the plan's limits;
//! * [`record`](Writer::record): acts of high risk; a change of what is [`RECORDED`](Writable::RECORDED) is by itself.
//!
//! What is the platform's own is changed by its staff, through an [`Administrator`].
//!
//! What may not be in here: what is particular to one object.

mod bulk;
mod insert;
mod limit;
mod one;
mod record;
mod right;
mod staff;

use std::sync::Arc;

use async_graphql::Result;
use entity::id::{TenantId, UserId};
use sea_orm::{ConnectionTrait, Statement, Value};
use tenant::{InTier, Row, TenantContext, Tier};

use crate::{
    error::{self, ClientError},
    input::{Changes, Path, Written},
    session::Session,
    table::{Scope, Table},
};

pub use bulk::MAX_ROWS;
pub(crate) use bulk::{AtMost, Selected};
pub use limit::RequestRules;
pub(crate) use limit::{Limit, raised, used};
pub(crate) use one::{Target, not_found};
pub(crate) use right::Right;
pub(crate) use staff::{Administrator, StaffRight};

/// A table whose rows are written by mutations, and the rules that no column's type can express.
pub(crate) trait Writable: Table {
    /// What a change of a row is recorded as, if it is of high risk: a key such as `member.changed`.
    const RECORDED: Option<&'static str> = None;

    /// Makes room for the values in `rows`, or refuses them. `at` is where they stand.
    ///
    /// # Errors
    /// For values that a tenant's member may not give.
    fn prepare(
        _writer: &Writer<'_>,
        _at: &Path<'_>,
        _changes: &Changes<Self>,
        _rows: Rows<Self::Id>,
    ) -> impl Future<Output = Result<()>> + Send {
        std::future::ready(Ok(()))
    }

    /// Whether a row may be as it is after a write; if not, the whole operation is undone.
    ///
    /// # Errors
    /// For values that do not go together.
    fn check(_row: &Self::Row, _at: &Path<'_>) -> Result<(), ClientError> {
        Ok(())
    }

    /// Whether a row that was just deleted may be gone; if not, the whole operation is undone.
    ///
    /// # Errors
    /// A sentence that says what to do first.
    fn may_be_deleted(_row: &Self::Row) -> Result<(), ClientError> {
        Ok(())
    }
}

/// What values are written into.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rows<I> {
    /// A new row.
    New,
    /// A row that may be there.
    One(I),
    /// Those that a filter selects.
    Many,
}

/// Writes for one member of one tenant, in one tier.
pub(crate) struct Writer<'s> {
    session: &'s Session,
    tenant: TenantId,
    tier: Tier,
}

impl<'s> Writer<'s> {
    /// For a member who has the right, in the tier that the operation has claimed.
    ///
    /// # Errors
    /// `FORBIDDEN` for one who has not, and for staff.
    pub(crate) async fn with(session: &'s Session, right: Right, tier: Tier) -> Result<Self> {
        session.may_read(Scope::Tenant).await?;
        session.may_write(right)?;
        let tenant = session.context().identity().tenant();
        let tenant = tenant
            .ok_or_else(|| error::coded(error::Code::Forbidden, "the request names no tenant"))?;
        let writer = Self {
            session,
            tenant,
            tier,
        };
        right.check(&session.roles().await?)?;
        Ok(writer)
    }

    pub(crate) fn session(&self) -> &'s Session {
        self.session
    }

    pub(crate) fn context(&self) -> &'s TenantContext {
        self.session.context()
    }

    /// Where the statements go.
    fn there(&self) -> InTier<'s> {
        self.context().on(self.tier)
    }

    pub(crate) fn tenant(&self) -> TenantId {
        self.tenant
    }

    pub(crate) fn user(&self) -> UserId {
        self.context().identity().user()
    }

    /// Waits until no other transaction of this tenant holds the lock `name`, and holds it to the
    /// end of the transaction. What is read afterwards is what the others left: a statement of a
    /// `READ COMMITTED` transaction takes its snapshot when it begins.
    pub(crate) async fn lock(&self, name: &str) -> Result<()> {
        let key = format!("{name} of {}", uuid::Uuid::from(self.tenant));
        self.run(
            "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))",
            [key.into()],
        )
        .await
    }

    /// Reports a change in its own transaction: there is work to come of it exactly if it is committed.
    pub(crate) async fn report(&self, topic: &str, payload: serde_json::Value) -> Result<()> {
        self.run(
            "INSERT INTO outbox (tenant_id, topic, payload) VALUES ($1, $2, $3)",
            [self.tenant.into(), topic.into(), payload.into()],
        )
        .await
    }

    /// Runs a statement that answers nothing.
    pub(crate) async fn run<const N: usize>(&self, sql: &str, values: [Value; N]) -> Result<()> {
        self.run_written(sql, values, None).await
    }

    /// The same for one that keys may refuse.
    pub(crate) async fn run_written<const N: usize>(
        &self,
        sql: &str,
        values: [Value; N],
        written: Option<&Written<'_>>,
    ) -> Result<()> {
        let context = self.context();
        let done = self.there().execute_raw(self.statement(sql, values)).await;
        done.map(drop).map_err(|cause| match written {
            Some(written) => error::write(context, cause, written),
            None => error::database(context, &Arc::new(cause)),
        })
    }

    /// The rows of a statement.
    pub(crate) async fn query<const N: usize>(
        &self,
        sql: &str,
        values: [Value; N],
    ) -> Result<Vec<Row>> {
        let context = self.context();
        let rows = self.there().rows_raw(&self.statement(sql, values)).await;
        rows.map_err(|cause| error::database(context, &Arc::new(cause)))
    }

    fn statement<const N: usize>(&self, sql: &str, values: [Value; N]) -> Statement {
        Statement::from_sql_and_values(self.context().get_database_backend(), sql, values)
    }
}
