//! Error codes on the wire.

use serde::{Deserialize, Serialize};

/// `error` in an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// Malformed, duplicate, over-long or missing field; nothing was evaluated.
    InvalidRequest,
    /// Unknown `client_id`, or another than the session's.
    InvalidClient,
    /// A scope other than `openid`.
    InvalidScope,
    /// The proof is not one, not for this request, or was used before.
    InvalidDpopProof,
    /// The proof's nonce is missing or stale; the answer carries a fresh one.
    UseDpopNonce,
    /// The person has to do something: `next` says what.
    InsufficientAuthorization,
    /// The `auth_session` is over, replaced or another key's.
    InvalidSession,
    /// Goes on in the system browser.
    RedirectToWeb,
    /// Too many tries for this name.
    SlowDown,
    /// Hashing queue full or store down.
    TemporarilyUnavailable,
    /// Authorization code or refresh token not good (any more).
    InvalidGrant,
    /// Only `authorization_code` and `refresh_token`.
    UnsupportedGrantType,
    /// Access token missing, unknown, ended or another key's.
    InvalidToken,
    /// Signed in too long ago, or without a second factor (RFC 9470).
    InsufficientUserAuthentication,
    /// No such thing of this person.
    NotFound,
    /// A defect on the portal; nothing was changed.
    ServerError,
    /// A code this version does not know.
    #[serde(other)]
    Unknown,
}

/// `problem` beside the next step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Problem {
    /// Unknown name, wrong password, or disabled account: never which.
    CredentialsRejected,
    /// Right password, another entrance.
    WrongRole,
    /// Wrong code.
    CodeRejected,
    /// The code's time is over, or it was used.
    CodeExpired,
    /// No tries left with this method.
    MethodBlocked,
    /// Support has to act.
    AccountBlocked,
    /// No more sends for now.
    SendRefused,
    /// This person was trusted here and is not any more; `reason` says why.
    TrustEnded,
    /// A problem this version does not know.
    #[serde(other)]
    Unknown,
}

/// `code` of a problem with a field (PROTOCOL §7), beside those of password rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldProblemCode {
    /// Not the current password, not the code: counted.
    Rejected,
    /// The code's or the link's time is over, or it was used.
    Expired,
    /// No tries left for now; `params.until` says until when.
    Blocked,
    /// Not an address, not a number, not a code of this length.
    Malformed,
    /// Another account has it.
    InUse,
    /// What there is already.
    Unchanged,
    /// No more sends for now; `params.until` says until when.
    SendRefused,
    /// The code is right for another time: `params.seconds` is how far the authenticator's clock is ahead of the portal's.
    ClockDrift,
    /// Nothing was given, and something is needed.
    Missing,
    /// Not the same as in the field before it.
    Different,
    /// A foreign number that begins with `00` in the place of `+`.
    InternationalPrefix,
    /// A number that no code goes to: premium rate, short, or of no telephone.
    Unsuitable,
    /// Address and permit number are not those of one member.
    NotAMember,
    /// Not the contacts that the practice noted.
    RecordDiffers,
    /// A code this version does not know.
    #[serde(other)]
    Unknown,
}

impl FieldProblemCode {
    /// As on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rejected => "rejected",
            Self::Expired => "expired",
            Self::Blocked => "blocked",
            Self::Malformed => "malformed",
            Self::InUse => "in_use",
            Self::Unchanged => "unchanged",
            Self::SendRefused => "send_refused",
            Self::ClockDrift => "clock_drift",
            Self::Missing => "missing",
            Self::Different => "different",
            Self::InternationalPrefix => "international_prefix",
            Self::Unsuitable => "unsuitable",
            Self::NotAMember => "not_a_member",
            Self::RecordDiffers => "record_differs",
            Self::Unknown => "unknown",
        }
    }

    /// From the wire.
    pub fn parse(text: &str) -> Self {
        [
            Self::Rejected,
            Self::Expired,
            Self::Blocked,
            Self::Malformed,
            Self::InUse,
            Self::Unchanged,
            Self::SendRefused,
            Self::ClockDrift,
            Self::Missing,
            Self::Different,
            Self::InternationalPrefix,
            Self::Unsuitable,
            Self::NotAMember,
            Self::RecordDiffers,
        ]
        .into_iter()
        .find(|code| code.as_str() == text)
        .unwrap_or(Self::Unknown)
    }
}

/// `reason` of `trust_ended`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrustEndReason {
    /// Another professional completed a sign-in on this workstation.
    OtherProfessional,
    /// Its time is over.
    Expired,
    /// Password, factor, role or rights changed, or the account was blocked.
    CredentialsChanged,
    /// Ended by the person (leave, list of workstations) or by support.
    Revoked,
    /// The trust lives, but its key did not sign.
    #[serde(other)]
    KeyMissing,
}

impl TrustEndReason {
    /// As on the wire and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OtherProfessional => "other_professional",
            Self::Expired => "expired",
            Self::CredentialsChanged => "credentials_changed",
            Self::Revoked => "revoked",
            Self::KeyMissing => "key_missing",
        }
    }

    /// From the database.
    pub fn from_stored(text: &str) -> Self {
        match text {
            "other_professional" => Self::OtherProfessional,
            "expired" => Self::Expired,
            "credentials_changed" => Self::CredentialsChanged,
            "revoked" => Self::Revoked,
            _ => Self::KeyMissing,
        }
    }
}
