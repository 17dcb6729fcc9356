//! One value of an `INSERT`: found without copying, read on demand.

use std::borrow::Cow;

use memchr::{memchr, memchr2};

use super::charset::Charset;
use super::token::is_word;

/// What a value looks like, with the bytes of the row it covers (quotes and prefixes excluded).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) form: Form,
    pub(super) start: usize,
    pub(super) end: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Null,
    True,
    False,
    Number,
    /// A quoted literal; `escaped` when it has a backslash or a doubled quote.
    Text {
        escaped: bool,
        quote: u8,
        charset: Option<Charset>,
    },
    /// Hexadecimal digits.
    Hex {
        charset: Option<Charset>,
    },
    /// Binary digits.
    Bits,
}

/// A value as the dump has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// `NULL`
    Null,
    /// The digits of a number, `TRUE` as 1, `FALSE` as 0.
    Number(&'a [u8]),
    /// The bytes between the quotes, escapes resolved.
    Text {
        /// The bytes.
        bytes: Cow<'a, [u8]>,
        /// The literal's own character set (`_latin1'…'`), else that of the connection is meant.
        charset: Option<Charset>,
    },
    /// Bytes written in hexadecimal or binary digits.
    Bytes {
        /// The bytes.
        bytes: Vec<u8>,
        /// The literal's own character set.
        charset: Option<Charset>,
    },
}

/// Why parsing stopped.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The bytes in memory end inside of it.
    More,
    /// At this offset stands something else than expected.
    Bad { at: usize, expected: &'static str },
    /// A character set that cannot be read, by name.
    Charset(String),
}

/// The settings of the session that change how literals are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Literals {
    /// False under `NO_BACKSLASH_ESCAPES`.
    pub(super) backslash: bool,
}

const A_VALUE: &str = "a value";

/// Finds the value that begins at `at`, and the place behind it.
pub(super) fn find(bytes: &[u8], at: usize, literals: Literals) -> Result<(Span, usize), Stop> {
    match bytes.get(at).ok_or(Stop::More)? {
        quote @ (b'\'' | b'"') => quoted(bytes, at, *quote, None, literals),
        b'0' if matches!(bytes.get(at + 1), Some(b'x' | b'X')) => hex_digits(bytes, at + 2, None),
        b'0' if matches!(bytes.get(at + 1), Some(b'b')) => bit_digits(bytes, at + 2),
        b'0' if bytes.get(at + 1).is_none() => Err(Stop::More),
        b'0'..=b'9' | b'-' | b'+' | b'.' => number(bytes, at),
        b'_' => introduced(bytes, at, literals),
        byte if byte.is_ascii_alphabetic() => word(bytes, at, literals),
        _ => Err(Stop::Bad { at, expected: A_VALUE }),
    }
}

fn quoted(
    bytes: &[u8],
    at: usize,
    quote: u8,
    charset: Option<Charset>,
    literals: Literals,
) -> Result<(Span, usize), Stop> {
    let mut escaped = false;
    let mut i = at + 1;
    loop {
        let rest = bytes.get(i..).ok_or(Stop::More)?;
        let found = if literals.backslash { memchr2(quote, b'\\', rest) } else { memchr(quote, rest) };
        i += found.ok_or(Stop::More)?;
        if bytes.get(i) == Some(&quote) {
            match bytes.get(i + 1) {
                None => return Err(Stop::More),
                Some(next) if *next == quote => {}
                Some(_) => {
                    let form = Form::Text { escaped, quote, charset };
                    return Ok((Span { form, start: at + 1, end: i }, i + 1));
                }
            }
        }
        escaped = true;
        i += 2;
    }
}

fn number(bytes: &[u8], at: usize) -> Result<(Span, usize), Stop> {
    let digits = |from: usize| {
        let rest = bytes.get(from..).unwrap_or_default();
        from + rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
    };
    let whole = at + usize::from(matches!(bytes.get(at), Some(b'-' | b'+')));
    let mut end = digits(whole);
    let mut count = end - whole;
    if bytes.get(end) == Some(&b'.') {
        let fraction = digits(end + 1);
        count += fraction - end - 1;
        end = fraction;
    }
    if count > 0 && matches!(bytes.get(end), Some(b'e' | b'E')) {
        let power = end + 1 + usize::from(matches!(bytes.get(end + 1), Some(b'-' | b'+')));
        end = digits(power);
        count = end - power;
    }
    // The byte behind decides that the number is over.
    let next = bytes.get(end).ok_or(Stop::More)?;
    if count == 0 || next.is_ascii_alphanumeric() {
        return Err(Stop::Bad { at: end, expected: "a number" });
    }
    Ok((Span { form: Form::Number, start: at, end }, end))
}

fn hex_digits(bytes: &[u8], start: usize, charset: Option<Charset>) -> Result<(Span, usize), Stop> {
    let end = run(bytes, start, u8::is_ascii_hexdigit)?;
    Ok((Span { form: Form::Hex { charset }, start, end }, end))
}

fn bit_digits(bytes: &[u8], start: usize) -> Result<(Span, usize), Stop> {
    let end = run(bytes, start, |byte| matches!(byte, b'0' | b'1'))?;
    Ok((Span { form: Form::Bits, start, end }, end))
}

