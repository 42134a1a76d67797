//! A program that ends with the desk.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A program that is about to run, or runs.
pub(crate) struct Program {
    command: Command,
    input: Option<&'static str>,
    child: Option<Child>,
}

impl Program {
    pub(crate) fn new(program: &str) -> Self {
        let mut command = Command::new(program);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Self { command, input: None, child: None }
    }

    pub(crate) fn args<'a>(mut self, arguments: impl IntoIterator<Item = &'a str>) -> Self {
        self.command.args(arguments);
        self
    }

    pub(crate) fn envs(mut self, environment: &[(&'static str, String)]) -> Self {
        self.command.envs(environment.iter().map(|(name, value)| (name, value)));
        self
    }

    /// Given to the program, and then the end of its input.
    pub(crate) fn input(mut self, text: &'static str) -> Self {
        self.command.stdin(Stdio::piped());
        self.input = Some(text);
        self
    }

    /// Where its output goes.
    pub(crate) fn log(mut self, path: &Path) -> Self {
        let file = File::options().create(true).append(true).open(path).unwrap();
        self.command.stdout(file.try_clone().unwrap()).stderr(file);
        self
    }

    pub(crate) fn start(mut self) -> Self {
        let mut child = self
            .command
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", self.command.get_program().display()));
        if let Some(text) = self.input {
            child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        }
        self.child = Some(child);
        self
    }

    /// Starts the program and waits for the line with which it says that it is ready.
    pub(crate) fn start_and_read_line(mut self) -> (Self, String) {
        self.command.stdout(Stdio::piped());
        let mut program = self.start();
        let output = program.child.as_mut().unwrap().stdout.as_mut().unwrap();
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line).unwrap();
        let line = line.trim().to_owned();
        assert!(!line.is_empty(), "{} said nothing", program.command.get_program().display());
        (program, line)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
