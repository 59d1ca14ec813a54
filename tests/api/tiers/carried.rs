//! Each tier's transaction carries who asks, and what that one may.

use gateway_tests::World;
use tenant::{Access, ApiKey, Identity, Tier};

use super::{database, member, owner, text};

const FOUND: &str = "SELECT concat_ws('|', current_user, coalesce(current_setting('app.current_tenant_id', true), ''),
    current_setting('app.current_user_id'), current_setting('app.current_roles'), current_setting('transaction_isolation'),
    current_setting('transaction_read_only'))";
const TIERS: [Tier; 4] = Tier::ALL;

fn of(identity: &Identity, rest: &str) -> String {
    let tenant = identity.tenant().map(uuid::Uuid::from);
    let tenant = tenant.map(|tenant| tenant.to_string()).unwrap_or_default();
    format!("{tenant}|{}|{rest}", uuid::Uuid::from(identity.user()))
}

#[tokio::test]
async fn a_query_reads_one_snapshot_of_each_tier_as_who_asks() {
    let world = World::demo().await;
    let database = database(&world, 1).await;
    let staff = Identity::Staff {
        user: world.demo.as_ref().expect("a demo").staff.id.into(),
    };
    let people = [
        ("gateway_login", owner(&world), "owner"),
        ("gateway_login", member(&world, "analyst"), "analyst"),
        ("gateway_staff", staff, ""),
    ];
    for (role, identity, roles) in people {
        let context = database.context(identity.clone(), Access::Read);
        for tier in TIERS {
            let expected = of(&identity, &format!("{roles}|repeatable read|on"));
            let found = text(&context, tier, FOUND).await.expect("a row");
            assert_eq!(found, format!("{role}|{expected}"), "{tier:?}");
        }
        context.finish(false).await.expect("an end");
    }
}

#[tokio::test]
async fn who_may_not_write_reads_only_in_the_tier_that_is_claimed() {
    let world = World::demo().await;
    let database = database(&world, 1).await;
    let Identity::Member { tenant, user } = owner(&world) else {
        unreachable!("the owner is a member");
    };
    let keys = [true, false].map(|read_only| {
        let (key, _) = ApiKey::generate(tenant, user).expect("random bytes");
        (key, read_only)
    });
    for (key, read_only) in &keys {
        let sql = "INSERT INTO api_keys (id, tenant_id, user_id, name, digest, roles, read_only)
            VALUES ($1, $2, $3, 'test', $4, '{owner}', $5)";
        let made = sqlx::query(sql)
            .bind(uuid::Uuid::from(key.id()))
            .bind(uuid::Uuid::from(tenant))
            .bind(uuid::Uuid::from(user))
            .bind(key.digest().to_vec())
            .bind(read_only)
            .execute(world.admin())
            .await;
        made.expect("a key");
    }
    let [(reads, _), (writes, _)] = keys;
    let people = [
        (owner(&world), "owner", "off"),
        (member(&world, "analyst"), "analyst", "on"),
        (Identity::Key(reads), "owner", "on"),
        (Identity::Key(writes), "owner", "off"),
    ];
    for (identity, roles, read_only) in people {
        let context = database.writing(Tier::Queue, identity.clone());
        let found = text(&context, Tier::Queue, FOUND).await.expect("a row");
        let tail = match read_only {
            "on" => "repeatable read|on",
            _ => "read committed|off",
        };
        assert_eq!(
            found,
            format!(
                "gateway_login|{}",
                of(&identity, &format!("{roles}|{tail}"))
            )
        );
        // Nobody writes in two.
        for tier in [Tier::Oltp, Tier::Content] {
            let found = text(&context, tier, FOUND).await.expect("a row");
            assert!(found.ends_with("|repeatable read|on"), "{tier:?}: {found}");
        }
        context.finish(false).await.expect("an end");
    }
}
