//! Characters of texts that people enter.

/// Returns why a text can't be stored in a field of one line: a control character, of which terminals, mail headers and
/// configurations make something else than text, or a separator of lines or paragraphs.
pub fn one_line_problem(text: &str) -> Option<String> {
    let refused = text.chars().find(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'));
    refused.map(|character| problem(character, "one line of text without control characters"))
}

/// Returns why a text can't be stored in a field of several lines: a control character that is neither a tab nor the end
/// of a line, which is LF or CR LF.
pub fn lines_problem(text: &str) -> Option<String> {
    let mut before = None;
    // Backwards, so that what follows a CR is known.
    let refused = text.chars().rev().find(|character| {
        let ends_line = *character == '\r' && before == Some('\n');
        before = Some(*character);
        character.is_control() && !matches!(character, '\n' | '\t') && !ends_line
    });
    refused.map(|character| problem(character, "text, tabs and ends of lines (LF or CR LF)"))
}

fn problem(character: char, accepted: &str) -> String {
    format!("The character U+{:04X} can't be stored here; accepted: {accepted}.", u32::from(character))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_refused_and_letters_of_any_script_are_not() {
        for text in ["", "Ann O'Neill", "Größe", "שלום\u{200f}", "日本", "👩\u{200d}💻"] {
            assert_eq!((one_line_problem(text), lines_problem(text)), (None, None), "{text}");
        }
        for text in ["\0", "a\u{1b}[2J", "\u{7f}", "\u{85}", "\r", "a\rb\n", "\r\r\n"] {
            assert!(one_line_problem(text).is_some() && lines_problem(text).is_some(), "{text:?}");
        }
        for text in ["\n", "a\r\nb", "\tb\n", "\u{2028}", "\u{2029}"] {
            assert!(one_line_problem(text).is_some(), "{text:?}");
            assert_eq!(lines_problem(text), None, "{text:?}");
        }
        let problem = one_line_problem("a\nb").unwrap();
        assert!(problem.contains("U+000A") && !problem.contains('\n'), "{problem}");
    }
}
