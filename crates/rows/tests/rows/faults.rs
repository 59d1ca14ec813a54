//! Data and loaders that break what the schema promises, and results as root fields.

use std::sync::Arc;

use async_graphql::{Context, EmptyMutation, EmptySubscription, Object, Response, Result, Schema};
use rows::{FieldError, Load, Many, One};
use serde_json::{Value, json};

use crate::{forms, world::read};

rows::object! {
    /// A number that keeps no promise.
    pub object Broken(f64) {
        /// The number; not every number is one in JSON.
        number: f64 = |row| *row,
        /// The number, or null.
        perhaps: Option<f64> = |row| Some(*row),
        /// A row that is never there.
        gone: Broken = |row| row.to_bits() -> Nothing,
        /// A row without a key.
        keyless: Broken = |_row| None::<u64> -> Nothing,
        /// A loader that answers too little.
        short: Option<Broken> = |row| row.to_bits() -> Short,
        /// A loader that fails.
        down: Option<Broken> = |row| row.to_bits() -> Failing,
        /// A scalar without a key.
        #[batched]
        keyless_scalar: i32 = |_row| None::<u64> -> Zero,
        /// A scalar without a key that may be null.
        #[batched]
        keyless_perhaps: Option<i32> = |_row| None::<u64> -> MaybeZero,
    }
}

pub struct Nothing;

impl Load<u64> for Nothing {
    type Value = Option<Arc<f64>>;

    async fn load(self, _: &Context<'_>, keys: Vec<u64>, (): ()) -> Result<Vec<Self::Value>> {
        Ok(vec![None; keys.len()])
    }
}

pub struct Short;

impl Load<u64> for Short {
    type Value = Option<Arc<f64>>;

    async fn load(self, _: &Context<'_>, _: Vec<u64>, (): ()) -> Result<Vec<Self::Value>> {
        Ok(Vec::new())
    }
}

pub struct Failing;

impl Load<u64> for Failing {
    type Value = Option<Arc<f64>>;

    async fn load(self, _: &Context<'_>, _: Vec<u64>, (): ()) -> Result<Vec<Self::Value>> {
        Err("down".into())
    }
}

pub struct Zero;

impl Load<u64> for Zero {
    type Value = i32;

    async fn load(self, _: &Context<'_>, keys: Vec<u64>, (): ()) -> Result<Vec<i32>> {
        Ok(vec![0; keys.len()])
    }
}

pub struct MaybeZero;

impl Load<u64> for MaybeZero {
    type Value = Option<i32>;

    async fn load(self, _: &Context<'_>, keys: Vec<u64>, (): ()) -> Result<Vec<Self::Value>> {
        Ok(vec![Some(0); keys.len()])
    }
}

pub struct Query;

#[Object]
impl Query {
    async fn one(&self) -> Option<One<Broken>> {
        Some(One(Arc::new(f64::NAN)))
    }

    async fn many(&self) -> Option<Many<Broken>> {
        Some(Many(vec![Arc::new(1.0), Arc::new(f64::NAN)]))
    }

    async fn option_of_result(&self, fails: bool) -> Option<Result<One<Broken>>> {
        Some(if fails {
            Err("down".into())
        } else {
            Ok(One(Arc::new(1.0)))
        })
    }

    async fn result_of_option(&self, fails: bool) -> Result<Option<One<Broken>>> {
        if fails {
            Err("down".into())
        } else {
            Ok(Some(One(Arc::new(1.0))))
        }
    }
}

async fn execute(query: &str) -> Response {
    let schema = Schema::new(Query, EmptyMutation, EmptySubscription);
    forms::execute(&schema, || query.into()).await
}

/// The only error's message and path, and the data.
async fn only_error(query: &str) -> (Value, Value, Value) {
    let response = read(&execute(query).await);
    let errors = response["errors"].as_array().expect("an error");
    assert_eq!(errors.len(), 1, "{errors:?}");
    (
        errors[0]["message"].clone(),
        errors[0]["path"].clone(),
        response["data"].clone(),
    )
}

#[tokio::test]
async fn a_value_that_must_be_there() {
    for (field, selection) in [
        ("gone", "gone { number }"),
        ("keyless", "keyless { number }"),
        ("number", "number"),
        ("keylessScalar", "keylessScalar"),
    ] {
        let query = format!("{{ one {{ {selection} }} }}");
        let (message, path, data) = only_error(&query).await;
        let expected = format!("`Broken.{field}` cannot be null, but there is no value for it");
        assert_eq!(message, expected);
        assert_eq!(path, json!(["one", field]));
        assert_eq!(data, json!({ "one": null }));

        let missing = FieldError::Missing {
            object: "Broken".to_owned(),
            field,
        };
        let response = execute(&query).await;
        assert_eq!(response.errors[0].source::<FieldError>(), Some(&missing));
    }
}

#[tokio::test]
async fn a_value_that_may_be_missing() {
    let response = execute("{ one { perhaps keylessPerhaps } }").await;
    let data = json!({ "one": { "perhaps": null, "keylessPerhaps": null } });
    assert_eq!(read(&response), json!({ "data": data }));
}

#[tokio::test]
async fn the_item_that_failed_is_in_the_path() {
    let (_, path, data) = only_error("{ many { number } }").await;
    assert_eq!(path, json!(["many", 1, "number"]));
    assert_eq!(data, json!({ "many": null }));
}

#[tokio::test]
async fn a_loader_that_answers_too_little() {
    let (message, path, data) = only_error("{ one { short { number } } }").await;
    assert_eq!(
        message,
        "the loader of `Broken.short` answered 0 values for 1 keys"
    );
    assert_eq!(path, json!(["one", "short"]));
    assert_eq!(data, json!({ "one": { "short": null } }));
}

#[tokio::test]
async fn results_at_the_root() {
    for (field, nulled) in [
        ("optionOfResult", json!({ "optionOfResult": null })),
        // async-graphql takes an outer `Result` for a non-null field's, whatever it holds.
        ("resultOfOption", Value::Null),
    ] {
        let (_, path, data) = only_error(&format!("{{ {field}(fails: true) {{ number }} }}")).await;
        assert_eq!((path, data), (json!([field]), nulled), "{field}");

        let query = format!("{{ {field}(fails: false) {{ down {{ number }} }} }}");
        let (_, path, data) = only_error(&query).await;
        assert_eq!(path, json!([field, "down"]));
        assert_eq!(data, json!({ field: { "down": null } }));

        let query = format!("{{ {field}(fails: false) {{ gone {{ number }} }} }}");
        let (_, path, data) = only_error(&query).await;
        assert_eq!(path, json!([field, "gone"]));
        assert_eq!(data, json!({ field: null }));
    }
}
