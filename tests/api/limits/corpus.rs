//! The requests that are made to hurt.

use std::fmt::Write;

use serde_json::json;

/// A request, and the code it is refused with.
pub(super) struct Hostile {
    pub(super) name: &'static str,
    pub(super) body: Vec<u8>,
    pub(super) code: &'static str,
}

const LARGE: &str = "DOCUMENT_TOO_LARGE";
const INVALID: &str = "GRAPHQL_VALIDATION_FAILED";
const UNPARSED: &str = "GRAPHQL_PARSE_FAILED";
const WRONG: &str = "BAD_USER_INPUT";
const BAD: &str = "BAD_REQUEST";

pub(super) fn corpus() -> Vec<Hostile> {
    let mut all = bodies();
    let documents = [sizes(), fragments(), repeated(), unknown()].concat();
    all.extend(documents.into_iter().map(|(name, document, code)| Hostile {
        name,
        body: json!({ "query": document }).to_string().into_bytes(),
        code,
    }));
    all
}

/// What is no document at all.
fn bodies() -> Vec<Hostile> {
    let hostile = |name, body: Vec<u8>, code| Hostile { name, body, code };
    let around = |inner: &[u8]| [br#"{"query": ""#, inner, br#""}"#].concat();
    let variables =
        |inner: String| format!(r#"{{"query": "{{ __typename }}", "variables": {inner}}}"#);
    vec![
        hostile("10 MB", around(&b"a ".repeat(5 << 20)), "PAYLOAD_TOO_LARGE"),
        hostile("4 MB", around(&b" ".repeat((4 << 20) - 20)), BAD),
        hostile(
            "4 MB of fields",
            around(&b"a ".repeat((2 << 20) - 20)),
            LARGE,
        ),
        hostile("invalid UTF-8", around(b"{ a\xff\xc0\x80 }"), BAD),
        hostile("half a character", around(b"{ a\xf0\x9f }"), BAD),
        hostile("an escaped lone surrogate", around(br"{ a\ud800 }"), BAD),
        hostile(
            "escapes of escapes",
            around(&br"\u007b".repeat(100_000)),
            LARGE,
        ),
        hostile(
            "deep JSON",
            variables("[".repeat(1 << 20)).into_bytes(),
            BAD,
        ),
        hostile(
            "deep variables",
            variables("{\"a\":".repeat(1_000) + "1" + &"}".repeat(1_000)).into_bytes(),
            BAD,
        ),
    ]
}

type Document = (&'static str, String, &'static str);

/// Large or deep as a text.
fn sizes() -> Vec<Document> {
    let nested =
        |open: &str, close: &str, depth: usize| open.repeat(depth) + "a" + &close.repeat(depth);
    vec![
        ("brackets", "{".repeat(100_000), LARGE),
        (
            "lists",
            format!("{{ leads(filter: {}) }}", nested("[", "]", 100_000)),
            LARGE,
        ),
        (
            "objects",
            format!("{{ leads(filter: {}) }}", nested("{not:", "}", 5_000)),
            LARGE,
        ),
        (
            "objects within the brackets",
            format!(
                "{{ leads(filter: {}1{}) {{ totalCount }} }}",
                "{not:".repeat(95),
                "}".repeat(95)
            ),
            WRONG,
        ),
        (
            "types",
            format!("query($a: {} ", "[".repeat(100_000)),
            LARGE,
        ),
        ("deep", format!("{{ {} }}", nested("a { ", " }", 90)), LARGE),
        (
            "deep with real fields",
            format!(
                "{{ {} }}",
                nested("campaigns { nodes { company { ", " } } }", 30)
            ),
            LARGE,
        ),
        (
            "deep inline fragments",
            format!("{{ {} }}", nested("... { ", " }", 90)),
            LARGE,
        ),
        ("wide", format!("{{ {} }}", "a ".repeat(100_000)), LARGE),
        (
            "wide within the tokens",
            format!("{{ leads {{ {} }} }}", "totalCount ".repeat(9_900)),
            LARGE,
        ),
        (
            "root fields",
            format!("{{ {} }}", "__typename ".repeat(9_900)),
            LARGE,
        ),
        ("tokens of one byte", "!".repeat(200_000), LARGE),
        (
            "a long name",
            format!("{{ {} }}", "a".repeat(200_000)),
            LARGE,
        ),
        (
            "a long string",
            format!(
                "{{ leads(filtr: \"{}\") {{ totalCount }} }}",
                "a".repeat(200_000)
            ),
            INVALID,
        ),
        (
            "a long block string",
            format!(
                "{{ leads(filtr: \"\"\"{}\"\"\") {{ totalCount }} }}",
                "a\n".repeat(100_000)
            ),
            INVALID,
        ),
        (
            "a string without end",
            format!("{{ leads(after: \"{}", "a".repeat(200_000)),
            UNPARSED,
        ),
        (
            "a long comment",
            format!("# {}\n{{ lead", "a".repeat(200_000)),
            UNPARSED,
        ),
        (
            "many comments",
            format!("{}{{ lead", "#\n".repeat(100_000)),
            UNPARSED,
        ),
        (
            "blanks and commas",
            format!("{{ {} lead", " ,".repeat(100_000)),
            UNPARSED,
        ),
        (
            "a long number",
            format!(
                "{{ leads(first: {}) {{ totalCount }} }}",
                "9".repeat(200_000)
            ),
            UNPARSED,
        ),
        (
            "escapes",
            format!(
                "{{ leads(after: \"{}\\ud800\") {{ totalCount }} }}",
                "\\u0061".repeat(30_000)
            ),
            UNPARSED,
        ),
        (
            "an escaped name",
            "{ \\u006ceads { totalCount } }".to_owned(),
            UNPARSED,
        ),
        (
            "null characters",
            format!("{{ {} }}", "\0".repeat(9_000)),
            UNPARSED,
        ),
    ]
}

fn fragments() -> Vec<Document> {
    let chain = |spreads: usize, links: usize| {
        let mut document = "{ leads { ...F0 } }".to_owned();
        for link in 0..links {
            let next = format!("...F{} ", link + 1).repeat(spreads);
            write!(document, " fragment F{link} on LeadConnection {{ {next} }}")
                .expect("a String takes every write");
        }
        write!(
            document,
            " fragment F{links} on LeadConnection {{ totalCount }}"
        )
        .expect("a String takes every write");
        document
    };
    let mut circle = chain(1, 400);
    circle.push_str(
        " fragment G on LeadConnection { ...F0 ...H } fragment H on LeadConnection { ...G }",
    );
    let inside = chain(1, 20).replace("{ totalCount }", "{ ...F0 }");
    vec![
        ("2^20 fragments", chain(2, 20), LARGE),
        ("2^400 fragments", chain(2, 400), LARGE),
        ("30^25 fragments", chain(30, 25), LARGE),
        ("a chain of fragments", chain(1, 400), LARGE),
        ("many fragments", chain(1, 1_000), LARGE),
        ("a circle", inside, INVALID),
        ("a circle that is not spread", circle, INVALID),
        ("a fragment in itself", "{ ...F } fragment F on Query { ...F ...F ...F }".to_owned(), INVALID),
        ("a circle through fields", "{ ...F } fragment F on Query { campaigns { nodes { company { campaigns { nodes { ...G } } } } } } fragment G on Campaign { company { campaigns { nodes { ...G } } } }".to_owned(), INVALID),
        ("spread often", format!("{{ leads {{ {} }} }} fragment F on LeadConnection {{ totalCount }}", "...F ".repeat(4_900)), LARGE),
    ]
}

/// Much of what is right once.
fn repeated() -> Vec<Document> {
    let numbered =
        |count: usize, one: &dyn Fn(usize) -> String| (0..count).map(one).collect::<String>();
    let aliases = numbered(3_000, &|number| format!("a{number}: __typename "));
    let mutations = numbered(60, &|number| format!("a{number}: __typename "));
    let variables = numbered(2_400, &|number| format!("$v{number}: Int "));
    let used = numbered(1_000, &|number| format!("$v{number}: Int "));
    let uses = numbered(1_000, &|number| format!("$v{number} "));
    let operations = numbered(1_200, &|number| format!("query Q{number} {{ a }} "));
    let same = "{ a } ".repeat(3_000);
    let conflicts = numbered(950, &|number| {
        format!("a: leads(first: {number}) {{ totalCount }} ")
    });
    let alternatives = "{},".repeat(4_800);
    vec![
        ("aliases", format!("{{ leads {{ {} }} }}", aliases.replace("__typename", "totalCount")), LARGE),
        ("aliases at the root", format!("{{ {aliases} }}"), LARGE),
        ("mutations", format!("mutation {{ {mutations} }}"), LARGE),
        ("directives", format!("{{ __typename {} }}", "@skip(if: false) ".repeat(1_600)), LARGE),
        ("unknown directives", format!("{{ __typename {} }}", "@a ".repeat(4_900)), LARGE),
        ("directives of an operation", format!("query {} {{ __typename }}", "@a ".repeat(4_900)), LARGE),
        ("variables", format!("query({variables}) {{ __typename }}"), INVALID),
        ("variables of a list", format!("query({used}) {{ nodes(ids: [{uses}]) {{ id }} }}"), WRONG),
        ("operations", operations, INVALID),
        ("anonymous operations", same, UNPARSED),
        ("conflicts", format!("{{ leads {{ totalCount }} ... {{ {conflicts} }} }}"), LARGE),
        ("conflicts deep down", format!("{{ campaigns {{ nodes {{ {} }} }} }}", conflicts.replace("leads", "steps").replace("a:", "")), INVALID),
        ("conditions", format!("{{ leads(filter: {{or: [{alternatives}]}}) {{ nodes {{ id }} nope }} }}"), INVALID),
        ("a dear operation", "{ campaigns(first: 200) { nodes { company { campaigns(first: 200) { nodes { steps(first: 200) { nodes { id } } } } } } } }".to_owned(), "COST_EXCEEDED"),
        ("a dear variable", "query($n: Int = 200) { campaigns(first: $n) { nodes { company { campaigns(first: $n) { nodes { steps(first: $n) { nodes { id } } } } } } } }".to_owned(), "COST_EXCEEDED"),
    ]
}

/// Much that there is not.
fn unknown() -> Vec<Document> {
    let numbered =
        |count: usize, one: &dyn Fn(usize) -> String| (0..count).map(one).collect::<String>();
    let long = "campaignSequenceStep".repeat(12);
    vec![
        (
            "unknown fields",
            format!(
                "{{ leads {{ {} }} }}",
                numbered(4_900, &|number| format!("f{number} "))
            ),
            INVALID,
        ),
        (
            "unknown fields in lists",
            format!(
                "{{ leads {{ nodes {{ {} }} }} }}",
                numbered(4_900, &|number| format!("emai{number} "))
            ),
            INVALID,
        ),
        (
            "long unknown fields",
            format!(
                "{{ {} }}",
                numbered(49, &|number| format!("{long}{number} "))
            ),
            INVALID,
        ),
        (
            "unknown arguments",
            format!(
                "{{ leads({}) {{ totalCount }} }}",
                numbered(3_200, &|number| format!("firs{number}: 1 "))
            ),
            INVALID,
        ),
        (
            "long unknown arguments",
            format!(
                "{{ leads({}) {{ totalCount }} }}",
                numbered(900, &|number| format!("{long}{number}: 1 "))
            ),
            INVALID,
        ),
        (
            "the same argument",
            format!(
                "{{ leads({}) {{ totalCount }} }}",
                "first: 1 ".repeat(3_200)
            ),
            INVALID,
        ),
        (
            "unknown fragments",
            format!(
                "{{ leads {{ {} }} }}",
                numbered(4_900, &|number| format!("...F{number} "))
            ),
            INVALID,
        ),
        (
            "unknown types",
            format!(
                "{{ {} }}",
                numbered(900, &|number| format!("... on T{number} {{ a }} "))
            ),
            LARGE,
        ),
        (
            "wrong values",
            format!(
                "{{ leads(filter: {{or: [{}]}}) {{ totalCount }} }}",
                "{email: 1},".repeat(1_800)
            ),
            WRONG,
        ),
        (
            "wrong enum values",
            format!(
                "{{ campaigns(filter: {{status: {{in: [{}]}}}}) {{ totalCount }} }}",
                "SENDIN ".repeat(9_000)
            ),
            INVALID,
        ),
        (
            "unused fragments",
            numbered(480, &|number| {
                format!("fragment F{number} on Lead {{ id }} ")
            }) + "{ __typename }",
            INVALID,
        ),
    ]
}
