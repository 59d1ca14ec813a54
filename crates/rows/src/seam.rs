//! Everything this crate uses of async-graphql that is hidden from its documentation.
//!
//! These members carry no promise of stability, which is why the workspace pins async-graphql to one
//! exact version. When it moves, this file is the one to check: the fields `item`, `schema_env`,
//! `query_env` and `execute_data` of a context, `QueryEnv::create_context`, `QueryEnvInner`,
//! `param_value`, and `is_subscription` of a type.

use std::sync::{Arc, OnceLock, PoisonError};

use async_graphql::{
    Context, ContextBase, ContextSelectionSet, Data, InputType, IntrospectionMode, Positioned,
    QueryEnv, QueryEnvInner, QueryPathNode, SchemaEnv, ServerError, ServerResult,
    extensions::Extensions,
    parser::types::{Field, FragmentDefinition, SelectionSet},
    registry::{MetaType, Registry},
};

use crate::{Output, Query, merge::is_alone};

/// The running operation: its document, its schema, its errors, the form of its answer.
#[derive(Clone, Copy)]
pub(crate) struct Execution<'a> {
    output: Output,
    schema: &'a SchemaEnv,
    query: &'a QueryEnv,
    data: Option<&'a Data>,
}

impl<'a> Execution<'a> {
    /// Seen from a field whose answer async-graphql may have to merge with others, which it can only
    /// if that is a tree.
    pub(crate) fn of<N>(ctx: &ContextBase<'a, N>) -> Self {
        let execution = Self::alone(ctx);
        if execution.output == Output::Json && !is_alone(execution, ctx.path_node.as_ref()) {
            let output = Output::Tree;
            return Self {
                output,
                ..execution
            };
        }
        execution
    }

    /// Seen from a field whose answer is merged with nothing.
    pub(crate) fn alone<N>(ctx: &ContextBase<'a, N>) -> Self {
        Self {
            output: ctx.data_opt::<Output>().copied().unwrap_or_default(),
            schema: ctx.schema_env,
            query: ctx.query_env,
            data: ctx.execute_data,
        }
    }

    /// The form of the answer.
    pub(crate) fn output(self) -> Output {
        self.output
    }

    /// The context that guards, arguments and loaders of a field are given.
    pub(crate) fn context<'b>(
        self,
        path: Option<QueryPathNode<'b>>,
        field: &'b Positioned<Field>,
    ) -> Context<'b>
    where
        'a: 'b,
    {
        self.query
            .create_context(self.schema, path, field, self.data)
    }

    /// What the operation selects of the root.
    pub(crate) fn root(self) -> &'a Positioned<SelectionSet> {
        &self.query.operation.node.selection_set
    }

    /// A fragment the document defines.
    pub(crate) fn fragment(self, name: &str) -> Option<&'a Positioned<FragmentDefinition>> {
        self.query.fragments.get(name)
    }

    /// Whether a fragment on the type `condition` applies to the object type `object`.
    pub(crate) fn applies(self, condition: &str, object: &str) -> bool {
        let types = &self.schema.registry.types;
        condition == object
            || types
                .get(condition)
                .is_some_and(|condition| condition.is_possible_type(object))
    }

    /// Adds an error to the response.
    pub(crate) fn report(self, error: ServerError) {
        // A list of errors is whole whenever its lock is free, even after a panic elsewhere.
        let mut errors = self
            .query
            .errors
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        errors.push(error);
    }
}

/// What a schema gives to its resolvers only, and [`execute`](crate::execute) needs.
///
/// To have it, put an [`Inquiry`] into the data of a request for any field of a [`Root`](crate::Root).
#[derive(Clone)]
pub struct Environment {
    schema: SchemaEnv,
    /// Asked by nothing here; they belong to the inquiry's request.
    extensions: Extensions,
}

/// A request that asks for nothing but the schema's [`Environment`]. Clones are the same.
#[derive(Clone, Default)]
pub struct Inquiry(Arc<OnceLock<Environment>>);

impl Inquiry {
    /// What was found.
    #[must_use]
    pub fn found(&self) -> Option<Environment> {
        self.0.get().cloned()
    }

    /// Whether the request is one; it is answered by that.
    pub(crate) fn is_answered(ctx: &Context<'_>) -> bool {
        let Some(inquiry) = ctx.data_opt::<Self>() else {
            return false;
        };
        inquiry.0.get_or_init(|| Environment {
            schema: ctx.schema_env.clone(),
            extensions: ctx.query_env.extensions.clone(),
        });
        true
    }
}

