//! Tokens of a grant: access, refresh and id tokens (PROTOCOL §4).

use super::GrantRow;
use crate::{
    Fault, Portal,
    account::Account,
    audit::Event,
    clock::{duration, seconds},
    nonce,
    store::Connection,
    trust,
};
use parvis_protocol::{
    CLIENT_ID,
    clock::UnixMillis,
    encoding::sha256_base64url,
    entropy::opaque,
    error::ErrorCode,
    jws::Header,
    message::{Handover as HandoverReceipt, IdClaims, Tokens, TrustedDevice},
    proof::Proof,
};

/// An access token is good for this long, ms.
const ACCESS_VALIDITY: i64 = 300 * 1000;
/// A rotation whose answer was lost can be repeated for this long, ms.
const REFRESH_GRACE: i64 = 10 * 60 * 1000;

/// Access and refresh tokens of a grant are good no more.
pub(crate) async fn delete_tokens(connection: &mut Connection, grant_id: &str) -> Result<(), sqlx::Error> {
    for statement in
        ["DELETE FROM access_token WHERE grant_id = $1", "DELETE FROM refresh_token WHERE grant_id = $1"]
    {
        sqlx::query(statement).bind(grant_id).execute(&mut *connection).await?;
    }
    Ok(())
}

impl Portal {
    /// The answer of a completed sign-in.
    pub(crate) async fn tokens(
        &self,
        tx: &mut Connection,
        grant: &GrantRow,
        account: &Account,
        end_handle: String,
        now: UnixMillis,
    ) -> Result<Tokens, sqlx::Error> {
        let mut tokens = self.token_pair(tx, &grant.id, None, now).await?;
        let (session_id, nonce): (String, Option<String>) = sqlx::query_as(
            "SELECT s.id, s.nonce FROM auth_session s JOIN sign_in_grant g ON g.auth_session = s.id WHERE g.id = $1",
        )
        .bind(&grant.id)
        .fetch_one(&mut *tx)
        .await?;
        let auth_session = opaque(self.entropy.as_ref());
        sqlx::query(
            "UPDATE auth_session SET value_hash = $2, previous_hash = NULL, last_used = $3 WHERE id = $1",
        )
        .bind(session_id)
        .bind(sha256_base64url(&auth_session))
        .bind(now)
        .execute(&mut *tx)
        .await?;
        let trusted = trust::of(&mut *tx, self, &grant.subject, now)
            .await?
            .into_iter()
            .find(|trust| trust.device_id == grant.device_id);
        tokens.id_token = Some(self.id_token(grant, account, nonce, now));
        tokens.auth_session = Some(auth_session);
        tokens.end_handle = Some(end_handle);
        tokens.trusted_device =
            trusted.map(|trust| TrustedDevice { expires_in: duration(trust.expires_at - now) });
        tokens.handover =
            (grant.handover_trust == 1 || grant.handover_sessions > 0).then(|| HandoverReceipt {
                ended_trust: grant.handover_trust == 1,
                ended_sessions: u32::try_from(grant.handover_sessions).unwrap_or(u32::MAX),
            });
        Ok(tokens)
    }

    async fn token_pair(
        &self,
        tx: &mut Connection,
        grant_id: &str,
        parent: Option<&str>,
        now: UnixMillis,
    ) -> Result<Tokens, sqlx::Error> {
        let (access_token, refresh_token) = (opaque(self.entropy.as_ref()), opaque(self.entropy.as_ref()));
        sqlx::query("INSERT INTO access_token (token_hash, grant_id, expires_at) VALUES ($1, $2, $3)")
            .bind(sha256_base64url(&access_token))
            .bind(grant_id)
            .bind(now + ACCESS_VALIDITY)
            .execute(&mut *tx)
            .await?;
        sqlx::query("INSERT INTO refresh_token (token_hash, grant_id, parent_hash) VALUES ($1, $2, $3)")
            .bind(sha256_base64url(&refresh_token))
            .bind(grant_id)
            .bind(parent)
            .execute(tx)
            .await?;
        Ok(Tokens {
            token_type: "DPoP".to_owned(),
            access_token,
            expires_in: duration(ACCESS_VALIDITY),
            refresh_token,
            id_token: None,
            auth_session: None,
            end_handle: None,
            trusted_device: None,
            handover: None,
        })
    }

