//! Values that show what answers look like: the examples of `openapi.json` are made of them.

/// An answer, or a part of one, with a value that shows it.
///
/// A type names it to utoipa as `#[schema(example = Type::sample)]`. Its fields need no examples of their own then.
pub trait Sample {
    /// A value as the exchange of the examples could give it.
    fn sample() -> Self;
}
