use std::{any::TypeId, borrow::Cow, sync::Arc};

use async_graphql::{
    ContextSelectionSet, OutputType, PathSegment, Positioned, ServerResult, Value,
    indexmap::IndexMap, parser::types::Field, registry::Registry,
};
use futures::future::join_all;

use crate::{
    Column, Implements, Interface, JsonText, Member, Output,
    collect::Set,
    failure::Failure,
    fragment,
    interface::Row,
    output::finish,
    path::{Origin, Path},
    register,
    resolve::Place,
    seam::{Execution, selection},
};

/// A row of one of the objects of an interface: GraphQL type `I!`, or `I` as `Option<Item<I>>`.
pub struct Item<I: Interface> {
    row: Arc<Row>,
    member: Member<I>,
}

impl<I: Interface> Item<I> {
    /// A row of the object `T`.
    pub fn of<T: Implements<I>>(row: Arc<T::Row>) -> Self {
        Self {
            row,
            member: Member::of::<T>(),
        }
    }
}

/// Rows of the objects of an interface, or nulls: GraphQL type `[I]!`.
///
/// All rows of the same object are resolved as one level; the order is kept.
pub struct Items<I: Interface>(pub Vec<Option<Item<I>>>);

impl<I: Interface> OutputType for Item<I> {
    fn type_name() -> Cow<'static, str> {
        I::name()
    }

    fn introspection_type_name(&self) -> Cow<'static, str> {
        self.member.name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        register::interface::<I>(registry)
    }

    async fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        _field: &Positioned<Field>,
    ) -> ServerResult<Value> {
        let start = Path::Start(ctx.path_node);
        let place = Place {
            execution: Execution::of(ctx),
            path: &start,
            sets: &[selection(ctx)],
        };
        let mut column = self.member.resolve(vec![&*self.row], place).await;
        finish(&start, column.only())
    }
}

impl<I: Interface> OutputType for Items<I> {
    fn type_name() -> Cow<'static, str> {
        Cow::Owned(format!("[{}]", I::name()))
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Item::<I>::create_type_info(registry);
        Self::qualified_type_name()
    }

    async fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        _field: &Positioned<Field>,
    ) -> ServerResult<Value> {
        let start = Path::Start(ctx.path_node);
        let (execution, sets) = (Execution::of(ctx), [selection(ctx)]);
        let groups = groups(&self.0);
        let levels = groups
            .iter()
            .map(|group| group.resolve(execution, &start, &sets));
        let columns = join_all(levels).await;
        let mut column_of = vec![None; self.0.len()];
        for (column, group) in groups.iter().enumerate() {
            for index in group.indices() {
                column_of[index] = Some(column);
            }
        }
        let report = |index, failure: Failure| {
            let failure = failure.through(PathSegment::Index(index));
            execution.report(failure.into_error(start.of(0)));
        };
        Ok(match execution.output() {
            Output::Tree => tree(&column_of, columns, report),
            Output::Json => json(&column_of, columns, report),
        })
    }
}

/// The list as a value. Each place takes the next answer of its object's column: an object's rows
/// stand in the order of the list.
fn tree(
    column_of: &[Option<usize>],
    mut columns: Vec<Column>,
    report: impl Fn(usize, Failure),
) -> Value {
    let value = |(index, column): (usize, &Option<usize>)| {
        let answer = column.map(|column| columns[column].next_value());
        answer.unwrap_or(Ok(Value::Null)).unwrap_or_else(|failure| {
            report(index, failure);
            Value::Null
        })
    };
    Value::List(column_of.iter().enumerate().map(value).collect())
}

/// The list as JSON.
fn json(
    column_of: &[Option<usize>],
    mut columns: Vec<Column>,
    report: impl Fn(usize, Failure),
) -> Value {
    let bytes: usize = columns.iter().map(Column::bytes).sum();
    let mut json = JsonText::with_capacity(bytes + 5 * column_of.len() + 2);
    json.list(column_of.iter().enumerate(), |json, (index, column)| {
        let written = column.map(|column| columns[column].write_next(json));
        match written {
            Some(Ok(())) => {}
            Some(Err(failure)) => {
                report(index, failure);
                json.null();
            }
            None => json.null(),
        }
    });
    fragment::of(json.into_string())
}

/// The items of one object.
struct Group<'a, I: Interface> {
    member: &'a Member<I>,
    rows: Vec<&'a Row>,
    origins: Vec<Origin>,
}

/// The items by object, in the order the objects appear.
fn groups<I: Interface>(items: &[Option<Item<I>>]) -> Vec<Group<'_, I>> {
    let mut groups: IndexMap<TypeId, Group<'_, I>> = IndexMap::new();
    for (index, item) in items.iter().enumerate() {
        let Some(Item { row, member }) = item else {
            continue;
        };
        let group = groups.entry(member.object()).or_insert_with(|| Group {
            member,
            rows: Vec::new(),
            origins: Vec::new(),
        });
        group.rows.push(&**row);
        group.origins.push(Origin::item(index));
    }
    groups.into_values().collect()
}

impl<I: Interface> Group<'_, I> {
    async fn resolve(
        &self,
        execution: Execution<'_>,
        start: &Path<'_>,
        sets: &[Set<'_>],
    ) -> Column {
        let path = Path::Rows {
            parent: start,
            origins: &self.origins,
        };
        let place = Place {
            execution,
            path: &path,
            sets,
        };
        self.member.resolve(self.rows.clone(), place).await
    }

    /// The places of the items in the list.
    fn indices(&self) -> impl Iterator<Item = usize> {
        self.origins.iter().filter_map(|origin| origin.index)
    }
}
