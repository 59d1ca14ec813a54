//! Templates to letters, strict about what they name.

use crate::Variables;
use crate::{
    content::{html_of, is_html, is_too_deep},
    engine,
    error::{Field, Problem, RenderError},
    variables::{Values, is_ambiguous, is_known, is_of_lead},
};
use mail::text_of;
use minijinja::{Environment, UndefinedBehavior, value::Serde};
use std::collections::BTreeSet;

/// What a step of a campaign says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Template<'a> {
    /// Becomes one line.
    pub subject: &'a str,
    /// HTML if [`is_html`] says so, else plain text.
    pub content: &'a str,
}

/// What a lead gets to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// One line, not empty, without blanks around it.
    pub subject: String,
    /// For those who do not read HTML: the content, or made of it.
    pub text: String,
    /// The content, or made of it, so that links and pixels can tell when a plain text is read, too; links as they
    /// are. None where a plain text is blank.
    pub html: Option<String>,
}

/// The variables that a template names, each list in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// Those that there are.
    pub known: Vec<String>,
    /// Those that no lead has.
    pub unknown: Vec<String>,
}

/// Renders a template for one lead.
///
/// # Errors
/// A variable without a value, with its line; what is no template, takes too long, becomes too large or too deep; a subject that
/// is empty or not one line.
pub fn render(template: &Template<'_>, variables: &Variables<'_>) -> Result<Rendered, RenderError> {
    let subject = subject(template.subject, variables)?;
    let is_html = is_html(template.content);
    let environment = match is_html {
        true => engine::escaping(),
        false => engine::strict(),
    };
    let content = part(&environment, Field::Content, template.content, variables)?;
    let (text, html) = match is_html {
        true if is_too_deep(&content) => {
            return Err(at_start(Field::Content, Problem::TooDeep));
        }
        true => {
            let text = text_of(&content);
            let text = text.map_err(|error| unreadable(&error))?;
            (text, Some(content))
        }
        false => {
            let html = Some(html_of(&content)).filter(|html| !html.is_empty());
            (content, html)
        }
    };
    Ok(Rendered {
        subject,
        text,
        html,
    })
}

/// The variables that a template names, to be told of the unknown ones before there is a lead. A whole object, such as
/// `lead`, is no variable.
///
/// # Errors
/// What is no template.
pub fn variables_of(template: &Template<'_>) -> Result<Named, RenderError> {
    let environment = engine::strict();
    let mut named = BTreeSet::new();
    for (field, source) in [
        (Field::Subject, template.subject),
        (Field::Content, template.content),
    ] {
        named.append(&mut names(&environment, field, source)?);
    }
    let (known, unknown) = named.into_iter().partition(|name| is_known(name));
    Ok(Named { known, unknown })
}

/// Whether an expression holds, such as `lead.status == 'active'`: what is false, empty, or has no value does not.
///
/// # Errors
/// A variable that is not one of [`OF_LEAD`](crate::OF_LEAD); what is no expression, or takes too long.
pub fn holds(expression: &str, variables: &Variables<'_>) -> Result<bool, RenderError> {
    let mut environment = engine::strict();
    // What has no value is an answer here, and no gap in a text.
    environment.set_undefined_behavior(UndefinedBehavior::Lenient);
    let failed = |error| RenderError::of(Field::Condition, expression, &error);
    let compiled = environment.compile_expression(expression).map_err(failed)?;
    let named: BTreeSet<String> = compiled.undeclared_variables(true).into_iter().collect();
    if let Some(unknown) = named.iter().find(|name| !is_of_lead(name)) {
        let variable = unknown.clone();
        return Err(at_start(Field::Condition, Problem::NotOfLead { variable }));
    }
    let values = values(Field::Condition, variables, &named)?;
    let answer = compiled.eval(Serde(&values)).map_err(failed)?;
    Ok(answer.is_true())
}

/// Refuses an expression that [`holds`] could answer for no lead.
///
/// # Errors
/// The same.
pub fn check_condition(expression: &str) -> Result<(), RenderError> {
    holds(expression, &Variables::example()).map(drop)
}

fn subject(source: &str, variables: &Variables<'_>) -> Result<String, RenderError> {
    let rendered = part(&engine::strict(), Field::Subject, source, variables)?;
    let subject = rendered.trim();
    if let Some(place) = subject.find(|letter: char| is_break(letter)) {
        let line = subject[..place].matches('\n').count() + 1;
        return Err(RenderError::new(Field::Subject, line, Problem::LineBreak));
    }
    match subject.is_empty() {
        true => Err(at_start(Field::Subject, Problem::Empty)),
        false => Ok(subject.to_owned()),
    }
}

/// Control characters, and what Unicode has for the ends of lines and paragraphs.
fn is_break(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}')
}

fn part(
    environment: &Environment<'_>,
    field: Field,
    source: &str,
    variables: &Variables<'_>,
) -> Result<String, RenderError> {
    let named = names(environment, field, source)?;
    let values = values(field, variables, &named)?;
    engine::write(environment, field, source, Serde(&values))
}

fn names(
    environment: &Environment<'_>,
    field: Field,
    source: &str,
) -> Result<BTreeSet<String>, RenderError> {
    let parsed = environment.template_from_str(source);
    let parsed = parsed.map_err(|error| RenderError::of(field, source, &error))?;
    Ok(parsed.undeclared_variables(true).into_iter().collect())
}

fn values<'a>(
    field: Field,
    variables: &Variables<'a>,
    named: &BTreeSet<String>,
) -> Result<Values<'a>, RenderError> {
    match is_ambiguous(named) {
        true => Err(at_start(field, Problem::TwoCompanies)),
        false => Ok(Values::of(variables, named)),
    }
}

fn at_start(field: Field, problem: Problem) -> RenderError {
    RenderError::new(field, 1, problem)
}

fn unreadable(error: &mail::BadHtml) -> RenderError {
    at_start(Field::Content, Problem::Html(error.to_string()))
}
