//! A new e-mail address or telephone number: the code that proves it is all that is sent there before (CHN-03, CHN-05).

mod proving;
mod sending;

pub(crate) use proving::Proof;
pub(crate) use sending::Sending;

use crate::{
    Portal,
    account::{Account, mask_email, mask_phone},
    clock::duration,
    codes, message,
    store::Connection,
};
use parvis_portal_profile::MethodId;
use parvis_protocol::{
    clock::UnixMillis,
    message::{ContactField, PendingContact},
    normalise,
};

/// A contact that was not proved is forgotten after this long, ms.
const PENDING: i64 = 60 * 60 * 1000;

/// What codes to a new contact are for; they are no sign-in codes, and those are none of these (OTP-07).
pub(crate) const PURPOSE: &str = "contact";

/// A row of the `contact_change` table.
#[derive(Clone, sqlx::FromRow)]
pub(crate) struct ContactChange {
    pub(crate) id: String,
    subject: String,
    field: String,
    /// The new contact.
    pub(crate) value: String,
    challenge_id: Option<String>,
}

const COLUMNS: &str = "id, subject, field, value, challenge_id";

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

/// An address that mail can be sent to, as names are compared.
pub(crate) fn email_address(typed: &str) -> Option<String> {
    let address = normalise::identifier(typed)?;
    let (_, domain) = address.split_once('@')?;
    let fits = domain.contains('.') && address.parse::<lettre::Address>().is_ok();
    fits.then_some(address)
}

const fn method(field: ContactField) -> MethodId {
    match field {
        ContactField::Email => MethodId::Email,
        ContactField::Phone => MethodId::Sms,
    }
}

/// Tries of the codes to new contacts of one kind: apart from those of sign-ins, so that a typing error here stands in the way of
/// none, and a right code here gives none back.
#[derive(sqlx::FromRow)]
struct Tries {
    blocked_until: UnixMillis,
}

impl Tries {
    /// Makes the row that the following statements count in, and locks it.
    async fn lock(
        connection: &mut Connection,
        subject: &str,
        field: ContactField,
    ) -> Result<Self, sqlx::Error> {
        sqlx::query_as(
            "INSERT INTO factor (subject, method, failures, blocks, blocked_until, sends_reset_at, last_send_at) \
             VALUES ($1, $2, 0, 0, 0, 0, 0) ON CONFLICT (subject, method) DO UPDATE SET failures = factor.failures \
             RETURNING blocked_until",
        )
        .bind(subject)
        .bind(counter(field))
        .fetch_one(connection)
        .await
    }
}

const fn counter(field: ContactField) -> &'static str {
    match field {
        ContactField::Email => "contact_email",
        ContactField::Phone => "contact_phone",
    }
}

/// The new contact that waits for its proof, as the person's card shows it.
pub(crate) async fn pending(
    portal: &Portal,
    connection: &mut Connection,
    account: &Account,
    now: UnixMillis,
) -> Result<Option<PendingContact>, sqlx::Error> {
    let Some(change) = pending_of(connection, &account.subject, now).await? else { return Ok(None) };
    let id = change.challenge_id.clone().unwrap_or_default();
    let Some(challenge) = codes::by_id(connection, &id).await? else { return Ok(None) };
    let failures: Option<i64> =
        sqlx::query_scalar("SELECT failures FROM factor WHERE subject = $1 AND method = $2")
            .bind(&account.subject)
            .bind(counter(change.field()))
            .fetch_optional(&mut *connection)
            .await?;
    let left = i64::from(portal.profile.code_tries.limit) - failures.unwrap_or(0);
    let room = sending::room(portal, connection, &account.subject, change.method(), now).await?;
    Ok(Some(PendingContact {
        field: change.field(),
        hint: match change.field() {
            ContactField::Email => mask_email(&change.value),
            ContactField::Phone => mask_phone(&change.value),
        },
        length: portal.profile.code.length,
        expires_in: duration(challenge.expires_at - now),
        resend_after: duration(room.possible_at - now + 999),
        sends_remaining: Some(room.remaining),
        attempts_remaining: Some(u32::try_from(left).unwrap_or(0)),
        delivery: Some(message::delivery(connection, &id).await?),
        challenge_id: id,
    }))
}

async fn pending_of(
    connection: &mut Connection,
    subject: &str,
    now: UnixMillis,
) -> Result<Option<ContactChange>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM contact_change WHERE subject = $1 AND proved_at IS NULL AND replaced_at IS NULL \
         AND created_at > $2 ORDER BY created_at DESC LIMIT 1"
    )))
    .bind(subject)
    .bind(now - PENDING)
    .fetch_optional(connection)
    .await
}

/// Contacts that wait for their proof wait no more.
async fn forget_pending(
    connection: &mut Connection,
    subject: &str,
    now: UnixMillis,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE contact_change SET replaced_at = $2 WHERE subject = $1 AND proved_at IS NULL AND replaced_at IS NULL",
    )
    .bind(subject)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
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
