//! Campaigns and their steps.

use rand::{
    Rng,
    seq::{IteratorRandom, SliceRandom},
};
use serde_json::{Value, json};

use super::{
    draw::{Draw, Effect, NO_UUID, Op, made},
    state::{Campaign, Key, Tenant},
};

/// A step's input, its subject and template, and whether its template is an own one.
fn step(draw: &mut Draw<'_>, place: usize) -> (Value, (String, Option<Key>), bool) {
    let subject = format!("{} {place}", draw.name("Step"));
    let mut input = json!({ "stepType": "EMAIL", "subjectOverride": subject });
    if draw.rng.random_bool(0.4) {
        return (input, (subject, None), true);
    }
    let (template, is_own) = draw.key(|tenant| &tenant.templates, NO_UUID);
    input["templateId"] = json!(template);
    (input, (subject, Some(template)), is_own)
}

pub fn create(draw: &mut Draw<'_>) -> Op {
    let (name, mut all_own) = (draw.name("Campaign"), true);
    let mut input = json!({ "name": name });
    let mut company = None;
    if draw.rng.random_bool(0.7) {
        let (id, is_own) = draw.key(|tenant| &tenant.companies, NO_UUID);
        input["companyId"] = json!(id);
        (company, all_own) = (Some(id), is_own);
    }
    let (mut inputs, mut steps) = (Vec::new(), Vec::new());
    for place in 0..draw.rng.random_range(0..4) {
        let (input, step, is_own) = step(draw, place);
        all_own &= is_own;
        inputs.push(input);
        steps.push(step);
    }
    input["steps"] = json!(inputs);
    let expected: Result<Effect, _> = if all_own {
        Ok(Box::new(move |own, payload| {
            let campaign = Campaign {
                name,
                company,
                status: "draft",
                steps,
            };
            own.campaigns.insert(made(payload, "campaign"), campaign);
        }))
    } else {
        Err("NOT_FOUND")
    };
    Op {
        name: "createCampaign",
        input,
        expected,
    }
}

pub fn delete(draw: &mut Draw<'_>) -> Op {
    let (id, is_own) = draw.key(|tenant| &tenant.campaigns, NO_UUID);
    let input = json!({ "id": id });
    let expected: Result<Effect, _> = if !is_own {
        Err("NOT_FOUND")
    } else if draw.own.campaigns[&id].status == "sending" {
        Err("ILLEGAL_TRANSITION")
    } else {
        Ok(Box::new(move |own, _| drop(own.campaigns.remove(&id))))
    };
    Op {
        name: "deleteCampaign",
        input,
        expected,
    }
}

/// Mutation, where it leads, and from where.
const TRANSITIONS: [(&str, &str, &[&str]); 5] = [
    (
        "scheduleCampaign",
        "scheduled",
        &["draft", "scheduled", "paused"],
    ),
    ("startCampaign", "sending", &["draft", "scheduled"]),
    ("pauseCampaign", "paused", &["scheduled", "sending"]),
    ("resumeCampaign", "sending", &["paused"]),
    ("completeCampaign", "completed", &["sending", "paused"]),
];

pub fn transit(draw: &mut Draw<'_>) -> Op {
    let (id, is_own) = draw.key(|tenant| &tenant.campaigns, NO_UUID);
    let (name, to, from) = draw.one(&TRANSITIONS);
    let mut input = json!({ "id": id });
    if name == "scheduleCampaign" {
        input["at"] = json!("2999-01-01T00:00:00Z");
    }
    let expected: Result<Effect, _> = if !is_own {
        Err("NOT_FOUND")
    } else if !from.contains(&draw.own.campaigns[&id].status) {
        Err("ILLEGAL_TRANSITION")
    } else {
        Ok(Box::new(move |own, _| {
            own.campaigns.get_mut(&id).expect("a campaign").status = to
        }))
    };
    Op {
        name,
        input,
        expected,
    }
}

pub fn add_step(draw: &mut Draw<'_>) -> Op {
    let (id, is_own) = draw.key(|tenant| &tenant.campaigns, NO_UUID);
    let (step_input, step, own_template) = step(draw, 0);
    let mut input = json!({ "campaignId": id, "step": step_input });
    let position: usize = draw.rng.random_range(1..8);
    let is_placed = draw.rng.random_bool(0.7);
    if is_placed {
        input["position"] = json!(position);
    }
    let effect = move |own: &mut Tenant, _: &Value| {
        let steps = &mut own.campaigns.get_mut(&id).expect("a campaign").steps;
        let place = if is_placed {
            (position - 1).min(steps.len())
        } else {
            steps.len()
        };
        steps.insert(place, step);
    };
    let expected: Result<Effect, _> = if is_own && own_template {
        Ok(Box::new(effect))
    } else {
        Err("NOT_FOUND")
    };
    Op {
        name: "createCampaignSequenceStep",
        input,
        expected,
    }
}

pub fn delete_step(draw: &mut Draw<'_>) -> Op {
    let (subject, id) = match draw.steps.iter().choose(draw.rng) {
        Some((subject, id)) => (subject.clone(), id.clone()),
        None => (String::new(), NO_UUID.to_owned()),
    };
    let has = |campaign: &Campaign| campaign.steps.iter().any(|(of, _)| *of == subject);
    let is_own = draw.own.campaigns.values().any(has);
    let input = json!({ "id": id });
    let effect = move |own: &mut Tenant, _: &Value| {
        for campaign in own.campaigns.values_mut() {
            campaign.steps.retain(|(of, _)| *of != subject);
        }
    };
    let expected: Result<Effect, _> = if is_own {
        Ok(Box::new(effect))
    } else {
        Err("NOT_FOUND")
    };
    Op {
        name: "deleteCampaignSequenceStep",
        input,
        expected,
    }
}

pub fn reorder(draw: &mut Draw<'_>) -> Op {
    let (id, is_own) = draw.key(|tenant| &tenant.campaigns, NO_UUID);
    let of = if is_own { draw.own } else { draw.other };
    let mut steps = of
        .campaigns
        .get(&id)
        .map(|campaign| campaign.steps.clone())
        .unwrap_or_default();
    let places = steps.len();
    steps.shuffle(draw.rng);
    if draw.rng.random_bool(0.2) {
        steps.pop();
    }
    let keys: Vec<&Key> = steps
        .iter()
        .map(|(subject, _)| &draw.steps[subject])
        .collect();
    let input = json!({ "campaignId": id, "stepIds": keys });
    let expected: Result<Effect, _> = if !is_own {
        Err("NOT_FOUND")
    } else if steps.len() < places {
        Err("BAD_USER_INPUT")
    } else {
        Ok(Box::new(move |own, _| {
            own.campaigns.get_mut(&id).expect("a campaign").steps = steps
        }))
    };
    Op {
        name: "reorderCampaignSequenceSteps",
        input,
        expected,
    }
}
