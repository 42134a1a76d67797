//! Delegates: people who sign in with an account of their own on somebody's behalf, invited and removed by that person.
//!
//! Whoever invites learns nothing of the address: the list says « invited » until its owner takes the invitation up, by choosing a
//! first password or, where there is a delegate's account already, by signing in. An address that belongs to another kind of
//! account is told so by mail, and the invitation waits. Nothing of an invitation is an account or a name before the first password.
//!
//! Rows are locked in this order: principal, delegation, its links, sign-ins of the delegate, the delegate's account.

use crate::{
    Fault, Portal,
    account::{self, Account, NewRow},
    audit::Event,
    clock::{DAY, seconds},
    credentials::{self, Spared},
    grant::Caller,
    links::{self, Link, Purpose},
    message, nonce,
    quota::{self, Limit, NOBODY, Quota},
    recovery::{LinkUse, Sender},
    store::Connection,
    throttle,
};
use parvis_portal_profile::{Delegates, Language, MethodId};
use parvis_protocol::{
    clock::UnixMillis,
    entropy::opaque_short,
    proof::Proof,
    registration::{Delegate, DelegateList},
};
use secrecy::SecretString;

/// Invitations that one person may send in 24 h.
const INVITATIONS: u32 = 30;
/// Inviters whose mails to one address are all sent.
const INVITERS: u32 = 3;

/// A row of the `delegation` table.
#[derive(sqlx::FromRow)]
struct Delegation {
    id: String,
    email: String,
    name: String,
    invited_at: UnixMillis,
    accepted_at: Option<UnixMillis>,
}

const COLUMNS: &str = "id, email, name, invited_at, accepted_at";

/// An invitation that was neither taken up nor taken back.
#[derive(sqlx::FromRow)]
pub(crate) struct Invitation {
    /// Of whoever is invited, as the inviter wrote it.
    name: String,
    pub(crate) email: String,
    language: String,
    /// Name of whoever invites.
    pub(crate) inviter: String,
}

/// What became of an invitation.
pub(crate) enum Invited {
    /// Its mail is on its way, or the address has had its mails.
    Queued,
    /// No more mails before then.
    Refused(UnixMillis),
    /// As many delegates as the portal allows.
    Full,
}

impl Portal {
    /// The rule by which this person invites delegates; `None` where they do not.
    pub(crate) fn delegates_of(&self, account: &Account) -> Option<&Delegates> {
        self.profile.delegates.as_ref().filter(|delegates| delegates.invited_by == account.role)
    }

    /// The person's delegates, the newest first.
    pub(crate) async fn delegate_list(
        &self,
        account: &Account,
        rule: &Delegates,
    ) -> Result<DelegateList, Fault> {
        let mut connection = self.store.read().acquire().await?;
        let found = living(&mut connection, &account.subject).await?;
        let room = rule.most.saturating_sub(u32::try_from(found.len()).unwrap_or(u32::MAX));
        let delegates = found.into_iter().map(|delegation| Delegate {
            id: delegation.id,
            name: delegation.name,
            email: delegation.email,
            active_since: delegation.accepted_at.map(seconds),
            invited_at: seconds(delegation.invited_at),
        });
        Ok(DelegateList { delegates: delegates.collect(), room })
    }

