//! Mailed links: single use, derived at each attempt to send, replaced by newer ones (REC-03). Only SHA-256 of a token is stored.

use crate::{
    Portal,
    clock::{DAY, MINUTE},
    keys,
    quota::Limit,
    store::Connection,
};
use parvis_protocol::{
    clock::UnixMillis,
    encoding::{base64url, sha256_base64url},
    entropy::{opaque, opaque_short},
};
use secrecy::{ExposeSecret, SecretString};

/// Asked again within this time, the same link is sent again: a flood of requests does not kill the one being clicked, ms.
const SAME_LINK: i64 = 15 * MINUTE;
/// Mails with links: as many at most, in so many milliseconds (REC-08).
pub(crate) const MAIL_LIMITS: [Limit; 3] =
    [Limit::spacing(MINUTE), Limit::of(3, 15 * MINUTE), Limit::of(10, DAY)];

/// What a link is for; a link of one purpose is none of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A new password, asked for by whoever forgot theirs.
    Recovery,
    /// The first password of an account that was made without one.
    FirstPassword,
    /// The first password of a delegate, which opens their account; its subject is the delegation.
    Invitation,
    /// Activates an account.
    Activation,
}

impl Purpose {
    /// As in the database.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Recovery => "recovery",
            Self::FirstPassword => "first_password",
            Self::Invitation => "invitation",
            Self::Activation => "activation",
        }
    }

    /// From the database.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Recovery, Self::FirstPassword, Self::Invitation, Self::Activation]
            .into_iter()
            .find(|purpose| purpose.as_str() == text)
    }

    /// How long a link is good, ms.
    pub(crate) fn validity(self, portal: &Portal) -> i64 {
        match self {
            Self::Recovery => i64::from(portal.profile.recovery.link_validity_s) * 1000,
            Self::FirstPassword | Self::Invitation | Self::Activation => DAY,
        }
    }

    /// The page that the link opens, below the issuer's address.
    const fn page(self) -> &'static str {
        match self {
            Self::Recovery | Self::FirstPassword | Self::Invitation => "recovery",
            Self::Activation => "activation",
        }
    }
}

/// A row of the `link` table.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct Link {
    pub(crate) id: String,
    pub(crate) subject: String,
    purpose: String,
    seed: String,
    pub(crate) expires_at: UnixMillis,
    used_at: Option<UnixMillis>,
    replaced_at: Option<UnixMillis>,
}

const COLUMNS: &str = "id, subject, purpose, seed, expires_at, used_at, replaced_at";

impl Link {
    /// What it is for.
    pub(crate) fn purpose(&self) -> Option<Purpose> {
        Purpose::parse(&self.purpose)
    }

    /// Can still be used.
    pub(crate) const fn lives(&self, now: UnixMillis) -> bool {
        self.used_at.is_none() && self.replaced_at.is_none() && self.expires_at > now
    }

    fn token(&self, portal: &Portal) -> SecretString {
        token(portal, &self.purpose, &self.id, &self.seed, &self.subject)
    }

    /// The address that is mailed. Its host is the configured one (REC-02). The token stands in the fragment, which no browser
    /// sends: no log of a server or proxy has it, and a mail scanner that follows the link uses nothing up (REC-07).
    pub(crate) fn address(&self, portal: &Portal) -> String {
        let page = self.purpose().unwrap_or(Purpose::Recovery).page();
        format!("{}/{page}#{}", portal.issuer_text(), self.token(portal).expose_secret())
    }
}

fn token(portal: &Portal, purpose: &str, id: &str, seed: &str, subject: &str) -> SecretString {
    let parts = ["parvis-link-1", portal.issuer.as_str(), purpose, id, seed, subject];
    SecretString::from(base64url(&keys::derive(portal.keys.current().link_key(), &parts)))
}

/// The link to mail now: the one of the last minutes, or a newer one that replaces it. `None` over the limits of mails. The
/// account's row must be locked, so that two senders agree.
pub(crate) async fn issue(
    portal: &Portal,
    connection: &mut Connection,
    subject: &str,
    purpose: Purpose,
    now: UnixMillis,
) -> Result<Option<Link>, sqlx::Error> {
    for Limit { most, span, .. } in MAIL_LIMITS {
        let mailed: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM message WHERE subject = $1 AND kind = $2 AND link_id IS NOT NULL AND state <> 'failed' \
             AND created_at > $3",
        )
        .bind(subject)
        .bind(purpose.as_str())
        .bind(now - span)
        .fetch_one(&mut *connection)
        .await?;
        if mailed >= i64::from(most) {
            return Ok(None);
        }
    }
    let living: Option<Link> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM link WHERE subject = $1 AND purpose = $2 AND portal = $3 AND used_at IS NULL \
         AND replaced_at IS NULL AND expires_at > $4 AND created_at > $5 ORDER BY created_at DESC LIMIT 1"
    )))
    .bind(subject)
    .bind(purpose.as_str())
    .bind(&portal.profile.id)
    .bind(now)
    .bind(now - SAME_LINK)
    .fetch_optional(&mut *connection)
    .await?;
    if living.is_some() {
        return Ok(living);
    }
    replace(connection, subject, Some(purpose), now).await?;
    let (id, seed) = (opaque_short(portal.entropy.as_ref()), opaque(portal.entropy.as_ref()));
    let token = token(portal, purpose.as_str(), &id, &seed, subject);
    let made = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "INSERT INTO link (id, portal, subject, purpose, seed, token_hash, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING {COLUMNS}"
    )))
    .bind(id)
    .bind(&portal.profile.id)
    .bind(subject)
    .bind(purpose.as_str())
    .bind(seed)
    .bind(sha256_base64url(token.expose_secret()))
    .bind(now)
    .bind(now + purpose.validity(portal))
    .fetch_one(connection)
    .await?;
    Ok(Some(made))
}

/// A link by its id: for its mail.
pub(crate) async fn by_id(connection: &mut Connection, id: &str) -> Result<Option<Link>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM link WHERE id = $1")))
        .bind(id)
        .fetch_optional(connection)
        .await
}

/// A link by its token, whether it can still be used or not.
pub(crate) async fn find(portal: &Portal, token: &str) -> Result<Option<Link>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM link WHERE token_hash = $1 AND portal = $2"
    )))
    .bind(sha256_base64url(token))
    .bind(&portal.profile.id)
    .fetch_optional(portal.store.read())
    .await
}

/// Uses a link up; whether it could still be used (INV-3).
pub(crate) async fn consume(
    connection: &mut Connection,
    link: &Link,
    now: UnixMillis,
) -> Result<bool, sqlx::Error> {
    let used = sqlx::query(
        "UPDATE link SET used_at = $2 WHERE id = $1 AND used_at IS NULL AND replaced_at IS NULL AND expires_at > $2",
    )
    .bind(&link.id)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(used.rows_affected() == 1)
}

/// Links of an account that were not used are worth nothing any more: of one purpose, or all.
pub(crate) async fn replace(
    connection: &mut Connection,
    subject: &str,
    purpose: Option<Purpose>,
    now: UnixMillis,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE link SET replaced_at = $3 WHERE subject = $1 AND (purpose = $2 OR $2 = '') AND used_at IS NULL \
         AND replaced_at IS NULL",
    )
    .bind(subject)
    .bind(purpose.map_or("", Purpose::as_str))
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}
