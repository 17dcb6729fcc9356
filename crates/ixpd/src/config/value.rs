//! From the text of a setting to its value: Laravel's words for true, false, null and empty, numbers, lists.
//!
//! A parser is a function from text to a value; when it refuses, it says why and what is accepted, without
//! repeating the text, which may be a secret.

use std::{fmt::Display, ops::RangeInclusive, str::FromStr};

/// Why a text is refused: `accepted: …`, perhaps with more before it.
pub(super) type Refusal = String;

/// Whether `text` is Laravel's way to say nothing: blank, `null` or `empty`.
pub(super) fn is_blank(text: &str) -> bool {
    matches!(text.trim().to_ascii_lowercase().as_str(), "" | "null" | "(null)" | "empty" | "(empty)")
}

/// Whether `text` says that an optional thing isn't there: blank or `false`.
pub(super) fn is_absent(text: &str) -> bool {
    is_blank(text) || matches!(text.trim().to_ascii_lowercase().as_str(), "false" | "(false)")
}

/// Whether `text` is Laravel's `false`, and not one of its ways to say nothing.
pub(super) fn is_false(text: &str) -> bool {
    is_absent(text) && !is_blank(text)
}

/// `true` or `false` in any of the ways that operators write them. Nothing means false, as in PHP.
pub(super) fn boolean(text: &str) -> Result<bool, Refusal> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "(true)" | "1" | "on" | "yes" => Ok(true),
        "false" | "(false)" | "0" | "off" | "no" => Ok(false),
        _ if is_blank(text) => Ok(false),
        _ => Err("accepted: true or false (also 1 or 0, on or off, yes or no)".to_owned()),
    }
}

/// Any text.
#[expect(clippy::unnecessary_wraps, reason = "a parser, and this one has nothing to refuse")]
pub(super) fn text(text: &str) -> Result<String, Refusal> {
    Ok(text.to_owned())
}

/// What the type itself reads, where its error says what is accepted.
pub(super) fn from_str<T: FromStr<Err: Display>>(text: &str) -> Result<T, Refusal> {
    text.trim().parse().map_err(|error: T::Err| error.to_string())
}

/// A whole number within `range`.
pub(super) fn whole_number<T>(range: RangeInclusive<T>) -> impl Fn(&str) -> Result<T, Refusal>
where
    T: FromStr + PartialOrd + Display,
{
    move |text| {
        let number = text.trim().parse().ok().filter(|number| range.contains(number));
        number.ok_or_else(|| format!("accepted: a whole number from {} to {}", range.start(), range.end()))
    }
}

/// One of some words, whatever their case.
pub(super) fn one_of<T: Copy>(words: &'static [(&'static str, T)]) -> impl Fn(&str) -> Result<T, Refusal> {
    move |text| {
        let found = words.iter().find(|(word, _)| text.trim().eq_ignore_ascii_case(word));
        found.map(|(_, value)| *value).ok_or_else(|| {
            let words: Vec<_> = words.iter().map(|(word, _)| *word).collect();
            format!("accepted: {}", words.join(", "))
        })
    }
}

/// A list whose items are separated by any of `separators`. White space around items and empty items don't count.
pub(super) fn list<T>(
    separators: &'static [char],
    item: impl Fn(&str) -> Result<T, Refusal>,
) -> impl Fn(&str) -> Result<Vec<T>, Refusal> {
    move |text| {
        if is_absent(text) {
            return Ok(Vec::new());
        }
        text.split(separators).map(str::trim).filter(|text| !text.is_empty()).map(&item).collect()
    }
}

/// One e-mail address. What a mail server makes of it is its own business: only what can't be one is refused.
pub(super) fn email(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let fits = text.rsplit_once('@').is_some_and(|(local, domain)| {
        let forbidden =
            |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';' | '@');
        !local.is_empty() && !domain.is_empty() && !text.replacen('@', "", 1).contains(forbidden)
    });
    if fits {
        Ok(text.to_owned())
    } else {
        Err("accepted: one e-mail address such as noc@example.com".to_owned())
    }
}

