//! What the window draws, and what a person answers: the only types that cross to the web view.
//!
//! The window holds no sign-in state of its own. It draws the [`View`] it is sent, asks for it when it mounts, and sends
//! back an [`Answer`]. Nothing here ever carries a password, a code, a key or a token *towards* the window.
//! The TypeScript side of these types is generated into `ui/src/backend/types.ts`.
//!
//! Durations are milliseconds counted from the moment the view was made; instants are milliseconds since the Unix
//! epoch on this PC's own clock, for display only (the portal's clock decides).

mod answer;
mod code;
mod portal;
mod registration;
mod session;
mod space;
mod workstation;

pub use answer::Answer;
pub use code::{CodeProblem, CodeStep, Delivery, Method, MethodId};
pub use portal::{EntranceInfo, PagesState, PortalCard, PortalInfo, Support, Texts};
pub use registration::{
    Appointment, ConsentText, Delegate, DelegateDone, FormField, FormFieldId, FormProblem, FormRefusal,
    NameLetters, RegistrationForm,
};
use serde::{Deserialize, Serialize};
pub use session::{Person, Proof, Receipt, TrustEndReason, TrustState, TrustedWorkstation, Wiped, WipedItem};
pub use space::{
    AuthenticatorSetup, AuthenticatorState, ClockCheck, ContactDone, ContactField, ContactProof,
    FieldProblem, HistoryEntry, NewPasswordRules, OpenSession, PasswordJudgement, PasswordRule, Place,
};
use ts_rs::TS;
pub use workstation::{KeyringState, Workstation, WorkstationScope};
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
    /// The `auth_session` is over (10 minutes idle, replaced, blocked), or the registration (30 minutes idle): start again; a form keeps
    /// what was typed but the password.
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
