//! Where a sign-in stands, and the one function that moves it (DESIGN, decisions 1 and 2).
//!
//! [`next`] is pure: no I/O, no clock, no randomness. What has to be done in the world it returns as [`Effect`]s; how that
//! ended comes back as an [`Event`]. A step's secrets live in that step's variant only, and go with it.
//!
//! ```text
//! SignedOut ─► Password ─► SelectMethod ⇄ Code ─► [Handover] ─► SignedIn ─► SignedOut | Left | Revoked
//!                 ▲  └────► Blocked, Browser, SupportCard ──┐
//!                 └─────────────────────────────────────────┘
//! ```

use crate::{
    account::Account,
    challenge::{Asked, AskedCode, AskedMethod, Choice, CodeRefusal, Flow, Identifier, Question},
    engine::{Completed, Outcome, Refused, Request},
    entrance::Entrance,
    failure::Trouble,
    tokens::Session,
    view::{
        Answer, Busy, FailureCode, MethodId, Notice, PasswordProblem, Receipt, Support, TrustEndReason,
        TrustState, TrustedWorkstation, Wiped,
    },
};
use parvis_protocol::{clock::UnixMillis, encoding::same_secret, normalise};
use secrecy::{ExposeSecret, SecretString};
use std::{mem, sync::Arc};
use tokio::time::Instant;
use url::Url;

/// Where a sign-in stands.
#[derive(Debug)]
pub(crate) enum SignIn {
    /// Nobody is here; a portal is to be chosen.
    SignedOut {
        /// What just ended.
        notice: Option<Notice>,
    },
    /// The portal ended the session. Not [`SignIn::SignedOut`]: the person did not ask for it, and may want to come back.
    Revoked {
        /// Where.
        at: Arc<Entrance>,
    },
    /// Identifier and password.
    Password(AtPassword),
    /// Choose a method.
    SelectMethod(AtMethod),
    /// Enter a code.
    Code(AtCode),
    /// Support has to act.
    Blocked {
        /// Where.
        at: Arc<Entrance>,
        /// By this PC's clock.
        since: Option<UnixMillis>,
        /// By this PC's clock.
        until: Option<UnixMillis>,
        /// Whom to contact.
        support: Option<Support>,
    },
    /// Goes on in the browser.
    Browser {
        /// Where.
        at: Arc<Entrance>,
        /// What may be opened.
        address: Option<Url>,
    },
    /// « Mot de passe oublié ? »
    SupportCard {
        /// Where.
        at: Arc<Entrance>,
        /// To come back to it.
        identifier: Identifier,
    },
    /// Signed in after somebody else, which is said first.
    Handover {
        /// Who is signed in.
        signed_in: Box<SignedIn>,
        /// What happened.
        receipt: Receipt,
    },
    /// Signed in.
    SignedIn(Box<SignedIn>),
    /// The person left.
    Left {
        /// Where.
        at: Arc<Entrance>,
        /// What was wiped.
        wiped: Vec<Wiped>,
        /// The portal knows.
        confirmed: bool,
    },
}

/// Identifier and password.
#[derive(Debug)]
pub(crate) struct AtPassword {
    pub(crate) at: Arc<Entrance>,
    pub(crate) identifier: Identifier,
    pub(crate) problem: Option<PasswordProblem>,
    pub(crate) notice: Option<Notice>,
}

/// Choose a method.
#[derive(Debug)]
pub(crate) struct AtMethod {
    pub(crate) flow: Arc<Flow>,
    auth_session: SecretString,
    pub(crate) methods: Vec<Choice>,
    pub(crate) preferred: Option<MethodId>,
    pub(crate) trust_ended: Option<TrustEndReason>,
    pub(crate) problem: Option<CodeRefusal>,
    sends: u32,
}

