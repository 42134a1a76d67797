//! One-time codes: derived, not stored (PROTOCOL §8), charged before they are looked at, consumed once.

use crate::{
    Portal,
    account::Account,
    audit::Event,
    auth_session::IDLE,
    keys, recovery_codes, registration,
    store::Connection,
    totp,
    tries::{self, Charge, Settled},
};
use parvis_portal_profile::{Language, MethodId};
use parvis_protocol::{
    clock::UnixMillis,
    encoding::{same_secret, sha256_base64url},
    entropy::opaque,
};
use secrecy::{ExposeSecret, SecretString};

/// A code that was right until a moment ago is told apart from a wrong one for this long, ms.
const RECENT: i64 = 15 * 60 * 1000;

/// What a code is for; one of another purpose does not fit (OTP-07).
pub(crate) const SIGN_IN: &str = "sign_in";
/// The same, of a person who is signed in.
pub(crate) const STEP_UP: &str = "step_up";

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

    /// Its code goes to this destination.
    pub(crate) fn goes_to(&self, destination: Option<&str>) -> bool {
        self.destination_hash == sha256_base64url(destination.unwrap_or_default())
    }

    /// Can still be answered.
    pub(crate) const fn lives(&self, now: UnixMillis) -> bool {
        self.consumed_at.is_none() && self.expires_at > now
    }

    /// Its code. `None` if the key it was made with is gone, or the destination has changed since.
    pub(crate) fn code(&self, portal: &Portal, destination: &str) -> Option<SecretString> {
        if !self.goes_to(Some(destination)) {
            return None;
        }
        let keys = portal.keys.current();
        let key = keys.otp_key_by_id(&self.kid)?;
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
        Some(digits(key, &parts, self.length(portal)))
    }

    /// How many digits its code has: the one that proves a telephone number at registration has its own length.
    pub(crate) fn length(&self, portal: &Portal) -> u32 {
        let phone_code =
            portal.profile.registration.as_ref().and_then(|registration| registration.phone_code);
        match phone_code {
            Some(code) if self.is_of(registration::PURPOSE) && self.method() != MethodId::Email => {
                code.length
            }
            _ => portal.profile.code.length,
        }
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

/// How many digits a method's codes have.
pub(crate) const fn length(portal: &Portal, method: MethodId) -> u32 {
    match method {
        MethodId::Email | MethodId::Sms | MethodId::Voice => portal.profile.code.length,
        MethodId::Totp => totp::LENGTH,
        MethodId::RecoveryCode => recovery_codes::LENGTH,
    }
}

/// Whom a code is for, and what for.
pub(crate) struct For<'a> {
    pub(crate) account: &'a Account,
    pub(crate) method: MethodId,
    pub(crate) purpose: &'a str,
    pub(crate) device_id: &'a str,
    pub(crate) language: Language,
}

/// A living question of this account, method, purpose and workstation; of a method whose codes are sent, one that its
/// message reached or may still reach.
pub(crate) async fn adopt(
    connection: &mut Connection,
    asked: &For<'_>,
    now: UnixMillis,
) -> Result<Option<Challenge>, sqlx::Error> {
    let reached = if asked.method.is_sent() {
        "AND EXISTS (SELECT 1 FROM message WHERE message.challenge_id = challenge.id AND message.state <> 'failed')"
    } else {
        ""
    };
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM challenge WHERE subject = $1 AND method = $2 AND device_id = $3 AND purpose = $4 \
         AND consumed_at IS NULL AND expires_at > $5 {reached} ORDER BY expires_at DESC LIMIT 1"
    )))
    .bind(&asked.account.subject)
    .bind(asked.method.as_str())
    .bind(asked.device_id)
    .bind(asked.purpose)
    .bind(now)
    .fetch_optional(connection)
    .await
}

/// A new question.
pub(crate) async fn ask(
    portal: &Portal,
    connection: &mut Connection,
    asked: &For<'_>,
    now: UnixMillis,
) -> Result<Challenge, sqlx::Error> {
    let validity =
        if asked.method.is_sent() { i64::from(portal.profile.code.validity_s) * 1000 } else { IDLE };
    let destination = asked.account.destination(asked.method).unwrap_or_default();
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "INSERT INTO challenge (id, portal, subject, method, purpose, device_id, destination_hash, kid, seed, language, \
         created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING {COLUMNS}"
    )))
    .bind(format!("c_{}", opaque(portal.entropy.as_ref())))
    .bind(&portal.profile.id)
    .bind(&asked.account.subject)
    .bind(asked.method.as_str())
    .bind(asked.purpose)
    .bind(asked.device_id)
    .bind(sha256_base64url(destination))
    .bind(portal.keys.current().otp_key(now).0.to_owned())
    .bind(opaque(portal.entropy.as_ref()))
    .bind(asked.language.as_str())
    .bind(now)
    .bind(now + validity)
    .fetch_one(connection)
    .await
}

