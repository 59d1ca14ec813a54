//! Mail: what campaigns wrote, and what came of it.
//!
//! Messages come in sixes: one that nobody answered, a conversation of three, one that came back, and the bounce that
//! says so (now and then an automatic reply in its place). Bodies are shared, by as many messages as it takes.

mod attachments;
mod bodies;
mod letter;
mod messages;

use super::Table;
use crate::tenant::Tenant;

pub(crate) use bodies::SEARCHED;

/// The tables of the content tier, in an order in which no row points to one that is not there yet.
pub(crate) const TABLES: &[Table] = &[
    bodies::EMAIL_CONTENT,
    messages::EMAIL_MESSAGES,
    attachments::ATTACHMENTS,
];

/// How many messages a tenant has.
pub(crate) fn messages(tenant: &Tenant) -> u64 {
    tenant.shape.campaigns * tenant.shape.messages
}
