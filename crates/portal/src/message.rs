//! The queue of mails and SMS. A row holds a kind and ids, never text or a secret: the text is made, and the code derived, at
//! each attempt to send (PROTOCOL §8).

mod rendering;

use crate::{
    Portal,
    account::Account,
    audit::Event,
    codes::Challenge,
    contacts::{self, ContactChange},
    delivery::Remedy,
    links::Purpose,
    quota,
    records::ContactRecord,
    registration,
    store::Connection,
};
use parvis_portal_profile::{Language, MethodId};
use parvis_protocol::{clock::UnixMillis, entropy::opaque_short, message::Delivery};

/// What a message says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A code to sign in.
    Code,
    /// A code that proves a new contact.
    ContactCode,
    /// A code that proves a contact of a registration. Where the address has an account, its owner reads that instead.
    RegistrationCode,
    /// To a practice's record: an appointment that begins then, seconds since the epoch. Its link is signed when it is sent.
    Reminder(i64),
    /// A link, which is made when it is mailed.
    Link(Purpose),
    /// A method was blocked, for so many minutes.
    MethodBlocked(MethodId, u32),
    AccountBlocked,
    AccountUnblocked,
    NewWorkstation,
    TrustEndedByOther,
    PasswordChanged,
    /// A contact, an authenticator app or recovery codes were added, replaced or removed.
    FactorsChanged,
    EmailChanged,
    SingleChannelRecovery,
    /// Requests without a right code blocked the account.
    RequestsBlocked,
    /// A recovery code was used; so many are left.
    RecoveryCodeUsed(u32),
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::ContactCode => "contact_code",
            Self::RegistrationCode => "registration_code",
            Self::Reminder(_) => "reminder",
            Self::Link(purpose) => purpose.as_str(),
            Self::MethodBlocked(..) => "method_blocked",
            Self::AccountBlocked => "account_blocked",
            Self::AccountUnblocked => "account_unblocked",
            Self::NewWorkstation => "new_workstation",
            Self::TrustEndedByOther => "trust_ended_by_other",
            Self::PasswordChanged => "password_changed",
            Self::FactorsChanged => "factors_changed",
            Self::EmailChanged => "email_changed",
            Self::SingleChannelRecovery => "single_channel_recovery",
            Self::RequestsBlocked => "requests_blocked",
            Self::RecoveryCodeUsed(_) => "recovery_code_used",
        }
    }

    fn detail(self) -> Option<String> {
        match self {
            Self::MethodBlocked(method, minutes) => Some(format!("{} {minutes}", method.as_str())),
            Self::RecoveryCodeUsed(left) => Some(left.to_string()),
            Self::Reminder(at) => Some(at.to_string()),
            _ => None,
        }
    }

    fn from_stored(kind: &str, detail: Option<&str>) -> Option<Self> {
        if kind == "method_blocked" {
            let (method, minutes) = detail?.split_once(' ')?;
            return Some(Self::MethodBlocked(MethodId::parse(method)?, minutes.parse().ok()?));
        }
        if kind == "recovery_code_used" {
            return Some(Self::RecoveryCodeUsed(detail?.parse().ok()?));
        }
        if kind == "reminder" {
            return Some(Self::Reminder(detail?.parse().ok()?));
        }
        [
            Self::Code,
            Self::ContactCode,
            Self::RegistrationCode,
            Self::AccountBlocked,
            Self::AccountUnblocked,
            Self::NewWorkstation,
            Self::TrustEndedByOther,
            Self::PasswordChanged,
            Self::FactorsChanged,
            Self::EmailChanged,
            Self::SingleChannelRecovery,
            Self::RequestsBlocked,
        ]
        .into_iter()
        .find(|known| known.as_str() == kind)
        .or_else(|| Purpose::parse(kind).map(Self::Link))
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
    queue_code_by(portal, connection, challenge, challenge.method(), language, now).await
}

