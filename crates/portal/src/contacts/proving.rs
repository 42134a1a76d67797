//! The code that proves a new contact: charged before it is looked at, consumed once; then the contact is the account's (CHN-04).

use super::{ContactChange, PURPOSE, Tries, counter, forget_pending, pending_by_challenge};
use crate::{
    Fault, Portal,
    account::{self, Account},
    audit::Event,
    credentials::{self, Spared},
    delegates,
    grant::Caller,
    links, message, nonce,
    question::{self, Found},
    store::Connection,
};
use parvis_portal_profile::{ContactProof, MethodId, Role};
use parvis_protocol::{
    clock::UnixMillis, entropy::opaque_short, message::ContactField, proof::Proof as Dpop,
};

/// A block by wrong codes to a new contact lasts this long where the profile blocks accounts instead, seconds.
const BLOCK_S: u32 = 900;

/// What became of the code of a new contact.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    /// The contact is the account's.
    Proved,
    /// Wrong; so many tries are left.
    Rejected(u32),
    /// It was right once, or waits no more; not counted.
    Expired,
    /// Too many wrong codes: not before then.
    Blocked(UnixMillis),
    /// The code was right, and another account has the address or number.
    InUse(ContactField),
}

impl Portal {
    /// Checks the code of a new contact; the right one makes it the account's, and ends trust and other sessions.
    pub(crate) async fn prove_contact(
        &self,
        proof: &Dpop,
        caller: &Caller,
        challenge_id: &str,
        code: &str,
    ) -> Result<Proof, Fault> {
        let (subject, now) = (&caller.account.subject, self.clock.now());
        let mut tx = self.store.begin().await?;
        nonce::consume(&mut tx, proof, now).await?;
        let change = pending_by_challenge(&mut tx, challenge_id).await?;
        let Some(change) = change.filter(|change| change.subject == *subject) else {
            return Ok(Proof::Expired);
        };
        let event =
            |kind| Event::new(kind, now).of(subject).on(&caller.device_id).by(change.field().as_str());
        let outcome = self.check_contact_code(&mut tx, &change, code, now).await?;
        if outcome != Proof::Proved {
            event("contact_rejected").record(self, &mut tx).await?;
            tx.commit().await?;
            return Ok(outcome);
        }
        let free = match change.field() {
            ContactField::Email => self.take_name(&mut tx, &change).await?,
            ContactField::Phone => self.take_number(&mut tx, &change, now).await?,
        };
        if !free {
            forget_pending(&mut tx, subject, now).await?;
            event("contact_rejected").record(self, &mut tx).await?;
            tx.commit().await?;
            return Ok(Proof::InUse(change.field()));
        }
        self.replace_contact(&mut tx, caller, &change, now).await?;
        event("contact_changed").record(self, &mut tx).await?;
        tx.commit().await?;
        self.wake_messages();
        Ok(Proof::Proved)
    }

    /// Has no telephone number any more; what was sent there goes to the other contacts.
    pub(crate) async fn remove_phone(&self, proof: &Dpop, caller: &Caller) -> Result<(), Fault> {
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        nonce::consume(&mut tx, proof, now).await?;
        forget_pending(&mut tx, &caller.account.subject, now).await?;
        if caller.account.phone().is_some() {
            let change = ContactChange {
                id: opaque_short(self.entropy.as_ref()),
                subject: caller.account.subject.clone(),
                field: ContactField::Phone.as_str().to_owned(),
                value: String::new(),
                challenge_id: None,
            };
            sqlx::query(
                "INSERT INTO contact_change (id, portal, subject, field, value, created_at) VALUES ($1, $2, $3, $4, '', $5)",
            )
            .bind(&change.id)
            .bind(&self.profile.id)
            .bind(&change.subject)
            .bind(&change.field)
            .bind(now)
            .execute(&mut *tx)
            .await?;
            self.replace_contact(&mut tx, caller, &change, now).await?;
            let event = Event::new("contact_changed", now).of(&change.subject).on(&caller.device_id);
            event.by(&change.field).record(self, &mut tx).await?;
        }
        tx.commit().await?;
        self.wake_messages();
        Ok(())
    }

    /// Whether codes could not be sent at all without the telephone number.
    pub(crate) fn only_factor_is_phone(&self, account: &Account) -> bool {
        self.usable_methods(account) == [MethodId::Sms] && account.destination(MethodId::Email).is_none()
    }

