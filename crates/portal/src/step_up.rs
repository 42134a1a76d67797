//! Step-up (RFC 9470, PROTOCOL §3): a person who is signed in proves anew who they are. The password if the last one is older
//! than five minutes, then a real second factor if the account has one and the last is older; trust does not stand in for it.
//! The authorization code's tokens replace those of the same grant.

use crate::{
    Fault, Portal,
    account::{self, Account},
    audit::Event,
    auth_session::{self, AuthSession, Proved, StepUpBinding},
    credentials,
    grant::{self, GrantRow, is_young},
    nonce,
    sign_in::{Answer, Resumed, refusal, step},
    store::Connection,
    throttle::{self, Origin, Outcome, Permission},
    tries,
};
use parvis_protocol::{
    clock::UnixMillis,
    encoding::sha256_base64url,
    entropy::opaque,
    error::{ErrorCode, Problem},
    message::Tokens,
    proof::Proof,
};
use secrecy::SecretString;
use std::net::IpAddr;

/// A session asks for a step-up.
pub(crate) struct StepUp<'a> {
    /// From the token answer.
    pub(crate) auth_session: &'a str,
    pub(crate) request_id: &'a str,
    /// Without one, that of the sign-in stays.
    pub(crate) code_challenge: Option<&'a str>,
}

/// The password, where a step-up asks for it.
pub(crate) struct StepUpPassword<'a> {
    pub(crate) auth_session: &'a str,
    pub(crate) request_id: &'a str,
    pub(crate) password: SecretString,
    pub(crate) network: Option<IpAddr>,
}

impl Portal {
    /// Begins a step-up of an open session: one per request, however often it is repeated.
    pub(crate) async fn step_up(&self, proof: &Proof, request: StepUp<'_>) -> Result<Answer, Fault> {
        let now = self.clock.now();
        let value_hash = sha256_base64url(request.auth_session);
        let mut tx = self.store.begin().await?;
        nonce::consume(&mut tx, proof, now).await?;
        let found = grant::of_auth_session(self, &mut tx, &value_hash, &proof.jkt).await?;
        let Some((grant_id, subject, device_id)) = found else {
            return Ok(refusal(ErrorCode::InvalidSession));
        };
        let account = account::by_subject(&mut *tx, &subject).await?;
        let Some(account) = account.filter(|account| account.blocked_at.is_none()) else {
            return Ok(refusal(ErrorCode::InvalidSession));
        };
        // Sign-ins, factors, grants: in the order of a wrong code that blocks. In the other one the database would have to give up
        // one of the two, and with it the charge of that code.
        credentials::lock_sign_ins(&mut tx, &subject).await?;
        for method in self.profile.methods.keys() {
            tries::lock(&mut tx, &subject, *method).await?;
        }
        if let Some(answer) = self.exhausted(&mut tx, &account, &device_id, now).await? {
            tx.commit().await?;
            self.wake_messages();
            return Ok(answer);
        }
        let Some(grant) = self.living_grant(&mut tx, &grant_id, now).await? else {
            return Ok(refusal(ErrorCode::InvalidSession));
        };
        // With the grant locked: a step-up that completed meanwhile has replaced the value.
        if grant::of_auth_session(self, &mut tx, &value_hash, &proof.jkt).await?.is_none() {
            return Ok(refusal(ErrorCode::InvalidSession));
        }
        let binding = StepUpBinding {
            grant_id: &grant_id,
            request_id: request.request_id,
            code_challenge: request.code_challenge,
            auth_time: Some(grant.auth_time).filter(|at| is_young(*at, now)),
            mfa_time: grant.real_mfa_time(),
        };
        let value = opaque(self.entropy.as_ref());
        let answer = match auth_session::open_step_up(&mut tx, &binding, &value, now).await? {
            Some(session) => self.step_up_next(&mut tx, &session, &account, now).await?,
            None => self.step_up_again(&mut tx, &binding, &value, &account, now).await?,
        };
        tx.commit().await?;
        self.wake_messages();
        Ok(match answer {
            Answer::Step(mut question) if question.next.is_some() => {
                question.auth_session = Some(value);
                Answer::Step(question)
            }
            other => other,
        })
    }

    /// The same request again: from the state that the first one left.
    async fn step_up_again(
        &self,
        tx: &mut Connection,
        binding: &StepUpBinding<'_>,
        value: &str,
        account: &Account,
        now: UnixMillis,
    ) -> Result<Answer, Fault> {
        match auth_session::reopen_step_up(tx, binding, value, now).await? {
            Some(session) if session.completed_acr.is_some() => self.authorize_again(tx, &session, now).await,
            Some(session) => Ok(step(self.state_of(tx, &session, account, now).await?)),
            None => Ok(refusal(ErrorCode::InvalidSession)),
        }
    }

