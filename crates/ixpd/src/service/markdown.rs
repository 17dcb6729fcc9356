//! Markdown as HTML that is safe to show: rendered by one crate, cleaned by another.

use crate::{error::AppError, heavy::Heavy};
use pulldown_cmark::{Event, Options, Parser, html};

/// The longest text that is rendered, in bytes: what the column of notes holds.
pub const LONGEST: usize = 65_535;
/// How deep lists, quotations and the like may nest. Deeper ones serve nobody, and cleaning them takes long.
const DEEPEST: usize = 50;

/// As [`to_html`], for a text of somebody else's, which may be made to take a while: other requests don't wait for it.
///
/// # Errors
/// 503 when too many wait already.
pub async fn render(heavy: &Heavy, text: String) -> Result<String, AppError> {
    heavy.run(move || to_html(&text)).await
}

/// As [`clean`], likewise.
///
/// # Errors
/// 503 when too many wait already.
pub async fn make_safe(heavy: &Heavy, html: String) -> Result<String, AppError> {
    heavy.run(move || clean(&html)).await
}

/// The HTML of a Markdown text: no scripts, styles or frames, links only to the web and to mail.
pub fn to_html(text: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut rendered = String::with_capacity(text.len() * 3 / 2);
    let mut depth = 0_usize;
    let events = Parser::new_ext(text, options).filter(|event| match event {
        Event::Start(_) => {
            depth += 1;
            depth <= DEEPEST
        }
        Event::End(_) => {
            depth -= 1;
            depth < DEEPEST
        }
        _ => true,
    });
    html::push_html(&mut rendered, events);
    clean(&rendered)
}

/// HTML without what could do harm.
pub fn clean(html: &str) -> String {
    let mut cleaner = ammonia::Builder::default();
    cleaner.url_schemes(["http", "https", "mailto"].into()).link_rel(Some("noopener noreferrer nofollow"));
    cleaner.clean(html).to_string()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn markdown_becomes_html() {
        let html = to_html(
            "# Plans\n\nA *second* port, **soon**:\n\n1. order\n2. wire\n\n| a | b |\n|---|---|\n| 1 | 2 |\n",
        );
        for part in ["<h1>Plans</h1>", "<em>second</em>", "<strong>soon</strong>", "<ol>", "<td>1</td>"] {
            assert!(html.contains(part), "{part} in {html}");
        }
        assert!(to_html("[a](https://example.net)").contains(r#"href="https://example.net""#));
        assert_eq!(to_html(""), "");
    }

    #[test]
    fn html_in_a_text_keeps_its_elements_and_loses_styles_and_classes() {
        for (text, expected) in [
            ("a <u>b</u> <b>c</b>", "<p>a <u>b</u> <b>c</b></p>\n"),
            ("a <span style=\"color:red\">b</span>", "<p>a <span>b</span></p>\n"),
            (
                "<table class=\"x\"><tr><td>1</td></tr></table>",
                "<table><tbody><tr><td>1</td></tr></tbody></table>",
            ),
            ("<h5>a</h5>", "<h5>a</h5>"),
            ("> a", "<blockquote>\n<p>a</p>\n</blockquote>\n"),
            ("~~a~~", "<p><del>a</del></p>\n"),
        ] {
            assert_eq!(to_html(text), expected, "{text}");
        }
        assert_eq!(
            to_html("<a href=\"https://example.net\" target=\"_blank\">a</a>"),
            "<p><a href=\"https://example.net\" rel=\"noopener noreferrer nofollow\">a</a></p>\n"
        );
    }

    #[test]
    fn what_could_do_harm_is_left_out() {
        for text in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "[a](javascript:alert(1))",
            "[a](JaVaScRiPt:alert(1))",
            "![a](data:text/html;base64,PHNjcmlwdD4=)",
            "<iframe src=//example.com></iframe>",
            "<a href=\"vbscript:x\">a</a>",
            "<svg><script>alert(1)</script></svg>",
            "<math><mtext></p><script>alert(1)</script>",
            "<style>*{display:none}</style>",
            "<form action=/logout method=post><button>x</button></form>",
            "<b style=\"background:url(//example.com)\" onclick=x>b</b>",
        ] {
            let html = to_html(text).to_lowercase();
            for harm in [
                "<script",
                "onerror",
                "onclick",
                "javascript:",
                "vbscript:",
                "data:",
                "<iframe",
                "<svg",
                "<style",
                "<form",
                "style=",
            ] {
                assert!(!html.contains(harm), "{text} became {html}");
            }
        }
    }

    /// An eighth of the longest text: builds without optimization take a hundred times as long.
    #[test]
    fn text_made_to_take_long_does_not() {
        for unit in [
            ">",
            "* ",
            "[",
            "*a ",
            "`",
            "<b>",
            "<div>",
            "<table><tr><td>",
            "![](",
            "&",
            "|a",
            "<b><i>",
            "<a>",
            "~",
        ] {
            let text = unit.repeat(LONGEST / 8 / unit.len());
            let began = Instant::now();
            let _ = to_html(&text);
            assert!(began.elapsed() < Duration::from_secs(10), "{unit}: {:?}", began.elapsed());
        }
    }

    proptest! {
        #[test]
        fn any_text_is_rendered_without_a_script(text: String) {
            let html = to_html(&format!("<script>{text}"));
            prop_assert!(!html.contains("<script"), "{}", html);
        }
    }
}
