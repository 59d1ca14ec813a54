//! The codec against the vectors of the TypeID specification, and the rules of the list of ids.

use super::*;
use std::collections::HashSet;
use uuid::Uuid;

const UUID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// (suffix, UUID) of the specification's `valid` list.
const VALID: &[(&str, &str)] = &[
    (
        "00000000000000000000000000",
        "00000000-0000-0000-0000-000000000000",
    ),
    (
        "00000000000000000000000001",
        "00000000-0000-0000-0000-000000000001",
    ),
    (
        "0000000000000000000000000a",
        "00000000-0000-0000-0000-00000000000a",
    ),
    (
        "0000000000000000000000000g",
        "00000000-0000-0000-0000-000000000010",
    ),
    (
        "00000000000000000000000010",
        "00000000-0000-0000-0000-000000000020",
    ),
    (
        "7zzzzzzzzzzzzzzzzzzzzzzzzz",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
    ),
    (
        "0123456789abcdefghjkmnpqrs",
        "0110c853-1d09-52d8-d73e-1194e95b5f19",
    ),
    ("01h455vb4pex5vsknk084sn02q", UUID),
];

/// Suffixes of the specification's `invalid` list: lengths, cases, letters, hyphens, overflow.
const INVALID: &[&str] = &[
    "",
    "1234567890123456789012345",
    "123456789012345678901234567",
    "1234567890123456789012345 ",
    "0123456789ABCDEFGHJKMNPQRS",
    "123456789-123456789-123456",
    "ooooooiiiiiiuuuuuuulllllll",
    "i23456789ol23456789oi23456",
    "123456789-0123456789-0123456",
    "8zzzzzzzzzzzzzzzzzzzzzzzzz",
];

#[test]
fn valid_vectors_go_both_ways() {
    for (suffix, uuid) in VALID {
        let uuid: Uuid = uuid.parse().unwrap();
        let text = format!("camp_{suffix}");
        assert_eq!(CampaignId::from(uuid).to_string(), text);
        assert_eq!(text.parse(), Ok(CampaignId::from(uuid)));
    }
}

#[test]
fn invalid_vectors_are_refused() {
    for suffix in INVALID {
        let parsed = format!("camp_{suffix}").parse::<CampaignId>();
        assert!(matches!(parsed, Err(InvalidId::Format { .. })), "{suffix}");
    }
    for text in [
        "",
        "_",
        "camp",
        "CAMP_01h455vb4pex5vsknk084sn02q",
        "_01h455vb4pex5vsknk084sn02q",
    ] {
        assert!(text.parse::<CampaignId>().is_err(), "{text}");
    }
}

#[test]
fn a_plain_uuid_is_read_in_its_hyphenated_form_only() {
    let id: CampaignId = "camp_01h455vb4pex5vsknk084sn02q".parse().unwrap();
    assert_eq!(UUID.parse(), Ok(id));
    assert_eq!(UUID.to_uppercase().parse(), Ok(id));
    for text in [
        UUID.replace('-', ""),
        format!("{{{UUID}}}"),
        format!("urn:uuid:{UUID}"),
    ] {
        assert!(text.parse::<CampaignId>().is_err(), "{text}");
    }
}

#[test]
fn another_kind_of_id_is_named() {
    let error = "lead_01h455vb4pex5vsknk084sn02q"
        .parse::<CampaignId>()
        .unwrap_err();
    assert_eq!(
        error,
        InvalidId::Prefix {
            expected: "camp",
            given: "lead".to_owned()
        }
    );
    assert_eq!(
        error.to_string(),
        "expected an id that starts with `camp_`, but this one starts with `lead_`"
    );
}

#[test]
fn a_long_text_is_shortened_in_the_error() {
    for text in ["é".repeat(5_000_000), "é_".repeat(1_000_000)] {
        assert!(text.parse::<CampaignId>().unwrap_err().to_string().len() < 300);
    }
}

#[test]
fn integers_have_one_text_and_the_plain_number() {
    assert_eq!(FolderId::from(42).to_string(), "folder_42");
    for text in ["folder_42", "42"] {
        assert_eq!(text.parse(), Ok(FolderId::from(42)));
    }
    for text in [
        "folder_",
        "folder_042",
        "+42",
        "-1",
        "4 2",
        "9223372036854775808",
        "tag_42",
    ] {
        assert!(text.parse::<FolderId>().is_err(), "{text}");
    }
}

#[test]
fn ids_sort_as_they_were_made() {
    let made: Vec<_> = std::iter::repeat_with(LeadId::new).take(1000).collect();
    assert!(made.is_sorted());
    assert!(made.iter().map(LeadId::to_string).is_sorted());
}

#[test]
fn prefixes_are_unique_and_allowed() {
    let mut seen = HashSet::new();
    for prefix in prefixes() {
        assert!(seen.insert(prefix), "{prefix} is taken");
        assert_eq!(prefix_of(&format!("{prefix}_0")), Some(prefix));
    }
    assert_eq!(seen.len(), 39);
}

#[test]
fn the_prefix_of_any_text() {
    assert_eq!(prefix_of("camp_01h455vb4pex5vsknk084sn02q"), Some("camp"));
    assert_eq!(prefix_of("pre_fix_x"), Some("pre_fix"));
    for text in ["", "_", "_x", "a__x", UUID, "42", "Camp_x", "ca1mp_x"] {
        assert_eq!(prefix_of(text), None, "{text}");
    }
}
