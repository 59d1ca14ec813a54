//! What a batch comes to, and adding it to the tables of days.

mod add;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use sea_orm::DbErr;
use tenant::Row;
use uuid::Uuid;

pub(crate) use add::{Added, DAILY, clear, period_of, remove_empty};

/// What is counted: the kind of event, and its column.
pub(crate) const COUNTS: [(&str, &str); 8] = [
    ("sent", "sent"),
    ("delivered", "delivered"),
    ("opened", "opened_tracked"),
    ("clicked", "clicked_tracked"),
    ("replied", "replied"),
    ("bounced", "bounced"),
    ("unsubscribed", "unsubscribed"),
    ("complained", "spam_complaints"),
];

/// The columns, joined by commas, each as `form` writes it.
pub(crate) fn columns(form: impl Fn(&str) -> String) -> String {
    let forms: Vec<String> = COUNTS.iter().map(|(_, column)| form(column)).collect();
    forms.join(", ")
}

/// One number for each of [`COUNTS`].
pub(crate) type Numbers = [i64; COUNTS.len()];

/// By whom and on which day.
pub(crate) type Key = (Uuid, NaiveDate);

/// Numbers to add, by table.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    pub campaigns: BTreeMap<Key, Numbers>,
    pub accounts: BTreeMap<Key, Numbers>,
    pub steps: BTreeMap<Key, Numbers>,
    /// The campaigns of the steps.
    pub of_campaigns: BTreeMap<Uuid, Uuid>,
    pub leads: BTreeMap<Key, Numbers>,
}

/// What the numbers are of, in the bits of GROUPING (campaign_id, email_account_id, step_id, lead_id).
const OF_CAMPAIGN: i32 = 0b0111;
const OF_ACCOUNT: i32 = 0b1011;
const OF_STEP: i32 = 0b0101;
const OF_LEAD: i32 = 0b1110;

/// The statement that sums up the relation `counted` (kind, amount, day, and whose), with the columns `whole` of the row
/// of the whole behind the others.
pub(crate) fn summed(counted: &str, whole: &str) -> String {
    let sums: Vec<String> = COUNTS
        .iter()
        .map(|(kind, _)| format!("coalesce(sum(amount) FILTER (WHERE kind = '{kind}'), 0)::bigint"))
        .collect();
    let sums = sums.join(", ");
    format!(
        "WITH {counted}
        SELECT grouping(campaign_id, email_account_id, step_id, lead_id),
            CASE grouping(campaign_id, email_account_id, step_id, lead_id) WHEN {OF_CAMPAIGN} THEN campaign_id
                WHEN {OF_ACCOUNT} THEN email_account_id WHEN {OF_STEP} THEN step_id WHEN {OF_LEAD} THEN lead_id END,
            day, CASE grouping(campaign_id, email_account_id, step_id, lead_id) WHEN {OF_STEP} THEN campaign_id END,
            ARRAY[{sums}], {whole}
        FROM counted
        GROUP BY GROUPING SETS ((campaign_id, day), (email_account_id, day), (campaign_id, step_id, day), (lead_id, day), ())
        HAVING CASE grouping(campaign_id, email_account_id, step_id, lead_id) WHEN {OF_CAMPAIGN} THEN campaign_id IS NOT NULL
            WHEN {OF_ACCOUNT} THEN email_account_id IS NOT NULL WHEN {OF_LEAD} THEN lead_id IS NOT NULL
            WHEN {OF_STEP} THEN step_id IS NOT NULL AND campaign_id IS NOT NULL ELSE true END"
    )
}

/// Where the columns of the whole begin.
pub(crate) const WHOLE: usize = 5;

impl Counts {
    /// Reads the rows of [`summed`]; gives back that of the whole.
    pub(crate) fn of(rows: Vec<Row>) -> Result<(Self, Row), DbErr> {
        let (mut counts, mut whole) = (Self::default(), None);
        for row in rows {
            let table = match row.at(0)? {
                OF_CAMPAIGN => &mut counts.campaigns,
                OF_ACCOUNT => &mut counts.accounts,
                OF_STEP => &mut counts.steps,
                OF_LEAD => &mut counts.leads,
                // Of all; there always is one.
                _ => {
                    whole = Some(row);
                    continue;
                }
            };
            let numbers: Vec<i64> = row.at(4)?;
            let numbers = Numbers::try_from(numbers)
                .map_err(|numbers| DbErr::Type(format!("{} numbers", numbers.len())))?;
            if numbers == Numbers::default() {
                continue;
            }
            // A step of several campaigns, which nothing forbids, has a row for each of them here.
            let sums = table.entry((row.at(1)?, row.at(2)?)).or_default();
            for (sum, number) in sums.iter_mut().zip(numbers) {
                *sum += number;
            }
            if let Some(campaign) = row.at(3)? {
                counts.of_campaigns.insert(row.at(1)?, campaign);
            }
        }
        let whole = whole.ok_or_else(|| DbErr::Type("there is no row of the whole".to_owned()))?;
        Ok((counts, whole))
    }

    /// What takes these away.
    pub(crate) fn negated(mut self) -> Self {
        for table in self.tables_mut() {
            for number in table.values_mut().flatten() {
                *number = -*number;
            }
        }
        self
    }

    /// The first days of the months of leads, from a day on.
    pub(crate) fn months(&self, kept_from: NaiveDate) -> BTreeSet<NaiveDate> {
        let days = self.leads.keys().map(|(_, day)| *day);
        days.filter(|day| *day >= kept_from)
            .filter_map(|day| chrono::Datelike::with_day(&day, 1))
            .collect()
    }

    /// Forgets the days of leads before this one, which are not kept.
    pub(crate) fn forget_leads_before(&mut self, kept_from: NaiveDate) {
        self.leads.retain(|(_, day), _| *day >= kept_from);
    }

    fn tables_mut(&mut self) -> [&mut BTreeMap<Key, Numbers>; 4] {
        [
            &mut self.campaigns,
            &mut self.accounts,
            &mut self.steps,
            &mut self.leads,
        ]
    }
}
