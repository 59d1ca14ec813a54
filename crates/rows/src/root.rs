use std::{borrow::Cow, marker::PhantomData};

use async_graphql::{
    ContainerType, Context, ContextSelectionSet, ObjectType, OutputType, Positioned, ServerResult,
    Value, parser::types::Field as FieldNode, registry::Registry,
    resolver_utils::resolve_container,
};

use crate::{Object, One, collect::Selected, level::Level, path::Path, seam::Execution, write};

/// An [`Object`] without a row as the root of a schema's queries.
///
/// Each selected root field is resolved on its own, concurrently, as async-graphql does; below it
/// everything goes a level at a time.
pub struct Root<T>(PhantomData<fn() -> T>);

impl<T> Root<T> {
    /// The root of queries that `T` declares.
    #[must_use]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T> Default for Root<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Object<Row = ()>> OutputType for Root<T> {
    fn type_name() -> Cow<'static, str> {
        T::name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        One::<T>::create_type_info(registry)
    }

    async fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        _field: &Positioned<FieldNode>,
    ) -> ServerResult<Value> {
        resolve_container(ctx, self).await
    }
}

impl<T: Object<Row = ()>> ContainerType for Root<T> {
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        let name = ctx.item.node.name.node.as_str();
        let Some(field) = T::FIELDS.iter().find(|field| field.name == name) else {
            return Ok(None);
        };
        let selected = Selected {
            node: ctx.item,
            field: Some(field),
            sets: vec![&ctx.item.node.selection_set],
        };
        let (execution, path) = (Execution::of(ctx), Path::Start(ctx.path_node));
        let level = Level::<T>::new(&[&()], &selected, &path, execution);
        let column = level.column().await;
        write::root(&selected, column, execution, &path).map(Some)
    }
}

impl<T: Object<Row = ()>> ObjectType for Root<T> {}
