//! Second factors of an account: whether one is due, and which can be given.

use crate::{Portal, account::Account};
use parvis_portal_profile::MethodId;

impl Portal {
    /// Whether a sign-in of this account needs a second factor: by the portal's rule on rights, or because the person has
    /// activated an authenticator app (CHN-01). The one place where this is decided.
    pub(crate) fn needs_second_factor(&self, account: &Account) -> bool {
        self.profile.needs_second_factor(&account.rights())
            || (self.offers_totp() && account.totp_since.is_some())
            || account.is_unproved()
    }

    /// Second factors that this account can give now. After a mailed reset, e-mail is none for a day where there is another: the
    /// mailbox would be both factors.
    pub(crate) fn usable_methods(&self, account: &Account) -> Vec<MethodId> {
        let mut usable: Vec<MethodId> = self
            .profile
            .methods
            .keys()
            .copied()
            .filter(|method| match method {
                MethodId::Email | MethodId::Sms => account.destination(*method).is_some(),
                MethodId::Totp => account.totp_since.is_some(),
                MethodId::RecoveryCode | MethodId::Voice => false,
            })
            .collect();
        if usable.len() > 1 && account.email_pauses(self.clock.now()) {
            usable.retain(|method| *method != MethodId::Email);
        }
        if usable.contains(&MethodId::Totp) && account.recovery_codes_left().is_some_and(|left| left > 0) {
            usable.push(MethodId::RecoveryCode);
        }
        usable
    }

    /// How a sign-in with this method is called. A recovery code stands for the authenticator app.
    pub(crate) fn acr(&self, method: MethodId) -> &str {
        let method = if method == MethodId::RecoveryCode { MethodId::Totp } else { method };
        self.profile.methods.get(&method).map_or("mfa", |method| &method.acr)
    }
}