    /// Invites somebody; an invitation that waits is sent again.
    pub(crate) async fn invite_delegate(
        &self,
        proof: &Proof,
        caller: &Caller,
        rule: &Delegates,
        (name, email): (&str, &str),
        language: Language,
    ) -> Result<Invited, Fault> {
        let (principal, now) = (&caller.account.subject, self.clock.now());
        let mut tx = self.store.begin().await?;
        nonce::consume(&mut tx, proof, now).await?;
        let event = |kind| Event::new(kind, now).of(principal).on(&caller.device_id);
        // Two invitations of one person, one after the other.
        let locked = account::lock(&mut tx, principal).await?;
        // Closed, blocked, or of another role, since the call was let in: again, if it still may.
        let may_invite = |account: &Account| {
            account.credential_epoch == caller.account.credential_epoch
                && !account.is_disabled()
                && account.blocked_at.is_none()
        };
        if !locked.as_ref().is_some_and(may_invite) {
            return Err(Fault::Busy);
        }
        let found = living(&mut tx, principal).await?;
        let waiting = found.iter().find(|delegation| delegation.email == email);
        if waiting.is_some_and(|delegation| delegation.accepted_at.is_some()) {
            return Ok(Invited::Queued);
        }
        if waiting.is_none() && found.len() >= rule.most as usize {
            return Ok(Invited::Full);
        }
        let own = Quota::new(self, "invitations of", principal, &[Limit::of(INVITATIONS, DAY)]);
        let sends = quota::of_sends(&self.profile.sends);
        let to_them = Quota::new(self, "invitations to", &format!("{email}\n{principal}"), &sends);
        if let Err(until) = quota::take_all(&mut tx, &[own, to_them], NOBODY, now).await? {
            event("delegate_invited").by("refused").record(self, &mut tx).await?;
            tx.commit().await?;
            return Ok(Invited::Refused(until));
        }
        let id = match waiting {
            Some(delegation) => delegation.id.clone(),
            None => self.begin_delegation(&mut tx, principal, (name, email), language, now).await?,
        };
        // Where others have used the address's mails up, nothing is sent and the answer is the same: a refusal would tell of them.
        if self.mails_to(email).take(&mut tx, now).await?.is_ok() {
            message::queue_link(self, &mut tx, &id, Purpose::Invitation, language, now).await?;
        }
        event("delegate_invited").record(self, &mut tx).await?;
        tx.commit().await?;
        self.wake_messages();
        Ok(Invited::Queued)
    }

    /// Mails of invitations to one address, whoever invites: more than one inviter sends, so that nobody uses up another's.
    fn mails_to(&self, email: &str) -> Quota {
        let limits = quota::without_spacing(&self.profile.sends).map(|limit| limit.times(INVITERS));
        Quota::new(self, "invitations to", email, &limits)
    }

    /// Ends what somebody may do on this person's behalf. Whoever is nobody's delegate any more cannot sign in, and what they have
    /// open ends (SES-05). False where there is no such delegate.
    pub(crate) async fn remove_delegate(
        &self,
        proof: &Proof,
        caller: &Caller,
        rule: &Delegates,
        id: &str,
    ) -> Result<bool, Fault> {
        let (principal, now) = (&caller.account.subject, self.clock.now());
        let mut tx = self.store.begin().await?;
        nonce::consume(&mut tx, proof, now).await?;
        account::lock(&mut tx, principal).await?;
        if !self.end_delegation(&mut tx, rule, principal, id, now).await? {
            return Ok(false);
        }
        Event::new("delegate_removed", now).of(principal).on(&caller.device_id).record(self, &mut tx).await?;
        tx.commit().await?;
        self.wake_messages();
        Ok(true)
    }

    /// The principal's row must be locked. False where nobody is their delegate by this id.
    async fn end_delegation(
        &self,
        tx: &mut Connection,
        rule: &Delegates,
        principal: &str,
        id: &str,
        now: UnixMillis,
    ) -> Result<bool, sqlx::Error> {
        let removed: Option<(Option<String>,)> = sqlx::query_as(
            "UPDATE delegation SET removed_at = $3 WHERE id = $1 AND principal = $2 AND removed_at IS NULL RETURNING delegate",
        )
        .bind(id)
        .bind(principal)
        .bind(now)
        .fetch_optional(&mut *tx)
        .await?;
        let Some((delegate,)) = removed else { return Ok(false) };
        links::replace(tx, id, None, now).await?;
        if let Some(delegate) = delegate {
            self.close_nobodys(tx, rule, &delegate, now).await?;
        }
        Ok(true)
    }

