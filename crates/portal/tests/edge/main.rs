//! What the server says to the world and is told by its operator: configuration, messages, connections.
#![expect(clippy::unwrap_used, clippy::panic, reason = "what cannot go on ends the test")]

mod certificates;
mod config;
mod connections;
mod docs;
#[cfg(target_os = "linux")]
mod gateway;
mod letter_box;
mod mail;
mod mail_server;
mod outbox;
mod sms;
mod texts;

use parvis_portal::config::Config;
use parvis_portal::delivery::{Channel, OutgoingMessage};
use parvis_portal_profile::Language;
use std::path::Path;

const TEXT: &str =
    "482913\n\nVoici votre code de connexion à Portail de santé, valable 5\u{a0}minutes.\n.\n{secret}\n";

fn message(channel: Channel, to: &str) -> OutgoingMessage {
    OutgoingMessage {
        id: "m_4f1".to_owned(),
        channel,
        to: to.to_owned(),
        language: Language::Fr,
        sender: "Portail de santé".to_owned(),
        subject: "Portail de santé\u{a0}: votre code de connexion".to_owned(),
        text: TEXT.to_owned(),
    }
}

/// A file that its owner alone can read.
fn write_secret(path: &Path, content: &str) {
    std::fs::write(path, content).unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
}

/// A path as TOML.
fn quoted(path: &Path) -> String {
    toml::Value::from(path.to_str().unwrap()).to_string()
}

/// A configuration on the loopback address, with these sections.
fn configuration(sections: &str) -> Config {
    let source = format!("data = \"data\"\nprofile = \"profile.toml\"\n{sections}");
    Config::parse(&source, "portal.toml").unwrap_or_else(|defects| panic!("{defects:?}"))
}
