//! Rows that are written while somebody reads page by page.

use std::collections::BTreeSet;

use rand::{SeedableRng, rngs::StdRng};
use serde_json::{Value, json};

use super::{
    SEEDS,
    ask::{Ask, Order},
    data::Random,
    draw,
    kind::{Kind, kind},
    row::{Key, Row},
};

/// Nothing is met twice or passed over: a page begins where the last one ended, wherever rows came
/// in between. An offset would do both.
#[tokio::test]
async fn rows_inserted_between_two_pages_neither_repeat_nor_hide_others() {
    let mut random = Random::new(SEEDS[0]).await;
    // Not the seed of the rows, which would draw their keys again.
    let mut rng = StdRng::seed_from_u64(!SEEDS[0]);
    for kind in [kind("Lead"), kind("Campaign")] {
        for order in Order::all(kind) {
            for backward in [false, true] {
                walk(&mut random, &mut rng, kind, order, backward).await;
            }
        }
    }
}

async fn walk(
    random: &mut Random,
    rng: &mut StdRng,
    kind: &'static Kind,
    order: Order,
    backward: bool,
) {
    let before = ids(random, kind, order, backward);
    let (mut read, mut cursor) = (Vec::new(), Value::Null);
    loop {
        let page = page(random, kind, order, backward, &cursor).await;
        read.extend(
            page["nodes"]
                .as_array()
                .expect("nodes")
                .iter()
                .map(|node| node["id"].clone()),
        );
        let (more, from) = if backward {
            ("hasPreviousPage", "startCursor")
        } else {
            ("hasNextPage", "endCursor")
        };
        if page["pageInfo"][more] == false {
            break;
        }
        cursor = page["pageInfo"][from].clone();
        insert(random, rng, kind).await;
    }
    let distinct: BTreeSet<_> = read.iter().map(Value::to_string).collect();
    assert_eq!(
        distinct.len(),
        read.len(),
        "{} by {order:?}: a row was met twice",
        kind.list
    );
    let met: Vec<_> = read
        .iter()
        .filter(|id| before.contains(id))
        .cloned()
        .collect();
    assert_eq!(met, before, "{} by {order:?}", kind.list);
    // What was met stands in order, the new rows among the old.
    let after = ids(random, kind, order, backward);
    assert_eq!(
        read,
        after
            .into_iter()
            .filter(|id| read.contains(id))
            .collect::<Vec<_>>()
    );
}

/// The ids of all rows, as a walk should meet them.
fn ids(random: &Random, kind: &'static Kind, order: Order, backward: bool) -> Vec<Value> {
    let rows = random
        .data
        .sorted(&Ask::all(kind, order), random.data.rows(kind.object).iter());
    let mut ids: Vec<Value> = rows
        .iter()
        .map(|row| json!((kind.show)(&row.key)))
        .collect();
    if backward {
        ids.reverse();
    }
    ids
}

/// Nodes of a page in the direction of the walk, ten at a time.
async fn page(random: &Random, kind: &Kind, order: Order, backward: bool, cursor: &Value) -> Value {
    let (list, object) = (kind.list, kind.object);
    let (size, from) = if backward {
        ("last", "before")
    } else {
        ("first", "after")
    };
    let query = format!(
        "query($from: String, $order: {object}Order) {{ {list}({size}: 13, {from}: $from, orderBy: $order) {{ \
         nodes {{ id }} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}"
    );
    let direction = if order.descending { "DESC" } else { "ASC" };
    let order = json!({ "field": kind.orders[order.by].0, "direction": direction });
    let mut page = random
        .client
        .data_with(&query, json!({ "from": cursor, "order": order }))
        .await[list]
        .take();
    if backward {
        page["nodes"].as_array_mut().expect("nodes").reverse();
    }
    page
}

/// Three more rows, anywhere in the order.
async fn insert(random: &mut Random, rng: &mut StdRng, kind: &Kind) {
    let count = random.data.rows(kind.object).len() as i64;
    let rows: Vec<Row> = (count..count + 3)
        .map(|number| {
            let key = Key::Uuid(draw::uuid(rng));
            random.data.row(rng, kind, key, number)
        })
        .collect();
    random
        .data
        .insert_rows(random.world.admin(), kind, &rows)
        .await;
    random.data.remember(kind, rows);
}
