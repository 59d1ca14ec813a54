//! Mailboxes.

use serde_json::json;
use uuid::Uuid;

use super::{Table, domains};
use crate::{calendar::HOUR, person::Person, row::Row, tenant::Tenant};

const NAME: &str = "email_accounts";

pub(crate) const EMAIL_ACCOUNTS: Table = Table {
    name: NAME,
    columns: &[
        "id",
        "tenant_id",
        "domain_id",
        "email",
        "provider",
        "vault_key_path",
        "imap_settings",
        "smtp_settings",
        "status",
        "last_warmed",
        "daily_count",
        "created",
        "updated",
        "daily_limit",
    ],
    count: |tenant| tenant.shape.accounts,
    write,
};

/// An account for row `index` of another table.
pub(super) fn of(tenant: &Tenant, index: u64) -> Option<Uuid> {
    let accounts = tenant.shape.accounts;
    (accounts > 0).then(|| tenant.key(NAME, index % accounts))
}

const STATUSES: [&str; 8] = [
    "active", "active", "active", "paused", "active", "error", "active", "disabled",
];

fn write(tenant: &Tenant, index: u64, row: &mut Row<'_>) {
    let mut draw = tenant.draw(NAME, index);
    let person = Person::at(tenant.space, index);
    let domain = domains::name(tenant, index % tenant.shape.domains.max(1));
    // The number keeps two of the same name in one domain apart.
    let email = format!("{}.{}{}@{domain}", person.given, person.family, index + 1).to_lowercase();
    let status = STATUSES[index as usize % STATUSES.len()];
    let active = status == "active";
    let made = tenant
        .calendar
        .made(index, tenant.shape.accounts, &mut draw);
    let server = |port: u16, security: &str| json!({ "host": "mail.platform.test", "port": port, "security": security, "username": email });
    let last_warmed = tenant.calendar.now() - draw.below(30 * HOUR as u64) as i64;
    row.uuid(tenant.key(NAME, index))
        .uuid(tenant.id)
        .uuid(domains::of(tenant, index))
        .text(&email)
        .text(draw.weighted(&[(8, "mailu"), (1, "google"), (1, "microsoft")]))
        .text(&format!(
            "secret/tenants/{}/mailboxes/{}",
            tenant.id,
            index + 1
        ))
        .json(&server(993, "tls"))
        .json(&server(587, "starttls"))
        .text(status)
        .maybe(active.then_some(last_warmed.max(made)), Row::time)
        .int(if active {
            10 + draw.below(50) as i32
        } else {
            0
        });
    let touched = tenant.calendar.touched(made, &mut draw);
    row.times(made, touched)
        // A new account begins with a few a day; some are near what they may send.
        .int(draw.weighted(&[(3, 50), (4, 60), (3, 100)]));
}
