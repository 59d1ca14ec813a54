//! What a server sends to PostgreSQL, read from the statement log of PostgreSQL itself.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::Path,
    time::Duration,
};

use tokio::time::sleep;
use uuid::{Uuid, fmt::Hyphenated};

use crate::{
    Result,
    database::{Place, run},
    operation::UNIQUE,
};

/// A statement as it was run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Logged {
    /// One statement, or a message of several.
    pub(crate) sql: String,
    /// The values of `$1`, `$2` and so on; `None` is NULL.
    pub(crate) values: Vec<Option<String>>,
    /// The names of their types, as far as the driver declared them; the log does not know.
    pub(crate) types: Vec<Option<String>>,
}

/// A request's statements.
#[derive(Clone, Debug)]
pub(crate) struct Captured {
    /// What stood in the request instead of [`UNIQUE`].
    pub(crate) number: String,
    /// When it was sent, in milliseconds of Unix time: the age of what it made.
    pub(crate) since: u64,
    pub(crate) statements: Vec<Logged>,
}

impl Captured {
    /// A value with [`UNIQUE`] where it has the request's number, or the time of an id (RFC 9562, version 7) that
    /// the request made.
    pub(crate) fn marked(&self, value: &str) -> String {
        let value = value.replace(&self.number, UNIQUE);
        let (mut marked, mut rest) = (String::with_capacity(value.len()), value.as_str());
        while let Some(letter) = rest.chars().next() {
            if rest
                .get(..Hyphenated::LENGTH)
                .is_some_and(|id| self.made(id))
            {
                marked.push_str(UNIQUE);
                rest = &rest[ID_TIME..];
            } else {
                marked.push(letter);
                rest = &rest[letter.len_utf8()..];
            }
        }
        marked
    }

    fn made(&self, id: &str) -> bool {
        let id = Uuid::try_parse(id).ok();
        let time = id
            .and_then(|id| id.get_timestamp())
            .map(|time| time.to_unix());
        let since = Duration::from_millis(self.since);
        time.is_some_and(|(seconds, nanos)| Duration::new(seconds, nanos) >= since)
    }
}

/// The characters of an id that are its time: twelve digits and a hyphen.
const ID_TIME: usize = 13;

/// Says whether new connections of the login role log their statements.
pub(crate) async fn log_statements(place: &Place, on: bool) -> Result<()> {
    let mut admin = place.connect().await?;
    let change = if on {
        "SET log_statement = 'all'"
    } else {
        "RESET log_statement"
    };
    run(&mut admin, format!("ALTER ROLE gateway_login {change}")).await
}

/// A place in the server's log.
pub(crate) struct Mark<'a> {
    log: &'a Path,
    at: u64,
}

impl<'a> Mark<'a> {
    /// The end of the log, once what is under way has been written.
    pub(crate) async fn set(log: &'a Path) -> Result<Self> {
        settle().await;
        let at = log.metadata()?.len();
        Ok(Self { log, at })
    }

    /// What was logged since.
    pub(crate) async fn since(&self) -> Result<Vec<Logged>> {
        settle().await;
        let mut file = File::open(self.log)?;
        file.seek(SeekFrom::Start(self.at))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(parse(&String::from_utf8_lossy(&bytes)))
    }
}

/// The end of a read is not waited for, so it may come after the answer.
async fn settle() {
    sleep(Duration::from_millis(40)).await;
}

/// The statements of a log whose lines begin with `[pid] `.
fn parse(log: &str) -> Vec<Logged> {
    let mut found: Vec<Logged> = Vec::new();
    for entry in entries(log) {
        if let Some(prepared) = entry.strip_prefix("DETAIL:  prepare: ") {
            if let Some(last) = found.last_mut() {
                last.sql = written_out(&last.sql, prepared);
            }
        } else if let Some(values) = entry.strip_prefix("DETAIL:  ").and_then(parameters) {
            if let Some(last) = found.last_mut() {
                last.values = values;
            }
        } else if let Some(sql) = entry.strip_prefix("LOG:  ").and_then(statement) {
            found.push(Logged {
                sql: sql.to_owned(),
                values: Vec::new(),
                types: Vec::new(),
            });
        }
    }
    found
}

/// Entries without the process that begins each; further lines of one begin with a tab.
fn entries(log: &str) -> Vec<String> {
    let mut entries: Vec<String> = Vec::new();
    for line in log.lines() {
        match (line.strip_prefix('\t'), entries.last_mut()) {
            (Some(further), Some(entry)) => {
                entry.push('\n');
                entry.push_str(further);
            }
            _ => entries.push(
                line.split_once("] ")
                    .map_or(line, |(_, entry)| entry)
                    .to_owned(),
            ),
        }
    }
    entries
}

