//! What `gateway serve` says when it is ready.

use std::{
    fmt::{self, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use seed::{Account, Demo, DemoTenant};
use tenant::Identity;

use super::{CommandError, print, program};
use crate::auth::{Claims, TokenKey};

/// How long the printed tokens are valid.
const VALID: Duration = Duration::from_secs(24 * 3600);

/// What the printed `curl` line asks.
const QUERY: &str = "{ campaigns(first: 3) { totalCount nodes { name status company { name } } } }";

/// Says where everything is, behind `base`, and whom to sign in as.
pub(super) fn announce(
    base: &str,
    demo: Option<&Demo>,
    key: &TokenKey,
) -> Result<(), CommandError> {
    let mut text = String::new();
    let written = match demo {
        Some(demo) => with_demo(&mut text, base, demo, key),
        None => without_demo(&mut text, base),
    };
    written.expect("a String takes every write");
    print(text)
}

/// A browser on this machine can not open "every address".
pub(super) fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

/// The shortest way first: one link to click, one line to paste, then everybody else. The addresses
/// come last: the list of tokens is long, and they stay on the screen.
fn with_demo(text: &mut String, base: &str, demo: &Demo, key: &TokenKey) -> fmt::Result {
    if let Some((tenant, owner)) = first(demo) {
        start_here(text, base, owner, &token(member(tenant.id, owner), key))?;
    }
    writeln!(
        text,
        "\nThe demo's users, each with a token for a day ({base}/graphiql#token=… signs in):"
    )?;
    for tenant in &demo.tenants {
        writeln!(text, "\n  {}", tenant.name)?;
        for user in &tenant.users {
            row(text, user, &token(member(tenant.id, user), key))?;
        }
    }
    let staff = Identity::Staff {
        user: demo.staff.id.into(),
    };
    writeln!(text, "\n  staff of the platform, in no tenant")?;
    row(text, &demo.staff, &token(staff, key))?;
    match first(demo) {
        Some((tenant, owner)) => places(text, base, &tenant.name, &owner.email),
        None => without_demo(text, base),
    }
}

fn without_demo(text: &mut String, base: &str) -> fmt::Result {
    places(text, base, "<name or tnt_…>", "<address or user_…>")
}

/// The oldest member of the first tenant: acme's owner.
fn first(demo: &Demo) -> Option<(&DemoTenant, &Account)> {
    let tenant = demo.tenants.first()?;
    Some((tenant, tenant.users.first()?))
}

fn start_here(text: &mut String, base: &str, user: &Account, token: &str) -> fmt::Result {
    writeln!(text, "\nOpen GraphiQL as {}:\n", user.email)?;
    writeln!(text, "  {base}/graphiql#token={token}")?;
    writeln!(text, "\nOr paste:\n")?;
    writeln!(
        text,
        "  curl -s {base}/graphql -H 'Authorization: Bearer {token}' \
         -H 'Content-Type: application/json' -d '{{\"query\":\"{QUERY}\"}}'"
    )
}

fn places(text: &mut String, base: &str, tenant: &str, user: &str) -> fmt::Result {
    let program = program();
    writeln!(text, "\n  API       {base}/graphql")?;
    writeln!(text, "  GraphiQL  {base}/graphiql")?;
    writeln!(text, "  Schema    {base}/schema.graphql")?;
    writeln!(
        text,
        "  A token   {program} token --tenant {tenant} --user {user}"
    )?;
    writeln!(text, "\nCtrl-C stops.")
}

fn row(text: &mut String, user: &Account, token: &str) -> fmt::Result {
    writeln!(
        text,
        "    {:<24} {:<10} {token}",
        user.email,
        user.roles.join(",")
    )
}

fn member(tenant: uuid::Uuid, user: &Account) -> Identity {
    Identity::Member {
        tenant: tenant.into(),
        user: user.id.into(),
    }
}

fn token(identity: Identity, key: &TokenKey) -> String {
    Claims::new(&identity, VALID).sign(key)
}
