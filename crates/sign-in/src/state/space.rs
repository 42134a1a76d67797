//! « Mon espace »: where in it the person is, what is being changed, and the fresh proof that a change may need (RFC 9470).

use super::{AtCode, AtMethod, CodeEntry, Effect, Shown, SignIn, SignedIn, State, answers};
use crate::{
    account::Account,
    challenge::{Asked, AskedMethod, Flow, Question},
    failure::Trouble,
    request::Request,
    space::{self, Change, Delegates, Done, List, ListKind, TOTP_LENGTH, Typed, Wrong},
    tokens::Session,
    view::{
        Answer, AuthenticatorSetup, AuthenticatorState, Busy, ContactDone, ContactField, DelegateDone,
        FieldProblem, FormProblem, HistoryEntry, Notice, OpenSession, Place,
    },
};
use parvis_protocol::{clock::UnixMillis, encoding::same_secret};
use secrecy::{ExposeSecret, SecretString};
use std::{mem, sync::Arc};
use tokio::time::Instant;

/// A part of « Mon espace », with what belongs to it alone.
#[derive(Debug, Default)]
pub(crate) enum Page {
    /// « Mon espace » itself.
    #[default]
    Home,
    /// « Modifier le mot de passe ».
    ChangePassword {
        /// Why the last try was refused.
        problems: Problems,
    },
    /// « Ma fiche ».
    Contacts {
        /// Why the last change was refused.
        problems: Problems,
        /// What was just done.
        done: Option<ContactDone>,
        /// What was typed, to send its code again.
        typed: Option<(ContactField, Typed)>,
    },
    /// « Application d’authentification ».
    Authenticator {
        /// A new secret that waits for its proof.
        setup: Option<Box<AuthenticatorSetup>>,
        /// Why the last code was refused.
        problems: Problems,
        /// Something to say once.
        notice: Option<Notice>,
    },
    /// Recovery codes, shown this once.
    RecoveryCodes {
        /// The codes.
        codes: Vec<SecretString>,
        /// By this PC's clock.
        at: UnixMillis,
    },
    /// Open sessions.
    Sessions(Option<Vec<OpenSession>>),
    /// History.
    History(Option<Vec<HistoryEntry>>),
    /// « Mes délégués ».
    Delegates {
        /// Absent until it was read.
        delegates: Option<Delegates>,
        /// Why the last invitation was refused.
        problems: Problems<FormProblem>,
        /// What was just done.
        done: Option<DelegateDone>,
    },
}

impl Page {
    /// The list that is read for it.
    const fn list(&self) -> Option<ListKind> {
        match self {
            Self::Sessions(_) => Some(ListKind::Sessions),
            Self::History(_) => Some(ListKind::History),
            Self::Delegates { .. } => Some(ListKind::Delegates),
            _ => None,
        }
    }
}

/// What is wrong with a form, and when it was said: the durations in it count from there.
#[derive(Debug)]
pub(crate) struct Problems<T = FieldProblem> {
    pub(crate) list: Vec<T>,
    pub(crate) said: Option<Instant>,
}

impl<T> Problems<T> {
    /// What this PC says is wrong.
    pub(super) const fn here(list: Vec<T>) -> Self {
        Self { list, said: None }
    }
}

impl<T> Default for Problems<T> {
    fn default() -> Self {
        Self::here(Vec::new())
    }
}

/// A change that waits for a fresh proof of who is here.
#[derive(Debug)]
pub(crate) struct StepUp {
    /// What is asked.
    pub(crate) step: StepUpStep,
    /// What was wanted; goes on by itself afterwards.
    wanted: Change,
}

/// What a step-up asks.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "one exists at a time")]
pub(crate) enum StepUpStep {
    /// The password again.
    Password {
        /// Within which `auth_session`.
        flow: Arc<Flow>,
        auth_session: SecretString,
        /// It was refused.
        rejected: bool,
    },
    /// Choose a method.
    Method(AtMethod),
    /// Enter a code.
    Code(AtCode),
}

