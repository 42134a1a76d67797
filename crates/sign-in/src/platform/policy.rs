//! What IT decided for the machine, from a file that people cannot change.

use super::machine_folder;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// `policy.toml` in the machine's folder. Absent means all defaults.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// Each OS account is a workstation of its own: for terminal servers (TRU-11).
    pub workstation_per_account: bool,
    /// The workstation's name, if IT calls it otherwise than its host name.
    pub workstation_name: Option<String>,
}

/// Why a file of IT was not used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// It is there and cannot be read.
    #[error("{0} cannot be read: {1}")]
    Unreadable(PathBuf, std::io::Error),
    /// Somebody other than the administrator may change it.
    #[error("{0} must belong to root and be writable by root alone")]
    Unguarded(PathBuf),
    /// It does not say what such a file can say.
    #[error("{0}: {1}")]
    Invalid(PathBuf, String),
}

impl Policy {
    /// Reads the machine's policy.
    ///
    /// # Errors
    /// [`PolicyError`] for a file that is there and is not a guarded, valid policy.
    pub fn of_this_machine() -> Result<Self, PolicyError> {
        Self::read(&machine_folder().join("policy.toml"))
    }

    fn read(path: &Path) -> Result<Self, PolicyError> {
        let Some(text) = read_guarded(path)? else { return Ok(Self::default()) };
        toml::from_str(&text)
            .map_err(|error| PolicyError::Invalid(path.to_owned(), error.message().to_owned()))
    }
}

/// Reads a file that only the administrator may change; `None` if it is not there.
///
/// On Unix, owner and mode are checked on the open file. On Windows the installer's folder has the access list; nothing is
/// checked here.
///
/// # Errors
/// [`PolicyError`] for a file that cannot be read or that others may change.
pub fn read_guarded(path: &Path) -> Result<Option<String>, PolicyError> {
    let unreadable = |error| PolicyError::Unreadable(path.to_owned(), error);
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    if !is_guarded(&file.metadata().map_err(unreadable)?) {
        return Err(PolicyError::Unguarded(path.to_owned()));
    }
    std::io::read_to_string(file).map(Some).map_err(unreadable)
}

#[cfg(unix)]
fn is_guarded(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    metadata.is_file() && metadata.uid() == 0 && metadata.mode() & 0o022 == 0
}

#[cfg(not(unix))]
fn is_guarded(metadata: &std::fs::Metadata) -> bool {
    metadata.is_file()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn app_08_a_file_that_others_may_write_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("policy.toml");
        assert_eq!(Policy::read(&path).unwrap(), Policy::default());
        std::fs::write(&path, "workstation_per_account = true\n").unwrap();
        for mode in [0o666, 0o664, 0o646] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            assert!(matches!(Policy::read(&path), Err(PolicyError::Unguarded(_))), "{mode:o}");
        }
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        match Policy::read(&path) {
            Ok(policy) => assert!(policy.workstation_per_account),
            // The tests run as somebody else than root: the owner is what is wrong.
            Err(PolicyError::Unguarded(_)) => {}
            Err(other) => panic!("{other}"),
        }
    }
}
