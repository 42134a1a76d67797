//! What the window draws, and what a person answers: the only types that cross to the web view.
//!
//! The window holds no sign-in state of its own. It draws the [`View`] it is sent, asks for it when it mounts, and sends
//! back an [`Answer`]. Nothing here ever carries a password, a code, a key or a token *towards* the window.
//! The TypeScript side of these types is generated into `ui/src/backend/types.ts`.
//!
//! Durations are milliseconds counted from the moment the view was made; instants are milliseconds since the Unix
//! epoch on this PC's own clock, for display only (the portal's clock decides).

mod registration;

pub use registration::{
    Appointment, ConsentText, Delegate, DelegateDone, FormField, FormFieldId, FormProblem, FormRefusal,
    RegistrationForm,
};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

/// Beyond this, on either side, instants are in no calendar: the web view's own ends near here (ECMA-262 §21.4.1.1).
/// Milliseconds since the Unix epoch.
pub(crate) const LAST_INSTANT: u64 = 8_000_000_000_000_000;

/// Everything that is on the screen.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct View {
    /// Grows with every change; a window that receives an older one ignores it.
    pub revision: u32,
    /// The one thing that is asked or said now.
    pub screen: Screen,
    /// What is under way; the window keeps what was typed and waits.
    pub busy: Option<Busy>,
    /// What went wrong with the last answer, beside the screen it happened on. Nothing typed is lost.
    pub failure: Option<Failure>,
    /// The workstation, as the person knows it.
    pub workstation: Workstation,
    /// The portals that can be entered here, in the order of the list.
    pub portals: Vec<PortalCard>,
    /// The app was started with a list of demonstration portals.
    pub demonstration: bool,
    /// Session is about to end for inactivity: milliseconds left until sign-out.
    #[ts(type = "number | null")]
    pub inactivity_sign_out_in: Option<u64>,
    /// What was asked for needs a fresh proof of who is here: asked over the screen, which keeps what was typed.
    pub step_up: Option<StepUp>,
}

/// A fresh proof of who is here (RFC 9470). Answered by [`Answer::StepUpPassword`], [`Answer::SendCode`] and
/// [`Answer::Code`]; given up by [`Answer::CancelStepUp`]. What it was asked for goes on by itself afterwards.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum StepUp {
    /// The password again.
    Password {
        /// It was refused.
        rejected: bool,
    },
    /// Choose how to receive the code.
    SelectMethod {
        /// What can be chosen.
        methods: Vec<Method>,
        /// Proposed first.
        preferred: Option<MethodId>,
        /// Why the last method was refused.
        problem: Option<CodeProblem>,
    },
    /// Enter the code; trust is never offered here.
    Code {
        /// The code that is asked.
        code: CodeStep,
        /// Why the last answer was refused.
        problem: Option<CodeProblem>,
    },
}

