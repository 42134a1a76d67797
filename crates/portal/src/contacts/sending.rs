//! The code to a new contact: sent there and nowhere else, within the limits of codes (OTP-06).

use super::{ContactChange, PURPOSE, Tries, forget_pending, method, pending_of};
use crate::{
    Fault, Portal,
    audit::Event,
    clock::DAY,
    codes::{self, Challenge},
    grant::Caller,
    message, nonce,
    question::{self, Question},
    quota::{self, Room},
    store::Connection,
};
use parvis_portal_profile::{Language, MethodId};
use parvis_protocol::{clock::UnixMillis, entropy::opaque_short, message::ContactField, proof::Proof};

/// A resend with this much validity left sends the same code again, as at sign-in, ms.
const SAME_CODE_FROM: i64 = 120 * 1000;

/// What became of a new contact.
pub(crate) enum Sending {
    /// Its code is on its way.
    Queued,
    /// That is the contact already.
    Unchanged,
    /// No more sends before then.
    Refused(UnixMillis),
    /// Too many wrong codes: not before then.
    Blocked(UnixMillis),
}

/// How many codes to new contacts are left, to whatever address: nobody is flooded by it. A failed send does not count.
pub(super) async fn room(
    portal: &Portal,
    connection: &mut Connection,
    subject: &str,
    method: MethodId,
    now: UnixMillis,
) -> Result<Room, sqlx::Error> {
    let sent: Vec<i64> = sqlx::query_scalar(
        "SELECT created_at FROM message WHERE subject = $1 AND method = $2 AND kind = 'contact_code' AND state <> 'failed' \
         AND created_at > $3 ORDER BY created_at DESC",
    )
    .bind(subject)
    .bind(method.as_str())
    .bind(now - DAY)
    .fetch_all(connection)
    .await?;
    Ok(quota::room(&quota::of_sends(&portal.profile.sends), &sent, now))
}

impl Portal {
    /// Sends a code to a new contact; to the same one again, the same code again. The contact stays what it is until the code has
    /// come back.
    pub(crate) async fn send_contact_code(
        &self,
        proof: &Proof,
        caller: &Caller,
        field: ContactField,
        value: &str,
        language: Language,
    ) -> Result<Sending, Fault> {
        let (account, method) = (&caller.account, method(field));
        if account.destination(method) == Some(value) {
            return Ok(Sending::Unchanged);
        }
        let (subject, now) = (&account.subject, self.clock.now());
        let event = |kind| Event::new(kind, now).of(subject).on(&caller.device_id).by(field.as_str());
        let mut tx = self.store.begin().await?;
        nonce::consume(&mut tx, proof, now).await?;
        let tries = Tries::lock(&mut tx, subject, field).await?;
        if tries.blocked_until > now {
            return Ok(Sending::Blocked(tries.blocked_until));
        }
        let room = room(self, &mut tx, subject, method, now).await?;
        if room.possible_at > now {
            event("contact_request_refused").record(self, &mut tx).await?;
            tx.commit().await?;
            return Ok(Sending::Refused(room.possible_at));
        }
        let living = pending_of(&mut tx, subject, now).await?;
        let living = living.filter(|change| change.field() == field && change.value == value);
        let challenge =
            self.contact_question(&mut tx, caller, living.as_ref(), method, value, language, now).await?;
        if living.is_none() {
            forget_pending(&mut tx, subject, now).await?;
            sqlx::query(
                "INSERT INTO contact_change (id, portal, subject, field, value, challenge_id, created_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7)",
            )
            .bind(opaque_short(self.entropy.as_ref()))
            .bind(&self.profile.id)
            .bind(subject)
            .bind(field.as_str())
            .bind(value)
            .bind(&challenge.id)
            .bind(now)
            .execute(&mut *tx)
            .await?;
        }
        message::queue_code(self, &mut tx, &challenge, language, now).await?;
        event("contact_requested").record(self, &mut tx).await?;
        tx.commit().await?;
        self.wake_messages();
        Ok(Sending::Queued)
    }

    /// The question that a contact waits for, while it has two minutes left, else a new one.
    #[expect(clippy::too_many_arguments, reason = "one question, all of what it is bound to")]
    async fn contact_question(
        &self,
        tx: &mut Connection,
        caller: &Caller,
        living: Option<&ContactChange>,
        method: MethodId,
        value: &str,
        language: Language,
        now: UnixMillis,
    ) -> Result<Challenge, sqlx::Error> {
        if let Some(id) = living.and_then(|change| change.challenge_id.as_deref())
            && let Some(challenge) = codes::by_id(tx, id).await?
            && challenge.lives(now)
            && challenge.expires_at - now >= SAME_CODE_FROM
        {
            return Ok(challenge);
        }
        let asked = Question {
            subject: &caller.account.subject,
            purpose: PURPOSE,
            method,
            destination: value,
            device_id: &caller.device_id,
            language,
        };
        let challenge = question::ask(self, tx, &asked, now).await?;
        if let Some(change) = living {
            sqlx::query("UPDATE contact_change SET challenge_id = $2 WHERE id = $1")
                .bind(&change.id)
                .bind(&challenge.id)
                .execute(tx)
                .await?;
        }
        Ok(challenge)
    }
}
