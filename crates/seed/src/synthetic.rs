//! Any amount of data.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use crate::{
    calendar::Calendar,
    draw::{Draw, space},
    error::Error,
    key::key,
    load, mailbox,
    person::{Person, company_at},
    plan::Plan,
    platform::Platform,
    table::{TABLES, mail},
    tenant::{Member, Tenant},
    urls::AdminUrls,
};

const ROLES: [(&str, &[&str]); 5] = [
    ("owner", &["owner"]),
    ("admin", &["admin"]),
    ("member", &["member"]),
    ("analyst", &["analyst"]),
    ("billing", &["billing"]),
];

/// What was made.
#[derive(Clone, Debug)]
pub struct Report {
    /// The tenants, in the plan's order.
    pub tenants: Vec<SeededTenant>,
    /// Rows of each table.
    pub rows: Vec<(&'static str, u64)>,
    /// How long it took, the planner's statistics included.
    pub elapsed: Duration,
}

/// A tenant that was made.
#[derive(Clone, Debug)]
pub struct SeededTenant {
    /// Its key.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// The address of its owner.
    pub owner: String,
}

/// Writes what the plan says, in one transaction, and shows a progress bar where standard error is a
/// terminal. Mail is written where its database is given, in a transaction of its own.
///
/// # Errors
///
/// [`Error::TenantsExist`] if the plan ran before; [`Error::NotAdmin`] and [`Error::NoSchema`] before
/// anything is written.
pub async fn synthetic(urls: &AdminUrls, plan: &Plan) -> Result<Report, Error> {
    plan.check()?;
    let begin = Instant::now();
    let mut connection = load::connect(&urls.oltp, TABLES).await?;
    let mut transaction = load::begin(&mut connection).await?;
    let platform = Platform::prepare(&mut transaction, plan.until).await?;
    let mut tenants: Vec<Tenant> = (0..plan.tenants)
        .map(|index| tenant(plan, platform, index))
        .collect();
    refuse_existing(&mut transaction, &tenants).await?;
    let progress =
        progress_bar(load::total(TABLES, &tenants) + load::total(mail::TABLES, &tenants))?;
    let mut rows = load::load(&mut transaction, &mut tenants, &progress).await?;
    if let Some(url) = &urls.content {
        rows.extend(mailbox::fill(url, &tenants, &progress).await?);
    }
    transaction.commit().await?;
    progress.set_message("statistics");
    load::analyze(&mut connection, TABLES).await?;
    progress.finish_and_clear();
    connection.close().await?;
    let tenants = tenants.iter().map(|tenant| SeededTenant {
        id: tenant.id,
        name: tenant.name.clone(),
        owner: tenant.member("owner").email.clone(),
    });
    Ok(Report {
        tenants: tenants.collect(),
        rows,
        elapsed: begin.elapsed(),
    })
}

fn tenant(plan: &Plan, platform: Platform, index: u64) -> Tenant {
    let tenants = space(plan.seed, "tenants");
    let own = Draw::at(tenants, index).bits();
    let (first, second) = company_at(tenants, index);
    // Plans with another seed may draw the same words: names and addresses carry both numbers.
    let name = format!("{first}-{second}-{}", index + 1).to_lowercase();
    let domain = format!("{name}.s{}.test", plan.seed);
    Tenant {
        id: key(tenants, index),
        members: members(own, &domain),
        name,
        domain,
        space: own,
        shape: plan.shape(index),
        calendar: Calendar::until(plan.until),
        platform,
        plan: index,
        first_folder: 0,
        first_tag: 0,
    }
}

fn members(own: u64, domain: &str) -> Vec<Member> {
    let users = space(own, "users");
    let member = |(index, (name, roles)): (u64, (&str, &'static [&'static str]))| {
        let person = Person::at(users, index);
        Member {
            id: key(users, index),
            email: format!("{name}@{domain}"),
            given: person.given,
            family: person.family,
            roles,
            made_here: true,
        }
    };
    (0..).zip(ROLES).map(member).collect()
}

async fn refuse_existing(connection: &mut PgConnection, tenants: &[Tenant]) -> Result<(), Error> {
    let ids: Vec<Uuid> = tenants.iter().map(|tenant| tenant.id).collect();
    let names: Vec<String> =
        sqlx::query_scalar("SELECT name FROM tenants WHERE id = ANY($1) ORDER BY id")
            .bind(ids)
            .fetch_all(connection)
            .await?;
    match names.first() {
        None => Ok(()),
        Some(first) => Err(Error::TenantsExist {
            count: names.len(),
            first: first.clone(),
        }),
    }
}

/// It draws to standard error, and nothing where that is no terminal.
fn progress_bar(rows: u64) -> Result<ProgressBar, Error> {
    let template = "{wide_bar} {human_pos}/{human_len} rows, {per_sec}, {eta} left  {msg}";
    let style = ProgressStyle::with_template(template)
        .map_err(|error| Error::Plan(format!("the progress bar cannot be drawn: {error}")))?;
    Ok(ProgressBar::new(rows).with_style(style))
}
