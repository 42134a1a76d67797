//! A registration under way: its row, bound to the key that began it.

use crate::{Portal, clock::DAY, store::Connection};
use parvis_portal_profile::{ContactProof, Language, MethodId};
use parvis_protocol::{
    clock::UnixMillis,
    encoding::sha256_base64url,
    entropy::{opaque, opaque_short},
};

/// Idle time after which a registration can no longer be gone on with, ms. Its mailed link may be good for longer.
pub(super) const IDLE: i64 = 30 * 60 * 1000;

/// A row of the `registration` table.
#[derive(Clone, sqlx::FromRow)]
pub(crate) struct Registering {
    pub(crate) id: String,
    language: String,
    pub(crate) email: String,
    pub(crate) phone: Option<String>,
    by_call: i64,
    pub(crate) permit_number: Option<String>,
    pub(crate) name: String,
    pub(crate) password_hash: String,
    pub(super) link: Option<String>,
    pub(super) challenge_id: Option<String>,
    way: Option<String>,
    phone_proved_at: Option<UnixMillis>,
    email_proved_at: Option<UnixMillis>,
    pub(super) last_problem: Option<String>,
    pub(super) last_until: Option<UnixMillis>,
    /// The account that it opened.
    pub(crate) subject: Option<String>,
}

pub(super) const COLUMNS: &str = "id, language, email, phone, by_call, permit_number, name, password_hash, link, challenge_id, way, \
                                  phone_proved_at, email_proved_at, last_problem, last_until, subject";

impl Registering {
    /// Language of its messages.
    pub(crate) fn language(&self) -> Language {
        Language::parse(&self.language).unwrap_or(Language::Fr)
    }

    /// What its owner will sign in with.
    pub(crate) fn identifier(&self) -> &str {
        self.permit_number.as_deref().unwrap_or(&self.email)
    }

    /// Where a code of this proof goes, and how by itself.
    pub(super) fn destination(&self, proof: ContactProof) -> Option<(MethodId, &str)> {
        match proof {
            ContactProof::Phone => {
                let way = if self.by_call == 1 { MethodId::Voice } else { MethodId::Sms };
                Some((way, self.phone.as_deref()?))
            }
            ContactProof::Email => Some((MethodId::Email, &self.email)),
            ContactProof::Activation => None,
        }
    }

    /// How the code went last.
    pub(super) fn way(&self) -> Option<MethodId> {
        self.way.as_deref().and_then(MethodId::parse)
    }

    /// A message reaches the number.
    pub(super) const fn takes_messages(&self) -> bool {
        self.by_call == 0
    }

    pub(super) const fn is_proved(&self, proof: ContactProof) -> bool {
        match proof {
            ContactProof::Phone => self.phone_proved_at.is_some(),
            ContactProof::Email => self.email_proved_at.is_some(),
            ContactProof::Activation => false,
        }
    }
}

/// What a registration begins with.
pub(super) struct Beginning<'a> {
    pub(super) jkt: &'a str,
    pub(super) request_id: &'a str,
    pub(super) language: Language,
    pub(super) email: &'a str,
    pub(super) phone: Option<&'a str>,
    pub(super) by_call: bool,
    pub(super) permit_number: Option<&'a str>,
    pub(super) name: &'a str,
    pub(super) password_hash: &'a str,
    pub(super) link: Option<&'a str>,
}

/// Begins; `None` where this request has begun one already. The row, and the value that the client gets.
pub(super) async fn begin(
    portal: &Portal,
    connection: &mut Connection,
    beginning: &Beginning<'_>,
    now: UnixMillis,
) -> Result<Option<(Registering, String)>, sqlx::Error> {
    let value = opaque(portal.entropy.as_ref());
    let row: Option<Registering> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "INSERT INTO registration (id, portal, value_hash, jkt, first_request, language, email, phone, by_call, permit_number, \
         name, password_hash, link, created_at, last_used) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14) \
         ON CONFLICT DO NOTHING RETURNING {COLUMNS}"
    )))
    .bind(opaque_short(portal.entropy.as_ref()))
    .bind(&portal.profile.id)
    .bind(sha256_base64url(&value))
    .bind(beginning.jkt)
    .bind(beginning.request_id)
    .bind(beginning.language.as_str())
    .bind(beginning.email)
    .bind(beginning.phone)
    .bind(i64::from(beginning.by_call))
    .bind(beginning.permit_number)
    .bind(beginning.name)
    .bind(beginning.password_hash)
    .bind(beginning.link)
    .bind(now)
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| (row, value)))
}

/// Takes up the registration that this request began, under a fresh value: the answer to the first was lost.
pub(super) async fn begun_by(
    portal: &Portal,
    connection: &mut Connection,
    jkt: &str,
    request_id: &str,
    now: UnixMillis,
) -> Result<Option<(Registering, String)>, sqlx::Error> {
    let value = opaque(portal.entropy.as_ref());
    let row: Option<Registering> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "UPDATE registration SET value_hash = $1, last_used = $5 WHERE portal = $2 AND jkt = $3 AND first_request = $4 \
         AND ended_at IS NULL AND last_used > $6 RETURNING {COLUMNS}"
    )))
    .bind(sha256_base64url(&value))
    .bind(&portal.profile.id)
    .bind(jkt)
    .bind(request_id)
    .bind(now)
    .bind(now - IDLE)
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| (row, value)))
}

