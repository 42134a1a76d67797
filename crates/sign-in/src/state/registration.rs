//! Opening an account: the form, the codes that prove the contacts, what is accepted, and the end.
//!
//! Passwords are in the request only: what is kept of a form is what may be shown again.

use super::{AtPassword, CodeEntry, Effect, Problems, SignIn, State, answers};
use crate::{
    challenge::Identifier,
    entrance::Entrance,
    link::RegistrationLink,
    registration::{Answered, Done, Form, LINK, NAME_LETTERS, Question, Reached, RegistrationFlow, Resend},
    request::Request,
    space::Typed,
    view::{Answer, Appointment, Busy, ContactField, FailureCode, FormProblem, FormRefusal, Notice},
};
use parvis_portal_profile::{Consent, ConsentStep, FieldId, RegistrationForm};
use parvis_protocol::encoding::same_secret;
use secrecy::{ExposeSecret, SecretString};
use std::{
    collections::{BTreeMap, VecDeque},
    mem,
    sync::Arc,
};
use tokio::time::Instant;

/// The box of the declaration, as the window names it.
const DECLARATION: &str = "declaration";

/// Somebody opens an account.
#[derive(Debug)]
pub(crate) struct Registering {
    pub(crate) at: Arc<Entrance>,
    /// What the portal's profile asks for.
    pub(crate) form: RegistrationForm,
    /// From the first answer on.
    flow: Option<Arc<RegistrationFlow>>,
    session: Option<SecretString>,
    link: Option<SecretString>,
    /// What the link is about.
    pub(crate) appointment: Option<Appointment>,
    /// So many letters of the family name are asked besides.
    pub(crate) name_letters: Option<u32>,
    /// As typed.
    pub(crate) letters: Typed,
    /// As typed, for coming back to it; never a password.
    pub(crate) typed: BTreeMap<FieldId, Typed>,
    /// Boxes that were ticked, as the window names them.
    pub(crate) ticked: Vec<String>,
    pub(crate) step: RegistrationStep,
}

/// Where it stands.
#[derive(Debug)]
pub(crate) enum RegistrationStep {
    /// The form.
    Form {
        /// Why the last one was refused.
        problems: Problems<FormProblem>,
    },
    /// A code.
    Code {
        /// What it proves.
        contact: ContactField,
        /// The code.
        entry: CodeEntry,
    },
    /// What is accepted last, one after the other.
    Consent {
        /// What.
        asked: Consent,
        /// Afterwards.
        then: VecDeque<Consent>,
        /// Ids of those that were accepted already.
        accepted: Vec<String>,
    },
    /// The end.
    Done {
        /// What came of it.
        done: Done,
        /// The link was mailed again.
        resent: bool,
    },
}

impl RegistrationStep {
    fn form() -> Self {
        Self::Form { problems: Problems::default() }
    }
}

impl Registering {
    /// What its owner signs in with, once that is known.
    pub(crate) fn identifier(&self) -> Identifier {
        match &self.step {
            RegistrationStep::Done { done, .. } => done.identifier.clone(),
            _ => Identifier::default(),
        }
    }

    fn request(&self, question: Question) -> Request {
        Request::Register {
            at: self.at.clone(),
            flow: self.flow.clone(),
            session: self.session.clone(),
            question,
            request_id: None,
        }
    }

    /// To the form, which keeps what was typed; what was proved is proved anew.
    fn back_to_form(&mut self) {
        (self.session, self.step) = (None, RegistrationStep::form());
    }

    /// A step that cannot be gone on with: from the form again. What is done stays done.
    pub(super) fn give_up(&mut self) {
        if matches!(self.step, RegistrationStep::Code { .. } | RegistrationStep::Consent { .. }) {
            self.back_to_form();
        }
    }

