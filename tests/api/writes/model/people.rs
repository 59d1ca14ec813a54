//! Companies and leads.

use std::collections::BTreeMap;

use rand::{Rng, seq::IteratorRandom};
use serde_json::{Value, json};

use super::{
    draw::{Draw, Effect, NO_UUID, Op, made},
    state::Tenant,
};

/// A few names for both tenants, or none.
fn workspace(draw: &mut Draw<'_>) -> Option<String> {
    let number = draw.rng.random_range(0..12);
    (number < 8).then(|| format!("workspace{number}"))
}

/// Whether a company has it, of whichever tenant, but the one of the key.
fn is_taken(draw: &Draw<'_>, workspace: Option<&String>, but: &str) -> bool {
    let mut companies = draw.own.companies.iter().chain(&draw.other.companies);
    workspace.is_some() && companies.any(|(key, (_, has))| key != but && has.as_ref() == workspace)
}

pub fn create_company(draw: &mut Draw<'_>) -> Op {
    let (name, workspace) = (draw.name("Company"), workspace(draw));
    let input = json!({ "name": name, "workspaceName": workspace });
    let expected: Result<Effect, _> = if is_taken(draw, workspace.as_ref(), "") {
        Err("ALREADY_EXISTS")
    } else {
        Ok(Box::new(move |own, payload| {
            own.companies
                .insert(made(payload, "company"), (name, workspace));
        }))
    };
    Op {
        name: "createCompany",
        input,
        expected,
    }
}

pub fn update_company(draw: &mut Draw<'_>) -> Op {
    let ((id, is_own), workspace) = (
        draw.key(|tenant| &tenant.companies, NO_UUID),
        workspace(draw),
    );
    let input = json!({ "id": id, "set": { "workspaceName": workspace } });
    let expected: Result<Effect, _> = if !is_own {
        Err("NOT_FOUND")
    } else if is_taken(draw, workspace.as_ref(), &id) {
        Err("ALREADY_EXISTS")
    } else {
        Ok(Box::new(move |own, _| {
            own.companies.get_mut(&id).expect("a company").1 = workspace
        }))
    };
    Op {
        name: "updateCompany",
        input,
        expected,
    }
}

pub fn delete_company(draw: &mut Draw<'_>) -> Op {
    let (id, is_own) = draw.key(|tenant| &tenant.companies, NO_UUID);
    let input = json!({ "id": id });
    let expected: Result<Effect, _> = if is_own {
        Ok(Box::new(move |own, _| {
            own.companies.remove(&id);
            let of_it = own
                .campaigns
                .values_mut()
                .filter(|campaign| campaign.company.as_ref() == Some(&id));
            of_it.for_each(|campaign| campaign.company = None);
        }))
    } else {
        Err("NOT_FOUND")
    };
    Op {
        name: "deleteCompany",
        input,
        expected,
    }
}

pub fn create_lead(draw: &mut Draw<'_>) -> Op {
    let (email, status) = (draw.email(), draw.one(&["active", "replied", "bounced"]));
    let input = json!({ "email": email.to_uppercase(), "status": status.to_uppercase() });
    let expected: Result<Effect, _> = if draw.own.leads.contains_key(&email) {
        Err("ALREADY_EXISTS")
    } else {
        Ok(Box::new(move |own, _| {
            drop(own.leads.insert(email, (None, status.to_owned())))
        }))
    };
    Op {
        name: "createLead",
        input,
        expected,
    }
}

/// The addresses that a filter selects, and the filter. Some are the other tenant's.
fn selected(draw: &mut Draw<'_>) -> (Value, Vec<String>) {
    if draw.rng.random_bool(0.5) {
        let status = draw.one(&["active", "replied", "bounced"]);
        let leads = draw.own.leads.iter().filter(|(_, (_, has))| has == status);
        let emails = leads.map(|(email, _)| email.clone()).collect();
        return (json!({ "status": { "eq": status.to_uppercase() } }), emails);
    }
    let both = draw.own.leads.keys().chain(draw.other.leads.keys());
    let named: Vec<String> = both.cloned().choose_multiple(draw.rng, 4);
    let own = named
        .iter()
        .filter(|email| draw.own.leads.contains_key(*email));
    let mut own: Vec<String> = own.cloned().collect();
    own.sort_unstable();
    own.dedup();
    (json!({ "email": { "in": named } }), own)
}

fn bulk(
    draw: &mut Draw<'_>,
    name: &'static str,
    set: Option<Value>,
    effect: impl FnOnce(&mut Tenant, Vec<String>) + 'static,
) -> Op {
    let ((filter, emails), most) = (selected(draw), draw.rng.random_range(1..6));
    let mut input = json!({ "filter": filter, "atMost": most });
    if let Some(set) = set {
        input["set"] = set;
    }
    let expected: Result<Effect, _> = if emails.len() > most {
        Err("TOO_MANY_ROWS")
    } else {
        Ok(Box::new(move |own, payload| {
            assert_eq!(payload["count"], emails.len());
            effect(own, emails);
        }))
    };
    Op {
        name,
        input,
        expected,
    }
}

pub fn update_leads(draw: &mut Draw<'_>) -> Op {
    let name = draw.name("Lead");
    let set = json!({ "name": name });
    bulk(draw, "updateLeads", Some(set), move |own, emails| {
        for email in emails {
            own.leads.get_mut(&email).expect("a lead").0 = Some(name.clone());
        }
    })
}

pub fn delete_leads(draw: &mut Draw<'_>) -> Op {
    bulk(draw, "deleteLeads", None, |own, emails| {
        own.leads.retain(|email, _| !emails.contains(email))
    })
}

pub fn import_leads(draw: &mut Draw<'_>) -> Op {
    let (name, mode) = (draw.name("Import"), draw.one(&["INSERT", "UPSERT", "SKIP"]));
    let emails: Vec<String> = (0..6).map(|_| draw.email()).collect();
    let lead = |email: &String| json!({ "email": email, "name": name });
    let leads: Vec<Value> = emails.iter().map(lead).collect();
    let effect = move |own: &mut Tenant, payload: &Value| {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let mut seen = Vec::new();
        for email in emails {
            let there = own.leads.get_mut(&email);
            let outcome = match (there, mode) {
                _ if seen.contains(&email) => "rejected",
                (None, _) => {
                    own.leads
                        .insert(email.clone(), (Some(name.clone()), "active".to_owned()));
                    "created"
                }
                (Some(lead), "UPSERT") => {
                    lead.0 = Some(name.clone());
                    "updated"
                }
                (Some(_), "SKIP") => "skipped",
                _ => "rejected",
            };
            *counts.entry(outcome).or_default() += 1;
            seen.push(email);
        }
        let rejected = payload["rejected"].as_array().map_or(0, Vec::len);
        let count = |outcome| counts.get(outcome).copied().unwrap_or_default();
        assert_eq!(
            json!([
                payload["created"],
                payload["updated"],
                payload["skipped"],
                rejected
            ]),
            json!([
                count("created"),
                count("updated"),
                count("skipped"),
                count("rejected")
            ])
        );
    };
    Op {
        name: "importLeads",
        input: json!({ "leads": leads, "mode": mode }),
        expected: Ok(Box::new(effect)),
    }
}
