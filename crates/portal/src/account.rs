//! Accounts: who can sign in.

use crate::{
    Portal,
    audit::Event,
    credentials::{self, Spared},
    message, recovery_codes,
    store::Connection,
};
use parvis_portal_profile::{Language, MethodId};
use parvis_protocol::{
    clock::UnixMillis,
    entropy::{bytes, opaque},
    message::BlockCause,
    normalise,
};
use secrecy::SecretString;

/// An account as the database has it.
#[derive(Clone, sqlx::FromRow)]
pub struct Account {
    /// Stable id.
    pub subject: String,
    /// What the person types.
    pub identifier: String,
    /// Name.
    pub name: String,
    /// Entrance.
    pub role: String,
    rights: String,
    language: String,
    email: Option<String>,
    email_verified: i64,
    phone: Option<String>,
    phone_verified: i64,
    /// PHC string.
    pub(crate) password_hash: Option<String>,
    state: String,
    /// Blocked since; support lifts it.
    pub blocked_at: Option<UnixMillis>,
    /// What support looks a block up by.
    pub block_reference: Option<String>,
    block_cause: Option<String>,
    /// Grows with every change of password, factor, role or rights.
    pub credential_epoch: i64,
    /// Codes by e-mail are no second factor before this time, where another method is there.
    pub(crate) email_factor_from: UnixMillis,
    /// An authenticator app is active, since then.
    pub totp_since: Option<UnixMillis>,
    recovery_codes_used: i64,
    mailbox_unproved: i64,
    /// Somebody whose account is open has invited its proved address as a delegate, and waits.
    awaited: i64,
}

/// The state of an account, in SQL. A delegate is suspended while none of those is open whom they serve. An invitation that waits
/// opens nothing by itself: a sign-in takes it up, see [`Account::may_sign_in`].
macro_rules! state {
    () => {
        "CASE WHEN account.state = 'active' \
         AND EXISTS (SELECT 1 FROM delegation d WHERE d.delegate = account.subject AND d.removed_at IS NULL) \
         AND NOT EXISTS (SELECT 1 FROM delegation d JOIN account p ON p.subject = d.principal \
         WHERE d.delegate = account.subject AND d.removed_at IS NULL AND p.state = 'active') \
         THEN 'suspended' ELSE account.state END"
    };
}

const COLUMNS: &str = concat!(
    "subject, identifier, name, role, rights, language, email, email_verified, phone, phone_verified, password_hash, blocked_at, \
     block_reference, block_cause, credential_epoch, email_factor_from, mailbox_unproved, ",
    state!(),
    " AS state, CASE WHEN EXISTS (SELECT 1 FROM delegation d JOIN account p ON p.subject = d.principal \
     WHERE d.portal = account.portal AND d.email = account.email AND account.email_verified = 1 AND d.removed_at IS NULL \
     AND d.accepted_at IS NULL AND p.state = 'active' AND p.blocked_at IS NULL) THEN 1 ELSE 0 END AS awaited, \
     (SELECT confirmed_at FROM totp WHERE totp.subject = account.subject) AS totp_since, \
     (SELECT COUNT(*) FROM recovery_code_use u JOIN totp t ON t.subject = u.subject AND t.recovery_seed = u.seed \
     WHERE u.subject = account.subject) AS recovery_codes_used"
);

/// Whether a `sign_in_grant` is of an account that may be used now, in SQL: whatever should have ended it.
pub(crate) const MAY_BE_USED: &str = concat!(
    "EXISTS (SELECT 1 FROM account WHERE account.subject = sign_in_grant.subject AND account.blocked_at IS NULL AND ",
    state!(),
    " = 'active')"
);

impl Account {
    /// Rights.
    pub fn rights(&self) -> Vec<String> {
        self.rights.split_whitespace().map(ToOwned::to_owned).collect()
    }