/// One screen. Each says one thing.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Screen {
    /// « Où voulez-vous entrer ? » Nobody is signed in.
    ChoosePortal {
        /// What just ended, if anything.
        notice: Option<Notice>,
    },
    /// « Vous êtes… » Which entrance of a portal that has several; none was used on this workstation before.
    ChooseEntrance {
        /// Which portal.
        portal: PortalInfo,
        /// What can be chosen, in the portal's order.
        entrances: Vec<EntranceInfo>,
    },
    /// Identifier and password.
    Password {
        /// Which portal.
        portal: PortalInfo,
        /// The entrance, where the portal has several: shown with a way to change it.
        entrance: Option<EntranceInfo>,
        /// Kept after a refusal; empty at first. Never remembered over a sign-out.
        identifier: String,
        /// Why the last try was refused.
        problem: Option<PasswordProblem>,
        /// What just ended, if anything.
        notice: Option<Notice>,
    },
    /// Choose how to receive the code.
    SelectMethod {
        /// Which portal.
        portal: PortalInfo,
        /// What can be chosen.
        methods: Vec<Method>,
        /// Proposed first.
        preferred: Option<MethodId>,
        /// Why a code is asked although this person was trusted here.
        trust_ended: Option<TrustEndReason>,
        /// Why the last method was refused.
        problem: Option<CodeProblem>,
    },
    /// Enter the code.
    Code {
        /// Which portal.
        portal: PortalInfo,
        /// The code that is asked.
        code: CodeStep,
        /// Why a code is asked although this person was trusted here.
        trust_ended: Option<TrustEndReason>,
        /// Why the last answer was refused.
        problem: Option<CodeProblem>,
    },
    /// Support has to act: the account is blocked, or the portal says so.
    Blocked {
        /// Which portal.
        portal: PortalInfo,
        /// Since when, by this PC's clock.
        #[ts(type = "number | null")]
        since: Option<i64>,
        /// Until when, if it ends by itself.
        #[ts(type = "number | null")]
        until: Option<i64>,
        /// What blocked it, where the portal says so.
        cause: Option<BlockCause>,
        /// Whom to contact, with the reference to quote.
        support: Support,
    },
    /// The rest goes on in the system browser (a step that this version does not know, or that belongs there).
    Browser {
        /// Which portal.
        portal: PortalInfo,
        /// Whether there is an address to open.
        can_open: bool,
    },
    /// « Mot de passe oublié ? »: the identifier, and a mail with a link.
    ForgottenPassword {
        /// Which portal.
        portal: PortalInfo,
        /// As typed before.
        identifier: String,
        /// How long the mailed link is good: milliseconds.
        #[ts(type = "number")]
        link_validity: u64,
    },
    /// The mail is on its way, if there is such an account: the same for everybody.
    RecoverySent {
        /// Which portal.
        portal: PortalInfo,
        /// As typed.
        identifier: String,
        /// How long the mailed link is good: milliseconds.
        #[ts(type = "number")]
        link_validity: u64,
        /// When it was asked for, by this PC's clock.
        #[ts(type = "number")]
        at: i64,
    },
    /// « Créer un compte »: the form.
    Register {
        /// Which portal.
        portal: PortalInfo,
        /// What is asked.
        form: RegistrationForm,
        /// What the portal asks of a new password.
        rules: NewPasswordRules,
        /// Why the last one was refused, all at once.
        problems: Vec<FormProblem>,
        /// What the link that led here is about.
        appointment: Option<Appointment>,
    },
    /// The code that proves the number or the address that was given. Answered by [`Answer::Code`], [`Answer::SendCode`] and
    /// [`Answer::EditRegistration`].
    RegisterCode {
        /// Which portal.
        portal: PortalInfo,
        /// What it proves.
        contact: ContactField,
        /// The code that is asked; trust is never offered here.
        code: CodeStep,
        /// Why the last answer was refused.
        problem: Option<CodeProblem>,
    },
    /// What is accepted last.
    RegisterConsent {
        /// Which portal.
        portal: PortalInfo,
        /// What.
        consent: ConsentText,
    },
    /// The account is open, or its activation was mailed.
    Registered {
        /// Which portal.
        portal: PortalInfo,
        /// The account is open. If not, a link was mailed that activates it; the same is said where there is one already.
        opened: bool,
        /// What its owner signs in with.
        identifier: String,
        /// Masked address that the link went to.
        hint: Option<String>,
        /// Until the link can be mailed again: milliseconds.
        #[ts(type = "number")]
        resend_in: u64,
        /// Mails left.
        sends_remaining: Option<u32>,
        /// The link was mailed again.
        resent: bool,
        /// The appointment that the person came from, and goes back to by [`Answer::ReturnToPage`].
        appointment: Option<Appointment>,
        /// There is a page to go back to.
        can_return: bool,
    },
    /// Right password, and the account was not activated: its link was mailed again.
    ActivationDue {
        /// Which portal.
        portal: PortalInfo,
        /// Masked address.
        hint: Option<String>,
    },
    /// B signed in after A: what ended and what was wiped.
    HandoverReceipt {
        /// Which portal.
        portal: PortalInfo,
        /// Who is signed in now.
        person: Person,
        /// What happened to the previous person's trust, sessions and data.
        receipt: Receipt,
    },
    /// « Mon espace ».
    SignedIn {
        /// Which portal.
        portal: PortalInfo,
        /// Who is signed in.
        person: Person,
        /// Since when, by this PC's clock.
        #[ts(type = "number")]
        since: i64,
        /// This workstation's trust.
        trust: TrustState,
        /// The person's trusted workstations; absent until the portal has answered.
        devices: Option<Vec<TrustedWorkstation>>,
        /// Sign-out after this much inactivity.
        #[ts(type = "number")]
        inactivity_limit: u64,
        /// « Ouvrir le portail »: its pages in a window of their own.
        pages: PagesState,
        /// The authenticator app; absent where the portal has none, or has not answered yet.
        authenticator: Option<AuthenticatorState>,
        /// This person may invite delegates.
        has_delegates: bool,
        /// Something the person should know, once.
        notice: Option<Notice>,
    },
    /// « Modifier le mot de passe ».
    ChangePassword {
        /// Which portal.
        portal: PortalInfo,
        /// What the portal asks of a new one, for the list that is ticked off.
        rules: NewPasswordRules,
        /// Why the last try was refused, all at once.
        problems: Vec<FieldProblem>,
    },
    /// « Ma fiche »: contacts.
    Contacts {
        /// Which portal.
        portal: PortalInfo,
        /// Who is signed in, contacts masked.
        person: Person,
        /// A new contact that waits for the code that was sent to it.
        proof: Option<ContactProof>,
        /// Why the last change was refused, all at once.
        problems: Vec<FieldProblem>,
        /// What was just done.
        done: Option<ContactDone>,
    },
    /// « Application d’authentification ».
    Authenticator {
        /// Which portal.
        portal: PortalInfo,
        /// Where it stands.
        state: AuthenticatorState,
        /// A new secret that waits for its proof: shown this once.
        setup: Option<AuthenticatorSetup>,
        /// Why the last code was refused.
        problems: Vec<FieldProblem>,
        /// Something the person should know, once.
        notice: Option<Notice>,
    },
    /// Recovery codes: shown this once, to be printed or written down.
    RecoveryCodes {
        /// Which portal.
        portal: PortalInfo,
        /// Whose, for the printed page.
        person: Person,
        /// The codes, grouped for reading.
        codes: Vec<String>,
        /// When they were made, by this PC's clock.
        #[ts(type = "number")]
        at: i64,
    },
    /// Open sessions, on all workstations.
    Sessions {
        /// Which portal.
        portal: PortalInfo,
        /// Absent until the portal has answered.
        sessions: Option<Vec<OpenSession>>,
    },
    /// « Mes délégués »: who may sign in on the person's behalf.
    Delegates {
        /// Which portal.
        portal: PortalInfo,
        /// Absent until the portal has answered; the newest first.
        delegates: Option<Vec<Delegate>>,
        /// So many more can be invited; absent until the portal has answered.
        room: Option<u32>,
        /// Why the last invitation was refused: fields `name` and `email`.
        problems: Vec<FormProblem>,
        /// What was just done.
        done: Option<DelegateDone>,
    },
    /// The account's own history.
    History {
        /// Which portal.
        portal: PortalInfo,
        /// Absent until the portal has answered; the newest first.
        entries: Option<Vec<HistoryEntry>>,
    },
    /// The person left the workstation: what was ended and wiped, each read back.
    Left {
        /// Which portal.
        portal: PortalInfo,
        /// What was wiped.
        wiped: Vec<Wiped>,
        /// The portal has confirmed the end of session and trust. If not, it will be sent again at the next start.
        portal_confirmed: bool,
    },
}

