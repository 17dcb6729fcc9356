//! JSON as IXP Manager's PHP writes it, byte for byte: `/` as `\/`, everything beyond ASCII as `\uXXXX`, and an empty
//! map as `[]`, because PHP has one array type for both. Clients were written against that.
//!
//! What switches are configured by is written for people too: there `/` and letters stay as they are.

use std::io::{self, Write};

use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use ixpd_db::WallClock;
use ixpd_types::Zone;
use serde::Serialize;
use serde_json::{Serializer, ser::Formatter};

use crate::error::AppError;

/// The content type of every JSON answer.
pub const JSON: &str = "application/json";

/// `value` with line breaks and four spaces a level, without a final line break.
pub fn to_vec_pretty(value: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    write(value, Php::pretty())
}

/// `value` without white space.
pub fn to_vec(value: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    write(value, Php::compact())
}

/// `value` with line breaks and four spaces a level, a final line break, and `/` and letters beyond ASCII as they are.
/// U+2028 and U+2029 are escaped still: they end lines in JavaScript.
pub fn to_vec_pretty_unescaped(value: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut bytes = write(value, Php { escape: false, ..Php::pretty() })?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// A time of the database as Laravel writes it: UTC with microseconds.
pub fn timestamp(zone: Zone, at: WallClock) -> String {
    zone.instant_of(at.naive()).format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}

/// The answer to a program: `value` without white space.
pub fn answer(value: &impl Serialize) -> Result<Response, AppError> {
    Ok(written(to_vec(value)?))
}

/// The answer to a program: JSON that is written already.
pub fn written(json: impl IntoResponse) -> Response {
    ([(header::CONTENT_TYPE, JSON)], json).into_response()
}

fn write(value: &impl Serialize, formatter: Php) -> serde_json::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    value.serialize(&mut Serializer::with_formatter(&mut bytes, formatter))?;
    Ok(bytes)
}

/// The state of the writer.
struct Php {
    pretty: bool,
    /// Whether `/` and everything beyond ASCII is escaped.
    escape: bool,
    depth: usize,
    /// Whether the innermost list or map has an entry already.
    filled: bool,
}

impl Php {
    const fn pretty() -> Self {
        Self { pretty: true, escape: true, depth: 0, filled: false }
    }

    const fn compact() -> Self {
        Self { pretty: false, escape: true, depth: 0, filled: false }
    }

    fn new_line<W: ?Sized + Write>(&self, writer: &mut W) -> io::Result<()> {
        if !self.pretty {
            return Ok(());
        }
        writer.write_all(b"\n")?;
        (0..self.depth).try_for_each(|_| writer.write_all(b"    "))
    }

    /// Where the next character is that isn't written as it is, beside those that JSON itself escapes.
    fn next_special(&self, text: &str) -> Option<usize> {
        if self.escape {
            text.bytes().position(|byte| byte == b'/' || !byte.is_ascii())
        } else {
            text.find(['\u{2028}', '\u{2029}'])
        }
    }

    fn begin_entry<W: ?Sized + Write>(&self, writer: &mut W, first: bool) -> io::Result<()> {
        if !first {
            writer.write_all(b",")?;
        }
        self.new_line(writer)
    }

    fn end<W: ?Sized + Write>(&mut self, writer: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth -= 1;
        if self.filled {
            self.new_line(writer)?;
        }
        // What has just ended is an entry of whatever is around it.
        self.filled = true;
        writer.write_all(bracket)
    }
}

impl Formatter for Php {
    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth += 1;
        self.filled = false;
        writer.write_all(b"[")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.begin_entry(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.filled = true;
        Ok(())
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.end(writer, b"]")
    }

    /// Writes nothing yet: the brace depends on whether a key follows.
    fn begin_object<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.depth += 1;
        self.filled = false;
        Ok(())
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first {
            writer.write_all(b"{")?;
        }
        self.begin_entry(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(if self.pretty { b": " } else { b":" })
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.filled = true;
        Ok(())
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        if self.filled {
            return self.end(writer, b"}");
        }
        writer.write_all(b"[")?;
        self.end(writer, b"]")
    }

    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, text: &str) -> io::Result<()> {
        let mut rest = text;
        while let Some(at) = self.next_special(rest) {
            let (plain, special) = rest.split_at(at);
            writer.write_all(plain.as_bytes())?;
            let mut characters = special.chars();
            if let Some(character) = characters.next() {
                write_escaped(writer, character)?;
            }
            rest = characters.as_str();
        }
        writer.write_all(rest.as_bytes())
    }
}

