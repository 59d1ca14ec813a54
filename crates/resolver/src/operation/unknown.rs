//! Documents of another schema, or of no schema at all.
//!
//! async-graphql compares each unknown field, letter by letter, with every field of its type, to suggest one:
//! some thousand unknown fields cost it seconds. So they are counted first, each a look into a map.

use async_graphql::{
    ServerError,
    parser::types::{ExecutableDocument, Field, OperationType, Selection, SelectionSet},
    registry::{MetaType, Registry},
};

use crate::error::{Code, coded};

/// More unknown fields are not looked at one by one.
const MAX_UNKNOWN: usize = 10;

/// Refuses a document that has many fields which the schema does not have.
pub(super) fn check(registry: &Registry, document: &ExecutableDocument) -> Result<(), ServerError> {
    let mut walk = Walk {
        registry,
        unknown: 0,
    };
    for (_, operation) in document.operations.iter() {
        let root = match operation.node.ty {
            OperationType::Query => Some(registry.query_type.as_str()),
            OperationType::Mutation => registry.mutation_type.as_deref(),
            OperationType::Subscription => registry.subscription_type.as_deref(),
        };
        let root = root.and_then(|root| registry.types.get(root));
        walk.set(root, &operation.node.selection_set.node)?;
    }
    for fragment in document.fragments.values() {
        let on = registry
            .types
            .get(fragment.node.type_condition.node.on.node.as_str());
        walk.set(on, &fragment.node.selection_set.node)?;
    }
    Ok(())
}

struct Walk<'r> {
    registry: &'r Registry,
    unknown: usize,
}

impl<'r> Walk<'r> {
    fn set(&mut self, parent: Option<&'r MetaType>, set: &SelectionSet) -> Result<(), ServerError> {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => {
                    let found = self.field(parent, &field.node);
                    if self.unknown > MAX_UNKNOWN {
                        let message = format!(
                            "the document asks for more than {MAX_UNKNOWN} fields that there are not, `{}` among them",
                            field.node.name.node
                        );
                        let error = coded(Code::ValidationFailed, message);
                        return Err(error.into_server_error(field.pos));
                    }
                    self.set(found, &field.node.selection_set.node)?;
                }
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    let on = condition.map_or(parent, |condition| {
                        self.registry.types.get(condition.node.on.node.as_str())
                    });
                    self.set(on, &fragment.node.selection_set.node)?;
                }
                Selection::FragmentSpread(_) => {}
            }
        }
        Ok(())
    }

    /// The type of a field; below an unknown one nothing is known.
    fn field(&mut self, parent: Option<&'r MetaType>, field: &Field) -> Option<&'r MetaType> {
        let parent = parent?;
        let name = field.name.node.as_str();
        let found = parent.field_by_name(name);
        self.unknown += usize::from(found.is_none() && !name.starts_with("__"));
        self.registry.concrete_type_by_name(&found?.ty)
    }
}
