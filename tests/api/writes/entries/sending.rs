//! Companies, domains, email accounts, leads.

use serde_json::{Value, json};

use super::{Entry, Right, entry, standard};
use crate::writes::subjects::Subjects;

pub fn entries(of: &Subjects) -> Vec<Entry> {
    let mut entries = companies(of);
    entries.extend(domains(of));
    entries.extend(accounts(of));
    entries.extend(leads(of));
    entries
}

fn companies(of: &Subjects) -> Vec<Entry> {
    let values = json!({
        "name": "Written",
        "workspaceName": "written",
        "logoUrl": "https://written.test/logo.png",
        "status": "ARCHIVED",
        "industry": "Paper",
        "companySize": "1-10",
    });
    let names = [
        "createCompany",
        "updateCompany",
        "updateCompanies",
        "deleteCompany",
        "deleteCompanies",
    ];
    standard(
        names,
        values.clone(),
        values,
        &of.company,
        &of.spare_company,
    )
}

fn domains(of: &Subjects) -> Vec<Entry> {
    let set = json!({ "companyId": of.spare_company, "isPrimary": true });
    let mut create = set.clone();
    create["domain"] = json!("written.acme.test");
    let names = [
        "createDomain",
        "updateDomain",
        "updateDomains",
        "deleteDomain",
        "deleteDomains",
    ];
    let mut entries = standard(names, create, set, &of.spare_domain, &of.spare_domain);
    // Of many, none can be the main one.
    for entry in entries
        .iter_mut()
        .filter(|entry| entry.name == "updateDomains")
    {
        entry.input["set"]["isPrimary"] = json!(false);
    }
    entries
}

fn accounts(of: &Subjects) -> Vec<Entry> {
    let server = |port: u16| json!({ "host": "mail.written.test", "port": port, "security": "STARTTLS", "username": "written" });
    let set = json!({
        "provider": "stalwart",
        "dailyLimit": 21,
        "imapSettings": server(143),
        "smtpSettings": server(587),
        "status": "PAUSED",
    });
    let mut create = set.clone();
    create["domainId"] = json!(of.domain);
    create["email"] = json!(format!("written@{}", of.domain_name));
    let names = [
        "createEmailAccount",
        "updateEmailAccount",
        "updateEmailAccounts",
        "deleteEmailAccount",
        "deleteEmailAccounts",
    ];
    standard(names, create, set, &of.account, &of.spare_account)
}

fn leads(of: &Subjects) -> Vec<Entry> {
    let values = json!({ "email": "written@lead.test", "name": "Written", "company": "Paper", "status": "REPLIED" });
    let names = [
        "createLead",
        "updateLead",
        "updateLeads",
        "deleteLead",
        "deleteLeads",
    ];
    let mut entries = standard(names, values.clone(), values, &of.lead, &of.lead);
    entries.push(entry("importLeads", Right::Work, imported(of)));
    entries.push(entry(
        "createLeadImport",
        Right::Work,
        json!({ "name": "written.csv", "totalCount": 12 }),
    ));
    entries.push(entry(
        "finishLeadImport",
        Right::Work,
        json!({ "id": of.lead_import, "outcome": "STOPPED" }),
    ));
    entries
}

fn imported(of: &Subjects) -> Value {
    json!({
        "leads": [{ "email": "imported@lead.test", "name": "Imported", "company": "Paper" }],
        "mode": "INSERT",
        "status": "ARCHIVED",
        "importId": of.lead_import,
        "rejectedBefore": 3,
    })
}
