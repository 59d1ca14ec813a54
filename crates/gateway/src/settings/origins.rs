//! Which web pages may ask from a browser.

use axum::http::HeaderValue;
use serde::Deserialize;
use url::Url;

/// The origins (RFC 6454) of web pages whose scripts may read answers; none unless set.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Origins {
    /// These, as browsers write them.
    Listed(Vec<HeaderValue>),
    /// All.
    Any,
}

impl Default for Origins {
    fn default() -> Self {
        Self::Listed(Vec::new())
    }
}

impl Origins {
    /// Whether a page of the origin in the header `Origin` may.
    #[must_use]
    pub fn allow(&self, origin: &HeaderValue) -> bool {
        match self {
            Self::Listed(listed) => listed.contains(origin),
            Self::Any => true,
        }
    }

    /// Whether a page of any origin may.
    #[must_use]
    pub fn are_none(&self) -> bool {
        *self == Self::default()
    }
}

/// A text that is no origin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no origin: write https://host or https://host:port, several with commas between them, or * alone"
)]
pub struct NoOrigin(String);

impl std::str::FromStr for Origins {
    type Err = NoOrigin;

    /// Reads origins with commas between them, or `*`; nothing is none.
    fn from_str(text: &str) -> Result<Self, NoOrigin> {
        if text.trim() == "*" {
            return Ok(Self::Any);
        }
        let texts = text
            .split(',')
            .map(str::trim)
            .filter(|text| !text.is_empty());
        texts
            .map(origin)
            .collect::<Result<_, _>>()
            .map(Self::Listed)
    }
}

impl TryFrom<String> for Origins {
    type Error = NoOrigin;

    fn try_from(text: String) -> Result<Self, NoOrigin> {
        text.parse()
    }
}

/// The origin as browsers write it. A path is a mistake: it would be passed over.
fn origin(text: &str) -> Result<HeaderValue, NoOrigin> {
    let refused = || NoOrigin(text.to_owned());
    let url = Url::parse(text).map_err(|_| refused())?;
    let is_bare = matches!(url.scheme(), "http" | "https")
        && url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none()
        && !text.ends_with('/')
        && !text.contains('*');
    let origin = url.origin().ascii_serialization();
    HeaderValue::try_from(origin)
        .ok()
        .filter(|_| is_bare)
        .ok_or_else(refused)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::Origins;

    fn listed(origins: &[&'static str]) -> Origins {
        Origins::Listed(
            origins
                .iter()
                .copied()
                .map(HeaderValue::from_static)
                .collect(),
        )
    }

    #[test]
    fn origins_are_read_as_browsers_write_them() {
        for (text, origins) in [
            ("", listed(&[])),
            ("https://app.test", listed(&["https://app.test"])),
            ("https://App.test:443", listed(&["https://app.test"])),
            (
                " https://a.test:8443 , http://localhost:5173,",
                listed(&["https://a.test:8443", "http://localhost:5173"]),
            ),
            (
                "https://bücher.test",
                listed(&["https://xn--bcher-kva.test"]),
            ),
            ("*", Origins::Any),
        ] {
            assert_eq!(text.parse(), Ok(origins), "{text}");
        }
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        for text in [
            "app.test",
            "https://app.test/",
            "https://app.test/path",
            "https://app.test?x",
            "https://me@app.test",
            "https://*.app.test",
            "https://app.test,*",
            "null",
            "file:///tmp",
            "ftp://app.test",
        ] {
            assert!(text.parse::<Origins>().is_err(), "{text}");
        }
    }
}
