//! The steps of a sign-in: what is asked next, decided on what one transaction returned (PROTOCOL §3).

mod telling;

use telling::can_be_remembered;

use crate::{
    Fault, Portal,
    account::{self, Account},
    audit::Event,
    auth_session::{self, AuthSession, Binding, IDLE, Lookup, Proved},
    codes::{self, Challenge, Check, For},
    credentials::{self, Spared},
    grant, message, nonce,
    sends::{self, Request},
    store::{Connection, Tx},
    throttle::{self, Origin, Permission},
    tries,
    trust::{self, Standing},
};
use parvis_portal_profile::{Language, MethodId};
use parvis_protocol::{
    clock::UnixMillis,
    error::{ErrorCode, Problem, TrustEndReason},
    message::{Authorized, ChallengeError, Next},
    normalise,
    proof::Proof,
};
use secrecy::SecretString;
use std::net::IpAddr;

/// An answer of the challenge endpoint.
pub(crate) enum Answer {
    /// 200.
    Authorized(Authorized),
    /// 400 with what is next.
    Step(Box<ChallengeError>),
    /// 429, seconds.
    SlowDown(u32),
}

pub(crate) fn step(error: ChallengeError) -> Answer {
    Answer::Step(Box::new(error))
}

pub(crate) fn refusal(error: ErrorCode) -> Answer {
    step(ChallengeError::new(error))
}

/// Identifier and password, parsed and normalised.
pub(crate) struct PasswordStep<'a> {
    /// Normalised.
    pub(crate) name: &'a str,
    pub(crate) password: SecretString,
    pub(crate) role: &'a str,
    pub(crate) device_id: &'a str,
    /// Thumbprint of the device key whose proof came and was verified.
    pub(crate) device_jkt: Option<String>,
    pub(crate) code_challenge: &'a str,
    pub(crate) nonce: Option<&'a str>,
    pub(crate) language: Language,
    pub(crate) supports_codes: bool,
    pub(crate) network: Option<IpAddr>,
}

/// A code, parsed.
pub(crate) struct CodeStep<'a> {
    pub(crate) auth_session: &'a str,
    pub(crate) request_id: &'a str,
    pub(crate) challenge_id: &'a str,
    /// As typed: its question says how long it is.
    pub(crate) typed: &'a str,
    /// The trust box, with the key whose proof came and was verified.
    pub(crate) remember_jkt: Option<String>,
}

impl Portal {
    /// Identifier and password.
    pub(crate) async fn password_step(
        &self,
        proof: &Proof,
        request: PasswordStep<'_>,
    ) -> Result<Answer, Fault> {
        let now = self.clock.now();
        let network_text = request.network.map(throttle::network);
        let found = account::by_name(self.store.read(), &self.profile.id, request.name).await?;
        let origin = Origin {
            name: request.name,
            account: found.as_ref(),
            device_id: request.device_id,
            network: request.network,
        };

        let subject = found.as_ref().map(|account| account.subject.clone());
        let event = |kind, at| {
            let event = Event::new(kind, at).on(request.device_id);
            let event = if let Some(subject) = &subject { event.of(subject) } else { event };
            if let Some(network) = &network_text { event.from(network) } else { event }
        };

        let mut tx = self.store.begin().await?;
        nonce::consume(&mut tx, proof, now).await?;
        let permission = throttle::reserve(self, &mut tx, &origin, now).await?;
        let (reservation, evaluate) = match permission {
            Permission::Granted { reservation, evaluate } => (reservation, evaluate),
            Permission::SlowDown(seconds) => {
                event("password_throttled", now).record(self, &mut tx).await?;
                tx.commit().await?;
                return Ok(Answer::SlowDown(seconds));
            }
            Permission::NetworkSlowDown(seconds) => {
                event("network_throttled", now).record(self, &mut tx).await?;
                tx.commit().await?;
                return Ok(Answer::SlowDown(seconds));
            }
            Permission::Busy => return Err(Fault::Busy),
        };
        tx.commit().await?;

        let judged = self.judge_password(&reservation, evaluate, found, request.password.clone()).await?;
        let awaiting = if judged.is_right() {
            None
        } else {
            self.judge_registration(
                &reservation,
                evaluate,
                request.role,
                request.name,
                request.password.clone(),
            )
            .await?
        };

        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        if let Some(row) = awaiting {
            throttle::settle(self, &mut tx, &reservation, throttle::Outcome::Released, now).await?;
            // Whoever has the password may ask for the mail again: at each right one, within the limits of such mails.
            self.mail_activation_again(&mut tx, &row, now).await?;
            event("activation_due", now).record(self, &mut tx).await?;
            tx.commit().await?;
            self.wake_messages();
            let hint = Some(account::mask_email(&row.email));
            return Ok(step(ChallengeError::next(Next::Activate { hint })));
        }
        let Some(account) = self.settle_password(&mut tx, &reservation, &judged, now).await? else {
            event("password_rejected", now).record(self, &mut tx).await?;
            tx.commit().await?;
            return Ok(step(credentials_rejected()));
        };
        if judged.outdated {
            self.rehash(&account, request.password.clone());
        }
        let answer = self.after_password(&mut tx, proof, &request, &account, now).await?;
        tx.commit().await?;
        self.wake_messages();
        Ok(answer)
    }