/// A character beyond the Basic Multilingual Plane becomes its surrogate pair (RFC 8259, section 7).
fn write_escaped<W: ?Sized + Write>(writer: &mut W, character: char) -> io::Result<()> {
    if character == '/' {
        return writer.write_all(b"\\/");
    }
    character.encode_utf16(&mut [0; 2]).iter().try_for_each(|unit| write!(writer, "\\u{unit:04x}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::{timestamp, to_vec, to_vec_pretty, to_vec_pretty_unescaped};

    fn pretty(value: &Value) -> String {
        String::from_utf8(to_vec_pretty(value).expect("JSON")).expect("UTF-8")
    }

    fn compact(value: &Value) -> String {
        String::from_utf8(to_vec(value).expect("JSON")).expect("UTF-8")
    }

    #[test]
    fn pretty_form_has_four_spaces_a_level() {
        let value = json!({"a": [1, {"b": null}, [], [[]], {}], "c": {"d": {}}, "e": 1});
        insta::assert_snapshot!(pretty(&value), @r#"
        {
            "a": [
                1,
                {
                    "b": null
                },
                [],
                [
                    []
                ],
                []
            ],
            "c": {
                "d": []
            },
            "e": 1
        }
        "#);
    }

    #[test]
    fn compact_form_has_no_white_space() {
        assert_eq!(compact(&json!({"a": [1, {}], "b": {"c": true}})), r#"{"a":[1,[]],"b":{"c":true}}"#);
    }

    #[test]
    fn an_empty_map_is_an_empty_list() {
        assert_eq!(pretty(&json!({})), "[]");
        assert_eq!(compact(&json!([{}, {}])), "[[],[]]");
    }

    #[test]
    fn slashes_are_escaped() {
        assert_eq!(compact(&json!({"a/b": "http://x/"})), r#"{"a\/b":"http:\/\/x\/"}"#);
    }

    #[test]
    fn everything_beyond_ascii_is_escaped_in_lower_case_hex() {
        assert_eq!(compact(&json!("é€ \u{7f}")), "\"\\u00e9\\u20ac \u{7f}\"");
        assert_eq!(compact(&json!("\u{2028}\u{ffff}")), r#""\u2028\uffff""#);
    }

    #[test]
    fn astral_characters_become_surrogate_pairs() {
        assert_eq!(compact(&json!("a😀b")), r#""a\ud83d\ude00b""#);
        assert_eq!(compact(&json!("\u{10ffff}")), r#""\udbff\udfff""#);
    }

    #[test]
    fn control_characters_and_quotes_have_their_short_escapes() {
        assert_eq!(compact(&json!("\"\\\u{8}\u{c}\n\r\t\u{0}\u{1f}")), r#""\"\\\b\f\n\r\t\u0000\u001f""#);
    }

    #[test]
    fn unescaped_form_keeps_slashes_and_letters_and_ends_its_last_line() {
        let bytes = to_vec_pretty_unescaped(&json!({"a/b": "Zoë 😀\u{2028}", "c": {}})).expect("JSON");
        let text = String::from_utf8(bytes).expect("UTF-8");
        assert_eq!(text, "{\n    \"a/b\": \"Zoë 😀\\u2028\",\n    \"c\": []\n}\n");
    }

    #[test]
    fn time_of_the_database_is_written_in_utc_with_microseconds() {
        let at = "2026-06-15 12:00:00".parse().expect("a time");
        let zone = "Europe/Amsterdam".parse().expect("a zone");
        assert_eq!(timestamp(zone, at), "2026-06-15T10:00:00.000000Z");
    }

    proptest! {
        #[test]
        fn every_text_survives_and_leaves_as_ascii(text: String, pretty: bool) {
            let value = json!({ text.clone(): [text] });
            let bytes = if pretty { to_vec_pretty(&value) } else { to_vec(&value) }.expect("JSON");
            prop_assert!(bytes.is_ascii());
            prop_assert_eq!(serde_json::from_slice::<Value>(&bytes).expect("JSON"), value);
        }
    }
}
