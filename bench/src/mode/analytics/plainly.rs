//! The same numbers, counted another way: by statements that know nothing of logs, watermarks and sums of changes. What the
//! rollup and the recount both do wrong, they would do alike.

use sqlx::AssertSqlSafe;
use uuid::Uuid;

use crate::{Result, database::Place};

/// The tables of days, and whose their rows are.
const TABLES: [(&str, &str); 4] = [
    ("campaign_analytics", "campaign_id"),
    ("mailbox_analytics", "email_account_id"),
    ("sequence_step_analytics", "step_id"),
    ("lead_analytics", "lead_id"),
];

/// How many rows with a number in them there are, and a sum of what each says.
type Digest = (i64, String);

/// Compares what is counted with what the messages say.
///
/// # Errors
/// When they differ.
pub(super) async fn compare(place: &Place) -> Result<()> {
    let mut analytics = place.analytics().connect().await?;
    let zones: Vec<(Uuid, String)> = sqlx::query_as("SELECT tenant_id, time_zone FROM rollups")
        .fetch_all(&mut analytics)
        .await?;
    let (tenants, zones): (Vec<_>, Vec<_>) = zones.into_iter().unzip();
    let mut content = place.content().connect().await?;
    for (table, whose) in TABLES {
        let counted: Digest = sqlx::query_as(AssertSqlSafe(counted(table, whose)))
            .fetch_one(&mut analytics)
            .await?;
        let plainly: Digest = sqlx::query_as(AssertSqlSafe(plainly(whose)))
            .bind(&tenants)
            .bind(&zones)
            .fetch_one(&mut content)
            .await?;
        if counted != plainly {
            return Err(format!("{table}: counted {counted:?}, and plainly {plainly:?}").into());
        }
    }
    Ok(())
}

const DIGEST: &str =
    "count(*), coalesce(sum(hashtextextended(concat_ws(' ', whose, day, numbers), 0)), 0)::text";

fn counted(table: &str, whose: &str) -> String {
    format!(
        "SELECT {DIGEST} FROM (SELECT {whose} AS whose, day, ARRAY[sent, delivered, opened_tracked, clicked_tracked, replied, \
             bounced, unsubscribed, spam_complaints]::bigint[] AS numbers FROM {table}) t \
         WHERE numbers <> '{{0,0,0,0,0,0,0,0}}'"
    )
}

fn plainly(whose: &str) -> String {
    format!(
        "SELECT {DIGEST} FROM (
            SELECT {whose} AS whose, (h.at AT TIME ZONE z.zone)::date AS day, ARRAY[
                count(*) FILTER (WHERE kind = 1), count(*) FILTER (WHERE kind = 2), count(*) FILTER (WHERE kind = 3),
                count(*) FILTER (WHERE kind = 4), count(*) FILTER (WHERE kind = 5), count(*) FILTER (WHERE kind = 6),
                count(*) FILTER (WHERE kind = 7), count(*) FILTER (WHERE kind = 8)] AS numbers
            FROM email_messages m JOIN unnest($1::uuid[], $2::text[]) z (tenant, zone) ON z.tenant = m.tenant_id,
                LATERAL (VALUES (1, sent), (2, delivered), (3, opened), (4, clicked), (5, replied), (6, bounced),
                    (7, unsubscribed), (8, complained)) h (kind, at)
            WHERE h.at IS NOT NULL AND {whose} IS NOT NULL
            GROUP BY 1, 2
        ) t"
    )
}
