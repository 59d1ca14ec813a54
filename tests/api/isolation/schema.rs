//! `schema.graphql`, and what follows from it for the tests.

use std::{collections::BTreeMap, sync::LazyLock};

use async_graphql::parser::{
    parse_schema,
    types::{
        BaseType, FieldDefinition, InputValueDefinition, Type, TypeKind, TypeSystemDefinition,
    },
};

/// The types of the schema.
pub struct Schema {
    objects: BTreeMap<String, Vec<Field>>,
    inputs: BTreeMap<String, Vec<Argument>>,
    enums: BTreeMap<String, Vec<String>>,
}

/// A field of an object.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its type without `!` and `[]`.
    pub kind: String,
    /// Its arguments.
    pub arguments: Vec<Argument>,
}

/// An argument, or a field of an input object.
#[derive(Clone, Debug)]
pub struct Argument {
    /// Its name.
    pub name: String,
    /// Its type without `!` and `[]`.
    pub kind: String,
}

/// How a root field is asked for; each way has its tests, and [`by_hand`](super::by_hand) those of the rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Case {
    /// `campaign(id:)`: the row of `table`.
    Row { table: String },
    /// `campaigns(…)`: the rows of `table`, shown as objects of a type.
    List { table: String, node: String },
    /// `tenantConfig`: the one row that the request has of something.
    Own,
}

