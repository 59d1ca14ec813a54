use async_graphql::{
    Context, OutputType, Result,
    registry::{Deprecation, MetaField, Registry},
};
use futures::future::BoxFuture;

use crate::{Arguments, Cell, Column, Level, ListSize, Object, Relation, weigh};

/// A guard as a function: [`async_graphql::Guard::check`] of some guard.
pub type GuardCheck = for<'a> fn(&'a Context<'a>) -> BoxFuture<'a, Result<()>>;

/// A field of an [`Object`]; made by [`object!`](macro@crate::object) or by hand.
///
/// ```
/// use rows::{Field, Object};
///
/// enum PageInfo {}
///
/// struct Page {
///     more: bool,
/// }
///
/// impl Object for PageInfo {
///     type Row = Page;
///     const FIELDS: &'static [Field<Self>] = &[Field::<Self>::column::<bool>(
///         "hasNextPage",
///         "Whether more rows follow.",
///         |page, cell| cell.show::<bool, _>(&page.more),
///     )];
///
///     fn name() -> std::borrow::Cow<'static, str> {
///         "PageInfo".into()
///     }
///
///     fn description() -> Option<String> {
///         Some("Where a page stands in its list.".to_owned())
///     }
/// }
/// ```
pub struct Field<T: Object> {
    pub(crate) about: About,
    pub(crate) source: Source<T>,
}

/// What a field says of itself, whatever the rows are.
pub(crate) struct About {
    pub(crate) name: &'static str,
    pub(crate) guard: Option<GuardCheck>,
    pub(crate) reads: Option<&'static str>,
    /// It is read from the row itself.
    pub(crate) is_column: bool,
    description: &'static str,
    deprecation: Option<&'static str>,
    cost: Option<u32>,
    list_size: Option<ListSize>,
    arguments: fn(&mut Registry, &mut MetaField),
    type_info: fn(&mut Registry) -> String,
    type_name: fn() -> String,
}

/// Where a field's values come from.
pub(crate) enum Source<T: Object> {
    /// The row itself.
    Column(fn(&T::Row, Cell<'_>)),
    /// One call for all rows of a level.
    Batch(for<'a> fn(Level<'a, T>) -> BoxFuture<'a, Column>),
}

impl<T: Object> Field<T> {
    /// A scalar of GraphQL type `S`, read from the row; `read` usually [shows](Cell::show) a column.
    pub const fn column<S: OutputType>(
        name: &'static str,
        description: &'static str,
        read: fn(&T::Row, Cell<'_>),
    ) -> Self {
        Self::new::<S>(name, description, Source::Column(read))
    }

    /// A relation of type `R` (`T`, `Option<T>` or `Vec<T>`); `load` calls [`Level::relation`] of
    /// the same `R`.
    pub const fn relation<R: Relation>(
        name: &'static str,
        description: &'static str,
        load: for<'a> fn(Level<'a, T>) -> BoxFuture<'a, Column>,
    ) -> Self {
        Self::new::<R::Output>(name, description, Source::Batch(load))
    }

    /// A scalar of GraphQL type `S`, loaded for all rows at once; `load` calls [`Level::batched`]
    /// of the same `S`.
    pub const fn batched<S: OutputType>(
        name: &'static str,
        description: &'static str,
        load: for<'a> fn(Level<'a, T>) -> BoxFuture<'a, Column>,
    ) -> Self {
        Self::new::<S>(name, description, Source::Batch(load))
    }

    /// The arguments of the field; the loader takes the same type.
    #[must_use]
    pub const fn arguments<A: Arguments>(mut self) -> Self {
        self.about.arguments = A::register;
        self
    }

    /// Names the one field of the row that the value, or the relation's key, is read from. A field that
    /// names none may read anything. See [`reads`](crate::reads).
    #[must_use]
    pub const fn reads(mut self, column: &'static str) -> Self {
        self.about.reads = Some(column);
        self
    }

    /// A condition, checked once for each level before anything of the field is read.
    #[must_use]
    pub const fn guard(mut self, check: GuardCheck) -> Self {
        self.about.guard = Some(check);
        self
    }

    /// Marks the field as deprecated, with what to use instead.
    #[must_use]
    pub const fn deprecated(mut self, reason: &'static str) -> Self {
        self.about.deprecation = Some(reason);
        self
    }

    /// The GraphQL name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.about.name
    }

    /// What it weighs each time it is asked for, for those who reckon what an operation costs; nothing if it
    /// is not said.
    #[must_use]
    pub const fn cost(mut self, weight: u32) -> Self {
        self.about.cost = Some(weight);
        self
    }

    /// How many items its list is taken to have, where no arguments say so.
    #[must_use]
    pub const fn list_size(mut self, items: i32) -> Self {
        self.about.list_size = Some(ListSize::assumed(items));
        self
    }

    const fn new<O: OutputType>(
        name: &'static str,
        description: &'static str,
        source: Source<T>,
    ) -> Self {
        let about = About {
            name,
            guard: None,
            reads: None,
            is_column: matches!(source, Source::Column(_)),
            description,
            deprecation: None,
            cost: None,
            list_size: None,
            arguments: <() as Arguments>::register,
            type_info: O::create_type_info,
            type_name: O::qualified_type_name,
        };
        Self { about, source }
    }
}

impl About {
    /// Whether the field may be null.
    pub(crate) fn nullable(&self) -> bool {
        !(self.type_name)().ends_with('!')
    }

    /// The field's entry in the schema.
    pub(crate) fn describe(&self, registry: &mut Registry) -> MetaField {
        let mut field = MetaField::new(self.name, (self.type_info)(registry));
        field.description = Some(self.description.to_owned());
        if let Some(reason) = self.deprecation {
            let reason = (!reason.is_empty()).then(|| reason.to_owned());
            field.deprecation = Deprecation::Deprecated { reason };
        }
        if let Some(weight) = self.cost {
            weigh(weight, registry, &mut field);
        }
        if let Some(size) = self.list_size {
            size.register(registry, &mut field);
        }
        (self.arguments)(registry, &mut field);
        field
    }
}
