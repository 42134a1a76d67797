//! The question whether a new contact is the person's: a code of a purpose of its own, bound to the contact (OTP-07).

use super::PURPOSE;
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
pub(super) struct Question<'a> {
    pub(super) subject: &'a str,
    pub(super) method: MethodId,
    /// The new contact.
    pub(super) destination: &'a str,
    pub(super) device_id: &'a str,
    pub(super) language: Language,
}

/// Asks.
pub(super) async fn ask(
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
    .bind(PURPOSE)
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
pub(super) enum Found {
    /// Right, and used up now.
    Right,
    /// It was right once, or nothing could have matched.
    Over,
    /// Wrong.
    Wrong,
}

/// Looks at a code whose try was charged, and uses it up. The newest question's code and older ones to the same contact that still
/// live are good.
pub(super) async fn answer(
    portal: &Portal,
    connection: &mut Connection,
    subject: &str,
    method: MethodId,
    destination: &str,
    code: &str,
    now: UnixMillis,
) -> Result<Found, sqlx::Error> {
    let asked: Vec<Challenge> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM challenge WHERE subject = $1 AND method = $2 AND purpose = $3 AND destination_hash = $4 \
         AND expires_at > $5"
    )))
    .bind(subject)
    .bind(method.as_str())
    .bind(PURPOSE)
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
