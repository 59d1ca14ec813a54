//! Who may.

use super::{
    arranged::{ROLES, on_arranged},
    ask::{Call, assert_undone, error},
};

#[test]
fn a_mutation_is_for_the_roles_that_have_its_right() {
    on_arranged(async |arranged| {
        for role in ROLES {
            let (client, before) = (arranged.of_role(role), arranged.dump().await);
            for entry in &arranged.entries {
                let answer = Call::of(entry).try_out(&client).await;
                let code = error(&answer).map(|(code, ..)| code);
                let expected = (!entry.right.roles().contains(&role)).then_some("FORBIDDEN");
                assert_eq!(
                    code, expected,
                    "{} as {role}: {:#}",
                    entry.name, answer.body
                );
                assert_undone(&answer, entry.name);
            }
            before.assert_same(&arranged.dump().await, role);
        }
    });
}

#[test]
fn what_is_forbidden_is_not_done_either() {
    on_arranged(async |arranged| {
        for entry in &arranged.entries {
            for role in ROLES
                .iter()
                .filter(|role| !entry.right.roles().contains(role))
            {
                let answer = Call::of(entry).send(&arranged.of_role(role)).await;
                assert_eq!(
                    (answer.code(), answer.statements()),
                    ("FORBIDDEN", 0),
                    "{} as {role}",
                    entry.name
                );
            }
        }
    });
}

#[test]
fn staff_change_nothing_of_tenants() {
    on_arranged(async |arranged| {
        let world = &arranged.twins.world;
        let staff = world.staff(world.demo.as_ref().expect("the demo").staff.id);
        for entry in &arranged.entries {
            let answer = Call::of(entry).send(&staff).await;
            assert_eq!(
                answer.code(),
                "FORBIDDEN",
                "{}: {:#}",
                entry.name,
                answer.body
            );
        }
    });
}
