//! The committed schema is the one that is served.

/// `schema.graphql` of the repository.
const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../schema.graphql");

#[test]
fn schema_graphql_is_the_schema() {
    let committed = std::fs::read_to_string(COMMITTED).unwrap_or_default();
    let served = format!("{}\n", resolver::sdl().trim_end());
    if committed == served {
        return;
    }
    let lines = || committed.lines().zip(served.lines());
    let differing = lines()
        .position(|(committed, served)| committed != served)
        .unwrap_or(lines().count());
    panic!(
        "schema.graphql is not the schema from line {} on.\n  committed: {}\n  served:    {}\n\
         If the change is meant, run this in the repository's root and commit the file:\n\n    just schema\n\n\
         or, without just: cargo run -q -- schema > schema.graphql",
        differing + 1,
        committed.lines().nth(differing).unwrap_or("(the end)"),
        served.lines().nth(differing).unwrap_or("(the end)"),
    );
}
