//! Random operations: the tree, the JSON and async-graphql's own objects answer them alike.
//!
//! An operation follows from its seed, which a failure names. To try others:
//! `ROWS_SEEDS=1000..9000 cargo test -p rows --test rows random`.

mod operation;
mod types;

use async_graphql::{
    EmptyMutation, EmptySubscription, ObjectType, Request, Response, Schema, Value, Variables,
    parser::parse_query,
};
use rand::{Rng, SeedableRng, rngs::StdRng};
use rows::{Inquiry, Output, Query, Root, RootFields, Roots};

use crate::{
    declared, derived, faults,
    forms::{self, serialized},
    roots,
    world::Session,
};
use operation::Operation;
use types::Types;

const SEEDS: std::ops::Range<u64> = 0..150;
const RELATIONS: [&str; 8] = [
    "company",
    "owner",
    "parent",
    "campaigns",
    "steps",
    "stepPage",
    "stepCount",
    "totalCount",
];

fn seeds() -> std::ops::Range<u64> {
    let Ok(range) = std::env::var("ROWS_SEEDS") else {
        return SEEDS;
    };
    let (first, end) = range
        .split_once("..")
        .expect("ROWS_SEEDS is a range such as 10..40");
    let number = |text: &str| text.parse().expect("a number");
    number(first)..number(end)
}

/// What the operations of a test met, so that none of them proves nothing.
#[derive(Debug, Default)]
struct Met {
    operations: usize,
    refused: usize,
    errors: usize,
    nulls: usize,
    json: usize,
    trees: usize,
}

impl Met {
    fn add(&mut self, tree: &Response, json: &Response) {
        let (finished, of) = forms::finished(&json.data);
        self.operations += 1;
        self.errors += tree.errors.len();
        self.nulls += serialized(&tree.data).matches(":null").count();
        self.json += finished;
        self.trees += of - finished;
    }

    /// That there was much of everything.
    fn assert(&self) {
        assert!(self.refused < self.operations / 10, "{self:?}");
        assert!(self.errors > self.operations / 4, "{self:?}");
        assert!(self.nulls > self.operations / 4, "{self:?}");
        assert!(self.json > self.operations / 10, "{self:?}");
    }
}

type Queries<Q> = Schema<Q, EmptyMutation, EmptySubscription>;

/// Random operations of a schema, each answered in both forms.
async fn compare<Q: ObjectType + 'static>(
    schema: &Queries<Q>,
    session: impl Fn(&mut StdRng) -> Session,
    whole: impl Fn(Request) -> Request,
    derived: Option<&Queries<derived::Query>>,
) -> Met {
    let types = Types::of(schema).await;
    let mut met = Met::default();
    for seed in seeds() {
        let mut rng = StdRng::seed_from_u64(seed);
        let operation = Operation::random(&types, &mut rng);
        let session = session(&mut rng);
        let request = || whole(session.request(operation.text()));
        let told = Told(seed, operation.text());
        let json = schema.execute(request().data(Output::Json)).await;
        if json.errors.iter().any(|error| error.path.is_empty()) {
            // A fragment may be left unused where @skip has taken its only spread.
            met.refused += 1;
            continue;
        }
        let tree = forms::execute(schema, request).await;
        met.add(&tree, &json);
        if let Some(derived) = derived.filter(|_| tree.errors.is_empty()) {
            let expected = derived.execute(request()).await;
            assert_eq!(expected.errors, []);
            assert_eq!(serialized(&tree.data), serialized(&expected.data));
        }
        drop(told);
    }
    met
}

/// Tells what was asked when a comparison has failed.
struct Told<'a>(u64, &'a str);

impl Drop for Told<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let Self(seed, text) = self;
            #[expect(clippy::print_stderr, reason = "a test that fails says why")]
            {
                eprintln!("seed {seed} asked: {text}");
            }
        }
    }
}

/// Some relations fail, and guards refuse.
fn unlucky(rng: &mut StdRng) -> Session {
    let failing: Vec<_> = RELATIONS
        .into_iter()
        .filter(|_| rng.random_bool(0.2))
        .collect();
    Session::failing(&failing)
}

