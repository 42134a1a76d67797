//! `auth_session`: a sign-in under way, from the first right password to the tokens (PRT-02).

use crate::{
    Portal,
    codes::{SIGN_IN, STEP_UP},
    store::Connection,
};
use parvis_portal_profile::Language;
use parvis_protocol::{
    clock::UnixMillis,
    encoding::sha256_base64url,
    entropy::{opaque, opaque_short},
    error::TrustEndReason,
};

/// Idle time after which a sign-in under way is over, ms.
pub(crate) const IDLE: i64 = 10 * 60 * 1000;

/// `auth_time` of a step-up whose password has not been given yet.
const PASSWORD_DUE: UnixMillis = 0;

/// A row of the `auth_session` table.
#[derive(Clone, sqlx::FromRow)]
pub(crate) struct AuthSession {
    pub(crate) id: String,
    pub(crate) value_hash: String,
    pub(crate) subject: String,
    pub(crate) jkt: String,
    pub(crate) device_id: String,
    pub(crate) role: String,
    pub(crate) code_challenge: String,
    language: String,
    pub(crate) auth_time: UnixMillis,
    pub(crate) challenge_id: Option<String>,
    trust_ended: Option<String>,
    pub(crate) last_problem: Option<String>,
    pub(crate) last_until: Option<UnixMillis>,
    pub(crate) completed_acr: Option<String>,
    pub(crate) mfa_time: Option<UnixMillis>,
    pub(crate) remember_jkt: Option<String>,
    /// The grant that a step-up is for.
    pub(crate) step_up_grant: Option<String>,
}

pub(crate) const COLUMNS: &str = "id, value_hash, subject, jkt, device_id, role, code_challenge, language, \
                                  auth_time, challenge_id, trust_ended, last_problem, last_until, completed_acr, \
                                  mfa_time, remember_jkt, step_up_grant";

impl AuthSession {
    /// Language of its messages.
    pub(crate) fn language(&self) -> Language {
        Language::parse(&self.language).unwrap_or(Language::Fr)
    }

    /// A step-up whose password has not been given yet.
    pub(crate) const fn awaits_password(&self) -> bool {
        self.auth_time == PASSWORD_DUE
    }

    /// What its codes are for.
    pub(crate) const fn purpose(&self) -> &'static str {
        if self.step_up_grant.is_some() { STEP_UP } else { SIGN_IN }
    }

    /// Why this person is not trusted here any more.
    pub(crate) fn trust_ended(&self) -> Option<TrustEndReason> {
        self.trust_ended.as_deref().map(TrustEndReason::from_stored)
    }
}

/// What a new sign-in is bound to.
pub(crate) struct Binding<'a> {
    pub(crate) subject: &'a str,
    pub(crate) jkt: &'a str,
    pub(crate) device_id: &'a str,
    pub(crate) role: &'a str,
    pub(crate) code_challenge: &'a str,
    pub(crate) nonce: Option<&'a str>,
    pub(crate) language: Language,
    pub(crate) trust_ended: Option<TrustEndReason>,
    /// The account's, with the password that was right.
    pub(crate) credential_epoch: i64,
}

/// Opens a sign-in; the row and the value that the client gets.
pub(crate) async fn open(
    portal: &Portal,
    connection: &mut Connection,
    binding: &Binding<'_>,
    now: UnixMillis,
) -> Result<(AuthSession, String), sqlx::Error> {
    let value = opaque(portal.entropy.as_ref());
    let row = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "INSERT INTO auth_session (id, value_hash, portal, subject, jkt, device_id, role, code_challenge, nonce, language, \
         auth_time, trust_ended, last_used, credential_epoch) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $11, $13) RETURNING {COLUMNS}"
    )))
    .bind(opaque_short(portal.entropy.as_ref()))
    .bind(sha256_base64url(&value))
    .bind(&portal.profile.id)
    .bind(binding.subject)
    .bind(binding.jkt)
    .bind(binding.device_id)
    .bind(binding.role)
    .bind(binding.code_challenge)
    .bind(binding.nonce)
    .bind(binding.language.as_str())
    .bind(now)
    .bind(binding.trust_ended.map(TrustEndReason::as_str))
    .bind(binding.credential_epoch)
    .fetch_one(connection)
    .await?;
    Ok((row, value))
}

