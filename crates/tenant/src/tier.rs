//! The platform's databases.

/// One of the platform's databases. Each has its own URL and its own connections; on one machine all are databases of
/// one server.
///
/// Whether who asks may, the transactional tier knows. So its transaction is opened first, whatever an operation asks,
/// and those of the others follow what it said. As every tier has as many connections as that one, who has one there
/// never waits for somebody who has one here: requests can not hold each other up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tier {
    /// Who the tenants are, what they send with, to whom, and what they pay.
    Oltp,
    /// Mail: messages, their bodies, what is attached to them.
    Content,
    /// Numbers: what was counted, by day.
    Analytics,
    /// Work that is to be done.
    Queue,
}

impl Tier {
    /// All, in the order in which they are opened.
    pub const ALL: [Self; 4] = [Self::Oltp, Self::Content, Self::Analytics, Self::Queue];

    /// Its name in settings, logs and errors.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Oltp => "oltp",
            Self::Content => "content",
            Self::Analytics => "analytics",
            Self::Queue => "queue",
        }
    }
}

/// Something for each tier.
#[derive(Clone, Debug, Default)]
pub(crate) struct Each<T>([T; Tier::ALL.len()]);

impl<T> Each<T> {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.iter()
    }
}

impl<T> std::ops::Index<Tier> for Each<T> {
    type Output = T;

    fn index(&self, tier: Tier) -> &T {
        &self.0[tier as usize]
    }
}

impl<T> std::ops::IndexMut<Tier> for Each<T> {
    fn index_mut(&mut self, tier: Tier) -> &mut T {
        &mut self.0[tier as usize]
    }
}