    /// Language of mails and SMS that no request chose one for.
    pub fn language(&self) -> Language {
        Language::parse(&self.language).unwrap_or(Language::Fr)
    }

    /// Closed: nothing of it may be used.
    pub fn is_disabled(&self) -> bool {
        self.state != "active"
    }

    /// Open, or a suspended delegate whom somebody has just invited: the sign-in takes that up.
    pub(crate) fn may_sign_in(&self) -> bool {
        self.state == "active" || (self.state == "suspended" && self.awaited == 1)
    }

    /// Opened by a mailed link that anybody's password may have been chosen for: a code by e-mail, once, shows that whoever has the
    /// password reads the mailbox too.
    pub(crate) const fn is_unproved(&self) -> bool {
        self.mailbox_unproved == 1
    }

    /// `active`, `disabled`, `suspended`: a delegate whose principals are all closed, or `removed`: closed for good, without a name.
    pub fn state(&self) -> &str {
        &self.state
    }

    /// E-mail address, whether proved or not.
    pub fn email(&self) -> Option<&str> {
        self.email.as_deref()
    }

    /// « Téléphone de secours », whether proved or not.
    pub fn phone(&self) -> Option<&str> {
        self.phone.as_deref()
    }

    /// The « téléphone de secours » was proved by a code.
    pub fn phone_is_verified(&self) -> bool {
        self.phone_verified == 1
    }

    /// Whether a mailed reset is so recent that codes by e-mail are no second factor, where there is another.
    pub(crate) const fn email_pauses(&self, now: UnixMillis) -> bool {
        now < self.email_factor_from
    }

    /// What blocked it.
    pub fn block_cause(&self) -> Option<BlockCause> {
        self.blocked_at.map(|_| BlockCause::from_stored(self.block_cause.as_deref().unwrap_or_default()))
    }

    /// Recovery codes that are left; `None` without an authenticator app.
    pub fn recovery_codes_left(&self) -> Option<u32> {
        let left = recovery_codes::COUNT - self.recovery_codes_used;
        self.totp_since.map(|_| u32::try_from(left).unwrap_or(0))
    }

    /// Where a code of this method goes: only to what was proved (CHN-03, CHN-05).
    pub fn destination(&self, method: MethodId) -> Option<&str> {
        match method {
            MethodId::Email => self.email.as_deref().filter(|_| self.email_verified == 1),
            MethodId::Sms => self.phone.as_deref().filter(|_| self.phone_verified == 1),
            MethodId::Totp | MethodId::RecoveryCode | MethodId::Voice => None,
        }
    }

    /// The destination, masked: first letter of an address and of its domain, last two digits of a number (CHN-07).
    pub fn hint(&self, method: MethodId) -> Option<String> {
        let destination = self.destination(method)?;
        Some(match method {
            MethodId::Email => mask_email(destination),
            MethodId::Sms | MethodId::Totp | MethodId::RecoveryCode | MethodId::Voice => {
                mask_phone(destination)
            }
        })
    }
}

/// `d•••@e•••.org`.
pub fn mask_email(address: &str) -> String {
    let (local, domain) = address.split_once('@').unwrap_or((address, ""));
    let (host, ending) = domain.rsplit_once('.').unwrap_or((domain, ""));
    let first = |text: &str| text.chars().next().map(String::from).unwrap_or_default();
    format!("{}•••@{}•••.{ending}", first(local), first(host))
}

/// `•• 12`.
pub fn mask_phone(number: &str) -> String {
    let last: String = number.chars().skip(number.chars().count().saturating_sub(2)).collect();
    format!("•• {last}")
}

/// What a new account needs.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewAccount {
    /// What the person types.
    pub identifier: String,
    /// Name.
    pub name: String,
    /// Entrance.
    pub role: String,
    /// Rights.
    #[serde(default)]
    pub rights: Vec<String>,
    /// E-mail address, taken as proved by whoever creates the account.
    pub email: Option<String>,
    /// « Téléphone de secours ».
    pub phone: Option<String>,
    /// Whether the number was proved.
    #[serde(default)]
    pub phone_verified: bool,
    /// Language of its mails.
    #[serde(default = "french")]
    pub language: Language,
}

