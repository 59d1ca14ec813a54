//! An object: `pub object Name<Generics>(Row) named … implements … where … { fields }`.

use proc_macro2::{Ident, TokenStream};
use syn::{
    Error, Expr, Generics, Path, Result, Token, Type, Visibility, braced, parenthesized,
    parse::{ParseStream, Parser},
    punctuated::Punctuated,
};

use crate::{arrow, attributes::Attributes, field::Field};

mod keyword {
    syn::custom_keyword!(object);
    syn::custom_keyword!(named);
    syn::custom_keyword!(implements);
}

/// One declared object.
pub(crate) struct Object {
    /// An expression that becomes a `String`.
    pub(crate) description: TokenStream,
    pub(crate) visibility: Visibility,
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    pub(crate) row: Type,
    /// An expression that becomes a `Cow<'static, str>`; the Rust name if there is none.
    pub(crate) name: Option<Expr>,
    pub(crate) interfaces: Vec<Path>,
    pub(crate) fields: Vec<Field>,
}

/// Parses the input of `object!`.
pub(crate) fn object(input: ParseStream<'_>) -> Result<Object> {
    let attributes = Attributes::parse(input, &["description"])?;
    let visibility = input.parse()?;
    input.parse::<keyword::object>()?;
    let ident: Ident = input.parse()?;
    let description = attributes.description(&ident, &ident.to_string())?;
    let mut generics: Generics = input.parse()?;
    let row = row(input, &ident)?;
    let name = name(input, &ident, &generics)?;
    let interfaces = interfaces(input)?;
    generics.where_clause = input.parse()?;
    let content;
    braced!(content in input);
    let fields = fields.parse2(arrow::fatten(content.parse()?)?)?;
    if fields.is_empty() {
        return Err(Error::new_spanned(
            ident,
            "a GraphQL object has at least one field",
        ));
    }
    Ok(Object {
        description,
        visibility,
        ident,
        generics,
        row,
        name,
        interfaces,
        fields,
    })
}

fn row(input: ParseStream<'_>, object: &Ident) -> Result<Type> {
    if !input.peek(syn::token::Paren) {
        let message = format!("name the type of the rows: `object {object}(RowType)`");
        return Err(input.error(message));
    }
    let content;
    parenthesized!(content in input);
    let row = content.parse()?;
    if content.is_empty() {
        Ok(row)
    } else {
        Err(content.error("one type is the row"))
    }
}

fn name(input: ParseStream<'_>, object: &Ident, generics: &Generics) -> Result<Option<Expr>> {
    if input.peek(keyword::named) {
        input.parse::<keyword::named>()?;
        return Ok(Some(input.call(Expr::parse_without_eager_brace)?));
    }
    if generics.type_params().next().is_some() {
        let message = format!(
            "a generic object has a name for each type: `named format!(\"{{}}{object}\", T::name())`"
        );
        return Err(Error::new_spanned(object, message));
    }
    Ok(None)
}

fn interfaces(input: ParseStream<'_>) -> Result<Vec<Path>> {
    if !input.peek(keyword::implements) {
        return Ok(Vec::new());
    }
    input.parse::<keyword::implements>()?;
    let interfaces =
        Punctuated::<Path, Token![&]>::parse_separated_nonempty_with(input, Path::parse_mod_style)?;
    Ok(interfaces.into_iter().collect())
}

fn fields(input: ParseStream<'_>) -> Result<Vec<Field>> {
    let fields: Vec<Field> = Punctuated::<Field, Token![,]>::parse_terminated(input)?
        .into_iter()
        .collect();
    for (index, field) in fields.iter().enumerate() {
        if fields[..index]
            .iter()
            .any(|before| before.name == field.name)
        {
            let message = format!("the object already has a field `{}`", field.name);
            return Err(Error::new_spanned(&field.ident, message));
        }
    }
    Ok(fields)
}
