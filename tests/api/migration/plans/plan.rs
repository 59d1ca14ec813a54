//! How a statement was run, as `auto_explain` tells it.

use serde_json::Value;

/// How a statement was run.
pub(super) struct Plan {
    sql: String,
    root: Value,
}

impl Plan {
    pub(super) fn read(notice: &str) -> Option<Self> {
        let (_, json) = notice.split_once("plan:\n")?;
        let mut plan: Value = serde_json::from_str(json).expect("a plan in JSON");
        let sql = plan["Query Text"].as_str().unwrap_or_default().to_owned();
        let root = plan["Plan"].take();
        let opens = sql.contains("set_config('app.current_roles'") || sql.starts_with("BEGIN");
        (!opens).then_some(Self { sql, root })
    }

    /// Every node, the topmost first.
    pub(super) fn nodes(&self) -> Vec<&Value> {
        below(&self.root)
    }

    /// Whether the rows of a page are sorted before it is cut off. The rows of several parents' pages may be
    /// sorted when they are put together.
    pub(super) fn sorts_pages(&self) -> bool {
        let pages = self
            .nodes()
            .into_iter()
            .filter(|node| node["Node Type"] == "Limit");
        pages.flat_map(below).any(sorts)
    }

    /// The nodes that read a table.
    pub(super) fn scans(&self, table: &str) -> Vec<&Value> {
        self.nodes()
            .into_iter()
            .filter(|node| node["Relation Name"] == table)
            .collect()
    }

    /// Fails unless the table is read by an index alone.
    pub(super) fn expect_index_scan(&self, table: &str) {
        let scans = self.scans(table);
        let indexed = |node: &&Value| {
            matches!(
                node["Node Type"].as_str(),
                Some("Index Scan" | "Index Only Scan")
            )
        };
        assert!(
            !scans.is_empty() && scans.iter().all(indexed),
            "{}",
            self.show()
        );
    }

    pub(super) fn show(&self) -> String {
        format!("{}\n{:#}", self.sql, self.root)
    }
}

/// Ordering by a unique column and the key leaves nothing to sort; PostgreSQL does not see that, and sorts each row
/// by itself as the column's index gives it.
fn sorts(node: &Value) -> bool {
    let unique = |scan: &Value| {
        scan["Index Name"]
            .as_str()
            .is_some_and(|index| index.ends_with("_key"))
    };
    match node["Node Type"].as_str() {
        Some("Incremental Sort") => !unique(&node["Plans"][0]),
        Some("Sort") => true,
        _ => false,
    }
}

fn below(node: &Value) -> Vec<&Value> {
    let children = node["Plans"].as_array().into_iter().flatten();
    std::iter::once(node)
        .chain(children.flat_map(below))
        .collect()
}
