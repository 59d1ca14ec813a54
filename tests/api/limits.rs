//! What a document may be, and what it may cost: refused before the database hears of it, by limits that are
//! settings.

mod corpus;
mod cost;
mod hostile;
mod settings;
