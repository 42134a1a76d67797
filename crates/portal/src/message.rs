//! The queue of mails and SMS. A row holds a kind and ids, never text or a secret: the text is made, and the code derived, at
//! each attempt to send (PROTOCOL §8).

use crate::{
    Portal,
    account::{self, Account},
    audit::Event,
    codes::{self, Challenge},
    delivery::{Catalogue, Channel, Notice, OutgoingMessage},
    store::Connection,
};
use parvis_portal_profile::{Language, MethodId};
use parvis_protocol::{clock::UnixMillis, entropy::opaque_short};
use secrecy::ExposeSecret;

/// What a message says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Code,
    /// A method was blocked, for so many minutes.
    MethodBlocked(MethodId, u32),
    AccountBlocked,
    /// An authenticator app or recovery codes were added, replaced or removed.
    FactorsChanged,
    /// Requests without a right code blocked the account.
    RequestsBlocked,
    /// A recovery code was used; so many are left.
    RecoveryCodeUsed(u32),
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::MethodBlocked(..) => "method_blocked",
            Self::AccountBlocked => "account_blocked",
            Self::FactorsChanged => "factors_changed",
            Self::RequestsBlocked => "requests_blocked",
            Self::RecoveryCodeUsed(_) => "recovery_code_used",
        }
    }

    fn detail(self) -> Option<String> {
        match self {
            Self::MethodBlocked(method, minutes) => Some(format!("{} {minutes}", method.as_str())),
            Self::RecoveryCodeUsed(left) => Some(left.to_string()),
            Self::Code | Self::AccountBlocked | Self::FactorsChanged | Self::RequestsBlocked => None,
        }
    }

    fn from_stored(kind: &str, detail: Option<&str>) -> Option<Self> {
        match kind {
            "code" => Some(Self::Code),
            "account_blocked" => Some(Self::AccountBlocked),
            "factors_changed" => Some(Self::FactorsChanged),
            "requests_blocked" => Some(Self::RequestsBlocked),
            "recovery_code_used" => Some(Self::RecoveryCodeUsed(detail?.parse().ok()?)),
            "method_blocked" => {
                let (method, minutes) = detail?.split_once(' ')?;
                Some(Self::MethodBlocked(MethodId::parse(method)?, minutes.parse().ok()?))
            }
            _ => None,
        }
    }
}

/// A notice is worth sending for a day.
const NOTICE_VALIDITY: i64 = 24 * 60 * 60 * 1000;
/// A claim that was not settled (the process died) is free again after this.
const CLAIM: i64 = 30 * 1000;
/// The first retry comes after this, each further one after twice as long, five minutes at most.
const RETRY: i64 = 2 * 1000;
const RETRY_MAX: i64 = 5 * 60 * 1000;

/// Queues the code of a question.
pub(crate) async fn queue_code(
    portal: &Portal,
    connection: &mut Connection,
    challenge: &Challenge,
    language: Language,
    now: UnixMillis,
) -> Result<(), sqlx::Error> {
    let row = Row {
        subject: &challenge.subject,
        kind: Kind::Code,
        method: challenge.method(),
        challenge_id: Some(&challenge.id),
        language,
        expires_at: challenge.expires_at,
    };
    queue(portal, connection, &row, now).await
}

/// Queues a notice to the owner's e-mail address, if there is one that was proved.
pub(crate) async fn queue_notice(
    portal: &Portal,
    connection: &mut Connection,
    account: &Account,
    kind: Kind,
    now: UnixMillis,
) -> Result<(), sqlx::Error> {
    if account.destination(MethodId::Email).is_none() {
        return Ok(());
    }
    let row = Row {
        subject: &account.subject,
        kind,
        method: MethodId::Email,
        challenge_id: None,
        language: account.language(),
        expires_at: now + NOTICE_VALIDITY,
    };
    queue(portal, connection, &row, now).await
}

struct Row<'a> {
    subject: &'a str,
    kind: Kind,
    method: MethodId,
    challenge_id: Option<&'a str>,
    language: Language,
    expires_at: UnixMillis,
}

async fn queue(
    portal: &Portal,
    connection: &mut Connection,
    row: &Row<'_>,
    now: UnixMillis,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO message (id, portal, subject, kind, method, challenge_id, language, created_at, expires_at, detail, \
         next_try_at, tries, claimed_until, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $8, 0, 0, 'queued')",
    )
    .bind(opaque_short(portal.entropy.as_ref()))
    .bind(&portal.profile.id)
    .bind(row.subject)
    .bind(row.kind.as_str())
    .bind(row.method.as_str())
    .bind(row.challenge_id)
    .bind(row.language.as_str())
    .bind(now)
    .bind(row.expires_at)
    .bind(row.kind.detail())
    .execute(connection)
    .await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Claimed {
    id: String,
    subject: String,
    kind: String,
    method: String,
    challenge_id: Option<String>,
    detail: Option<String>,
    language: String,
    expires_at: UnixMillis,
    tries: i64,
}

impl Portal {
    /// Sends what is due, one message after the other; how many were tried. Several processes share one queue.
    ///
    /// # Errors
    /// The database is down.
    pub async fn send_due_messages(&self) -> Result<usize, sqlx::Error> {
        let mut tried = 0;
        while let Some(claimed) = self.claim().await? {
            tried += 1;
            self.attempt(claimed).await?;
        }
        Ok(tried)
    }

