/// Some of a table's columns, by their place in the model; a table has no more than 64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ColumnSet(u64);

impl ColumnSet {
    /// All of them.
    pub const ALL: Self = Self(u64::MAX);
    /// None of them.
    pub const NONE: Self = Self(0);

    /// Whether the column at that place is among them.
    #[must_use]
    pub fn has(self, index: usize) -> bool {
        index < 64 && self.0 & (1 << index) != 0
    }

    /// These and the column at that place; all, if a table had so many.
    #[must_use]
    pub fn with(self, index: usize) -> Self {
        if index < 64 {
            Self(self.0 | (1 << index))
        } else {
            Self::ALL
        }
    }

    /// These but the column at that place.
    #[must_use]
    pub const fn without(self, index: usize) -> Self {
        if index < 64 {
            Self(self.0 & !(1 << index))
        } else {
            self
        }
    }

    /// The columns of either.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::ColumnSet;

    #[test]
    fn a_set_has_what_was_put_into_it() {
        let set = ColumnSet::NONE.with(0).with(63);
        assert!(set.has(0) && set.has(63) && !set.has(1) && !set.has(64));
        assert_eq!(set.union(ColumnSet::ALL), ColumnSet::ALL);
        assert_eq!(ColumnSet::NONE.with(64), ColumnSet::ALL);
        let rest = ColumnSet::ALL.without(63);
        assert!(rest.has(62) && !rest.has(63));
        assert_eq!(rest.without(64), rest);
    }
}