    fn id_token(
        &self,
        grant: &GrantRow,
        account: &Account,
        nonce: Option<String>,
        now: UnixMillis,
    ) -> String {
        let keys = self.keys.current();
        let (kid, key) = keys.signing_key(now);
        let mut header = Header::es256("JWT");
        header.kid = Some(kid.to_owned());
        let mut amr = vec!["pwd".to_owned()];
        match grant.acr.as_str() {
            "mfa-sms" => amr.extend(["sms".to_owned(), "mfa".to_owned()]),
            "mfa-email" | "mfa-totp" => amr.extend(["otp".to_owned(), "mfa".to_owned()]),
            "mfa-trusted" => amr.push("swk".to_owned()),
            _ => {}
        }
        let claims = IdClaims {
            iss: self.issuer_text().to_owned(),
            sub: account.subject.clone(),
            aud: CLIENT_ID.to_owned(),
            exp: seconds(now + ACCESS_VALIDITY),
            iat: seconds(now),
            nonce,
            name: account.name.clone(),
            role: grant.role.clone(),
            rights: account.rights(),
            acr: grant.acr.clone(),
            amr,
            auth_time: seconds(grant.auth_time),
            mfa_time: grant.mfa_time.map(seconds),
        };
        key.sign(&header, &claims)
    }

    /// Rotates a refresh token. The previous value stays good until its successor is first used, ten minutes at most (TOK-04).
    pub(crate) async fn refresh(
        &self,
        proof: &Proof,
        token: &str,
    ) -> Result<Result<Tokens, ErrorCode>, Fault> {
        let now = self.clock.now();
        let hash = sha256_base64url(token);
        let mut tx = self.store.begin().await?;
        nonce::consume(&mut tx, proof, now).await?;
        let row: Option<(String, String)> = sqlx::query_as(
            "SELECT r.grant_id, g.jkt FROM refresh_token r JOIN sign_in_grant g ON g.id = r.grant_id WHERE r.token_hash = $1",
        )
        .bind(&hash)
        .fetch_optional(&mut *tx)
        .await?;
        let Some((grant_id, _)) = row.filter(|(_, jkt)| *jkt == proof.jkt) else {
            return Ok(Err(ErrorCode::InvalidGrant));
        };
        let Some(grant) = self.living_grant(&mut tx, &grant_id, now).await? else {
            return Ok(Err(ErrorCode::InvalidGrant));
        };
        let used: Option<Option<String>> = sqlx::query_scalar(
            "UPDATE refresh_token SET first_used_at = COALESCE(first_used_at, $2) \
             WHERE token_hash = $1 AND dead_at IS NULL AND (first_used_at IS NULL OR first_used_at > $3) RETURNING parent_hash",
        )
        .bind(&hash)
        .bind(now)
        .bind(now - REFRESH_GRACE)
        .fetch_optional(&mut *tx)
        .await?;
        let Some(parent) = used else {
            sqlx::query(
                "UPDATE sign_in_grant SET ended_at = $2, end_reason = 'refresh_reused' WHERE id = $1",
            )
            .bind(&grant_id)
            .bind(now)
            .execute(&mut *tx)
            .await?;
            Event::new("refresh_token_reused", now)
                .of(&grant.subject)
                .on(&grant.device_id)
                .record(self, &mut tx)
                .await?;
            tx.commit().await?;
            return Ok(Err(ErrorCode::InvalidGrant));
        };
        if let Some(parent) = parent {
            // The successor is in use: its predecessor and siblings (answers that were lost) die.
            sqlx::query(
                "UPDATE refresh_token SET dead_at = $3 WHERE grant_id = $4 AND dead_at IS NULL \
                 AND (token_hash = $1 OR (parent_hash = $1 AND token_hash <> $2))",
            )
            .bind(parent)
            .bind(&hash)
            .bind(now)
            .bind(&grant_id)
            .execute(&mut *tx)
            .await?;
        }
        let tokens = self.token_pair(&mut tx, &grant_id, Some(&hash), now).await?;
        tx.commit().await?;
        Ok(Ok(tokens))
    }

    /// Revokes an access token, or by a refresh token the whole grant (RFC 7009). Unknown tokens are nobody's business.
    pub(crate) async fn revoke(&self, proof: &Proof, token: &str) -> Result<(), Fault> {
        let now = self.clock.now();
        let hash = sha256_base64url(token);
        let mut tx = self.store.begin().await?;
        nonce::consume(&mut tx, proof, now).await?;
        let ended: Option<(String, String)> = sqlx::query_as(
            "UPDATE sign_in_grant SET ended_at = $3, end_reason = 'revoked' WHERE jkt = $2 AND ended_at IS NULL \
             AND id IN (SELECT grant_id FROM refresh_token WHERE token_hash = $1) RETURNING subject, device_id",
        )
        .bind(&hash)
        .bind(&proof.jkt)
        .bind(now)
        .fetch_optional(&mut *tx)
        .await?;
        if let Some((subject, device_id)) = ended {
            let event = Event::new("signed_out", now).of(&subject).on(&device_id).by("revoked");
            event.record(self, &mut tx).await?;
        }
        sqlx::query(
            "DELETE FROM access_token WHERE token_hash = $1 AND grant_id IN (SELECT id FROM sign_in_grant WHERE jkt = $2)",
        )
        .bind(&hash)
        .bind(&proof.jkt)
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }
}