    /// What is asked next, or the authorization code.
    async fn step_up_next(
        &self,
        tx: &mut Connection,
        session: &AuthSession,
        account: &Account,
        now: UnixMillis,
    ) -> Result<Answer, Fault> {
        if session.awaits_password() {
            return Ok(step(self.state_of(tx, session, account, now).await?));
        }
        let has_second_factor = !self.usable_methods(account).is_empty();
        if has_second_factor && !session.mfa_time.is_some_and(|at| is_young(at, now)) {
            return Ok(step(self.first_question(tx, session, account, now).await?));
        }
        let acr: Option<String> = sqlx::query_scalar("SELECT acr FROM sign_in_grant WHERE id = $1")
            .bind(&session.step_up_grant)
            .fetch_optional(&mut *tx)
            .await?;
        let Some(acr) = acr else { return Ok(refusal(ErrorCode::InvalidSession)) };
        let proved = Proved { acr: &acr, mfa_time: session.mfa_time, remember_jkt: None };
        self.authorize(tx, session, &proved, now).await
    }

    /// The password, counted like any other.
    pub(crate) async fn step_up_password(
        &self,
        proof: &Proof,
        request: StepUpPassword<'_>,
    ) -> Result<Answer, Fault> {
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        nonce::consume(&mut tx, proof, now).await?;
        let found = auth_session::owner(self, &mut tx, request.auth_session, &proof.jkt).await?;
        let Some((subject, device_id)) = found else { return Ok(refusal(ErrorCode::InvalidSession)) };
        let Some(account) = account::by_subject(&mut *tx, &subject).await? else {
            return Ok(refusal(ErrorCode::InvalidSession));
        };
        let origin = Origin {
            name: &account.identifier,
            account: Some(&account),
            device_id: &device_id,
            network: request.network,
        };
        let event = |kind| Event::new(kind, now).of(&subject).on(&device_id);
        // Counters are locked before sign-ins under way, here as everywhere.
        let permission = throttle::reserve(self, &mut tx, &origin, now).await?;
        let resumed =
            self.resume(&mut tx, request.auth_session, proof, Some(request.request_id), now).await?;
        let session = match resumed {
            Resumed::Go(found) if found.0.awaits_password() => found.0,
            Resumed::Go(_) => return Ok(refusal(ErrorCode::InvalidRequest)),
            Resumed::Answer(answer) => {
                if let Permission::Granted { reservation, .. } = &permission {
                    throttle::settle(self, &mut tx, reservation, Outcome::Released, now).await?;
                }
                tx.commit().await?;
                return Ok(answer);
            }
        };
        let (reservation, evaluate) = match permission {
            Permission::Granted { reservation, evaluate } => (reservation, evaluate),
            Permission::SlowDown(seconds) | Permission::NetworkSlowDown(seconds) => {
                event("password_throttled").record(self, &mut tx).await?;
                tx.commit().await?;
                return Ok(Answer::SlowDown(seconds));
            }
            Permission::Busy => return Err(Fault::Busy),
        };
        tx.commit().await?;

        let read = Some(account.clone());
        let judged = self.judge_password(&reservation, evaluate, read, request.password).await?;

        let now = self.clock.now();
        let event = |kind| Event::new(kind, now).of(&subject).on(&device_id);
        let mut tx = self.store.begin().await?;
        let right = self.settle_password(&mut tx, &reservation, &judged, now).await?;
        let session = auth_session::hold(&mut tx, &session.id, now).await?;
        let answer = match (session, right) {
            (None, _) => refusal(ErrorCode::InvalidSession),
            (Some(session), None) => {
                event("password_rejected").record(self, &mut tx).await?;
                let problem = Some(Problem::CredentialsRejected);
                step(self.describe(&mut tx, &session, &account, None, problem, None, now).await?)
            }
            (Some(_), Some(account)) if account.blocked_at.is_some() => step(self.contact_support(&account)),
            (Some(session), Some(account)) => {
                event("password_accepted").record(self, &mut tx).await?;
                if let Some(answer) = self.exhausted(&mut tx, &account, &device_id, now).await? {
                    answer
                } else {
                    let session = auth_session::password_given(&mut tx, &session, now).await?;
                    self.step_up_next(&mut tx, &session, &account, now).await?
                }
            }
        };
        tx.commit().await?;
        self.wake_messages();
        Ok(answer)
    }

    /// A step-up is completed: the grant is proved anew, and its tokens are replaced. `None` where the grant has ended.
    pub(crate) async fn complete_step_up(
        &self,
        tx: &mut Connection,
        session: &AuthSession,
        account: &Account,
        acr: &str,
        grant_id: &str,
        now: UnixMillis,
    ) -> Result<Option<Tokens>, Fault> {
        if self.living_grant(tx, grant_id, now).await?.is_none() {
            return Ok(None);
        }
        let end_handle = opaque(self.entropy.as_ref());
        let grant: GrantRow = sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "UPDATE sign_in_grant SET auth_time = $2, mfa_time = COALESCE($3, mfa_time), acr = $4, \
             former_end_handle_hash = end_handle_hash, end_handle_hash = $5 WHERE id = $1 RETURNING {}",
            grant::COLUMNS
        )))
        .bind(grant_id)
        .bind(session.auth_time)
        .bind(session.mfa_time)
        .bind(acr)
        .bind(sha256_base64url(&end_handle))
        .fetch_one(&mut *tx)
        .await?;
        grant::delete_tokens(tx, grant_id).await?;
        let event = Event::new("stepped_up", now).of(&account.subject).on(&session.device_id);
        event.by(acr).record(self, tx).await?;
        let mut tokens = self.tokens(tx, &grant, account, end_handle, now).await?;
        // What the sign-in ended was told then.
        tokens.handover = None;
        Ok(Some(tokens))
    }
}
