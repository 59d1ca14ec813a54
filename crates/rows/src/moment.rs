//! Moments and days as RFC 3339 has them, quicker than by a format that is interpreted each time.

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};

/// The numbers from 00 to 99, two digits each.
const PAIRS: &str = "0001020304050607080910111213141516171819\
                     2021222324252627282930313233343536373839\
                     4041424344454647484950515253545556575859\
                     6061626364656667686970717273747576777879\
                     8081828384858687888990919293949596979899";

/// Puts a moment behind what is there, exactly as [`DateTime::to_rfc3339`] writes it.
pub(crate) fn append(moment: &DateTime<Utc>, text: &mut String) {
    let nanoseconds = moment.nanosecond();
    // A leap second counts on beyond its second.
    if nanoseconds >= 1_000_000_000 {
        text.push_str(&moment.to_rfc3339());
        return;
    }
    append_day(moment.date_naive(), text);
    for (before, number) in [
        ("T", moment.hour()),
        (":", moment.minute()),
        (":", moment.second()),
    ] {
        text.push_str(before);
        pair(number, text);
    }
    fraction(nanoseconds, text);
    text.push_str("+00:00");
}

/// Puts a day behind what is there, as chrono writes it.
pub(crate) fn append_day(day: NaiveDate, text: &mut String) {
    match u32::try_from(day.year()) {
        Ok(year @ ..=9999) => {
            pair(year / 100, text);
            pair(year % 100, text);
            text.push('-');
            pair(day.month(), text);
            text.push('-');
            pair(day.day(), text);
        }
        // Years of other lengths have a sign.
        _ => text.push_str(&day.to_string()),
    }
}

/// As many of milli-, micro- and nanoseconds as there are.
fn fraction(nanoseconds: u32, text: &mut String) {
    let digits = match nanoseconds {
        0 => return,
        _ if nanoseconds.is_multiple_of(1_000_000) => 3,
        _ if nanoseconds.is_multiple_of(1_000) => 6,
        _ => 9,
    };
    text.push('.');
    // The one in front keeps the zeros behind it.
    let mut padded = itoa::Buffer::new();
    text.push_str(&padded.format(1_000_000_000 + nanoseconds)[1..=digits]);
}

fn pair(number: u32, text: &mut String) {
    let at = (number % 100) as usize * 2;
    text.push_str(&PAIRS[at..at + 2]);
}
