//! The program `parvis`.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

/// Sign-in app for health portals.
#[derive(Parser)]
#[command(name = "parvis", version)]
struct Arguments {
    /// List of demonstration portals; it may name loopback addresses only.
    #[arg(long, value_name = "FILE")]
    portals: Option<PathBuf>,
    /// Folder of the app's data [default: the operating system's place for it].
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// What this workstation is called [default: as IT named it, or its host name].
    #[arg(long, value_name = "NAME")]
    workstation: Option<String>,
}

fn main() -> ExitCode {
    let Arguments { portals, data, workstation } = Arguments::parse();
    match parvis_app::run(parvis_app::Options { portals, data, workstation }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            #[expect(clippy::print_stderr, reason = "there is no window to say it in")]
            {
                eprintln!("parvis: {error}");
            }
            ExitCode::FAILURE
        }
    }
}
