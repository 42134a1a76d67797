//! Opening an account, and inviting delegates, as the window draws them.

use super::{PasswordRule, Texts};
use serde::Serialize;
use ts_rs::TS;

/// The form that opens an account, as the portal's profile describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RegistrationForm {
    /// What is declared by a box: « Je suis un dentiste ».
    pub declaration: Option<Texts>,
    /// What is asked, in the order of the screen.
    pub fields: Vec<FormField>,
    /// First letters of the family name are asked besides, as the field `name_letters`: the person comes from a reminder.
    pub name_letters: Option<NameLetters>,
    /// What is accepted by a box each.
    pub consents: Vec<ConsentText>,
    /// Boxes that were ticked before: `declaration`, and ids of `consents`.
    pub ticked: Vec<String>,
    /// The link goes to the address, and opens the account; else codes prove the contacts.
    pub activation_by_mail: bool,
}

/// First letters of the family name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct NameLetters {
    /// So many.
    pub count: u32,
    /// As typed before.
    pub value: String,
}

/// A field of the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FormField {
    /// What it takes; `…_again` is the second field of the same.
    pub id: FormFieldId,
    /// Its label.
    pub label: Texts,
    /// What helps to fill it in.
    pub hint: Option<Texts>,
    /// Label of the second field.
    pub again: Option<Texts>,
    /// As typed before; never a password.
    pub value: String,
}

/// What a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FormFieldId {
    /// Telephone number.
    Phone,
    /// E-mail address.
    Email,
    /// Permit number.
    PermitNumber,
    /// The password that is chosen.
    Password,
}

/// Something that is accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ConsentText {
    /// Its id.
    pub id: String,
    /// Label of its box, or title of its screen.
    pub label: Texts,
    /// Blank lines part paragraphs.
    pub text: Texts,
}

/// What is wrong with one field of the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct FormProblem {
    /// A field (`email`, `email_again`, `name_letters`), `declaration`, the id of a consent, or `link`.
    pub field: String,
    /// What.
    pub refusal: FormRefusal,
}

/// Why a field was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum FormRefusal {
    /// Nothing was given.
    Missing,
    /// Not an address, not a number.
    Malformed,
    /// Not the same as in the field before it.
    Different,
    /// A foreign number with `00` in the place of `+`.
    InternationalPrefix,
    /// A number that no code goes to.
    Unsuitable,
    /// There is an account with this (proved) number.
    InUse,
    /// Address and permit number are not those of one member.
    NotAMember,
    /// Not the contacts that the practice noted.
    RecordDiffers,
    /// Not the letters of the name.
    Rejected,
    /// The link's time is over, or it never was one.
    Expired,
    /// Rules that the password does not meet.
    Password {
        /// Which.
        unmet: Vec<PasswordRule>,
    },
    /// No more tries, or no more messages, for this long.
    Later {
        /// Milliseconds.
        #[ts(type = "number | null")]
        retry_after: Option<u64>,
    },
    /// Refused for a reason this version does not know.
    Other,
}

/// An appointment that is being booked, or that a reminder is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Appointment {
    /// With whom.
    pub practice: String,
    /// When it begins, by this PC's clock.
    #[ts(type = "number")]
    pub at: i64,
}

/// Somebody who may sign in on behalf of the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Delegate {
    /// For removing and inviting again.
    pub id: String,
    /// As the person wrote it.
    pub name: String,
    /// As the person wrote it.
    pub email: String,
    /// Invited, by this PC's clock.
    #[ts(type = "number")]
    pub invited_at: i64,
    /// The invitation was taken up then; `null` while it waits.
    #[ts(type = "number | null")]
    pub active_since: Option<i64>,
}

/// What was just done with a delegate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DelegateDone {
    /// The invitation was sent (again).
    Invited {
        /// Where it went.
        email: String,
    },
    /// The person's access ended.
    Removed {
        /// Who.
        name: String,
    },
}
