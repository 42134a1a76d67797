//! Who is signed in, the trust in this workstation, and what a handover ended.

use super::Texts;
use serde::Serialize;
use ts_rs::TS;

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
