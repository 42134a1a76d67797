//! `parvis-portal`: the portal server and its operator's commands.

mod operator;

use anyhow::{Context, bail};
use axum::Router;
use clap::{Args, Parser, Subcommand};
use parvis_portal::{
    Parts, Portal,
    clock::PortalClock,
    config::{Config, LogFormat, Retention},
    delivery::Transports,
    demo,
    hash::{HashCost, HashPool},
    http,
    keys::Keys,
    sentences,
    store::Store,
    tls::{self, Certificate},
};
use parvis_protocol::{clock::SystemClock, entropy::OsEntropy};
use secrecy::ExposeSecret;
use std::{
    io::{IsTerminal, Write},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};
use tokio::net::TcpListener;

/// Gives the memory of a password hash (19 MiB each) back to the system when it is done; the C library keeps it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The portal server of Parvis.
#[derive(Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Answers people's sign-ins.
    Serve(Serve),
    /// Reads a portal profile and says what is wrong with it, without starting anything.
    CheckProfile {
        /// The profile.
        file: PathBuf,
    },
    /// Accounts.
    #[command(subcommand)]
    Account(operator::AccountCommand),
    /// The clock's high-water mark.
    #[command(subcommand)]
    Clock(operator::ClockCommand),
    /// Prints a configuration with every key, its default and its meaning.
    ConfigReference,
}

#[derive(Args)]
struct Serve {
    /// Configuration file.
    #[arg(long, conflicts_with = "demo", required_unless_present = "demo")]
    config: Option<PathBuf>,
    /// All portals of the demonstration, on a loopback address.
    #[arg(long)]
    demo: bool,
    /// Address and port; the configuration's otherwise, 127.0.0.1:8787 for the demonstration.
    #[arg(long)]
    listen: Option<SocketAddr>,
    /// Folder of database and key file; the configuration's otherwise.
    #[arg(long, required_if_eq("demo", "true"))]
    data: Option<PathBuf>,
    /// Database URL; the configuration's otherwise, SQLite in the data folder without either.
    #[arg(long)]
    database: Option<String>,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let _ = rustls::crypto::ring::default_provider().install_default();
    match run(cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&mut std::io::stderr(), &format!("parvis-portal: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// A line for the operator. A closed terminal is no reason to stop.
fn say(mut to: impl Write, line: &str) {
    let _ = writeln!(to, "{line}");
}

#[tokio::main]
async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Serve(serve) if serve.demo => serve_demo(serve).await,
        Command::Serve(serve) => serve_config(serve).await,
        Command::CheckProfile { file } => {
            let profile = read_profile(&file)?;
            say(std::io::stdout(), &format!("{}: portal {} is sound", file.display(), profile.id));
            Ok(())
        }
        Command::Account(command) => operator::account(command).await,
        Command::Clock(command) => operator::clock(command).await,
        Command::ConfigReference => {
            say(std::io::stdout(), &Config::reference());
            Ok(())
        }
    }
}

async fn serve_demo(serve: Serve) -> anyhow::Result<()> {
    log(LogFormat::Text);
    let data = serve.data.context("--data DIR says where the demonstration keeps its data")?;
    let listener = bind(serve.listen.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8787)))).await?;
    let address = listener.local_addr()?;
    let portals = demo::open(address, &data, serve.database.as_deref(), true).await?;
    let mut out = std::io::stdout();
    say(
        &mut out,
        "Parvis, démonstration : ces portails reproduisent un comportement documenté, sans affiliation.",
    );
    for portal in &portals {
        say(&mut out, &format!("  {}", portal.issuer_text()));
    }
    say(&mut out, &format!("  messages : http://{address}/outbox et {}", data.join("outbox").display()));
    let _ = out.flush();
    let app = http::router(&portals, &[]).merge(http::letter_box(data.join("outbox"), address));
    answer(listener, app, portals, None, retention_of_demo()).await;
    Ok(())
}

/// The configuration's defaults.
const fn retention_of_demo() -> Retention {
    Retention { audit_days: 365, ended_days: 7, messages_days: 30 }
}

