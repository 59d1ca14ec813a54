//! How a value of an input becomes what a column holds.

use chrono::{DateTime, Utc};
use sea_orm::Value;

use super::Path;
use crate::{
    error::{ClientError, Code},
    filter::is_storable,
};

/// A value of an input.
pub(crate) trait Stored {
    /// What the column holds. `at` is where the value stands.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` or `INVALID_ID` for a value that means nothing.
    fn stored(self, at: &Path<'_>) -> Result<Value, ClientError>;
}

impl Stored for String {
    fn stored(self, at: &Path<'_>) -> Result<Value, ClientError> {
        if self.contains('\0') {
            return Err(ClientError::at(
                Code::BadUserInput,
                at,
                "may not contain the character U+0000",
            ));
        }
        Ok(self.into())
    }
}

impl Stored for bool {
    fn stored(self, _: &Path<'_>) -> Result<Value, ClientError> {
        Ok(self.into())
    }
}

impl Stored for DateTime<Utc> {
    fn stored(self, at: &Path<'_>) -> Result<Value, ClientError> {
        if !is_storable(self) {
            return Err(ClientError::at(
                Code::BadUserInput,
                at,
                "must be in the years 1 to 9999",
            ));
        }
        Ok(self.into())
    }
}
