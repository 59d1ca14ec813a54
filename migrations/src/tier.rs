//! The databases that have a history.

use crate::{Migrator, analytics, content, queue};
use sea_orm_migration::{
    Migration, MigratorTrait,
    sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr},
};

/// A database of the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    /// Tenants, what they send with, to whom, and what they pay.
    Oltp,
    /// Mail.
    Content,
    /// Numbers.
    Analytics,
    /// Work that is to be done.
    Queue,
}

impl Tier {
    /// All, in the order in which they are migrated.
    pub const ALL: [Self; 4] = [Self::Oltp, Self::Content, Self::Analytics, Self::Queue];

    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Oltp => "oltp",
            Self::Content => "content",
            Self::Analytics => "analytics",
            Self::Queue => "queue",
        }
    }

    pub(crate) async fn up(
        self,
        run: &DatabaseTransaction,
        steps: Option<u32>,
    ) -> Result<(), DbErr> {
        match self {
            Self::Oltp => Migrator::up(run, steps).await,
            Self::Content => content::Migrator::up(run, steps).await,
            Self::Analytics => analytics::Migrator::up(run, steps).await,
            Self::Queue => queue::Migrator::up(run, steps).await,
        }
    }

    pub(crate) async fn down(
        self,
        run: &DatabaseTransaction,
        steps: Option<u32>,
    ) -> Result<(), DbErr> {
        match self {
            Self::Oltp => Migrator::down(run, steps).await,
            Self::Content => content::Migrator::down(run, steps).await,
            Self::Analytics => analytics::Migrator::down(run, steps).await,
            Self::Queue => queue::Migrator::down(run, steps).await,
        }
    }

    pub(crate) async fn statuses(
        self,
        connection: &impl ConnectionTrait,
    ) -> Result<Vec<Migration>, DbErr> {
        match self {
            Self::Oltp => Migrator::get_migration_with_status_read_only(connection).await,
            Self::Content => {
                content::Migrator::get_migration_with_status_read_only(connection).await
            }
            Self::Analytics => {
                analytics::Migrator::get_migration_with_status_read_only(connection).await
            }
            Self::Queue => queue::Migrator::get_migration_with_status_read_only(connection).await,
        }
    }
}
