//! `->` between a key and its loader.
//!
//! syn reads `key -> loader` as a subtraction, because its minus is happy with half an arrow. It
//! stops before `=>`, so the arrows of a declaration become fat ones before anything is parsed.

use proc_macro2::{Punct, Spacing, TokenStream, TokenTree};
use syn::{Error, Result};

/// The tokens with every `->` as `=>`; those inside brackets are left alone.
pub(crate) fn fatten(tokens: TokenStream) -> Result<TokenStream> {
    let mut previous: Option<Punct> = None;
    let mut fattened = Vec::new();
    for token in tokens {
        if let (Some(before), TokenTree::Punct(punct)) = (&previous, &token)
            && before.spacing() == Spacing::Joint
            && punct.as_char() == '>'
        {
            match before.as_char() {
                '-' => {
                    let mut equals = Punct::new('=', Spacing::Joint);
                    equals.set_span(before.span());
                    fattened.pop();
                    fattened.push(TokenTree::Punct(equals));
                }
                '=' => return Err(Error::new(before.span(), "write `->` before the loader")),
                _ => {}
            }
        }
        previous = match &token {
            TokenTree::Punct(punct) => Some(punct.clone()),
            _ => None,
        };
        fattened.push(token);
    }
    Ok(fattened.into_iter().collect())
}
