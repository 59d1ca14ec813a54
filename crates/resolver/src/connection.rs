//! Connections: pages of a list, with cursors, as the Relay specification has them.
//!
//! A connection's row is a [`Selection`]: what was asked for, not what was found. Its rows and its
//! count are loaded when `nodes`, `edges`, `pageInfo` or `totalCount` are selected, so a
//! connection that is asked for its count only reads no page.

mod cursor;
mod object;
mod page;
pub(crate) mod statement;

use std::{
    fmt,
    hash::{Hash, Hasher},
    sync::Arc,
};

use crate::{loader::RawKey, table::Listed};

pub use object::{Connection, PageInfo, PageInfoRow};
pub use page::{DEFAULT_PAGE, MAX_PAGE};
pub(crate) use page::{Fingerprint, Page, PageInput};

/// How rows belong to a parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Relation {
    /// The row's column holds the parent's key.
    Child { column: &'static str },
    /// The row's column holds what the parent, a row of `table` with the key in `id`, is named by.
    Named {
        column: &'static str,
        table: &'static str,
        name: &'static str,
    },
    /// A join table holds both keys.
    Through {
        table: &'static str,
        own: &'static str,
        other: &'static str,
    },
}

/// Which list a page is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// All rows that the request may see.
    All,
    /// The rows of one parent.
    Of { relation: Relation, parent: RawKey },
}

/// By the parent alone, which nearly always tells them apart: a level hashes each of its lists.
impl Hash for Source {
    fn hash<H: Hasher>(&self, state: &mut H) {
        if let Self::Of { parent, .. } = self {
            parent.hash(state);
        }
    }
}

/// A page of a list, as asked for.
pub struct Selection<T: Listed> {
    source: Source,
    page: Arc<Page<T>>,
}

impl<T: Listed> Selection<T> {
    pub(crate) fn new(source: Source, page: &Arc<Page<T>>) -> Self {
        Self {
            source,
            page: Arc::clone(page),
        }
    }

    pub(crate) fn source(&self) -> Source {
        self.source
    }

    pub(crate) fn page(&self) -> &Page<T> {
        &self.page
    }

    pub(crate) fn parent(&self) -> Option<RawKey> {
        match self.source {
            Source::All => None,
            Source::Of { parent, .. } => Some(parent),
        }
    }
}

impl<T: Listed> Clone for Selection<T> {
    fn clone(&self) -> Self {
        Self {
            source: self.source,
            page: Arc::clone(&self.page),
        }
    }
}

impl<T: Listed> fmt::Debug for Selection<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {:?} {}",
            T::name(),
            self.source,
            self.page.fingerprint()
        )
    }
}

impl<T: Listed> PartialEq for Selection<T> {
    fn eq(&self, other: &Self) -> bool {
        let same = Arc::ptr_eq(&self.page, &other.page)
            || self.page.fingerprint() == other.page.fingerprint();
        same && self.source == other.source
    }
}

impl<T: Listed> Eq for Selection<T> {}

impl<T: Listed> Hash for Selection<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.source.hash(state);
        self.page.fingerprint().hash(state);
    }
}

/// A selection of which only the number of rows matters: two pages of one list count alike.
pub(crate) struct Counted<T: Listed>(pub(crate) Selection<T>);

impl<T: Listed> Clone for Counted<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: Listed> fmt::Debug for Counted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T: Listed> PartialEq for Counted<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0.source == other.0.source
            && self.0.page.filter_fingerprint() == other.0.page.filter_fingerprint()
    }
}

impl<T: Listed> Eq for Counted<T> {}

impl<T: Listed> Hash for Counted<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.source.hash(state);
        self.0.page.filter_fingerprint().hash(state);
    }
}