/// How a value was recognised.
pub(super) enum Lookup {
    /// Go on. The row is locked until the transaction ends.
    Current(Registering),
    /// This request was answered before: answer from the state.
    Repeat(Registering),
    /// Over, another key's, or never was.
    Invalid,
}

/// Takes up a registration by its value, for the key that began it, and notes `request_id`.
pub(super) async fn resume(
    portal: &Portal,
    connection: &mut Connection,
    value: &str,
    jkt: &str,
    request_id: Option<&str>,
    now: UnixMillis,
) -> Result<Lookup, sqlx::Error> {
    let row: Option<Registering> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "UPDATE registration SET last_used = $4 WHERE value_hash = $1 AND portal = $2 AND jkt = $3 AND ended_at IS NULL \
         AND last_used > $5 RETURNING {COLUMNS}"
    )))
    .bind(sha256_base64url(value))
    .bind(&portal.profile.id)
    .bind(jkt)
    .bind(now)
    .bind(now - IDLE)
    .fetch_optional(&mut *connection)
    .await?;
    let Some(row) = row else { return Ok(Lookup::Invalid) };
    let Some(request_id) = request_id else { return Ok(Lookup::Current(row)) };
    let first = sqlx::query(
        "INSERT INTO registration_request (registration, request_id, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
    )
    .bind(&row.id)
    .bind(request_id)
    .bind(now)
    .execute(connection)
    .await?
    .rows_affected()
        == 1;
    Ok(if first { Lookup::Current(row) } else { Lookup::Repeat(row) })
}

/// A registration by its id: for its messages, and for its link.
pub(crate) async fn by_id(
    connection: impl sqlx::Executor<'_, Database = sqlx::Any>,
    id: &str,
) -> Result<Option<Registering>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM registration WHERE id = $1 AND ended_at IS NULL"
    )))
    .bind(id)
    .fetch_optional(connection)
    .await
}

/// Locks a registration until the transaction ends; `None` where it is over.
pub(crate) async fn lock(connection: &mut Connection, id: &str) -> Result<Option<Registering>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "UPDATE registration SET last_used = last_used WHERE id = $1 AND ended_at IS NULL RETURNING {COLUMNS}"
    )))
    .bind(id)
    .fetch_optional(connection)
    .await
}

/// Notes which question is asked and what was wrong with the last answer, for a repeat.
pub(super) async fn note(
    connection: &mut Connection,
    id: &str,
    challenge_id: Option<&str>,
    problem: Option<&str>,
    until: Option<UnixMillis>,
) -> Result<Registering, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "UPDATE registration SET challenge_id = $2, last_problem = $3, last_until = $4 WHERE id = $1 RETURNING {COLUMNS}"
    )))
    .bind(id)
    .bind(challenge_id)
    .bind(problem)
    .bind(until)
    .fetch_one(connection)
    .await
}

/// A question is asked, and its code went this way.
pub(super) async fn asked(
    connection: &mut Connection,
    id: &str,
    challenge_id: &str,
    way: MethodId,
) -> Result<Registering, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "UPDATE registration SET challenge_id = $2, way = $3, last_problem = NULL, last_until = NULL WHERE id = $1 \
         RETURNING {COLUMNS}"
    )))
    .bind(id)
    .bind(challenge_id)
    .bind(way.as_str())
    .fetch_one(connection)
    .await
}

/// The contact is proved.
pub(super) async fn proved(
    connection: &mut Connection,
    row: &Registering,
    proof: ContactProof,
    now: UnixMillis,
) -> Result<Registering, sqlx::Error> {
    let column = if proof == ContactProof::Phone { "phone_proved_at" } else { "email_proved_at" };
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "UPDATE registration SET {column} = $2, challenge_id = NULL, last_problem = NULL, last_until = NULL WHERE id = $1 \
         RETURNING {COLUMNS}"
    )))
    .bind(&row.id)
    .bind(now)
    .fetch_one(connection)
    .await
}

/// Its account is open. The row says so for a while, to a client that lost the answer; the password is only the account's now.
pub(super) async fn opened(
    connection: &mut Connection,
    row: &Registering,
    subject: &str,
) -> Result<Registering, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "UPDATE registration SET subject = $2, password_hash = '', last_problem = NULL, last_until = NULL WHERE id = $1 \
         RETURNING {COLUMNS}"
    )))
    .bind(&row.id)
    .bind(subject)
    .fetch_one(connection)
    .await
}

/// Is over without an account.
pub(super) async fn end(connection: &mut Connection, id: &str, now: UnixMillis) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE registration SET ended_at = $2, password_hash = '' WHERE id = $1")
        .bind(id)
        .bind(now)
        .execute(connection)
        .await
        .map(drop)
}

/// The newest registration that waits for its activation, of whoever signs in with this name.
pub(crate) async fn awaiting_activation(
    portal: &Portal,
    name: &str,
    now: UnixMillis,
) -> Result<Option<Registering>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM registration WHERE portal = $1 AND permit_number = $2 AND subject IS NULL AND ended_at IS NULL \
         AND created_at > $3 ORDER BY created_at DESC, id DESC LIMIT 1"
    )))
    .bind(&portal.profile.id)
    .bind(name)
    .bind(now - DAY)
    .fetch_optional(portal.store.read())
    .await
}
