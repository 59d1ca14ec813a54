//! GraphQL names.

use proc_macro2::Ident;
use syn::{Error, LitStr, Result, ext::IdentExt};

/// The GraphQL name of a field: the given one, or its Rust name in camelCase.
pub(crate) fn of_field(ident: &Ident, given: Option<&LitStr>) -> Result<String> {
    let (name, span) = match given {
        Some(given) => (given.value(), given.span()),
        None => (camel_case(&ident.unraw().to_string()), ident.span()),
    };
    if is_name(&name) {
        return Ok(name);
    }
    let message = format!(
        "`{name}` is not a GraphQL name: letters, digits and `_`, no digit first, no `__` first"
    );
    Err(Error::new(span, message))
}

fn is_name(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_';
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && !name.starts_with("__")
        && name.chars().all(allowed)
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_').filter(|word| !word.is_empty());
    let mut camel = words.next().unwrap_or(name).to_owned();
    for word in words {
        let (first, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
        camel.push_str(&first.to_uppercase());
        camel.push_str(rest);
    }
    camel
}
