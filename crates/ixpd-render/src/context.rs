use serde::Serialize;

/// What one template sees.
pub trait TemplateContext: Serialize {
    /// Path of the template below the template directory, with its extension: `dns/arpa.txt`.
    /// Output of an `.html` template is escaped, any other is not.
    const NAME: &'static str;

    /// Contexts that reach every branch of the template. The tests and `Engine::problems` render them.
    fn samples() -> Vec<Self>
    where
        Self: Sized;
}
