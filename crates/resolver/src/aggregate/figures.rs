//! Figures: which numbers about a list are asked for, and what they are.

use std::{collections::HashSet, sync::Arc};

use async_graphql::{Lookahead, Value};
use rows::Cell;
use sea_orm::{DbErr, IdenStatic};
use tenant::Row;

use super::{Aggregated, Measure, Readable};
use crate::{connection::statement::COUNT, scalar::BigInt, table::Column};

/// What is computed of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Function {
    /// The smallest value.
    Min,
    /// The largest value.
    Max,
    /// All values added.
    Sum,
    /// The mean of the values.
    Average,
}

impl Function {
    /// Each of them, in the order of the schema.
    pub(crate) const ALL: [Self; 4] = [Self::Min, Self::Max, Self::Sum, Self::Average];

    /// The field with the results.
    pub(crate) fn field(self) -> &'static str {
        match self {
            Self::Min => "min",
            Self::Max => "max",
            Self::Sum => "sum",
            Self::Average => "average",
        }
    }

    /// Whether it can be computed of a column.
    pub(crate) fn is_of<C>(self, measure: &Measure<C>) -> bool {
        measure.number || matches!(self, Self::Min | Self::Max)
    }

    /// The column of an answer with the result for an object's measure.
    pub(crate) fn alias(self, measure: usize) -> String {
        format!("{}_{measure}", self.field())
    }

    fn read<C>(self, row: &Row, measure: &Measure<C>, index: usize) -> Result<Value, DbErr> {
        let column = self.alias(index);
        match self {
            Self::Min | Self::Max => (measure.read)(row, &column),
            Self::Sum => BigInt::read(row, &column),
            Self::Average => f64::read(row, &column),
        }
    }
}

/// The figures asked for beside the count: a bit for each measure and function.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct FigureSet(u128);

impl FigureSet {
    /// What a selection of an object's aggregates names. Names of a fragment that does not apply
    /// may be among them, which computes more than is shown and shows nothing else.
    pub(crate) fn selected<T: Aggregated>(aggregates: &Lookahead<'_>) -> Self {
        let mut set = Self::default();
        for function in Function::ALL {
            let selected = aggregates.field(function.field()).selection_fields();
            let fields = selected.iter().flat_map(|field| field.selection_set());
            let names: HashSet<&str> = fields.map(|field| field.name()).collect();
            for (index, measure) in T::MEASURES.iter().enumerate() {
                if function.is_of(measure) && names.contains(measure.name) {
                    set.0 |= bit(function, index);
                }
            }
        }
        set
    }

    /// Everything that either asks for.
    pub(crate) fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The figures, with the place of their measure.
    pub(crate) fn iter<T: Aggregated>(
        self,
    ) -> impl Iterator<Item = (Function, usize, &'static Measure<Column<T>>)> {
        T::MEASURES
            .iter()
            .enumerate()
            .flat_map(move |(index, measure)| {
                Function::ALL
                    .into_iter()
                    .filter(move |function| self.0 & bit(*function, index) != 0)
                    .map(move |function| (function, index, measure))
            })
    }
}

fn bit(function: Function, measure: usize) -> u128 {
    1 << (measure * Function::ALL.len() + function as usize)
}

/// The numbers about a list or a group.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    count: i64,
    values: Arc<[(Function, &'static str, Value)]>,
}

impl Figures {
    /// From a row of an answer that has the set's columns.
    pub(crate) fn read<T: Aggregated>(row: &Row, set: FigureSet) -> Result<Self, DbErr> {
        let value = |(function, index, measure): (Function, usize, &Measure<Column<T>>)| {
            let value = function.read(row, measure, index)?;
            Ok((function, measure.column.as_str(), value))
        };
        Ok(Self {
            count: row.named(COUNT)?,
            values: set.iter::<T>().map(value).collect::<Result<_, DbErr>>()?,
        })
    }

    /// How many rows there are.
    pub(crate) fn count(&self) -> i64 {
        self.count
    }

    /// Shows a figure; null if no row has a value.
    pub(crate) fn show(&self, function: Function, column: &str, cell: Cell<'_>) {
        let found = self
            .values
            .iter()
            .find(|(computed, of, _)| *computed == function && *of == column);
        cell.value(found.map_or(&Value::Null, |(_, _, value)| value));
    }
}
