//! The bytes of attachments, which are never part of an answer: a link is, for who asked and for a few minutes.
//!
//! Who follows it is asked nothing but the link. What it shows is read in the tenant's context, as the user in it: whether
//! that is a member still is asked of the database once more, for each piece that is read.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    content::attachment,
    id::{AttachmentId, TypedId},
};
use mail::link::{Keys, Link};
use sea_orm::{
    ColumnTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Expr, Func},
};
use tenant::{Identity, TenantContext, Tier};

/// How long a link is good.
pub const GOOD_FOR: TimeDelta = TimeDelta::minutes(5);

/// What is known of a file before it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name, as the sender gave it.
    pub name: String,
    /// Its media type, as the sender gave it.
    pub mime_type: String,
    /// Bytes of it.
    pub size: u64,
}

/// The path of a link to an attachment; `None` for who is no user of a tenant.
pub(crate) fn path(
    keys: &Keys,
    identity: &Identity,
    attachment: AttachmentId,
    now: DateTime<Utc>,
) -> Option<String> {
    let (Identity::Member { .. } | Identity::Key(_)) = identity else {
        return None;
    };
    let link = Link::Download {
        tenant: identity.tenant()?.into(),
        user: identity.user().into(),
        attachment: attachment.into_raw(),
    };
    Some(format!(
        "/attachments/{}",
        keys.sign(&link, Some(now + GOOD_FOR))
    ))
}

/// What is known of the file; `None` if there is no such attachment that can be seen.
///
/// # Errors
/// As of any statement.
pub async fn file(context: &TenantContext, id: AttachmentId) -> Result<Option<File>, DbErr> {
    use attachment::Column::{Filename, MimeType, SizeBytes};
    let select = attachment::Entity::find()
        .select_only()
        .columns([Filename, MimeType, SizeBytes])
        .filter(attachment::Column::Id.eq(id))
        .into_query();
    let rows = context.on(Tier::Content).rows(&select).await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    Ok(Some(File {
        name: row.named("filename")?,
        mime_type: row.named("mime_type")?,
        size: row.named::<i64>("size_bytes")?.unsigned_abs(),
    }))
}

/// So many bytes of the file from a place, which the database reads without those before; `None` if it is gone.
///
/// # Errors
/// As of any statement.
pub async fn piece(
    context: &TenantContext,
    id: AttachmentId,
    from: u64,
    length: u32,
) -> Result<Option<Vec<u8>>, DbErr> {
    let from = i32::try_from(from.saturating_add(1)).unwrap_or(i32::MAX);
    let length = i32::try_from(length).unwrap_or(i32::MAX);
    let content = Expr::col(attachment::Column::Content.as_column_ref());
    let cut = Func::cust("substr").arg(content).arg(from).arg(length);
    let select = attachment::Entity::find()
        .select_only()
        .expr_as(Expr::expr(cut), "piece")
        .filter(attachment::Column::Id.eq(id))
        .into_query();
    let rows = context.on(Tier::Content).rows(&select).await?;
    rows.first().map(|row| row.named("piece")).transpose()
}
