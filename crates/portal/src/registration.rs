//! Opening an account: a form, proofs of the contacts, consents (PROTOCOL §7, `/registration`).
//!
//! Nothing is an account before the e-mail address is proved, and the answers are the same for an address that is in use and a free
//! one: the owner of the mailbox alone reads which it is. So the same rows are written and the same message is queued in both cases;
//! what the message says is decided when it is sent.
//!
//! ```text
//! form ─► verify_phone ─► verify_email ─► consent ─► done (opened)
//!     └──────────────────────────────► done (a link was mailed) ─► the link's page opens the account
//! ```

mod answering;
mod beginning;
mod comparing;
mod form;
mod limits;
mod opening;
mod under_way;

pub(crate) use beginning::FormStep;
pub(crate) use form::Typed;
pub(crate) use under_way::{Registering, awaiting_activation, by_id, lock};

use crate::{
    Fault, Portal, account,
    audit::Event,
    codes,
    links::Purpose,
    message, nonce,
    question::{self, Found, Question},
    quota,
    store::{Connection, Tx},
};
use answering::stepped;
use form::problem;
use parvis_portal_profile::{ConsentStep, ContactProof, FieldId, MethodId};
use parvis_protocol::{
    clock::UnixMillis,
    entropy::opaque_short,
    error::{ErrorCode, FieldProblemCode},
    normalise,
    proof::Proof,
    registration::RegistrationAnswer,
};
use std::net::IpAddr;
use under_way::Lookup;

/// What codes of a registration are for; they are no sign-in codes, and those are none of these (OTP-07).
pub(crate) const PURPOSE: &str = "registration";

/// A resend with this much validity left sends the same code again, as at sign-in, ms.
const SAME_CODE_FROM: i64 = 120 * 1000;
/// An answer of the endpoint.
pub(crate) enum Stepped {
    /// A step, or the end.
    Answer(Box<RegistrationAnswer>),
    /// Refused as a whole.
    Refused(ErrorCode),
    /// Wait so many seconds.
    SlowDown(u32),
}

/// What is due in a registration.
enum Due {
    Proof(ContactProof),
    Consent(Vec<String>),
    /// The account is to be opened, or is open.
    Opening,
}

impl Portal {
    /// The current step again. Costs nothing.
    pub(crate) async fn registration_step(&self, proof: &Proof, value: &str) -> Result<Stepped, Fault> {
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        let row = match under_way::resume(self, &mut tx, value, &proof.jkt, None, now).await? {
            Lookup::Current(row) | Lookup::Repeat(row) => row,
            Lookup::Invalid => return Ok(Stepped::Refused(ErrorCode::InvalidSession)),
        };
        let answer = self.current(&mut tx, &row, now).await?;
        tx.commit().await?;
        Ok(stepped(answer))
    }

    /// A code.
    pub(crate) async fn registration_code(
        &self,
        proof: &Proof,
        value: &str,
        request_id: &str,
        challenge_id: &str,
        typed: &str,
        from: Option<IpAddr>,
    ) -> Result<Stepped, Fault> {
        let now = self.clock.now();
        let (mut tx, row) = match self.take_up_registration(proof, value, request_id, now).await? {
            Ok(taken_up) => taken_up,
            Err(answer) => return Ok(answer),
        };
        let Due::Proof(contact) = self.due(&mut tx, &row).await? else {
            return Ok(Stepped::Refused(ErrorCode::InvalidRequest));
        };
        let Some((_, destination)) = row.destination(contact) else {
            return Ok(Stepped::Refused(ErrorCode::InvalidRequest));
        };
        let challenge = codes::by_id(&mut tx, challenge_id).await?;
        let Some(challenge) = challenge.filter(|challenge| {
            challenge.subject == row.id && challenge.is_of(PURPOSE) && challenge.goes_to(Some(destination))
        }) else {
            return Ok(Stepped::Refused(ErrorCode::InvalidRequest));
        };
        let Some(code) = normalise::code(typed, challenge.length(self) as usize) else {
            return Ok(Stepped::Refused(ErrorCode::InvalidRequest));
        };
        // Charge before looking (OTP-05).
        let (tries, this_one) =
            (self.registration_tries(&row.id, contact, destination), opaque_short(self.entropy.as_ref()));
        if let Err(until) = quota::take_all(&mut tx, &tries, &this_one, now).await? {
            return self.refused(tx, &row, FieldProblemCode::Blocked, Some(until), now).await;
        }
        match question::answer(self, &mut tx, &row.id, PURPOSE, destination, &code, now).await? {
            Found::Right => {}
            Found::Over => {
                // No guess: what was right once, or was asked where nothing could have matched.
                quota::give_back(&mut tx, &this_one, now).await?;
                return self.refused(tx, &row, FieldProblemCode::Expired, None, now).await;
            }
            Found::Wrong => {
                let room = quota::room_of(&mut tx, &tries, now).await?;
                Event::new("registration_refused", now).of(&row.id).by("code").record(self, &mut tx).await?;
                // The last one that was possible: said with its time, as any further one would be.
                if room.possible_at > now {
                    let until = Some(room.possible_at);
                    return self.refused(tx, &row, FieldProblemCode::Blocked, until, now).await;
                }
                return self.refused(tx, &row, FieldProblemCode::Rejected, None, now).await;
            }
        }
        if contact == ContactProof::Phone && account::has_number(self, &mut tx, destination, None).await? {
            under_way::end(&mut tx, &row.id, now).await?;
            Event::new("registration_refused", now)
                .of(&row.id)
                .by("number in use")
                .record(self, &mut tx)
                .await?;
            tx.commit().await?;
            let problems = vec![problem(FieldId::Phone.as_str(), FieldProblemCode::InUse)];
            return Ok(self.form_of(&row, problems, now));
        }
        let row = under_way::proved(&mut tx, &row, contact, now).await?;
        self.go_on(tx, row, from, now).await
    }

