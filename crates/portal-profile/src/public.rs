//! The part of a profile that anyone may read (`profile_uri`, PROTOCOL §2).

use crate::{
    CodeBlock, CodeRules, Consent, ContactProof, Delegates, Field, Language, Method, MethodId, PasswordRules,
    Profile, Recovery, Registration, Role, Session, Support, Texts, Trust,
};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;

/// What the app needs to draw a portal and its forms. Throttling and the rights rule stay with the portal.
///
/// Unknown members are ignored on reading, so that a newer portal can say more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicProfile {
    /// Stable id of the portal.
    pub id: String,
    /// Two letters for its card.
    pub monogram: String,
    /// Name of the portal.
    pub name: Texts,
    /// Who enters there.
    pub audience: Texts,
    /// Languages of its mails and SMS, the default one first.
    pub languages: Vec<Language>,
    /// Entrances.
    pub roles: Vec<Role>,
    /// Rules for a new password.
    pub password: PasswordRules,
    /// Ways a code can come; on reading, those that this version knows.
    #[serde(deserialize_with = "known_methods")]
    pub methods: BTreeMap<MethodId, Method>,
    /// Length and validity of a code.
    pub code: CodeRules,
    /// What wrong codes block in the end; on reading, a portal that does not say blocks the method.
    #[serde(default = "method")]
    pub code_block: CodeBlock,
    /// After so many requests without a right code, support has to act.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests_until_support: Option<u32>,
    /// Forgotten password.
    pub recovery: Recovery,
    /// How long the second factor can be remembered; `null` where the portal has no such thing.
    pub trust: Option<Trust>,
    /// When a session ends.
    pub session: Session,
    /// Opening an account.
    #[serde(default)]
    pub registration: PublicRegistration,
    /// Accounts that others open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delegates: Option<Delegates>,
    /// Whom to contact.
    pub support: Support,
}

/// Opening an account: `{}` where the portal makes all accounts itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicRegistration {
    /// The form, where there is one. On reading, `None` for one with something that this version does not know.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "known_form")]
    pub form: Option<RegistrationForm>,
}

/// What the app needs to draw the form. What it is compared with, and all limits, stay with the portal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistrationForm {
    /// Entrance of the accounts that are opened.
    pub role: String,
    /// What is declared by a box: « Je suis un dentiste ».
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declaration: Option<Texts>,
    /// What is asked, in the order of the screen.
    pub fields: Vec<Field>,
    /// What is accepted.
    #[serde(default)]
    pub consents: Vec<Consent>,
    /// What proves the contacts, in this order.
    pub proofs: Vec<ContactProof>,
}

impl From<&Registration> for RegistrationForm {
    fn from(registration: &Registration) -> Self {
        Self {
            role: registration.role.clone(),
            declaration: registration.declaration.clone(),
            fields: registration.fields.clone(),
            consents: registration.consents.clone(),
            proofs: registration.proofs.clone(),
        }
    }
}

impl Profile {
    /// The part of the profile that anyone may read.
    pub fn public(&self) -> PublicProfile {
        PublicProfile {
            id: self.id.clone(),
            monogram: self.monogram.clone(),
            name: self.name.clone(),
            audience: self.audience.clone(),
            languages: self.languages.clone(),
            roles: self.roles.clone(),
            password: self.password,
            methods: self.methods.clone(),
            code: self.code,
            code_block: self.code_tries.then,
            requests_until_support: self.sends.requests_until_support,
            recovery: self.recovery,
            trust: self.trust,
            session: self.session,
            registration: PublicRegistration { form: self.registration.as_ref().map(RegistrationForm::from) },
            delegates: self.delegates.clone(),
            support: self.support.clone(),
        }
    }
}

const fn method() -> CodeBlock {
    CodeBlock::Method
}

/// A form of which a part is unknown cannot be filled in here.
fn known_form<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<RegistrationForm>, D::Error> {
    let form = serde_json::Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(form).ok())
}

fn known_methods<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<MethodId, Method>, D::Error> {
    let methods = BTreeMap::<String, Method>::deserialize(deserializer)?;
    Ok(methods.into_iter().filter_map(|(name, method)| Some((MethodId::parse(&name)?, method))).collect())
}
