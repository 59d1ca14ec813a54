//! The tenant, its people, and who is to be one of them.

use super::Table;
use crate::{
    calendar::{DAY, HOUR},
    row::Row,
    tenant::{Member, Tenant},
};

pub(crate) const TENANTS: Table = Table {
    name: "tenants",
    columns: &["id", "name", "created", "updated"],
    count: |_| 1,
    write: |tenant, _, row| {
        let made = tenant.calendar.start();
        row.uuid(tenant.id).text(&tenant.name).times(made, made);
    },
};

pub(crate) const USERS: Table = Table {
    name: "users",
    columns: &[
        "id",
        "email",
        "name",
        "given_name",
        "family_name",
        "email_verified",
        "created",
        "updated",
    ],
    count: |tenant| made_here(tenant).count() as u64,
    write: write_user,
};

pub(crate) const TENANT_USERS: Table = Table {
    name: "tenant_users",
    columns: &[
        "tenant_id",
        "user_id",
        "email",
        "roles",
        "created",
        "updated",
    ],
    count: |tenant| tenant.members.len() as u64,
    write: |tenant, index, row| {
        let member = &tenant.members[index as usize];
        let joined = tenant.calendar.start() + HOUR * index as i64;
        row.uuid(tenant.id)
            .uuid(member.id)
            .text(&member.email)
            .texts(member.roles)
            .times(joined, joined);
    },
};

/// One that is open: of somebody who has no account yet.
pub(crate) const INVITATIONS: Table = Table {
    name: "invitations",
    columns: &[
        "id",
        "tenant_id",
        "email",
        "roles",
        "invited_by_user_id",
        "expires",
        "created",
        "updated",
    ],
    count: |_| 1,
    write: |tenant, index, row| {
        let invited = tenant.calendar.now() - DAY;
        row.uuid(tenant.key("invitations", index))
            .uuid(tenant.id)
            .text(&["newcomer@", &tenant.domain].concat())
            .texts(&["member"])
            .uuid(tenant.member("owner").id)
            .time(invited + 14 * DAY)
            .times(invited, invited);
    },
};

/// One of the owner's, for a reporting tool. Nobody has its secret: the digest is of none.
pub(crate) const API_KEYS: Table = Table {
    name: "api_keys",
    columns: &[
        "id",
        "tenant_id",
        "user_id",
        "name",
        "digest",
        "roles",
        "read_only",
        "last_used",
        "created",
        "updated",
    ],
    count: |_| 1,
    write: |tenant, index, row| {
        let (key, made) = (tenant.key("api_keys", index), tenant.calendar.start());
        row.uuid(key)
            .uuid(tenant.id)
            .uuid(tenant.member("owner").id)
            .text("Weekly report")
            .bytes(&key.as_bytes().repeat(2))
            .texts(&["analyst"])
            .flag(true)
            .time(tenant.calendar.now() - DAY)
            .times(made, made);
    },
};

/// The members whose user is made with this tenant.
pub(super) fn made_here(tenant: &Tenant) -> impl Iterator<Item = &Member> {
    tenant.members.iter().filter(|member| member.made_here)
}

fn write_user(tenant: &Tenant, index: u64, row: &mut Row<'_>) {
    let Some(member) = made_here(tenant).nth(index as usize) else {
        return;
    };
    let made = tenant.calendar.start() - DAY + HOUR * index as i64;
    row.uuid(member.id)
        .text(&member.email)
        .text(&[member.given, " ", member.family].concat())
        .text(member.given)
        .text(member.family)
        .time(made + HOUR)
        .times(made, made + HOUR);
}
