//! The letter box and the telephone of the demonstration's accounts.

use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use crate::desk::{Desk, PATIENCE};

/// Digits of a code of this portal.
const LENGTH: usize = 6;

impl Desk {
    /// All messages so far, oldest first.
    pub(crate) fn messages(&self) -> Vec<PathBuf> {
        let folder = self.portal_data().join("outbox");
        let mut files: Vec<_> = fs::read_dir(folder)
            .into_iter()
            .flatten()
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| {
                path.extension().is_some_and(|extension| extension == "eml" || extension == "json")
            })
            .collect();
        files.sort();
        files
    }

    /// How many messages with a code there were; others are notices.
    pub(crate) fn codes_sent(&self) -> usize {
        let texts = self.messages().into_iter().filter_map(|message| fs::read_to_string(message).ok());
        texts.filter(|text| code(text).is_some()).count()
    }

    /// Waits for a message that was not there yet, with a code in it (others are notices), and reads the code.
    pub(crate) async fn latest_code(&mut self) -> String {
        self.latest("a code", code).await
    }

    /// Waits for an SMS or a call that was not there yet, with the three digits of a code in it.
    pub(crate) async fn latest_short_code(&mut self) -> String {
        self.latest("a short code", short_code).await
    }

    /// Waits for a mail that was not there yet, with a link in it, and reads the link.
    pub(crate) async fn latest_link(&mut self) -> String {
        self.latest("a link", link).await
    }

    async fn latest(&mut self, what: &str, read: impl Fn(&str) -> Option<String>) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let messages = self.messages();
            let unread = messages.iter().skip(self.messages_read);
            let found = unread.filter_map(|message| read(&fs::read_to_string(message).ok()?)).next_back();
            self.messages_read = messages.len();
            if let Some(found) = found {
                return found;
            }
            assert!(Instant::now() < deadline, "waited in vain for {what}");
            tokio::time::sleep(std::time::Duration::from_millis(15)).await;
        }
    }
}

/// A web address that carries a token behind `#`.
fn link(message: &str) -> Option<String> {
    let words = message.split_whitespace();
    words.into_iter().find(|word| word.starts_with("http://") && word.contains('#')).map(str::to_owned)
}

/// The first number of the right length in the text: codes stand first, alone.
fn code(message: &str) -> Option<String> {
    let text = message.split_once("\r\n\r\n").map_or(message, |(_, body)| body);
    let text = text.split_once("\"text\":").map_or(text, |(_, text)| text);
    text.split(|letter: char| !letter.is_ascii_digit())
        .find(|number| number.len() == LENGTH)
        .map(str::to_owned)
}

/// The three digits that stand first in an SMS.
fn short_code(message: &str) -> Option<String> {
    let (_, text) = message.split_once("\"text\": \"")?;
    let code = text.get(..3)?;
    code.bytes().all(|digit| digit.is_ascii_digit()).then(|| code.to_owned())
}

/// A code of the same length that is not this one.
pub(crate) fn other_than(code: &str, which: u32) -> String {
    let number: u32 = code.parse().unwrap();
    let length = code.len();
    format!("{:0length$}", (number + which) % 10_u32.pow(u32::try_from(length).unwrap()))
}
