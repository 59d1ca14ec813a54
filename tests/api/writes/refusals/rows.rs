//! Rows that do not go with others.

use serde_json::json;

use super::assert_refused;
use crate::{
    isolation::twins::one,
    writes::{
        arranged::on_arranged,
        ask::{Call, error},
    },
};

#[test]
fn an_account_is_in_its_domain_and_its_failures_are_the_platforms_to_say() {
    on_arranged(async |arranged| {
        let (create, domain) = ("createEmailAccount", &arranged.subjects.domain_name);
        let entry = arranged.entry(create);
        let with = |email: String| entry.with("/email", json!(email));
        let mut cases = Vec::new();
        for email in [
            format!("a@not{domain}"),
            "a@elsewhere.test".to_owned(),
            format!("a@{domain}.evil.test"),
        ] {
            cases.push((create, with(email), "BAD_USER_INPUT", "input.email"));
        }
        let (_, parent) = domain.split_once('.').expect("a name below another");
        cases.push((
            create,
            with(format!("a@{parent}")),
            "BAD_USER_INPUT",
            "input.email",
        ));
        for status in ["DISABLED", "ERROR"] {
            cases.push((
                create,
                entry.with("/status", json!(status)),
                "BAD_USER_INPUT",
                "input.status",
            ));
            for update in ["updateEmailAccount", "updateEmailAccounts"] {
                let input = arranged.entry(update).with("/set/status", json!(status));
                cases.push((update, input, "BAD_USER_INPUT", "input.set.status"));
            }
        }
        assert_refused(arranged, cases).await;
        for email in [
            format!("a@sub.{domain}"),
            format!("A@{}", domain.to_uppercase()),
        ] {
            let answer = Call::with(entry, with(email))
                .try_out(&arranged.twins.owner())
                .await;
            assert_eq!(error(&answer), None);
        }
    });
}

#[test]
fn what_is_used_is_not_deleted() {
    on_arranged(async |arranged| {
        let subjects = &arranged.subjects;
        let used = [
            ("deleteDomain", "deleteDomains", &subjects.domain),
            (
                "deleteEmailAccount",
                "deleteEmailAccounts",
                &subjects.account,
            ),
            ("deleteTemplate", "deleteTemplates", &subjects.template),
        ];
        for (delete, delete_many, id) in used {
            let many = json!({ "filter": { "id": { "in": [id] } }, "atMost": 1 });
            let cases = vec![
                (delete, json!({ "id": id }), "IN_USE", ""),
                (delete_many, many, "IN_USE", ""),
            ];
            assert_refused(arranged, cases).await;
        }
    });
}

#[test]
fn a_tenant_keeps_an_owner_and_a_member_a_role() {
    on_arranged(async |arranged| {
        let sql = "SELECT id FROM users WHERE email = 'owner@acme.test'";
        let owner =
            entity::id::TenantUserId::from(one::<uuid::Uuid>(&arranged.twins.world, sql).await)
                .to_string();
        assert_refused(
            arranged,
            vec![
                (
                    "updateTenantUser",
                    json!({ "id": owner, "roles": ["ADMIN"] }),
                    "LAST_OWNER",
                    "",
                ),
                ("removeTenantUser", json!({ "id": owner }), "LAST_OWNER", ""),
                (
                    "updateTenantUser",
                    json!({ "id": owner, "roles": [] }),
                    "BAD_USER_INPUT",
                    "input.roles",
                ),
            ],
        )
        .await;
    });
}
