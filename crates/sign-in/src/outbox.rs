//! Ends of sessions that the portal has still to be told. An end is written here before it is sent, and dropped when the
//! portal has answered, so that neither a crash nor a dead network leaves a session open longer than its own limits.
//!
//! Only what ends a session is kept: a handle that opens nothing.

use crate::state_file::{self, Found};
use parvis_protocol::entropy::Entropy;
use serde::{Deserialize, Serialize};
use std::{
    io,
    path::{Path, PathBuf},
};

/// An address, for the proof and the post, and what it ends.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PendingEnd {
    /// The portal.
    pub(crate) issuer: String,
    /// Its `end_session_endpoint`.
    pub(crate) endpoint: String,
    /// Which grant.
    pub(crate) end_handle: String,
    /// End the workstation's trust as well.
    pub(crate) forget_device: bool,
}

impl std::fmt::Debug for PendingEnd {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PendingEnd")
            .field("issuer", &self.issuer)
            .field("forget_device", &self.forget_device)
            .finish_non_exhaustive()
    }
}

/// The most that is kept: far more than a day of sign-outs without network.
const MOST: usize = 200;

/// The outbox file. What another start of the app has written there is kept.
#[derive(Debug)]
pub(crate) struct Outbox {
    path: PathBuf,
    pending: Vec<PendingEnd>,
    /// The file was there and could not be read as ours.
    pub(crate) damaged: bool,
}

impl Outbox {
    /// Reads the file; an unreadable one is an empty one, and said.
    pub(crate) fn open(data_dir: &Path) -> Self {
        let path = data_dir.join("pending-ends");
        let found = read(&path);
        let damaged = found.is_none();
        Self { path, pending: found.unwrap_or_default(), damaged }
    }

    /// What has still to be sent, the oldest first.
    pub(crate) fn pending(&self) -> &[PendingEnd] {
        &self.pending
    }

    /// Adds an end. It is pending in memory even if the folder cannot be written.
    ///
    /// # Errors
    /// The data folder cannot be written.
    pub(crate) fn add(&mut self, end: PendingEnd, entropy: &dyn Entropy) -> io::Result<()> {
        self.take_up();
        self.pending.retain(|other| other.end_handle != end.end_handle);
        self.pending.push(end);
        let surplus = self.pending.len().saturating_sub(MOST);
        self.pending.drain(..surplus);
        self.write(entropy)
    }

    /// The portal has answered.
    ///
    /// # Errors
    /// The data folder cannot be written: it is sent again at the next start, which ends nothing twice.
    pub(crate) fn done(&mut self, end_handle: &str, entropy: &dyn Entropy) -> io::Result<()> {
        self.take_up();
        self.pending.retain(|end| end.end_handle != end_handle);
        self.write(entropy)
    }

    fn take_up(&mut self) {
        for end in read(&self.path).unwrap_or_default() {
            if !self.pending.contains(&end) {
                self.pending.push(end);
            }
        }
    }

    fn write(&self, entropy: &dyn Entropy) -> io::Result<()> {
        if self.pending.is_empty() {
            state_file::remove(&self.path)
        } else {
            state_file::write(&self.path, &serde_json::to_vec(&self.pending)?, entropy)
        }
    }
}

/// `None` for a file that was not written whole by this app.
fn read(path: &Path) -> Option<Vec<PendingEnd>> {
    match state_file::read(path) {
        Found::Nothing => Some(Vec::new()),
        Found::Damaged => None,
        Found::Content(content) => serde_json::from_slice(&content).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parvis_protocol::entropy::SeededEntropy;

    fn end(handle: &str) -> PendingEnd {
        PendingEnd {
            issuer: "https://portal.example".to_owned(),
            endpoint: "https://portal.example/end".to_owned(),
            end_handle: handle.to_owned(),
            forget_device: true,
        }
    }

    #[test]
    fn ends_survive_a_start_until_they_are_answered() {
        let folder = tempfile::tempdir().unwrap();
        let entropy = SeededEntropy::new(1);
        let mut outbox = Outbox::open(folder.path());
        outbox.add(end("a"), &entropy).unwrap();
        outbox.add(end("b"), &entropy).unwrap();
        outbox.add(end("a"), &entropy).unwrap();
        let mut next_start = Outbox::open(folder.path());
        assert_eq!(next_start.pending(), [end("b"), end("a")]);
        next_start.done("b", &entropy).unwrap();
        next_start.done("a", &entropy).unwrap();
        assert!(!folder.path().join("pending-ends").exists());
        assert!(!format!("{:?}", end("handle-1")).contains("handle-1"));
    }

    #[test]
    fn app_05_a_damaged_outbox_is_empty_and_said() {
        let folder = tempfile::tempdir().unwrap();
        let entropy = SeededEntropy::new(1);
        Outbox::open(folder.path()).add(end("a"), &entropy).unwrap();
        let path = folder.path().join("pending-ends");
        let whole = std::fs::read(&path).unwrap();
        for at in 0..whole.len() {
            let mut flipped = whole.clone();
            flipped[at] ^= 0x10;
            std::fs::write(&path, flipped).unwrap();
            let read = Outbox::open(folder.path());
            assert!(read.damaged && read.pending().is_empty(), "byte {at}");
        }
        let mut damaged = Outbox::open(folder.path());
        damaged.add(end("b"), &entropy).unwrap();
        assert_eq!(Outbox::open(folder.path()).pending(), [end("b")]);
    }

    #[test]
    fn app_11_two_starts_lose_none_of_each_others_ends() {
        let folder = tempfile::tempdir().unwrap();
        let entropy = SeededEntropy::new(1);
        let (mut first, mut second) = (Outbox::open(folder.path()), Outbox::open(folder.path()));
        first.add(end("a"), &entropy).unwrap();
        second.add(end("b"), &entropy).unwrap();
        first.done("a", &entropy).unwrap();
        assert_eq!(Outbox::open(folder.path()).pending(), [end("b")]);
    }

    #[test]
    fn the_outbox_does_not_grow_without_end() {
        let folder = tempfile::tempdir().unwrap();
        let mut outbox = Outbox::open(folder.path());
        for n in 0..=MOST {
            outbox.pending.push(end(&n.to_string()));
        }
        outbox.add(end("last"), &SeededEntropy::new(1)).unwrap();
        assert_eq!(outbox.pending().len(), MOST);
        assert_eq!(outbox.pending().last(), Some(&end("last")));
    }
}
