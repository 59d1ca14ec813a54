//! What a subscription grants, as SQL asks it of the tables themselves: who makes something waits on a lock, and then has to
//! see what is true by then.

/// Whether a subscription `s` grants its plan at the moment of the statement. One that is active or past due does, but for
/// one that was to end with a period that is over, whether or not anybody has ended it yet. One that is canceled, which is
/// what it is at once by an end `NOW`, or whose payments were given up on, does not.
pub const GRANTS: &str = "(s.status IN ('active', 'past_due') AND NOT (s.cancel_at_period_end AND s.current_period_end <= now()))";

/// A number that a subscription `s` allows: none, not even where the plan has no limit, if nothing is granted any more.
#[must_use]
pub fn granted(number: &str) -> String {
    format!("CASE WHEN {GRANTS} THEN {number} ELSE 0 END")
}

/// A statement that reads columns of the subscription `s` that counts for a tenant, and of its plan `p`: of those that
/// grant something the one that lasts longest, else the last that did. No row for who never had one.
#[must_use]
pub fn counting(columns: &str) -> String {
    format!(
        "SELECT {columns} FROM subscriptions s JOIN plans p ON p.id = s.plan_id \
         ORDER BY {GRANTS} DESC, s.current_period_end DESC, s.id DESC LIMIT 1"
    )
}