/// Answers within « Mon espace »; `None` where the answer belongs to another screen.
pub(super) fn on_answer(state: &mut State, answer: Answer) -> Option<Vec<Effect>> {
    let SignIn::SignedIn(signed_in) = &mut state.sign_in else { return None };
    if signed_in.step_up.is_some() {
        return on_step_up_answer(state, answer);
    }
    let session = signed_in.session.clone();
    let mut wanted = match answer {
        Answer::Show { place } => return Some(show(state, place)),
        Answer::OpenPages => return Some(state.run(Busy::OpeningPages, Request::OpenPages { session })),
        Answer::AcceptRecoveryCodes if matches!(signed_in.page, Page::RecoveryCodes { .. }) => {
            return Some(show(state, Place::Authenticator));
        }
        Answer::PollDelivery if matches!(signed_in.page, Page::Contacts { .. }) => {
            return Some(vec![Effect::Load(session)]);
        }
        Answer::CancelContact => {
            let Page::Contacts { problems, typed, .. } = &mut signed_in.page else { return None };
            (*problems, *typed) = (Problems::default(), None);
            if let Some(account) = &mut signed_in.account {
                account.card.pending = None;
            }
            return Some(Vec::new());
        }
        other => change_of(signed_in, other)?,
    };
    // What cannot be a code is refused here: nothing is sent, and no try is spent.
    if let Change::Prove { code, .. } | Change::ConfirmAuthenticator { code } = &mut wanted {
        let pending = signed_in.account.as_ref().and_then(|account| account.card.pending.as_ref());
        let (problems, length) = match &mut signed_in.page {
            Page::Contacts { problems, .. } => {
                (problems, pending.map_or(TOTP_LENGTH, |pending| pending.length))
            }
            Page::Authenticator { problems, .. } => (problems, TOTP_LENGTH),
            _ => return None,
        };
        let Some(normal) = space::code(code, length) else {
            *problems = Problems::here(vec![FieldProblem::NotACode]);
            return Some(Vec::new());
        };
        *code = normal;
    }
    signed_in.notice = None;
    match &mut signed_in.page {
        Page::ChangePassword { problems } => *problems = Problems::default(),
        Page::Contacts { problems, done, typed } => {
            (*problems, *done) = (Problems::default(), None);
            if let Change::Contact { field, value } = &wanted {
                *typed = Some((*field, value.clone()));
            }
        }
        Page::Authenticator { problems, notice, .. } => (*problems, *notice) = (Problems::default(), None),
        Page::Delegates { problems, done, .. } => (*problems, *done) = (Problems::default(), None),
        _ => {}
    }
    Some(state.run(Busy::Saving, Request::Change { session, change: wanted }))
}

/// What an answer wants changed, if it belongs to the page.
fn change_of(signed_in: &SignedIn, answer: Answer) -> Option<Change> {
    Some(match (answer, &signed_in.page) {
        (Answer::ChangePassword { current, new, sign_out_others }, Page::ChangePassword { .. }) => {
            Change::Password { current, new, sign_out_others }
        }
        (Answer::ChangeContact { field, value }, Page::Contacts { .. }) => {
            Change::Contact { field, value: Typed(value) }
        }
        (Answer::ResendContact, Page::Contacts { typed, .. }) => {
            let (field, value) = typed.clone()?;
            Change::Contact { field, value }
        }
        (Answer::ProveContact { code }, Page::Contacts { .. }) => {
            let pending = signed_in.account.as_ref()?.card.pending.as_ref()?;
            Change::Prove { field: pending.field, challenge_id: pending.challenge_id.clone(), code }
        }
        (Answer::SetUpAuthenticator, Page::Authenticator { .. }) => Change::SetUpAuthenticator,
        (Answer::ConfirmAuthenticator { code }, Page::Authenticator { setup: Some(_), .. }) => {
            Change::ConfirmAuthenticator { code }
        }
        (Answer::RemoveAuthenticator, Page::Authenticator { .. }) => Change::RemoveAuthenticator,
        (Answer::NewRecoveryCodes, Page::Authenticator { .. }) => Change::NewRecoveryCodes,
        (Answer::EndSession { id }, Page::Sessions(Some(sessions))) => {
            sessions.iter().any(|open| open.id == id && !open.current).then_some(Change::EndSession { id })?
        }
        (Answer::SignOutOthers, Page::Sessions(_)) => Change::SignOutOthers,
        (Answer::InviteDelegate { name, email }, Page::Delegates { .. }) => {
            Change::InviteDelegate { name: Typed(name), email: Typed(email) }
        }
        (Answer::RemoveDelegate { id }, Page::Delegates { delegates: Some(delegates), .. }) => {
            let delegate = delegates.list.iter().find(|delegate| delegate.id == id)?;
            Change::RemoveDelegate { id, name: Typed(delegate.name.clone()) }
        }
        _ => return None,
    })
}

