//! Executable directives of a server's own.

use async_graphql::{Context, CustomDirective, Directive, ResolveFut, ServerResult, Value};
use rows::FieldError;
use serde_json::json;

use crate::{
    declared, forms,
    world::{Session, read},
};

struct Unchanged;

#[async_graphql::async_trait::async_trait]
impl CustomDirective for Unchanged {
    async fn resolve_field(
        &self,
        _ctx: &Context<'_>,
        resolve: ResolveFut<'_>,
    ) -> ServerResult<Option<Value>> {
        resolve.await
    }
}

#[Directive(location = "Field")]
fn unchanged() -> impl CustomDirective {
    Unchanged
}

#[tokio::test]
async fn a_row_field_takes_none() {
    let schema = declared::builder().directive(unchanged).finish();
    let query = "{ campaign(id: 1) @unchanged { id steps { id id @unchanged } } }";
    let response = forms::execute(&schema, || Session::default().request(query)).await;
    let expected = json!({
        "message": "fields of `Step` take no directive but @skip and @include; remove @unchanged",
        "locations": [{ "line": 1, "column": 49 }],
        "path": ["campaign", "steps", 0],
    });
    assert_eq!(read(&response)["errors"], json!([expected]));
    let source = response.errors[0].source::<FieldError>();
    assert!(
        matches!(source, Some(FieldError::Directive { directive, .. }) if directive == "unchanged")
    );
}
