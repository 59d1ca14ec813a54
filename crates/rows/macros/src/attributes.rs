//! What stands above an object, a field or an interface.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{Attribute, Error, Expr, ExprLit, Lit, LitStr, Meta, Result, parse::ParseStream};

/// The attributes of one item; which of them it takes is checked by [`Attributes::parse`].
#[derive(Default)]
pub(crate) struct Attributes {
    docs: Vec<String>,
    description: Option<Expr>,
    pub(crate) batched: Option<Span>,
    pub(crate) cost: Option<Expr>,
    pub(crate) deprecated: Option<Option<LitStr>>,
    pub(crate) guard: Option<Expr>,
    pub(crate) list_size: Option<Expr>,
    pub(crate) name: Option<LitStr>,
}

impl Attributes {
    /// Parses the attributes in front of an item that takes those named in `allowed`, and docs.
    pub(crate) fn parse(input: ParseStream<'_>, allowed: &[&str]) -> Result<Self> {
        let mut attributes = Self::default();
        for attribute in input.call(Attribute::parse_outer)? {
            attributes.add(&attribute, allowed)?;
        }
        Ok(attributes)
    }

    /// The description as an expression of type `&'static str`, or the error that there is none.
    pub(crate) fn docs(&self, what: &dyn ToTokens, name: &str) -> Result<String> {
        let text = self.docs.join("\n").trim().to_owned();
        if text.is_empty() {
            let message = format!("describe `{name}` with `///`: it is shown in the schema");
            return Err(Error::new_spanned(what, message));
        }
        Ok(text)
    }

    /// The description of an object as an expression that becomes a `String`.
    pub(crate) fn description(&self, what: &dyn ToTokens, name: &str) -> Result<TokenStream> {
        match &self.description {
            Some(given) => Ok(given.to_token_stream()),
            None => {
                let docs = self.docs(what, name)?;
                Ok(quote!(#docs))
            }
        }
    }

    fn add(&mut self, attribute: &Attribute, allowed: &[&str]) -> Result<()> {
        let name = attribute.path().to_token_stream().to_string();
        if name == "doc" {
            self.docs
                .push(text(&attribute.meta, "///")?.value().trim().to_owned());
            return Ok(());
        }
        if !allowed.contains(&name.as_str()) {
            let message = format!(
                "unknown attribute `{name}`; there are: {}",
                allowed.join(", ")
            );
            return Err(Error::new_spanned(attribute.path(), message));
        }
        let meta = &attribute.meta;
        match name.as_str() {
            "batched" => {
                meta.require_path_only()?;
                self.batched = Some(attribute.pound_token.span);
            }
            "deprecated" if matches!(meta, Meta::Path(_)) => self.deprecated = Some(None),
            "deprecated" => {
                self.deprecated = Some(Some(text(meta, "#[deprecated = \"reason\"]")?));
            }
            "cost" => self.cost = Some(meta.require_name_value()?.value.clone()),
            "list_size" => self.list_size = Some(meta.require_name_value()?.value.clone()),
            "description" => self.description = Some(meta.require_name_value()?.value.clone()),
            "guard" => {
                let usage = |_| Error::new_spanned(meta, "write `#[guard(expression)]`");
                self.guard = Some(meta.require_list().map_err(usage)?.parse_args()?);
            }
            _ => self.name = Some(text(meta, "#[name = \"graphqlName\"]")?),
        }
        Ok(())
    }
}

/// The text of `#[name = "text"]`.
fn text(meta: &Meta, usage: &str) -> Result<LitStr> {
    if let Meta::NameValue(pair) = meta
        && let Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) = &pair.value
    {
        return Ok(text.clone());
    }
    Err(Error::new_spanned(meta, format!("write `{usage}`")))
}
