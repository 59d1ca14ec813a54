//! Every root field with every argument as a variable, and values of which some are wrong: the answer
//! is the same whether the document is known or not, and the rules run for wrong ones only.

use async_graphql::parser::types::{BaseType, FieldDefinition, TypeKind};
use rand::{SeedableRng, rngs::SmallRng};
use serde_json::{Map, Value};

use super::{EXECUTED, Gateway, ROOM, values::Types};

const RUNS: usize = 30;

/// A document that asks a field with each argument in a variable of its own.
fn document(types: &Types, kind: &str, field: &FieldDefinition) -> String {
    let name = &field.name.node;
    let arguments = field.arguments.iter().map(|argument| &argument.node);
    let (definitions, uses): (Vec<_>, Vec<_>) = arguments
        .map(|argument| {
            let name = &argument.name.node;
            (
                format!("${name}: {}", argument.ty.node),
                format!("{name}: ${name}"),
            )
        })
        .unzip();
    let selection = if is_leaf(types, &field.ty.node.base) {
        ""
    } else {
        "{ __typename }"
    };
    let (definitions, uses) = (parenthesised(&definitions), parenthesised(&uses));
    format!("{kind} {definitions} {{ {name} {uses} {selection} }}")
}

fn parenthesised(items: &[String]) -> String {
    if items.is_empty() {
        String::new()
    } else {
        format!("({})", items.join(", "))
    }
}

fn is_leaf(types: &Types, base: &BaseType) -> bool {
    match base {
        BaseType::List(inner) => is_leaf(types, &inner.base),
        BaseType::Named(name) => !matches!(
            types.kind(name.as_str()),
            Some(TypeKind::Object(_) | TypeKind::Interface(_) | TypeKind::Union(_))
        ),
    }
}

#[tokio::test]
async fn known_or_not_the_answer_is_the_same() {
    let types = Types::read();
    let (warm, cold) = (Gateway::new(ROOM), Gateway::new(0));
    let mut rng = SmallRng::seed_from_u64(7);
    let (mut fit, mut unfit, mut needless) = (0, 0, 0);
    for (root, kind) in [("Query", "query"), ("Mutation", "mutation")] {
        let Some(TypeKind::Object(found)) = types.kind(root) else {
            panic!("no type {root}");
        };
        for field in &found.fields {
            let query = document(&types, kind, &field.node);
            let mut is_kept = false;
            for _ in 0..RUNS {
                let arguments = field.node.arguments.iter();
                let variables: Map<String, Value> = arguments
                    .filter_map(|argument| {
                        let value = types.given(&mut rng, &argument.node, 0)?;
                        Some((argument.node.name.node.to_string(), value))
                    })
                    .collect();
                let variables = Value::Object(variables);
                let said = cold.ask(&query, None, &variables).await;
                warm.rules_ran();
                let again = warm.ask(&query, None, &variables).await;
                assert_eq!(again, said, "{query} {variables}");
                let is_fit = said == EXECUTED;
                let ran = warm.rules_ran();
                needless += if is_fit && is_kept { ran } else { 0 };
                is_kept |= is_fit;
                *(if is_fit { &mut fit } else { &mut unfit }) += 1;
            }
            assert!(is_kept, "nothing fitted {query}");
        }
    }
    assert!(fit > 1_500 && unfit > 300, "{fit} fitted, {unfit} did not");
    // The rule takes a number for an input object, and leaves it to the execution to refuse it.
    assert!(needless * 10 < fit, "{needless} of {fit} ran for nothing");
}