    /// The right password was given: what is next?
    /// The account, of which nothing is open any more where it is a suspended delegate's whom somebody has just invited: what was
    /// opened for others does not come back with this sign-in.
    async fn without_remains(
        &self,
        tx: &mut Connection,
        account: &Account,
        now: UnixMillis,
    ) -> Result<Account, Fault> {
        if !account.is_disabled() {
            return Ok(account.clone());
        }
        let subject = &account.subject;
        credentials::change(self, tx, subject, None, Spared::None, "account_disabled", now).await?;
        account::by_subject(tx, subject).await?.ok_or(Fault::Busy)
    }

    async fn after_password(
        &self,
        tx: &mut Connection,
        proof: &Proof,
        request: &PasswordStep<'_>,
        account: &Account,
        now: UnixMillis,
    ) -> Result<Answer, Fault> {
        let event = |kind| Event::new(kind, now).of(&account.subject).on(request.device_id);
        if account.blocked_at.is_some() {
            event("blocked_sign_in").record(self, tx).await?;
            return Ok(step(self.contact_support(account)));
        }
        if account.role != request.role {
            event("wrong_entrance").record(self, tx).await?;
            let mut answer = ChallengeError::next(Next::Password { roles: Some(vec![account.role.clone()]) });
            answer.problem = Some(Problem::WrongRole);
            return Ok(step(answer));
        }
        if let Some(answer) = self.exhausted(tx, account, request.device_id, now).await? {
            return Ok(answer);
        }
        event("password_accepted").record(self, tx).await?;

        let account = &self.without_remains(tx, account, now).await?;
        let due = self.needs_second_factor(account);
        let standing = if due {
            trust::standing(self, tx, account, request.device_id, request.device_jkt.as_deref(), now).await?
        } else {
            Standing::None
        };
        let trust_ended = match standing {
            Standing::Ended(reason) => Some(reason),
            Standing::Holds(_) | Standing::None => None,
        };
        let binding = Binding {
            subject: &account.subject,
            jkt: &proof.jkt,
            device_id: request.device_id,
            role: request.role,
            code_challenge: request.code_challenge,
            nonce: request.nonce,
            language: request.language,
            trust_ended,
            credential_epoch: account.credential_epoch,
        };
        let (session, value) = auth_session::open(self, tx, &binding, now).await?;
        let proved = match standing {
            _ if !due => Some(Proved { acr: "pwd", mfa_time: None, remember_jkt: None }),
            Standing::Holds(granted_at) => {
                event("trust_honoured").record(self, tx).await?;
                Some(Proved { acr: "mfa-trusted", mfa_time: Some(granted_at), remember_jkt: None })
            }
            Standing::Ended(_) | Standing::None => None,
        };
        if let Some(proved) = proved {
            return self.authorize(tx, &session, &proved, now).await;
        }
        if !request.supports_codes {
            return Ok(refusal(ErrorCode::RedirectToWeb));
        }
        let mut answer = self.first_question(tx, &session, account, now).await?;
        answer.auth_session = Some(value);
        Ok(step(answer))
    }