/// What a step-up begins with.
pub(crate) struct StepUpBinding<'a> {
    pub(crate) grant_id: &'a str,
    pub(crate) request_id: &'a str,
    pub(crate) code_challenge: Option<&'a str>,
    /// When the password was given, if that is young enough.
    pub(crate) auth_time: Option<UnixMillis>,
    pub(crate) mfa_time: Option<UnixMillis>,
}

impl StepUpBinding<'_> {
    /// One step-up per request: its id says which.
    fn id(&self) -> String {
        sha256_base64url(&format!("step-up\n{}\n{}", self.grant_id, self.request_id))
    }
}

/// Opens a step-up within a grant, bound as its sign-in is. `None` where this request has opened it before.
pub(crate) async fn open_step_up(
    connection: &mut Connection,
    binding: &StepUpBinding<'_>,
    value: &str,
    now: UnixMillis,
) -> Result<Option<AuthSession>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "INSERT INTO auth_session (id, value_hash, portal, subject, jkt, device_id, role, code_challenge, nonce, language, \
         auth_time, mfa_time, last_used, step_up_grant) \
         SELECT $1, $2, s.portal, s.subject, g.jkt, g.device_id, s.role, COALESCE($3, s.code_challenge), s.nonce, s.language, \
         CAST($4 AS BIGINT), CAST($5 AS BIGINT), CAST($6 AS BIGINT), g.id \
         FROM sign_in_grant g JOIN auth_session s ON s.id = g.auth_session WHERE g.id = $7 \
         ON CONFLICT (id) DO NOTHING RETURNING {COLUMNS}"
    )))
    .bind(binding.id())
    .bind(sha256_base64url(value))
    .bind(binding.code_challenge)
    .bind(binding.auth_time.unwrap_or(PASSWORD_DUE))
    .bind(binding.mfa_time)
    .bind(now)
    .bind(binding.grant_id)
    .fetch_optional(connection)
    .await
}

/// Takes up the step-up that this request opened, under a fresh value.
pub(crate) async fn reopen_step_up(
    connection: &mut Connection,
    binding: &StepUpBinding<'_>,
    value: &str,
    now: UnixMillis,
) -> Result<Option<AuthSession>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "UPDATE auth_session SET value_hash = $2, last_used = $3 WHERE id = $1 AND ended_at IS NULL AND last_used > $4 \
         RETURNING {COLUMNS}"
    )))
    .bind(binding.id())
    .bind(sha256_base64url(value))
    .bind(now)
    .bind(now - IDLE)
    .fetch_optional(connection)
    .await
}

/// Whose sign-in under way this is, and where; without taking it up.
pub(crate) async fn owner(
    portal: &Portal,
    connection: &mut Connection,
    value: &str,
    jkt: &str,
) -> Result<Option<(String, String)>, sqlx::Error> {
    sqlx::query_as(
        "SELECT subject, device_id FROM auth_session WHERE (value_hash = $1 OR previous_hash = $1) AND portal = $2 AND jkt = $3 \
         AND step_up_grant IS NOT NULL",
    )
    .bind(sha256_base64url(value))
    .bind(&portal.profile.id)
    .bind(jkt)
    .fetch_optional(connection)
    .await
}

/// Locks a sign-in under way until the transaction ends, as it is now; `None` where it is over.
pub(crate) async fn hold(
    connection: &mut Connection,
    id: &str,
    now: UnixMillis,
) -> Result<Option<AuthSession>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "UPDATE auth_session SET last_used = $2 WHERE id = $1 AND ended_at IS NULL AND completed_acr IS NULL \
         RETURNING {COLUMNS}"
    )))
    .bind(id)
    .bind(now)
    .fetch_optional(connection)
    .await
}

/// The password of a step-up was right.
pub(crate) async fn password_given(
    connection: &mut Connection,
    session: &AuthSession,
    now: UnixMillis,
) -> Result<AuthSession, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "UPDATE auth_session SET auth_time = $2, last_problem = NULL, last_until = NULL WHERE id = $1 RETURNING {COLUMNS}"
    )))
    .bind(&session.id)
    .bind(now)
    .fetch_one(connection)
    .await
}

