//! The bodies that it takes to read another.

use super::{Compressed, Error};

/// The body that another refers to, and what that refers to, and so on. Each is read with those behind it.
#[derive(Clone, Debug, Default)]
pub struct Bases(Vec<Compressed>);

impl Bases {
    /// Most of them. What a fourth one saves of the corpus's lists is not a tenth of a percent.
    pub const MOST: usize = 3;

    /// As arrays of a row have them, which end with those that have no size.
    ///
    /// # Errors
    /// A row of a later version.
    pub fn stored(
        texts: Vec<Option<Vec<u8>>>,
        algorithms: Vec<Option<String>>,
        raw_sizes: Vec<Option<i64>>,
    ) -> Result<Self, Error> {
        let rows = texts.into_iter().zip(algorithms).zip(raw_sizes);
        let bases = rows.map_while(|((text, algorithm), raw_size)| {
            let raw_size = raw_size?;
            Some(Compressed::stored(
                text,
                None,
                algorithm.as_deref(),
                raw_size,
            ))
        });
        Ok(Self(bases.collect::<Result<_, _>>()?))
    }

    /// Whether a body that refers to them may be referred to itself.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.0.len() < Self::MOST
    }

    /// Bytes of all of them, before they were compressed.
    #[must_use]
    pub fn raw_size(&self) -> usize {
        let sizes = self.0.iter().map(|base| base.raw_size);
        sizes.fold(0, usize::saturating_add)
    }

    /// Reads the plain text of the first.
    ///
    /// # Errors
    /// One of them is not what was written.
    pub fn text(&self) -> Result<Option<String>, Error> {
        let mut bases = self.0.iter().rev();
        bases.try_fold(None, |behind: Option<String>, base| {
            base.read_text(behind.as_deref())
        })
    }
}
