//! What a list is grouped by: an enum for each object, with its columns as values.

use std::{borrow::Cow, marker::PhantomData};

use async_graphql::{
    InputType, InputValueError, InputValueResult, Name, Value,
    registry::{MetaEnumValue, MetaType, MetaTypeId, Registry},
};

use super::{Aggregated, Dimension, DimensionKind};
use crate::table::Column;

/// How long the spans are that moments are grouped into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// From midnight to midnight.
    Day,
    /// From Monday on, as ISO 8601 has it.
    Week,
    /// A month of the calendar.
    Month,
}

impl Unit {
    const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    /// As `date_trunc` calls it.
    pub(crate) fn sql(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }
}

/// One thing that rows of `T` are grouped by: the dimension's place, and the unit of a moment.
pub(crate) struct GroupBy<T> {
    pub(crate) dimension: usize,
    pub(crate) unit: Option<Unit>,
    object: PhantomData<fn() -> T>,
}

impl<T> Clone for GroupBy<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for GroupBy<T> {}

impl<T> PartialEq for GroupBy<T> {
    fn eq(&self, other: &Self) -> bool {
        self.dimension == other.dimension && self.unit == other.unit
    }
}

impl<T: Aggregated> GroupBy<T> {
    /// All values, in the order of the schema.
    fn all() -> impl Iterator<Item = Self> {
        let units = |kind: &DimensionKind| match kind {
            DimensionKind::Time => Unit::ALL.map(Some).to_vec(),
            DimensionKind::Value(_) | DimensionKind::Row(_) => vec![None],
        };
        let dimensions = T::DIMENSIONS.iter().enumerate();
        dimensions.flat_map(move |(dimension, declared)| {
            units(&declared.kind).into_iter().map(move |unit| Self {
                dimension,
                unit,
                object: PhantomData,
            })
        })
    }

    /// What is declared of it.
    pub(crate) fn declared(self) -> &'static Dimension<Column<T>> {
        &T::DIMENSIONS[self.dimension]
    }

    /// The name of the enum's value.
    pub(crate) fn name(self) -> String {
        let name = self.declared().name.to_uppercase();
        match self.unit {
            None => name,
            Some(unit) => format!("{name}_{}", unit.sql().to_uppercase()),
        }
    }

    fn description(self) -> String {
        let of = self.declared().description;
        match self.unit {
            None => of.to_owned(),
            Some(Unit::Day) => format!("{of} By the day."),
            Some(Unit::Week) => format!("{of} By the week, which begins on Monday."),
            Some(Unit::Month) => format!("{of} By the month."),
        }
    }
}

impl<T: Aggregated> InputType for GroupBy<T> {
    type RawValueType = Self;

    fn type_name() -> Cow<'static, str> {
        format!("{}GroupBy", T::name()).into()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        registry.create_input_type::<Self, _>(MetaTypeId::Enum, |_| MetaType::Enum {
            name: Self::type_name().into_owned(),
            description: Some(format!("What `{}` can be grouped by.", T::name())),
            enum_values: Self::all()
                .map(|value| {
                    let mut entry = MetaEnumValue::new(value.name());
                    entry.description = Some(value.description());
                    (value.name(), entry)
                })
                .collect(),
            visible: None,
            inaccessible: false,
            tags: Vec::new(),
            rust_typename: Some(std::any::type_name::<Self>()),
            directive_invocations: Vec::new(),
            requires_scopes: Vec::new(),
        })
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        let value = value.unwrap_or_default();
        let name = match &value {
            Value::Enum(name) => name.as_str(),
            // Variables come as JSON, which knows no enums.
            Value::String(name) => name.as_str(),
            _ => return Err(InputValueError::expected_type(value)),
        };
        Self::all()
            .find(|value| value.name() == name)
            .ok_or_else(|| {
                let known: Vec<String> = Self::all().map(Self::name).collect();
                InputValueError::custom(format!("give one of {}", known.join(", ")))
            })
    }

    fn to_value(&self) -> Value {
        Value::Enum(Name::new(self.name()))
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }
}
