//! The events in Markdown.

use std::fmt::Write;

use super::{PropertySchema, SCHEMAS};

/// What stands above the events.
const ABOUT: &str = "\
# Events that leave the gateway

As they are declared: `gateway events` prints this file. They go where `GATEWAY_EVENTS_URL` says, in the form of PostHog or of
Segment, or as lines of JSON into a file. A property is an id, a number or one of the words that stand here, never a text
that somebody wrote: no mail, no lead, no name, no token leaves by this way. What an interval is `GATEWAY_EVENTS_INTERVAL_SECONDS` says.

Who an event is of (PostHog's `distinct_id`; Segment's `userId`, or `anonymousId`) is the tenant's id where the event has one, and
else an id of the process, which is made when it begins. `uuid` (PostHog) and `messageId` (Segment) are the event's own id:
it is the same where an event is sent again because nobody said that it had come.
";

/// All events and their properties, as `docs/events.md` has them.
#[must_use]
pub fn document() -> String {
    let mut text = ABOUT.to_owned();
    for schema in SCHEMAS {
        let (name, about) = (schema.name, schema.about.trim());
        let rows = schema.properties.iter().map(row).collect::<String>();
        write!(
            text,
            "\n## `{name}`\n\n{about}\n\n| property | type | what it says |\n| --- | --- | --- |\n{rows}"
        )
        .expect("text takes text");
    }
    text
}

fn row(property: &PropertySchema) -> String {
    let optional = if property.is_optional {
        ", or null"
    } else {
        ""
    };
    let about = property.about.trim();
    let words = match property.words {
        [] => String::new(),
        // The list is in README.md, with what they mean.
        many if many.len() > 10 => " One of README.md's, or `OTHER`.".to_owned(),
        few => {
            let words: Vec<_> = few.iter().map(|word| format!("`{word}`")).collect();
            format!(" {}.", words.join(", "))
        }
    };
    format!(
        "| `{}` | {}{optional} | {about}{words} |\n",
        property.name, property.of
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_document_is_what_is_declared() {
        let committed = include_str!("../../../../docs/events.md");
        let declared = super::document();
        assert!(
            committed.trim_end() == declared.trim_end(),
            "docs/events.md is not what is declared: run `just events`"
        );
    }
}
