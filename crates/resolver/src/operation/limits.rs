//! How large a document may be, and what it may cost.

use async_graphql::{ErrorExtensions, Pos, ServerError};

use crate::error::{Code, coded};

/// The most that a document may have. Each is a setting; the defaults have room for GraphiQL's introspection, for a
/// dashboard in one operation, and for three default pages inside one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of its text.
    pub bytes: usize,
    /// Tokens: names, values, punctuation.
    pub tokens: usize,
    /// Fields inside one another.
    pub depth: usize,
    /// Fields under another name, a fragment's counted each time it is spread; as all that follows.
    pub aliases: usize,
    /// Fields of the root of one operation.
    pub root_fields: usize,
    /// Directives.
    pub directives: usize,
    /// Fields.
    pub fields: usize,
    /// Fragments.
    pub fragments: usize,
    /// What an operation may cost by estimate; the unit is a row.
    pub cost: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 256 << 10,
            tokens: 10_000,
            depth: 20,
            aliases: 200,
            root_fields: 50,
            directives: 200,
            fields: 5_000,
            fragments: 500,
            cost: 1_000_000,
        }
    }
}

/// One of the limits, as errors name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Limit {
    Bytes,
    Tokens,
    Depth,
    Aliases,
    RootFields,
    Directives,
    Fields,
    Fragments,
}

impl Limit {
    /// What there is too much of.
    fn name(self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::Tokens => "tokens",
            Self::Depth => "depth",
            Self::Aliases => "aliases",
            Self::RootFields => "rootFields",
            Self::Directives => "directives",
            Self::Fields => "fields",
            Self::Fragments => "fragments",
        }
    }

    fn setting(self) -> &'static str {
        match self {
            Self::Bytes => "GATEWAY_MAX_DOCUMENT_BYTES",
            Self::Tokens => "GATEWAY_MAX_TOKENS",
            Self::Depth => "GATEWAY_MAX_DEPTH",
            Self::Aliases => "GATEWAY_MAX_ALIASES",
            Self::RootFields => "GATEWAY_MAX_ROOT_FIELDS",
            Self::Directives => "GATEWAY_MAX_DIRECTIVES",
            Self::Fields => "GATEWAY_MAX_FIELDS",
            Self::Fragments => "GATEWAY_MAX_FRAGMENTS",
        }
    }

    /// What the document does too much, and what would help.
    fn sentence(self, allowed: usize) -> String {
        match self {
            Self::Bytes => format!("has more than {allowed} bytes; send values in variables"),
            Self::Tokens => format!(
                "has more than {allowed} tokens; send values in variables, and ask for less at once"
            ),
            Self::Depth => format!(
                "selects fields more than {allowed} deep; ask for the inner ones by their ids"
            ),
            Self::Aliases => format!("has more than {allowed} aliases; ask in several operations"),
            Self::RootFields => format!(
                "has more than {allowed} fields at the root of an operation; ask in several operations"
            ),
            Self::Directives => format!("has more than {allowed} directives; leave some out"),
            Self::Fields => format!("selects more than {allowed} fields; ask for less at once"),
            Self::Fragments => {
                format!("spreads more than {allowed} fragments; write some of them out")
            }
        }
    }

    /// Refuses more than is allowed. The setting is named: who meets the limit may know who can raise it.
    pub(super) fn check(self, found: usize, allowed: usize) -> Result<(), ServerError> {
        if found <= allowed {
            return Ok(());
        }
        let sentence = self.sentence(allowed);
        let message = format!("the document {sentence}, or have {} raised", self.setting());
        Err(too_large(message, self.name(), allowed))
    }
}

/// Refuses a document for its size: `what` is the limit, of which so many are allowed.
pub(super) fn too_large(message: String, what: &str, allowed: usize) -> ServerError {
    let error = coded(Code::DocumentTooLarge, message).extend_with(|_, extensions| {
        extensions.set("limit", what);
        extensions.set("allowed", allowed);
    });
    error.into_server_error(Pos::default())
}
