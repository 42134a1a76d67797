//! The operator's commands: accounts and clock.

use crate::{open_portal, open_store, read_config, say};
use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use parvis_portal::{
    Portal,
    account::{Account, NewAccount},
    clock::PortalClock,
};
use parvis_portal_profile::Language;
use parvis_protocol::clock::{Clock, SystemClock};
use secrecy::SecretString;
use std::{
    io::{Read, stdin, stdout},
    path::PathBuf,
    sync::Arc,
};

#[derive(Args)]
pub(crate) struct Where {
    /// Configuration file of the portal.
    #[arg(long)]
    config: PathBuf,
}

#[derive(Subcommand)]
pub(crate) enum AccountCommand {
    /// Creates an account; its password is read from the standard input.
    Create {
        #[command(flatten)]
        portal: Where,
        /// What the person types.
        identifier: String,
        /// Name.
        #[arg(long)]
        name: String,
        /// Entrance.
        #[arg(long)]
        role: String,
        /// A right; may be given several times.
        #[arg(long = "right")]
        rights: Vec<String>,
        /// E-mail address, taken as proved.
        #[arg(long)]
        email: Option<String>,
        /// « Téléphone de secours », taken as proved.
        #[arg(long)]
        phone: Option<String>,
        /// Language of its mails: fr, en or de.
        #[arg(long, default_value = "fr")]
        language: String,
    },
    /// Lists all accounts.
    List {
        #[command(flatten)]
        portal: Where,
    },
    /// Shows one account.
    Show {
        #[command(flatten)]
        portal: Where,
        /// Identifier or e-mail address.
        account: String,
    },
    /// Blocks an account: it cannot sign in until it is unblocked, and what is open ends.
    Block {
        #[command(flatten)]
        portal: Where,
        /// Identifier or e-mail address.
        account: String,
    },
    /// Lifts a block and gives back all tries.
    Unblock {
        #[command(flatten)]
        portal: Where,
        /// Identifier or e-mail address.
        account: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum ClockCommand {
    /// Forgets the mark, once the system's clock is right.
    Reset {
        #[command(flatten)]
        portal: Where,
    },
}

pub(crate) async fn account(command: AccountCommand) -> anyhow::Result<()> {
    match command {
        AccountCommand::Create { portal, identifier, name, role, rights, email, phone, language } => {
            let portal = open(&portal).await?;
            let language = Language::parse(&language).context("the language is fr, en or de")?;
            let phone_verified = phone.is_some();
            let account =
                NewAccount { identifier, name, role, rights, email, phone, phone_verified, language };
            let subject = portal.create_account(account, Some(password()?)).await?;
            say(stdout(), &subject);
        }
        AccountCommand::List { portal } => {
            for account in open(&portal).await?.accounts().await? {
                say(stdout(), &line(&account));
            }
        }
        AccountCommand::Show { portal, account } => {
            let portal = open(&portal).await?;
            let account = find(&portal, &account).await?;
            say(stdout(), &line(&account));
            say(stdout(), &format!("  subject {}", account.subject));
            say(stdout(), &format!("  e-mail {}", account.email().unwrap_or("none")));
            say(stdout(), &format!("  telephone {}", account.phone().unwrap_or("none")));
            if let Some(reference) = &account.block_reference {
                say(stdout(), &format!("  blocked, reference {reference}"));
            }
        }
        AccountCommand::Block { portal, account } => {
            let portal = open(&portal).await?;
            let account = find(&portal, &account).await?;
            let reference = portal.block_account(&account.subject).await?;
            say(stdout(), &format!("{} is blocked, reference {reference}", account.identifier));
        }
        AccountCommand::Unblock { portal, account } => {
            let portal = open(&portal).await?;
            let account = find(&portal, &account).await?;
            portal.unblock_account(&account).await?;
            say(stdout(), &format!("{} can sign in again", account.identifier));
        }
    }
    Ok(())
}

pub(crate) async fn clock(command: ClockCommand) -> anyhow::Result<()> {
    let ClockCommand::Reset { portal } = command;
    let store = open_store(&read_config(&portal.config)?).await?;
    PortalClock::reset(&store, SystemClock.now()).await?;
    say(stdout(), "the mark is forgotten; start the portal again");
    Ok(())
}

async fn open(at: &Where) -> anyhow::Result<Arc<Portal>> {
    open_portal(&read_config(&at.config)?).await
}

async fn find(portal: &Portal, typed: &str) -> anyhow::Result<Account> {
    portal.account(typed).await?.with_context(|| format!("there is no account {typed}"))
}

/// The first line of the standard input: passwords never stand in arguments.
fn password() -> anyhow::Result<SecretString> {
    let mut text = String::new();
    stdin().take(4097).read_to_string(&mut text).context("the password is read from the standard input")?;
    let first = text.lines().next().unwrap_or_default();
    if first.is_empty() {
        bail!("write the password to the standard input");
    }
    Ok(SecretString::from(first))
}

fn line(account: &Account) -> String {
    let state = if account.blocked_at.is_some() { "blocked" } else { account.state() };
    let rights = account.rights().join(" ");
    format!("{}\t{}\t{}\t{state}\t{rights}", account.identifier, account.name, account.role)
}
