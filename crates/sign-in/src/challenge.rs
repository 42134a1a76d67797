//! The steps of a sign-in on the wire (PROTOCOL §3), read into what the state machine understands.

use crate::{
    connection::{Body, Call, Connection, Fields, Reply, known},
    entrance::{Entrance, browser_address},
    failure::Trouble,
    times::Times,
    tokens::Session,
    view::{self, BlockCause, Language, MethodId, Support, TrustEndReason},
};
use parvis_portal_profile::CodeBlock;
use parvis_protocol::{
    CLIENT_ID, SCOPE,
    clock::UnixMillis,
    entropy::{Entropy, opaque},
    error::{self, ErrorCode, Problem},
    jws::PrivateKey,
    message::{self as wire, Authorized, ChallengeError, MethodChoice, Next, Otp, SelectMethod},
    pkce,
};
use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;
use url::Url;
use zeroize::Zeroizing;

/// `purpose` of a step-up.
const STEP_UP: &str = "step_up";

/// A time step of authenticator apps, ms (RFC 6238 §5.2).
const TOTP_STEP: u64 = 30_000;

/// What was typed as identifier: shown to the person, never printed (people type passwords there).
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Identifier(pub(crate) String);

impl std::fmt::Debug for Identifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identifier(..)")
    }
}

/// What one sign-in is held together by: its session key and its PKCE verifier, in memory only.
pub(crate) struct Flow {
    pub(crate) entrance: Arc<Entrance>,
    /// The role that is entered for.
    pub(crate) role: String,
    pub(crate) key: PrivateKey,
    pub(crate) verifier: Zeroizing<String>,
    pub(crate) nonce: String,
    /// As typed, for coming back to it.
    pub(crate) identifier: Identifier,
}

impl std::fmt::Debug for Flow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Flow").field("portal", &self.entrance.portal.id).finish_non_exhaustive()
    }
}

impl Flow {
    /// A step-up of a session: by its key.
    pub(crate) fn step_up(session: &Session, entropy: &dyn Entropy) -> Self {
        Self {
            entrance: session.entrance.clone(),
            role: session.role.clone(),
            key: session.key.clone(),
            verifier: Zeroizing::new(pkce::verifier(entropy)),
            nonce: session.nonce.clone(),
            identifier: Identifier::default(),
        }
    }

    /// A fresh sign-in.
    pub(crate) fn new(
        entrance: Arc<Entrance>,
        role: String,
        identifier: Identifier,
        entropy: &dyn Entropy,
    ) -> Self {
        Self {
            entrance,
            role,
            key: PrivateKey::generate(entropy),
            verifier: Zeroizing::new(pkce::verifier(entropy)),
            nonce: opaque(entropy),
            identifier,
        }
    }
}

/// What is asked of the portal within an `auth_session`.
#[derive(Debug)]
pub(crate) enum Question {
    /// Send a code this way.
    Send(MethodId),
    /// Is this the code?
    Code {
        /// Which challenge it answers.
        challenge_id: String,
        /// Normalised.
        code: SecretString,
        /// The trust box.
        remember: bool,
    },
    /// Begins a step-up: a fresh proof of who is here.
    StepUp,
    /// Is this the person, for a step-up?
    StepUpPassword {
        /// As typed.
        password: SecretString,
    },
    /// Where are we?
    Look {
        /// Which challenge.
        challenge_id: String,
    },
}

/// What makes a repeated question the same one.
#[derive(Debug, Clone)]
pub(crate) struct Repeat {
    pub(crate) request_id: String,
    /// The device key that trust was asked for with.
    pub(crate) device: Option<PrivateKey>,
}

/// The portal's answer to a step.
#[derive(Debug)]
pub(crate) enum Asked {
    /// All steps are done.
    Authorized {
        /// For the token endpoint.
        authorization_code: SecretString,
    },
    /// Identifier and password (again).
    Password {
        /// Why.
        problem: Option<view::PasswordProblem>,
        /// Within which session, where it is asked for a step-up.
        auth_session: Option<SecretString>,
    },
    /// Choose a method.
    Method(AskedMethod),
    /// Enter a code.
    Code(AskedCode),
    /// Support has to act.
    Blocked {
        /// By this PC's clock.
        since: Option<UnixMillis>,
        /// By this PC's clock.
        until: Option<UnixMillis>,
        /// What blocked it.
        cause: Option<BlockCause>,
        /// Whom to contact.
        support: Option<Support>,
    },
    /// The account has to be activated; its link was mailed again.
    Activation {
        /// Masked address.
        hint: Option<String>,
    },
    /// Goes on in the browser.
    Browser {
        /// Checked; `None` if the portal gave no address that may be opened.
        address: Option<Url>,
    },
}

