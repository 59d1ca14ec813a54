//! What a property may be.

use entity::id::{TenantId, UserId};
use serde_json::Value;

/// The type of a property. Text is none, so that nothing which somebody wrote can leave in an event.
pub trait Property: Copy {
    /// Its type: integer, number, word, or the id of a row.
    const TYPE: &'static str;
    /// Whether it may be null.
    const IS_OPTIONAL: bool = false;
    /// The words that it may be, where it is one of a few.
    const WORDS: &'static [&'static str] = &[];
    /// As it leaves.
    fn value(self) -> Value;
}

/// An event, as it is documented.
#[derive(Clone, Copy, Debug)]
pub struct Schema {
    /// Its name.
    pub name: &'static str,
    /// When there is one.
    pub about: &'static str,
    /// What it says.
    pub properties: &'static [PropertySchema],
}

/// A property, as it is documented.
#[derive(Clone, Copy, Debug)]
pub struct PropertySchema {
    /// Its name.
    pub name: &'static str,
    /// What it means, with its unit.
    pub about: &'static str,
    /// See [`Property::TYPE`].
    pub of: &'static str,
    /// See [`Property::IS_OPTIONAL`].
    pub is_optional: bool,
    /// See [`Property::WORDS`].
    pub words: &'static [&'static str],
}

impl Property for u64 {
    const TYPE: &'static str = "integer";

    fn value(self) -> Value {
        self.into()
    }
}

impl Property for f64 {
    const TYPE: &'static str = "number";

    fn value(self) -> Value {
        self.into()
    }
}

impl Property for TenantId {
    const TYPE: &'static str = "tenant's id";

    fn value(self) -> Value {
        self.to_string().into()
    }
}

impl Property for UserId {
    const TYPE: &'static str = "user's id";

    fn value(self) -> Value {
        self.to_string().into()
    }
}

impl<T: Property> Property for Option<T> {
    const TYPE: &'static str = T::TYPE;
    const IS_OPTIONAL: bool = true;
    const WORDS: &'static [&'static str] = T::WORDS;

    fn value(self) -> Value {
        self.map_or(Value::Null, T::value)
    }
}

/// Declares properties that are one of a few words.
macro_rules! words {
    ($(
        $(#[doc = $about:literal])+
        $name:ident { $($(#[doc = $doc:literal])+ $variant:ident = $word:literal,)+ }
    )+) => {$(
        $(#[doc = $about])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl $name {
            /// The word.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl $crate::event::Property for $name {
            const TYPE: &'static str = "word";
            const WORDS: &'static [&'static str] = &[$($word),+];

            fn value(self) -> serde_json::Value {
                self.as_str().into()
            }
        }
    )+};
}

/// Declares events: a type for each, the [`Event`](super::Event) that any of them is, and their schemas.
macro_rules! events {
    ($(
        $(#[doc = $about:literal])+
        $event:ident $name:literal {
            $($(#[doc = $doc:literal])+ $property:ident: $type:ty,)+
        }
    )+) => {
        $(
            $(#[doc = $about])+
            #[derive(Clone, Copy, Debug, PartialEq)]
            pub struct $event {
                $($(#[doc = $doc])+ pub $property: $type,)+
            }

            impl From<$event> for Event {
                fn from(event: $event) -> Self {
                    Self::$event(event)
                }
            }
        )+

        /// Any of the events.
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub enum Event {
            $($(#[doc = $about])+ $event($event),)+
        }

        impl Event {
            /// Its name.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$event(_) => $name,)+
                }
            }

            /// Its properties, as they leave.
            #[must_use]
            pub fn properties(&self) -> serde_json::Map<String, serde_json::Value> {
                use $crate::event::Property;
                match self {
                    $(Self::$event(event) => [$(
                        (stringify!($property).to_owned(), Property::value(event.$property)),
                    )+].into_iter().collect(),)+
                }
            }
        }

        /// All events, as they are documented.
        pub const SCHEMAS: &[$crate::event::Schema] = &[$(
            $crate::event::Schema {
                name: $name,
                about: concat!($($about),+),
                properties: &[$(
                    $crate::event::PropertySchema {
                        name: stringify!($property),
                        about: concat!($($doc),+),
                        of: <$type as $crate::event::Property>::TYPE,
                        is_optional: <$type as $crate::event::Property>::IS_OPTIONAL,
                        words: <$type as $crate::event::Property>::WORDS,
                    },
                )+],
            },
        )+];
    };
}

pub(super) use {events, words};
