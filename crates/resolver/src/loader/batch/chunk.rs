//! What levels ask for, by the piece.

use std::{
    collections::{BTreeSet, HashMap},
    fmt::{self, Debug},
    hash::{Hash, Hasher},
    sync::Arc,
};

use foldhash::fast::RandomState;

/// Those keys of a level that nobody had asked for before.
#[derive(Clone)]
pub(super) struct Chunk<K> {
    /// Which one of its loader's it is.
    pub(super) number: usize,
    pub(super) keys: Arc<[K]>,
}

impl<K> PartialEq for Chunk<K> {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl<K> Eq for Chunk<K> {}

impl<K> Hash for Chunk<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.number);
    }
}

/// Of its keys nothing: whenever a chunk is found, `dataloader` prepares the message that it was not, and throws it
/// away.
impl<K> Debug for Chunk<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "chunk {}", self.number)
    }
}

/// Where a key's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) chunk: usize,
    pub(super) index: usize,
}

/// All that a loader was asked for: each key is in one chunk, whoever asks for it and how often.
pub(super) struct Asked<K> {
    places: HashMap<K, Place, RandomState>,
    chunks: Vec<Chunk<K>>,
}

impl<K> Default for Asked<K> {
    fn default() -> Self {
        Self {
            places: HashMap::default(),
            chunks: Vec::new(),
        }
    }
}

impl<K: Clone + Eq + Hash> Asked<K> {
    /// Where the values of the keys are, in their order, and the chunks that they are in.
    pub(super) fn ask(&mut self, keys: &[K]) -> (Vec<Place>, Vec<Chunk<K>>) {
        let chunk = self.chunks.len();
        let mut unknown = Vec::new();
        self.places.reserve(keys.len());
        let places = keys.iter().map(|key| {
            let place = self.places.entry(key.clone());
            *place.or_insert_with(|| {
                unknown.push(key.clone());
                let index = unknown.len() - 1;
                Place { chunk, index }
            })
        });
        let places: Vec<Place> = places.collect();
        if !unknown.is_empty() {
            self.chunks.push(Chunk {
                number: chunk,
                keys: unknown.into(),
            });
        }
        let numbers: BTreeSet<usize> = places.iter().map(|place| place.chunk).collect();
        let chunks = numbers
            .into_iter()
            .map(|number| self.chunks[number].clone());
        let chunks = chunks.collect();
        (places, chunks)
    }
}

#[cfg(test)]
mod tests {
    use super::{Asked, Place};

    fn place(chunk: usize, index: usize) -> Place {
        Place { chunk, index }
    }

    #[test]
    fn a_key_is_asked_for_once_by_whomever() {
        let mut asked = Asked::default();
        let (places, chunks) = asked.ask(&["a", "b", "a"]);
        assert_eq!(places, [place(0, 0), place(0, 1), place(0, 0)]);
        assert_eq!(*chunks[0].keys, ["a", "b"]);
        let (places, chunks) = asked.ask(&["c", "b", "d"]);
        assert_eq!(places, [place(1, 0), place(0, 1), place(1, 1)]);
        assert_eq!(*chunks[0].keys, ["a", "b"], "what it asks for with another");
        assert_eq!(*chunks[1].keys, ["c", "d"], "what is new");
        let (places, chunks) = asked.ask(&["d", "d"]);
        assert_eq!(places, [place(1, 1), place(1, 1)]);
        assert_eq!(chunks.len(), 1, "only what its keys are in");
    }
}
