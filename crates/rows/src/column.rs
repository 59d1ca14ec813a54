use std::{ops::Range, vec};

use async_graphql::{PathSegment, ServerError, Value};

use crate::{JsonText, Output, failure::Failure, fragment};

/// The answers of one field for all rows of a level, in row order; made by [`Level`](crate::Level).
pub struct Column(pub(crate) Cells);

/// The answers that are left, in the form of the operation.
pub(crate) enum Cells {
    Tree(vec::IntoIter<Answer<Value>>),
    /// Each answer is a part of the text.
    Json {
        spans: vec::IntoIter<Answer<Span>>,
        json: JsonText,
    },
}

/// The answer of one field for one row.
pub(crate) type Answer<P> = Result<P, Failure>;

/// What an answer is made of, in either form.
pub(crate) trait Piece: Sized {
    /// Where there is nothing.
    const NULL: Self;

    /// A list; takes all items.
    fn list(items: impl Iterator<Item = Self>) -> Self;
}

/// A part of a text of JSON.
#[derive(Clone, Debug)]
pub(crate) enum Span {
    Null,
    One(Range<usize>),
    /// Values with commas between them: a list but for its brackets.
    Items(Range<usize>),
}

impl Piece for Value {
    const NULL: Self = Self::Null;

    fn list(items: impl Iterator<Item = Self>) -> Self {
        Self::List(items.collect())
    }
}

impl Piece for Span {
    const NULL: Self = Self::Null;

    /// The items stand one behind the other, as their level was written.
    fn list(items: impl Iterator<Item = Self>) -> Self {
        let ranges = items.filter_map(|item| match item {
            Self::One(range) | Self::Items(range) => Some(range),
            Self::Null => None,
        });
        let whole = ranges.reduce(|whole, item| whole.start..item.end);
        Self::Items(whole.unwrap_or_default())
    }
}

/// The row of a relation to one: null where there is none.
pub(crate) fn single<P: Piece>(mut answers: impl Iterator<Item = Answer<P>>) -> Answer<P> {
    answers.next().unwrap_or(Ok(P::NULL))
}

/// A list of non-null items: the first item that failed fails the list.
pub(crate) fn list<P: Piece>(answers: impl Iterator<Item = Answer<P>>) -> Answer<P> {
    let mut failed = None;
    // All answers are taken, also after a failure: the next list's stand behind them.
    let items = answers
        .enumerate()
        .filter_map(|(index, answer)| match answer {
            Ok(item) => Some(item),
            Err(failure) => {
                failed.get_or_insert_with(|| failure.through(PathSegment::Index(index)));
                None
            }
        });
    let items = P::list(items);
    failed.map_or(Ok(items), Err)
}

impl Column {
    pub(crate) fn tree(answers: Vec<Answer<Value>>) -> Self {
        Self(Cells::Tree(answers.into_iter()))
    }

    pub(crate) fn json(spans: Vec<Answer<Span>>, json: JsonText) -> Self {
        let spans = spans.into_iter();
        Self(Cells::Json { spans, json })
    }

    /// One error for all `rows` rows.
    pub(crate) fn failed(error: ServerError, rows: usize, output: Output) -> Self {
        let failure = Failure::from(error);
        match output {
            Output::Tree => Self::tree(vec![Err(failure); rows]),
            Output::Json => Self::json(vec![Err(failure); rows], JsonText::default()),
        }
    }

    /// No rows, no answers.
    pub(crate) fn empty(output: Output) -> Self {
        match output {
            Output::Tree => Self::tree(Vec::new()),
            Output::Json => Self::json(Vec::new(), JsonText::default()),
        }
    }

    /// How much JSON there is.
    pub(crate) fn bytes(&self) -> usize {
        match &self.0 {
            Cells::Tree(_) => 0,
            Cells::Json { json, .. } => json.len(),
        }
    }

    /// The next row's answer as a value; null behind the last.
    pub(crate) fn next_value(&mut self) -> Answer<Value> {
        match &mut self.0 {
            Cells::Tree(answers) => single(answers),
            Cells::Json { spans, json } => single(spans).map(|span| match span {
                Span::Null => Value::Null,
                Span::One(range) => fragment::of(json.as_str()[range].to_owned()),
                Span::Items(range) => fragment::of(format!("[{}]", &json.as_str()[range])),
            }),
        }
    }

    /// Passes over the next row's answer.
    pub(crate) fn pass(&mut self) {
        match &mut self.0 {
            Cells::Tree(answers) => drop(answers.next()),
            Cells::Json { spans, .. } => drop(spans.next()),
        }
    }

    /// Writes the next row's answer; null behind the last.
    pub(crate) fn write_next(&mut self, into: &mut JsonText) -> Answer<()> {
        match &mut self.0 {
            Cells::Tree(answers) => into.value(&single(answers)?),
            Cells::Json { spans, json } => match single(spans)? {
                Span::Null => into.null(),
                Span::One(range) => into.raw(&json.as_str()[range]),
                Span::Items(range) => {
                    into.raw("[");
                    into.raw(&json.as_str()[range]);
                    into.raw("]");
                }
            },
        }
        Ok(())
    }

    /// The only row's answer.
    pub(crate) fn only(&mut self) -> Answer<Value> {
        if let Cells::Json { spans, json } = &mut self.0
            && let [Ok(Span::One(range))] = spans.as_slice()
            && *range == (0..json.len())
        {
            return Ok(fragment::of(std::mem::take(json).into_string()));
        }
        self.next_value()
    }

    /// All answers as the items of one list.
    pub(crate) fn into_list(self) -> Answer<Value> {
        match self.0 {
            Cells::Tree(answers) => list(answers),
            Cells::Json { spans, json } => Self::json(vec![list(spans)], json).only(),
        }
    }
}
