//! What stands between rows: comments, statements that set something, definitions, the end.

use std::io::Read;

use super::super::definition;
use super::super::error::{DumpError, DumpProblem, Found};
use super::super::insert;
use super::super::statement::{self, PEEK};
use super::super::token::{Comment, Tokens, comment};
use super::{DumpReader, RowsHead, Step};

const IN_A_STATEMENT: &str = "in the middle of a statement";

impl<R: Read> DumpReader<R> {
    pub(super) fn skip_trivia(&mut self) -> Result<(), DumpError> {
        loop {
            self.fill(16)?;
            let bytes = self.window.bytes();
            match bytes {
                [byte, ..] if byte.is_ascii_whitespace() => {
                    let blanks = bytes.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
                    self.window.consume(blanks);
                }
                [0xef, 0xbb, 0xbf, ..] if !self.seen.statement => self.window.consume(3),
                [b'#', ..] | [b'-', b'-'] | [b'-', b'-', b' ' | b'\t' | b'\n' | b'\r', ..] => {
                    self.line_comment()?;
                }
                [b'/', b'*', ..] if comment(bytes) == Comment::Plain => self.block_comment()?,
                _ => return Ok(()),
            }
        }
    }

    fn line_comment(&mut self) -> Result<(), DumpError> {
        let end = loop {
            if let Some(end) = memchr::memchr(b'\n', self.window.bytes()) {
                break end;
            }
            if !self.try_more("a comment")? {
                break self.window.bytes().len();
            }
        };
        let text = self.window.bytes().get(..end).unwrap_or_default();
        let text = text.strip_prefix(b"--").unwrap_or(text).trim_ascii();
        let foreign = text.starts_with(b"PostgreSQL database dump");
        self.seen.title |= text.starts_with(b"MySQL dump") || text.starts_with(b"MariaDB dump");
        self.seen.completed |= text.starts_with(b"Dump completed");
        if foreign {
            return Err(self.problem(0, DumpProblem::NotADump("it is a dump of PostgreSQL".to_owned())));
        }
        self.window.consume(end);
        Ok(())
    }

    fn block_comment(&mut self) -> Result<(), DumpError> {
        loop {
            if let Some(end) = memchr::memmem::find(self.window.bytes(), b"*/") {
                self.window.consume(end + 2);
                return Ok(());
            }
            self.more("a comment", "in the middle of a comment")?;
        }
    }

    /// Reads one statement; a step if it means something to the caller.
    pub(super) fn statement(&mut self) -> Result<Option<Step>, DumpError> {
        self.fill(PEEK)?;
        let opening = statement::opening(self.window.bytes());
        match opening.word.as_str() {
            "INSERT" | "REPLACE" if !opening.in_comment => {
                self.seen.statement = true;
                self.seen.transaction |= !self.session.autocommit();
                if self.databases.admits() {
                    self.begin_rows()?;
                    return Ok(Some(Step::Rows));
                }
                let length = self.end_of_statement()?;
                self.window.consume(length + self.delimiter.len());
                Ok(None)
            }
            "DELIMITER" => self.set_delimiter().map(|()| None),
            "CREATE" | "SET" | "USE" | "DROP" | "LOCK" | "UNLOCK" | "ALTER" | "START" | "BEGIN"
            | "COMMIT" | "ROLLBACK" | "FLUSH" | "GRANT" | "REVOKE" | "ANALYZE" | "OPTIMIZE" | "CHANGE"
            | "STOP" | "DO" => {
                let length = self.end_of_statement()?;
                self.seen.statement = true;
                let step = self.follow(&opening.word, opening.in_comment, length)?;
                self.window.consume(length + self.delimiter.len());
                Ok(step)
            }
            "INSERT" | "REPLACE" | "UPDATE" | "DELETE" | "TRUNCATE" | "LOAD" | "CALL" | "EXECUTE"
            | "PREPARE" => Err(self.problem(0, DumpProblem::Statement(opening.word))),
            _ => Err(self.not_a_dump(&opening.word)),
        }
    }

    fn end_of_statement(&mut self) -> Result<usize, DumpError> {
        loop {
            if let Some(end) = statement::end(self.window.bytes(), &self.delimiter) {
                return Ok(end);
            }
            self.more("a statement", IN_A_STATEMENT)?;
        }
    }

