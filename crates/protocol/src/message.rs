//! Messages of the contract. Times are whole seconds: durations as such, instants since the Unix epoch.

use crate::error::{ErrorCode, Problem, TrustEndReason};
use serde::{Deserialize, Serialize};

/// `GET {origin}/.well-known/oauth-authorization-server{issuer path}` (RFC 8414).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// Must equal the pinned one.
    pub issuer: String,
    /// Sign-in steps.
    pub authorization_challenge_endpoint: String,
    /// Tokens.
    pub token_endpoint: String,
    /// RFC 7009.
    pub revocation_endpoint: String,
    /// Ends a grant by its handle.
    pub end_session_endpoint: String,
    /// Keys of id tokens.
    pub jwks_uri: String,
    /// `ES256`.
    pub dpop_signing_alg_values_supported: Vec<String>,
    /// How a sign-in can have been proved.
    pub acr_values_supported: Vec<String>,
    /// Ours.
    pub parvis: ParvisMetadata,
}

/// `parvis` in the metadata.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParvisMetadata {
    /// Version of the contract.
    pub version: u32,
    /// The public part of the portal's profile.
    pub profile_uri: String,
    /// Account calls are below it.
    pub account_uri: String,
    /// From the app to the portal's pages.
    pub session_bootstrap_endpoint: String,
}

/// 200 of the challenge endpoint.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authorized {
    /// For the token endpoint, once, within 60 s.
    pub authorization_code: String,
    /// Replaced at completion.
    pub auth_session: String,
}

/// Any other answer of the challenge endpoint.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChallengeError {
    /// What kind of answer.
    pub error: ErrorCode,
    /// For whoever develops a client; never shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_description: Option<String>,
    /// From the first right password on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_session: Option<String>,
    /// What the person does next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Next>,
    /// What was wrong with the last answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
    /// Why trust ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<TrustEndReason>,
    /// Blocked since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<i64>,
    /// What blocked the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<BlockCause>,
    /// Blocked until, or sends possible again from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<i64>,
    /// Whom to contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub support: Option<SupportContact>,
    /// For `redirect_to_web`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_uri: Option<String>,
}

impl ChallengeError {
    /// Only the code.
    pub const fn new(error: ErrorCode) -> Self {
        Self {
            error,
            error_description: None,
            auth_session: None,
            next: None,
            problem: None,
            reason: None,
            since: None,
            cause: None,
            until: None,
            support: None,
            request_uri: None,
        }
    }

    /// The next step.
    pub fn next(next: Next) -> Self {
        let mut answer = Self::new(ErrorCode::InsufficientAuthorization);
        answer.next = Some(next);
        answer
    }
}

/// What blocked an account until support acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockCause {
    /// Too many wrong codes.
    WrongCodes,
    /// Too many requests for a code without a right one.
    Requests,
    /// An administrator, or a cause this version does not know.
    #[serde(other)]
    Support,
}

impl BlockCause {
    /// As on the wire and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WrongCodes => "wrong_codes",
            Self::Requests => "requests",
            Self::Support => "support",
        }
    }

    /// From the database.
    pub fn from_stored(text: &str) -> Self {
        match text {
            "wrong_codes" => Self::WrongCodes,
            "requests" => Self::Requests,
            _ => Self::Support,
        }
    }
}

/// Whom to contact, with the reference to quote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupportContact {
    /// E-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Telephone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// What support looks the case up by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// `next`: one question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Next {
    /// Identifier and password.
    Password {
        /// Where the account belongs, with `wrong_role`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        roles: Option<Vec<String>>,
    },
    /// Choose a method.
    SelectMethod(SelectMethod),
    /// Enter a code.
    Otp(Otp),
    /// Answer a WebAuthn challenge.
    Webauthn,
    /// Activate the account first: a link is on its way.
    Activate {
        /// Masked address that the link goes to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hint: Option<String>,
    },
    /// Choose a new password first.
    NewPassword,
    /// Support has to act.
    ContactSupport,
    /// A step this version does not know: goes on in the browser.
    #[serde(other)]
    Unknown,
}

/// Choose a method.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SelectMethod {
    /// Of the `auth_session`.
    pub expires_in: u32,
    /// What can be chosen.
    pub methods: Vec<MethodChoice>,
    /// Proposed first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preferred: Option<String>,
    /// Trust can be asked for.
    #[serde(default)]
    pub can_remember: bool,
    /// How long it would hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remember_max_age: Option<u32>,
}

/// A method.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MethodChoice {
    /// `email`, `sms`, `totp`, or one that this version does not know.
    pub id: String,
    /// Masked destination.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Blocked until.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked_until: Option<i64>,
    /// Requests left; absent for a method whose code is not sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sends_remaining: Option<u32>,
    /// When the last request ends in a block of the account: the portal's profile has such a limit.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub last_send_blocks: bool,
}

