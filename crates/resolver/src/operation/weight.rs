//! What a parsed document takes in memory, by estimate: the sizes of its nodes, and of what they own.

use async_graphql::{
    Positioned, Value as ConstValue,
    parser::types::{
        Directive, ExecutableDocument, Field, FragmentDefinition, OperationDefinition, Selection,
        SelectionSet, VariableDefinition,
    },
};
use async_graphql_value::{Name, Value};

/// Two counters, and what an allocator keeps of every block.
const BLOCK: usize = 32;

/// The bytes of a document, its text not counted.
pub(super) fn document(document: &ExecutableDocument) -> usize {
    let operations = document.operations.iter().map(|(name, operation)| {
        let definition = &operation.node;
        size_of::<Positioned<OperationDefinition>>()
            + name.map_or(0, self::name)
            + variables(&definition.variable_definitions)
            + directives(&definition.directives)
            + set(&definition.selection_set.node)
    });
    let fragments = document.fragments.iter().map(|(name, fragment)| {
        size_of::<Positioned<FragmentDefinition>>()
            + self::name(name)
            + self::name(&fragment.node.type_condition.node.on.node)
            + directives(&fragment.node.directives)
            + set(&fragment.node.selection_set.node)
    });
    operations.chain(fragments).sum()
}

fn variables(definitions: &[Positioned<VariableDefinition>]) -> usize {
    let bytes = definitions.iter().map(|definition| {
        let default = definition.node.default_value.as_ref();
        size_of::<Positioned<VariableDefinition>>()
            + name(&definition.node.name.node)
            // The type's name, and a box for each list around it.
            + 4 * BLOCK
            + directives(&definition.node.directives)
            + default.map_or(0, |value| constant(&value.node))
    });
    bytes.sum()
}

fn set(set: &SelectionSet) -> usize {
    // Twice the nodes: rather too much than too little.
    let items = BLOCK + 2 * size_of::<Positioned<Selection>>() * set.items.len();
    let owned = set.items.iter().map(|selection| {
        directives(selection.node.directives())
            + match &selection.node {
                Selection::Field(field) => self::field(&field.node),
                Selection::FragmentSpread(spread) => name(&spread.node.fragment_name.node),
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    condition.map_or(0, |condition| name(&condition.node.on.node))
                        + self::set(&fragment.node.selection_set.node)
                }
            }
    });
    items + owned.sum::<usize>()
}

fn field(field: &Field) -> usize {
    let alias = field.alias.as_ref();
    let inner = &field.selection_set.node;
    let below = if inner.items.is_empty() {
        0
    } else {
        set(inner)
    };
    name(&field.name.node)
        + alias.map_or(0, |alias| name(&alias.node))
        + arguments(&field.arguments)
        + below
}

fn directives(directives: &[Positioned<Directive>]) -> usize {
    let bytes = directives.iter().map(|directive| {
        2 * size_of::<Positioned<Directive>>()
            + name(&directive.node.name.node)
            + arguments(&directive.node.arguments)
    });
    bytes.sum()
}

fn arguments(arguments: &[(Positioned<Name>, Positioned<Value>)]) -> usize {
    let bytes = arguments.iter().map(|(name, value)| {
        2 * size_of::<(Positioned<Name>, Positioned<Value>)>()
            + self::name(&name.node)
            + self::value(&value.node)
    });
    bytes.sum()
}

/// What a value owns.
pub(super) fn value(value: &Value) -> usize {
    match value {
        Value::Variable(name) | Value::Enum(name) => self::name(name),
        Value::String(text) => BLOCK + text.len(),
        Value::Binary(bytes) => BLOCK + bytes.len(),
        Value::List(items) => {
            BLOCK
                + items
                    .iter()
                    .map(|item| 2 * size_of::<Value>() + self::value(item))
                    .sum::<usize>()
        }
        Value::Object(fields) => {
            let bytes = fields.iter().map(|(name, value)| {
                3 * size_of::<(Name, Value)>() + self::name(name) + self::value(value)
            });
            4 * BLOCK + bytes.sum::<usize>()
        }
        Value::Null | Value::Number(_) | Value::Boolean(_) => 0,
    }
}

fn constant(constant: &ConstValue) -> usize {
    value(&constant.clone().into_value())
}

fn name(name: &Name) -> usize {
    BLOCK + name.len()
}
