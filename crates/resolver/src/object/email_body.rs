//! The bodies of messages.

use async_graphql::{Context, Result};
use entity::{content::email_content, id::EmailContentId};
use mail::body::{self, Algorithm, Compressed};

use super::prelude::*;
use crate::{
    error::{self, ClientError, Code},
    price,
};

/// Most bytes of the texts that one field of an operation may show: they are held whole.
const MOST: usize = 32 << 20;

/// Most bytes of a body that is looked into.
const LOOKED_INTO: usize = 1 << 20;

rows::object! {
    /// The text of a message. Messages with the same text share one.
    pub object EmailBody(email_content::Model) {
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

table! { EmailBody of email_content by EmailContentId, in Content }

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
    text: Option<Vec<u8>>,
    html: Option<Vec<u8>>,
    algorithm: Option<String>,
    raw_size: i64,
}

impl Packed {
    fn of(row: &email_content::Model, part: Part) -> Self {
        let html = row.content_html.as_ref().filter(|_| part == Part::Html);
        Self {
            part,
            text: row.content_text.clone(),
            html: html.cloned(),
            algorithm: row.compression_algorithm.clone(),
            raw_size: row.raw_size_bytes,
        }
    }

    /// What it takes unpacked, at most.
    fn size(&self) -> usize {
        let is_there = match self.part {
            Part::Text => self.text.is_some(),
            Part::Html => self.html.is_some(),
        };
        let size = if is_there { self.raw_size } else { 0 };
        usize::try_from(size).unwrap_or(usize::MAX)
    }

    fn unpack(self) -> Result<Option<String>, body::Error> {
        let raw_size = self.size();
        let algorithm = match &self.algorithm {
            Some(name) => name.parse()?,
            None => Algorithm::Identity,
        };
        let body = Compressed {
            text: self.text,
            html: self.html,
            algorithm,
            raw_size,
        };
        match self.part {
            Part::Text => body.read_text(),
            Part::Html => body.read_html(),
        }
    }
}

/// The plain text of a body, for those who look into it; `None` where there is none that can be shown.
pub(crate) fn text_of(row: &email_content::Model) -> Option<String> {
    let packed = Packed::of(row, Part::Text);
    if packed.size() > LOOKED_INTO {
        return None;
    }
    packed.unpack().ok().flatten()
}

/// The texts, unpacked.
struct Unpack;

impl rows::Load<Packed> for Unpack {
    type Value = Option<String>;

    async fn load(self, _: &Context<'_>, packed: Vec<Packed>, (): ()) -> Result<Vec<Self::Value>> {
        let sizes = packed.iter().map(Packed::size);
        if sizes.fold(0, usize::saturating_add) > MOST {
            let problem =
                "the texts are larger than 32 MiB together; ask for fewer messages at once";
            return Err(ClientError::new(Code::BadUserInput, problem).into());
        }
        let texts = packed.into_iter().map(Packed::unpack);
        let texts: Result<_, body::Error> = texts.collect();
        texts.map_err(|cause| error::internal(&cause))
    }
}
