//! Whether who asks may: what the opening message asks of the database, and sets by the answer.

use std::fmt::Write;

use super::literal;
use crate::{
    api_key::ApiKey,
    identity::{Act, Role},
};

/// Asks for the roles of `user` in `tenant`.
pub(super) fn membership(tenant: &str, user: &str) -> String {
    let live = live(tenant, user);
    format!(
        "SELECT {} FROM tenant_users m WHERE {live}",
        granted("m.roles", "NOT m.roles")
    )
}

/// Asks for those roles of a key that the roles of the member who made it include by now. A key without any, or one
/// whose secret is another, is none; a function is asked, because the digests are nobody's to read.
pub(super) fn key(key: &ApiKey) -> String {
    let live = live(&literal(key.tenant()), &literal(key.user()));
    let (id, digest) = (literal(key.id()), hex(&key.digest()));
    let granted = granted("g.roles", "g.read_only OR NOT g.roles");
    let included = included();
    format!(
        "SELECT {granted} FROM (\
         SELECT ARRAY(SELECT DISTINCT given FROM unnest(k.roles) given \
         JOIN (VALUES {included}) AS included (held, given) USING (given) \
         WHERE held = ANY (m.roles) ORDER BY given) AS roles, k.read_only \
         FROM tenant_users m, api_key_grants({id}, '\\x{digest}') k WHERE {live}) g \
         WHERE cardinality(g.roles) > 0"
    )
}

/// What a membership question answers, and sets.
///
/// The roles are in the row only, so what follows from them is set with `set_config(…, true)` after
/// all, which ends with the transaction, too: `app.current_roles`, which the policies on writing
/// read, and READ ONLY for who has no role that writes. PostgreSQL lets a transaction become READ
/// ONLY at any time, and after the snapshot refuses to make it READ WRITE again.
fn granted(roles: &str, unless: &str) -> String {
    let writers = writers();
    format!(
        "set_config('app.current_roles', array_to_string({roles}, ','), true), \
         CASE WHEN {unless} && ARRAY[{writers}] THEN set_config('transaction_read_only', 'on', true) END"
    )
}

/// That the membership `m` is live, and both whom it joins: its foreign keys tell it of them, so one row is read.
fn live(tenant: &str, user: &str) -> String {
    format!(
        "m.tenant_id = {tenant} AND m.user_id = {user} AND m.deleted IS NULL \
         AND m.tenant_live AND m.user_live"
    )
}

/// The permission that staff need to read in tenants.
const READ_TENANTS: &str = "tenants.read";

/// Records that staff read in a tenant, becomes READ ONLY, and asks for their permissions.
pub(super) fn acting(tenant: &str, user: &str, act: &Act) -> String {
    let record = serde_json::json!({
        "userId": user.trim_matches('\''), "reason": act.reason, "requestId": act.request.simple().to_string(),
        "ipAddress": act.origin.address, "userAgent": act.origin.agent,
    });
    // As hexadecimal digits: nobody's words become part of a statement.
    let record = hex(record.to_string().as_bytes());
    let may = format!(
        "staff_may('{READ_TENANTS}') AND EXISTS (SELECT FROM tenants WHERE id = {tenant} AND deleted IS NULL)"
    );
    format!(
        "INSERT INTO outbox (tenant_id, topic, payload) \
         SELECT {tenant}, 'staff.acted', convert_from('\\x{record}', 'UTF8')::jsonb WHERE {may}; \
         SET LOCAL transaction_read_only = on; \
         SELECT string_agg(permission, ',') FROM staff_permissions() AS permission HAVING {may}"
    )
}

/// Which role includes which, as rows of SQL.
fn included() -> String {
    let pairs = Role::ALL.into_iter().flat_map(|held| {
        let given = Role::ALL
            .into_iter()
            .filter(move |given| held.includes(*given));
        given.map(move |given| format!("('{}', '{}')", held.as_str(), given.as_str()))
    });
    pairs.collect::<Vec<_>>().join(", ")
}

/// The roles that may write anything at all, as SQL.
fn writers() -> String {
    let writers = Role::ALL.into_iter().filter(|role| role.may_write());
    let quoted: Vec<String> = writers.map(|role| format!("'{}'", role.as_str())).collect();
    quoted.join(", ")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes every write");
        text
    })
}
