//! Links and pixels that tell when a message is read.

use crate::BadHtml;
use lol_html::{
    EndTagHandler, RewriteStrSettings, element, end, html_content::ContentType, rewrite_str,
};
use mail_parser::decoders::html::add_html_token;
use std::{cell::Cell, rc::Rc};

/// Rewrites the links of HTML, and puts a pixel at its end; all else stays as it is, byte for byte.
///
/// `click` makes the address that stands for another one. It is asked for `http` and `https` alone, and for
/// none of `kept`: the link by which one gets no more is nobody's click.
pub fn track(
    html: &str,
    kept: &[&str],
    click: impl Fn(&str) -> String,
    pixel: Option<&str>,
) -> Result<String, BadHtml> {
    let pixel = pixel.map(|url| {
        let url = escape(url);
        format!(r#"<img src="{url}" alt="" width="1" height="1" style="display:none">"#)
    });
    let rest = Rc::new(Cell::new(pixel));
    let links = element!("a[href], area[href]", |element| {
        let url = unescape(&element.get_attribute("href").unwrap_or_default());
        if is_web(&url) && !kept.contains(&url.as_str()) {
            element.set_attribute("href", &escape(&click(&url)))?;
        }
        Ok(())
    });
    // In front of the body's end tag, else at the end of all.
    let body = element!("body", |element| {
        let rest = Rc::clone(&rest);
        let handler: EndTagHandler<'static> = Box::new(move |tag| {
            if let Some(pixel) = rest.take() {
                tag.before(&pixel, ContentType::Html);
            }
            Ok(())
        });
        if let Some(handlers) = element.end_tag_handlers() {
            handlers.push(handler);
        }
        Ok(())
    });
    let end = end!(|end| {
        if let Some(pixel) = rest.take() {
            end.append(&pixel, ContentType::Html);
        }
        Ok(())
    });
    let settings = RewriteStrSettings::new()
        .append_element_content_handler(links)
        .append_element_content_handler(body)
        .append_document_content_handler(end);
    rewrite_str(html, settings).map_err(|error| BadHtml(error.to_string()))
}

fn is_web(url: &str) -> bool {
    let scheme = url.split("://").next().unwrap_or_default();
    url.len() > scheme.len()
        && ["http", "https"]
            .iter()
            .any(|one| one.eq_ignore_ascii_case(scheme))
}

/// An attribute's value between double quotes.
fn escape(value: &str) -> String {
    value
        .replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;")
}

/// An attribute's value with its character references replaced. The engine of templates writes a slash as one.
fn unescape(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut rest = value.trim();
    while let Some(start) = rest.find('&') {
        text.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = rest
            .bytes()
            .take(12)
            .position(|byte| byte == b';')
            .map_or(1, |end| end + 1);
        add_html_token(&mut text, &rest.as_bytes()[..end], false);
        rest = &rest[end..];
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tracked(html: &str) -> String {
        let click = |url: &str| format!("https://t.test/?a=1&to={}", url.len());
        track(html, &["https://a.test/out?x=1&y=2"], click, None).expect("HTML")
    }

    #[test]
    fn links_lead_through_us_but_for_those_that_must_not() {
        let link = |url: &str| {
            format!("<p class=a><a id='x' href=\"{url}\">here</a> &nbsp; <IMG src=x></p>")
        };
        assert_eq!(
            tracked(&link("https://a.test/")),
            link("https://t.test/?a=1&amp;to=15")
        );
        assert_eq!(
            tracked(&link("HTTP://a.test/")),
            link("https://t.test/?a=1&amp;to=14")
        );
        assert_eq!(
            tracked(&link("https:&#x2f;&#x2f;a.test&#47;?a&amp;b")),
            link("https://t.test/?a=1&amp;to=19")
        );
        for url in [
            "#top",
            "mailto:ada@a.test",
            "tel:1",
            "/relative",
            "",
            "javascript://x",
            "https://a.test/out?x=1&amp;y=2",
            "https:&#x2f;&#x2f;a.test&#x2f;out?x=1&amp;y=2",
        ] {
            assert_eq!(tracked(&link(url)), link(url));
        }
        assert_eq!(
            tracked("<!-- <a href='https://a.test'> -->"),
            "<!-- <a href='https://a.test'> -->"
        );
    }

    #[test]
    fn there_is_one_pixel_at_the_end() {
        let pixel = r#"<img src="https://t.test/o&amp;p" alt="" width="1" height="1" style="display:none">"#;
        let with =
            |html: &str| track(html, &[], str::to_owned, Some("https://t.test/o&p")).expect("HTML");
        assert_eq!(with("<p>Hi"), format!("<p>Hi{pixel}"));
        assert_eq!(
            with("<html><body><p>Hi</p></body></html>"),
            format!("<html><body><p>Hi</p>{pixel}</body></html>")
        );
        assert_eq!(
            with("<body></body><body></body>").matches("<img").count(),
            1
        );
        assert_eq!(with("<body><p>Hi").matches("<img").count(), 1);
    }

    #[test]
    fn references_are_read() {
        assert_eq!(unescape(" a&amp;b&#38;c&#x2F;d&ouml;&e;&"), "a&b&c/dö&e;&");
        assert_eq!(unescape("&ä;x&;"), "&ä;x&;");
    }
}
