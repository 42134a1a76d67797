//! What goes wrong between the engine and a portal.

use crate::view::FailureCode;
use std::time::Duration;

/// A failure with its code: nothing above matches on its text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code:?}: {message}")]
pub(crate) struct Trouble {
    /// What kind.
    pub(crate) code: FailureCode,
    /// For the log and for support, in English, without anything that a person typed.
    pub(crate) message: String,
    /// When another try makes sense.
    pub(crate) retry_after: Option<Duration>,
    /// The portal may have acted on a request whose answer did not arrive, or never saw it: the same request may be
    /// repeated, as the same.
    pub(crate) lost: bool,
}

impl Trouble {
    /// One that a repetition does not mend.
    pub(crate) fn new(code: FailureCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), retry_after: None, lost: false }
    }

    /// One whose request may be repeated.
    pub(crate) fn lost(code: FailureCode, message: impl Into<String>) -> Self {
        Self { lost: true, ..Self::new(code, message) }
    }

    /// The portal said something that is not the protocol.
    pub(crate) fn unexpected(message: impl Into<String>) -> Self {
        Self::new(FailureCode::UnexpectedAnswer, message)
    }
}