/// An entrance of a portal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct EntranceInfo {
    /// The role it is for.
    pub role: String,
    /// Its name.
    pub label: Texts,
}

/// What blocked an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum BlockCause {
    /// Too many wrong codes.
    WrongCodes,
    /// Too many requests for a code without a right one.
    Requests,
    /// An administrator.
    Support,
}

/// The portal's own pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PagesState {
    /// They can be opened.
    Closed,
    /// They are open, in a window of their own; opening them again brings it to the front.
    Open,
}

/// What a portal asks of a new password. Counts are of characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NewPasswordRules {
    /// At least this long.
    pub min_length: u32,
    /// At most this long.
    pub max_length: u32,
    /// Digits.
    pub digits: u32,
    /// Upper-case letters.
    pub upper: u32,
    /// Lower-case letters.
    pub lower: u32,
    /// Anything else.
    pub special: u32,
}

/// A rule that a new password does not meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PasswordRule {
    /// Too few characters.
    TooShort,
    /// Too many characters.
    TooLong,
    /// Too few digits.
    Digit,
    /// Too few upper-case letters.
    Upper,
    /// Too few lower-case letters.
    Lower,
    /// Too few other characters.
    Special,
    /// Among the first that are tried.
    Common,
}

/// What this PC says of a new password while it is typed; the portal will say the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct PasswordJudgement {
    /// Every rule that it does not meet.
    pub unmet: Vec<PasswordRule>,
    /// How hard it is to guess, 0 (at once) to 4 (very hard).
    pub strength: u8,
}

/// What is wrong with one field of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum FieldProblem {
    /// The current password is not right.
    CurrentPasswordRejected,
    /// Rules that the new password does not meet.
    NewPassword {
        /// Which.
        unmet: Vec<PasswordRule>,
    },
    /// The new password is the one there is.
    NewPasswordUnchanged,
    /// Not an e-mail address.
    EmailMalformed,
    /// The address belongs to another account.
    EmailInUse,
    /// It is the address there is.
    EmailUnchanged,
    /// Not a telephone number.
    PhoneMalformed,
    /// The number belongs to another account.
    PhoneInUse,
    /// It is the number there is.
    PhoneUnchanged,
    /// No more codes are sent for now, for this long.
    SendRefused {
        /// Milliseconds.
        #[ts(type = "number | null")]
        retry_after: Option<u64>,
    },
    /// The code is not right.
    CodeRejected,
    /// Not a code of this length; nothing was sent.
    NotACode,
    /// The code's time is over.
    CodeExpired,
    /// No more tries, for this long.
    Blocked {
        /// Milliseconds.
        #[ts(type = "number | null")]
        blocked_for: Option<u64>,
    },
    /// The code is right for another time: the telephone's clock is off.
    ClockDrift {
        /// Seconds that the telephone is ahead of the portal (negative: behind).
        seconds: i32,
    },
    /// Refused for a reason this version does not know.
    Other,
}

