//! The log: a text file in the data folder, turned over by size. It carries codes and ids, never a secret.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// A file is turned over at this size, in bytes.
const SIZE: u64 = 1 << 20;

/// The current file and these older ones are kept.
const OLDER: u32 = 3;

/// Starts the log in this folder. Panics are logged by their place alone: what they say may hold what was typed.
pub(crate) fn start(folder: &Path) -> io::Result<()> {
    // Fixed, not taken from the environment: the finer levels of other crates print what crosses the wire.
    let levels = Targets::new()
        .with_default(LevelFilter::WARN)
        .with_targets([("parvis_app", LevelFilter::INFO), ("parvis_sign_in", LevelFilter::INFO)]);
    let file =
        tracing_subscriber::fmt::layer().with_ansi(false).with_writer(Mutex::new(LogFile::open(folder)?));
    tracing_subscriber::registry().with(file.with_filter(levels)).try_init().map_err(io::Error::other)?;
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panic");
    }));
    Ok(())
}

/// A file that is turned over by size.
struct LogFile {
    path: PathBuf,
    file: File,
    size: u64,
}

impl LogFile {
    fn open(folder: &Path) -> io::Result<Self> {
        crate::private_folder(folder)?;
        let path = folder.join("parvis.log");
        let file = appending(&path)?;
        let size = file.metadata()?.len();
        Ok(Self { path, file, size })
    }

    fn turn_over(&mut self) -> io::Result<()> {
        let older = |number: u32| self.path.with_extension(format!("{number}.log"));
        for number in (1..OLDER).rev() {
            let _ = fs::rename(older(number), older(number + 1));
        }
        fs::rename(&self.path, older(1))?;
        self.file = appending(&self.path)?;
        self.size = 0;
        Ok(())
    }
}

/// Opens for appending; its owner alone can read it.
fn appending(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

impl Write for LogFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.size >= SIZE {
            // A file that cannot be turned over goes on growing: better than losing what it says.
            let _ = self.turn_over();
        }
        let written = self.file.write(bytes)?;
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
