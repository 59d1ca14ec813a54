use std::sync::Arc;

use async_graphql::{PathSegment, ServerError};

/// A field error on its way up to the nearest nullable parent.
///
/// A failed batch fails every row of a level, and most of these failures are dropped where a list
/// becomes null. So the error is shared, and the path grows on the way up instead of being built in
/// full where the error happened.
#[derive(Clone)]
pub(crate) struct Failure {
    error: Arc<ServerError>,
    /// The path from where the failure is now down to where it happened, innermost first.
    trail: Vec<PathSegment>,
}

impl Failure {
    /// The failure passes a list item or a field on its way up.
    pub(crate) fn through(mut self, segment: PathSegment) -> Self {
        self.trail.push(segment);
        self
    }

    /// The error for the response, where `path` leads to the place the failure has reached.
    pub(crate) fn into_error(self, mut path: Vec<PathSegment>) -> ServerError {
        path.extend(self.trail.into_iter().rev());
        ServerError {
            path,
            ..Arc::unwrap_or_clone(self.error)
        }
    }
}

impl From<ServerError> for Failure {
    fn from(error: ServerError) -> Self {
        Self {
            error: Arc::new(error),
            trail: Vec::new(),
        }
    }
}
