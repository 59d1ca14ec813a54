//! Media types of requests and answers: GraphQL over HTTP (draft of September 2025), sections 4 to 6.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};

use super::error::HttpError;

/// The form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// `application/graphql-response+json`: the status tells whether the document was executed.
    GraphqlResponse,
    /// `application/json`: 200 for every request that is well formed.
    Json,
}

impl Answer {
    /// What the client accepts. Without an `Accept`, or with `*/*`, it is plain JSON, which older
    /// clients expect.
    pub(super) fn negotiate(headers: &HeaderMap) -> Result<Self, HttpError> {
        let mut accepted = headers
            .get_all(header::ACCEPT)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .peekable();
        if accepted.peek().is_none() {
            return Ok(Self::Json);
        }
        let mut best: Option<(f32, Self)> = None;
        for range in accepted {
            let mut parts = range.split(';').map(str::trim);
            let answer = match parts
                .next()
                .unwrap_or_default()
                .to_ascii_lowercase()
                .as_str()
            {
                "application/graphql-response+json" => Self::GraphqlResponse,
                "application/json" | "application/*" | "*/*" => Self::Json,
                _ => continue,
            };
            let quality = parts
                .find_map(|part| part.strip_prefix("q="))
                .map_or(1.0, |q| q.parse().unwrap_or(0.0));
            // Of equals the more specific form wins: it was asked for by name.
            let better = best.is_none_or(|(best, form)| {
                quality > best || (quality == best && form == Self::Json)
            });
            if quality > 0.0 && better {
                best = Some((quality, answer));
            }
        }
        best.map(|(_, answer)| answer)
            .ok_or(HttpError::NotAcceptable)
    }

    /// The status of an executed, or refused, document.
    pub(super) fn status(self, response: &async_graphql::Response, executed: bool) -> StatusCode {
        match self {
            Self::GraphqlResponse if !executed && !response.errors.is_empty() => {
                StatusCode::BAD_REQUEST
            }
            Self::GraphqlResponse | Self::Json => StatusCode::OK,
        }
    }

    pub(super) fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        })
    }
}

/// A POST must say that its body is JSON, in UTF-8. (A form or plain text could be sent across
/// sites without asking.)
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
    else {
        return false;
    };
    let mut parts = value
        .split(';')
        .map(|part| part.trim().to_ascii_lowercase());
    parts.next().as_deref() == Some("application/json")
        && parts.all(|parameter| {
            !parameter.starts_with("charset=") || parameter.trim_matches('"').ends_with("utf-8")
        })
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};

    use super::Answer;

    fn negotiated(accept: &'static str) -> Option<Answer> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
        Answer::negotiate(&headers).ok()
    }

    #[test]
    fn the_answer_is_the_best_of_what_is_accepted() {
        assert_eq!(
            Answer::negotiate(&HeaderMap::new()).ok(),
            Some(Answer::Json)
        );
        assert_eq!(negotiated("*/*"), Some(Answer::Json));
        assert_eq!(
            negotiated("application/json, application/graphql-response+json"),
            Some(Answer::GraphqlResponse)
        );
        assert_eq!(
            negotiated("application/graphql-response+json;q=0.5, application/json"),
            Some(Answer::Json)
        );
        assert_eq!(negotiated("application/json;q=0"), None);
        assert_eq!(negotiated("text/html"), None);
    }
}
