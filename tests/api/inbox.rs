//! What comes back: mail that arrives is never lost, is read once to effect, and changes nothing of another tenant's.

mod accepted;
mod arranged;
mod bases;
mod corpus;
mod effects;
mod ingest;
mod links;
mod mailboxes;
mod maintenance;
mod malformed;
mod order;
mod received;
