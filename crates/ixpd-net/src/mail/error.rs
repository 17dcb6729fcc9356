/// Why a mail was not sent. Never holds the password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Nothing is wrong with the mail; later it may go through.
    #[error("the mail could not be handed over now: {0}")]
    Temporary(String),
    /// This mail will not go through however often it is tried.
    #[error("the mail was refused: {0}")]
    Permanent(String),
    /// The settings, or the server that they name, do not fit.
    #[error("the mail settings do not work: {0}")]
    Configuration(String),
}

impl SendError {
    /// Whether the same mail may be tried again later. Settings can be repaired, so only a refused
    /// mail is given up at once.
    pub fn is_retryable(&self) -> bool {
        !matches!(self, Self::Permanent(_))
    }
}
