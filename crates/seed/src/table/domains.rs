//! Sending domains and their DNS records.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Table, companies};
use crate::{
    calendar::{HOUR, Micros},
    draw::Draw,
    row::Row,
    tenant::Tenant,
};

const NAME: &str = "domains";

pub(crate) const DOMAINS: Table = Table {
    name: NAME,
    columns: &[
        "id",
        "tenant_id",
        "company_id",
        "domain",
        "verification_status",
        "dns_records",
        "is_primary",
        "verified",
        "dns_ttl_observed",
        "dns_last_verified_at",
        "dns_verification_error",
        "dns_verification_attempts",
        "created",
        "updated",
    ],
    count: |tenant| tenant.shape.domains,
    write,
};

/// The key of a domain for row `index` of another table.
pub(super) fn of(tenant: &Tenant, index: u64) -> Uuid {
    tenant.key(NAME, index % tenant.shape.domains.max(1))
}

/// The name of domain `index`: the first is the tenant's own.
pub(super) fn name(tenant: &Tenant, index: u64) -> String {
    let (first, second) = companies::words(tenant, index);
    match index {
        0 => format!("mail.{}", tenant.domain),
        _ => format!("{first}{second}{index}.{}", tenant.domain).to_lowercase(),
    }
}

/// Of seven: the oldest are verified, the problems are among the newer ones.
const STATUSES: [&str; 7] = [
    "verified", "verified", "verified", "verified", "pending", "failed", "error",
];

fn write(tenant: &Tenant, index: u64, row: &mut Row<'_>) {
    let mut draw = tenant.draw(NAME, index);
    let domain = name(tenant, index);
    let status = STATUSES[index as usize % STATUSES.len()];
    let verified = status == "verified";
    let made = tenant.calendar.made(index, tenant.shape.domains, &mut draw);
    let checked = tenant.calendar.now() - draw.below(6 * HOUR as u64) as i64;
    let error = match status {
        "failed" => Some("The SPF record does not name this platform."),
        "error" => Some("The name servers did not answer within 5 s."),
        _ => None,
    };
    row.uuid(tenant.key(NAME, index))
        .uuid(tenant.id)
        .maybe(companies::of(tenant, index, &mut draw), Row::uuid)
        .text(&domain)
        .text(status)
        .json(&records(&domain, status, checked, &mut draw))
        .flag(index == 0)
        .maybe(verified.then_some(made + 2 * HOUR), Row::time)
        .maybe(verified.then(|| draw.pick(&[300, 3600, 14400])), Row::int)
        .maybe((status != "pending").then_some(checked), Row::time)
        .maybe(error, Row::text)
        .int(if status == "pending" {
            0
        } else {
            1 + draw.below(4) as i32
        })
        .times(made, checked.max(made));
}

/// One of each type. In a domain that failed, the first is what is wrong.
fn records(domain: &str, status: &str, checked: Micros, draw: &mut Draw) -> Value {
    let key = format!(
        "v=DKIM1; k=rsa; p=MIGf{:016x}{:016x}",
        draw.bits(),
        draw.bits()
    );
    let records = [
        (
            "SPF",
            domain.to_owned(),
            "v=spf1 include:_spf.platform.test -all".to_owned(),
        ),
        ("DKIM", format!("s1._domainkey.{domain}"), key),
        (
            "DMARC",
            format!("_dmarc.{domain}"),
            "v=DMARC1; p=quarantine".to_owned(),
        ),
        ("MX", domain.to_owned(), "10 mx.platform.test".to_owned()),
        (
            "A",
            domain.to_owned(),
            format!("192.0.2.{}", 10 + draw.below(200)),
        ),
        (
            "AAAA",
            domain.to_owned(),
            format!("2001:db8::{:x}", 1 + draw.below(65_000)),
        ),
        (
            "CNAME",
            format!("track.{domain}"),
            "track.platform.test".to_owned(),
        ),
    ];
    let checked = chrono::DateTime::from_timestamp_micros(checked).map(|time| time.to_rfc3339());
    let described = records
        .into_iter()
        .enumerate()
        .map(|(place, (kind, name, value))| {
            let failed = status == "failed" && place == 0;
            let others = if status == "failed" {
                "verified"
            } else {
                status
            };
            json!({
                "type": kind,
                "name": name,
                "value": value,
                "ttl": 3600,
                "status": if failed { "failed" } else { others },
                "last_check": checked,
                "attempts": if status == "pending" { 0 } else { 1 },
                "error": failed.then_some("the record does not name this platform"),
                "source": "platform",
            })
        });
    described.collect()
}
