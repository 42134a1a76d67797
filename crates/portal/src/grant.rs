//! Grants: what a completed sign-in opens, its tokens and its end (PROTOCOL §4).

use crate::{
    Fault, Portal,
    account::{self, Account},
    audit::Event,
    auth_session::{self, AuthSession},
    credentials, delegates, message, nonce,
    sign_in::{duration, seconds},
    store::Connection,
    throttle,
    trust::{self, Handover},
};
use parvis_protocol::{
    CLIENT_ID,
    clock::UnixMillis,
    encoding::sha256_base64url,
    entropy::{opaque, opaque_short},
    error::{ErrorCode, TrustEndReason},
    jws::Header,
    message::{Handover as HandoverReceipt, IdClaims, Tokens, TrustedDevice},
    pkce,
    proof::Proof,
};
use std::net::IpAddr;

/// Open sessions of one account at the same time.
const SESSIONS: i64 = 50;

const CODE_VALIDITY: i64 = 60 * 1000;
const ACCESS_VALIDITY: i64 = 300 * 1000;
/// A redemption or rotation whose answer was lost can be repeated for this long.
const REDEEM_REPEAT: i64 = 60 * 1000;
const REFRESH_GRACE: i64 = 10 * 60 * 1000;

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
    let lives: Option<String> = sqlx::query_scalar(
        "SELECT id FROM sign_in_grant WHERE id = $1 AND ended_at IS NULL AND ends_at > $2 AND last_used_at > $3",
    )
    .bind(grant_id)
    .bind(now)
    .bind(now - i64::from(portal.profile.session.inactivity_s) * 1000)
    .fetch_optional(connection)
    .await?;
    Ok(lives.is_some())
}

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
        let account = account.filter(|account| !account.is_disabled() && account.blocked_at.is_none());
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

    #[expect(clippy::too_many_arguments, reason = "one completed sign-in, all of what it is made of")]
    async fn complete(
        &self,
        tx: &mut Connection,
        session: &AuthSession,
        account: &Account,
        acr: &str,
        grant_id: &str,
        network: Option<IpAddr>,
        now: UnixMillis,
    ) -> Result<Tokens, Fault> {
        let (subject, device_id) = (&account.subject, &session.device_id);
        let event = |kind| Event::new(kind, now).of(subject).on(device_id);
        let handover = trust::hand_over(self, tx, subject, device_id, now).await?;
        if handover != Handover::default() {
            event("handover").record(self, tx).await?;
        }
        if let Some(jkt) = &session.remember_jkt
            && trust::grant(self, tx, account, device_id, jkt, grant_id, now).await?.is_some()
        {
            event("trust_granted").record(self, tx).await?;
        }
        trust::forget_end(self, tx, account, device_id, now).await?;
        if !throttle::is_known(self, tx, subject, device_id, now).await? {
            message::queue_notice(self, tx, account, message::Kind::NewWorkstation, now).await?;
        }
        sqlx::query(
            "INSERT INTO known_workstation (portal, device_id, subject, last_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (portal, device_id, subject) DO UPDATE SET last_at = $4",
        )
        .bind(&self.profile.id)
        .bind(device_id)
        .bind(subject)
        .bind(now)
        .execute(&mut *tx)
        .await?;
        throttle::network_succeeded(self, tx, network, now).await?;
        let end_handle = opaque(self.entropy.as_ref());
        let grant: GrantRow = sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "INSERT INTO sign_in_grant (id, portal, subject, device_id, jkt, role, acr, auth_time, mfa_time, auth_session, \
             end_handle_hash, handover_trust, handover_sessions, created_at, last_used_at, ends_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14, $15) RETURNING {COLUMNS}"
        )))
        .bind(grant_id)
        .bind(&self.profile.id)
        .bind(subject)
        .bind(device_id)
        .bind(&session.jkt)
        .bind(&session.role)
        .bind(acr)
        .bind(session.auth_time)
        .bind(session.mfa_time)
        .bind(&session.id)
        .bind(sha256_base64url(&end_handle))
        .bind(i64::from(handover.ended_trust))
        .bind(handover.ended_sessions)
        .bind(now)
        .bind(now + i64::from(self.profile.session.absolute_s) * 1000)
        .fetch_one(&mut *tx)
        .await?;
        event("signed_in").by(acr).record(self, tx).await?;
        delegates::accept(self, tx, account, now).await?;
        self.limit_sessions(tx, subject, now).await?;
        Ok(self.tokens(tx, &grant, account, end_handle, now).await?)
    }

    /// Ends the sessions that are one too many (SES-09): those that were used longest ago.
    async fn limit_sessions(
        &self,
        tx: &mut Connection,
        subject: &str,
        now: UnixMillis,
    ) -> Result<(), sqlx::Error> {
        let ended = sqlx::query(
            "UPDATE sign_in_grant SET ended_at = $2, end_reason = 'session_limit' WHERE subject = $1 AND ended_at IS NULL \
             AND id NOT IN (SELECT id FROM sign_in_grant WHERE subject = $1 AND ended_at IS NULL \
             ORDER BY last_used_at DESC, created_at DESC, id LIMIT $3)",
        )
        .bind(subject)
        .bind(now)
        .bind(SESSIONS)
        .execute(&mut *tx)
        .await?;
        if ended.rows_affected() > 0 {
            Event::new("session_limit", now).of(subject).record(self, tx).await?;
        }
        Ok(())
    }

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

    /// A grant that may be used now; its row is locked until the transaction ends.
    pub(crate) async fn living_grant(
        &self,
        tx: &mut Connection,
        grant_id: &str,
        now: UnixMillis,
    ) -> Result<Option<GrantRow>, sqlx::Error> {
        sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "UPDATE sign_in_grant SET last_used_at = $2 WHERE id = $1 AND portal = $3 AND ended_at IS NULL AND ends_at > $2 \
             AND last_used_at > $4 AND subject IN (SELECT subject FROM account WHERE state = 'active' AND blocked_at IS NULL) \
             RETURNING {COLUMNS}"
        )))
        .bind(grant_id)
        .bind(now)
        .bind(&self.profile.id)
        .bind(now - i64::from(self.profile.session.inactivity_s) * 1000)
        .fetch_optional(tx)
        .await
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

    /// Ends a grant by its handle, and the workstation's trust of that person if asked. The key may be gone: any key proves.
    pub(crate) async fn end_session(
        &self,
        proof: &Proof,
        end_handle: &str,
        forget_device: bool,
    ) -> Result<(), Fault> {
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        nonce::consume(&mut tx, proof, now).await?;
        let found: Option<(String, String, String)> = sqlx::query_as(
            // The handle before a step-up is good, too: its answer may have been lost.
            "SELECT id, subject, device_id FROM sign_in_grant WHERE (end_handle_hash = $1 OR former_end_handle_hash = $1) \
             AND portal = $2",
        )
        .bind(sha256_base64url(end_handle))
        .bind(&self.profile.id)
        .fetch_optional(&mut *tx)
        .await?;
        if let Some((id, subject, device_id)) = found {
            trust::lock_workstation(self, &mut tx, &device_id, now).await?;
            let event = |kind| Event::new(kind, now).of(&subject).on(&device_id);
            if forget_device
                && trust::end(self, &mut tx, &subject, &device_id, TrustEndReason::Revoked, now).await?
            {
                event("trust_ended").by("left").record(self, &mut tx).await?;
            }
            let ended =
                sqlx::query("UPDATE sign_in_grant SET ended_at = $2, end_reason = 'signed_out' WHERE id = $1 AND ended_at IS NULL")
                    .bind(id)
                    .bind(now)
                    .execute(&mut *tx)
                    .await?;
            if ended.rows_affected() == 1 {
                event("signed_out").record(self, &mut tx).await?;
            }
        }
        Ok(tx.commit().await?)
    }

    /// Ends the person's other sessions and trusts, or all of them.
    pub(crate) async fn end_sessions(&self, proof: &Proof, caller: &Caller, all: bool) -> Result<(), Fault> {
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        nonce::consume(&mut tx, proof, now).await?;
        let (subject, spared) = (&caller.account.subject, if all { "" } else { caller.device_id.as_str() });
        let devices: Vec<String> = sqlx::query_scalar(
            "SELECT device_id FROM trust WHERE portal = $1 AND subject = $2 AND device_id <> $3 ORDER BY device_id",
        )
        .bind(&self.profile.id)
        .bind(subject)
        .bind(spared)
        .fetch_all(&mut *tx)
        .await?;
        for device_id in devices {
            trust::lock_workstation(self, &mut tx, &device_id, now).await?;
            trust::end(self, &mut tx, subject, &device_id, TrustEndReason::Revoked, now).await?;
        }
        sqlx::query(
            "UPDATE sign_in_grant SET ended_at = $3, end_reason = 'signed_out' WHERE subject = $1 AND ended_at IS NULL AND id <> $2",
        )
        .bind(subject)
        .bind(if all { "" } else { &caller.grant_id })
        .bind(now)
        .execute(&mut *tx)
        .await?;
        Event::new("signed_out", now)
            .of(subject)
            .by(if all { "all" } else { "others" })
            .record(self, &mut tx)
            .await?;
        Ok(tx.commit().await?)
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

    /// Ends the trust of one workstation of the caller's list; whether it was in it.
    pub(crate) async fn forget_device(
        &self,
        proof: &Proof,
        caller: &Caller,
        id: &str,
    ) -> Result<bool, Fault> {
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        nonce::consume(&mut tx, proof, now).await?;
        let subject = &caller.account.subject;
        let trusts = trust::of(&mut *tx, self, subject, now).await?;
        let Some(trust) = trusts.into_iter().find(|trust| trust.id == id) else { return Ok(false) };
        trust::lock_workstation(self, &mut tx, &trust.device_id, now).await?;
        trust::end(self, &mut tx, subject, &trust.device_id, TrustEndReason::Revoked, now).await?;
        Event::new("device_forgotten", now).of(subject).on(&trust.device_id).record(self, &mut tx).await?;
        tx.commit().await?;
        Ok(true)
    }
}
