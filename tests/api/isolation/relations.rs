//! Relations: no way from one's own rows leads to another tenant's.

use super::{schema::Schema, twins::on_twins};

#[test]
fn no_relation_leads_to_a_foreign_row() {
    on_twins(async |twins| {
        let schema = Schema::served();
        let mut found = 0;
        for (field, _, node) in schema
            .lists()
            .filter(|(_, table, _)| twins.visible(table).is_some())
        {
            let query = format!(
                "{{ list: {}(first: 12) {} }}",
                field.name,
                schema.page(&node, 3)
            );
            let answer = twins.owner().data(&query).await;
            twins.foreign.assert_absent(&answer, &field.name);
            found += twins.own.found_in(&answer).len();
        }
        assert!(found > 5000, "only {found} ids were looked at");
    });
}

#[test]
fn the_twin_sees_its_own_rows_by_the_same_ways() {
    on_twins(async |twins| {
        let schema = Schema::served();
        let twin = twins.twin_owner().await;
        for (field, table, node) in schema
            .lists()
            .filter(|(_, table, _)| twins.visible(table).is_some())
        {
            let answer = twin
                .data(&format!(
                    "{{ list: {}(first: 12) {} }}",
                    field.name,
                    schema.page(&node, 1)
                ))
                .await;
            let leaked = twins.own.found_in(&answer);
            assert!(
                leaked.is_empty(),
                "{}: shows A's {leaked:?} to B",
                field.name
            );
            assert!(
                table == "feature_flags" || !twins.foreign.found_in(&answer).is_empty(),
                "{}: B sees nothing",
                field.name
            );
        }
    });
}
