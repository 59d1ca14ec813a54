//! What is attached to messages.

use async_graphql::{Context, Result};
use entity::{
    content::{attachment, email_message},
    id::AttachmentId,
};

use super::{email_message::EmailMessage, prelude::*};
use crate::{download, loader::by_text, session::Session};

rows::object! {
    /// A file that is attached to a message. Its bytes are never part of an answer.
    pub object Attachment(attachment::Model) implements Node {
        /// The id.
        id: GlobalId,
        /// Its name, as the sender gave it.
        filename: String,
        /// Its media type, as the sender gave it.
        mime_type: String,
        /// What the HTML of the message names it by, without the brackets.
        content_id: Option<String>,
        /// Bytes of it.
        size_bytes: BigInt,
        /// Whether it is part of the text or beside it.
        #[name = "disposition"]
        storage_disposition: AttachmentDisposition,
        /// When it was made.
        created: DateTime<Utc>,
        /// When it last changed.
        updated: DateTime<Utc>,
        /// Where its bytes are: a path on this server, for whoever has it, in the next five minutes and as long as who asked is a
        /// member of the tenant. Null for staff of the platform.
        #[batched]
        download_url: Option<String> = id -> DownloadUrl,
        /// The message that it is attached to.
        message: EmailMessage
            = parent_storage_key -> by_text::<EmailMessage>(email_message::Column::StorageKey),
    }
}

/// Links to the bytes.
struct DownloadUrl;

impl rows::Load<AttachmentId> for DownloadUrl {
    type Value = Option<String>;

    async fn load(
        self,
        ctx: &Context<'_>,
        ids: Vec<AttachmentId>,
        (): (),
    ) -> Result<Vec<Self::Value>> {
        let session = Session::of(ctx);
        let (identity, now) = (session.context().identity(), Utc::now());
        let path = |id| download::path(session.links()?, identity, id, now);
        Ok(ids.into_iter().map(path).collect())
    }
}

table! {
    Attachment of attachment by AttachmentId,
    filtered AttachmentFilter, ordered AttachmentOrder, in Content, without Content
}

enumeration! {
    /// Whether an attachment is part of the text or beside it.
    AttachmentDisposition / AttachmentDispositionFilter of attachment::AttachmentDisposition {
        /// Shown within the text.
        Inline,
        /// Beside it.
        Attachment,
    }
}

filter! {
    /// Which attachments to show.
    AttachmentFilter on attachment {
        columns {
            /// The id.
            id: Ids<AttachmentId> => Id,
            /// Its name, as the sender gave it.
            filename: TextFilter => Filename,
            /// Its media type, as the sender gave it.
            mime_type: TextFilter => MimeType,
            /// Bytes of it.
            size_bytes: BigIntFilter => SizeBytes,
            /// Whether it is part of the text or beside it.
            disposition: AttachmentDispositionFilter => StorageDisposition,
            /// When it was made.
            created: DateTimeFilter => Created,
            /// When it last changed.
            updated: DateTimeFilter => Updated,
        }
    }
}

order! {
    /// How attachments are ordered.
    AttachmentOrder by AttachmentOrderField on attachment {
        /// When it was made.
        Created,
    }
}

aggregates! {
    Attachment of attachment {
        numbers {
            /// Bytes of it.
            size_bytes: BigInt => SizeBytes,
        }
        times {
            /// When it was made.
            created => Created,
        }
        values {
            /// Its media type, as the sender gave it.
            mime_type: String => MimeType,
        }
    }
}