/// A contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ContactField {
    /// E-mail address.
    Email,
    /// « Téléphone de secours ».
    Phone,
}

/// A new contact that waits for its proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ContactProof {
    /// Which.
    pub field: ContactField,
    /// Masked.
    pub hint: String,
    /// Digits.
    pub length: u32,
    /// When the code was asked for, by this PC's clock.
    #[ts(type = "number")]
    pub sent_at: i64,
    /// Validity left.
    #[ts(type = "number")]
    pub expires_in: u64,
    /// Whole validity, for the bar.
    #[ts(type = "number")]
    pub validity: u64,
    /// Until a resend is possible.
    #[ts(type = "number")]
    pub resend_in: u64,
    /// Sends left.
    pub sends_remaining: Option<u32>,
    /// Tries left.
    pub attempts_remaining: Option<u32>,
    /// What became of the message.
    pub delivery: Delivery,
}

/// What was just done with a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum ContactDone {
    /// The new contact was proved and is used from now on.
    Proved {
        /// Which.
        field: ContactField,
    },
    /// The number was removed.
    PhoneRemoved,
}

/// The authenticator app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum AuthenticatorState {
    /// Not activated.
    Off,
    /// Activated.
    On {
        /// Since when, by this PC's clock.
        #[ts(type = "number")]
        since: i64,
        /// Recovery codes that are left.
        recovery_codes_left: u32,
    },
}

/// A new secret for an authenticator app. With recovery codes, the one secret that is shown, once, because it has to be.
#[derive(Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AuthenticatorSetup {
    /// Base32, grouped for typing.
    pub secret: String,
    /// The QR code, row by row: `1` is dark. Square, without its quiet zone.
    pub qr: Vec<String>,
    /// Digits of its codes.
    pub length: u32,
    /// Whose clock can be trusted.
    pub clock: ClockCheck,
}

impl std::fmt::Debug for AuthenticatorSetup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AuthenticatorSetup(..)")
    }
}

/// This PC's clock against the portal's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum ClockCheck {
    /// They agree, within what a code allows.
    Right,
    /// They do not: codes follow the portal's.
    Differs {
        /// Seconds that this PC is ahead of the portal (negative: behind).
        #[ts(type = "number")]
        seconds: i64,
    },
    /// The portal does not say what time it is.
    Unknown,
}

/// An open session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OpenSession {
    /// For « end this ».
    pub id: String,
    /// This one.
    pub current: bool,
    /// On this workstation.
    pub this_workstation: bool,
    /// Since when, by this PC's clock.
    #[ts(type = "number")]
    pub started_at: i64,
    /// Last used, by this PC's clock.
    #[ts(type = "number")]
    pub last_used_at: i64,
    /// How it was proved.
    pub proof: Proof,
}

/// Something that happened to the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HistoryEntry {
    /// When, by this PC's clock.
    #[ts(type = "number")]
    pub at: i64,
    /// A kind of the portal's audit catalogue; the window has words for those it knows, and leaves out the others.
    pub what: String,
    /// Method, reason or actor.
    pub detail: Option<String>,
    /// On this workstation; absent where it is on none.
    pub this_workstation: Option<bool>,
}

/// A part of « Mon espace ».
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// « Mon espace » itself.
    Home,
    /// « Modifier le mot de passe ».
    ChangePassword,
    /// « Ma fiche ».
    Contacts,
    /// « Application d’authentification ».
    Authenticator,
    /// Open sessions.
    Sessions,
    /// « Mes délégués ».
    Delegates,
    /// History.
    History,
}

/// What is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Busy {
    /// Reading the portal's metadata and profile.
    Connecting,
    /// The password is being checked.
    CheckingPassword,
    /// A code is being asked for.
    SendingCode,
    /// The code is being checked.
    CheckingCode,
    /// Tokens, trust and handover.
    Completing,
    /// The session is being ended.
    SigningOut,
    /// Session and trust are being ended, and this workstation wiped.
    Leaving,
    /// Something of the account is being changed.
    Saving,
    /// The portal's pages are being opened.
    OpeningPages,
    /// The mail with the link is being asked for.
    RequestingLink,
    /// A form that opens an account, or a step of it, is being sent.
    Registering,
}

