//! HTML or plain text, and the one made of the other.

use linkify::{LinkFinder, LinkKind};
use lol_html::{EndTagHandler, RewriteStrSettings, element, rewrite_str};
use minijinja::HtmlEscape;
use std::{cell::Cell, rc::Rc};

/// Elements by which mail is known as HTML.
const ELEMENTS: &str = "html, head, body, style, title, a, b, blockquote, br, center, code, div, em, font, footer, \
    h1, h2, h3, h4, h5, h6, header, hr, i, img, li, main, ol, p, pre, section, small, span, strong, table, tbody, \
    td, tfoot, th, thead, tr, u, ul";

/// Whether a content is HTML: somewhere in it a tag of HTML begins and ends, as a browser's tokenizer finds them.
/// Addresses in angle brackets and comparisons are none.
pub fn is_html(content: &str) -> bool {
    let found = Cell::new(false);
    let tag = element!(ELEMENTS, |_| {
        found.set(true);
        Ok(())
    });
    let settings = RewriteStrSettings::new().append_element_content_handler(tag);
    // What can not be read as HTML has no tags before that place, or is HTML already.
    drop(rewrite_str(content, settings));
    found.get()
}

/// How many elements of HTML can be open at once; layouts have some dozens.
pub(crate) const DEPTH: usize = 500;

/// Whether more elements than that are open at once: the time to make text of them grows with the square, and no fuel
/// pays for it.
pub(crate) fn is_too_deep(html: &str) -> bool {
    let open = Rc::new(Cell::new(0_usize));
    let element = element!("*", |element| {
        let handlers = element.end_tag_handlers();
        let Some(handlers) = handlers else {
            return Ok(()); // such as `br`, which is never open
        };
        open.set(open.get() + 1);
        if open.get() > DEPTH {
            return Err("too deep".into());
        }
        let open = Rc::clone(&open);
        let closed: EndTagHandler<'static> = Box::new(move |_| {
            open.set(open.get().saturating_sub(1));
            Ok(())
        });
        handlers.push(closed);
        Ok(())
    });
    let settings = RewriteStrSettings::new().append_element_content_handler(element);
    rewrite_str(html, settings).is_err()
}

/// HTML that looks like the plain text: blank lines part paragraphs, and addresses of the web are links.
pub fn html_of(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let lines: Vec<&str> = text.split('\n').map(str::trim_end).collect();
    let paragraphs = lines.split(|line| line.is_empty());
    let paragraphs = paragraphs.filter(|paragraph| !paragraph.is_empty());
    paragraphs.map(paragraph).collect()
}

fn paragraph(lines: &[&str]) -> String {
    let lines: Vec<String> = lines.iter().map(|line| linked(line)).collect();
    format!("<p>{}</p>\n", lines.join("<br>\n"))
}

fn linked(line: &str) -> String {
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url]);
    let span = |span: linkify::Span<'_>| {
        let text = HtmlEscape(span.as_str()).to_string();
        match span.kind().is_some() && is_web(span.as_str()) {
            true => format!("<a href=\"{text}\">{text}</a>"),
            false => text,
        }
    };
    finder.spans(line).map(span).collect()
}

fn is_web(url: &str) -> bool {
    let scheme = url.split("://").next().unwrap_or_default();
    ["http", "https"]
        .iter()
        .any(|one| one.eq_ignore_ascii_case(scheme))
}