/// Choose a method.
#[derive(Debug)]
pub(crate) struct AskedMethod {
    pub(crate) auth_session: Option<SecretString>,
    pub(crate) methods: Vec<Choice>,
    pub(crate) preferred: Option<MethodId>,
    pub(crate) trust_ended: Option<TrustEndReason>,
    pub(crate) problem: Option<CodeRefusal>,
}

/// Enter a code.
#[derive(Debug)]
pub(crate) struct AskedCode {
    pub(crate) auth_session: Option<SecretString>,
    pub(crate) method: MethodId,
    pub(crate) challenge_id: String,
    pub(crate) length: u32,
    pub(crate) hint: Option<String>,
    /// When this was said, by this PC's clock.
    pub(crate) said_at: UnixMillis,
    pub(crate) expires: Instant,
    pub(crate) validity: Duration,
    pub(crate) resend: Instant,
    pub(crate) sends_remaining: Option<u32>,
    pub(crate) attempts_remaining: Option<u32>,
    pub(crate) delivery: view::Delivery,
    pub(crate) methods: Vec<Choice>,
    /// The portal blocks the account after the last try, until support acts.
    pub(crate) last_try_blocks_account: bool,
    /// When the authenticator app shows its next code, by the portal's clock.
    pub(crate) next_code: Option<Instant>,
    /// How long trust would hold, where it can be asked for.
    pub(crate) remember: Option<Duration>,
    pub(crate) trust_ended: Option<TrustEndReason>,
    pub(crate) problem: Option<CodeRefusal>,
}

/// A method that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) id: MethodId,
    pub(crate) hint: Option<String>,
    pub(crate) blocked_until: Option<Instant>,
    pub(crate) requests_left: Option<u32>,
    pub(crate) last_request_blocks: bool,
}

/// Why a code, or a request for one, was refused by the portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CodeRefusal {
    /// Not the right code.
    Rejected,
    /// Its time is over.
    Expired,
    /// The method is blocked until then.
    MethodBlocked(Option<Instant>),
    /// No sends until then.
    SendRefused(Option<Instant>),
}

/// Asks whether identifier and password are right. Not repeated by itself: nothing tells the portal that two are one.
pub(crate) async fn ask_password(
    connection: &Connection,
    flow: &Flow,
    password: &SecretString,
    language: Language,
    device: Option<&PrivateKey>,
) -> Result<Asked, Trouble> {
    let fields: Fields = vec![
        ("response_type", plain("code")),
        ("client_id", plain(CLIENT_ID)),
        ("scope", plain(SCOPE)),
        ("code_challenge", plain(&pkce::challenge(&flow.verifier))),
        ("code_challenge_method", plain("S256")),
        ("nonce", plain(&flow.nonce)),
        ("ui_locales", plain(code_of(language))),
        ("device_id", plain(&flow.entrance.device_id)),
        ("role", plain(&flow.role)),
        ("supported", plain("otp new_password activate")),
        ("username", plain(&flow.identifier.0)),
        ("password", plain(password.expose_secret())),
    ];
    let reply = connection.send(&call(flow, device, fields)).await?;
    read(connection, &flow.entrance, &reply)
}

/// Asks a question within the `auth_session`; repeated once, as the same, if the answer was lost.
pub(crate) async fn ask(
    connection: &Connection,
    flow: &Flow,
    auth_session: &SecretString,
    question: &Question,
    repeat: &Repeat,
    language: Language,
) -> Result<Asked, Trouble> {
    let mut fields: Fields = vec![
        ("client_id", plain(CLIENT_ID)),
        ("auth_session", plain(auth_session.expose_secret())),
        ("request_id", plain(&repeat.request_id)),
        ("ui_locales", plain(code_of(language))),
    ];
    match question {
        Question::Send(method) => fields.push(("method", plain(name_of(*method)))),
        Question::StepUp => fields.extend([
            ("purpose", plain(STEP_UP)),
            ("code_challenge", plain(&pkce::challenge(&flow.verifier))),
            ("code_challenge_method", plain("S256")),
        ]),
        Question::StepUpPassword { password } => {
            fields.extend([("purpose", plain(STEP_UP)), ("password", plain(password.expose_secret()))]);
        }
        Question::Look { challenge_id } => fields.push(("challenge_id", plain(challenge_id))),
        Question::Code { challenge_id, code, .. } => {
            fields.push(("challenge_id", plain(challenge_id)));
            fields.push(("otp", plain(code.expose_secret())));
            if repeat.device.is_some() {
                fields.push(("remember_device", plain("true")));
            }
        }
    }
    let reply = connection.send_repeatable(&call(flow, repeat.device.as_ref(), fields)).await?;
    read(connection, &flow.entrance, &reply)
}

