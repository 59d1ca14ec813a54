//! What a wide answer costs in memory: fifty campaigns, each with its company and five steps.
//!
//! `cargo run --release -p rows --example wide` prints microseconds a request, of the quickest of
//! many rounds, which other work on the machine disturbs least. With `tree`, `json` or `nothing` it
//! only answers in that form, for a profiler.
#![expect(clippy::print_stdout, reason = "it is what the example is for")]

mod world;

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use async_graphql::{EmptyMutation, EmptySubscription, Request, Response, Schema};
use rows::{JsonText, Output, Root, RootFields};

use world::Query;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const QUERY: &str = "query Q1 { campaigns { nodes { id name status created \
    company { id name } steps { nodes { id stepNumber subject delayDays } } } } }";
const NOTHING: &str = "query Q1 { empty { nodes { id name status created \
    company { id name } steps { nodes { id stepNumber subject delayDays } } } } }";
const ROUNDS: usize = 60;
const REQUESTS: u32 = 100;

type Queries = Schema<Root<Query>, EmptyMutation, EmptySubscription>;

/// How rows are answered, and how the answer is written.
#[derive(Clone, Copy)]
struct Form {
    name: &'static str,
    query: &'static str,
    output: Output,
    write: fn(&Response) -> String,
}

const FORMS: [Form; 4] = [
    Form {
        name: "tree, serde_json",
        query: QUERY,
        output: Output::Tree,
        write: serialized,
    },
    Form {
        name: "JSON, serde_json",
        query: QUERY,
        output: Output::Json,
        write: serialized,
    },
    Form {
        name: "JSON, as it is",
        query: QUERY,
        output: Output::Json,
        write: written,
    },
    Form {
        name: "no rows",
        query: NOTHING,
        output: Output::Json,
        write: written,
    },
];

fn serialized(response: &Response) -> String {
    serde_json::to_string(response).expect("a response is JSON")
}

fn written(response: &Response) -> String {
    let mut json = JsonText::with_capacity(1 << 16);
    json.raw("{\"data\":");
    json.value(&response.data);
    json.raw("}");
    json.into_string()
}

impl Form {
    async fn execute(self, schema: &Queries) -> Response {
        let request = Request::new(self.query).data(RootFields::default());
        schema.execute(request.data(self.output)).await
    }

    /// Microseconds to execute and to write.
    async fn measure(self, schema: &Queries) -> (f64, f64) {
        let (mut executed, mut written) = (Duration::ZERO, Duration::ZERO);
        for _ in 0..REQUESTS {
            let start = Instant::now();
            let response = self.execute(schema).await;
            executed += start.elapsed();
            let start = Instant::now();
            black_box((self.write)(&response));
            drop(response);
            written += start.elapsed();
        }
        let micros = |time: Duration| time.as_secs_f64() * 1e6 / f64::from(REQUESTS);
        (micros(executed), micros(written))
    }
}

async fn compare(schema: &Queries) {
    let mut times = vec![Vec::new(); FORMS.len()];
    for _ in 0..ROUNDS {
        for (form, times) in FORMS.iter().zip(&mut times) {
            times.push(form.measure(schema).await);
        }
    }
    for (form, mut times) in FORMS.iter().zip(times) {
        times.sort_by(|left, right| (left.0 + left.1).total_cmp(&(right.0 + right.1)));
        let (execute, write) = times[0];
        let (name, total) = (form.name, execute + write);
        println!("{name:16} execute {execute:6.1}  write {write:6.1}  together {total:6.1}");
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let schema = Schema::new(Root::<Query>::new(), EmptyMutation, EmptySubscription);
    let [tree, _, json, nothing] = FORMS;
    let expected = serialized(&tree.execute(&schema).await);
    assert_eq!(written(&json.execute(&schema).await), expected);
    let form = match std::env::args().nth(1).as_deref() {
        Some("tree") => tree,
        Some("json") => json,
        Some("nothing") => nothing,
        _ => return compare(&schema).await,
    };
    for _ in 0..REQUESTS {
        black_box((form.write)(&form.execute(&schema).await));
    }
}
