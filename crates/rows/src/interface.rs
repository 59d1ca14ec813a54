use std::{
    any::{Any, TypeId},
    borrow::Cow,
    marker::PhantomData,
};

use async_graphql::{
    OutputType,
    registry::{MetaField, Registry},
};
use futures::future::BoxFuture;

use crate::{
    Column, Object, One, register,
    resolve::{Place, resolve},
};

/// A GraphQL interface; usually written by [`interface!`](macro@crate::interface).
///
/// Like an [`Object`] it is only a marker. Its values are [`Item`](crate::Item)s: a row and which object it is.
pub trait Interface: Sized + Send + Sync + 'static {
    /// The fields every object of the interface has.
    const FIELDS: &'static [InterfaceField];

    /// The objects of the interface. They enter the schema with it, also those that no field names.
    const MEMBERS: &'static [Member<Self>];

    /// The GraphQL name.
    fn name() -> Cow<'static, str>;

    /// The GraphQL description.
    fn description() -> Option<String>;
}

/// An object that has all fields of the interface `I`; what `implements` in
/// [`object!`](macro@crate::object) writes. It does not compile if a field is missing:
///
/// ```compile_fail,E0080
/// rows::interface! {
///     /// Has an id and a name.
///     interface Named = Person {
///         /// The id.
///         id: i32,
///         /// The name.
///         name: String,
///     }
/// }
///
/// rows::object! {
///     /// A number.
///     object Person(i32) implements Named {
///         /// The id.
///         id: i32 = |row| *row,
///     }
/// }
/// # fn main() {}
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not implement the interface `{I}`",
    note = "write `pub object {Self}(…) implements {I} {{ … }}` in its `rows::object!`"
)]
pub trait Implements<I: Interface>: Object {
    /// Fails to compile if the object lacks a field of the interface.
    #[doc(hidden)]
    const COMPLETE: () = {
        let mut wanted = 0;
        while wanted < I::FIELDS.len() {
            assert!(
                has_field::<Self>(I::FIELDS[wanted].name),
                "the object lacks a field of an interface it implements"
            );
            wanted += 1;
        }
    };
}

const fn has_field<T: Object>(name: &str) -> bool {
    let mut field = 0;
    while field < T::FIELDS.len() {
        if same(T::FIELDS[field].about.name, name) {
            return true;
        }
        field += 1;
    }
    false
}

const fn same(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    let mut byte = 0;
    while byte < left.len() && byte < right.len() && left[byte] == right[byte] {
        byte += 1;
    }
    byte == left.len() && byte == right.len()
}

/// A field of an [`Interface`].
pub struct InterfaceField {
    name: &'static str,
    description: &'static str,
    type_info: fn(&mut Registry) -> String,
}

impl InterfaceField {
    /// A field of GraphQL type `O`.
    pub const fn new<O: OutputType>(name: &'static str, description: &'static str) -> Self {
        Self {
            name,
            description,
            type_info: O::create_type_info,
        }
    }

    pub(crate) fn describe(&self, registry: &mut Registry) -> MetaField {
        let mut field = MetaField::new(self.name, (self.type_info)(registry));
        field.description = Some(self.description.to_owned());
        field
    }
}

/// An interface, from the side of an object that implements it: [`Object::INTERFACES`].
pub struct Membership {
    name: fn() -> Cow<'static, str>,
    type_info: fn(&mut Registry) -> String,
}

impl Membership {
    /// The object implements `I`.
    pub const fn of<I: Interface>() -> Self {
        Self {
            name: I::name,
            type_info: register::interface::<I>,
        }
    }

    pub(crate) fn enter(&self, registry: &mut Registry, object: &str) {
        (self.type_info)(registry);
        register::implementation(registry, object, &(self.name)());
    }
}

/// A row of any type.
pub(crate) type Row = dyn Any + Send + Sync;

/// An object, from the side of the interface `I` that it implements.
pub struct Member<I> {
    name: fn() -> Cow<'static, str>,
    object: fn() -> TypeId,
    type_info: fn(&mut Registry) -> String,
    resolve: for<'a> fn(Vec<&'a Row>, Place<'a>) -> BoxFuture<'a, Column>,
    interface: PhantomData<fn() -> I>,
}

impl<I: Interface> Member<I> {
    /// The object `T`.
    pub const fn of<T: Implements<I>>() -> Self {
        Self {
            name: T::name,
            object: TypeId::of::<T>,
            type_info: One::<T>::create_type_info,
            resolve: resolve_rows::<T>,
            interface: PhantomData,
        }
    }

    pub(crate) fn name(&self) -> Cow<'static, str> {
        (self.name)()
    }

    pub(crate) fn enter(&self, registry: &mut Registry) {
        (self.type_info)(registry);
    }

    /// Tells the objects of the interface apart.
    pub(crate) fn object(&self) -> TypeId {
        (self.object)()
    }

    /// Resolves rows of this object, one answer each.
    pub(crate) fn resolve<'a>(
        &self,
        rows: Vec<&'a Row>,
        place: Place<'a>,
    ) -> BoxFuture<'a, Column> {
        (self.resolve)(rows, place)
    }
}

fn resolve_rows<'a, T: Object>(rows: Vec<&'a Row>, place: Place<'a>) -> BoxFuture<'a, Column> {
    Box::pin(async move {
        let rows: Vec<&T::Row> = rows
            .into_iter()
            .map(|row| {
                row.downcast_ref()
                    .expect("an item is made of the row of its object")
            })
            .collect();
        resolve::<T>(&rows, place).await
    })
}