impl Environment {
    /// The types of the schema.
    #[must_use]
    pub fn registry(&self) -> &Registry {
        &self.schema.registry
    }

    pub(crate) fn run(&self, query: Query) -> Running<'_> {
        let query = QueryEnv::new(QueryEnvInner {
            extensions: self.extensions.clone(),
            variables: query.variables,
            operation_name: None,
            operation: query.operation,
            fragments: query.fragments,
            uploads: Vec::new(),
            session_data: Arc::default(),
            query_data: Arc::new(query.data),
            http_headers: std::sync::Mutex::default(),
            introspection_mode: IntrospectionMode::Enabled,
            errors: std::sync::Mutex::default(),
        });
        Running {
            schema: &self.schema,
            query,
        }
    }
}

/// A query that is run outside of async-graphql's executor.
pub(crate) struct Running<'e> {
    schema: &'e SchemaEnv,
    query: QueryEnv,
}

impl Running<'_> {
    /// The name of the queries' type.
    pub(crate) fn query_type(&self) -> &str {
        &self.schema.registry.query_type
    }

    pub(crate) fn selection(&self) -> &Positioned<SelectionSet> {
        &self.query.operation.node.selection_set
    }

    /// The context of a field of the root.
    pub(crate) fn context<'b>(
        &'b self,
        path: QueryPathNode<'b>,
        field: &'b Positioned<Field>,
    ) -> Context<'b> {
        self.query
            .create_context(self.schema, Some(path), field, None)
    }

    /// What was reported.
    pub(crate) fn errors(&self) -> Vec<ServerError> {
        let errors = self.query.errors.lock();
        std::mem::take(&mut *errors.unwrap_or_else(PoisonError::into_inner))
    }
}

/// What was reported by the fields of an event, which async-graphql leaves to its subscriptions to collect.
pub(crate) fn reported(ctx: &Context<'_>) -> Vec<ServerError> {
    let errors = ctx.query_env.errors.lock();
    std::mem::take(&mut *errors.unwrap_or_else(PoisonError::into_inner))
}

/// Says that a type of the registry is the root of subscriptions, of which validation wants to know.
pub(crate) fn mark_subscription(registry: &mut Registry, name: &str) {
    if let Some(MetaType::Object {
        is_subscription, ..
    }) = registry.types.get_mut(name)
    {
        *is_subscription = true;
    }
}

/// The types of the schema, for what async-graphql itself does not tell of them.
pub fn registry<'a>(ctx: &Context<'a>) -> &'a Registry {
    &ctx.schema_env.registry
}

/// What is selected of the object that async-graphql asks for.
pub(crate) fn selection<'a>(ctx: &ContextSelectionSet<'a>) -> &'a Positioned<SelectionSet> {
    ctx.item
}

/// An argument of the selected field, variables put in.
pub(crate) fn argument<V: InputType>(
    ctx: &Context<'_>,
    name: &str,
    default: Option<fn() -> V>,
) -> ServerResult<V> {
    if let Some(default) = default
        && is_left_out(ctx, name)?
    {
        return Ok(default());
    }
    let (_position, value) = ctx.param_value(name, None)?;
    Ok(value)
}

/// Whether an argument's default counts: it is not given, or given as a variable that may be left
/// out and was (CoerceArgumentValues, section 6.4.1); `param_value` sees to the first only.
fn is_left_out(ctx: &Context<'_>, name: &str) -> ServerResult<bool> {
    let mut arguments = ctx.item.node.arguments.iter();
    let Some((_, given)) = arguments.find(|(argument, _)| argument.node == name) else {
        return Ok(true);
    };
    if ctx
        .field()
        .arguments()?
        .iter()
        .any(|(argument, _)| argument == name)
    {
        return Ok(false);
    }
    // What is given but has no value is a variable. async-graphql does not refuse a request that
    // leaves out a variable of a non-null type; no default may hide that.
    let variable = given.node.to_string();
    let mut definitions = ctx.query_env.operation.node.variable_definitions.iter();
    let definition =
        definitions.find(|definition| variable == format!("${}", definition.node.name));
    Ok(definition.is_some_and(|definition| definition.node.var_type.node.nullable))
}
