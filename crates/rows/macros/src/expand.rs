//! The code of an object.
//!
//! Names the expansion makes up have the macro's own hygiene, so that expressions of the declaration
//! cannot meet them.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{ext::IdentExt, spanned::Spanned};

use crate::{
    declaration::Object,
    field::{Field, Getter, Source},
};

/// The marker type and its implementation of `rows::Object`.
pub(crate) fn object(object: &Object) -> TokenStream {
    let marker = marker(object);
    let (ident, row, description) = (&object.ident, &object.row, &object.description);
    let (generics, arguments, bounds) = object.generics.split_for_impl();
    let name = match &object.name {
        Some(name) => quote!(#name),
        None => {
            let name = ident.unraw().to_string();
            quote!(#name)
        }
    };
    let fields = object.fields.iter().map(field);
    let interfaces = &object.interfaces;
    let proofs = proofs(object);
    quote! {
        #marker

        impl #generics ::rows::Object for #ident #arguments #bounds {
            type Row = #row;

            const FIELDS: &'static [::rows::Field<Self>] = &[#(#fields),*];

            const INTERFACES: &'static [::rows::Membership] =
                &[#(::rows::Membership::of::<#interfaces>()),*];

            fn name() -> ::std::borrow::Cow<'static, str> {
                ::std::convert::From::from(#name)
            }

            fn description() -> ::std::option::Option<::std::string::String> {
                ::std::option::Option::Some(::std::convert::From::from(#description))
            }
        }

        #(impl #generics ::rows::Implements<#interfaces> for #ident #arguments #bounds {})*

        #(#proofs)*
    }
}

/// The type that stands for the object; it has no values.
fn marker(object: &Object) -> TokenStream {
    let (visibility, ident) = (&object.visibility, &object.ident);
    let doc = format!("The GraphQL object `{}`.", ident.unraw());
    if object.generics.params.is_empty() {
        return quote! {
            #[doc = #doc]
            #visibility enum #ident {}
        };
    }
    let (generics, bounds) = (&object.generics, &object.generics.where_clause);
    let types = object
        .generics
        .type_params()
        .map(|parameter| &parameter.ident);
    quote! {
        #[doc = #doc]
        #[allow(dead_code, reason = "the type is a marker")]
        #visibility struct #ident #generics (::std::marker::PhantomData<fn() -> (#(#types,)*)>)
        #bounds;
    }
}

/// That the object has the fields of its interfaces; unknown for a generic one until it is used.
fn proofs(object: &Object) -> Vec<TokenStream> {
    if !object.generics.params.is_empty() {
        return Vec::new();
    }
    let ident = &object.ident;
    let proof = |interface: &syn::Path| {
        quote_spanned! {interface.span()=>
            const _: () = <#ident as ::rows::Implements<#interface>>::COMPLETE;
        }
    };
    object.interfaces.iter().map(proof).collect()
}

fn field(field: &Field) -> TokenStream {
    let (name, description, ty) = (&field.name, &field.description, &field.ty);
    let (constructor, function) = match &field.source {
        Source::Row(getter) => (quote_spanned!(ty.span()=> column), column(field, getter)),
        Source::Loader { key, loader } => {
            let method = match field.attributes.batched {
                Some(_) => quote_spanned!(ty.span()=> batched),
                None => quote_spanned!(ty.span()=> relation),
            };
            let load = batch(field, &method, key, loader);
            (method, load)
        }
    };
    let arguments = field
        .arguments
        .iter()
        .map(|arguments| quote!(.arguments::<#arguments>()));
    let guard = field.attributes.guard.iter().map(guard);
    let deprecated = field
        .attributes
        .deprecated
        .iter()
        .map(|reason| match reason {
            Some(reason) => quote!(.deprecated(#reason)),
            None => quote!(.deprecated("")),
        });
    let cost = field.attributes.cost.iter();
    let list_size = field.attributes.list_size.iter();
    let constructor = quote_spanned!(ty.span()=> ::rows::Field::<Self>::#constructor::<#ty>);
    let (Source::Row(getter) | Source::Loader { key: getter, .. }) = &field.source;
    let reads = match getter {
        Getter::Column(column) => {
            let column = column.unraw().to_string();
            quote!(.reads(#column))
        }
        // An expression may read anything.
        Getter::Computed { .. } => TokenStream::new(),
    };
    quote! {
        #constructor(#name, #description, #function) #reads #(#arguments)* #(#guard)* #(#deprecated)* #(.cost(#cost))* #(.list_size(#list_size))*
    }
}

/// `|row, cell| cell.show::<Type, _>(&row.column)`.
fn column(field: &Field, getter: &Getter) -> TokenStream {
    let ty = &field.ty;
    let (row, value) = match getter {
        Getter::Column(column) => {
            let row = Ident::new("row", Span::mixed_site());
            let value = quote_spanned!(column.span()=> #row.#column);
            (row, value)
        }
        Getter::Computed { row, value } => (row.clone(), quote!((#value))),
    };
    let cell = Ident::new("cell", Span::mixed_site());
    quote_spanned!(ty.span()=> |#row, #cell| #cell.show::<#ty, _>(&#value))
}

/// `|level| level.relation::<Type, _, Arguments, _>(|row| key, loader)`.
fn batch(field: &Field, method: &TokenStream, key: &Getter, loader: &syn::Expr) -> TokenStream {
    let level = Ident::new("level", Span::mixed_site());
    let ty = &field.ty;
    let arguments = match &field.arguments {
        Some(arguments) => quote!(#arguments),
        None => quote!(()),
    };
    let key = self::key(key);
    quote_spanned! {loader.span()=>
        |#level| #level.#method::<#ty, _, #arguments, _>(#key, #loader)
    }
}

/// `|row| Option<Key>`, of a nullable value or one that is always there.
fn key(getter: &Getter) -> TokenStream {
    let (row, value, span) = match getter {
        Getter::Column(column) => {
            let row = Ident::new("row", Span::mixed_site());
            let value = quote_spanned!(column.span()=> ::std::clone::Clone::clone(&#row.#column));
            (row, value, column.span())
        }
        Getter::Computed { row, value } => (row.clone(), quote!(#value), value.span()),
    };
    quote_spanned! {span=>
        |#row| {
            #[allow(unused_imports, reason = "only used for a key that is always there")]
            use ::rows::expansion::Present as _;
            ::rows::expansion::Key(#value).into_option()
        }
    }
}

fn guard(guard: &syn::Expr) -> TokenStream {
    let ctx = Ident::new("ctx", Span::mixed_site());
    quote! {
        .guard(|#ctx| ::std::boxed::Box::pin(async move {
            ::rows::expansion::async_graphql::Guard::check(&(#guard), #ctx).await
        }))
    }
}
