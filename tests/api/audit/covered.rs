//! No mutation is without an answer to whether it is recorded.

use std::collections::BTreeSet;

use crate::isolation::schema::Schema;

/// The mutations that are of high risk, and what they are recorded as: declared here by hand. That they are, and that no
/// other is, is seen where all mutations are done (`writes::done`).
const RECORDED: [(&str, &str); 14] = [
    ("updateTenantConfig", "tenant_config.changed"),
    ("updateTenantPolicy", "tenant_policy.changed"),
    ("updateBillingDetails", "tenant_config.changed"),
    ("updateTenantUser", "member.changed"),
    ("removeTenantUser", "member.changed"),
    ("createInvitation", "invitation.created"),
    ("revokeInvitation", "invitation.changed"),
    ("acceptInvitation", "invitation.accepted"),
    ("createApiKey", "api_key.created"),
    ("revokeApiKey", "api_key.changed"),
    ("updateSubscription", "subscription.changed"),
    ("requestPlanChange", "subscription.changed"),
    ("cancelSubscription", "subscription.changed"),
    ("resumeSubscription", "subscription.changed"),
];

/// The others, and why. Nothing in here is about who has which role, what is paid, or what holds for a whole tenant.
const UNRECORDED: [(&str, &[&str]); 4] = [
    (
        "is the daily work of a tenant's members, of whom each may do it; jobs, messages and events say what came of it",
        &[
            "createCompany",
            "updateCompany",
            "updateCompanies",
            "deleteCompany",
            "deleteCompanies",
            "createDomain",
            "updateDomain",
            "updateDomains",
            "deleteDomain",
            "deleteDomains",
            "createEmailAccount",
            "updateEmailAccount",
            "updateEmailAccounts",
            "deleteEmailAccount",
            "deleteEmailAccounts",
            "createLead",
            "updateLead",
            "updateLeads",
            "deleteLead",
            "deleteLeads",
            "importLeads",
            "createLeadImport",
            "finishLeadImport",
            "createTemplate",
            "updateTemplate",
            "updateTemplates",
            "deleteTemplate",
            "deleteTemplates",
            "setTemplateFolders",
            "setTemplateTags",
            "createFolder",
            "updateFolder",
            "updateFolders",
            "deleteFolder",
            "deleteFolders",
            "createTag",
            "updateTag",
            "updateTags",
            "deleteTag",
            "deleteTags",
            "createCampaign",
            "updateCampaign",
            "updateCampaigns",
            "deleteCampaign",
            "deleteCampaigns",
            "addCampaignLeads",
            "deleteCampaignLead",
            "deleteCampaignLeads",
            "scheduleCampaign",
            "startCampaign",
            "pauseCampaign",
            "resumeCampaign",
            "completeCampaign",
            "createCampaignSequenceStep",
            "updateCampaignSequenceStep",
            "updateCampaignSequenceSteps",
            "deleteCampaignSequenceStep",
            "reorderCampaignSequenceSteps",
        ],
    ),
    (
        "changes what is one's own alone, or nothing",
        &["updateUserPreferences", "previewTemplate"],
    ),
    (
        "has single jobs done again, or not at all; what there is to pay or to decide stays as it was",
        &["replayJob", "replayJobs", "dropJob", "dropJobs"],
    ),
    (
        "is kept, with who did it and when, in the row that it changes; a queue is in no tenant",
        &["resolveSystemEvent", "pauseQueue", "resumeQueue"],
    ),
];

/// What a mutation is recorded as, if it is.
pub fn recorded(mutation: &str) -> Option<&'static str> {
    let mut found = RECORDED.iter().filter(|(name, _)| *name == mutation);
    found.next().map(|(_, action)| *action)
}

#[test]
fn every_mutation_is_recorded_or_says_why_not() {
    let schema = Schema::served().mutations().iter();
    let mutations: BTreeSet<&str> = schema.map(|field| field.name.as_str()).collect();
    let recorded = RECORDED.iter().map(|(name, _)| *name);
    let reasoned = UNRECORDED
        .iter()
        .flat_map(|(_, names)| names.iter().copied());
    let listed: Vec<&str> = recorded.chain(reasoned).collect();
    let named: BTreeSet<&str> = listed.iter().copied().collect();
    assert!(
        mutations == named,
        "mutations of which `audit/covered` says nothing: {:?}; names without a mutation: {:?}",
        mutations.difference(&named).collect::<Vec<_>>(),
        named.difference(&mutations).collect::<Vec<_>>()
    );
    assert_eq!(listed.len(), named.len(), "a mutation is in one list");
}
