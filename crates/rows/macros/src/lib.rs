//! stub
use proc_macro::TokenStream;
#[proc_macro]
pub fn object(i: TokenStream)->TokenStream{i}
#[proc_macro]
pub fn interface(i: TokenStream)->TokenStream{i}