    /// Where somebody's role has no delegates, those of a former role are removed, each in a transaction of its own as at a closing.
    /// Again with each change of rights, so that one that was cut short is made good.
    pub(crate) async fn dismiss_delegates(&self, principal: &str) -> Result<(), sqlx::Error> {
        let Some(rule) = &self.profile.delegates else { return Ok(()) };
        let ids: Vec<String> = sqlx::query_scalar(
            "SELECT id FROM delegation WHERE principal = $1 AND removed_at IS NULL ORDER BY id",
        )
        .bind(principal)
        .fetch_all(self.store.read())
        .await?;
        for id in ids {
            let (now, mut tx) = (self.clock.now(), self.store.begin().await?);
            let locked = account::lock(&mut tx, principal).await?;
            if locked.is_none_or(|account| account.role == rule.invited_by) {
                return Ok(());
            }
            if self.end_delegation(&mut tx, rule, principal, &id, now).await? {
                Event::new("delegate_removed", now)
                    .of(principal)
                    .by("operator")
                    .record(self, &mut tx)
                    .await?;
                tx.commit().await?;
            }
        }
        Ok(())
    }

    /// Closes the account of a delegate whom nobody has any more, for good and whatever its state: no operator opens it again, and
    /// its names are free. Whoever is invited at that address after gets an account of their own.
    async fn close_nobodys(
        &self,
        tx: &mut Connection,
        rule: &Delegates,
        delegate: &str,
        now: UnixMillis,
    ) -> Result<(), sqlx::Error> {
        // Before anything is counted: two who remove the same delegate at once see each other.
        credentials::lock_sign_ins(tx, delegate).await?;
        let account = account::lock(tx, delegate).await?.filter(|account| account.role == rule.role);
        let Some(account) = account else { return Ok(()) };
        let others: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM delegation WHERE delegate = $1 AND removed_at IS NULL")
                .bind(delegate)
                .fetch_one(&mut *tx)
                .await?;
        if others > 0 {
            // All of those may be closed.
            if account.is_disabled() {
                credentials::change(self, tx, delegate, None, Spared::None, "account_disabled", now).await?;
            }
            return Ok(());
        }
        credentials::change(self, tx, delegate, None, Spared::None, "account_disabled", now).await?;
        for statement in [
            "UPDATE account SET state = 'removed', removed_at = $2, password_hash = NULL WHERE subject = $1",
            "DELETE FROM account_name WHERE subject = $1",
            "DELETE FROM totp WHERE subject = $1",
            "DELETE FROM recovery_code_use WHERE subject = $1",
        ] {
            sqlx::query(statement).bind(delegate).bind(now).execute(&mut *tx).await?;
        }
        links::replace(tx, delegate, None, now).await?;
        Event::new("account_disabled", now).of(delegate).by("delegate").record(self, tx).await?;
        // They were told to sign in, which they cannot any more: a link of their own now.
        let waiting: Vec<(String, String)> = sqlx::query_as(
            "SELECT id, language FROM delegation WHERE portal = $1 AND email = $2 AND removed_at IS NULL AND accepted_at IS NULL",
        )
        .bind(&self.profile.id)
        .bind(account.email())
        .fetch_all(&mut *tx)
        .await?;
        for (id, language) in waiting {
            let language = Language::parse(&language).unwrap_or(Language::Fr);
            message::queue_link(self, tx, &id, Purpose::Invitation, language, now).await?;
        }
        Ok(())
    }

    /// Somebody's account was closed: what their delegates have open ends, where nobody else has them (SES-05). They cannot sign in,
    /// and nothing of theirs is good, while that is so: see [`Account::state`].
    ///
    /// After the closing, each in a transaction of its own: a delegate's sign-in at the same workstation holds theirs and wants those
    /// of the principal. Also of whoever is only invited: the sign-in that takes that up may have begun before.
    pub(crate) async fn suspend_delegates(&self, principal: &str) -> Result<(), sqlx::Error> {
        let delegates: Vec<String> = sqlx::query_scalar(
            "SELECT delegate FROM delegation WHERE principal = $1 AND removed_at IS NULL AND delegate IS NOT NULL \
             UNION SELECT a.subject FROM delegation d JOIN account a ON a.portal = d.portal AND a.email = d.email \
             WHERE d.principal = $1 AND d.removed_at IS NULL AND d.accepted_at IS NULL AND a.email_verified = 1 ORDER BY 1",
        )
        .bind(principal)
        .fetch_all(self.store.read())
        .await?;
        for delegate in delegates {
            let (now, mut tx) = (self.clock.now(), self.store.begin().await?);
            credentials::lock_sign_ins(&mut tx, &delegate).await?;
            if account::lock(&mut tx, &delegate).await?.is_some_and(|account| account.is_disabled()) {
                let reason = "account_disabled";
                credentials::change(self, &mut tx, &delegate, None, Spared::None, reason, now).await?;
                tx.commit().await?;
            }
        }
        Ok(())
    }

