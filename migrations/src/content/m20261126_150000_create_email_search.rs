//! The words of each message, for searching subject and body of a tenant's mail.
//!
//! `@@` is not LEAKPROOF, so under a policy it only ever filters what another condition found: all messages of the
//! tenant are read, and their documents with them. What was weighed: marking `@@` LEAKPROOF is a superuser's to do, and for
//! the whole server; a table of our own with a row for each word makes a hundred rows of a message, and has neither
//! phrases nor ranks; `btree_gin`, to put the tenant into the index, is an extension, and does not make `@@` any more
//! LEAKPROOF. So there is a function. What was measured stands in docs/mail.md.
//!
//! Why the function is safe: it runs as the owner, to whom row level security is forced and who in this database sees the
//! rows of this table and of no other, and it answers with keys and ranks only. It finds nothing but what
//! `app.current_tenant_id` says, twice: the tenant is a word of each of its documents, so that the one index finds a tenant's
//! alone, and that a text may hold such a word, too, is why the column is asked besides (by a comparison that no index
//! serves, or the planner may find all of the tenant's rows first). The messages themselves are then read
//! by who asked, under their own policy: a key of another tenant's would find none. Nobody but jobs reads or writes the
//! table itself.
//!
//! A document is bounded, for a `tsvector` is (1 MB): of a body the first 100,000 characters are searched. It goes with
//! the message, and with the body.

use crate::{
    row_security::{WRITE, tenant_ungranted, worked},
    statement::run,
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const DOCUMENT: &str = r"
CREATE FUNCTION search_word(tenant uuid) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    RETURN 'tenant' || replace(tenant::text, '-', '');
CREATE FUNCTION search_document(tenant uuid, subject text, body text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, public, pg_temp
    RETURN setweight(to_tsvector('simple', subject), 'A')
        || setweight(to_tsvector('simple', left(coalesce(body, ''), 100000)), 'B')
        || array_to_tsvector(ARRAY[search_word(tenant)]);
REVOKE EXECUTE ON FUNCTION search_word(uuid), search_document(uuid, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION search_word(uuid), search_document(uuid, text, text) TO gateway_worker;
";

const TABLE: &str = r#"
CREATE TABLE email_search (
    tenant_id uuid NOT NULL,
    storage_key varchar(500) COLLATE "C" NOT NULL,
    content_key varchar(500) COLLATE "C",
    message_created timestamptz NOT NULL,
    document tsvector NOT NULL,
    CONSTRAINT email_search_pkey PRIMARY KEY (tenant_id, storage_key),
    CONSTRAINT email_search_document_check
        CHECK (document @@ search_word(tenant_id)::tsquery),
    CONSTRAINT email_search_storage_key_fkey FOREIGN KEY (tenant_id, storage_key)
        REFERENCES email_messages (tenant_id, storage_key) ON DELETE CASCADE,
    CONSTRAINT email_search_content_key_fkey FOREIGN KEY (tenant_id, content_key)
        REFERENCES email_content (tenant_id, storage_key) ON DELETE CASCADE
);
CREATE INDEX idx_email_search_document ON email_search USING gin (document);
CREATE INDEX idx_email_search_tenant_content ON email_search (tenant_id, content_key)
    WHERE content_key IS NOT NULL;
"#;

const SEARCH: &str = r"
CREATE POLICY email_search_owner ON email_search FOR SELECT TO gateway_owner USING (true);
CREATE FUNCTION search_messages(question text, newest integer)
    RETURNS TABLE (storage_key varchar, rank real)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 100
    SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT found.storage_key, ts_rank(found.document, websearch_to_tsquery('simple', question))
    FROM (
        SELECT email_search.storage_key, email_search.document
        FROM email_search
        WHERE email_search.document @@ (
                search_word(current_setting('app.current_tenant_id')::uuid)::tsquery
                && websearch_to_tsquery('simple', question))
            AND email_search.tenant_id IS NOT DISTINCT FROM current_setting('app.current_tenant_id')::uuid
            AND numnode(websearch_to_tsquery('simple', question)) > 0
        ORDER BY email_search.message_created DESC, email_search.storage_key DESC
        LIMIT newest
    ) AS found;
END;
REVOKE EXECUTE ON FUNCTION search_messages(text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION search_messages(text, integer) TO gateway_login, gateway_staff;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                DOCUMENT,
                TABLE,
                &tenant_ungranted("email_search"),
                &worked("email_search", WRITE),
                SEARCH,
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                "DROP FUNCTION search_messages(text, integer)",
                "DROP TABLE email_search",
                "DROP FUNCTION search_document(uuid, text, text), search_word(uuid)",
            ],
        )
        .await
    }
}