const fn french() -> Language {
    Language::Fr
}

/// Why an account could not be created or changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// Refused, with the reason.
    #[error("{0}")]
    Refused(String),
    /// The hashing queue is full.
    #[error("the portal is busy; try again")]
    Busy,
    /// The database.
    #[error("the database: {0}")]
    Store(#[from] sqlx::Error),
}

/// Finds by what was typed, normalised.
pub(crate) async fn by_name(
    connection: impl sqlx::Executor<'_, Database = sqlx::Any>,
    portal: &str,
    name: &str,
) -> Result<Option<Account>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM account WHERE subject = (SELECT subject FROM account_name WHERE portal = $1 AND name = $2)"
    )))
    .bind(portal)
    .bind(name)
    .fetch_optional(connection)
    .await
}

/// Finds by subject.
pub(crate) async fn by_subject(
    connection: impl sqlx::Executor<'_, Database = sqlx::Any>,
    subject: &str,
) -> Result<Option<Account>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM account WHERE subject = $1")))
        .bind(subject)
        .fetch_optional(connection)
        .await
}

/// Whether an account, other than this subject's, has proved a number. Told to nobody before its code came back.
pub(crate) async fn has_number(
    portal: &Portal,
    connection: &mut Connection,
    number: &str,
    other_than: Option<&str>,
) -> Result<bool, sqlx::Error> {
    let owners: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM account WHERE portal = $1 AND phone = $2 AND phone_verified = 1 AND state <> 'removed' \
         AND subject <> $3",
    )
    .bind(&portal.profile.id)
    .bind(number)
    .bind(other_than.unwrap_or_default())
    .fetch_one(connection)
    .await?;
    Ok(owners > 0)
}

/// Locks the account's row until the transaction ends: what follows sees what was committed before, and nothing crosses it.
pub(crate) async fn lock(connection: &mut Connection, subject: &str) -> Result<Option<Account>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "UPDATE account SET credential_epoch = credential_epoch WHERE subject = $1 RETURNING {COLUMNS}"
    )))
    .bind(subject)
    .fetch_optional(connection)
    .await
}

/// A new row of the `account` table, all of it normalised.
pub(crate) struct NewRow<'a> {
    pub(crate) identifier: &'a str,
    pub(crate) name: &'a str,
    pub(crate) role: &'a str,
    pub(crate) rights: &'a str,
    pub(crate) language: Language,
    pub(crate) email: Option<&'a str>,
    pub(crate) email_verified: bool,
    pub(crate) phone: Option<&'a str>,
    pub(crate) phone_verified: bool,
    pub(crate) password_hash: Option<&'a str>,
    pub(crate) state: &'static str,
    /// A code by e-mail is due at the first sign-in.
    pub(crate) mailbox_unproved: bool,
}

