//! Who asks, and the one transaction through which they ask.
//!
//! [`Database`] is a pool that hands out no connection. The only way to a statement is a
//! [`TenantContext`], made of an [`Identity`] and an [`Access`]; it implements SeaORM's
//! `ConnectionTrait`, so finders and inserts run on it unchanged. Its transaction
//!
//! * opens at the first statement, in one message that begins, sets `app.current_tenant_id` and
//!   `app.current_user_id`, checks the membership and sets its `app.current_roles`;
//! * is one snapshot and read only for [`Access::Read`], all or nothing for [`Access::Write`], and
//!   read only all the same for a member without a role that writes;
//! * can not outlive the request: whatever is dropped half way is rolled back or its connection
//!   closed before anybody else can borrow it (`transaction`).
//!
//! Beside it there is the [`Feed`], which says what changed and shows no row: its one connection belongs to no tenant.
//!
//! `connect` makes a connection, `pool` lends it, `wire` speaks on it: the first statements of a read
//! go out with the opening message, and those of one level together.
//!
//! What may not be in here: GraphQL, HTTP, a table's columns. What may not leave: the pool, a
//! connection, a transaction. To add a setting that each transaction carries, add it to
//! `begin::opening` and to what the tests of dropped contexts look for.

mod api_key;
mod begin;
mod cause;
mod connect;
mod context;
mod database;
mod directory;
mod error;
mod feed;
mod identity;
mod inspect;
mod origin;
mod pool;
mod row;
mod rule;
mod tier;
mod trace;
mod transaction;
mod wire;

pub use api_key::ApiKey;
pub use cause::Cause;
pub use context::{AlreadyWriting, InTier, Outcome, Spent, TenantContext};
pub use database::{Database, DatabaseOptions};
pub use directory::{find_member, find_staff, find_tenant, find_user};
pub use error::{
    Refusal, Violation, is_aborted_transaction, is_cancelled_statement, is_conflict,
    is_lock_timeout, is_missing_context, is_out_of_range, is_read_only_transaction, violation,
};
pub use feed::{Change, Event, Feed, Listener, Lost, Subject, Topic};
pub use identity::{Access, Act, Identity, Role};
pub use inspect::{Finding, Inspection};
pub use origin::Origin;
pub use pool::{PoolCounts, PoolUse};
pub use row::Row;
pub use rule::Rule;
pub use tier::Tier;
pub use trace::{TRACE_PARENT, follow_trace, link_trace, trace_parent};