#[tokio::test]
async fn what_answers_without_an_error_answers_like_the_derived_schema() {
    let (schema, derived) = (declared::schema(), derived::schema());
    let met = compare(
        &schema,
        |_| Session::admin(),
        |request| request,
        Some(&derived),
    )
    .await;
    // One campaign has no owner.
    assert!(met.errors < met.operations, "{met:?}");
    assert!(met.json > met.operations / 2, "{met:?}");
    assert!(met.trees > met.operations / 10, "{met:?}");
}

#[tokio::test]
async fn failures_are_the_same_in_both_forms() {
    let met = compare(&declared::schema(), unlucky, |request| request, None).await;
    met.assert();
}

#[tokio::test]
async fn a_root_of_rows() {
    let schema = Schema::new(
        Root::<roots::Query>::new(),
        EmptyMutation,
        EmptySubscription,
    );
    let once = |request: Request| request.data(RootFields::default());
    compare(&schema, unlucky, once, None).await.assert();
    // Without `RootFields` async-graphql merges what is selected twice.
    let met = compare(&schema, unlucky, |request| request, None).await;
    met.assert();
    assert!(met.trees > met.operations / 10, "{met:?}");
}

#[tokio::test]
async fn without_an_executor_around_it_a_root_answers_the_same() {
    let schema = Schema::new(
        Root::<roots::Query>::new(),
        EmptyMutation,
        EmptySubscription,
    );
    let inquiry = Inquiry::default();
    let request = Request::new("{ version }").data(inquiry.clone());
    drop(schema.execute(request).await);
    let environment = inquiry.found().expect("a field of the root was asked for");
    let roots = Roots::default().root::<roots::Query>();
    let types = Types::of(&schema).await;
    let (mut compared, mut errors) = (0, 0);
    for seed in seeds().start..seeds().end * 20 {
        let mut rng = StdRng::seed_from_u64(seed);
        let operation = Operation::random(&types, &mut rng);
        let document = parse_query(operation.text()).expect("a document");
        let Some(plain) = roots.plain(&document) else {
            continue;
        };
        let session = unlucky(&mut rng);
        let request = || {
            let request = session.request(operation.text());
            request.data(RootFields::default()).data(Output::Json)
        };
        let told = Told(seed, operation.text());
        let expected = schema.execute(request()).await;
        if expected.errors.iter().any(|error| error.path.is_empty()) {
            continue; // It did not pass validation.
        }
        let query = Query {
            operation: plain.clone(),
            fragments: document.fragments.clone(),
            variables: Variables::default(),
            data: request().data,
        };
        let answer = rows::execute(&environment, &roots, query).await;
        assert_eq!(serialized(&answer.data), serialized(&expected.data));
        let told_of = |response: &Response| serde_json::to_string(&response.errors).expect("JSON");
        assert_eq!(told_of(&answer), told_of(&expected));
        compared += 1;
        errors += answer.errors.len();
        drop(told);
    }
    assert!(compared > 100 && errors > 50, "{compared}, {errors}");
}

#[test]
fn what_is_not_plain_is_left_to_async_graphql() {
    let roots = Roots::default().root::<roots::Query>();
    let is_plain = |text| {
        roots
            .plain(&parse_query(text).expect("a document"))
            .is_some()
    };
    assert!(is_plain(
        "query Q($x: Int) { a: version version __typename first { ...F } } fragment F on Campaign { name }"
    ));
    for other in [
        "query A { version } query B { version }",
        "mutation { version }",
        "{ version @include(if: true) }",
        "{ first { name @skip(if: true) } }",
        "{ first { ...F } } fragment F on Campaign { name @skip(if: true) }",
        "{ ... { version } }",
        "{ ...F } fragment F on Query { version }",
        "{ version version }",
        "{ __schema { queryType { name } } }",
        "{ version unheardOf }",
    ] {
        assert!(!is_plain(other), "{other}");
    }
}

#[tokio::test]
async fn values_that_are_not_as_promised() {
    let schema = Schema::new(faults::Query, EmptyMutation, EmptySubscription);
    let met = compare(&schema, |_| Session::default(), |request| request, None).await;
    met.assert();
}

#[test]
fn a_null_is_no_object() {
    assert_eq!(forms::finished(&Value::Null), (0, 0));
}
