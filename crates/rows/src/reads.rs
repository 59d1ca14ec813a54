//! What of a row an operation reads, so that a loader can leave the rest where it is.

use async_graphql::Context;

use crate::{
    Object,
    collect::{Set, collect},
    rows::Declaration,
    seam::Execution,
};

/// The names of the fields of `T::Row` that the selection of a field reads, for the loader of that field.
/// None where it may read any of them: a value that is computed from the row does.
#[must_use]
pub fn reads<T: Object>(ctx: &Context<'_>) -> Option<Vec<&'static str>> {
    read_by::<T>(Execution::alone(ctx), &[&ctx.item.node.selection_set])
}

/// The same where `T` is reached by `O`'s field `through`.
#[must_use]
pub fn reads_through<O: Object, T: Object>(
    ctx: &Context<'_>,
    through: &str,
) -> Option<Vec<&'static str>> {
    let execution = Execution::alone(ctx);
    let selected = collect(
        Declaration::of::<O>(),
        execution,
        &[&ctx.item.node.selection_set],
    )
    .ok()?;
    let sets: Vec<Set<'_>> = selected
        .values()
        .filter(|selected| {
            selected
                .field
                .is_some_and(|field| field.about.name == through)
        })
        .flat_map(|selected| selected.sets.iter().copied())
        .collect();
    read_by::<T>(execution, &sets)
}

fn read_by<T: Object>(execution: Execution<'_>, sets: &[Set<'_>]) -> Option<Vec<&'static str>> {
    // What is wrong with the selection is said where it is resolved.
    let selected = collect(Declaration::of::<T>(), execution, sets).ok()?;
    let fields = selected.values().filter_map(|selected| selected.field);
    fields.map(|field| field.about.reads).collect()
}
