//! One message as it goes out: the template filled in, with links that say what becomes of it.

use chrono::Utc;
use entity::{
    content::email_message,
    id::{TenantId, TypedId},
    oltp::email_account,
};
use letter::{Campaign, Company, Lead, Sender, Template, Variables};
use mail::{Link, Mailbox, Outgoing, Unsubscribe, compose};
use sea_orm::ActiveEnum;

use super::send::Draft;
use crate::Outreach;

/// A message that can be sent.
pub(crate) struct Letter {
    pub(crate) from: String,
    pub(crate) subject: String,
    pub(crate) message_id: String,
    /// Its header fields, as they are kept.
    pub(crate) headers: serde_json::Value,
    /// What is kept: without the links that tell of it.
    pub(crate) text: String,
    pub(crate) html: Option<String>,
    /// As it goes over the wire.
    pub(crate) bytes: Vec<u8>,
}

/// Octets of a subject, once its variables are filled in: what a line has, and the row of a message.
const LONGEST_SUBJECT: usize = 998;

/// Why there is none.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unwritable {
    /// The step has none, or it is empty.
    #[error("the step has no template with a text")]
    NoTemplate,
    /// A variable is missing, or the template is none.
    #[error("the template can not be filled in: {0}")]
    Template(#[from] letter::RenderError),
    /// RFC 5322, section 2.1.1.
    #[error("the subject is {0} octets long; {LONGEST_SUBJECT} are the most")]
    LongSubject(usize),
    /// Its links can not be rewritten.
    #[error(transparent)]
    Html(#[from] mail::BadHtml),
    /// What was filled in is no message.
    #[error("the message can not be written: {0}")]
    Message(#[from] mail::compose::Error),
}

/// What a message names that goes on with another one: all that this one does, and this one (RFC 5322, section 3.6.4).
fn references(before: &email_message::Model) -> Vec<String> {
    let fields = before.headers.as_array().into_iter().flatten();
    let text = |field: &'_ serde_json::Value, name| Some(field.get(name)?.as_str()?.to_owned());
    let is_chain = |name: &String| name.eq_ignore_ascii_case("References");
    let chains = fields.filter_map(|field| {
        text(field, "name").filter(is_chain)?;
        text(field, "value")
    });
    let mut ids: Vec<String> = Vec::new();
    for chain in chains {
        let parts = chain.split(['<', '>']).map(str::trim);
        ids.extend(parts.filter(|id| id.contains('@')).map(str::to_owned));
    }
    ids.extend(before.message_id.clone());
    ids
}

impl Outreach {
    /// Writes the message. The same message makes the same ids, however often it is tried.
    pub(crate) fn compose(
        &self,
        tenant: TenantId,
        draft: &Draft,
        account: &email_account::Model,
    ) -> Result<Letter, Unwritable> {
        let unsubscribe = self.link("u", tenant, draft, |tenant, message| Link::Unsubscribe {
            tenant,
            message,
            lead: draft.lead.id.into(),
        });
        let sender = draft.step.from_name_override.clone();
        let content = draft
            .template
            .as_ref()
            .and_then(|template| template.content.as_deref());
        let subject = draft.step.subject_override.as_deref().or(draft
            .template
            .as_ref()
            .and_then(|template| template.subject.as_deref()));
        let content = content.ok_or(Unwritable::NoTemplate)?;
        let template = Template {
            subject: subject.unwrap_or_default(),
            content,
        };
        let status = draft.lead.status.to_value();
        let (name, company) = (draft.lead.name.as_deref(), draft.lead.company.as_deref());
        let variables = Variables {
            lead: Lead::new(&draft.lead.email, name, company, &status),
            sender: Sender {
                email: &account.email,
                name: sender.as_deref(),
                company: None,
            },
            campaign: Campaign {
                name: &draft.campaign.name,
            },
            company: Company {
                name: draft.company.as_ref().map(|company| company.name.as_str()),
            },
            unsubscribe_url: &unsubscribe,
        };
        let rendered = letter::render(&template, &variables)?;
        let octets = rendered.subject.len();
        if octets > LONGEST_SUBJECT {
            return Err(Unwritable::LongSubject(octets));
        }
        let html = rendered
            .html
            .as_deref()
            .map(|html| self.tracked(tenant, draft, html, &unsubscribe));
        let domain = account
            .email
            .rsplit_once('@')
            .map_or("localhost", |(_, domain)| domain);
        let message_id = mail::message_id(&draft.message.storage_key, domain);
        let before = draft.before.as_ref();
        let outgoing = Outgoing {
            from: Mailbox {
                name: sender,
                address: account.email.clone(),
            },
            to: Mailbox {
                name: draft.lead.name.clone(),
                address: draft.lead.email.clone(),
            },
            reply_to: None,
            subject: rendered.subject.clone(),
            text: rendered.text.clone(),
            html: html.transpose()?,
            message_id: message_id.clone(),
            in_reply_to: before.and_then(|before| before.message_id.clone()),
            references: before.map(references).unwrap_or_default(),
            unsubscribe: Unsubscribe {
                mailto: None,
                url: Some(unsubscribe),
            },
            date: Utc::now(),
            attachments: Vec::new(),
        };
        let bytes = compose(&outgoing)?;
        Ok(Letter {
            from: account.email.clone(),
            subject: rendered.subject,
            message_id,
            headers: serde_json::to_value(mail::parse(&bytes).headers).unwrap_or_default(),
            text: rendered.text,
            html: rendered.html,
            bytes,
        })
    }

    /// The HTML with links that lead by the gateway, and a picture that tells that it was shown.
    fn tracked(
        &self,
        tenant: TenantId,
        draft: &Draft,
        html: &str,
        unsubscribe: &str,
    ) -> Result<String, mail::BadHtml> {
        let pixel = self.link("o", tenant, draft, |tenant, message| Link::Open {
            tenant,
            message,
        });
        let click = |url: &str| {
            self.link("c", tenant, draft, |tenant, message| Link::Click {
                tenant,
                message,
                url: url.to_owned(),
            })
        };
        mail::track(html, &[unsubscribe], click, Some(&pixel))
    }

    fn link(
        &self,
        path: &str,
        tenant: TenantId,
        draft: &Draft,
        of: impl FnOnce(uuid::Uuid, uuid::Uuid) -> Link,
    ) -> String {
        let link = of(tenant.into_raw(), draft.message.id.into_raw());
        let token = self.settings.link_keys.sign(&link, None);
        format!("{}/{path}/{token}", self.settings.public_url)
    }
}
