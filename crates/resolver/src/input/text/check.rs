//! What text means: each check answers the canonical form, or what is wrong.

use std::str::FromStr;

use chrono::NaiveTime;
use email_address::{EmailAddress, Options};
use icu_locale_core::{LanguageIdentifier, subtags::Region};
use url::Url;

/// What is wrong, as it goes on after the value's path.
type Problem = &'static str;

/// Longest address of a mail system (RFC 5321, section 4.5.3.1.3, without the angle brackets).
const LONGEST_EMAIL: usize = 254;

pub(super) fn email(text: &str) -> Result<String, Problem> {
    const PROBLEM: Problem = "is not an email address; give one such as `ada@example.com`";
    let options = Options::default()
        .with_required_tld()
        .without_domain_literal()
        .without_display_text();
    let parsed = EmailAddress::parse_with_options(text, options).map_err(|_| PROBLEM)?;
    let host = domain(parsed.domain()).map_err(|_| PROBLEM)?;
    let address = format!("{}@{host}", parsed.local_part().to_lowercase());
    if address.len() > LONGEST_EMAIL || address.contains('\0') {
        return Err("is longer than an email address can be (254 bytes)");
    }
    Ok(address)
}

pub(super) fn domain(text: &str) -> Result<String, Problem> {
    const PROBLEM: Problem = "is not a domain; give one such as `mail.example.com`";
    let name = idna::domain_to_ascii_strict(text.trim_end_matches('.')).map_err(|_| PROBLEM)?;
    let last = name.rsplit_once('.').ok_or(PROBLEM)?.1;
    // The last label of a name has a letter, that of an IPv4 address has none (RFC 3696, section 2).
    if last.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("is an IP address; give a domain such as `mail.example.com`");
    }
    Ok(name)
}

pub(super) fn web_address(text: &str) -> Result<String, Problem> {
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

pub(super) fn color(text: &str) -> Result<String, Problem> {
    csscolorparser::Color::from_str(text)
        .map(|color| color.to_css_hex().to_string())
        .map_err(|_| "is not a colour; give one such as `#3366ff`")
}

pub(super) fn time_zone(text: &str) -> Result<String, Problem> {
    chrono_tz::Tz::from_str(text)
        .map(|zone| zone.name().to_owned())
        .map_err(|_| "is not a time zone; give a name of the IANA database such as `Europe/Berlin`")
}

pub(super) fn local_time(text: &str) -> Result<String, Problem> {
    NaiveTime::parse_from_str(text, "%H:%M")
        .map(|time| time.format("%H:%M").to_string())
        .map_err(|_| "is not an hour of the day; give one such as `09:30`")
}

pub(super) fn language(text: &str) -> Result<String, Problem> {
    let tag: LanguageIdentifier = text
        .parse()
        .map_err(|_| "is not a language tag; give one such as `en` or `de-CH`")?;
    Ok(tag.to_string())
}

/// The form of a code; which of them countries have changes too often to be built in.
pub(super) fn country(text: &str) -> Result<String, Problem> {
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
