//! Random writes of two tenants against a plain model.
//!
//! What the gateway, SeaORM and PostgreSQL do with a write, [`state`] does with maps in a dozen lines.
//! After each operation both tenants' rows must be what the model says: what failed left nothing, what
//! was done is done to the one tenant, and the other's ids were as good as none. Operations are drawn
//! from a seed, which a failure shows: put it in [`SEEDS`] to see it again.

mod campaigns;
mod draw;
mod labels;
mod people;
mod state;

use gateway_tests::{Answer, Client, World};
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};

use self::{
    draw::{Draw, Op},
    state::Tenant,
};
use super::messages;
use crate::isolation::{catalog::Catalog, schema::Schema};

/// Fixed ones, so that every run is the same.
const SEEDS: [u64; 3] = [1, 20_261_126, 7_777_777];
const NAMES: [&str; 2] = ["acme", "globex"];
const OPERATIONS: usize = 150;

const OPS: [fn(&mut Draw<'_>) -> Op; 24] = [
    people::create_company,
    people::update_company,
    people::delete_company,
    people::create_lead,
    people::create_lead,
    people::update_leads,
    people::delete_leads,
    people::import_leads,
    labels::create_template,
    labels::delete_template,
    labels::set_folders,
    labels::set_tags,
    labels::create_folder,
    labels::delete_folder,
    labels::create_tag,
    labels::delete_tag,
    campaigns::create,
    campaigns::delete,
    campaigns::transit,
    campaigns::transit,
    campaigns::add_step,
    campaigns::add_step,
    campaigns::delete_step,
    campaigns::reorder,
];

#[tokio::test]
async fn the_database_is_what_the_model_says_after_each_write() {
    for seed in SEEDS {
        run(seed).await;
    }
}

async fn run(seed: u64) {
    let world = World::demo().await;
    messages::learn(&Catalog::read(&world).await);
    state::empty(&world).await;
    let clients = NAMES.map(|name| world.owner(name));
    let mut tenants = [Tenant::default(), Tenant::default()];
    let (mut rng, mut done, mut refused) = (StdRng::seed_from_u64(seed), 0, 0);
    for number in 0..OPERATIONS {
        let who = usize::from(rng.random_bool(0.5));
        let op = OPS[rng.random_range(0..OPS.len())];
        let steps = state::steps(&world).await;
        let mut draw = Draw {
            rng: &mut rng,
            own: &tenants[who],
            other: &tenants[1 - who],
            steps: &steps,
            number,
        };
        let (op, undo) = (op(&mut draw), rng.random_bool(0.15));
        let place = format!(
            "seed {seed}, operation {number}: {} {} {}",
            NAMES[who], op.name, op.input
        );
        let answer = send(&clients[who], &op, undo).await;
        let code = answer.body["errors"][0]["extensions"]["code"].as_str();
        let expected = op
            .expected
            .as_ref()
            .err()
            .copied()
            .or(undo.then_some("BAD_USER_INPUT"));
        assert_eq!(code, expected, "{place}: {:#}", answer.body);
        match op.expected {
            Ok(effect) if !undo => {
                effect(&mut tenants[who], &answer.body["data"]["it"]);
                done += 1;
            }
            _ => refused += 1,
        }
        assert_rows(&world, &tenants, &place).await;
    }
    assert!(
        done > OPERATIONS / 4 && refused > OPERATIONS / 8,
        "seed {seed}: {done} done, {refused} refused"
    );
}

/// Both tenants have what the model says, and nothing else.
async fn assert_rows(world: &World, tenants: &[Tenant; 2], place: &str) {
    for (name, tenant) in NAMES.iter().zip(tenants) {
        let stored = state::stored(world, name).await;
        assert_eq!(stored, tenant.shown(), "{place}: the rows of {name}");
    }
}

/// Sends an operation, with another behind it that fails if nothing of it is to stay.
async fn send(client: &Client, op: &Op, undo: bool) -> Answer {
    let mutations = Schema::served().mutations();
    let field = mutations
        .iter()
        .find(|field| field.name == op.name)
        .expect("a mutation");
    let poison = if undo {
        "undo: createFolder(input: {name: \"\"}) { folder { id } }"
    } else {
        ""
    };
    let query = format!(
        "mutation($input: {}!) {{ it: {}(input: $input) {} {poison} }}",
        field.argument("input"),
        op.name,
        Schema::served().selection(&field.kind, 1)
    );
    let answer = client
        .query_with(&query, json!({ "input": op.input }))
        .await;
    messages::assert_clean(&answer, &query);
    let outcome = if answer.body["errors"].is_null() {
        "committed"
    } else {
        "rolled back"
    };
    assert_eq!(
        answer.body["extensions"]["transaction"],
        Value::from(outcome)
    );
    answer
}