impl Schema {
    /// The schema that the gateway serves, parsed once. (That the committed file is the same is
    /// tested elsewhere.)
    pub fn served() -> &'static Self {
        static SERVED: LazyLock<Schema> = LazyLock::new(Schema::parse);
        &SERVED
    }

    fn parse() -> Self {
        let document = parse_schema(resolver::sdl()).expect("the schema is GraphQL");
        let mut schema = Self {
            objects: BTreeMap::new(),
            inputs: BTreeMap::new(),
            enums: BTreeMap::new(),
        };
        for definition in document.definitions {
            let TypeSystemDefinition::Type(definition) = definition else {
                continue;
            };
            let name = definition.node.name.node.to_string();
            match definition.node.kind {
                TypeKind::Object(object) => {
                    let fields = object.fields.iter().map(|field| Field::of(&field.node));
                    schema.objects.insert(name, fields.collect());
                }
                TypeKind::InputObject(input) => {
                    let fields = input.fields.iter().map(|field| Argument::of(&field.node));
                    schema.inputs.insert(name, fields.collect());
                }
                TypeKind::Enum(values) => {
                    let values = values
                        .values
                        .iter()
                        .map(|value| value.node.value.node.to_string());
                    schema.enums.insert(name, values.collect());
                }
                TypeKind::Scalar | TypeKind::Interface(_) | TypeKind::Union(_) => {}
            }
        }
        schema
    }

    /// The fields of an object; `None` for a scalar, an enum or an interface.
    pub fn object(&self, name: &str) -> Option<&[Field]> {
        self.objects.get(name).map(Vec::as_slice)
    }

    /// The fields of an input object.
    pub fn input(&self, name: &str) -> &[Argument] {
        self.inputs
            .get(name)
            .unwrap_or_else(|| panic!("there is no input `{name}`"))
    }

    /// The values of an enum.
    pub fn values(&self, name: &str) -> Option<&[String]> {
        self.enums.get(name).map(Vec::as_slice)
    }

    /// The root fields of queries.
    pub fn queries(&self) -> &[Field] {
        self.object("Query").expect("every schema has queries")
    }

    /// The root fields of mutations.
    pub fn mutations(&self) -> &[Field] {
        self.object("Mutation").unwrap_or_default()
    }

    /// The root fields that list rows: the field, the table and the object.
    pub fn lists(&self) -> impl Iterator<Item = (&Field, String, String)> {
        self.queries()
            .iter()
            .filter_map(|field| Some((field, table(field), self.listed(field)?)))
    }

    /// The table that objects of a type are rows of, if they are listed at all.
    pub fn table(&self, object: &str) -> Option<String> {
        self.lists()
            .find(|(_, _, node)| node == object)
            .map(|(_, table, _)| table)
    }

    /// The case of a query's root field; `None` if it is like none.
    pub fn case(&self, field: &Field) -> Option<Case> {
        let arguments: Vec<&str> = field
            .arguments
            .iter()
            .map(|argument| argument.name.as_str())
            .collect();
        match arguments[..] {
            ["id"] => self.table(&field.kind).map(|table| Case::Row { table }),
            ["first", ..] => self.listed(field).map(|node| Case::List {
                table: table(field),
                node,
            }),
            [] => self
                .object(&field.kind)?
                .iter()
                .any(|inner| inner.name == "id")
                .then_some(Case::Own),
            _ => None,
        }
    }

    /// The object whose rows a connection's field lists.
    fn listed(&self, field: &Field) -> Option<String> {
        // A part of a list is none.
        if field.name == "deadLetters" {
            return None;
        }
        let arguments = field
            .arguments
            .iter()
            .map(|argument| argument.name.as_str());
        if !arguments.eq(["first", "after", "last", "before", "filter", "orderBy"]) {
            return None;
        }
        let nodes = self
            .object(&field.kind)?
            .iter()
            .find(|inner| inner.name == "nodes")?;
        Some(nodes.kind.clone())
    }

    /// A selection of everything that an object and, `depth` relations on, its relations show. Lists are
    /// cut to three rows.
    pub fn selection(&self, object: &str, depth: usize) -> String {
        let mut selection = "{ __typename ".to_owned();
        for field in self
            .object(object)
            .unwrap_or_else(|| panic!("`{object}` is no object"))
        {
            let inner = match self.object(&field.kind) {
                None => String::new(),
                Some(_) if depth == 0 => continue,
                Some(connection) => match connection.iter().find(|inner| inner.name == "nodes") {
                    None => {
                        // What everything that has numbers is grouped by.
                        let by = if field.name == "groups" {
                            "(by: [DAY], first: 3) "
                        } else {
                            ""
                        };
                        by.to_owned() + &self.selection(&field.kind, depth - 1)
                    }
                    Some(nodes) => format!("(first: 3) {}", self.page(&nodes.kind, depth - 1)),
                },
            };
            selection.push_str(&format!("{}{inner} ", field.name));
        }
        selection + "}"
    }

    /// The same for a connection of such objects; of its numbers some, all are asked for in
    /// [`numbers`](super::numbers).
    pub fn page(&self, object: &str, depth: usize) -> String {
        let rows = self.selection(object, depth);
        let key = self.selection(&format!("{object}GroupKey"), 0);
        let by = &self
            .values(&format!("{object}GroupBy"))
            .expect("every list is grouped")[0];
        format!(
            "{{ totalCount estimatedCount aggregates {{ count max {{ created }} }} \
             groups(by: [{by}], first: 3) {{ key {key} aggregates {{ count }} }} \
             pageInfo {{ startCursor endCursor }} edges {{ cursor node {{ id }} }} nodes {rows} }}"
        )
    }
}

impl Field {
    fn of(field: &FieldDefinition) -> Self {
        Self {
            name: field.name.node.to_string(),
            kind: named(&field.ty.node),
            arguments: field
                .arguments
                .iter()
                .map(|argument| Argument::of(&argument.node))
                .collect(),
        }
    }

    /// The type of an argument.
    pub fn argument(&self, name: &str) -> &str {
        let found = self.arguments.iter().find(|argument| argument.name == name);
        &found
            .unwrap_or_else(|| panic!("`{}` has no argument `{name}`", self.name))
            .kind
    }
}

impl Argument {
    fn of(input: &InputValueDefinition) -> Self {
        Self {
            name: input.name.node.to_string(),
            kind: named(&input.ty.node),
        }
    }
}

fn named(kind: &Type) -> String {
    match &kind.base {
        BaseType::Named(name) => name.to_string(),
        BaseType::List(item) => named(item),
    }
}

/// The table that a list is of: its name, but for mail and the log of acts, of which there is one kind to ask for.
fn table(field: &Field) -> String {
    match field.name.as_str() {
        "messages" => "email_messages".to_owned(),
        "auditLog" => "admin_audit_log".to_owned(),
        name => snake(name),
    }
}

/// `campaignSequenceSteps` as tables and columns spell it: `campaign_sequence_steps`.
pub fn snake(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}
