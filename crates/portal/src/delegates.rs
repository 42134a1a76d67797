//! Delegates: people who sign in with an account of their own on somebody's behalf, invited and removed by that person.
//!
//! Whoever invites learns nothing of the address: the list says « invited » until its owner takes the invitation up, by choosing a
//! first password or, where there is a delegate's account already, by signing in. An address that belongs to another kind of
//! account is told so by mail, and the invitation waits.

use crate::{
    Fault, Portal,
    account::{self, Account, NewRow},
    audit::Event,
    credentials::{self, Spared},
    grant::Caller,
    links::Purpose,
    message, nonce,
    quota::{self, DAY, Limit, Quota},
    sign_in::seconds,
    store::Connection,
};
use parvis_portal_profile::{Delegates, Language};
use parvis_protocol::{
    clock::UnixMillis,
    entropy::opaque_short,
    proof::Proof,
    registration::{Delegate, DelegateList},
};

/// Invitations that one person may send in 24 h.
const INVITATIONS: u32 = 30;

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

/// What became of an invitation.
pub(crate) enum Invited {
    /// Its mail is on its way.
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
        account::lock(&mut tx, principal).await?;
        let found = living(&mut tx, principal).await?;
        let waiting = found.iter().find(|delegation| delegation.email == email);
        if waiting.is_some_and(|delegation| delegation.accepted_at.is_some()) {
            return Ok(Invited::Queued);
        }
        if waiting.is_none() && found.len() >= rule.most as usize {
            return Ok(Invited::Full);
        }
        let own = Quota::new(self, "invitations of", principal, &[Limit { most: INVITATIONS, span: DAY }]);
        let theirs = Quota::new(self, "invitations to", email, &quota::of_sends(&self.profile.sends));
        for quota in [own, theirs] {
            if let Err(until) = quota.take(&mut tx, now).await? {
                event("delegate_invited").by("refused").record(self, &mut tx).await?;
                tx.commit().await?;
                return Ok(Invited::Refused(until));
            }
        }
        let id = match waiting {
            Some(delegation) => delegation.id.clone(),
            None => self.begin_delegation(&mut tx, principal, (name, email), language, now).await?,
        };
        self.mail_invitation(&mut tx, rule, &id, (name, email), language, now).await?;
        event("delegate_invited").record(self, &mut tx).await?;
        tx.commit().await?;
        self.wake_messages();
        Ok(Invited::Queued)
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
        let removed: Option<Delegation> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "UPDATE delegation SET removed_at = $3 WHERE id = $1 AND principal = $2 AND removed_at IS NULL RETURNING {COLUMNS}"
        )))
        .bind(id)
        .bind(principal)
        .bind(now)
        .fetch_optional(&mut *tx)
        .await?;
        let Some(removed) = removed else { return Ok(false) };
        let others: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM delegation WHERE portal = $1 AND email = $2 AND removed_at IS NULL",
        )
        .bind(&self.profile.id)
        .bind(&removed.email)
        .fetch_one(&mut *tx)
        .await?;
        let account = account::by_name(&mut *tx, &self.profile.id, &removed.email).await?;
        if let Some(account) = account.filter(|account| account.role == rule.role && others == 0) {
            let (subject, reason) = (&account.subject, "account_disabled");
            credentials::change(self, &mut tx, subject, None, Spared::None, reason, now).await?;
            // Invited again, they choose a new password.
            sqlx::query(
                "UPDATE account SET state = 'removed', password_hash = NULL WHERE subject = $1 AND state IN ('active', 'invited')",
            )
            .bind(subject)
            .execute(&mut *tx)
            .await?;
            Event::new("account_disabled", now).of(subject).by("delegate").record(self, &mut tx).await?;
        }
        Event::new("delegate_removed", now).of(principal).on(&caller.device_id).record(self, &mut tx).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Names of the people on whose behalf an account signs in.
    pub(crate) async fn principals_of(&self, account: &Account) -> Result<Vec<String>, Fault> {
        if self.profile.delegates.as_ref().is_none_or(|delegates| delegates.role != account.role) {
            return Ok(Vec::new());
        }
        Ok(sqlx::query_scalar(
            "SELECT a.name FROM delegation d JOIN account a ON a.subject = d.principal WHERE d.portal = $1 AND d.email = $2 \
             AND d.removed_at IS NULL ORDER BY a.name",
        )
        .bind(&self.profile.id)
        .bind(account.email())
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

    /// One mail, whoever has the address: an account of their own waits for its first password, or there is one.
    async fn mail_invitation(
        &self,
        tx: &mut Connection,
        rule: &Delegates,
        id: &str,
        (name, email): (&str, &str),
        language: Language,
        now: UnixMillis,
    ) -> Result<(), Fault> {
        let found = account::by_name(&mut *tx, &self.profile.id, email).await?;
        let subject = match found {
            Some(account) if account.is_removed() => {
                sqlx::query("UPDATE account SET state = 'invited' WHERE subject = $1 AND state = 'removed'")
                    .bind(&account.subject)
                    .execute(&mut *tx)
                    .await?;
                account.subject
            }
            Some(account) if account.is_invited() => account.subject,
            Some(account) => {
                message::queue_delegation(self, tx, &account.subject, id, language, now).await?;
                return Ok(());
            }
            None => {
                let new = NewRow {
                    identifier: email,
                    name,
                    role: &rule.role,
                    rights: "",
                    language,
                    email: Some(email),
                    email_verified: false,
                    phone: None,
                    phone_verified: false,
                    password_hash: None,
                    state: "invited",
                    mailbox_unproved: false,
                };
                // Taken in this moment by somebody else: as if it were busy, and then it is an address in use.
                account::insert(self, tx, &new, now).await?.map_err(|_| Fault::Busy)?
            }
        };
        Ok(message::queue_link(self, tx, &subject, Purpose::FirstPassword, language, now).await?)
    }
}

/// Whoever signs in, or has chosen the first password, takes up the invitations that wait for them.
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
        "UPDATE delegation SET accepted_at = $3 WHERE portal = $1 AND email = $2 AND removed_at IS NULL AND accepted_at IS NULL",
    )
    .bind(&portal.profile.id)
    .bind(account.email())
    .bind(now)
    .execute(connection)
    .await
    .map(drop)
}

/// Who invited, in an invitation's mail: of this delegation, or of the newest to this address.
pub(crate) async fn inviter(
    portal: &Portal,
    delegation: Option<&str>,
    email: &str,
) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT a.name FROM delegation d JOIN account a ON a.subject = d.principal WHERE d.portal = $1 AND d.email = $2 \
         AND d.removed_at IS NULL AND ($3 = '' OR d.id = $3) ORDER BY d.invited_at DESC LIMIT 1",
    )
    .bind(&portal.profile.id)
    .bind(email)
    .bind(delegation.unwrap_or_default())
    .fetch_optional(portal.store.read())
    .await
}

async fn living(connection: &mut Connection, principal: &str) -> Result<Vec<Delegation>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM delegation WHERE principal = $1 AND removed_at IS NULL ORDER BY invited_at DESC, id"
    )))
    .bind(principal)
    .fetch_all(connection)
    .await
}
