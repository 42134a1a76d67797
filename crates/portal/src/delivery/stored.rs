//! Messages of the outbox, read back.

use parvis_protocol::{clock::UnixMillis, encoding::from_base64url};
use serde::Deserialize;
use std::{fs, io, path::Path};

/// A message as its file has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredMessage {
    /// Name of its file.
    pub(crate) file: String,
    /// When it was written.
    pub(crate) at: UnixMillis,
    /// `email`, `sms` or `voice`.
    pub(crate) channel: String,
    /// Who it says it is from: the portal.
    pub(crate) from: String,
    /// Address or number.
    pub(crate) to: String,
    /// Subject; empty where there is none.
    pub(crate) subject: String,
    /// Text; of a call, what is spoken.
    pub(crate) text: String,
}

#[derive(Deserialize)]
struct Short {
    channel: String,
    to: String,
    from: String,
    text: String,
}

/// The newest messages of the folder, the newest first. A file that is no message is left out.
pub(crate) fn newest(folder: &Path, limit: usize) -> io::Result<Vec<StoredMessage>> {
    let mut files = names(folder)?;
    files.sort_unstable_by(|a, b| b.cmp(a));
    files.truncate(limit);
    Ok(files.into_iter().filter_map(|file| read(folder, file)).collect())
}

/// The file of a message as it stands; `None` where there is none of this name.
pub(crate) fn raw(folder: &Path, file: &str) -> io::Result<Option<Vec<u8>>> {
    // A name from the listing leads nowhere else.
    if names(folder)?.iter().any(|name| name == file) {
        fs::read(folder.join(file)).map(Some)
    } else {
        Ok(None)
    }
}

fn names(folder: &Path) -> io::Result<Vec<String>> {
    let names = fs::read_dir(folder)?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    Ok(names.filter(|name| matches!(kind(name), Some("eml" | "json"))).collect())
}

fn kind(file: &str) -> Option<&str> {
    Some(file.rsplit_once('.')?.1)
}

fn read(folder: &Path, file: String) -> Option<StoredMessage> {
    let content = fs::read_to_string(folder.join(&file)).ok()?;
    let at = written_at(&file)?;
    if kind(&file) == Some("json") {
        let Short { channel, to, from, text } = serde_json::from_str(&content).ok()?;
        return Some(StoredMessage { file, at, channel, from, to, subject: String::new(), text });
    }
    let (head, body) = content.split_once("\r\n\r\n")?;
    let head = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let header = |name: &str| {
        let lines = head.lines().filter_map(|line| line.split_once(": "));
        lines.into_iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| decoded(value))
    };
    let from = header("From")?;
    let from = from.rsplit_once(" <").map_or(from.as_str(), |(name, _)| name.trim_matches('"'));
    Some(StoredMessage {
        at,
        channel: "email".to_owned(),
        from: from.to_owned(),
        to: header("To")?,
        subject: header("Subject").unwrap_or_default(),
        text: body.replace("\r\n", "\n"),
        file,
    })
}

/// `20261122T114500.123Z-…`.
fn written_at(file: &str) -> Option<UnixMillis> {
    let (day, time) = file.split_once('-')?.0.split_once('T')?;
    let part = |text: &str, from: usize, to: usize| text.get(from..to).map(ToOwned::to_owned);
    let text = format!(
        "{}-{}-{}T{}:{}:{}",
        part(day, 0, 4)?,
        part(day, 4, 6)?,
        part(day, 6, 8)?,
        part(time, 0, 2)?,
        part(time, 2, 4)?,
        time.get(4..)?
    );
    text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_millisecond)
}

/// A header's encoded words (RFC 2047), of the one kind that our mails have: UTF-8 in base64.
fn decoded(value: &str) -> String {
    let mut text = String::new();
    let mut rest = value;
    let mut after_word = false;
    while let Some((before, from)) = rest.split_once("=?utf-8?b?") {
        // White space between two encoded words is not part of the text.
        if !(after_word && before.trim().is_empty()) {
            text.push_str(before);
        }
        let Some((word, after)) = from.split_once("?=") else { return value.to_owned() };
        let word = word.trim_end_matches('=').replace('+', "-").replace('/', "_");
        let Some(bytes) = from_base64url(&word) else { return value.to_owned() };
        text.push_str(&String::from_utf8_lossy(&bytes));
        (rest, after_word) = (after, true);
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::{Channel, Outbox, OutgoingMessage};
    use parvis_portal_profile::Language;
    use parvis_protocol::clock::ManualClock;
    use std::sync::Arc;

    #[tokio::test]
    async fn what_was_written_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(1_795_347_900_007));
        let outbox = Outbox::new(folder.path(), Arc::clone(&clock) as _).unwrap();
        let subject =
            "Portail de santé (démonstration)\u{a0}: votre mot de passe, l’identifiant et un lien très long";
        let mail = OutgoingMessage {
            id: "m_4f1".to_owned(),
            channel: Channel::Email,
            to: "marie.curie@example.org".to_owned(),
            language: Language::Fr,
            sender: "Portail de santé".to_owned(),
            subject: subject.to_owned(),
            text: "482913\n\nVoici votre code.\n".to_owned(),
        };
        outbox.write(&mail).await.unwrap();
        clock.advance(1_000);
        let sms = OutgoingMessage { channel: Channel::Sms, to: "+33612345678".to_owned(), ..mail.clone() };
        outbox.write(&sms).await.unwrap();
        let folder = folder.path().join("outbox");
        fs::write(folder.join("20261122T114500.007Z-x.eml"), "no mail").unwrap();
        fs::write(folder.join("notes.txt"), "no message").unwrap();

        let [second, first] = &newest(&folder, 10).unwrap()[..] else { panic!("two messages") };
        assert_eq!((first.at, second.at), (1_795_347_900_007, 1_795_347_901_007));
        assert_eq!((first.channel.as_str(), second.channel.as_str()), ("email", "sms"));
        assert_eq!((first.to.as_str(), second.to.as_str()), (mail.to.as_str(), sms.to.as_str()));
        assert_eq!((&first.subject, second.subject.as_str()), (&mail.subject, ""));
        for message in [first, second] {
            assert_eq!((&message.from, &message.text), (&mail.sender, &mail.text));
        }
        assert_eq!(&newest(&folder, 1).unwrap(), std::slice::from_ref(second));

        assert!(raw(&folder, &first.file).unwrap().is_some());
        for name in ["notes.txt", "../outbox", "20261122T114500.007Z-y.eml", ""] {
            assert_eq!(raw(&folder, name).unwrap(), None, "{name}");
        }
    }
}