/// Enter a code.
#[derive(Debug)]
pub(crate) struct AtCode {
    pub(crate) flow: Arc<Flow>,
    auth_session: SecretString,
    pub(crate) step: AskedCode,
    /// When the code was asked for, by this PC's clock.
    pub(crate) asked_at: UnixMillis,
    pub(crate) trust_ended: Option<TrustEndReason>,
    pub(crate) problem: Option<CodeProblemHere>,
    pub(crate) sends: u32,
    /// The code that is being checked.
    tried: Option<SecretString>,
    /// The code that was refused last, for this challenge.
    refused: Option<SecretString>,
}

/// Why a code was refused: by the portal, or here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CodeProblemHere {
    /// By the portal.
    Portal(CodeRefusal),
    /// Not a code of this length.
    NotACode,
    /// This very code was refused a moment ago.
    SameCodeAgain,
}

/// Somebody is signed in.
#[derive(Debug)]
pub(crate) struct SignedIn {
    pub(crate) session: Arc<Session>,
    pub(crate) trust: TrustState,
    pub(crate) account: Option<Account>,
    pub(crate) notice: Option<Notice>,
}

/// Why a session is ended without being asked for on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndCause {
    /// The PC goes to sleep, is locked, or changes its user.
    Sleep,
    /// The app ends.
    Quit,
    /// Nobody was there.
    Inactivity,
}

/// Something happened.
#[derive(Debug)]
pub(crate) enum Event {
    /// The person answered.
    Answer(Answer),
    /// A request came to its end.
    Done {
        /// Which.
        ticket: u64,
        /// When.
        at: Instant,
        /// How.
        result: Result<Outcome, Refused>,
    },
    /// The portal said what became of a message.
    Polled {
        /// What it said.
        asked: Asked,
    },
    /// Card and workstations of a session were read.
    Loaded {
        /// Whose.
        session: Arc<Session>,
        /// What was read.
        account: Account,
    },
    /// The portal does not know this session any more.
    Revoked {
        /// Which.
        session: Arc<Session>,
    },
    /// The session is to end now.
    End(EndCause),
}

/// Something to be done in the world.
#[derive(Debug)]
pub(crate) enum Effect {
    /// Run this, and tell how it ended under this ticket.
    Run {
        /// Names the answer.
        ticket: u64,
        /// What.
        request: Request,
    },
    /// Ask what became of the message; the answer may be missed.
    Poll {
        /// Of which sign-in.
        flow: Arc<Flow>,
        /// Its session.
        auth_session: SecretString,
        /// Which message.
        challenge_id: String,
    },
    /// Read card and workstations.
    Load(Arc<Session>),
    /// End this session; trust stays. Nobody waits for it on the screen.
    End(Arc<Session>),
    /// Open this in the browser.
    OpenBrowser(Url),
}

/// A failure beside the screen.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) trouble: Trouble,
    /// When another try makes sense.
    pub(crate) retry_at: Option<Instant>,
    /// The same request, as the same.
    retry: Option<Request>,
}

impl Shown {
    /// The same answer can be sent again.
    pub(crate) const fn can_retry(&self) -> bool {
        self.retry.is_some()
    }
}

/// Where a sign-in stands, what is under way, and what went wrong last.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) sign_in: SignIn,
    busy: Option<Work>,
    pub(crate) failure: Option<Shown>,
    /// The last ticket given.
    tickets: u64,
}

/// What is under way.
#[derive(Debug)]
struct Work {
    ticket: u64,
    what: Busy,
}

impl State {
    /// Nobody is here.
    pub(crate) const fn new() -> Self {
        Self { sign_in: SignIn::SignedOut { notice: None }, busy: None, failure: None, tickets: 0 }
    }

    /// What is under way.
    pub(crate) fn busy(&self) -> Option<Busy> {
        self.busy.as_ref().map(|work| work.what)
    }

    /// The session, if somebody is signed in.
    pub(crate) fn session(&self) -> Option<&Arc<Session>> {
        match &self.sign_in {
            SignIn::SignedIn(signed_in) | SignIn::Handover { signed_in, .. } => Some(&signed_in.session),
            _ => None,
        }
    }

