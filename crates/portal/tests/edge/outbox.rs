//! Messages into files.

use crate::{TEXT, configuration, message, quoted};
use parvis_portal::delivery::{Channel, Outbox, OutgoingMessage, Remedy, Transports};
use parvis_protocol::clock::ManualClock;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

fn files(folder: &tempfile::TempDir) -> Vec<PathBuf> {
    let mut files: Vec<_> =
        folder.path().join("outbox").read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn name(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

#[tokio::test]
async fn files_sort_by_time_and_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::at(1_795_347_900_007));
    let echoed = Arc::new(Mutex::new(Vec::new()));
    let echo = Arc::clone(&echoed);
    let outbox = Outbox::new(folder.path(), Arc::clone(&clock) as _)
        .unwrap()
        .with_echo(Arc::new(move |message| echo.lock().unwrap().push(message.channel)));
    let transports = Transports::to_files(Arc::new(outbox));

    transports.send(&message(Channel::Email, "marie.curie@example.org")).await.unwrap();
    clock.advance(1_000);
    let sms = OutgoingMessage { id: "../m 2".to_owned(), ..message(Channel::Sms, "+33612345678") };
    transports.send(&sms).await.unwrap();
    clock.advance(1_000);
    transports.send(&message(Channel::Voice, "+33412345678")).await.unwrap();

    let files = files(&folder);
    let [mail, sms, call] = files.as_slice() else { panic!("{files:?}") };
    assert_eq!(name(mail), "20261122T114500.007Z-m_4f1.eml");
    assert_eq!(name(sms), "20261122T114501.007Z----m-2.json");
    assert_eq!(*echoed.lock().unwrap(), [Channel::Email, Channel::Sms, Channel::Voice]);

    let mail = fs::read_to_string(mail).unwrap();
    let (head, body) = mail.split_once("\r\n\r\n").unwrap();
    assert_eq!(body.replace("\r\n", "\n"), TEXT, "readable as it stands");
    assert!(head.contains("To: marie.curie@example.org\r\n"), "{head}");
    assert!(head.contains("Message-ID: <m_4f1@localhost>\r\n"), "{head}");
    assert!(!head.contains("482913"), "{head}");

    for (file, channel, to) in [(sms, "sms", "+33612345678"), (call, "voice", "+33412345678")] {
        let written: serde_json::Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
        assert_eq!((&written["channel"], &written["to"]), (&channel.into(), &to.into()));
        assert_eq!(written["text"], TEXT);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_reads_them() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let config = configuration(&format!("[outbox]\nfolder = {}\n", quoted(folder.path())));
    let transports = Transports::from_config(&config, Arc::new(ManualClock::at(0))).unwrap();
    transports.send(&message(Channel::Sms, "+33612345678")).await.unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder.path().join("outbox")), 0o700);
    assert_eq!(mode(&files(&folder)[0]), 0o600);
}

#[tokio::test]
async fn an_outbox_that_cannot_be_written_is_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = Outbox::new(folder.path(), Arc::new(ManualClock::at(0))).unwrap();
    fs::remove_dir(folder.path().join("outbox")).unwrap();
    let transports = Transports::to_files(Arc::new(outbox));
    assert!(
        transports.send(&message(Channel::Sms, "+33612345678")).await.unwrap_err().remedy == Remedy::Retry
    );
}
