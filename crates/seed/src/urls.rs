/// Where the databases of the tiers are: URLs of a superuser, or of a role with BYPASSRLS. A tier without one is left empty.
#[derive(Clone, Debug)]
pub struct AdminUrls {
    /// The transactional tier.
    pub oltp: String,
    /// Mail.
    pub content: Option<String>,
    /// Numbers.
    pub analytics: Option<String>,
    /// Jobs.
    pub queue: Option<String>,
}

impl AdminUrls {
    /// The transactional tier alone.
    #[must_use]
    pub fn of_oltp(url: impl Into<String>) -> Self {
        Self {
            oltp: url.into(),
            content: None,
            analytics: None,
            queue: None,
        }
    }
}
