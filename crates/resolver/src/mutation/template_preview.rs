//! What a template makes of a lead, before anybody is written to.

use entity::{
    id::{LeadId, TemplateId},
    oltp::{lead, template},
};
use letter::{Field, RenderError, Rendered, Variables};
use sea_orm::ActiveEnum;

use super::prelude::*;
use crate::{
    error::{ClientError, Code},
    input::{LONGEST_TEXT, Stored},
    object::{lead::Lead, template::Template},
};

root! {
    /// What can be changed.
    pub object TemplatePreviewMutations(()) {
        /// Fills a template in for a lead, as a step of a campaign would, and keeps nothing. For owners, admins and members.
        preview_template(Input<PreviewTemplateInput>): PreviewTemplatePayload = |_row| Some(()) -> Run,
    }
}

/// What to fill in, and for whom.
#[derive(async_graphql::InputObject)]
pub struct PreviewTemplateInput {
    /// The id of the template.
    pub id: Reference<TemplateId>,
    /// The id of the lead. If not given, one of whom everything is known.
    pub lead_id: Option<Reference<LeadId>>,
    /// A subject in place of the template's, such as one that is being written; 500 characters at most.
    pub subject: Option<String>,
    /// A text in place of the template's; 200,000 characters at most.
    pub content: Option<String>,
}

/// What came of it.
pub struct Preview(Result<Rendered, RenderError>);

rows::object! {
    /// What `previewTemplate` answers.
    pub object PreviewTemplatePayload(Preview) {
        /// The subject; null if the template can not be filled in.
        subject: Option<String> = |preview| preview.0.as_ref().ok().map(|rendered| rendered.subject.clone()),
        /// The plain text; null if the template can not be filled in.
        text: Option<String> = |preview| preview.0.as_ref().ok().map(|rendered| rendered.text.clone()),
        /// The HTML; null if the template can not be filled in.
        html: Option<String> = |preview| preview.0.as_ref().ok().and_then(|rendered| rendered.html.clone()),
        /// Why the template can not be filled in, and where: a variable that the lead has no value for, or a mistake in the template. A campaign leaves such a lead out.
        problem: Option<String> = |preview| preview.0.as_ref().err().map(problem),
    }
}

fn problem(error: &RenderError) -> String {
    let field = match error.field {
        Field::Subject => "subject",
        Field::Content => "content",
        Field::Condition => "condition",
    };
    format!("{field}, line {}: {}", error.line, error.problem)
}

impl Mutate for PreviewTemplateInput {
    type Payload = PreviewTemplatePayload;
    const RIGHT: Right = Right::Work;

    async fn run(self, writer: &Writer<'_>) -> Result<Preview> {
        let target = Target::<Template>::new(&self.id, None)?;
        let lead_at = INPUT.field("lead_id");
        let lead = self.lead_id.map(|id| id.typed(&lead_at)).transpose()?;
        let subject = fitting(self.subject, LONGEST_SUBJECT, "subject")?;
        let content = fitting(self.content, LONGEST_TEXT, "content")?;
        let template = writer.locked(&target).await?;
        let lead = match lead {
            Some(id) => Some(writer.locked(&Target::<Lead>::of(id)).await?),
            None => None,
        };
        Ok(Preview(render(
            &template,
            subject.as_deref(),
            content.as_deref(),
            lead.as_deref(),
        )))
    }
}

/// Most characters of a subject, as of a step's own.
const LONGEST_SUBJECT: usize = 500;

/// Text that could be kept: a preview shows nothing that can not be sent.
fn fitting(
    text: Option<String>,
    longest: usize,
    field: &str,
) -> Result<Option<String>, ClientError> {
    let Some(text) = text else {
        return Ok(None);
    };
    let at = INPUT.field(field);
    text.clone().stored(&at)?;
    let length = text.chars().count();
    if length > longest {
        let problem = format!("is {length} characters long; {longest} are the most");
        return Err(ClientError::at(Code::BadUserInput, at, problem));
    }
    Ok(Some(text))
}

fn render(
    template: &template::Model,
    subject: Option<&str>,
    content: Option<&str>,
    lead: Option<&lead::Model>,
) -> Result<Rendered, RenderError> {
    let template = letter::Template {
        subject: subject.or(template.subject.as_deref()).unwrap_or_default(),
        content: content.or(template.content.as_deref()).unwrap_or_default(),
    };
    let mut variables = Variables::example();
    let Some(lead) = lead else {
        return letter::render(&template, &variables);
    };
    let status = lead.status.to_value();
    let (name, company) = (lead.name.as_deref(), lead.company.as_deref());
    variables.lead = letter::Lead::new(&lead.email, name, company, &status);
    letter::render(&template, &variables)
}