async fn serve_config(serve: Serve) -> anyhow::Result<()> {
    let file = serve.config.context("--config FILE or --demo")?;
    let mut config = read_config(&file)?;
    log(config.log_format);
    config.listen = serve.listen.unwrap_or(config.listen);
    config.data = serve.data.unwrap_or(config.data);
    config.database = serve.database.or(config.database);
    let needs_address = !config.listen.ip().is_loopback() && config.public_url.is_none();
    if needs_address {
        bail!("public_url is required: {} is not a loopback address", config.listen);
    }
    let listener = bind(config.listen).await?;
    let portal = open_portal(&config).await?;
    let certificate =
        config.tls.as_ref().map(|tls| Certificate::load(&tls.certificate, &tls.key)).transpose()?;
    let server_config = certificate.clone().map(Certificate::server_config).transpose()?;
    if let Some(certificate) = certificate {
        tokio::spawn(certificate.reload_at_hangup());
    }
    let proxies = config.behind_proxy.as_ref().map_or(&[][..], |proxy| &proxy.trusted);
    tracing::info!(listen = %listener.local_addr()?, issuer = portal.issuer_text(), "ready");
    let portals = vec![portal];
    let app = http::router(&portals, proxies);
    answer(listener, app, portals, server_config, config.retention).await;
    Ok(())
}

async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("{address} cannot be listened on"))
}

/// Serves until the process is told to stop.
async fn answer(
    listener: TcpListener,
    app: Router,
    portals: Vec<Arc<Portal>>,
    tls: Option<Arc<rustls::ServerConfig>>,
    retention: Retention,
) {
    for portal in &portals {
        tokio::spawn(portal.clone().run_messages());
        tokio::spawn(housekeeping(portal.clone(), retention.clone()));
    }
    tls::serve(listener, app, tls, stopped()).await;
    for portal in &portals {
        if let Err(error) = portal.clock.save(&portal.store).await {
            tracing::warn!(%error, "the clock's mark could not be saved");
        }
    }
    if let Some(portal) = portals.first() {
        portal.store.close().await;
    }
}

/// The clock's mark every minute, the purge every hour.
async fn housekeeping(portal: Arc<Portal>, retention: Retention) {
    let mut minute = tokio::time::interval(Duration::from_mins(1));
    for tick in 0_u64.. {
        minute.tick().await;
        if let Err(error) = portal.clock.save(&portal.store).await {
            tracing::warn!(%error, "the clock's mark could not be saved");
        }
        if tick % 60 == 0
            && let Err(error) = portal.purge(&retention).await
        {
            tracing::warn!(%error, "the purge failed; it is tried again in an hour");
        }
    }
}

async fn stopped() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}

fn read_profile(file: &Path) -> anyhow::Result<parvis_portal_profile::Profile> {
    let source =
        std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    parvis_portal_profile::parse(&source).map_err(|defects| {
        let lines: Vec<String> =
            defects.iter().map(|defect| format!("\n{}:{defect}", file.display())).collect();
        anyhow::anyhow!("this profile cannot be used:{}", lines.concat())
    })
}

fn read_config(file: &Path) -> anyhow::Result<Config> {
    let source =
        std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    Config::parse(&source, &file.display().to_string())
        .map_err(|defects| anyhow::anyhow!("this configuration cannot be used:\n{}", sentences(&defects)))
}

/// Opens database, keys and portal of a configuration.
async fn open_portal(config: &Config) -> anyhow::Result<Arc<Portal>> {
    let profile = read_profile(&config.profile)?;
    std::fs::create_dir_all(&config.data)
        .with_context(|| format!("{} cannot be made", config.data.display()))?;
    let store = open_store(config).await?;
    let entropy = Arc::new(OsEntropy);
    let system = Arc::new(SystemClock);
    let hashing = &config.hashing;
    let cost =
        HashCost { memory_kib: hashing.memory_kib, iterations: hashing.iterations, lanes: hashing.lanes };
    Ok(Portal::open(Parts {
        profile,
        issuer: config.public_url().context("the address is not one that people can reach")?,
        keys: Arc::new(Keys::load_or_create(&config.key_file(), entropy.as_ref())?),
        hashes: Arc::new(HashPool::new(
            cost,
            hashing.threads as usize,
            hashing.queue as usize,
            entropy.clone(),
        )),
        transports: Arc::new(Transports::from_config(config, system.clone())?),
        clock: Arc::new(PortalClock::load(system, &store).await?),
        store,
        entropy,
        demonstration: false,
    })
    .await?)
}

async fn open_store(config: &Config) -> anyhow::Result<Store> {
    let mut address = config.database_url();
    if let Some(password) = config.database_password()? {
        let mut url = url::Url::parse(&address).context("the database URL cannot be read")?;
        if url.set_password(Some(password.expose_secret())).is_err() {
            bail!("the database URL takes no password");
        }
        address = url.into();
    }
    Ok(Store::open(&address, 16).await?)
}

fn log(format: LogFormat) {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info,sqlx=warn"));
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Text => subscriber.with_ansi(std::io::stderr().is_terminal()).init(),
        LogFormat::Json => subscriber.json().init(),
    }
}
