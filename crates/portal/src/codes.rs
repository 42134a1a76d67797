//! One-time codes: derived, not stored (PROTOCOL §8), charged before they are looked at, consumed once.

use crate::{
    Portal,
    account::{self, Account},
    audit::Event,
    keys, message,
    store::Connection,
};
use parvis_portal_profile::{CodeBlock, Language, MethodId};
use parvis_protocol::{
    clock::UnixMillis,
    encoding::{same_secret, sha256_base64url},
    entropy::opaque,
};
use secrecy::{ExposeSecret, SecretString};

/// A resend with this much validity left sends the same code again, ms (OTP-06).
const SAME_CODE_FROM: i64 = 120 * 1000;
/// A code that was right until a moment ago is told apart from a wrong one for this long, ms.
const RECENT: i64 = 15 * 60 * 1000;
const DAY: i64 = 24 * 60 * 60 * 1000;
/// What sign-in codes are for; codes of another purpose do not fit.
pub(crate) const SIGN_IN: &str = "sign_in";

/// A row of the `challenge` table.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct Challenge {
    pub(crate) id: String,
    pub(crate) subject: String,
    method: String,
    purpose: String,
    pub(crate) device_id: String,
    destination_hash: String,
    kid: String,
    seed: String,
    pub(crate) expires_at: UnixMillis,
    consumed_at: Option<UnixMillis>,
}

pub(crate) const COLUMNS: &str =
    "id, subject, method, purpose, device_id, destination_hash, kid, seed, expires_at, consumed_at";

impl Challenge {
    /// Its method.
    pub(crate) fn method(&self) -> MethodId {
        MethodId::parse(&self.method).unwrap_or(MethodId::Email)
    }

    /// Whether it was asked for this purpose.
    pub(crate) fn is_of(&self, purpose: &str) -> bool {
        self.purpose == purpose
    }

    /// Can still be answered.
    pub(crate) const fn lives(&self, now: UnixMillis) -> bool {
        self.consumed_at.is_none() && self.expires_at > now
    }

    /// Its code. `None` if the key it was made with is gone, or the destination has changed since.
    pub(crate) fn code(&self, portal: &Portal, destination: &str) -> Option<SecretString> {
        if sha256_base64url(destination) != self.destination_hash {
            return None;
        }
        let key = portal.keys.otp_key_by_id(&self.kid)?;
        let issuer = portal.issuer.as_str();
        let parts = [
            "parvis-otp-1",
            issuer,
            &self.seed,
            &self.id,
            &self.subject,
            &self.method,
            &self.purpose,
            &self.destination_hash,
        ];
        Some(digits(key, &parts, portal.profile.code.length))
    }
}

/// `length` digits from a MAC over length-prefixed parts: 128 bits modulo 10^length, so that no digit is likelier by more
/// than 2⁻¹⁰⁰ (OTP-01).
pub(crate) fn digits(key: &[u8], parts: &[&str], length: u32) -> SecretString {
    let tag = keys::derive(key, parts);
    let mut wide = [0; 16];
    wide.copy_from_slice(&tag[..16]);
    let number = u128::from_be_bytes(wide) % 10_u128.pow(length);
    SecretString::from(format!("{number:0width$}", width = length as usize))
}

/// Tries and sends of one method of one account.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct Factor {
    pub(crate) failures: i64,
    blocked_until: UnixMillis,
    sends_reset_at: UnixMillis,
    last_send_at: UnixMillis,
}

impl Factor {
    /// Blocked until, if it is.
    pub(crate) fn blocked_until(&self, now: UnixMillis) -> Option<UnixMillis> {
        (self.blocked_until > now).then_some(self.blocked_until)
    }
}

/// Tries and sends as they stand.
pub(crate) async fn factor(
    connection: &mut Connection,
    subject: &str,
    method: MethodId,
) -> Result<Factor, sqlx::Error> {
    let row = sqlx::query_as(
        "SELECT failures, blocked_until, sends_reset_at, last_send_at FROM factor WHERE subject = $1 AND method = $2",
    )
    .bind(subject)
    .bind(method.as_str())
    .fetch_optional(connection)
    .await?;
    Ok(row.unwrap_or(Factor { failures: 0, blocked_until: 0, sends_reset_at: 0, last_send_at: 0 }))
}

/// Sends left, and when the next is possible.
pub(crate) struct SendRoom {
    pub(crate) remaining: u32,
    pub(crate) possible_at: UnixMillis,
}

