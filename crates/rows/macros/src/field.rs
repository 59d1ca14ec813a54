//! A field of an object: `name(Arguments): Type = source`.

use proc_macro2::Ident;
use syn::{
    Error, Expr, Result, Token, Type,
    ext::IdentExt,
    parenthesized,
    parse::{Parse, ParseStream},
};

use crate::{attributes::Attributes, name};

const ATTRIBUTES: &[&str] = &[
    "batched",
    "cost",
    "deprecated",
    "guard",
    "list_size",
    "name",
];

/// One declared field.
pub(crate) struct Field {
    pub(crate) attributes: Attributes,
    pub(crate) description: String,
    pub(crate) ident: Ident,
    /// The GraphQL name.
    pub(crate) name: String,
    pub(crate) arguments: Option<Type>,
    pub(crate) ty: Type,
    pub(crate) source: Source,
}

/// Where the values come from.
pub(crate) enum Source {
    /// A column, or an expression of the row.
    Row(Getter),
    /// A loader, by a key of the row.
    Loader { key: Getter, loader: Expr },
}

/// Something read from a row.
pub(crate) enum Getter {
    Column(Ident),
    Computed { row: Ident, value: Expr },
}

impl Parse for Field {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let attributes = Attributes::parse(input, ATTRIBUTES)?;
        let ident = Ident::parse_any(input)?;
        let description = attributes.docs(&ident, &ident.unraw().to_string())?;
        let name = name::of_field(&ident, attributes.name.as_ref())?;
        let arguments = arguments(input)?;
        input.parse::<Token![:]>()?;
        let ty = input.parse()?;
        let source = source(input, &ident)?;
        let field = Self {
            attributes,
            description,
            ident,
            name,
            arguments,
            ty,
            source,
        };
        field.check()
    }
}

impl Field {
    /// What only makes sense where something is loaded.
    fn check(self) -> Result<Self> {
        if let Source::Row(_) = self.source {
            if let Some(arguments) = &self.arguments {
                let message =
                    "only a loader takes arguments: `field(Arguments): Type = key -> loader`";
                return Err(Error::new_spanned(arguments, message));
            }
            if let Some(span) = self.attributes.batched {
                let message = "a batched scalar needs a loader: `field: Type = key -> loader`";
                return Err(Error::new(span, message));
            }
        }
        Ok(self)
    }
}

fn arguments(input: ParseStream<'_>) -> Result<Option<Type>> {
    if !input.peek(syn::token::Paren) {
        return Ok(None);
    }
    let content;
    let parentheses = parenthesized!(content in input);
    if content.is_empty() {
        let message = "name the type of the arguments, or leave out the parentheses";
        return Err(Error::new(parentheses.span.join(), message));
    }
    let ty = content.parse()?;
    if content.is_empty() {
        return Ok(Some(ty));
    }
    Err(content.error("one type holds all arguments: a struct that implements `rows::Arguments`"))
}

fn source(input: ParseStream<'_>, field: &Ident) -> Result<Source> {
    if input.peek(Token![=>]) {
        return Err(input.error("name the key before the loader: `= column -> loader`"));
    }
    if !input.peek(Token![=]) {
        return Ok(Source::Row(Getter::Column(field.clone())));
    }
    input.parse::<Token![=]>()?;
    let getter = getter(input)?;
    // The arrow, see `crate::arrow`.
    if input.peek(Token![=>]) {
        input.parse::<Token![=>]>()?;
        return Ok(Source::Loader {
            key: getter,
            loader: input.parse()?,
        });
    }
    if let Getter::Column(column) = &getter {
        let message = format!(
            "write `{column} -> loader` for a relation, `|row| row.{column}` for a value of the row"
        );
        return Err(Error::new_spanned(column, message));
    }
    Ok(Source::Row(getter))
}

fn getter(input: ParseStream<'_>) -> Result<Getter> {
    if input.peek(Token![|]) {
        input.parse::<Token![|]>()?;
        let row = input.parse()?;
        input.parse::<Token![|]>()?;
        return Ok(Getter::Computed {
            row,
            value: input.parse()?,
        });
    }
    let ahead = input.fork();
    let is_column = Ident::parse_any(&ahead).is_ok()
        && (ahead.is_empty() || ahead.peek(Token![=>]) || ahead.peek(Token![,]));
    if is_column {
        return Ok(Getter::Column(Ident::parse_any(input)?));
    }
    Err(input.error("expected a key column (`column -> loader`) or `|row|` and an expression"))
}
