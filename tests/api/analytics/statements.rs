//! How many statements analytics cost: one for each level, whatever the data.

use std::time::Duration;

use gateway_tests::{Options, Wire, World, beside, cluster};
use migrations::Tier;

use super::{CAMPAIGNS, day, demo, keys, tenant};

const DAYS: &str = "from: \"2026-01-01\", to: \"2026-01-31\"";

/// Operations and their statements, with a page of `$n` parents.
const SHAPES: &[(&str, u32)] = &[
    (
        "{ campaigns(first: $n) { nodes { name analytics($days) { totals { sent } rates { reply } previous { totals { sent } }
            change { sent } series { totals { sent } } updated complete timeZone } } } }",
        2,
    ),
    // Of each level one, of each kind one.
    (
        "{ campaigns(first: $n) { nodes { analytics($days) { totals { sent } } steps { nodes { analytics($days) { totals { sent } }
            emailAccount { analytics($days, by: WEEK) { series { totals { sent } } } } } } } } }",
        6,
    ),
    // The same is asked once, other days once more.
    (
        "{ campaigns(first: $n) { nodes { a: analytics($days) { totals { sent } } b: analytics($days) { rates { open } }
            c: analytics(from: \"2025-01-01\", to: \"2025-01-31\") { totals { sent } } } } }",
        3,
    ),
    ("{ leads(first: $n) { nodes { analytics($days) { totals { sent } } } } }", 2),
    ("{ topCampaigns(first: $n, $days) { ranks { totals { sent } campaign { name } } } }", 2),
    ("{ analytics($days) { totals { sent } series { totals { sent } } previous { totals { sent } } } }", 1),
];

#[tokio::test]
async fn one_parent_costs_as_many_statements_as_all() {
    let (world, owner) = demo().await;
    let acme = tenant(&world, "acme");
    for campaign in keys(&world, acme, "campaigns").await {
        let day_of = (acme, campaign);
        day(&world, CAMPAIGNS, day_of, "2026-01-05", [5, 1, 1, 0]).await;
    }
    for (shape, statements) in SHAPES {
        for parents in [2, 50] {
            let query = shape
                .replace("$n", &parents.to_string())
                .replace("$days", DAYS);
            let answer = owner.query(&query).await;
            answer.data();
            assert_eq!(answer.statements(), *statements, "{query}");
        }
    }
}

/// Statements that went over a wire: each is bound once.
fn bound(wire: &Wire) -> usize {
    let exchanges = wire.exchanges();
    let sent = exchanges.iter().flat_map(|exchange| &exchange.sent);
    sent.filter(|sent| *sent == "B").count()
}

#[tokio::test]
async fn a_campaign_with_its_numbers_and_its_mail_is_one_operation_over_three_databases() {
    let (database, _) = cluster().await.demo().await;
    let wires = [
        Wire::to_cluster().await,
        Wire::to_cluster().await,
        Wire::to_cluster().await,
    ];
    let [oltp, content, analytics] = &wires;
    let url = |wire: &Wire, tier| Some(wire.url("gateway_login", &beside(&database, tier)));
    let world = World::demo_with(Options {
        database_url: url(oltp, Tier::Oltp),
        content_url: url(content, Tier::Content),
        analytics_url: url(analytics, Tier::Analytics),
        max_connections: Some(1),
        ..Options::default()
    })
    .await;
    let owner = world.owner("acme");
    let query = format!(
        "{{ campaigns(first: 50) {{ nodes {{ name status company {{ name }} steps {{ nodes {{ stepOrder analytics({DAYS}) {{ totals {{ sent }} }} }} }}
            analytics({DAYS}) {{ totals {{ sent }} rates {{ reply }} previous {{ totals {{ sent }} }} series {{ totals {{ sent }} }} updated complete }}
            messages(first: 3) {{ totalCount nodes {{ subject body {{ text }} }} }} }} }} }}"
    );
    owner.data(&query).await; // prepares the statements
    for wire in &wires {
        wire.quiet().await;
    }
    let answer = owner.query(&query).await;
    answer.data();
    for wire in &wires {
        tokio::time::timeout(Duration::from_secs(30), async {
            while wire.so_far().last().is_none_or(|last| !last.answered) {
                tokio::task::yield_now().await;
            }
        })
        .await
        .expect("an answer");
    }
    // Campaigns, companies, steps; the messages, their number, their bodies; the numbers of campaigns and of steps.
    assert_eq!([bound(oltp), bound(content), bound(analytics)], [3, 3, 2]);
    assert_eq!(answer.statements(), 8);
}
