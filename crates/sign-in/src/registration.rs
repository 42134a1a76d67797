//! Opening an account on the wire (PROTOCOL §7, `/registration`): what is sent at each step, and what the answer says.

use crate::{
    account::below,
    challenge::{AskedCode, Choice, CodeRefusal, Identifier, code_of, method_of, name_of},
    connection::{Body, Call, Connection, Reply},
    entrance::{Entrance, browser_address},
    failure::Trouble,
    form,
    times::Times,
    view::{Appointment, ContactField, FormProblem, Language, MethodId},
};
use parvis_portal_profile::Consent;
use parvis_protocol::{
    entropy::Entropy,
    error::{ErrorCode, FieldProblemCode},
    jws::PrivateKey,
    message::{FieldProblem, Otp},
    registration::{Registered, RegistrationAnswer, RegistrationRequest, RegistrationStep},
};
use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::Duration,
};
use tokio::time::Instant;
use url::Url;
use zeroize::Zeroize;

/// The fields of codes and of the link, in the portal's problems.
const CODE: &str = "otp";
pub(crate) const LINK: &str = "link";
/// The letters of the family name that are asked of whoever comes from a reminder.
pub(crate) const NAME_LETTERS: &str = "name_letters";

/// What one registration is held together by: its key, in memory only.
pub(crate) struct RegistrationFlow {
    at: Arc<Entrance>,
    key: PrivateKey,
}

impl std::fmt::Debug for RegistrationFlow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RegistrationFlow").field("portal", &self.at.portal.id).finish_non_exhaustive()
    }
}

impl RegistrationFlow {
    /// A fresh registration.
    pub(crate) fn new(at: Arc<Entrance>, entropy: &dyn Entropy) -> Self {
        Self { at, key: PrivateKey::generate(entropy) }
    }
}

/// The form as it was filled in.
#[derive(Debug)]
pub(crate) struct Form {
    /// The person came by this link.
    pub(crate) link: Option<SecretString>,
    /// As typed, by the ids of the fields; typed again: `…_again`.
    pub(crate) fields: BTreeMap<String, SecretString>,
    /// The declaration's box.
    pub(crate) declared: bool,
    /// Ids of the consents whose boxes are ticked.
    pub(crate) accepted: Vec<String>,
}

/// A message that is asked for again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resend {
    /// The code, this way.
    Code(MethodId),
    /// The link that activates.
    Activation,
}

/// What is asked of the portal.
#[derive(Debug)]
pub(crate) enum Question {
    /// What is this link about?
    Link(SecretString),
    /// Is this form right?
    Form(Form),
    /// Is this the code?
    Code {
        /// Which challenge it answers.
        challenge_id: String,
        /// Normalised.
        code: SecretString,
    },
    /// Send this message again.
    Resend(Resend),
    /// These are accepted.
    Accept(Vec<String>),
}

/// The portal's answer.
#[derive(Debug)]
pub(crate) struct Answered {
    /// For the next question.
    pub(crate) session: Option<SecretString>,
    /// What is asked next.
    pub(crate) step: Reached,
    /// What is wrong with the last answer, all at once; with a code: in its step.
    pub(crate) problems: Vec<FormProblem>,
}

/// A step of a registration.
#[derive(Debug)]
pub(crate) enum Reached {
    /// The form of the profile.
    Form {
        /// So many letters of the family name besides.
        name_letters: Option<u32>,
        /// What the link is about.
        appointment: Option<Appointment>,
    },
    /// The code that was sent.
    Code {
        /// What it proves.
        contact: ContactField,
        /// The code.
        code: AskedCode,
    },
    /// What is accepted last.
    Consent {
        /// First.
        asked: Consent,
        /// Afterwards.
        then: VecDeque<Consent>,
    },
    /// The end.
    Done(Done),
}

