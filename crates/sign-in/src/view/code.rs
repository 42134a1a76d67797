//! The step of the code, as the window draws it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

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
