//! The one message that opens a transaction.

use crate::identity::{Access, Identity};

/// Begins, sets who asks, and asks whether they may: one simple-protocol message, one round trip.
///
/// Its only row holds one text column: the member's roles, or the member of staff's permissions,
/// joined by commas. No row means that the identity is no live member, or staff with no permission:
/// the function is asked, because the tables behind it are shown to staff with `staff.read` only.
///
/// `SET LOCAL`, not `set_config()`: distributed PostgreSQL (Citus) forwards only the former. The
/// settings precede the SELECT, so the policies on the tables it reads are satisfied, and the
/// SELECT takes the snapshot, so membership and data are of one moment.
pub(crate) fn message(identity: Identity, access: Access) -> String {
    let begin = match access {
        Access::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        Access::Write => "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
    };
    match identity {
        Identity::Member { tenant, user } => {
            let (tenant, user) = (uuid::Uuid::from(tenant), uuid::Uuid::from(user));
            format!(
                "{begin}; SET LOCAL app.current_tenant_id = '{tenant}'; \
                 SET LOCAL app.current_user_id = '{user}'; \
                 SELECT array_to_string(m.roles, ',') FROM tenant_users m \
                 WHERE m.tenant_id = '{tenant}' AND m.user_id = '{user}' AND m.deleted IS NULL \
                 AND EXISTS (SELECT FROM tenants t WHERE t.id = m.tenant_id AND t.deleted IS NULL) \
                 AND EXISTS (SELECT FROM users u WHERE u.id = m.user_id AND u.deleted IS NULL)"
            )
        }
        Identity::Staff { user } => {
            let user = uuid::Uuid::from(user);
            format!(
                "{begin}; SET LOCAL ROLE gateway_staff; SET LOCAL app.current_user_id = '{user}'; \
                 SELECT string_agg(permission, ',') FROM staff_permissions() AS permission \
                 HAVING count(*) > 0"
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::message;
    use crate::{Access, Identity};
    use entity::id::{TenantId, UserId};

    #[test]
    fn a_member_reads_in_one_snapshot_and_writes_read_committed() {
        let identity = Identity::Member {
            tenant: TenantId::new(),
            user: UserId::new(),
        };
        assert!(message(identity, Access::Read).starts_with(
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL app.current_tenant_id"
        ));
        assert!(message(identity, Access::Write).starts_with(
            "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL app.current_tenant_id"
        ));
    }

    #[test]
    fn staff_set_their_role_and_no_tenant() {
        let text = message(
            Identity::Staff {
                user: UserId::new(),
            },
            Access::Read,
        );
        assert!(text.contains("SET LOCAL ROLE gateway_staff"));
        assert!(!text.contains("app.current_tenant_id"));
    }
}
