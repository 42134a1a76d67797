//! The sign-in engine: state machine, connection, trust, handover, keyring, platform edges.

pub mod view;
