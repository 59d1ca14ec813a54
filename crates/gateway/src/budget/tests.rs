//! What is counted, and what is kept. That requests are refused is tested over HTTP.

use std::time::Duration;

use entity::id::{TenantId, UserId};
use resolver::RequestRules;
use tenant::Identity;

use super::{Budgets, MEMBERS, Member, Spent};

fn member() -> Member {
    (TenantId::new(), UserId::new())
}

fn rules(a_minute: Option<u32>) -> RequestRules {
    RequestRules {
        a_minute,
        refusals: None,
    }
}

async fn spend(budgets: &Budgets, (tenant, user): Member) -> Result<(), Spent> {
    let identity = Identity::Member { tenant, user };
    budgets.spend(&identity, None).await.map(drop)
}

#[tokio::test]
async fn a_tenants_members_share_its_budget_and_nobody_elses() {
    let budgets = Budgets::new();
    let (one, stranger) = (member(), member());
    let other = (one.0, UserId::new());
    for member in [one, other, stranger] {
        budgets.know(member, rules(Some(3)));
    }
    for member in [one, other, one] {
        assert_eq!(spend(&budgets, member).await, Ok(()));
    }
    for member in [one, other] {
        let spent = spend(&budgets, member).await.expect_err("all is spent");
        assert_eq!(spent.allowed, 3);
        // A third of a minute is what one request takes.
        assert!(spent.wait > Duration::ZERO && spent.wait <= Duration::from_secs(20));
    }
    assert_eq!(spend(&budgets, stranger).await, Ok(()));
}

#[tokio::test]
async fn who_is_not_known_for_a_member_spends_nothing() {
    let budgets = Budgets::new();
    let one = member();
    budgets.know(one, rules(Some(1)));
    for _ in 0..3 {
        assert_eq!(spend(&budgets, (one.0, UserId::new())).await, Ok(()));
    }
    let user = Identity::User { user: one.1 };
    assert_eq!(budgets.spend(&user, None).await, Ok(None));
    let policy = budgets
        .spend(
            &Identity::Member {
                tenant: one.0,
                user: one.1,
            },
            None,
        )
        .await;
    assert_eq!(
        policy.expect("one is left").expect("a policy"),
        "\"plan\";q=1;w=60"
    );
    assert!(spend(&budgets, one).await.is_err());
}

#[tokio::test]
async fn what_was_spent_stays_spent_unless_the_plan_changes() {
    let budgets = Budgets::new();
    let one = member();
    budgets.know(one, rules(Some(1)));
    assert_eq!(spend(&budgets, one).await, Ok(()));
    budgets.know(one, rules(Some(1)));
    assert!(spend(&budgets, one).await.is_err());
    budgets.know(one, rules(Some(2)));
    assert_eq!(spend(&budgets, one).await, Ok(()));
    budgets.know(one, rules(Some(0)));
    assert_eq!(
        spend(&budgets, one).await.map_err(|spent| spent.allowed),
        Err(0)
    );
    budgets.know(one, rules(None));
    for _ in 0..1000 {
        assert_eq!(spend(&budgets, one).await, Ok(()));
    }
}

#[test]
fn what_is_known_has_its_bound() {
    let budgets = Budgets::new();
    for _ in 0..2 * MEMBERS {
        budgets.know(member(), rules(Some(1)));
    }
    assert!(
        budgets.members.len() <= MEMBERS,
        "{}",
        budgets.members.len()
    );
    assert!(
        budgets.tenants.len() <= super::TENANTS,
        "{}",
        budgets.tenants.len()
    );
}

#[test]
fn a_tenants_plan_is_read_by_one_at_a_time() {
    let budgets = Budgets::new();
    let (tenant, other) = (TenantId::new(), TenantId::new());
    assert!(budgets.begin_reading(tenant));
    assert!(!budgets.begin_reading(tenant));
    assert!(budgets.begin_reading(other));
}
