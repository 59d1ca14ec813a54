//! Where the databases of the tiers are.

use tenant::Tier;
use url::Url;

/// The databases of the tiers, as one role sees them: PostgreSQL URLs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TierUrls {
    /// The transactional tier.
    pub oltp: String,
    /// Mail.
    pub content: String,
    /// Numbers.
    pub analytics: String,
    /// Work.
    pub queue: String,
}

impl TierUrls {
    /// The databases beside the transactional one at `oltp`, on the same server: named as it, with the tier behind.
    #[must_use]
    pub fn beside(oltp: &str) -> Self {
        Self {
            content: beside(oltp, Tier::Content),
            analytics: beside(oltp, Tier::Analytics),
            queue: beside(oltp, Tier::Queue),
            oltp: oltp.to_owned(),
        }
    }

    /// That of a tier.
    #[must_use]
    pub fn of(&self, tier: Tier) -> &str {
        match tier {
            Tier::Oltp => &self.oltp,
            Tier::Content => &self.content,
            Tier::Analytics => &self.analytics,
            Tier::Queue => &self.queue,
        }
    }
}

/// The URL of a tier's database beside that of the transactional one. What is no URL stays as it is, for the driver to
/// complain of.
pub(crate) fn beside(oltp: &str, tier: Tier) -> String {
    let Ok(mut url) = Url::parse(oltp) else {
        return oltp.to_owned();
    };
    let name = match url.path().trim_start_matches('/') {
        // As the driver has it: the database of somebody's own name.
        "" => url.username(),
        name => name,
    };
    let path = format!("/{name}_{}", tier.as_str());
    url.set_path(&path);
    url.into()
}

#[cfg(test)]
mod tests {
    use super::TierUrls;

    #[test]
    fn the_tier_is_part_of_the_name() {
        let urls = TierUrls::beside("postgres://me:p%40ss@db.test:5432/shop?sslmode=require");
        assert_eq!(
            urls.content,
            "postgres://me:p%40ss@db.test:5432/shop_content?sslmode=require"
        );
        let urls = TierUrls::beside("postgres:///shop?host=/tmp/x&user=me");
        assert_eq!(urls.queue, "postgres:///shop_queue?host=/tmp/x&user=me");
        assert_eq!(
            TierUrls::beside("postgres://me@h").queue,
            "postgres://me@h/me_queue"
        );
    }
}
