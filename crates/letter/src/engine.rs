//! The engine (MiniJinja), with bounds: tenants write the templates.
//!
//! There are no files to include, no functions, one test (`is defined`), and six filters. Fuel pays for each
//! instruction and for each 64 bytes that a template makes, whether or not they are written.

use crate::error::{Field, RenderError};
use minijinja::{Environment, HtmlEscape, Output, State, UndefinedBehavior, Value, filters};
use std::io;

/// Bytes that each part may become.
pub const OUTPUT: usize = 1 << 20;

/// Some hundred instructions for each hundred lines of a letter; six megabytes at most.
const FUEL: u64 = 100_000;

/// An engine that refuses to render what has no value.
pub(crate) fn strict<'source>() -> Environment<'source> {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.set_debug(true); // without it, an error has no place
    environment.add_test("defined", minijinja::tests::is_defined);
    environment.add_filter("upper", filters::upper);
    environment.add_filter("lower", filters::lower);
    environment.add_filter("title", filters::title);
    environment.add_filter("capitalize", filters::capitalize);
    environment.add_filter("trim", filters::trim);
    environment.add_filter("default", filters::default);
    environment
}

/// The same for HTML. A value is escaped wherever it stands: a lead's name comes from outside, so not even
/// `autoescape false` lets it write tags.
pub(crate) fn escaping<'source>() -> Environment<'source> {
    let mut environment = strict();
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::Html);
    environment.set_formatter(escaped);
    environment
}

fn escaped(out: &mut Output, _: &mut State, value: &Value) -> Result<(), minijinja::Error> {
    let text = value.to_string();
    match value.is_safe() {
        true => out.write_str(&text)?,
        false => write!(out, "{}", HtmlEscape(&text))?,
    }
    Ok(())
}

/// Parses and renders one part.
pub(crate) fn write(
    environment: &Environment<'_>,
    field: Field,
    source: &str,
    values: impl Into<Value>,
) -> Result<String, RenderError> {
    let mut written = Bounded(Vec::new());
    environment
        .template_from_str(source)
        .and_then(|parsed| parsed.render_captured_to(values, &mut written).map(drop))
        .map_err(|error| RenderError::of(field, source, &error))?;
    Ok(String::from_utf8_lossy(&written.0).into_owned())
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
