//! Bodies, compressed, and what is searched of them.

use mail::body::{compress, content_hash};

use super::{letter, messages};
use crate::{calendar::DAY, row::Row, table::Table, tenant::Tenant};

const NAME: &str = "email_content";

/// Bodies of a tenant, at most: a multiple of [`letter::GROUP`], so that those who share one are of a kind.
const MOST: u64 = 24 * letter::GROUP;
/// How long they are kept.
const RETENTION_DAYS: i32 = 2555;

pub(crate) const EMAIL_CONTENT: Table = Table {
    name: NAME,
    columns: &[
        "id",
        "tenant_id",
        "storage_key",
        "content_text",
        "content_html",
        "raw_size_bytes",
        "compressed_size_bytes",
        "compression_algorithm",
        "content_hash",
        "retention_days",
        "expires",
        "created",
        "updated",
    ],
    count,
    write,
};

/// A temporary table, see `mailbox`.
pub(crate) const SEARCHED: Table = Table {
    name: "searched_bodies",
    columns: &["tenant_id", "content_key", "body"],
    count,
    write: |tenant, number, row| {
        row.uuid(tenant.id)
            .text(&name(tenant, number))
            .text(&letter::text(tenant, number));
    },
};

fn count(tenant: &Tenant) -> u64 {
    super::messages(tenant).min(MOST)
}

/// What the body of message `index` is named by, and its bytes.
pub(super) fn of(tenant: &Tenant, index: u64) -> (String, i64) {
    let number = index % MOST;
    let text = letter::text(tenant, number);
    let html = letter::html(&text, number).map_or(0, |html| html.len());
    (name(tenant, number), (text.len() + html) as i64)
}

fn name(tenant: &Tenant, number: u64) -> String {
    format!("body/{}", tenant.key("bodies", number).simple())
}

fn write(tenant: &Tenant, number: u64, row: &mut Row<'_>) {
    let text = letter::text(tenant, number);
    let html = letter::html(&text, number);
    let body = compress(Some(&text), html.as_deref());
    // The first message that has it.
    let made = messages::made(tenant, number);
    row.uuid(tenant.key(NAME, number))
        .uuid(tenant.id)
        .text(&name(tenant, number))
        .maybe(body.text.as_deref(), Row::bytes)
        .maybe(body.html.as_deref(), Row::bytes)
        .big(body.raw_size as i64)
        .big(body.size() as i64)
        .text(body.algorithm.as_str())
        .text(&content_hash(Some(&text), html.as_deref()))
        .int(RETENTION_DAYS)
        .time(made + i64::from(RETENTION_DAYS) * DAY)
        .times(made, made);
}
