//! Log lines for people.

use std::fmt;

use chrono::Utc;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::{
    fmt::{FmtContext, FormatEvent, FormatFields, format::Writer},
    registry::LookupSpan,
};

use super::request_id::request_id;

/// Time, level, message, the event's own fields and the request's id. The spans around it are for the
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
        let time = Utc::now().format("%Y-%m-%dT%H:%M:%S%.3fZ");
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
        context.format_fields(writer.by_ref(), event)?;
        if let Some(id) = request_id(context) {
            write!(writer, " id={id}")?;
        }
        writeln!(writer)
    }
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