    /// Shows a failure that no request brought.
    pub(crate) fn say(&mut self, code: FailureCode, message: &str) {
        self.failure = Some(Shown { trouble: Trouble::new(code, message), retry_at: None, retry: None });
    }

    /// Begins a request.
    fn run(&mut self, what: Busy, request: Request) -> Vec<Effect> {
        self.tickets += 1;
        self.busy = Some(Work { ticket: self.tickets, what });
        self.failure = None;
        vec![Effect::Run { ticket: self.tickets, request }]
    }

    /// Goes there; what was under way is not waited for any more.
    fn go(&mut self, to: SignIn) -> Vec<Effect> {
        self.sign_in = to;
        self.busy = None;
        self.failure = None;
        Vec::new()
    }

    fn password(&mut self, at: Arc<Entrance>, identifier: Identifier) -> Vec<Effect> {
        self.go(SignIn::Password(AtPassword { at, identifier, problem: None, notice: None }))
    }
}

impl Default for State {
    fn default() -> Self {
        Self::new()
    }
}

impl SignIn {
    /// The portal that this is about, and the identifier that was typed there.
    pub(crate) fn place(&self) -> Option<(&Arc<Entrance>, Identifier)> {
        match self {
            Self::SignedOut { .. } => None,
            Self::Revoked { at }
            | Self::Blocked { at, .. }
            | Self::Browser { at, .. }
            | Self::Left { at, .. } => Some((at, Identifier::default())),
            Self::Password(step) => Some((&step.at, step.identifier.clone())),
            Self::SupportCard { at, identifier } => Some((at, identifier.clone())),
            Self::SelectMethod(step) => Some((&step.flow.entrance, step.flow.identifier.clone())),
            Self::Code(step) => Some((&step.flow.entrance, step.flow.identifier.clone())),
            Self::SignedIn(signed_in) | Self::Handover { signed_in, .. } => {
                Some((&signed_in.session.entrance, Identifier::default()))
            }
        }
    }
}

/// Moves the state by one event.
pub(crate) fn next(mut state: State, event: Event) -> (State, Vec<Effect>) {
    let effects = match event {
        Event::Answer(answer) => on_answer(&mut state, answer),
        Event::Done { ticket, at, result } => match &state.busy {
            Some(work) if work.ticket == ticket => {
                state.busy = None;
                match result {
                    Ok(outcome) => on_outcome(&mut state, outcome),
                    Err(refused) => on_refused(&mut state, refused, at),
                }
            }
            // The person went away meanwhile: a sign-in that completed nevertheless is signed out.
            _ => match result {
                Ok(Outcome::Completed(completed)) => vec![Effect::End(completed.session)],
                _ => Vec::new(),
            },
        },
        Event::Polled { asked } => on_polled(&mut state, asked),
        Event::Loaded { session, account } => on_loaded(&mut state, &session, account),
        Event::Revoked { session } => on_revoked(&mut state, &session),
        Event::End(cause) => on_end(&mut state, cause),
    };
    (state, effects)
}

