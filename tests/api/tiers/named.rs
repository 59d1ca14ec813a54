//! Each tier's session is named by whose transaction it is in, and what that is for.

use gateway_tests::World;
use tenant::{Access, Cause, Identity, Tier};

use super::{database, owner, text};

const NAME: &str = "SELECT current_setting('application_name')";

#[tokio::test]
async fn sessions_of_all_tiers_are_named_by_tenant_and_cause() {
    let world = World::demo().await;
    let (database, owner) = (database(&world, 1).await, owner(&world));
    let tenant = owner.tenant().expect("a member's tenant");
    let cause = Cause::named(Some("Numbers"));
    for access in [Access::Read, Access::Write] {
        let context = database.context_for(owner.clone(), access, cause.clone());
        for tier in Tier::ALL {
            let name = text(&context, tier, NAME).await.expect("a row");
            assert_eq!(name, format!("{tenant} Numbers"), "{tier:?}");
        }
        context.finish(false).await.expect("an end");
    }
}

#[tokio::test]
async fn what_runs_for_a_cause_names_its_sessions_by_it_and_nothing_else_does() {
    let world = World::demo().await;
    let database = database(&world, 1).await;
    let tenant = owner(&world).tenant().expect("a member's tenant");
    let asked = async || {
        let context = database.writing(Tier::Queue, Identity::Job { tenant });
        let name = text(&context, Tier::Queue, NAME).await.expect("a row");
        context.finish(false).await.expect("an end");
        name
    };
    let cause = Cause::named(Some("campaign.run"));
    assert_eq!(cause.of(asked()).await, format!("{tenant} campaign.run"));
    assert_eq!(asked().await, format!("{tenant} -"));
}
