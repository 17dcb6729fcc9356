//! Markdown as HTML that is safe to show: rendered by one crate, cleaned by another.

use crate::{error::AppError, heavy::Heavy, service::bounded_html::bounded};
use pulldown_cmark::{Event, Options, Parser, html};

/// The longest text that is rendered, in bytes: what the column of notes holds.
pub const LONGEST: usize = 65_535;
/// How deep elements may nest, those of Markdown and those of HTML. Deeper ones serve nobody, and cleaning them takes
/// long.
const DEEPEST: usize = 50;

/// As [`to_html`], for a text of somebody else's, which may be made to take a while: other requests don't wait for it.
///
/// # Errors
/// 503 when too many wait already.
pub async fn render(heavy: &Heavy, text: String) -> Result<String, AppError> {
    heavy.run_text(move || to_html(&text)).await
}

/// As [`clean`], likewise.
///
/// # Errors
/// 503 when too many wait already.
pub async fn make_safe(heavy: &Heavy, html: String) -> Result<String, AppError> {
    heavy.run_text(move || clean(&html)).await
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

/// HTML without what could do harm. Takes time linear in its length.
pub fn clean(html: &str) -> String {
    let mut cleaner = ammonia::Builder::default();
    cleaner.url_schemes(["http", "https", "mailto"].into()).link_rel(Some("noopener noreferrer nofollow"));
    let html = bounded(html, &cleaner.clone_tags(), &cleaner.clone_clean_content_tags(), DEEPEST);
    cleaner.clean(&html).to_string()
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

    /// Elements that need no end tag, and those that nest wrongly, become what a browser would make of them.
    #[test]
    fn end_tags_may_be_left_out() {
        for (html, expected) in [
            ("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
            ("<p>a<p>b", "<p>a</p><p>b</p>"),
            ("<p>a<div>b</div>c", "<p>a</p><div>b</div>c"),
            (
                "<table><tr><td>a<td>b<tr><td>c</table>d",
                "<table><tbody><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></tbody></table>d",
            ),
            ("<dl><dt>a<dd>b<dt>c</dl>", "<dl><dt>a</dt><dd>b</dd><dt>c</dt></dl>"),
            ("<ul><li>a<ul><li>b</ul><li>c</ul>", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"),
            ("a</b>b<br>c<unknown>d</unknown>", "ab<br>cd"),
            ("<b>a<i>b</b>c</i>", "<b>a<i>b</i></b>c"),
            ("<style>b<i></style>a<!-- c -->d", "ad"),
            ("<textarea><b>a</textarea>", "&lt;b&gt;a"),
            ("<pre>a\n  b</pre>&lt;&amp;\"'", "<pre>a\n  b</pre>&lt;&amp;\"'"),
        ] {
            assert_eq!(clean(html), expected, "{html}");
        }
        let many = "<li>a".repeat(200);
        assert_eq!(clean(&format!("<ul>{many}</ul>")).matches("</li>").count(), 200);
    }

    #[test]
    fn elements_of_html_nest_no_deeper_than_those_of_markdown() {
        let html = clean(&format!("{}a{}b", "<div>".repeat(DEEPEST + 9), "</div>".repeat(DEEPEST + 9)));
        assert_eq!(html, format!("{}a{}b", "<div>".repeat(DEEPEST), "</div>".repeat(DEEPEST)));
    }

    #[test]
    fn long_texts_and_values_are_kept() {
        let text = "a&\u{a7}<".repeat(5000);
        assert_eq!(to_html(&text), format!("<p>{}</p>\n", "a&amp;\u{a7}&lt;".repeat(5000)));
        let url = format!("https://example.net/?{}", "a&".repeat(900));
        assert!(clean(&format!("<a href=\"{url}\">a</a>")).contains(&url.replace('&', "&amp;")));
    }

    /// Shapes that made the construction of the tree or the serializer take quadratic time, and their like. A quarter of
    /// the longest text: builds without optimization are slow.
    #[test]
    fn time_to_render_a_text_is_linear_in_its_length() {
        let units = [
            "&",
            "a&b;",
            "\u{a7}",
            "<",
            ">",
            "* ",
            "- a\n",
            "[",
            "![",
            "[a](",
            "[a][",
            "![](",
            "*a ",
            "*a_",
            "**a*",
            "`",
            "`a``",
            "~",
            "|a",
            "<b>",
            "<a>",
            "<p>",
            "<li>",
            "<b><i>",
            "<b a=1><p>",
            "a<b>",
            "<div>",
            "</div>",
            "<div></b>",
            "<i></div>",
            "<table><tr><td>",
            "<table>a<b>",
            "<select><option>",
            "<svg>",
            "<!--",
            "<?",
            "<![CDATA[",
            "<b x=",
            "<b title='",
        ];
        for unit in units {
            let time = |length: usize| {
                let text = unit.repeat(length / unit.len());
                let began = Instant::now();
                let _ = to_html(&text);
                began.elapsed()
            };
            let (short, long) = (time(LONGEST / 16), time(LONGEST / 4));
            // What is over at once says nothing of how it grows.
            assert!(
                long < Duration::from_millis(300) || long < short * 8,
                "{unit}: {short:?}, then {long:?} for four times as much"
            );
            assert!(long < Duration::from_secs(3), "{unit}: {long:?}");
        }
        for unit in ["&", "<div>", "\u{a7}"] {
            let text = unit.repeat(LONGEST / unit.len());
            let began = Instant::now();
            let _ = to_html(&text);
            assert!(began.elapsed() < Duration::from_secs(2), "{unit}: {:?}", began.elapsed());
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
