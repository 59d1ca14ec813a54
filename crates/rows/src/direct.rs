//! Queries without async-graphql's executor around them.
//!
//! That executor asks for each field of the root whether any type of the schema is an entity of a
//! federation, which means to look at all of them, and wraps each in several futures, whether or not
//! there is anything to be done in them. For a lookup that was a fifth of its instructions (callgrind). What it does besides for a
//! plain query is here: the fields of the root, side by side, in the order of the document.

use std::collections::{HashMap, HashSet};

use async_graphql::{
    ContainerType, Context, Data, Name, Positioned, QueryPathNode, QueryPathSegment, Response,
    ServerResult, Value, Variables,
    indexmap::IndexMap,
    parser::types::{
        ExecutableDocument, Field as FieldNode, FragmentDefinition, OperationDefinition,
        OperationType, Selection, SelectionSet,
    },
};
use futures::future::{BoxFuture, try_join_all};

use crate::{Field, Object, Root, seam::Environment};

/// Answers a field of the root.
type Resolve = for<'a> fn(&'a Context<'a>) -> BoxFuture<'a, ServerResult<Option<Value>>>;

/// The fields of a schema's queries by their names.
#[derive(Clone, Default)]
pub struct Roots(HashMap<&'static str, Resolve>);

impl Roots {
    /// With the fields of the root `T`.
    #[must_use]
    pub fn root<T: Object<Row = ()>>(mut self) -> Self {
        let names = T::FIELDS.iter().map(Field::name);
        self.0
            .extend(names.map(|name| (name, resolve::<Root<T>> as Resolve)));
        self
    }

    /// With fields of a type that async-graphql derives.
    #[must_use]
    pub fn fields<C: ContainerType + Default>(mut self, names: &[&'static str]) -> Self {
        let names = names.iter().copied();
        self.0
            .extend(names.map(|name| (name, resolve::<C> as Resolve)));
        self
    }

    /// The operation, if [`execute`] may run it: a query of these fields only, with no fragment among them,
    /// each once, and no directive in the whole document.
    #[must_use]
    pub fn plain<'d>(
        &self,
        document: &'d ExecutableDocument,
    ) -> Option<&'d Positioned<OperationDefinition>> {
        let mut operations = document.operations.iter();
        let (_, operation) = operations.next().filter(|_| operations.next().is_none())?;
        let definition = &operation.node;
        let mut fragments = document.fragments.values();
        let is_plain = definition.ty == OperationType::Query
            && definition.directives.is_empty()
            && has_no_directives(&definition.selection_set.node)
            && fragments.all(|fragment| {
                fragment.node.directives.is_empty()
                    && has_no_directives(&fragment.node.selection_set.node)
            });
        let fields = fields(&definition.selection_set.node)?;
        let keys: HashSet<_> = fields.iter().map(|field| key(field)).collect();
        let known = |field: &&Positioned<FieldNode>| {
            let name = field.node.name.node.as_str();
            name == TYPE_NAME || self.0.contains_key(name)
        };
        (is_plain && keys.len() == fields.len() && fields.iter().all(known)).then_some(operation)
    }
}

const TYPE_NAME: &str = "__typename";

fn resolve<'a, C: ContainerType + Default>(
    ctx: &'a Context<'a>,
) -> BoxFuture<'a, ServerResult<Option<Value>>> {
    Box::pin(async move { C::default().resolve_field(ctx).await })
}

/// The fields of a selection, if it has no fragments.
fn fields(set: &SelectionSet) -> Option<Vec<&Positioned<FieldNode>>> {
    let selections = set.items.iter().map(|selection| &selection.node);
    selections
        .map(|selection| match selection {
            Selection::Field(field) => Some(field),
            Selection::FragmentSpread(_) | Selection::InlineFragment(_) => None,
        })
        .collect()
}

fn key(field: &Positioned<FieldNode>) -> &Name {
    &field.node.response_key().node
}

fn has_no_directives(set: &SelectionSet) -> bool {
    set.items.iter().all(|selection| {
        selection.node.directives().is_empty()
            && match &selection.node {
                Selection::Field(field) => has_no_directives(&field.node.selection_set.node),
                Selection::InlineFragment(fragment) => {
                    has_no_directives(&fragment.node.selection_set.node)
                }
                Selection::FragmentSpread(_) => true,
            }
    })
}

/// An operation that is [plain](Roots::plain) and has passed validation with these variables.
pub struct Query {
    /// What is asked.
    pub operation: Positioned<OperationDefinition>,
    /// The document's fragments.
    pub fragments: HashMap<Name, Positioned<FragmentDefinition>>,
    /// The values of its variables.
    pub variables: Variables,
    /// What resolvers find in their context.
    pub data: Data,
}

/// Runs a query. Its answer is that of async-graphql's executor, but for extensions, which are not called.
pub async fn execute(environment: &Environment, roots: &Roots, query: Query) -> Response {
    let running = environment.run(query);
    let type_name = running.query_type().to_owned();
    let selected = fields(&running.selection().node).unwrap_or_default();
    let field = |field: &'_ Positioned<FieldNode>| {
        let name = field.node.name.node.as_str();
        (key(field).clone(), roots.0.get(name).copied())
    };
    let answers = selected.into_iter().map(|node| {
        let (key, resolve) = field(node);
        let (running, type_name) = (&running, &type_name);
        async move {
            let Some(resolve) = resolve else {
                return Ok((key, Value::String(type_name.clone())));
            };
            let path = QueryPathNode {
                parent: None,
                segment: QueryPathSegment::Name(&key),
            };
            let value = resolve(&running.context(path, node)).await?;
            Ok((key.clone(), value.unwrap_or_default()))
        }
    });
    let answers: ServerResult<IndexMap<Name, Value>> = try_join_all(answers)
        .await
        .map(|answers| answers.into_iter().collect());
    let mut response = match answers {
        Ok(data) => Response::new(Value::Object(data)),
        Err(error) => Response::from_errors(vec![error]),
    };
    response.errors.extend(running.errors());
    response
}
