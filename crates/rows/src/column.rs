use std::{ops::Range, vec};

use async_graphql::{PathSegment, ServerError, Value};

use crate::{JsonText, Output, failure::Failure, fragment};

/// Bytes beside an item's own: a comma before it, brackets around it if it is a list.
const ITEM: usize = 3;

/// The answers of one field for all rows of a level, in row order; made by [`Level`](crate::Level).
pub struct Column(pub(crate) Cells);

/// The answers that are left, in the form of the operation.
pub(crate) enum Cells {
    Tree(vec::IntoIter<Answer<Value>>),
    /// Each answer is a part of the text, with the same around it.
    Json {
        spans: vec::IntoIter<Answer<Span>>,
        json: JsonText,
        around: Around,
    },
}

/// What stands before and behind each part of a text, but for nulls.
///
/// Of a level whose objects have one field each, as connections that are asked for their nodes only, nothing else is
/// new: so the text of the level below stays where it is.
#[derive(Default)]
pub(crate) struct Around {
    before: String,
    after: String,
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
        Self(Cells::Json {
            spans: spans.into_iter(),
            json,
            around: Around::default(),
        })
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
            Cells::Json {
                spans,
                json,
                around,
            } => json.len() + spans.len() * around.bytes(),
        }
    }

    /// The answers as the only field of an object each, of which `key` is the beginning: `{"nodes":`. The column as it
    /// was if it does not have `rows` of them, or any failed or is null.
    pub(crate) fn into_objects(mut self, key: &str, rows: usize) -> Result<Self, Self> {
        let Cells::Json { spans, around, .. } = &mut self.0 else {
            return Err(self);
        };
        let is_there = |answer: &Answer<Span>| matches!(answer, Ok(Span::One(_) | Span::Items(_)));
        if spans.len() != rows || !spans.as_slice().iter().all(is_there) {
            return Err(self);
        }
        around.before.insert_str(0, key);
        around.after.push('}');
        Ok(self)
    }

    /// The same with nothing around them: parts of one text, with commas between.
    pub(crate) fn in_one_text(mut self) -> Self {
        let bytes = self.bytes();
        let rows = match &self.0 {
            Cells::Json { spans, around, .. } if around.bytes() > 0 => spans.len(),
            _ => return self,
        };
        let mut json = JsonText::with_capacity(bytes + rows * ITEM);
        let mut write = || {
            if !json.is_empty() {
                json.raw(",");
            }
            let start = json.len();
            self.write_next(&mut json)?;
            Ok(Span::One(start..json.len()))
        };
        let spans = (0..rows).map(|_| write()).collect();
        Self::json(spans, json)
    }

    /// The next row's answer as a value; null behind the last.
    pub(crate) fn next_value(&mut self) -> Answer<Value> {
        match &mut self.0 {
            Cells::Tree(answers) => single(answers),
            Cells::Json { .. } => {
                let mut json = JsonText::default();
                self.write_next(&mut json)?;
                if json.is_null_from(0) {
                    return Ok(Value::Null);
                }
                Ok(fragment::of(json.into_string()))
            }
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
            Cells::Json {
                spans,
                json,
                around,
            } => {
                let (open, range, close) = match single(spans)? {
                    Span::Null => {
                        into.null();
                        return Ok(());
                    }
                    Span::One(range) => ("", range, ""),
                    Span::Items(range) => ("[", range, "]"),
                };
                for part in [
                    &*around.before,
                    open,
                    &json.as_str()[range],
                    close,
                    &around.after,
                ] {
                    into.raw(part);
                }
            }
        }
        Ok(())
    }

    /// The only row's answer.
    pub(crate) fn only(&mut self) -> Answer<Value> {
        if let Cells::Json {
            spans,
            json,
            around,
        } = &mut self.0
            && let [Ok(span)] = spans.as_slice()
            && let Some((open, close)) = span.brackets_of_all(json)
        {
            // Moved within its place, which is nearer than another.
            let mut text = std::mem::take(json).into_string();
            text.insert_str(0, &format!("{}{open}", around.before));
            text.push_str(close);
            text.push_str(&around.after);
            return Ok(fragment::of(text));
        }
        self.next_value()
    }

    /// All answers as the items of one list.
    pub(crate) fn into_list(self) -> Answer<Value> {
        match self.in_one_text().0 {
            Cells::Tree(answers) => list(answers),
            Cells::Json { spans, json, .. } => Self::json(vec![list(spans)], json).only(),
        }
    }
}

impl Around {
    fn bytes(&self) -> usize {
        self.before.len() + self.after.len()
    }
}

impl Span {
    /// What it stands between, if it is all of the text.
    fn brackets_of_all(&self, json: &JsonText) -> Option<(&'static str, &'static str)> {
        let all = 0..json.len();
        match self {
            Self::One(range) if *range == all => Some(("", "")),
            Self::Items(range) if *range == all => Some(("[", "]")),
            _ => None,
        }
    }
}
