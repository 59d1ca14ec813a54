//! Templates, and how they are sorted.

use crate::{
    argument::{ConnectionArguments, IdArgument},
    audience::root,
    connection::Connection,
    loader::{all, find},
    object::{folder::Folder, tag::Tag, template::Template},
};

root! {
    /// What can be asked.
    pub object Templates(()) {
        /// A template by its id.
        template(IdArgument<Template>): Option<Template> = |_row| Some(()) -> find::<Template>(),
        /// The tenant's templates.
        templates(ConnectionArguments<Template>): Connection<Template> = |_row| Some(()) -> all::<Template>(),
        /// A folder of templates by its id.
        folder(IdArgument<Folder>): Option<Folder> = |_row| Some(()) -> find::<Folder>(),
        /// The tenant's folders of templates.
        folders(ConnectionArguments<Folder>): Connection<Folder> = |_row| Some(()) -> all::<Folder>(),
        /// A tag on templates by its id.
        tag(IdArgument<Tag>): Option<Tag> = |_row| Some(()) -> find::<Tag>(),
        /// The tenant's tags on templates.
        tags(ConnectionArguments<Tag>): Connection<Tag> = |_row| Some(()) -> all::<Tag>(),
    }
}
