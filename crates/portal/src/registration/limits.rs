//! How often registrations may send to one number or address, and have codes to it looked at (OTP-05, OTP-06).

use crate::{
    Portal,
    clock::{DAY, HOUR, MINUTE},
    links,
    quota::{self, Limit, Quota},
    store::Connection,
    throttle,
};
use parvis_portal_profile::ContactProof;
use parvis_protocol::clock::UnixMillis;
use std::net::IpAddr;

/// Codes to one e-mail address that are looked at in 24 h: far more than its owner types, so that a stranger who types rubbish bars
/// nobody, and few beside a million codes.
const EMAIL_TRIES: u32 = 50;

impl Portal {
    /// Messages to one number or address that registrations may send.
    pub(super) fn registration_sends(&self, contact: ContactProof, destination: &str) -> Quota {
        let sends = &self.profile.sends;
        let phone_code = self.profile.registration.as_ref().and_then(|registration| registration.phone_code);
        if let (ContactProof::Phone, Some(code)) = (contact, phone_code) {
            let limits =
                [Limit::spacing(i64::from(sends.interval_s) * 1000), Limit::of(code.sends_per_day, DAY)];
            return Quota::new(self, "registration send phone", destination, &limits);
        }
        if contact == ContactProof::Activation {
            return Quota::new(self, "registration send link", destination, &links::MAIL_LIMITS);
        }
        Quota::new(self, "registration send email", destination, &quota::of_sends(sends))
    }

    /// Messages to telephones that all registrations together may send: of one network, and of the portal. Numbers cost money,
    /// and there are many of them.
    pub(super) fn registration_sends_of_all(
        &self,
        contact: ContactProof,
        from: Option<IpAddr>,
    ) -> Vec<Quota> {
        let (ContactProof::Phone, Some(registration)) = (contact, &self.profile.registration) else {
            return Vec::new();
        };
        let Some(code) = registration.phone_code else { return Vec::new() };
        let network = from.map(throttle::network).map(|network| {
            let limit = Limit::of(registration.forms_per_network.saturating_mul(2), HOUR);
            // Also those that cannot be sent: each is a request to the gateway.
            Quota::new(self, "registration send network", &network, &[limit]).for_good()
        });
        let limit = Limit::of(code.sends_per_day_in_all, DAY);
        let all = Quota::new(self, "registration send phone", "in all", &[limit]);
        network.into_iter().chain([all]).collect()
    }

    /// Locks a number until the transaction ends: two who make it theirs come one after the other.
    pub(crate) async fn lock_number(
        &self,
        connection: &mut Connection,
        number: &str,
        now: UnixMillis,
    ) -> Result<(), sqlx::Error> {
        self.phone_tries(number, &[]).lock(connection, now).await
    }

    fn phone_tries(&self, number: &str, limits: &[Limit]) -> Quota {
        Quota::new(self, "registration try phone", number, limits)
    }

    /// Codes that are looked at: to one number, whichever registrations ask; to one address by one registration, and by all.
    pub(super) fn registration_tries(
        &self,
        id: &str,
        contact: ContactProof,
        destination: &str,
    ) -> Vec<Quota> {
        let phone_code = self.profile.registration.as_ref().and_then(|registration| registration.phone_code);
        if let (ContactProof::Phone, Some(code)) = (contact, phone_code) {
            return vec![self.phone_tries(destination, &[Limit::of(code.tries_per_day, DAY)])];
        }
        let own = [Limit::of(self.profile.code_tries.limit, 15 * MINUTE)];
        vec![
            Quota::new(self, "registration try", id, &own),
            Quota::new(self, "registration try email", destination, &[Limit::of(EMAIL_TRIES, DAY)]),
        ]
    }
}
