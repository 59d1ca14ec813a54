//! What is attached: an overview to each message that promises one, a logo in every other.

use super::{letter::GROUP, messages};
use crate::{row::Row, table::Table, tenant::Tenant};

const NAME: &str = "attachments";

/// The place of the message with the file among those that belong together.
const PLACE: u64 = 3;

/// A transparent PNG of one pixel.
const LOGO: &[u8] = &[
    0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0x00, 0x00, 0x00, 0x0D, 0x49, 0x48, 0x44, 0x52,
    0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x06, 0x00, 0x00, 0x00, 0x1F, 0x15, 0xC4,
    0x89, 0x00, 0x00, 0x00, 0x0A, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9C, 0x63, 0x00, 0x01, 0x00, 0x00,
    0x05, 0x00, 0x01, 0x0D, 0x0A, 0x2D, 0xB4, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4E, 0x44, 0xAE,
    0x42, 0x60, 0x82,
];

pub(crate) const ATTACHMENTS: Table = Table {
    name: NAME,
    columns: &[
        "id",
        "tenant_id",
        "parent_storage_key",
        "filename",
        "mime_type",
        "content_id",
        "size_bytes",
        "content",
        "storage_disposition",
        "created",
        "updated",
    ],
    count: |tenant| (super::messages(tenant) + GROUP - 1 - PLACE) / GROUP,
    write,
};

fn write(tenant: &Tenant, index: u64, row: &mut Row<'_>) {
    let message = index * GROUP + PLACE;
    let made = messages::made(tenant, message);
    let overview = format!(
        "plan,price\nsmall,{}\nlarge,{}\n",
        20 + index % 30,
        90 + index % 50
    );
    let (name, kind, content, disposition) = match index % 2 {
        0 => (
            "Overview.csv",
            "text/csv",
            overview.as_bytes(),
            "attachment",
        ),
        _ => ("logo.png", "image/png", LOGO, "inline"),
    };
    let content_id = (disposition == "inline").then(|| format!("logo@{}", tenant.domain));
    row.uuid(tenant.key(NAME, index))
        .uuid(tenant.id)
        .text(&messages::name(tenant, message))
        .text(name)
        .text(kind)
        .maybe(content_id, |row, id| row.text(&id))
        .big(content.len() as i64)
        .bytes(content)
        .text(disposition)
        .times(made, made);
}