    async fn claim(&self) -> Result<Option<Claimed>, sqlx::Error> {
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        // The condition stands twice: where another process was quicker, the row no longer meets the outer one.
        let claimed = sqlx::query_as(
            "UPDATE message SET claimed_until = $2, tries = tries + 1 WHERE id = (SELECT id FROM message WHERE portal = $1 \
             AND state = 'queued' AND next_try_at <= $3 AND claimed_until <= $3 ORDER BY next_try_at, id LIMIT 1) \
             AND state = 'queued' AND claimed_until <= $3 \
             RETURNING id, subject, kind, method, challenge_id, detail, language, expires_at, tries",
        )
        .bind(&self.profile.id)
        .bind(now + CLAIM)
        .bind(now)
        .fetch_optional(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(claimed)
    }

    async fn attempt(&self, claimed: Claimed) -> Result<(), sqlx::Error> {
        let method = MethodId::parse(&claimed.method).unwrap_or(MethodId::Email);
        let outcome = match self.render(&claimed, method).await? {
            // Expired, answered, or the destination has changed: nothing to send any more.
            None => Err(false),
            Some(message) => self.transports.send(&message).await.map_err(|error| {
                tracing::warn!(message = claimed.id, reason = error.reason, retry = error.retry, "not sent");
                error.retry
            }),
        };
        let now = self.clock.now();
        let wait = (RETRY << claimed.tries.clamp(1, 12).saturating_sub(1)).min(RETRY_MAX);
        let (state, next_try_at) = match outcome {
            Ok(()) => ("sent", now),
            Err(true) if now + wait < claimed.expires_at => ("queued", now + wait),
            Err(_) => ("failed", now),
        };
        let mut tx = self.store.begin().await?;
        // A claim that ran out may be another process's by now: its outcome counts then, but what was sent was sent.
        let settled = sqlx::query(
            "UPDATE message SET state = $2, next_try_at = $3, claimed_until = 0 WHERE id = $1 AND state = 'queued' \
             AND (tries = $4 OR $2 = 'sent')",
        )
        .bind(&claimed.id)
        .bind(state)
        .bind(next_try_at)
        .bind(claimed.tries)
        .execute(&mut *tx)
        .await?
        .rows_affected()
            == 1;
        if settled && state != "queued" {
            if state == "failed" && claimed.kind == "code" {
                // A send that failed is not one: the next may follow at once.
                sqlx::query("UPDATE factor SET last_send_at = 0 WHERE subject = $1 AND method = $2")
                    .bind(&claimed.subject)
                    .bind(&claimed.method)
                    .execute(&mut *tx)
                    .await?;
            }
            let kind = if state == "sent" { "message_sent" } else { "message_failed" };
            Event::new(kind, now).of(&claimed.subject).by(&claimed.kind).record(self, &mut tx).await?;
        }
        tx.commit().await
    }

    async fn render(
        &self,
        claimed: &Claimed,
        method: MethodId,
    ) -> Result<Option<OutgoingMessage>, sqlx::Error> {
        let now = self.clock.now();
        let Some(account) = account::by_subject(self.store.read(), &claimed.subject).await? else {
            return Ok(None);
        };
        let Some(to) = account.destination(method).map(ToOwned::to_owned) else { return Ok(None) };
        if now >= claimed.expires_at {
            return Ok(None);
        }
        let language = Language::parse(&claimed.language).unwrap_or(Language::Fr);
        let texts = Catalogue {
            portal: &self.profile.name,
            support: &self.profile.support,
            domain: self.issuer.host_str().unwrap_or_default(),
            demonstration: self.demonstration,
        };
        let Some(kind) = Kind::from_stored(&claimed.kind, claimed.detail.as_deref()) else { return Ok(None) };
        let (subject, text) = match kind {
            Kind::MethodBlocked(method, minutes) => {
                texts.notice(language, Notice::MethodBlocked { method, minutes })
            }
            Kind::AccountBlocked => texts.notice(language, Notice::AccountBlocked),
            Kind::FactorsChanged => texts.notice(language, Notice::FactorsChanged),
            Kind::RequestsBlocked => texts.notice(language, Notice::RequestsBlocked),
            Kind::RecoveryCodeUsed(left) => texts.notice(language, Notice::RecoveryCodeUsed { left }),
            Kind::Code => {
                let mut connection = self.store.read().acquire().await?;
                let id = claimed.challenge_id.as_deref().unwrap_or_default();
                let Some(challenge) = codes::by_id(&mut connection, id).await?.filter(|c| c.lives(now))
                else {
                    return Ok(None);
                };
                let Some(code) = challenge.code(self, &to) else { return Ok(None) };
                let minutes = self.profile.code.validity_s / 60;
                match method {
                    MethodId::Sms => (String::new(), texts.code_sms(language, code.expose_secret(), minutes)),
                    MethodId::Email | MethodId::Totp | MethodId::RecoveryCode => {
                        texts.code_mail(language, code.expose_secret(), minutes)
                    }
                }
            }
        };
        let channel = if method == MethodId::Sms { Channel::Sms } else { Channel::Email };
        Ok(Some(OutgoingMessage {
            id: claimed.id.clone(),
            channel,
            to,
            language,
            sender: texts.sender(language),
            subject,
            text,
        }))
    }
}
