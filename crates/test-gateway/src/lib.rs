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

use std::{
    net::{Ipv4Addr, TcpListener},
    process,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

/// How long anything may take before a test is given up.
const PATIENCE: Duration = Duration::from_secs(30);

/// A port of this machine for a program that cannot choose one itself. It lies below those that the system gives to outgoing
/// connections, and no other test of this process gets it: nobody takes it before the program does.
pub fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    loop {
        // Processes begin at different ones.
        let next = process::id().wrapping_mul(97).wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed));
        let port = 20_000 + u16::try_from(next % 12_000).unwrap();
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
}
