//! Tenants that are not the request's.

use entity::{columns::FromColumns, id::TenantId};

use super::prelude::*;

/// A row of `viewer_tenants()`, as far as it is shown.
#[derive(FromColumns)]
pub struct OtherTenantRow {
    pub(crate) id: TenantId,
    name: String,
}

rows::object! {
    /// Another tenant that the user is a member of.
    pub object OtherTenant(OtherTenantRow) {
        /// The id.
        id: GlobalId,
        /// Name as shown.
        name: String,
    }
}
