//! One schema declared twice, with async-graphql's derive and with `rows`, and what must be equal.

mod arguments;
mod batches;
mod declared;
mod derived;
mod directives;
mod equal;
mod errors;
mod faults;
mod forms;
mod interfaces;
mod random;
mod roots;
mod scalars;
mod world;
