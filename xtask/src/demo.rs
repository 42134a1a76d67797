//! `cargo xtask demo` and `cargo xtask screens`: the real app on a demonstration portal.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::packages::{self, Wanted};
use crate::stages::Stages;
use crate::{command, say, tree, window};

/// Where a newcomer's portal listens, if nothing else does.
const PORT: u16 = 8787;

/// The app on a demonstration portal, in front of a person, or unattended with pictures.
pub(crate) fn demo(unattended: bool) -> Result<()> {
    let unattended = unattended || !has_display();
    let mut stages = Stages::start();
    prepare(&mut stages, Wanted { desk: unattended, tests: false })?;
    if unattended {
        let pictures = tree::target().join("demo");
        stages.check("sign in as medecin-a", |deadline| journey("pictures::demo", &pictures, deadline));
        stages.finish()?;
        return list(&pictures);
    }
    attended()
}

/// Retakes the pictures of docs/screens/.
pub(crate) fn screens() -> Result<()> {
    let mut stages = Stages::start();
    // Some of them are of pages in a browser.
    prepare(&mut stages, Wanted { desk: true, tests: true })?;
    let pictures = tree::root().join("docs").join("screens");
    stages.check("pictures", |deadline| journey("pictures::screens", &pictures, deadline));
    stages.finish()?;
    list(&pictures)
}

fn prepare(stages: &mut Stages, wanted: Wanted) -> Result<()> {
    stages.need("setup", |deadline| {
        packages::install(wanted)?;
        window::dependencies(deadline)
    })?;
    stages.need("window: build", window::build)?;
    // The same build as the tests': a newcomer who goes on to test has most of it already.
    stages.need("Rust: build", |deadline| {
        let build = ["build", "--workspace", "--all-targets", "--locked"];
        command::run(command::cargo().args(build), deadline)
    })
}

/// The journeys are written once, beside the scenarios of the end-to-end tests.
fn journey(name: &str, pictures: &Path, deadline: Option<Instant>) -> Result<command::Counts> {
    fs::create_dir_all(pictures)?;
    let mut journey = command::new(command::test_program("e2e")?);
    journey.args([name, "--exact", "--ignored", "--nocapture"]).env("PARVIS_PICTURES", pictures);
    command::tests(&mut journey, deadline)
}

fn list(pictures: &Path) -> Result<()> {
    say::heading(&format!("pictures in {}", pictures.display()));
    let mut names: Vec<_> = fs::read_dir(pictures)?
        .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()))
        .collect();
    names.sort();
    say::line(&names.join("\n"));
    Ok(())
}

fn attended() -> Result<()> {
    let folder = tree::target().join("demo-data");
    fs::create_dir_all(&folder)?;
    let portal = Portal::start(&folder)?;
    let mut app = command::new(tree::program("parvis"));
    app.arg("--portals").arg(&portal.list).arg("--data").arg(folder.join("app"));
    say::heading("Parvis");
    say::line("« Portail de santé »: medecin-a, medecin-b, administrateur or secretaire.");
    say::line("« Doctipro »: medecin@example.org (doctor), secretaire@example.org, patient@example.org.");
    say::line(
        "« Doctolib »: patient@example.org; any other address and French number open an account, from a booking too:",
    );
    say::line(&format!("  {}/doctolib/booking in a browser.", portal.address));
    say::line(
        "« Portail des dentistes »: 00456 (dentist), delegue@example.org (their delegate); free to register:",
    );
    say::line("  permit number 00123 with dentiste-sans-compte@example.org.");
    say::line(&format!(
        "Password: Parvis-Demo-2026!  Codes and links appear above, and at {}/outbox in a browser.",
        portal.address
    ));
    say::line("Close the window to end the demonstration.");
    command::run(&mut app, None)
}

/// A demonstration portal; ends with the app.
struct Portal {
    program: Child,
    list: PathBuf,
    address: String,
}

impl Portal {
    fn start(folder: &Path) -> Result<Self> {
        let port = [PORT, 0].into_iter().find_map(free).context("no free port")?;
        let address = format!("127.0.0.1:{port}");
        let list = folder.join("portals.toml");
        let text = fs::read_to_string(tree::root().join("demo/portals.toml"))?;
        fs::write(&list, text.replace(&format!("127.0.0.1:{PORT}"), &address))?;
        let mut portal = command::new(tree::program("parvis-portal"));
        portal.args(["serve", "--demo", "--listen", &address, "--data"]).arg(folder.join("portal"));
        let mut portal = Self { program: portal.spawn()?, list, address: format!("http://{address}") };
        while TcpStream::connect(&address).is_err() {
            if let Some(status) = portal.program.try_wait()? {
                bail!("the portal ended with {status}");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(portal)
    }
}

impl Drop for Portal {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

fn free(port: u16) -> Option<u16> {
    Some(TcpListener::bind(("127.0.0.1", port)).ok()?.local_addr().ok()?.port())
}

fn has_display() -> bool {
    !cfg!(target_os = "linux")
        || ["DISPLAY", "WAYLAND_DISPLAY"]
            .iter()
            .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}
