//! Where a sign-in stands, and the one function that moves it (DESIGN, decisions 1 and 2).
//!
//! [`next`] is pure: no I/O, no clock, no randomness. What has to be done in the world it returns as [`Effect`]s; how that
//! ended comes back as an [`Event`]. A step's secrets live in that step's variant only, and go with it.
//!
//! ```text
//! SignedOut ─► Password ─► SelectMethod ⇄ Code ─► [Handover] ─► SignedIn ─► SignedOut | Left | Revoked
//!                 ▲  └─► Blocked, Browser, Forgotten, ActivationDue, Registering ─┐
//!                 └───────────────────────────────────────────────────────────────┘
//! ```

mod answers;
mod code;
mod outcomes;
mod registration;
mod space;

use crate::{
    account::Account,
    challenge::{AskedCode, Choice, CodeRefusal, Flow, Identifier},
    entrance::Entrance,
    failure::Trouble,
    link::RegistrationLink,
    registration::RegistrationFlow,
    request::{Outcome, Refused, Request},
    space::{List, ListKind},
    tokens::Session,
    view::{
        Answer, BlockCause, Busy, FailureCode, MethodId, Notice, PasswordProblem, Receipt, Support,
        TrustEndReason, TrustState, TrustedWorkstation, Wiped,
    },
};
pub(crate) use code::{CodeEntry, CodeProblemHere};
pub(crate) use registration::{Registering, RegistrationStep};
pub(crate) use space::{Page, Problems, StepUp, StepUpStep};

use answers::on_answer;
use outcomes::{on_end, on_loaded, on_outcome, on_polled, on_refused, on_revoked};
use parvis_protocol::clock::UnixMillis;
use registration::{follow_waiting, on_link};
use secrecy::SecretString;
use space::{on_listed, on_not_listed};
use std::{collections::BTreeMap, sync::Arc};
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
    /// Which entrance?
    ChooseEntrance {
        /// Where.
        at: Arc<Entrance>,
        /// To come back to it.
        identifier: Identifier,
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
        /// What blocked it.
        cause: Option<BlockCause>,
        /// Whom to contact.
        support: Option<Support>,
    },
    /// The account has to be activated by its mailed link first.
    ActivationDue {
        /// Where.
        at: Arc<Entrance>,
        /// As typed, to come back to it.
        identifier: Identifier,
        /// Masked address that the link went to.
        hint: Option<String>,
    },
    /// Goes on in the browser.
    Browser {
        /// Where.
        at: Arc<Entrance>,
        /// What may be opened.
        address: Option<Url>,
    },
    /// « Mot de passe oublié ? »
    Forgotten {
        /// Where.
        at: Arc<Entrance>,
        /// As typed, there or before.
        identifier: Identifier,
        /// The mail was asked for, by this PC's clock.
        asked_at: Option<UnixMillis>,
    },
    /// « Créer un compte »
    Registering(Box<Registering>),
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
    /// The entrance.
    pub(crate) role: String,
    /// The right password that was given at the wrong entrance, to go on with at the right one; not later than this.
    right_password: Option<(SecretString, Instant)>,
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
    pub(crate) trust_ended: Option<TrustEndReason>,
    pub(crate) entry: CodeEntry,
}

/// Somebody is signed in.
#[derive(Debug)]
pub(crate) struct SignedIn {
    pub(crate) session: Arc<Session>,
    pub(crate) trust: TrustState,
    pub(crate) account: Option<Account>,
    pub(crate) notice: Option<Notice>,
    /// Where in « Mon espace ».
    pub(crate) page: Page,
    /// A fresh proof is asked for, over the page.
    pub(crate) step_up: Option<StepUp>,
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
        code: Box<AskedCode>,
    },
    /// A link to open an account was opened.
    LinkOpened(RegistrationLink),
    /// Card and workstations of a session were read.
    Loaded {
        /// Whose.
        session: Arc<Session>,
        /// What was read.
        account: Account,
    },
    /// A list of « Mon espace » was read.
    Listed {
        /// Whose.
        session: Arc<Session>,
        /// What was read.
        list: List,
    },
    /// A list of « Mon espace » could not be read.
    NotListed {
        /// Whose.
        session: Arc<Session>,
        /// Which.
        kind: ListKind,
        /// Why.
        trouble: Trouble,
        /// When.
        at: Instant,
    },
    /// The portal does not know this session any more.
    Revoked {
        /// Which.
        session: Arc<Session>,
    },
    /// The session is to end now.
    End(EndCause),
    /// A password was kept for as long as it may be.
    PasswordKept,
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
    /// The same for a code of a registration.
    PollRegistration {
        /// Its key.
        flow: Arc<RegistrationFlow>,
        /// Its session.
        session: SecretString,
    },
    /// Read card and workstations.
    Load(Arc<Session>),
    /// Read a list of « Mon espace ».
    LoadList(Arc<Session>, ListKind),
    /// End this session; trust stays. Nobody waits for it on the screen.
    End(Arc<Session>),
    /// Open this in the browser.
    OpenBrowser(Url),
    /// Close and clear the window of the portal's pages.
    ClearPages,
}

/// A failure beside the screen.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) trouble: Trouble,
    /// When another try makes sense.
    pub(crate) retry_at: Option<Instant>,
    /// The same answer can be sent again.
    pub(crate) can_retry: bool,
}