    /// Asks for the preferred method's code at once (and sends it) where the profile says so or nothing else can be chosen;
    /// else asks which. A recovery code is for whoever has lost the rest: it is chosen, never proposed.
    pub(crate) async fn first_question(
        &self,
        tx: &mut Connection,
        session: &AuthSession,
        account: &Account,
        now: UnixMillis,
    ) -> Result<ChallengeError, Fault> {
        let mut usable = self.usable_methods(account);
        usable.retain(|method| *method != MethodId::RecoveryCode);
        let preferred = usable.iter().copied().find(|method| *method == self.profile.second_factor.preferred);
        let at_once = match (usable.as_slice(), preferred) {
            ([], _) => return Ok(self.contact_support(account)),
            ([only], _) => Some(*only),
            (_, Some(method)) if self.profile.second_factor.ask_at_once => Some(method),
            _ => None,
        };
        if let Some(method) = at_once {
            let asked = asked(session, account, method);
            // Two sign-ins at once: settling the password has locked the account's counter, so the second adopts the
            // first one's question.
            let blocked = tries::factor(tx, &account.subject, method).await?.blocked_until(now).is_some();
            if !blocked && let Some(living) = codes::adopt(tx, &asked, now).await? {
                return self.ask(tx, session, account, &living, None, now).await;
            }
            return self.send(tx, session, &asked, now).await;
        }
        self.describe(tx, session, account, None, None, None, now).await
    }

    /// Choose, change, resend.
    pub(crate) async fn method_step(
        &self,
        proof: &Proof,
        value: &str,
        request_id: &str,
        method: MethodId,
    ) -> Result<Answer, Fault> {
        let now = self.clock.now();
        let (mut tx, session, account) = match self.take_up_sign_in(proof, value, request_id, now).await? {
            Ok(taken_up) => taken_up,
            Err(answer) => return Ok(answer),
        };
        if !self.usable_methods(&account).contains(&method) {
            return Ok(refusal(ErrorCode::InvalidRequest));
        }
        if let Some(answer) = self.exhausted(&mut tx, &account, &session.device_id, now).await? {
            tx.commit().await?;
            self.wake_messages();
            return Ok(answer);
        }
        let answer = self.send(&mut tx, &session, &asked(&session, &account, method), now).await?;
        tx.commit().await?;
        self.wake_messages();
        Ok(step(answer))
    }

    /// The current step again, and what became of the message. Costs nothing.
    pub(crate) async fn current_step(&self, proof: &Proof, value: &str) -> Result<Answer, Fault> {
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        let answer = match self.resume(&mut tx, value, proof, None, now).await? {
            Resumed::Go(found) if found.0.completed_acr.is_some() => refusal(ErrorCode::InvalidSession),
            Resumed::Go(found) => match self.exhausted(&mut tx, &found.1, &found.0.device_id, now).await? {
                Some(answer) => answer,
                None => step(self.state_of(&mut tx, &found.0, &found.1, now).await?),
            },
            Resumed::Answer(answer) => answer,
        };
        tx.commit().await?;
        self.wake_messages();
        Ok(answer)
    }

