//! Scalars that write themselves write what their value is written as.

use std::{borrow::Cow, fmt::Debug};

use async_graphql::ID;
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use rand::{Rng, SeedableRng, rngs::StdRng};
use rows::{JsonText, Scalar};
use uuid::Uuid;

use crate::{forms::serialized, world::Status};

/// Compares both ways of showing a stored value.
fn same<S: Scalar<V>, V: Debug>(stored: V) {
    let mut json = JsonText::default();
    S::write(&stored, &mut json);
    assert_eq!(json.as_str(), serialized(&S::value(&stored)), "{stored:?}");
}

#[test]
fn text() {
    let mut texts: Vec<String> = (0..=0x17f)
        .filter_map(char::from_u32)
        .map(Into::into)
        .collect();
    let words = [
        "",
        "plain",
        "a\"",
        "\"a",
        "\\",
        "é\n\u{1f}",
        "\u{2028}😀\u{7f}",
        "\r\r\t",
    ];
    texts.extend(words.map(str::to_owned));
    texts.push(words.concat().repeat(20));
    for text in texts {
        same::<String, &str>(&text);
        same::<String, Cow<'_, str>>(Cow::Borrowed(&text));
        same::<ID, &str>(&text);
        same::<ID, String>(text.clone());
        same::<ID, ID>(ID(text.clone()));
        same::<Option<String>, _>(Some(text.clone()));
        same::<Vec<Option<String>>, _>(vec![Some(text.clone()), None, Some(text)]);
    }
    same::<Vec<String>, _>(Vec::<String>::new());
    same::<Option<String>, _>(None::<String>);
}

#[test]
fn numbers() {
    for number in [i64::MIN, -1, 0, 1, 42, 1_000_000_007, i64::MAX] {
        same::<i64, _>(number);
        same::<ID, _>(number);
        same::<i32, i32>(number as i32);
        same::<ID, i32>(number as i32);
        same::<i16, i16>(number as i16);
        same::<i8, i8>(number as i8);
        same::<u32, u32>(number as u32);
        same::<u16, u16>(number as u16);
        same::<u8, u8>(number as u8);
    }
    same::<bool, _>(true);
    same::<bool, _>(false);
    let odd = [
        0.0,
        -0.0,
        1.0,
        -1.5,
        0.1,
        1e15,
        1e16,
        1e17,
        1e-7,
        5e-324,
        f64::MAX,
        f64::NAN,
    ];
    for number in odd.into_iter().chain([f64::INFINITY, f64::NEG_INFINITY]) {
        same::<f64, _>(number);
        same::<f32, _>(number as f32);
        same::<Option<f64>, _>(Some(number));
    }
    let mut rng = StdRng::seed_from_u64(1);
    for _ in 0..2000 {
        same::<f64, _>(f64::from_bits(rng.random()));
        same::<i64, _>(rng.random());
    }
}

#[test]
fn moments() {
    let mut rng = StdRng::seed_from_u64(2);
    let fractions = [
        0,
        1_000_000,
        120_000_000,
        999_000,
        1_000,
        123_456_000,
        1,
        999_999_999,
    ];
    // From before the year -9999 to behind 9999, and a leap second.
    let seconds = [
        -377_705_116_801,
        -62_167_219_201,
        -62_167_219_200,
        -1,
        0,
        1_767_225_600,
    ];
    let later = [253_402_300_799, 253_402_300_800, 400_000_000_000];
    let random: Vec<i64> = (0..500)
        .map(|_| rng.random_range(-70_000_000_000..300_000_000_000))
        .collect();
    for second in seconds.into_iter().chain(later).chain(random) {
        for fraction in fractions {
            let moment = DateTime::from_timestamp(second, fraction).expect("in range");
            same::<DateTime<Utc>, _>(moment);
            same::<NaiveDate, _>(moment.date_naive());
            same::<NaiveDateTime, _>(moment.naive_utc());
            same::<NaiveTime, _>(moment.time());
        }
    }
    let leap = DateTime::from_timestamp(1_483_228_799, 1_500_000_000).expect("in range");
    same::<DateTime<Utc>, _>(leap);
    let east = FixedOffset::east_opt(5400).expect("in range");
    same::<DateTime<FixedOffset>, _>(east.from_utc_datetime(&leap.naive_utc()));
}

#[test]
fn keys_and_enums() {
    for key in [0, 1, u128::MAX, 0x0123_4567_89ab_cdef_0123_4567_89ab_cdef] {
        let key = Uuid::from_u128(key);
        same::<Uuid, _>(key);
        same::<ID, _>(key);
        same::<String, _>(key);
    }
    for status in [Status::Draft, Status::Sending] {
        let mut json = JsonText::default();
        json.enumeration(status);
        assert_eq!(json.as_str(), serialized(&Status::value(&status)));
    }
}
