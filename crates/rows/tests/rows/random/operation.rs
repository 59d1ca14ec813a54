//! A random operation, nearly always a valid one: selections of any depth, fragments, aliases, arguments.
//!
//! A response key names its field and arguments, so that the same key can be selected at many places,
//! to be merged.

use rand::{Rng, rngs::StdRng, seq::IndexedRandom};

use super::types::{Argument, Field, Type, Types};

const DEPTH: usize = 4;
/// Ids of rows of all kinds, numbers of rows, and some that are neither.
const NUMBERS: [i32; 12] = [0, 1, 2, 3, 4, 5, 101, 104, 201, 202, 300, 999];

pub struct Operation(String);

impl Operation {
    pub fn random(types: &Types, rng: &mut StdRng) -> Self {
        let mut writer = Writer {
            types,
            rng,
            fragments: Vec::new(),
            left: 30,
        };
        let query = types.get(&types.query).expect("a query type");
        let selection = writer.selection(query, 0);
        let fragments = writer.fragments.into_iter().map(|fragment| fragment.text);
        let fragments: Vec<_> = fragments.collect();
        Self(format!("{selection} {}", fragments.join(" ")))
    }

    pub fn text(&self) -> &str {
        &self.0
    }
}

/// A fragment that is complete, so that spreading it makes no circle.
struct Fragment {
    on: String,
    text: String,
}

struct Writer<'a> {
    types: &'a Types,
    rng: &'a mut StdRng,
    fragments: Vec<Fragment>,
    /// How many more fields with selections there may be.
    left: usize,
}

impl Writer<'_> {
    fn selection(&mut self, of: &Type, depth: usize) -> String {
        let count = self.rng.random_range(1..=5);
        let items: Vec<_> = (0..count).map(|_| self.item(of, depth)).collect();
        format!("{{ {} }}", items.join(" "))
    }

    fn item(&mut self, of: &Type, depth: usize) -> String {
        match self.rng.random_range(0..12) {
            0 => "__typename".to_owned(),
            1 => format!("t{}: __typename", self.rng.random_range(0..2)),
            2 | 3 if depth < DEPTH => self.inline(of, depth),
            4 if depth < DEPTH => self.spread(of, depth),
            _ => self.field(of, depth),
        }
    }

    fn field(&mut self, of: &Type, depth: usize) -> String {
        let Some(field) = of.fields.choose(self.rng) else {
            return "__typename".to_owned();
        };
        let arguments = self.arguments(field);
        let key = self.key(field, &arguments);
        let directive = self.directive();
        let head = format!("{key}{}{arguments}{directive}", field.name);
        let Some(inner) = self.types.get(&field.of) else {
            return head;
        };
        if self.left == 0 || depth >= DEPTH {
            return "__typename".to_owned();
        }
        self.left -= 1;
        format!("{head} {}", self.selection(inner, depth + 1))
    }

    /// Empty, or an alias that no other field or arguments have.
    fn key(&mut self, field: &Field, arguments: &str) -> String {
        let name = &field.name;
        if arguments.is_empty() {
            return match self.rng.random_range(0..4) {
                0 => format!("other_{name}: "),
                _ => String::new(),
            };
        }
        let letters = arguments.chars().map(|found| match found {
            '-' => 'm',
            found if found.is_ascii_alphanumeric() => found,
            _ => '_',
        });
        format!("{name}{}: ", letters.collect::<String>())
    }

    fn arguments(&mut self, field: &Field) -> String {
        let given: Vec<_> = field
            .arguments
            .iter()
            .filter_map(|argument| self.argument(argument))
            .collect();
        if given.is_empty() {
            return String::new();
        }
        format!("({})", given.join(", "))
    }

    fn argument(&mut self, argument: &Argument) -> Option<String> {
        if argument.optional && self.rng.random_bool(0.5) {
            return None;
        }
        let mut number = || {
            let number = NUMBERS.choose(self.rng).expect("there are some");
            number.to_string()
        };
        let value = match argument.of.as_str() {
            "Int" | "Int!" => number(),
            "[Int!]!" => {
                let numbers: Vec<_> = (0..6).map(|_| number()).collect();
                format!("[{}]", numbers.join(", "))
            }
            "Boolean!" => self.rng.random_bool(0.5).to_string(),
            other => panic!("no value for an argument of type {other}"),
        };
        Some(format!("{}: {value}", argument.name))
    }

    fn directive(&mut self) -> &'static str {
        match self.rng.random_range(0..16) {
            0 => " @skip(if: true)",
            1 => " @include(if: true)",
            2 => " @skip(if: false)",
            3 => " @include(if: false)",
            _ => "",
        }
    }

    /// A type that a fragment in a selection of `of` may be on.
    fn condition(&mut self, of: &Type) -> String {
        let condition = of.conditions.choose(self.rng);
        condition.expect("at least itself").clone()
    }

    fn inline(&mut self, of: &Type, depth: usize) -> String {
        let directive = self.directive();
        if self.rng.random_bool(0.3) {
            return format!("...{directive} {}", self.selection(of, depth + 1));
        }
        let on = self.condition(of);
        let inner = self.types.get(&on).expect("a fragment is on an object");
        let selection = self.selection(inner, depth + 1);
        format!("... on {on}{directive} {selection}")
    }

    fn spread(&mut self, of: &Type, depth: usize) -> String {
        let on = self.condition(of);
        let known: Vec<_> = (0..self.fragments.len())
            .filter(|known| self.fragments[*known].on == on)
            .collect();
        let directive = self.directive();
        if let Some(known) = known
            .choose(self.rng)
            .filter(|_| self.left.is_multiple_of(2))
        {
            return format!("...F{known}{directive}");
        }
        let inner = self.types.get(&on).expect("a fragment is on an object");
        let selection = self.selection(inner, depth + 1);
        let name = self.fragments.len();
        let text = format!("fragment F{name} on {on} {selection}");
        self.fragments.push(Fragment { on, text });
        format!("...F{name}{directive}")
    }
}
