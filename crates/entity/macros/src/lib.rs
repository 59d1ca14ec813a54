//! The derive macro of `entity`, which re-exports it; nothing else depends on this crate.

use proc_macro::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Error, Fields, parse_macro_input};

/// Reads a struct from a row whose columns stand in the order of the struct's fields, as a statement of
/// SeaORM's finders selects them; or those of them that were selected.
#[proc_macro_derive(FromColumns)]
pub fn from_columns(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    let Data::Struct(data) = &input.data else {
        let message = "only a struct is read from a row";
        return Error::new_spanned(&input.ident, message)
            .to_compile_error()
            .into();
    };
    let Fields::Named(fields) = &data.fields else {
        let message = "the fields of a row have the names of its columns";
        return Error::new_spanned(&input.ident, message)
            .to_compile_error()
            .into();
    };
    let ident = &input.ident;
    let names: Vec<_> = fields.named.iter().map(|field| &field.ident).collect();
    let indices = 0..names.len();
    quote! {
        impl ::entity::columns::FromColumns for #ident {
            const NAMES: &'static [&'static str] = &[#(stringify!(#names)),*];

            fn from_columns(
                row: &impl ::entity::columns::Columns,
                first: usize,
                selected: ::entity::columns::ColumnSet,
            ) -> ::std::result::Result<Self, ::entity::columns::BadColumn> {
                let mut columns = ::entity::columns::Reader::new(row, first, selected);
                ::std::result::Result::Ok(Self {
                    #(#names: columns.read(#indices)?,)*
                })
            }
        }
    }
    .into()
}
