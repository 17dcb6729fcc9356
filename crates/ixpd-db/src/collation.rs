//! The collation of IXP Manager's columns, MySQL's `utf8mb3_unicode_ci`: it ignores case, accents and trailing spaces.
//!
//! Columns of SQLite are `NOCASE`, by which its indices are made and which every program can read: it knows the case of
//! ASCII letters alone. What decides something, or puts names into an order, is compared by this collation instead, see
//! [`crate::dialect::by_text`].

use std::cmp::Ordering;

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// Punctuation and symbols of ASCII in the order of the Unicode collation algorithm 4.0.0; other control characters count
/// for nothing.
const SYMBOLS: &str = "\t\n\u{b}\u{c}\r `^_-,;:!?.'\"()[]{}@*/\\&#%+<=>|~$";
/// Weights of the classes that follow each other: symbols, digits, Latin letters, other letters.
const OTHER_SYMBOLS: u32 = 0x100;
const DIGITS: u32 = 0x20_0000;
const LATIN: u32 = 0x30_0000;
const OTHER_LETTERS: u32 = 0x40_0000;
/// Between two Latin letters there is room for those that have no decomposition, such as `ø`.
const STEP: u32 = 4;

/// Compares two texts as MySQL does by `utf8mb3_unicode_ci`. Latin letters, digits and the punctuation of ASCII have its
/// order exactly; other symbols and other scripts follow by code point.
pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    if a.is_ascii() && b.is_ascii() {
        return in_order(a.chars().filter_map(ascii), b.chars().filter_map(ascii));
    }
    in_order(weights(a), weights(b))
}

/// Compares weights; the shorter text is as long as the other by spaces.
fn in_order(mut a: impl Iterator<Item = u32>, mut b: impl Iterator<Item = u32>) -> Ordering {
    let space = ascii(' ').unwrap_or_default();
    loop {
        let order = match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (a, b) => a.unwrap_or(space).cmp(&b.unwrap_or(space)),
        };
        if order.is_ne() {
            return order;
        }
    }
}

fn weights(text: &str) -> impl Iterator<Item = u32> {
    text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(|c| {
        let (first, second) = match c {
            'ß' | 'ẞ' => (ascii('s'), ascii('s')),
            'œ' | 'Œ' => (ascii('o'), ascii('e')),
            c if c.is_ascii() => (ascii(c), None),
            c => (other(c), None),
        };
        first.into_iter().chain(second)
    })
}

fn ascii(c: char) -> Option<u32> {
    match c {
        '0'..='9' => Some(DIGITS + u32::from(c)),
        'a'..='z' | 'A'..='Z' => Some(LATIN + STEP * (u32::from(c.to_ascii_lowercase()) - u32::from('a'))),
        _ => SYMBOLS.find(c).and_then(|place| u32::try_from(place + 1).ok()),
    }
}

fn other(c: char) -> Option<u32> {
    let lower = c.to_lowercase().next().unwrap_or(c);
    let (after, place) = match lower {
        'æ' => ('a', 1),
        'đ' => ('d', 1),
        'ð' => ('d', 2),
        'ħ' => ('h', 1),
        'ı' => ('i', 1),
        'ł' => ('l', 1),
        'ŋ' => ('n', 1),
        'ø' => ('o', 1),
        'ĸ' => ('q', 1),
        'ŧ' => ('t', 1),
        'þ' => ('z', 1),
        c if c.is_control() => return None,
        c if c.is_alphanumeric() => return Some(OTHER_LETTERS + u32::from(c)),
        c => return Some(OTHER_SYMBOLS + u32::from(c)),
    };
    ascii(after).map(|weight| weight + place)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn case_accents_and_trailing_spaces_count_for_nothing() {
        for (a, b) in [
            ("Member", "mEMBER"),
            ("Zürich", "ZURICH"),
            ("Straße", "strasse"),
            ("sw1 ", "sw1"),
            ("", "  "),
            ("e\u{301}", "é"),
            ("ΑΒΓ", "αβγ"),
            ("Œuvre", "oeuvre"),
        ] {
            assert_eq!(compare(a, b), Ordering::Equal, "{a} {b}");
        }
        for (a, b) in
            [("sw1", "sw10"), (" sw1", "sw1"), ("a b", "ab"), ("ø", "o"), ("sw-1", "sw_1"), ("a\t", "a")]
        {
            assert_ne!(compare(a, b), Ordering::Equal, "{a} {b}");
        }
    }

    #[test]
    fn letters_without_a_decomposition_stand_behind_the_letter_they_come_from() {
        let mut names =
            ["Zet", "Østfold", "Osaka", "Æther", "Azur", "Bonn", "Łódź", "Lyon", "9net", "_x", "Þing"];
        names.sort_by(|a, b| compare(a, b));
        assert_eq!(
            names,
            ["_x", "9net", "Azur", "Æther", "Bonn", "Lyon", "Łódź", "Osaka", "Østfold", "Zet", "Þing"]
        );
    }

    proptest! {
        /// SQLite sorts by it, which must end.
        #[test]
        fn any_texts_have_one_order(a: String, b: String, c: String) {
            prop_assert_eq!(compare(&a, &a), Ordering::Equal);
            prop_assert_eq!(compare(&a, &b), compare(&b, &a).reverse());
            if compare(&a, &b).is_le() && compare(&b, &c).is_le() {
                prop_assert!(compare(&a, &c).is_le());
            }
        }
    }
}
