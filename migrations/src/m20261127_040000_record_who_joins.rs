//! Whoever accepts an invitation gets roles in a tenant, which is recorded there: the function that makes a member reports
//! it, and the one that does not is nobody's to call.
//!
//! The function says who, what, and which roles. From where, and how the API spells the invitation's id, whoever calls says.
//! The owner, as who it runs, may report nothing but that the user who asks has accepted an invitation of that tenant.

use crate::statement::run;
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const POLICY: &str = "
CREATE POLICY outbox_joined ON outbox
    FOR INSERT TO gateway_owner
    WITH CHECK (topic = 'audit.recorded' AND payload ->> 'action' = 'invitation.accepted'
        AND (payload ->> 'userId')::uuid = (SELECT current_setting('app.current_user_id')::uuid)
        AND EXISTS (
            SELECT FROM invitations
            WHERE invitations.tenant_id = outbox.tenant_id
                AND accepted_by_user_id = (SELECT current_setting('app.current_user_id')::uuid)
        ));
";

const RECORDED: &str = r"
CREATE FUNCTION accept_invitation(invitation uuid, told jsonb) RETURNS tenants
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    joined tenants := accept_invitation(invitation);
BEGIN
    INSERT INTO outbox (tenant_id, topic, payload)
    SELECT tenant_id, 'audit.recorded', jsonb_build_object(
        'userId', accepted_by_user_id, 'action', 'invitation.accepted', 'resourceType', 'invitations',
        'resourceId', told -> 'resourceId', 'newValues', jsonb_build_object('roles', roles),
        'ipAddress', told -> 'ipAddress', 'userAgent', told -> 'userAgent', 'happened', accepted)
    FROM invitations WHERE id = invitation;
    RETURN joined;
END
$$;
REVOKE EXECUTE ON FUNCTION accept_invitation(uuid, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION accept_invitation(uuid, jsonb) TO gateway_login;
REVOKE EXECUTE ON FUNCTION accept_invitation(uuid) FROM gateway_login;
";

const DOWN: &str = "
GRANT EXECUTE ON FUNCTION accept_invitation(uuid) TO gateway_login;
DROP FUNCTION accept_invitation(uuid, jsonb);
DROP POLICY outbox_joined ON outbox;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[POLICY, RECORDED]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[DOWN]).await
    }
}