    async fn check_contact_code(
        &self,
        tx: &mut Connection,
        change: &ContactChange,
        code: &str,
        now: UnixMillis,
    ) -> Result<Proof, Fault> {
        let (subject, counter) = (&change.subject, counter(change.field()));
        let tries = &self.profile.code_tries;
        let limit = i64::from(tries.limit);
        let standing = Tries::lock(tx, subject, change.field()).await?;
        // Charge before looking.
        let charged: Option<i64> = sqlx::query_scalar(
            "UPDATE factor SET failures = failures + 1 WHERE subject = $1 AND method = $2 AND failures < $3 \
             AND blocked_until <= $4 RETURNING failures",
        )
        .bind(subject)
        .bind(counter)
        .bind(limit)
        .bind(now)
        .fetch_optional(&mut *tx)
        .await?;
        let Some(failures) = charged else { return Ok(Proof::Blocked(standing.blocked_until)) };
        match question::answer(self, tx, subject, PURPOSE, &change.value, code, now).await? {
            Found::Right => {
                sqlx::query("UPDATE factor SET failures = 0, blocks = 0 WHERE subject = $1 AND method = $2")
                    .bind(subject)
                    .bind(counter)
                    .execute(tx)
                    .await?;
                return Ok(Proof::Proved);
            }
            // A code that was right once gives no stranger anything: the try is given back.
            Found::Over => {
                sqlx::query("UPDATE factor SET failures = failures - 1 WHERE subject = $1 AND method = $2")
                    .bind(subject)
                    .bind(counter)
                    .execute(tx)
                    .await?;
                return Ok(Proof::Expired);
            }
            Found::Wrong => {}
        }
        if failures < limit {
            return Ok(Proof::Rejected(u32::try_from(limit - failures).unwrap_or(0)));
        }
        let blocks: i64 = sqlx::query_scalar(
            "UPDATE factor SET failures = 0, blocks = blocks + 1 WHERE subject = $1 AND method = $2 RETURNING blocks",
        )
        .bind(subject)
        .bind(counter)
        .fetch_one(&mut *tx)
        .await?;
        let block = tries.block_s(u32::try_from(blocks).unwrap_or(u32::MAX)).max(BLOCK_S);
        let until = now + i64::from(block) * 1000;
        sqlx::query("UPDATE factor SET blocked_until = $3 WHERE subject = $1 AND method = $2")
            .bind(subject)
            .bind(counter)
            .bind(until)
            .execute(tx)
            .await?;
        Ok(Proof::Blocked(until))
    }

    /// An address is a name to sign in with: it is one account's.
    async fn take_name(&self, tx: &mut Connection, change: &ContactChange) -> Result<bool, sqlx::Error> {
        sqlx::query(
            "INSERT INTO account_name (portal, name, subject) VALUES ($1, $2, $3) ON CONFLICT (portal, name) DO NOTHING",
        )
        .bind(&self.profile.id)
        .bind(&change.value)
        .bind(&change.subject)
        .execute(&mut *tx)
        .await?;
        let owner: String =
            sqlx::query_scalar("SELECT subject FROM account_name WHERE portal = $1 AND name = $2")
                .bind(&self.profile.id)
                .bind(&change.value)
                .fetch_one(&mut *tx)
                .await?;
        if owner != change.subject {
            return Ok(false);
        }
        delegates::move_address(tx, &change.subject, &change.value).await?;
        Ok(true)
    }

    /// Where a registration proves a number, it is one account's: whoever changes to it finds the same rule.
    async fn take_number(
        &self,
        tx: &mut Connection,
        change: &ContactChange,
        now: UnixMillis,
    ) -> Result<bool, sqlx::Error> {
        let registration = self.profile.registration.as_ref();
        if !registration.is_some_and(|registration| registration.proofs.contains(&ContactProof::Phone)) {
            return Ok(true);
        }
        self.lock_number(tx, &change.value, now).await?;
        Ok(!account::has_number(self, tx, &change.value, Some(&change.subject)).await?)
    }

    /// Whoever is known by their address is known by the new one; the one before is no name of theirs any more.
    async fn free_names(
        &self,
        tx: &mut Connection,
        before: &Account,
        change: &ContactChange,
    ) -> Result<(), sqlx::Error> {
        let by_email = self.profile.role(&before.role).is_some_and(Role::is_known_by_email);
        let moves = by_email && before.email() == Some(&before.identifier);
        let identifier = if moves { &change.value } else { &before.identifier };
        sqlx::query("UPDATE account SET identifier = $2 WHERE subject = $1")
            .bind(&before.subject)
            .bind(identifier)
            .execute(&mut *tx)
            .await?;
        sqlx::query(
            "DELETE FROM account_name WHERE portal = $1 AND subject = $2 AND name <> $3 AND name <> $4",
        )
        .bind(&self.profile.id)
        .bind(&before.subject)
        .bind(&change.value)
        .bind(identifier)
        .execute(tx)
        .await
        .map(drop)
    }

    /// The contact is the account's now. The former one is told, where it was proved, and all others (CHN-05).
    async fn replace_contact(
        &self,
        tx: &mut Connection,
        caller: &Caller,
        change: &ContactChange,
        now: UnixMillis,
    ) -> Result<(), Fault> {
        let (subject, session) = (&change.subject, Spared::Session(&caller.grant_id));
        let read = Some(caller.account.credential_epoch);
        if !credentials::change(self, tx, subject, read, session, "contact_changed", now).await? {
            // Something else has changed since the call was let in: again, if it still may.
            return Err(Fault::Busy);
        }
        let before: Option<Account> = account::by_subject(&mut *tx, subject).await?;
        let Some(before) = before else { return Err(Fault::Busy) };
        let (statement, kind) = match change.method() {
            MethodId::Email => (
                "UPDATE account SET email = $2, email_verified = 1 WHERE subject = $1",
                message::Kind::EmailChanged,
            ),
            _ => (
                "UPDATE account SET phone = NULLIF($2, ''), phone_verified = CASE WHEN $2 = '' THEN 0 ELSE 1 END \
                 WHERE subject = $1",
                message::Kind::FactorsChanged,
            ),
        };
        sqlx::query(statement).bind(subject).bind(&change.value).execute(&mut *tx).await?;
        if change.method() == MethodId::Email {
            self.free_names(tx, &before, change).await?;
        }
        sqlx::query("UPDATE contact_change SET proved_at = $2, former = $3 WHERE id = $1")
            .bind(&change.id)
            .bind(now)
            .bind(before.destination(change.method()))
            .execute(&mut *tx)
            .await?;
        links::replace(tx, subject, None, now).await?;
        message::notify_all(self, tx, &before, kind, Some(change), now).await?;
        Ok(())
    }
}
