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
    /// Activate the account first.
    Activate,
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
