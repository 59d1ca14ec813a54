//! What a client that asks is told of the cost.

use std::sync::{Arc, OnceLock};

use async_graphql::{Name, Response, Variables, registry::Registry, value};
use rows::JsonText;

use super::{Costs, returned};

/// What an operation costs, for a client that wants to know. Clones are the same.
#[derive(Clone, Default)]
pub struct Bill(Arc<OnceLock<Entry>>);

struct Entry {
    costs: Arc<Costs>,
    operation: Option<Name>,
    variables: Variables,
    estimated: u64,
    limit: u64,
}

impl Bill {
    /// The estimate, made before the operation is executed.
    pub(in super::super) fn open(
        &self,
        costs: &Arc<Costs>,
        operation: Option<&Name>,
        variables: &Variables,
        (estimated, limit): (u64, u64),
    ) {
        self.0.get_or_init(|| Entry {
            costs: Arc::clone(costs),
            operation: operation.cloned(),
            variables: variables.clone(),
            estimated,
            limit,
        });
    }

    /// Counts what was answered, and says all of it in the answer's `extensions.cost`. An operation that was not
    /// begun has no bill.
    pub(crate) fn close(&self, registry: &Registry, response: &mut Response) {
        let Some(entry) = self.0.get() else {
            return;
        };
        let actual = entry.actual(registry, response);
        let cost = value!({ "estimated": entry.estimated, "actual": actual, "limit": entry.limit });
        response.extensions.insert("cost".to_owned(), cost);
    }
}

impl Entry {
    /// Read from the answer's JSON, which rows are by now; only who asks pays for it.
    fn actual(&self, registry: &Registry, response: &Response) -> u64 {
        let mut json = JsonText::with_room_for(&response.data);
        json.value(&response.data);
        let data = serde_json::from_str(&json.into_string());
        let (Ok(serde_json::Value::Object(data)), Some(cost)) =
            (data, self.costs.cost(self.operation.as_ref()))
        else {
            return 0;
        };
        returned::fields(&cost.items, &data, &cost.given(registry, &self.variables))
    }
}
