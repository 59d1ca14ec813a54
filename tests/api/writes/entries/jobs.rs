//! Dead letters.

use serde_json::json;

use super::{Entry, Right, entry};
use crate::writes::subjects::Subjects;

pub fn entries(of: &Subjects) -> Vec<Entry> {
    let one = json!({ "id": of.dead_letter });
    let many = json!({ "filter": { "id": { "in": [of.dead_letter] } }, "atMost": 1 });
    vec![
        entry("replayJob", Right::Configure, one.clone()),
        entry("replayJobs", Right::Configure, many.clone()),
        entry("dropJob", Right::Configure, one),
        entry("dropJobs", Right::Configure, many),
    ]
}
