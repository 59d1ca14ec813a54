//! How stored values show.

mod big_int;
mod date;
mod global_id;
mod json;

pub use big_int::BigInt;
pub use date::Date;
pub use global_id::GlobalId;
pub use json::Json;

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use entity::id::{CampaignId, FolderId, TypedId};
    use rows::{JsonText, Scalar};
    use serde_json::json;

    use super::{BigInt, Date, GlobalId, Json};

    /// What a scalar writes, if its value is written so, too.
    fn written<S: Scalar<V>, V>(stored: V) -> String {
        let mut json = JsonText::default();
        S::write(&stored, &mut json);
        let value = serde_json::to_string(&S::value(&stored));
        assert_eq!(json.as_str(), value.expect("a value is JSON"));
        json.into_string()
    }

    #[test]
    fn what_is_written_is_the_value() {
        let campaign = CampaignId::new();
        assert_eq!(written::<GlobalId, _>(campaign), format!("\"{campaign}\""));
        for key in [i64::MIN, -1, 0, 42, i64::MAX] {
            let folder = format!("\"folder_{key}\"");
            assert_eq!(written::<GlobalId, _>(FolderId::from_raw(key)), folder);
            assert_eq!(written::<BigInt, _>(key), key.to_string());
        }
        let day = NaiveDate::from_ymd_opt(2026, 3, 29).expect("a day");
        assert_eq!(written::<Date, _>(day), "\"2026-03-29\"");
        written::<Option<Date>, _>(None::<NaiveDate>);
        written::<Date, _>(NaiveDate::MAX);
        written::<Date, _>(NaiveDate::MIN);
    }

    #[test]
    fn documents_are_written_as_they_are() {
        for stored in [
            json!(null),
            json!("\"\n\u{1}"),
            json!([1, -2, 0.1, 1e300, u64::MAX, [], {}, {"z\"": {"a": [null, true]}}]),
        ] {
            assert_eq!(written::<Json, _>(stored.clone()), stored.to_string());
        }
    }
}
