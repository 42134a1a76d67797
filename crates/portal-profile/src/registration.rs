//! Opening an account: what a portal asks for, and how it is proved (PROTOCOL §7, `/registration`).

use crate::Texts;
use serde::{Deserialize, Serialize};

/// Registration, as one portal has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    /// Entrance of the accounts that are opened.
    pub role: String,
    /// What is declared by a box before the form can be sent: « Je suis un dentiste ».
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declaration: Option<Texts>,
    /// What is asked, in the order of the screen.
    pub fields: Vec<Field>,
    /// What is accepted, each with its version and time.
    #[serde(default)]
    pub consents: Vec<Consent>,
    /// What proves the contacts, in this order.
    pub proofs: Vec<ContactProof>,
    /// Country whose national telephone numbers are understood without prefix (ISO 3166-1); needed where a number is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The code that proves a telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_code: Option<PhoneCode>,
    /// Whose records the form is compared with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records: Option<Records>,
    /// So many first letters of the family name are asked of whoever comes by the link of a reminder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_letters: Option<u32>,
    /// Forms that one network may send in an hour.
    pub forms_per_network: u32,
}

impl Registration {
    /// The field of this kind, where it is asked.
    pub fn field(&self, id: FieldId) -> Option<&Field> {
        self.fields.iter().find(|field| field.id == id)
    }

    /// What is accepted at this step.
    pub fn consents_at(&self, step: ConsentStep) -> impl Iterator<Item = &Consent> {
        self.consents.iter().filter(move |consent| consent.step == step)
    }
}

/// A field of the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// What it takes.
    pub id: FieldId,
    /// Its label.
    pub label: Texts,
    /// What helps to fill it in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<Texts>,
    /// Label of the second field that takes the same again; typed once where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again: Option<Texts>,
}

/// What a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldId {
    /// A telephone number.
    Phone,
    /// An e-mail address.
    Email,
    /// The number of a permit to practise: a text, of which every leading zero counts. It is what its owner signs in with.
    PermitNumber,
    /// The password that is chosen.
    Password,
}

impl FieldId {
    /// As on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Email => "email",
            Self::PermitNumber => "permit_number",
            Self::Password => "password",
        }
    }

    /// The second field that takes the same again, as on the wire.
    pub const fn again(self) -> &'static str {
        match self {
            Self::Phone => "phone_again",
            Self::Email => "email_again",
            Self::PermitNumber => "permit_number_again",
            Self::Password => "password_again",
        }
    }
}

/// Something that is accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Its id: `terms`, `privacy`…
    pub id: String,
    /// Which text; kept with the time of the acceptance.
    pub version: String,
    /// Where it is asked.
    pub step: ConsentStep,
    /// Label of its box, or title of its screen.
    pub label: Texts,
    /// The text that is accepted; blank lines part paragraphs.
    pub text: Texts,
}

/// Where a consent is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentStep {
    /// By a box of the form.
    Form,
    /// On a screen of its own, once the contacts are proved.
    Last,
}

/// What proves a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactProof {
    /// A code to the telephone number: by SMS, or by a call where it is a landline.
    Phone,
    /// A code to the e-mail address.
    Email,
    /// A mailed link, whose page activates the account.
    Activation,
}

/// The code that proves a telephone number (SECURITY §1: three digits, for this purpose only).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhoneCode {
    /// Digits, 3 to 8.
    pub length: u32,
    /// Codes that are looked at, per number, in 24 h; 3 at most where it has fewer than 6 digits.
    pub tries_per_day: u32,
    /// Messages and calls to one number in 24 h.
    pub sends_per_day: u32,
    /// Messages and calls to all numbers together in 24 h: what they may cost at most.
    pub sends_per_day_in_all: u32,
}

/// Records that a form is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Records {
    /// Members of a professional body: permit number and e-mail address must be one member's.
    Members,
    /// What practices noted of their patients: whoever comes by the link of a reminder gives the contacts noted there.
    Contacts,
}

/// Accounts that others open: who invites whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delegates {
    /// Entrance of those who are invited.
    pub role: String,
    /// Entrance of those who invite them, and remove them.
    pub invited_by: String,
    /// So many at most, invited or active, per person who invites.
    pub most: u32,
}
