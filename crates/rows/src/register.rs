//! Entries of the schema.

use async_graphql::registry::{MetaType, MetaTypeId, ObjectBuilder, Registry};

use crate::{Interface, Item, Object, One};

/// Enters an object and its interfaces; the object's non-null type.
pub(crate) fn object<T: Object>(registry: &mut Registry) -> String {
    let name = T::name();
    let known = registry.types.contains_key(&*name);
    let ty = registry.create_output_type::<One<T>, _>(MetaTypeId::Object, |registry| {
        let fields = T::FIELDS.iter();
        let fields =
            fields.map(|field| (field.about.name.to_owned(), field.about.describe(registry)));
        ObjectBuilder::new(T::name(), fields.collect())
            .description(T::description())
            .rust_typename(std::any::type_name::<One<T>>())
            .build()
    });
    if !known {
        for membership in T::INTERFACES {
            membership.enter(registry, &name);
        }
    }
    ty
}

/// Enters an interface and all its objects; the interface's non-null type.
pub(crate) fn interface<I: Interface>(registry: &mut Registry) -> String {
    let known = registry.types.contains_key(&*I::name());
    let ty = registry.create_output_type::<Item<I>, _>(MetaTypeId::Interface, describe::<I>);
    if !known {
        for member in I::MEMBERS {
            member.enter(registry);
        }
    }
    ty
}

fn describe<I: Interface>(registry: &mut Registry) -> MetaType {
    let fields = I::FIELDS.iter().map(|field| field.describe(registry));
    MetaType::Interface {
        name: I::name().into_owned(),
        description: I::description(),
        fields: fields.map(|field| (field.name.clone(), field)).collect(),
        possible_types: I::MEMBERS
            .iter()
            .map(|member| member.name().into_owned())
            .collect(),
        extends: false,
        inaccessible: false,
        tags: Vec::new(),
        keys: None,
        visible: None,
        rust_typename: Some(std::any::type_name::<Item<I>>()),
        directive_invocations: Vec::new(),
        requires_scopes: Vec::new(),
    }
}

/// Notes that an object implements an interface, on both sides.
pub(crate) fn implementation(registry: &mut Registry, object: &str, interface: &str) {
    registry.add_implements(object, interface);
    if let Some(MetaType::Interface { possible_types, .. }) = registry.types.get_mut(interface) {
        possible_types.insert(object.to_owned());
    }
}