/// A failure that is nobody's answer: the network, the portal, this PC. The window has the words for each code.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// What happened; the window's table has text, severity and next action for each.
    pub code: FailureCode,
    /// For support, in English; never shown as the message.
    pub message: String,
    /// When another try makes sense: milliseconds from now.
    #[ts(type = "number | null")]
    pub retry_after: Option<u64>,
    /// The same answer can be sent again as it is.
    pub can_retry: bool,
}

/// Every failure the engine can meet. `docs/errors.md` lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FailureCode {
    /// No answer: no network, name not found, refused, timed out.
    PortalUnreachable,
    /// The portal's certificate is not trusted, expired, or for another name.
    CertificateRejected,
    /// The proxy of this network refused or wants a sign-in.
    ProxyRefused,
    /// The portal is overloaded or its store is down (503).
    PortalBusy,
    /// Too many tries for this name (429): wait.
    SlowDown,
    /// The portal answered something that is not the protocol.
    UnexpectedAnswer,
    /// The metadata names another issuer than the pinned one, or the tokens are not from it.
    WrongIssuer,
    /// The `auth_session` is over (10 minutes idle, replaced, blocked): start again.
    SessionExpired,
    /// The session ended on the portal (sign-out elsewhere, handover, limit).
    SignedOutByPortal,
    /// The previous person's session or web data could not be removed: nobody was signed in.
    HandoverIncomplete,
    /// The previous person's key could not be removed (keyring locked); the portal's record is dead already.
    OldKeyRemains,
    /// The keyring is missing or locked: sign-in works, trust cannot be remembered.
    KeyringUnavailable,
    /// The app's own data folder cannot be written.
    DataFolder,
    /// The portal of this name is not in the list, or its profile is not one we can show.
    PortalNotSupported,
    /// The request was refused as malformed; a defect or a wrong version.
    RequestRefused,
    /// The answer does not fit the screen (two windows, late click). Nothing was sent.
    OutOfStep,
    /// Anything else.
    Internal,
}

/// This workstation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Workstation {
    /// Its name (host name, or as IT named it).
    pub name: String,
    /// What counts as one workstation.
    pub scope: WorkstationScope,
    /// Short, non-secret reference of this workstation for support.
    pub reference: String,
    /// Whether trust can be remembered here.
    pub keyring: KeyringState,
}

/// What counts as one workstation (PROTOCOL §6, TRU-11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum WorkstationScope {
    /// The machine: one secret for all OS accounts.
    Machine,
    /// One OS account, because IT says so.
    OsAccount,
    /// This app's data folder, because neither was installed.
    AppData,
}

/// The keyring, after a round trip at start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum KeyringState {
    /// Being checked.
    Checking,
    /// A value was written, read back and removed.
    Available,
    /// There is none, or it is locked: no remembered trust.
    Unavailable,
}

/// A portal in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PortalCard {
    /// Its id.
    pub id: String,
    /// Its name, in each language.
    pub name: Texts,
    /// Who enters there.
    pub audience: Texts,
    /// Two letters for the card.
    pub monogram: String,
    /// Last one opened on this workstation.
    pub last_used: bool,
}

/// A text in each language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Texts {
    /// French.
    pub fr: String,
    /// English.
    pub en: String,
    /// German.
    pub de: String,
}

/// The chosen portal, as far as its screens need it.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PortalInfo {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Texts,
    /// Its host, so that the person can see where the password goes.
    pub host: String,
    /// Label of the identifier field.
    pub identifier_label: Texts,
    /// Support.
    pub support: Support,
    /// Trust can be asked for at this portal, for this long at most.
    #[ts(type = "number | null")]
    pub trust_max_age: Option<u64>,
    /// « Créer un compte » is offered.
    pub can_register: bool,
}

/// Whom to contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Support {
    /// E-mail.
    pub email: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// To quote, if the portal gave one.
    pub reference: Option<String>,
}

/// Why identifier and password were refused.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum PasswordProblem {
    /// The pair is not right; never which of the two.
    CredentialsRejected,
    /// Right password, another entrance.
    WrongRole {
        /// Where the account belongs: [`Answer::ChooseEntrance`] with one of them goes on with what was typed, the password
        /// included, which is kept in Rust for that.
        entrances: Vec<EntranceInfo>,
    },
}

