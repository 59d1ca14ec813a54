//! `having`: which groups are shown, by their numbers.

use std::{borrow::Cow, marker::PhantomData};

use async_graphql::{
    InputType, InputValueError, InputValueResult, Name, Value,
    registry::{MetaInputValue, MetaType, MetaTypeId, Registry},
};
use sea_orm::Condition;

use super::{Aggregated, Function, statement};
use crate::filter::{BigIntFilter, FloatFilter, IntFilter};

/// Conditions on the aggregates of a group; all that are given must hold.
pub(crate) struct Having<T> {
    given: Value,
    count: Option<IntFilter>,
    whole: Vec<(Function, Vec<(usize, BigIntFilter)>)>,
    average: Vec<(usize, FloatFilter)>,
    object: PhantomData<fn() -> T>,
}

impl<T: Aggregated> Having<T> {
    const WHOLE: [Function; 3] = [Function::Min, Function::Max, Function::Sum];

    /// The SQL condition.
    pub(crate) fn condition(&self) -> Condition {
        let count = self.count.as_ref();
        let mut condition = Condition::all()
            .add_option(count.map(|filter| filter.holds(&statement::count_of_rows())));
        for (function, filters) in &self.whole {
            for (measure, filter) in filters {
                let number = statement::figure::<T>(*function, *measure);
                condition = condition.add(filter.holds(&number));
            }
        }
        for (measure, filter) in &self.average {
            let number = statement::figure::<T>(Function::Average, *measure);
            condition = condition.add(filter.holds(&number));
        }
        condition
    }
}

impl<T: Aggregated> InputType for Having<T> {
    type RawValueType = Self;

    fn type_name() -> Cow<'static, str> {
        format!("{}Having", T::name()).into()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        registry.create_input_type::<Self, _>(MetaTypeId::InputObject, |registry| {
            let count = Option::<IntFilter>::create_type_info(registry);
            let mut fields = vec![field("count", "How many rows the group has.", count)];
            if !T::SUM.is_empty() {
                let whole = Option::<Numbers<T, BigIntFilter>>::create_type_info(registry);
                let average = Option::<Numbers<T, FloatFilter>>::create_type_info(registry);
                fields.extend([
                    field("min", "The smallest values of the numbers.", whole.clone()),
                    field("max", "The largest values of the numbers.", whole.clone()),
                    field("sum", "The numbers, added.", whole),
                    field("average", "The mean of the numbers.", average),
                ]);
            }
            let description = format!("Which groups of `{}` to show, by their numbers.", T::name());
            input::<Self>(description, fields)
        })
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        let given = value.unwrap_or_default();
        let mut having = Self {
            given: given.clone(),
            count: member(&given, "count")?,
            whole: Vec::new(),
            average: Vec::new(),
            object: PhantomData,
        };
        for function in Self::WHOLE {
            let numbers: Option<Numbers<T, BigIntFilter>> = member(&given, function.field())?;
            having
                .whole
                .extend(numbers.map(|numbers| (function, numbers.0)));
        }
        let average: Option<Numbers<T, FloatFilter>> = member(&given, Function::Average.field())?;
        having.average = average.map(|numbers| numbers.0).unwrap_or_default();
        Ok(having)
    }

    fn to_value(&self) -> Value {
        self.given.clone()
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }
}

/// Conditions on numbers of `T`, each with the place of its measure.
struct Numbers<T, F>(Vec<(usize, F)>, PhantomData<fn() -> T>);

/// A filter of numbers, as the names of inputs tell it.
trait NumberFilter: InputType {
    /// The end of the input's name.
    const NAME: &'static str;
}

impl NumberFilter for BigIntFilter {
    const NAME: &'static str = "HavingNumbers";
}

impl NumberFilter for FloatFilter {
    const NAME: &'static str = "HavingAverages";
}

impl<T: Aggregated, F: NumberFilter> InputType for Numbers<T, F> {
    type RawValueType = Self;

    fn type_name() -> Cow<'static, str> {
        format!("{}{}", T::name(), F::NAME).into()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        registry.create_input_type::<Self, _>(MetaTypeId::InputObject, |registry| {
            let kind = Option::<F>::create_type_info(registry);
            let numbers = T::MEASURES.iter().filter(|measure| measure.number);
            let fields =
                numbers.map(|measure| field(measure.name, measure.description, kind.clone()));
            let description = format!("Conditions on aggregated numbers of `{}`.", T::name());
            input::<Self>(description, fields.collect())
        })
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        let given = value.unwrap_or_default();
        let mut filters = Vec::new();
        for (index, measure) in T::MEASURES.iter().enumerate() {
            if measure.number {
                filters.extend(member(&given, measure.name)?.map(|filter| (index, filter)));
            }
        }
        Ok(Self(filters, PhantomData))
    }

    fn to_value(&self) -> Value {
        let filters = self.0.iter();
        let members = filters.map(|(index, filter)| {
            let name = Name::new(T::MEASURES[*index].name);
            (name, filter.to_value())
        });
        Value::Object(members.collect())
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }
}

/// A member of an input object; none if it is left out or null. That there are no others is checked
/// against the schema.
fn member<O: InputType, V: InputType>(
    given: &Value,
    name: &str,
) -> Result<Option<V>, InputValueError<O>> {
    match given {
        Value::Object(members) => {
            Option::<V>::parse(members.get(name).cloned()).map_err(InputValueError::propagate)
        }
        other => Err(InputValueError::expected_type(other.clone())),
    }
}

fn field(name: &str, description: &str, kind: String) -> MetaInputValue {
    let mut field = MetaInputValue::new(name, kind);
    field.description = Some(description.to_owned());
    field
}

fn input<T: InputType>(description: String, fields: Vec<MetaInputValue>) -> MetaType {
    MetaType::InputObject {
        name: T::type_name().into_owned(),
        description: Some(description),
        input_fields: fields
            .into_iter()
            .map(|field| (field.name.clone(), field))
            .collect(),
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        rust_typename: Some(std::any::type_name::<T>()),
        oneof: false,
        directive_invocations: Vec::new(),
    }
}
