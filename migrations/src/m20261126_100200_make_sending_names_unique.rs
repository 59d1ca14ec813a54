//! A domain and an email account are there once in a tenant, and one domain is its main one.
//!
//! Not once on the platform: a tenant would learn from the refusal that another one has the name.

use crate::statement::run;
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = r"
ALTER TABLE domains ADD CONSTRAINT domains_tenant_id_domain_key UNIQUE (tenant_id, domain);
ALTER TABLE email_accounts ADD CONSTRAINT email_accounts_tenant_id_email_key UNIQUE (tenant_id, email);
CREATE UNIQUE INDEX domains_is_primary_key ON domains (tenant_id) WHERE is_primary;
";

const DOWN: &str = r"
DROP INDEX domains_is_primary_key;
ALTER TABLE email_accounts DROP CONSTRAINT email_accounts_tenant_id_email_key;
ALTER TABLE domains DROP CONSTRAINT domains_tenant_id_domain_key;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[UP]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[DOWN]).await
    }
}
