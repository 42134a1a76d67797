//! Trust and handover (PROTOCOL §6): one trusted person per portal and workstation, by the primary key.

use crate::{
    Portal,
    account::{self, Account},
    audit::Event,
    message,
    store::Connection,
};
use parvis_protocol::{clock::UnixMillis, entropy::opaque_short, error::TrustEndReason};

/// A row of the `trust` table.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct Trust {
    pub(crate) id: String,
    pub(crate) device_id: String,
    pub(crate) subject: String,
    pub(crate) jkt: String,
    pub(crate) granted_at: UnixMillis,
    pub(crate) expires_at: UnixMillis,
    pub(crate) credential_epoch: i64,
}

const COLUMNS: &str = "id, device_id, subject, jkt, granted_at, expires_at, credential_epoch";

/// Clocks of two processes may differ by this much, ms.
const SKEW: i64 = 60 * 1000;

/// Whether a trust stands in for the second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It does; the real factor was given then.
    Holds(UnixMillis),
    /// There was none.
    None,
    /// There was one; why it does not hold.
    Ended(TrustEndReason),
}

/// Locks the workstation's row until the transaction ends: two completions, or a completion and a leave, cannot cross.
/// Every transaction that changes trust or ends grants by workstation takes it first.
pub(crate) async fn lock_workstation(
    portal: &Portal,
    connection: &mut Connection,
    device_id: &str,
    now: UnixMillis,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO workstation (portal, device_id, last_at) VALUES ($1, $2, $3) \
         ON CONFLICT (portal, device_id) DO UPDATE SET last_at = $3",
    )
    .bind(&portal.profile.id)
    .bind(device_id)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// Judges the trust of an account whose password was right. `device_jkt`: the key whose proof came and was verified.
pub(crate) async fn standing(
    portal: &Portal,
    connection: &mut Connection,
    account: &Account,
    device_id: &str,
    device_jkt: Option<&str>,
    now: UnixMillis,
) -> Result<Standing, sqlx::Error> {
    let trust: Option<Trust> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM trust WHERE portal = $1 AND device_id = $2 AND subject = $3"
    )))
    .bind(&portal.profile.id)
    .bind(device_id)
    .bind(&account.subject)
    .fetch_optional(&mut *connection)
    .await?;
    if let Some(trust) = trust {
        // Granted in a future that did not come: the clock was wrong then, and the trust would last until it comes.
        return Ok(if now >= trust.expires_at || trust.granted_at > now + SKEW {
            Standing::Ended(TrustEndReason::Expired)
        } else if trust.credential_epoch != account.credential_epoch {
            Standing::Ended(TrustEndReason::CredentialsChanged)
        } else if portal.profile.trust.is_none() {
            Standing::Ended(TrustEndReason::Revoked)
        } else if device_jkt != Some(trust.jkt.as_str()) {
            Standing::Ended(TrustEndReason::KeyMissing)
        } else {
            Standing::Holds(trust.granted_at)
        });
    }
    let reason: Option<String> = sqlx::query_scalar(
        "SELECT reason FROM trust_end WHERE portal = $1 AND device_id = $2 AND subject = $3",
    )
    .bind(&portal.profile.id)
    .bind(device_id)
    .bind(&account.subject)
    .fetch_optional(connection)
    .await?;
    Ok(reason.map_or(Standing::None, |reason| Standing::Ended(TrustEndReason::from_stored(&reason))))
}

/// Whether a trust that was honoured a moment ago still holds.
pub(crate) async fn still_holds(
    portal: &Portal,
    connection: &mut Connection,
    account: &Account,
    device_id: &str,
    now: UnixMillis,
) -> Result<bool, sqlx::Error> {
    let holds: Option<i64> = sqlx::query_scalar(
        "SELECT expires_at FROM trust WHERE portal = $1 AND device_id = $2 AND subject = $3 AND expires_at > $4 \
         AND credential_epoch = $5 AND granted_at <= $6",
    )
    .bind(&portal.profile.id)
    .bind(device_id)
    .bind(&account.subject)
    .bind(now)
    .bind(account.credential_epoch)
    .bind(now + SKEW)
    .fetch_optional(connection)
    .await?;
    Ok(holds.is_some())
}