/// A method that a code can come by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Method {
    /// Which.
    pub id: MethodId,
    /// Masked destination.
    pub hint: Option<String>,
    /// Blocked for this long: milliseconds.
    #[ts(type = "number | null")]
    pub blocked_for: Option<u64>,
    /// Requests left, where the portal says so.
    pub requests_left: Option<u32>,
    /// The next request is the last one, and without a right code after it the account is blocked: warned and asked before.
    pub last_request_blocks: bool,
}

/// Second factors that end in a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum MethodId {
    /// One-time code by e-mail.
    Email,
    /// One-time code by SMS.
    Sms,
    /// Code of an authenticator app.
    Totp,
    /// One of the recovery codes.
    RecoveryCode,
    /// A call that reads the code out; proves a number at registration only.
    Voice,
}

/// The code that is asked.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CodeStep {
    /// How it came.
    pub method: MethodId,
    /// Masked destination.
    pub hint: Option<String>,
    /// Which send this is, from 1, on this sign-in.
    pub send_number: u32,
    /// Digits.
    pub length: u32,
    /// When it was asked for, by this PC's clock.
    #[ts(type = "number")]
    pub sent_at: i64,
    /// Validity left.
    #[ts(type = "number")]
    pub expires_in: u64,
    /// Whole validity, for the bar.
    #[ts(type = "number")]
    pub validity: u64,
    /// Until a resend is possible.
    #[ts(type = "number")]
    pub resend_in: u64,
    /// Sends left.
    pub sends_remaining: Option<u32>,
    /// Tries left.
    pub attempts_remaining: Option<u32>,
    /// The last try blocks the account until support acts, not the method for a time.
    pub last_try_blocks_account: bool,
    /// The authenticator app shows its next code in so many milliseconds, by the portal's clock; absent for other methods.
    #[ts(type = "number | null")]
    pub next_code_in: Option<u64>,
    /// What became of the message.
    pub delivery: Delivery,
    /// All methods, for changing.
    pub methods: Vec<Method>,
    /// The trust box is offered.
    pub can_remember: bool,
    /// Until when trust would hold, by this PC's clock.
    #[ts(type = "number | null")]
    pub remember_until: Option<i64>,
}

/// What became of the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// In the portal's queue.
    Queued,
    /// Handed to the mail server or the SMS gateway.
    Sent,
    /// Could not be handed over; another method is worth a try.
    Failed,
}

/// Why a code, or a request for one, was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum CodeProblem {
    /// Not the right code.
    CodeRejected,
    /// It was right once.
    CodeExpired,
    /// The method is blocked, for this long.
    MethodBlocked {
        /// Milliseconds.
        #[ts(type = "number | null")]
        blocked_for: Option<u64>,
    },
    /// No more sends for now, for this long.
    SendRefused {
        /// Milliseconds.
        #[ts(type = "number | null")]
        retry_after: Option<u64>,
    },
    /// Not a code of this length; refused here, nothing was sent.
    NotACode,
    /// This very code was refused a moment ago; not sent again.
    SameCodeAgain,
}

/// Why a trust that was here does not hold (PROTOCOL §6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TrustEndReason {
    /// Another professional signed in on this workstation.
    OtherProfessional,
    /// 24 hours are over.
    Expired,
    /// Password, factor, role or rights changed.
    CredentialsChanged,
    /// Ended by the person or by support.
    Revoked,
    /// The key of this workstation is gone.
    KeyMissing,
}

/// Who is signed in; contacts are masked, because screens are shared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Person {
    /// Name.
    pub name: String,
    /// For the pictogram.
    pub initials: String,
    /// Role, in each language.
    pub role: Option<Texts>,
    /// Masked e-mail.
    pub email: Option<String>,
    /// Masked « téléphone de secours », if proved.
    pub phone: Option<String>,
    /// How the sign-in was proved.
    pub proof: Proof,
}

/// How the sign-in was proved (`acr`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// Password only.
    Password,
    /// Password and e-mail code.
    EmailCode,
    /// Password and SMS code.
    SmsCode,
    /// Password and authenticator app.
    Totp,
    /// Password and this workstation's trust.
    Trust,
    /// Passkey.
    Passkey,
}

/// This workstation's trust for the person who is signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum TrustState {
    /// No trust: a code is asked at each sign-in (or none is ever asked of this account).
    None {
        /// A second factor is due for this account.
        code_due: bool,
    },
    /// Trusted until then, by this PC's clock.
    Until {
        /// Instant.
        #[ts(type = "number")]
        at: i64,
    },
}

/// A trusted workstation of the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TrustedWorkstation {
    /// For « end this ».
    pub id: String,
    /// This one.
    pub current: bool,
    /// Since when, by this PC's clock.
    #[ts(type = "number")]
    pub granted_at: i64,
    /// Until when, by this PC's clock.
    #[ts(type = "number")]
    pub expires_at: i64,
}

