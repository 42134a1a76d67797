//! The newcomer's and the developer's commands.
//!
//! ```text
//! cargo xtask demo      the app on a demonstration portal
//! cargo xtask test      everything that can be tested, from a fresh machine
//! cargo xtask lint      what has to be clean before a commit
//! cargo xtask licences  the list of parts and their licences
//! cargo xtask screens   the pictures of docs/screens/, from the real window
//! cargo xtask bench     speed and memory as ratios, into docs/benchmarks.md
//! ```

mod bench;
mod command;
mod demo;
mod licences;
mod lint;
mod packages;
mod postgres;
mod say;
mod stages;
mod test;
mod tree;
mod window;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The commands of the Parvis repository")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install what is missing, build, and open the app on a demonstration portal.
    Demo {
        /// Use no display of this machine, even if there is one: sign in unattended and leave pictures.
        #[arg(long)]
        unattended: bool,
    },
    /// Install what is missing, build once, and run every test.
    Test,
    /// Check formatting, lints, documentation, generated files and lock files.
    Lint,
    /// Write the list of parts and their licences that « À propos » shows.
    Licences,
    /// Retake the pictures of docs/screens/ from the real window.
    Screens,
    /// Build the release, measure it against baselines of the same run, and write docs/benchmarks.md.
    Bench,
}

fn main() -> ExitCode {
    let done = match Arguments::parse().task {
        Task::Demo { unattended } => demo::demo(unattended),
        Task::Test => test::run(),
        Task::Lint => lint::run(),
        Task::Licences => licences::write(),
        Task::Screens => demo::screens(),
        Task::Bench => bench::run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say::error(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}
