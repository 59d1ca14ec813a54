//! An interface: `pub interface Name = Object | Object { fields }`.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::{
    Error, Path, Result, Token, Type, Visibility, braced,
    ext::IdentExt,
    parse::{Parse, ParseStream},
    punctuated::Punctuated,
    spanned::Spanned,
};

use crate::{attributes::Attributes, name};

mod keyword {
    syn::custom_keyword!(interface);
}

/// One declared interface.
pub(crate) struct Interface {
    description: TokenStream,
    visibility: Visibility,
    ident: Ident,
    members: Vec<Path>,
    fields: Vec<Field>,
}

struct Field {
    name: String,
    description: String,
    ty: Type,
}

/// Parses the input of `interface!`.
pub(crate) fn interface(input: ParseStream<'_>) -> Result<Interface> {
    let attributes = Attributes::parse(input, &["description"])?;
    let visibility = input.parse()?;
    input.parse::<keyword::interface>()?;
    let ident: Ident = input.parse()?;
    let description = attributes.description(&ident, &ident.to_string())?;
    let members = members(input, &ident)?;
    let content;
    braced!(content in input);
    let fields = Punctuated::<Field, Token![,]>::parse_terminated(&content)?;
    if fields.is_empty() {
        return Err(Error::new_spanned(
            ident,
            "a GraphQL interface has at least one field",
        ));
    }
    let fields = fields.into_iter().collect();
    Ok(Interface {
        description,
        visibility,
        ident,
        members,
        fields,
    })
}

fn members(input: ParseStream<'_>, interface: &Ident) -> Result<Vec<Path>> {
    if !input.peek(Token![=]) {
        let message = format!("name its objects: `interface {interface} = Object | Object`");
        return Err(input.error(message));
    }
    input.parse::<Token![=]>()?;
    let members =
        Punctuated::<Path, Token![|]>::parse_separated_nonempty_with(input, Path::parse_mod_style)?;
    Ok(members.into_iter().collect())
}

impl Parse for Field {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let attributes = Attributes::parse(input, &["name"])?;
        let ident = Ident::parse_any(input)?;
        let description = attributes.docs(&ident, &ident.unraw().to_string())?;
        let name = name::of_field(&ident, attributes.name.as_ref())?;
        input.parse::<Token![:]>()?;
        Ok(Self {
            name,
            description,
            ty: input.parse()?,
        })
    }
}

impl Interface {
    /// The marker type and its implementation of `rows::Interface`.
    pub(crate) fn expand(&self) -> TokenStream {
        let Self {
            description,
            visibility,
            ident,
            members,
            ..
        } = self;
        let name = ident.unraw().to_string();
        let doc = format!("The GraphQL interface `{name}`.");
        let fields = self.fields.iter().map(Field::expand);
        quote! {
            #[doc = #doc]
            #visibility enum #ident {}

            impl ::rows::Interface for #ident {
                const FIELDS: &'static [::rows::InterfaceField] = &[#(#fields),*];

                const MEMBERS: &'static [::rows::Member<Self>] =
                    &[#(::rows::Member::of::<#members>()),*];

                fn name() -> ::std::borrow::Cow<'static, str> {
                    ::std::convert::From::from(#name)
                }

                fn description() -> ::std::option::Option<::std::string::String> {
                    ::std::option::Option::Some(::std::convert::From::from(#description))
                }
            }
        }
    }
}

impl Field {
    fn expand(&self) -> TokenStream {
        let Self {
            name,
            description,
            ty,
        } = self;
        quote_spanned!(ty.span()=> ::rows::InterfaceField::new::<#ty>(#name, #description))
    }
}
