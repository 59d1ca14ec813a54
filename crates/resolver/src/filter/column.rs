//! Conditions on one column, by the column's type.

use async_graphql::InputObject;
use chrono::{DateTime, Datelike, Timelike, Utc};
use sea_orm::{
    ColumnTrait, Condition, ExprTrait, Value,
    sea_query::{Expr, Func, extension::postgres::PgFunc},
};

use crate::{
    error::{ClientError, Code},
    input::Path,
};

/// A condition on a column of the type it is for.
pub trait ColumnFilter {
    /// The SQL condition; all that is given must hold. `at` is where the filter stands.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` for a value that PostgreSQL can not hold, `INVALID_ID` for an id of another
    /// kind.
    fn on<C: ColumnTrait>(&self, column: C, at: &Path<'_>) -> Result<Condition, ClientError>;
}

/// Conditions on text. Comparison is exact; there is no substring search, because it could not
/// use an index under row level security.
#[derive(InputObject, Clone, Debug, Default)]
pub struct TextFilter {
    /// Equal to.
    pub eq: Option<String>,
    /// Different from; a missing value is not different.
    pub ne: Option<String>,
    /// One of.
    #[graphql(name = "in")]
    pub any: Option<Vec<String>>,
    /// Begins with; letters of another case do not match.
    pub starts_with: Option<String>,
    /// Has no value (true) or has one (false).
    pub is_null: Option<bool>,
}

impl ColumnFilter for TextFilter {
    fn on<C: ColumnTrait>(&self, column: C, at: &Path<'_>) -> Result<Condition, ClientError> {
        let one = [
            ("eq", &self.eq),
            ("ne", &self.ne),
            ("starts_with", &self.starts_with),
        ];
        for (name, text) in one {
            storable(text.as_deref().unwrap_or_default(), at.field(name))?;
        }
        for (index, text) in self.any.iter().flatten().enumerate() {
            storable(text, at.field("in").item(index))?;
        }
        let col = || Expr::col(column.as_column_ref());
        Ok(Condition::all()
            .add_option(self.eq.as_ref().map(|text| column.eq(text.as_str())))
            .add_option(self.ne.as_ref().map(|text| column.ne(text.as_str())))
            .add_option(
                self.any
                    .as_ref()
                    .map(|texts| any_of(column, texts.iter().map(String::as_str))),
            )
            .add_option(
                self.starts_with.as_ref().map(|text| {
                    Expr::expr(Func::cust("starts_with").arg(col()).arg(text.as_str()))
                }),
            )
            .add_option(self.is_null.map(|null| nullness(column, null))))
    }
}

/// PostgreSQL's text can not hold U+0000.
///
/// # Errors
/// `BAD_USER_INPUT` for such a text.
fn storable(text: &str, at: Path<'_>) -> Result<(), ClientError> {
    if text.contains('\0') {
        let problem = "may not contain the character U+0000";
        return Err(ClientError::at(Code::BadUserInput, at, problem));
    }
    Ok(())
}

/// Moments that both RFC 3339 and PostgreSQL know. A leap second has more than a second's nanoseconds,
/// and would become the next one.
pub(crate) fn is_storable(time: DateTime<Utc>) -> bool {
    (1..=9999).contains(&time.year()) && time.nanosecond() < 1_000_000_000
}

/// Conditions on moments.
#[derive(InputObject, Clone, Debug, Default)]
pub struct DateTimeFilter {
    /// At this moment.
    pub eq: Option<DateTime<Utc>>,
    /// Before.
    pub lt: Option<DateTime<Utc>>,
    /// Before or at.
    pub lte: Option<DateTime<Utc>>,
    /// After.
    pub gt: Option<DateTime<Utc>>,
    /// After or at.
    pub gte: Option<DateTime<Utc>>,
    /// Has no value (true) or has one (false).
    pub is_null: Option<bool>,
}

impl ColumnFilter for DateTimeFilter {
    fn on<C: ColumnTrait>(&self, column: C, at: &Path<'_>) -> Result<Condition, ClientError> {
        let times = [
            ("eq", self.eq),
            ("lt", self.lt),
            ("lte", self.lte),
            ("gt", self.gt),
            ("gte", self.gte),
        ];
        for (name, time) in times {
            if time.is_some_and(|time| !is_storable(time)) {
                let problem = "must be in the years 1 to 9999";
                return Err(ClientError::at(Code::BadUserInput, at.field(name), problem));
            }
        }
        Ok(Condition::all()
            .add_option(self.eq.map(|time| column.eq(time)))
            .add_option(self.lt.map(|time| column.lt(time)))
            .add_option(self.lte.map(|time| column.lte(time)))
            .add_option(self.gt.map(|time| column.gt(time)))
            .add_option(self.gte.map(|time| column.gte(time)))
            .add_option(self.is_null.map(|null| nullness(column, null))))
    }
}

/// Conditions on yes or no.
#[derive(InputObject, Clone, Debug, Default)]
pub struct BooleanFilter {
    /// Equal to.
    pub eq: Option<bool>,
}

impl ColumnFilter for BooleanFilter {
    fn on<C: ColumnTrait>(&self, column: C, _: &Path<'_>) -> Result<Condition, ClientError> {
        Ok(Condition::all().add_option(self.eq.map(|yes| column.eq(yes))))
    }
}

/// `= ANY($1)`: one SQL text whatever the number of values; none matches an empty list.
pub(crate) fn any_of<C: ColumnTrait, V: Into<Value>>(
    column: C,
    values: impl IntoIterator<Item = V>,
) -> Expr {
    in_values(Expr::col(column.as_column_ref()), values)
}

/// The same of an expression.
pub(crate) fn in_values<V: Into<Value>>(expr: Expr, values: impl IntoIterator<Item = V>) -> Expr {
    let values: Vec<Value> = values.into_iter().map(Into::into).collect();
    let Some(first) = values.first() else {
        return Expr::cust("FALSE");
    };
    let array = Value::Array(first.array_type(), Some(Box::new(values)));
    expr.eq(PgFunc::any(Expr::val(array)))
}

pub(crate) fn nullness<C: ColumnTrait>(column: C, null: bool) -> Expr {
    nullness_of(Expr::col(column.as_column_ref()), null)
}

/// The same of an expression.
pub(crate) fn nullness_of(expr: Expr, null: bool) -> Expr {
    if null {
        expr.is_null()
    } else {
        expr.is_not_null()
    }
}
