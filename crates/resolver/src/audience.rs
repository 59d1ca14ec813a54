//! Whom each root field answers: declared by what loads it, never repeated.
//!
//! The root objects are declared with [`root!`], which takes only loaders that say whom they answer
//! ([`Answers`]); those refuse everybody else by the same constant. [`permissions`] lists what was declared.
//!
//! To add a loader of root fields: an [`Answers`] beside its `rows::Load`.

use tenant::Role;

use crate::{
    live, mutation, query,
    table::Scope,
    write::{Right, StaffRight},
};

/// Whom a root field answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Audience {
    /// Whoever is signed in.
    Everyone,
    /// Every user, in whatever tenant or in none, but no staff and no key; in a tenant, one whose role writes.
    Users,
    /// Who can read a table; of its rows, the database's policies decide.
    Readers(Scope),
    /// Members with a role that has the right, and their keys where it is for these.
    Writers(Right),
    /// Platform staff who name no tenant and have the permission.
    Staff(StaffRight),
    /// Both: members and their keys in their tenant, staff in all.
    WritersAndStaff(Right, StaffRight),
    /// Whoever the object's own field answers.
    OfObject,
}

/// Somebody who asks, as far as audiences tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    /// A member of the tenant asked in, with one role; several roles add up.
    Member(Role),
    /// An internal tool with a key that has all of an owner's rights.
    Key,
    /// A user who names no tenant.
    User,
    /// Platform staff who name no tenant, with all permissions.
    Staff,
    /// Platform staff who name a tenant and a reason.
    Acting,
}

/// What an asker gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answered {
    /// An answer.
    Yes,
    /// The error `FORBIDDEN`.
    No,
    /// What the object's own root field would say.
    AsObject,
}

/// A root field, and whom it answers.
#[derive(Clone, Copy, Debug)]
pub struct Permission {
    /// The type of the root: `Query`, `Mutation`, or `Live`, that of subscriptions.
    pub root: &'static str,
    /// The field's name.
    pub field: &'static str,
    audience: Audience,
}

/// All root fields, in the order of the schema.
#[must_use]
pub fn permissions() -> Vec<Permission> {
    let roots = [
        ("Query", query::declared()),
        ("Mutation", mutation::declared()),
        ("Live", declared::<live::Live>()),
    ];
    let all = roots.into_iter().flat_map(|(root, fields)| {
        let permission = move |(field, audience)| Permission {
            root,
            field,
            audience,
        };
        fields.into_iter().map(permission)
    });
    all.collect()
}

impl Permission {
    /// What `asker` gets.
    #[must_use]
    pub fn answers(&self, asker: Asker) -> Answered {
        let may = match (self.audience, asker) {
            (Audience::OfObject, _) => return Answered::AsObject,
            (Audience::Everyone, _) | (Audience::Users, Asker::User) => true,
            (Audience::Users, Asker::Member(role)) => role.may_write(),
            (Audience::Readers(Scope::Payers), Asker::Member(role)) => {
                Right::ManageBilling.roles().contains(&role)
            }
            (Audience::Readers(scope), Asker::Member(_) | Asker::Key) => scope != Scope::Staff,
            (Audience::Readers(scope), Asker::Staff) => {
                !matches!(scope, Scope::Tenant | Scope::Payers)
            }
            (Audience::Readers(_), Asker::Acting) => true,
            (
                Audience::Writers(right) | Audience::WritersAndStaff(right, _),
                Asker::Member(role),
            ) => right.roles().contains(&role),
            (Audience::Writers(right) | Audience::WritersAndStaff(right, _), Asker::Key) => {
                right.is_for_keys()
            }
            (Audience::Staff(_) | Audience::WritersAndStaff(..), asker) => asker == Asker::Staff,
            (Audience::Users, Asker::Key)
            | (Audience::Users | Audience::Writers(_), Asker::Staff | Asker::Acting)
            | (Audience::Readers(_) | Audience::Writers(_), Asker::User) => false,
        };
        if may { Answered::Yes } else { Answered::No }
    }
}

impl Asker {
    /// Each of them, members by their roles first.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let members = Role::ALL.into_iter().map(Self::Member);
        let others = [Self::Key, Self::User, Self::Staff, Self::Acting];
        members.chain(others).collect()
    }
}

/// What loads a root field with the arguments `A`, and so refuses all but its audience.
pub(crate) trait Answers<A = ()> {
    /// Whom it answers.
    const AUDIENCE: Audience;
}

/// A root object; written by [`root!`].
pub(crate) trait Declared: rows::Object<Row = ()> {
    /// Whom its fields answer, in their order.
    const AUDIENCES: &'static [Audience];
}

/// Whom the loader that `_make` makes answers.
pub(crate) const fn of<L: Answers<A>, A>(_make: fn() -> L) -> Audience {
    L::AUDIENCE
}

/// The fields of a root object, and whom they answer.
pub(crate) fn declared<T: Declared>() -> Vec<(&'static str, Audience)> {
    let names = T::FIELDS.iter().map(rows::Field::name);
    names.zip(T::AUDIENCES.iter().copied()).collect()
}

/// Declares root fields as [`rows::object!`] does, and whom they answer.
///
/// ```ignore
/// root! {
///     /// What can be asked.
///     pub object Campaigns(()) {
///         /// A campaign by its id.
///         campaign(IdArgument<Campaign>): Option<Campaign> = |_row| Some(()) -> find::<Campaign>(),
///     }
/// }
/// ```
macro_rules! root {
    (
        $(#[$about:meta])*
        pub object $root:ident(()) {
            $(
                $(#[$attribute:meta])*
                $field:ident $(($arguments:ty))?: $answer:ty = |_row| Some(()) -> $loader:expr
            ),* $(,)?
        }
    ) => {
        rows::object! {
            $(#[$about])*
            pub object $root(()) {
                $(
                    $(#[$attribute])*
                    $field $(($arguments))?: $answer = |_row| Some(()) -> $loader,
                )*
            }
        }

        impl $crate::audience::Declared for $root {
            const AUDIENCES: &'static [$crate::audience::Audience] = &[
                $($crate::audience::of::<_, $crate::audience::root!(@ $($arguments)?)>(|| $loader)),*
            ];
        }
    };
    (@) => { () };
    (@ $arguments:ty) => { $arguments };
}
pub(crate) use root;
