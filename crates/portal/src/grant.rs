//! Grants: what a completed sign-in opens, and who calls by one (PROTOCOL §4).

use crate::{
    Fault, Portal,
    account::{self, Account},
    store::Connection,
};
use parvis_protocol::{clock::UnixMillis, encoding::sha256_base64url, proof::Proof};

mod authorization_code;
mod completing;
mod tokens;

pub(crate) use authorization_code::{issue_code, was_redeemed};
pub(crate) use tokens::delete_tokens;

/// A row of the `sign_in_grant` table.
#[derive(sqlx::FromRow)]
pub(crate) struct GrantRow {
    id: String,
    subject: String,
    pub(crate) device_id: String,
    jkt: String,
    role: String,
    acr: String,
    pub(crate) auth_time: UnixMillis,
    mfa_time: Option<UnixMillis>,
    handover_trust: i64,
    handover_sessions: i64,
}

impl GrantRow {
    /// When a real second factor was given in this session: trust is none.
    pub(crate) fn real_mfa_time(&self) -> Option<UnixMillis> {
        self.mfa_time.filter(|_| self.acr != "mfa-trusted")
    }
}

pub(crate) const COLUMNS: &str =
    "id, subject, device_id, jkt, role, acr, auth_time, mfa_time, handover_trust, handover_sessions";

/// Who makes an account call.
pub(crate) struct Caller {
    pub(crate) account: Account,
    pub(crate) device_id: String,
    pub(crate) grant_id: String,
    auth_time: UnixMillis,
    mfa_time: Option<UnixMillis>,
}

/// A sensitive call needs proofs this young, ms (RFC 9470, PROTOCOL §7).
const FRESH: i64 = 5 * 60 * 1000;

/// Whether a proof of this instant is good for a sensitive call.
pub(crate) const fn is_young(at: UnixMillis, now: UnixMillis) -> bool {
    now - at <= FRESH
}

impl Caller {
    /// Whether the password, and a real second factor where the account has one, were given lately enough.
    pub(crate) fn is_fresh(&self, has_second_factor: bool, now: UnixMillis) -> bool {
        let young = |at: UnixMillis| is_young(at, now);
        young(self.auth_time) && (!has_second_factor || self.mfa_time.is_some_and(young))
    }
}

/// The grant (its id, subject and workstation) whose token answer carried this `auth_session`, for its key.
pub(crate) async fn of_auth_session(
    portal: &Portal,
    connection: &mut Connection,
    value_hash: &str,
    jkt: &str,
) -> Result<Option<(String, String, String)>, sqlx::Error> {
    sqlx::query_as(
        "SELECT g.id, g.subject, g.device_id FROM auth_session s JOIN sign_in_grant g ON g.auth_session = s.id \
         WHERE s.value_hash = $1 AND s.portal = $2 AND s.jkt = $3 AND g.jkt = $3",
    )
    .bind(value_hash)
    .bind(&portal.profile.id)
    .bind(jkt)
    .fetch_optional(connection)
    .await
}

/// Whether a grant can still be used; without using it.
pub(crate) async fn lives(
    portal: &Portal,
    connection: &mut Connection,
    grant_id: &str,
    now: UnixMillis,
) -> Result<bool, sqlx::Error> {
    let lives: Option<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
        "SELECT id FROM sign_in_grant WHERE id = $1 AND ended_at IS NULL AND ends_at > $2 AND last_used_at > $3 AND {}",
        account::MAY_BE_USED
    )))
    .bind(grant_id)
    .bind(now)
    .bind(now - i64::from(portal.profile.session.inactivity_s) * 1000)
    .fetch_optional(connection)
    .await?;
    Ok(lives.is_some())
}

impl Portal {
    /// A grant that may be used now; its row is locked until the transaction ends.
    pub(crate) async fn living_grant(
        &self,
        tx: &mut Connection,
        grant_id: &str,
        now: UnixMillis,
    ) -> Result<Option<GrantRow>, sqlx::Error> {
        sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "UPDATE sign_in_grant SET last_used_at = $2 WHERE id = $1 AND portal = $3 AND ended_at IS NULL AND ends_at > $2 \
             AND last_used_at > $4 AND {} RETURNING {COLUMNS}",
            account::MAY_BE_USED
        )))
        .bind(grant_id)
        .bind(now)
        .bind(&self.profile.id)
        .bind(now - i64::from(self.profile.session.inactivity_s) * 1000)
        .fetch_optional(tx)
        .await
    }

    /// Who an access token belongs to, if the proof is by its key.
    pub(crate) async fn caller(&self, proof: &Proof, access_token: &str) -> Result<Option<Caller>, Fault> {
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        let grant_id: Option<String> =
            sqlx::query_scalar("SELECT grant_id FROM access_token WHERE token_hash = $1 AND expires_at > $2")
                .bind(sha256_base64url(access_token))
                .bind(now)
                .fetch_optional(&mut *tx)
                .await?;
        let Some(grant_id) = grant_id else { return Ok(None) };
        let grant = self.living_grant(&mut tx, &grant_id, now).await?.filter(|grant| grant.jkt == proof.jkt);
        let Some(grant) = grant else { return Ok(None) };
        let account = account::by_subject(&mut *tx, &grant.subject).await?;
        tx.commit().await?;
        Ok(account.map(|account| Caller {
            account,
            grant_id,
            auth_time: grant.auth_time,
            mfa_time: grant.real_mfa_time(),
            device_id: grant.device_id,
        }))
    }
}
