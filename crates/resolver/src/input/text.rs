//! Text that must be something: an address, a name of the DNS, a colour.
//!
//! Each is a scalar of its own in the schema. Its shape there is any string; what it means is checked
//! by a library when the value is stored, where the error can name the value's path. What is shown
//! was checked when it was stored.

mod check;

use std::fmt::Display;

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};

use super::{Path, Stored};
use crate::error::{ClientError, Code};

/// Declares a scalar over checked text: its check answers the canonical form, or what is wrong.
macro_rules! checked_text {
    ($(#[doc = $doc:literal])* $name:ident, specified by $url:literal, checked by $check:path) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(String);

        #[allow(dead_code, reason = "not every kind of text is looked at before it is stored")]
        impl $name {
            /// As the client wrote it.
            pub(crate) fn as_given(&self) -> &str {
                &self.0
            }

            /// The canonical form.
            pub(crate) fn checked(&self, at: impl Display) -> Result<String, ClientError> {
                $check(self.0.trim()).map_err(|problem| ClientError::at(Code::BadUserInput, at, problem))
            }
        }

        impl rows::Scalar<String> for $name {
            fn value(stored: &String) -> Value {
                Value::String(stored.clone())
            }

            fn write(stored: &String, json: &mut rows::JsonText) {
                json.text(stored);
            }
        }

        impl Stored for $name {
            fn stored(self, at: &Path<'_>) -> Result<sea_orm::Value, ClientError> {
                self.checked(at).map(Into::into)
            }
        }

        $(#[doc = $doc])*
        #[Scalar(specified_by_url = $url)]
        impl ScalarType for $name {
            fn parse(value: Value) -> InputValueResult<Self> {
                match value {
                    Value::String(text) => Ok(Self(text)),
                    _ => Err(InputValueError::expected_type(value)),
                }
            }

            fn is_valid(value: &Value) -> bool {
                matches!(value, Value::String(_))
            }

            fn to_value(&self) -> Value {
                Value::String(self.0.clone())
            }
        }
    };
}

checked_text! {
    /// An email address without a display name, such as `ada@example.com`. It is kept in lower case, its domain in ASCII.
    EmailAddress, specified by "https://www.rfc-editor.org/rfc/rfc5321", checked by check::email
}

checked_text! {
    /// A name of the DNS with two labels at least, such as `mail.example.com`. It is kept in lower case and ASCII (IDNA, UTS 46).
    DomainName, specified by "https://www.unicode.org/reports/tr46/", checked by check::domain
}

checked_text! {
    /// The address of a page or file on the web: `https://…` or `http://…`, without a password.
    WebAddress, specified by "https://url.spec.whatwg.org/", checked by check::web_address
}

checked_text! {
    /// A colour in any form of CSS, such as `#3366ff` or `rebeccapurple`. It is kept as `#rrggbb`, with an alpha as `#rrggbbaa`.
    Color, specified by "https://www.w3.org/TR/css-color-4/", checked by check::color
}

checked_text! {
    /// The name of a time zone, such as `Europe/Berlin`.
    TimeZone, specified by "https://www.iana.org/time-zones", checked by check::time_zone
}

checked_text! {
    /// An hour of the day, such as `09:30`, from `00:00` to `23:59`.
    LocalTime, specified by "https://www.rfc-editor.org/rfc/rfc3339#section-5.6", checked by check::local_time
}

checked_text! {
    /// A language, with a region if it matters, such as `en` or `de-CH`.
    LanguageTag, specified by "https://www.rfc-editor.org/info/bcp47", checked by check::language
}

checked_text! {
    /// A country by its code of two letters, such as `DE`.
    CountryCode, specified by "https://www.iso.org/iso-3166-country-codes.html", checked by check::country
}
