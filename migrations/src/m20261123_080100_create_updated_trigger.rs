//! `updated` is kept by the database, so that no writer can forget it.

use crate::statement::run;
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

pub(crate) const UP: &str = r"
CREATE FUNCTION set_updated() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog
AS $$
BEGIN
    NEW.updated := now();
    RETURN NEW;
END
$$;
REVOKE EXECUTE ON FUNCTION set_updated() FROM PUBLIC;
";

pub(crate) const DOWN: &str = "DROP FUNCTION set_updated()";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[UP]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[DOWN]).await
    }
}
