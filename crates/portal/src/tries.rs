//! Wrong codes: charged before a code is looked at, counted per account and method, until a right one or support (OTP-05).

use crate::{
    Portal,
    account::{self, Account},
    audit::Event,
    message,
    store::Connection,
};
use parvis_portal_profile::{CodeBlock, MethodId};
use parvis_protocol::{clock::UnixMillis, message::BlockCause};

/// Tries and sends of one method of one account.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct Factor {
    pub(crate) failures: i64,
    blocked_until: UnixMillis,
    /// When the sends that count began anew.
    pub(crate) sends_reset_at: UnixMillis,
    pub(crate) last_send_at: UnixMillis,
}

impl Factor {
    /// Blocked until, if it is.
    pub(crate) fn blocked_until(&self, now: UnixMillis) -> Option<UnixMillis> {
        (self.blocked_until > now).then_some(self.blocked_until)
    }

    /// Wrong codes that are left.
    pub(crate) fn tries_left(&self, portal: &Portal) -> u32 {
        u32::try_from(i64::from(portal.profile.code_tries.limit) - self.failures).unwrap_or(0)
    }
}

/// Tries and sends as they stand. A right code by any method has begun the sends of all anew.
pub(crate) async fn factor(
    connection: &mut Connection,
    subject: &str,
    method: MethodId,
) -> Result<Factor, sqlx::Error> {
    sqlx::query_as(
        "SELECT COALESCE(MAX(CASE WHEN method = $2 THEN failures END), 0) AS failures, \
         COALESCE(MAX(CASE WHEN method = $2 THEN blocked_until END), 0) AS blocked_until, \
         COALESCE(MAX(sends_reset_at), 0) AS sends_reset_at, \
         COALESCE(MAX(CASE WHEN method = $2 THEN last_send_at END), 0) AS last_send_at FROM factor WHERE subject = $1",
    )
    .bind(subject)
    .bind(method.as_str())
    .fetch_one(connection)
    .await
}

/// Makes the row that the following statements count in, and locks it.
pub(crate) async fn lock(
    connection: &mut Connection,
    subject: &str,
    method: MethodId,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO factor (subject, method, failures, blocks, blocked_until, sends_reset_at, last_send_at) \
         VALUES ($1, $2, 0, 0, 0, 0, 0) ON CONFLICT (subject, method) DO UPDATE SET failures = factor.failures",
    )
    .bind(subject)
    .bind(method.as_str())
    .execute(connection)
    .await?;
    Ok(())
}

/// Whether a code may be looked at.
pub(crate) enum Charge {
    /// The try is counted.
    Taken,
    /// The method is blocked until then; without a time, the account until support acts.
    Refused(Option<UnixMillis>),
}

/// Counts a try, on a row that [`lock`] made.
pub(crate) async fn charge(
    portal: &Portal,
    connection: &mut Connection,
    subject: &str,
    method: MethodId,
    now: UnixMillis,
) -> Result<Charge, sqlx::Error> {
    let charged = sqlx::query(
        "UPDATE factor SET failures = failures + 1 WHERE subject = $1 AND method = $2 AND failures < $3 AND blocked_until <= $4 \
         AND EXISTS (SELECT 1 FROM account WHERE account.subject = $1 AND blocked_at IS NULL)",
    )
    .bind(subject)
    .bind(method.as_str())
    .bind(i64::from(portal.profile.code_tries.limit))
    .bind(now)
    .execute(&mut *connection)
    .await?;
    if charged.rows_affected() == 1 {
        return Ok(Charge::Taken);
    }
    // The block of the account came while this try waited for the counter.
    if account::by_subject(&mut *connection, subject).await?.is_none_or(|now| now.blocked_at.is_some()) {
        return Ok(Charge::Refused(None));
    }
    let state = factor(connection, subject, method).await?;
    Ok(Charge::Refused(Some(state.blocked_until(now).unwrap_or(now))))
}

/// The charged try was a right code.
pub(crate) async fn right(
    connection: &mut Connection,
    subject: &str,
    method: MethodId,
    now: UnixMillis,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE factor SET failures = 0, blocks = 0, sends_reset_at = $3 WHERE subject = $1 AND method = $2",
    )
    .bind(subject)
    .bind(method.as_str())
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// Gives the charged try back: the code gives no stranger anything.
pub(crate) async fn give_back(
    connection: &mut Connection,
    subject: &str,
    method: MethodId,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE factor SET failures = failures - 1 WHERE subject = $1 AND method = $2 AND failures > 0",
    )
    .bind(subject)
    .bind(method.as_str())
    .execute(connection)
    .await?;
    Ok(())
}

/// Gives all tries of a method back: its codes are other ones now.
pub(crate) async fn forget(
    connection: &mut Connection,
    subject: &str,
    method: MethodId,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE factor SET failures = 0, blocks = 0, blocked_until = 0 WHERE subject = $1 AND method = $2",
    )
    .bind(subject)
    .bind(method.as_str())
    .execute(connection)
    .await?;
    Ok(())
}

/// What a wrong code led to.
pub(crate) enum Settled {
    /// So many tries are left.
    Left(u32),
    /// The method is blocked until then.
    MethodBlocked(UnixMillis),
    /// The account is blocked until support acts.
    AccountBlocked,
}

/// The charged try was a wrong code. The last one blocks the method for a time or the account until support acts, and the
/// owner is told.
pub(crate) async fn wrong(
    portal: &Portal,
    connection: &mut Connection,
    account: &Account,
    method: MethodId,
    device_id: &str,
    now: UnixMillis,
) -> Result<Settled, sqlx::Error> {
    let subject = &account.subject;
    let event = |kind| Event::new(kind, now).of(subject).on(device_id).by(method.as_str());
    event("code_rejected").record(portal, connection).await?;
    let state = factor(connection, subject, method).await?;
    let left = state.tries_left(portal);
    if left > 0 {
        return Ok(Settled::Left(left));
    }
    let blocks: i64 = sqlx::query_scalar(
        "UPDATE factor SET failures = 0, blocks = blocks + 1 WHERE subject = $1 AND method = $2 RETURNING blocks",
    )
    .bind(subject)
    .bind(method.as_str())
    .fetch_one(&mut *connection)
    .await?;
    let blocks = u32::try_from(blocks).unwrap_or(u32::MAX);
    let tries = &portal.profile.code_tries;
    if tries.then == CodeBlock::Account || blocks >= tries.blocks_until_support {
        account::block(portal, connection, subject, BlockCause::WrongCodes, now).await?;
        message::queue_notice(portal, connection, account, message::Kind::AccountBlocked, now).await?;
        event("account_blocked").record(portal, connection).await?;
        return Ok(Settled::AccountBlocked);
    }
    let seconds = tries.block_s(blocks);
    let until = now + i64::from(seconds) * 1000;
    sqlx::query("UPDATE factor SET blocked_until = $3 WHERE subject = $1 AND method = $2")
        .bind(subject)
        .bind(method.as_str())
        .bind(until)
        .execute(&mut *connection)
        .await?;
    let notice = message::Kind::MethodBlocked(method, seconds / 60);
    message::queue_notice(portal, connection, account, notice, now).await?;
    event("method_blocked").record(portal, connection).await?;
    Ok(Settled::MethodBlocked(until))
}