/// Goes to a part of « Mon espace »; what belonged to the one before is gone with it.
fn show(state: &mut State, place: Place) -> Vec<Effect> {
    (state.failure, state.lost) = (None, None);
    let SignIn::SignedIn(signed_in) = &mut state.sign_in else { return Vec::new() };
    let session = signed_in.session.clone();
    signed_in.notice = None;
    let (page, effects) = match place {
        Place::Home => (Page::Home, vec![Effect::Load(session)]),
        Place::ChangePassword => (Page::ChangePassword { problems: Problems::default() }, Vec::new()),
        Place::Contacts => {
            let page = Page::Contacts { problems: Problems::default(), done: None, typed: None };
            (page, vec![Effect::Load(session)])
        }
        Place::Authenticator => {
            let page = Page::Authenticator { setup: None, problems: Problems::default(), notice: None };
            (page, vec![Effect::Load(session)])
        }
        Place::Sessions => (Page::Sessions(None), Vec::new()),
        Place::History => (Page::History(None), Vec::new()),
        Place::Delegates => {
            let page = Page::Delegates { delegates: None, problems: Problems::default(), done: None };
            (page, Vec::new())
        }
    };
    signed_in.page = page;
    effects.into_iter().chain(read_list(signed_in)).collect()
}

/// Reads the list that the page shows.
pub(super) fn read_list(signed_in: &SignedIn) -> Option<Effect> {
    Some(Effect::LoadList(signed_in.session.clone(), signed_in.page.list()?))
}

