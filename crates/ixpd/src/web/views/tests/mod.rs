//! Every page with every sample, as a browser would read it.

mod html;

use std::collections::BTreeSet;

use self::html::{Element, Page, parse};
use super::samples;

/// Attributes that hold ids of other elements of the page.
const REFERENCES: [&str; 4] = ["for", "aria-describedby", "aria-labelledby", "aria-controls"];

/// Runs a check over every sample; the check returns what is wrong.
fn on_every_page(check: impl Fn(&Page) -> Vec<String>) {
    let mut findings = Vec::new();
    let mut pages = 0;
    for sample in samples() {
        let text = sample.page.dyn_render().unwrap();
        let found = check(&parse(&text));
        findings.extend(found.into_iter().map(|finding| format!("{}: {finding}", sample.name)));
        pages += 1;
    }
    assert!(pages > 40, "only {pages} samples");
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

fn is_hidden_input(element: &Element) -> bool {
    element.name == "input" && element.attribute("type") == Some("hidden")
}

#[test]
fn every_page_is_well_formed() {
    on_every_page(|page| page.errors.clone());
}

#[test]
fn every_sample_has_a_name_of_its_own() {
    let names: Vec<String> = samples().into_iter().map(|sample| sample.name).collect();
    let different: BTreeSet<&String> = names.iter().collect();
    assert_eq!(different.len(), names.len());
    assert!(
        names
            .iter()
            .all(|name| name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'))
    );
}

#[test]
fn no_page_has_inline_style_or_script() {
    on_every_page(|page| {
        let mut found = Vec::new();
        for element in &page.elements {
            for (name, value) in &element.attributes {
                let runs = name.starts_with("on")
                    || value.trim_start().to_ascii_lowercase().starts_with("javascript:");
                if name == "style" || runs {
                    found.push(format!("<{} {name}={value:?}>", element.name));
                }
            }
            if element.name == "style" {
                found.push("<style>".to_owned());
            }
            if element.name == "script"
                && (element.attribute("src").is_none() || !element.text.trim().is_empty())
            {
                found.push(format!("<script> without a file: {}", element.text));
            }
        }
        found
    });
}

#[test]
fn nothing_is_loaded_from_elsewhere_or_from_missing_files() {
    on_every_page(|page| {
        let loads = page.elements.iter().filter_map(|element| match element.name.as_str() {
            "script" | "img" => element.attribute("src"),
            "link" | "use" => element.attribute("href"),
            _ => None,
        });
        let known = |address: &str| {
            let path = address.split('#').next().unwrap_or_default();
            address.starts_with("data:image/")
                || path.strip_prefix(ixpd_assets::PREFIX).is_some_and(|name| ixpd_assets::get(name).is_some())
        };
        loads.filter(|address| !known(address)).map(|address| format!("loads {address}")).collect()
    });
}

#[test]
fn every_icon_is_in_the_sprite() {
    let sprite = ixpd_assets::get("icons.svg").unwrap();
    let sprite = std::str::from_utf8(sprite.bytes).unwrap();
    on_every_page(|page| {
        let uses = page.elements.iter().filter(|element| element.name == "use");
        let icons =
            uses.filter_map(|element| element.attribute("href")?.split_once('#').map(|(_, name)| name));
        icons
            .filter(|name| !sprite.contains(&format!("id=\"{name}\"")))
            .map(|name| format!("icon {name}"))
            .collect()
    });
}

#[test]
fn ids_are_unique_and_references_lead_somewhere() {
    on_every_page(|page| {
        let mut found = Vec::new();
        let mut ids = BTreeSet::new();
        for id in page.elements.iter().filter_map(|element| element.attribute("id")) {
            if !ids.insert(id) {
                found.push(format!("id {id} occurs twice"));
            }
        }
        for element in &page.elements {
            let named =
                REFERENCES.iter().filter_map(|name| element.attribute(name)).flat_map(str::split_whitespace);
            let copied = element.attribute("data-copy");
            let fragment =
                element.attribute("href").and_then(|href| href.strip_prefix('#')).filter(|id| !id.is_empty());
            for id in named.chain(copied).chain(fragment).filter(|id| !ids.contains(id)) {
                found.push(format!("<{}> refers to {id}", element.name));
            }
        }
        found
    });
}

#[test]
fn every_field_has_a_label() {
    on_every_page(|page| {
        let labelled: BTreeSet<&str> = page
            .elements
            .iter()
            .filter(|element| element.name == "label" && !element.text.trim().is_empty())
            .filter_map(|element| element.attribute("for"))
            .collect();
        let fields = page.elements.iter().filter(|element| {
            matches!(element.name.as_str(), "input" | "select" | "textarea") && !is_hidden_input(element)
        });
        let bare = fields.filter(|field| field.attribute("id").is_none_or(|id| !labelled.contains(id)));
        bare.map(|field| format!("{} {:?} has no label", field.name, field.attribute("name"))).collect()
    });
}

#[test]
fn every_field_with_an_error_names_its_text() {
    on_every_page(|page| {
        let invalid =
            page.elements.iter().filter(|element| element.attribute("aria-invalid") == Some("true"));
        let explained = |element: &Element| {
            element
                .attribute("aria-describedby")
                .is_some_and(|ids| ids.split(' ').any(|id| id.ends_with("-error")))
        };
        invalid
            .filter(|element| !explained(element))
            .map(|element| format!("{:?}", element.attribute("name")))
            .collect()
    });
}

#[test]
fn every_form_that_posts_carries_the_token_and_no_other_form_does() {
    on_every_page(|page| {
        let mut found = Vec::new();
        for form in page.elements.iter().filter(|element| element.name == "form") {
            let tokens = page.inside(form).iter().filter(|element| {
                is_hidden_input(element)
                    && element.attribute("name") == Some("_token")
                    && element.attribute("value") == Some("sample-token")
            });
            let wanted = usize::from(form.attribute("method") == Some("post"));
            if tokens.count() != wanted {
                found.push(format!("form to {:?}", form.attribute("action")));
            }
        }
        found
    });
}

#[test]
fn every_page_has_one_heading_one_main_part_and_a_title() {
    on_every_page(|page| {
        let mut found = Vec::new();
        for name in ["h1", "main", "title"] {
            let texts: Vec<&str> = page
                .elements
                .iter()
                .filter(|element| element.name == name)
                .map(|element| element.text.trim())
                .collect();
            if texts.len() != 1 || texts[0].is_empty() {
                found.push(format!("{name}: {texts:?}"));
            }
        }
        found
    });
}

#[test]
fn buttons_say_what_they_are_and_links_have_a_text() {
    on_every_page(|page| {
        let mut found = Vec::new();
        for element in &page.elements {
            let nameless = element.text.trim().is_empty() && element.attribute("aria-hidden") != Some("true");
            if element.name == "button" && element.attribute("type").is_none() {
                found.push(format!("button {:?} has no type", element.text.trim()));
            }
            if matches!(element.name.as_str(), "button" | "a") && nameless {
                found.push(format!("<{} {:?}> has no text", element.name, element.attributes));
            }
            if element.name == "img" && element.attribute("alt").is_none() {
                found.push("an image has no alternative text".to_owned());
            }
        }
        found
    });
}

#[test]
fn a_row_has_as_many_cells_as_its_table_has_columns() {
    on_every_page(|page| {
        let mut found = Vec::new();
        for table in page.elements.iter().filter(|element| element.name == "table") {
            let rows = page.inside(table).iter().filter(|element| element.name == "tr");
            let widths: BTreeSet<usize> = rows.map(|row| width(page, row)).collect();
            if widths.len() != 1 {
                found.push(format!("a table has rows of {widths:?} cells"));
            }
        }
        found
    });
}

fn width(page: &Page, row: &Element) -> usize {
    let cells = page.inside(row).iter();
    let cells = cells.filter(|element| matches!(element.name.as_str(), "td" | "th"));
    cells.map(|cell| cell.attribute("colspan").map_or(1, |span| span.parse::<usize>().unwrap())).sum()
}
