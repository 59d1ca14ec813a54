//! What is refused though each value by itself is fine: the code, the path, and nothing changed.

mod amounts;
mod rows;
mod steps;

use serde_json::Value;

use super::{
    arranged::Arranged,
    ask::{Call, error},
};

/// A mutation, its input, the code, and `extensions.argument`.
type Case<'c> = (&'c str, Value, &'c str, &'c str);

async fn assert_refused(arranged: &Arranged, cases: Vec<Case<'_>>) {
    for (name, input, code, argument) in cases {
        let shown: String = input.to_string().chars().take(200).collect();
        let before = arranged.dump().await;
        let answer = Call::with(arranged.entry(name), input)
            .send(&arranged.twins.owner())
            .await;
        let (found, at, message) = error(&answer).unwrap_or_default();
        assert_eq!((found, at), (code, argument), "{name} {shown}: {message}");
        before.assert_same(&arranged.dump().await, name);
    }
}