    /// Sends again, or another way.
    pub(crate) async fn registration_resend(
        &self,
        proof: &Proof,
        value: &str,
        request_id: &str,
        way: &str,
        from: Option<IpAddr>,
    ) -> Result<Stepped, Fault> {
        let now = self.clock.now();
        let (mut tx, row) = match self.take_up_registration(proof, value, request_id, now).await? {
            Ok(taken_up) => taken_up,
            Err(answer) => return Ok(answer),
        };
        let (contact, way) = match (self.due(&mut tx, &row).await?, way, MethodId::parse(way)) {
            (Due::Proof(ContactProof::Phone), _, Some(MethodId::Sms)) if row.takes_messages() => {
                (ContactProof::Phone, Some(MethodId::Sms))
            }
            (Due::Proof(ContactProof::Phone), _, Some(MethodId::Voice)) => {
                (ContactProof::Phone, Some(MethodId::Voice))
            }
            (Due::Proof(ContactProof::Email), _, Some(MethodId::Email)) => (ContactProof::Email, None),
            (Due::Proof(ContactProof::Activation), "link", _) => (ContactProof::Activation, None),
            _ => return Ok(Stepped::Refused(ErrorCode::InvalidRequest)),
        };
        let (row, sent) = self.prove(&mut tx, &row, contact, way, from, now).await?;
        if let Err(until) = sent {
            return self.refused(tx, &row, FieldProblemCode::SendRefused, Some(until), now).await;
        }
        let answer = self.current(&mut tx, &row, now).await?;
        tx.commit().await?;
        self.wake_messages();
        Ok(stepped(answer))
    }

    /// Something is accepted.
    pub(crate) async fn registration_consent(
        &self,
        proof: &Proof,
        value: &str,
        request_id: &str,
        accepted: &[String],
        from: Option<IpAddr>,
    ) -> Result<Stepped, Fault> {
        let now = self.clock.now();
        let (mut tx, row) = match self.take_up_registration(proof, value, request_id, now).await? {
            Ok(taken_up) => taken_up,
            Err(answer) => return Ok(answer),
        };
        let (Due::Consent(due), Some(registration)) =
            (self.due(&mut tx, &row).await?, &self.profile.registration)
        else {
            return Ok(Stepped::Refused(ErrorCode::InvalidRequest));
        };
        if !accepted.iter().all(|id| due.contains(id)) {
            return Ok(Stepped::Refused(ErrorCode::InvalidRequest));
        }
        let given = registration.consents_at(ConsentStep::Last).filter(|text| accepted.contains(&text.id));
        opening::note_consents(&mut tx, &row, given, now).await?;
        self.go_on(tx, row, from, now).await
    }

    /// Mails the link of a registration that waits for its activation again, within the limits of such mails.
    pub(crate) async fn mail_activation_again(
        &self,
        connection: &mut Connection,
        row: &Registering,
        now: UnixMillis,
    ) -> Result<(), Fault> {
        // The row first, as a resend takes it.
        match lock(connection, &row.id).await? {
            Some(row) => {
                self.prove(connection, &row, ContactProof::Activation, None, None, now).await.map(drop)
            }
            None => Ok(()),
        }
    }

    /// A step is done: asks for the next, or opens the account.
    async fn go_on(
        &self,
        mut tx: Tx,
        row: Registering,
        from: Option<IpAddr>,
        now: UnixMillis,
    ) -> Result<Stepped, Fault> {
        let row = match self.due(&mut tx, &row).await? {
            Due::Proof(contact) => {
                let (row, sent) = self.prove(&mut tx, &row, contact, None, from, now).await?;
                if let Err(until) = sent {
                    return self.refused(tx, &row, FieldProblemCode::SendRefused, Some(until), now).await;
                }
                row
            }
            Due::Consent(_) => row,
            Due::Opening => match self.open_account(&mut tx, &row, now).await? {
                Ok(row) => row,
                Err(field) => {
                    // Somebody was quicker with a contact that this person has proved too: told to them alone.
                    tx.rollback().await?;
                    let mut tx = self.store.begin().await?;
                    under_way::end(&mut tx, &row.id, now).await?;
                    tx.commit().await?;
                    let problems = vec![problem(field.as_str(), FieldProblemCode::InUse)];
                    return Ok(self.form_of(&row, problems, now));
                }
            },
        };
        let answer = self.current(&mut tx, &row, now).await?;
        tx.commit().await?;
        self.wake_messages();
        Ok(stepped(answer))
    }

