//! Running other programs: without input, in sight, and never past a deadline.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{say, tree};

/// What a test runner counted.
#[derive(Clone, Copy, Default)]
pub(crate) struct Counts {
    /// Tests that passed.
    pub(crate) passed: u32,
    /// Tests that failed.
    pub(crate) failed: u32,
    /// The runner ended with success, or with counted failures.
    pub(crate) finished: bool,
}

impl Counts {
    /// Adds those of another runner.
    pub(crate) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    /// Reads a closing line of cargo's runner (`test result: ok. 3 passed; 0 failed; …`) or of
    /// Playwright (`  3 passed (2.1s)`, `  1 failed`).
    fn read(&mut self, line: &str) {
        if let Some((_, numbers)) = line.split_once("test result: ") {
            let mut words = numbers.split([' ', ';', '.']).filter(|word| !word.is_empty()).skip(1);
            self.passed += number(words.next());
            self.failed += number(words.nth(1));
        } else if line.starts_with("  ") && !line.starts_with("   ") {
            let mut words = line.split_whitespace();
            let count = number(words.next());
            match (words.next(), words.next()) {
                (Some("passed"), _) => self.passed += count,
                (Some("failed" | "flaky" | "interrupted"), None) => self.failed += count,
                _ => {}
            }
        }
    }
}

fn number(word: Option<&str>) -> u32 {
    word.and_then(|word| word.parse().ok()).unwrap_or(0)
}

/// A command that runs at the root of the repository, without input.
pub(crate) fn new(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(tree::root()).stdin(Stdio::null());
    command
}

/// `cargo`, the one that runs this.
///
/// Without what it says about this package: the build script of `ring` looks at it, and would be run again, with everything
/// above it, whenever a build inside a task follows one outside.
pub(crate) fn cargo() -> Command {
    let mut cargo = new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let about_xtask = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(about_xtask) {
            cargo.env_remove(name);
        }
    }
    cargo
}

/// `npm`, in the folder of the window.
pub(crate) fn npm() -> Command {
    let mut command = new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.current_dir(tree::ui());
    command
}

/// Runs to the end and fails if the program does.
pub(crate) fn run(command: &mut Command, deadline: Option<Instant>) -> Result<()> {
    let shown = shown(command);
    say::line(&format!("$ {shown}"));
    let status = wait(spawn(command, deadline)?, deadline, &shown)?;
    if status.success() { Ok(()) } else { bail!("`{shown}` ended with {status}") }
}

/// Runs a test runner to the end, shows what it says, and counts. Failed tests are counted, not an error.
pub(crate) fn tests(command: &mut Command, deadline: Option<Instant>) -> Result<Counts> {
    let shown = shown(command);
    say::line(&format!("$ {shown}"));
    let mut child = spawn(command.stdout(Stdio::piped()), deadline)?;
    let output = child.stdout.take().context("no output to read")?;
    let reader = std::thread::spawn(move || {
        let mut counts = Counts::default();
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            say::line(&line);
            counts.read(&line);
        }
        counts
    });
    let status = wait(child, deadline, &shown)?;
    let mut counts =
        reader.join().map_err(|_| anyhow::anyhow!("the output of `{shown}` could not be read"))?;
    counts.finished = status.success() || counts.failed > 0;
    Ok(counts)
}

/// The program of an integration test, as the build of all targets has it.
///
/// `cargo test --test` would build it, and much below it, once more: which parts Cargo builds once for build scripts and programs
/// depends on all the targets that are asked for.
pub(crate) fn test_program(name: &str) -> Result<PathBuf> {
    let mut cargo = cargo();
    cargo.args(["test", "--workspace", "--locked", "--no-run", "--quiet"]);
    cargo.arg("--message-format=json-render-diagnostics").stderr(Stdio::inherit());
    let output = cargo.output().context("cannot start cargo")?;
    if !output.status.success() {
        bail!("`{}` ended with {}", shown(&cargo), output.status);
    }
    let messages = output.stdout.split(|byte| *byte == b'\n');
    let mut artifacts = messages.filter_map(|line| serde_json::from_slice::<Value>(line).ok());
    let program = artifacts.find_map(|artifact| {
        let target = &artifact["target"];
        let is_it = target["name"] == name && target["kind"][0] == "test";
        artifact["executable"].as_str().filter(|_| is_it).map(PathBuf::from)
    });
    program.with_context(|| format!("there is no test {name}"))
}

/// The output of a program that succeeds; `None` if it is missing or fails.
pub(crate) fn output(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Whether this is root.
pub(crate) fn is_root() -> bool {
    cfg!(unix) && output(new("id").arg("-u")).is_some_and(|id| id == "0")
}

fn spawn(command: &mut Command, deadline: Option<Instant>) -> Result<Child> {
    // With a deadline, a group of its own, so that all of it can be ended. Otherwise the terminal's, so that Ctrl-C does.
    #[cfg(unix)]
    if deadline.is_some() {
        std::os::unix::process::CommandExt::process_group(command, 0);
    }
    #[cfg(not(unix))]
    let _ = deadline;
    command.spawn().with_context(|| format!("cannot start `{}`", shown(command)))
}

fn wait(mut child: Child, deadline: Option<Instant>, shown: &str) -> Result<ExitStatus> {
    let Some(deadline) = deadline else { return Ok(child.wait()?) };
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if Instant::now() >= deadline {
            let group = format!("-{}", child.id());
            let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
            child.kill()?;
            child.wait()?;
            bail!("the time is over: `{shown}` was ended");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn shown(command: &Command) -> String {
    let name = Path::new(command.get_program()).file_stem().unwrap_or_default().to_string_lossy();
    let words = command.get_args().map(|word| word.to_string_lossy());
    std::iter::once(name).chain(words).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::Counts;

    #[test]
    fn closing_lines_are_counted() {
        let mut counts = Counts::default();
        for line in [
            "running 14 tests",
            "test result: ok. 12 passed; 0 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.1s",
            "test result: FAILED. 1 passed; 3 failed; 0 ignored; 0 measured",
            "  42 passed (12.3s)",
            "  2 failed",
            "    tests/code.spec.ts:12:3 › 3 failed tries",
            "  1 flaky",
        ] {
            counts.read(line);
        }
        assert_eq!((counts.passed, counts.failed), (55, 6));
    }
}