/// What handover did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// The previous person's trust ended, on the portal.
    pub ended_trust: bool,
    /// Sessions of other people that ended, on the portal.
    pub ended_sessions: u32,
    /// What was removed here.
    pub wiped: Vec<Wiped>,
    /// When, by this PC's clock.
    #[ts(type = "number")]
    pub at: i64,
}

/// One thing that was wiped, and whether reading it back found nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Wiped {
    /// What.
    pub what: WipedItem,
    /// Read back and not found.
    pub verified: bool,
}

/// What can be wiped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum WipedItem {
    /// The device key in the keyring.
    DeviceKey,
    /// Session key and tokens in memory.
    Session,
    /// Hints on disk (who was trusted, until when).
    Hints,
    /// Web data of the portal's window.
    WebData,
}

/// Something to say once, beside the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Notice {
    /// Signed out by the person; trust stays until then, if any.
    SignedOut {
        /// Trust stays until, by this PC's clock.
        #[ts(type = "number | null")]
        trust_until: Option<i64>,
    },
    /// Signed out after inactivity.
    SignedOutByInactivity,
    /// Signed out because the PC went to sleep or was locked.
    SignedOutBySleep,
    /// The session ended on the portal.
    SignedOutByPortal,
    /// Trust could not be remembered: no keyring.
    TrustNotRemembered,
    /// Trust on this workstation was ended.
    TrustForgotten,
    /// The end of an earlier session has still to be told to the portal; it is retried.
    EndPending,
    /// The password was changed.
    PasswordChanged {
        /// The other sessions were ended.
        others_signed_out: bool,
    },
    /// The authenticator app was activated, and its codes are asked from now on.
    AuthenticatorOn,
    /// The authenticator app was removed.
    AuthenticatorOff,
    /// The other sessions were ended.
    OthersSignedOut,
    /// The portal's pages could not be opened.
    PagesNotOpened,
    /// A link to open an account waits: it can be followed once the person has signed out.
    LinkWaits,
}

/// What a person answers.
#[derive(Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Answer {
    /// Enter this portal.
    ChoosePortal {
        /// Which.
        portal: String,
    },
    /// Another portal; forgets what was typed.
    ChangePortal,
    /// Identifier and password.
    Password {
        /// As typed.
        identifier: String,
        /// As typed.
        #[ts(type = "string")]
        password: SecretString,
    },
    /// Receive the code this way (also: change method, receive again).
    SendCode {
        /// Which way.
        method: MethodId,
    },
    /// The code.
    Code {
        /// As typed: spaces and dashes are fine.
        #[ts(type = "string")]
        code: SecretString,
        /// The trust box.
        remember: bool,
    },
    /// Ask the portal what became of the message (at most every 2 s; the engine drops the rest).
    PollDelivery,
    /// Enter by this entrance: chosen, changed, or where the account belongs ([`PasswordProblem::WrongRole`]).
    ChooseEntrance {
        /// Its role.
        role: String,
    },
    /// Show the entrances again; what was typed as identifier stays.
    ChangeEntrance,
    /// « Mot de passe oublié ? »
    ForgottenPassword {
        /// As typed so far.
        identifier: String,
    },
    /// Ask for the mail with the link (again).
    RequestRecovery {
        /// As typed.
        identifier: String,
    },
    /// « Créer un compte »: its form.
    Register,
    /// The form. Of a field that is typed twice, the second is `…_again`.
    SubmitRegistration {
        /// As typed, by the ids of the fields.
        #[ts(type = "Record<string, string>")]
        fields: BTreeMap<String, SecretString>,
        /// The declaration's box.
        declared: bool,
        /// Ids of the consents whose boxes are ticked.
        accepted: Vec<String>,
    },
    /// Back to the form, which keeps what was typed but the password.
    EditRegistration,
    /// « J'accepte ».
    AcceptConsent {
        /// Which.
        id: String,
    },
    /// Mails the link that activates again.
    ResendActivation,
    /// From the end of a registration to identifier and password.
    SignInNow,
    /// Back to the page of the booking, in the browser.
    ReturnToPage,
    /// Invites somebody as delegate; an invitation that waits is sent again.
    InviteDelegate {
        /// As typed.
        name: String,
        /// As typed.
        email: String,
    },
    /// Ends a delegate's access, or takes an invitation back.
    RemoveDelegate {
        /// Which.
        id: String,
    },
    /// « Ouvrir le portail ».
    OpenPages,
    /// Go to a part of « Mon espace »; what was typed in the one before is dropped.
    Show {
        /// Which.
        place: Place,
    },
    /// « Modifier le mot de passe ».
    ChangePassword {
        /// As typed.
        #[ts(type = "string")]
        current: SecretString,
        /// As typed.
        #[ts(type = "string")]
        new: SecretString,
        /// « Se déconnecter des autres appareils ».
        sign_out_others: bool,
    },
    /// A new contact; sends a code to it. The same one again: sends it again.
    ChangeContact {
        /// Which.
        field: ContactField,
        /// As typed; empty to have no telephone number.
        value: String,
    },
    /// Sends the code of the pending contact again.
    ResendContact,
    /// The code that was sent to the new contact.
    ProveContact {
        /// As typed.
        #[ts(type = "string")]
        code: SecretString,
    },
    /// Gives up the pending contact.
    CancelContact,
    /// A new secret for an authenticator app: activation or replacement.
    SetUpAuthenticator,
    /// A code of the new secret.
    ConfirmAuthenticator {
        /// As typed.
        #[ts(type = "string")]
        code: SecretString,
    },
    /// No authenticator app any more.
    RemoveAuthenticator,
    /// New recovery codes; the old ones are void.
    NewRecoveryCodes,
    /// The recovery codes were written down.
    AcceptRecoveryCodes,
    /// End one session of the list.
    EndSession {
        /// Its id.
        id: String,
    },
    /// End all sessions but this one, and the trust of other workstations.
    SignOutOthers,
    /// The password, for a step-up.
    StepUpPassword {
        /// As typed.
        #[ts(type = "string")]
        password: SecretString,
    },
    /// Gives up what needed the step-up; the screen keeps what was typed.
    CancelStepUp,
    /// Back to identifier and password, or from a card.
    Restart,
    /// Same answer again after a failure that allows it.
    Retry,
    /// Close the failure.
    DismissFailure,
    /// Open the browser for a step that belongs there.
    OpenBrowser,
    /// « Continuer » on the receipt.
    AcceptReceipt,
    /// Sign out; trust stays.
    SignOut,
    /// Leave: sign out, end trust, wipe, verify.
    Leave,
    /// End the trust of one workstation of the list.
    ForgetDevice {
        /// Its id.
        id: String,
    },
    /// Someone is here: restarts the inactivity count.
    StaySignedIn,
}