fn on_answer(state: &mut State, answer: Answer) -> Vec<Effect> {
    let has_session = state.session().is_some();
    match answer {
        Answer::DismissFailure => {
            state.failure = None;
            return Vec::new();
        }
        Answer::StaySignedIn => return Vec::new(),
        // These two leave a step even while it is busy; a session is left by signing out only.
        Answer::ChangePortal if !has_session => return state.go(SignIn::SignedOut { notice: None }),
        Answer::Restart if !has_session => {
            let place = state.sign_in.place().map(|(at, identifier)| (at.clone(), identifier));
            if let Some((at, identifier)) = place {
                return state.password(at, identifier);
            }
        }
        // A second click while the first is under way.
        _ if state.busy.is_some() => return Vec::new(),
        Answer::Retry if state.failure.as_ref().is_some_and(Shown::can_retry) => return retry(state),
        Answer::ChoosePortal { portal } if !has_session => {
            return state.run(Busy::Connecting, Request::Connect { portal });
        }
        Answer::Password { identifier, password } => {
            let identifier = Identifier(identifier);
            let at = match &mut state.sign_in {
                SignIn::Password(step) => {
                    (step.problem, step.notice) = (None, None);
                    step.identifier.clone_from(&identifier);
                    Some(step.at.clone())
                }
                SignIn::Revoked { at } => {
                    let at = at.clone();
                    state.password(at.clone(), identifier.clone());
                    Some(at)
                }
                _ => None,
            };
            if let Some(at) = at {
                return state.run(Busy::CheckingPassword, Request::Password { at, identifier, password });
            }
        }
        Answer::ForgottenPassword => {
            let place = match &state.sign_in {
                SignIn::Password(step) => Some((step.at.clone(), step.identifier.clone())),
                SignIn::Revoked { at } => Some((at.clone(), Identifier::default())),
                _ => None,
            };
            if let Some((at, identifier)) = place {
                return state.go(SignIn::SupportCard { at, identifier });
            }
        }
        Answer::OpenBrowser => {
            if let SignIn::Browser { address: Some(address), .. } = &state.sign_in {
                return vec![Effect::OpenBrowser(address.clone())];
            }
        }
        Answer::SendCode { .. } | Answer::Code { .. } | Answer::PollDelivery => {
            if let Some(effects) = on_code_answer(state, answer) {
                return effects;
            }
        }
        Answer::AcceptReceipt | Answer::SignOut | Answer::Leave | Answer::ForgetDevice { .. } => {
            if let Some(effects) = on_session_answer(state, answer) {
                return effects;
            }
        }
        Answer::ChangePortal | Answer::Restart | Answer::ChoosePortal { .. } | Answer::Retry => {}
    }
    state.say(FailureCode::OutOfStep, "the answer does not belong to this screen");
    Vec::new()
}

/// Answers to the second factor; `None` if none is asked.
fn on_code_answer(state: &mut State, answer: Answer) -> Option<Vec<Effect>> {
    let (flow, auth_session) = match &state.sign_in {
        SignIn::SelectMethod(step) => (step.flow.clone(), step.auth_session.clone()),
        SignIn::Code(step) => (step.flow.clone(), step.auth_session.clone()),
        _ => return None,
    };
    let ask = |question| Request::Challenge {
        flow: flow.clone(),
        auth_session: auth_session.clone(),
        question,
        repeat: None,
    };
    match (answer, &mut state.sign_in) {
        (Answer::SendCode { method }, _) => Some(state.run(Busy::SendingCode, ask(Question::Send(method)))),
        (Answer::PollDelivery, SignIn::Code(step)) => {
            let challenge_id = step.step.challenge_id.clone();
            Some(vec![Effect::Poll { flow, auth_session, challenge_id }])
        }
        (Answer::Code { code, remember }, SignIn::Code(step)) => {
            let length = usize::try_from(step.step.length).unwrap_or(usize::MAX);
            let typed = normalise::code(code.expose_secret(), length);
            let again = |typed: &str| {
                step.refused.as_ref().is_some_and(|refused| same_secret(refused.expose_secret(), typed))
            };
            let refused_here = match &typed {
                None => Some(CodeProblemHere::NotACode),
                Some(typed) if again(typed) => Some(CodeProblemHere::SameCodeAgain),
                Some(_) => None,
            };
            if refused_here.is_some() {
                step.problem = refused_here;
                state.failure = None;
                return Some(Vec::new());
            }
            let code = SecretString::from(typed.unwrap_or_default());
            let same_again = |request: &Request| match request {
                // The steps were done when the answer was lost: there is no code to check any more.
                Request::Complete { .. } => true,
                Request::Challenge { question: Question::Code { code: lost, .. }, .. } => {
                    same_secret(lost.expose_secret(), code.expose_secret())
                }
                _ => false,
            };
            if let Some(request) = state.failure.as_ref().and_then(|shown| shown.retry.as_ref())
                && same_again(request)
            {
                return Some(retry(state));
            }
            (step.problem, step.tried) = (None, Some(code.clone()));
            let challenge_id = step.step.challenge_id.clone();
            let remember = remember && step.step.remember.is_some();
            Some(state.run(Busy::CheckingCode, ask(Question::Code { challenge_id, code, remember })))
        }
        _ => None,
    }
}

