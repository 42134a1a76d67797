//! The portal in process, over its router, on SQLite and on a real PostgreSQL (`PARVIS_TEST_POSTGRES`, which
//! `cargo xtask test` sets). Each test is named after its line in the security checklist.

#![expect(unreachable_pub, clippy::unwrap_used, clippy::panic, reason = "tests")]

mod accounts;
mod activation;
mod alerts;
mod booking;
mod client;
mod codes;
mod contacts;
mod delegates;
mod killed;
mod limits;
mod link_pages;
mod model;
mod notices;
mod operations;
mod pages;
mod password;
mod protocol;
mod records;
mod recovery;
mod recovery_codes;
mod registration;
mod registration_limits;
mod restore;
mod sessions;
mod step_up;
mod suspended;
mod tokens;
mod totp;
mod trust;
mod world;