    /// Does what the statement of `length` bytes asks for.
    fn follow(&mut self, word: &str, in_comment: bool, length: usize) -> Result<Option<Step>, DumpError> {
        let mut tokens = Tokens::new(self.window.bytes().get(..length).unwrap_or_default());
        tokens.next();
        match word {
            "SET" => {
                let before = self.session.autocommit();
                self.session.set(tokens);
                if self.session.autocommit() != before {
                    self.seen.transaction = before;
                }
            }
            "START" => self.seen.transaction |= tokens.next().is_some_and(|word| word.is("TRANSACTION")),
            "BEGIN" => self.seen.transaction = true,
            "COMMIT" | "ROLLBACK" => self.seen.transaction = false,
            "LOCK" => self.seen.lock = true,
            "UNLOCK" => self.seen.lock = false,
            "USE" => {
                let name = tokens.next().and_then(|token| token.name().map(str::to_owned));
                self.databases.begin(name.unwrap_or_default());
            }
            // A table inside a versioned comment stands in for a view until the view itself is made.
            "CREATE" if !in_comment && tokens.next().is_some_and(|word| word.is("TABLE")) => {
                if !self.databases.admits() {
                    return Ok(None);
                }
                return match definition::table(&mut tokens) {
                    Some(table) => {
                        let name = table.name.clone();
                        self.tables.insert(name.clone(), table);
                        Ok(Some(Step::Table(name)))
                    }
                    None => Err(self.syntax(0, "a CREATE TABLE with its columns")),
                };
            }
            _ => {}
        }
        Ok(None)
    }

    /// `DELIMITER ;;` is a line for the client, not a statement.
    fn set_delimiter(&mut self) -> Result<(), DumpError> {
        while memchr::memchr(b'\n', self.window.bytes()).is_none() {
            self.more("a statement", IN_A_STATEMENT)?;
        }
        let bytes = self.window.bytes();
        let line = memchr::memchr(b'\n', bytes).unwrap_or(bytes.len());
        let word = bytes.get("DELIMITER".len()..line).unwrap_or_default().trim_ascii().to_vec();
        if word.is_empty() {
            return Err(self.syntax(line, "a delimiter"));
        }
        self.delimiter = word;
        self.window.consume(line);
        Ok(())
    }

    fn begin_rows(&mut self) -> Result<(), DumpError> {
        let (head, length) = self.parse("a statement", |reader| insert::head(reader.window.bytes()))?;
        let columns = match head.columns {
            Some(columns) => columns,
            None => match self.tables.get(&head.table) {
                Some(table) => table.columns.iter().map(|column| column.name.clone()).collect(),
                None => return Err(self.problem_of(Some(head.table), 0, DumpProblem::NoDefinition)),
            },
        };
        let charset = match self.session.charset() {
            Ok(charset) => charset,
            Err(problem) => return Err(self.problem_of(Some(head.table), 0, problem)),
        };
        self.literals = self.session.literals();
        self.window.consume(length);
        self.head = Some(RowsHead { table: head.table, columns, charset });
        self.row = 0;
        Ok(())
    }

    pub(super) fn finish(&mut self) -> Result<(), DumpError> {
        let seen = &self.seen;
        let half = seen.title && !seen.completed;
        let problem = if !seen.statement && !half {
            DumpProblem::Empty
        } else if seen.lock {
            DumpProblem::Truncated("while a table is still locked for its rows")
        } else if seen.transaction {
            DumpProblem::Truncated("before the COMMIT of its rows")
        } else if half {
            DumpProblem::Truncated("before the line `-- Dump completed`")
        } else if let Some(problem) = self.databases.problem() {
            problem
        } else {
            return Ok(());
        };
        Err(self.problem(0, problem))
    }

    fn not_a_dump(&mut self, word: &str) -> DumpError {
        let begun = self.seen.statement || self.seen.title;
        let bytes = self.window.bytes();
        if begun && bytes.len() < PEEK && statement::end(bytes, &self.delimiter).is_none() {
            let end = bytes.len();
            return self.problem(end, DumpProblem::Truncated(IN_A_STATEMENT));
        }
        let reason = match self.window.bytes() {
            bytes if is_message(bytes) => {
                return self.problem(0, DumpProblem::MessageInDump);
            }
            bytes if bytes.starts_with(b"SQLite format 3") => "it is an SQLite database file".to_owned(),
            bytes if bytes.starts_with(b"PGDMP") => "it is a dump of PostgreSQL".to_owned(),
            bytes if bytes.starts_with(b"<") => "it is XML or HTML; make the dump without --xml".to_owned(),
            [byte, ..] if word.is_empty() => format!("no statement begins with {}", Found(Some(*byte))),
            _ => format!("no statement of a dump begins with `{word}`"),
        };
        self.problem(0, DumpProblem::NotADump(reason))
    }
}

/// Whether a line of standard error stands here: `mysqldump: [Warning] Using a password …`, `mariadb-dump: Error …`,
/// `mysqldump: Got error …`.
fn is_message(bytes: &[u8]) -> bool {
    [&b"mysqldump: "[..], b"mariadb-dump: ", b"mysqldump.exe: "].iter().any(|name| bytes.starts_with(name))
}
