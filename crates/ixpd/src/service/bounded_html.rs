//! HTML rewritten so that an HTML parser and serializer take time linear in its length.
//!
//! The tree construction of HTML ("Tree construction" of the HTML standard) searches the stack of open elements for many
//! tags, so that deep nesting costs quadratic time, and the serializer of `html5ever` searches the rest of a text node
//! for `<` at each `&` and at each character from U+0080 to U+00BF. Here elements that aren't closed are closed, elements
//! nested too deeply and unknown ones lose their tags, and text is cut into nodes of limited length by comments, which
//! the cleaning removes. Tokenizing alone, which this does, is linear. The result isn't safe to show yet.

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
    hash::BuildHasher,
};

use html5ever::{
    Attribute, LocalName,
    tendril::StrTendril,
    tokenizer::{
        BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
        states::{Rawtext, Rcdata},
    },
};

/// The longest text node, in bytes.
const LONGEST_NODE: usize = 1024;
/// The longest attribute value, in bytes: longer than the URLs that browsers and servers take.
const LONGEST_VALUE: usize = 2048;
/// The most attributes of an element. Each is compared with those before.
const MOST_ATTRIBUTES: usize = 32;
/// Splits a text node.
const SPLIT: &str = "<!---->";

/// The HTML with only the elements named in `kept`, none within more than `deepest`, without the content of those named
/// in `without_content`.
pub(super) fn bounded<S: BuildHasher>(
    html: &str,
    kept: &HashSet<&str, S>,
    without_content: &HashSet<&str, S>,
    deepest: usize,
) -> String {
    let state = State { html: String::with_capacity(html.len() * 5 / 4), ..State::default() };
    let sink = Rewriter { kept, without_content, deepest, state: RefCell::new(state) };
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(html));
    // The sink never suspends the tokenizer.
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    let mut state = tokenizer.sink.state.into_inner();
    state.close_to(0);
    state.html
}

struct Rewriter<'a, S> {
    kept: &'a HashSet<&'a str, S>,
    without_content: &'a HashSet<&'a str, S>,
    deepest: usize,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    html: String,
    /// Elements that are open in the result. Never more than the limit.
    open: Vec<LocalName>,
    /// How many start tags of a name were left out because of the depth: as many end tags are.
    too_deep: HashMap<LocalName, usize>,
    /// The element whose content is being left out.
    skipped: Option<LocalName>,
    /// Bytes of the text node that is being written.
    node: usize,
}

impl<S: BuildHasher> TokenSink for Rewriter<'_, S> {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut state = self.state.borrow_mut();
        match token {
            Token::CharacterTokens(text) if state.skipped.is_none() => state.text(&text),
            Token::TagToken(tag) => return self.tag(&mut state, &tag),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl<S: BuildHasher> Rewriter<'_, S> {
    fn tag(&self, state: &mut State, tag: &Tag) -> TokenSinkResult<()> {
        let name: &str = &tag.name;
        match tag.kind {
            TagKind::EndTag if state.skipped.as_ref() == Some(&tag.name) => state.skipped = None,
            TagKind::EndTag if state.skipped.is_none() => state.end(&tag.name),
            TagKind::StartTag if state.skipped.is_none() => {
                if self.kept.contains(name) {
                    state.start(tag, self.deepest);
                } else if self.without_content.contains(name) {
                    state.skipped = Some(tag.name.clone());
                    return TokenSinkResult::RawData(Rawtext);
                } else if let Some(kind) = raw_content(name) {
                    return TokenSinkResult::RawData(kind);
                }
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl State {
    fn text(&mut self, text: &str) {
        for character in text.chars() {
            self.node += character.len_utf8();
            if self.node > LONGEST_NODE {
                self.html.push_str(SPLIT);
                self.node = character.len_utf8();
            }
            push_escaped(&mut self.html, character);
        }
    }

    fn start(&mut self, tag: &Tag, deepest: usize) {
        self.close_implied(&tag.name);
        let is_void = is_void(&tag.name);
        if !is_void && self.open.len() >= deepest {
            *self.too_deep.entry(tag.name.clone()).or_default() += 1;
            return;
        }
        self.node = 0;
        self.html.push('<');
        self.html.push_str(&tag.name);
        for attribute in tag.attrs.iter().take(MOST_ATTRIBUTES) {
            self.attribute(attribute);
        }
        self.html.push('>');
        if !is_void {
            self.open.push(tag.name.clone());
        }
    }

    fn attribute(&mut self, Attribute { name, value }: &Attribute) {
        if value.len() > LONGEST_VALUE {
            return;
        }
        self.html.push(' ');
        self.html.push_str(&name.local);
        self.html.push_str("=\"");
        value.chars().for_each(|character| push_escaped(&mut self.html, character));
        self.html.push('"');
    }

    /// An end tag without a start tag is left out.
    fn end(&mut self, name: &LocalName) {
        if let Some(count) = self.too_deep.get_mut(name).filter(|count| **count > 0) {
            *count -= 1;
        } else if let Some(index) = self.open.iter().rposition(|open| open == name) {
            self.close_to(index);
        }
    }

    fn close_to(&mut self, length: usize) {
        for name in self.open.drain(length..).rev() {
            self.html.push_str("</");
            self.html.push_str(&name);
            self.html.push('>');
            self.node = 0;
        }
    }

    /// Closes the elements whose end tag may be left out before this start tag.
    fn close_implied(&mut self, name: &str) {
        let (closed, within): (&[&str], &[&str]) = match name {
            "li" => (&["li", "p"], &["ul", "ol", "td", "th", "blockquote", "div"]),
            "dt" | "dd" => (&["dt", "dd", "p"], &["dl", "td", "th", "blockquote", "div"]),
            "td" | "th" => (&["td", "th"], &["table", "tr"]),
            "tr" => (&["tr", "td", "th", "caption", "colgroup"], &["table", "thead", "tbody", "tfoot"]),
            "thead" | "tbody" | "tfoot" | "colgroup" | "caption" => {
                (&["thead", "tbody", "tfoot", "tr", "td", "th", "caption", "colgroup"], &["table"])
            }
            "rp" | "rt" | "rtc" => (&["rp", "rt", "rtc"], &["ruby"]),
            "a" => (&["a"], &["td", "th", "caption"]),
            "address" | "article" | "aside" | "blockquote" | "center" | "details" | "div" | "dl"
            | "figcaption" | "figure" | "footer" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "header"
            | "hgroup" | "hr" | "nav" | "ol" | "p" | "pre" | "summary" | "table" | "ul" => {
                (&["p"], &["td", "th", "caption"])
            }
            _ => return,
        };
        let scope = self.open.iter().rposition(|open| within.contains(&&**open)).map_or(0, |index| index + 1);
        let first = self.open[scope..].iter().position(|open| closed.contains(&&**open));
        if let Some(index) = first {
            self.close_to(scope + index);
        }
    }
}

/// How the content of an element that is no markup is read.
fn raw_content(name: &str) -> Option<html5ever::tokenizer::states::RawKind> {
    match name {
        "textarea" | "title" => Some(Rcdata),
        "xmp" | "iframe" | "noembed" | "noframes" => Some(Rawtext),
        _ => None,
    }
}

fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "br"
            | "col"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "source"
            | "track"
            | "wbr"
    )
}

fn push_escaped(html: &mut String, character: char) {
    match character {
        '&' => html.push_str("&amp;"),
        '<' => html.push_str("&lt;"),
        '>' => html.push_str("&gt;"),
        '"' => html.push_str("&quot;"),
        other => html.push(other),
    }
}