/// How many sends are left. A failed send does not count; a right code has reset the count.
pub(crate) async fn send_room(
    portal: &Portal,
    connection: &mut Connection,
    subject: &str,
    method: MethodId,
    factor: &Factor,
    now: UnixMillis,
) -> Result<SendRoom, sqlx::Error> {
    let limits = portal.profile.sends;
    let window = i64::from(limits.window_s) * 1000;
    let sent: Vec<i64> = sqlx::query_scalar(
        "SELECT created_at FROM message WHERE subject = $1 AND method = $2 AND kind = 'code' AND state <> 'failed' \
         AND created_at > $3 ORDER BY created_at DESC",
    )
    .bind(subject)
    .bind(method.as_str())
    .bind(factor.sends_reset_at.max(now - DAY))
    .fetch_all(connection)
    .await?;
    let in_window = sent.iter().filter(|at| **at > now - window).count();
    let left = |limit: u32, used: usize| limit.saturating_sub(u32::try_from(used).unwrap_or(u32::MAX));
    let remaining = left(limits.per_window, in_window).min(left(limits.per_day, sent.len()));
    // The send that has to leave the window (or the day) before there is room again.
    let frees_at = |limit: u32, span: i64| {
        let index = usize::try_from(limit).unwrap_or(usize::MAX).saturating_sub(1);
        sent.get(index).map_or(0, |at| at + span)
    };
    let mut possible_at = if factor.last_send_at > factor.sends_reset_at {
        factor.last_send_at + i64::from(limits.interval_s) * 1000
    } else {
        0
    };
    if remaining == 0 {
        possible_at = possible_at.max(frees_at(limits.per_window, window)).max(frees_at(limits.per_day, DAY));
    }
    Ok(SendRoom { remaining, possible_at })
}

/// Makes the row that the following statements count in, and locks it.
async fn lock_factor(
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

/// What became of a request for a code.
pub(crate) enum Request {
    /// A question stands; its message is queued.
    Asked(Box<Challenge>),
    /// No more sends before then.
    Refused(UnixMillis),
    /// The method is blocked until then.
    Blocked(UnixMillis),
}

/// Whom a code is for.
pub(crate) struct For<'a> {
    pub(crate) account: &'a Account,
    pub(crate) method: MethodId,
    pub(crate) device_id: &'a str,
    pub(crate) language: Language,
}

/// A living question of this account, method and workstation that its message reached or may still reach.
pub(crate) async fn adopt(
    connection: &mut Connection,
    asked: &For<'_>,
    now: UnixMillis,
) -> Result<Option<Challenge>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM challenge WHERE subject = $1 AND method = $2 AND device_id = $3 AND purpose = $4 \
         AND consumed_at IS NULL AND expires_at > $5 \
         AND EXISTS (SELECT 1 FROM message WHERE message.challenge_id = challenge.id AND message.state <> 'failed') \
         ORDER BY expires_at DESC LIMIT 1"
    )))
    .bind(&asked.account.subject)
    .bind(asked.method.as_str())
    .bind(asked.device_id)
    .bind(SIGN_IN)
    .bind(now)
    .fetch_optional(connection)
    .await
}

/// Sends a code: the same one while it has two minutes left, else a new one; within the limits.
pub(crate) async fn request(
    portal: &Portal,
    connection: &mut Connection,
    asked: &For<'_>,
    now: UnixMillis,
) -> Result<Request, sqlx::Error> {
    let (subject, method) = (&asked.account.subject, asked.method);
    lock_factor(connection, subject, method).await?;
    let state = factor(connection, subject, method).await?;
    if let Some(until) = state.blocked_until(now) {
        return Ok(Request::Blocked(until));
    }
    let room = send_room(portal, connection, subject, method, &state, now).await?;
    if room.remaining == 0 || room.possible_at > now {
        Event::new("code_request_refused", now)
            .of(subject)
            .on(asked.device_id)
            .by(method.as_str())
            .record(portal, connection)
            .await?;
        return Ok(Request::Refused(room.possible_at));
    }
    sqlx::query("UPDATE factor SET last_send_at = $3 WHERE subject = $1 AND method = $2")
        .bind(subject)
        .bind(method.as_str())
        .bind(now)
        .execute(&mut *connection)
        .await?;
    let destination_hash = sha256_base64url(asked.account.destination(method).unwrap_or_default());
    let living = adopt(connection, asked, now).await?;
    let challenge = match living {
        Some(living) if living.expires_at - now >= SAME_CODE_FROM && living.destination_hash == destination_hash => living,
        _ => {
            sqlx::query_as(sqlx::AssertSqlSafe(format!(
                "INSERT INTO challenge (id, portal, subject, method, purpose, device_id, destination_hash, kid, seed, language, \
                 created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING {COLUMNS}"
            )))
            .bind(format!("c_{}", opaque(portal.entropy.as_ref())))
            .bind(&portal.profile.id)
            .bind(subject)
            .bind(method.as_str())
            .bind(SIGN_IN)
            .bind(asked.device_id)
            .bind(destination_hash)
            .bind(portal.keys.otp_key().0)
            .bind(opaque(portal.entropy.as_ref()))
            .bind(asked.language.as_str())
            .bind(now)
            .bind(now + i64::from(portal.profile.code.validity_s) * 1000)
            .fetch_one(&mut *connection)
            .await?
        }
    };
    message::queue_code(portal, connection, &challenge, asked.language, now).await?;
    Event::new("code_requested", now)
        .of(subject)
        .on(asked.device_id)
        .by(method.as_str())
        .record(portal, connection)
        .await?;
    Ok(Request::Asked(Box::new(challenge)))
}

