//! Folders and tags, and the templates in them.

use super::{Table, templates};
use crate::{calendar::HOUR, row::Row, tenant::Tenant};

const FOLDER_NAMES: [&str; 4] = ["Cold outreach", "Follow-ups", "Events", "Customers"];

/// Name, value, description, whether new templates get it.
const TAG_VALUES: [(&str, &str, Option<&str>, bool); 6] = [
    ("Language", "en", Some("The language of the text."), true),
    ("Language", "de", Some("The language of the text."), false),
    ("Tone", "formal", None, false),
    ("Tone", "friendly", None, true),
    (
        "Stage",
        "first-touch",
        Some("Where in a sequence it belongs."),
        false,
    ),
    (
        "Stage",
        "follow-up",
        Some("Where in a sequence it belongs."),
        false,
    ),
];

/// How many keys a tenant takes from the database's counters.
pub(crate) const FOLDERS_OF_TENANT: i64 = FOLDER_NAMES.len() as i64;
/// The same for tags.
pub(crate) const TAGS_OF_TENANT: i64 = TAG_VALUES.len() as i64;

pub(crate) const FOLDERS: Table = Table {
    name: "folders",
    columns: &["id", "tenant_id", "name", "created", "updated"],
    count: |_| FOLDER_NAMES.len() as u64,
    write: |tenant, index, row| {
        let made = tenant.calendar.start() + HOUR * (1 + index as i64);
        row.big(tenant.first_folder + index as i64)
            .uuid(tenant.id)
            .text(FOLDER_NAMES[index as usize])
            .times(made, made);
    },
};

pub(crate) const TAGS: Table = Table {
    name: "tags",
    columns: &[
        "id",
        "tenant_id",
        "name",
        "value",
        "description",
        "is_default",
        "created",
        "updated",
    ],
    count: |_| TAG_VALUES.len() as u64,
    write: |tenant, index, row| {
        let (name, value, description, is_default) = TAG_VALUES[index as usize];
        let made = tenant.calendar.start() + HOUR * (1 + index as i64);
        row.big(tenant.first_tag + index as i64)
            .uuid(tenant.id)
            .text(name)
            .text(value)
            .maybe(description, Row::text)
            .flag(is_default)
            .times(made, made);
    },
};

pub(crate) const TEMPLATE_FOLDERS: Table = Table {
    name: "template_folders",
    columns: &[
        "id",
        "tenant_id",
        "template_id",
        "folder_id",
        "created",
        "updated",
    ],
    count: |tenant| tenant.shape.templates,
    write: |tenant, index, row| {
        let folder = tenant.first_folder + index as i64 % FOLDERS_OF_TENANT;
        write_pair(tenant, "template_folders", index, (index, folder), row);
    },
};

/// Two tags for each template, from the first and from the second half.
pub(crate) const TEMPLATE_TAGS: Table = Table {
    name: "template_tags",
    columns: &[
        "id",
        "tenant_id",
        "template_id",
        "tag_id",
        "created",
        "updated",
    ],
    count: |tenant| 2 * tenant.shape.templates,
    write: |tenant, index, row| {
        let (template, half) = (index / 2, index as i64 % 2);
        let tag = template as i64 % (TAGS_OF_TENANT / 2) + half * (TAGS_OF_TENANT / 2);
        let pair = (template, tenant.first_tag + tag);
        write_pair(tenant, "template_tags", index, pair, row);
    },
};

fn write_pair(tenant: &Tenant, table: &str, index: u64, pair: (u64, i64), row: &mut Row<'_>) {
    let (template, label) = pair;
    let mut draw = tenant.draw(table, template);
    let made = tenant
        .calendar
        .made(template, tenant.shape.templates, &mut draw);
    row.uuid(tenant.key(table, index))
        .uuid(tenant.id)
        .maybe(templates::of(tenant, template), Row::uuid)
        .big(label)
        .times(made, made);
}
