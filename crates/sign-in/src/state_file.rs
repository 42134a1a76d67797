//! Small files of the app that must be whole or not count (APP-05): written aside and renamed, under a checksum.

use parvis_protocol::{
    encoding::base64url,
    entropy::{Entropy, opaque_short},
};
use sha2::{Digest, Sha256};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

const MARK: &str = "parvis-1 ";

/// What reading found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// There is no such file.
    Nothing,
    /// A file that was not written whole by this app, or not readable.
    Damaged,
    /// What was written.
    Content(Vec<u8>),
}

/// Reads a file and its checksum.
pub(crate) fn read(path: &Path) -> Found {
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Found::Nothing,
        Err(_) => Found::Damaged,
        Ok(bytes) => unseal(&bytes).map_or(Found::Damaged, |content| Found::Content(content.to_vec())),
    }
}

/// Writes the file whole: beside it, to the disk, then over it.
///
/// # Errors
/// The operating system's; the old file is then as it was.
pub(crate) fn write(path: &Path, content: &[u8], entropy: &dyn Entropy) -> io::Result<()> {
    let mut sealed = format!("{MARK}{}\n", base64url(&Sha256::digest(content))).into_bytes();
    sealed.extend_from_slice(content);
    let aside = write_aside(path, &sealed, entropy)?;
    let renamed = fs::rename(&aside, path);
    if renamed.is_err() {
        drop(fs::remove_file(&aside));
    }
    renamed?;
    sync_folder(path)
}

/// Removes the file; that it is not there is success.
///
/// # Errors
/// The operating system's.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
        Ok(()) => sync_folder(path),
    }
}

/// A new file beside `path`, complete and on the disk, readable by this OS account only.
pub(crate) fn write_aside(path: &Path, bytes: &[u8], entropy: &dyn Entropy) -> io::Result<PathBuf> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let aside = path.with_extension(format!("{}.new", opaque_short(entropy)));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(&aside).and_then(|mut file: File| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    match written {
        Ok(()) => Ok(aside),
        Err(error) => {
            drop(fs::remove_file(&aside));
            Err(error)
        }
    }
}

fn unseal(bytes: &[u8]) -> Option<&[u8]> {
    let rest = bytes.strip_prefix(MARK.as_bytes())?;
    let end = rest.iter().position(|b| *b == b'\n')?;
    let (checksum, content) = (&rest[..end], &rest[end + 1..]);
    (checksum == base64url(&Sha256::digest(content)).as_bytes()).then_some(content)
}

/// A rename is durable once its folder is.
#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use parvis_protocol::entropy::SeededEntropy;

    #[test]
    fn app_05_any_damage_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/hints");
        let entropy = SeededEntropy::new(1);
        assert_eq!(read(&path), Found::Nothing);
        write(&path, b"{\"a\":1}", &entropy).unwrap();
        let whole = fs::read(&path).unwrap();
        assert_eq!(read(&path), Found::Content(b"{\"a\":1}".to_vec()));
        for cut in 0..whole.len() {
            fs::write(&path, &whole[..cut]).unwrap();
            assert_eq!(read(&path), Found::Damaged, "cut at {cut}");
        }
        for at in 0..whole.len() {
            for bit in 0..8 {
                let mut flipped = whole.clone();
                flipped[at] ^= 1 << bit;
                fs::write(&path, &flipped).unwrap();
                assert_eq!(read(&path), Found::Damaged, "byte {at} bit {bit}");
            }
        }
        fs::write(&path, vec![0; whole.len()]).unwrap();
        assert_eq!(read(&path), Found::Damaged);
        write(&path, b"", &entropy).unwrap();
        assert_eq!(read(&path), Found::Content(Vec::new()));
        remove(&path).unwrap();
        remove(&path).unwrap();
        assert_eq!(read(&path), Found::Nothing);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 0, "nothing is left aside");
    }

    #[cfg(unix)]
    #[test]
    fn app_05_only_this_account_reads_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hints");
        write(&path, b"x", &SeededEntropy::new(1)).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
