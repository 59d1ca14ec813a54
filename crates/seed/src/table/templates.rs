//! Email templates.

use uuid::Uuid;

use super::Table;
use crate::{
    draw::Draw,
    row::Row,
    tenant::Tenant,
    words::{AUDIENCES, CLOSINGS, GOALS, OFFERS, OPENINGS, SUBJECTS},
};

const NAME: &str = "templates";
/// The last of so many is begun, and has no text yet.
const DRAFTS: u64 = 4;

pub(crate) const TEMPLATES: Table = Table {
    name: NAME,
    columns: &[
        "id",
        "tenant_id",
        "name",
        "subject",
        "content",
        "is_started",
        "created",
        "updated",
    ],
    count: |tenant| tenant.shape.templates,
    write,
};

/// A template for row `index` of another table.
pub(super) fn of(tenant: &Tenant, index: u64) -> Option<Uuid> {
    let templates = tenant.shape.templates;
    (templates > 0).then(|| tenant.key(NAME, index % templates))
}

/// The same of those that have a text: nothing can be sent by others.
pub(super) fn with_text(tenant: &Tenant, index: u64) -> Option<Uuid> {
    let templates = tenant.shape.templates;
    let with_text = templates - templates / DRAFTS;
    let place = index.checked_rem(with_text)?;
    let index = place / (DRAFTS - 1) * DRAFTS + place % (DRAFTS - 1);
    Some(tenant.key(NAME, index))
}

/// Whether somebody has written it.
fn has_text(index: u64) -> bool {
    index % DRAFTS != DRAFTS - 1
}

fn write(tenant: &Tenant, index: u64, row: &mut Row<'_>) {
    let mut draw = tenant.draw(NAME, index);
    let goal = GOALS[index as usize % GOALS.len()];
    let name = format!("{goal}, {} #{}", draw.pick(&AUDIENCES), index + 1);
    let made = tenant
        .calendar
        .made(index, tenant.shape.templates, &mut draw);
    let started = has_text(index);
    row.uuid(tenant.key(NAME, index))
        .uuid(tenant.id)
        .text(&name)
        .maybe(started.then(|| draw.pick(&SUBJECTS)), Row::text)
        .maybe(
            started.then(|| content(tenant, &mut draw)),
            |row, content| row.text(&content),
        )
        .flag(started);
    let touched = tenant.calendar.touched(made, &mut draw);
    row.times(made, touched);
}

fn content(tenant: &Tenant, draw: &mut Draw) -> String {
    format!(
        "Hi {{{{ lead.first_name|default('there') }}}},\n\n{} {}\n\n{}\n\nBest regards\n{}\n\n{{{{ unsubscribe_url }}}}\n",
        draw.pick(&OPENINGS),
        draw.pick(&OFFERS),
        draw.pick(&CLOSINGS),
        tenant.member("member").given,
    )
}
