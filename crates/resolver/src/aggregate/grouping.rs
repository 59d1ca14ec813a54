//! The arguments of `groups`, checked: by what, in which time zone, which groups and how many.

use std::{
    fmt,
    hash::{Hash, Hasher},
};

use async_graphql::{
    Context, InputType, ServerResult,
    registry::{MetaField, Registry},
};
use chrono_tz::Tz;
use rows::{Argument, Arguments, ListSize};
use sea_orm::Condition;

use super::{Aggregated, FigureSet, group_by::GroupBy, having::Having};
use crate::{
    argument::{at, read},
    error::ClientError,
};

/// Most groups of a list.
pub const MAX_GROUPS: u64 = 1000;
/// Most things that a list is grouped by at once.
const MAX_BY: usize = 5;

/// How a list is grouped, and what is asked of each group.
pub(crate) struct Grouping<T> {
    pub(crate) by: Vec<GroupBy<T>>,
    pub(crate) zone: Tz,
    pub(crate) having: Condition,
    /// As many groups as the client wants at most; it is told if there are more than it may get.
    pub(crate) first: Option<u64>,
    pub(crate) figures: FigureSet,
    /// Equal for equal groupings: two fields that ask the same are answered once.
    fingerprint: String,
}

impl<T: Aggregated> Grouping<T> {
    fn new(
        by: Vec<GroupBy<T>>,
        zone: &str,
        having: Option<&Having<T>>,
        first: Option<i32>,
        figures: FigureSet,
    ) -> Result<Self, ClientError> {
        check(&by)?;
        let zone = parse_zone(zone)?;
        let first = first.map(size).transpose()?;
        let names: Vec<String> = by.iter().map(|by| by.name()).collect();
        let given = having.map(|having| having.to_value().to_string());
        let fingerprint = format!("{names:?} {zone} {given:?} {first:?} {figures:?}");
        Ok(Self {
            by,
            zone,
            having: having.map_or_else(Condition::all, Having::condition),
            first,
            figures,
            fingerprint,
        })
    }

    /// How many groups are asked of the database: one more than are shown tells whether there are
    /// too many.
    pub(crate) fn limit(&self) -> u64 {
        self.first.unwrap_or(MAX_GROUPS + 1)
    }

    /// What a client reads that would get too many groups.
    pub(crate) fn too_many() -> ClientError {
        ClientError::input(format!(
            "there are more than {MAX_GROUPS} groups; filter the list, group by longer spans, ask \
             for fewer groups with `having`, or only for the first ones with `first`"
        ))
    }
}

/// A time zone by its name.
///
/// # Errors
/// `BAD_USER_INPUT` for what is no name of the IANA database.
pub(crate) fn parse_zone(name: &str) -> Result<Tz, ClientError> {
    name.parse().map_err(|_| {
        ClientError::input(
            "`timeZone` is not a time zone; give a name of the IANA database such as `Europe/Berlin`",
        )
    })
}

fn check<T: Aggregated>(by: &[GroupBy<T>]) -> Result<(), ClientError> {
    if by.is_empty() {
        return Err(ClientError::input(
            "`by` is empty; name what to group by, or ask for `aggregates`, which are of all rows",
        ));
    }
    if by.len() > MAX_BY {
        return Err(ClientError::input(format!(
            "`by` names {} things; a list is grouped by {MAX_BY} at most",
            by.len()
        )));
    }
    let twice = by
        .iter()
        .enumerate()
        .find(|(place, value)| by[..*place].contains(value));
    match twice {
        None => Ok(()),
        Some((_, value)) => Err(ClientError::input(format!(
            "`by` names `{}` twice; name it once",
            value.name()
        ))),
    }
}

fn size(first: i32) -> Result<u64, ClientError> {
    match u64::try_from(first) {
        Ok(first @ 1..=MAX_GROUPS) => Ok(first),
        _ => Err(ClientError::input(format!(
            "`first` must be from 1 to {MAX_GROUPS}, not {first}; filter the list to see other groups"
        ))),
    }
}

impl<T> fmt::Debug for Grouping<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.fingerprint)
    }
}

impl<T> PartialEq for Grouping<T> {
    fn eq(&self, other: &Self) -> bool {
        self.fingerprint == other.fingerprint
    }
}

impl<T> Eq for Grouping<T> {}

impl<T> Hash for Grouping<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.fingerprint.hash(state);
    }
}

/// `by`, `timeZone`, `having`, `first`; with what is selected of each group.
pub(crate) struct GroupArguments<T>(pub(crate) Grouping<T>);

const ZONE: Argument<String> = Argument::new(
    "timeZone",
    "Where days, weeks and months begin: a name of the IANA database such as `Europe/Berlin`.",
)
.or(|| "UTC".to_owned());
const FIRST: Argument<Option<i32>> = Argument::new(
    "first",
    "The first so many groups, in the order of their keys: 1 to 1000. If not given, more than \
     1000 groups are an error.",
);

/// Most lists are grouped by a status or by the weeks of a year.
const GROUPS: ListSize = ListSize::assumed(50).or_by(&["first"]);

impl<T: Aggregated> GroupArguments<T> {
    const BY: Argument<Vec<GroupBy<T>>> = Argument::new(
        "by",
        "What the rows of a group have in common: 1 to 5 of these. The groups are in its order, \
         nulls last.",
    );
    const HAVING: Argument<Option<Having<T>>> =
        Argument::new("having", "Only groups whose numbers are like this.");
}

impl<T: Aggregated> Arguments for GroupArguments<T> {
    fn register(registry: &mut Registry, field: &mut MetaField) {
        Self::BY.register(registry, field);
        ZONE.register(registry, field);
        Self::HAVING.register(registry, field);
        FIRST.register(registry, field);
        GROUPS.register(registry, field);
    }

    fn parse(ctx: &Context<'_>) -> ServerResult<Self> {
        let figures = FigureSet::selected::<T>(&ctx.look_ahead().field("aggregates"));
        let (by, zone) = (read(ctx, &Self::BY)?, read(ctx, &ZONE)?);
        let (having, first) = (read(ctx, &Self::HAVING)?, read(ctx, &FIRST)?);
        Grouping::new(by, &zone, having.as_ref(), first, figures)
            .map(Self)
            .map_err(|error| at(ctx, error))
    }
}
