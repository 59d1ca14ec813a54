//! What is told as it happens: to whom, in which order, and to nobody else; over WebSockets and event streams.
//!
//! That something is no event is shown by what is told next: each test ends with a change that must be told.

mod changes;
mod clients;
mod faults;
mod imports;
mod isolation;
mod log;
mod members;
mod places;
mod sockets;
mod streams;
mod thousand;

use gateway_tests::Client;
use serde_json::{Value, json};

/// A subscription to all campaigns of the tenant.
const CAMPAIGNS: &str = "subscription { campaigns { change id campaign { name } } }";

/// Makes a campaign; its id.
async fn create(client: &Client, name: &str) -> String {
    let mutation =
        "mutation ($name: String!) { createCampaign(input: {name: $name}) { campaign { id } } }";
    let data = client.data_with(mutation, json!({ "name": name })).await;
    let id = data["createCampaign"]["campaign"]["id"].as_str();
    id.expect("an id").to_owned()
}

/// Gives a campaign another name.
async fn rename(client: &Client, id: &str, name: &str) {
    let mutation = "mutation ($id: ID!, $name: String!) { \
        updateCampaign(input: {id: $id, set: {name: $name}}) { campaign { id } } }";
    client
        .data_with(mutation, json!({ "id": id, "name": name }))
        .await;
}

/// Deletes a campaign.
async fn delete(client: &Client, id: &str) {
    let mutation = "mutation ($id: ID!) { deleteCampaign(input: {id: $id}) { id } }";
    client.data_with(mutation, json!({ "id": id })).await;
}

/// What [`CAMPAIGNS`] answers.
fn told(change: &str, id: &str, name: Option<&str>) -> Value {
    let campaign = name.map(|name| json!({ "name": name }));
    json!({ "campaigns": { "change": change, "id": id, "campaign": campaign } })
}
