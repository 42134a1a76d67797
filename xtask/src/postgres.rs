//! A PostgreSQL for one run of the tests: private, on a free port, thrown away afterwards.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::{command, say};

/// The account that PostgreSQL runs as where this runs as root: it refuses root.
const ACCOUNT: &str = "postgres";

/// Durability costs time and means nothing in a cluster that is thrown away.
const SETTINGS: &[&str] = &[
    "listen_addresses=127.0.0.1",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=300",
    "logging_collector=off",
    "log_min_messages=fatal",
];

/// A running cluster; ends and removes itself.
pub(crate) struct Cluster {
    server: Child,
    folder: PathBuf,
    programs: PathBuf,
    url: String,
}

impl Cluster {
    /// Makes a cluster and waits until it answers.
    pub(crate) fn start() -> Result<Self> {
        let programs = programs()?;
        let folder =
            command::output(as_account("mktemp").args(["--directory", "--tmpdir", "parvis-postgres-XXXXXX"]))
                .map(PathBuf::from)
                .context("no temporary folder for PostgreSQL")?;
        let data = folder.join("data");
        let password = password()?;
        let secret = folder.join("password");
        write_as_account(&secret, &password)?;
        let mut initdb = as_account(programs.join("initdb"));
        initdb.arg("--pgdata").arg(&data).arg("--pwfile").arg(&secret);
        initdb.args([
            "--username=postgres",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ]);
        if command::output(&mut initdb).is_none() {
            bail!("PostgreSQL's initdb failed in {}", folder.display());
        }

        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let mut postgres = as_account(programs.join("postgres"));
        postgres.arg("-D").arg(&data).arg("-k").arg(&folder).arg("-p").arg(port.to_string());
        for setting in SETTINGS {
            postgres.arg("-c").arg(setting);
        }
        let server = postgres.stdout(Stdio::null()).spawn().context("PostgreSQL did not start")?;
        let url = format!("postgres://postgres:{password}@127.0.0.1:{port}/postgres");
        let mut cluster = Self { server, folder, programs, url };
        cluster.wait_until_ready(port)?;
        say::line(&format!("PostgreSQL answers on port {port}."));
        Ok(cluster)
    }

    /// Address of its administrator.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    fn wait_until_ready(&mut self, port: u16) -> Result<()> {
        let deadline = Instant::now() + Duration::from_secs(30);
        let port = port.to_string();
        while Instant::now() < deadline {
            let mut ready = command::new(self.programs.join("pg_isready"));
            if command::output(ready.args(["--quiet", "--host=127.0.0.1", "--port", &port])).is_some() {
                return Ok(());
            }
            if let Some(status) = self.server.try_wait()? {
                bail!("PostgreSQL ended with {status}");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        bail!("PostgreSQL did not answer")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let mut stop = as_account(self.programs.join("pg_ctl"));
        stop.args(["stop", "--silent", "--mode=immediate", "--pgdata"]).arg(self.folder.join("data"));
        let _ = stop.stderr(Stdio::null()).status();
        let _ = self.server.wait();
        let _ = as_account("rm").arg("-r").arg(&self.folder).status();
    }
}

/// A program under an account that PostgreSQL accepts.
fn as_account(program: impl AsRef<Path>) -> Command {
    let program = program.as_ref();
    let mut command = if command::is_root() {
        let mut runuser = command::new("runuser");
        runuser.args(["-u", ACCOUNT, "--"]).arg(program);
        runuser
    } else {
        command::new(program)
    };
    command.current_dir("/");
    command
}

fn write_as_account(file: &Path, text: &str) -> Result<()> {
    use std::io::Write as _;
    let mut tee = as_account("tee");
    let mut tee = tee.arg(file).stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;
    if let Some(mut input) = tee.stdin.take() {
        input.write_all(text.as_bytes())?;
    }
    if tee.wait()?.success() { Ok(()) } else { bail!("cannot write {}", file.display()) }
}

/// 128 bits, so that no other account of this machine reaches the cluster.
fn password() -> Result<String> {
    use std::fmt::Write as _;
    use std::io::Read as _;
    let mut bytes = [0_u8; 16];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    }))
}

/// The folder of the newest PostgreSQL: Debian keeps its server programs out of the path.
fn programs() -> Result<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let version = path.file_name()?.to_str()?.parse().ok()?;
            Some((version, path.join("bin")))
        })
        .filter(|(_, bin)| bin.join("initdb").exists())
        .collect();
    versions.sort();
    if let Some((_, newest)) = versions.pop() {
        return Ok(newest);
    }
    command::output(command::new("pg_config").arg("--bindir"))
        .map(PathBuf::from)
        .context("PostgreSQL's programs were not found")
}
