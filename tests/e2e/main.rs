//! Everything together: the real window, the real engine, a real keyring and a real portal.
//!
//! Each scenario sits at a desk of its own (display, session bus, keyring, folders, portal), so that scenarios run side by
//! side. `cargo xtask test` runs them last; `cargo test --test e2e window::` runs them alone after a build of the workspace.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test: what goes wrong is said by failing, what is measured is said on the terminal"
)]

#[cfg(target_os = "linux")]
mod authenticator;
mod boundary;
#[cfg(target_os = "linux")]
mod browser;
#[cfg(target_os = "linux")]
mod desk;
#[cfg(target_os = "linux")]
mod outbox;
#[cfg(target_os = "linux")]
mod pictures;
#[cfg(target_os = "linux")]
mod sleep;
#[cfg(target_os = "linux")]
mod support;
#[cfg(target_os = "linux")]
mod window;
