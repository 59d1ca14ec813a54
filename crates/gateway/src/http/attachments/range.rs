//! Which of a file's bytes are sent: RFC 9110, section 14.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

/// Bytes from `start` up to, and not including, `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) start: u64,
    end: u64,
}

impl Range {
    pub(super) fn whole(size: u64) -> Self {
        Self {
            start: 0,
            end: size,
        }
    }

    /// The one range of bytes that is asked for, and `Some(None)` if a file of that size has none of it. Several, and what is
    /// no range, are as if nothing was asked for, and so is a range on a condition: the file has no validators.
    pub(super) fn asked(headers: &HeaderMap, size: u64) -> Option<Option<Self>> {
        if headers.contains_key(header::IF_RANGE) {
            return None;
        }
        let asked = headers.get(header::RANGE)?.to_str().ok()?;
        let (first, last) = asked.strip_prefix("bytes=")?.split_once('-')?;
        let number = |text: &str| text.parse::<u64>().ok();
        let (start, end) = match (number(first), number(last)) {
            (Some(first), Some(last)) if first <= last => (first, last.saturating_add(1).min(size)),
            (Some(first), None) if last.is_empty() => (first, size),
            (None, Some(last)) if first.is_empty() => (size - last.min(size), size),
            _ => return None,
        };
        Some((start < end).then_some(Self { start, end }))
    }

    pub(super) fn len(self) -> u64 {
        self.end - self.start
    }

    pub(super) fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The first so many bytes of it, and the rest.
    pub(super) fn split(self, most: u64) -> (Self, Self) {
        let middle = (self.start + most).min(self.end);
        let (mut first, mut rest) = (self, self);
        first.end = middle;
        rest.start = middle;
        (first, rest)
    }

    /// `Content-Range`, of a file of that size.
    pub(super) fn of(self, size: u64) -> HeaderValue {
        ascii(format!("bytes {}-{}/{size}", self.start, self.end - 1))
    }
}

/// The answer to who asks for bytes that the file does not have.
pub(super) fn unsatisfiable(size: u64) -> Response {
    let range = ascii(format!("bytes */{size}"));
    (
        StatusCode::RANGE_NOT_SATISFIABLE,
        [(header::CONTENT_RANGE, range)],
    )
        .into_response()
}

fn ascii(text: String) -> HeaderValue {
    HeaderValue::try_from(text).expect("words and numbers are visible ASCII")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(range: &'static str, size: u64) -> Option<Option<(u64, u64)>> {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, HeaderValue::from_static(range));
        let found = Range::asked(&headers, size)?;
        Some(found.map(|range| (range.start, range.end)))
    }

    #[test]
    fn one_range_is_understood() {
        assert_eq!(asked("bytes=0-0", 10), Some(Some((0, 1))));
        assert_eq!(asked("bytes=3-", 10), Some(Some((3, 10))));
        assert_eq!(asked("bytes=3-99", 10), Some(Some((3, 10))));
        assert_eq!(asked("bytes=-4", 10), Some(Some((6, 10))));
        assert_eq!(asked("bytes=-40", 10), Some(Some((0, 10))));
        for beyond in ["bytes=10-", "bytes=10-20", "bytes=-0"] {
            assert_eq!(asked(beyond, 10), Some(None), "{beyond}");
        }
        assert_eq!(
            asked("bytes=0-18446744073709551615", 10),
            Some(Some((0, 10)))
        );
    }

    #[test]
    fn all_else_is_as_if_nothing_was_asked() {
        for other in [
            "bytes=5-3",
            "bytes=0-1,4-5",
            "lines=1-2",
            "bytes=a-b",
            "bytes=-",
        ] {
            assert_eq!(asked(other, 10), None, "{other}");
        }
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, HeaderValue::from_static("bytes=0-1"));
        headers.insert(header::IF_RANGE, HeaderValue::from_static("\"tag\""));
        assert_eq!(Range::asked(&headers, 10), None);
    }

    #[test]
    fn the_pieces_are_the_whole() {
        let (first, rest) = Range::whole(10).split(4);
        assert_eq!((first.len(), rest.len()), (4, 6));
        let (last, nothing) = rest.split(6);
        assert_eq!((last.start, last.len(), nothing.is_empty()), (4, 6, true));
        assert!(Range::whole(0).is_empty());
    }
}
