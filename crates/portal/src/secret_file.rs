//! Files that hold secrets: readable by their owner only, made in one step.

use secrecy::SecretString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Longest secret file, bytes.
const MAX_LENGTH: u64 = 64 * 1024;

/// Who else may read a secret file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// Its owner alone.
    Owner,
    /// Its group too, as service managers hand secrets over.
    Group,
}

/// Why a secret file was not taken.
#[derive(Debug, thiserror::Error)]
pub enum SecretFileError {
    /// Not there, or not readable.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Others may read it.
    #[error("{}: mode {mode:04o} lets others read it; `chmod {wanted} {}`", path.display(), path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
        /// Those that it should have.
        wanted: &'static str,
    },
    /// Not a file with text in it.
    #[error("{}: {reason}", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: &'static str,
    },
}

/// Reads a secret of one line, without the end of the line.
///
/// # Errors
/// Missing, readable by anyone outside its group, empty or of several lines.
pub fn read_secret(path: &Path) -> Result<SecretString, SecretFileError> {
    let text = read(path, Readers::Group)?;
    let line = text.trim_end_matches(['\r', '\n']);
    if line.is_empty() || line.contains(char::is_control) {
        return Err(SecretFileError::Unusable {
            path: path.to_owned(),
            reason: "takes one line with the secret",
        });
    }
    Ok(line.into())
}

/// Reads a whole file of secrets.
pub(crate) fn read(path: &Path, readers: Readers) -> Result<Zeroizing<String>, SecretFileError> {
    let io = |source| SecretFileError::Io { path: path.to_owned(), source };
    let file = File::open(path).map_err(io)?;
    let metadata = file.metadata().map_err(io)?;
    if !metadata.is_file() || metadata.len() > MAX_LENGTH {
        return Err(SecretFileError::Unusable { path: path.to_owned(), reason: "is no small regular file" });
    }
    refuse_exposed(path, &metadata, readers)?;
    let mut text = Zeroizing::new(String::with_capacity(usize::try_from(metadata.len()).unwrap_or(0) + 1));
    file.take(MAX_LENGTH).read_to_string(&mut text).map_err(io)?;
    Ok(text)
}

#[cfg(unix)]
fn refuse_exposed(path: &Path, metadata: &fs::Metadata, readers: Readers) -> Result<(), SecretFileError> {
    use std::os::unix::fs::PermissionsExt;
    let mode = metadata.permissions().mode() & 0o7777;
    let (forbidden, wanted) = match readers {
        Readers::Owner => (0o077, "600"),
        Readers::Group => (0o027, "640"),
    };
    if mode & forbidden == 0 {
        Ok(())
    } else {
        Err(SecretFileError::Exposed { path: path.to_owned(), mode, wanted })
    }
}

/// Elsewhere the folder's access rules decide.
#[cfg(not(unix))]
fn refuse_exposed(_: &Path, _: &fs::Metadata, _: Readers) -> Result<(), SecretFileError> {
    Ok(())
}

/// Makes a folder, and those above it, that its owner alone can enter; one that is there stays as it is.
///
/// # Errors
/// Where it cannot be made.
pub fn private_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Writes `content` beside `path`, for the owner only and down to the disk, and hands the name to `place`, which
/// moves or links it; the name beside is gone afterwards.
pub(crate) fn write_beside(
    path: &Path,
    suffix: &str,
    content: &[u8],
    place: impl FnOnce(&Path) -> io::Result<()>,
) -> io::Result<()> {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let beside = path.with_file_name(format!(".{name}.{suffix}"));
    let written = write_new(&beside, content).and_then(|()| place(&beside));
    // After a rename there is nothing left to remove.
    let _ = fs::remove_file(&beside);
    written?;
    sync_folder(path)
}

fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

/// The new name itself has to reach the disk.
fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if cfg!(unix) && !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    #[cfg(unix)]
    #[test]
    fn a_secret_is_one_line_that_others_cannot_read() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        for (mode, taken) in [(0o600, true), (0o640, true), (0o400, true), (0o644, false), (0o660, false)] {
            fs::write(&path, " pass word \r\n").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let read = read_secret(&path);
            assert_eq!(read.is_ok(), taken, "{mode:o}");
            match read {
                Ok(secret) => assert_eq!(secret.expose_secret(), " pass word "),
                Err(refusal) => assert!(refusal.to_string().contains("chmod 640"), "{refusal}"),
            }
            fs::remove_file(&path).unwrap();
        }
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_secret_is_refused_by_name() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        assert!(read_secret(&path).unwrap_err().to_string().contains("secret"));
        for content in ["", "\n", "one\ntwo\n", "a\u{0}b"] {
            fs::write(&path, content).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            assert!(matches!(read_secret(&path), Err(SecretFileError::Unusable { .. })), "{content:?}");
        }
        assert!(matches!(read_secret(folder.path()), Err(SecretFileError::Unusable { .. })));
    }
}
