//! Two tenants to look at.

use chrono::{DateTime, Utc};
use indicatif::ProgressBar;
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use crate::{
    calendar::Calendar,
    draw::space,
    error::Error,
    key::key,
    load, mailbox,
    platform::Platform,
    queue, staff,
    table::TABLES,
    tenant::{Member, Shape, Tenant},
    urls::AdminUrls,
};

/// What all keys and rows of the demo follow from.
const SPACE: u64 = 0x0DE4_0DE4_0DE4_0DE4;

const SHAPE: Shape = Shape {
    companies: 6,
    domains: 7,
    accounts: 16,
    leads: 360,
    templates: 18,
    campaigns: 14,
    steps: 6,
    messages: 12,
};

type Person = (
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
);

/// Local part, names and roles of the people in both tenants.
const PEOPLE: [[Person; 5]; 2] = [
    [
        ("owner", "Olivia", "Grant", &["owner"]),
        ("admin", "Amir", "Patel", &["admin"]),
        ("member", "Mara", "Lindgren", &["member"]),
        ("analyst", "Ana", "Costa", &["analyst"]),
        ("billing", "Ben", "Keller", &["billing"]),
    ],
    [
        ("owner", "Oscar", "Nguyen", &["owner"]),
        ("admin", "Alice", "Moreau", &["admin"]),
        ("member", "Mateo", "Silva", &["member"]),
        ("analyst", "Yara", "Okafor", &["analyst"]),
        ("billing", "Bianca", "Rossi", &["billing"]),
    ],
];

const NAMES: [&str; 2] = ["acme", "globex"];
/// One holds the plan in the middle, the other the one that is not sold any more.
const PLANS: [u64; 2] = [1, 3];

/// The tenants and people of the demo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demo {
    /// `acme` and `globex`.
    pub tenants: Vec<DemoTenant>,
    /// The member of the platform's staff, who belongs to no tenant.
    pub staff: Account,
}

/// A tenant of the demo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoTenant {
    /// Its key.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Its people, as they joined.
    pub users: Vec<Account>,
}

/// Somebody who can sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The user's key.
    pub id: Uuid,
    /// The user's full name.
    pub name: String,
    /// The user's address.
    pub email: String,
    /// The roles in the tenant; for staff the name of the staff role.
    pub roles: Vec<String>,
}

/// Makes the demo, unless it is there, and answers with its people either way.
///
/// The data ends at `now`; apart from that it is always the same. What is in one database is one transaction, and calls at
/// the same time wait for each other. A tier that was left empty before is filled.
///
/// # Errors
///
/// [`Error::NotAdmin`] and [`Error::NoSchema`] before anything is written.
pub async fn demo(urls: &AdminUrls, now: DateTime<Utc>) -> Result<Demo, Error> {
    let mut connection = load::connect(&urls.oltp, TABLES).await?;
    let mut transaction = load::begin(&mut connection).await?;
    let found = find(&mut transaction).await?;
    let platform = Platform::prepare(&mut transaction, now).await?;
    let mut tenants = tenants(platform, now);
    // Before the others are kept, which say that all is there.
    if let Some(url) = &urls.content {
        mailbox::fill(url, &tenants, &ProgressBar::hidden()).await?;
    }
    if let Some(url) = &urls.queue {
        queue::fill(url, &tenants).await?;
    }
    if let Some(found) = found {
        return Ok(found);
    }
    load::load(&mut transaction, &mut tenants, &ProgressBar::hidden()).await?;
    staff::add(&mut transaction, SPACE, now).await?;
    staff::count_assignments(&mut transaction).await?;
    let made = find(&mut transaction).await?;
    transaction.commit().await?;
    load::analyze(&mut connection, TABLES).await?;
    connection.close().await?;
    made.ok_or_else(|| Error::Plan("the demo was deleted while it was made".to_owned()))
}

/// The people of the demo, if it was made. `url` is that of a role that bypasses row level security.
///
/// # Errors
///
/// As of [`demo`].
pub async fn demo_accounts(url: &str) -> Result<Option<Demo>, Error> {
    let mut connection = load::connect(url, TABLES).await?;
    let found = find(&mut connection).await?;
    connection.close().await?;
    Ok(found)
}

async fn find(connection: &mut PgConnection) -> Result<Option<Demo>, Error> {
    let Some(staff) = staff::find(connection, SPACE).await? else {
        return Ok(None);
    };
    let mut tenants = Vec::with_capacity(NAMES.len());
    for index in 0..NAMES.len() as u64 {
        let id = tenant_id(index);
        let name = sqlx::query_scalar("SELECT name FROM tenants WHERE id = $1")
            .bind(id)
            .fetch_optional(&mut *connection)
            .await?;
        let Some(name) = name else {
            return Ok(None);
        };
        let users = users(connection, id).await?;
        tenants.push(DemoTenant { id, name, users });
    }
    Ok(Some(Demo { tenants, staff }))
}

async fn users(connection: &mut PgConnection, tenant: Uuid) -> Result<Vec<Account>, sqlx::Error> {
    let rows: Vec<(Uuid, String, String, Vec<String>)> = sqlx::query_as(
        "SELECT users.id, coalesce(users.name, users.email), users.email, tenant_users.roles
        FROM tenant_users JOIN users ON users.id = tenant_users.user_id
        WHERE tenant_users.tenant_id = $1
            AND tenant_users.deleted IS NULL AND users.deleted IS NULL
        ORDER BY tenant_users.created, users.id",
    )
    .bind(tenant)
    .fetch_all(connection)
    .await?;
    let account = |(id, name, email, roles)| Account {
        id,
        name,
        email,
        roles,
    };
    Ok(rows.into_iter().map(account).collect())
}

fn tenant_id(index: u64) -> Uuid {
    key(space(SPACE, "tenants"), index)
}

fn tenants(platform: Platform, now: DateTime<Utc>) -> Vec<Tenant> {
    let tenant = |(index, (name, people)): (u64, (&str, [Person; 5]))| {
        let own = space(SPACE, name);
        let domain = format!("{name}.test");
        Tenant {
            id: tenant_id(index),
            name: name.to_owned(),
            members: members(own, &domain, people, index == 0),
            domain,
            space: own,
            shape: SHAPE,
            calendar: Calendar::until(now),
            platform,
            plan: PLANS[index as usize],
            first_folder: 0,
            first_tag: 0,
        }
    };
    (0..)
        .zip(NAMES.into_iter().zip(PEOPLE))
        .map(tenant)
        .collect()
}

/// The tenant's people, and the consultant, who is in both tenants.
fn members(own: u64, domain: &str, people: [Person; 5], first: bool) -> Vec<Member> {
    let users = space(own, "users");
    let member = |(index, (local, given, family, roles)): (u64, Person)| Member {
        id: key(users, index),
        email: format!("{local}@{domain}"),
        given,
        family,
        roles,
        made_here: true,
    };
    let mut members: Vec<Member> = (0..).zip(people).map(member).collect();
    members.push(Member {
        id: key(space(SPACE, "consultant"), 0),
        email: "consultant@agency.test".to_owned(),
        given: "Carlos",
        family: "Weber",
        roles: if first { &["member"] } else { &["analyst"] },
        made_here: first,
    });
    members
}
