//! Opening an account, step by step (PROTOCOL §7, `POST /registration`): the grammar of a sign-in, in JSON.

use crate::{
    error::ErrorCode,
    message::{FieldProblem, Otp},
};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error, MapAccess, Visitor},
};
use std::{collections::BTreeMap, fmt};

/// `POST /registration`: no access token, a proof by a key that stays the same through all steps.
///
/// The form: `fields` (with `accepted`, `declared`, and the `link` where the person came by one). A step after it:
/// `registration_session` with `challenge_id` and `otp`, with `resend`, or with `accepted`; alone, the current step again.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RegistrationRequest {
    /// From the first accepted form on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registration_session: Option<String>,
    /// 128 random bits; needed by whatever changes something. A repeat is answered from what the first left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Language of the messages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ui_locales: Option<String>,
    /// From a booking, or from a reminder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// The form, by the ids of its fields; typed again: `…_again`. A field that stands twice is none (PRT-04).
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "each_once")]
    pub fields: Option<BTreeMap<String, String>>,
    /// The declaration's box.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub declared: bool,
    /// Ids of the consents that are given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub accepted: Vec<String>,
    /// The question that `otp` answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub challenge_id: Option<String>,
    /// The code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub otp: Option<String>,
    /// Send again: `sms`, `voice`, `email`, or `link` for the mail that activates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resend: Option<String>,
}

/// A map whose members stand once each: which of two counts is nobody's guess.
fn each_once<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<BTreeMap<String, String>>, D::Error> {
    struct EachOnce;

    impl<'de> Visitor<'de> for EachOnce {
        type Value = BTreeMap<String, String>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("fields, each once")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut fields = BTreeMap::new();
            while let Some((name, value)) = map.next_entry()? {
                if fields.insert(name, value).is_some() {
                    return Err(A::Error::custom("a field stands twice"));
                }
            }
            Ok(fields)
        }
    }

    deserializer.deserialize_map(EachOnce).map(Some)
}

/// The answer: 200 with `next.step=done`, else 400 with `error` and, where there is one, the next step.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistrationAnswer {
    /// Absent where all is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorCode>,
    /// 256 bits; new after a repeated form, whose first answer was lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration_session: Option<String>,
    /// What is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<RegistrationStep>,
    /// What is wrong with the last answer, all at once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<FieldProblem>,
}

/// `next` of a registration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum RegistrationStep {
    /// The form that the portal's profile describes.
    Form {
        /// So many first letters of the family name are asked besides, as the field `name_letters`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name_letters: Option<u32>,
        /// What the link is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        appointment: Option<Appointment>,
    },
    /// The code that was sent to the telephone number; `method` is `sms` or `voice`.
    VerifyPhone(Otp),
    /// The code that was sent to the e-mail address.
    VerifyEmail(Otp),
    /// What is accepted last.
    Consent {
        /// Ids of consents of the profile.
        consents: Vec<String>,
    },
    /// Done.
    Done(Registered),
    /// A step this version does not know.
    #[serde(other)]
    Unknown,
}

/// The end of a registration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    /// The account is there. If not, a link was mailed that activates it; the same is said where there is one already.
    pub opened: bool,
    /// What its owner signs in with.
    pub identifier: String,
    /// Masked address that the link went to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Until the link can be mailed again, seconds.
    #[serde(default)]
    pub resend_after: u32,
    /// Mails left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sends_remaining: Option<u32>,
    /// Page of the portal that the person came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_to: Option<String>,
}

/// An appointment that is being booked, or that a reminder is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appointment {
    /// With whom.
    pub practice: String,
    /// When it begins.
    pub at: i64,
}

/// `GET /delegates`, and the answer of what changes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DelegateList {
    /// The newest first.
    pub delegates: Vec<Delegate>,
    /// So many more can be invited.
    pub room: u32,
}

/// Somebody who may sign in on behalf of the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delegate {
    /// For `DELETE /delegates/{id}`.
    pub id: String,
    /// As the person wrote it.
    pub name: String,
    /// As the person wrote it.
    pub email: String,
    /// The invitation was taken up, then. Absent while it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active_since: Option<i64>,
    /// Invited.
    pub invited_at: i64,
}

/// `POST /delegates`.
#[derive(Clone, Serialize, Deserialize)]
pub struct DelegateInvitation {
    /// Name, as the list shows it.
    pub name: String,
    /// Where the invitation goes.
    pub email: String,
    /// Language of the mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ui_locales: Option<String>,
}
