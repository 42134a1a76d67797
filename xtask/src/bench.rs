//! `cargo xtask bench`: speed and memory as ratios against a baseline of the same run, in a table and in `docs/benchmarks.md`.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::packages::{self, Wanted};
use crate::{command, say, tree, window};

/// One measured thing.
struct Row {
    name: String,
    value: f64,
    unit: String,
    goal: String,
}

impl Row {
    fn new(name: &str, value: f64, unit: &str, goal: &str) -> Self {
        Self { name: name.into(), value, unit: unit.into(), goal: goal.into() }
    }
}

/// Builds the release, measures, prints, and writes `docs/benchmarks.md`.
pub(crate) fn run() -> Result<()> {
    packages::install(Wanted { desk: true, tests: true })?;
    window::dependencies(None)?;
    window::build(None)?;
    command::run(command::cargo().args(["build", "--release", "--workspace", "--bins", "--locked"]), None)?;
    let mut rows = portal()?;
    rows.push(idle_memory()?);
    rows.extend(app()?);
    rows.extend(sizes()?);
    let table = table(&rows);
    say::heading("bench");
    say::line(&table);
    let page = format!(
        "# Benchmarks\n\nMade by `cargo xtask bench`, release profile, everything measured in one run: read the ratios, not the absolute numbers.\n\n\
         {}\n\n{table}",
        machine()
    );
    fs::write(tree::root().join("docs/benchmarks.md"), page).context("docs/benchmarks.md")
}

/// The portal's own bench, in process.
fn portal() -> Result<Vec<Row>> {
    say::heading("portal");
    let mut cargo = command::cargo();
    cargo.args(["bench", "--package", "parvis-portal", "--bench", "portal", "--locked"]);
    let output = command::output(&mut cargo).context("the portal's bench failed")?;
    Ok(output
        .lines()
        .filter_map(|line| {
            let mut cells = line.split('\t');
            let (name, value, unit, goal) = (cells.next()?, cells.next()?, cells.next()?, cells.next()?);
            Some(Row::new(name, value.parse().ok()?, unit, goal))
        })
        .collect())
}

/// Proportional memory of the server, after its accounts were made and with nobody there.
fn idle_memory() -> Result<Row> {
    let data = tree::target().join("bench-portal");
    let _ = fs::remove_dir_all(&data);
    let mut server = command::new(release("parvis-portal"));
    server
        .args(["serve", "--demo", "--listen", "127.0.0.1:0", "--data"])
        .arg(&data)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let child = Ended(server.spawn().context("parvis-portal")?);
    std::thread::sleep(Duration::from_secs(15));
    let memory = proportional_memory(child.0.id());
    Ok(Row::new("portal, idle, proportional memory", memory, "MiB", "≤ 40"))
}

