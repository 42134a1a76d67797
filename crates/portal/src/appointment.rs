//! Links that lead to the form of a registration: from a booking, and back to it; or from the reminder of an appointment that a
//! practice gave. What they carry is signed: nobody makes their own.

use crate::{Portal, clock::seconds, keys};
use parvis_protocol::{
    clock::UnixMillis,
    encoding::{base64url, from_base64url, same_secret},
    registration::Appointment,
};
use serde::{Deserialize, Serialize};
use url::Url;

/// Longest link that is looked at, bytes.
pub(crate) const LONGEST: usize = 2048;

/// What a link says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppointmentLink {
    /// With whom the appointment is, as people know it.
    pub practice: String,
    /// When it begins, seconds since the epoch.
    pub at: i64,
    /// Of a reminder: the practice's record of the patient.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// Of a booking: the page to go back to, below the portal's address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_path: Option<String>,
    /// Good until then, seconds since the epoch.
    pub expires_at: i64,
}

/// Why there is no link for an appointment.
#[derive(Debug, thiserror::Error)]
pub enum AppointmentError {
    /// Nothing to lead to.
    #[error("nobody opens an account on this portal: its profile has no [registration]")]
    NobodyRegisters,
    /// No reminders.
    #[error("the profile's registration compares with no practice's records: records = \"contacts\"")]
    NoRecords,
    /// No such record.
    #[error("there is no record {0}: `contacts import` brings it in")]
    Unknown(String),
    /// The link would be over.
    #[error("the appointment has begun already")]
    Over,
    /// Links lead back to pages of the portal's own address only.
    #[error("the page to return to is not below the portal's address")]
    Elsewhere,
    /// Apps would refuse it.
    #[error("the link would be too long: shorten the name of the practice or the page to return to")]
    TooLong,
    /// The database.
    #[error("the database: {0}")]
    Store(#[from] sqlx::Error),
}

impl AppointmentLink {
    /// What the screens show of it.
    pub(crate) fn appointment(&self) -> Appointment {
        Appointment { practice: self.practice.clone(), at: self.at }
    }

    /// The page to go back to, with the link itself: it is what says which appointment that was.
    pub(crate) fn return_to(&self, portal: &Portal, token: &str) -> Option<String> {
        let path = self.return_path.as_deref()?.trim_start_matches('/');
        let mut address = Url::parse(&format!("{}/{path}", portal.issuer_text())).ok()?;
        address.query_pairs_mut().append_pair("appointment", token);
        // Below the portal's own address, whatever stood in the path.
        address.as_str().starts_with(&format!("{}/", portal.issuer_text())).then(|| address.into())
    }
}

impl Portal {
    /// Signs a link: what stands after `link=` in `parvis://register?portal=…&link=…`.
    pub fn sign_appointment(&self, link: &AppointmentLink) -> String {
        // Made of texts and numbers: it has a JSON form.
        let content = base64url(&serde_json::to_vec(link).unwrap_or_default());
        let signature = self.appointment_signature(&content);
        format!("{content}.{signature}")
    }

    /// The address that opens the app at the form of a registration, for whoever runs a booking page below the portal's own address.
    /// `at`: when the appointment begins, seconds since the epoch; `return_path`: the page to come back to.
    ///
    /// # Errors
    /// [`AppointmentError`].
    pub fn booking_address(
        &self,
        practice: &str,
        at: i64,
        return_path: Option<&str>,
    ) -> Result<String, AppointmentError> {
        let link = AppointmentLink {
            practice: practice.to_owned(),
            at,
            record: None,
            return_path: return_path.map(ToOwned::to_owned),
            expires_at: at,
        };
        Ok(self.registration_address(Some(&self.checked(&link)?)))
    }

    /// Signs a link that people can use.
    pub(crate) fn checked(&self, link: &AppointmentLink) -> Result<String, AppointmentError> {
        if self.profile.registration.is_none() {
            return Err(AppointmentError::NobodyRegisters);
        }
        if link.expires_at <= seconds(self.clock.now()) {
            return Err(AppointmentError::Over);
        }
        let token = self.sign_appointment(link);
        if token.len() > LONGEST {
            return Err(AppointmentError::TooLong);
        }
        if link.return_path.is_some() && link.return_to(self, &token).is_none() {
            return Err(AppointmentError::Elsewhere);
        }
        Ok(token)
    }

    /// The address that opens the app at the form of this portal's registration, for the appointment of a signed link.
    pub fn registration_address(&self, token: Option<&str>) -> String {
        let link = token.map(|token| format!("&link={token}")).unwrap_or_default();
        format!("parvis://register?portal={}{link}", self.profile.id)
    }

    /// What a signed link says; `None` for one that is over, or was never signed here.
    pub(crate) fn appointment(&self, token: &str, now: UnixMillis) -> Option<AppointmentLink> {
        let (content, signature) = token.split_once('.').filter(|_| token.len() <= LONGEST)?;
        if !same_secret(signature, &self.appointment_signature(content)) {
            return None;
        }
        let link: AppointmentLink = serde_json::from_slice(&from_base64url(content)?).ok()?;
        Some(link).filter(|link| seconds(now) < link.expires_at)
    }

    fn appointment_signature(&self, content: &str) -> String {
        let parts = ["parvis-appointment-1", self.issuer.as_str(), content];
        base64url(&keys::derive(self.keys.current().link_key(), &parts))
    }
}
