//! The portal profile: how one portal works, as data (`profiles/*.toml`).

use crate::{Delegates, Registration};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One portal: roles, identifiers, policies, texts. Read by [`crate::parse()`], which refuses what is unknown or unsafe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Stable id, lower-case letters, digits and hyphens; also the path of the portal in a demonstration.
    pub id: String,
    /// Two letters for its card.
    pub monogram: String,
    /// Name of the portal.
    pub name: Texts,
    /// Who enters there, for the card.
    pub audience: Texts,
    /// Languages of its mails and SMS, the default one first.
    pub languages: Vec<Language>,
    /// Entrances.
    pub roles: Vec<Role>,
    /// Rights an account may have, with their labels.
    pub rights: BTreeMap<String, Texts>,
    /// When a second factor is due.
    pub second_factor: SecondFactor,
    /// Rules for a new password.
    pub password: PasswordRules,
    /// Throttling of wrong passwords.
    pub password_tries: PasswordTries,
    /// Ways a code can come.
    pub methods: BTreeMap<MethodId, Method>,
    /// The code itself.
    pub code: CodeRules,
    /// Wrong codes.
    pub code_tries: CodeTries,
    /// Sending codes.
    pub sends: SendLimits,
    /// Forgotten password.
    pub recovery: Recovery,
    /// « Enregistrer la double authentification »; absent where the portal has none.
    pub trust: Option<Trust>,
    /// Sessions.
    pub session: Session,
    /// Opening an account; absent where the portal makes all accounts itself.
    pub registration: Option<Registration>,
    /// Accounts that others open; absent where nobody does.
    pub delegates: Option<Delegates>,
    /// Whom to contact.
    pub support: Support,
}

impl Profile {
    /// The entrance with this id.
    pub fn role(&self, id: &str) -> Option<&Role> {
        self.roles.iter().find(|role| role.id == id)
    }

    /// Whether an account with these rights needs a second factor (CHN-01). One that has activated an authenticator app
    /// needs it besides, whatever its rights.
    pub fn needs_second_factor(&self, rights: &[String]) -> bool {
        rights.iter().any(|right| self.second_factor.required_for_rights.contains(right))
    }
}

/// A text in every language of the product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Texts {
    /// French.
    pub fr: String,
    /// English.
    pub en: String,
    /// German.
    pub de: String,
}

impl Texts {
    /// The text in one language.
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Fr => &self.fr,
            Language::En => &self.en,
            Language::De => &self.de,
        }
    }
}

/// Languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// French.
    Fr,
    /// English.
    En,
    /// German.
    De,
}

impl Language {
    /// Its ISO 639-1 code, as in profiles and `ui_locales`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fr => "fr",
            Self::En => "en",
            Self::De => "de",
        }
    }

    /// The language of an ISO 639-1 code; `None` for one that the product does not speak.
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Fr, Self::En, Self::De].into_iter().find(|language| language.as_str() == code)
    }
}

/// An entrance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// Its id: `professional`, `doctor`, `secretary`…
    pub id: String,
    /// Its name.
    pub label: Texts,
    /// What can be typed as identifier.
    pub identifiers: Vec<IdentifierKind>,
    /// What the identifier is called there, where it has a name of its own: « Numéro de permis ».
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identifier_label: Option<Texts>,
}

impl Role {
    /// Whether its people type their e-mail address and nothing else.
    pub fn is_known_by_email(&self) -> bool {
        self.identifiers == [IdentifierKind::Email]
    }
}

/// What a person types to say who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentifierKind {
    /// The portal's own identifier.
    Identifier,
    /// An e-mail address.
    Email,
}

/// When a second factor is due (CHN-01).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFactor {
    /// An account with one of these rights needs it.
    pub required_for_rights: Vec<String>,
    /// Proposed first.
    pub preferred: MethodId,
    /// The preferred method's code is asked for (and sent, if it is one that is sent) with the right password, without
    /// asking which method.
    pub ask_at_once: bool,
}

/// Ways a code can come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MethodId {
    /// By e-mail.
    Email,
    /// By SMS, to a « téléphone de secours » that was proved by a code.
    Sms,
    /// From an authenticator app.
    Totp,
    /// One of the codes that were shown when the authenticator app was activated. Comes with [`MethodId::Totp`] by itself.
    RecoveryCode,
    /// By a call that reads the code out. It proves a telephone number at registration, and is no second factor.
    Voice,
}

