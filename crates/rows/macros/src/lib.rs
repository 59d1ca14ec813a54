//! The declaration macros of `rows`, which re-exports them; nothing else depends on this crate.
//!
//! `declaration`, `field` and `interface` parse, `expand` writes the code, `attributes` and `name`
//! hold what both declarations share. Whatever a declaration can get wrong by itself is an error
//! here, at the words that are wrong; what only types can tell is left to the compiler, with the
//! generated code spanned so that it points at the declared type or the loader.
//!
//! To add an attribute of a field: a member of `attributes::Attributes` with its parser, and its
//! builder call in `expand::field`.

mod arrow;
mod attributes;
mod declaration;
mod expand;
mod field;
mod interface;
mod name;
#[cfg(test)]
mod tests;

use proc_macro::TokenStream;
use syn::parse::Parser;

/// Declares a GraphQL object that shows rows.
///
/// ```text
/// rows::object! {
///     /// An outreach campaign.
///     pub object Campaign(campaign::Model) implements Node {
///         /// A column, which `rows::Scalar<…> for GlobalId` shows.
///         id: GlobalId,
///         /// A value computed from the row.
///         label: String = |row| row.name.to_uppercase(),
///         /// Guarded, deprecated, under another name.
///         #[guard(Admin)] #[deprecated = "use `status`"] #[name = "note"]
///         internal_note: Option<String>,
///         /// One row or null, by the column `company_id`; the right side implements `rows::Load`.
///         company: Option<Company> = company_id -> by_id(),
///         /// One row that must exist.
///         owner: User = owner_id -> by_id(),
///         /// A list.
///         tags: Vec<Tag> = id -> tags_of(),
///         /// A computed key.
///         parent: Option<Campaign> = |row| row.parent() -> by_id(),
///         /// With arguments, which implement `rows::Arguments`.
///         steps(ConnectionArguments<Step>): Connection<Step> = id -> children(StepCampaign),
///         /// A scalar loaded for all rows of a level at once.
///         #[batched]
///         lead_count: i64 = id -> count_leads(),
///         /// What it weighs, and how many items it is taken to have, for those who reckon costs.
///         #[cost = 20] #[list_size = 5]
///         by_status: Vec<StatusCount> = id -> count_by_status(),
///     }
/// }
/// ```
///
/// The object and every field need a `///` description. Field names become camelCase. A key column
/// may be nullable: the row then has no related row. Generic objects say how they are named:
///
/// ```text
/// rows::object! {
///     #[description = format!("A page of {}.", T::name())]
///     pub object Connection<T: Table>(Selection<T>) named format!("{}Connection", T::name()) {
///         /// The rows of the page.
///         nodes: Vec<T> = |selection| selection.clone() -> page(),
///     }
/// }
/// ```
#[proc_macro]
pub fn object(input: TokenStream) -> TokenStream {
    expanded(
        declaration::object
            .parse(input)
            .map(|object| expand::object(&object)),
    )
}

/// Declares a GraphQL interface and the objects that implement it.
///
/// ```text
/// rows::interface! {
///     /// An object with a global id.
///     pub interface Node = Campaign | Company {
///         /// The global id.
///         id: GlobalId,
///     }
/// }
/// ```
///
/// Field types are those of async-graphql (`Option<rows::One<Company>>` for a relation). Every
/// object named here says `implements Node` in its own declaration.
#[proc_macro]
pub fn interface(input: TokenStream) -> TokenStream {
    expanded(
        interface::interface
            .parse(input)
            .map(|interface| interface.expand()),
    )
}

fn expanded(code: syn::Result<proc_macro2::TokenStream>) -> TokenStream {
    code.unwrap_or_else(|error| error.to_compile_error()).into()
}
