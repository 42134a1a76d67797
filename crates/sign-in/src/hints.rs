//! What this workstation remembers about trust, for the display and for handover; never an authority (APP-05).
//!
//! Per portal: a pseudonym of whose device key is in the keyring, and until when trust was said to hold.

use crate::state_file::{self, Found};
use parvis_protocol::{clock::UnixMillis, entropy::Entropy};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

/// What is known about one portal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hint {
    /// Pseudonym of the trusted person; `None` where only a key is left to be removed.
    pub(crate) owner: Option<String>,
    /// Until when trust holds, by this PC's clock.
    pub(crate) trusted_until: Option<UnixMillis>,
    /// A former person's key could not be removed from the keyring: the name it has there.
    pub(crate) key_to_remove: Option<String>,
}

/// The hints file. It is read anew at each use: another start of the app may have written it.
#[derive(Debug)]
pub(crate) struct Hints {
    path: PathBuf,
    /// The file was there and could not be read as ours: nothing it said counts.
    pub(crate) damaged: bool,
}

impl Hints {
    /// Looks at the file; anything but a whole one means that nothing is known.
    pub(crate) fn open(data_dir: &Path) -> Self {
        let path = data_dir.join("trust-hints");
        let damaged = read(&path).is_none();
        Self { path, damaged }
    }

    /// What is known about the portal of this issuer.
    pub(crate) fn of(&self, issuer: &str) -> Option<Hint> {
        self.known().remove(issuer)
    }

    /// Keys that still have to be removed: issuer, and their name in the keyring.
    pub(crate) fn keys_to_remove(&self) -> Vec<(String, String)> {
        let known = self.known().into_iter();
        known.filter_map(|(issuer, hint)| Some((issuer, hint.key_to_remove?))).collect()
    }

    /// Remembers.
    ///
    /// # Errors
    /// The data folder cannot be written.
    pub(crate) fn set(&self, issuer: &str, hint: Hint, entropy: &dyn Entropy) -> io::Result<()> {
        let mut known = self.known();
        known.insert(issuer.to_owned(), hint);
        self.write(&known, entropy)
    }

    /// Forgets the portal, and reads back that it is forgotten.
    ///
    /// # Errors
    /// The data folder cannot be written or does not read back.
    pub(crate) fn forget(&self, issuer: &str, entropy: &dyn Entropy) -> io::Result<()> {
        if let Some(mut known) = read(&self.path) {
            if known.remove(issuer).is_none() {
                return Ok(());
            }
            self.write(&known, entropy)?;
        } else {
            state_file::remove(&self.path)?;
        }
        match read(&self.path) {
            Some(known) if !known.contains_key(issuer) => Ok(()),
            _ => Err(io::Error::other("the hints do not read back")),
        }
    }

    fn known(&self) -> BTreeMap<String, Hint> {
        read(&self.path).unwrap_or_default()
    }

    fn write(&self, known: &BTreeMap<String, Hint>, entropy: &dyn Entropy) -> io::Result<()> {
        if known.is_empty() {
            state_file::remove(&self.path)
        } else {
            state_file::write(&self.path, &serde_json::to_vec(known)?, entropy)
        }
    }
}

/// `None` for a file that was not written whole by this app.
fn read(path: &Path) -> Option<BTreeMap<String, Hint>> {
    match state_file::read(path) {
        Found::Nothing => Some(BTreeMap::new()),
        Found::Damaged => None,
        Found::Content(content) => serde_json::from_slice(&content).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parvis_protocol::entropy::SeededEntropy;

    fn hint() -> Hint {
        Hint { owner: Some("o".to_owned()), trusted_until: Some(5), key_to_remove: None }
    }

    #[test]
    fn app_05_hints_survive_a_start_and_damage_means_no_trust() {
        let folder = tempfile::tempdir().unwrap();
        let entropy = SeededEntropy::new(1);
        let hints = Hints::open(folder.path());
        hints.set("i", hint(), &entropy).unwrap();
        assert_eq!(Hints::open(folder.path()).of("i"), Some(hint()));
        let path = folder.path().join("trust-hints");
        let whole = std::fs::read(&path).unwrap();
        for at in 0..whole.len() {
            let mut flipped = whole.clone();
            flipped[at] ^= 1;
            std::fs::write(&path, flipped).unwrap();
            let read = Hints::open(folder.path());
            assert!(read.damaged && read.of("i").is_none(), "byte {at}");
            std::fs::write(&path, &whole[..at]).unwrap();
            assert!(Hints::open(folder.path()).of("i").is_none(), "cut at {at}");
        }
        let damaged = Hints::open(folder.path());
        damaged.forget("i", &entropy).unwrap();
        assert!(!Hints::open(folder.path()).damaged);
    }

    #[test]
    fn forgetting_leaves_no_file_and_touches_no_other_portal() {
        let folder = tempfile::tempdir().unwrap();
        let entropy = SeededEntropy::new(1);
        let hints = Hints::open(folder.path());
        hints.set("i", hint(), &entropy).unwrap();
        hints.set("j", hint(), &entropy).unwrap();
        hints.forget("i", &entropy).unwrap();
        assert!(Hints::open(folder.path()).of("j").is_some());
        hints.forget("j", &entropy).unwrap();
        assert!(!folder.path().join("trust-hints").exists());
    }

    #[test]
    fn a_folder_that_cannot_be_written_remembers_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a-file");
        std::fs::write(&file, b"").unwrap();
        let hints = Hints::open(&file.join("x"));
        assert!(hints.set("i", hint(), &SeededEntropy::new(1)).is_err());
        assert!(hints.of("i").is_none());
    }
}