/// Answers of the person who is signed in; `None` if nobody is.
fn on_session_answer(state: &mut State, answer: Answer) -> Option<Vec<Effect>> {
    let session = state.session()?.clone();
    match (answer, &mut state.sign_in) {
        (Answer::SignOut, _) => Some(state.run(Busy::SigningOut, Request::SignOut { session })),
        (Answer::Leave, _) => Some(state.run(Busy::Leaving, Request::Leave { session })),
        (Answer::AcceptReceipt, _) => {
            let before = mem::replace(&mut state.sign_in, SignIn::SignedOut { notice: None });
            match before {
                SignIn::Handover { signed_in, .. } => state.sign_in = SignIn::SignedIn(signed_in),
                other => {
                    state.sign_in = other;
                    return None;
                }
            }
            Some(Vec::new())
        }
        (Answer::ForgetDevice { id }, SignIn::SignedIn(signed_in)) => {
            let devices = signed_in.account.iter().flat_map(|account| &account.devices);
            let device = devices.into_iter().find(|device| device.id == id)?;
            let current = device.current;
            signed_in.notice = None;
            Some(state.run(Busy::Saving, Request::ForgetDevice { session, id, current }))
        }
        _ => None,
    }
}

/// The same request again, as the same: a lost answer costs nobody an attempt.
fn retry(state: &mut State) -> Vec<Effect> {
    match state.failure.take().and_then(|shown| shown.retry) {
        Some(request) => {
            let what = busy_of(&request);
            state.run(what, request)
        }
        None => Vec::new(),
    }
}

const fn busy_of(request: &Request) -> Busy {
    match request {
        Request::Connect { .. } => Busy::Connecting,
        Request::Password { .. } => Busy::CheckingPassword,
        Request::Challenge { question: Question::Send(_), .. } => Busy::SendingCode,
        Request::Challenge { .. } => Busy::CheckingCode,
        Request::Complete { .. } => Busy::Completing,
        Request::SignOut { .. } => Busy::SigningOut,
        Request::Leave { .. } => Busy::Leaving,
        Request::ForgetDevice { .. } => Busy::Saving,
    }
}

fn on_outcome(state: &mut State, outcome: Outcome) -> Vec<Effect> {
    match outcome {
        Outcome::Connected(at) => state.password(at, Identifier::default()),
        Outcome::Asked { flow, asked, sent, asked_for_trust, device } => match *asked {
            Asked::Authorized { authorization_code } => state.run(
                Busy::Completing,
                Request::Complete { flow, authorization_code, asked_for_trust, device, request_id: None },
            ),
            step => on_step(state, &flow, step, sent),
        },
        Outcome::Completed(completed) => {
            let Completed { session, settled } = *completed;
            let notice = settled.notice;
            let signed_in =
                Box::new(SignedIn { session: session.clone(), trust: settled.trust, account: None, notice });
            state.go(match settled.receipt {
                Some(receipt) => SignIn::Handover { signed_in, receipt },
                None => SignIn::SignedIn(signed_in),
            });
            state.failure = settled.warning.map(|trouble| Shown { trouble, retry_at: None, retry: None });
            vec![Effect::Load(session)]
        }
        Outcome::SignedOut { confirmed } => {
            let trust_until = match &state.sign_in {
                SignIn::SignedIn(signed_in) | SignIn::Handover { signed_in, .. } => match signed_in.trust {
                    TrustState::Until { at } => Some(at),
                    TrustState::None { .. } => None,
                },
                _ => None,
            };
            let notice = if confirmed { Notice::SignedOut { trust_until } } else { Notice::EndPending };
            state.go(SignIn::SignedOut { notice: Some(notice) })
        }
        Outcome::Left { wiped, confirmed } => match state.sign_in.place().map(|(at, _)| at.clone()) {
            Some(at) => state.go(SignIn::Left { at, wiped, confirmed }),
            None => Vec::new(),
        },
        Outcome::Forgotten { devices, current } => {
            if let SignIn::SignedIn(signed_in) = &mut state.sign_in {
                if let (Some(account), Some(devices)) = (&mut signed_in.account, devices) {
                    account.devices = devices;
                }
                if current {
                    let code_due = signed_in.account.as_ref().is_none_or(|account| account.code_due);
                    signed_in.trust = TrustState::None { code_due };
                    signed_in.notice = Some(Notice::TrustForgotten);
                }
            }
            Vec::new()
        }
    }
}

