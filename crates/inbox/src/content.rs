//! Bodies in the content tier.

mod base;
mod removal;

use entity::id::{EmailContentId, EmailMessageId, TenantId, TypedId};
use mail::body::{self, Compressed};
use sea_orm::DbErr;
use tenant::InTier;

pub use base::{Base, base_of};
pub(crate) use removal::remove;

use crate::rows::{query, size};

/// How long mail is kept where a tenant says nothing, in days: the seven years of the platform's design.
pub(crate) const RETENTION_DAYS: i32 = 2555;

/// A text that is to be kept, compressed. To compress takes its time.
pub struct Body {
    compressed: Compressed,
    /// A base, and the body as it refers to that, where it is smaller so.
    based: Option<(Base, Compressed)>,
    hash: String,
}

impl Body {
    /// Of the plain text and the HTML of a message.
    #[must_use]
    pub fn new(text: Option<&str>, html: Option<&str>) -> Self {
        Self {
            compressed: body::compress(text, html),
            based: None,
            hash: body::content_hash(text, html),
        }
    }

    /// The same, which says again what `base` says.
    #[must_use]
    pub fn after(self, base: Base, text: Option<&str>, html: Option<&str>) -> Self {
        let based = body::compress_after(&base.text, text, html, &self.compressed);
        Self {
            based: based.map(|body| (base, body)),
            ..self
        }
    }
}

/// What other rows name a message by, and a body that came with it.
#[must_use]
pub fn storage_key(message: EmailMessageId) -> String {
    format!("mail/{}", message.into_raw())
}

/// Keeps a body, or finds the same one that is kept already, whose time then begins anew; answers with its key. What the
/// tenant says of how long is in force with the next maintenance.
///
/// The tenant's own only: whether another has the same can not be seen.
///
/// # Errors
/// As for any statement.
pub async fn keep_body(
    content: InTier<'_>,
    tenant: TenantId,
    storage_key: &str,
    body: &Body,
) -> Result<String, DbErr> {
    let (base_key, compressed) = match &body.based {
        // It may have gone since it was read.
        Some((base, based)) if base::holds(content, base).await? => {
            (Some(base.key.as_str()), based)
        }
        _ => (None, &body.compressed),
    };
    let sql = "INSERT INTO email_content (id, tenant_id, storage_key, content_text, content_html, raw_size_bytes, \
         compressed_size_bytes, compression_algorithm, content_hash, retention_days, base_key, expires) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, now() + make_interval(days => $10)) \
         ON CONFLICT (tenant_id, content_hash) DO UPDATE SET \
         expires = greatest(email_content.expires, now() + make_interval(days => email_content.retention_days)) \
         RETURNING storage_key";
    let values = [
        EmailContentId::new().into_value(),
        tenant.into_value(),
        storage_key.into(),
        compressed.text.clone().into(),
        compressed.html.clone().into(),
        size(compressed.raw_size),
        size(compressed.size()),
        compressed.algorithm.as_str().into(),
        body.hash.as_str().into(),
        RETENTION_DAYS.into(),
        base_key.into(),
    ];
    match query(content, sql, values).await?.first() {
        Some(row) => row.at(0),
        None => Err(DbErr::RecordNotInserted),
    }
}

/// Keeps what a message is found by: the words of its subject and of this text.
///
/// # Errors
/// As for any statement.
pub async fn keep_words(
    content: InTier<'_>,
    storage_key: &str,
    text: Option<&str>,
) -> Result<(), DbErr> {
    let sql = "INSERT INTO email_search (tenant_id, storage_key, content_key, message_created, document) \
         SELECT tenant_id, storage_key, content_key, created, search_document(tenant_id, subject, $2) \
         FROM email_messages WHERE storage_key = $1 \
         ON CONFLICT (tenant_id, storage_key) DO UPDATE SET content_key = excluded.content_key, document = excluded.document";
    query(content, sql, [storage_key.into(), text.into()]).await?;
    Ok(())
}
