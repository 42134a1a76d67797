//! The one place where a password is looked at (ACC-09): its try was reserved before, one hash runs in every case, and the try
//! is settled after, with what may have changed meanwhile.

use crate::{
    Fault, Portal,
    account::{self, Account},
    hash::Verdict,
    registration::{self, Registering},
    store::Connection,
    throttle::{self, Outcome, Reservation},
};
use parvis_portal_profile::ContactProof;
use parvis_protocol::clock::UnixMillis;
use secrecy::SecretString;

/// What a look at a password found.
pub(crate) struct Judged {
    /// The account as it was read before the hash, if the password was right.
    right: Option<Account>,
    /// The stored hash is of another cost than new ones.
    pub(crate) outdated: bool,
}

impl Judged {
    /// The password was looked at, and is the account's.
    pub(crate) const fn is_right(&self) -> bool {
        self.right.is_some()
    }
}

impl Portal {
    /// Looks at a password, whose try is `reservation`. `evaluate` is false over the account's own limit. One hash in every
    /// case: unknown, disabled, over the limit, right, wrong (ACC-02). A full queue gives the try back.
    pub(crate) async fn judge_password(
        &self,
        reservation: &Reservation,
        evaluate: bool,
        account: Option<Account>,
        password: SecretString,
    ) -> Result<Judged, Fault> {
        let account = account.filter(|account| evaluate && account.may_sign_in());
        let stored = account.as_ref().and_then(|account| account.password_hash.clone());
        let verdict = self.verify(reservation, password, stored).await?;
        Ok(Judged { right: account.filter(|_| verdict.matches), outdated: verdict.outdated })
    }

    /// The registration that waits for its activation, where the password is the one that was chosen there. At the entrance of those
    /// who are activated by a link, one hash more runs for every name, whether anybody has registered or has an account (ACC-02).
    pub(crate) async fn judge_registration(
        &self,
        reservation: &Reservation,
        evaluate: bool,
        role: &str,
        name: &str,
        password: SecretString,
    ) -> Result<Option<Registering>, Fault> {
        let registration = self.profile.registration.as_ref().filter(|registration| {
            registration.role == role && registration.proofs.contains(&ContactProof::Activation)
        });
        if registration.is_none() {
            return Ok(None);
        }
        let row = registration::awaiting_activation(self, name, self.clock.now()).await?;
        let row = row.filter(|_| evaluate);
        let stored = row.as_ref().map(|row| row.password_hash.clone());
        let verdict = self.verify(reservation, password, stored).await?;
        Ok(row.filter(|_| verdict.matches))
    }

    /// One hash; a full queue gives the try back.
    async fn verify(
        &self,
        reservation: &Reservation,
        password: SecretString,
        stored: Option<String>,
    ) -> Result<Verdict, Fault> {
        if let Ok(verdict) = self.hashes.verify(password, stored).await {
            return Ok(verdict);
        }
        let mut tx = self.store.begin().await?;
        throttle::settle(self, &mut tx, reservation, Outcome::Released, self.clock.now()).await?;
        tx.commit().await?;
        Err(Fault::Busy)
    }

    /// Settles the try; the account as it is now, if the password was right and still is.
    pub(crate) async fn settle_password(
        &self,
        tx: &mut Connection,
        reservation: &Reservation,
        judged: &Judged,
        now: UnixMillis,
    ) -> Result<Option<Account>, sqlx::Error> {
        let Some(before) = &judged.right else {
            throttle::settle(self, tx, reservation, Outcome::Wrong, now).await?;
            return Ok(None);
        };
        throttle::settle(self, tx, reservation, Outcome::Right, now).await?;
        let account = account::by_subject(tx, &before.subject).await?;
        // A hash brought up to date by a sign-in beside this one is the same password.
        Ok(account.filter(|account| {
            let same = account.password_hash == before.password_hash
                || account.credential_epoch == before.credential_epoch;
            same && account.may_sign_in()
        }))
    }
}
