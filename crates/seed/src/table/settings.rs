//! What users and tenants chose.

use serde_json::json;

use super::{Table, identity};
use crate::{
    calendar::{DAY, HOUR},
    row::Row,
    tenant::Tenant,
};

const LOCALES: [(&str, &str); 5] = [
    ("en", "America/New_York"),
    ("en", "Europe/London"),
    ("de", "Europe/Berlin"),
    ("es", "Europe/Madrid"),
    ("fr", "Europe/Paris"),
];
const THEMES: [&str; 3] = ["system", "light", "dark"];

pub(crate) const USER_PREFERENCES: Table = Table {
    name: "user_preferences",
    columns: &[
        "id",
        "user_id",
        "theme",
        "language",
        "timezone",
        "email_notifications",
        "push_notifications",
        "weekly_reports",
        "marketing_emails",
        "created",
        "updated",
    ],
    count: |tenant| identity::made_here(tenant).count() as u64,
    write: write_preferences,
};

pub(crate) const TENANT_CONFIG: Table = Table {
    name: "tenant_config",
    columns: &[
        "tenant_id",
        "stripe_customer_id",
        "billing_email",
        "billing_address",
        "billing_notifications",
        "usage_alerts",
        "security_alerts",
        "theme",
        "ui_settings",
        "created",
        "updated",
    ],
    count: |_| 1,
    write: write_config,
};

pub(crate) const TENANT_POLICIES: Table = Table {
    name: "tenant_policies",
    columns: &[
        "tenant_id",
        "password_min_length",
        "password_require_uppercase",
        "password_require_number",
        "password_require_symbol",
        "session_timeout_hours",
        "max_login_attempts",
        "two_factor_required",
        "default_company_industry",
        "default_company_size",
        "created",
        "updated",
    ],
    count: |_| 1,
    write: write_policies,
};

fn write_preferences(tenant: &Tenant, index: u64, row: &mut Row<'_>) {
    let Some(member) = identity::made_here(tenant).nth(index as usize) else {
        return;
    };
    let mut draw = tenant.draw("user_preferences", index);
    let (language, timezone) = draw.pick(&LOCALES);
    let made = tenant.calendar.start() + HOUR * index as i64;
    row.uuid(tenant.key("user_preferences", index))
        .uuid(member.id)
        .text(draw.pick(&THEMES))
        .text(language)
        .text(timezone)
        .flag(draw.chance(80))
        .flag(draw.chance(50))
        .flag(draw.chance(70))
        .flag(draw.chance(20));
    let touched = tenant.calendar.touched(made, &mut draw);
    row.times(made, touched);
}

fn write_config(tenant: &Tenant, _: u64, row: &mut Row<'_>) {
    let mut draw = tenant.draw("tenant_config", 0);
    let address = json!({
        "line1": format!("{} Market Street", 1 + draw.below(900)),
        "city": draw.pick(&["Austin", "Dublin", "Leipzig", "Porto"]),
        "postal_code": format!("{:05}", draw.below(100_000)),
        "country": draw.pick(&["US", "IE", "DE", "PT"]),
    });
    let made = tenant.calendar.start();
    row.uuid(tenant.id)
        .text(&format!("cus_{:014x}", draw.bits() >> 8))
        .text(&tenant.member("billing").email)
        .json(&address)
        .flag(true)
        .flag(draw.chance(70))
        .flag(true)
        .text(draw.pick(&THEMES))
        .json(&json!({ "density": draw.pick(&["comfortable", "compact"]), "start_page": "campaigns" }))
        .times(made, made + 3 * DAY);
}

fn write_policies(tenant: &Tenant, _: u64, row: &mut Row<'_>) {
    let mut draw = tenant.draw("tenant_policies", 0);
    let made = tenant.calendar.start();
    row.uuid(tenant.id)
        .int(draw.pick(&[10, 12, 14]))
        .flag(true)
        .flag(true)
        .flag(draw.chance(40))
        .int(draw.pick(&[8, 8, 12, 24]))
        .int(5)
        .flag(draw.chance(50))
        .text(draw.pick(&crate::words::INDUSTRIES))
        .text(draw.pick(&crate::words::COMPANY_SIZES))
        .times(made, made);
}
