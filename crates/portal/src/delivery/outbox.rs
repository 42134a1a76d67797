//! Mails, SMS and calls into files: for the demonstration, for tests and for trying a profile.

use super::smtp::mail;
use super::{Channel, OutgoingMessage, SendError};
use crate::secret_file::{private_folder, write_beside};
use lettre::Address;
use lettre::message::header::ContentTransferEncoding;
use parvis_protocol::clock::{Clock, UnixMillis};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What is done with each message once its file is there.
pub type Echo = Arc<dyn Fn(&OutgoingMessage) + Send + Sync>;

/// Who mails come from; nobody can answer.
const FROM: (&str, &str) = ("portal", "localhost");

/// The folder `outbox`: one file per message, `<time>-<id>.eml` for mails and `<time>-<id>.json` for SMS
/// and calls, with names that sort by time (UTC). Its owner alone can read it.
pub struct Outbox {
    folder: PathBuf,
    clock: Arc<dyn Clock>,
    echo: Option<Echo>,
}

impl Outbox {
    /// Makes the folder `outbox` in `folder`.
    ///
    /// # Errors
    /// Where it cannot be made.
    pub fn new(folder: &Path, clock: Arc<dyn Clock>) -> io::Result<Self> {
        let folder = folder.join("outbox");
        private_folder(&folder)?;
        Ok(Self { folder, clock, echo: None })
    }

    /// With a callback for each message.
    #[must_use]
    pub fn with_echo(self, echo: Echo) -> Self {
        Self { echo: Some(echo), ..self }
    }

    /// Writes one message; its file is complete as soon as it has its name.
    pub(super) async fn write(&self, message: &OutgoingMessage) -> Result<(), SendError> {
        let now = self.clock.now();
        let (extension, content) = match message.channel {
            Channel::Email => ("eml", eml(message, now)?),
            Channel::Sms | Channel::Voice => ("json", json(message)),
        };
        let path = self.folder.join(format!("{}-{}.{extension}", sortable(now), plain(&message.id)));
        tokio::task::spawn_blocking(move || {
            write_beside(&path, "part", &content, |beside| fs::rename(beside, &path))
        })
        .await
        .map_err(io::Error::other)
        .flatten()
        .map_err(|error| SendError::later(format!("the outbox cannot be written: {error}")))?;
        if let Some(echo) = &self.echo {
            echo(message);
        }
        Ok(())
    }
}

/// Shows a message on the terminal: for the demonstration.
pub fn show(message: &OutgoingMessage) {
    let OutgoingMessage { channel, to, sender, subject, text, .. } = message;
    let title = match channel {
        Channel::Email => format!("{sender} → {to}\n{subject}"),
        Channel::Sms | Channel::Voice => format!("{sender} → {to} ({})", channel.name()),
    };
    let rule = "─".repeat(60);
    // A closed terminal keeps no message from its file.
    let _ = writeln!(io::stdout().lock(), "{rule}\n{title}\n\n{text}\n{rule}");
}

/// The text stays readable in an editor, and is no longer wrapped or escaped than a mail client shows it.
fn eml(message: &OutgoingMessage, now: UnixMillis) -> Result<Vec<u8>, SendError> {
    let from = Address::new(FROM.0, FROM.1).map_err(|_| SendError::never("the address is not usable"))?;
    Ok(mail(message, &from, now, ContentTransferEncoding::EightBit)?.formatted())
}

fn json(message: &OutgoingMessage) -> Vec<u8> {
    let OutgoingMessage { id, channel, to, sender, text, language, .. } = message;
    let value = serde_json::json!({
        "channel": channel.as_str(), "id": id, "to": to, "from": sender, "language": language.as_str(), "text": text,
    });
    format!("{value:#}\n").into_bytes()
}

/// `20261122T114500.123Z`.
fn sortable(now: UnixMillis) -> String {
    let time = jiff::Timestamp::from_millisecond(now).unwrap_or_default();
    time.strftime("%Y%m%dT%H%M%S.%3fZ").to_string()
}

/// An id as part of a file's name.
fn plain(id: &str) -> String {
    let safe = |letter: char| if letter.is_ascii_alphanumeric() || letter == '_' { letter } else { '-' };
    id.chars().map(safe).collect()
}
