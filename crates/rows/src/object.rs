use std::borrow::Cow;

use crate::{Field, Membership};

/// A GraphQL object type whose values are rows.
///
/// The type itself is only a marker, the data is [`Object::Row`]. Usually written by
/// [`object!`](macro@crate::object).
pub trait Object: Sized + Send + Sync + 'static {
    /// What a value of this object is made of: an entity's model, or a cheap handle.
    type Row: Send + Sync + 'static;

    /// The fields in the order of the schema.
    const FIELDS: &'static [Field<Self>];

    /// The interfaces the object implements.
    const INTERFACES: &'static [Membership] = &[];

    /// The GraphQL name.
    fn name() -> Cow<'static, str>;

    /// The GraphQL description.
    fn description() -> Option<String>;
}