/// Enter a code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Otp {
    /// How it comes.
    pub method: String,
    /// This question.
    pub challenge_id: String,
    /// Digits.
    pub length: u32,
    /// Validity left.
    pub expires_in: u32,
    /// Until it can be sent again.
    #[serde(default)]
    pub resend_after: u32,
    /// Sends left in this window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sends_remaining: Option<u32>,
    /// Tries left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempts_remaining: Option<u32>,
    /// What became of the message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Delivery>,
    /// Masked destination.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// All methods.
    #[serde(default)]
    pub methods: Vec<MethodChoice>,
    /// Trust can be asked for.
    #[serde(default)]
    pub can_remember: bool,
    /// How long it would hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remember_max_age: Option<u32>,
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// Waiting.
    Queued,
    /// Handed over.
    Sent,
    /// Given up.
    #[serde(other)]
    Failed,
}

/// 200 of the token endpoint.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tokens {
    /// `DPoP`.
    pub token_type: String,
    /// Opaque.
    pub access_token: String,
    /// Of the access token.
    pub expires_in: u32,
    /// Rotates.
    pub refresh_token: String,
    /// Who signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    /// For a step-up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_session: Option<String>,
    /// Ends the grant, also after the key is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_handle: Option<String>,
    /// This workstation is trusted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trusted_device: Option<TrustedDevice>,
    /// Somebody else was here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handover: Option<Handover>,
}

/// This workstation's trust.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustedDevice {
    /// Until it ends.
    pub expires_in: u32,
}

/// What a handover ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handover {
    /// The previous person's trust.
    pub ended_trust: bool,
    /// Other people's sessions of this workstation.
    pub ended_sessions: u32,
}

/// Claims of the id token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdClaims {
    /// The portal.
    pub iss: String,
    /// The account.
    pub sub: String,
    /// The client.
    pub aud: String,
    /// Ends.
    pub exp: i64,
    /// Made.
    pub iat: i64,
    /// From the challenge request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// Name of the person.
    pub name: String,
    /// Entrance.
    pub role: String,
    /// Rights.
    pub rights: Vec<String>,
    /// How the sign-in was proved.
    pub acr: String,
    /// By which means (RFC 8176).
    pub amr: Vec<String>,
    /// When the password was given.
    pub auth_time: i64,
    /// When a real second factor was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mfa_time: Option<i64>,
}

/// `GET /me`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// Stable id.
    pub subject: String,
    /// What the person types.
    pub identifier: String,
    /// Name.
    pub name: String,
    /// Entrance.
    pub role: String,
    /// Rights.
    pub rights: Vec<String>,
    /// E-mail.
    #[serde(default)]
    pub email: Option<String>,
    /// « Téléphone de secours ».
    #[serde(default)]
    pub phone: Option<String>,
    /// Proved by a code.
    #[serde(default)]
    pub phone_verified: bool,
    /// A second factor is due for this account.
    #[serde(default)]
    pub second_factor_due: bool,
    /// An authenticator app is activated, since then; absent where none is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub totp_since: Option<i64>,
    /// Recovery codes that are left, where an authenticator app is activated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery_codes_left: Option<u32>,
    /// A new contact that waits for its proof.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<PendingContact>,
}

/// What of the card is changed by a code to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactField {
    /// E-mail address.
    Email,
    /// « Téléphone de secours ».
    Phone,
}

impl ContactField {
    /// As on the wire and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
        }
    }
}

/// A new contact that waits for the code that was sent to it; nothing else is sent there before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingContact {
    /// Which.
    pub field: ContactField,
    /// Masked.
    pub hint: String,
    /// For `PATCH /me {"challenge_id","otp"}`.
    pub challenge_id: String,
    /// Digits.
    pub length: u32,
    /// Validity left.
    pub expires_in: u32,
    /// Until it can be sent again, by the same `PATCH`.
    #[serde(default)]
    pub resend_after: u32,
    /// Sends left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sends_remaining: Option<u32>,
    /// Tries left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempts_remaining: Option<u32>,
    /// What became of the message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Delivery>,
}

/// `PATCH /me`: a new contact (again: send its code again), or the code that proves the pending one. Answered with [`Me`].
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardChange {
    /// New e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// New « téléphone de secours »; empty to have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The question that `otp` answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge_id: Option<String>,
    /// The code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otp: Option<String>,
    /// Language of the messages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ui_locales: Option<String>,
}

/// `GET /sessions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sessions {
    /// Open sessions, the newest first.
    pub sessions: Vec<OpenSession>,
}

