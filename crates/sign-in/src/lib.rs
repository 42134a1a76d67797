//! The sign-in engine: state machine, connection, trust, handover, keyring, platform edges.
//!
//! The shell starts one [`SignInHandle`], hands it the person's [`view::Answer`]s and draws the [`view::View`] it gives. It
//! knows nothing of windows. `state` decides what happens next and does nothing itself; `engine` does it; `actor` joins
//! the two.

mod account;
mod actor;
mod challenge;
mod connection;
mod draw;
mod ending;
mod engine;
mod entrance;
mod failure;
mod form;
mod handle;
mod handover;
mod hints;
mod keyring;
mod link;
mod outbox;
pub mod pages;
pub mod platform;
pub mod portals;
mod recovery;
mod registration;
mod request;
mod space;
mod state;
mod state_file;
#[cfg(test)]
mod tests;
mod times;
mod tls;
mod tokens;
pub mod view;
mod workstation;

pub use handle::{Settings, SignInHandle};
pub use keyring::{Keyring, KeyringError};
pub use pages::{NoPages, PagesWindow};
pub use parvis_protocol::{clock, entropy};
pub use platform::Policy;
pub use portals::{PortalList, PortalListError};
pub use state::EndCause;