    /// A code.
    pub(crate) async fn code_step(&self, proof: &Proof, request: CodeStep<'_>) -> Result<Answer, Fault> {
        let now = self.clock.now();
        let taken_up = self.take_up_sign_in(proof, request.auth_session, request.request_id, now).await?;
        let (mut tx, session, account) = match taken_up {
            Ok(taken_up) => taken_up,
            Err(answer) => return Ok(answer),
        };
        let (subject, device_id) = (&session.subject, &session.device_id);
        let challenge =
            codes::find(&mut tx, request.challenge_id, subject, device_id, session.purpose()).await?;
        let Some(challenge) = challenge else { return Ok(refusal(ErrorCode::InvalidRequest)) };
        let method = challenge.method();
        let length = codes::length(self, method) as usize;
        let Some(code) = normalise::code(request.typed, length) else {
            return Ok(refusal(ErrorCode::InvalidRequest));
        };
        if let Some(answer) = self.exhausted(&mut tx, &account, device_id, now).await? {
            tx.commit().await?;
            self.wake_messages();
            return Ok(answer);
        }
        if !self.usable_methods(&account).contains(&method) {
            // The question outlived its method.
            let problem = Some(Problem::CodeExpired);
            let answer = self.describe(&mut tx, &session, &account, None, problem, None, now).await?;
            tx.commit().await?;
            return Ok(step(answer));
        }
        let answer = match codes::check(self, &mut tx, &account, &challenge, &code, now).await? {
            Check::Accepted => {
                self.note_single_channel(&mut tx, &account, &challenge, now).await?;
                if method == MethodId::RecoveryCode {
                    self.recovery_code_used(&mut tx, &account, device_id, now).await?;
                }
                let remember_jkt =
                    request.remember_jkt.as_deref().filter(|_| can_be_remembered(&session, method));
                let proved = Proved { acr: self.acr(method), mfa_time: Some(now), remember_jkt };
                self.authorize(&mut tx, &session, &proved, now).await?
            }
            Check::Rejected => step(
                self.ask(&mut tx, &session, &account, &challenge, Some(Problem::CodeRejected), now).await?,
            ),
            Check::Expired => step(
                self.ask(&mut tx, &session, &account, &challenge, Some(Problem::CodeExpired), now).await?,
            ),
            Check::MethodBlocked(until) => {
                let problem = Some(Problem::MethodBlocked);
                step(self.describe(&mut tx, &session, &account, None, problem, Some(until), now).await?)
            }
            Check::AccountBlocked => {
                let account = account::by_subject(&mut *tx, &account.subject).await?.unwrap_or(account);
                step(self.contact_support(&account))
            }
        };
        tx.commit().await?;
        self.wake_messages();
        Ok(answer)
    }

    /// Takes up a sign-in whose password is given, for a request that is new; `Err` is the answer to any other.
    async fn take_up_sign_in(
        &self,
        proof: &Proof,
        value: &str,
        request_id: &str,
        now: UnixMillis,
    ) -> Result<Result<(Tx, AuthSession, Account), Answer>, Fault> {
        let mut tx = self.store.begin().await?;
        nonce::consume(&mut tx, proof, now).await?;
        let (session, account) = match self.resume(&mut tx, value, proof, Some(request_id), now).await? {
            Resumed::Go(found) => *found,
            Resumed::Answer(answer) => {
                tx.commit().await?;
                return Ok(Err(answer));
            }
        };
        if session.completed_acr.is_some() {
            return Ok(Err(refusal(ErrorCode::InvalidSession)));
        }
        if session.awaits_password() {
            return Ok(Err(refusal(ErrorCode::InvalidRequest)));
        }
        Ok(Ok((tx, session, account)))
    }

    /// Sends a code and asks for it; or says why not, with what else can be chosen.
    async fn send(
        &self,
        tx: &mut Connection,
        session: &AuthSession,
        asked: &For<'_>,
        now: UnixMillis,
    ) -> Result<ChallengeError, Fault> {
        match sends::request(self, tx, asked, now).await? {
            Request::Asked(challenge) => self.ask(tx, session, asked.account, &challenge, None, now).await,
            Request::Refused(possible_at) => {
                // A question that still lives stays on the screen: its code can be entered.
                let living = codes::adopt(tx, asked, now).await?;
                let problem = Some(Problem::SendRefused);
                self.describe(tx, session, asked.account, living.as_ref(), problem, possible_at, now).await
            }
            Request::Blocked(until) => {
                let problem = Some(Problem::MethodBlocked);
                self.describe(tx, session, asked.account, None, problem, Some(until), now).await
            }
        }
    }

    /// Asks for the code of a question.
    async fn ask(
        &self,
        tx: &mut Connection,
        session: &AuthSession,
        account: &Account,
        challenge: &Challenge,
        problem: Option<Problem>,
        now: UnixMillis,
    ) -> Result<ChallengeError, Fault> {
        self.describe(tx, session, account, Some(challenge), problem, None, now).await
    }

    pub(crate) async fn authorize(
        &self,
        tx: &mut Connection,
        session: &AuthSession,
        proved: &Proved<'_>,
        now: UnixMillis,
    ) -> Result<Answer, Fault> {
        let auth_session = auth_session::complete(self, tx, session, proved).await?;
        let authorization_code = grant::issue_code(self, tx, session, now).await?;
        Ok(Answer::Authorized(Authorized { authorization_code, auth_session }))
    }

