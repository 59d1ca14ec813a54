//! Errors for who may not see the schema: what validation says, without a name that they did not send.

use std::collections::HashSet;

use async_graphql::{ErrorExtensionValues, ServerError, Value, Variables};

use crate::error::Code;

/// Takes out of the errors the names of types, fields and arguments that neither the document nor its variables
/// have, and all suggestions.
pub fn hide_schema(errors: &mut [ServerError], document: &str, variables: &Variables) {
    let variables = variables.to_string();
    let sent: HashSet<&str> = words(document).chain(words(&variables)).collect();
    for error in errors.iter_mut().filter(|error| is_of_the_schema(error)) {
        error.message = without_names(&error.message, &sent);
        if let Some(extensions) = &mut error.extensions {
            hide_argument(extensions, &sent);
        }
    }
}

/// Whether the error is about what the schema has: the others name what was sent, and what to do.
fn is_of_the_schema(error: &ServerError) -> bool {
    let extensions = error.extensions.as_ref();
    let Some(Value::String(code)) = extensions.and_then(|extensions| extensions.get("code")) else {
        return false;
    };
    let codes = [Code::ValidationFailed, Code::BadUserInput];
    codes.iter().any(|expected| expected.as_str() == code)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character: char| character != '_' && !character.is_ascii_alphanumeric())
}

/// async-graphql puts names into quotes, one or several with what joins them: `"[Lead!]"`, `"filter.email.eq"`. The
/// gateway puts them between backticks: of those the types, which begin with a capital.
fn without_names(message: &str, sent: &HashSet<&str>) -> String {
    let said = message.split(" Did you mean").next().unwrap_or_default();
    let said = without_quoted(said, '"', |names| are_sent(names, sent));
    without_quoted(&said, '`', |names| {
        !names.starts_with(|first: char| first.is_ascii_uppercase()) || are_sent(names, sent)
    })
}

/// The text with an ellipsis for what stands between quotes and may not be said.
fn without_quoted(text: &str, quote: char, may_be_said: impl Fn(&str) -> bool) -> String {
    let parts = text.split(quote).enumerate();
    let parts = parts.map(|(index, part)| {
        let is_quoted = index % 2 == 1;
        if is_quoted && !may_be_said(part) {
            "…"
        } else {
            part
        }
    });
    parts.collect::<Vec<_>>().join(&quote.to_string())
}

fn are_sent(names: &str, sent: &HashSet<&str>) -> bool {
    words(names).all(|name| name.is_empty() || sent.contains(name))
}

/// The path of an argument's value may end in a field that was left out.
fn hide_argument(extensions: &mut ErrorExtensionValues, sent: &HashSet<&str>) {
    if let Some(Value::String(path)) = extensions.get("argument")
        && !are_sent(path, sent)
    {
        extensions.unset("argument");
    }
}

#[cfg(test)]
mod tests {
    use super::{HashSet, without_names, words};

    #[test]
    fn only_what_was_sent_is_said_again() {
        let sent: HashSet<&str> = words("{ leads(filter: {emial: 1}) { nodes } }").collect();
        let said = |message| without_names(message, &sent);
        assert_eq!(
            said("Unknown field \"nodes\" on type \"Lead\". Did you mean \"name\"?"),
            "Unknown field \"nodes\" on type \"…\"."
        );
        assert_eq!(
            said("Invalid value for argument \"filter.emial\", expected type \"[Int!]\""),
            "Invalid value for argument \"filter.emial\", expected type \"…\""
        );
        assert_eq!(
            said("Invalid value for argument \"filter.email\""),
            "Invalid value for argument \"…\""
        );
        assert_eq!(
            said("`filter` must be an object, a `LeadFilter`; see `last`"),
            "`filter` must be an object, a `…`; see `last`"
        );
    }
}