/// Reads a list that could not be read once more.
pub(super) fn read_list_again(state: &mut State) -> Vec<Effect> {
    state.failure = None;
    match &state.sign_in {
        SignIn::SignedIn(signed_in) => read_list(signed_in).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// Closes a fresh proof that is being checked: its late answer is not waited for. `false` where there is none.
pub(super) fn cancel_busy_step_up(state: &mut State) -> bool {
    let checking =
        matches!(state.busy(), Some(Busy::CheckingPassword | Busy::SendingCode | Busy::CheckingCode));
    let SignIn::SignedIn(signed_in) = &mut state.sign_in else { return false };
    if !checking || signed_in.step_up.take().is_none() {
        return false;
    }
    state.busy = None;
    (state.failure, state.lost) = (None, None);
    true
}

/// A list was read.
pub(super) fn on_listed(state: &mut State, session: &Arc<Session>, list: List) -> Vec<Effect> {
    if let SignIn::SignedIn(signed_in) = &mut state.sign_in
        && Arc::ptr_eq(&signed_in.session, session)
    {
        match (&mut signed_in.page, list) {
            (Page::Sessions(shown), List::Sessions(read)) => *shown = Some(read),
            (Page::History(shown), List::History(read)) => *shown = Some(read),
            (Page::Delegates { delegates, .. }, List::Delegates(read)) => *delegates = Some(read),
            _ => {}
        }
    }
    Vec::new()
}

/// A list could not be read: said beside its page, where it can be read once more.
pub(super) fn on_not_listed(
    state: &mut State,
    session: &Arc<Session>,
    kind: ListKind,
    trouble: Trouble,
    at: Instant,
) -> Vec<Effect> {
    let waits = matches!(&state.sign_in, SignIn::SignedIn(signed_in)
        if Arc::ptr_eq(&signed_in.session, session) && signed_in.page.list() == Some(kind));
    // Another failure that can be mended comes first.
    if waits && state.lost.is_none() {
        let retry_at = trouble.retry_after.map(|after| at + after);
        state.failure = Some(Shown { trouble, retry_at, can_retry: true });
    }
    Vec::new()
}

/// A change was made.
pub(super) fn on_done(state: &mut State, done: Done, at: UnixMillis) -> Vec<Effect> {
    let SignIn::SignedIn(signed_in) = &mut state.sign_in else { return Vec::new() };
    signed_in.step_up = None;
    let session = signed_in.session.clone();
    match done {
        Done::Password { others_signed_out } => {
            signed_in.page = Page::Home;
            signed_in.notice = Some(Notice::PasswordChanged { others_signed_out });
            // Every trust ended with the old password, this workstation's too.
            signed_in.trust_ended_here();
            vec![Effect::Load(session)]
        }
        Done::Card { card, proved, removed } => {
            if let Page::Contacts { done, typed, .. } = &mut signed_in.page {
                *done = proved
                    .map(|field| ContactDone::Proved { field })
                    .or(removed.then_some(ContactDone::PhoneRemoved));
                if done.is_some() {
                    *typed = None;
                }
            }
            if proved.is_some() || removed {
                signed_in.trust_ended_here();
            }
            match &mut signed_in.account {
                Some(account) => account.card = card,
                // The workstations were not read yet.
                None => signed_in.account = Some(Account { card, devices: Vec::new() }),
            }
            vec![Effect::Load(session)]
        }
        Done::SetUp(new) => {
            if let Page::Authenticator { setup, .. } = &mut signed_in.page {
                *setup = Some(new);
            }
            Vec::new()
        }
        Done::Codes(codes) => {
            if let Some(account) = &mut signed_in.account {
                let left = u32::try_from(codes.len()).unwrap_or(0);
                let since = match account.card.authenticator {
                    AuthenticatorState::On { since, .. } => since,
                    AuthenticatorState::Off => at,
                };
                account.card.authenticator = AuthenticatorState::On { since, recovery_codes_left: left };
            }
            signed_in.page = Page::RecoveryCodes { codes, at };
            signed_in.trust_ended_here();
            vec![Effect::Load(session)]
        }
        Done::Removed => {
            signed_in.page = Page::Authenticator {
                setup: None,
                problems: Problems::default(),
                notice: Some(Notice::AuthenticatorOff),
            };
            if let Some(account) = &mut signed_in.account {
                account.card.authenticator = AuthenticatorState::Off;
            }
            signed_in.trust_ended_here();
            vec![Effect::Load(session)]
        }
        Done::Ended { all_others } => {
            if all_others {
                signed_in.notice = Some(Notice::OthersSignedOut);
            }
            vec![Effect::LoadList(session.clone(), ListKind::Sessions), Effect::Load(session)]
        }
        Done::Delegates { list, done: what } => {
            let Page::Delegates { delegates, done, .. } = &mut signed_in.page else { return Vec::new() };
            *done = Some(what);
            match list {
                Some(list) => {
                    *delegates = Some(list);
                    Vec::new()
                }
                None => read_list(signed_in).into_iter().collect(),
            }
        }
    }
}

/// A change was refused: beside its fields, which keep what was typed.
pub(super) fn on_refused(state: &mut State, wrong: Wrong, at: Instant) -> Vec<Effect> {
    let SignIn::SignedIn(signed_in) = &mut state.sign_in else { return Vec::new() };
    signed_in.step_up = None;
    let said = Some(at);
    match (&mut signed_in.page, wrong) {
        (Page::ChangePassword { problems } | Page::Authenticator { problems, .. }, Wrong::Fields(list)) => {
            *problems = Problems { list, said }
        }
        (Page::Contacts { problems, .. }, Wrong::Fields(list)) => {
            *problems = Problems { list, said };
            // How many tries are left stands on the card.
            return vec![Effect::Load(signed_in.session.clone())];
        }
        (Page::Delegates { problems, .. }, Wrong::Invitation(list)) => *problems = Problems { list, said },
        _ => {}
    }
    Vec::new()
}

/// The portal asks for a fresh proof, or for the next step of one.
pub(super) fn on_step_up(
    state: &mut State,
    flow: &Arc<Flow>,
    asked: Asked,
    wanted: Option<Change>,
    sent: bool,
) -> Vec<Effect> {
    let SignIn::SignedIn(signed_in) = &mut state.sign_in else { return Vec::new() };
    let before = signed_in.step_up.take();
    let session = signed_in.session.clone();
    let (old, wanted) = match before {
        Some(StepUp { step, wanted: old }) => (Some(step), wanted.unwrap_or(old)),
        None => match wanted {
            Some(wanted) => (None, wanted),
            None => return Vec::new(),
        },
    };
    let (old_session, sends, old_entry) = match old {
        Some(StepUpStep::Password { auth_session, .. }) => (Some(auth_session), 0, None),
        Some(StepUpStep::Method(step)) => (Some(step.auth_session), step.sends, None),
        Some(StepUpStep::Code(step)) => (Some(step.auth_session), step.entry.sends, Some(step.entry)),
        None => (None, 0, None),
    };
    let step = match asked {
        Asked::Authorized { authorization_code } => {
            let request = Request::StepUpComplete {
                session,
                flow: flow.clone(),
                authorization_code,
                change: wanted,
                request_id: None,
            };
            return state.run(Busy::Completing, request);
        }
        Asked::Blocked { since, until, cause, support } => {
            let at = flow.entrance.clone();
            state.go(SignIn::Blocked { at, since, until, cause, support });
            return vec![Effect::End(session)];
        }
        Asked::Password { problem, auth_session } => {
            let Some(auth_session) = auth_session.or(old_session) else { return unexpected(state) };
            StepUpStep::Password { flow: flow.clone(), auth_session, rejected: problem.is_some() }
        }
        Asked::Method(AskedMethod { auth_session, methods, preferred, problem, .. }) => {
            let Some(auth_session) = auth_session.or(old_session) else { return unexpected(state) };
            StepUpStep::Method(AtMethod {
                flow: flow.clone(),
                auth_session,
                methods,
                preferred,
                trust_ended: None,
                problem,
                sends,
            })
        }
        Asked::Code(mut step) => {
            let Some(auth_session) = step.auth_session.take().or(old_session) else {
                return unexpected(state);
            };
            // A proof of who is here is never remembered.
            step.remember = None;
            let entry = CodeEntry::asked(step, sends, sent, old_entry);
            StepUpStep::Code(AtCode { flow: flow.clone(), auth_session, trust_ended: None, entry })
        }
        Asked::Activation { .. } | Asked::Browser { .. } => return unexpected(state),
    };
    if let SignIn::SignedIn(signed_in) = &mut state.sign_in {
        signed_in.step_up = Some(StepUp { step, wanted });
    }
    Vec::new()
}

fn unexpected(state: &mut State) -> Vec<Effect> {
    let trouble = Trouble::unexpected("a step-up that cannot be answered here");
    state.failure = Some(Shown { trouble, retry_at: None, can_retry: false });
    Vec::new()
}

/// Answers to a step-up.
fn on_step_up_answer(state: &mut State, answer: Answer) -> Option<Vec<Effect>> {
    let lost = state.lost.is_some();
    let SignIn::SignedIn(signed_in) = &mut state.sign_in else { return None };
    let session = signed_in.session.clone();
    let step_up = signed_in.step_up.as_mut()?;
    if matches!(answer, Answer::CancelStepUp) {
        signed_in.step_up = None;
        (state.failure, state.lost) = (None, None);
        return Some(Vec::new());
    }
    let (flow, auth_session) = match &step_up.step {
        StepUpStep::Password { flow, auth_session, .. } => (flow.clone(), auth_session.clone()),
        StepUpStep::Method(step) => (step.flow.clone(), step.auth_session.clone()),
        StepUpStep::Code(step) => (step.flow.clone(), step.auth_session.clone()),
    };
    let (busy, question) = match (answer, &mut step_up.step) {
        (Answer::StepUpPassword { password }, StepUpStep::Password { rejected, .. }) => {
            *rejected = false;
            (Busy::CheckingPassword, Question::StepUpPassword { password })
        }
        (Answer::SendCode { method }, StepUpStep::Method(_) | StepUpStep::Code(_)) => {
            (Busy::SendingCode, Question::Send(method))
        }
        (Answer::PollDelivery, StepUpStep::Code(step)) => {
            let challenge_id = step.entry.step.challenge_id.clone();
            return Some(vec![Effect::Poll { flow, auth_session, challenge_id }]);
        }
        (Answer::Code { code, .. }, StepUpStep::Code(step)) => {
            let Some(code) = step.entry.take(&code, lost) else { return Some(Vec::new()) };
            let challenge_id = step.entry.step.challenge_id.clone();
            (Busy::CheckingCode, Question::Code { challenge_id, code, remember: false })
        }
        _ => return None,
    };
    if state.lost.as_ref().is_some_and(|lost| is_again(lost, &question)) {
        return Some(answers::retry(state));
    }
    Some(state.run(busy, Request::StepUp { session, flow, auth_session, question, repeat: None }))
}

/// The same answer to the same question: its own answer was lost, and it costs no other try.
fn is_again(lost: &Request, question: &Question) -> bool {
    let same = |a: &SecretString, b: &SecretString| same_secret(a.expose_secret(), b.expose_secret());
    match (lost, question) {
        // The steps were done when the answer was lost: there is nothing to check any more.
        (Request::StepUpComplete { .. }, _) => true,
        (Request::StepUp { question: Question::Send(lost), .. }, Question::Send(method)) => lost == method,
        (
            Request::StepUp { question: Question::Code { code: lost, .. }, .. },
            Question::Code { code, .. },
        ) => same(lost, code),
        (
            Request::StepUp { question: Question::StepUpPassword { password: lost }, .. },
            Question::StepUpPassword { password },
        ) => same(lost, password),
        _ => false,
    }
}

impl SignedIn {
    /// Somebody is signed in.
    pub(super) fn new(session: Arc<Session>, trust: crate::view::TrustState, notice: Option<Notice>) -> Self {
        Self { session, trust, account: None, notice, page: Page::Home, step_up: None }
    }

    /// A change of credentials ended this workstation's trust, too.
    fn trust_ended_here(&mut self) {
        let code_due = self.account.as_ref().is_none_or(|account| account.card.code_due);
        self.trust = crate::view::TrustState::None { code_due };
        if let Some(account) = &mut self.account {
            mem::take(&mut account.devices);
        }
    }
}