fn call<'a>(flow: &'a Flow, device: Option<&'a PrivateKey>, fields: Fields) -> Call<'a> {
    Call {
        method: Method::POST,
        url: &flow.entrance.endpoints.challenge,
        key: &flow.key,
        access_token: None,
        device,
        body: Body::Form(fields),
    }
}

fn plain(text: &str) -> Zeroizing<String> {
    Zeroizing::new(text.to_owned())
}

/// Its code in `ui_locales`.
pub(crate) const fn code_of(language: Language) -> &'static str {
    match language {
        Language::Fr => "fr",
        Language::En => "en",
        Language::De => "de",
    }
}

/// Its name on the wire.
pub(crate) const fn name_of(method: MethodId) -> &'static str {
    match method {
        MethodId::Email => "email",
        MethodId::Sms => "sms",
        MethodId::Totp => "totp",
        MethodId::RecoveryCode => "recovery_code",
        MethodId::Voice => "voice",
    }
}

/// The method of this name on the wire.
pub(crate) fn method_of(name: &str) -> Option<MethodId> {
    [MethodId::Email, MethodId::Sms, MethodId::Totp, MethodId::RecoveryCode, MethodId::Voice]
        .into_iter()
        .find(|method| name_of(*method) == name)
}

fn read(connection: &Connection, entrance: &Entrance, reply: &Reply) -> Result<Asked, Trouble> {
    if reply.status == StatusCode::OK {
        let authorized: Authorized = reply.json()?;
        return Ok(Asked::Authorized { authorization_code: authorized.authorization_code.into() });
    }
    if reply.status != StatusCode::BAD_REQUEST {
        return Err(reply.refusal());
    }
    let answer: ChallengeError = reply.json()?;
    let times = Times::of(connection, reply);
    match (answer.error, answer.next.clone()) {
        (ErrorCode::InsufficientAuthorization, Some(next)) => {
            let asked = times.step(entrance, answer, next);
            asked.ok_or_else(|| Trouble::unexpected("a step whose parts do not fit together"))
        }
        (ErrorCode::RedirectToWeb, _) => Ok(in_browser(entrance, &answer)),
        (ErrorCode::InsufficientAuthorization, None) => {
            Err(Trouble::unexpected("something is to be done, and not said what"))
        }
        _ => Err(reply.refusal()),
    }
}

fn in_browser(entrance: &Entrance, answer: &ChallengeError) -> Asked {
    let address = answer.request_uri.as_deref().and_then(|text| browser_address(&entrance.issuer, text));
    Asked::Browser { address }
}

impl Times {
    fn step(&self, entrance: &Entrance, answer: ChallengeError, next: Next) -> Option<Asked> {
        let problem = known(answer.problem);
        let trust_ended = trust_ended(&answer);
        let refusal = match problem {
            Some(Problem::CodeRejected) => Some(CodeRefusal::Rejected),
            Some(Problem::CodeExpired) => Some(CodeRefusal::Expired),
            Some(Problem::MethodBlocked) => Some(CodeRefusal::MethodBlocked(self.instant(answer.until))),
            Some(Problem::SendRefused) => Some(CodeRefusal::SendRefused(self.instant(answer.until))),
            _ => None,
        };
        Some(match next {
            Next::Password { roles } => Asked::Password {
                auth_session: answer.auth_session.map(Into::into),
                problem: match problem {
                    Some(Problem::WrongRole) => Some(view::PasswordProblem::WrongRole {
                        entrances: roles
                            .unwrap_or_default()
                            .into_iter()
                            .map(|role| view::EntranceInfo { label: entrance.role_label(&role), role })
                            .collect(),
                    }),
                    Some(Problem::CredentialsRejected) => Some(view::PasswordProblem::CredentialsRejected),
                    _ => None,
                },
            },
            Next::SelectMethod(choice) => {
                let methods = self.choices(&choice.methods);
                if methods.is_empty() {
                    return Some(in_browser(entrance, &answer));
                }
                let SelectMethod { preferred, .. } = choice;
                Asked::Method(AskedMethod {
                    auth_session: answer.auth_session.map(Into::into),
                    methods,
                    preferred: preferred.as_deref().and_then(method_of),
                    trust_ended,
                    problem: refusal,
                })
            }
            Next::Otp(otp) => {
                let Some(method) = method_of(&otp.method) else { return Some(in_browser(entrance, &answer)) };
                if !(4..=12).contains(&otp.length) {
                    return None;
                }
                let auth_session = answer.auth_session.map(Into::into);
                Asked::Code(self.code(entrance, otp, method, auth_session, trust_ended, refusal))
            }
            Next::ContactSupport => Asked::Blocked {
                since: self.local(answer.since),
                until: self.local(answer.until),
                cause: answer.cause.map(|cause| match cause {
                    wire::BlockCause::WrongCodes => BlockCause::WrongCodes,
                    wire::BlockCause::Requests => BlockCause::Requests,
                    wire::BlockCause::Support => BlockCause::Support,
                }),
                support: answer.support.map(|support| Support {
                    email: support.email,
                    phone: support.phone,
                    reference: support.reference,
                }),
            },
            Next::Activate { hint } => Asked::Activation { hint },
            Next::Webauthn | Next::NewPassword | Next::Unknown => in_browser(entrance, &answer),
        })
    }

