//! What the window draws, and what a person answers: the only types that cross to the web view.
//!
//! The window holds no sign-in state of its own. It draws the [`View`] it is sent, asks for it when it mounts, and sends
//! back an [`Answer`]. Nothing here ever carries a password, a code, a key or a token *towards* the window.
//! The TypeScript side of these types is generated into `ui/src/backend/types.ts`.
//!
//! Durations are milliseconds counted from the moment the view was made; instants are milliseconds since the Unix
//! epoch on this PC's own clock, for display only (the portal's clock decides).

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
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
    /// Identifier and password.
    Password {
        /// Which portal.
        portal: PortalInfo,
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
    /// « Mot de passe oublié ? », until the app does it itself: whom to contact.
    SupportCard {
        /// Which portal.
        portal: PortalInfo,
        /// Whom to contact.
        support: Support,
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
        /// Something the person should know, once.
        notice: Option<Notice>,
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
        /// Where the account belongs, in each language.
        roles: Vec<Texts>,
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
    /// « Mot de passe oublié ? »
    ForgottenPassword,
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
    use super::{About, Answer, Preferences, View};
    use std::path::PathBuf;
    use ts_rs::TS;

    /// The committed TypeScript is what these types say. `PARVIS_WRITE_TYPES=1` writes it anew.
    #[test]
    fn typescript_is_current() {
        let folder = tempfile::tempdir().unwrap();
        let config = ts_rs::Config::new().with_out_dir(folder.path());
        for export in [View::export_all, Answer::export_all, About::export_all, Preferences::export_all] {
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