/// Makes an account; its subject. `Err` is the name that another account has, and nothing may be committed then.
pub(crate) async fn insert(
    portal: &Portal,
    connection: &mut Connection,
    new: &NewRow<'_>,
    now: UnixMillis,
) -> Result<Result<String, String>, sqlx::Error> {
    let subject = opaque(portal.entropy.as_ref());
    let other = new.email.filter(|email| *email != new.identifier);
    for name in [Some(new.identifier), other].into_iter().flatten() {
        let taken = sqlx::query(
            "INSERT INTO account_name (portal, name, subject) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        )
        .bind(&portal.profile.id)
        .bind(name)
        .bind(&subject)
        .execute(&mut *connection)
        .await?
        .rows_affected()
            == 0;
        if taken {
            return Ok(Err(name.to_owned()));
        }
    }
    sqlx::query(
        "INSERT INTO account (subject, portal, identifier, name, role, rights, language, email, email_verified, phone, \
         phone_verified, password_hash, state, mailbox_unproved, credential_epoch, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 1, $15)",
    )
    .bind(&subject)
    .bind(&portal.profile.id)
    .bind(new.identifier)
    .bind(new.name)
    .bind(new.role)
    .bind(new.rights)
    .bind(new.language.as_str())
    .bind(new.email)
    .bind(i64::from(new.email_verified))
    .bind(new.phone)
    .bind(i64::from(new.phone_verified))
    .bind(new.password_hash)
    .bind(new.state)
    .bind(i64::from(new.mailbox_unproved))
    .bind(now)
    .execute(connection)
    .await?;
    Ok(Ok(subject))
}

/// Blocks the account until support acts; ends what runs (ACC-08). Returns the reference to quote.
///
/// Sign-ins under way are refused by the block itself, and ended when it is lifted: their rows are not touched here, because
/// another step of the same person may hold one and wait for the counter that this transaction holds.
pub(crate) async fn block(
    portal: &Portal,
    connection: &mut Connection,
    subject: &str,
    cause: BlockCause,
    now: UnixMillis,
) -> Result<String, sqlx::Error> {
    let reference = reference(portal);
    sqlx::query(
        "UPDATE account SET blocked_at = $2, block_reference = $3, block_cause = $4, credential_epoch = credential_epoch + 1 \
         WHERE subject = $1 AND blocked_at IS NULL",
    )
    .bind(subject)
    .bind(now)
    .bind(&reference)
    .bind(cause.as_str())
    .execute(&mut *connection)
    .await?;
    credentials::end_completed(portal, connection, subject, Spared::None, "account_blocked", now).await?;
    Ok(reference)
}

/// `PX-4F7-29C`: short enough for the telephone.
fn reference(portal: &Portal) -> String {
    const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let random: [u8; 8] = bytes(portal.entropy.as_ref());
    let text: String = random.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
    format!("PX-{}-{}", &text[..4], &text[4..])
}

impl Portal {
    /// Creates an account whose password follows the portal's rules.
    ///
    /// # Errors
    /// [`AccountError::Refused`] names everything that is wrong, in one sentence.
    pub async fn create_account(
        &self,
        account: NewAccount,
        password: Option<SecretString>,
    ) -> Result<String, AccountError> {
        let refused = |text: String| Err(AccountError::Refused(text));
        if self.profile.role(&account.role).is_none() {
            return refused(format!("the portal has no role {}", account.role));
        }
        if let Some(right) = account.rights.iter().find(|right| !self.profile.rights.contains_key(*right)) {
            return refused(format!("the portal has no right {right}"));
        }
        let Some(identifier) = normalise::identifier(&account.identifier) else {
            return refused("the identifier is empty or has control characters".to_owned());
        };
        let email = match account.email.as_deref().map(|typed| (typed, normalise::identifier(typed))) {
            None => None,
            Some((_, Some(address))) if address.contains('@') => Some(address),
            Some((typed, _)) => return refused(format!("{typed} is not an e-mail address")),
        };
        let phone = match account.phone.as_deref().map(|typed| (typed, normalise::phone(typed))) {
            None => None,
            Some((_, Some(number))) => Some(number),
            Some((typed, None)) => return refused(format!("{typed} is not a telephone number")),
        };
        let hash = match password {
            None => None,
            Some(password) => {
                let name = account.name.trim();
                let unmet = self.unmet_rules(name, &identifier, email.as_deref(), &password).await;
                if !unmet.is_empty() {
                    let rules: Vec<&str> = unmet.iter().map(|rule| rule.code()).collect();
                    return refused(format!(
                        "the password does not meet the portal's rules: {}",
                        rules.join(", ")
                    ));
                }
                Some(self.hashes.hash(password).await.map_err(|_| AccountError::Busy)?)
            }
        };
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        let new = NewRow {
            identifier: &identifier,
            name: account.name.trim(),
            role: &account.role,
            rights: &account.rights.join(" "),
            language: account.language,
            email: email.as_deref(),
            email_verified: email.is_some(),
            phone: phone.as_deref(),
            phone_verified: phone.is_some() && account.phone_verified,
            password_hash: hash.as_deref(),
            state: "active",
            mailbox_unproved: false,
        };
        let subject = match insert(self, &mut tx, &new, now).await? {
            Ok(subject) => subject,
            Err(name) => return refused(format!("{name} is in use")),
        };
        Event::new("account_created", now).of(&subject).record(self, &mut tx).await?;
        tx.commit().await?;
        Ok(subject)
    }

    /// All accounts, by identifier.
    ///
    /// # Errors
    /// The database.
    pub async fn accounts(&self) -> Result<Vec<Account>, sqlx::Error> {
        sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM account WHERE portal = $1 ORDER BY identifier"
        )))
        .bind(&self.profile.id)
        .fetch_all(self.store.read())
        .await
    }

    /// The account with this identifier or e-mail address.
    ///
    /// # Errors
    /// The database.
    pub async fn account(&self, typed: &str) -> Result<Option<Account>, sqlx::Error> {
        match normalise::identifier(typed) {
            Some(name) => by_name(self.store.read(), &self.profile.id, &name).await,
            None => Ok(None),
        }
    }

    /// The account with this subject, as it is now.
    pub(crate) async fn account_of(&self, subject: &str) -> Result<Option<Account>, crate::Fault> {
        Ok(by_subject(self.store.read(), subject).await?)
    }

    /// Blocks an account until [`Portal::unblock_account`]; its reference.
    ///
    /// # Errors
    /// The database.
    pub async fn block_account(&self, subject: &str) -> Result<String, sqlx::Error> {
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        let reference = block(self, &mut tx, subject, BlockCause::Support, now).await?;
        Event::new("account_blocked", now).of(subject).by("operator").record(self, &mut tx).await?;
        tx.commit().await?;
        Ok(reference)
    }

    /// Lifts the block and gives back all tries of passwords, codes and sends.
    ///
    /// # Errors
    /// The database.
    pub async fn unblock_account(&self, account: &Account) -> Result<(), sqlx::Error> {
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        crate::throttle::forget(self, &mut tx, account).await?;
        // Also what crossed the block, and began or completed in the same moment.
        sqlx::query("UPDATE auth_session SET ended_at = $2 WHERE subject = $1 AND ended_at IS NULL")
            .bind(&account.subject)
            .bind(now)
            .execute(&mut *tx)
            .await?;
        sqlx::query(
            "UPDATE factor SET failures = 0, blocks = 0, blocked_until = 0, sends_reset_at = $2 WHERE subject = $1",
        )
        .bind(&account.subject)
        .bind(now)
        .execute(&mut *tx)
        .await?;
        sqlx::query(
            "UPDATE account SET blocked_at = NULL, block_reference = NULL, block_cause = NULL WHERE subject = $1",
        )
        .bind(&account.subject)
        .execute(&mut *tx)
        .await?;
        let (subject, reason) = (&account.subject, "account_blocked");
        credentials::end_completed(self, &mut tx, subject, Spared::None, reason, now).await?;
        message::queue_notice(self, &mut tx, account, message::Kind::AccountUnblocked, now).await?;
        Event::new("account_unblocked", now)
            .of(&account.subject)
            .by("operator")
            .record(self, &mut tx)
            .await?;
        tx.commit().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chn_07_hints_show_little() {
        assert_eq!(mask_email("medecin-a@example.org"), "m•••@e•••.org");
        assert_eq!(mask_email("é@x"), "é•••@x•••.");
        assert_eq!(mask_phone("+33612345678"), "•• 78");
        assert_eq!(mask_phone("8"), "•• 8");
    }
}