/// The app's window against a blank WebKitGTK window: time until something is painted, and memory of all processes.
fn app() -> Result<Vec<Row>> {
    say::heading("app");
    let browser = PathBuf::from("/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser");
    if !browser.exists() {
        say::line("No MiniBrowser here: the window is not measured.");
        return Ok(Vec::new());
    }
    let folder = tree::target().join("bench-app");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    // A page of one colour that nothing else on the display has.
    let page = folder.join("blank.html");
    fs::write(&page, "<!doctype html><title>blank</title><style>html{background:#f6f4ef}</style>")?;
    let blank_args = vec![format!("file://{}", page.display())];
    let (mut blank, mut own) = (Vec::new(), Vec::new());
    for round in 0..5 {
        // In turns, so that a busy moment of the machine meets both.
        blank.push(measure_window(&browser, &blank_args, &folder.join(format!("blank-{round}")))?);
        own.push(measure_window(&release("parvis"), &[], &folder.join(format!("own-{round}")))?);
    }
    let median = |of: &dyn Fn(&(f64, f64)) -> f64, rows: &[(f64, f64)]| {
        let mut values: Vec<f64> = rows.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let (time, memory) = (|row: &(f64, f64)| row.0, |row: &(f64, f64)| row.1);
    let (blank_time, own_time) = (median(&time, &blank), median(&time, &own));
    let (blank_memory, own_memory) = (median(&memory, &blank), median(&memory, &own));
    Ok(vec![
        Row::new("blank WebKitGTK window, first paint", blank_time, "ms", ""),
        Row::new("app, first paint", own_time, "ms", ""),
        Row::new("app beyond blank, first paint", own_time - blank_time, "ms", "≤ +150"),
        Row::new("blank WebKitGTK window, proportional memory", blank_memory, "MiB", ""),
        Row::new("app, proportional memory", own_memory, "MiB", ""),
        Row::new("app beyond blank, memory", own_memory - blank_memory, "MiB", "≤ +25"),
    ])
}

/// Milliseconds until the display is no longer black, and MiB of the whole process tree two seconds later.
fn measure_window(program: &Path, args: &[String], home: &Path) -> Result<(f64, f64)> {
    fs::create_dir_all(home)?;
    let mut display = command::new("Xvfb");
    let number = format!(":{}", 400 + std::process::id() % 500);
    let frame = home.join("screen");
    fs::create_dir_all(&frame)?;
    display.args([&number, "-screen", "0", "800x900x24", "-fbdir"]).arg(&frame).stderr(Stdio::null());
    let _display = Ended(display.spawn().context("Xvfb")?);
    let image = frame.join("Xvfb_screen0");
    wait_until(Duration::from_secs(10), || fs::metadata(&image).is_ok_and(|data| data.len() > 100_000))
        .context("the display did not open")?;
    std::thread::sleep(Duration::from_millis(300));
    let mut session = command::new("dbus-run-session");
    session.arg("--").arg(program).args(args).stdout(Stdio::null()).stderr(Stdio::null());
    session.env("DISPLAY", &number).env("HOME", home).env("XDG_RUNTIME_DIR", home);
    for folder in ["XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"] {
        session.env(folder, home);
    }
    let began = Instant::now();
    let child = Ended(session.spawn().context("dbus-run-session")?);
    wait_until(Duration::from_secs(20), || is_painted(&image)).context("nothing was painted")?;
    let painted = began.elapsed().as_secs_f64() * 1000.0;
    std::thread::sleep(Duration::from_secs(2));
    let memory = tree_of(child.0.id()).iter().map(|process| proportional_memory(*process)).sum();
    for process in tree_of(child.0.id()) {
        let _ = command::new("kill").args(["-KILL", &process.to_string()]).stderr(Stdio::null()).status();
    }
    Ok((painted, memory))
}

/// Whether a good part of the display has the light paper that both pages are made of. The picture is an XWD file whose
/// pixels are the last 800 × 900 × 4 bytes.
fn is_painted(image: &Path) -> bool {
    let Ok(bytes) = fs::read(image) else { return false };
    let pixels = &bytes[bytes.len().saturating_sub(800 * 900 * 4)..];
    let light = pixels
        .chunks_exact(4)
        .step_by(16)
        .filter(|pixel| pixel[..3].iter().all(|part| *part >= 0xe8))
        .count();
    light > 800 * 900 / 16 / 5
}

fn wait_until(limit: Duration, ready: impl Fn() -> bool) -> Result<()> {
    let deadline = Instant::now() + limit;
    while !ready() {
        if Instant::now() > deadline {
            bail!("not within {} s", limit.as_secs());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

/// A process and all below it, without the session bus itself.
fn tree_of(root: u32) -> Vec<u32> {
    let listing = command::output(command::new("ps").args(["-eo", "pid=,ppid=,comm="])).unwrap_or_default();
    let rows: Vec<(u32, u32, &str)> = listing
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            Some((words.next()?.parse().ok()?, words.next()?.parse().ok()?, words.next()?))
        })
        .collect();
    let mut found = vec![root];
    for _ in 0..8 {
        for (process, parent, _) in &rows {
            if found.contains(parent) && !found.contains(process) {
                found.push(*process);
            }
        }
    }
    found.retain(|process| !rows.iter().any(|(id, _, name)| id == process && name.starts_with("dbus")));
    found
}

/// PSS, MiB.
fn proportional_memory(process: u32) -> f64 {
    let rollup = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).unwrap_or_default();
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"));
    let kib: f64 = line.and_then(|rest| rest.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0.0);
    kib / 1024.0
}

/// Sizes of the program and of the Debian package.
fn sizes() -> Result<Vec<Row>> {
    say::heading("package");
    let mut rows = vec![Row::new("app, program", size(&release("parvis"))?, "MiB", "")];
    rows.push(Row::new("portal, program", size(&release("parvis-portal"))?, "MiB", ""));
    // The bundler is no dependency of the window: it is needed here and for a release only.
    let mut bundler = command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    bundler.args([
        "exec",
        "--yes",
        "--package=@tauri-apps/cli@2.12",
        "--",
        "tauri",
        "bundle",
        "--bundles",
        "deb",
    ]);
    command::run(&mut bundler, None)?;
    let packages = tree::target().join("release/bundle/deb");
    let newest = fs::read_dir(&packages)?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|extension| extension == "deb"))
        .context("no package was made")?;
    rows.push(Row::new("app, .deb", size(&newest)?, "MiB", ""));
    Ok(rows)
}

#[expect(clippy::cast_precision_loss, reason = "a size in MiB")]
fn size(file: &Path) -> Result<f64> {
    Ok(fs::metadata(file).with_context(|| file.display().to_string())?.len() as f64 / 1_048_576.0)
}

fn release(name: &str) -> PathBuf {
    tree::target().join("release").join(name)
}

fn table(rows: &[Row]) -> String {
    let mut text = String::from("| what | value | | goal |\n|---|---:|---|---|\n");
    for Row { name, value, unit, goal } in rows {
        let digits = if value.abs() < 10.0 { 2 } else { 0 };
        let _ = writeln!(text, "| {name} | {value:.digits$} | {unit} | {goal} |");
    }
    text
}

/// Day and machine, for whoever compares.
fn machine() -> String {
    let day = command::output(command::new("date").arg("+%Y-%m-%d")).unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let information = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = information
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .and_then(|rest| rest.split(": ").nth(1))
        .unwrap_or("unknown processor");
    format!("{day}, {cores} cores, {model}, display Xvfb without a graphics card.")
}

/// A process that ends with this value.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
