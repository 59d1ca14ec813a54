//! The bodies of messages.

use async_graphql::{Context, Result};
use mail::body::{self, Bases, Compressed};

use super::prelude::*;
use crate::{
    error::{self, ClientError, Code},
    loader::Body,
    price,
};

/// Most bytes of the texts that one field of an operation may show: they are held whole.
const MOST: usize = 32 << 20;

/// Most bytes of a body that is looked into.
const LOOKED_INTO: usize = 1 << 20;

rows::object! {
    /// The text of a message. Messages with the same text share one.
    pub object EmailBody(Body) {
        /// The plain text.
        #[batched]
        #[cost = price::BODY]
        text: Option<String> = |row| Some(Packed::of(row, Part::Text)) -> Unpack,
        /// The HTML, as it came: whoever shows it sees to it that it does no harm.
        #[batched]
        #[cost = price::BODY]
        html: Option<String> = |row| Some(Packed::of(row, Part::Html)) -> Unpack,
        /// Bytes of both.
        #[name = "rawSize"]
        raw_size_bytes: BigInt,
        /// Bytes of both as they are kept.
        #[name = "compressedSize"]
        compressed_size_bytes: BigInt,
        /// How they are compressed; null where they are not.
        compression_algorithm: Option<String>,
        /// How many days it is kept from its making.
        retention_days: i32,
        /// When it goes; null is never.
        expires: Option<DateTime<Utc>>,
        /// When it was made.
        created: DateTime<Utc>,
    }
}

/// Which of a body's texts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Text,
    Html,
}

/// One of a body's texts, as it is kept, with what it takes to read it.
#[derive(Clone)]
struct Packed {
    part: Part,
    body: Compressed,
    bases: Bases,
}

impl Packed {
    fn of(row: &Body, part: Part) -> Result<Self, body::Error> {
        let html = row.content_html.as_ref().filter(|_| part == Part::Html);
        let (text, html) = (row.content_text.clone(), html.cloned());
        let algorithm = row.compression_algorithm.as_deref();
        let bases = (
            row.base_texts.clone(),
            row.base_algorithms.clone(),
            row.base_raw_sizes.clone(),
        );
        Ok(Self {
            part,
            body: Compressed::stored(text, html, algorithm, row.raw_size_bytes)?,
            bases: Bases::stored(
                bases.0.unwrap_or_default(),
                bases.1.unwrap_or_default(),
                bases.2.unwrap_or_default(),
            )?,
        })
    }

    /// What it takes unpacked, at most.
    fn size(&self) -> usize {
        let part = match self.part {
            Part::Text => &self.body.text,
            Part::Html => &self.body.html,
        };
        match part {
            Some(_) => self.body.raw_size.saturating_add(self.bases.raw_size()),
            None => 0,
        }
    }

    fn unpack(&self) -> Result<Option<String>, body::Error> {
        let base = self.bases.text()?;
        match self.part {
            Part::Text => self.body.read_text(base.as_deref()),
            Part::Html => self.body.read_html(base.as_deref()),
        }
    }
}

/// The plain text of a body, for those who look into it; `None` where there is none that can be shown.
pub(crate) fn text_of(row: &Body) -> Option<String> {
    let packed = Packed::of(row, Part::Text).ok()?;
    if packed.size() > LOOKED_INTO {
        return None;
    }
    packed.unpack().ok().flatten()
}

/// The texts, unpacked.
struct Unpack;

impl rows::Load<Result<Packed, body::Error>> for Unpack {
    type Value = Option<String>;

    async fn load(
        self,
        _: &Context<'_>,
        packed: Vec<Result<Packed, body::Error>>,
        (): (),
    ) -> Result<Vec<Self::Value>> {
        let packed: Result<Vec<_>, body::Error> = packed.into_iter().collect();
        let packed = packed.map_err(|cause| error::internal(&cause))?;
        let sizes = packed.iter().map(Packed::size);
        if sizes.fold(0, usize::saturating_add) > MOST {
            let problem =
                "the texts are larger than 32 MiB together; ask for fewer messages at once";
            return Err(ClientError::new(Code::BadUserInput, problem).into());
        }
        let texts = packed.iter().map(Packed::unpack);
        let texts: Result<_, body::Error> = texts.collect();
        texts.map_err(|cause| error::internal(&cause))
    }
}
