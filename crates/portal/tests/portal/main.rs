//! The portal in process, over its router, on SQLite and on a real PostgreSQL (`PARVIS_TEST_POSTGRES`, which
//! `cargo xtask test` sets). Each test is named after its line in the security checklist.

#![expect(unreachable_pub, clippy::unwrap_used, clippy::panic, reason = "tests")]

mod accounts;
mod activation;
mod client;
mod codes;
mod contacts;
mod killed;
mod link_pages;
mod model;
mod notices;
mod pages;
mod password;
mod protocol;
mod recovery;
mod sessions;
mod tokens;
mod trust;
mod world;