/// Nothing that was typed, the identifier no more than the rest: people type passwords there.
impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Answer(..)")
    }
}

/// « À propos ».
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct About {
    /// Version of the app.
    pub version: String,
    /// Operating system and its version.
    pub system: String,
    /// Version of the web view.
    pub web_view: String,
    /// The workstation.
    pub workstation: Workstation,
    /// Folder of the log files.
    pub log_folder: String,
    /// Licences of the parts, as text.
    pub licences: String,
}

/// What the window remembers between starts; nothing that security depends on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Preferences {
    /// Language of the window; the operating system's at first.
    pub language: Language,
    /// Zoom of the window in percent, 50 to 300.
    pub zoom: u32,
}

/// Languages of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// French.
    Fr,
    /// English.
    En,
    /// German.
    De,
}

#[cfg(test)]
mod tests {
    use super::{About, Answer, PasswordJudgement, Preferences, View};
    use std::path::PathBuf;
    use ts_rs::TS;

    /// The committed TypeScript is what these types say. `PARVIS_WRITE_TYPES=1` writes it anew.
    #[test]
    fn typescript_is_current() {
        let folder = tempfile::tempdir().unwrap();
        let config = ts_rs::Config::new().with_out_dir(folder.path());
        for export in [
            View::export_all,
            Answer::export_all,
            About::export_all,
            Preferences::export_all,
            PasswordJudgement::export_all,
        ] {
            export(&config).unwrap();
        }
        let mut names: Vec<_> =
            std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        names.sort();
        let mut text =
            String::from("// Generated from crates/sign-in/src/view.rs by its test; do not edit.\n");
        for name in names {
            let file = std::fs::read_to_string(name).unwrap();
            for line in file.lines().filter(|line| {
                !line.starts_with("import ") && !line.starts_with("// This file") && !line.is_empty()
            }) {
                text.push_str(line);
                text.push('\n');
            }
        }
        let committed = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/backend/types.ts");
        if std::env::var_os("PARVIS_WRITE_TYPES").is_some() {
            std::fs::write(&committed, &text).unwrap();
        }
        let current = std::fs::read_to_string(&committed).unwrap_or_default();
        assert_eq!(
            current, text,
            "ui/src/backend/types.ts is stale: PARVIS_WRITE_TYPES=1 cargo test -p parvis-sign-in typescript"
        );
    }
}