/// The portal asks something of the person.
fn on_step(state: &mut State, flow: &Arc<Flow>, asked: Asked, sent: bool) -> Vec<Effect> {
    let before = mem::replace(&mut state.sign_in, SignIn::SignedOut { notice: None });
    let (old_session, ended_before, sends, tried, old_code) = match before {
        SignIn::SelectMethod(step) => (Some(step.auth_session), step.trust_ended, step.sends, None, None),
        SignIn::Code(step) => (
            Some(step.auth_session),
            step.trust_ended,
            step.sends,
            step.tried,
            Some((step.step.challenge_id, step.asked_at, step.refused)),
        ),
        _ => (None, None, 0, None, None),
    };
    let at = flow.entrance.clone();
    let identifier = flow.identifier.clone();
    let place = match asked {
        Asked::Password { problem } => SignIn::Password(AtPassword { at, identifier, problem, notice: None }),
        Asked::Method(step) => {
            let AskedMethod { auth_session, methods, preferred, trust_ended, problem } = step;
            match auth_session.or(old_session) {
                Some(auth_session) => SignIn::SelectMethod(AtMethod {
                    flow: flow.clone(),
                    auth_session,
                    methods,
                    preferred,
                    trust_ended: trust_ended.or(ended_before),
                    problem,
                    sends,
                }),
                None => return without_session(state, at, identifier),
            }
        }
        Asked::Code(mut step) => match step.auth_session.take().or(old_session) {
            Some(auth_session) => {
                let same = old_code.filter(|(challenge_id, ..)| *challenge_id == step.challenge_id);
                let sent = sent && !matches!(step.problem, Some(CodeRefusal::SendRefused(_)));
                let rejected = step.problem == Some(CodeRefusal::Rejected);
                let (asked_at, refused) = match same {
                    Some((_, asked_at, refused)) => (if sent { step.said_at } else { asked_at }, refused),
                    None => (step.said_at, None),
                };
                SignIn::Code(AtCode {
                    flow: flow.clone(),
                    auth_session,
                    asked_at,
                    trust_ended: step.trust_ended.or(ended_before),
                    problem: step.problem.map(CodeProblemHere::Portal),
                    sends: (sends + u32::from(sent)).max(1),
                    tried: None,
                    refused: if rejected { tried } else { refused },
                    step,
                })
            }
            None => return without_session(state, at, identifier),
        },
        Asked::Blocked { since, until, support } => SignIn::Blocked { at, since, until, support },
        Asked::Browser { address } => SignIn::Browser { at, address },
        // Completed by the caller.
        Asked::Authorized { .. } => {
            SignIn::Password(AtPassword { at, identifier, problem: None, notice: None })
        }
    };
    state.go(place)
}

fn without_session(state: &mut State, at: Arc<Entrance>, identifier: Identifier) -> Vec<Effect> {
    state.password(at, identifier);
    state.say(FailureCode::UnexpectedAnswer, "a step of a sign-in without its auth_session");
    Vec::new()
}