/// Queues the code of a question, to go this way: one and the same code reaches a telephone by SMS or by a call.
pub(crate) async fn queue_code_by(
    portal: &Portal,
    connection: &mut Connection,
    challenge: &Challenge,
    method: MethodId,
    language: Language,
    now: UnixMillis,
) -> Result<(), sqlx::Error> {
    let row = Row {
        subject: &challenge.subject,
        kind: if challenge.is_of(contacts::PURPOSE) {
            Kind::ContactCode
        } else if challenge.is_of(registration::PURPOSE) {
            Kind::RegistrationCode
        } else {
            Kind::Code
        },
        method,
        challenge_id: Some(&challenge.id),
        contact_id: None,
        language,
        expires_at: challenge.expires_at,
    };
    queue(portal, connection, &row, now).await
}

/// Queues a reminder of an appointment to a practice's record: the row is about the record's reference.
pub(crate) async fn queue_reminder(
    portal: &Portal,
    connection: &mut Connection,
    record: &ContactRecord,
    at: i64,
    now: UnixMillis,
) -> Result<(), sqlx::Error> {
    let row = Row {
        subject: &record.reference,
        kind: Kind::Reminder(at),
        method: record.reminder_method(),
        challenge_id: None,
        contact_id: None,
        language: record.language(),
        expires_at: (now + NOTICE_VALIDITY).min(at.saturating_mul(1000)),
    };
    queue(portal, connection, &row, now).await
}

/// Queues a mail with a link to an account, or to the one that a registration or an invitation opens. The link is made when the mail
/// is sent, within the limits of such mails.
pub(crate) async fn queue_link(
    portal: &Portal,
    connection: &mut Connection,
    subject: &str,
    purpose: Purpose,
    language: Language,
    now: UnixMillis,
) -> Result<(), sqlx::Error> {
    let row = Row {
        subject,
        kind: Kind::Link(purpose),
        method: MethodId::Email,
        challenge_id: None,
        contact_id: None,
        language,
        expires_at: now + NOTICE_VALIDITY,
    };
    queue(portal, connection, &row, now).await
}

/// Queues a mail with a link that sets a new password to whoever has this name, if anybody: one statement for known and unknown,
/// and what was typed is not kept (REC-01, LOG-02).
pub(crate) async fn queue_recovery(
    portal: &Portal,
    connection: &mut Connection,
    name: &str,
    language: Language,
    now: UnixMillis,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO message (id, portal, subject, kind, method, language, created_at, expires_at, next_try_at, tries, \
         claimed_until, state) VALUES ($1, $2, COALESCE((SELECT subject FROM account_name WHERE portal = $2 AND name = $3), ''), \
         $4, $5, $6, $7, $8, $7, 0, 0, 'queued')",
    )
    .bind(opaque_short(portal.entropy.as_ref()))
    .bind(&portal.profile.id)
    .bind(name)
    .bind(Purpose::Recovery.as_str())
    .bind(MethodId::Email.as_str())
    .bind(language.as_str())
    .bind(now)
    .bind(now + NOTICE_VALIDITY)
    .execute(connection)
    .await?;
    Ok(())
}

/// Queues a notice to the owner's e-mail address, if there is one that was proved.
pub(crate) async fn queue_notice(
    portal: &Portal,
    connection: &mut Connection,
    account: &Account,
    kind: Kind,
    now: UnixMillis,
) -> Result<(), sqlx::Error> {
    notify(portal, connection, account, &[MethodId::Email], kind, None, now).await
}

/// Queues a notice to every contact of the owner that was proved. Where a contact was changed, `account` is the account as it was
/// before, and the notice goes to the former contact (CHN-05).
pub(crate) async fn notify_all(
    portal: &Portal,
    connection: &mut Connection,
    account: &Account,
    kind: Kind,
    changed: Option<&ContactChange>,
    now: UnixMillis,
) -> Result<(), sqlx::Error> {
    notify(portal, connection, account, &[MethodId::Email, MethodId::Sms], kind, changed, now).await
}

async fn notify(
    portal: &Portal,
    connection: &mut Connection,
    account: &Account,
    ways: &[MethodId],
    kind: Kind,
    changed: Option<&ContactChange>,
    now: UnixMillis,
) -> Result<(), sqlx::Error> {
    for method in ways.iter().copied().filter(|method| account.destination(*method).is_some()) {
        let row = Row {
            subject: &account.subject,
            kind,
            method,
            challenge_id: None,
            contact_id: changed.filter(|change| change.method() == method).map(|change| change.id.as_str()),
            language: account.language(),
            expires_at: now + NOTICE_VALIDITY,
        };
        queue(portal, connection, &row, now).await?;
    }
    Ok(())
}

