//! Forgotten password, first password, activation: what a mailed link does (REC-01 to REC-08).

use crate::{
    Fault, Portal,
    account::{self, Account},
    audit::Event,
    codes::Challenge,
    links::{self, Link, Purpose},
    message, nonce,
    password::Entitled,
    registration,
    store::{Connection, Tx},
    throttle,
};
use parvis_portal_profile::{Language, MethodId, PasswordRule};
use parvis_protocol::{clock::UnixMillis, proof::Proof};
use secrecy::SecretString;
use std::net::IpAddr;

/// After a mailed reset, codes by e-mail are no second factor for this long where another method is there, ms: the mailbox would be
/// both factors.
const EMAIL_PAUSE: i64 = 24 * 60 * 60 * 1000;

/// What became of a link.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum LinkUse {
    /// Done.
    Done,
    /// The new password does not meet these rules; the link is still good.
    Unmet(Vec<PasswordRule>),
    /// Used, replaced, over, or never was.
    Expired,
    /// Too many from this network: wait so many seconds.
    SlowDown(u32),
}

/// Where a request with a link comes from.
#[derive(Clone, Copy)]
pub(crate) struct Sender<'a> {
    /// Of a call; a page has none.
    pub(crate) proof: Option<&'a Proof>,
    pub(crate) network: Option<IpAddr>,
}

impl Portal {
    /// Begins a transaction that consumes the proof of a call.
    pub(crate) async fn begin_by(&self, from: Sender<'_>, now: UnixMillis) -> Result<Tx, Fault> {
        let mut tx = self.store.begin().await?;
        if let Some(proof) = from.proof {
            nonce::consume(&mut tx, proof, now).await?;
        }
        Ok(tx)
    }

    /// Asks for a link to whoever has this name. The same work for a name that nobody has: one row in the queue of messages
    /// (REC-01). Wait so many seconds, where the network asked too often.
    pub(crate) async fn request_recovery(
        &self,
        from: Sender<'_>,
        name: &str,
        language: Language,
    ) -> Result<Option<u32>, Fault> {
        let now = self.clock.now();
        let mut tx = self.begin_by(from, now).await?;
        let wait = throttle::charge_recovery(self, &mut tx, from.network, now).await?;
        if wait.is_none() {
            message::queue_recovery(self, &mut tx, name, language, now).await?;
        }
        tx.commit().await?;
        self.wake_messages();
        Ok(wait)
    }

    /// Asks for a link like an old one, whether that was used, is over or never was: the answer is the same.
    pub(crate) async fn request_another_link(
        &self,
        from: Sender<'_>,
        token: &str,
        language: Language,
    ) -> Result<Option<u32>, Fault> {
        let now = self.clock.now();
        let old = links::find(self, token).await?;
        let mut tx = self.store.begin().await?;
        let wait = throttle::charge_recovery(self, &mut tx, from.network, now).await?;
        if wait.is_none() {
            let subject = old.as_ref().map_or("", |link| &link.subject);
            let purpose = match old.as_ref().and_then(Link::purpose) {
                Some(Purpose::FirstPassword) if self.has_password(subject).await? => Purpose::Recovery,
                purpose => purpose.unwrap_or(Purpose::Recovery),
            };
            match purpose {
                Purpose::Activation => match registration::by_id(&mut *tx, subject).await? {
                    Some(row) => self.mail_activation_again(&mut tx, &row, now).await?,
                    None => message::queue_link(self, &mut tx, "", purpose, language, now).await?,
                },
                Purpose::Invitation => self.mail_invitation_again(&mut tx, subject, language, now).await?,
                Purpose::Recovery | Purpose::FirstPassword => {
                    message::queue_link(self, &mut tx, subject, purpose, language, now).await?;
                }
            }
        }
        tx.commit().await?;
        self.wake_messages();
        Ok(wait)
    }

