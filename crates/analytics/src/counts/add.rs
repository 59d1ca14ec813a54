//! Adding numbers to the tables of days.

use std::collections::{BTreeMap, HashMap};

use sea_orm::{DbErr, Value};
use tenant::InTier;
use uuid::Uuid;

use super::{COUNTS, Counts, Key, Numbers, columns};
use crate::sql::{days, numbers, query, texts, uuids};

/// A table of days: what its rows are of, and the column that it has beside the counts, with its type.
struct Table {
    name: &'static str,
    key: &'static str,
    own: Option<(&'static str, &'static str)>,
}

const CAMPAIGNS: Table = Table {
    name: "campaign_analytics",
    key: "campaign_id",
    own: Some(("status", "text")),
};
const ACCOUNTS: Table = Table {
    name: "mailbox_analytics",
    key: "email_account_id",
    own: Some(("warmup_status", "text")),
};
const STEPS: Table = Table {
    name: "sequence_step_analytics",
    key: "step_id",
    own: Some(("campaign_id", "uuid")),
};
const LEADS: Table = Table {
    name: "lead_analytics",
    key: "lead_id",
    own: None,
};

/// Numbers, with what campaigns and accounts are doing as they are counted.
pub(crate) struct Added<'c> {
    pub counts: &'c Counts,
    /// What campaigns are doing.
    pub campaigns: HashMap<Uuid, String>,
    /// How warm the domains of accounts are.
    pub accounts: HashMap<Uuid, String>,
    /// Whether a row that is there already keeps what it says of that: it was counted before.
    pub keeps_states: bool,
}

impl Added<'_> {
    /// Adds them. Days are those of `time_zone`; each is of the period that its midnight lies in.
    pub(crate) async fn add(&self, analytics: InTier<'_>, time_zone: &str) -> Result<(), DbErr> {
        let of_state = |states: &HashMap<Uuid, String>, rows: &BTreeMap<Key, Numbers>| {
            texts(rows.keys().map(|(key, _)| states.get(key).cloned()))
        };
        let counts = self.counts;
        let campaigns = of_state(&self.campaigns, &counts.campaigns);
        let accounts = of_state(&self.accounts, &counts.accounts);
        let of_steps = counts.steps.keys();
        let of_steps =
            uuids(of_steps.filter_map(|(step, _)| counts.of_campaigns.get(step).copied()));
        for (table, rows, own) in [
            (CAMPAIGNS, &counts.campaigns, Some(campaigns)),
            (ACCOUNTS, &counts.accounts, Some(accounts)),
            (STEPS, &counts.steps, Some(of_steps)),
            (LEADS, &counts.leads, None),
        ] {
            if rows.is_empty() {
                continue;
            }
            let sql = table.add(self.keeps_states);
            query(analytics, &sql, values(rows, time_zone, own)).await?;
            if rows.values().flatten().any(|number| *number < 0) {
                let keys = uuids(rows.keys().map(|(key, _)| *key));
                let days = days(rows.keys().map(|(_, day)| *day));
                query(analytics, &table.remove_empty_of(), vec![keys, days]).await?;
            }
        }
        Ok(())
    }
}

/// Keys, days, the time zone, the column of the table's own if it has one, and then each of the counts.
fn values(rows: &BTreeMap<Key, Numbers>, time_zone: &str, own: Option<Value>) -> Vec<Value> {
    let mut values = vec![
        uuids(rows.keys().map(|(key, _)| *key)),
        days(rows.keys().map(|(_, day)| *day)),
        time_zone.into(),
    ];
    let counts = (0..COUNTS.len()).map(|place| numbers(rows.values().map(|row| row[place])));
    values.extend(counts);
    values.extend(own);
    values
}

