//! What a GraphQL object needs to be listed, looked up and paged.

use entity::{
    columns::{ColumnSet, FromColumns},
    id::TypedId,
};
use sea_orm::{EntityTrait, ModelTrait};
use tenant::Tier;

use crate::{aggregate::Aggregated, filter::Filter, order::Order};

/// Whose requests can read a table at all (data-model: scopes). The database's policies decide on
/// rows; this only turns "the table is not yours" into a clear error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Rows of the request's tenant, or of its user.
    Tenant,
    /// Rows of the request's tenant, for those of its members who manage its billing.
    Payers,
    /// Everyone reads.
    Shared,
    /// Platform staff only.
    Staff,
    /// Tenants see their own rows, staff see all.
    TenantAndStaff,
}

/// An object that is stored one row each in a table.
pub trait Table: rows::Object<Row: FromColumns + ModelTrait<Entity = Self::Entity>> {
    /// The SeaORM entity.
    type Entity: EntityTrait<Model = Self::Row>;
    /// The typed id of a row.
    type Id: TypedId;
    /// The column that identifies a row within what a request can see; breaks ties of an order.
    const KEY: <Self::Entity as EntityTrait>::Column;
    /// Whose requests can read it.
    const SCOPE: Scope = Scope::Tenant;
    /// The database that it is in.
    const TIER: Tier = Tier::Oltp;
    /// The columns that its fields are made of; what is large and never shown is not among them.
    const SHOWN: ColumnSet = ColumnSet::ALL;
    /// The row's id.
    fn id(row: &Self::Row) -> Self::Id;
}

/// A table that has connections. One of which a request sees at most one row has none.
pub trait Listed: Table + Aggregated {
    /// The filter input of its connections.
    type Filter: Filter;
    /// The order input of its connections.
    type Order: Order<Column = <Self::Entity as EntityTrait>::Column>;
}

/// The columns of a table.
pub type Column<T> = <<T as Table>::Entity as EntityTrait>::Column;

/// Declares how an object is stored.
///
/// ```ignore
/// table! { Campaign of campaign by CampaignId, filtered CampaignFilter, ordered CampaignOrder }
/// table! { Plan of plan by PlanId, filtered PlanFilter, ordered PlanOrder, read by Shared }
/// table! { Payment of payment by PaymentId, filtered PaymentFilter, ordered PaymentOrder, read by Payers }
/// table! { Job of job by JobId, filtered JobFilter, ordered JobOrder, in Queue }
/// table! { TenantConfig of tenant_config by TenantConfigId as TenantId tenant_id }
/// ```
///
/// The key is the column `Id` in the field `id` unless said otherwise, as in the last line. `without` names the column that
/// is never shown, and so never read. Without
/// `filtered` and `ordered` the object has no connections.
macro_rules! table {
    ($object:ident of $table:ident by $id:ident as $column:ident $field:ident $(, filtered $filter:ident, ordered $order:ident)? $(, read by $scope:ident)? $(, in $tier:ident)? $(, without $hidden:ident)?) => {
        impl $crate::table::Table for $object {
            type Entity = $table::Entity;
            type Id = $id;
            const KEY: $table::Column = $table::Column::$column;
            $(const SCOPE: $crate::table::Scope = $crate::table::Scope::$scope;)?
            $(const TIER: tenant::Tier = tenant::Tier::$tier;)?
            $(const SHOWN: entity::columns::ColumnSet = entity::columns::ColumnSet::ALL.without($table::Column::$hidden as usize);)?

            fn id(row: &$table::Model) -> $id {
                row.$field.into()
            }
        }

        $(impl $crate::table::Listed for $object {
            type Filter = $filter;
            type Order = $order;
        })?
    };
    ($object:ident of $table:ident by $id:ident $($rest:tt)*) => {
        $crate::table::table! { $object of $table by $id as Id id $($rest)* }
    };
}
pub(crate) use table;
