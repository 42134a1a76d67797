//! Answers: the step that a registration stands at, read from its row.

use super::{Due, Registering, Stepped, form::problem};
use crate::{
    Fault, Portal,
    account::{mask_email, mask_phone},
    appointment::AppointmentLink,
    clock::{duration, seconds},
    codes::{self, Challenge},
    message,
    quota::{self, Room},
    store::Connection,
};
use parvis_portal_profile::{ContactProof, FieldId, MethodId, Registration};
use parvis_protocol::{
    clock::UnixMillis,
    error::{ErrorCode, FieldProblemCode},
    message::{FieldProblem, MethodChoice, Otp},
    registration::{Registered, RegistrationAnswer, RegistrationStep},
};
use serde_json::json;

impl Portal {
    /// The step that a registration stands at.
    pub(super) async fn current(
        &self,
        connection: &mut Connection,
        row: &Registering,
        now: UnixMillis,
    ) -> Result<RegistrationAnswer, Fault> {
        let (step, field) = match self.due(connection, row).await? {
            Due::Opening => (RegistrationStep::Done(self.done(row, None, now)), "form"),
            Due::Consent(consents) => (RegistrationStep::Consent { consents }, "form"),
            Due::Proof(ContactProof::Activation) => {
                let room = self
                    .registration_sends(ContactProof::Activation, &row.email)
                    .room(connection, now)
                    .await?;
                (RegistrationStep::Done(self.done(row, Some(room), now)), "link")
            }
            Due::Proof(contact) => {
                let otp = self.otp(connection, row, contact, now).await?;
                let phone = contact == ContactProof::Phone;
                (
                    if phone {
                        RegistrationStep::VerifyPhone(otp)
                    } else {
                        RegistrationStep::VerifyEmail(otp)
                    },
                    "otp",
                )
            }
        };
        let opened = row.subject.is_some();
        let problems = row.last_problem.as_deref().map(|code| FieldProblem {
            field: field.to_owned(),
            code: code.to_owned(),
            params: row.last_until.map(|until| json!({"until": seconds(until + 999)})),
        });
        Ok(RegistrationAnswer {
            error: (!opened && !matches!(step, RegistrationStep::Done(_)))
                .then_some(ErrorCode::InsufficientAuthorization),
            registration_session: None,
            next: Some(step),
            problems: problems.into_iter().collect(),
        })
    }

    fn done(&self, row: &Registering, room: Option<Room>, now: UnixMillis) -> Registered {
        let link = row.link.as_deref();
        Registered {
            opened: row.subject.is_some(),
            identifier: row.identifier().to_owned(),
            hint: room.map(|_| mask_email(&row.email)),
            resend_after: room.map_or(0, |room| duration(room.possible_at - now + 999)),
            sends_remaining: room.map(|room| room.remaining),
            return_to: link.and_then(|token| self.appointment(token, now)?.return_to(self, token)),
        }
    }

    async fn otp(
        &self,
        connection: &mut Connection,
        row: &Registering,
        contact: ContactProof,
        now: UnixMillis,
    ) -> Result<Otp, Fault> {
        let id = row.challenge_id.clone().unwrap_or_default();
        let challenge: Option<Challenge> = codes::by_id(connection, &id).await?;
        let (own, destination) = row.destination(contact).unwrap_or((MethodId::Email, &row.email));
        let method = row.way().filter(|_| challenge.is_some()).unwrap_or(own);
        let room = self.registration_sends(contact, destination).room(connection, now).await?;
        let tries = self.registration_tries(&row.id, contact, destination);
        let tries = quota::room_of(connection, &tries, now).await?;
        let hint =
            if contact == ContactProof::Phone { mask_phone(destination) } else { mask_email(destination) };
        let ways: &[MethodId] = match contact {
            ContactProof::Phone if row.takes_messages() => &[MethodId::Sms, MethodId::Voice],
            ContactProof::Phone => &[MethodId::Voice],
            ContactProof::Email | ContactProof::Activation => &[MethodId::Email],
        };
        let choice = |way: &MethodId| MethodChoice {
            id: way.as_str().to_owned(),
            hint: Some(hint.clone()),
            blocked_until: None,
            sends_remaining: Some(room.remaining),
            last_send_blocks: false,
        };
        Ok(Otp {
            method: method.as_str().to_owned(),
            length: challenge.as_ref().map_or(self.profile.code.length, |challenge| challenge.length(self)),
            expires_in: challenge.as_ref().map_or(0, |challenge| duration(challenge.expires_at - now)),
            resend_after: duration(room.possible_at - now + 999),
            sends_remaining: Some(room.remaining),
            attempts_remaining: Some(if tries.possible_at > now { 0 } else { tries.remaining }),
            delivery: Some(message::delivery(connection, &id).await?),
            hint: Some(hint.clone()),
            methods: ways.iter().map(choice).collect(),
            can_remember: false,
            remember_max_age: None,
            challenge_id: id,
        })
    }

    /// Back to the form, of a registration that is over.
    pub(super) fn form_of(&self, row: &Registering, problems: Vec<FieldProblem>, now: UnixMillis) -> Stepped {
        match &self.profile.registration {
            Some(registration) => {
                let link = row.link.as_deref().and_then(|token| self.appointment(token, now));
                form_again(registration, link.as_ref(), problems)
            }
            None => Stepped::Refused(ErrorCode::InvalidSession),
        }
    }
}

/// The letters that are asked of whoever comes by this link.
pub(super) fn letters_asked(registration: &Registration, link: Option<&AppointmentLink>) -> Option<u32> {
    registration.name_letters.filter(|_| link.is_some_and(|link| link.record.is_some()))
}

pub(super) fn form_again(
    registration: &Registration,
    link: Option<&AppointmentLink>,
    problems: Vec<FieldProblem>,
) -> Stepped {
    Stepped::Answer(Box::new(RegistrationAnswer {
        error: Some(ErrorCode::InsufficientAuthorization),
        registration_session: None,
        next: Some(RegistrationStep::Form {
            name_letters: letters_asked(registration, link),
            appointment: link.map(AppointmentLink::appointment),
        }),
        problems,
    }))
}

pub(super) fn link_is_over() -> FieldProblem {
    problem("link", FieldProblemCode::Expired)
}

pub(super) fn later(field: &str, code: FieldProblemCode, until: UnixMillis) -> FieldProblem {
    FieldProblem { params: Some(json!({"until": seconds(until + 999)})), ..problem(field, code) }
}

/// The field of the form that a contact stands in.
pub(super) const fn first_field(contact: ContactProof) -> &'static str {
    match contact {
        ContactProof::Phone => FieldId::Phone.as_str(),
        ContactProof::Email | ContactProof::Activation => FieldId::Email.as_str(),
    }
}

pub(super) fn stepped(answer: RegistrationAnswer) -> Stepped {
    Stepped::Answer(Box::new(answer))
}

pub(super) fn with_session(answer: RegistrationAnswer, value: String) -> Stepped {
    stepped(RegistrationAnswer { registration_session: Some(value), ..answer })
}
