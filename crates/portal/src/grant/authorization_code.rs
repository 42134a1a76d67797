//! Authorization codes: what a completed sign-in is redeemed by (RFC 6749 §4.1).

use super::delete_tokens;
use crate::{
    Fault, Portal, account,
    audit::Event,
    auth_session::{self, AuthSession},
    credentials::{self, Spared},
    nonce,
    store::Connection,
    trust,
};
use parvis_protocol::{
    clock::UnixMillis,
    encoding::sha256_base64url,
    entropy::{opaque, opaque_short},
    error::{ErrorCode, TrustEndReason},
    message::Tokens,
    pkce,
    proof::Proof,
};
use std::net::IpAddr;

/// An authorization code is good for this long, ms.
const CODE_VALIDITY: i64 = 60 * 1000;
/// A redemption whose answer was lost can be repeated for this long, ms.
const REDEEM_REPEAT: i64 = 60 * 1000;

/// Issues the authorization code of a completed sign-in; an earlier one that was not redeemed dies.
pub(crate) async fn issue_code(
    portal: &Portal,
    connection: &mut Connection,
    session: &AuthSession,
    now: UnixMillis,
) -> Result<String, sqlx::Error> {
    sqlx::query(
        "UPDATE authorization_code SET expires_at = $2 WHERE auth_session = $1 AND redeemed_at IS NULL",
    )
    .bind(&session.id)
    .bind(now)
    .execute(&mut *connection)
    .await?;
    let code = opaque(portal.entropy.as_ref());
    sqlx::query(
        "INSERT INTO authorization_code (code_hash, auth_session, portal, subject, jkt, code_challenge, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(sha256_base64url(&code))
    .bind(&session.id)
    .bind(&portal.profile.id)
    .bind(&session.subject)
    .bind(&session.jkt)
    .bind(&session.code_challenge)
    .bind(now)
    .bind(now + CODE_VALIDITY)
    .execute(connection)
    .await?;
    Ok(code)
}

/// Whether the sign-in has been completed at the token endpoint.
pub(crate) async fn was_redeemed(
    connection: &mut Connection,
    session: &AuthSession,
) -> Result<bool, sqlx::Error> {
    let redeemed: Option<i64> = sqlx::query_scalar(
        "SELECT redeemed_at FROM authorization_code WHERE auth_session = $1 AND redeemed_at IS NOT NULL",
    )
    .bind(&session.id)
    .fetch_optional(connection)
    .await?;
    Ok(redeemed.is_some())
}

#[derive(sqlx::FromRow)]
struct AuthorizationCode {
    auth_session: String,
    jkt: String,
    code_challenge: String,
    redeemed_at: Option<i64>,
    redeemed_request: Option<String>,
    grant_id: Option<String>,
    device_id: String,
    subject: String,
    step_up_grant: Option<String>,
}

impl Portal {
    /// Redeems an authorization code: the sign-in is completed here, with trust and handover, in one transaction.
    pub(crate) async fn redeem(
        &self,
        proof: &Proof,
        code: &str,
        verifier: &str,
        request_id: Option<&str>,
        network: Option<IpAddr>,
    ) -> Result<Result<Tokens, ErrorCode>, Fault> {
        let now = self.clock.now();
        let hash = sha256_base64url(code);
        let mut tx = self.store.begin().await?;
        nonce::consume(&mut tx, proof, now).await?;
        let found = self.find_code(&mut tx, &hash).await?;
        let Some(code) = found else { return Ok(Err(ErrorCode::InvalidGrant)) };
        let sound = code.jkt == proof.jkt && pkce::verify(verifier, &code.code_challenge);
        if !sound {
            // Before its redemption: a guess that changes nothing. After it: the code is in other hands.
            if code.redeemed_at.is_some() {
                trust::lock_workstation(self, &mut tx, &code.device_id, now).await?;
                self.redeem_again(&mut tx, &hash, None, now).await?.ok();
                tx.commit().await?;
            }
            return Ok(Err(ErrorCode::InvalidGrant));
        }
        trust::lock_workstation(self, &mut tx, &code.device_id, now).await?;
        // A change of credentials in the same moment is before it or after it: never both.
        credentials::lock(&mut tx, &code.auth_session, &code.subject).await?;
        let grant_id = code.step_up_grant.clone().unwrap_or_else(|| opaque_short(self.entropy.as_ref()));
        let first = sqlx::query(
            "UPDATE authorization_code SET redeemed_at = $2, redeemed_request = $3, grant_id = $4 \
             WHERE code_hash = $1 AND redeemed_at IS NULL AND expires_at > $2",
        )
        .bind(&hash)
        .bind(now)
        .bind(request_id)
        .bind(&grant_id)
        .execute(&mut *tx)
        .await?
        .rows_affected()
            == 1;
        if !first {
            let answer = self.redeem_again(&mut tx, &hash, request_id, now).await?;
            tx.commit().await?;
            return Ok(answer);
        }
        let session: Option<AuthSession> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "SELECT {} FROM auth_session WHERE id = $1 AND ended_at IS NULL",
            auth_session::COLUMNS
        )))
        .bind(&code.auth_session)
        .fetch_optional(&mut *tx)
        .await?;
        let Some(session) = session else { return Ok(Err(ErrorCode::InvalidGrant)) };
        let account = account::by_subject(&mut *tx, &session.subject).await?;
        let account = account.filter(|account| account.may_sign_in() && account.blocked_at.is_none());
        let Some(account) = account else { return Ok(Err(ErrorCode::InvalidGrant)) };
        let Some(acr) = session.completed_acr.clone() else { return Ok(Err(ErrorCode::InvalidGrant)) };
        if session.step_up_grant.is_some() {
            if acr == "pwd" && self.needs_second_factor(&account) {
                return Ok(Err(ErrorCode::InvalidGrant));
            }
            let tokens = self.complete_step_up(&mut tx, &session, &account, &acr, &grant_id, now).await?;
            let Some(tokens) = tokens else { return Ok(Err(ErrorCode::InvalidGrant)) };
            tx.commit().await?;
            return Ok(Ok(tokens));
        }
        if account.is_disabled() {
            // A suspended delegate whom somebody has invited: what others had opened for them does not come back with it.
            let (subject, reason) = (&account.subject, "account_disabled");
            credentials::end_completed(self, &mut tx, subject, Spared::None, reason, now).await?;
        }
        // What held when the code was issued has to hold now: another person may have completed a sign-in in between.
        let holds = match acr.as_str() {
            "mfa-trusted" => trust::still_holds(self, &mut tx, &account, &session.device_id, now).await?,
            "pwd" => !self.needs_second_factor(&account),
            _ => true,
        };
        if !(holds && credentials::still_hold(&mut tx, &session.id).await?) {
            return Ok(Err(ErrorCode::InvalidGrant));
        }
        let tokens = self.complete(&mut tx, &session, &account, &acr, &grant_id, network, now).await?;
        // Let in by an invitation that was taken back since: nothing of this is kept.
        if account.is_disabled()
            && account::by_subject(&mut *tx, &account.subject).await?.is_none_or(|now| now.is_disabled())
        {
            return Ok(Err(ErrorCode::InvalidGrant));
        }
        tx.commit().await?;
        self.wake_messages();
        Ok(Ok(tokens))
    }

    async fn find_code(
        &self,
        tx: &mut Connection,
        hash: &str,
    ) -> Result<Option<AuthorizationCode>, sqlx::Error> {
        sqlx::query_as(
            "SELECT c.auth_session, c.jkt, c.code_challenge, c.redeemed_at, c.redeemed_request, c.grant_id, s.device_id, c.subject, \
             s.step_up_grant \
             FROM authorization_code c JOIN auth_session s ON s.id = c.auth_session WHERE c.code_hash = $1 AND c.portal = $2",
        )
        .bind(hash)
        .bind(&self.profile.id)
        .fetch_optional(tx)
        .await
    }

    /// An authorization code that was redeemed before: the same request whose answer was lost, or a theft.
    async fn redeem_again(
        &self,
        tx: &mut Connection,
        hash: &str,
        request_id: Option<&str>,
        now: UnixMillis,
    ) -> Result<Result<Tokens, ErrorCode>, Fault> {
        let code = self.find_code(tx, hash).await?;
        let Some((grant_id, redeemed_at)) =
            code.as_ref().and_then(|code| code.grant_id.as_ref().zip(code.redeemed_at))
        else {
            return Ok(Err(ErrorCode::InvalidGrant));
        };
        let same_request = request_id.is_some()
            && code.as_ref().is_some_and(|code| code.redeemed_request.as_deref() == request_id);
        if same_request && now <= redeemed_at + REDEEM_REPEAT {
            let Some(grant) = self.living_grant(tx, grant_id, now).await? else {
                return Ok(Err(ErrorCode::InvalidGrant));
            };
            let account = account::by_subject(&mut *tx, &grant.subject).await?;
            let Some(account) = account else { return Ok(Err(ErrorCode::InvalidGrant)) };
            delete_tokens(tx, grant_id).await?;
            let end_handle = opaque(self.entropy.as_ref());
            sqlx::query("UPDATE sign_in_grant SET end_handle_hash = $2 WHERE id = $1")
                .bind(grant_id)
                .bind(sha256_base64url(&end_handle))
                .execute(&mut *tx)
                .await?;
            return Ok(Ok(self.tokens(tx, &grant, &account, end_handle, now).await?));
        }
        let ended: Option<(String, String)> = sqlx::query_as(
            "DELETE FROM trust WHERE portal = $1 AND grant_id = $2 RETURNING subject, device_id",
        )
        .bind(&self.profile.id)
        .bind(grant_id)
        .fetch_optional(&mut *tx)
        .await?;
        if let Some((subject, device_id)) = ended {
            trust::remember_end(self, tx, &subject, &device_id, TrustEndReason::Revoked, now).await?;
        }
        let owner: Option<(String, String)> = sqlx::query_as(
            "UPDATE sign_in_grant SET ended_at = COALESCE(ended_at, $2), end_reason = COALESCE(end_reason, 'code_reused') \
             WHERE id = $1 RETURNING subject, device_id",
        )
        .bind(grant_id)
        .bind(now)
        .fetch_optional(&mut *tx)
        .await?;
        let event = Event::new("authorization_code_reused", now);
        match &owner {
            Some((subject, device_id)) => event.of(subject).on(device_id).record(self, tx).await?,
            None => event.record(self, tx).await?,
        }
        Ok(Err(ErrorCode::InvalidGrant))
    }
}
