//! Templates to texts (MiniJinja), strict about what they name.
//!
//! Tenants write the templates, so a template can not harm others: it knows the [`Variables`] and nothing else,
//! has no functions, no includes, no assignments (a text put behind itself forty times is a terabyte), no
//! multiplication, one test (`is defined`), six filters that do not make a text longer than it is, fuel, and a
//! bound on what it writes.

mod error;
mod tags;
mod text;
mod variables;

pub use error::{Error, Part, Place};
pub use text::text_of;
pub use variables::{Campaign, Company, Lead, Sender, VARIABLES, Variables};

use crate::compose::one_line;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, filters, value::Serde};
use std::{collections::BTreeSet, io};

/// Bytes that each part may become.
pub const OUTPUT: usize = 1 << 20;

/// Instructions that each part may take: some hundred for each hundred lines of a letter.
const FUEL: u64 = 100_000;

/// What a step of a campaign says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Template<'a> {
    /// Becomes one line.
    pub subject: &'a str,
    /// Values are escaped in it.
    pub html: Option<&'a str>,
    /// Without it, the text is made of the HTML.
    pub text: Option<&'a str>,
}

/// What a lead gets to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// One line, not empty.
    pub subject: String,
    /// As the template has it, with links as they are.
    pub html: Option<String>,
    /// For those who do not read HTML.
    pub text: String,
}

/// Renders a template for one lead.
pub fn render(template: &Template<'_>, variables: &Variables<'_>) -> Result<Rendered, Error> {
    let subject = one_line(&part(Part::Subject, template.subject, variables)?);
    if subject.is_empty() {
        return Err(Error::NoSubject);
    }
    let html = template.html.map(|html| part(Part::Html, html, variables));
    let html = html.transpose()?;
    let text = match (template.text, &html) {
        (Some(text), _) => part(Part::Text, text, variables)?,
        (None, Some(html)) => text_of(html)?,
        (None, None) => return Err(Error::NoBody),
    };
    Ok(Rendered {
        subject,
        html,
        text,
    })
}

/// Whether an expression holds, such as `lead.status == 'active'`: what of the variables is false, empty, or not known
/// does not.
pub fn holds(expression: &str, variables: &Variables<'_>) -> Result<bool, Error> {
    // As it would stand in a template, of which the same is not allowed.
    tags::refuse(Part::Condition, &format!("{{{{ {expression} }}}}"))?;
    let mut environment = environment();
    // What is not known is an answer here, and no gap in a text.
    environment.set_undefined_behavior(UndefinedBehavior::Lenient);
    let answer = environment
        .compile_expression(expression)
        .and_then(|compiled| compiled.eval(Serde(variables)))
        .map_err(|error| Error::of(Part::Condition, expression, &error))?;
    Ok(answer.is_true())
}

/// The variables that a template names, in order. One that nothing would ever be is an error, as is what is no
/// template, and what goes wrong with a lead of whom all is known: all that can be said before there is one.
pub fn check(template: &Template<'_>) -> Result<Vec<String>, Error> {
    let mut named = BTreeSet::new();
    let bodies = [(Part::Html, template.html), (Part::Text, template.text)];
    let bodies = bodies
        .into_iter()
        .filter_map(|(part, source)| Some((part, source?)));
    for (part, source) in std::iter::once((Part::Subject, template.subject)).chain(bodies) {
        let environment = environment();
        let parsed = parse(&environment, part, source)?;
        // With `lead.name` comes `lead`, which is no variable by itself.
        let nested = parsed.undeclared_variables(true);
        named.extend(nested.into_iter().map(|variable| (part, variable)));
    }
    let unknown = named
        .iter()
        .find(|(_, variable)| !VARIABLES.contains(&variable.as_str()));
    if let Some((part, variable)) = unknown {
        return Err(Error::Unknown {
            part: *part,
            variable: variable.clone(),
        });
    }
    render(template, &Variables::known())?;
    let named: BTreeSet<String> = named.into_iter().map(|(_, variable)| variable).collect();
    Ok(named.into_iter().collect())
}

/// What a template can use.
fn environment<'source>() -> Environment<'source> {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.set_debug(true);
    environment.set_auto_escape_callback(|name| match name {
        "html" => AutoEscape::Html,
        _ => AutoEscape::None,
    });
    environment.add_test("defined", minijinja::tests::is_defined);
    environment.add_filter("upper", filters::upper);
    environment.add_filter("lower", filters::lower);
    environment.add_filter("title", filters::title);
    environment.add_filter("capitalize", filters::capitalize);
    environment.add_filter("trim", filters::trim);
    environment.add_filter("default", filters::default);
    environment
}

fn part(part: Part, source: &str, variables: &Variables<'_>) -> Result<String, Error> {
    let mut written = Bounded(Vec::new());
    let environment = environment();
    let parsed = parse(&environment, part, source)?;
    parsed
        .render_captured_to(Serde(variables), &mut written)
        .map_err(|error| Error::of(part, source, &error))?;
    Ok(String::from_utf8_lossy(&written.0).into_owned())
}

fn parse<'environment, 'source>(
    environment: &'environment Environment<'source>,
    part: Part,
    source: &'source str,
) -> Result<minijinja::Template<'environment, 'source>, Error> {
    tags::refuse(part, source)?;
    environment
        .template_from_named_str(part.as_str(), source)
        .map_err(|error| Error::of(part, source, &error))
}

/// Takes so many bytes, and then no more.
struct Bounded(Vec<u8>);

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > OUTPUT {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
