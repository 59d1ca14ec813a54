//! Rows as CSV: RFC 4180, with a header.

use std::borrow::Cow;

use ::csv::{Terminator, Writer, WriterBuilder};

/// The line with the columns' names.
pub(super) fn header(names: &[&str]) -> Vec<u8> {
    written(|writer| writer.write_record(names))
}

/// The lines of a page.
pub(super) fn lines(lines: &[Vec<String>]) -> Vec<u8> {
    written(|writer| {
        for line in lines {
            for cell in line {
                writer.write_field(harmless(cell).as_bytes())?;
            }
            writer.write_record(None::<&[u8]>)?;
        }
        Ok(())
    })
}

/// A cell that no spreadsheet takes for a formula: what one begins with has an apostrophe before it (OWASP, CSV
/// Injection). Some take the wide forms of East Asian text for the same.
fn harmless(cell: &str) -> Cow<'_, str> {
    const BEGINNINGS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    match cell.starts_with(BEGINNINGS) {
        true => format!("'{cell}").into(),
        false => cell.into(),
    }
}

fn written(write: impl FnOnce(&mut Writer<Vec<u8>>) -> ::csv::Result<()>) -> Vec<u8> {
    let mut writer = WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .from_writer(Vec::new());
    write(&mut writer).expect("memory takes every write, and lines are as long as their header");
    writer.into_inner().expect("memory takes every write")
}

#[cfg(test)]
mod tests {
    use super::{header, lines};

    fn shown(cells: &[&str]) -> String {
        let line = cells.iter().map(|cell| (*cell).to_owned()).collect();
        String::from_utf8(lines(&[line])).expect("text")
    }

    #[test]
    fn lines_are_those_of_rfc_4180() {
        assert_eq!(header(&["day", "sent"]), b"day,sent\r\n");
        assert_eq!(shown(&["2026-01-05", "7"]), "2026-01-05,7\r\n");
        assert_eq!(
            shown(&["a, b", "say \"x\"", "two\nlines", ""]),
            "\"a, b\",\"say \"\"x\"\"\",\"two\nlines\",\r\n"
        );
        assert!(lines(&[]).is_empty());
    }

    #[test]
    fn no_cell_is_a_formula() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1+1"] {
            assert!(
                shown(&[formula]).trim_start_matches('"').starts_with('\''),
                "{formula}"
            );
        }
        assert_eq!(shown(&["=A1, \"x\""]), "\"'=A1, \"\"x\"\"\"\r\n");
        assert_eq!(shown(&["a=b"]), "a=b\r\n");
    }
}
