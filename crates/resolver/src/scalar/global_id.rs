//! Ids as clients see them.

use std::borrow::Cow;

use async_graphql::{
    ContextSelectionSet, ID, OutputType, Positioned, ServerResult, Value,
    parser::types::Field,
    registry::{MetaType, Registry},
};
use entity::id::TypedId;
use rows::JsonText;

const DESCRIPTION: &str = "An id that says what it is of: a prefix, an underscore and a key. \
    Give it back as it came.";

/// A typed id, shown as GraphQL's `ID`: `camp_01h455vb4pex5vsknk084sn02q`.
pub struct GlobalId(String);

impl OutputType for GlobalId {
    fn type_name() -> Cow<'static, str> {
        <ID as OutputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        let name = <ID as OutputType>::create_type_info(registry);
        // async-graphql leaves it without a description.
        if let Some(MetaType::Scalar { description, .. }) =
            registry.types.get_mut(&*Self::type_name())
        {
            *description = Some(DESCRIPTION.to_owned());
        }
        name
    }

    async fn resolve(
        &self,
        _: &ContextSelectionSet<'_>,
        _: &Positioned<Field>,
    ) -> ServerResult<Value> {
        Ok(Value::String(self.0.clone()))
    }
}

impl<I: TypedId> rows::Scalar<I> for GlobalId {
    fn value(id: &I) -> Value {
        let mut text = String::new();
        id.append_to(&mut text);
        Value::String(text)
    }

    fn write(id: &I, json: &mut JsonText) {
        json.appended(|text| id.append_to(text));
    }
}
