//! Random rows: in the database, and beside it.

use std::collections::BTreeMap;

use gateway::settings::Settings;
use gateway_tests::{Client, Options, World};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use serde_json::Value;
use sqlx::{AssertSqlSafe, PgPool};
use uuid::Uuid;

use super::{
    draw,
    kind::{Column, Kind, Sort},
    kinds::KINDS,
    row::{Cell, Key, Row},
};

/// How many rows of each kind, in the order of `KINDS`; no more than fit one page.
const ROWS: [usize; 6] = [30, 90, 35, 25, 180, 150];
const JOINS: usize = 80;

/// The rows of one tenant, as they were written.
pub struct Data {
    pub tenant: Uuid,
    rows: BTreeMap<&'static str, Vec<Row>>,
    joins: Vec<(Key, Key)>,
}

/// A world with a tenant's random rows and another tenant's beside them.
pub struct Random {
    pub world: World,
    pub client: Client,
    pub data: Data,
}

impl Random {
    pub async fn new(seed: u64) -> Self {
        // What is drawn may ask for the largest pages inside one another, several times.
        let world = World::with(Options {
            settings: Settings {
                max_cost: Some(u64::MAX),
                ..Settings::default()
            },
            ..Options::default()
        })
        .await;
        let mut rng = StdRng::seed_from_u64(seed);
        let (mine, user) = member(world.admin(), &mut rng).await;
        let (other, _) = member(world.admin(), &mut rng).await;
        let data = Data::random(&mut rng, mine, 0);
        Data::random(&mut rng, other, 10_000)
            .insert(world.admin())
            .await;
        data.insert(world.admin()).await;
        sqlx::raw_sql("ANALYZE")
            .execute(world.admin())
            .await
            .expect("statistics");
        Self {
            client: world.client(mine, user),
            world,
            data,
        }
    }
}

/// A tenant with one user.
async fn member(admin: &PgPool, rng: &mut StdRng) -> (Uuid, Uuid) {
    let (tenant, user) = (draw::uuid(rng), draw::uuid(rng));
    let made = sqlx::raw_sql(AssertSqlSafe(format!(
        "INSERT INTO tenants (id, name) VALUES ('{tenant}', 'same'); \
         INSERT INTO users (id, email) VALUES ('{user}', '{user}@x.test'); \
         INSERT INTO tenant_users (tenant_id, user_id, roles) VALUES ('{tenant}', '{user}', '{{owner}}')"
    )));
    made.execute(admin).await.expect("a tenant and its user");
    (tenant, user)
}

impl Data {
    /// Rows of every kind. Tags count from `first_tag`.
    fn random(rng: &mut StdRng, tenant: Uuid, first_tag: i64) -> Self {
        let mut data = Self {
            tenant,
            rows: BTreeMap::new(),
            joins: Vec::new(),
        };
        for (kind, count) in KINDS.iter().zip(ROWS) {
            for number in 0..count as i64 {
                let key = match kind.object {
                    "Tag" => Key::Int(first_tag + number),
                    _ => Key::Uuid(draw::uuid(rng)),
                };
                let row = data.row(rng, kind, key, number);
                data.rows.entry(kind.object).or_default().push(row);
            }
        }
        for _ in 0..JOINS {
            let join = (data.any(rng, "Template").key, data.any(rng, "Tag").key);
            if !data.joins.contains(&join) {
                data.joins.push(join);
            }
        }
        data
    }

    /// A random row of a kind; `number` makes its unique columns differ.
    pub fn row(&self, rng: &mut StdRng, kind: &Kind, key: Key, number: i64) -> Row {
        let mut cells: BTreeMap<_, _> = kind
            .columns
            .iter()
            .map(|column| (column.sql, self.cell(rng, column, number)))
            .collect();
        cells.insert("id", Cell::Key(key));
        Row { key, cells }
    }

    fn cell(&self, rng: &mut StdRng, column: &Column, number: i64) -> Cell {
        if column.nullable && rng.random_bool(0.3) {
            return Cell::Null;
        }
        match (column.sql, column.sort) {
            // Unique, and lower case.
            ("email", _) => Cell::Text(format!(
                "{}{number}@x.test",
                draw::text(rng).to_ascii_lowercase()
            )),
            ("workspace_name", _) => {
                Cell::Text(format!("{}{number}{}", draw::text(rng), self.tenant))
            }
            (_, Sort::Text) => Cell::Text(draw::text(rng)),
            (_, Sort::Time) => Cell::Time(draw::time(rng)),
            (_, Sort::Bool) => Cell::Bool(rng.random()),
            // Places in a sequence count from 1.
            (_, Sort::Int) => Cell::Int(draw::number(rng).max(1)),
            (_, Sort::Enum(values)) => {
                Cell::Text((*values.choose(rng).expect("values")).to_owned())
            }
            (_, Sort::Id(object)) => self
                .rows
                .get(object)
                .map_or(Cell::Null, |_| Cell::Key(self.any(rng, object).key)),
        }
    }

    /// The rows of a kind, in no order.
    pub fn rows(&self, object: &str) -> &[Row] {
        &self.rows[object]
    }

    /// The row of a key, unless there is none.
    pub fn find(&self, object: &str, key: Key) -> Option<&Row> {
        self.rows(object).iter().find(|row| row.key == key)
    }

    /// Some row of a kind.
    pub fn any(&self, rng: &mut StdRng, object: &str) -> &Row {
        self.rows(object).choose(rng).expect("rows")
    }

    /// Whether a join connects a row with another, whichever of the two is the template.
    pub fn joined(&self, one: Key, other: Key) -> bool {
        self.joins.contains(&(one, other)) || self.joins.contains(&(other, one))
    }

    async fn insert(&self, admin: &PgPool) {
        for kind in KINDS {
            self.insert_rows(admin, kind, self.rows(kind.object)).await;
        }
        for (template, tag) in &self.joins {
            let (Key::Uuid(template), Key::Int(tag)) = (template, tag) else {
                unreachable!("a UUID and a number")
            };
            let insert =
                "INSERT INTO template_tags (tenant_id, template_id, tag_id) VALUES ($1, $2, $3)";
            sqlx::query(insert)
                .bind(self.tenant)
                .bind(template)
                .bind(tag)
                .execute(admin)
                .await
                .expect("a join");
        }
    }

    /// Counts rows that were inserted later among the tenant's.
    pub fn remember(&mut self, kind: &Kind, rows: Vec<Row>) {
        self.rows
            .get_mut(kind.object)
            .expect("a known kind")
            .extend(rows);
    }

    /// Writes rows as the superuser, of this tenant.
    pub async fn insert_rows(&self, admin: &PgPool, kind: &Kind, rows: &[Row]) {
        let columns: Vec<&str> = kind.columns.iter().map(|column| column.sql).collect();
        let columns = columns.join(", ");
        let table = kind.table;
        let insert = format!(
            "INSERT INTO {table} (tenant_id, {columns}) OVERRIDING SYSTEM VALUE \
             SELECT $1, {columns} FROM jsonb_populate_recordset(NULL::{table}, $2)"
        );
        let rows: Value = rows.iter().map(Row::json).collect();
        sqlx::query(AssertSqlSafe(insert))
            .bind(self.tenant)
            .bind(rows)
            .execute(admin)
            .await
            .expect("rows");
    }
}
