//! A change of credentials (password, factor, contact, role, rights): it moves the account's epoch on and ends what was opened
//! with those before (TRU-07, CHN-04, REC-06).

use crate::{Portal, audit::Event, store::Connection, trust};
use parvis_protocol::{clock::UnixMillis, error::TrustEndReason};

/// Sessions that go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spared<'a> {
    /// None.
    None,
    /// That of this grant.
    Session(&'a str),
    /// All.
    All,
}

/// Locks the account and moves its epoch on; ends sign-ins under way, authorization codes that were not redeemed, all trust, and
/// the sessions that are not spared. `read`: the epoch that the change was decided on, if it was decided on any. False where it is another by
/// now; nothing may be committed then.
///
/// Rows are locked in this order everywhere: sign-ins under way, account, authorization codes, trust, grants. A sign-in that
/// began in the same moment is refused by its epoch when its authorization code is redeemed.
pub(crate) async fn change(
    portal: &Portal,
    connection: &mut Connection,
    subject: &str,
    read: Option<i64>,
    spared: Spared<'_>,
    reason: &str,
    now: UnixMillis,
) -> Result<bool, sqlx::Error> {
    // The `auth_session` of a session that goes on goes on too: it is for a step-up.
    let (keep_all, kept) = match spared {
        Spared::None => (0, ""),
        Spared::Session(grant) => (0, grant),
        Spared::All => (1, ""),
    };
    sqlx::query(
        "UPDATE auth_session SET ended_at = $2 WHERE subject = $1 AND ended_at IS NULL AND id NOT IN \
         (SELECT auth_session FROM sign_in_grant WHERE subject = $1 AND ended_at IS NULL AND ($3 = 1 OR id = $4))",
    )
    .bind(subject)
    .bind(now)
    .bind(keep_all)
    .bind(kept)
    .execute(&mut *connection)
    .await?;
    let moved = sqlx::query(
        "UPDATE account SET credential_epoch = credential_epoch + 1 WHERE subject = $1 \
         AND ($2 = -1 OR credential_epoch = $2)",
    )
    .bind(subject)
    .bind(read.unwrap_or(-1))
    .execute(&mut *connection)
    .await?;
    if moved.rows_affected() == 0 {
        return Ok(false);
    }
    end_completed(portal, connection, subject, spared, reason, now).await?;
    Ok(true)
}

/// Locks the sign-ins of an account that are under way: by whoever locks something else that a code is checked by, and changes
/// the credentials after.
pub(crate) async fn lock_sign_ins(connection: &mut Connection, subject: &str) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE auth_session SET last_used = last_used WHERE subject = $1 AND ended_at IS NULL")
        .bind(subject)
        .execute(connection)
        .await?;
    Ok(())
}

/// Locks a sign-in under way and then its account, in the order of [`change`].
pub(crate) async fn lock(
    connection: &mut Connection,
    auth_session: &str,
    subject: &str,
) -> Result<(), sqlx::Error> {
    for (statement, id) in [
        ("UPDATE auth_session SET last_used = last_used WHERE id = $1", auth_session),
        ("UPDATE account SET credential_epoch = credential_epoch WHERE subject = $1", subject),
    ] {
        sqlx::query(statement).bind(id).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Whether the credentials that a sign-in began with are still the account's, whose row must be locked. A step-up lives as long as
/// its session.
pub(crate) async fn still_hold(connection: &mut Connection, auth_session: &str) -> Result<bool, sqlx::Error> {
    let holds: Option<String> = sqlx::query_scalar(
        "SELECT s.id FROM auth_session s JOIN account a ON a.subject = s.subject WHERE s.id = $1 \
         AND (s.step_up_grant IS NOT NULL OR s.credential_epoch = a.credential_epoch)",
    )
    .bind(auth_session)
    .fetch_optional(connection)
    .await?;
    Ok(holds.is_some())
}

/// Ends authorization codes that were not redeemed, all trust, and the sessions that are not spared.
pub(crate) async fn end_completed(
    portal: &Portal,
    connection: &mut Connection,
    subject: &str,
    spared: Spared<'_>,
    reason: &str,
    now: UnixMillis,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE authorization_code SET expires_at = $2 WHERE subject = $1 AND redeemed_at IS NULL")
        .bind(subject)
        .bind(now)
        .execute(&mut *connection)
        .await?;
    let credentials = TrustEndReason::CredentialsChanged;
    for device_id in trust::end_all_of(portal, connection, subject, credentials, now).await? {
        let event = Event::new("trust_ended", now).of(subject).on(&device_id);
        event.by(credentials.as_str()).record(portal, connection).await?;
    }
    let kept = match spared {
        Spared::None => "",
        Spared::Session(grant) => grant,
        Spared::All => return Ok(()),
    };
    sqlx::query(
        "UPDATE sign_in_grant SET ended_at = $2, end_reason = $3 WHERE subject = $1 AND ended_at IS NULL AND id <> $4",
    )
    .bind(subject)
    .bind(now)
    .bind(reason)
    .bind(kept)
    .execute(&mut *connection)
    .await?;
    Ok(())
}
