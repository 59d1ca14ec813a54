//! What the database says of its tables.

use gateway_tests::World;
use migrations::Tier;
use sqlx::PgPool;

/// The tiers that requests read.
const TIERS: [Tier; 4] = Tier::ALL;

/// The tables of the schema `public`, in all of them.
pub struct Catalog {
    /// Tier by tier, in the order of their names.
    pub tables: Vec<Table>,
}

/// A table.
pub struct Table {
    /// Where it is.
    pub tier: Tier,
    /// Its name.
    pub name: String,
    /// Its columns that hold data, with the name of their type.
    pub columns: Vec<(String, String)>,
    /// Its primary key.
    pub primary: Vec<String>,
    /// Its foreign keys.
    pub references: Vec<Reference>,
    /// Its unique indexes, the primary key's included: name and columns.
    pub unique: Vec<(String, Vec<String>)>,
    /// What the login role may do to at least one column.
    pub granted: Vec<String>,
    /// The columns that it may update.
    pub updatable: Vec<String>,
}

/// A foreign key.
pub struct Reference {
    /// Its name.
    pub name: String,
    /// The columns that refer.
    pub columns: Vec<String>,
    /// The table referred to.
    pub table: String,
    /// The columns there.
    pub referred: Vec<String>,
}

/// Of a table: its name, primary key, the commands granted, and the columns that may be updated.
type Row = (String, Vec<String>, Vec<String>, Vec<String>);

/// All but the log of changes, which no request reaches (`live::log` has its tests), and partitions, whose rows are their
/// table's.
const TABLES: &str = "SELECT c.relname::text,
        ARRAY(SELECT a.attname::text FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
            WHERE i.indrelid = c.oid AND i.indisprimary),
        ARRAY(SELECT p FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) p
            WHERE has_table_privilege('gateway_login', c.oid, p)
                OR (p <> 'DELETE' AND has_any_column_privilege('gateway_login', c.oid, p))),
        ARRAY(SELECT a.attname::text FROM pg_attribute a
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attidentity = '' AND a.attgenerated = ''
                AND has_column_privilege('gateway_login', c.oid, a.attnum, 'UPDATE') ORDER BY a.attnum)
    FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
        AND c.relname <> 'changes' ORDER BY 1";

const COLUMNS: &str = "SELECT a.attname::text, t.typname::text
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum";

const REFERENCES: &str = "SELECT k.conname::text, k.confrelid::regclass::text,
        ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY c (number, place)
            JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = c.number ORDER BY c.place),
        ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY c (number, place)
            JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = c.number ORDER BY c.place)
    FROM pg_constraint k WHERE k.conrelid = $1::regclass AND k.contype = 'f' ORDER BY 1";

const UNIQUE: &str = "SELECT i.indexrelid::regclass::text,
        ARRAY(SELECT coalesce(a.attname::text, '(expression)') FROM unnest(i.indkey::int2[]) c (number)
            LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = c.number)
    FROM pg_index i WHERE i.indrelid = $1::regclass AND i.indisunique ORDER BY 1";

impl Catalog {
    /// Reads the catalogs of the tiers.
    pub async fn read(world: &World) -> Self {
        let mut tables = Vec::new();
        for tier in TIERS {
            tables.extend(tables_of(tier, world.admin_of(tier)).await);
        }
        Self { tables }
    }

    /// The table of a name.
    pub fn table(&self, name: &str) -> &Table {
        let found = self.tables.iter().find(|table| table.name == name);
        found.unwrap_or_else(|| panic!("there is no table `{name}`"))
    }

    /// The tables whose rows name their tenant.
    pub fn of_tenants(&self) -> impl Iterator<Item = &Table> {
        self.tables
            .iter()
            .filter(|table| table.column("tenant_id").is_some())
    }
}

impl Table {
    /// The type of a column, if there is one of that name.
    pub fn column(&self, name: &str) -> Option<&str> {
        let found = self.columns.iter().find(|(column, _)| column == name);
        found.map(|(_, kind)| kind.as_str())
    }

    /// The column that tells a tenant's rows apart.
    pub fn key(&self) -> &str {
        let own = self.primary.iter().find(|column| *column != "tenant_id");
        own.map_or("tenant_id", String::as_str)
    }

    /// An assignment of the login role's that changes nothing: of the tenant, if it may write that.
    pub fn untouched(&self) -> Option<String> {
        // Whoever resolves one says so as oneself; there is no other change.
        if self.name == "admin_system_events" {
            let oneself = "current_setting('app.current_user_id')::uuid";
            return Some(format!("is_resolved = true, resolved_by = {oneself}"));
        }
        let tenant = self.updatable.iter().find(|column| *column == "tenant_id");
        let column = tenant.or(self.updatable.first())?;
        Some(format!("{column} = {column}"))
    }

    /// Whether the login role was granted a command.
    pub fn grants(&self, command: &str) -> bool {
        self.granted.iter().any(|granted| granted == command)
    }
}

async fn tables_of(tier: Tier, pool: &PgPool) -> Vec<Table> {
    let rows: Vec<Row> = sqlx::query_as(TABLES)
        .fetch_all(pool)
        .await
        .expect("the catalog");
    let mut tables = Vec::with_capacity(rows.len());
    for (name, primary, granted, updatable) in rows {
        tables.push(Table {
            tier,
            columns: list(pool, COLUMNS, &name).await,
            references: references(pool, &name).await,
            unique: list(pool, UNIQUE, &name).await,
            name,
            primary,
            granted,
            updatable,
        });
    }
    tables
}

async fn list<T>(pool: &PgPool, sql: &'static str, table: &str) -> Vec<T>
where
    T: for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow> + Send + Unpin,
{
    sqlx::query_as(sql)
        .bind(table)
        .fetch_all(pool)
        .await
        .expect("the catalog")
}

async fn references(pool: &PgPool, table: &str) -> Vec<Reference> {
    let rows: Vec<(String, String, Vec<String>, Vec<String>)> = list(pool, REFERENCES, table).await;
    let reference = |(name, table, columns, referred)| Reference {
        name,
        columns,
        table,
        referred,
    };
    rows.into_iter().map(reference).collect()
}