/// A question by its id, for the account and workstation it was asked of (OTP-07).
pub(crate) async fn find(
    connection: &mut Connection,
    id: &str,
    subject: &str,
    device_id: &str,
) -> Result<Option<Challenge>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM challenge WHERE id = $1 AND subject = $2 AND device_id = $3 AND purpose = $4"
    )))
    .bind(id)
    .bind(subject)
    .bind(device_id)
    .bind(SIGN_IN)
    .fetch_optional(connection)
    .await
}

/// A question by its id alone: for its message.
pub(crate) async fn by_id(connection: &mut Connection, id: &str) -> Result<Option<Challenge>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM challenge WHERE id = $1")))
        .bind(id)
        .fetch_optional(connection)
        .await
}

/// What became of a code.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Check {
    /// Right, and used up now.
    Accepted,
    /// Wrong; so many tries are left.
    Rejected,
    /// It was right once; not counted.
    Expired,
    /// The method is blocked until then.
    MethodBlocked(UnixMillis),
    /// The account is blocked now; the reference to quote.
    AccountBlocked,
}

/// Checks a normalised code: counts the try, looks, and consumes, in the caller's transaction (OTP-02, OTP-05).
pub(crate) async fn check(
    portal: &Portal,
    connection: &mut Connection,
    account: &Account,
    challenge: &Challenge,
    code: &str,
    now: UnixMillis,
) -> Result<Check, sqlx::Error> {
    let (subject, method) = (&account.subject, challenge.method());
    let destination = account.destination(method).unwrap_or_default();
    lock_factor(connection, subject, method).await?;
    let tries = &portal.profile.code_tries;
    let limit = i64::from(tries.limit);
    // Both the newest question's code and older ones that still live are good.
    let asked: Vec<Challenge> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM challenge WHERE subject = $1 AND method = $2 AND device_id = $3 AND purpose = $4 AND expires_at > $5"
    )))
    .bind(subject)
    .bind(method.as_str())
    .bind(&challenge.device_id)
    .bind(SIGN_IN)
    .bind(now - RECENT)
    .fetch_all(&mut *connection)
    .await?;
    let none_lives = !asked.iter().any(|candidate| candidate.lives(now));
    // Charge before looking.
    let charged: Option<i64> = sqlx::query_scalar(
        "UPDATE factor SET failures = failures + 1 WHERE subject = $1 AND method = $2 AND failures < $3 AND blocked_until <= $4 \
         AND EXISTS (SELECT 1 FROM account WHERE account.subject = $1 AND blocked_at IS NULL) \
         RETURNING failures",
    )
    .bind(subject)
    .bind(method.as_str())
    .bind(limit)
    .bind(now)
    .fetch_optional(&mut *connection)
    .await?;
    let Some(failures) = charged else {
        // The block of the account came while this try waited for the counter.
        if account::by_subject(&mut *connection, subject).await?.is_none_or(|now| now.blocked_at.is_some()) {
            return Ok(Check::AccountBlocked);
        }
        let state = factor(connection, subject, method).await?;
        return Ok(Check::MethodBlocked(state.blocked_until(now).unwrap_or(now)));
    };
    let matching: Vec<&Challenge> = asked
        .iter()
        .filter(|candidate| {
            candidate.code(portal, destination).is_some_and(|right| same_secret(right.expose_secret(), code))
        })
        .collect();
    for candidate in matching.iter().filter(|candidate| candidate.lives(now)) {
        let consumed = sqlx::query(
            "UPDATE challenge SET consumed_at = $2 WHERE id = $1 AND consumed_at IS NULL AND expires_at > $2",
        )
        .bind(&candidate.id)
        .bind(now)
        .execute(&mut *connection)
        .await?;
        if consumed.rows_affected() == 1 {
            sqlx::query(
                "UPDATE factor SET failures = 0, blocks = 0, sends_reset_at = $3 WHERE subject = $1 AND method = $2",
            )
            .bind(subject)
            .bind(method.as_str())
            .bind(now)
            .execute(&mut *connection)
            .await?;
            // Questions asked beside it are answered too.
            sqlx::query(
                "UPDATE challenge SET consumed_at = $4 WHERE subject = $1 AND method = $2 AND device_id = $3 AND consumed_at IS NULL",
            )
            .bind(subject)
            .bind(method.as_str())
            .bind(&challenge.device_id)
            .bind(now)
            .execute(&mut *connection)
            .await?;
            Event::new("code_accepted", now)
                .of(subject)
                .on(&challenge.device_id)
                .by(method.as_str())
                .record(portal, connection)
                .await?;
            return Ok(Check::Accepted);
        }
    }
    // A code that was right once gives no stranger anything: the try is given back. So is one that nothing could match.
    if !matching.is_empty() || none_lives {
        sqlx::query(
            "UPDATE factor SET failures = failures - 1 WHERE subject = $1 AND method = $2 AND failures > 0",
        )
        .bind(subject)
        .bind(method.as_str())
        .execute(&mut *connection)
        .await?;
        Event::new("code_expired", now)
            .of(subject)
            .on(&challenge.device_id)
            .by(method.as_str())
            .record(portal, connection)
            .await?;
        return Ok(Check::Expired);
    }
    Event::new("code_rejected", now)
        .of(subject)
        .on(&challenge.device_id)
        .by(method.as_str())
        .record(portal, connection)
        .await?;
    if failures < limit {
        return Ok(Check::Rejected);
    }
    block(portal, connection, account, method, &challenge.device_id, now).await
}

