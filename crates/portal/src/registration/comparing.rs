//! The form against the records that the portal's profile names: a member's, or those that a practice noted of a patient.

use super::{
    answering::{later, link_is_over},
    form::{Form, NAME_LETTERS, first_letters, problem},
};
use crate::{
    Fault, Portal,
    appointment::AppointmentLink,
    clock::DAY,
    quota::{self, Limit, NOBODY, Quota},
    records,
    store::Connection,
};
use parvis_portal_profile::{FieldId, Records, Registration};
use parvis_protocol::{clock::UnixMillis, error::FieldProblemCode, message::FieldProblem};

/// Comparisons with one member's record in 24 h: from one network enough for whoever mistypes, and from all together too few to
/// guess by. Permit numbers stand in public lists: a stranger elsewhere must not use up the member's own.
const MEMBER_TRIES: u32 = 10;
const MEMBER_TRIES_IN_ALL: u32 = 200;
/// With one patient's record.
const RECORD_TRIES: u32 = 5;

impl Portal {
    /// Compares a form with the records that the portal's profile names; the name of the person, where they have it.
    pub(super) async fn compare(
        &self,
        connection: &mut Connection,
        registration: &Registration,
        form: &Form,
        link: Option<&AppointmentLink>,
        place: &str,
        now: UnixMillis,
    ) -> Result<(String, Vec<FieldProblem>), Fault> {
        let portal = &self.profile.id;
        let email = form.email.as_deref();
        match (registration.records, &form.permit_number, link.and_then(|link| link.record.as_deref())) {
            (Some(Records::Members), Some(number), _) => {
                let here = format!("{number}\n{place}");
                let tries = |owner: &str, most| {
                    Quota::new(self, "registration member", owner, &[Limit::of(most, DAY)])
                };
                let tries = [tries(&here, MEMBER_TRIES), tries(number, MEMBER_TRIES_IN_ALL)];
                if let Err(until) = quota::take_all(connection, &tries, NOBODY, now).await? {
                    let field = FieldId::PermitNumber.as_str();
                    return Ok((String::new(), vec![later(field, FieldProblemCode::Blocked, until)]));
                }
                let member = records::member(&mut *connection, portal, number).await?;
                if let Some(member) = member.filter(|member| Some(member.email.as_str()) == email) {
                    return Ok((member.name, Vec::new()));
                }
                // Never which of the two: permit numbers stand in public lists.
                let refused = problem(FieldId::Email.as_str(), FieldProblemCode::NotAMember);
                Ok((String::new(), vec![refused]))
            }
            (Some(Records::Contacts), _, Some(reference)) => {
                let Some(record) = records::contact(&mut *connection, portal, reference).await? else {
                    return Ok((String::new(), vec![link_is_over()]));
                };
                let limit = [Limit::of(RECORD_TRIES, DAY)];
                let tries = Quota::new(self, "registration record", reference, &limit);
                if let Err(until) = tries.take(connection, now).await? {
                    let field =
                        if form.name_letters.is_some() { NAME_LETTERS } else { FieldId::Email.as_str() };
                    return Ok((String::new(), vec![later(field, FieldProblemCode::Blocked, until)]));
                }
                if let (Some(count), Some(given)) = (registration.name_letters, &form.name_letters)
                    && *given != first_letters(&record.family_name, count)
                {
                    let refused = problem(NAME_LETTERS, FieldProblemCode::Rejected);
                    return Ok((String::new(), vec![refused]));
                }
                let phone = form.phone.as_ref().map(|number| number.e164.as_str());
                let differs = |noted: &Option<String>, given: Option<&str>| {
                    noted.as_deref().is_some_and(|noted| given != Some(noted))
                };
                if differs(&record.email, email) || differs(&record.phone, phone) {
                    // Both are named, whichever differs: a form is no way to find out what a practice has noted.
                    let fields = [FieldId::Phone, FieldId::Email].map(FieldId::as_str);
                    let refused = fields.map(|field| problem(field, FieldProblemCode::RecordDiffers));
                    return Ok((String::new(), refused.to_vec()));
                }
                let name = format!("{} {}", record.given_name, record.family_name);
                Ok((name.trim().to_owned(), Vec::new()))
            }
            // Nobody told their name: what stands before the @ is what they are called by until they say otherwise.
            _ => {
                let name = email.and_then(|address| address.split_once('@')).map(|(local, _)| local);
                Ok((name.unwrap_or_default().to_owned(), Vec::new()))
            }
        }
    }
}
