//! How groups are loaded: one statement for all rows of a level that ask with the same arguments.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, Result};
use chrono::NaiveDate;
use sea_orm::DbErr;
use tenant::{Row, TenantContext, Tier};
use uuid::Uuid;

use super::{
    counts::Counts,
    group::{AnalyticsGroupBy as By, GroupArguments, GroupRow, KeyRow},
    statement::{self, KEY, Subject, grouped},
};
use crate::{
    error::ClientError,
    loader::{Batch, RawKey},
    session::Session,
    table::Scope,
};

/// Mail whose numbers are grouped: whose it is, and on which days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Mail {
    pub(super) subject: Subject,
    /// None for all of a tenant together.
    pub(super) of: Option<RawKey>,
    pub(super) first: NaiveDate,
    pub(super) last: NaiveDate,
}

/// The groups of the mail that the key says.
pub(super) fn groups() -> Groups {
    Groups
}

/// See [`groups`].
pub(super) struct Groups;

impl rows::Load<Mail, GroupArguments> for Groups {
    type Value = Vec<Arc<GroupRow>>;

    async fn load(
        self,
        ctx: &Context<'_>,
        mail: Vec<Mail>,
        arguments: GroupArguments,
    ) -> Result<Vec<Self::Value>> {
        let session = Session::of(ctx);
        session.may_read(Scope::Tenant).await?;
        let arguments = Arc::new(arguments);
        let key = |mail: Mail| {
            let counted_by = mail.counted_by(&arguments.by)?;
            Ok((mail, counted_by, Arc::clone(&arguments)))
        };
        let keys: Result<Vec<Key>, ClientError> = mail.into_iter().map(key).collect();
        let found = session.loaders().load::<Grouped>(&keys?).await?;
        let found: Vec<Self::Value> = found.into_iter().map(Option::unwrap_or_default).collect();
        found
            .iter()
            .try_for_each(|groups| GroupArguments::fits(groups.len()))?;
        Ok(found)
    }
}

impl Mail {
    /// The table in which its numbers are by all that they are grouped by.
    fn counted_by(self, by: &[By]) -> Result<Subject, ClientError> {
        let has = |wanted| by.contains(&wanted);
        let is_of_rows = has(By::Campaign) || has(By::EmailAccount) || has(By::Step);
        let refused = match (self.of, self.subject) {
            (None, _) if !is_of_rows => return Ok(self.subject),
            (None, _) if has(By::EmailAccount) && (has(By::Campaign) || has(By::Step)) => {
                "mail is not counted by account and campaign, or step, at once; group by one of them, and by days, weeks or months"
            }
            (None, _) if has(By::Step) => return Ok(Subject::Step),
            (None, _) if has(By::Campaign) => return Ok(Subject::Campaign),
            (None, _) => return Ok(Subject::EmailAccount),
            (Some(_), _) if !is_of_rows => return Ok(self.subject),
            (Some(_), Subject::Campaign) if !has(By::Campaign) && !has(By::EmailAccount) => {
                return Ok(Subject::Step);
            }
            (Some(_), Subject::Campaign) => {
                "a campaign's numbers are grouped by `STEP`, `DAY`, `WEEK` and `MONTH`"
            }
            (Some(_), _) => "these numbers are grouped by `DAY`, `WEEK` and `MONTH`",
        };
        Err(ClientError::input(refused))
    }
}

/// The mail, the table that it is counted in, and how it is grouped.
type Key = (Mail, Subject, Arc<GroupArguments>);

/// The batch: keys that differ in nothing but whose mail it is share a statement.
struct Grouped;

impl Batch for Grouped {
    type Key = Key;
    type Value = Vec<Arc<GroupRow>>;

    async fn load(
        context: &TenantContext,
        keys: &[Key],
    ) -> Result<Vec<Option<Self::Value>>, DbErr> {
        let mut alike: HashMap<_, Vec<usize>> = HashMap::new();
        for (place, (mail, table, arguments)) in keys.iter().enumerate() {
            let days = (mail.first, mail.last);
            let whose = mail.of.map(|_| mail.subject);
            let like = (whose, *table, days, arguments);
            alike.entry(like).or_default().push(place);
        }
        let mut found = vec![None; keys.len()];
        for ((whose, table, days, arguments), places) in alike {
            let of: Vec<RawKey> = places
                .iter()
                .filter_map(|place| keys[*place].0.of)
                .collect();
            let whose = whose.map(|subject| (subject, of.as_slice()));
            let statement = grouped(table, whose, days, arguments);
            let rows = context.on(Tier::Analytics).rows_raw(&statement).await?;
            let mut groups = split(&rows, &arguments.by)?;
            for place in places {
                found[place] = groups.remove(&keys[place].0.of);
            }
        }
        Ok(found)
    }
}

/// The groups of each, in the order of the answer.
fn split(rows: &[Row], by: &[By]) -> Result<HashMap<Option<RawKey>, Vec<Arc<GroupRow>>>, DbErr> {
    let mut groups: HashMap<_, Vec<_>> = HashMap::new();
    for row in rows {
        let of = row.named::<Option<Uuid>>(KEY)?.map(RawKey::Uuid);
        let group = GroupRow {
            key: key(row, by)?,
            totals: Counts::read(row)?,
        };
        groups.entry(of).or_default().push(Arc::new(group));
    }
    Ok(groups)
}

fn key(row: &Row, by: &[By]) -> Result<KeyRow, DbErr> {
    let mut key = KeyRow::default();
    for by in by {
        let column = statement::common(*by).1;
        match by {
            By::Campaign => key.campaign = row.named(column)?,
            By::EmailAccount => key.email_account = row.named(column)?,
            By::Step => key.step = row.named(column)?,
            By::Day => key.day = row.named(column)?,
            By::Week => key.week = row.named(column)?,
            By::Month => key.month = row.named(column)?,
        }
    }
    Ok(key)
}
