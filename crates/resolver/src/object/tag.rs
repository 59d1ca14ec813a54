//! Tags on templates.

use entity::{
    id::TagId,
    oltp::{tag, template, template_tag},
};

use super::{
    prelude::*,
    template::{Template, TemplateListFilter},
};

rows::object! {
    /// A tag on templates.
    pub object Tag(tag::Model) implements Node {
        /// The id.
        id: GlobalId,
        /// Name as shown.
        name: String,
        /// What the tag stands for in text.
        value: String,
        /// What it is for.
        description: Option<String>,
        /// Whether new templates get it.
        is_default: bool,
        /// When it was made.
        created: DateTime<Utc>,
        /// When it last changed.
        updated: DateTime<Utc>,
        /// The templates that have it.
        templates(ConnectionArguments<Template>): Connection<Template>
            = id -> through(template_tag::Column::TagId, template_tag::Column::TemplateId),
    }
}

table! { Tag of tag by TagId, filtered TagFilter, ordered TagOrder }

filter! {
    /// Which tags to show.
    TagFilter / TagListFilter on tag {
        columns {
            /// The id.
            id: Ids<TagId> => Id,
            /// Name as shown.
            name: TextFilter => Name,
            /// What the tag stands for in text.
            value: TextFilter => Value,
            /// Whether new templates get it.
            is_default: BooleanFilter => IsDefault,
            /// When it was made.
            created: DateTimeFilter => Created,
            /// When it last changed.
            updated: DateTimeFilter => Updated,
        }
        through {
            /// The templates that have it.
            templates: TemplateListFilter => Id, template_tag::Column::TagId, template_tag::Column::TemplateId, template::Column::Id;
        }
    }
}

order! {
    /// How tags are ordered.
    TagOrder by TagOrderField on tag {
        /// When it was made.
        Created,
        /// Name as shown.
        Name,
    }
}

aggregates! {
    Tag of tag {
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
        values {
            /// Whether new templates get it.
            is_default: bool => IsDefault,
        }
    }
}
