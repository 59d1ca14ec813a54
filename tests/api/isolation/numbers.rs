//! Numbers: of every list, they are about one's own rows and no others.
//!
//! A twin has the same values, so a foreign row among the counted ones doubles a count and a sum.

use std::fmt::Write;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{
    schema::{Schema, snake},
    twins::{Twins, on_twins, one_in},
};

/// Everything that can be asked of a list of such objects but its rows: each thing to group by alone,
/// under the alias `by_…`.
fn everything(schema: &Schema, object: &str) -> String {
    let aggregates = schema.selection(&format!("{object}Aggregates"), 1);
    let key = schema.selection(&format!("{object}GroupKey"), 1);
    let mut asked = format!("{{ totalCount estimatedCount aggregates {aggregates} ");
    for by in schema
        .values(&format!("{object}GroupBy"))
        .unwrap_or_default()
    {
        write!(
            asked,
            "by_{by}: groups(by: [{by}], timeZone: \"Asia/Tokyo\") {{ key {key} aggregates {{ count }} }} "
        )
        .expect("a String takes every write");
    }
    asked + "}"
}

#[test]
fn every_number_is_about_ones_own_rows() {
    on_twins(async |twins| {
        let schema = Schema::served();
        let (mut grouped, mut computed) = (0, 0);
        for (field, table, object) in schema.lists() {
            let Some(visible) = twins.visible(&table) else {
                continue;
            };
            let query = format!("{{ list: {} {} }}", field.name, everything(schema, &object));
            let answer = twins.owner().data(&query).await;
            twins.foreign.assert_absent(&answer, &field.name);
            let list = &answer["list"];
            let own = twins.visible_keys(&table, "true").await.len();
            for count in [
                &list["totalCount"],
                &list["estimatedCount"],
                &list["aggregates"]["count"],
            ] {
                assert_eq!(*count, own, "{}", field.name);
            }
            grouped += whole_in_groups(list, own as i64, &field.name);
            computed += as_the_database_says(twins, (&table, &object), &visible, list).await;
        }
        assert!(grouped > 150 && computed > 120, "{grouped} {computed}");
    });
}

/// The groups of each kind hold all rows; how many kinds there are.
fn whole_in_groups(list: &Value, own: i64, name: &str) -> usize {
    let members = list.as_object().into_iter().flatten();
    let kinds: Vec<_> = members
        .filter(|(alias, _)| alias.starts_with("by_"))
        .collect();
    for (alias, groups) in &kinds {
        let groups = groups.as_array().expect("groups");
        let counts = groups
            .iter()
            .filter_map(|group| group["aggregates"]["count"].as_i64());
        assert_eq!(counts.sum::<i64>(), own, "{name} {alias}");
    }
    kinds.len()
}

/// Every aggregate is what the superuser computes of the visible rows; how many there are.
async fn as_the_database_says(
    twins: &Twins,
    (table, object): (&str, &str),
    visible: &str,
    list: &Value,
) -> usize {
    let (schema, mut computed) = (Schema::served(), 0);
    for (function, sql, kind) in [
        ("min", "min", "Min"),
        ("max", "max", "Max"),
        ("sum", "sum", "Sum"),
        ("average", "avg", "Average"),
    ] {
        for measure in schema
            .object(&format!("{object}{kind}"))
            .unwrap_or_default()
        {
            let column = snake(&measure.name);
            let expected: Value = one_in(
                &twins.world,
                twins.catalog.table(table).tier,
                &format!("SELECT coalesce(to_jsonb({sql}({column})), 'null') FROM {table} WHERE {visible}"),
            )
            .await;
            let found = &list["aggregates"][function][&measure.name];
            assert!(
                same(found, &expected),
                "{table}: {function} of {column}: {found}, not {expected}"
            );
            computed += 1;
        }
    }
    computed
}

/// Moments and fractions may be written in several ways.
fn same(found: &Value, expected: &Value) -> bool {
    let moment = |value: &Value| value.as_str()?.parse::<DateTime<Utc>>().ok();
    match (found.as_f64(), expected.as_f64()) {
        (Some(found), Some(expected)) => (found - expected).abs() <= 1e-9 * expected.abs(),
        _ => {
            found == expected || moment(found).is_some_and(|found| moment(expected) == Some(found))
        }
    }
}

#[test]
fn numbers_for_staff_are_about_all_rows_of_the_platform() {
    on_twins(async |twins| {
        let schema = Schema::served();
        let demo = twins.world.demo.as_ref().expect("a demo world");
        let (staff, mut computed) = (twins.world.staff(demo.staff.id), 0);
        for (field, table, object) in schema.lists() {
            if twins.visible(&table).is_some() {
                continue;
            }
            let query = format!("{{ list: {} {} }}", field.name, everything(schema, &object));
            let answer = staff.data(&query).await;
            let tier = twins.catalog.table(&table).tier;
            let count = format!("SELECT count(*) FROM {table}");
            let rows: i64 = one_in(&twins.world, tier, &count).await;
            assert_eq!(
                answer["list"]["aggregates"]["count"], rows,
                "{}",
                field.name
            );
            assert_eq!(answer["list"]["estimatedCount"], rows, "{}", field.name);
            whole_in_groups(&answer["list"], rows, &field.name);
            computed +=
                as_the_database_says(twins, (&table, &object), "true", &answer["list"]).await;
        }
        assert!(computed > 30, "{computed}");
    });
}

#[test]
fn numbers_of_a_foreign_parent_are_of_nothing() {
    on_twins(async |twins| {
        let theirs = twins.hidden_keys("companies").await;
        let query = format!(
            "{{ campaigns(filter: {{companyId: {{in: {theirs:?}}}}}) {{ totalCount estimatedCount aggregates {{ count min {{ name }} }}
                groups(by: [COMPANY, STATUS]) {{ key {{ companyId }} }} }} }}"
        );
        let answer = twins.owner().data(&query).await;
        assert_eq!(
            answer["campaigns"],
            serde_json::json!({
                "totalCount": 0, "estimatedCount": 0, "aggregates": { "count": 0, "min": { "name": null } }, "groups": []
            })
        );
    });
}
