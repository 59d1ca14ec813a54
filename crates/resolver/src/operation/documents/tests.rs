//! What is kept and what is not, and that validation says the same of a document that is known.

mod generated;
mod values;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use async_graphql::{
    EmptySubscription, Request, Response, Schema, ServerError, ValidationResult, Value, Variables,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute, NextValidation},
};
use serde_json::json;

use super::{Documents, Limits, Terms, again};
use crate::{mutation::Mutation, operation::Codes, query::Query};

/// Counts how often the rules ran, and executes nothing.
#[derive(Clone, Default)]
struct Rules(Arc<AtomicUsize>);

impl ExtensionFactory for Rules {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(self.clone())
    }
}

#[async_trait::async_trait]
impl Extension for Rules {
    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        self.0.fetch_add(1, Ordering::Relaxed);
        next.run(ctx).await
    }

    async fn execute(
        &self,
        _: &ExtensionContext<'_>,
        _: Option<&str>,
        _: NextExecute<'_>,
    ) -> Response {
        Response::new(Value::from("executed"))
    }
}

/// A schema that says what it would execute.
struct Gateway {
    schema: Schema<Query, Mutation, EmptySubscription>,
    documents: Documents,
    rules: Rules,
}

impl Gateway {
    fn new(bytes: usize) -> Self {
        let rules = Rules::default();
        let schema = Schema::build(Query::default(), Mutation::default(), EmptySubscription)
            .extension(Codes)
            .extension(rules.clone())
            .finish();
        Self {
            schema,
            documents: Documents::new(bytes, Limits::default()),
            rules,
        }
    }

    /// What is answered: "executed", or the errors.
    async fn ask(&self, query: &str, name: Option<&str>, variables: &serde_json::Value) -> String {
        let mut request = Request::new(query);
        request.operation_name = name.map(str::to_owned);
        request.variables = Variables::from_json(variables.clone());
        let response = match self.documents.find(&mut request, Terms::default()) {
            Ok(_) => self.schema.execute(request).await,
            Err(error) => Response::from_errors(vec![error]),
        };
        serde_json::to_string(&response).expect("an answer is JSON")
    }

    fn rules_ran(&self) -> usize {
        self.rules.0.swap(0, Ordering::Relaxed)
    }
}

const ROOM: usize = 16 << 20;
const EXECUTED: &str = r#"{"data":"executed"}"#;

#[tokio::test]
async fn a_document_is_validated_once_whatever_its_variables_are() {
    let gateway = Gateway::new(ROOM);
    let query = "query($n: Int) { leads(first: $n) { totalCount } }";
    for n in [json!(1), json!(2), json!(null)] {
        let answer = gateway.ask(query, None, &json!({ "n": n })).await;
        assert_eq!(answer, EXECUTED);
    }
    assert_eq!(gateway.rules_ran(), 1);
    let refused = gateway.ask(query, None, &json!({ "n": "1" })).await;
    assert!(refused.contains("expected type"), "{refused}");
    assert_eq!(gateway.rules_ran(), 1);
    assert_eq!(gateway.documents.kept().0, 1);
}

#[tokio::test]
async fn what_fails_is_not_kept() {
    let gateway = Gateway::new(ROOM);
    let variables = json!({ "n": "no number" });
    for query in [
        "{ leads { ",
        "{ leads { nodes { shoeSize } } }",
        "query($n: Int) { leads(first: $n) { totalCount } }",
        "query($id: ID!) { lead(id: $id) { id } }",
        "query A { __typename } query B { __typename }",
        "{ ...F } fragment F on Query { ...F }",
    ] {
        for _ in 0..2 {
            let answer = gateway.ask(query, None, &variables).await;
            assert!(answer.contains("errors"), "{query}: {answer}");
        }
    }
    assert_eq!(gateway.documents.kept(), (0, 0));
}

#[tokio::test]
async fn the_documents_stay_within_their_bytes() {
    let bytes: usize = 256 << 10;
    let gateway = Gateway::new(bytes);
    for number in 0..500 {
        let query = format!("{{ a{number}: leads {{ nodes {{ id }} totalCount }} }}");
        assert_eq!(gateway.ask(&query, None, &json!({})).await, EXECUTED);
        let (count, kept) = gateway.documents.kept();
        assert!(count > 0 && kept <= bytes as u64, "{count} take {kept}");
    }
    let (count, kept) = gateway.documents.kept();
    assert!(
        count < 500 && kept > bytes as u64 / 2,
        "{count} take {kept}"
    );

    let large = format!("{{ leads {{ nodes {{ {} }} }} }}", "id ".repeat(1000));
    gateway.rules_ran();
    for _ in 0..2 {
        assert_eq!(gateway.ask(&large, None, &json!({})).await, EXECUTED);
    }
    assert_eq!(gateway.rules_ran(), 2, "it is too large to be kept");
}

#[tokio::test]
async fn without_room_nothing_is_kept() {
    let gateway = Gateway::new(0);
    for _ in 0..3 {
        assert_eq!(
            gateway.ask("{ __typename }", None, &json!({})).await,
            EXECUTED
        );
    }
    assert_eq!((gateway.rules_ran(), gateway.documents.kept()), (3, (0, 0)));
}

#[tokio::test]
async fn a_request_is_run_again_without_reading_its_document() {
    let gateway = Gateway::new(ROOM);
    let mut request = Request::new("query A($n: Int) { leads(first: $n) { totalCount } }");
    request.operation_name = Some("A".to_owned());
    request.variables = Variables::from_json(json!({ "n": 1 }));
    assert!(
        gateway
            .documents
            .find(&mut request, Terms::default())
            .is_ok()
    );
    let second = again(&request);
    for request in [request, second] {
        assert!(gateway.schema.execute(request).await.errors.is_empty());
    }
    assert_eq!(gateway.rules_ran(), 1);
}