fn on_refused(state: &mut State, refused: Refused, at: Instant) -> Vec<Effect> {
    let Refused { trouble, retry } = refused;
    let place = state.sign_in.place().map(|(at, identifier)| (at.clone(), identifier));
    let has_session = state.session().is_some();
    let mid_way = matches!(state.sign_in, SignIn::SelectMethod(_) | SignIn::Code(_));
    match (trouble.code, place) {
        (FailureCode::SignedOutByPortal, Some((at, _))) if has_session => {
            return state.go(SignIn::Revoked { at });
        }
        // What cannot be repeated cannot be gone on with, either: from the password again.
        (_, Some((at, identifier))) if mid_way && retry.is_none() => {
            state.password(at, identifier);
        }
        _ => {}
    }
    let retry_at = trouble.retry_after.map(|after| at + after);
    state.failure = Some(Shown { trouble, retry_at, retry });
    Vec::new()
}

/// Only what became of the message; everything else waits for the person's next answer.
fn on_polled(state: &mut State, asked: Asked) -> Vec<Effect> {
    if let (SignIn::Code(here), Asked::Code(said), None) = (&mut state.sign_in, asked, &state.busy)
        && here.step.challenge_id == said.challenge_id
    {
        here.step.delivery = said.delivery;
        here.step.expires = said.expires;
        here.step.resend = said.resend;
        here.step.sends_remaining = said.sends_remaining;
        here.step.attempts_remaining = said.attempts_remaining;
        here.step.methods = said.methods;
    }
    Vec::new()
}

fn on_loaded(state: &mut State, session: &Arc<Session>, account: Account) -> Vec<Effect> {
    if let SignIn::SignedIn(signed_in) | SignIn::Handover { signed_in, .. } = &mut state.sign_in
        && Arc::ptr_eq(&signed_in.session, session)
    {
        if let TrustState::None { code_due } = &mut signed_in.trust {
            *code_due = account.code_due;
        }
        signed_in.account = Some(account);
    }
    Vec::new()
}

fn on_revoked(state: &mut State, session: &Arc<Session>) -> Vec<Effect> {
    let ours = state.session().is_some_and(|ours| Arc::ptr_eq(ours, session));
    // A sign-out or a leave that is under way says more than that the session is over.
    let ending = matches!(state.busy(), Some(Busy::SigningOut | Busy::Leaving));
    match state.sign_in.place() {
        Some((at, _)) if ours && !ending => {
            let at = at.clone();
            state.go(SignIn::Revoked { at })
        }
        _ => Vec::new(),
    }
}

fn on_end(state: &mut State, cause: EndCause) -> Vec<Effect> {
    if matches!(state.busy(), Some(Busy::SigningOut | Busy::Leaving)) {
        return Vec::new();
    }
    let notice = match cause {
        EndCause::Sleep => Some(Notice::SignedOutBySleep),
        EndCause::Inactivity => Some(Notice::SignedOutByInactivity),
        EndCause::Quit => None,
    };
    if let Some(session) = state.session().cloned() {
        state.go(SignIn::SignedOut { notice });
        return vec![Effect::End(session)];
    }
    match &state.sign_in {
        SignIn::Password(AtPassword { at, .. }) | SignIn::Revoked { at } | SignIn::SupportCard { at, .. } => {
            let at = at.clone();
            state.password(at, Identifier::default())
        }
        SignIn::SignedOut { .. } | SignIn::Left { .. } => Vec::new(),
        // Half a sign-in shows masked addresses, and its codes wait for somebody else.
        _ => state.go(SignIn::SignedOut { notice: None }),
    }
}

/// Replaces the list of workstations that the screen shows.
pub(crate) fn devices(signed_in: &SignedIn) -> Option<Vec<TrustedWorkstation>> {
    signed_in.account.as_ref().map(|account| account.devices.clone())
}
