//! The requests of an operation to a server: prepared before anything is measured.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

use crate::{
    Result, answer,
    operation::{Operation, UNIQUE, cursor_document},
    peer::Peer,
    subject::Subject,
};

/// Requests of one tenant that differ, where they can.
const TURNS: usize = 10;
/// Pages that a cursor is taken of, for each tenant.
const PAGES: usize = 3;

/// One request.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) token: String,
    pub(crate) body: Value,
}

impl Request {
    /// The body of a request that is sent alone, with a number of its own.
    pub(crate) fn unique(&self, number: u64) -> Result<Value> {
        let text = self.body.to_string().replace(UNIQUE, &hexadecimal(number));
        Ok(serde_json::from_str(&text)?)
    }
}

/// A number as it stands in requests: twelve digits.
pub(crate) fn hexadecimal(number: u64) -> String {
    format!("{number:012x}")
}

/// The requests of an operation: turns of all tenants, so that neighbours in the list are different tenants.
pub(crate) fn requests(
    operation: Operation,
    peer: &Peer,
    subjects: &[Subject],
    cursors: &[Vec<String>],
) -> Vec<Request> {
    let dialect = peer.kind.dialect();
    let document = operation.document(dialect);
    let turns = if operation == Operation::M2 { 1 } else { TURNS };
    let one = |turn: usize, at: usize| {
        let subject = &subjects[at];
        let own = cursors.get(at).map_or(&[][..], Vec::as_slice);
        let variables = operation.variables(dialect, subject, own, turn);
        Request {
            token: subject.token.clone(),
            body: json!({ "query": document, "variables": variables }),
        }
    };
    (0..turns)
        .flat_map(|turn| (0..subjects.len()).map(move |at| (turn, at)))
        .map(|(turn, at)| one(turn, at))
        .collect()
}

/// Asks a server for cursors of each tenant, at the same places of the list whatever the server.
pub(crate) async fn cursors(peer: &Peer, subjects: &[Subject]) -> Result<Vec<Vec<String>>> {
    let document = cursor_document(peer.kind.dialect());
    let mut all = Vec::with_capacity(subjects.len());
    for (at, subject) in subjects.iter().enumerate() {
        let mut own: Vec<String> = Vec::with_capacity(PAGES);
        for page in 0..PAGES {
            let first = 5 + (at * 37 + page * 61) % 45;
            let body =
                json!({ "query": document, "variables": { "first": first, "after": own.last() } });
            let answer = peer.ask(&subject.token, &body).await?;
            let cursor = answer["data"]["leads"]["pageInfo"]["endCursor"].as_str();
            let refused = || {
                format!(
                    "{} gives no cursor: {}",
                    peer.kind.name(),
                    answer::brief(&answer)
                )
            };
            own.push(cursor.ok_or_else(refused)?.to_owned());
        }
        all.push(own);
    }
    Ok(all)
}

/// Writes requests as the load's script reads them.
pub(crate) fn write(folder: &Path, name: &str, requests: &[Request]) -> Result<PathBuf> {
    let path = folder.join(name);
    let mut file = std::io::BufWriter::new(fs::File::create(&path)?);
    for request in requests {
        writeln!(file, "{}\t{}", request.token, request.body)?;
    }
    file.flush()?;
    Ok(path)
}
