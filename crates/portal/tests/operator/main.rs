//! The operator's commands, as the program runs them: what they say, and what they leave behind.
#![expect(clippy::unwrap_used, reason = "what cannot go on ends the test")]

mod accounts;
mod keys;
mod proof;
mod records;

use std::{
    path::Path,
    process::{Command, Output, Stdio},
};
use tempfile::TempDir;

/// A portal's configuration in a folder of its own.
struct Site {
    folder: TempDir,
}

/// What a command said.
struct Said {
    ok: bool,
    out: String,
    err: String,
}

impl Site {
    fn new() -> Self {
        Self::of("portail-de-sante")
    }

    /// With this profile.
    fn of(profile: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let profile = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../profiles/{profile}.toml"));
        let data = folder.path().join("data");
        let quoted = |path: &Path| toml::Value::from(path.to_str().unwrap()).to_string();
        let (data, profile) = (quoted(&data), quoted(&profile));
        let source = format!(
            "data = {data}\nprofile = {profile}\n[outbox]\nfolder = {data}\n[hashing]\nthreads = 1\n"
        );
        std::fs::write(folder.path().join("config.toml"), source).unwrap();
        Self { folder }
    }

    /// Runs `parvis-portal GROUP COMMAND --config … REST`, with this on its standard input.
    fn run_with(&self, input: &str, group: &str, command: &str, rest: &[&str]) -> Said {
        let mut child = Command::new(env!("CARGO_BIN_EXE_parvis-portal"))
            .args([group, command, "--config"])
            .arg(self.folder.path().join("config.toml"))
            .args(rest)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that refuses at once does not read.
        let _ = std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes());
        said(&child.wait_with_output().unwrap())
    }

    fn run(&self, group: &str, command: &str, rest: &[&str]) -> Said {
        self.run_with("", group, command, rest)
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

fn said(output: &Output) -> Said {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    Said { ok: output.status.success(), out: text(&output.stdout), err: text(&output.stderr) }
}

/// The lines about the file, without its name.
fn defects(err: &str) -> Vec<&str> {
    err.lines().filter_map(|line| line.split_once(".csv: ")).map(|(_, defect)| defect).collect()
}