/// The end of a registration.
#[derive(Debug)]
pub(crate) struct Done {
    /// The account is open; if not, a link was mailed that activates it.
    pub(crate) opened: bool,
    /// What its owner signs in with.
    pub(crate) identifier: Identifier,
    /// Masked address that the link went to.
    pub(crate) hint: Option<String>,
    /// When the link can be mailed again.
    pub(crate) resend: Instant,
    /// Mails left.
    pub(crate) sends_remaining: Option<u32>,
    /// Page that the person came from; the portal's own, checked.
    pub(crate) return_to: Option<Url>,
}

/// Asks a question; repeated once, as the same, if the answer was lost.
pub(crate) async fn ask(
    connection: &Connection,
    flow: &RegistrationFlow,
    session: Option<&SecretString>,
    question: &Question,
    request_id: &str,
    language: Language,
) -> Result<Answered, Trouble> {
    let plain = |secret: &SecretString| secret.expose_secret().to_owned();
    let mut message =
        RegistrationRequest { request_id: Some(request_id.to_owned()), ..RegistrationRequest::default() };
    match question {
        // No session goes with these: they begin one.
        Question::Link(link) => {
            message.ui_locales = Some(code_of(language).to_owned());
            message.link = Some(plain(link));
        }
        Question::Form(form) => {
            message.ui_locales = Some(code_of(language).to_owned());
            message.link = form.link.as_ref().map(plain);
            message.fields =
                Some(form.fields.iter().map(|(name, value)| (name.clone(), plain(value))).collect());
            message.declared = form.declared;
            message.accepted.clone_from(&form.accepted);
        }
        Question::Code { challenge_id, code } => {
            message.registration_session = session.map(plain);
            message.challenge_id = Some(challenge_id.clone());
            message.otp = Some(plain(code));
        }
        Question::Resend(what) => {
            let name = match what {
                Resend::Code(method) => name_of(*method),
                Resend::Activation => LINK,
            };
            message.registration_session = session.map(plain);
            message.resend = Some(name.to_owned());
        }
        Question::Accept(ids) => {
            message.registration_session = session.map(plain);
            message.accepted.clone_from(ids);
        }
    }
    send(connection, flow, message).await
}

/// Asks where the registration stands, for what became of a message.
pub(crate) async fn look(
    connection: &Connection,
    flow: &RegistrationFlow,
    session: &SecretString,
) -> Result<Answered, Trouble> {
    let session = Some(session.expose_secret().to_owned());
    let message = RegistrationRequest { registration_session: session, ..RegistrationRequest::default() };
    send(connection, flow, message).await
}

async fn send(
    connection: &Connection,
    flow: &RegistrationFlow,
    mut message: RegistrationRequest,
) -> Result<Answered, Trouble> {
    let body = Body::json(&message);
    message.fields.iter_mut().flat_map(BTreeMap::values_mut).for_each(Zeroize::zeroize);
    for secret in [&mut message.registration_session, &mut message.link, &mut message.otp] {
        secret.zeroize();
    }
    let call = Call {
        method: Method::POST,
        url: &below(&flow.at, &["registration"])?,
        key: &flow.key,
        access_token: None,
        device: None,
        body,
    };
    read(connection, &flow.at, &connection.send_repeatable(&call).await?)
}

fn read(connection: &Connection, at: &Entrance, reply: &Reply) -> Result<Answered, Trouble> {
    let asks = reply.status == StatusCode::BAD_REQUEST
        && reply.error() == Some(ErrorCode::InsufficientAuthorization);
    if reply.status != StatusCode::OK && !asks {
        return Err(reply.refusal());
    }
    let RegistrationAnswer { registration_session, next, problems, .. } = reply.json()?;
    let next = next.ok_or_else(|| Trouble::unexpected("something is to be done, and not said what"))?;
    let times = Times::of(connection, reply);
    Ok(Answered {
        session: registration_session.map(Into::into),
        step: step(at, &times, next, &problems)?,
        problems: form::problems(&problems, &times),
    })
}

