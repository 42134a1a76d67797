//! What a practice's reminder of an appointment says. That it arrives does not mean that there is an account: it says so.

use super::texts::{Catalogue, NB, NNB};
use crate::local_time;
use parvis_portal_profile::Language;
use parvis_protocol::clock::UnixMillis;

impl Catalogue<'_> {
    /// Subject and text of the mail. The subject names no practice: it shows on locked screens.
    pub fn reminder_mail(
        &self,
        language: Language,
        practice: &str,
        at: UnixMillis,
        link: &str,
    ) -> (String, String) {
        let name = self.portal.get(language);
        let when = local_time::long(at, language);
        let (subject, body) = match language {
            Language::Fr => (
                "rappel de rendez-vous",
                format!(
                    "Votre rendez-vous{NB}:\n\n{practice}\n{when}\n\n\
                     Ce n’est pas votre rendez-vous, ou vous ne pouvez pas venir{NNB}? Prévenez le cabinet.\n\n\
                     Vous recevez ce message parce que le cabinet a noté cette adresse. \
                     Cela ne signifie pas que vous avez un compte {name}. \
                     Pour en créer un, ouvrez «{NB}Mon compte{NB}», valable jusqu’au rendez-vous{NB}:\n\n{link}"
                ),
            ),
            Language::En => (
                "appointment reminder",
                format!(
                    "Your appointment:\n\n{practice}\n{when}\n\n\
                     It is not your appointment, or you cannot come? Tell the practice.\n\n\
                     You receive this message because the practice has noted this address. \
                     It does not mean that you have an account on {name}. \
                     To create one, open “My account”, valid until the appointment:\n\n{link}"
                ),
            ),
            Language::De => (
                "Terminerinnerung",
                format!(
                    "Ihr Termin:\n\n{practice}\n{when}\n\n\
                     Das ist nicht Ihr Termin, oder Sie können nicht kommen? Sagen Sie der Praxis Bescheid.\n\n\
                     Sie erhalten diese Nachricht, weil die Praxis diese Adresse notiert hat. \
                     Das bedeutet nicht, dass Sie ein Konto bei {name} haben. \
                     Um eines anzulegen, öffnen Sie „Mein Konto“, gültig bis zum Termin:\n\n{link}"
                ),
            ),
        };
        self.mail(language, subject, &body)
    }

    /// Text of the SMS. In the alphabet of GSM 03.38, as far as the practice's name is.
    pub fn reminder_sms(&self, language: Language, practice: &str, at: UnixMillis, link: &str) -> String {
        let name = self.portal.get(language);
        let when = local_time::short(at, language);
        let text = match language {
            Language::Fr => format!(
                "{name}: rendez-vous {practice}, {when}. Ce rappel ne veut pas dire que vous avez un compte. Mon compte: {link}"
            ),
            Language::En => format!(
                "{name}: appointment {practice}, {when}. This reminder does not mean that you have an account. My account: {link}"
            ),
            Language::De => format!(
                "{name}: Termin {practice}, {when}. Diese Erinnerung bedeutet nicht, dass Sie ein Konto haben. Mein Konto: {link}"
            ),
        };
        match self.mark(language) {
            Some(mark) => format!("{text} {mark}"),
            None => text,
        }
    }
}