/// Grants trust to the account on the workstation, whose row must be locked and free of other subjects.
pub(crate) async fn grant(
    portal: &Portal,
    connection: &mut Connection,
    account: &Account,
    device_id: &str,
    jkt: &str,
    grant_id: &str,
    now: UnixMillis,
) -> Result<Option<UnixMillis>, sqlx::Error> {
    let Some(rules) = portal.profile.trust else { return Ok(None) };
    let expires_at = now + i64::from(rules.max_age_s) * 1000;
    sqlx::query(
        "INSERT INTO trust (portal, device_id, id, subject, jkt, grant_id, granted_at, expires_at, credential_epoch) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
         ON CONFLICT (portal, device_id) DO UPDATE SET id = $3, subject = $4, jkt = $5, grant_id = $6, granted_at = $7, \
         expires_at = $8, credential_epoch = $9",
    )
    .bind(&portal.profile.id)
    .bind(device_id)
    .bind(opaque_short(portal.entropy.as_ref()))
    .bind(&account.subject)
    .bind(jkt)
    .bind(grant_id)
    .bind(now)
    .bind(expires_at)
    .bind(account.credential_epoch)
    .execute(connection)
    .await?;
    Ok(Some(expires_at))
}

/// What a handover ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Handover {
    pub(crate) ended_trust: bool,
    pub(crate) ended_sessions: i64,
}

/// Ends the trust and the sessions that other people have on this workstation, whose row must be locked. What had run out
/// by itself was nobody's any more and is not told as ended.
pub(crate) async fn hand_over(
    portal: &Portal,
    connection: &mut Connection,
    subject: &str,
    device_id: &str,
    now: UnixMillis,
) -> Result<Handover, sqlx::Error> {
    let previous: Option<Trust> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "DELETE FROM trust WHERE portal = $1 AND device_id = $2 AND subject <> $3 RETURNING {COLUMNS}"
    )))
    .bind(&portal.profile.id)
    .bind(device_id)
    .bind(subject)
    .fetch_optional(&mut *connection)
    .await?;
    let mut ended_trust = false;
    if let Some(previous) = &previous {
        ended_trust = previous.expires_at > now;
        let reason = if ended_trust { TrustEndReason::OtherProfessional } else { TrustEndReason::Expired };
        remember_end(portal, connection, &previous.subject, device_id, reason, now).await?;
        if ended_trust {
            tell_previous(portal, connection, &previous.subject, device_id, now).await?;
        }
    }
    let ended = sqlx::query(
        "UPDATE sign_in_grant SET ended_at = $4, end_reason = 'handover' \
         WHERE portal = $1 AND device_id = $2 AND subject <> $3 AND ended_at IS NULL AND ends_at > $4 AND last_used_at > $5",
    )
    .bind(&portal.profile.id)
    .bind(device_id)
    .bind(subject)
    .bind(now)
    .bind(now - i64::from(portal.profile.session.inactivity_s) * 1000)
    .execute(&mut *connection)
    .await?;
    // Those that had run out too: neither longer limits nor a clock set back make them live again.
    sqlx::query(
        "UPDATE sign_in_grant SET ended_at = $4, end_reason = 'handover' \
         WHERE portal = $1 AND device_id = $2 AND subject <> $3 AND ended_at IS NULL",
    )
    .bind(&portal.profile.id)
    .bind(device_id)
    .bind(subject)
    .bind(now)
    .execute(&mut *connection)
    .await?;
    Ok(Handover { ended_trust, ended_sessions: i64::try_from(ended.rows_affected()).unwrap_or(i64::MAX) })
}

