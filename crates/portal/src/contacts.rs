//! A new e-mail address or telephone number: the code that proves it is all that is sent there before (CHN-03, CHN-05).

use crate::store::Connection;
use parvis_portal_profile::MethodId;
use parvis_protocol::{clock::UnixMillis, message::ContactField};

/// What codes to a new contact are for; they are no sign-in codes, and those are none of these (OTP-07).
pub(crate) const PURPOSE: &str = "contact";

/// A row of the `contact_change` table.
#[derive(Clone, sqlx::FromRow)]
pub(crate) struct ContactChange {
    pub(crate) id: String,
    field: String,
    /// The new contact.
    pub(crate) value: String,
    challenge_id: Option<String>,
    created_at: UnixMillis,
}

const COLUMNS: &str = "id, field, value, challenge_id, created_at";

impl ContactChange {
    /// Which contact.
    pub(crate) fn field(&self) -> ContactField {
        if self.field == ContactField::Phone.as_str() { ContactField::Phone } else { ContactField::Email }
    }

    /// What is sent there.
    pub(crate) fn method(&self) -> MethodId {
        method(self.field())
    }
}

const fn method(field: ContactField) -> MethodId {
    match field {
        ContactField::Email => MethodId::Email,
        ContactField::Phone => MethodId::Sms,
    }
}

/// The change that waits for the code of this question.
pub(crate) async fn pending_by_challenge(
    connection: &mut Connection,
    challenge_id: &str,
) -> Result<Option<ContactChange>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM contact_change WHERE challenge_id = $1 AND proved_at IS NULL AND replaced_at IS NULL"
    )))
    .bind(challenge_id)
    .fetch_optional(connection)
    .await
}

/// The contact that a change has replaced: it is told so.
pub(crate) async fn former(
    connection: impl sqlx::Executor<'_, Database = sqlx::Any>,
    id: &str,
) -> Result<Option<String>, sqlx::Error> {
    let former: Option<Option<String>> =
        sqlx::query_scalar("SELECT former FROM contact_change WHERE id = $1 AND proved_at IS NOT NULL")
            .bind(id)
            .fetch_optional(connection)
            .await?;
    Ok(former.flatten())
}
