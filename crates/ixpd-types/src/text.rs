//! Characters of foreign text that change how a reader takes what is around them.

/// Whether a character is no part of a name but an instruction: a control character (terminals act on them), a line or
/// paragraph separator, or one that changes the direction of the text around it (Unicode Technical Standard #55).
pub fn is_instruction(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        )
}

#[cfg(test)]
mod tests {
    use super::is_instruction;

    #[test]
    fn letters_of_any_script_are_none() {
        for text in ["Example IX", "Größe", "שלום", "日本", "naïve – “x”", "👩\u{200d}💻"]
        {
            assert!(!text.contains(is_instruction), "{text}");
        }
        for text in [
            "\n",
            "\r",
            "\0",
            "\u{1b}[2J",
            "\u{85}",
            "\u{2028}",
            "\u{2029}",
            "\u{202e}",
            "\u{2067}",
            "\u{200f}",
        ] {
            assert!(text.contains(is_instruction), "{text:?}");
        }
    }
}
