//! Searching subject and body of a tenant's mail.
//!
//! Which messages have the words, a function of the database says, which alone may read the words; the messages are
//! read as always, under the policy of who asks. Best first, among the newest thousand that have the words.

mod cursor;
mod found;
mod snippet;

use std::{cell::Cell, sync::Arc};

use async_graphql::{
    Context, Result, ServerResult,
    registry::{MetaField, Registry},
};
use rows::{Argument, Arguments, ListSize, weigh};

use crate::{
    argument::{at, read},
    audience::{Answers, Audience},
    connection::{MAX_PAGE, PageInfo, PageInfoRow},
    error::{self, ClientError},
    filter::{Filter, MAX_FILTERS, Nesting},
    input::Path,
    loader::{by_id, inside},
    object::email_message::{EmailMessage, EmailMessageFilter},
    price,
    session::Session,
    table::Scope,
};
use cursor::Position;
use snippet::Excerpt;

/// Matches of a page when `first` is not given.
const DEFAULT_PAGE: u64 = 20;
/// Most characters of a question.
const LONGEST: usize = 500;

rows::object! {
    /// Messages that have words in common with a question: the best of the newest 1,000, best first.
    pub object MessageSearch(Found) {
        /// The messages of the page.
        matches: Vec<MessageMatch> = |found| Some(found.matches.clone()) -> inside(),
        /// Where the page stands among them.
        page_info: PageInfo = |found| Some(Some(Arc::new(found.page_info()))) -> inside(),
    }
}

rows::object! {
    /// A message that was found.
    pub object MessageMatch(MatchRow) {
        /// Where it stands among those found; for `after`.
        cursor: String = |found| found.position.to_string(),
        /// How well it matches; of two messages the larger is the better.
        rank: f64 = |found| f64::from(found.position.rank),
        /// Some of the body's text around the first word that it has in common with the question; null if it has none.
        #[batched]
        #[cost = price::BODY]
        snippet: Option<String> = |found| found.excerpt() -> snippet::Cut,
        /// The message.
        message: EmailMessage = |found| Some(found.position.message) -> by_id::<EmailMessage>(),
    }
}

/// A page of matches.
pub struct Found {
    matches: Vec<Arc<MatchRow>>,
    has_previous: bool,
    has_next: bool,
}

/// A match.
pub struct MatchRow {
    position: Position,
    content_key: Option<String>,
    question: Arc<str>,
}

impl Found {
    fn page_info(&self) -> PageInfoRow {
        let cursor = |found: &Arc<MatchRow>| found.position.to_string();
        PageInfoRow {
            has_next_page: self.has_next,
            has_previous_page: self.has_previous,
            start_cursor: self.matches.first().map(cursor),
            end_cursor: self.matches.last().map(cursor),
        }
    }
}

impl MatchRow {
    fn excerpt(&self) -> Option<Excerpt> {
        Some(Excerpt {
            content_key: self.content_key.clone()?,
            question: Arc::clone(&self.question),
        })
    }
}

/// `query`, `first`, `after`, `filter`.
pub(super) struct SearchArguments {
    question: Arc<str>,
    limit: u64,
    after: Option<Position>,
    condition: sea_orm::Condition,
}

const QUERY: Argument<String> = Argument::new(
    "query",
    "What to look for: words, which all have to be there; \"words in quotes\" stand together, `or` is between those of which \
     one is enough, `-` before one that must not be there. Words are compared whole, whatever their case.",
);
const FIRST: Argument<Option<i32>> = Argument::new(
    "first",
    "The first so many matches: 0 to 200. 20 if not given.",
);
const AFTER: Argument<Option<String>> = Argument::new("after", "Only matches behind this cursor.");
const FILTER: Argument<Option<EmailMessageFilter>> =
    Argument::new("filter", "Only messages that are like this.").cost(price::FILTER);

impl Arguments for SearchArguments {
    fn register(registry: &mut Registry, field: &mut MetaField) {
        QUERY.register(registry, field);
        FIRST.register(registry, field);
        AFTER.register(registry, field);
        FILTER.register(registry, field);
        let page = ListSize::assumed(DEFAULT_PAGE as i32);
        page.or_by(&["first"])
            .of_fields(&["matches"])
            .register(registry, field);
        weigh(price::SEARCH, registry, field);
    }

    fn parse(ctx: &Context<'_>) -> ServerResult<Self> {
        let (question, first) = (read(ctx, &QUERY)?, read(ctx, &FIRST)?);
        let (after, filter) = (read(ctx, &AFTER)?, read(ctx, &FILTER)?);
        let checked = || {
            Ok(Self {
                question: asked(question)?,
                limit: size(first)?,
                after: after.map(|text| text.parse()).transpose()?,
                condition: condition(filter.as_ref())?,
            })
        };
        checked().map_err(|error| at(ctx, error))
    }
}

fn asked(question: String) -> Result<Arc<str>, ClientError> {
    if question.contains('\0') {
        return Err(ClientError::input(
            "`query` may not contain the character U+0000",
        ));
    }
    if question.chars().count() > LONGEST {
        let problem = format!("`query` is longer than {LONGEST} characters; ask for fewer words");
        return Err(ClientError::input(problem));
    }
    Ok(question.into())
}

fn size(first: Option<i32>) -> Result<u64, ClientError> {
    let Some(first) = first else {
        return Ok(DEFAULT_PAGE);
    };
    let size = u64::try_from(first).ok().filter(|size| *size <= MAX_PAGE);
    size.ok_or_else(|| ClientError::input(format!("`first` must be from 0 to {MAX_PAGE}")))
}

fn condition(filter: Option<&EmailMessageFilter>) -> Result<sea_orm::Condition, ClientError> {
    let Some(filter) = filter else {
        return Ok(sea_orm::Condition::all());
    };
    let left = Cell::new(MAX_FILTERS);
    filter.condition(Nesting::outermost(&left, Path::Argument("filter")))
}

/// Finds messages by their words.
pub(super) struct Search;

impl Answers<SearchArguments> for Search {
    const AUDIENCE: Audience = Audience::Readers(Scope::Tenant);
}

impl rows::Load<(), SearchArguments> for Search {
    type Value = Option<Arc<Found>>;

    async fn load(
        self,
        ctx: &Context<'_>,
        keys: Vec<()>,
        arguments: SearchArguments,
    ) -> Result<Vec<Self::Value>> {
        let session = Session::of(ctx);
        session.may_read(Scope::Tenant).await?;
        let found = found::find(session.context(), &arguments).await;
        let found = found.map_err(|cause| error::database(session.context(), &Arc::new(cause)))?;
        Ok(vec![Some(Arc::new(found)); keys.len()])
    }
}
