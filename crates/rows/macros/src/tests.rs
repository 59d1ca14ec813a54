//! What a declaration can get wrong, and what the person who wrote it reads.

use quote::ToTokens;
use syn::parse::Parser;

use crate::{
    declaration::{self, Object},
    expand,
    field::{Getter, Source},
    interface,
};

fn object(declaration: &str) -> syn::Result<Object> {
    declaration::object.parse_str(declaration)
}

/// An object `Campaign` with one field.
fn with_field(field: &str) -> syn::Result<Object> {
    object(&format!(
        "/// A campaign.\npub object Campaign(Row) {{ {field} }}"
    ))
}

fn refused<T>(parsed: syn::Result<T>) -> String {
    match parsed {
        Ok(_) => panic!("the declaration was accepted"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn objects() {
    for (declaration, message) in [
        (
            "pub object Campaign(Row) { /// The id.\n id: ID }",
            "describe `Campaign` with `///`: it is shown in the schema",
        ),
        ("/// A.\npub struct Campaign(Row) {}", "expected `object`"),
        (
            "/// A.\nobject Campaign { /// The id.\n id: ID }",
            "name the type of the rows: `object Campaign(RowType)`",
        ),
        (
            "/// A.\nobject Campaign(Row, Row) {}",
            "one type is the row",
        ),
        (
            "/// A.\nobject Campaign(Row) {}",
            "a GraphQL object has at least one field",
        ),
        (
            "/// A.\nobject Page<T: Table>(Row<T>) { /// The id.\n id: ID }",
            "a generic object has a name for each type: `named format!(\"{}Page\", T::name())`",
        ),
        (
            "/// A.\n#[guard(Admin)] object Campaign(Row) {}",
            "unknown attribute `guard`; there are: description",
        ),
        (
            "/// A.\nobject Campaign(Row) { /// A.\n lead_count: ID, /// B.\n leadCount: ID }",
            "the object already has a field `leadCount`",
        ),
    ] {
        assert_eq!(refused(object(declaration)), message, "{declaration}");
    }
}

#[test]
fn fields() {
    for (field, message) in [
        (
            "name: String",
            "describe `name` with `///`: it is shown in the schema",
        ),
        (
            "///\nname: String",
            "describe `name` with `///`: it is shown in the schema",
        ),
        (
            "/// A.\n#[gaurd(Admin)] name: String",
            "unknown attribute `gaurd`; there are: batched, cost, deprecated, guard, list_size, name",
        ),
        (
            "/// A.\n#[name(other)] name: String",
            "write `#[name = \"graphqlName\"]`",
        ),
        (
            "/// A.\n#[deprecated(since = \"1\")] a: String",
            "write `#[deprecated = \"reason\"]`",
        ),
        (
            "/// A.\n#[guard = Admin] a: String",
            "write `#[guard(expression)]`",
        ),
        (
            "/// A.\n#[name = \"1st\"] name: String",
            "`1st` is not a GraphQL name: letters, digits and `_`, no digit first, no `__` first",
        ),
        (
            "/// A.\n#[name = \"__type\"] name: String",
            "`__type` is not a GraphQL name: letters, digits and `_`, no digit first, no `__` first",
        ),
        (
            "/// A.\nsteps(Page): Vec<Step>",
            "only a loader takes arguments: `field(Arguments): Type = key -> loader`",
        ),
        (
            "/// A.\nsteps(): Vec<Step> = id -> steps()",
            "name the type of the arguments, or leave out the parentheses",
        ),
        (
            "/// A.\nsteps(first: i32): Vec<Step> = id -> steps()",
            "one type holds all arguments: a struct that implements `rows::Arguments`",
        ),
        (
            "/// A.\n#[batched] lead_count: i64",
            "a batched scalar needs a loader: `field: Type = key -> loader`",
        ),
        (
            "/// A.\ncompany: Company = company_id",
            "write `company_id -> loader` for a relation, `|row| row.company_id` for a value of the row",
        ),
        (
            "/// A.\ncompany: Company = row.company_id -> by_id()",
            "expected a key column (`column -> loader`) or `|row|` and an expression",
        ),
        (
            "/// A.\ncompany: Company = company_id => by_id()",
            "write `->` before the loader",
        ),
        (
            "/// A.\ncompany: Company -> by_id()",
            "name the key before the loader: `= column -> loader`",
        ),
        ("/// A.\nid: ID /// B.\n name: String", "expected `,`"),
    ] {
        assert_eq!(refused(with_field(field)), message, "{field}");
    }
}

#[test]
fn interfaces() {
    for (declaration, message) in [
        (
            "pub interface Node = Campaign { /// A.\n id: ID }",
            "describe `Node` with `///`: it is shown in the schema",
        ),
        (
            "/// A.\npub interface Node { /// A.\n id: ID }",
            "name its objects: `interface Node = Object | Object`",
        ),
        (
            "/// A.\npub interface Node = Campaign {}",
            "a GraphQL interface has at least one field",
        ),
        (
            "/// A.\npub interface Node = Campaign { id: ID }",
            "describe `id` with `///`: it is shown in the schema",
        ),
    ] {
        assert_eq!(
            refused(interface::interface.parse_str(declaration)),
            message,
            "{declaration}"
        );
    }
}

#[test]
fn names() {
    let declaration = "/// A.\nlead_count: i64, /// B.\n address_line_2: String, \
        /// C.\n r#type: String, /// D.\n #[name = \"URL\"] url: String";
    let object = with_field(declaration).expect("a declaration");
    let names: Vec<_> = object
        .fields
        .iter()
        .map(|field| field.name.as_str())
        .collect();
    assert_eq!(names, ["leadCount", "addressLine2", "type", "URL"]);
}

#[test]
fn descriptions_have_all_lines() {
    let object = with_field("/// First.\n///\n///  Second.\n id: ID").expect("a declaration");
    assert_eq!(object.fields[0].description, "First.\n\nSecond.");
}

/// An arrow divides, whatever stands on its sides.
#[test]
fn keys_and_loaders() {
    for (field, key, loader) in [
        ("a: A = id -> all", "id", "all"),
        (
            "a: A = id -> load::<A, B>(Column::Id, |x| -> X { x })",
            "id",
            "load :: < A , B > (Column :: Id , | x | -> X { x })",
        ),
        (
            "a: A = |row| row.a - row.b -> all()",
            "row . a - row . b",
            "all ()",
        ),
        (
            "a: A = |row| map::<A, B>(row) -> all()",
            "map :: < A , B > (row)",
            "all ()",
        ),
    ] {
        let object = with_field(&format!("/// A.\n{field}, /// B.\n id: ID"));
        let object = object.expect("a declaration");
        assert_eq!(object.fields.len(), 2, "{field}");
        let Source::Loader {
            key: parsed,
            loader: expression,
        } = &object.fields[0].source
        else {
            panic!("{field} has a loader");
        };
        let parsed = match parsed {
            Getter::Column(column) => column.to_string(),
            Getter::Computed { value, .. } => value.to_token_stream().to_string(),
        };
        let loader = loader.replace(' ', "");
        assert_eq!(parsed, key, "{field}");
        assert_eq!(
            expression.to_token_stream().to_string().replace(' ', ""),
            loader,
            "{field}"
        );
    }
}

/// Computed columns end at their comma, and do not reach for the next field's arrow.
#[test]
fn computed_columns() {
    let object = with_field("/// A.\na: A = |row| f(row.a, 1), /// B.\n b: B = id -> all()");
    let object = object.expect("a declaration");
    assert!(matches!(
        object.fields[0].source,
        Source::Row(Getter::Computed { .. })
    ));
    assert!(matches!(object.fields[1].source, Source::Loader { .. }));
}

#[test]
fn what_is_written_is_rust() {
    let object = object(
        "#[description = describe::<T>()]\n\
         pub(crate) object Page<T: Table>(Selection<T>) named name::<T>() implements A & b::C where T: Copy { \
         /// A.\n #[guard(Role::Admin.or(Owner))] #[deprecated] nodes(Page): Vec<T> = |row| row.key() -> page(), \
         /// B.\n #[batched] count: i64 = id -> count() }",
    );
    let code = expand::object(&object.expect("a declaration"));
    syn::parse2::<syn::File>(code).expect("Rust");
}