fn statement(text: &str) -> Option<&str> {
    if let Some(sql) = text.strip_prefix("statement: ") {
        return Some(sql);
    }
    let (_, sql) = text.strip_prefix("execute ")?.split_once(": ")?;
    Some(sql)
}

/// `parameters: $1 = 'a''b', $2 = NULL`.
fn parameters(text: &str) -> Option<Vec<Option<String>>> {
    let lists = ["parameters: ", "Parameters: "];
    let mut rest = lists.iter().find_map(|list| text.strip_prefix(list))?;
    let mut values = Vec::new();
    while let Some((_, value)) = rest.split_once(" = ") {
        if let Some(after) = value.strip_prefix("NULL") {
            values.push(None);
            rest = after;
            continue;
        }
        let (text, after) = quoted(value.strip_prefix('\'')?)?;
        values.push(Some(text));
        rest = after;
    }
    Some(values)
}

/// Text up to its closing quote, and what follows.
fn quoted(text: &str) -> Option<(String, &str)> {
    let (mut value, mut rest) = (String::new(), text);
    loop {
        let (piece, after) = rest.split_once('\'')?;
        value.push_str(piece);
        match after.strip_prefix('\'') {
            Some(further) => {
                value.push('\'');
                rest = further;
            }
            None => return Some((value, after)),
        }
    }
}

/// A message with an EXECUTE of what was prepared by `PREPARE name (types) AS body`, as one with the body
/// itself: another connection has nothing prepared.
fn written_out(message: &str, prepared: &str) -> String {
    let parts = || {
        let (name, rest) = prepared.strip_prefix("PREPARE ")?.split_once(" (")?;
        let (types, body) = rest.split_once(") AS ")?;
        let (before, call) = message.split_once(&format!("EXECUTE {name} ("))?;
        let (values, after) = call.split_once(')')?;
        let each = types.split(", ").zip(values.split(", ")).enumerate();
        let body = each.fold(body.to_owned(), |body, (place, (kind, value))| {
            body.replace(&format!("${}", place + 1), &format!("{value}::{kind}"))
        });
        Some(format!("{before}{body}{after}"))
    };
    parts().unwrap_or_else(|| message.to_owned())
}

/// The statements of a message, which are parted by semicolons outside of quotes.
pub(crate) fn split(message: &str) -> Vec<String> {
    let (mut parts, mut part, mut quoted) = (Vec::new(), String::new(), false);
    for letter in message.chars() {
        quoted ^= letter == '\'';
        if letter == ';' && !quoted {
            parts.push(std::mem::take(&mut part));
        } else {
            part.push(letter);
        }
    }
    parts.push(part);
    let trimmed = parts.iter().map(|part| part.trim());
    trimmed
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Logged, parse, split};

    #[test]
    fn statements_have_their_values_and_their_further_lines() {
        let log = "[7] LOG:  statement: BEGIN; SET LOCAL a = 'b'\n\
            [7] LOG:  execute s1: SELECT\n\t$1, $2\n\
            [7] DETAIL:  parameters: $1 = 'it''s, $2 = x', $2 = NULL\n\
            [9] LOG:  checkpoint starting: time\n";
        let first = Logged {
            sql: "BEGIN; SET LOCAL a = 'b'".to_owned(),
            values: Vec::new(),
            types: Vec::new(),
        };
        let second = Logged {
            sql: "SELECT\n$1, $2".to_owned(),
            values: vec![Some("it's, $2 = x".to_owned()), None],
            types: Vec::new(),
        };
        assert_eq!(parse(log), [first, second]);
    }

    #[test]
    fn what_was_prepared_is_written_out() {
        let log = "[7] LOG:  statement: BEGIN; EXECUTE ask ('a', 'b')\n\
            [7] DETAIL:  prepare: PREPARE ask (uuid, text) AS SELECT $1 WHERE x = $2\n";
        assert_eq!(
            parse(log)[0].sql,
            "BEGIN; SELECT 'a'::uuid WHERE x = 'b'::text"
        );
    }

    #[test]
    fn a_semicolon_in_quotes_parts_nothing() {
        assert_eq!(split("BEGIN; SELECT 'a;b' ;"), ["BEGIN", "SELECT 'a;b'"]);
    }
}
