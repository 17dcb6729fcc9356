//! Text of the database on its way into a configuration: it must stay what it is, a text.

use crate::engine::one_line;

/// How the mark of the end begins. Scripts count it, so no text of the database may hold it.
pub(super) const MARK: &str = "END_OF_CONFIG_MARKER_FOR_";

/// As the inside of a BIRD string, or the rest of a comment: one line without `"`, which BIRD cannot write.
pub fn label(text: &str) -> String {
    one_line(text).replace('"', "'").replace(MARK, "end of config marker for ")
}

/// Whether BIRD can write a text between quotes as it is. Control characters would end a line or be lost.
pub fn is_quotable(text: &str) -> bool {
    !text.contains(|c: char| c == '"' || c.is_control())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn label_keeps_to_its_line_and_its_quotes() {
        assert_eq!(label("Evil\n\"; protocol static {} #"), "Evil '; protocol static {} #");
        assert_eq!(label("  Zürich */ IX\u{85}\u{2028}x "), "Zürich */ IX x");
    }

    #[test]
    fn label_is_no_mark_of_the_end() {
        assert_eq!(label("# END_OF_CONFIG_MARKER_FOR_rs1"), "# end of config marker for rs1");
    }

    proptest! {
        #[test]
        fn label_is_always_quotable(text: String) {
            prop_assert!(is_quotable(&label(&text)));
        }
    }
}