/// A host name or an address, as it is written into a connection or a greeting.
pub(super) fn host(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let fits = !text.is_empty()
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '[' | ']'));
    if fits { Ok(text.to_owned()) } else { Err("accepted: a host name or an IP address".to_owned()) }
}

/// One e-mail address; none for a word such as `false`, which is IXP Manager's default of some.
pub(super) fn email_or_off(text: &str) -> Result<Option<String>, Refusal> {
    if boolean(text) == Ok(false) { Ok(None) } else { email(text).map(Some) }
}

/// The address of a web service, without a slash at its end.
pub(super) fn web_address(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let url = url::Url::parse(text).ok();
    let fits = url.is_some_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if fits {
        Ok(text.trim_end_matches('/').to_owned())
    } else {
        Err("accepted: an address beginning with https:// or http://".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_addresses_are_of_the_web() {
        assert_eq!(web_address(" https://example.net/api/ "), Ok("https://example.net/api".to_owned()));
        for text in ["example.net", "ftp://example.net", "https://", "file:///etc/passwd", ""] {
            assert!(web_address(text).is_err(), "{text}");
        }
    }

    #[test]
    fn address_can_be_switched_off_by_a_word() {
        for text in ["false", "(false)", "0", "off"] {
            assert_eq!(email_or_off(text), Ok(None), "{text}");
        }
        assert_eq!(email_or_off("notes@example.net"), Ok(Some("notes@example.net".to_owned())));
        assert!(email_or_off("true").is_err());
    }

    #[test]
    fn booleans_are_written_in_many_ways() {
        for text in ["true", "(true)", "TRUE", "1", "on", "Yes", " true "] {
            assert_eq!(boolean(text), Ok(true), "{text}");
        }
        for text in ["false", "(false)", "0", "off", "No", "", "null", "(null)", "empty", "(empty)", " "] {
            assert_eq!(boolean(text), Ok(false), "{text}");
        }
        for text in ["2", "ja", "truee", "-1", "enabled"] {
            assert!(
                boolean(text).is_err_and(|refusal| refusal.starts_with("accepted: true or false")),
                "{text}"
            );
        }
    }

    #[test]
    fn numbers_are_held_to_their_range() {
        let port = whole_number(1_u16..=65535);
        assert_eq!(port(" 25 "), Ok(25));
        for text in ["0", "65536", "-1", "1.5", "x", "", "99999999999999999999"] {
            assert_eq!(port(text), Err("accepted: a whole number from 1 to 65535".to_owned()), "{text}");
        }
    }

    #[test]
    fn words_are_found_whatever_their_case() {
        let word = one_of(&[("smtp", 1), ("log", 2)]);
        assert_eq!((word("SMTP"), word(" log ")), (Ok(1), Ok(2)));
        assert_eq!(word("pigeon"), Err("accepted: smtp, log".to_owned()));
    }

    #[test]
    fn lists_are_split_and_trimmed() {
        let list = list(&['|', ','], text);
        assert_eq!(list("a| b ,,c|"), Ok(vec!["a".to_owned(), "b".to_owned(), "c".to_owned()]));
        for text in ["", "false", "null", "||", " "] {
            assert_eq!(list(text), Ok(Vec::new()), "{text}");
        }
    }

    #[test]
    fn list_is_refused_for_any_bad_item() {
        assert!(list(&['|'], whole_number(1..=9))("1|x|3").is_err());
    }

    #[test]
    fn what_can_not_be_an_address_is_refused() {
        for text in ["noc@example.com", " o'neil+x@example.ie ", "a@b"] {
            assert_eq!(email(text), Ok(text.trim().to_owned()));
        }
        for text in
            ["", "noc", "@example.com", "noc@", "a b@example.com", "a@b, c@d", "N <a@b>", "a@b@c", "a\n@b"]
        {
            assert!(email(text).is_err(), "{text}");
        }
    }

    #[test]
    fn hosts_have_no_spaces_or_slashes() {
        for text in ["localhost", "mail.example.com", "192.0.2.1", "2001:db8::1", "[2001:db8::1]"] {
            assert_eq!(host(text), Ok(text.to_owned()));
        }
        for text in ["", "a b", "http://x", "a/b", "a\nb"] {
            assert!(host(text).is_err(), "{text}");
        }
    }
}
