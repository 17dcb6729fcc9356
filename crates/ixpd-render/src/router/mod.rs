//! Configurations of routers, for BIRD.
//!
//! A configuration is a preamble, then for each AS its policies and sessions, then an ending. Sets of IRR data are no
//! part of what templates print: where one belongs, the text is split, and the caller writes the set ([`Piece`]).

mod samples;
mod set;
pub mod text;
mod view;

use minijinja::{Value, context, value::Serde};

pub use self::{
    set::{ParsePrefixError, PrefixSet, write_asns},
    view::{Dialect, ExportRule, ImportRule, PolicyView, RouterKind, RouterView, RtrServer, SessionView},
};
use crate::{Engine, RenderError};

/// Control characters, which no text of the database has left when it gets here.
const ASNS: &str = "\u{1}asns\u{1}";
const PREFIXES: &str = "\u{1}prefixes\u{1}";
const COVERED: &str = "\u{1}covered\u{1}";

/// A part of a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// As it is.
    Text(String),
    /// The AS numbers that a policy accepts as origin.
    Asns,
    /// The prefixes that a policy accepts.
    Prefixes,
    /// The registered prefixes with all that they cover, down to single addresses.
    Covered,
}

/// The name of a template file of a skin that takes something in, for one kind of router.
pub fn skin_file(kind: RouterKind, name: &str) -> String {
    format!("router/{}/{name}.conf", kind.folder())
}

/// Renders the parts of one router's configuration.
pub struct RouterRenderer<'a> {
    engine: &'a Engine,
    kind: RouterKind,
    router: Value,
}

impl<'a> RouterRenderer<'a> {
    /// For a router.
    pub fn new(engine: &'a Engine, kind: RouterKind, router: &RouterView) -> Self {
        Self { engine, kind, router: Value::from(Serde(router)) }
    }

    /// What stands before the first neighbour.
    ///
    /// # Errors
    /// When a template is broken.
    pub fn preamble(&self) -> Result<String, RenderError> {
        self.render("preamble", context! { router => self.router.clone() })
    }

    /// A policy. AS112 routers have none but what the preamble says.
    ///
    /// # Errors
    /// When a template is broken.
    pub fn policy(&self, policy: &PolicyView) -> Result<Vec<Piece>, RenderError> {
        let sets = context! { irr_asns => ASNS, irr_prefixes => PREFIXES, irr_covered => COVERED };
        let policy = context! { ..sets, ..Value::from(Serde(policy)) };
        let text = self.render("policy", context! { router => self.router.clone(), policy => policy })?;
        Ok(split(&text))
    }

    /// A session.
    ///
    /// # Errors
    /// When a template is broken.
    pub fn session(&self, session: &SessionView) -> Result<String, RenderError> {
        self.render(
            "session",
            context! { router => self.router.clone(), session => Value::from(Serde(session)) },
        )
    }

    /// What stands after the last neighbour, but for the mark of the end.
    ///
    /// # Errors
    /// When a template is broken.
    pub fn ending(&self) -> Result<String, RenderError> {
        self.engine.render_value(
            "router/shared/ending.conf",
            context! { router => self.router.clone(), folder => self.kind.folder() },
        )
    }

    fn render(&self, name: &str, context: Value) -> Result<String, RenderError> {
        self.engine.render_value(&skin_file(self.kind, name), context)
    }
}

/// The line that closes a configuration, by which scripts tell that it is whole.
pub fn end_marker(handle: &str) -> String {
    format!("# {}{handle}\n", text::MARK)
}

fn split(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (index, part) in text.split('\u{1}').enumerate() {
        pieces.push(match (index % 2, part) {
            (1, "asns") => Piece::Asns,
            (1, "prefixes") => Piece::Prefixes,
            (1, "covered") => Piece::Covered,
            // A set ends its last line itself.
            _ if index > 0 => Piece::Text(part.strip_prefix('\n').unwrap_or(part).to_owned()),
            _ => Piece::Text(part.to_owned()),
        });
    }
    pieces
}

/// What is wrong with the templates of all routers, each rendered with every sample.
pub(crate) fn problems(engine: &Engine) -> Vec<RenderError> {
    let mut problems = Vec::new();
    for kind in RouterKind::ALL {
        for router in samples::routers(kind) {
            let renderer = RouterRenderer::new(engine, kind, &router);
            problems.extend(renderer.preamble().err());
            problems.extend(renderer.ending().err());
            for session in samples::sessions(router.protocol) {
                problems.extend(renderer.session(&session).err());
            }
            for policy in samples::policies(kind, router.protocol) {
                problems.extend(renderer.policy(&policy).err());
            }
        }
    }
    problems
}
