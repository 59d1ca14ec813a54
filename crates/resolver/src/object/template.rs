//! Templates.

use entity::{
    id::TemplateId,
    oltp::{campaign_sequence_step, folder, tag, template, template_folder, template_tag},
};

use super::{
    campaign_sequence_step::{CampaignSequenceStep, CampaignSequenceStepListFilter},
    folder::{Folder, FolderListFilter},
    prelude::*,
    tag::{Tag, TagListFilter},
};

rows::object! {
    /// An email to be filled in and sent.
    pub object Template(template::Model) implements Node {
        /// The id.
        id: GlobalId,
        /// Name as shown.
        name: String,
        /// Subject line, with placeholders.
        subject: Option<String>,
        /// Body, with placeholders.
        content: Option<String>,
        /// Whether a campaign has begun to use it.
        is_started: bool,
        /// When it was made.
        created: DateTime<Utc>,
        /// When it last changed.
        updated: DateTime<Utc>,
        /// The folders it is in.
        folders(ConnectionArguments<Folder>): Connection<Folder>
            = id -> through(template_folder::Column::TemplateId, template_folder::Column::FolderId),
        /// The tags on it.
        tags(ConnectionArguments<Tag>): Connection<Tag>
            = id -> through(template_tag::Column::TemplateId, template_tag::Column::TagId),
        /// The steps that send it.
        steps(ConnectionArguments<CampaignSequenceStep>): Connection<CampaignSequenceStep>
            = id -> children(campaign_sequence_step::Column::TemplateId),
    }
}

table! { Template of template by TemplateId, filtered TemplateFilter, ordered TemplateOrder }

filter! {
    /// Which templates to show.
    TemplateFilter / TemplateListFilter on template {
        columns {
            /// The id.
            id: Ids<TemplateId> => Id,
            /// Name as shown.
            name: TextFilter => Name,
            /// Subject line, with placeholders.
            subject: TextFilter => Subject,
            /// Whether a campaign has begun to use it.
            is_started: BooleanFilter => IsStarted,
            /// When it was made.
            created: DateTimeFilter => Created,
            /// When it last changed.
            updated: DateTimeFilter => Updated,
        }
        many {
            /// The steps that send it.
            steps: CampaignSequenceStepListFilter => Id, campaign_sequence_step::Column::TemplateId;
        }
        through {
            /// The folders it is in.
            folders: FolderListFilter => Id, template_folder::Column::TemplateId, template_folder::Column::FolderId, folder::Column::Id;
            /// The tags on it.
            tags: TagListFilter => Id, template_tag::Column::TemplateId, template_tag::Column::TagId, tag::Column::Id;
        }
    }
}

order! {
    /// How templates are ordered.
    TemplateOrder by TemplateOrderField on template {
        /// When it was made.
        Created,
        /// Name as shown.
        Name,
    }
}

aggregates! {
    Template of template {
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
            /// Whether a campaign has begun to use it.
            is_started: bool => IsStarted,
        }
    }
}