/// The person whose trust a handover ended hears of it, and has it in the history.
async fn tell_previous(
    portal: &Portal,
    connection: &mut Connection,
    subject: &str,
    device_id: &str,
    now: UnixMillis,
) -> Result<(), sqlx::Error> {
    if let Some(previous) = account::by_subject(&mut *connection, subject).await? {
        message::queue_notice(portal, connection, &previous, message::Kind::TrustEndedByOther, now).await?;
    }
    let event = Event::new("trust_ended", now).of(subject).on(device_id);
    event.by(TrustEndReason::OtherProfessional.as_str()).record(portal, connection).await
}

/// Keeps why a trust ended, for the person's next sign-in here.
pub(crate) async fn remember_end(
    portal: &Portal,
    connection: &mut Connection,
    subject: &str,
    device_id: &str,
    reason: TrustEndReason,
    now: UnixMillis,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO trust_end (portal, device_id, subject, reason, at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (portal, device_id, subject) DO UPDATE SET reason = $4, at = $5",
    )
    .bind(&portal.profile.id)
    .bind(device_id)
    .bind(subject)
    .bind(reason.as_str())
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// A completed sign-in of this person here: the reason has been told, and a trust that holds no more is cleared away.
pub(crate) async fn forget_end(
    portal: &Portal,
    connection: &mut Connection,
    account: &Account,
    device_id: &str,
    now: UnixMillis,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "DELETE FROM trust WHERE portal = $1 AND device_id = $2 AND subject = $3 \
         AND (expires_at <= $4 OR granted_at > $5 OR credential_epoch <> $6)",
    )
    .bind(&portal.profile.id)
    .bind(device_id)
    .bind(&account.subject)
    .bind(now)
    .bind(now + SKEW)
    .bind(account.credential_epoch)
    .execute(&mut *connection)
    .await?;
    sqlx::query("DELETE FROM trust_end WHERE portal = $1 AND device_id = $2 AND subject = $3")
        .bind(&portal.profile.id)
        .bind(device_id)
        .bind(&account.subject)
        .execute(connection)
        .await?;
    Ok(())
}

/// Ends the trust of one workstation; whether there was one that still held.
pub(crate) async fn end(
    portal: &Portal,
    connection: &mut Connection,
    subject: &str,
    device_id: &str,
    reason: TrustEndReason,
    now: UnixMillis,
) -> Result<bool, sqlx::Error> {
    let ended: Option<i64> = sqlx::query_scalar(
        "DELETE FROM trust WHERE portal = $1 AND device_id = $2 AND subject = $3 RETURNING expires_at",
    )
    .bind(&portal.profile.id)
    .bind(device_id)
    .bind(subject)
    .fetch_optional(&mut *connection)
    .await?;
    if ended.is_some() {
        remember_end(portal, connection, subject, device_id, reason, now).await?;
    }
    Ok(ended.is_some_and(|expires_at| expires_at > now))
}

/// Ends all trust of an account (block, change of credentials); on which workstations.
pub(crate) async fn end_all_of(
    portal: &Portal,
    connection: &mut Connection,
    subject: &str,
    reason: TrustEndReason,
    now: UnixMillis,
) -> Result<Vec<String>, sqlx::Error> {
    // The trust first, then why it ended: the order of a handover, which may be at the same rows.
    let ended: Vec<String> = sqlx::query_scalar("DELETE FROM trust WHERE subject = $1 RETURNING device_id")
        .bind(subject)
        .fetch_all(&mut *connection)
        .await?;
    for device_id in &ended {
        remember_end(portal, connection, subject, device_id, reason, now).await?;
    }
    Ok(ended)
}

/// The person's living trusts, the newest first.
pub(crate) async fn of(
    connection: impl sqlx::Executor<'_, Database = sqlx::Any>,
    portal: &Portal,
    subject: &str,
    now: UnixMillis,
) -> Result<Vec<Trust>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM trust WHERE portal = $1 AND subject = $2 AND expires_at > $3 ORDER BY granted_at DESC"
    )))
    .bind(&portal.profile.id)
    .bind(subject)
    .bind(now)
    .fetch_all(connection)
    .await
}
