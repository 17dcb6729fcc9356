//! Tables as files for spreadsheets and scripts, by RFC 4180.

use std::{borrow::Cow, fmt::Write as _};

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};

/// What a spreadsheet program takes for the start of a formula, in the widths that East Asian keyboards have as well.
const FORMULA_STARTS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
/// What a spreadsheet program takes for the end of a cell if it doesn't go by commas: then a field that follows another
/// isn't quoted for it, and its text goes on in cells and rows of its own.
const OTHER_DELIMITERS: [char; 5] = [';', '\t', '|', '\r', '\n'];

/// A value of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell<'a> {
    /// Text that anybody may have chosen: never the start of a formula.
    Text(&'a str),
    /// A number, as it is.
    Number(i64),
    /// Nothing.
    Empty,
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a Option<String>> for Cell<'a> {
    fn from(text: &'a Option<String>) -> Self {
        text.as_deref().map_or(Self::Empty, Self::Text)
    }
}

impl<N: Into<i64>> From<Option<N>> for Cell<'_> {
    fn from(number: Option<N>) -> Self {
        number.map_or(Self::Empty, |number| Self::Number(number.into()))
    }
}

/// A text of which no part starts a formula, whichever delimiter a spreadsheet program takes: each part that would, has an
/// apostrophe before it. White space and quotes before the start don't help, since programs may remove them.
fn guarded(text: &str) -> Cow<'_, str> {
    let is_skipped = |c: char| c.is_whitespace() || c.is_control() || c == '"';
    let is_formula = |part: &str| part.trim_start_matches(is_skipped).starts_with(FORMULA_STARTS);
    let is_cut = |part: &str| part.starts_with(['\t', '\r', '\n']);
    if !is_cut(text) && !text.split(OTHER_DELIMITERS).any(is_formula) {
        return Cow::Borrowed(text);
    }
    let mut guarded = String::with_capacity(text.len() + 4);
    if is_cut(text) {
        guarded.push('\'');
    }
    for part in text.split_inclusive(OTHER_DELIMITERS) {
        if is_formula(part) {
            guarded.push('\'');
        }
        guarded.push_str(part);
    }
    Cow::Owned(guarded)
}

/// A table whose first line names the columns.
#[derive(Clone, Debug)]
pub struct Csv {
    text: String,
}

impl Csv {
    /// An empty table.
    pub fn new(columns: &[&str]) -> Self {
        let mut csv = Self { text: String::new() };
        let names: Vec<Cell<'_>> = columns.iter().map(|name| Cell::Text(name)).collect();
        csv.row(&names);
        csv
    }

    /// Adds a row.
    pub fn row(&mut self, cells: &[Cell<'_>]) {
        for (index, cell) in cells.iter().enumerate() {
            if index > 0 {
                self.text.push(',');
            }
            match cell {
                Cell::Text(text) => self.quoted(text),
                Cell::Number(number) => {
                    // Writing to a String can't fail.
                    let _ = write!(self.text, "{number}");
                }
                Cell::Empty => {}
            }
        }
        self.text.push_str("\r\n");
    }

    fn quoted(&mut self, text: &str) {
        let guarded = guarded(text);
        let is_guarded = matches!(guarded, Cow::Owned(_));
        if !is_guarded && !guarded.contains([',', '"']) && !guarded.contains(OTHER_DELIMITERS) {
            self.text.push_str(&guarded);
            return;
        }
        self.text.push('"');
        for part in guarded.split_inclusive('"') {
            self.text.push_str(part);
            if part.ends_with('"') {
                self.text.push('"');
            }
        }
        self.text.push('"');
    }

    /// The table as a download. `name` is one of our own, of letters, digits, dots and dashes.
    pub fn download(self, name: &'static str) -> Response {
        let mut response = self.text.into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/csv; charset=utf-8; header=present"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
            headers.insert(header::CONTENT_DISPOSITION, value);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::{Cell, Csv};

    fn line(cells: &[Cell<'_>]) -> String {
        let mut csv = Csv { text: String::new() };
        csv.row(cells);
        csv.text
    }

    #[test]
    fn lines_end_as_rfc_4180_says_and_empty_cells_stay_empty() {
        assert_eq!(line(&["a".into(), Cell::Empty, "".into(), Cell::Number(-3)]), "a,,,-3\r\n");
        assert_eq!(Csv::new(&["id", "name"]).text, "id,name\r\n");
    }

    #[test]
    fn separators_quotes_and_line_breaks_are_quoted() {
        assert_eq!(line(&["a,b".into()]), "\"a,b\"\r\n");
        assert_eq!(line(&["5\" \"disk\"".into()]), "\"5\"\" \"\"disk\"\"\"\r\n");
        assert_eq!(line(&["a\r\nb".into()]), "\"a\r\nb\"\r\n");
    }

    #[test]
    fn no_text_starts_a_formula() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "=\"a\""] {
            let line = line(&[text.into()]);
            assert!(line.starts_with("\"'"), "{line}");
        }
        assert_eq!(line(&["a=b".into()]), "a=b\r\n");
        assert_eq!(line(&["Foo - Bar".into()]), "Foo - Bar\r\n");
    }

    #[test]
    fn no_part_of_a_text_starts_a_formula_for_another_delimiter() {
        for (text, expected) in [
            ("a;=1+1", "\"a;'=1+1\"\r\n"),
            ("a\t@x", "\"a\t'@x\"\r\n"),
            ("a| =1", "\"a|' =1\"\r\n"),
            ("a;\"=1\"", "\"a;'\"\"=1\"\"\"\r\n"),
            ("a\n-1;+2", "\"a\n'-1;'+2\"\r\n"),
            (" =1", "\"' =1\"\r\n"),
            ("a;b", "\"a;b\"\r\n"),
        ] {
            assert_eq!(line(&[text.into()]), expected, "{text:?}");
        }
    }
}
