//! What all tenants share: plans, flags, configuration, servers and their addresses.

use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

/// The plans' slugs in `platform.sql`, the cheapest first. The last is not sold any more.
const SLUGS: [&str; 4] = ["starter", "growth", "scale", "early-bird"];

/// What tenants' rows point to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Platform {
    plans: [Plan; SLUGS.len()],
}

/// A plan, as far as bills need it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) id: Uuid,
    pub(crate) price_monthly: i64,
}

impl Platform {
    /// Adds what is missing, and finds out the rest.
    pub(crate) async fn prepare(
        connection: &mut PgConnection,
        now: DateTime<Utc>,
    ) -> Result<Self, sqlx::Error> {
        let sql = include_str!("platform.sql").replace("{now}", &now.to_rfc3339());
        sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&mut *connection)
            .await?;
        let mut plans = [Plan {
            id: Uuid::nil(),
            price_monthly: 0,
        }; SLUGS.len()];
        for (plan, slug) in plans.iter_mut().zip(SLUGS) {
            (plan.id, plan.price_monthly) =
                sqlx::query_as("SELECT id, price_monthly FROM plans WHERE slug = $1")
                    .bind(slug)
                    .fetch_one(&mut *connection)
                    .await?;
        }
        Ok(Self { plans })
    }

    /// A plan by a number: three that are sold, the cheapest first, and one that is not any more.
    pub(crate) fn plan(&self, number: u64) -> Plan {
        self.plans[number as usize % SLUGS.len()]
    }

    /// The address that the number falls on, among those of `platform.sql` that are in use.
    pub(crate) fn address(&self, number: u64) -> Uuid {
        Uuid::from_u128(0x0194_3a6e_0000_7000_8000_0000_0000_0301 + u128::from(number % 8))
    }
}
