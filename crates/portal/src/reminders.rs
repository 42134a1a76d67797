//! Reminders of appointments that a practice gave: to the contacts that it noted, with a link to the form of a registration.

use crate::{Portal, appointment::AppointmentError, message, records};
use parvis_portal_profile::Records;

impl Portal {
    /// Queues a reminder to the practice's record with this reference, of an appointment that begins at `at`, seconds since the
    /// epoch.
    ///
    /// # Errors
    /// [`AppointmentError`].
    pub async fn remind(&self, reference: &str, at: i64) -> Result<(), AppointmentError> {
        let registration = self.profile.registration.as_ref();
        if registration.and_then(|registration| registration.records) != Some(Records::Contacts) {
            return Err(AppointmentError::NoRecords);
        }
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        let record = records::contact(&mut *tx, &self.profile.id, reference).await?;
        let record = record.ok_or_else(|| AppointmentError::Unknown(reference.to_owned()))?;
        self.checked(&record.reminder_link(at))?;
        message::queue_reminder(self, &mut tx, &record, at, now).await?;
        tx.commit().await?;
        self.wake_messages();
        Ok(())
    }
}
