//! What the invited does with an invitation: sees those to the own address, and accepts one. Neither has a
//! tenant yet, so both are functions.
//!
//! Why they are safe: they answer for nobody but `app.current_user_id` and for an address that was
//! verified to be that user's. They run as the owner, to whom row level security is forced, and whose
//! policies let it see no invitation but those to that address, change none but to say that this user
//! accepted it, and write no membership but this user's, in a tenant with an open invitation, with
//! exactly the roles it names. So a mistake in a function writes nothing else. Names are bound or the
//! search path is pinned, and a missing setting is an error.
//!
//! Two who accept at once wait for each other at the invitation's row; the second finds it accepted. A
//! member who was removed becomes one again; one who is a member already stays what he is.
//!
//! Errors: TG001 there is no such open invitation to the user, TG002 it has expired, TG003 the user's
//! address is not verified. The last is said before anything is looked up, so it tells nothing.

use crate::statement::run;
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const POLICIES: &str = r"
CREATE POLICY invitations_addressed ON invitations
    FOR SELECT TO gateway_owner
    USING (email = (SELECT email FROM users WHERE deleted IS NULL AND email_verified IS NOT NULL));
CREATE POLICY invitations_accept ON invitations
    FOR UPDATE TO gateway_owner
    USING (email = (SELECT email FROM users WHERE deleted IS NULL AND email_verified IS NOT NULL))
    WITH CHECK (accepted IS NOT NULL
        AND accepted_by_user_id = (SELECT current_setting('app.current_user_id')::uuid));
CREATE POLICY tenants_inviting ON tenants
    FOR SELECT TO gateway_owner
    USING (id IN (SELECT tenant_id FROM invitations WHERE accepted IS NULL AND revoked IS NULL));
CREATE POLICY tenant_users_join ON tenant_users
    FOR INSERT TO gateway_owner
    WITH CHECK (user_id = (SELECT current_setting('app.current_user_id')::uuid) AND EXISTS (
        SELECT FROM invitations
        WHERE invitations.tenant_id = tenant_users.tenant_id
            AND invitations.roles = tenant_users.roles
            AND accepted IS NULL AND revoked IS NULL AND expires > now()
    ));
CREATE POLICY tenant_users_join_again ON tenant_users
    FOR UPDATE TO gateway_owner
    USING (user_id = (SELECT current_setting('app.current_user_id')::uuid))
    WITH CHECK (user_id = (SELECT current_setting('app.current_user_id')::uuid) AND EXISTS (
        SELECT FROM invitations
        WHERE invitations.tenant_id = tenant_users.tenant_id
            AND invitations.roles = tenant_users.roles
            AND accepted IS NULL AND revoked IS NULL AND expires > now()
    ));
";

const SEEN: &str = r"
CREATE FUNCTION viewer_invitations()
    RETURNS TABLE (id uuid, tenant_name text, roles text[], expires timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT invitations.id, tenants.name, invitations.roles, invitations.expires
    FROM users
    JOIN invitations ON invitations.email = users.email
    JOIN tenants ON tenants.id = invitations.tenant_id
    WHERE users.id = current_setting('app.current_user_id')::uuid
        AND users.deleted IS NULL AND users.email_verified IS NOT NULL
        AND invitations.accepted IS NULL AND invitations.revoked IS NULL
        AND invitations.expires > now()
        AND tenants.deleted IS NULL
    ORDER BY invitations.expires, invitations.id;
END;
REVOKE EXECUTE ON FUNCTION viewer_invitations() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION viewer_invitations() TO gateway_login;
";

const ACCEPTED: &str = r"
CREATE FUNCTION accept_invitation(invitation uuid) RETURNS tenants
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    viewer users;
    offer invitations;
    joined tenants;
BEGIN
    SELECT * INTO viewer FROM users
    WHERE id = current_setting('app.current_user_id')::uuid AND deleted IS NULL;
    IF viewer.email_verified IS NULL THEN
        RAISE SQLSTATE 'TG003' USING MESSAGE = 'the address of the user is not verified';
    END IF;
    SELECT * INTO offer FROM invitations
    WHERE id = invitation AND email = viewer.email AND accepted IS NULL AND revoked IS NULL
    FOR UPDATE;
    SELECT * INTO joined FROM tenants WHERE id = offer.tenant_id AND deleted IS NULL;
    IF joined.id IS NULL THEN
        RAISE SQLSTATE 'TG001' USING MESSAGE = 'there is no such open invitation to the user';
    END IF;
    IF offer.expires <= now() THEN
        RAISE SQLSTATE 'TG002' USING MESSAGE = 'the invitation has expired';
    END IF;
    INSERT INTO tenant_users (tenant_id, user_id, roles)
    VALUES (offer.tenant_id, viewer.id, offer.roles)
    ON CONFLICT (tenant_id, user_id) DO UPDATE SET deleted = NULL, roles = EXCLUDED.roles
        WHERE tenant_users.deleted IS NOT NULL;
    UPDATE invitations SET accepted = now(), accepted_by_user_id = viewer.id WHERE id = offer.id;
    RETURN joined;
END
$$;
REVOKE EXECUTE ON FUNCTION accept_invitation(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION accept_invitation(uuid) TO gateway_login;
";

const DOWN: &str = r"
DROP FUNCTION accept_invitation(uuid), viewer_invitations();
DROP POLICY tenant_users_join_again ON tenant_users;
DROP POLICY tenant_users_join ON tenant_users;
DROP POLICY tenants_inviting ON tenants;
DROP POLICY invitations_accept ON invitations;
DROP POLICY invitations_addressed ON invitations;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[POLICIES, SEEN, ACCEPTED]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[DOWN]).await
    }
}
