//! Some text around the words that were looked for.

use std::{collections::HashSet, sync::Arc};

use async_graphql::{Context, Result};
use entity::columns::ColumnSet;

use crate::{
    loader::{Bodies, Body},
    object::email_body::text_of,
    session::Session,
};

/// Characters of a snippet on each side of the word.
const BEFORE: usize = 60;
const AFTER: usize = 140;

/// What a snippet is cut from, and what it is to show.
#[derive(Clone)]
pub(super) struct Excerpt {
    pub(super) content_key: String,
    pub(super) question: Arc<str>,
}

/// Cuts snippets out of the bodies, which are read by one statement.
pub(super) struct Cut;

impl rows::Load<Excerpt> for Cut {
    type Value = Option<String>;

    async fn load(
        self,
        ctx: &Context<'_>,
        asked: Vec<Excerpt>,
        (): (),
    ) -> Result<Vec<Self::Value>> {
        let key = |one: &Excerpt| (Arc::from(&*one.content_key), ColumnSet::ALL);
        let keys: Vec<_> = asked.iter().map(key).collect();
        let loaders = Session::of(ctx).loaders();
        let bodies = loaders.load::<Bodies>(&keys).await?;
        let cut = |(one, body): (&Excerpt, Option<Arc<Body>>)| {
            around(&text_of(&*body?)?, &words_of(&one.question))
        };
        Ok(asked.iter().zip(bodies).map(cut).collect())
    }
}

/// The words that a text may have; not those that it must not have.
fn words_of(question: &str) -> HashSet<String> {
    let wanted = question
        .split_whitespace()
        .filter(|word| !word.starts_with('-'));
    let words = wanted.flat_map(|word| word.split(|c: char| !c.is_alphanumeric()));
    let words = words.map(str::to_lowercase);
    words
        .filter(|word| !word.is_empty() && word != "or")
        .collect()
}

/// The text around the first of the words, in one line.
fn around(text: &str, words: &HashSet<String>) -> Option<String> {
    let mut start = 0;
    let mut pieces = text.split_inclusive(|c: char| !c.is_alphanumeric());
    let found = pieces.find_map(|piece| {
        let word = piece.trim_end_matches(|c: char| !c.is_alphanumeric());
        let here = start;
        start += piece.len();
        words.contains(&word.to_lowercase()).then_some(here)
    })?;
    let before: Vec<char> = text[..found].chars().rev().take(BEFORE).collect();
    let behind = text[found..].chars();
    let cut = before.into_iter().rev().chain(behind.take(AFTER));
    let cut: String = cut.collect();
    Some(cut.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::{around, words_of};

    #[test]
    fn the_text_around_the_first_word_is_shown() {
        let text = "Hello Ada,\n\nyour ÖVERSIKT for\tMay is ready.";
        let words = words_of("översikt");
        assert_eq!(
            around(text, &words).as_deref(),
            Some("Hello Ada, your ÖVERSIKT for May is ready.")
        );
        let long = format!("{}needle{}", "a ".repeat(500), " b".repeat(500));
        let cut = around(&long, &words_of("needle")).expect("it is there");
        assert!(cut.len() < 210 && cut.contains(" needle "), "{cut}");
        assert_eq!(around(text, &words_of("overview")), None);
    }

    #[test]
    fn what_must_not_be_there_is_not_shown() {
        let words = words_of("\"quarterly report\" or -budget e-mail");
        let mut words: Vec<_> = words.into_iter().collect();
        words.sort_unstable();
        assert_eq!(words, ["e", "mail", "quarterly", "report"]);
    }
}