    /// Takes up a sign-in under way, of an account and (for a step-up) a grant that still can be used.
    pub(crate) async fn resume(
        &self,
        tx: &mut Connection,
        value: &str,
        proof: &Proof,
        request_id: Option<&str>,
        now: UnixMillis,
    ) -> Result<Resumed, Fault> {
        let (session, repeat) =
            match auth_session::resume(self, tx, value, &proof.jkt, request_id, now).await? {
                Lookup::Current(session) => (session, false),
                Lookup::Repeat(session) => (session, true),
                Lookup::Invalid => return Ok(Resumed::Answer(refusal(ErrorCode::InvalidSession))),
            };
        let account = account::by_subject(&mut *tx, &session.subject).await?;
        let Some(account) = account.filter(|account| account.may_sign_in() && account.blocked_at.is_none())
        else {
            return Ok(Resumed::Answer(refusal(ErrorCode::InvalidSession)));
        };
        if let Some(grant_id) = &session.step_up_grant
            && !grant::lives(self, tx, grant_id, now).await?
        {
            return Ok(Resumed::Answer(refusal(ErrorCode::InvalidSession)));
        }
        if !repeat {
            return Ok(Resumed::Go(Box::new((session, account))));
        }
        if session.completed_acr.is_none() {
            return Ok(Resumed::Answer(step(self.state_of(tx, &session, &account, now).await?)));
        }
        Ok(Resumed::Answer(self.authorize_again(tx, &session, now).await?))
    }

    /// The answer that was lost: a new authorization code for a sign-in whose last one was not redeemed.
    pub(crate) async fn authorize_again(
        &self,
        tx: &mut Connection,
        session: &AuthSession,
        now: UnixMillis,
    ) -> Result<Answer, Fault> {
        // What was proved long ago signs nobody in, however often its answer was asked for again.
        let proved = session.mfa_time.unwrap_or(session.auth_time).max(session.auth_time);
        if now > proved + IDLE || grant::was_redeemed(tx, session).await? {
            return Ok(refusal(ErrorCode::InvalidSession));
        }
        let auth_session = auth_session::renew(self, tx, session).await?;
        let authorization_code = grant::issue_code(self, tx, session, now).await?;
        Ok(Answer::Authorized(Authorized { authorization_code, auth_session }))
    }

    /// The person has lost the authenticator app, or somebody has its codes: trust ends, and the owner is told (TRU-07).
    async fn recovery_code_used(
        &self,
        tx: &mut Connection,
        account: &Account,
        device_id: &str,
        now: UnixMillis,
    ) -> Result<(), sqlx::Error> {
        let left = account.recovery_codes_left().unwrap_or(0).saturating_sub(1);
        trust::end_all_of(self, tx, &account.subject, TrustEndReason::CredentialsChanged, now).await?;
        message::queue_notice(self, tx, account, message::Kind::RecoveryCodeUsed(left), now).await?;
        Event::new("recovery_code_used", now).of(&account.subject).on(device_id).record(self, tx).await
    }

    /// Where the account's requests for codes are used up, it is blocked now, whatever the step.
    pub(crate) async fn exhausted(
        &self,
        tx: &mut Connection,
        account: &Account,
        device_id: &str,
        now: UnixMillis,
    ) -> Result<Option<Answer>, Fault> {
        if !sends::block_if_exhausted(self, tx, account, device_id, now).await? {
            return Ok(None);
        }
        let blocked = account::by_subject(&mut *tx, &account.subject).await?;
        Ok(blocked.map(|account| step(self.contact_support(&account))))
    }
}

fn asked<'a>(session: &'a AuthSession, account: &'a Account, method: MethodId) -> For<'a> {
    let (device_id, language) = (session.device_id.as_str(), session.language());
    For { account, method, purpose: session.purpose(), device_id, language }
}

/// A sign-in under way, or what its request is answered at once.
pub(crate) enum Resumed {
    Go(Box<(AuthSession, Account)>),
    Answer(Answer),
}

fn credentials_rejected() -> ChallengeError {
    let mut answer = ChallengeError::next(Next::Password { roles: None });
    answer.problem = Some(Problem::CredentialsRejected);
    answer
}
