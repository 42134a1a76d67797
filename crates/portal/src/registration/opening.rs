//! From a registration whose contacts are proved to an account.

use super::{Registering, under_way};
use crate::{
    Portal,
    account::{self, NewRow},
    audit::Event,
    records,
    store::Connection,
};
use parvis_portal_profile::{Consent, ContactProof, FieldId};
use parvis_protocol::clock::UnixMillis;

/// Notes what was accepted, in which version and when.
pub(super) async fn note_consents(
    connection: &mut Connection,
    row: &Registering,
    given: impl Iterator<Item = &Consent>,
    now: UnixMillis,
) -> Result<(), sqlx::Error> {
    for consent in given {
        sqlx::query(
            "INSERT INTO consent (subject, document, version, accepted_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        )
        .bind(&row.id)
        .bind(&consent.id)
        .bind(&consent.version)
        .bind(now)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// What was accepted, and in which version.
pub(super) async fn consents_of(
    connection: &mut Connection,
    subject: &str,
) -> Result<Vec<(String, String)>, sqlx::Error> {
    sqlx::query_as("SELECT document, version FROM consent WHERE subject = $1")
        .bind(subject)
        .fetch_all(connection)
        .await
}

/// Whether this text was accepted as it stands.
pub(super) fn is_given(consent: &Consent, given: &[(String, String)]) -> bool {
    given.iter().any(|(document, version)| *document == consent.id && *version == consent.version)
}

/// Opens the account; `Err` names the contact that another account has by now, and nothing may be committed of it then.
pub(super) async fn open_account(
    portal: &Portal,
    connection: &mut Connection,
    row: &Registering,
    now: UnixMillis,
) -> Result<Result<Registering, FieldId>, sqlx::Error> {
    let Some(registration) = &portal.profile.registration else { return Ok(Err(FieldId::Email)) };
    if let Some(number) = &row.phone
        && account::has_number(portal, connection, number, None).await?
    {
        return Ok(Err(FieldId::Phone));
    }
    if let Some(number) = &row.permit_number {
        // Still a member, with that address.
        let member = records::member(&mut *connection, &portal.profile.id, number).await?;
        if member.is_none_or(|member| member.email != row.email) {
            return Ok(Err(FieldId::PermitNumber));
        }
    }
    let new = NewRow {
        identifier: row.identifier(),
        name: &row.name,
        role: &registration.role,
        rights: "",
        language: row.language(),
        email: Some(&row.email),
        email_verified: true,
        phone: row.phone.as_deref(),
        phone_verified: row.phone.is_some(),
        password_hash: Some(&row.password_hash),
        state: "active",
        // A code was given back by whoever chose the password; a link shows only that somebody reads the mailbox.
        mailbox_unproved: registration.proofs.contains(&ContactProof::Activation),
    };
    let Ok(subject) = account::insert(portal, connection, &new, now).await? else {
        return Ok(Err(FieldId::Email));
    };
    sqlx::query("UPDATE consent SET subject = $2 WHERE subject = $1")
        .bind(&row.id)
        .bind(&subject)
        .execute(&mut *connection)
        .await?;
    Event::new("account_created", now).of(&subject).by("registration").record(portal, connection).await?;
    Ok(Ok(under_way::opened(connection, row, &subject).await?))
}
