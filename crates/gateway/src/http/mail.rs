//! Mail over HTTP: messages that are brought, and the links of those that were sent.

pub(super) mod ingest;
pub(super) mod links;

use std::error::Error;

use inbox::Trouble;
use tenant::Identity;

use super::error::HttpError;

/// What the inbox could not do.
fn failed(trouble: &Trouble, identity: &Identity) -> HttpError {
    if let Trouble::Refused(refusal) = trouble {
        return HttpError::refused(*refusal, identity);
    }
    tracing::error!(error = trouble as &dyn Error, "mail could not be kept");
    HttpError::Internal
}
