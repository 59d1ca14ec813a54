//! What a file may hold, and what becomes of it.

use super::{LONGEST, Lines, Row, Rows};

fn rows(text: impl AsRef<[u8]>) -> Vec<Row> {
    let mut rows = Rows::new(Lines::new(text.as_ref()), b',', 2);
    let mut read = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        read.push(row);
    }
    read
}

/// The rows as lines to compare: the line's number, the fields, the fault.
fn shown(text: impl AsRef<[u8]>) -> Vec<String> {
    let show = |row: &Row| {
        let fields: Vec<_> = row.fields.iter().map(String::from_utf8_lossy).collect();
        let fault = row
            .fault
            .as_deref()
            .map_or(String::new(), |fault| format!(" ({fault})"));
        format!("{}: {}{fault}", row.line, fields.join("|"))
    };
    rows(text).iter().map(show).collect()
}

#[test]
fn rows_end_with_either_line_end_or_with_the_file() {
    for text in ["a,b\nc,d\n", "a,b\r\nc,d\r\n", "\u{feff}a,b\nc,d"] {
        assert_eq!(shown(text), ["1: a|b", "2: c|d"], "{text:?}");
    }
    assert_eq!(shown(""), [""; 0]);
}

#[test]
fn blank_lines_are_no_rows_and_are_counted() {
    assert_eq!(shown("\na,b\r\n\r\n  \nc,d\n\n"), ["2: a|b", "5: c|d"]);
}

#[test]
fn a_quoted_field_may_hold_all_that_separates_others() {
    let text = "a,\"one\ntwo, \"\"three\"\"\"\r\nc,\"x\r\ny\"\r\ne,f\n";
    assert_eq!(
        shown(text),
        ["1: a|one\ntwo, \"three\"", "3: c|x\r\ny", "5: e|f"]
    );
    assert_eq!(shown("5\" pipe,b\n"), ["1: 5\" pipe|b"]);
    assert_eq!(shown("a,\"\"\n,\n"), ["1: a|", "2: |"]);
}

#[test]
fn a_row_of_another_length_is_told() {
    assert_eq!(
        shown("a\nb,c,d\ne,f\n"),
        [
            "1: a (the row has 1 field, the header has 2)",
            "2: b|c|d (the row has 3 fields, the header has 2)",
            "3: e|f"
        ]
    );
}

#[test]
fn a_row_that_is_not_utf_8_keeps_its_bytes() {
    let read = rows(b"a,M\xFCller\n\xC3\xBC,b\n");
    assert_eq!(&read[0].fields[1], b"M\xFCller");
    let fault = read[0].fault.as_deref().unwrap();
    assert!(fault.starts_with("field 2 is not UTF-8"), "{fault}");
    assert_eq!(read[1].fault, None);
}

#[test]
fn a_stray_quote_costs_its_own_line_only() {
    let unclosed = "1: a,\"b (a quote is opened and not closed)";
    assert_eq!(shown("a,\"b\r\nc,d\ne,f\n"), [unclosed, "2: c|d", "3: e|f"]);
    assert_eq!(shown("a,\"b"), [unclosed]);
    let many = format!("a,\"b\n{}", "c,d\n".repeat(LONGEST));
    let read = shown(many);
    assert_eq!(read.len(), 1 + LONGEST);
    assert_eq!(
        (read[0].as_str(), read[LONGEST].as_str()),
        (unclosed, "65537: c|d")
    );
}

#[test]
fn a_line_without_an_end_is_not_kept_in_memory() {
    let text = format!("a,{}\nc,d\n", "x".repeat(10 * LONGEST));
    let read = rows(text);
    assert_eq!(
        read[0].fault.as_deref(),
        Some("the line is longer than 64 KiB")
    );
    assert!(read[0].fields[0].len() <= LONGEST + 1);
    assert_eq!((read[1].line, read[1].fault.as_deref()), (2, None));
    let exact = format!("{},b\n", "x".repeat(LONGEST - 2));
    assert_eq!(rows(exact)[0].fault, None);
}
