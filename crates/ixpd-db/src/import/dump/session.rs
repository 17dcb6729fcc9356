//! The settings a dump makes on its way that change how its text is read.

use std::collections::HashMap;

use super::charset::Charset;
use super::error::DumpProblem;
use super::token::{Token, Tokens};
use super::value::Literals;

/// Variables of the session the dump would have on a server.
pub(super) struct Session {
    /// System variables that matter, by lower-case name.
    system: HashMap<String, String>,
    /// `@saved_cs_client` and the like.
    user: HashMap<String, String>,
}

const CLIENT: &str = "character_set_client";
const TRACKED: [&str; 4] = [CLIENT, "sql_mode", "time_zone", "autocommit"];

impl Session {
    pub(super) fn new() -> Self {
        let system = HashMap::from([
            (CLIENT.to_owned(), "utf8mb4".to_owned()),
            ("sql_mode".to_owned(), String::new()),
            ("time_zone".to_owned(), "SYSTEM".to_owned()),
            ("autocommit".to_owned(), "1".to_owned()),
        ]);
        Self { system, user: HashMap::new() }
    }

    fn get(&self, name: &str) -> &str {
        self.system.get(name).map(String::as_str).unwrap_or_default()
    }

    /// The character set that text literals are in.
    pub(super) fn charset(&self) -> Result<Charset, DumpProblem> {
        Charset::named(self.get(CLIENT))
    }

    pub(super) fn literals(&self) -> Literals {
        Literals { backslash: !self.get("sql_mode").to_ascii_uppercase().contains("NO_BACKSLASH_ESCAPES") }
    }

    /// The zone TIMESTAMP columns are written in: `SYSTEM` or an offset.
    pub(super) fn time_zone(&self) -> &str {
        self.get("time_zone")
    }

    pub(super) fn autocommit(&self) -> bool {
        !matches!(self.get("autocommit"), "0" | "OFF" | "off")
    }

    /// Follows a `SET` statement; `tokens` stand behind the word `SET`.
    pub(super) fn set(&mut self, tokens: Tokens<'_>) {
        let tokens: Vec<Token> = tokens.collect();
        match tokens.as_slice() {
            [names, charset, ..] if names.is("NAMES") => self.names(charset),
            [character, set, charset, ..] if character.is("CHARACTER") && set.is("SET") => {
                self.names(charset);
            }
            list => {
                for assignment in list.split(|token| *token == Token::Mark(b',')) {
                    self.assign(assignment);
                }
            }
        }
    }

    fn names(&mut self, charset: &Token) {
        if let Some(name) = text(charset) {
            self.system.insert(CLIENT.to_owned(), name.to_owned());
        }
    }

    fn assign(&mut self, assignment: &[Token]) {
        let Some(equals) = assignment.iter().position(|token| *token == Token::Mark(b'=')) else { return };
        let (target, value) = assignment.split_at(equals);
        let value = value.get(1..).unwrap_or_default();
        let Some(name) = target.last().and_then(Token::name).map(str::to_ascii_lowercase) else { return };
        let Some(value) = self.evaluate(value) else { return };
        if is_user_variable(target) {
            self.user.insert(name, value);
        } else if TRACKED.contains(&name.as_str()) {
            self.system.insert(name, value);
        }
    }

    /// A literal, `@variable` or `@@variable`; None for anything that would have to be computed.
    fn evaluate(&self, value: &[Token]) -> Option<String> {
        match value {
            [single] => text(single).map(str::to_owned),
            [Token::Mark(b'@'), name] => self.user.get(&name.name()?.to_ascii_lowercase()).cloned(),
            [Token::Mark(b'@'), Token::Mark(b'@'), .., name] => {
                self.system.get(&name.name()?.to_ascii_lowercase()).cloned()
            }
            _ => None,
        }
    }
}

fn is_user_variable(target: &[Token]) -> bool {
    matches!(target, [Token::Mark(b'@'), Token::Word(_) | Token::Name(_)])
}

fn text(token: &Token) -> Option<&str> {
    match token {
        Token::Word(text) | Token::Name(text) | Token::Text(text) => Some(text),
        Token::Mark(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(statements: &[&str]) -> Session {
        let mut session = Session::new();
        for statement in statements {
            let mut tokens = Tokens::new(statement.as_bytes());
            assert!(tokens.next().is_some_and(|token| token.is("SET")));
            session.set(tokens);
        }
        session
    }

    #[test]
    fn names_set_the_character_set_of_the_text() {
        assert_eq!(after(&["/*!40101 SET NAMES latin1 */"]).charset().unwrap(), Charset::Latin1);
        assert_eq!(after(&["SET NAMES 'utf8' COLLATE 'utf8_bin'"]).charset().unwrap(), Charset::Utf8);
        assert!(after(&["SET NAMES sjis"]).charset().is_err());
    }

    #[test]
    fn a_saved_setting_comes_back() {
        let session = after(&[
            "SET NAMES latin1",
            "/*!40101 SET @saved_cs_client     = @@character_set_client */",
            "/*!50503 SET character_set_client = utf8mb4 */",
            "/*!40101 SET character_set_client = @saved_cs_client */",
        ]);
        assert_eq!(session.charset().unwrap(), Charset::Latin1);
    }

    #[test]
    fn modes_and_zone_are_followed_in_lists_of_assignments() {
        let session = after(&[
            "SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO,NO_BACKSLASH_ESCAPES'",
            "SET TIME_ZONE='+00:00'",
            "SET @OLD_AUTOCOMMIT=@@AUTOCOMMIT, @@AUTOCOMMIT=0",
        ]);
        assert!(!session.literals().backslash);
        assert_eq!(session.time_zone(), "+00:00");
        assert!(!session.autocommit());
        let session = after(&[
            "SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES'",
            "SET sql_mode = @unknown",
            "SET sql_mode = ''",
        ]);
        assert!(session.literals().backslash);
    }
}
