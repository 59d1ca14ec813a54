//! Text that must be something: an address, a name of the DNS, a colour.
//!
//! Each is a scalar of its own in the schema. Its shape there is any string; what it means is checked
//! by a library when the value is stored, where the error can name the value's path. What is shown
//! was checked when it was stored.

use std::{fmt::Display, str::FromStr};

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::NaiveTime;
use email_address::{EmailAddress as ParsedAddress, Options};
use icu_locale_core::{LanguageIdentifier, subtags::Region};
use url::Url;

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
    EmailAddress, specified by "https://www.rfc-editor.org/rfc/rfc5321", checked by email
}

checked_text! {
    /// A name of the DNS with two labels at least, such as `mail.example.com`. It is kept in lower case and ASCII (IDNA, UTS 46).
    DomainName, specified by "https://www.unicode.org/reports/tr46/", checked by domain
}

checked_text! {
    /// The address of a page or file on the web: `https://…` or `http://…`, without a password.
    WebAddress, specified by "https://url.spec.whatwg.org/", checked by web_address
}

checked_text! {
    /// A colour in any form of CSS, such as `#3366ff` or `rebeccapurple`. It is kept as `#rrggbb`, with an alpha as `#rrggbbaa`.
    Color, specified by "https://www.w3.org/TR/css-color-4/", checked by color
}

checked_text! {
    /// The name of a time zone, such as `Europe/Berlin`.
    TimeZone, specified by "https://www.iana.org/time-zones", checked by time_zone
}

checked_text! {
    /// An hour of the day, such as `09:30`, from `00:00` to `23:59`.
    LocalTime, specified by "https://www.rfc-editor.org/rfc/rfc3339#section-5.6", checked by local_time
}

checked_text! {
    /// A language, with a region if it matters, such as `en` or `de-CH`.
    LanguageTag, specified by "https://www.rfc-editor.org/info/bcp47", checked by language
}

checked_text! {
    /// A country by its code of two letters, such as `DE`.
    CountryCode, specified by "https://www.iso.org/iso-3166-country-codes.html", checked by country
}

/// What is wrong, as it goes on after the value's path.
type Problem = &'static str;

/// Longest address of a mail system (RFC 5321, section 4.5.3.1.3, without the angle brackets).
const LONGEST_EMAIL: usize = 254;

pub(crate) fn email(text: &str) -> Result<String, Problem> {
    const PROBLEM: Problem = "is not an email address; give one such as `ada@example.com`";
    let options = Options::default()
        .with_required_tld()
        .without_domain_literal()
        .without_display_text();
    let parsed = ParsedAddress::parse_with_options(text, options).map_err(|_| PROBLEM)?;
    let host = domain(parsed.domain()).map_err(|_| PROBLEM)?;
    let address = format!("{}@{host}", parsed.local_part().to_lowercase());
    if address.len() > LONGEST_EMAIL || address.contains('\0') {
        return Err("is longer than an email address can be (254 bytes)");
    }
    Ok(address)
}

pub(crate) fn domain(text: &str) -> Result<String, Problem> {
    const PROBLEM: Problem = "is not a domain; give one such as `mail.example.com`";
    let name = idna::domain_to_ascii_strict(text.trim_end_matches('.')).map_err(|_| PROBLEM)?;
    let last = name.rsplit_once('.').ok_or(PROBLEM)?.1;
    // The last label of a name has a letter, that of an IPv4 address has none (RFC 3696, section 2).
    if last.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("is an IP address; give a domain such as `mail.example.com`");
    }
    Ok(name)
}

fn web_address(text: &str) -> Result<String, Problem> {
    const PROBLEM: Problem =
        "is not a web address; give one such as `https://example.com/logo.png`";
    let url = Url::parse(text).map_err(|_| PROBLEM)?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(PROBLEM);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("holds a name or password; give the address without it");
    }
    let text = String::from(url);
    if text.len() > 2_000 {
        return Err("is longer than 2,000 bytes");
    }
    Ok(text)
}

