//! What the machine needs: Debian and Ubuntu packages, and Node.js.

use anyhow::{Context, Result, bail};

use crate::{command, say};

/// To build the app.
const BUILD: &[&str] =
    &["build-essential", "pkg-config", "libwebkit2gtk-4.1-dev", "librsvg2-dev", "libdbus-1-dev"];

/// To open the real window without a display, with a keyring.
const DESK: &[&str] =
    &["xvfb", "dbus", "at-spi2-core", "gnome-keyring", "webkit2gtk-driver", "fonts-dejavu-core", "procps"];

/// To run the other tests.
const TESTS: &[&str] = &["chromium", "chromium-driver", "firefox-esr", "kannel", "oathtool", "postgresql"];

/// Oldest Node.js that builds the window.
const NODE: (u32, u32) = (20, 19);

/// What a command is going to do.
#[derive(Clone, Copy)]
pub(crate) struct Wanted {
    /// Open the window on a display of its own.
    pub(crate) desk: bool,
    /// Run all tests.
    pub(crate) tests: bool,
}

/// Installs what is missing as root; otherwise says the exact line and stops.
pub(crate) fn install(wanted: Wanted) -> Result<()> {
    check_node()?;
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let mut packages = BUILD.to_vec();
    if wanted.desk || wanted.tests {
        packages.extend(DESK);
    }
    if wanted.tests {
        packages.extend(TESTS);
    }
    if command::output(command::new("dpkg-query").arg("--version")).is_none() {
        say::line(&format!(
            "This is not Debian or Ubuntu: make sure that these are installed: {}",
            packages.join(" ")
        ));
        return Ok(());
    }
    let missing: Vec<_> = packages.into_iter().filter(|package| !is_installed(package)).collect();
    if missing.is_empty() {
        say::line("All system packages are installed.");
        return Ok(());
    }
    if !command::is_root() {
        bail!(
            "system packages are missing; run this, then the command again:\n\n  \
             sudo apt-get install --yes --no-install-recommends {}\n",
            missing.join(" ")
        );
    }
    if apt(&missing).is_err() {
        // The lists may be absent (containers) or old.
        command::run(command::new("apt-get").args(["update", "--quiet"]), None)?;
        apt(&missing).context("packages could not be installed")?;
    }
    Ok(())
}

fn apt(packages: &[&str]) -> Result<()> {
    let mut apt = command::new("apt-get");
    apt.env("DEBIAN_FRONTEND", "noninteractive");
    apt.args(["install", "--quiet", "--yes", "--no-install-recommends"]).args(packages);
    command::run(&mut apt, None)
}

fn is_installed(package: &str) -> bool {
    let mut query = command::new("dpkg-query");
    query.args(["--show", "--showformat=${db:Status-Status}", package]);
    command::output(&mut query).is_some_and(|status| status == "installed")
}

fn check_node() -> Result<()> {
    let wanted = format!("Node.js {}.{} or newer is needed (https://nodejs.org)", NODE.0, NODE.1);
    let found = command::output(command::new("node").arg("--version")).with_context(|| wanted.clone())?;
    let mut parts = found.trim_start_matches('v').split('.').map(|part| part.parse().unwrap_or(0));
    let version = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    if version < NODE {
        bail!("{wanted}; this one is {found}");
    }
    Ok(())
}
