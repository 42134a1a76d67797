//! The form: read, compared with records, and the registration that it begins.

use super::{
    Stepped,
    answering::{first_field, form_again, later, letters_asked, link_is_over, with_session},
    form::{self, Typed},
    opening,
    under_way::{self, Beginning},
};
use crate::{
    Fault, Portal,
    audit::Event,
    clock::{HOUR, duration},
    nonce,
    quota::{Limit, Quota},
    store::Connection,
    throttle,
};
use parvis_portal_profile::{ConsentStep, ContactProof, FieldId, Language};
use parvis_protocol::{
    clock::UnixMillis,
    error::{ErrorCode, FieldProblemCode},
    message::FieldProblem,
    proof::Proof,
};
use serde_json::json;
use std::net::IpAddr;

/// Forms that are read, for each that may be accepted: people mistype.
const READINGS: u32 = 10;

/// A form that was sent.
pub(crate) struct FormStep<'a> {
    pub(crate) request_id: &'a str,
    /// From a booking or a reminder.
    pub(crate) link: Option<&'a str>,
    pub(crate) typed: Typed<'a>,
    pub(crate) language: Language,
    pub(crate) network: Option<IpAddr>,
}

impl Portal {
    /// What the form asks of whoever comes by this link. Costs nothing.
    pub(crate) fn registration_by_link(&self, token: &str) -> Stepped {
        let Some(registration) = &self.profile.registration else {
            return Stepped::Refused(ErrorCode::NotFound);
        };
        let link = self.appointment(token, self.clock.now());
        let problems = if link.is_some() { Vec::new() } else { vec![link_is_over()] };
        form_again(registration, link.as_ref(), problems)
    }

    /// A form: everything that is wrong with it at once, or the first thing to prove.
    pub(crate) async fn registration_form(
        &self,
        proof: &Proof,
        step: FormStep<'_>,
    ) -> Result<Stepped, Fault> {
        let Some(registration) = &self.profile.registration else {
            return Ok(Stepped::Refused(ErrorCode::NotFound));
        };
        let now = self.clock.now();
        let link = step.link.and_then(|token| self.appointment(token, now));
        if step.link.is_some() && link.is_none() {
            return Ok(form_again(registration, None, vec![link_is_over()]));
        }
        let mut tx = self.store.begin().await?;
        nonce::consume(&mut tx, proof, now).await?;
        let begun = under_way::begun_by(self, &mut tx, &proof.jkt, step.request_id, now).await?;
        if let Some((row, value)) = begun {
            let answer = self.current(&mut tx, &row, now).await?;
            tx.commit().await?;
            return Ok(with_session(answer, value));
        }
        // Reading a form is work, too: a password is judged.
        let network = step.network.map(throttle::network);
        let readings = registration.forms_per_network.saturating_mul(READINGS);
        let refused =
            self.charge_network("registration reading", network.as_deref(), readings, &mut tx, now).await?;
        tx.commit().await?;
        if let Some(seconds) = refused {
            return Ok(Stepped::SlowDown(seconds));
        }
        let letters = letters_asked(registration, link.as_ref());
        let mut form = form::read(registration, &step.typed, letters);
        if let Some(password) = &form.password {
            let email = form.email.as_deref();
            let identifier = form.permit_number.as_deref().or(email).unwrap_or_default();
            let unmet = self.unmet_rules("", identifier, email, password).await;
            form.problems.extend(unmet.into_iter().map(|rule| FieldProblem {
                field: FieldId::Password.as_str().to_owned(),
                code: rule.code().to_owned(),
                params: self.profile.password.count(rule).map(|count| json!({"count": count})),
            }));
        }
        let (Some(email), Some(password), true) = (&form.email, &form.password, form.problems.is_empty())
        else {
            return Ok(form_again(registration, link.as_ref(), form.problems));
        };

        let mut tx = self.store.begin().await?;
        let forms = registration.forms_per_network;
        if let Some(seconds) =
            self.charge_network("registration form", network.as_deref(), forms, &mut tx, now).await?
        {
            tx.commit().await?;
            return Ok(Stepped::SlowDown(seconds));
        }
        let place = network.as_deref().unwrap_or_default();
        let (name, problems) = self.compare(&mut tx, registration, &form, link.as_ref(), place, now).await?;
        if !problems.is_empty() {
            Event::new("registration_refused", now).by("records").record(self, &mut tx).await?;
            tx.commit().await?;
            return Ok(form_again(registration, link.as_ref(), problems));
        }
        tx.commit().await?;

        // One hash, whoever has the address (ACC-02).
        let hash = self.hashes.hash(password.clone()).await.map_err(|_| Fault::Busy)?;
        let mut tx = self.store.begin().await?;
        let beginning = Beginning {
            jkt: &proof.jkt,
            request_id: step.request_id,
            language: step.language,
            email,
            phone: form.phone.as_ref().map(|number| number.e164.as_str()),
            by_call: form.phone.as_ref().is_some_and(|number| !number.takes_messages),
            permit_number: form.permit_number.as_deref(),
            name: &name,
            password_hash: &hash,
            link: step.link,
        };
        let Some((row, value)) = under_way::begin(self, &mut tx, &beginning, now).await? else {
            // The same form, at the same moment or from a registration that is over.
            let begun = under_way::begun_by(self, &mut tx, &proof.jkt, step.request_id, now).await?;
            let Some((row, value)) = begun else { return Ok(Stepped::Refused(ErrorCode::InvalidSession)) };
            let answer = self.current(&mut tx, &row, now).await?;
            tx.commit().await?;
            return Ok(with_session(answer, value));
        };
        opening::note_consents(&mut tx, &row, registration.consents_at(ConsentStep::Form), now).await?;
        let first = registration.proofs.first().copied().unwrap_or(ContactProof::Activation);
        let (row, sent) = self.prove(&mut tx, &row, first, None, step.network, now).await?;
        if let Err(until) = sent {
            // Nothing can be sent there for now: the form says so, and no registration stays behind.
            drop(tx);
            let problem = later(first_field(first), FieldProblemCode::SendRefused, until);
            return Ok(form_again(registration, link.as_ref(), vec![problem]));
        }
        Event::new("registration_begun", now).of(&row.id).record(self, &mut tx).await?;
        let answer = self.current(&mut tx, &row, now).await?;
        tx.commit().await?;
        self.wake_messages();
        Ok(with_session(answer, value))
    }

    /// Counts a use of a network; how many seconds to wait, where there were too many in an hour.
    async fn charge_network(
        &self,
        kind: &'static str,
        network: Option<&str>,
        most: u32,
        connection: &mut Connection,
        now: UnixMillis,
    ) -> Result<Option<u32>, sqlx::Error> {
        let Some(network) = network else { return Ok(None) };
        let quota = Quota::new(self, kind, network, &[Limit::of(most, HOUR)]);
        let Err(until) = quota.take(connection, now).await? else { return Ok(None) };
        let event = Event::new("registration_refused", now).from(network);
        event.by("network").record(self, connection).await?;
        Ok(Some(duration(until - now + 999)))
    }
}
