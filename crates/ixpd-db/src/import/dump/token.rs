//! Words, names and marks of one whole statement; comments are skipped, versioned ones are read.

use super::value::{self, Form, Literals, Value};

/// A piece of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A word without quotes: keyword, name or number.
    Word(String),
    /// A name in backticks, or in double quotes.
    Name(String),
    /// A text literal.
    Text(String),
    /// `(`, `)`, `,`, `=`, `.`, `@` and whatever else.
    Mark(u8),
}

impl Token {
    /// True for this keyword, in any case.
    pub(super) fn is(&self, keyword: &str) -> bool {
        matches!(self, Self::Word(word) if word.eq_ignore_ascii_case(keyword))
    }

    /// The name this token can be.
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Word(name) | Self::Name(name) => Some(name),
            _ => None,
        }
    }
}

/// Versioned comments from this version on are for no server: MariaDB's `/*!999999\- …*/` is a client's.
const NO_SERVER: u32 = 999_999;

/// What a `/*` at the front of `bytes` begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comment {
    /// Plain text up to `*/`.
    Plain,
    /// A versioned comment, whose text behind this many bytes is SQL.
    Sql(usize),
}

/// Judges a comment by its first bytes (12 are enough).
pub(super) fn comment(bytes: &[u8]) -> Comment {
    let start = match bytes {
        [b'/', b'*', b'!', ..] => 3,
        [b'/', b'*', b'M', b'!', ..] => 4,
        _ => return Comment::Plain,
    };
    let digits: &[u8] = bytes.get(start..).unwrap_or_default();
    let count = digits.iter().take(6).take_while(|byte| byte.is_ascii_digit()).count();
    let version = digits.iter().take(count).fold(0, |number, digit| number * 10 + u32::from(digit - b'0'));
    if version >= NO_SERVER { Comment::Plain } else { Comment::Sql(start + count) }
}

/// The tokens of a statement.
pub(super) struct Tokens<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Skips blanks, comments and the marks of versioned comments.
    fn skip(&mut self) {
        loop {
            let rest = self.rest();
            self.at += match rest {
                [byte, ..] if byte.is_ascii_whitespace() => 1,
                [b'*', b'/', ..] => 2,
                [b'#', ..] | [b'-', b'-', b' ' | b'\t' | b'\n' | b'\r', ..] => {
                    memchr::memchr(b'\n', rest).unwrap_or(rest.len())
                }
                [b'/', b'*', ..] => match comment(rest) {
                    Comment::Sql(opening) => opening,
                    Comment::Plain => memchr::memmem::find(rest, b"*/").map_or(rest.len(), |end| end + 2),
                },
                _ => return,
            };
        }
    }

    fn name(&mut self, quote: u8) -> String {
        let mut name = Vec::new();
        self.at += 1;
        while let Some(byte) = self.bytes.get(self.at) {
            self.at += 1;
            if *byte == quote {
                if self.bytes.get(self.at) != Some(&quote) {
                    break;
                }
                self.at += 1;
            }
            name.push(*byte);
        }
        String::from_utf8_lossy(&name).into_owned()
    }

    fn text(&mut self) -> String {
        // The byte added stands for the one that must follow a closing quote.
        let literals = Literals { backslash: true };
        let mut rest = self.rest().to_vec();
        rest.push(b' ');
        match value::find(&rest, 0, literals) {
            Ok((span, end)) if matches!(span.form, Form::Text { .. }) => {
                self.at += end;
                match span.read(&rest, literals) {
                    Value::Text { bytes, .. } => String::from_utf8_lossy(&bytes).into_owned(),
                    _ => String::new(),
                }
            }
            _ => {
                self.at = self.bytes.len();
                String::new()
            }
        }
    }

    fn word(&mut self) -> String {
        let rest = self.rest();
        let length = rest.iter().take_while(|byte| is_word(**byte)).count();
        self.at += length;
        String::from_utf8_lossy(rest.get(..length).unwrap_or_default()).into_owned()
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        self.skip();
        match *self.rest().first()? {
            quote @ (b'`' | b'"') => Some(Token::Name(self.name(quote))),
            b'\'' => Some(Token::Text(self.text())),
            byte if is_word(byte) => Some(Token::Word(self.word())),
            mark => {
                self.at += 1;
                Some(Token::Mark(mark))
            }
        }
    }
}

/// Bytes of a name without quotes; names in other alphabets have high bytes.
pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || !byte.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(sql: &str) -> Vec<String> {
        Tokens::new(sql.as_bytes())
            .map(|token| match token {
                Token::Word(text) | Token::Name(text) => text,
                Token::Text(text) => format!("'{text}'"),
                Token::Mark(mark) => char::from(mark).to_string(),
            })
            .collect()
    }

    #[test]
    fn versioned_comments_are_read_and_plain_ones_are_not() {
        assert_eq!(words("/*!40101 SET NAMES utf8 */"), ["SET", "NAMES", "utf8"]);
        assert_eq!(words("/*M!100616 SET a=1 */ b"), ["SET", "a", "=", "1", "b"]);
        assert_eq!(words("a /* b */ c -- d\n e # f\n g"), ["a", "c", "e", "g"]);
        assert_eq!(words("/*!999999\\- enable the sandbox mode */ x"), ["x"]);
    }

    #[test]
    fn names_keep_their_doubled_quotes_and_texts_their_escapes() {
        assert_eq!(words("`we``ird` \"an\"\"si\" 'it''s \\n'"), ["we`ird", "an\"si", "'it's \n'"]);
    }

    #[test]
    fn unfinished_pieces_end_with_the_statement() {
        assert_eq!(words("`open"), ["open"]);
        assert_eq!(words("'open"), ["''"]);
        assert_eq!(words("x /* open"), ["x"]);
    }
}
