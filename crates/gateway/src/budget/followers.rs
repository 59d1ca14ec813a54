//! How often links are followed from an address, which is all that is known of who follows one.

use std::{net::IpAddr, sync::Arc, time::Duration};

use quick_cache::sync::Cache;

use super::allowance::Allowance;
use crate::auth::subscriber;

/// Addresses that are known at once, some 200 bytes each. One that is forgotten begins with a whole budget.
const ADDRESSES: usize = 1 << 16;

/// The budgets of addresses, in this process.
pub(crate) struct Followers {
    /// Links a minute.
    allowed: u32,
    addresses: Cache<IpAddr, Arc<Allowance>>,
}

impl Followers {
    /// Of whom each may follow so many links a minute.
    pub(crate) fn new(allowed: u32) -> Self {
        Self {
            allowed,
            addresses: Cache::new(ADDRESSES),
        }
    }

    /// Takes one link off the budget of an address.
    ///
    /// # Errors
    /// When nothing is left; how long it takes until there is something again.
    pub(crate) fn spend(&self, address: IpAddr) -> Result<(), Duration> {
        let address = subscriber(address);
        let made = || Ok::<_, Duration>(Arc::new(Allowance::new(Some(self.allowed))));
        let allowance = self.addresses.get_or_insert_with(&address, made)?;
        allowance.spend()
    }
}

#[cfg(test)]
mod tests {
    use super::Followers;

    #[test]
    fn each_address_has_a_budget_and_a_network_of_ipv6_has_one() {
        let followers = Followers::new(2);
        let spend = |address: &str| followers.spend(address.parse().expect("an address"));
        assert_eq!(
            (spend("192.0.2.1"), spend("::ffff:192.0.2.1")),
            (Ok(()), Ok(()))
        );
        assert!(spend("192.0.2.1").is_err_and(|wait| wait.as_secs() < 60));
        assert_eq!(spend("192.0.2.2"), Ok(()));
        assert_eq!(
            (spend("2001:db8::1"), spend("2001:db8::2")),
            (Ok(()), Ok(()))
        );
        assert!(spend("2001:db8::3").is_err());
        assert_eq!(spend("2001:db8:0:1::1"), Ok(()));
    }
}
