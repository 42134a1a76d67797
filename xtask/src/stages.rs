//! Stages: named, timed, and held to a common deadline.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::command::Counts;
use crate::say;

/// What a build machine may take for everything.
const CI_LIMIT: Duration = Duration::from_mins(40);

/// The stages of one command, in their order.
pub(crate) struct Stages {
    started: Instant,
    deadline: Option<Instant>,
    done: Vec<Stage>,
}

struct Stage {
    name: &'static str,
    took: Duration,
    counts: Counts,
    error: Option<String>,
}

impl Stages {
    /// Starts the clock. The deadline holds where `CI` is set.
    pub(crate) fn start() -> Self {
        let started = Instant::now();
        let deadline = std::env::var_os("CI").is_some().then(|| started + CI_LIMIT);
        Self { started, deadline, done: Vec::new() }
    }

    /// Runs a stage that the following ones need: its failure ends the command.
    pub(crate) fn need<T>(
        &mut self,
        name: &'static str,
        work: impl FnOnce(Option<Instant>) -> Result<T>,
    ) -> Result<T> {
        say::heading(name);
        let started = Instant::now();
        let result = work(self.deadline);
        let error = result.as_ref().err().map(|error| format!("{error:#}"));
        self.done.push(Stage { name, took: started.elapsed(), counts: Counts::default(), error });
        if result.is_err() {
            self.report();
        }
        result
    }

    /// Runs a stage of tests: its failure is kept for the end, so that one run shows all of them.
    pub(crate) fn check(&mut self, name: &'static str, work: impl FnOnce(Option<Instant>) -> Result<Counts>) {
        say::heading(name);
        let started = Instant::now();
        let (counts, error) = match work(self.deadline) {
            Ok(counts) if counts.failed > 0 => (counts, Some(format!("{} failed", counts.failed))),
            Ok(counts) if !counts.finished => (counts, Some("did not run to its end".into())),
            Ok(counts) => (counts, None),
            Err(error) => (Counts::default(), Some(format!("{error:#}"))),
        };
        self.done.push(Stage { name, took: started.elapsed(), counts, error });
    }

    /// Prints seconds per stage and the result; fails if a stage did.
    pub(crate) fn finish(self) -> Result<()> {
        self.report();
        let failed: Vec<_> = self.done.iter().filter(|stage| stage.error.is_some()).collect();
        if failed.is_empty() {
            say::line("RESULT: ok");
            return Ok(());
        }
        let names: Vec<_> = failed.iter().map(|stage| stage.name).collect();
        anyhow::bail!("RESULT: failed: {}", names.join(", "))
    }

    fn report(&self) {
        say::heading("seconds per stage");
        let mut total = Counts::default();
        for stage in &self.done {
            let mut line = format!("{:>8.1} s  {}", stage.took.as_secs_f64(), stage.name);
            if stage.counts.passed + stage.counts.failed > 0 {
                let _ = write!(line, ": {} passed, {} failed", stage.counts.passed, stage.counts.failed);
            }
            if let Some(error) = &stage.error {
                let _ = write!(line, "  FAILED: {error}");
            }
            say::line(&line);
            total.add(stage.counts);
        }
        say::line(&format!("{:>8.1} s  in all", self.started.elapsed().as_secs_f64()));
        if total.passed + total.failed > 0 {
            say::line(&format!("{} passed, {} failed", total.passed, total.failed));
        }
    }
}
