//! Bodies that others refer to: a reply says again what it answers.
//!
//! A base may refer to another one, as replies to replies do, but not without end, so that a body is read by one statement
//! and with bounded memory: at the end of a chain one refers to what its parent refers to. No base is kept for the sake of
//! others: see `removal`. So chains only become shorter.

use entity::content::email_content::{BASE_COLUMNS, BASES};
use mail::body::{Bases, Compressed, Error, LARGEST_BASE};
use sea_orm::DbErr;
use tenant::{InTier, Row};

use crate::rows::{query, size};

/// A body that another may refer to.
pub struct Base {
    pub(super) key: String,
    pub(super) text: String,
    hash: String,
}

/// The base for what answers the message with this key; none where there is no plain text that can be read, or it is
/// too large.
///
/// # Errors
/// As for any statement.
pub async fn base_of(content: InTier<'_>, answered: &str) -> Result<Option<Base>, DbErr> {
    let [texts, algorithms, sizes] = BASE_COLUMNS;
    let sql = format!(
        "SELECT body.content_text, NULL::bytea, body.compression_algorithm, body.raw_size_bytes, {texts}, {algorithms}, {sizes}, \
             body.storage_key, body.content_hash, base1.storage_key, base1.content_hash \
         FROM email_messages m JOIN email_content body ON body.tenant_id = m.tenant_id AND body.storage_key = m.content_key \
         {BASES} WHERE m.storage_key = $1 AND body.raw_size_bytes <= $2"
    );
    let rows = query(content, &sql, [answered.into(), size(LARGEST_BASE)]).await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let Ok((body, bases)) = stored(row, 0)? else {
        return Ok(None);
    };
    let (place, text) = match bases.text() {
        Ok(base) if bases.has_room() => (7, body.read_text(base.as_deref())),
        base => (9, base),
    };
    Ok(match text {
        Ok(Some(text)) => Some(Base {
            key: row.at(place)?,
            hash: row.at(place + 1)?,
            text,
        }),
        _ => None,
    })
}

/// A body, and what it refers to, of seven columns from `first` on: its texts, algorithm and size, and [`BASE_COLUMNS`].
pub(super) fn stored(row: &Row, first: usize) -> Result<Result<(Compressed, Bases), Error>, DbErr> {
    let (text, html, raw_size) = (row.at(first)?, row.at(first + 1)?, row.at(first + 3)?);
    let algorithm: Option<&str> = row.at(first + 2)?;
    let bases = (row.at(first + 4)?, row.at(first + 5)?, row.at(first + 6)?);
    Ok(Compressed::stored(text, html, algorithm, raw_size)
        .and_then(|body| Ok((body, Bases::stored(bases.0, bases.1, bases.2)?))))
}

/// Whether it is there still, so that it may be referred to; then it stays until the transaction ends.
pub(super) async fn holds(content: InTier<'_>, base: &Base) -> Result<bool, DbErr> {
    // A key may be that of another body by now, which refers to more.
    let sql = format!(
        "SELECT 1 FROM email_content body {BASES} \
         WHERE body.storage_key = $1 AND body.content_hash = $2 AND base3.id IS NULL FOR KEY SHARE OF body"
    );
    let values = [base.key.as_str().into(), base.hash.as_str().into()];
    Ok(!query(content, &sql, values).await?.is_empty())
}
