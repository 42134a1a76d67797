//! Requests for codes that are sent: how many are left, and what comes when none is (OTP-06).

use crate::{
    Portal,
    account::{self, Account},
    audit::Event,
    clock::DAY,
    codes::{self, Challenge, For},
    message, quota,
    store::Connection,
    tries::{self, Factor},
};
use parvis_portal_profile::MethodId;
use parvis_protocol::{clock::UnixMillis, message::BlockCause};

/// A resend with this much validity left sends the same code again, ms (OTP-06).
const SAME_CODE_FROM: i64 = 120 * 1000;

/// Sends left, and when the next is possible.
pub(crate) struct Room {
    pub(crate) remaining: u32,
    pub(crate) possible_at: UnixMillis,
    /// The last of them is also the last before support has to act.
    pub(crate) last_blocks: bool,
}

/// Requests since the last right code of any method, where the portal's profile limits them.
#[derive(sqlx::FromRow)]
struct Requests {
    made: i64,
    /// When the code of the last one is over.
    last_over_at: UnixMillis,
}

/// A send that failed does not count, nor one that was never tried before its code was over.
const COUNTS: &str = "(state = 'sent' OR (state = 'queued' AND expires_at > $4))";

async fn requests(
    connection: &mut Connection,
    subject: &str,
    method: MethodId,
    since: UnixMillis,
    now: UnixMillis,
) -> Result<Requests, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT COUNT(*) AS made, COALESCE(MAX(expires_at), 0) AS last_over_at FROM message \
         WHERE subject = $1 AND method = $2 AND kind = 'code' AND created_at > $3 AND {COUNTS}"
    )))
    .bind(subject)
    .bind(method.as_str())
    .bind(since)
    .bind(now)
    .fetch_one(connection)
    .await
}

/// How many sends are left. A right code has reset the count.
pub(crate) async fn room(
    portal: &Portal,
    connection: &mut Connection,
    subject: &str,
    method: MethodId,
    factor: &Factor,
    now: UnixMillis,
) -> Result<Room, sqlx::Error> {
    let limits = portal.profile.sends;
    let sent: Vec<i64> = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
        "SELECT created_at FROM message WHERE subject = $1 AND method = $2 AND kind = 'code' AND created_at > $3 AND {COUNTS} \
         ORDER BY created_at DESC"
    )))
    .bind(subject)
    .bind(method.as_str())
    .bind(factor.sends_reset_at.max(now - DAY))
    .bind(now)
    .fetch_all(&mut *connection)
    .await?;
    let in_time = quota::room(&quota::without_spacing(&limits), &sent, now);
    let until_support = match limits.requests_until_support {
        Some(limit) => {
            let made = requests(connection, subject, method, factor.sends_reset_at, now).await?.made;
            Some(limit.saturating_sub(u32::try_from(made).unwrap_or(u32::MAX)))
        }
        None => None,
    };
    // Not by what was sent: a message that failed holds the next one up no longer.
    let spaced = if factor.last_send_at > factor.sends_reset_at {
        factor.last_send_at + i64::from(limits.interval_s) * 1000
    } else {
        0
    };
    Ok(Room {
        remaining: until_support.map_or(in_time.remaining, |left| left.min(in_time.remaining)),
        possible_at: in_time.possible_at.max(spaced),
        last_blocks: until_support.is_some_and(|left| left <= in_time.remaining),
    })
}

/// Blocks the account where its last request is over without a right code; whether it did (Doctipro: « Après 3 demandes de
/// code infructueuses, votre compte sera bloqué »).
pub(crate) async fn block_if_exhausted(
    portal: &Portal,
    connection: &mut Connection,
    account: &Account,
    device_id: &str,
    now: UnixMillis,
) -> Result<bool, sqlx::Error> {
    let Some(limit) = portal.profile.sends.requests_until_support else { return Ok(false) };
    let subject = &account.subject;
    for method in portal.profile.methods.keys().copied().filter(|method| method.is_sent()) {
        let exhausted =
            |requests: &Requests| requests.made >= i64::from(limit) && requests.last_over_at <= now;
        let since = tries::factor(connection, subject, method).await?.sends_reset_at;
        if !exhausted(&requests(connection, subject, method, since, now).await?) {
            continue;
        }
        // Again with the counter locked: a right code may have come in between.
        tries::lock(connection, subject, method).await?;
        let since = tries::factor(connection, subject, method).await?.sends_reset_at;
        if exhausted(&requests(connection, subject, method, since, now).await?) {
            account::block(portal, connection, subject, BlockCause::Requests, now).await?;
            message::queue_notice(portal, connection, account, message::Kind::RequestsBlocked, now).await?;
            let event = Event::new("account_blocked", now).of(subject).on(device_id);
            event.by(BlockCause::Requests.as_str()).record(portal, connection).await?;
            return Ok(true);
        }
    }
    Ok(false)
}

/// What became of a request for a code.
pub(crate) enum Request {
    /// A question stands; its message is queued, if it is one that is sent.
    Asked(Box<Challenge>),
    /// No more sends before then; without a time, before a right code or support.
    Refused(Option<UnixMillis>),
    /// The method is blocked until then.
    Blocked(UnixMillis),
}

/// Asks for a code. One that is sent: the same one while it has two minutes left, else a new one; within the limits.
pub(crate) async fn request(
    portal: &Portal,
    connection: &mut Connection,
    asked: &For<'_>,
    now: UnixMillis,
) -> Result<Request, sqlx::Error> {
    let (subject, method) = (&asked.account.subject, asked.method);
    tries::lock(connection, subject, method).await?;
    let state = tries::factor(connection, subject, method).await?;
    if let Some(until) = state.blocked_until(now) {
        return Ok(Request::Blocked(until));
    }
    let living = codes::adopt(connection, asked, now).await?;
    if !method.is_sent() {
        let challenge = match living {
            Some(living) => living,
            None => codes::ask(portal, connection, asked, now).await?,
        };
        return Ok(Request::Asked(Box::new(challenge)));
    }
    let event = |kind| Event::new(kind, now).of(subject).on(asked.device_id).by(method.as_str());
    let room = room(portal, connection, subject, method, &state, now).await?;
    if room.remaining == 0 || room.possible_at > now {
        event("code_request_refused").record(portal, connection).await?;
        let never = room.remaining == 0 && room.last_blocks;
        return Ok(Request::Refused((!never).then_some(room.possible_at)));
    }
    sqlx::query("UPDATE factor SET last_send_at = $3 WHERE subject = $1 AND method = $2")
        .bind(subject)
        .bind(method.as_str())
        .bind(now)
        .execute(&mut *connection)
        .await?;
    let same = living.filter(|living| {
        living.expires_at - now >= SAME_CODE_FROM && living.goes_to(asked.account.destination(method))
    });
    let challenge = match same {
        Some(living) => living,
        None => codes::ask(portal, connection, asked, now).await?,
    };
    message::queue_code(portal, connection, &challenge, asked.language, now).await?;
    event("code_requested").record(portal, connection).await?;
    Ok(Request::Asked(Box::new(challenge)))
}
