//! The message that opens a transaction.

mod question;

use self::question::{acting, key, membership};
use crate::{
    cause::Cause,
    identity::{Access, Identity},
    transaction::Grants,
};

/// The membership question's name on a connection.
const PREPARED: &str = "gateway_membership";

/// How a member's membership is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asking {
    /// By [`prepare`]'s statement. Planning the question takes PostgreSQL three times as long as the answer.
    Prepared,
    /// In full, for a pooler that gives each transaction another session.
    InFull,
}

/// Prepares the membership question. As a statement of SQL, and not by the protocol's message, because
/// only so it can be run in the simple query that opens a transaction: a message less to answer.
pub(crate) fn prepare() -> String {
    format!(
        "PREPARE {PREPARED} (uuid, uuid) AS {}",
        membership("$1", "$2")
    )
}

/// What opens a transaction, as one simple query: it begins, sets who asks, and asks whether they may.
///
/// The answer to the question is one row with a text: the member's roles, or the member of staff's
/// permissions, joined by commas. No row means that the identity is no live member, no live user, or
/// staff with no permission: a function is asked, because the tables behind it are shown to staff with
/// `staff.read` only.
///
/// `SET LOCAL`, not `set_config()`: distributed PostgreSQL (Citus) forwards only the former. The
/// settings precede the question, so the policies on the tables it reads are satisfied, and the
/// question takes the snapshot, so membership and data are of one moment.
pub(crate) fn opening(
    identity: &Identity,
    access: Access,
    asking: Asking,
    cause: &Cause,
) -> String {
    let begin = if identity.is_recorded() {
        // Written is the record, and nothing after it.
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE"
    } else {
        begin(access)
    };
    let shown = cause.settings(identity.tenant(), access);
    match identity {
        Identity::Member { tenant, user } => {
            let (tenant, user) = (literal(*tenant), literal(*user));
            let settings = settings(&tenant, &user);
            // Joined and not formatted: it is by far the most frequent.
            match asking {
                Asking::Prepared => {
                    let execute = ["EXECUTE ", PREPARED, " (", &tenant, ", ", &user, ")"];
                    [begin, "; ", &shown, &settings, "; ", &execute.concat()].concat()
                }
                Asking::InFull => {
                    format!("{begin}; {shown}{settings}; {}", membership(&tenant, &user))
                }
            }
        }
        Identity::Key(presented) => {
            let settings = settings(&literal(presented.tenant()), &literal(presented.user()));
            format!("{begin}; {shown}{settings}; {}", key(presented))
        }
        Identity::Acting { tenant, user, act } => {
            let (tenant, user) = (literal(*tenant), literal(*user));
            format!(
                "{begin}; {shown}SET LOCAL ROLE gateway_staff; {}; SET LOCAL app.current_roles = ''; {}",
                settings(&tenant, &user),
                acting(&tenant, &user, act)
            )
        }
        Identity::User { user } => format!(
            "{begin}; {shown}SET LOCAL app.current_user_id = {}; SET LOCAL app.current_roles = ''; \
             SELECT '' WHERE viewer_is_live()",
            literal(*user)
        ),
        Identity::Staff { user } => format!(
            "{begin}; {shown}SET LOCAL ROLE gateway_staff; SET LOCAL app.current_user_id = {}; \
             SET LOCAL app.current_roles = ''; \
             SELECT string_agg(permission, ',') FROM staff_permissions() AS permission \
             HAVING count(*) > 0",
            literal(*user)
        ),
        Identity::Job { tenant } => {
            let tenant = literal(*tenant);
            format!(
                "{begin}; {shown}SET LOCAL ROLE gateway_worker; {}; SET LOCAL app.current_roles = ''; \
                 SELECT '' FROM tenants WHERE id = {tenant} AND deleted IS NULL",
                settings(&tenant, &literal(identity.user()))
            )
        }
        Identity::Dispatcher => {
            format!("{begin}; {shown}SET LOCAL ROLE gateway_dispatcher; SELECT ''")
        }
    }
}

/// What opens a transaction in another tier, for one whom the transactional tier has let in: it sets who asks, and
/// what that one may.
pub(crate) fn following(
    identity: &Identity,
    access: Access,
    grants: &Grants,
    cause: &Cause,
) -> String {
    let access = if grants.read_only {
        Access::Read
    } else {
        access
    };
    let (begin, shown) = (begin(access), cause.settings(identity.tenant(), access));
    let role = match identity {
        Identity::Member { .. } | Identity::Key(_) | Identity::User { .. } => "",
        Identity::Staff { .. } | Identity::Acting { .. } => "SET LOCAL ROLE gateway_staff; ",
        Identity::Job { .. } => "SET LOCAL ROLE gateway_worker; ",
        Identity::Dispatcher => {
            return format!("{begin}; {shown}SET LOCAL ROLE gateway_dispatcher; SELECT ''");
        }
    };
    let (user, names) = (literal(identity.user()), quoted(&grants.names));
    let (roles, permissions) = if identity.is_staff() {
        ("''", &*names)
    } else {
        (&*names, "''")
    };
    let who = match identity.tenant() {
        Some(tenant) => settings(&literal(tenant), &user),
        None => format!("SET LOCAL app.current_user_id = {user}"),
    };
    format!(
        "{begin}; {shown}{role}{who}; SET LOCAL app.current_roles = {roles}; \
         SET LOCAL app.current_permissions = {permissions}; SELECT ''"
    )
}

