//! What fields cost, as the schema says it: the directives of IBM's GraphQL Cost Directives
//! specification (draft of 2021, <https://ibm.github.io/graphql-specs/cost-spec.html>).
//!
//! They are declared on fields and arguments and printed with the schema; whoever estimates a cost reads
//! them from there.

use async_graphql::{
    TypeDirective,
    registry::{MetaField, Registry},
};

/// What the field, the argument or the input field weighs, each time it is asked for. What has none weighs
/// nothing; each object of an answer weighs 1.
#[TypeDirective(
    name = "cost",
    location = "FieldDefinition",
    location = "ArgumentDefinition",
    location = "InputFieldDefinition"
)]
pub fn cost(#[graphql(desc = "A whole number, as text.")] weight: String) {}

/// How many items a list is taken to have, before it is known.
#[TypeDirective(name = "listSize", location = "FieldDefinition")]
pub fn list_size(
    #[graphql(desc = "So many, if no argument says how many.")] assumed_size: Option<i32>,
    #[graphql(desc = "The arguments that say how many at most; the largest counts.")]
    slicing_arguments: Option<Vec<String>>,
    #[graphql(
        desc = "The fields of the object that have so many items, in place of the field itself."
    )]
    sized_fields: Option<Vec<String>>,
    #[graphql(
        desc = "Whether exactly one of the arguments must be given.",
        default = true
    )]
    require_one_slicing_argument: bool,
) {
}

/// How many items a list is taken to have: `@listSize`.
#[derive(Clone, Copy, Debug)]
pub struct ListSize {
    assumed: i32,
    slicing: &'static [&'static str],
    sized: &'static [&'static str],
}

impl ListSize {
    /// So many, whatever is asked.
    #[must_use]
    pub const fn assumed(items: i32) -> Self {
        Self {
            assumed: items,
            slicing: &[],
            sized: &[],
        }
    }

    /// As many as the largest of these arguments, if one of them is given.
    #[must_use]
    pub const fn or_by(mut self, arguments: &'static [&'static str]) -> Self {
        self.slicing = arguments;
        self
    }

    /// The lists are these fields of the object.
    #[must_use]
    pub const fn of_fields(mut self, fields: &'static [&'static str]) -> Self {
        self.sized = fields;
        self
    }

    /// Says so of a field.
    pub fn register(self, registry: &mut Registry, field: &mut MetaField) {
        list_size.register(registry);
        let names = |names: &[&str]| {
            let names = names.iter().map(|name| (*name).to_owned());
            Some(names.collect()).filter(|names: &Vec<_>| !names.is_empty())
        };
        let (slicing, sized) = (names(self.slicing), names(self.sized));
        let invocation = list_size::apply(Some(self.assumed), slicing, sized, false);
        field.directive_invocations.push(invocation);
    }
}

/// Says what a field weighs: `@cost`.
pub fn weigh(weight: u32, registry: &mut Registry, field: &mut MetaField) {
    cost.register(registry);
    field
        .directive_invocations
        .push(cost::apply(weight.to_string()));
}
