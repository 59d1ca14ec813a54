//! What a file is called and what it is, as its sender says, in a form that harms nobody.

use axum::http::HeaderValue;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What may stand in `filename*` as it is: RFC 8187, section 3.2.1.
const ATTR_CHAR: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// `Content-Disposition` of a file to be kept: the name in ASCII for those who know no other, and in UTF-8 (RFC 6266).
pub(super) fn attachment(name: &str) -> HeaderValue {
    let name = safe(name);
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ');
    let ascii: String = name
        .chars()
        .map(|c| if plain(c) { c } else { '_' })
        .collect();
    let whole = utf8_percent_encode(&name, ATTR_CHAR);
    let text = format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{whole}");
    HeaderValue::try_from(text).expect("what is not visible ASCII was replaced or encoded")
}

/// The name without a path, and without what shows it as another: control characters, and marks that turn the direction of
/// writing, by which `exe.txt` may be shown of what ends in `txt.exe`.
fn safe(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let shown = last.chars().filter(|c| !c.is_control() && !turns(*c));
    let shown: String = shown.collect();
    match shown.trim_matches(['.', ' ']) {
        "" => "attachment".to_owned(),
        _ => shown,
    }
}

/// The media type, if it can stand in a header.
pub(super) fn media_type(stored: &str) -> HeaderValue {
    let fits = stored.contains('/') && stored.is_ascii();
    let value = fits.then(|| HeaderValue::try_from(stored).ok()).flatten();
    value.unwrap_or(HeaderValue::from_static("application/octet-stream"))
}

#[cfg(test)]
mod tests {
    use super::{attachment, media_type};

    fn shown(name: &str) -> String {
        let value = attachment(name);
        value.to_str().expect("ASCII").to_owned()
    }

    #[test]
    fn a_name_is_said_twice() {
        assert_eq!(
            shown("Müller & Söhne.pdf"),
            "attachment; filename=\"M_ller _ S_hne.pdf\"; filename*=UTF-8''M%C3%BCller%20&%20S%C3%B6hne.pdf"
        );
    }

    #[test]
    fn a_name_says_nothing_else() {
        assert_eq!(
            shown("../../etc/pass\r\nwd\"; x=\".txt"),
            "attachment; filename=\"passwd__ x__.txt\"; filename*=UTF-8''passwd%22%3B%20x%3D%22.txt"
        );
        assert_eq!(
            shown("gpj\u{202e}exe"),
            "attachment; filename=\"gpjexe\"; filename*=UTF-8''gpjexe"
        );
        for none in ["", "..", "C:\\", "\u{7}"] {
            assert_eq!(
                shown(none),
                "attachment; filename=\"attachment\"; filename*=UTF-8''attachment",
                "{none:?}"
            );
        }
    }

    #[test]
    fn what_is_no_media_type_is_bytes() {
        assert_eq!(
            media_type("text/csv; charset=utf-8"),
            "text/csv; charset=utf-8"
        );
        for none in ["", "pdf", "text/plain\r\nX: y", "text/ü"] {
            assert_eq!(media_type(none), "application/octet-stream", "{none:?}");
        }
    }
}
