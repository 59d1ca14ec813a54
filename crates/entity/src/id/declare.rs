//! The macros behind the list of ids.

/// What ids over UUIDs and over integers share.
macro_rules! common {
    ($id:ident, $raw:ty, $prefix:literal, $parse:path, $append:path) => {
        impl $crate::id::TypedId for $id {
            const PREFIX: &'static str = $prefix;
            type Raw = $raw;

            fn from_raw(raw: $raw) -> Self {
                Self(raw)
            }

            fn into_raw(self) -> $raw {
                self.0
            }

            fn into_value(self) -> sea_orm::Value {
                self.0.into()
            }

            fn append_to(self, text: &mut String) {
                $append(text, $prefix, self.0);
            }
        }

        impl<'r> postgres_types::FromSql<'r> for $id {
            fn from_sql(
                ty: &postgres_types::Type,
                raw: &'r [u8],
            ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
                <$raw as postgres_types::FromSql>::from_sql(ty, raw).map(Self)
            }

            fn accepts(ty: &postgres_types::Type) -> bool {
                <$raw as postgres_types::FromSql>::accepts(ty)
            }
        }

        $crate::columns::read_as_it_is! { $id: Self(<$raw>::default()) }

        impl std::fmt::Debug for $id {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(self, f)
            }
        }

        impl std::str::FromStr for $id {
            type Err = $crate::id::InvalidId;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $parse($prefix, text).map(Self)
            }
        }

        impl From<$raw> for $id {
            fn from(raw: $raw) -> Self {
                Self(raw)
            }
        }

        impl From<$id> for $raw {
            fn from(id: $id) -> Self {
                id.0
            }
        }
    };
}

/// Declares ids over UUIDs: `/// docs` `Name = "prefix";`, with `of Other` where the key is another table's.
macro_rules! uuid_ids {
    ($($(#[$docs:meta])* $id:ident = $prefix:literal $(of $other:ident)?;)*) => {
        const UUID_PREFIXES: &[&str] = &[$($prefix),*];
        $($crate::id::declare::uuid_id! { $(#[$docs])* $id = $prefix $(of $other)? })*
    };
}

macro_rules! uuid_id {
    ($(#[$docs:meta])* $id:ident = $prefix:literal $(of $other:ident)?) => {
        $(#[$docs])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, sea_orm::DeriveValueType)]
        pub struct $id(uuid::Uuid);

        impl $id {
            /// A fresh id that sorts after all made before it (UUIDv7).
            #[expect(clippy::new_without_default, reason = "a default that differs each time surprises")]
            pub fn new() -> Self {
                Self(uuid::Uuid::now_v7())
            }
        }

        $crate::id::declare::common!($id, uuid::Uuid, $prefix, $crate::id::text::parse_uuid, $crate::id::text::append_uuid);

        impl std::fmt::Display for $id {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                $crate::id::text::write_uuid(f, $prefix, self.0)
            }
        }

        // SeaORM asks this of every primary key, for databases that hand out integers.
        impl sea_orm::TryFromU64 for $id {
            fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
                Err(sea_orm::DbErr::ConvertFromU64(stringify!($id)))
            }
        }

        $(
            impl From<$other> for $id {
                fn from(id: $other) -> Self {
                    Self(id.0)
                }
            }

            impl From<$id> for $other {
                fn from(id: $id) -> Self {
                    Self(id.0)
                }
            }
        )?
    };
}

/// Declares ids over identity columns: `/// docs` `Name = "prefix";`.
macro_rules! integer_ids {
    ($($(#[$docs:meta])* $id:ident = $prefix:literal;)*) => {
        const INTEGER_PREFIXES: &[&str] = &[$($prefix),*];
        $($crate::id::declare::integer_id! { $(#[$docs])* $id = $prefix })*
    };
}

macro_rules! integer_id {
    ($(#[$docs:meta])* $id:ident = $prefix:literal) => {
        $(#[$docs])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, sea_orm::DeriveValueType)]
        pub struct $id(i64);

        $crate::id::declare::common!($id, i64, $prefix, $crate::id::text::parse_integer, $crate::id::text::append_integer);

        impl std::fmt::Display for $id {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!($prefix, "_{}"), self.0)
            }
        }
    };
}

pub(super) use {common, integer_id, integer_ids, uuid_id, uuid_ids};
