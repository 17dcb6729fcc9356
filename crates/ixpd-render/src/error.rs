use std::path::Path;

use minijinja::ErrorKind;

/// A template could not be rendered. Says in which file and line; holds no value of the context.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("template {file}{}: {reason}", line.map(|l| format!(", line {l}")).unwrap_or_default())]
pub struct RenderError {
    /// The file of the skin directory, or `NAME (built in)`.
    pub file: String,
    /// Counts from 1. Absent where the whole file is at fault.
    pub line: Option<usize>,
    /// What is wrong.
    pub reason: String,
}

impl RenderError {
    /// Finds the innermost place that an error of the engine names.
    pub(crate) fn locate(error: &minijinja::Error, asked: &str, skin_dir: Option<&Path>) -> Self {
        let innermost = innermost(error);
        let name = innermost.name().unwrap_or(asked);
        let reason = match innermost.kind() {
            ErrorKind::OutOfFuel => "ran too long; is there an endless loop?".to_owned(),
            kind => match innermost.detail() {
                Some(detail) => format!("{kind}: {detail}"),
                None => kind.to_string(),
            },
        };
        Self { file: describe(name, skin_dir), line: innermost.line(), reason }
    }
}

/// An error inside an included template or a block is the source of the error that surrounds it.
fn innermost(error: &minijinja::Error) -> &minijinja::Error {
    let mut innermost = error;
    while let Some(inner) = std::error::Error::source(innermost).and_then(|e| e.downcast_ref()) {
        innermost = inner;
    }
    innermost
}

fn describe(name: &str, skin_dir: Option<&Path>) -> String {
    match skin_dir.map(|dir| dir.join(name)).filter(|path| path.exists()) {
        Some(path) => path.display().to_string(),
        None => format!("{name} (built in)"),
    }
}
