//! The operator's commands.

pub(crate) mod account;
pub(crate) mod appointment;
pub(crate) mod import;
pub(crate) mod profile;

pub(crate) use crate::say;

use crate::{open_portal, open_store, read_config};
use anyhow::Context;
use clap::{Args, Subcommand};
use parvis_portal::{
    Portal,
    account::Account,
    clock::PortalClock,
    keys::{Keys, TAKEOVER},
};
use parvis_protocol::{
    clock::{Clock, SystemClock},
    entropy::OsEntropy,
};
use std::{io::stdout, path::PathBuf, sync::Arc};

#[derive(Args)]
pub(crate) struct Where {
    /// Configuration file of the portal.
    #[arg(long)]
    config: PathBuf,
}

impl Where {
    async fn open(&self) -> anyhow::Result<Arc<Portal>> {
        open_portal(&read_config(&self.config)?).await
    }
}

#[derive(Subcommand)]
pub(crate) enum ClockCommand {
    /// Forgets the mark, once the system's clock is right.
    Reset {
        #[command(flatten)]
        portal: Where,
    },
}

#[derive(Subcommand)]
pub(crate) enum KeysCommand {
    /// Puts fresh keys for codes and tokens before those in use, which stay good for as long as what they made.
    Rotate {
        #[command(flatten)]
        portal: Where,
    },
}

pub(crate) async fn clock(command: ClockCommand) -> anyhow::Result<()> {
    let ClockCommand::Reset { portal } = command;
    let store = open_store(&read_config(&portal.config)?).await?;
    PortalClock::reset(&store, SystemClock.now()).await?;
    say(stdout(), "the mark is forgotten; start the portal again");
    Ok(())
}

pub(crate) async fn keys(command: KeysCommand) -> anyhow::Result<()> {
    let KeysCommand::Rotate { portal } = command;
    let config = read_config(&portal.config)?;
    let file = config.key_file();
    let keys = Keys::rotate(&file, &OsEntropy, SystemClock.now())?;
    let later = SystemClock.now() + TAKEOVER;
    let (codes, tokens) = (keys.otp_key(later).0, keys.signing_key(later).0);
    say(
        stdout(),
        &format!(
            "{}: new keys, {codes} for codes and {tokens} for tokens\n\
             Now send SIGHUP to every process of this portal (systemctl reload parvis-portal): until then it goes on with \
             the former ones. Back the file up anew.",
            file.display()
        ),
    );
    let noted = async { anyhow::Ok(open_portal(&config).await?.keys_were_rotated().await?) };
    noted.await.context("the keys are in place, and the audit trail does not know of it")
}

async fn find(portal: &Portal, typed: &str) -> anyhow::Result<Account> {
    portal.account(typed).await?.with_context(|| format!("there is no account {typed}"))
}
