//! Comparing column types: what is the same in other words, what can be read, and what can't.

use super::DifferenceKind;

/// What the driver can read a column as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    Signed,
    Unsigned,
    Text,
    Json,
    Date,
    DateTime,
    Other,
}

/// `None` if both types are the same, whatever their display width.
pub(super) fn compare(expected: &str, found: &str) -> Option<DifferenceKind> {
    let found = found.to_ascii_lowercase();
    if without_width(expected) == without_width(&found) || (expected == "json" && found == "longtext") {
        return None;
    }
    let names = (expected.to_owned(), found.clone());
    if can_be_read(expected, &found) {
        Some(DifferenceKind::Type { expected: names.0, found: names.1 })
    } else {
        Some(DifferenceKind::Undecodable { expected: names.0, found: names.1 })
    }
}

/// In a table that nothing reads, no type is a reason to stop.
pub(super) fn harmless(kind: DifferenceKind) -> DifferenceKind {
    match kind {
        DifferenceKind::Undecodable { expected, found } => DifferenceKind::Type { expected, found },
        other => other,
    }
}

pub(super) fn is_date(column_type: &str) -> bool {
    matches!(family(column_type), Family::Date | Family::DateTime)
}

fn can_be_read(expected: &str, found: &str) -> bool {
    match (family(expected), family(found)) {
        (_, Family::Other) | (Family::Other, _) => false,
        // A flag is read from an integer of any kind; JSON is read from text, too.
        (Family::Signed, Family::Unsigned) => expected == "tinyint(1)",
        (Family::Json, Family::Text) => true,
        (expected, found) => expected == found,
    }
}

fn family(column_type: &str) -> Family {
    let base = column_type.split(['(', ' ']).next().unwrap_or_default();
    match base {
        "tinyint" | "smallint" | "mediumint" | "int" | "bigint" if column_type.contains("unsigned") => {
            Family::Unsigned
        }
        "tinyint" | "smallint" | "mediumint" | "int" | "bigint" => Family::Signed,
        "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" | "enum" => Family::Text,
        "json" => Family::Json,
        "date" => Family::Date,
        "datetime" | "timestamp" => Family::DateTime,
        _ => Family::Other,
    }
}

/// Integers are shown with a display width by some servers and without by others.
fn without_width(column_type: &str) -> String {
    if !matches!(family(column_type), Family::Signed | Family::Unsigned) {
        return column_type.to_owned();
    }
    match (column_type.find('('), column_type.find(')')) {
        (Some(open), Some(close)) if open < close => {
            format!("{}{}", &column_type[..open], &column_type[close + 1..])
        }
        _ => column_type.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readable(expected: &str, found: &str) -> Option<bool> {
        compare(expected, found).map(|kind| matches!(kind, DifferenceKind::Type { .. }))
    }

    #[test]
    fn display_width_and_the_two_spellings_of_json_are_no_difference() {
        for (expected, found) in [
            ("int", "int(11)"),
            ("int unsigned", "int(10) unsigned"),
            ("tinyint(1)", "tinyint"),
            ("json", "longtext"),
            ("varchar(255)", "VARCHAR(255)"),
        ] {
            assert_eq!(compare(expected, found), None, "{expected} {found}");
        }
    }

    #[test]
    fn another_length_or_width_can_be_read() {
        for (expected, found) in [
            ("varchar(255)", "varchar(100)"),
            ("int", "bigint(20)"),
            ("datetime", "timestamp"),
            ("json", "text"),
            ("tinyint(1)", "tinyint(3) unsigned"),
        ] {
            assert_eq!(readable(expected, found), Some(true), "{expected} {found}");
        }
    }

    #[test]
    fn another_sign_or_kind_cannot_be_read() {
        for (expected, found) in [
            ("int", "int(10) unsigned"),
            ("bigint unsigned", "bigint(20)"),
            ("date", "datetime"),
            ("varchar(255)", "json"),
            ("varchar(255)", "varbinary(255)"),
            ("int", "decimal(10,0)"),
        ] {
            assert_eq!(readable(expected, found), Some(false), "{expected} {found}");
        }
    }
}
