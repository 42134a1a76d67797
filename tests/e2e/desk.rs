//! A desk: a workstation of one's own for one scenario, and the person who sits at it.

mod display;
mod gateway;
mod person;
mod program;

use std::fs;
use std::net::TcpStream;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fantoccini::{Client, ClientBuilder};
use parvis_test_gateway::free_port;
use serde_json::json;

pub(crate) use person::{Timings, files};
pub(crate) use program::Program;

/// Longest wait for anything. A step takes well under a second; a busy machine takes longer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// The app under test.
const APP: &str = env!("CARGO_BIN_EXE_parvis");

/// What the workstation is called.
const WORKSTATION: &str = "Accueil 2";

/// The password of every demonstration account.
pub(crate) const PASSWORD: &str = "Parvis-Demo-2026!";

/// The portal that the scenarios enter.
pub(crate) const PORTAL: &str = "portail-de-sante";

/// A workstation: display, session bus, keyring, folders, portal, and the app's window when it is open.
pub(crate) struct Desk {
    name: &'static str,
    /// What was measured, printed at the end.
    pub(crate) timings: Timings,
    /// How many messages were read.
    pub(crate) messages_read: usize,
    window: Option<Window>,
    environment: Vec<(&'static str, String)>,
    portal_port: u16,
    // Dropped in this order: programs first, their folder last.
    portal: Option<Program>,
    _keyring: Option<Program>,
    _bus: Program,
    _display: Program,
    folder: tempfile::TempDir,
}

/// The open window and what drives it.
struct Window {
    client: Client,
    _driver: Program,
}

/// How a desk is furnished.
#[derive(Clone, Copy)]
pub(crate) struct Furniture {
    /// An unlocked keyring.
    pub(crate) keyring: bool,
    /// The system's language, as `LANG`.
    pub(crate) language: &'static str,
    /// The dark theme.
    pub(crate) dark: bool,
}

impl Default for Furniture {
    fn default() -> Self {
        Self { keyring: true, language: "fr_FR.UTF-8", dark: false }
    }
}

/// Sits a person at a new desk. What is left of a failure is put into `target/e2e/`.
pub(crate) fn sit(name: &'static str, furniture: Furniture, scenario: impl AsyncFnOnce(&mut Desk)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut desk = Desk::furnish(name, furniture);
    let result = catch_unwind(AssertUnwindSafe(|| runtime.block_on(scenario(&mut desk))));
    if result.is_err() {
        runtime.block_on(desk.leave_evidence());
    }
    desk.close();
    eprint!("{}", desk.timings.report(name));
    if let Err(panic) = result {
        resume_unwind(panic);
    }
}

impl Desk {
    fn furnish(name: &'static str, furniture: Furniture) -> Self {
        let folder = tempfile::Builder::new().prefix("parvis-desk-").tempdir().unwrap();
        let runtime = made(&folder, "runtime");
        fs::set_permissions(&runtime, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();

        let (display, number) = Program::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1280x1000x24", "-nolisten", "tcp", "-noreset"])
            .start_and_read_line();
        let text = |path: PathBuf| path.display().to_string();
        let mut environment = vec![
            ("DISPLAY", format!(":{number}")),
            ("HOME", text(made(&folder, "home"))),
            ("XDG_RUNTIME_DIR", text(runtime)),
            ("XDG_DATA_HOME", text(made(&folder, "data"))),
            ("XDG_CONFIG_HOME", text(made(&folder, "config"))),
            ("XDG_CACHE_HOME", text(made(&folder, "cache"))),
            ("LANG", furniture.language.to_owned()),
            ("LC_ALL", furniture.language.to_owned()),
            ("LANGUAGE", String::new()),
            ("WAYLAND_DISPLAY", String::new()),
            ("GDK_BACKEND", "x11".to_owned()),
            ("LIBGL_ALWAYS_SOFTWARE", "1".to_owned()),
            // Without it, the driver waits for a window that does not want to be driven.
            ("TAURI_WEBVIEW_AUTOMATION", "true".to_owned()),
        ];
        write_down_what_is_opened(&folder);
        if furniture.dark {
            environment.push(("GTK_THEME", "Adwaita:dark".to_owned()));
        }
        let (bus, address) = Program::new("dbus-daemon")
            .args(["--session", "--nofork", "--nopidfile", "--print-address=1"])
            .envs(&environment)
            .start_and_read_line();
        environment.push(("DBUS_SESSION_BUS_ADDRESS", address.clone()));
        // The same bus: what the system says is said by the scenario.
        environment.push(("DBUS_SYSTEM_BUS_ADDRESS", address));
        let keyring = furniture.keyring.then(|| unlocked_keyring(&environment));

        let (portal, portal_port) = demonstration(folder.path(), &environment, 0);
        write_portal_list(&folder.path().join("portals.toml"), portal_port);
        Self {
            name,
            timings: Timings::default(),
            messages_read: 0,
            window: None,
            environment,
            portal_port,
            portal: Some(portal),
            _keyring: keyring,
            _bus: bus,
            _display: display,
            folder,
        }
    }

    /// Starts the app and takes hold of its window.
    pub(crate) async fn open(&mut self) {
        assert!(self.window.is_none(), "the window is open");
        let started = Instant::now();
        let port = free_port();
        let driver = Program::new("WebKitWebDriver")
            .args([&format!("--port={port}"), "--host=127.0.0.1"])
            .envs(&self.environment)
            .log(&self.folder.path().join("driver.log"))
            .start();
        wait_for_port(port, "the driver");
        let capabilities = json!({
            "webkitgtk:browserOptions": { "binary": APP, "args": self.arguments() },
        });
        let mut client = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new());
        let address = format!("http://127.0.0.1:{port}");
        let client = client.capabilities(capabilities.as_object().unwrap().clone()).connect(&address);
        let client = tokio::time::timeout(PATIENCE, client).await.expect("the window does not open in time");
        let client = client.expect("the window does not open");
        self.window = Some(Window { client, _driver: driver });
        self.sees("main[data-screen]").await;
        self.timings.note("start → first screen", started.elapsed());
    }

