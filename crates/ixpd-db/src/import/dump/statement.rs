//! Where a statement that is no `INSERT` ends, and with which word it begins.

use super::token::{Comment, comment};

/// How many bytes must be in memory to see the first word of a statement.
pub(super) const PEEK: usize = 128;

/// The beginning of a statement.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Opening {
    /// First word, in upper case; empty when something else than a letter stands there.
    pub(super) word: String,
    /// The statement begins inside a versioned comment.
    pub(super) in_comment: bool,
}

/// Reads the first word of the statement at the front of `bytes`.
pub(super) fn opening(bytes: &[u8]) -> Opening {
    let skipped = if bytes.starts_with(b"/*") {
        match comment(bytes) {
            Comment::Sql(length) => length,
            Comment::Plain => 0,
        }
    } else {
        0
    };
    let rest = bytes.get(skipped..).unwrap_or_default().trim_ascii_start();
    let word = rest.iter().take(PEEK).take_while(|byte| byte.is_ascii_alphabetic() || **byte == b'_');
    Opening {
        word: word.map(|byte| char::from(byte.to_ascii_uppercase())).collect(),
        in_comment: skipped > 0,
    }
}

/// The offset of the delimiter that ends the statement; None when it isn't in `bytes`.
///
/// Delimiters inside quotes, comments and versioned comments don't count.
pub(super) fn end(bytes: &[u8], delimiter: &[u8]) -> Option<usize> {
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with(delimiter) {
            return Some(at);
        }
        at += match rest {
            [quote @ (b'\'' | b'"' | b'`'), ..] => quoted(rest, *quote)?,
            [b'#', ..] | [b'-', b'-', b' ' | b'\t' | b'\n' | b'\r', ..] => memchr::memchr(b'\n', rest)? + 1,
            [b'/', b'*', ..] => match comment(rest) {
                Comment::Plain => memchr::memmem::find(rest, b"*/")? + 2,
                Comment::Sql(opening) => versioned(rest, opening)?,
            },
            _ => 1,
        };
    }
    None
}

/// Length of a quoted piece, quotes included.
fn quoted(bytes: &[u8], quote: u8) -> Option<usize> {
    let mut at = 1;
    loop {
        let found = at + memchr::memchr2(quote, b'\\', bytes.get(at..)?)?;
        if bytes.get(found) == Some(&quote) {
            return Some(found + 1);
        }
        // In backticks a backslash is a letter like any other.
        at = found + if quote == b'`' { 1 } else { 2 };
    }
}

/// Length of a versioned comment, its end included.
fn versioned(bytes: &[u8], opening: usize) -> Option<usize> {
    let mut at = opening;
    loop {
        let rest = bytes.get(at..).filter(|rest| !rest.is_empty())?;
        at += match rest {
            [b'*', b'/', ..] => return Some(at + 2),
            [quote @ (b'\'' | b'"' | b'`'), ..] => quoted(rest, *quote)?,
            [b'-', b'-', b' ' | b'\t', ..] => line_comment(rest)?,
            _ => 1,
        };
    }
}

/// A line comment inside a trigger's text; the end of the versioned comment can stand on its line.
fn line_comment(bytes: &[u8]) -> Option<usize> {
    let line = memchr::memchr(b'\n', bytes)?;
    Some(memchr::memmem::find(bytes.get(..line)?, b"*/").unwrap_or(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(sql: &str, delimiter: &str) -> Option<String> {
        end(sql.as_bytes(), delimiter.as_bytes()).map(|at| sql[..at].to_owned())
    }

    #[test]
    fn the_first_word_is_found_behind_a_versioned_comment() {
        assert_eq!(opening(b"/*!50003 CREATE*/ x").word, "CREATE");
        assert!(opening(b"/*!40000 ALTER TABLE").in_comment);
        assert_eq!(opening(b"drop table"), Opening { word: "DROP".to_owned(), in_comment: false });
        assert_eq!(opening(b"\x00\x01").word, "");
    }

    #[test]
    fn a_delimiter_in_quotes_or_comments_ends_nothing() {
        assert_eq!(
            split("SET a=';`' -- x;\n /* ; */ , b=`;`; rest", ";").unwrap(),
            "SET a=';`' -- x;\n /* ; */ , b=`;`"
        );
        assert_eq!(split("/*!50003 SET a = ';' ; */; rest", ";").unwrap(), "/*!50003 SET a = ';' ; */");
        assert_eq!(split(r"SET a='it\'s;''x'; rest", ";").unwrap(), r"SET a='it\'s;''x'");
        assert_eq!(split(r"SET `a\`; rest", ";").unwrap(), r"SET `a\`");
    }

    #[test]
    fn a_trigger_ends_at_its_own_delimiter() {
        let body = "/*!50003 CREATE*/ /*!50017 DEFINER=`a`@`b`*/ /*!50003 TRIGGER t BEGIN\n -- don't; stop\n x; y;\nEND */";
        assert_eq!(split(&format!("{body};;\nDELIMITER ;"), ";;").unwrap(), body);
    }

    #[test]
    fn an_unfinished_statement_has_no_end() {
        for sql in
            ["SET a", "SET a='x;", "SET a /* x;", "SET a -- x;", "/*!40101 SET a;", "SET `a;", "SET 'a\\"]
        {
            assert_eq!(end(sql.as_bytes(), b";"), None, "{sql}");
        }
    }
}
