//! What a portal asks for: the portal profile's types and rules, no I/O.
//!
//! [`parse()`] is the only way from a profile file to a [`Profile`]: what it returns is complete and within the
//! limits that hold for every portal. [`Profile::public`] is the part that the app may see.

mod document;
mod parse;
mod password;
mod profile;
mod public;
mod registration;
mod rules;

pub use document::Defect;
pub use parse::parse;
pub use password::{Judgement, PasswordRule};
pub use profile::{
    CodeBlock, CodeRules, CodeTries, IdentifierKind, Language, Method, MethodId, PasswordRules,
    PasswordTries, Profile, Recovery, Role, SecondFactor, SendLimits, Session, Support, Texts, Trust,
};
pub use public::{PublicProfile, PublicRegistration, RegistrationForm};
pub use registration::{
    Consent, ConsentStep, ContactProof, Delegates, Field, FieldId, PhoneCode, Records, Registration,
};
