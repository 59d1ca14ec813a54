//! People who are written to: by far the most rows, so their writer makes few strings.

use super::Table;
use crate::{person::Person, row::Row, tenant::Tenant};

const NAME: &str = "leads";

const STATUSES: [(u64, &str); 5] = [
    (78, "active"),
    (8, "replied"),
    (6, "bounced"),
    (4, "unsubscribed"),
    (4, "archived"),
];

pub(crate) const LEADS: Table = Table {
    name: NAME,
    columns: &[
        "id",
        "tenant_id",
        "email",
        "name",
        "company",
        "status",
        "created",
        "updated",
    ],
    count: |tenant| tenant.shape.leads,
    write,
};

fn write(tenant: &Tenant, index: u64, row: &mut Row<'_>) {
    let mut draw = tenant.draw(NAME, index);
    let person = Person::at(tenant.space, index);
    let made = tenant.calendar.made(index, tenant.shape.leads, &mut draw);
    let named = draw.chance(96);
    let placed = draw.chance(94);
    row.uuid(tenant.key(NAME, index))
        .uuid(tenant.id)
        .text(&person.email())
        .maybe(named.then(|| person.name()), |row, name| row.text(&name))
        .maybe(placed.then(|| person.company()), |row, name| {
            row.text(&name)
        })
        .text(draw.weighted(&STATUSES));
    let touched = tenant.calendar.touched(made, &mut draw);
    row.times(made, touched);
}
