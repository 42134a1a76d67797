//! Records of people who have no account yet: members of a professional body, and practices' patients. Registrations are checked
//! against them; [`crate::import`] brings them in.

use crate::appointment::AppointmentLink;
use parvis_portal_profile::{Language, MethodId};
use parvis_protocol::normalise;

/// A member of a professional body.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct Member {
    /// Normalised; text, with its zeros.
    pub(crate) permit_number: String,
    /// Normalised.
    pub(crate) email: String,
    /// For display.
    pub(crate) name: String,
}

/// What a practice has of a patient.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct ContactRecord {
    /// The practice's name for it, normalised.
    pub(crate) reference: String,
    /// The practice, for display.
    pub(crate) practice: String,
    /// May be empty.
    pub(crate) given_name: String,
    /// For display.
    pub(crate) family_name: String,
    /// Normalised. There is an address or a number, or both.
    pub(crate) email: Option<String>,
    /// E.164.
    pub(crate) phone: Option<String>,
    language: String,
}

impl ContactRecord {
    /// Of mails and SMS to the person.
    pub(crate) fn language(&self) -> Language {
        Language::parse(&self.language).unwrap_or(Language::Fr)
    }

    /// Where a reminder goes: by mail, or by SMS where there is no address.
    pub(crate) const fn reminder_method(&self) -> MethodId {
        if self.email.is_some() { MethodId::Email } else { MethodId::Sms }
    }

    /// What the link of a reminder says.
    pub(crate) fn reminder_link(&self, at: i64) -> AppointmentLink {
        AppointmentLink {
            practice: self.practice.clone(),
            at,
            record: Some(self.reference.clone()),
            return_path: None,
            expires_at: at,
        }
    }
}

/// The member with this permit number, however it was typed.
pub(crate) async fn member(
    connection: impl sqlx::Executor<'_, Database = sqlx::Any>,
    portal: &str,
    permit_number: &str,
) -> Result<Option<Member>, sqlx::Error> {
    sqlx::query_as("SELECT permit_number, email, name FROM member WHERE portal = $1 AND permit_number = $2")
        .bind(portal)
        .bind(normalise::identifier(permit_number))
        .fetch_optional(connection)
        .await
}

/// The practice's record with this reference, however it was typed.
pub(crate) async fn contact(
    connection: impl sqlx::Executor<'_, Database = sqlx::Any>,
    portal: &str,
    reference: &str,
) -> Result<Option<ContactRecord>, sqlx::Error> {
    sqlx::query_as(
        "SELECT reference, practice, given_name, family_name, email, phone, language FROM contact_record \
         WHERE portal = $1 AND reference = $2",
    )
    .bind(portal)
    .bind(normalise::identifier(reference))
    .fetch_optional(connection)
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[tokio::test]
    async fn records_are_found_however_they_are_typed_and_in_their_portal_only() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}?mode=rwc", folder.path().join("portal.db").display());
        let store = Store::open(&url, 1).await.unwrap();
        let mut tx = store.begin().await.unwrap();
        for insert in [
            "INSERT INTO member (portal, permit_number, email, name, imported_at) \
             VALUES ('a', '00123', 'martin@cabinet.example', 'Dr Martin', 1)",
            "INSERT INTO contact_record (portal, reference, practice, given_name, family_name, phone, language, imported_at) \
             VALUES ('a', 'p-7', 'Cabinet', '', 'Weber', '+33612345678', 'de', 1)",
        ] {
            sqlx::query(insert).execute(&mut *tx).await.unwrap();
        }
        tx.commit().await.unwrap();

        let found = member(store.read(), "a", " 00 123").await.unwrap().unwrap();
        assert_eq!((found.name.as_str(), found.email.as_str()), ("Dr Martin", "martin@cabinet.example"));
        for typed in ["123", "0123", "", "\0"] {
            assert_eq!(member(store.read(), "a", typed).await.unwrap(), None, "{typed:?}");
        }
        assert_eq!(member(store.read(), "b", "00123").await.unwrap(), None);

        let found = contact(store.read(), "a", "P-7").await.unwrap().unwrap();
        assert_eq!((found.email.as_deref(), found.phone.as_deref()), (None, Some("+33612345678")));
        assert_eq!(found.language(), Language::De);
        assert_eq!(contact(store.read(), "b", "P-7").await.unwrap(), None);
    }
}
