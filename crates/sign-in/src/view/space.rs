//! « Mon espace », as the window draws it: password, contacts, authenticator app, sessions, history.

use super::{Delivery, Proof};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

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