fn color(text: &str) -> Result<String, Problem> {
    csscolorparser::Color::from_str(text)
        .map(|color| color.to_css_hex().to_string())
        .map_err(|_| "is not a colour; give one such as `#3366ff`")
}

pub(crate) fn time_zone(text: &str) -> Result<String, Problem> {
    chrono_tz::Tz::from_str(text)
        .map(|zone| zone.name().to_owned())
        .map_err(|_| "is not a time zone; give a name of the IANA database such as `Europe/Berlin`")
}

fn local_time(text: &str) -> Result<String, Problem> {
    NaiveTime::parse_from_str(text, "%H:%M")
        .map(|time| time.format("%H:%M").to_string())
        .map_err(|_| "is not an hour of the day; give one such as `09:30`")
}

fn language(text: &str) -> Result<String, Problem> {
    let tag: LanguageIdentifier = text
        .parse()
        .map_err(|_| "is not a language tag; give one such as `en` or `de-CH`")?;
    Ok(tag.to_string())
}

/// The form of a code; which of them countries have changes too often to be built in.
fn country(text: &str) -> Result<String, Problem> {
    let region = text.parse::<Region>().ok().filter(Region::is_alphabetic);
    region
        .map(|region| region.to_string())
        .ok_or("is not a country's code of two letters; give one such as `DE`")
}

#[cfg(test)]
mod tests {
    use super::{color, country, domain, email, language, local_time, time_zone, web_address};

    #[test]
    fn values_are_brought_into_their_canonical_form() {
        assert_eq!(
            email("Ada@Bücher.Example").as_deref(),
            Ok("ada@xn--bcher-kva.example")
        );
        assert_eq!(
            domain("Mail.Example.COM.").as_deref(),
            Ok("mail.example.com")
        );
        assert_eq!(
            web_address("HTTPS://Example.com/a b").as_deref(),
            Ok("https://example.com/a%20b")
        );
        assert_eq!(color("rgb(51, 102, 255)").as_deref(), Ok("#3366ff"));
        assert_eq!(time_zone("Europe/Berlin").as_deref(), Ok("Europe/Berlin"));
        assert_eq!(local_time("9:05").as_deref(), Ok("09:05"));
        assert_eq!(language("de-ch").as_deref(), Ok("de-CH"));
    }

    #[test]
    fn what_means_nothing_is_refused() {
        for text in [
            "",
            "ada",
            "ada@",
            "@example.com",
            "ada@localhost",
            "a b@example.com",
            "ada@[10.0.0.1]",
            "Ada <ada@example.com>",
            "ada@example..com",
            "ada@exa_mple.com",
        ] {
            assert!(email(text).is_err(), "{text}");
        }
        assert!(email(&format!("{}@example.com", "a".repeat(65))).is_err());
        for text in [
            "",
            "localhost",
            "10.0.0.1",
            "exa mple.com",
            "-a.com",
            "a_b.com",
            "https://a.com",
            "a..com",
            "*.example.com",
        ] {
            assert!(domain(text).is_err(), "{text}");
        }
        for text in [
            "",
            "logo.png",
            "ftp://example.com",
            "javascript:alert(1)",
            "https://",
            "https://u:p@example.com",
        ] {
            assert!(web_address(text).is_err(), "{text}");
        }
        for text in ["", "blueish", "#12", "rgb(1)"] {
            assert!(color(text).is_err(), "{text}");
        }
        assert!(time_zone("UTC+25").is_err() && time_zone("Mars/Olympus").is_err());
        for text in ["", "24:00", "9", "09:60", "9am"] {
            assert!(local_time(text).is_err(), "{text}");
        }
        assert!(language("no such tag").is_err());
        assert_eq!(country("de").as_deref(), Ok("DE"));
        assert!(country("276").is_err() && country("Germany").is_err());
    }
}
