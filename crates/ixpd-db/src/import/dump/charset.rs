//! The character sets a dump's text may be in.

use std::borrow::Cow;

use super::error::DumpProblem;

/// How the bytes of a text literal are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charset {
    /// utf8, utf8mb3, utf8mb4 and ASCII.
    Utf8,
    /// What MySQL calls latin1: Windows code page 1252.
    Latin1,
    /// No character set: the bytes are those of the column.
    Binary,
}

impl Charset {
    /// The character set of a MySQL name such as `utf8mb4`.
    pub(super) fn named(name: &str) -> Result<Self, DumpProblem> {
        match name.to_ascii_lowercase().as_str() {
            "utf8" | "utf8mb3" | "utf8mb4" | "ascii" => Ok(Self::Utf8),
            "latin1" => Ok(Self::Latin1),
            "binary" => Ok(Self::Binary),
            other => Err(DumpProblem::Charset(other.to_owned())),
        }
    }
}

/// Text read from bytes.
#[derive(Debug, PartialEq, Eq)]
pub struct Decoded<'a> {
    /// The text.
    pub text: Cow<'a, str>,
    /// The bytes were not what the character set promised and were read as latin1.
    pub guessed: bool,
}

/// Reads bytes as text. Bytes that aren't valid UTF-8 where UTF-8 was promised are read as latin1,
/// which never fails: old databases hold such text in columns that were converted by hand.
pub fn decode(bytes: &[u8], charset: Charset) -> Decoded<'_> {
    if charset == Charset::Latin1 && !bytes.is_ascii() {
        return Decoded { text: latin1(bytes), guessed: false };
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Decoded { text: Cow::Borrowed(text), guessed: false },
        Err(_) => Decoded { text: latin1(bytes), guessed: true },
    }
}

fn latin1(bytes: &[u8]) -> Cow<'_, str> {
    Cow::Owned(bytes.iter().map(|byte| latin1_char(*byte)).collect())
}

/// Code page 1252; the five bytes it leaves free stand for the control characters of the same number.
fn latin1_char(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '\u{20ac}', '\u{81}', '\u{201a}', '\u{192}', '\u{201e}', '\u{2026}', '\u{2020}', '\u{2021}',
        '\u{2c6}', '\u{2030}', '\u{160}', '\u{2039}', '\u{152}', '\u{8d}', '\u{17d}', '\u{8f}', '\u{90}',
        '\u{2018}', '\u{2019}', '\u{201c}', '\u{201d}', '\u{2022}', '\u{2013}', '\u{2014}', '\u{2dc}',
        '\u{2122}', '\u{161}', '\u{203a}', '\u{153}', '\u{9d}', '\u{17e}', '\u{178}',
    ];
    byte.checked_sub(0x80)
        .and_then(|high| HIGH.get(usize::from(high)).copied())
        .unwrap_or_else(|| char::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latin1_text_becomes_the_same_letters() {
        let read = decode(b"Gr\xfc\xdfe \x80 5 \x96 \x93ok\x94", Charset::Latin1);
        assert_eq!(read.text, "Grüße € 5 – “ok”");
        assert!(!read.guessed);
    }

    #[test]
    fn broken_utf8_is_read_as_latin1_and_says_so() {
        let read = decode(b"Caf\xe9", Charset::Utf8);
        assert_eq!(read.text, "Café");
        assert!(read.guessed);
    }

    #[test]
    fn utf8_stays_as_it_is() {
        let read = decode("Zürich 東京".as_bytes(), Charset::Utf8);
        assert_eq!(read.text, "Zürich 東京");
        assert!(matches!(read.text, Cow::Borrowed(_)));
    }

    #[test]
    fn a_character_set_with_backslashes_inside_letters_is_refused() {
        assert!(matches!(Charset::named("GBK"), Err(DumpProblem::Charset(name)) if name == "gbk"));
    }
}
