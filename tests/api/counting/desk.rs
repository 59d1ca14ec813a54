//! Empty databases with some tenants, messages, and what counts them.

use analytics::Analytics;
use entity::id::TenantId;
use gateway_tests::{World, analytics, roll_up};
use migrations::Tier;
use sqlx::AssertSqlSafe;
use tenant::Database;
use uuid::Uuid;

/// Tenants with messages, and what counts them.
pub struct Desk {
    pub world: World,
    pub tenants: Vec<Uuid>,
    pub analytics: Analytics,
    pub database: Database,
}

/// The tables of days: name, key, the column of messages that has it, and what has to be there besides.
pub const TABLES: [(&str, &str, &str); 4] = [
    ("campaign_analytics", "campaign_id", "true"),
    ("mailbox_analytics", "email_account_id", "true"),
    (
        "sequence_step_analytics",
        "step_id",
        "campaign_id IS NOT NULL",
    ),
    ("lead_analytics", "lead_id", "true"),
];

/// The times of a message, and the columns that count them.
pub const TIMES: [(&str, &str); 8] = [
    ("sent", "sent"),
    ("delivered", "delivered"),
    ("opened", "opened_tracked"),
    ("clicked", "clicked_tracked"),
    ("replied", "replied"),
    ("bounced", "bounced"),
    ("unsubscribed", "unsubscribed"),
    ("complained", "spam_complaints"),
];

/// A key on a day, and its numbers.
pub type Line = (Uuid, String, Vec<i64>);

impl Desk {
    /// So many tenants; events are counted `batch` at once.
    pub async fn with(tenants: u128, batch: u32) -> Self {
        let world = World::empty().await;
        let tenants: Vec<Uuid> = (1..=tenants).map(Uuid::from_u128).collect();
        sqlx::query(
            "INSERT INTO tenants (id, name) SELECT id, id::text FROM unnest($1::uuid[]) AS id",
        )
        .bind(&tenants)
        .execute(world.admin())
        .await
        .expect("tenants");
        let (analytics, database) = analytics(&world.database, batch).await;
        Self {
            world,
            tenants,
            analytics,
            database,
        }
    }

    pub fn tenant(&self, place: usize) -> TenantId {
        self.tenants[place].into()
    }

    /// Counts until nothing is left.
    pub async fn roll_up(&self, place: usize) {
        roll_up(&self.analytics, self.tenant(place)).await;
    }

    /// Runs statements in a tier, as the superuser.
    pub async fn run(&self, tier: Tier, sql: &str) {
        let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(self.world.admin_of(tier));
        done.await
            .unwrap_or_else(|error| panic!("{error} in: {sql}"));
    }

    /// The only value of a statement, as the superuser.
    pub async fn one<T>(&self, tier: Tier, sql: &str) -> T
    where
        T: for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + Send + Unpin,
    {
        let value = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(self.world.admin_of(tier));
        value
            .await
            .unwrap_or_else(|error| panic!("{error} in: {sql}"))
    }

    /// Makes the message `number` of a tenant, with these columns beside those that all have.
    pub async fn message(&self, place: usize, number: u128, columns: &str, values: &str) {
        let tenant = self.tenants[place];
        let id = Uuid::from_u128(number);
        self.run(Tier::Content, &insert(tenant, id, columns, values))
            .await;
    }

    /// What the messages of a tenant say of a table of days, in the days of a time zone.
    pub async fn expected(&self, place: usize, table: usize, zone: &str) -> Vec<Line> {
        let (_, key, known) = TABLES[table];
        let times: Vec<String> = TIMES
            .iter()
            .map(|(time, _)| format!("('{time}', {time})"))
            .collect();
        let counts: Vec<String> = TIMES
            .iter()
            .map(|(time, _)| format!("count(*) FILTER (WHERE kind = '{time}')"))
            .collect();
        let sql = format!(
            "SELECT {key}, (at AT TIME ZONE '{zone}')::date::text, ARRAY[{}] FROM email_messages,
                LATERAL (VALUES {}) k (kind, at)
            WHERE tenant_id = '{}' AND direction = 'outbound' AND at IS NOT NULL AND {key} IS NOT NULL AND {known}
            GROUP BY 1, 2 ORDER BY 1, 2",
            counts.join(", "),
            times.join(", "),
            self.tenants[place]
        );
        self.lines(Tier::Content, &sql).await
    }

    /// What is counted of a tenant in a table of days.
    pub async fn counted(&self, place: usize, table: usize) -> Vec<Line> {
        let (name, key, _) = TABLES[table];
        let columns = TIMES.map(|(_, column)| column).join(", ");
        let sql = format!(
            "SELECT {key}, day::text, ARRAY[{columns}] FROM {name} WHERE tenant_id = '{}' ORDER BY 1, 2",
            self.tenants[place]
        );
        self.lines(Tier::Analytics, &sql).await
    }

    async fn lines(&self, tier: Tier, sql: &str) -> Vec<Line> {
        let rows = sqlx::query_as(AssertSqlSafe(sql)).fetch_all(self.world.admin_of(tier));
        rows.await
            .unwrap_or_else(|error| panic!("{error} in: {sql}"))
    }

    /// Proves that all tables of days say what the messages say.
    pub async fn assert_exact(&self, place: usize, zone: &str) {
        for (table, (name, ..)) in TABLES.iter().enumerate() {
            let expected = self.expected(place, table, zone).await;
            assert_eq!(self.counted(place, table).await, expected, "{name}");
        }
    }

    /// All rows of a tenant in the analytics tier, without the times at which they were written.
    pub async fn dump(&self, place: usize) -> Vec<String> {
        let mut all = Vec::new();
        let others = ["warmup_analytics", "billing_analytics"];
        for name in TABLES.iter().map(|(name, ..)| *name).chain(others) {
            let sql = format!(
                "SELECT '{name} ' || (to_jsonb(t) - 'created' - 'updated')::text FROM {name} t WHERE tenant_id = '{}' ORDER BY 1",
                self.tenants[place]
            );
            let rows: Vec<String> = sqlx::query_scalar(AssertSqlSafe(sql))
                .fetch_all(self.world.admin_of(Tier::Analytics))
                .await
                .expect("rows");
            all.extend(rows);
        }
        all
    }
}

/// A statement that makes a message.
pub fn insert(tenant: Uuid, id: Uuid, columns: &str, values: &str) -> String {
    format!(
        "INSERT INTO email_messages (id, tenant_id, storage_key, thread_id, direction, from_email, to_email, subject,
            status, {columns})
        VALUES ('{id}', '{tenant}', '{id}', '{id}', 'outbound', 'a@a.test', 'b@b.test', 's', 'sent', {values})"
    )
}
