//! Pages of lists: one statement for all parents that ask for the same page.

use std::{collections::HashMap, hash::Hash, marker::PhantomData, sync::Arc};

use async_graphql::{Context, Result};
use entity::columns::ColumnSet;
use sea_orm::DbErr;
use tenant::{Row, TenantContext};

use super::{Batch, RawKey, columns};
use crate::{
    connection::{Page, Relation, Selection, Source, statement},
    order::Order,
    session::Session,
    table::Listed,
};

/// The rows of a page, in the connection's order, and whether there are more on either side.
pub(crate) struct Slice<T: Listed> {
    pub(crate) rows: Vec<Arc<T::Row>>,
    pub(crate) has_next: bool,
    pub(crate) has_previous: bool,
}

/// The pages of the selections, in their order; of the rows the columns, the key and what is ordered by.
pub(crate) async fn slices<T: Listed>(
    ctx: &Context<'_>,
    selections: &[Selection<T>],
    columns: ColumnSet,
) -> Result<Vec<Arc<Slice<T>>>> {
    let keys: Vec<_> = selections
        .iter()
        .map(|selection| (selection.clone(), columns))
        .collect();
    let slices = Session::of(ctx).loaders().load::<Pages<T>>(&keys).await?;
    let empty = |selection: &Selection<T>| Arc::new(Slice::new(Vec::new(), selection.page()));
    Ok(slices
        .into_iter()
        .zip(selections)
        .map(|(slice, selection)| slice.unwrap_or_else(|| empty(selection)))
        .collect())
}

/// The batch: selections that differ in their parent only share a statement, with every column that any
/// of them needs.
pub(crate) struct Pages<T>(PhantomData<fn() -> T>);

impl<T: Listed> Batch for Pages<T> {
    type Key = (Selection<T>, ColumnSet);
    type Value = Arc<Slice<T>>;

    async fn load(
        context: &TenantContext,
        keys: &[Self::Key],
    ) -> Result<Vec<Option<Self::Value>>, DbErr> {
        let mut slices = vec![None; keys.len()];
        let groups = group(
            keys,
            |(selection, _)| selection,
            |(selection, _)| selection.page().fingerprint(),
        );
        for group in groups {
            let set = columns_of(&group);
            match group.relation {
                None => {
                    let rows = context
                        .on(T::TIER)
                        .fold(
                            &statement::page(group.page, set),
                            |rows: &mut Vec<_>, row| {
                                rows.push(read::<T>(row, 0, set)?);
                                Ok(())
                            },
                        )
                        .await?;
                    let slice = Arc::new(Slice::new(rows, group.page));
                    for (place, _) in &group.keys {
                        slices[*place] = Some(Arc::clone(&slice));
                    }
                }
                Some(relation) => {
                    let parents = group.parents(|(selection, _)| selection);
                    let statement = statement::pages(group.page, relation, &parents, set);
                    let by_parent: ByParent<T::Row> = context
                        .on(T::TIER)
                        .fold(&statement, |by_parent, row| {
                            put::<T>(by_parent, row, parents[0], set)
                        })
                        .await?;
                    // Each in the place of its parent.
                    let mut found = vec![None; parents.len()];
                    for (parent, rows) in by_parent {
                        if let Ok(at) = parents.binary_search(&parent) {
                            found[at] = Some(Arc::new(Slice::new(rows, group.page)));
                        }
                    }
                    for (place, (selection, _)) in &group.keys {
                        let at = selection.parent().map(|key| parents.binary_search(&key));
                        slices[*place] = at.and_then(|at| found[at.ok()?].clone());
                    }
                }
            }
        }
        Ok(slices)
    }
}

/// What the rows of a group's statement have to hold: a cursor is made of the key and what is ordered by.
fn columns_of<T: Listed>(group: &Group<'_, (Selection<T>, ColumnSet), T>) -> ColumnSet {
    let asked = group.keys.iter().map(|(_, (_, set))| *set);
    let set = asked.fold(ColumnSet::NONE, ColumnSet::union);
    let set = columns::with::<T>(set, T::KEY);
    columns::with::<T>(set, group.page.order.column())
}

impl<T: Listed> Slice<T> {
    /// One row more than the page's limit was asked for, to learn whether there is one.
    fn new(mut rows: Vec<Arc<T::Row>>, page: &Page<T>) -> Self {
        let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        if page.backward {
            rows.reverse();
            return Self {
                rows,
                has_next: page.before.is_some(),
                has_previous: more,
            };
        }
        Self {
            rows,
            has_next: more,
            has_previous: page.after.is_some(),
        }
    }
}

/// What one statement serves.
pub(super) struct Group<'k, K, T: Listed> {
    pub(super) relation: Option<Relation>,
    pub(super) page: &'k Page<T>,
    /// Each with its place among all.
    pub(super) keys: Vec<(usize, &'k K)>,
}

impl<'k, K, T: Listed> Group<'k, K, T> {
    /// The parents whose lists are asked for, each once and in order.
    pub(super) fn parents(&self, selection: impl Fn(&'k K) -> &'k Selection<T>) -> Vec<RawKey> {
        let mut parents: Vec<RawKey> = self
            .keys
            .iter()
            .filter_map(|(_, key)| selection(key).parent())
            .collect();
        parents.sort_unstable();
        parents.dedup();
        parents
    }
}

/// Groups what is asked of lists by their relation and by what else makes their statement differ.
pub(super) fn group<'k, K, T: Listed, D: Eq + Hash>(
    keys: &'k [K],
    selection: impl Fn(&'k K) -> &'k Selection<T>,
    differs: impl Fn(&'k K) -> D,
) -> Vec<Group<'k, K, T>> {
    let mut groups: Vec<Group<'k, K, T>> = Vec::new();
    let mut places = HashMap::new();
    for (number, key) in keys.iter().enumerate() {
        let relation = match selection(key).source() {
            Source::All => None,
            Source::Of { relation, .. } => Some(relation),
        };
        let differs_in = (relation, differs(key));
        // The lists of a level mostly differ in their parents alone.
        if let Some(group) = groups.last_mut()
            && (group.relation, differs(group.keys[0].1)) == differs_in
        {
            group.keys.push((number, key));
            continue;
        }
        let place = *places.entry(differs_in).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.keys.push((number, key)),
            None => groups.push(Group {
                relation,
                page: selection(key).page(),
                keys: vec![(number, key)],
            }),
        }
    }
    groups
}

/// A row whose columns begin at the place `first`.
fn read<T: Listed>(row: &Row, first: usize, set: ColumnSet) -> Result<Arc<T::Row>, DbErr> {
    row.read_selected(first, set).map(Arc::new)
}

/// The rows of each parent, in the order of the answer, where those of a parent stand together.
type ByParent<R> = Vec<(RawKey, Vec<Arc<R>>)>;

/// Puts a row, whose parent's key stands before it, to the others of its parent.
fn put<T: Listed>(
    by_parent: &mut ByParent<T::Row>,
    answered: &Row,
    like: RawKey,
    set: ColumnSet,
) -> Result<(), DbErr> {
    let parent = RawKey::at(answered, statement::PARENT_PLACE, like)?;
    let row = read::<T>(answered, statement::PARENT_PLACE + 1, set)?;
    let before = match by_parent.last_mut() {
        Some((last, rows)) if *last == parent => {
            rows.push(row);
            return Ok(());
        }
        Some((_, rows)) => rows.len(),
        None => 0,
    };
    // The lists of a level are mostly of a length.
    let mut rows = Vec::with_capacity(before.max(1));
    rows.push(row);
    by_parent.push((parent, rows));
    Ok(())
}
