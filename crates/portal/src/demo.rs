//! The demonstration: every profile of `profiles/` on one loopback address, accounts of `demo/accounts/`, records of `demo/records/`,
//! messages in files and on the terminal. The limits are the real ones.

use crate::{
    Parts, Portal,
    account::NewAccount,
    clock::PortalClock,
    delegates,
    delivery::{Outbox, Transports, show},
    hash::{HashCost, HashPool},
    import::ImportRecords,
    keys::SharedKeys,
    secret_file::private_folder,
    store::Store,
};
use anyhow::{Context, bail};
use parvis_portal_profile::Records;
use parvis_protocol::{clock::SystemClock, entropy::OsEntropy};
use secrecy::SecretString;
use serde::Deserialize;
use std::{collections::HashSet, net::SocketAddr, path::Path, sync::Arc};
use url::Url;

include!(concat!(env!("OUT_DIR"), "/demo_files.rs"));

const PASSWORD: &str = "Parvis-Demo-2026!";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Accounts {
    account: Vec<NewAccount>,
    #[serde(default)]
    delegation: Vec<Delegation>,
}

/// Who signs in on whose behalf: identifiers of two accounts.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Delegation {
    principal: String,
    delegate: String,
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
    private_folder(data).with_context(|| format!("{} cannot be made", data.display()))?;
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
        import_records(&portal).await?;
        create_accounts(&portal, id).await?;
        portals.push(portal);
    }
    Ok(portals)
}

/// The records that the portal's registrations are compared with.
async fn import_records(portal: &Portal) -> anyhow::Result<()> {
    let wanted = portal.profile.registration.as_ref().and_then(|registration| registration.records);
    let Some(wanted) = wanted else { return Ok(()) };
    let stem = match wanted {
        Records::Members => "members",
        Records::Contacts => "contacts",
    };
    let Some((_, file)) = RECORDS.iter().find(|(name, _)| *name == stem) else { return Ok(()) };
    let imported = match wanted {
        Records::Members => {
            let import = ImportRecords::default();
            portal.import_members(file.as_bytes(), import, |_| ()).await
        }
        Records::Contacts => {
            portal.import_contact_records(file.as_bytes(), ImportRecords::default(), |_| ()).await
        }
    };
    let imported = imported.with_context(|| format!("demo/records/{stem}.csv"))?;
    if imported.defect_count > 0 {
        bail!("demo/records/{stem}.csv: {}", crate::sentences(&imported.defects));
    }
    Ok(())
}

async fn create_accounts(portal: &Portal, id: &str) -> anyhow::Result<()> {
    let Some((_, source)) = ACCOUNTS.iter().find(|(stem, _)| *stem == id) else { return Ok(()) };
    let accounts: Accounts = toml::from_str(source).with_context(|| format!("demo/accounts/{id}.toml"))?;
    let mut created = HashSet::new();
    for account in accounts.account {
        if portal.account(&account.identifier).await?.is_none() {
            created.insert(account.identifier.clone());
            portal.create_account(account, Some(SecretString::from(PASSWORD))).await?;
        }
    }
    // Once: who was removed in the demonstration stays removed.
    for delegation in accounts.delegation.iter().filter(|delegation| created.contains(&delegation.delegate)) {
        delegate(portal, delegation).await?;
    }
    Ok(())
}

async fn delegate(portal: &Portal, delegation: &Delegation) -> anyhow::Result<()> {
    let find = async |typed: &str| {
        portal.account(typed).await?.with_context(|| format!("demo/accounts: there is no account {typed}"))
    };
    let (principal, delegate) = (find(&delegation.principal).await?, find(&delegation.delegate).await?);
    let (now, email) = (portal.clock.now(), delegate.email().unwrap_or_default());
    let mut tx = portal.store.begin().await?;
    let whom = (delegate.name.as_str(), email);
    portal.begin_delegation(&mut tx, &principal.subject, whom, delegate.language(), now).await?;
    delegates::accept(portal, &mut tx, &delegate, now).await?;
    Ok(tx.commit().await?)
}
