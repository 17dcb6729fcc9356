//! Cuts a configuration into words, strings and signs, in bounded memory.

use std::io::{self, Read};

/// Bytes read at once.
const CHUNK: usize = 64 * 1024;
/// The longest word, string or comment that is kept, in bytes; what is beyond is dropped, and the token says so.
const LONGEST: usize = 4096;

/// What a token is; its text stands in [`Lexer::text`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// Letters, digits and what addresses are made of.
    Word,
    /// Text in quotes, without them.
    Text,
    /// A comment, without its sign.
    Comment,
    /// Any other character that isn't white space.
    Sign(char),
    /// The input ends within a string or comment.
    Broken,
    /// The end.
    End,
}

/// The state of the cutting.
pub(super) struct Lexer<R> {
    reader: R,
    buffer: Vec<u8>,
    position: usize,
    filled: usize,
    /// The line that the latest token began on, from 1.
    pub(super) line: u64,
    next_line: u64,
    /// The text of the latest token.
    pub(super) text: String,
    bytes: Vec<u8>,
}

impl<R: Read> Lexer<R> {
    pub(super) fn new(reader: R) -> Self {
        Self {
            reader,
            buffer: vec![0; CHUNK],
            position: 0,
            filled: 0,
            line: 1,
            next_line: 1,
            text: String::new(),
            bytes: Vec::new(),
        }
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        while self.position == self.filled {
            self.position = 0;
            self.filled = match self.reader.read(&mut self.buffer) {
                Ok(0) => {
                    self.filled = 0;
                    return Ok(None);
                }
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
        }
        Ok(Some(self.buffer[self.position]))
    }

    fn advance(&mut self) -> io::Result<Option<u8>> {
        let byte = self.peek()?;
        if let Some(byte) = byte {
            self.position += 1;
            self.next_line += u64::from(byte == b'\n');
        }
        Ok(byte)
    }

    fn keep(&mut self, byte: u8) {
        if self.bytes.len() < LONGEST {
            self.bytes.push(byte);
        }
    }

    fn finish(&mut self, token: Token) -> Token {
        self.text.clear();
        self.text.push_str(&String::from_utf8_lossy(&self.bytes));
        token
    }

    pub(super) fn next(&mut self) -> io::Result<Token> {
        self.bytes.clear();
        while self.peek()?.is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.advance()?;
        }
        self.line = self.next_line;
        let Some(first) = self.advance()? else { return Ok(self.finish(Token::End)) };
        match first {
            b'#' => self.comment(),
            b'/' if self.peek()? == Some(b'*') => self.long_comment(),
            b'"' | b'\'' => self.string(first),
            byte if is_of_word(byte) => {
                self.keep(byte);
                while let Some(byte) = self.peek()?.filter(|byte| is_of_word(*byte)) {
                    self.keep(byte);
                    self.advance()?;
                }
                Ok(self.finish(Token::Word))
            }
            byte => {
                self.keep(byte);
                Ok(self.finish(Token::Sign(char::from(byte))))
            }
        }
    }

    fn comment(&mut self) -> io::Result<Token> {
        while let Some(byte) = self.peek()?.filter(|byte| *byte != b'\n') {
            self.keep(byte);
            self.advance()?;
        }
        Ok(self.finish(Token::Comment))
    }

    fn long_comment(&mut self) -> io::Result<Token> {
        self.advance()?;
        loop {
            match self.advance()? {
                None => return Ok(self.finish(Token::Broken)),
                Some(b'*') if self.peek()? == Some(b'/') => {
                    self.advance()?;
                    return Ok(self.finish(Token::Comment));
                }
                Some(byte) => self.keep(byte),
            }
        }
    }

    fn string(&mut self, quote: u8) -> io::Result<Token> {
        loop {
            match self.advance()? {
                None => return Ok(self.finish(Token::Broken)),
                Some(byte) if byte == quote => return Ok(self.finish(Token::Text)),
                Some(byte) => self.keep(byte),
            }
        }
    }
}

fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'_' | b'.' | b':' | b'/' | b'+' | b'-' | b'%')
        || !byte.is_ascii()
}
