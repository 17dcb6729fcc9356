use proptest::prelude::*;

use super::*;

const MYSQL: Literals = Literals { backslash: true };

fn read(text: &[u8]) -> Value<'_> {
    let mut row = text.to_vec();
    row.push(b',');
    let (span, end) = find(&row, 0, MYSQL).unwrap();
    assert_eq!(end, text.len(), "the value ends where it ends");
    span.read(text, MYSQL)
}

fn text(value: Value<'_>) -> Vec<u8> {
    match value {
        Value::Text { bytes, .. } => bytes.into_owned(),
        Value::Bytes { bytes, .. } => bytes,
        other => panic!("{other:?} is not text"),
    }
}

/// A literal as mysqldump writes it.
fn escape(bytes: &[u8]) -> Vec<u8> {
    let mut literal = vec![b'\''];
    for byte in bytes {
        match byte {
            0 => literal.extend(b"\\0"),
            b'\n' => literal.extend(b"\\n"),
            b'\r' => literal.extend(b"\\r"),
            0x1a => literal.extend(b"\\Z"),
            b'\\' | b'\'' | b'"' => literal.extend([b'\\', *byte]),
            _ => literal.push(*byte),
        }
    }
    literal.push(b'\'');
    literal
}

#[test]
fn null_numbers_and_booleans_are_read() {
    assert_eq!(read(b"NULL"), Value::Null);
    assert_eq!(read(b"null"), Value::Null);
    assert_eq!(read(b"TRUE"), Value::Number(b"1"));
    for number in ["0", "-1", "4294967295", "1.5", "-.5", "6.02e23", "1E-7", "+7", "5."] {
        assert_eq!(read(number.as_bytes()), Value::Number(number.as_bytes()));
    }
}

#[test]
fn every_escape_of_the_manual_is_resolved() {
    assert_eq!(text(read(br#"'a\0\'\"\b\n\r\t\Z\\\%\_\x'"#)), b"a\0'\"\x08\n\r\t\x1a\\\\%\\_x");
    assert_eq!(text(read(b"'it''s'")), b"it's");
    assert_eq!(text(read(br#""say ""hi"" 'now'""#)), b"say \"hi\" 'now'");
    assert_eq!(text(read(br"'ends in a backslash\\'")), b"ends in a backslash\\");
    assert_eq!(text(read(b"''")), b"");
}

#[test]
fn without_backslash_escapes_a_backslash_is_itself() {
    let plain = Literals { backslash: false };
    let (span, _) = find(br"'C:\',", 0, plain).unwrap();
    assert_eq!(text(span.read(br"'C:\',", plain)), br"C:\");
}

#[test]
fn hexadecimal_and_bits_become_bytes() {
    assert_eq!(text(read(b"0x4D7953514c")), b"MySQL");
    assert_eq!(text(read(b"X'4d4D'")), b"MM");
    assert_eq!(text(read(b"0xf")), b"\x0f");
    assert_eq!(text(read(b"b'101'")), b"\x05");
    assert_eq!(text(read(b"0b100000001")), b"\x01\x01");
}

#[test]
fn character_set_prefixes_are_kept_with_the_value() {
    let expected =
        |bytes: &'static [u8], charset| Value::Text { bytes: Cow::Borrowed(bytes), charset: Some(charset) };
    assert_eq!(read(b"_binary 'ab'"), expected(b"ab", Charset::Binary));
    assert_eq!(read(b"_utf8mb4'ab'"), expected(b"ab", Charset::Utf8));
    assert_eq!(read(b"_latin1 '\xe9'"), expected(b"\xe9", Charset::Latin1));
    assert_eq!(read(b"N'ab'"), expected(b"ab", Charset::Utf8));
    assert_eq!(find(b"_gbk 'ab',", 0, MYSQL), Err(Stop::Charset("gbk".to_owned())));
}

#[test]
fn what_is_no_value_is_refused_where_it_stands() {
    for (text, at) in
        [("nul,", 0), ("12a,", 2), ("-,", 1), ("1e,", 2), ("),", 0), ("now(),", 0), ("x'4g',", 3)]
    {
        match find(text.as_bytes(), 0, MYSQL) {
            Err(Stop::Bad { at: found, .. }) => assert_eq!(found, at, "{text}"),
            other => panic!("{text}: {other:?}"),
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_survive_escaping_and_parsing(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert_eq!(text(read(&escape(&bytes))), bytes);
    }

    #[test]
    fn any_bytes_survive_as_hexadecimal(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
        let digits = hex::encode_upper(&bytes);
        prop_assert_eq!(text(read(format!("0x{digits}").as_bytes())), bytes);
    }

    #[test]
    fn a_value_cut_anywhere_asks_for_more(bytes in proptest::collection::vec(any::<u8>(), 0..60), cut in 0_usize..60) {
        let literal = escape(&bytes);
        let cut = cut.min(literal.len() - 1);
        prop_assert_eq!(find(&literal[..cut], 0, MYSQL), Err(Stop::More));
    }

    #[test]
    fn no_input_panics(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        if let Ok((span, end)) = find(&bytes, 0, MYSQL) {
            prop_assert!(end <= bytes.len());
            span.read(&bytes, MYSQL);
        }
    }
}
