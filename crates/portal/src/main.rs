//! `parvis-portal`: the portal server and its operator's commands.

mod log;
mod operator;
mod serve;

use anyhow::{Context, bail};
use clap::{Parser, Subcommand};
use parvis_portal::{
    Parts, Portal, clock::PortalClock, config::Config, delivery::Transports, hash::HashPool,
    keys::SharedKeys, secret_file::private_folder, sentences, store::Store,
};
use parvis_protocol::{clock::SystemClock, entropy::OsEntropy};
use secrecy::ExposeSecret;
use std::{io::Write, path::Path, process::ExitCode, sync::Arc};

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
    Serve(serve::Serve),
    /// Reads a portal profile and says what is wrong with it; with `--run`, keeps its promises to the test.
    CheckProfile(operator::profile::CheckProfile),
    /// Accounts.
    #[command(subcommand)]
    Account(operator::account::AccountCommand),
    /// Members of a professional body, who may open an account of their own.
    #[command(subcommand)]
    Members(operator::import::MembersCommand),
    /// Practices' records of their patients, with the contacts that the practice has.
    #[command(subcommand)]
    Contacts(operator::import::ContactsCommand),
    /// Prints the address that opens the app at the form of a registration, for an appointment.
    BookingLink(operator::appointment::BookingLink),
    /// Secret keys of the portal.
    #[command(subcommand)]
    Keys(operator::KeysCommand),
    /// The clock's high-water mark.
    #[command(subcommand)]
    Clock(operator::ClockCommand),
    /// Prints a configuration with every key, its default and its meaning.
    ConfigReference,
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
        Command::Serve(serve) => serve.run().await,
        Command::CheckProfile(check) => check.run().await,
        Command::Account(command) => command.run().await,
        Command::Members(command) => command.run().await,
        Command::Contacts(command) => command.run().await,
        Command::BookingLink(link) => link.run().await,
        Command::Keys(command) => operator::keys(command).await,
        Command::Clock(command) => operator::clock(command).await,
        Command::ConfigReference => {
            say(std::io::stdout(), &Config::reference());
            Ok(())
        }
    }
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
    private_folder(&config.data).with_context(|| format!("{} cannot be made", config.data.display()))?;
    let store = open_store(config).await?;
    let entropy = Arc::new(OsEntropy);
    let system = Arc::new(SystemClock);
    let hashing = &config.hashing;
    Ok(Portal::open(Parts {
        profile,
        issuer: config.public_url().context("the address is not one that people can reach")?,
        keys: SharedKeys::load_or_create(&config.key_file(), entropy.as_ref())?,
        hashes: Arc::new(HashPool::new(
            hashing.cost(),
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