    /// Names of the people on whose behalf an account signs in.
    pub(crate) async fn principals_of(&self, account: &Account) -> Result<Vec<String>, Fault> {
        if self.profile.delegates.as_ref().is_none_or(|delegates| delegates.role != account.role) {
            return Ok(Vec::new());
        }
        Ok(sqlx::query_scalar(
            "SELECT a.name FROM delegation d JOIN account a ON a.subject = d.principal WHERE d.delegate = $1 \
             AND d.removed_at IS NULL AND a.state = 'active' ORDER BY a.name",
        )
        .bind(&account.subject)
        .fetch_all(self.store.read())
        .await?)
    }

    pub(crate) async fn begin_delegation(
        &self,
        tx: &mut Connection,
        principal: &str,
        (name, email): (&str, &str),
        language: Language,
        now: UnixMillis,
    ) -> Result<String, sqlx::Error> {
        let id = opaque_short(self.entropy.as_ref());
        sqlx::query(
            "INSERT INTO delegation (id, portal, principal, email, name, language, invited_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(&id)
        .bind(&self.profile.id)
        .bind(principal)
        .bind(email)
        .bind(name)
        .bind(language.as_str())
        .bind(now)
        .execute(tx)
        .await?;
        Ok(id)
    }

    /// Opens the account of whoever was invited, with their first password; the mailed link proves the address. Where the address
    /// is an account's by then, the link is over like any other.
    pub(crate) async fn take_up_invitation(
        &self,
        from: Sender<'_>,
        link: &Link,
        password: SecretString,
    ) -> Result<LinkUse, Fault> {
        let found = waiting(self.store.read(), &link.subject).await?;
        let (Some(invitation), Some(rule)) = (found, &self.profile.delegates) else {
            return self.refuse_link(from).await;
        };
        let (name, email) = (&invitation.name, invitation.email.as_str());
        let unmet = self.unmet_rules(name, email, Some(email), &password).await;
        if !unmet.is_empty() {
            return Ok(LinkUse::Unmet(unmet));
        }
        let hash = self.hashes.hash(password).await.map_err(|_| Fault::Busy)?;
        let now = self.clock.now();
        let mut tx = self.begin_by(from, now).await?;
        // Also whether the inviter still is open and not blocked.
        let waits =
            lock_waiting(&mut tx, &link.subject).await? && waiting(&mut *tx, &link.subject).await?.is_some();
        if !(waits && links::consume(&mut tx, link, now).await?) {
            return Ok(LinkUse::Expired);
        }
        let new = NewRow {
            identifier: email,
            name,
            role: &rule.role,
            rights: "",
            language: Language::parse(&invitation.language).unwrap_or(Language::Fr),
            email: Some(email),
            email_verified: true,
            phone: None,
            phone_verified: false,
            password_hash: Some(&hash),
            state: "active",
            mailbox_unproved: false,
        };
        let Ok(subject) = account::insert(self, &mut tx, &new, now).await? else {
            return Ok(LinkUse::Expired);
        };
        sqlx::query("UPDATE delegation SET accepted_at = $2, delegate = $3 WHERE id = $1")
            .bind(&link.subject)
            .bind(now)
            .bind(&subject)
            .execute(&mut *tx)
            .await?;
        // What strangers have tried with a name that was nobody's is not held against its owner.
        if let Some(account) = account::by_subject(&mut *tx, &subject).await? {
            throttle::forget(self, &mut tx, &account).await?;
        }
        Event::new("account_created", now).of(&subject).by("invitation").record(self, &mut tx).await?;
        tx.commit().await?;
        Ok(LinkUse::Done)
    }

    /// Asked for by whoever holds an old link of it: the same mail again, within those of the address. Once it was taken up, the mail
    /// is that of a forgotten password. One row in the queue in every case.
    pub(crate) async fn mail_invitation_again(
        &self,
        tx: &mut Connection,
        id: &str,
        language: Language,
        now: UnixMillis,
    ) -> Result<(), sqlx::Error> {
        let living: Option<(String, Option<String>)> =
            sqlx::query_as("SELECT email, delegate FROM delegation WHERE id = $1 AND removed_at IS NULL")
                .bind(id)
                .fetch_optional(&mut *tx)
                .await?;
        let (subject, purpose) = match &living {
            Some((_, Some(delegate))) => (delegate.as_str(), Purpose::Recovery),
            Some((email, None)) if self.mails_to(email).take(&mut *tx, now).await?.is_ok() => {
                (id, Purpose::Invitation)
            }
            _ => ("", Purpose::Invitation),
        };
        message::queue_link(self, tx, subject, purpose, language, now).await
    }
}

/// Whoever signs in takes up the invitations that wait for their address, of people whose accounts are open and not blocked.
pub(crate) async fn accept(
    portal: &Portal,
    connection: &mut Connection,
    account: &Account,
    now: UnixMillis,
) -> Result<(), sqlx::Error> {
    if portal.profile.delegates.as_ref().is_none_or(|delegates| delegates.role != account.role) {
        return Ok(());
    }
    sqlx::query(
        "UPDATE delegation SET accepted_at = $3, delegate = $4 WHERE portal = $1 AND email = $2 AND removed_at IS NULL \
         AND accepted_at IS NULL AND principal IN (SELECT subject FROM account WHERE state = 'active' AND blocked_at IS NULL)",
    )
    .bind(&portal.profile.id)
    .bind(account.destination(MethodId::Email))
    .bind(now)
    .bind(&account.subject)
    .execute(connection)
    .await
    .map(drop)
}

/// Somebody has another role, and signs in on nobody's behalf any more.
pub(crate) async fn leave_principals(
    connection: &mut Connection,
    delegate: &str,
    now: UnixMillis,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE delegation SET removed_at = $2 WHERE delegate = $1 AND removed_at IS NULL")
        .bind(delegate)
        .bind(now)
        .execute(connection)
        .await
        .map(drop)
}

/// Whether an account is anybody's delegate, open or not.
pub(crate) async fn serves(connection: &mut Connection, subject: &str) -> Result<bool, sqlx::Error> {
    let one: Option<String> =
        sqlx::query_scalar("SELECT id FROM delegation WHERE delegate = $1 AND removed_at IS NULL LIMIT 1")
            .bind(subject)
            .fetch_optional(connection)
            .await?;
    Ok(one.is_some())
}

/// A delegate has another address: whoever invited them goes on being served, and reads the new one.
pub(crate) async fn move_address(
    connection: &mut Connection,
    delegate: &str,
    email: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE delegation SET email = $2 WHERE delegate = $1 AND removed_at IS NULL")
        .bind(delegate)
        .bind(email)
        .execute(connection)
        .await
        .map(drop)
}

/// An invitation that waits, of somebody whose account is open and not blocked.
pub(crate) async fn waiting(
    connection: impl sqlx::Executor<'_, Database = sqlx::Any>,
    id: &str,
) -> Result<Option<Invitation>, sqlx::Error> {
    sqlx::query_as(
        "SELECT d.name, d.email, d.language, a.name AS inviter FROM delegation d JOIN account a ON a.subject = d.principal \
         WHERE d.id = $1 AND d.removed_at IS NULL AND d.accepted_at IS NULL AND a.state = 'active' \
         AND a.blocked_at IS NULL",
    )
    .bind(id)
    .fetch_optional(connection)
    .await
}

/// Locks an invitation until the transaction ends; whether it waits.
pub(crate) async fn lock_waiting(connection: &mut Connection, id: &str) -> Result<bool, sqlx::Error> {
    let locked = sqlx::query(
        "UPDATE delegation SET invited_at = invited_at WHERE id = $1 AND removed_at IS NULL AND accepted_at IS NULL",
    )
    .bind(id)
    .execute(connection)
    .await?;
    Ok(locked.rows_affected() == 1)
}

async fn living(connection: &mut Connection, principal: &str) -> Result<Vec<Delegation>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM delegation WHERE principal = $1 AND removed_at IS NULL ORDER BY invited_at DESC, id"
    )))
    .bind(principal)
    .fetch_all(connection)
    .await
}