    /// Sets a new password by a mailed link. It never signs in, lifts no block and leaves the second factor as it is (REC-05).
    pub(crate) async fn complete_recovery(
        &self,
        from: Sender<'_>,
        token: &str,
        password: SecretString,
    ) -> Result<LinkUse, Fault> {
        let now = self.clock.now();
        let link = links::find(self, token).await?.filter(|link| link.lives(now));
        let Some(link) = link else { return self.refuse_link(from).await };
        let account = match link.purpose() {
            Some(Purpose::Invitation) => return self.take_up_invitation(from, &link, password).await,
            Some(Purpose::Recovery | Purpose::FirstPassword) => self.account_of(&link.subject).await?,
            Some(Purpose::Activation) | None => None,
        };
        let Some(account) = account.filter(Account::may_sign_in) else {
            return self.refuse_link(from).await;
        };
        let email = account.email();
        let unmet = self.unmet_rules(&account.name, &account.identifier, email, &password).await;
        if !unmet.is_empty() {
            return Ok(LinkUse::Unmet(unmet));
        }
        let hash = self.hashes.hash(password).await.map_err(|_| Fault::Busy)?;
        let now = self.clock.now();
        let mut tx = self.begin_by(from, now).await?;
        // The owner has the mailbox: what strangers did not guess is forgotten. Before the account's row: the order of a sign-in.
        throttle::forget(self, &mut tx, &account).await?;
        if !self.set_password(&mut tx, &account, &hash, Entitled::ByLink(&link), now).await? {
            return Ok(LinkUse::Expired);
        }
        // Closed since it was read: its row is locked now, and nothing of this is kept.
        if account::by_subject(&mut *tx, &account.subject).await?.is_none_or(|account| !account.may_sign_in())
        {
            return Ok(LinkUse::Expired);
        }
        // A first password mails nobody out of anything: there was none, and no factor beside it.
        if link.purpose() == Some(Purpose::Recovery) || account.password_hash.is_some() {
            sqlx::query("UPDATE account SET email_factor_from = $2 WHERE subject = $1")
                .bind(&account.subject)
                .bind(now + EMAIL_PAUSE)
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        self.wake_messages();
        Ok(LinkUse::Done)
    }

    /// Opens the account of a registration by a mailed link, which proves its address.
    pub(crate) async fn activate(&self, from: Sender<'_>, token: &str) -> Result<LinkUse, Fault> {
        let now = self.clock.now();
        let link = links::find(self, token).await?.filter(|link| link.lives(now));
        let Some(link) = link.filter(|link| link.purpose() == Some(Purpose::Activation)) else {
            return self.refuse_link(from).await;
        };
        let mut tx = self.begin_by(from, now).await?;
        let row = registration::lock(&mut tx, &link.subject).await?.filter(|row| row.subject.is_none());
        let Some(row) = row else { return Ok(LinkUse::Expired) };
        if !links::consume(&mut tx, &link, now).await? {
            return Ok(LinkUse::Expired);
        }
        let Ok(opened) = self.open_account(&mut tx, &row, now).await? else {
            // Meanwhile there is an account of this person: this link opens no other.
            return Ok(LinkUse::Expired);
        };
        let subject = opened.subject.unwrap_or_default();
        Event::new("account_activated", now).of(&subject).record(self, &mut tx).await?;
        tx.commit().await?;
        Ok(LinkUse::Done)
    }

    /// Mails a link that sets the first password of an account, or a new one (PWD-09). Asking again works as for recovery.
    ///
    /// # Errors
    /// The database.
    pub async fn invite(&self, subject: &str) -> Result<(), sqlx::Error> {
        self.mail_link(subject, Purpose::FirstPassword, "account_invited").await
    }

    /// Mails a link that sets a new password, on behalf of support: nobody else chooses or sees it (PWD-09).
    ///
    /// # Errors
    /// The database.
    pub async fn send_reset(&self, subject: &str) -> Result<(), sqlx::Error> {
        self.mail_link(subject, Purpose::Recovery, "reset_sent").await
    }

    async fn mail_link(
        &self,
        subject: &str,
        purpose: Purpose,
        event: &'static str,
    ) -> Result<(), sqlx::Error> {
        let now = self.clock.now();
        let account = account::by_subject(self.store.read(), subject).await?;
        let Some(account) = account else { return Ok(()) };
        let mut tx = self.store.begin().await?;
        message::queue_link(self, &mut tx, subject, purpose, account.language(), now).await?;
        Event::new(event, now).of(subject).by("operator").record(self, &mut tx).await?;
        tx.commit().await?;
        self.wake_messages();
        Ok(())
    }

    /// A code by e-mail was right although the password was reset by e-mail: nothing else was there. All contacts are told.
    pub(crate) async fn note_single_channel(
        &self,
        tx: &mut Connection,
        account: &Account,
        challenge: &Challenge,
        now: UnixMillis,
    ) -> Result<(), sqlx::Error> {
        if challenge.method() != MethodId::Email || !account.email_pauses(now) {
            return Ok(());
        }
        let kind = message::Kind::SingleChannelRecovery;
        message::notify_all(self, tx, account, kind, None, now).await?;
        let event = Event::new("single_channel_recovery", now).of(&account.subject);
        event.on(&challenge.device_id).record(self, tx).await
    }

    async fn has_password(&self, subject: &str) -> Result<bool, sqlx::Error> {
        let account = account::by_subject(self.store.read(), subject).await?;
        Ok(account.is_some_and(|account| account.password_hash.is_some()))
    }

    /// A link that is no good counts against its network.
    pub(crate) async fn refuse_link(&self, from: Sender<'_>) -> Result<LinkUse, Fault> {
        let now = self.clock.now();
        let mut tx = self.begin_by(from, now).await?;
        let wait = throttle::charge_recovery(self, &mut tx, from.network, now).await?;
        // Who is told to wait writes nothing more into the history.
        if wait.is_none() {
            let event = Event::new("link_refused", now);
            match from.network.map(throttle::network) {
                Some(network) => event.from(&network).record(self, &mut tx).await?,
                None => event.record(self, &mut tx).await?,
            }
        }
        tx.commit().await?;
        Ok(wait.map_or(LinkUse::Expired, LinkUse::SlowDown))
    }
}
