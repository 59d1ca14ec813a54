use async_graphql::{
    Context, InputType, ServerResult, TypeDirective,
    registry::{MetaField, MetaInputValue, Registry},
};

use crate::{cost, seam};

/// The arguments of a relation field: described to the schema, parsed once for each level.
///
/// An implementation is a struct with a value for each argument; [`Argument`] does both halves of
/// the work for one of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` are no arguments of a field",
    note = "implement `rows::Arguments` for it, with a `rows::Argument` for each argument"
)]
pub trait Arguments: Sized + Send + Sync {
    /// Adds the arguments to the field's description.
    fn register(registry: &mut Registry, field: &mut MetaField);

    /// Reads the arguments of the selected field.
    ///
    /// # Errors
    ///
    /// A value that cannot be parsed fails the field for every row of the level. The path of the
    /// error is set by the caller.
    fn parse(ctx: &Context<'_>) -> ServerResult<Self>;
}

/// A field without arguments.
impl Arguments for () {
    fn register(_registry: &mut Registry, _field: &mut MetaField) {}

    fn parse(_ctx: &Context<'_>) -> ServerResult<Self> {
        Ok(())
    }
}

/// One argument, declared once as a constant and used by both functions of [`Arguments`].
///
/// ```
/// use async_graphql::{Context, ServerResult, registry::{MetaField, Registry}};
/// use rows::{Argument, Arguments};
///
/// struct Page {
///     first: i32,
/// }
///
/// const FIRST: Argument<i32> = Argument::new("first", "How many at most.").or(|| 20);
///
/// impl Arguments for Page {
///     fn register(registry: &mut Registry, field: &mut MetaField) {
///         FIRST.register(registry, field);
///     }
///
///     fn parse(ctx: &Context<'_>) -> ServerResult<Self> {
///         Ok(Self { first: FIRST.parse(ctx)? })
///     }
/// }
/// ```
pub struct Argument<V> {
    name: &'static str,
    description: &'static str,
    default: Option<fn() -> V>,
    cost: Option<u32>,
}

impl<V: InputType> Argument<V> {
    /// An argument by its GraphQL name. Without a default, `Option<V>` makes it optional.
    pub const fn new(name: &'static str, description: &'static str) -> Self {
        Self {
            name,
            description,
            default: None,
            cost: None,
        }
    }

    /// The value of the argument where the query gives none; shown in the schema.
    #[must_use]
    pub const fn or(mut self, default: fn() -> V) -> Self {
        self.default = Some(default);
        self
    }

    /// What it weighs where it is given; see [`Field::cost`](crate::Field::cost).
    #[must_use]
    pub const fn cost(mut self, weight: u32) -> Self {
        self.cost = Some(weight);
        self
    }

    /// Its GraphQL name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Adds the argument to the field's description.
    pub fn register(&self, registry: &mut Registry, field: &mut MetaField) {
        let mut argument = MetaInputValue::new(self.name, V::create_type_info(registry));
        argument.description = Some(self.description.to_owned());
        argument.default_value = self.default.map(|value| value().to_value().to_string());
        if let Some(weight) = self.cost {
            cost.register(registry);
            argument
                .directive_invocations
                .push(cost::apply(weight.to_string()));
        }
        field.args.insert(self.name.to_owned(), argument);
    }

    /// Reads the argument of the selected field.
    ///
    /// # Errors
    ///
    /// The value is not of the argument's type, or refused by its `parse`.
    pub fn parse(&self, ctx: &Context<'_>) -> ServerResult<V> {
        seam::argument(ctx, self.name, self.default)
    }
}
