//! A real SMS gateway for tests: Kannel, which takes HTTP requests, with a message centre behind it that keeps what
//! arrives. SMS and calls go by a connection of their own, as by two carriers.
//!
//! It is a crate so that the tests of the portal and those of the app can both start one. What goes wrong ends the test.
#![expect(
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::unwrap_used,
    reason = "for tests: what cannot go on ends the test"
)]

mod alphabet;
mod centre;
mod kannel;

pub use centre::{Message, Route};
pub use kannel::Gateway;

use std::time::Duration;

/// How long anything may take before a test is given up.
const PATIENCE: Duration = Duration::from_secs(30);