/// A question by its id, for the account, workstation and purpose it was asked of (OTP-07).
pub(crate) async fn find(
    connection: &mut Connection,
    id: &str,
    subject: &str,
    device_id: &str,
    purpose: &str,
) -> Result<Option<Challenge>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM challenge WHERE id = $1 AND subject = $2 AND device_id = $3 AND purpose = $4"
    )))
    .bind(id)
    .bind(subject)
    .bind(device_id)
    .bind(purpose)
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

/// What a look at a code found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Right, and used up now.
    Right,
    /// It was right once, or nothing could have matched: nothing that a stranger gains by.
    Over,
    /// Wrong.
    Wrong,
}

/// What became of a code.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Check {
    /// Right, and used up now.
    Accepted,
    /// Wrong; tries are left.
    Rejected,
    /// It was right once; not counted.
    Expired,
    /// The method is blocked until then.
    MethodBlocked(UnixMillis),
    /// The account is blocked now.
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
    tries::lock(connection, subject, method).await?;
    // Charge before looking.
    if let Charge::Refused(until) = tries::charge(portal, connection, subject, method, now).await? {
        return Ok(until.map_or(Check::AccountBlocked, Check::MethodBlocked));
    }
    let verdict = match method {
        MethodId::Email | MethodId::Sms | MethodId::Voice => {
            consume_sent(portal, connection, account, challenge, code, now).await?
        }
        MethodId::Totp => totp::consume(portal, connection, account, code, now).await?,
        MethodId::RecoveryCode => recovery_codes::consume(portal, connection, account, code, now).await?,
    };
    let event = |kind| Event::new(kind, now).of(subject).on(&challenge.device_id).by(method.as_str());
    match verdict {
        Verdict::Right => {
            tries::right(connection, subject, method, now).await?;
            if account.is_unproved() && method == MethodId::Email {
                sqlx::query("UPDATE account SET mailbox_unproved = 0 WHERE subject = $1")
                    .bind(subject)
                    .execute(&mut *connection)
                    .await?;
            }
            event("code_accepted").record(portal, connection).await?;
            Ok(Check::Accepted)
        }
        Verdict::Over => {
            tries::give_back(connection, subject, method).await?;
            event("code_expired").record(portal, connection).await?;
            Ok(Check::Expired)
        }
        Verdict::Wrong => {
            Ok(match tries::wrong(portal, connection, account, method, &challenge.device_id, now).await? {
                Settled::Left(_) => Check::Rejected,
                Settled::MethodBlocked(until) => Check::MethodBlocked(until),
                Settled::AccountBlocked => Check::AccountBlocked,
            })
        }
    }
}

/// Looks at a code that was sent, and uses it up with the questions asked beside it.
async fn consume_sent(
    portal: &Portal,
    connection: &mut Connection,
    account: &Account,
    challenge: &Challenge,
    code: &str,
    now: UnixMillis,
) -> Result<Verdict, sqlx::Error> {
    let (subject, method) = (&account.subject, challenge.method());
    let destination = account.destination(method).unwrap_or_default();
    // Both the newest question's code and older ones that still live are good.
    let asked: Vec<Challenge> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM challenge WHERE subject = $1 AND method = $2 AND device_id = $3 AND purpose = $4 AND expires_at > $5"
    )))
    .bind(subject)
    .bind(method.as_str())
    .bind(&challenge.device_id)
    .bind(&challenge.purpose)
    .bind(now - RECENT)
    .fetch_all(&mut *connection)
    .await?;
    let none_lives = !asked.iter().any(|candidate| candidate.lives(now));
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
            // Questions asked beside it are answered too.
            sqlx::query(
                "UPDATE challenge SET consumed_at = $5 WHERE subject = $1 AND method = $2 AND device_id = $3 AND purpose = $4 \
                 AND consumed_at IS NULL",
            )
            .bind(subject)
            .bind(method.as_str())
            .bind(&challenge.device_id)
            .bind(&challenge.purpose)
            .bind(now)
            .execute(&mut *connection)
            .await?;
            return Ok(Verdict::Right);
        }
    }
    Ok(if matching.is_empty() && !none_lives { Verdict::Wrong } else { Verdict::Over })
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
