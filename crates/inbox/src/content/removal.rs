//! Removing bodies. Those that refer to one are written anew first, so that they can be read without it.

use entity::content::email_content::{BASE_COLUMNS, BASES};
use mail::body::{self, Bases, Compressed};
use sea_orm::DbErr;
use tenant::{InTier, Row};
use uuid::Uuid;

use super::base::stored;
use crate::{
    Trouble,
    rows::{query, size, uuids},
};

/// Bodies that are written anew at once. None is larger than [`body::LARGEST_BASE`], nor is any that it refers to.
const PAGE: i32 = 20;

/// Removes bodies that this transaction has locked `FOR UPDATE`: nobody refers to one from then on.
pub(crate) async fn remove(content: InTier<'_>, ids: &[Uuid]) -> Result<(), Trouble> {
    loop {
        let page = referring(content, ids).await?;
        if page.is_empty() {
            break;
        }
        let alone = move || page.into_iter().map(Referring::alone).collect::<Vec<_>>();
        for (id, body) in tokio::task::spawn_blocking(alone).await? {
            write(content, id, body).await?;
        }
    }
    let sql = "DELETE FROM email_content WHERE id = ANY ($1)";
    query(content, sql, [uuids(ids.iter().copied())]).await?;
    Ok(())
}

/// A body, and what it refers to, as they are kept.
struct Referring {
    id: Uuid,
    body: Result<(Compressed, Bases), body::Error>,
}

/// Some of those that stay and refer to one of these.
async fn referring(content: InTier<'_>, ids: &[Uuid]) -> Result<Vec<Referring>, DbErr> {
    let [texts, algorithms, sizes] = BASE_COLUMNS;
    let sql = format!(
        "SELECT body.id, body.content_text, body.content_html, body.compression_algorithm, body.raw_size_bytes, \
             {texts}, {algorithms}, {sizes} \
         FROM email_content gone JOIN email_content body ON body.tenant_id = gone.tenant_id AND body.base_key = gone.storage_key \
         {BASES} WHERE gone.id = ANY ($1) AND body.id <> ALL ($1) ORDER BY body.id LIMIT $2 FOR NO KEY UPDATE OF body"
    );
    let values = [uuids(ids.iter().copied()), PAGE.into()];
    let rows = query(content, &sql, values).await?;
    let read = |row: &Row| {
        Ok(Referring {
            id: row.at(0)?,
            body: stored(row, 1)?,
        })
    };
    rows.iter().map(read).collect()
}

impl Referring {
    /// As it is without the others; none where it can not be read with them either.
    fn alone(self) -> (Uuid, Option<Compressed>) {
        let id = self.id;
        match self.read() {
            Ok([text, html]) => (id, Some(body::compress(text.as_deref(), html.as_deref()))),
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(%id, error, "a body can not be read");
                (id, None)
            }
        }
    }

    fn read(self) -> Result<[Option<String>; 2], body::Error> {
        let (body, bases) = self.body?;
        let base = bases.text()?;
        Ok([
            body.read_text(base.as_deref())?,
            body.read_html(base.as_deref())?,
        ])
    }
}

/// One that can not be read keeps nothing else from going.
async fn write(content: InTier<'_>, id: Uuid, body: Option<Compressed>) -> Result<(), DbErr> {
    let Some(body) = body else {
        let sql = "UPDATE email_content SET base_key = NULL WHERE id = $1";
        return query(content, sql, [id.into()]).await.map(drop);
    };
    let sql = "UPDATE email_content SET content_text = $2, content_html = $3, compression_algorithm = $4, \
         compressed_size_bytes = $5, base_key = NULL WHERE id = $1";
    let size = size(body.size());
    let values = [
        id.into(),
        body.text.into(),
        body.html.into(),
        body.algorithm.as_str().into(),
        size,
    ];
    query(content, sql, values).await.map(drop)
}
