//! The arguments of root fields and connections.

mod misfit;

use async_graphql::{
    Context, ID, InputType, ServerError, ServerResult,
    registry::{MetaField, Registry},
};
use entity::id::InvalidId;
use rows::{Argument, Arguments, ListSize, weigh};

use crate::{
    connection::{DEFAULT_PAGE, Page, PageInput},
    error::{ClientError, Code},
    price,
    table::{Listed, Table},
};

const ID_ARGUMENT: Argument<ID> = Argument::new(
    "id",
    "The id, as any answer gives it; the bare key, a UUID or a number, is accepted.",
);

/// `id`: of a row of `T`; an id of another kind is an error.
pub(crate) struct IdArgument<T: Table>(pub(crate) T::Id);

impl<T: Table> Arguments for IdArgument<T> {
    fn register(registry: &mut Registry, field: &mut MetaField) {
        ID_ARGUMENT.register(registry, field);
    }

    fn parse(ctx: &Context<'_>) -> ServerResult<Self> {
        let text = read(ctx, &ID_ARGUMENT)?;
        text.parse()
            .map(Self)
            .map_err(|error| at(ctx, invalid_id(&error)))
    }
}

/// What a client reads of a wrong id.
pub(crate) fn invalid_id(error: &InvalidId) -> ClientError {
    ClientError::new(Code::InvalidId, error.to_string())
}

const FIRST: Argument<Option<i32>> = Argument::new(
    "first",
    "The first so many rows: 0 to 200. 50 if neither `first` nor `last` is given.",
);
const AFTER: Argument<Option<String>> =
    Argument::new("after", "Only rows behind this cursor, in the given order.");
const LAST: Argument<Option<i32>> = Argument::new("last", "The last so many rows: 0 to 200.");
const BEFORE: Argument<Option<String>> = Argument::new(
    "before",
    "Only rows before this cursor, in the given order.",
);

const PAGE: ListSize = ListSize::assumed(DEFAULT_PAGE as i32)
    .or_by(&["first", "last"])
    .of_fields(&["nodes", "edges"]);

/// `first`, `after`, `last`, `before`, `filter`, `orderBy`.
pub(crate) struct ConnectionArguments<T: Listed>(pub(crate) Page<T>);

impl<T: Listed> ConnectionArguments<T> {
    const FILTER: Argument<Option<T::Filter>> =
        Argument::new("filter", "Only rows that are like this.").cost(price::FILTER);
    const ORDER: Argument<Option<T::Order>> = Argument::new(
        "orderBy",
        "The order of the rows. If not given: newest first; steps by their place in the sequence.",
    );
}

impl<T: Listed> Arguments for ConnectionArguments<T> {
    fn register(registry: &mut Registry, field: &mut MetaField) {
        FIRST.register(registry, field);
        AFTER.register(registry, field);
        LAST.register(registry, field);
        BEFORE.register(registry, field);
        Self::FILTER.register(registry, field);
        Self::ORDER.register(registry, field);
        PAGE.register(registry, field);
    }

    fn parse(ctx: &Context<'_>) -> ServerResult<Self> {
        let input = PageInput {
            first: read(ctx, &FIRST)?,
            after: read(ctx, &AFTER)?,
            last: read(ctx, &LAST)?,
            before: read(ctx, &BEFORE)?,
            filter: read(ctx, &Self::FILTER)?,
            order: read(ctx, &Self::ORDER)?,
        };
        Page::new(input).map(Self).map_err(|error| at(ctx, error))
    }
}

/// The argument `input`, which every mutation has.
pub(crate) struct Input<I>(pub(crate) I);

impl<I: InputType> Input<I> {
    const ARGUMENT: Argument<I> = Argument::new("input", "What to do, and to what.");
}

impl<I: InputType> Arguments for Input<I> {
    fn register(registry: &mut Registry, field: &mut MetaField) {
        Self::ARGUMENT.register(registry, field);
        weigh(price::WRITE, registry, field);
    }

    fn parse(ctx: &Context<'_>) -> ServerResult<Self> {
        read(ctx, &Self::ARGUMENT).map(Self)
    }
}

/// Reads an argument; an error names the value that is wrong, if one by itself is.
pub(crate) fn read<V: InputType>(ctx: &Context<'_>, argument: &Argument<V>) -> ServerResult<V> {
    argument.parse(ctx).map_err(|error| {
        let kind = V::qualified_type_name();
        match misfit::find(ctx, argument.name(), &kind) {
            Some(misfit) => at(ctx, misfit),
            None => error,
        }
    })
}

/// The error at the field whose argument is wrong.
pub(crate) fn at(ctx: &Context<'_>, error: ClientError) -> ServerError {
    async_graphql::Error::from(error).into_server_error(ctx.item.pos)
}