    /// A code that is asked.
    pub(crate) fn code(
        &self,
        entrance: &Entrance,
        otp: Otp,
        method: MethodId,
        auth_session: Option<SecretString>,
        trust_ended: Option<TrustEndReason>,
        problem: Option<CodeRefusal>,
    ) -> AskedCode {
        let seconds = |n: u32| Duration::from_secs(n.into());
        let left = seconds(otp.expires_in);
        let whole = match method {
            MethodId::Totp | MethodId::RecoveryCode => left,
            _ => left.max(seconds(entrance.profile.code.validity_s)),
        };
        // Where the step does not say how long trust would hold, the profile does.
        let of_profile = entrance.profile.trust.map(|trust| trust.max_age_s);
        AskedCode {
            auth_session,
            method,
            challenge_id: otp.challenge_id,
            length: otp.length,
            hint: otp.hint,
            said_at: self.here,
            expires: self.instant + left,
            validity: whole,
            resend: self.instant + seconds(otp.resend_after),
            sends_remaining: otp.sends_remaining,
            attempts_remaining: otp.attempts_remaining,
            delivery: match otp.delivery {
                Some(parvis_protocol::message::Delivery::Queued) => view::Delivery::Queued,
                Some(parvis_protocol::message::Delivery::Failed) => view::Delivery::Failed,
                Some(parvis_protocol::message::Delivery::Sent) | None => view::Delivery::Sent,
            },
            methods: self.choices(&otp.methods),
            last_try_blocks_account: entrance.profile.code_block == CodeBlock::Account,
            next_code: self.next_code().filter(|_| method == MethodId::Totp),
            remember: otp.remember_max_age.or(of_profile).filter(|_| otp.can_remember).map(seconds),
            trust_ended,
            problem,
        }
    }

    fn choices(&self, methods: &[MethodChoice]) -> Vec<Choice> {
        let mut choices: Vec<Choice> = Vec::new();
        for method in methods {
            // One of a name: the window tells them apart by it.
            let id = method_of(&method.id).filter(|id| choices.iter().all(|known| known.id != *id));
            if let Some(id) = id {
                let blocked_until = self.instant(method.blocked_until);
                choices.push(Choice {
                    id,
                    hint: method.hint.clone(),
                    blocked_until,
                    requests_left: method.sends_remaining,
                    last_request_blocks: method.last_send_blocks,
                });
            }
        }
        choices
    }

    /// The end of the portal's present time step (RFC 6238): codes follow its clock, not this PC's.
    fn next_code(&self) -> Option<Instant> {
        let there = u64::try_from(self.there?).ok()?;
        Some(self.instant + Duration::from_millis(TOTP_STEP - there % TOTP_STEP))
    }
}

fn trust_ended(answer: &ChallengeError) -> Option<TrustEndReason> {
    if answer.problem != Some(Problem::TrustEnded) && answer.reason.is_none() {
        return None;
    }
    Some(match answer.reason {
        Some(error::TrustEndReason::OtherProfessional) => TrustEndReason::OtherProfessional,
        Some(error::TrustEndReason::Expired) => TrustEndReason::Expired,
        Some(error::TrustEndReason::CredentialsChanged) => TrustEndReason::CredentialsChanged,
        Some(error::TrustEndReason::Revoked) => TrustEndReason::Revoked,
        Some(error::TrustEndReason::KeyMissing) | None => TrustEndReason::KeyMissing,
    })
}