struct Row<'a> {
    subject: &'a str,
    kind: Kind,
    method: MethodId,
    challenge_id: Option<&'a str>,
    contact_id: Option<&'a str>,
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
        "INSERT INTO message (id, portal, subject, kind, method, challenge_id, contact_id, language, created_at, expires_at, \
         detail, next_try_at, tries, claimed_until, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $9, 0, 0, \
         'queued')",
    )
    .bind(opaque_short(portal.entropy.as_ref()))
    .bind(&portal.profile.id)
    .bind(row.subject)
    .bind(row.kind.as_str())
    .bind(row.method.as_str())
    .bind(row.challenge_id)
    .bind(row.contact_id)
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
    link_id: Option<String>,
    contact_id: Option<String>,
    detail: Option<String>,
    language: String,
    created_at: UnixMillis,
    expires_at: UnixMillis,
    tries: i64,
}

/// What became of the newest message of a question.
pub(crate) async fn delivery(
    connection: &mut Connection,
    challenge_id: &str,
) -> Result<Delivery, sqlx::Error> {
    let state: Option<String> = sqlx::query_scalar(
        "SELECT state FROM message WHERE challenge_id = $1 ORDER BY created_at DESC, id DESC LIMIT 1",
    )
    .bind(challenge_id)
    .fetch_optional(connection)
    .await?;
    Ok(match state.as_deref() {
        Some("sent") => Delivery::Sent,
        Some("queued") => Delivery::Queued,
        _ => Delivery::Failed,
    })
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
        // Codes first: somebody waits for them. The condition stands twice: where another process was quicker, the row no longer meets the outer one.
        let claimed = sqlx::query_as(
            "UPDATE message SET claimed_until = $2, tries = tries + 1 WHERE id = (SELECT id FROM message WHERE portal = $1 \
             AND state = 'queued' AND next_try_at <= $3 AND claimed_until <= $3 ORDER BY CASE WHEN challenge_id IS NULL THEN 1 ELSE 0 END, \
             next_try_at, id LIMIT 1) \
             AND state = 'queued' AND claimed_until <= $3 \
             RETURNING id, subject, kind, method, challenge_id, link_id, contact_id, detail, language, created_at, expires_at, \
             tries",
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
        let rendered = self.render(&claimed, method).await?;
        // A name that nobody has, or one more request for a link than is mailed, is no event of the account.
        let quiet = rendered.is_none() && Purpose::parse(&claimed.kind).is_some();
        let outcome = match rendered {
            // Expired, answered, or the destination has changed: nothing to send any more.
            None => Err(Remedy::None),
            Some(message) => self.transports.send(&message).await.map_err(|error| {
                tracing::warn!(message = claimed.id, reason = error.reason, remedy = ?error.remedy, "not sent");
                error.remedy
            }),
        };
        let now = self.clock.now();
        let wait = (RETRY << claimed.tries.clamp(1, 12).saturating_sub(1)).min(RETRY_MAX);
        let (state, next_try_at) = match outcome {
            Ok(()) | Err(Remedy::Wait) => ("sent", now),
            Err(Remedy::Retry) if now + wait < claimed.expires_at => ("queued", now + wait),
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
            if state == "failed" && claimed.kind == "registration_code" {
                // As at a sign-in: what did not leave is no send.
                quota::give_back(&mut tx, &claimed.subject, claimed.created_at).await?;
            }
            if state == "failed" && claimed.kind == "code" {
                // A send that failed is not one: the next may follow at once.
                sqlx::query("UPDATE factor SET last_send_at = 0 WHERE subject = $1 AND method = $2")
                    .bind(&claimed.subject)
                    .bind(&claimed.method)
                    .execute(&mut *tx)
                    .await?;
            }
            let kind = if state == "sent" { "message_sent" } else { "message_failed" };
            if !quiet {
                let event = Event::new(kind, now).by(&claimed.kind);
                // Whom a reminder goes to has no account.
                let event = if claimed.kind == "reminder" { event } else { event.of(&claimed.subject) };
                event.record(self, &mut tx).await?;
            }
        }
        tx.commit().await
    }
}
