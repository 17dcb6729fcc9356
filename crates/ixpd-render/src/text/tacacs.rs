//! Users for TACACS+ and the like.
//!
//! A user block is made of words between white space and braces. A [`Word`] can't hold either, nor quotes or a comment
//! sign; a user whose name isn't one has no block.

use chrono::NaiveDateTime;
use serde::Serialize;

use super::{OneLine, TextContext, samples_at, seconds};

/// A word that stands without quotes: letters, digits and `-_.@+`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Word(String);

impl Word {
    /// A text that is one.
    pub fn new(text: &str) -> Option<Self> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.@+".contains(&byte);
        (!text.is_empty() && text.bytes().all(fits)).then(|| Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A bcrypt hash.
#[derive(Clone, Serialize)]
pub struct BcryptHash(String);

impl BcryptHash {
    /// A stored hash (`$2y$10$…`) with another prefix: systems differ in which they know.
    pub fn with_prefix(stored: &str, prefix: &Word) -> Option<Self> {
        let rest = stored.get(3..)?;
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"$./".contains(&byte);
        let is_bcrypt = stored.starts_with("$2") && rest.starts_with('$') && rest.bytes().all(fits);
        is_bcrypt.then(|| Self(format!("${}{rest}", prefix.0)))
    }
}

impl std::fmt::Debug for BcryptHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

/// The users that were asked for.
#[derive(Clone, Debug, Serialize)]
pub struct Formatted {
    /// Wall clock of the exchange.
    #[serde(serialize_with = "seconds")]
    pub generated_at: NaiveDateTime,
    /// The group that each belongs to.
    pub group: Word,
    /// What the hashes begin with, between the `$`.
    pub bcrypt: Word,
    /// The privilege that was asked for.
    pub r#priv: Option<i32>,
    /// The user names that were asked for.
    pub req_users: Vec<Word>,
    pub users: Vec<FormattedUser>,
    /// Those whose name or hash can't stand in the file: a line each.
    pub left_out: Vec<OneLine>,
}

/// A user.
#[derive(Clone, Debug, Serialize)]
pub struct FormattedUser {
    pub id: i32,
    pub username: Word,
    pub hash: BcryptHash,
}

impl TextContext for Formatted {
    const FOLDER: &'static str = "user/formatted";

    fn samples() -> Vec<Self> {
        let word = |text: &str| Word(text.to_owned());
        let user = |id, name: &str| FormattedUser {
            id,
            username: word(name),
            hash: BcryptHash("$2y$10$QXNhbXBsZWhhc2h0aGF0aXNubwsample".to_owned()),
        };
        let all = Self {
            generated_at: samples_at(),
            group: word("admin"),
            bcrypt: word("2y"),
            r#priv: None,
            req_users: Vec::new(),
            users: vec![user(1, "ada"), user(2, "bob")],
            left_out: vec![OneLine::new("user.id 3 (a b): left out: the name can't stand here")],
        };
        let some = Self { req_users: vec![word("ada"), word("eve")], left_out: Vec::new(), ..all.clone() };
        let none = Self { r#priv: Some(3), users: Vec::new(), left_out: Vec::new(), ..all.clone() };
        vec![all, some, none]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefix_of_a_hash_is_replaced() {
        let prefix = Word::new("2a").expect("a word");
        let hash = |stored: &str| BcryptHash::with_prefix(stored, &prefix).map(|hash| hash.0);
        assert_eq!(hash("$2y$10$abc./DEF").as_deref(), Some("$2a$10$abc./DEF"));
        assert_eq!(hash("$2b$13$abc").as_deref(), Some("$2a$13$abc"));
        for odd in ["", "plain", "$2y", "$2y$10$a\"b", "$2y$10$a b", "$1$abc", "$2yé"] {
            assert_eq!(hash(odd), None, "{odd}");
        }
    }

    #[test]
    fn words_hold_nothing_that_ends_them() {
        for good in ["ada", "ada.lovelace-1@example", "a_b+c"] {
            assert!(Word::new(good).is_some(), "{good}");
        }
        for bad in ["", "a b", "a\nb", "a{", "a}", "a\"", "a#", "a=b", "é"] {
            assert!(Word::new(bad).is_none(), "{bad}");
        }
    }
}