    /// Takes what was typed into the fields that are asked, and says what is wrong with it before anything is sent.
    fn take(
        &mut self,
        mut fields: BTreeMap<String, SecretString>,
        declared: bool,
        ticked: &[String],
    ) -> Result<Form, Vec<FormProblem>> {
        let mut sent = BTreeMap::new();
        let mut problems = Vec::new();
        let mut wrong =
            |field: &str, refusal| problems.push(FormProblem { field: field.to_owned(), refusal });
        let mut value = |name: &str| fields.remove(name).unwrap_or_default();
        for field in &self.form.fields {
            let (id, again) = (field.id.as_str(), field.id.again());
            let typed = value(id);
            let repeated = field.again.is_some().then(|| value(again));
            // Spaces around a password are its own.
            let trim = |typed: &SecretString| match field.id {
                FieldId::Password => typed.clone(),
                _ => typed.expose_secret().trim().into(),
            };
            let is_empty = |typed: &SecretString| trim(typed).expose_secret().is_empty();
            if is_empty(&typed) {
                wrong(id, FormRefusal::Missing);
            } else if let Some(repeated) = &repeated {
                if is_empty(repeated) {
                    wrong(again, FormRefusal::Missing);
                } else if !same_secret(trim(&typed).expose_secret(), trim(repeated).expose_secret()) {
                    wrong(again, FormRefusal::Different);
                }
            }
            if field.id != FieldId::Password {
                self.typed.insert(field.id, Typed(typed.expose_secret().to_owned()));
            }
            sent.insert(id.to_owned(), typed);
            sent.extend(repeated.map(|repeated| (again.to_owned(), repeated)));
        }
        if self.name_letters.is_some() {
            let letters = value(NAME_LETTERS);
            if letters.expose_secret().trim().is_empty() {
                wrong(NAME_LETTERS, FormRefusal::Missing);
            }
            self.letters = Typed(letters.expose_secret().to_owned());
            sent.insert(NAME_LETTERS.to_owned(), letters);
        }
        let to_declare = self.form.declaration.is_some();
        if to_declare && !declared {
            wrong(DECLARATION, FormRefusal::Missing);
        }
        let mut accepted = Vec::new();
        for consent in self.form.consents.iter().filter(|consent| consent.step == ConsentStep::Form) {
            if ticked.contains(&consent.id) {
                accepted.push(consent.id.clone());
            } else {
                wrong(&consent.id, FormRefusal::Missing);
            }
        }
        self.ticked.clone_from(&accepted);
        self.ticked.extend((to_declare && declared).then(|| DECLARATION.to_owned()));
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Form { link: self.link.clone(), fields: sent, declared: to_declare, accepted })
    }
}

/// « Créer un compte »: the form; nothing is asked of the portal yet. `None` where there is none.
pub(super) fn begin(state: &mut State) -> Option<Vec<Effect>> {
    let goes_on = |registering: &Registering| !matches!(registering.step, RegistrationStep::Done { .. });
    if matches!(&state.sign_in, SignIn::Registering(registering) if goes_on(registering)) {
        return None;
    }
    let (at, _) = state.sign_in.place()?;
    let registering = registering(at.clone(), None)?;
    Some(state.go(SignIn::Registering(Box::new(registering))))
}

fn registering(at: Arc<Entrance>, link: Option<SecretString>) -> Option<Registering> {
    Some(Registering {
        form: at.profile.registration.form.clone()?,
        at,
        flow: None,
        session: None,
        link,
        appointment: None,
        name_letters: None,
        letters: Typed(String::new()),
        typed: BTreeMap::new(),
        ticked: Vec::new(),
        step: RegistrationStep::form(),
    })
}

/// A link was opened. It waits while somebody is signed in, or while something is under way.
pub(super) fn on_link(state: &mut State, link: RegistrationLink) -> Vec<Effect> {
    if state.busy.is_none() && state.session().is_none() {
        return follow(state, link);
    }
    if let SignIn::SignedIn(signed_in) = &mut state.sign_in {
        signed_in.notice = Some(Notice::LinkWaits);
    }
    state.link = Some(link);
    Vec::new()
}

/// Follows a link that waits, once nothing is in its way.
pub(super) fn follow_waiting(state: &mut State) -> Vec<Effect> {
    // What ended is read first.
    let said = matches!(state.sign_in, SignIn::Left { .. } | SignIn::Revoked { .. });
    if said || state.busy.is_some() || state.session().is_some() {
        return Vec::new();
    }
    match state.link.take() {
        Some(link) => follow(state, link),
        None => Vec::new(),
    }
}

fn follow(state: &mut State, link: RegistrationLink) -> Vec<Effect> {
    let RegistrationLink { portal, token } = link;
    state.run(Busy::Connecting, Request::FollowLink { portal, token })
}

/// The portal of a link was read: its form, and what the link is about.
pub(super) fn on_followed(state: &mut State, at: Arc<Entrance>, token: Option<SecretString>) -> Vec<Effect> {
    let Some(registering) = registering(at, token.clone()) else { return Vec::new() };
    let question = token.map(|token| registering.request(Question::Link(token)));
    let effects = state.go(SignIn::Registering(Box::new(registering)));
    match question {
        Some(question) => state.run(Busy::Registering, question),
        None => effects,
    }
}

