//! The demonstration: every profile of `profiles/` on one loopback address, accounts of `demo/accounts/`, messages in files
//! and on the terminal. The limits are the real ones.

use crate::{
    Parts, Portal,
    account::NewAccount,
    clock::PortalClock,
    delivery::{Outbox, Transports, show},
    hash::{HashCost, HashPool},
    keys::SharedKeys,
    store::Store,
};
use anyhow::{Context, bail};
use parvis_protocol::{clock::SystemClock, entropy::OsEntropy};
use secrecy::SecretString;
use serde::Deserialize;
use std::{net::SocketAddr, path::Path, sync::Arc};
use url::Url;

include!(concat!(env!("OUT_DIR"), "/demo_files.rs"));

const PASSWORD: &str = "Parvis-Demo-2026!";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Accounts {
    account: Vec<NewAccount>,
}

/// Opens the demonstration's portals, with their accounts, on `address` and in `data`.
///
/// # Errors
/// An address beyond this machine, a folder that cannot be written, a profile with defects.
pub async fn open(
    address: SocketAddr,
    data: &Path,
    database: Option<&str>,
    echo: bool,
) -> anyhow::Result<Vec<Arc<Portal>>> {
    if !address.ip().is_loopback() {
        bail!("the demonstration listens on this machine only: use a loopback address, not {address}");
    }
    std::fs::create_dir_all(data).with_context(|| format!("{} cannot be made", data.display()))?;
    let entropy = Arc::new(OsEntropy);
    let default = format!("sqlite://{}?mode=rwc", data.join("portal.db").display());
    let store = Store::open(database.unwrap_or(&default), 8).await?;
    let clock = Arc::new(SystemClock);
    let outbox =
        Outbox::new(data, clock.clone()).with_context(|| format!("{} cannot be written", data.display()))?;
    let outbox = if echo { outbox.with_echo(Arc::new(show)) } else { outbox };
    let keys = SharedKeys::load_or_create(&data.join("keys.toml"), entropy.as_ref())?;
    let hashes = Arc::new(HashPool::new(HashCost::default(), 2, 64, entropy.clone()));
    let transports = Arc::new(Transports::to_files(Arc::new(outbox)));
    let portal_clock = Arc::new(PortalClock::load(clock, &store).await?);
    let mut portals = Vec::new();
    for (id, source) in PROFILES {
        let profile = parvis_portal_profile::parse(source)
            .map_err(|defects| anyhow::anyhow!("profile {id}: {}", crate::sentences(&defects)))?;
        let portal = Portal::open(Parts {
            profile,
            issuer: Url::parse(&format!("http://{address}/{id}"))?,
            store: store.clone(),
            keys: keys.clone(),
            hashes: hashes.clone(),
            transports: transports.clone(),
            clock: portal_clock.clone(),
            entropy: entropy.clone(),
            demonstration: true,
        })
        .await?;
        create_accounts(&portal, id).await?;
        portals.push(portal);
    }
    Ok(portals)
}

async fn create_accounts(portal: &Portal, id: &str) -> anyhow::Result<()> {
    let Some((_, source)) = ACCOUNTS.iter().find(|(stem, _)| *stem == id) else { return Ok(()) };
    let accounts: Accounts = toml::from_str(source).with_context(|| format!("demo/accounts/{id}.toml"))?;
    for account in accounts.account {
        if portal.account(&account.identifier).await?.is_none() {
            portal.create_account(account, Some(SecretString::from(PASSWORD))).await?;
        }
    }
    Ok(())
}
