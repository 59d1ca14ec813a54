//! Companies, the workspaces of a tenant.

use super::Table;
use crate::{
    draw::Draw,
    person::company_at,
    row::Row,
    tenant::Tenant,
    words::{COMPANY_SIZES, INDUSTRIES},
};

const NAME: &str = "companies";

pub(crate) const COMPANIES: Table = Table {
    name: NAME,
    columns: &[
        "id",
        "tenant_id",
        "name",
        "workspace_name",
        "logo_url",
        "status",
        "industry",
        "company_size",
        "created",
        "updated",
    ],
    count: |tenant| tenant.shape.companies,
    write,
};

fn write(tenant: &Tenant, index: u64, row: &mut Row<'_>) {
    let mut draw = tenant.draw(NAME, index);
    let (first, second) = words(tenant, index);
    // Unique in the whole database: the tenant's domain makes it so.
    let workspace = format!("{first}-{second}-{}.{}", index + 1, tenant.domain).to_lowercase();
    let logo = format!("https://logos.example/{first}-{second}.svg").to_lowercase();
    let status = match index {
        0 => "active",
        _ => draw.weighted(&[(8, "active"), (1, "inactive"), (1, "archived")]),
    };
    let made = tenant
        .calendar
        .made(index, tenant.shape.companies, &mut draw);
    row.uuid(tenant.key(NAME, index))
        .uuid(tenant.id)
        .text(&[first, " ", second].concat())
        .text(&workspace)
        .maybe(draw.chance(70).then_some(&*logo), Row::text)
        .text(status)
        .maybe(draw.chance(85).then(|| draw.pick(&INDUSTRIES)), Row::text)
        .maybe(
            draw.chance(80).then(|| draw.pick(&COMPANY_SIZES)),
            Row::text,
        );
    let touched = tenant.calendar.touched(made, &mut draw);
    row.times(made, touched);
}

/// The name of company `index`.
pub(super) fn words(tenant: &Tenant, index: u64) -> (&'static str, &'static str) {
    company_at(tenant.space, index)
}

/// A company for row `index` of another table; some rows have none.
pub(super) fn of(tenant: &Tenant, index: u64, draw: &mut Draw) -> Option<uuid::Uuid> {
    let companies = tenant.shape.companies;
    (companies > 0 && draw.chance(90)).then(|| tenant.key(NAME, index % companies))
}