/// How a value was recognised.
pub(crate) enum Lookup {
    /// The current value: go on. The row is locked until the transaction ends.
    Current(AuthSession),
    /// This `request_id` was answered before: answer from the state, evaluate and send nothing.
    Repeat(AuthSession),
    /// Over, replaced, another key's, or never was.
    Invalid,
}

/// Takes up a sign-in by its value, for the key that opened it, and notes `request_id`. A replaced value is good only to
/// repeat a request that was answered before.
pub(crate) async fn resume(
    portal: &Portal,
    connection: &mut Connection,
    value: &str,
    jkt: &str,
    request_id: Option<&str>,
    now: UnixMillis,
) -> Result<Lookup, sqlx::Error> {
    let hash = sha256_base64url(value);
    let row: Option<AuthSession> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "UPDATE auth_session SET last_used = $5 WHERE (value_hash = $1 OR previous_hash = $1) AND portal = $2 AND jkt = $3 \
         AND ended_at IS NULL AND last_used > $4 RETURNING {COLUMNS}"
    )))
    .bind(&hash)
    .bind(&portal.profile.id)
    .bind(jkt)
    .bind(now - IDLE)
    .bind(now)
    .fetch_optional(&mut *connection)
    .await?;
    let Some(session) = row else { return Ok(Lookup::Invalid) };
    let is_current = session.value_hash == hash;
    let Some(request_id) = request_id else {
        return Ok(if is_current { Lookup::Current(session) } else { Lookup::Invalid });
    };
    if is_current {
        let first = sqlx::query(
            "INSERT INTO auth_request (auth_session, request_id, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        )
        .bind(&session.id)
        .bind(request_id)
        .bind(now)
        .execute(connection)
        .await?
        .rows_affected()
            == 1;
        return Ok(if first { Lookup::Current(session) } else { Lookup::Repeat(session) });
    }
    let known: Option<i64> =
        sqlx::query_scalar("SELECT at FROM auth_request WHERE auth_session = $1 AND request_id = $2")
            .bind(&session.id)
            .bind(request_id)
            .fetch_optional(connection)
            .await?;
    Ok(if known.is_some() { Lookup::Repeat(session) } else { Lookup::Invalid })
}

/// Notes which question is asked, and what was wrong with the last answer, for a repeat.
pub(crate) async fn note(
    connection: &mut Connection,
    session: &AuthSession,
    challenge_id: Option<&str>,
    problem: Option<&str>,
    until: Option<UnixMillis>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE auth_session SET challenge_id = $2, last_problem = $3, last_until = $4 WHERE id = $1",
    )
    .bind(&session.id)
    .bind(challenge_id)
    .bind(problem)
    .bind(until)
    .execute(connection)
    .await?;
    Ok(())
}

/// How a sign-in was proved.
pub(crate) struct Proved<'a> {
    pub(crate) acr: &'a str,
    pub(crate) mfa_time: Option<UnixMillis>,
    pub(crate) remember_jkt: Option<&'a str>,
}

/// Every question is answered: replaces the value (SES-01) where a factor was completed.
pub(crate) async fn complete(
    portal: &Portal,
    connection: &mut Connection,
    session: &AuthSession,
    proved: &Proved<'_>,
) -> Result<String, sqlx::Error> {
    let value = opaque(portal.entropy.as_ref());
    sqlx::query(
        "UPDATE auth_session SET previous_hash = value_hash, value_hash = $2, completed_acr = $3, mfa_time = $4, \
         remember_jkt = $5, last_problem = NULL, last_until = NULL WHERE id = $1",
    )
    .bind(&session.id)
    .bind(sha256_base64url(&value))
    .bind(proved.acr)
    .bind(proved.mfa_time)
    .bind(proved.remember_jkt)
    .execute(connection)
    .await?;
    Ok(value)
}

/// A fresh value for a client that lost the last one; the value it still has goes on being good for repeats.
pub(crate) async fn renew(
    portal: &Portal,
    connection: &mut Connection,
    session: &AuthSession,
) -> Result<String, sqlx::Error> {
    let value = opaque(portal.entropy.as_ref());
    sqlx::query("UPDATE auth_session SET value_hash = $2 WHERE id = $1")
        .bind(&session.id)
        .bind(sha256_base64url(&value))
        .execute(connection)
        .await?;
    Ok(value)
}