/// Answers to a registration; `None` where the answer belongs to another screen.
pub(super) fn on_answer(state: &mut State, answer: Answer) -> Option<Vec<Effect>> {
    let SignIn::Registering(registering) = &mut state.sign_in else { return None };
    let question = match (answer, &mut registering.step) {
        (Answer::SubmitRegistration { fields, declared, accepted }, RegistrationStep::Form { .. }) => {
            match registering.take(fields, declared, &accepted) {
                Ok(form) => {
                    registering.step = RegistrationStep::form();
                    Question::Form(form)
                }
                Err(problems) => {
                    registering.step = RegistrationStep::Form { problems: Problems::here(problems) };
                    // What was lost has another form's passwords.
                    (state.failure, state.lost) = (None, None);
                    return Some(Vec::new());
                }
            }
        }
        (Answer::EditRegistration, RegistrationStep::Code { .. }) => {
            registering.back_to_form();
            (state.failure, state.lost) = (None, None);
            return Some(Vec::new());
        }
        (Answer::Code { code, .. }, RegistrationStep::Code { entry, .. }) => {
            let Some(code) = entry.take(&code, state.lost.is_some()) else {
                state.failure = None;
                return Some(Vec::new());
            };
            Question::Code { challenge_id: entry.step.challenge_id.clone(), code }
        }
        (Answer::SendCode { method }, RegistrationStep::Code { entry, .. }) => {
            entry.step.methods.iter().find(|choice| choice.id == method)?;
            Question::Resend(Resend::Code(method))
        }
        (Answer::PollDelivery, RegistrationStep::Code { .. }) => {
            let (flow, session) = (registering.flow.clone()?, registering.session.clone()?);
            return Some(vec![Effect::PollRegistration { flow, session }]);
        }
        (Answer::AcceptConsent { id }, RegistrationStep::Consent { asked, then, accepted })
            if id == asked.id =>
        {
            if let Some(next) = then.pop_front() {
                *asked = next;
                accepted.push(id);
                return Some(Vec::new());
            }
            Question::Accept(accepted.iter().cloned().chain([id]).collect())
        }
        (Answer::ResendActivation, RegistrationStep::Done { done, resent }) if !done.opened => {
            registering.session.as_ref()?;
            *resent = false;
            Question::Resend(Resend::Activation)
        }
        (Answer::SignInNow, RegistrationStep::Done { done, .. }) => {
            let (at, role) = (registering.at.clone(), registering.form.role.clone());
            let identifier = done.identifier.clone();
            state.last_entrances.insert(at.portal.id.clone(), role.clone());
            return Some(state.go(SignIn::Password(AtPassword::at(at, role, identifier))));
        }
        (Answer::ReturnToPage, RegistrationStep::Done { done, .. }) => {
            return Some(vec![Effect::OpenBrowser(done.return_to.clone()?)]);
        }
        _ => return None,
    };
    if state.lost.as_ref().is_some_and(|lost| is_again(lost, &question)) {
        return Some(answers::retry(state));
    }
    let request = registering.request(question);
    Some(state.run(answers::busy_of(&request), request))
}

/// The same answer to the same question: its own answer was lost, and it is the same request.
fn is_again(lost: &Request, question: &Question) -> bool {
    let same = |a: &SecretString, b: &SecretString| same_secret(a.expose_secret(), b.expose_secret());
    let Request::Register { question: lost, .. } = lost else { return false };
    match (lost, question) {
        (Question::Form(lost), Question::Form(form)) => {
            lost.accepted == form.accepted
                && lost.fields.len() == form.fields.len()
                && lost.link.is_some() == form.link.is_some()
                && lost
                    .fields
                    .iter()
                    .zip(&form.fields)
                    .all(|((name, a), (other, b))| name == other && same(a, b))
        }
        (Question::Code { code: lost, .. }, Question::Code { code, .. }) => same(lost, code),
        (Question::Resend(lost), Question::Resend(what)) => lost == what,
        (Question::Accept(lost), Question::Accept(ids)) => lost == ids,
        _ => false,
    }
}

/// The portal's answer.
pub(super) fn on_answered(
    state: &mut State,
    flow: Arc<RegistrationFlow>,
    answered: Answered,
    resent: bool,
    at: Instant,
) -> Vec<Effect> {
    let SignIn::Registering(registering) = &mut state.sign_in else { return Vec::new() };
    let Answered { session, step, problems } = answered;
    registering.flow = Some(flow);
    registering.session = session.or_else(|| registering.session.take());
    let problems = Problems { list: problems, said: Some(at) };
    let before = mem::replace(&mut registering.step, RegistrationStep::form());
    registering.step = match step {
        Reached::Form { name_letters, appointment } => {
            registering.session = None;
            let later = |problem: &FormProblem| matches!(problem.refusal, FormRefusal::Later { .. });
            if problems.list.iter().any(|problem| problem.field == LINK && !later(problem)) {
                // A link that is no good is as none.
                (registering.link, registering.name_letters, registering.appointment) = (None, None, None);
            } else {
                registering.name_letters = name_letters.or(registering.name_letters);
                registering.appointment = appointment.or_else(|| registering.appointment.take());
            }
            RegistrationStep::Form { problems }
        }
        Reached::Done(done) => RegistrationStep::Done { done, resent: resent && problems.list.is_empty() },
        _ if registering.session.is_none() => {
            state.say(FailureCode::UnexpectedAnswer, "a step of a registration without its session");
            return Vec::new();
        }
        Reached::Code { contact, code } => {
            let entry = match before {
                RegistrationStep::Code { contact: same, entry } if same == contact => {
                    CodeEntry::asked(code, entry.sends, resent, Some(entry))
                }
                _ => CodeEntry::asked(code, 0, true, None),
            };
            RegistrationStep::Code { contact, entry }
        }
        Reached::Consent { asked, then } => RegistrationStep::Consent { asked, then, accepted: Vec::new() },
    };
    Vec::new()
}
