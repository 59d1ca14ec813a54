//! `gateway documents`.

use crate::home::Home;

const GOOD: &str = "query Leads($n: Int) { leads(first: $n) { nodes { email } } }";

fn home() -> Home {
    let home = Home::new();
    std::fs::create_dir(home.path().join("documents")).expect("a folder");
    home
}

#[tokio::test]
async fn documents_that_fit_are_counted_and_the_dearest_named() {
    let home = home();
    home.write("documents/leads.graphql", GOOD);
    home.write(
        "documents/relay.json",
        r#"{"ab12": "{ campaigns { totalCount nodes { id } } }"}"#,
    );
    let expected = "documents that fit the schema and the limits: 2; the dearest costs 61 by estimate: `ab12` of documents/relay.json\n";
    assert_eq!(home.run(&["documents", "documents"]).await.ok(), expected);
    let home = home.with("GATEWAY_DOCUMENTS", "documents");
    assert_eq!(home.run(&["documents"]).await.ok(), expected);
    let left = std::fs::read_dir(home.path()).expect("a folder").count();
    assert_eq!(left, 1, "no database is made");
}

#[tokio::test]
async fn each_problem_has_a_line_with_its_place() {
    let home = home();
    home.write("documents/a.graphql", GOOD);
    home.write(
        "documents/b.graphql",
        "query B {\n  leads {\n    nodes { emial }\n  }\n  leeds { totalCount }\n}\n",
    );
    home.write("documents/c.gql", "{ leads {\n");
    home.write("documents/d.graphql", &format!("{{ {} }}", "a ".repeat(51)));
    home.write(
        "documents/e.json",
        "{\n  \"one\": \"{ viewer { user { email } } }\",\n  \"two\": \"{\\n  viewer }\"\n}",
    );
    let ended = home.run(&["documents", "documents"]).await;
    assert_eq!(ended.code, Some(1));
    let expected = [
        "documents/b.graphql:3:13: Unknown field \"emial\" on type \"Lead\".",
        "documents/b.graphql:5:3: Unknown field \"leeds\" on type \"Query\". Did you mean \"leads\"?",
        "documents/c.gql:2:1: syntax error: expected selection",
        "documents/d.graphql:1:1: the document has more than 50 fields at the root of an operation; ask in several operations, or have GATEWAY_MAX_ROOT_FIELDS raised",
        "documents/e.json:3:3: `two` at 2:3: Field \"viewer\" of type \"Viewer\" must have a selection of subfields",
    ];
    assert_eq!(ended.stdout.lines().collect::<Vec<_>>(), expected);
    assert_eq!(
        ended.stderr,
        "error: problems found: 5; documents looked at: 6\n"
    );
}

#[tokio::test]
async fn what_is_no_folder_of_documents_is_told_in_a_sentence() {
    let home = home();
    let sentence = async |arguments: &[&str]| home.run(arguments).await.sentence();
    assert!(
        sentence(&["documents"])
            .await
            .contains("set GATEWAY_DOCUMENTS")
    );
    assert!(
        sentence(&["documents", "nowhere"])
            .await
            .contains("nowhere can not be read")
    );
    assert!(
        sentence(&["documents", "documents"])
            .await
            .contains("there are no documents in documents")
    );
    home.write("documents/a.json", "{\n  \"a\": 1\n}");
    assert!(
        sentence(&["documents", "documents"])
            .await
            .contains("a.json:1:1: no manifest")
    );
}
