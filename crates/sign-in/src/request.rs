//! What the state machine asks for, and how that ends.

use crate::{
    challenge::{Asked, Flow, Identifier, Question, Repeat},
    entrance::Entrance,
    failure::Trouble,
    handover::Settled,
    registration::{self, Answered, RegistrationFlow},
    space::{Change, Done, Wrong},
    tokens::Session,
    view::{EntranceInfo, TrustedWorkstation, Wiped},
};
use parvis_protocol::{clock::UnixMillis, jws::PrivateKey};
use secrecy::SecretString;
use std::sync::Arc;

/// Something to be done for the person, whose outcome is an event.
#[derive(Debug)]
pub(crate) enum Request {
    /// Read metadata and profile.
    Connect {
        /// Which portal of the list.
        portal: String,
    },
    /// Read metadata and profile of the portal that a link names.
    FollowLink {
        /// Which portal of the list.
        portal: String,
        /// The portal's own, for its form.
        token: Option<SecretString>,
    },
    /// A step of a registration.
    Register {
        /// Where.
        at: Arc<Entrance>,
        /// Its key; from the first answer on.
        flow: Option<Arc<RegistrationFlow>>,
        /// From the first accepted form on.
        session: Option<SecretString>,
        /// What.
        question: registration::Question,
        /// Set when this is the same request again.
        request_id: Option<String>,
    },
    /// Is this the person?
    Password {
        /// Where.
        at: Arc<Entrance>,
        /// By which entrance.
        role: String,
        /// As typed.
        identifier: Identifier,
        /// As typed.
        password: SecretString,
    },
    /// A mail with a link to set a new password.
    Recovery {
        /// Where.
        at: Arc<Entrance>,
        /// As typed.
        identifier: Identifier,
    },
    /// A question within the `auth_session`.
    Challenge {
        /// Of which sign-in.
        flow: Arc<Flow>,
        /// Its session.
        auth_session: SecretString,
        /// What.
        question: Question,
        /// Set when this is the same question again.
        repeat: Option<Repeat>,
    },
    /// From the authorization code to the session.
    Complete {
        /// Of which sign-in.
        flow: Arc<Flow>,
        /// From the last step.
        authorization_code: SecretString,
        /// The trust box was ticked.
        asked_for_trust: bool,
        /// The key that trust was asked for with.
        device: Option<PrivateKey>,
        /// Set when this is the same request again.
        request_id: Option<String>,
    },
    /// End the session; trust stays.
    SignOut {
        /// Which.
        session: Arc<Session>,
    },
    /// End session and trust, wipe, verify.
    Leave {
        /// Which.
        session: Arc<Session>,
    },
    /// Change something of the account.
    Change {
        /// Whose.
        session: Arc<Session>,
        /// What.
        change: Change,
    },
    /// A step of a fresh proof of who is here.
    StepUp {
        /// Whose.
        session: Arc<Session>,
        /// Its key and verifier.
        flow: Arc<Flow>,
        /// Its session.
        auth_session: SecretString,
        /// What.
        question: Question,
        /// Set when this is the same question again.
        repeat: Option<Repeat>,
    },
    /// The proof is given: its tokens, then what was wanted.
    StepUpComplete {
        /// Whose.
        session: Arc<Session>,
        /// Its key and verifier.
        flow: Arc<Flow>,
        /// From the last step.
        authorization_code: SecretString,
        /// What was wanted.
        change: Change,
        /// Set when this is the same request again.
        request_id: Option<String>,
    },
    /// Open the portal's pages.
    OpenPages {
        /// Whose.
        session: Arc<Session>,
    },
    /// End the trust of one workstation.
    ForgetDevice {
        /// Whose.
        session: Arc<Session>,
        /// Which workstation.
        id: String,
        /// It is this one.
        current: bool,
    },
}

/// How a request ended well.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// The portal can be entered.
    Connected(Arc<Entrance>),
    /// The portal of a link can be entered, and has a form.
    LinkFollowed {
        /// Where.
        at: Arc<Entrance>,
        /// For the form.
        token: Option<SecretString>,
    },
    /// The portal of a link opens no accounts here: everything stays as it is.
    LinkIgnored,
    /// The portal's answer to a step of a registration.
    Registration {
        /// Its key.
        flow: Arc<RegistrationFlow>,
        /// The answer.
        answered: Box<Answered>,
        /// A message was asked for again.
        resent: bool,
    },
    /// The right password at the wrong entrance.
    WrongEntrance {
        /// Where.
        at: Arc<Entrance>,
        /// Which entrance it was.
        role: String,
        /// As typed.
        identifier: Identifier,
        /// To go on with at the right one.
        password: SecretString,
        /// Which entrances are right.
        entrances: Vec<EntranceInfo>,
    },
    /// The mail was asked for.
    RecoveryAsked {
        /// By this PC's clock.
        at: UnixMillis,
    },
    /// The portal's next step.
    Asked {
        /// Of which sign-in.
        flow: Arc<Flow>,
        /// The step.
        asked: Box<Asked>,
        /// A message may have been sent for it.
        sent: bool,
        /// The trust box was ticked.
        asked_for_trust: bool,
        /// The key that trust was asked for with.
        device: Option<PrivateKey>,
    },
    /// Somebody is signed in, and this workstation is in order.
    Completed(Box<Completed>),
    /// The session is over here.
    SignedOut {
        /// The portal knows.
        confirmed: bool,
    },
    /// Session and trust are over here.
    Left {
        /// What was wiped.
        wiped: Vec<Wiped>,
        /// The portal knows.
        confirmed: bool,
    },
    /// A change was made.
    Changed {
        /// What.
        done: Done,
        /// By this PC's clock.
        at: UnixMillis,
    },
    /// A change was refused.
    ChangeRefused {
        /// What is wrong, all at once.
        wrong: Wrong,
    },
    /// A fresh proof is asked for, or its next step.
    StepUpAsked {
        /// Its key and verifier.
        flow: Arc<Flow>,
        /// The step.
        asked: Box<Asked>,
        /// What it is for, where it has just begun.
        wanted: Option<Change>,
        /// A message may have been sent for it.
        sent: bool,
    },
    /// The portal's pages were opened, or could not be.
    PagesOpened(bool),
    /// The workstation is not trusted any more.
    Forgotten {
        /// What is left of the list.
        devices: Option<Vec<TrustedWorkstation>>,
        /// It was this one.
        current: bool,
    },
}

/// A completed sign-in.
#[derive(Debug)]
pub(crate) struct Completed {
    pub(crate) session: Arc<Session>,
    pub(crate) settled: Settled,
}

/// How a request failed.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) trouble: Trouble,
    /// The same request, if repeating it makes sense.
    pub(crate) retry: Option<Request>,
}

impl From<Trouble> for Refused {
    fn from(trouble: Trouble) -> Self {
        Self { trouble, retry: None }
    }
}