    /// Opens the account; `Err` names the contact that another account has, and nothing may be committed then.
    pub(crate) async fn open_account(
        &self,
        connection: &mut Connection,
        row: &Registering,
        now: UnixMillis,
    ) -> Result<Result<Registering, FieldId>, sqlx::Error> {
        if let Some(number) = &row.phone {
            self.lock_number(connection, number, now).await?;
        }
        opening::open_account(self, connection, row, now).await
    }

    /// What is due now.
    async fn due(&self, connection: &mut Connection, row: &Registering) -> Result<Due, sqlx::Error> {
        let Some(registration) = self.profile.registration.as_ref().filter(|_| row.subject.is_none()) else {
            return Ok(Due::Opening);
        };
        if let Some(proof) = registration.proofs.iter().find(|proof| !row.is_proved(**proof)) {
            return Ok(Due::Proof(*proof));
        }
        let given = opening::consents_of(connection, &row.id).await?;
        let missing = registration.consents.iter().filter(|consent| !opening::is_given(consent, &given));
        let missing: Vec<String> = missing.map(|consent| consent.id.clone()).collect();
        Ok(if missing.is_empty() { Due::Opening } else { Due::Consent(missing) })
    }

    /// Sends what proves a contact; `Err` where nothing more can be sent there before then. No question is asked that is not sent:
    /// each living code is one more that a guess may hit.
    async fn prove(
        &self,
        connection: &mut Connection,
        row: &Registering,
        contact: ContactProof,
        way: Option<MethodId>,
        from: Option<IpAddr>,
        now: UnixMillis,
    ) -> Result<(Registering, Result<(), UnixMillis>), Fault> {
        let (method, destination) = row.destination(contact).unwrap_or((MethodId::Email, row.email.as_str()));
        let mut sends = self.registration_sends_of_all(contact, from);
        sends.push(self.registration_sends(contact, destination));
        if let Err(until) = quota::take_all(connection, &sends, &row.id, now).await? {
            return Ok((row.clone(), Err(until)));
        }
        let language = row.language();
        if contact == ContactProof::Activation {
            message::queue_link(self, connection, &row.id, Purpose::Activation, language, now).await?;
            return Ok((under_way::note(connection, &row.id, None, None, None).await?, Ok(())));
        }
        let method = way.unwrap_or(method);
        let living = match row.challenge_id.as_deref() {
            Some(id) => codes::by_id(connection, id).await?,
            None => None,
        };
        // The same code whichever way it goes: two live at most, and only around the end of the older one.
        let same = living.filter(|living| living.lives(now) && living.expires_at - now >= SAME_CODE_FROM);
        let challenge = if let Some(challenge) = same {
            challenge
        } else {
            let (subject, purpose, device_id) = (&row.id, PURPOSE, "");
            let asked = Question { subject, purpose, method, destination, device_id, language };
            question::ask(self, connection, &asked, now).await?
        };
        message::queue_code_by(self, connection, &challenge, method, language, now).await?;
        Ok((under_way::asked(connection, &row.id, &challenge.id, method).await?, Ok(())))
    }

    /// What is wrong with the last answer is noted and said, and the step stays.
    async fn refused(
        &self,
        mut tx: Tx,
        row: &Registering,
        code: FieldProblemCode,
        until: Option<UnixMillis>,
        now: UnixMillis,
    ) -> Result<Stepped, Fault> {
        let asked = row.challenge_id.as_deref();
        let row = under_way::note(&mut tx, &row.id, asked, Some(code.as_str()), until).await?;
        let answer = self.current(&mut tx, &row, now).await?;
        tx.commit().await?;
        self.wake_messages();
        Ok(stepped(answer))
    }

    /// Takes a registration up for a request that is new; `Err` is the answer to one that was answered before, or that speaks of
    /// none that is under way.
    async fn take_up_registration(
        &self,
        proof: &Proof,
        value: &str,
        request_id: &str,
        now: UnixMillis,
    ) -> Result<Result<(Tx, Registering), Stepped>, Fault> {
        let mut tx = self.store.begin().await?;
        nonce::consume(&mut tx, proof, now).await?;
        match under_way::resume(self, &mut tx, value, &proof.jkt, Some(request_id), now).await? {
            Lookup::Current(row) => Ok(Ok((tx, row))),
            Lookup::Repeat(row) => {
                let answer = self.current(&mut tx, &row, now).await?;
                tx.commit().await?;
                Ok(Err(stepped(answer)))
            }
            Lookup::Invalid => Ok(Err(Stepped::Refused(ErrorCode::InvalidSession))),
        }
    }
}
