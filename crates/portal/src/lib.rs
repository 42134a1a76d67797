//! The portal server: accounts, sign-in, codes, trust and handover.

pub mod config;
pub mod delivery;
pub mod hash;
pub mod keys;
pub mod secret_file;
pub mod tls;