    /// Ends the app as the end of the OS session does, if it is open.
    pub(crate) fn close(&mut self) {
        self.end_app("-TERM");
    }

    /// Ends the app as a power cut does.
    pub(crate) fn kill_app(&mut self) {
        self.end_app("-KILL");
    }

    fn end_app(&mut self, signal: &str) {
        for process in self.app_processes() {
            let kill = std::process::Command::new("kill").args([signal, &process.to_string()]).status();
            assert!(kill.unwrap().success());
        }
        self.wait_until("the app has ended", || self.app_processes().is_empty());
        self.window = None;
    }

    /// Starts the app a second time and waits for it to end; `true` if it ended well.
    pub(crate) fn launch_again(&self) -> bool {
        let mut second = std::process::Command::new(APP);
        second.args(self.arguments()).envs(self.environment.iter().map(|(name, value)| (name, value)));
        second.env_remove("TAURI_WEBVIEW_AUTOMATION").status().unwrap().success()
    }

    /// Starts the app with a link, as the system does that opens one; `true` if it ended well.
    pub(crate) fn launch_with(&self, link: &str) -> bool {
        let mut second = std::process::Command::new(APP);
        second.args(self.arguments()).arg(link);
        second.envs(self.environment.iter().map(|(name, value)| (name, value)));
        second.env_remove("TAURI_WEBVIEW_AUTOMATION").status().unwrap().success()
    }

