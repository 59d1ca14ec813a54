//! What the benchmark tells on its way: progress on standard error, results on standard output.

use std::{
    fmt::Display,
    io::{self, Write},
};

/// A line of the result. Nobody reads on when this fails.
pub(crate) fn line(text: impl Display) {
    let _ = writeln!(io::stdout(), "{text}");
}

/// A line of progress.
pub(crate) fn progress(text: impl Display) {
    let _ = writeln!(io::stderr(), "  {text}");
}

/// Why the benchmark ended.
pub(crate) fn error(text: impl Display) {
    let _ = writeln!(io::stderr(), "bench: {text}");
}