/// The last try was wrong: blocks the method for a time or the account until support acts, and tells the owner.
async fn block(
    portal: &Portal,
    connection: &mut Connection,
    account: &Account,
    method: MethodId,
    device_id: &str,
    now: UnixMillis,
) -> Result<Check, sqlx::Error> {
    let subject = &account.subject;
    let tries = &portal.profile.code_tries;
    let blocks: i64 = sqlx::query_scalar(
        "UPDATE factor SET failures = 0, blocks = blocks + 1 WHERE subject = $1 AND method = $2 RETURNING blocks",
    )
    .bind(subject)
    .bind(method.as_str())
    .fetch_one(&mut *connection)
    .await?;
    let blocks = u32::try_from(blocks).unwrap_or(u32::MAX);
    if tries.then == CodeBlock::Account || blocks >= tries.blocks_until_support {
        account::block(portal, connection, subject, now).await?;
        message::queue_notice(portal, connection, account, message::Kind::AccountBlocked, now).await?;
        Event::new("account_blocked", now)
            .of(subject)
            .on(device_id)
            .by(method.as_str())
            .record(portal, connection)
            .await?;
        return Ok(Check::AccountBlocked);
    }
    let until = now + i64::from(tries.block_s(blocks)) * 1000;
    sqlx::query("UPDATE factor SET blocked_until = $3 WHERE subject = $1 AND method = $2")
        .bind(subject)
        .bind(method.as_str())
        .bind(until)
        .execute(&mut *connection)
        .await?;
    message::queue_notice(
        portal,
        connection,
        account,
        message::Kind::MethodBlocked(method, tries.block_s(blocks) / 60),
        now,
    )
    .await?;
    Event::new("method_blocked", now)
        .of(subject)
        .on(device_id)
        .by(method.as_str())
        .record(portal, connection)
        .await?;
    Ok(Check::MethodBlocked(until))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn otp_01_codes_are_uniform_and_keep_leading_zeros() {
        let mut counts = [0_u32; 10];
        let mut leading_zero = false;
        let total = 20_000;
        for n in 0..total {
            let code = digits(b"key", &["parvis-otp-1", &n.to_string()], 6);
            assert_eq!(code.expose_secret().len(), 6);
            leading_zero |= code.expose_secret().starts_with('0');
            for digit in code.expose_secret().bytes() {
                counts[usize::from(digit - b'0')] += 1;
            }
        }
        assert!(leading_zero);
        let expected = f64::from(total) * 6.0 / 10.0;
        let chi: f64 = counts.iter().map(|count| (f64::from(*count) - expected).powi(2) / expected).sum();
        // 9 degrees of freedom: 27.9 is passed once in a thousand; the inputs are fixed, so is the result.
        assert!(chi < 27.9, "chi-square {chi}");
    }

    #[test]
    fn parts_cannot_be_shifted_into_each_other() {
        let code = |parts: &[&str]| digits(b"key", parts, 8).expose_secret().to_owned();
        assert_ne!(code(&["ab", "c"]), code(&["a", "bc"]));
        assert_ne!(code(&["ab", ""]), code(&["ab"]));
    }
}