/// `X'4d'`, `x'4d'`, `b'01'`: digits between quotes.
fn quoted_digits(bytes: &[u8], quote: usize, form: Form) -> Result<(Span, usize), Stop> {
    let is_digit: fn(&u8) -> bool = match form {
        Form::Bits => |byte| matches!(byte, b'0' | b'1'),
        _ => u8::is_ascii_hexdigit,
    };
    let start = quote + 1;
    let end = run(bytes, start, is_digit)?;
    if bytes.get(end) == Some(&b'\'') {
        Ok((Span { form, start, end }, end + 1))
    } else {
        Err(Stop::Bad { at: end, expected: "`'` behind digits" })
    }
}

/// `_binary 'x'`, `_latin1'x'`, `_utf8mb4 0x4d`.
fn introduced(bytes: &[u8], at: usize, literals: Literals) -> Result<(Span, usize), Stop> {
    let end = run(bytes, at + 1, |byte| is_word(*byte))?;
    let name = String::from_utf8_lossy(bytes.get(at + 1..end).unwrap_or_default());
    let charset = Some(Charset::named(&name).map_err(|_| Stop::Charset(name.into_owned()))?);
    let literal = run(bytes, end, u8::is_ascii_whitespace)?;
    match (bytes.get(literal), bytes.get(literal + 1)) {
        (Some(quote @ (b'\'' | b'"')), _) => quoted(bytes, literal, *quote, charset, literals),
        (Some(b'0'), Some(b'x' | b'X')) => hex_digits(bytes, literal + 2, charset),
        (Some(b'x' | b'X'), Some(b'\'')) => quoted_digits(bytes, literal + 1, Form::Hex { charset }),
        (Some(b'0' | b'x' | b'X'), None) => Err(Stop::More),
        _ => Err(Stop::Bad { at: literal, expected: "a quoted text" }),
    }
}

fn word(bytes: &[u8], at: usize, literals: Literals) -> Result<(Span, usize), Stop> {
    let end = run(bytes, at, |byte| is_word(*byte))?;
    let quoted_next = bytes.get(end) == Some(&b'\'');
    let form = match bytes.get(at..end).unwrap_or_default() {
        b"X" | b"x" if quoted_next => return quoted_digits(bytes, end, Form::Hex { charset: None }),
        b"B" | b"b" if quoted_next => return quoted_digits(bytes, end, Form::Bits),
        b"N" | b"n" if quoted_next => return quoted(bytes, end, b'\'', Some(Charset::Utf8), literals),
        word if word.eq_ignore_ascii_case(b"NULL") => Form::Null,
        word if word.eq_ignore_ascii_case(b"TRUE") => Form::True,
        word if word.eq_ignore_ascii_case(b"FALSE") => Form::False,
        _ => return Err(Stop::Bad { at, expected: A_VALUE }),
    };
    Ok((Span { form, start: at, end }, end))
}

/// The end of a run of bytes; more is needed when it reaches the end of what is in memory.
fn run(bytes: &[u8], from: usize, of: impl Fn(&u8) -> bool) -> Result<usize, Stop> {
    let rest = bytes.get(from..).ok_or(Stop::More)?;
    rest.iter().position(|byte| !of(byte)).map(|length| from + length).ok_or(Stop::More)
}

impl Span {
    /// The value this span of `row` stands for.
    pub(super) fn read<'a>(&self, row: &'a [u8], literals: Literals) -> Value<'a> {
        let bytes = row.get(self.start..self.end).unwrap_or_default();
        match self.form {
            Form::Null => Value::Null,
            Form::True => Value::Number(b"1"),
            Form::False => Value::Number(b"0"),
            Form::Number => Value::Number(bytes),
            Form::Text { escaped: false, charset, .. } => {
                Value::Text { bytes: Cow::Borrowed(bytes), charset }
            }
            Form::Text { quote, charset, .. } => {
                Value::Text { bytes: Cow::Owned(unescape(bytes, quote, literals)), charset }
            }
            Form::Hex { charset } => Value::Bytes { bytes: from_digits(bytes, 4), charset },
            Form::Bits => Value::Bytes { bytes: from_digits(bytes, 1), charset: None },
        }
    }
}

/// Resolves `\n`, `''` and the like. An unknown `\c` is `c`, as the server has it.
fn unescape(bytes: &[u8], quote: u8, literals: Literals) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter().copied();
    while let Some(byte) = rest.next() {
        if byte == quote {
            // Inside a literal a quote always comes doubled.
            rest.next();
            text.push(quote);
        } else if byte == b'\\' && literals.backslash {
            match rest.next() {
                Some(b'0') => text.push(0),
                Some(b'b') => text.push(8),
                Some(b'n') => text.push(b'\n'),
                Some(b'r') => text.push(b'\r'),
                Some(b't') => text.push(b'\t'),
                Some(b'Z') => text.push(0x1a),
                Some(pattern @ (b'%' | b'_')) => text.extend([b'\\', pattern]),
                Some(other) => text.push(other),
                None => text.push(b'\\'),
            }
        } else {
            text.push(byte);
        }
    }
    text
}

/// Bytes from digits of `width` bits each, filled with zeros at the front.
fn from_digits(digits: &[u8], width: usize) -> Vec<u8> {
    let per_byte = 8 / width;
    let short = digits.len() % per_byte;
    let (head, rest) = digits.split_at(short);
    let byte = |digits: &[u8]| {
        digits.iter().fold(0_u8, |byte, digit| {
            let number = char::from(*digit).to_digit(16).unwrap_or_default() as u8;
            (byte << width) | number
        })
    };
    let head = (!head.is_empty()).then(|| byte(head));
    head.into_iter().chain(rest.chunks(per_byte).map(byte)).collect()
}

#[cfg(test)]
#[path = "value_tests.rs"]
mod tests;
