use std::{
    borrow::Cow,
    collections::HashSet,
    marker::PhantomData,
    pin::Pin,
    sync::{Mutex, PoisonError},
};

use async_graphql::{
    ContainerType, Context, ContextSelectionSet, Name, ObjectType, OutputType, Positioned,
    Response, ServerResult, SubscriptionType, Value, indexmap::IndexMap,
    parser::types::Field as FieldNode, registry::Registry, resolver_utils::resolve_container,
};
use futures::stream::{self, Stream};

use crate::{
    Inquiry, Object, One,
    collect::Selected,
    merge::root_sets,
    path::Path,
    resolve::column,
    rows::{RowsOf, declared},
    seam::{Execution, mark_subscription, reported},
    write,
};

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
        let Some(field) = declared::<T>(name) else {
            return Ok(None);
        };
        if Inquiry::is_answered(ctx) {
            return Ok(Some(Value::Null));
        }
        let path = Path::Start(ctx.path_node);
        let key = &ctx.item.node.response_key().node;
        let (execution, sets) = match ctx.data_opt::<RootFields>() {
            None => (Execution::of(ctx), vec![&ctx.item.node.selection_set]),
            Some(fields) if fields.begin(key) => {
                let execution = Execution::alone(ctx);
                let sets = root_sets(execution, ctx.item);
                (execution, sets.map_err(|error| ctx.set_error_path(error))?)
            }
            // Resolved where it was selected first; a null is merged into that without a trace.
            Some(_) => return Ok(Some(Value::Null)),
        };
        let selected = Selected {
            node: ctx.item,
            field: Some(field),
            sets,
        };
        let rows = RowsOf::<T>(&[&()]);
        let column = column(&rows, &selected, &path, execution).await;
        write::root(&rows, &selected, column, execution, &path).map(Some)
    }
}

impl<T: Object<Row = ()>> ObjectType for Root<T> {}

/// As the root of a schema's subscriptions: each field answers once, with what the request's data says has happened.
/// So an event is a request of its own, and whoever has the events runs one for each.
impl<T: Object<Row = ()>> SubscriptionType for Root<T> {
    fn type_name() -> Cow<'static, str> {
        T::name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        let name = One::<T>::create_type_info(registry);
        mark_subscription(registry, &T::name());
        name
    }

    fn create_field_stream<'a>(
        &'a self,
        ctx: &'a Context<'_>,
    ) -> Option<Pin<Box<dyn Stream<Item = Response> + Send + 'a>>> {
        Some(Box::pin(stream::once(async move {
            let key = ctx.item.node.response_key().node.clone();
            let answer = self.resolve_field(ctx).await;
            let mut response = match answer.map(Option::unwrap_or_default) {
                Ok(value) => Response::new(Value::Object(IndexMap::from([(key, value)]))),
                Err(error) => Response::from_errors(vec![error]),
            };
            response.errors.extend(reported(ctx));
            response
        })))
    }
}

/// Which root fields of an operation were resolved; put a new one into each request's data.
///
/// async-graphql resolves a field once for each time it is selected (async-graphql #1840), so a
/// mutation selected twice would write twice. With this in the request's data each response key of
/// a [`Root`] is resolved once, for all its selections together, as section 6.3.2 of the
/// specification demands.
#[derive(Debug, Default)]
pub struct RootFields(Mutex<HashSet<Name>>);

impl RootFields {
    /// True the first time.
    fn begin(&self, key: &Name) -> bool {
        // A set is whole whenever its lock is free, even after a panic elsewhere.
        let mut begun = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        begun.insert(key.clone())
    }
}
