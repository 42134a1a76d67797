//! `cargo xtask test`: everything, from a fresh machine, in one command.

use anyhow::Result;

use crate::command::{self, Counts};
use crate::packages::{self, Wanted};
use crate::postgres::Cluster;
use crate::stages::Stages;
use crate::{say, window};

/// The variable that hands the tests an administrator's address of a PostgreSQL of their own.
const POSTGRES: &str = "PARVIS_TEST_POSTGRES";

/// The module of the scenarios that open a window; they run last, when everything else is known to work.
const SCENARIOS: &str = "window::";

/// Runs all stages.
pub(crate) fn run() -> Result<()> {
    let mut stages = Stages::start();
    stages.need("setup", |deadline| {
        packages::install(Wanted { desk: true, tests: true })?;
        window::dependencies(deadline)
    })?;
    stages.need("window: build and check", |deadline| {
        window::build(deadline)?;
        window::script("check", deadline)
    })?;
    stages.need("Rust: build", |deadline| {
        command::run(command::cargo().args(["build", "--workspace", "--all-targets", "--locked"]), deadline)
    })?;

    let postgres = stages.need("PostgreSQL: private cluster", |_| Cluster::start())?;
    stages.check("Rust tests", |deadline| {
        let mut cargo = command::cargo();
        cargo.args(["test", "--workspace", "--locked", "--no-fail-fast", "--quiet", "--"]);
        cargo.args(["--skip", SCENARIOS]).env(POSTGRES, postgres.url());
        command::tests(&mut cargo, deadline)
    });
    drop(postgres);

    stages.check("window tests", |deadline| {
        command::tests(command::npm().args(["test", "--silent"]).env("CI", "1"), deadline)
    });
    stages.check("end to end", |deadline| {
        // Two at a time: each scenario has a display, a session bus, a keyring and a portal of its own.
        let mut scenarios = command::new(command::test_program("e2e")?);
        scenarios.args([SCENARIOS, "--test-threads=2", "--nocapture"]);
        let counts = command::tests(&mut scenarios, deadline)?;
        if counts.passed == 0 {
            say::line("No scenario ran.");
            return Ok(Counts { finished: false, ..counts });
        }
        Ok(counts)
    });
    stages.finish()
}
