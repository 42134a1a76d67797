//! The portal server: accounts, sign-in, codes, trust and handover.
//!
//! One [`Portal`] is one portal profile on one issuer address. [`http::router`] hosts one or more of them.

pub mod account;
pub mod alerts;
pub mod appointment;
mod audit;
mod auth_session;
pub mod clock;
mod codes;
pub mod config;
mod contacts;
mod credentials;
mod delegates;
pub mod delivery;
pub mod demo;
mod grant;
pub mod hash;
pub mod http;
pub mod import;
pub mod keys;
mod links;
pub mod local_time;
mod message;
pub mod metrics;
mod nonce;
pub mod operations;
mod pages;
mod password;
mod password_check;
mod phone;
pub mod proof;
mod question;
mod quota;
mod records;
mod recovery;
mod recovery_codes;
mod registration;
mod reminders;
pub mod retention;
pub mod rights;
mod seal;
mod second_factor;
pub mod secret_file;
mod sends;
mod sessions;
mod sign_in;
mod step_up;
pub mod store;
mod throttle;
pub mod tls;
mod totp;
mod tries;
mod trust;
mod web_session;

use crate::{clock::PortalClock, delivery::Transports, hash::HashPool, keys::SharedKeys, store::Store};
use parvis_portal_profile::Profile;
use parvis_protocol::entropy::Entropy;
use std::sync::Arc;
use tokio::sync::Notify;
use url::Url;

pub use audit::KINDS as EVENT_KINDS;

/// Defects of a file, one a line.
pub fn sentences(defects: &[impl std::fmt::Display]) -> String {
    defects.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// One portal.
pub struct Portal {
    /// How it works.
    pub profile: Profile,
    /// Its public address, without a trailing slash in text form.
    pub issuer: Url,
    /// The database.
    pub store: Store,
    /// Keys outside the database.
    pub keys: Arc<SharedKeys>,
    /// Password hashing.
    pub hashes: Arc<HashPool>,
    /// Where messages go.
    pub transports: Arc<Transports>,
    /// The only clock that decides.
    pub clock: Arc<PortalClock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Says « démonstration » in every message.
    pub demonstration: bool,
    messages_due: Notify,
    pub(crate) metrics: metrics::Metrics,
}

/// What a portal is made of.
pub struct Parts {
    /// How it works.
    pub profile: Profile,
    /// Its public address.
    pub issuer: Url,
    /// The database.
    pub store: Store,
    /// Keys outside the database.
    pub keys: Arc<SharedKeys>,
    /// Password hashing.
    pub hashes: Arc<HashPool>,
    /// Where messages go.
    pub transports: Arc<Transports>,
    /// The only clock that decides.
    pub clock: Arc<PortalClock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Says « démonstration » in every message.
    pub demonstration: bool,
}

/// Why a portal cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The key file is not the one that this database was made with.
    #[error(
        "this database belongs to another key file (keys {expected}, not {found}): restore keys.toml beside the data"
    )]
    OtherKeys {
        /// As the database remembers.
        expected: String,
        /// As the file says.
        found: String,
    },
    /// The database.
    #[error("the database: {0}")]
    Store(#[from] sqlx::Error),
}

/// A request could not be decided; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// Hashing queue full, or unfinished tries fill a limit.
    #[error("busy")]
    Busy,
    /// The proof was used before.
    #[error("proof replayed")]
    ProofReplayed,
    /// The database.
    #[error("store: {0}")]
    Store(#[from] sqlx::Error),
}

impl Portal {
    /// Opens a portal on its database, which remembers the id of its keys.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open(parts: Parts) -> Result<Arc<Self>, OpenError> {
        let found = parts.keys.current().id.clone();
        let mut tx = parts.store.begin().await?;
        sqlx::query("INSERT INTO meta (name, value) VALUES ('keys', $1) ON CONFLICT (name) DO NOTHING")
            .bind(&found)
            .execute(&mut *tx)
            .await?;
        let expected: String =
            sqlx::query_scalar("SELECT value FROM meta WHERE name = 'keys'").fetch_one(&mut *tx).await?;
        tx.commit().await?;
        if expected != found {
            return Err(OpenError::OtherKeys { expected, found });
        }
        let Parts { profile, issuer, store, keys, hashes, transports, clock, entropy, demonstration } = parts;
        let messages_due = Notify::new();
        Ok(Arc::new(Self {
            profile,
            issuer,
            store,
            keys,
            hashes,
            transports,
            clock,
            entropy,
            demonstration,
            messages_due,
            metrics: metrics::Metrics::default(),
        }))
    }

    /// The issuer as it stands in metadata and tokens.
    pub fn issuer_text(&self) -> &str {
        self.issuer.as_str().trim_end_matches('/')
    }

    /// Sends messages as they become due, and retries; until the task is dropped.
    pub async fn run_messages(self: Arc<Self>) {
        loop {
            if let Err(error) = self.send_due_messages().await {
                tracing::warn!(%error, "the message queue cannot be read");
            }
            let pause = std::time::Duration::from_secs(1);
            let _ = tokio::time::timeout(pause, self.messages_due.notified()).await;
        }
    }

    fn wake_messages(&self) {
        self.messages_due.notify_one();
    }

    /// Brings a stored hash up to the present cost, after the answer.
    fn rehash(&self, account: &account::Account, password: secrecy::SecretString) {
        let (hashes, store, old) = (self.hashes.clone(), self.store.clone(), account.password_hash.clone());
        let subject = account.subject.clone();
        tokio::spawn(async move {
            let Ok(hash) = hashes.hash(password).await else { return };
            let update = async {
                let mut tx = store.begin().await?;
                sqlx::query(
                    "UPDATE account SET password_hash = $2 WHERE subject = $1 AND password_hash = $3",
                )
                .bind(subject)
                .bind(hash)
                .bind(old)
                .execute(&mut *tx)
                .await?;
                tx.commit().await
            };
            if let Err(error) = update.await {
                tracing::warn!(%error, "a password hash could not be brought up to date");
            }
        });
    }
}
