//! The question whether a contact is the person's: a code of a purpose of its own, bound to the contact (OTP-07).

use crate::{
    Portal,
    codes::{COLUMNS, Challenge},
    store::Connection,
};
use parvis_portal_profile::{Language, MethodId};
use parvis_protocol::{
    clock::UnixMillis,
    encoding::{same_secret, sha256_base64url},
    entropy::opaque,
};
use secrecy::ExposeSecret;

/// A code that was right until a moment ago is told apart from a wrong one for this long, ms.
const RECENT: i64 = 15 * 60 * 1000;

/// Whom a code is for.
pub(crate) struct Question<'a> {
    /// An account, or a registration.
    pub(crate) subject: &'a str,
    pub(crate) purpose: &'a str,
    pub(crate) method: MethodId,
    /// The contact that it proves.
    pub(crate) destination: &'a str,
    pub(crate) device_id: &'a str,
    pub(crate) language: Language,
}

/// Asks.
pub(crate) async fn ask(
    portal: &Portal,
    connection: &mut Connection,
    question: &Question<'_>,
    now: UnixMillis,
) -> Result<Challenge, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "INSERT INTO challenge (id, portal, subject, method, purpose, device_id, destination_hash, kid, seed, language, \
         created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING {COLUMNS}"
    )))
    .bind(format!("c_{}", opaque(portal.entropy.as_ref())))
    .bind(&portal.profile.id)
    .bind(question.subject)
    .bind(question.method.as_str())
    .bind(question.purpose)
    .bind(question.device_id)
    .bind(sha256_base64url(question.destination))
    .bind(portal.keys.current().otp_key(now).0.to_owned())
    .bind(opaque(portal.entropy.as_ref()))
    .bind(question.language.as_str())
    .bind(now)
    .bind(now + i64::from(portal.profile.code.validity_s) * 1000)
    .fetch_one(connection)
    .await
}

/// What a look at a code found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// Right, and used up now.
    Right,
    /// It was right once, or nothing could have matched.
    Over,
    /// Wrong.
    Wrong,
}

/// Looks at a code whose try was charged, and uses it up. The newest question's code and older ones to the same contact that still
/// live are good, whichever way they went there.
pub(crate) async fn answer(
    portal: &Portal,
    connection: &mut Connection,
    subject: &str,
    purpose: &str,
    destination: &str,
    code: &str,
    now: UnixMillis,
) -> Result<Found, sqlx::Error> {
    let asked: Vec<Challenge> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM challenge WHERE subject = $1 AND purpose = $2 AND destination_hash = $3 \
         AND expires_at > $4"
    )))
    .bind(subject)
    .bind(purpose)
    .bind(sha256_base64url(destination))
    .bind(now - RECENT)
    .fetch_all(&mut *connection)
    .await?;
    let right = |asked: &&Challenge| {
        asked.code(portal, destination).is_some_and(|right| same_secret(right.expose_secret(), code))
    };
    let matching: Vec<&Challenge> = asked.iter().filter(right).collect();
    for challenge in &matching {
        let consumed = sqlx::query(
            "UPDATE challenge SET consumed_at = $2 WHERE id = $1 AND consumed_at IS NULL AND expires_at > $2",
        )
        .bind(&challenge.id)
        .bind(now)
        .execute(&mut *connection)
        .await?;
        if consumed.rows_affected() == 1 {
            return Ok(Found::Right);
        }
    }
    let none_lives = !asked.iter().any(|asked| asked.lives(now));
    Ok(if matching.is_empty() && !none_lives { Found::Wrong } else { Found::Over })
}
