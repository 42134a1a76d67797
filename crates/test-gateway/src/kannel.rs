//! Kannel: one program that holds the connections to carriers, and one that takes HTTP requests.

use crate::centre::{Centre, Message, PASSWORD, Route};
use crate::{PATIENCE, free_port};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{Read, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Where Debian has its programs: not on the path of every user.
const PROGRAMS: &str = "/usr/sbin";
/// Opens its page of states.
const ADMINISTRATOR: &str = "administrator";
/// Who may send, as `docs/operating.md` has it.
const USER: &str = "portal";
const SECRET: &str = "gateway key 1";
/// The page that has the configuration of a portal for it.
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/operating.md");
/// The address and the file that stand there.
const PAGE_URL: &str = "http://127.0.0.1:13013/";
const PAGE_SECRET: &str = "/etc/parvis-portal/kannel-secret";

/// A gateway on free ports, with its files in a temporary folder; it ends with this value.
pub struct Gateway {
    // Ended in this order: who sends, who holds the connections; then the files.
    sender: Program,
    _bearer: Program,
    centre: Centre,
    address: SocketAddr,
    folder: TempDir,
}

impl Gateway {
    /// Starts it, and waits until it takes messages and both carriers are connected.
    pub fn start() -> Self {
        let centre = Centre::start();
        let folder = tempfile::tempdir().unwrap();
        let [administration, boxes, http] = [(); 3].map(|()| free_port());
        let configuration = folder.path().join("kannel.conf");
        fs::write(&configuration, settings(centre.address, administration, boxes, http)).unwrap();
        write_secret(&folder.path().join("secret"), SECRET);

        let bearer = Program::start("bearerbox", &configuration, folder.path());
        bearer.wait_until("holds both connections", || {
            let page = states(administration)?;
            (page.matches("(online").count() == Route::ALL.len()).then_some(())
        });
        let sender = Program::start("smsbox", &configuration, folder.path());
        sender.wait_until("is known to the other", || {
            states(administration).filter(|page| page.contains("smsbox:")).map(drop)
        });
        Self { sender, _bearer: bearer, centre, address: (Ipv4Addr::LOCALHOST, http).into(), folder }
    }

    /// `[sms]` and `[voice]` of a portal that sends by it: those of `docs/operating.md`, with its address and secret file.
    pub fn configuration(&self) -> String {
        let page = fs::read_to_string(PAGE).unwrap();
        let (_, example) = page.split_once("<!-- kannel -->\n```toml\n").unwrap();
        let (example, _) = example.split_once("```").unwrap();
        assert!(example.contains(PAGE_URL) && example.contains(PAGE_SECRET), "{example}");
        let secret = self.secret_file();
        example
            .replace(PAGE_URL, &format!("http://{}/", self.address))
            .replace(PAGE_SECRET, secret.to_str().unwrap())
    }

    /// The file with the secret that it asks for.
    pub fn secret_file(&self) -> PathBuf {
        self.folder.path().join("secret")
    }

    /// Takes the oldest message that arrived by a route, and waits for it; blocks the thread.
    pub fn next(&self, route: Route) -> Message {
        self.centre.next(route)
    }

    /// Takes no more requests.
    pub fn stop(&mut self) {
        self.sender.end();
    }
}

fn settings(centre: SocketAddr, administration: u16, boxes: u16, http: u16) -> String {
    let mut settings = format!(
        "group = core\n\
         admin-port = {administration}\nadmin-interface = 127.0.0.1\nadmin-password = {ADMINISTRATOR}\n\
         smsbox-port = {boxes}\nsmsbox-interface = 127.0.0.1\n\
         box-deny-ip = \"*.*.*.*\"\nbox-allow-ip = 127.0.0.1\n\n\
         group = smsbox\n\
         bearerbox-host = 127.0.0.1\nsendsms-port = {http}\nsendsms-interface = 127.0.0.1\n\n\
         group = sendsms-user\n\
         username = {USER}\npassword = \"{SECRET}\"\nconcatenation = true\nmax-messages = 10\n\n\
         group = sms-service\nkeyword = default\ntext = \"\"\nmax-messages = 0\n\n"
    );
    for route in Route::ALL {
        let name = route.system_id();
        // A text to be read out is no SMS, and no SMS is read out.
        let which = match route {
            Route::Sms => "denied-smsc-id",
            Route::Voice => "allowed-smsc-id",
        };
        let _ = write!(
            settings,
            "group = smsc\nsmsc = smpp\nsmsc-id = {name}\n{which} = {}\n\
             host = 127.0.0.1\nport = {}\nsmsc-username = {name}\nsmsc-password = {PASSWORD}\nsystem-type = \"\"\n\
             transceiver-mode = true\nsource-addr-autodetect = true\nreconnect-delay = 1\n\n",
            Route::Voice.system_id(),
            centre.port()
        );
    }
    settings
}

/// A program that ends with this value.
struct Program {
    name: &'static str,
    process: Child,
    log: PathBuf,
}

impl Program {
    fn start(name: &'static str, configuration: &Path, folder: &Path) -> Self {
        let log = folder.join(format!("{name}.log"));
        let output = File::create(&log).unwrap();
        let started = Command::new(Path::new(PROGRAMS).join(name))
            .arg(configuration)
            .stdin(Stdio::null())
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .spawn();
        let process = started.unwrap_or_else(|error| panic!("{name} (Debian package kannel): {error}"));
        Self { name, process, log }
    }

    fn wait_until(&self, what: &str, reached: impl Fn() -> Option<()>) {
        let deadline = Instant::now() + PATIENCE;
        while reached().is_none() {
            let log = || fs::read_to_string(&self.log).unwrap_or_default();
            assert!(Instant::now() < deadline, "{} never {what}: {}", self.name, log());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn end(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.end();
    }
}

/// Its page of states; `None` while it does not answer.
fn states(port: u16) -> Option<String> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    write!(stream, "GET /status.txt?password={ADMINISTRATOR} HTTP/1.0\r\n\r\n").ok()?;
    let mut page = String::new();
    stream.read_to_string(&mut page).ok()?;
    Some(page)
}

/// A file that its owner alone can read.
fn write_secret(path: &Path, secret: &str) {
    fs::write(path, secret).unwrap();
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
}
