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
    /// Link that leads to the form of a registration.
    #[arg(value_name = "LINK")]
    link: Option<String>,
}

fn main() -> ExitCode {
    let Arguments { portals, data, workstation, link } = Arguments::parse();
    let link = link.map(Into::into);
    let Err(error) = parvis_app::run(parvis_app::Options { portals, data, workstation, link }) else {
        return ExitCode::SUCCESS;
    };
    #[cfg(unix)]
    let error = if parvis_app::met_a_dying_instance(error.as_ref()) { start_again(error) } else { error };
    #[expect(clippy::print_stderr, reason = "there is no window to say it in")]
    {
        eprintln!("parvis: {error}");
    }
    ExitCode::FAILURE
}

/// Starts over in the same process, a few times at most; returns only if that does not help.
#[cfg(unix)]
fn start_again(error: Box<dyn std::error::Error>) -> Box<dyn std::error::Error> {
    use std::os::unix::process::CommandExt as _;
    const STARTS: &str = "PARVIS_STARTS";
    let starts = std::env::var(STARTS).ok().and_then(|starts| starts.parse().ok()).unwrap_or(1_u8);
    let Ok(program) = std::env::current_exe() else { return error };
    if starts >= 10 {
        return error;
    }
    std::thread::sleep(std::time::Duration::from_millis(200));
    let mut again = std::process::Command::new(program);
    again.args(std::env::args_os().skip(1)).env(STARTS, (starts + 1).to_string());
    Box::new(again.exec())
}
