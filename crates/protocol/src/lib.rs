//! The wire between the app and a portal: messages, proofs, error codes. Shared by both sides, no I/O.
//!
//! `docs/protocol.md` is the contract in prose.

pub mod clock;
pub mod encoding;
pub mod entropy;
pub mod error;
pub mod form;
pub mod jws;
pub mod message;
pub mod normalise;
pub mod pkce;
pub mod proof;
pub mod registration;

/// The desktop app's `client_id`, the only client that a portal knows.
pub const CLIENT_ID: &str = "parvis-desktop";
/// The only scope.
pub const SCOPE: &str = "openid";
/// Version of the contract, in the metadata.
pub const VERSION: u32 = 1;