impl Table {
    fn add(&self, keeps_states: bool) -> String {
        let Self { name, key, own } = self;
        let arrays: Vec<String> = (0..COUNTS.len())
            .map(|place| format!("${}::bigint[]", place + 4))
            .collect();
        let arrays = arrays.join(", ");
        let last = COUNTS.len() + 4;
        let (own_array, own_column, own_set) = match own {
            Some((column, ty)) => {
                let set = if keeps_states {
                    format!("coalesce(t.{column}, excluded.{column})")
                } else {
                    format!("coalesce(excluded.{column}, t.{column})")
                };
                (
                    format!(", ${last}::{ty}[]"),
                    format!(", {column}"),
                    format!(", {column} = {set}"),
                )
            }
            None => (String::new(), String::new(), String::new()),
        };
        let (volume, volume_value, volume_set) = if *name == ACCOUNTS.name {
            (
                ", current_volume",
                ", d.sent",
                ", current_volume = t.current_volume + excluded.current_volume",
            )
        } else {
            ("", "", "")
        };
        let own_value = own_column.replace(", ", ", d.");
        let (counts, counted) = (columns(str::to_owned), columns(|c| format!("d.{c}")));
        let sums = columns(|c| format!("{c} = t.{c} + excluded.{c}"));
        format!(
            "WITH d AS MATERIALIZED (SELECT * FROM unnest($1::uuid[], $2::date[], {arrays}{own_array})
                AS d ({key}, day, {counts}{own_column})),
            period AS MATERIALIZED (SELECT day, ({}) AS id FROM (SELECT DISTINCT day FROM d) day)
            INSERT INTO {name} AS t (tenant_id, {key}, day, billing_id, {counts}{own_column}{volume})
            SELECT (SELECT current_setting('app.current_tenant_id')::uuid), d.{key}, d.day, period.id, {counted}{own_value}{volume_value}
            FROM d JOIN period USING (day)
            ON CONFLICT (tenant_id, {key}, day) DO UPDATE
            SET billing_id = excluded.billing_id, {sums}{own_set}{volume_set}",
            period_of("day.day", "$3")
        )
    }

    /// Of the keys `$1` on the days `$2`: rows of which nothing is left.
    fn remove_empty_of(&self) -> String {
        let Self { name, key, .. } = self;
        let empty = self.empty();
        format!(
            "DELETE FROM {name} t USING unnest($1::uuid[], $2::date[]) AS d (key, day)
            WHERE t.{key} = d.key AND t.day = d.day AND {empty}"
        )
    }

    fn empty(&self) -> String {
        let completed = match self.name {
            "campaign_analytics" => " AND t.completed_leads = 0",
            _ => "",
        };
        columns(|column| format!("t.{column}")).replace(", ", " = 0 AND ") + " = 0" + completed
    }
}

/// The period that a day's midnight lies in, of several the one that began last.
pub(crate) fn period_of(day: &str, time_zone: &str) -> String {
    format!(
        "SELECT b.id FROM billing_analytics b WHERE b.period_start <= {day}::timestamp AT TIME ZONE {time_zone}
            AND b.period_end > {day}::timestamp AT TIME ZONE {time_zone}
        ORDER BY b.period_start DESC, b.created DESC, b.id LIMIT 1"
    )
}

/// The tables whose days may be of another period.
pub(crate) const DAILY: [&str; 4] = [CAMPAIGNS.name, ACCOUNTS.name, STEPS.name, LEADS.name];

/// Takes all numbers of the tenant away. Rows that say more than numbers stay, without theirs.
pub(crate) async fn clear(analytics: InTier<'_>) -> Result<(), DbErr> {
    let zero = columns(|column| format!("{column} = 0"));
    for table in [CAMPAIGNS, ACCOUNTS, STEPS] {
        let more = match table.name {
            "campaign_analytics" => ", completed_leads = 0",
            "mailbox_analytics" => ", current_volume = 0",
            _ => "",
        };
        let sql = format!("UPDATE {} SET {zero}{more}", table.name);
        query(analytics, &sql, vec![]).await?;
    }
    query(analytics, "DELETE FROM lead_analytics", vec![]).await?;
    Ok(())
}

/// Removes rows of which nothing is left.
pub(crate) async fn remove_empty(analytics: InTier<'_>) -> Result<(), DbErr> {
    for table in [CAMPAIGNS, ACCOUNTS, STEPS] {
        let sql = format!("DELETE FROM {} t WHERE {}", table.name, table.empty());
        query(analytics, &sql, vec![]).await?;
    }
    Ok(())
}