/// Why a code, or its sending, was refused.
fn refusal(problem: &FieldProblem, times: &Times) -> CodeRefusal {
    let until = times.instant(form::until(problem));
    match FieldProblemCode::parse(&problem.code) {
        FieldProblemCode::Expired => CodeRefusal::Expired,
        FieldProblemCode::Blocked => CodeRefusal::MethodBlocked(until),
        FieldProblemCode::SendRefused => CodeRefusal::SendRefused(until),
        _ => CodeRefusal::Rejected,
    }
}

fn step(
    at: &Entrance,
    times: &Times,
    next: RegistrationStep,
    problems: &[FieldProblem],
) -> Result<Reached, Trouble> {
    let with = |field: &str| problems.iter().find(|problem| problem.field == field);
    let refusal = with(CODE).map(|problem| refusal(problem, times));
    Ok(match next {
        RegistrationStep::Form { name_letters, appointment } => Reached::Form {
            name_letters,
            appointment: appointment.and_then(|appointment| {
                Some(Appointment { at: times.local(Some(appointment.at))?, practice: appointment.practice })
            }),
        },
        RegistrationStep::VerifyPhone(otp) => code(at, times, otp, ContactField::Phone, refusal)?,
        RegistrationStep::VerifyEmail(otp) => code(at, times, otp, ContactField::Email, refusal)?,
        RegistrationStep::Consent { consents } => {
            let form = at.profile.registration.form.as_ref();
            let known = |id: &String| form?.consents.iter().find(|consent| consent.id == *id).cloned();
            let mut then: VecDeque<Consent> = consents.iter().filter_map(known).collect();
            let complete = then.len() == consents.len();
            let asked = then.pop_front().filter(|_| complete);
            let asked = asked.ok_or_else(|| Trouble::unexpected("consents that the profile lacks"))?;
            Reached::Consent { asked, then }
        }
        RegistrationStep::Done(done) => {
            let mut done = end(at, times, done);
            let no_mail_until = with(LINK).and_then(|problem| times.instant(form::until(problem)));
            done.resend = done.resend.max(no_mail_until.unwrap_or(done.resend));
            Reached::Done(done)
        }
        RegistrationStep::Unknown => return Err(Trouble::unexpected("a step that is not known here")),
    })
}

fn code(
    at: &Entrance,
    times: &Times,
    otp: Otp,
    contact: ContactField,
    refusal: Option<CodeRefusal>,
) -> Result<Reached, Trouble> {
    let ways: &[MethodId] = match contact {
        ContactField::Phone => &[MethodId::Sms, MethodId::Voice],
        ContactField::Email => &[MethodId::Email],
    };
    let method = method_of(&otp.method).filter(|method| ways.contains(method));
    let method = method.filter(|_| (3..=12).contains(&otp.length));
    let method = method.ok_or_else(|| Trouble::unexpected("a code that proves nothing of this contact"))?;
    let mut code = times.code(at, otp, method, None, None, refusal);
    // Nobody has an account yet that could be trusted, or blocked.
    (code.remember, code.last_try_blocks_account) = (None, false);
    code.methods.retain(|choice| ways.contains(&choice.id));
    if code.methods.is_empty() {
        // A mobile can be called, too; a landline gets no SMS.
        let possible = ways.iter().filter(|way| **way == method || method == MethodId::Sms);
        let hint = code.hint.clone();
        code.methods = possible
            .map(|way| Choice {
                id: *way,
                hint: hint.clone(),
                blocked_until: None,
                requests_left: None,
                last_request_blocks: false,
            })
            .collect();
    }
    Ok(Reached::Code { contact, code })
}

fn end(at: &Entrance, times: &Times, done: Registered) -> Done {
    Done {
        opened: done.opened,
        identifier: Identifier(done.identifier),
        hint: done.hint,
        resend: times.instant + Duration::from_secs(done.resend_after.into()),
        sends_remaining: done.sends_remaining,
        return_to: done.return_to.and_then(|address| browser_address(&at.issuer, &address)),
    }
}
