//! Campaigns, where they stand, and their steps.

use serde_json::{Value, json};

use super::{Entry, Right, entry, standard};
use crate::writes::subjects::Subjects;

pub fn entries(of: &Subjects) -> Vec<Entry> {
    let set =
        json!({ "name": "Written", "description": "What it is about", "companyId": of.company });
    let mut create = set.clone();
    create["steps"] = json!([step(of)]);
    let names = [
        "createCampaign",
        "updateCampaign",
        "updateCampaigns",
        "deleteCampaign",
        "deleteCampaigns",
    ];
    let mut entries = standard(names, create, set, &of.draft, &of.draft);
    entries.extend(transitions(of));
    entries.extend(steps(of));
    entries.extend(leads(of));
    entries
}

fn leads(of: &Subjects) -> Vec<Entry> {
    let selected = |id: &str| json!({ "id": { "in": [id] } });
    let (lead, taken_out) = (selected(&of.lead), selected(&of.campaign_lead));
    vec![
        entry(
            "addCampaignLeads",
            Right::Work,
            json!({ "campaignId": of.draft, "filter": lead, "atMost": 1 }),
        ),
        entry(
            "deleteCampaignLead",
            Right::Work,
            json!({ "id": of.campaign_lead }),
        ),
        entry(
            "deleteCampaignLeads",
            Right::Work,
            json!({ "filter": taken_out, "atMost": 1 }),
        ),
    ]
}

fn transitions(of: &Subjects) -> Vec<Entry> {
    let schedule = json!({ "id": of.draft, "at": "2999-01-01T00:00:00Z" });
    vec![
        entry("scheduleCampaign", Right::Work, schedule),
        entry("startCampaign", Right::Work, json!({ "id": of.scheduled })),
        entry("pauseCampaign", Right::Work, json!({ "id": of.sending })),
        entry("resumeCampaign", Right::Work, json!({ "id": of.paused })),
        entry("completeCampaign", Right::Work, json!({ "id": of.sending })),
    ]
}

fn steps(of: &Subjects) -> Vec<Entry> {
    let first = &of.steps[0];
    let selected = json!({ "id": { "in": [first] } });
    let reversed: Vec<&String> = of.steps.iter().rev().collect();
    vec![
        entry(
            "createCampaignSequenceStep",
            Right::Work,
            json!({ "campaignId": of.draft, "position": 2, "step": step(of) }),
        ),
        entry(
            "updateCampaignSequenceStep",
            Right::Work,
            json!({ "id": first, "set": step(of) }),
        ),
        entry(
            "updateCampaignSequenceSteps",
            Right::Work,
            json!({ "filter": selected, "set": step(of), "atMost": 1 }),
        ),
        entry(
            "deleteCampaignSequenceStep",
            Right::Work,
            json!({ "id": first }),
        ),
        entry(
            "reorderCampaignSequenceSteps",
            Right::Work,
            json!({ "campaignId": of.draft, "stepIds": reversed }),
        ),
    ]
}

/// An email step may hold what the other kinds need, so it can hold everything.
fn step(of: &Subjects) -> Value {
    json!({
        "stepType": "EMAIL",
        "emailAccountId": of.account,
        "templateId": of.template,
        "subjectOverride": "Another subject",
        "fromNameOverride": "Another name",
        "waitDurationHours": 48,
        "waitUntilDate": "2999-01-01T00:00:00Z",
        "conditionType": "opened",
        "conditionValue": "any_email",
        "sendCondition": "lead.company == 'Acme'",
        "isActive": false,
    })
}
