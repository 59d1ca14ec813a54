//! Log lines for people.

use std::{
    error::Error,
    fmt::{self, Write},
};

use chrono::{SecondsFormat, Utc};
use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    fmt::{FmtContext, FormatEvent, FormatFields, format::Writer},
    registry::LookupSpan,
};

use super::request_id::request_id;

/// Bytes of a line that most do not exceed.
const LINE: usize = 256;

/// Time, level, message, the event's own fields and the id of the request or the job. The spans around it are for the
/// exporter: before each line they would hide what it says.
pub(super) struct Human;

impl<S, N> FormatEvent<S, N> for Human
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let time = Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true);
        let level = *event.metadata().level();
        if writer.has_ansi_escapes() {
            let colour = colour(level);
            write!(
                writer,
                "\x1b[2m{time}\x1b[0m \x1b[{colour}m{level:>5}\x1b[0m "
            )?;
        } else {
            write!(writer, "{time} {level:>5} ")?;
        }
        if level <= Level::WARN {
            // Trouble may be a dependency's, whose words alone do not tell whose.
            write!(writer, "{}: ", event.metadata().target())?;
        }
        let mut text = Text {
            line: String::with_capacity(LINE),
        };
        event.record(&mut text);
        writer.write_str(&text.line)?;
        if let Some(id) = request_id(context) {
            write!(writer, " id={id}")?;
        }
        writeln!(writer)
    }
}

/// The message and the fields of an event: `message key=value key="text"`.
struct Text {
    line: String,
}

impl Text {
    /// Adds a field. Who writes a value has no say in where a line ends, nor in its colours.
    fn add(&mut self, field: &Field, value: fmt::Arguments<'_>) {
        let name = field.name();
        if !self.line.is_empty() {
            self.line.push(' ');
        }
        if name != "message" {
            self.line.push_str(name);
            self.line.push('=');
        }
        let start = self.line.len();
        // A String takes all that is written to it; what a value can not show of itself is left out.
        let _ = self.line.write_fmt(value);
        if may_control(&self.line.as_bytes()[start..]) {
            let value = self.line.split_off(start);
            for letter in value.chars() {
                if letter.is_control() {
                    self.line.extend(letter.escape_default());
                } else {
                    self.line.push(letter);
                }
            }
        }
    }
}

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field, format_args!("{value:?}"));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        let mut text = value.to_string();
        let mut cause = value.source();
        while let Some(error) = cause {
            // Infallible, as above.
            let _ = write!(text, ": {error}");
            cause = error.source();
        }
        self.add(field, format_args!("{text}"));
    }
}

/// Whether a text may have control characters: by its bytes, which are looked at faster than its letters. The first byte of
/// those above ASCII is 0xC2, as of other letters.
fn may_control(text: &[u8]) -> bool {
    text.iter().any(|byte| matches!(byte, ..0x20 | 0x7f | 0xc2))
}

fn colour(level: Level) -> u8 {
    match level {
        Level::ERROR => 31,
        Level::WARN => 33,
        Level::INFO => 32,
        Level::DEBUG => 34,
        Level::TRACE => 35,
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    use tracing_subscriber::layer::SubscriberExt;

    use super::Human;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("no panic").extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What is written, behind the time.
    fn written(event: impl FnOnce()) -> String {
        let written = Written::default();
        let writer = written.clone();
        let lines = tracing_subscriber::fmt::layer()
            .with_writer(move || writer.clone())
            .with_ansi(false)
            .event_format(Human);
        let subscriber = tracing_subscriber::registry().with(lines);
        tracing::subscriber::with_default(subscriber, event);
        let bytes = written.0.lock().expect("no panic").clone();
        let line = String::from_utf8(bytes).expect("text");
        let (time, rest) = line.split_once(' ').expect("a time");
        assert_eq!(time.len(), "2026-11-26T16:17:24.242Z".len(), "{time}");
        rest.to_owned()
    }

    #[test]
    fn a_line_is_a_message_and_fields() {
        let line = written(|| {
            let nothing: Option<u8> = None;
            tracing::info!(sql = 2, name = "a b", kind = %"query", nothing, "request");
        });
        assert_eq!(line, " INFO request sql=2 name=\"a b\" kind=query\n");
    }

    #[test]
    fn nobody_ends_a_line_by_a_value() {
        let line = written(|| tracing::info!(name = %"a\nb\u{1b}[31m", "two\nlines"));
        assert_eq!(line, " INFO two\\nlines name=a\\nb\\u{1b}[31m\n");
    }

    #[test]
    fn an_error_tells_its_causes() {
        let cause = io::Error::other(io::Error::other("no cable"));
        let line = written(|| tracing::info!(error = &cause as &dyn std::error::Error, "sent"));
        assert!(line.starts_with(" INFO sent error=no cable"), "{line}");
    }
}
