//! From what a client sends to what a column holds.
//!
//! The shape of an input (types, nulls, unknown fields) is checked by GraphQL's validation. What a
//! value means is checked here, before any SQL: [`Stored`] turns each into what its column holds, or
//! says what is wrong with it and where ([`Path`]). `writable!` declares what of a table can be
//! written, once for creating and changing it.
//!
//! What may not be in here: SQL, roles.

mod changes;
mod declare;
mod json;
mod limited;
mod path;
mod reference;
mod stored;
mod text;
mod written;

pub(crate) use changes::{Changes, LONGEST_TEXT};
pub(crate) use declare::{Change, NewRow, typed_json, writable};
pub(crate) use json::Document;
pub use limited::{Between, Line};
pub use path::Path;
pub use reference::Reference;
pub(crate) use stored::Stored;
pub use text::{
    Color, CountryCode, DomainName, EmailAddress, LanguageTag, LocalTime, TimeZone, WebAddress,
};
pub(crate) use written::Written;

/// Where every input begins.
pub(crate) const INPUT: Path<'static> = Path::Argument("input");