/// An open session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenSession {
    /// For `DELETE /sessions/{id}`.
    pub id: String,
    /// The one that asks.
    pub current: bool,
    /// Opened on the workstation that asks.
    #[serde(default)]
    pub this_workstation: bool,
    /// Since.
    pub started_at: i64,
    /// Last used.
    pub last_used_at: i64,
    /// The same, as a duration until now: for clients whose clock is wrong.
    pub last_used_ago: u32,
    /// How it was proved.
    pub acr: String,
}

/// `GET /events`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Events {
    /// The account's own history, the newest first, 100 at most.
    pub events: Vec<AccountEvent>,
}

/// One event of the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountEvent {
    /// When.
    pub at: i64,
    /// The same, as a duration until now.
    pub ago: u32,
    /// A kind of the audit catalogue.
    pub kind: String,
    /// Method, reason or actor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// On the workstation that asks; absent where the event has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub this_workstation: Option<bool>,
}

/// `POST /password`.
#[derive(Clone, Serialize, Deserialize)]
pub struct PasswordChange {
    /// The password so far.
    pub current: String,
    /// The new one.
    pub new: String,
    /// « Se déconnecter des autres appareils ».
    #[serde(default)]
    pub sign_out_others: bool,
}

/// `POST /recovery`: no access token, a proof by any key.
#[derive(Clone, Serialize, Deserialize)]
pub struct RecoveryRequest {
    /// Identifier or e-mail address, as typed.
    pub identifier: String,
    /// Language of the mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ui_locales: Option<String>,
}

/// `POST /recovery/complete`: no access token, a proof by any key.
#[derive(Clone, Serialize, Deserialize)]
pub struct RecoveryCompletion {
    /// From the mailed link.
    pub token: String,
    /// The new password.
    pub new_password: String,
}

/// `POST /activation`: no access token, a proof by any key.
#[derive(Clone, Serialize, Deserialize)]
pub struct Activation {
    /// From the mailed link.
    pub token: String,
}

/// `POST /totp`: shown this once.
#[derive(Clone, Serialize, Deserialize)]
pub struct TotpSecret {
    /// Base32, for typing.
    pub secret: String,
    /// `otpauth://…`, for a QR code.
    pub uri: String,
}

/// `POST /totp/confirm`.
#[derive(Clone, Serialize, Deserialize)]
pub struct TotpConfirmation {
    /// A code of the new secret.
    pub otp: String,
}

/// `POST /totp/confirm` and `POST /totp/recovery-codes`: shown this once.
#[derive(Clone, Serialize, Deserialize)]
pub struct RecoveryCodes {
    /// Single use each; digits.
    pub recovery_codes: Vec<String>,
}

/// `POST session_bootstrap_endpoint`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionBootstrap {
    /// A registered page.
    pub page: String,
}

/// Where the portal's window goes, and with which cookies (PROTOCOL §5).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageEntry {
    /// The page, on the issuer's origin.
    pub location: String,
    /// For the window's own store.
    pub cookies: Vec<PageCookie>,
}

/// A cookie of the portal's window.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageCookie {
    /// Name.
    pub name: String,
    /// Value.
    pub value: String,
    /// Path.
    pub path: String,
    /// How long it lasts.
    pub max_age: u32,
}

/// `GET /devices`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Devices {
    /// Trusted workstations, the newest first.
    pub devices: Vec<Device>,
}

/// A trusted workstation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// For `DELETE /devices/{id}`.
    pub id: String,
    /// The one that asks.
    pub current: bool,
    /// Since.
    pub granted_at: i64,
    /// Until.
    pub expires_at: i64,
    /// Until, as a duration: for clients whose clock is wrong.
    pub expires_in: u32,
}

/// A refusal of any endpoint but the challenge endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// What kind.
    pub error: ErrorCode,
    /// For whoever develops a client; never shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_description: Option<String>,
    /// All at once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<FieldProblem>,
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldProblem {
    /// Which.
    pub field: String,
    /// What.
    pub code: String,
    /// Numbers for the sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub params: Option<serde_json::Value>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acc_01_the_refusal_of_a_pair_has_exactly_these_bytes() {
        let mut answer = ChallengeError::next(Next::Password { roles: None });
        answer.problem = Some(Problem::CredentialsRejected);
        assert_eq!(
            serde_json::to_string(&answer).unwrap(),
            r#"{"error":"insufficient_authorization","next":{"step":"password"},"problem":"credentials_rejected"}"#
        );
    }

    #[test]
    fn prt_06_unknown_values_are_read_as_such() {
        let read: ChallengeError = serde_json::from_str(
            r#"{"error":"insufficient_authorization","next":{"step":"dance","steps":3},"problem":"tired","extra":1}"#,
        )
        .ok()
        .unwrap();
        assert_eq!((read.next, read.problem), (Some(Next::Unknown), Some(Problem::Unknown)));
    }
}
