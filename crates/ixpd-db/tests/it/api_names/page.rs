//! The tables of docs/API-NAMES.md.

use std::collections::{BTreeMap, BTreeSet};

/// Content of an empty cell.
const NONE: &str = "–";

/// The whole page.
#[derive(Default)]
pub(super) struct Page {
    /// Fields that every record has.
    pub(super) common: Vec<Field>,
    pub(super) resources: Vec<Resource>,
    /// Names that no field may have.
    pub(super) reserved: BTreeSet<String>,
    /// The words of each enumeration, each with its code.
    pub(super) enumerations: BTreeMap<String, Vec<(String, String)>>,
    /// Resources without a field `name` whose name in references is defined.
    pub(super) names_of_references: BTreeSet<String>,
    /// Tables without a resource; `ixpd_*` stands for all that begin so.
    pub(super) without_resource: BTreeSet<String>,
    /// Names among the decisions.
    pub(super) decided: BTreeSet<String>,
    /// Paths and fields of each form that belongs to no resource.
    pub(super) other_forms: Vec<(Vec<String>, Vec<String>)>,
}

pub(super) struct Resource {
    pub(super) name: String,
    pub(super) path: String,
    pub(super) singular: String,
    pub(super) tables: Vec<String>,
    /// Prefixes of the paths of its pages; `{id}` matches any segment.
    pub(super) pages: Vec<String>,
    pub(super) fields: Vec<Field>,
}

pub(super) struct Field {
    /// Table and column.
    pub(super) column: Option<(String, String)>,
    /// Names in forms of IXP Manager; `N` stands for a number.
    pub(super) forms: Vec<String>,
    pub(super) json: Option<String>,
    pub(super) kind: String,
    pub(super) note: String,
}

impl Field {
    fn read(cells: &[&str], table: &str) -> Self {
        let &[column, forms, json, kind, note] = cells else { panic!("not five cells: {cells:?}") };
        let name = |cell: &str| (cell != NONE).then(|| only_code(cell));
        let column = name(column).map(|column| match column.split_once('.') {
            Some((table, column)) => (table.to_owned(), column.to_owned()),
            None => (table.to_owned(), column),
        });
        Self {
            column,
            forms: code(forms).collect(),
            json: name(json),
            kind: kind.to_owned(),
            note: note.to_owned(),
        }
    }

    pub(super) fn column_name(&self) -> Option<&str> {
        self.column.as_ref().map(|(_, column)| column.as_str())
    }

    /// The resource of which an array nests records.
    pub(super) fn nested(&self) -> Option<&str> {
        self.kind.strip_prefix("array of ")
    }

    pub(super) fn is_reference(&self) -> bool {
        self.kind.starts_with("reference")
    }

    /// The resource that a reference, a list of references or an id leads to.
    pub(super) fn target(&self) -> Option<&str> {
        ["reference to ", "references to ", "id of "].iter().find_map(|prefix| self.kind.strip_prefix(prefix))
    }

    pub(super) fn enumeration(&self) -> Option<&str> {
        self.kind.strip_prefix("one of ")
    }

    /// The JSON name and the names that answers add for it.
    pub(super) fn names_in_answers(&self) -> Vec<String> {
        let Some(json) = &self.json else { return Vec::new() };
        let added = if self.kind.starts_with("reference to ") {
            json.strip_suffix("_id").map(str::to_owned)
        } else if self.kind.starts_with("references to ") {
            json.strip_suffix("_ids").map(|stem| format!("{stem}s"))
        } else {
            self.kind.starts_with("secret").then(|| format!("{json}_set"))
        };
        std::iter::once(json.clone()).chain(added).collect()
    }
}

impl Page {
    pub(super) fn read(text: &str) -> Self {
        let mut page = Self::default();
        let mut section = "";
        let mut head: Vec<&str> = Vec::new();
        for line in text.lines() {
            if let Some(title) = line.strip_prefix("## ").or_else(|| line.strip_prefix("### ")) {
                section = title;
            } else if line.starts_with("Path `") {
                page.resources.push(Resource::read(section, line));
            } else if let Some(row) = line.strip_prefix("| ") {
                let cells: Vec<&str> =
                    row.trim_end().trim_end_matches('|').split(" | ").map(str::trim).collect();
                if head.is_empty() {
                    head = cells;
                } else {
                    page.read_row(section, &head, &cells);
                }
            } else if !line.starts_with("|-") {
                head.clear();
            }
        }
        let (_, reserved) = text.split_once("**Reserved**").unwrap();
        let (reserved, _) = reserved.split_once("No name contains").unwrap();
        let (_, reserved) = reserved.split_once(':').unwrap();
        page.reserved = code(reserved).collect();
        page
    }

    fn read_row(&mut self, section: &str, head: &[&str], cells: &[&str]) {
        let first = || code(cells[0]);
        match (section, head) {
            ("Common fields", ["column", ..]) => self.common.push(Field::read(cells, "")),
            ("Common fields", ["resource", ..]) => self.names_of_references.extend(first()),
            ("Enumerations", _) => {
                self.enumerations
                    .insert(only_code(cells[0]), cells[1].split(", ").map(word_and_code).collect());
            }
            ("Tables without a resource", _) => self.without_resource.extend(first()),
            ("Forms without an object", _) => {
                self.other_forms.push((first().collect(), code(cells[1]).collect()));
            }
            ("Decisions", _) => self.decided.extend(first()),
            (_, ["column", ..]) => {
                let resource = self.resources.last_mut().unwrap();
                assert_eq!(resource.name, section, "a table of fields outside a resource");
                let field = Field::read(cells, &resource.tables[0]);
                resource.fields.push(field);
            }
            _ => {}
        }
    }
}

impl Resource {
    /// Reads "Path `/vendors`, singular `vendor`, table `vendor`, …".
    fn read(name: &str, line: &str) -> Self {
        let (names, tables) = line.split_once(", table").unwrap_or_else(|| panic!("{name}: no table"));
        let (tables, pages) = tables.split_once(", pages").unwrap_or_else(|| panic!("{name}: no pages"));
        let mut names = code(names);
        Self {
            name: name.to_owned(),
            path: names.next().unwrap(),
            singular: names.next().unwrap(),
            tables: code(tables).collect(),
            pages: pages.split_once(';').map(|(pages, _)| code(pages).collect()).unwrap_or_default(),
            fields: Vec::new(),
        }
    }
}

/// Texts between backquotes.
fn code(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split('`').skip(1).step_by(2).map(str::to_owned)
}

fn only_code(cell: &str) -> String {
    let name = code(cell).next().unwrap_or_else(|| panic!("no name: {cell}"));
    assert_eq!(cell, format!("`{name}`"), "one name alone");
    name
}

/// Reads "`full` 1".
fn word_and_code(text: &str) -> (String, String) {
    let (word, code) = text.split_once(' ').unwrap_or_else(|| panic!("no code: {text}"));
    (only_code(word), code.to_owned())
}
