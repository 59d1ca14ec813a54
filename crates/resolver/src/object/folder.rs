//! Folders of templates.

use entity::{
    id::FolderId,
    oltp::{folder, template, template_folder},
};

use super::{
    prelude::*,
    template::{Template, TemplateListFilter},
};

rows::object! {
    /// A folder that templates are kept in.
    pub object Folder(folder::Model) implements Node {
        /// The id.
        id: GlobalId,
        /// Name as shown.
        name: String,
        /// When it was made.
        created: DateTime<Utc>,
        /// When it last changed.
        updated: DateTime<Utc>,
        /// The templates in it.
        templates(ConnectionArguments<Template>): Connection<Template>
            = id -> through(template_folder::Column::FolderId, template_folder::Column::TemplateId),
    }
}

table! { Folder of folder by FolderId, filtered FolderFilter, ordered FolderOrder }

filter! {
    /// Which folders to show.
    FolderFilter / FolderListFilter on folder {
        columns {
            /// The id.
            id: Ids<FolderId> => Id,
            /// Name as shown.
            name: TextFilter => Name,
            /// When it was made.
            created: DateTimeFilter => Created,
            /// When it last changed.
            updated: DateTimeFilter => Updated,
        }
        through {
            /// The templates in it.
            templates: TemplateListFilter => Id, template_folder::Column::FolderId, template_folder::Column::TemplateId, template::Column::Id;
        }
    }
}

order! {
    /// How folders are ordered.
    FolderOrder by FolderOrderField on folder {
        /// When it was made.
        Created,
        /// Name as shown.
        Name,
    }
}

aggregates! {
    Folder of folder {
        texts {
            /// Name as shown.
            name => Name,
        }
        times {
            /// When it was made.
            created => Created,
            /// When it last changed.
            updated => Updated,
        }
    }
}
