//! Who speaks on a connection that stays open, and until when.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tenant::Identity;
use tokio::time::sleep;

use crate::http::authenticate::Caller;

/// Completes once the caller's token has expired; a key does not, and is asked about each time.
pub(in crate::http) async fn expired(caller: &Caller) {
    let Some(expires) = caller.expires else {
        return std::future::pending().await;
    };
    let expires = Duration::from_secs(u64::try_from(expires).unwrap_or(0));
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let left = expires.saturating_sub(now.unwrap_or_default());
    sleep(left.min(LONGEST)).await;
}

/// A connection does not last longer, whatever its token says.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 3600);

/// Whether two requests speak for the same, however staff put their reason.
pub(in crate::http) fn is_same(one: &Identity, other: &Identity) -> bool {
    match (one, other) {
        (Identity::Acting { .. }, Identity::Acting { .. }) => {
            (one.user(), one.tenant()) == (other.user(), other.tenant())
        }
        _ => one == other,
    }
}