/// Where a sign-in stands, what is under way, and what went wrong last.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) sign_in: SignIn,
    busy: Option<Work>,
    pub(crate) failure: Option<Shown>,
    /// The request whose answer was lost. It outlives the failure on the screen: the same answer of the person is the same
    /// request, however it comes to be given again.
    lost: Option<Request>,
    /// A link to open an account that waits until nobody is signed in, and nothing is under way.
    link: Option<RegistrationLink>,
    /// The last ticket given.
    tickets: u64,
    /// The entrance that was used last on this workstation, by portal.
    last_entrances: BTreeMap<String, String>,
}

/// What is under way.
#[derive(Debug)]
struct Work {
    ticket: u64,
    what: Busy,
}

impl State {
    /// Nobody is here.
    pub(crate) const fn new(last_entrances: BTreeMap<String, String>) -> Self {
        Self {
            last_entrances,
            sign_in: SignIn::SignedOut { notice: None },
            busy: None,
            failure: None,
            lost: None,
            link: None,
            tickets: 0,
        }
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
        self.failure = Some(Shown { trouble: Trouble::new(code, message), retry_at: None, can_retry: false });
    }

    /// Begins a request.
    fn run(&mut self, what: Busy, request: Request) -> Vec<Effect> {
        self.tickets += 1;
        self.busy = Some(Work { ticket: self.tickets, what });
        (self.failure, self.lost) = (None, None);
        vec![Effect::Run { ticket: self.tickets, request }]
    }

    /// Goes there; what was under way is not waited for any more.
    fn go(&mut self, to: SignIn) -> Vec<Effect> {
        self.sign_in = to;
        self.busy = None;
        (self.failure, self.lost) = (None, None);
        Vec::new()
    }

    /// Identifier and password, at the entrance that was used last; asks for the entrance first if there is a choice and
    /// none was made here before.
    fn enter(&mut self, at: Arc<Entrance>, identifier: Identifier) -> Vec<Effect> {
        match self.role_at(&at) {
            Some(role) => self.go(SignIn::Password(AtPassword::at(at, role, identifier))),
            None => self.go(SignIn::ChooseEntrance { at, identifier }),
        }
    }

    /// A link waits to be followed.
    pub(crate) const fn link_waits(&self) -> bool {
        self.link.is_some()
    }

    /// When a password that is kept has to be forgotten.
    pub(crate) fn password_kept_until(&self) -> Option<Instant> {
        match &self.sign_in {
            SignIn::Password(step) => step.right_password.as_ref().map(|(_, until)| *until),
            _ => None,
        }
    }

    /// The only entrance, or the one that was used last.
    pub(crate) fn role_at(&self, at: &Entrance) -> Option<String> {
        let last = || self.last_entrances.get(&at.portal.id).and_then(|role| at.role(role));
        at.only_role().or_else(last).map(|role| role.id.clone())
    }
}

impl Default for State {
    fn default() -> Self {
        Self::new(BTreeMap::new())
    }
}

impl AtPassword {
    fn at(at: Arc<Entrance>, role: String, identifier: Identifier) -> Self {
        Self { at, role, right_password: None, identifier, problem: None, notice: None }
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
            Self::Registering(registering) => Some((&registering.at, registering.identifier())),
            Self::Forgotten { at, identifier, .. }
            | Self::ActivationDue { at, identifier, .. }
            | Self::ChooseEntrance { at, identifier } => Some((at, identifier.clone())),
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
    let mut effects = match event {
        Event::Answer(answer) => on_answer(&mut state, answer),
        Event::Done { ticket, at, result } => match &state.busy {
            Some(work) if work.ticket == ticket => {
                let busy = work.what;
                state.busy = None;
                match result {
                    Ok(outcome) => on_outcome(&mut state, outcome, at),
                    Err(refused) => on_refused(&mut state, busy, refused, at),
                }
            }
            // The person went away meanwhile: a sign-in that completed nevertheless is signed out.
            _ => match result {
                Ok(Outcome::Completed(completed)) => vec![Effect::End(completed.session)],
                // Pages of a session that ended before they were there.
                Ok(Outcome::PagesOpened(_)) => vec![Effect::ClearPages],
                _ => Vec::new(),
            },
        },
        Event::LinkOpened(link) => on_link(&mut state, link),
        Event::Polled { code } => on_polled(&mut state, *code),
        Event::Loaded { session, account } => on_loaded(&mut state, &session, account),
        Event::Listed { session, list } => on_listed(&mut state, &session, list),
        Event::NotListed { session, kind, trouble, at } => {
            on_not_listed(&mut state, &session, kind, trouble, at)
        }
        Event::Revoked { session } => on_revoked(&mut state, &session),
        Event::End(cause) => on_end(&mut state, cause),
        Event::PasswordKept => {
            if let SignIn::Password(step) = &mut state.sign_in {
                step.right_password = None;
            }
            Vec::new()
        }
    };
    effects.extend(follow_waiting(&mut state));
    (state, effects)
}

/// The list of workstations, once it was read.
pub(crate) fn devices(signed_in: &SignedIn) -> Option<Vec<TrustedWorkstation>> {
    signed_in.account.as_ref().map(|account| account.devices.clone())
}
