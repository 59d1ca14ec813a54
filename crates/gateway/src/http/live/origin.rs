//! Which web pages may open a socket. A browser asks nobody before it does, so the gateway looks itself.

use axum::http::{HeaderMap, header};

use crate::settings::Origins;

/// Whether a page may: one that this gateway itself has served, or one of the origins that are set. What is no browser
/// names no origin, and may.
///
/// A token is never sent by a browser of its own accord, so a stranger's page could do nothing on a socket but sit on it.
pub(in crate::http) fn is_allowed(headers: &HeaderMap, origins: &Origins) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    if origins.allow(origin) {
        return true;
    }
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let origin = origin
        .to_str()
        .ok()
        .and_then(|origin| origin.split_once("://"));
    match (origin, host) {
        (Some((_, origin)), Some(host)) => origin.eq_ignore_ascii_case(host),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};

    use super::is_allowed;

    #[test]
    fn a_page_of_another_place_may_not() {
        let allowed = |origin: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static("gateway.test:8080"));
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
            }
            is_allowed(&headers, &"https://app.test".parse().expect("an origin"))
        };
        assert!(allowed(None) && allowed(Some("http://gateway.test:8080")));
        assert!(allowed(Some("https://app.test")));
        for other in ["http://gateway.test", "https://evil.test:8080", "null", ""] {
            assert!(!allowed(Some(other)), "{other}");
        }
    }
}