impl MethodId {
    /// As on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
            Self::Totp => "totp",
            Self::RecoveryCode => "recovery_code",
            Self::Voice => "voice",
        }
    }

    /// The method of that name on the wire; `None` for one that is not known.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Email, Self::Sms, Self::Totp, Self::RecoveryCode, Self::Voice]
            .into_iter()
            .find(|method| method.as_str() == name)
    }

    /// Its code is sent by the portal: sends are counted, and it runs out.
    pub const fn is_sent(self) -> bool {
        matches!(self, Self::Email | Self::Sms | Self::Voice)
    }
}

/// Settings of one method.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Method {
    /// What `acr` a sign-in with it has.
    pub acr: String,
}

/// Rules for a new password (PWD-01, PWD-02). Counts are of characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordRules {
    /// At least this long.
    pub min_length: u32,
    /// At most this long, 64 or more.
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

/// Throttling of wrong passwords (ACC-05, ACC-06), per typed name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordTries {
    /// Wrong tries before the delay begins.
    pub free: u32,
    /// The delay after each further wrong try, seconds; the last one repeats.
    pub delays_s: Vec<u32>,
    /// Wrong tries evaluated in 24 h from workstations where the person is not known.
    pub per_day: u32,
    /// The same, from a workstation where the person signed in during the last 90 days.
    pub per_day_known_workstation: u32,
}

impl PasswordTries {
    /// How long the next try has to wait after this many wrong ones in a row, seconds. 0 while tries are free.
    pub fn delay_s(&self, failures: u32) -> u32 {
        failures.checked_sub(self.free).map_or(0, |beyond| nth_or_last(&self.delays_s, beyond))
    }
}

/// The code itself (OTP-01, OTP-04).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeRules {
    /// Digits, 6 to 8.
    pub length: u32,
    /// Valid for this long, seconds; 600 at most.
    pub validity_s: u32,
}

/// Wrong codes (OTP-05).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeTries {
    /// Wrong codes before the block, 10 at most; only a right code or support resets the count.
    pub limit: u32,
    /// What is blocked then.
    pub then: CodeBlock,
    /// How long the first, second, third… block of a method lasts, seconds; the last one repeats. Empty for an account.
    pub blocks_s: Vec<u32>,
    /// After this many blocks without a right code, support has to act.
    pub blocks_until_support: u32,
}

impl CodeTries {
    /// How long the `nth` block of a method lasts, seconds; the first one is 1. 0 where the account is blocked instead.
    pub fn block_s(&self, nth: u32) -> u32 {
        nth_or_last(&self.blocks_s, nth.saturating_sub(1))
    }
}

/// What wrong codes block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeBlock {
    /// The method, for a time; other methods stay open.
    Method,
    /// The account, until support acts.
    Account,
}

/// Sending codes (OTP-06), per account and method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendLimits {
    /// Sends in a window.
    pub per_window: u32,
    /// The window, seconds.
    pub window_s: u32,
    /// Sends in 24 h.
    pub per_day: u32,
    /// Between two sends, seconds.
    pub interval_s: u32,
    /// After so many requests by one method without a right code, the account is blocked until support acts, once the
    /// last one's code is over. Absent where requests only wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests_until_support: Option<u32>,
}

/// Forgotten password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovery {
    /// The link is valid for this long, seconds; 24 h at most.
    pub link_validity_s: u32,
}

/// Trust (TRU-03).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trust {
    /// Ends after this long, seconds; 24 h at most.
    pub max_age_s: u32,
}

/// Sessions (SES-02).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Ends after this much inactivity, seconds.
    pub inactivity_s: u32,
    /// Ends after this long whatever happens, seconds.
    pub absolute_s: u32,
}

/// Whom to contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Support {
    /// E-mail.
    pub email: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
}

/// The value at `index`, or the last one past the end; 0 of none.
fn nth_or_last(values: &[u32], index: u32) -> u32 {
    let index = usize::try_from(index).unwrap_or(usize::MAX);
    values.get(index).or(values.last()).copied().unwrap_or(0)
}
