//! Where in an input a value stands.

use std::fmt;

/// The way to a value of an argument: `input.steps.2.subjectOverride`.
#[derive(Clone, Copy, Debug)]
pub enum Path<'p> {
    /// An argument of the field, by its GraphQL name.
    Argument(&'p str),
    /// A field of an input object, by its Rust name.
    Field(&'p Path<'p>, &'p str),
    /// An item of a list, from 0.
    Item(&'p Path<'p>, usize),
}

impl<'p> Path<'p> {
    /// A field below this one.
    pub(crate) fn field(&'p self, name: &'p str) -> Self {
        Self::Field(self, name)
    }

    /// An item of this list.
    pub(crate) fn item(&'p self, index: usize) -> Self {
        Self::Item(self, index)
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Argument(name) => f.write_str(name),
            Self::Field(parent, name) => write!(f, "{parent}.{}", camel(name)),
            Self::Item(parent, index) => write!(f, "{parent}.{index}"),
        }
    }
}

/// A Rust name as async-graphql shows it: `subject_override` → `subjectOverride`.
fn camel(name: &str) -> String {
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |mut name, part| {
        let mut letters = part.chars();
        name.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        name.push_str(letters.as_str());
        name
    })
}

#[cfg(test)]
mod tests {
    use super::Path;

    #[test]
    fn a_path_is_written_as_the_client_wrote_the_input() {
        let input = Path::Argument("input");
        let steps = input.field("steps");
        let step = steps.item(2);
        assert_eq!(
            step.field("subject_override").to_string(),
            "input.steps.2.subjectOverride"
        );
    }
}
