//! The text of HTML, for those who do not read HTML.

use html2text::config;

/// HTML that can not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the HTML can not be read: {0}")]
pub struct BadHtml(pub(crate) String);

/// How many characters a line has: what RFC 5322, section 2.1.1 would like.
const WIDTH: usize = 78;

/// Lines of text, with the addresses of links at the end. Tables are layout in mail: their cells become lines.
pub fn text_of(html: &str) -> Result<String, BadHtml> {
    config::plain()
        .raw_mode(true)
        .link_footnotes(true)
        .no_link_wrapping()
        .allow_width_overflow()
        .string_from_read(html.as_bytes(), WIDTH)
        .map_err(|error| BadHtml(error.to_string()))
}

/// The words of HTML, without any layout; in one pass, however it is nested.
pub fn words_of(html: &str) -> String {
    mail_parser::decoders::html::html_to_text(html)
}
