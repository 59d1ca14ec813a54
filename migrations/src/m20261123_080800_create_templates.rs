//! Email templates, and the folders and tags that order them. The joins go with either side.

use crate::{
    row_security::{WRITE, tenant},
    statement::{keep_updated, run},
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TEMPLATES: &str = r#"
CREATE TABLE templates (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    name varchar(100) COLLATE "C" NOT NULL,
    subject varchar(255) COLLATE "C",
    content text,
    is_started boolean NOT NULL DEFAULT false,
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT templates_tenant_id_id_key UNIQUE (tenant_id, id)
);
CREATE INDEX idx_templates_tenant_created ON templates (tenant_id, created DESC, id DESC);
CREATE INDEX idx_templates_tenant_name ON templates (tenant_id, name, id);
"#;

const FOLDERS_AND_TAGS: &str = r#"
CREATE TABLE folders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    name varchar(100) COLLATE "C" NOT NULL,
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT folders_tenant_id_id_key UNIQUE (tenant_id, id)
);
CREATE INDEX idx_folders_tenant_created ON folders (tenant_id, created DESC, id DESC);
CREATE INDEX idx_folders_tenant_name ON folders (tenant_id, name, id);

CREATE TABLE tags (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    name varchar(100) COLLATE "C" NOT NULL,
    value varchar(100) COLLATE "C" NOT NULL,
    description text,
    is_default boolean NOT NULL DEFAULT false,
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT tags_tenant_id_id_key UNIQUE (tenant_id, id)
);
CREATE INDEX idx_tags_tenant_created ON tags (tenant_id, created DESC, id DESC);
CREATE INDEX idx_tags_tenant_name ON tags (tenant_id, name, id);
"#;

const JOINS: &str = r"
CREATE TABLE template_folders (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    template_id uuid NOT NULL,
    folder_id bigint NOT NULL,
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT template_folders_pair_key UNIQUE (tenant_id, template_id, folder_id),
    CONSTRAINT template_folders_tenant_id_id_key UNIQUE (tenant_id, id),
    CONSTRAINT template_folders_template_id_fkey FOREIGN KEY (tenant_id, template_id)
        REFERENCES templates (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT template_folders_folder_id_fkey FOREIGN KEY (tenant_id, folder_id)
        REFERENCES folders (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX idx_template_folders_tenant_folder
    ON template_folders (tenant_id, folder_id, template_id);

CREATE TABLE template_tags (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    template_id uuid NOT NULL,
    tag_id bigint NOT NULL,
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT template_tags_pair_key UNIQUE (tenant_id, template_id, tag_id),
    CONSTRAINT template_tags_tenant_id_id_key UNIQUE (tenant_id, id),
    CONSTRAINT template_tags_template_id_fkey FOREIGN KEY (tenant_id, template_id)
        REFERENCES templates (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT template_tags_tag_id_fkey FOREIGN KEY (tenant_id, tag_id)
        REFERENCES tags (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX idx_template_tags_tenant_tag ON template_tags (tenant_id, tag_id, template_id);
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                TEMPLATES,
                FOLDERS_AND_TAGS,
                JOINS,
                &keep_updated("templates"),
                &keep_updated("folders"),
                &keep_updated("tags"),
                &keep_updated("template_folders"),
                &keep_updated("template_tags"),
                &tenant("templates", WRITE),
                &tenant("folders", WRITE),
                &tenant("tags", WRITE),
                &tenant("template_folders", WRITE),
                &tenant("template_tags", WRITE),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &["DROP TABLE template_tags, template_folders, tags, folders, templates"],
        )
        .await
    }
}