    /// Processes of the app on this desk.
    pub(crate) fn app_processes(&self) -> Vec<u32> {
        let data = self.app_data().display().to_string();
        let is_app = |process: &Path| {
            let arguments = fs::read(process.join("cmdline")).unwrap_or_default();
            let arguments: Vec<_> = arguments.split(|byte| *byte == 0).collect();
            arguments[0] == APP.as_bytes() && arguments.contains(&data.as_bytes())
        };
        let processes = fs::read_dir("/proc").unwrap().filter_map(|entry| {
            let path = entry.ok()?.path();
            let id = path.file_name()?.to_str()?.parse().ok()?;
            is_app(&path).then_some(id)
        });
        processes.collect()
    }

    /// The folder of the portal's data.
    pub(crate) fn portal_data(&self) -> PathBuf {
        self.folder.path().join("portal")
    }

    /// The folder of the app's data.
    pub(crate) fn app_data(&self) -> PathBuf {
        self.folder.path().join("app")
    }

    /// The address of the desk's bus.
    pub(crate) fn bus(&self) -> &str {
        self.variable("DBUS_SYSTEM_BUS_ADDRESS")
    }

    /// What programs at this desk find in their environment.
    pub(crate) fn environment(&self) -> &[(&'static str, String)] {
        &self.environment
    }

    /// One variable of it.
    pub(crate) fn variable(&self, name: &str) -> &str {
        &self.environment.iter().find(|(found, _)| *found == name).unwrap().1
    }

    /// The folder of everything at this desk.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The address of the portal that the scenarios enter.
    pub(crate) fn issuer(&self) -> String {
        self.issuer_of(PORTAL)
    }

    /// The address of one of the demonstration's portals.
    pub(crate) fn issuer_of(&self, portal: &str) -> String {
        format!("http://127.0.0.1:{}/{portal}", self.portal_port)
    }

    /// The portal cannot be reached.
    pub(crate) fn portal_goes_away(&mut self) {
        drop(self.portal.take().expect("the portal is away"));
    }

    /// It can again, at its address.
    pub(crate) fn portal_comes_back(&mut self) {
        assert!(self.portal.is_none(), "the portal is there");
        let (portal, port) = demonstration(self.folder.path(), &self.environment, self.portal_port);
        assert_eq!(port, self.portal_port);
        self.portal = Some(portal);
    }

    /// What the app logged.
    pub(crate) fn app_log(&self) -> String {
        fs::read_to_string(self.app_data().join("logs/parvis.log")).unwrap_or_default()
    }

    /// What the portal logged.
    pub(crate) fn portal_log(&self) -> String {
        fs::read_to_string(self.folder.path().join("portal.log")).unwrap_or_default()
    }

    /// Waits for something that is not on the screen.
    pub(crate) fn wait_until(&self, what: &str, done: impl Fn() -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !done() {
            assert!(Instant::now() < deadline, "{}: waited in vain until {what}", self.name);
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn arguments(&self) -> Vec<String> {
        let list = self.folder.path().join("portals.toml");
        let words = ["--portals".into(), list, "--data".into(), self.app_data()];
        let words = words.iter().map(|word: &PathBuf| word.display().to_string());
        words.chain(["--workstation".to_owned(), WORKSTATION.to_owned()]).collect()
    }

    fn client(&self) -> &Client {
        &self.window.as_ref().expect("the window is closed").client
    }

    async fn leave_evidence(&self) {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../e2e").join(self.name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        for log in ["portal.log", "driver.log", "chromedriver.log", "firefox.log", "app/logs/parvis.log"] {
            let _ = fs::copy(self.folder.path().join(log), folder.join(Path::new(log).file_name().unwrap()));
        }
        self.takes_picture_of_display(&folder.join("display.png"));
        if let Some(window) = &self.window {
            if let Ok(picture) = window.client.screenshot().await {
                fs::write(folder.join("window.png"), picture).unwrap();
            }
            if let Ok(page) = window.client.source().await {
                fs::write(folder.join("window.html"), page).unwrap();
            }
        }
        eprintln!("{}: window, page and logs are in {}", self.name, folder.display());
    }
}

/// A keyring with a password of its own, unlocked; it answers on the bus once it is.
fn unlocked_keyring(environment: &[(&'static str, String)]) -> Program {
    let keyring = Program::new("gnome-keyring-daemon")
        .args(["--unlock", "--components=secrets", "--foreground"])
        .envs(environment)
        .input("desk")
        .start();
    let deadline = Instant::now() + PATIENCE;
    let ask = ["org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets"];
    loop {
        let mut bus = std::process::Command::new("dbus-send");
        bus.args(["--session", "--print-reply=literal", "--dest=org.freedesktop.DBus", "/"]).args(ask);
        bus.envs(environment.iter().map(|(name, value)| (name, value)));
        if String::from_utf8_lossy(&bus.output().unwrap().stdout).contains("true") {
            return keyring;
        }
        assert!(Instant::now() < deadline, "the keyring does not answer");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Starts the portals of the demonstration, at this port or (0) any; they are ready, at the port that is returned.
fn demonstration(folder: &Path, environment: &[(&'static str, String)], port: u16) -> (Program, u16) {
    let log = folder.join("portal.log");
    let before = fs::read_to_string(&log).unwrap_or_default().len();
    let portal = Program::new(&portal_program())
        .args(["serve", "--demo", "--listen", &format!("127.0.0.1:{port}"), "--data"])
        .args([folder.join("portal").to_str().unwrap()])
        .envs(environment)
        .log(&log)
        .start();
    (portal, port_said_in(&log, before, "messages : http://127.0.0.1:"))
}

/// The app's neighbour in the folder of the build.
pub(crate) fn portal_program() -> String {
    let program = Path::new(APP).with_file_name("parvis-portal");
    assert!(program.exists(), "{} is missing: cargo build --workspace", program.display());
    program.display().to_string()
}

/// The desk's browser, as the system knows one: what it is to open is written into the file `opened`.
fn write_down_what_is_opened(folder: &tempfile::TempDir) {
    let (browser, opened) = (folder.path().join("browser"), folder.path().join("opened"));
    let script =
        format!("#!/bin/sh\nprintf %s \"$1\" > '{0}.part' && mv '{0}.part' '{0}'\n", opened.display());
    fs::write(&browser, script).unwrap();
    fs::set_permissions(&browser, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let entry = format!("[Desktop Entry]\nType=Application\nName=Browser\nExec={} %u\n", browser.display());
    fs::write(made(folder, "data/applications").join("browser.desktop"), entry).unwrap();
    let defaults = "[Default Applications]\nx-scheme-handler/http=browser.desktop\n";
    fs::write(made(folder, "config").join("mimeapps.list"), defaults).unwrap();
}

fn write_portal_list(path: &Path, port: u16) {
    let list = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/portals.toml"))
        .expect("demo/portals.toml");
    fs::write(path, list.replace("127.0.0.1:8787", &format!("127.0.0.1:{port}"))).unwrap();
}

fn made(folder: &tempfile::TempDir, name: &str) -> PathBuf {
    let path = folder.path().join(name);
    fs::create_dir_all(&path).unwrap();
    path
}

/// Waits until a portal says in its log, from this place on, that it is ready, and at which port.
pub(crate) fn port_said_in(log: &Path, from: usize, before: &str) -> u16 {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let text = fs::read_to_string(log).unwrap_or_default();
        let port = text[from.min(text.len())..].split_once(before).and_then(|(_, after)| {
            let (port, _) = after.split_once(|letter: char| !letter.is_ascii_digit())?;
            port.parse().ok()
        });
        if let Some(port) = port {
            return port;
        }
        assert!(Instant::now() < deadline, "the portal is not ready:\n{text}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

pub(crate) fn wait_for_port(port: u16, what: &str) {
    let deadline = Instant::now() + PATIENCE;
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(Instant::now() < deadline, "{what} does not listen");
        std::thread::sleep(Duration::from_millis(20));
    }
}
