//! A new password: judged, and set with all that ends by it.

use crate::{
    Fault, Portal,
    account::Account,
    audit::Event,
    credentials::{self, Spared},
    grant::Caller,
    links::{self, Link, Purpose},
    message, nonce,
    store::Connection,
    throttle::{self, Origin, Permission},
};
use parvis_portal_profile::{Language, PasswordRule};
use parvis_protocol::{clock::UnixMillis, encoding::same_secret, proof::Proof};
use secrecy::{ExposeSecret, SecretString};
use std::net::IpAddr;

/// What entitles to a new password.
#[derive(Clone, Copy)]
pub(crate) enum Entitled<'a> {
    /// A mailed link, which is used up by it.
    ByLink(&'a Link),
    /// The current password, given with the epoch that the account had when it was read; these sessions go on.
    ByPassword(Spared<'a>),
}

/// What became of a change of password.
#[derive(Debug)]
pub(crate) enum Changed {
    /// Done.
    Done,
    /// The new password does not meet these rules; nothing was counted.
    Unmet(Vec<PasswordRule>),
    /// The new password is the current one.
    Unchanged,
    /// The current password is wrong: counted.
    Rejected,
    /// Too many wrong ones: wait so many seconds.
    SlowDown(u32),
}

/// A change of password, parsed.
pub(crate) struct PasswordChange {
    pub(crate) current: SecretString,
    pub(crate) new: SecretString,
    pub(crate) sign_out_others: bool,
    pub(crate) network: Option<IpAddr>,
}

impl Portal {
    /// Changes the caller's password. The current one goes through the limiter like any other (ACC-09, PWD-05).
    pub(crate) async fn change_password(
        &self,
        proof: &Proof,
        caller: &Caller,
        change: PasswordChange,
    ) -> Result<Changed, Fault> {
        let account = &caller.account;
        let email = account.email();
        let unmet = self.unmet_rules(&account.name, &account.identifier, email, &change.new).await;
        if !unmet.is_empty() {
            return Ok(Changed::Unmet(unmet));
        }
        let now = self.clock.now();
        let event = |kind| Event::new(kind, now).of(&account.subject).on(&caller.device_id);
        let origin = Origin {
            name: &account.identifier,
            account: Some(account),
            device_id: &caller.device_id,
            network: change.network,
        };
        let mut tx = self.store.begin().await?;
        nonce::consume(&mut tx, proof, now).await?;
        let (reservation, evaluate) = match throttle::reserve(self, &mut tx, &origin, now).await? {
            Permission::Granted { reservation, evaluate } => (reservation, evaluate),
            Permission::SlowDown(seconds) | Permission::NetworkSlowDown(seconds) => {
                event("password_throttled").by("change").record(self, &mut tx).await?;
                tx.commit().await?;
                return Ok(Changed::SlowDown(seconds));
            }
            Permission::Busy => return Err(Fault::Busy),
        };
        tx.commit().await?;
        let found = Some(account.clone());
        let judged = self.judge_password(&reservation, evaluate, found, change.current.clone()).await?;
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        let Some(account) = self.settle_password(&mut tx, &reservation, &judged, now).await? else {
            event("password_rejected").by("change").record(self, &mut tx).await?;
            tx.commit().await?;
            return Ok(Changed::Rejected);
        };
        tx.commit().await?;
        // Blocked, or changed, since the call was let in: again, if it still may.
        if account.credential_epoch != caller.account.credential_epoch || account.blocked_at.is_some() {
            return Err(Fault::Busy);
        }
        if same_secret(change.current.expose_secret(), change.new.expose_secret()) {
            return Ok(Changed::Unchanged);
        }
        let hash = self.hashes.hash(change.new).await.map_err(|_| Fault::Busy)?;
        let spared = if change.sign_out_others { Spared::Session(&caller.grant_id) } else { Spared::All };
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        if !self.set_password(&mut tx, &account, &hash, Entitled::ByPassword(spared), now).await? {
            return Ok(Changed::Rejected);
        }
        tx.commit().await?;
        self.wake_messages();
        Ok(Changed::Done)
    }

    /// Every rule that a new password of this person does not meet (PWD-01 to PWD-03): the portal's counts, and nothing that is
    /// tried first, their name, identifier, address and the portal's name among it.
    pub(crate) async fn unmet_rules(
        &self,
        name: &str,
        identifier: &str,
        email: Option<&str>,
        password: &SecretString,
    ) -> Vec<PasswordRule> {
        let rules = self.profile.password;
        let unmet = rules.unmet(password.expose_secret());
        if unmet.contains(&PasswordRule::TooLong) {
            return unmet;
        }
        let portal =
            [Language::Fr, Language::En, Language::De].map(|language| self.profile.name.get(language));
        let context: Vec<String> = [name, identifier, email.unwrap_or_default()]
            .into_iter()
            .chain(portal)
            .map(ToOwned::to_owned)
            .collect();
        let password = password.clone();
        // Some milliseconds of work: not on the threads that answer.
        let judged = tokio::task::spawn_blocking(move || {
            let context: Vec<&str> = context.iter().map(String::as_str).collect();
            rules.judge(password.expose_secret(), &context).unmet
        });
        judged.await.unwrap_or_else(|_| [unmet, vec![PasswordRule::Common]].concat())
    }

    /// Sets a new password in the caller's transaction: everything that was opened with the old one ends but what is spared, mailed
    /// links too, and the owner is told. False where what entitles to it does not any more, and nothing may be committed then.
    pub(crate) async fn set_password(
        &self,
        connection: &mut Connection,
        account: &Account,
        hash: &str,
        entitled: Entitled<'_>,
        now: UnixMillis,
    ) -> Result<bool, sqlx::Error> {
        let subject = &account.subject;
        let (read, spared) = match entitled {
            Entitled::ByLink(_) => (None, Spared::None),
            Entitled::ByPassword(spared) => (Some(account.credential_epoch), spared),
        };
        if !credentials::change(self, connection, subject, read, spared, "password_changed", now).await? {
            return Ok(false);
        }
        let how = match entitled {
            // The row of the link decides: the first of many that come at once (INV-3).
            Entitled::ByLink(link) if !links::consume(connection, link, now).await? => return Ok(false),
            Entitled::ByLink(link) => link.purpose().map_or("recovery", Purpose::as_str),
            Entitled::ByPassword(_) => "password",
        };
        // Whoever sets a password by a mailed link has shown both.
        sqlx::query(
            "UPDATE account SET password_hash = $2, mailbox_unproved = CASE WHEN $3 = 1 THEN 0 ELSE mailbox_unproved END \
             WHERE subject = $1",
        )
            .bind(subject)
            .bind(hash)
            .bind(i64::from(matches!(entitled, Entitled::ByLink(_))))
            .execute(&mut *connection)
            .await?;
        links::replace(connection, subject, None, now).await?;
        message::notify_all(self, connection, account, message::Kind::PasswordChanged, None, now).await?;
        Event::new("password_changed", now).of(subject).by(how).record(self, connection).await?;
        Ok(true)
    }
}
