//! What stands between `{{` and `}}`, `{%` and `%}`: looked through before the engine sees it.

use super::{Error, Part, Place};

/// Statements that say what is written, and change nothing.
const STATEMENTS: [&str; 6] = ["if", "elif", "else", "endif", "for", "endfor"];

/// Refuses other statements, and `*`, which makes a text of up to 100 MB without a drop of fuel.
pub(super) fn refuse(part: Part, source: &str) -> Result<(), Error> {
    let refused = |at, what: &str| Error::Statement {
        place: Place::of(part, source, at),
        statement: what.to_owned(),
    };
    let mut at = 0;
    while let Some((start, kind)) = next(source, at) {
        let inside = &source[start + 2..];
        at = start
            + 2
            + match kind {
                '#' => inside.find("#}").unwrap_or(inside.len()),
                _ => {
                    let length = length(inside);
                    let times = unquoted(&inside[..length]).find(|(_, letter)| *letter == '*');
                    if let Some((times, _)) = times {
                        return Err(refused(start + 2 + times, "*"));
                    }
                    length
                }
            };
        let word = word(inside);
        if kind == '%' && !STATEMENTS.contains(&word) {
            return Err(refused(start, word));
        }
    }
    Ok(())
}

/// The next tag, and the second letter of its beginning.
fn next(source: &str, from: usize) -> Option<(usize, char)> {
    let tags = source[from..].match_indices('{');
    let mut tags = tags.filter_map(|(at, _)| {
        let kind = source[from + at + 1..].chars().next()?;
        matches!(kind, '{' | '%' | '#').then_some((from + at, kind))
    });
    tags.next()
}

/// Where a tag ends: at `}}` or `%}` outside of quotes and brackets.
fn length(inside: &str) -> usize {
    let mut depth = 0_i32;
    for (at, letter) in unquoted(inside) {
        if depth <= 0 && (inside[at..].starts_with("}}") || inside[at..].starts_with("%}")) {
            return at;
        }
        match letter {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
    }
    inside.len()
}

/// The letters that are not in a string; a backslash takes the next one with it.
fn unquoted(inside: &str) -> impl Iterator<Item = (usize, char)> {
    let mut quote = None;
    let mut escaped = false;
    inside.char_indices().filter(move |(_, letter)| {
        let was = quote;
        match (quote, letter) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), letter) if open == *letter => quote = None,
            (None, '"' | '\'') => quote = Some(*letter),
            _ => {}
        }
        was.is_none() && quote.is_none()
    })
}

fn word(inside: &str) -> &str {
    let inside = inside.trim_start_matches(['-', '+']).trim_start();
    let end = inside.find(|letter: char| !letter.is_ascii_alphabetic());
    &inside[..end.unwrap_or(inside.len())]
}
