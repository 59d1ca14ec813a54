use std::{borrow::Cow, sync::Arc};

use async_graphql::{
    ContextSelectionSet, OutputType, Positioned, ServerResult, Value, parser::types::Field,
    registry::Registry,
};

use crate::{
    Object,
    column::Answer,
    path::{Origin, Path},
    register,
    resolve::{Place, resolve},
    seam::{Execution, selection},
};

/// One row as the value of an async-graphql field: GraphQL type `T!`, or `T` as `Option<One<T>>`.
pub struct One<T: Object>(pub Arc<T::Row>);

/// Rows as the value of an async-graphql field: GraphQL type `[T!]!`, resolved as one level.
pub struct Many<T: Object>(pub Vec<Arc<T::Row>>);

impl<T: Object> OutputType for One<T> {
    fn type_name() -> Cow<'static, str> {
        T::name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        register::object::<T>(registry)
    }

    async fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        _field: &Positioned<Field>,
    ) -> ServerResult<Value> {
        let start = Path::Start(ctx.path_node);
        let rows = [&*self.0];
        let place = Place {
            execution: Execution::of(ctx),
            path: &start,
            sets: &[selection(ctx)],
        };
        finish(&start, resolve::<T>(&rows, place).await.only())
    }
}

impl<T: Object> OutputType for Many<T> {
    fn type_name() -> Cow<'static, str> {
        Cow::Owned(format!("[{}!]", T::name()))
    }

    fn create_type_info(registry: &mut Registry) -> String {
        One::<T>::create_type_info(registry);
        Self::qualified_type_name()
    }

    async fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        _field: &Positioned<Field>,
    ) -> ServerResult<Value> {
        let start = Path::Start(ctx.path_node);
        let rows: Vec<_> = self.0.iter().map(|row| &**row).collect();
        let origins: Vec<_> = (0..rows.len()).map(Origin::item).collect();
        let path = Path::Rows {
            parent: &start,
            origins: &origins,
        };
        let place = Place {
            execution: Execution::of(ctx),
            path: &path,
            sets: &[selection(ctx)],
        };
        finish(&start, resolve::<T>(&rows, place).await.into_list())
    }
}

/// The value for async-graphql, or the error with its whole path.
pub(crate) fn finish(start: &Path<'_>, answer: Answer<Value>) -> ServerResult<Value> {
    answer.map_err(|failure| failure.into_error(start.of(0)))
}