/// Names in quotes, joined by commas; without those that are none of a role's or a permission's letters.
fn quoted(names: &[String]) -> String {
    let is_name = |name: &&String| {
        let mut letters = name.chars();
        letters.all(|letter| letter.is_ascii_lowercase() || matches!(letter, '.' | '_'))
    };
    let names: Vec<&str> = names.iter().filter(is_name).map(String::as_str).collect();
    format!("'{}'", names.join(","))
}

/// One snapshot for a query; each statement its own for what writes, so that it sees what it had to wait for.
fn begin(access: Access) -> &'static str {
    match access {
        Access::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        Access::Write => "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
    }
}

fn settings(tenant: &str, user: &str) -> String {
    [
        "SET LOCAL app.current_tenant_id = ",
        tenant,
        "; SET LOCAL app.current_user_id = ",
        user,
    ]
    .concat()
}

/// A UUID in quotes: no letter of it can end them.
fn literal(id: impl Into<uuid::Uuid>) -> String {
    let mut digits = uuid::Uuid::encode_buffer();
    ["'", id.into().hyphenated().encode_lower(&mut digits), "'"].concat()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use entity::id::{TenantId, UserId};

    use super::{Asking, opening, prepare};
    use crate::{Access, Act, ApiKey, Cause, Identity, Origin};

    fn member() -> Identity {
        Identity::Member {
            tenant: TenantId::new(),
            user: UserId::new(),
        }
    }

    fn text(identity: Identity, access: Access) -> String {
        opening(&identity, access, Asking::Prepared, &Cause::default())
    }

    #[test]
    fn a_member_reads_in_one_snapshot_and_writes_read_committed() {
        assert!(text(member(), Access::Read).starts_with(
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL application_name"
        ));
        assert!(text(member(), Access::Write).starts_with(
            "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL application_name"
        ));
    }

    #[test]
    fn roles_are_set_for_the_transaction_and_an_analyst_is_none_that_writes() {
        let in_full = opening(&member(), Access::Read, Asking::InFull, &Cause::default());
        for text in [prepare(), in_full] {
            assert!(text.contains(
                "SELECT set_config('app.current_roles', array_to_string(m.roles, ','), true)"
            ));
            assert!(text.contains(
                "NOT m.roles && ARRAY['owner', 'admin', 'member', 'billing'] \
                 THEN set_config('transaction_read_only', 'on', true)"
            ));
        }
    }

    #[test]
    fn a_user_sets_no_tenant_and_no_roles() {
        let user = Identity::User {
            user: UserId::new(),
        };
        let text = text(user, Access::Write);
        assert!(text.contains("SET LOCAL app.current_roles = ''"));
        assert!(!text.contains("app.current_tenant_id") && !text.contains("ROLE gateway_staff"));
    }

    #[test]
    fn staff_set_their_role_no_tenant_and_no_roles() {
        let staff = Identity::Staff {
            user: UserId::new(),
        };
        let text = text(staff, Access::Read);
        assert!(text.contains("SET LOCAL ROLE gateway_staff"));
        assert!(text.contains("SET LOCAL app.current_roles = ''"));
        assert!(!text.contains("app.current_tenant_id"));
    }

    #[test]
    fn a_key_is_asked_about_by_its_digest_in_the_transaction_of_its_tenant() {
        let (key, secret) = ApiKey::generate(TenantId::new(), UserId::new()).expect("random bytes");
        let text = text(Identity::Key(key), Access::Read);
        assert!(text.contains(&format!(
            "SET LOCAL app.current_tenant_id = '{}'",
            uuid::Uuid::from(key.tenant())
        )));
        assert!(text.contains("api_key_grants(") && text.contains("g.read_only OR NOT g.roles &&"));
        assert!(!text.contains(&secret["gk_".len()..]));
    }

    #[test]
    fn staff_in_a_tenant_record_why_before_they_read_and_no_word_of_theirs_is_part_of_a_statement()
    {
        let reason = "'); DROP TABLE users; --";
        let acting = Identity::Acting {
            tenant: TenantId::new(),
            user: UserId::new(),
            act: Arc::new(Act {
                reason: reason.to_owned(),
                request: uuid::Uuid::now_v7(),
                origin: Origin::new(None, Some(reason.as_bytes())),
            }),
        };
        for access in [Access::Read, Access::Write] {
            let text = text(acting.clone(), access);
            assert!(text.starts_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE; "));
            let order = [
                "SET LOCAL ROLE gateway_staff",
                "INSERT INTO outbox",
                "SET LOCAL transaction_read_only = on",
                "staff_permissions()",
            ];
            let places = order.map(|part| text.find(part));
            assert!(places.is_sorted() && !places.contains(&None), "{text}");
            assert!(!text.contains("DROP"), "{text}");
        }
    }
}
