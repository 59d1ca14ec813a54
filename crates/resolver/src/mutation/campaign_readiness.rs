//! Whether the steps of a campaign can be done at all. Asked before it begins: nobody is to be left out for what could be
//! known before.

use entity::{id::TypedId, oltp::campaign};
use letter::{Company, Sender, Template, Variables};
use tenant::Row;

use super::prelude::*;
use crate::error::{ClientError, Code, internal};

/// The email steps that are done, with what they send.
const STEPS: &str = "SELECT s.step_order, s.email_account_id IS NOT NULL, s.template_id IS NOT NULL, s.from_name_override, \
     coalesce(s.subject_override, t.subject), t.content \
     FROM campaign_sequence_steps s LEFT JOIN templates t ON t.id = s.template_id \
     WHERE s.campaign_id = $1 AND s.step_type = 'email' AND s.is_active ORDER BY s.step_order";

/// Refuses a campaign of which an email step has no account, no template, or one that can not be filled in even for a lead of
/// whom everything is known.
pub(super) async fn are_complete(writer: &Writer<'_>, campaign: &campaign::Model) -> Result<()> {
    let rows = writer.query(STEPS, [campaign.id.into_value()]).await?;
    for row in &rows {
        let step = Step::of(row).map_err(|cause| internal(&cause))?;
        if let Some(problem) = step.problem(campaign.company_id.is_some()) {
            let problem = format!("can not be begun: step {} {problem}", step.order);
            return Err(
                ClientError::at(Code::CampaignIncomplete, INPUT.field("id"), problem)
                    .with("step", step.order)
                    .into(),
            );
        }
    }
    Ok(())
}

/// An email step.
struct Step {
    order: i32,
    has_account: bool,
    has_template: bool,
    sender: Option<String>,
    subject: Option<String>,
    content: Option<String>,
}

impl Step {
    fn of(row: &Row) -> Result<Self, sea_orm::DbErr> {
        Ok(Self {
            order: row.at(0)?,
            has_account: row.at(1)?,
            has_template: row.at(2)?,
            sender: row.at(3)?,
            subject: row.at(4)?,
            content: row.at(5)?,
        })
    }

    /// What is wrong with it, as the end of a sentence.
    fn problem(&self, has_company: bool) -> Option<String> {
        if !self.has_account {
            return Some("has no account to send from".to_owned());
        }
        let content = self.content.as_deref().filter(|_| self.has_template);
        let Some(content) = content else {
            return Some("has no template with a text".to_owned());
        };
        let template = Template {
            subject: self.subject.as_deref().unwrap_or_default(),
            content,
        };
        let rendered = letter::render(&template, &self.variables(has_company));
        let problem = rendered.err()?;
        Some(format!(
            "has a template that can not be filled in: {problem}"
        ))
    }

    /// Those of a lead of whom everything is known, with what this step knows of its sender.
    fn variables(&self, has_company: bool) -> Variables<'_> {
        let example = Variables::example();
        Variables {
            sender: Sender {
                name: self.sender.as_deref(),
                company: None,
                ..example.sender
            },
            company: Company {
                name: example.company.name.filter(|_| has_company),
            },
            ..example
        }
    }
}
