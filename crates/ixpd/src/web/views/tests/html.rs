//! A page as html5ever reads it, flattened for checks.

use html5ever::tendril::TendrilSink as _;
use html5ever::tree_builder::TreeBuilderOpts;
use html5ever::{ParseOpts, parse_document};
use markup5ever_rcdom::{Handle, NodeData, RcDom};

pub(super) struct Page {
    /// What the parser had to repair.
    pub(super) errors: Vec<String>,
    /// All elements in the order of their start tags.
    pub(super) elements: Vec<Element>,
}

pub(super) struct Element {
    pub(super) name: String,
    pub(super) attributes: Vec<(String, String)>,
    /// The text of the element and of all inside it.
    pub(super) text: String,
    /// The elements inside, as places in the page's list.
    inner: std::ops::Range<usize>,
}

impl Page {
    /// The elements inside another.
    pub(super) fn inside(&self, element: &Element) -> &[Element] {
        &self.elements[element.inner.clone()]
    }
}

impl Element {
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

pub(super) fn parse(text: &str) -> Page {
    let tree_builder = TreeBuilderOpts { exact_errors: true, ..TreeBuilderOpts::default() };
    let options = ParseOpts { tree_builder, ..ParseOpts::default() };
    let dom = parse_document(RcDom::default(), options).one(text);
    let mut elements = Vec::new();
    collect(&dom.document, &mut elements);
    let errors = dom.errors.borrow().iter().map(ToString::to_string).collect();
    Page { errors, elements }
}

/// Adds the node and what is in it; returns its text.
fn collect(node: &Handle, elements: &mut Vec<Element>) -> String {
    if let NodeData::Text { contents } = &node.data {
        return contents.borrow().to_string();
    }
    let place = elements.len();
    let is_element = if let NodeData::Element { name, attrs, .. } = &node.data {
        let attributes =
            attrs.borrow().iter().map(|a| (a.name.local.to_string(), a.value.to_string())).collect();
        elements.push(Element { name: name.local.to_string(), attributes, text: String::new(), inner: 0..0 });
        true
    } else {
        false
    };
    let text: String = node.children.borrow().iter().map(|child| collect(child, elements)).collect();
    if is_element {
        let end = elements.len();
        elements[place].text.clone_from(&text);
        elements[place].inner = place + 1..end;
    }
    text
}

#[test]
fn what_is_not_closed_or_not_nested_is_an_error() {
    for broken in [
        "<div>",
        "<p></div>",
        "<table><tr><p>x</p></tr></table>",
        "<a href=x href=y></a>",
        "&nosuch;<b><i></b></i>",
    ] {
        let page =
            parse(&format!("<!doctype html><html><head><title>x</title></head><body>{broken}</body></html>"));
        assert!(!page.errors.is_empty(), "{broken}");
    }
}

#[test]
fn elements_know_what_is_inside_them() {
    let page = parse("<!doctype html><title>x</title><form><p>a<b>c</b></p></form><i>d</i>");
    let form = page.elements.iter().find(|element| element.name == "form").unwrap();
    let inner: Vec<&str> = page.inside(form).iter().map(|element| element.name.as_str()).collect();
    assert_eq!(inner, ["p", "b"]);
    assert_eq!(form.text, "ac");
}
