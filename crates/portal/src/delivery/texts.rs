//! What mails, SMS and calls say, in every language of the product.

use super::notices::Notice;
use parvis_portal_profile::{Language, Support, Texts};
use std::fmt::Write;

/// No-break space: before `:` and inside « », between a number and its unit.
pub(super) const NB: char = '\u{a0}';
/// Narrow no-break space: before `;`, `!` and `?` in French.
pub(super) const NNB: char = '\u{202f}';

/// What every message of a portal has in common.
#[derive(Debug, Clone, Copy)]
pub struct Catalogue<'a> {
    /// The portal's name.
    pub portal: &'a Texts,
    /// Whom to contact.
    pub support: &'a Support,
    /// Host of the portal's public address: what an SMS code is bound to.
    pub domain: &'a str,
    /// Every message says that this is a demonstration.
    pub demonstration: bool,
}

impl Catalogue<'_> {
    /// The portal's name, as the sender of its mails.
    pub fn sender(&self, language: Language) -> String {
        let name = self.portal.get(language);
        if self.demonstration { format!("{name} ({})", demonstration(language)) } else { name.to_owned() }
    }

    /// Subject and text of a mail with a code. The code stands first and alone on its line, and never in the subject.
    pub fn code_mail(&self, language: Language, code: &str, valid_minutes: u32) -> (String, String) {
        let name = self.portal.get(language);
        let valid = minutes(language, valid_minutes);
        let (subject, body) = match language {
            Language::Fr => (
                "votre code de connexion",
                format!(
                    "Voici votre code de connexion pour {name}, demandé à l’instant. Il est valable {valid}.\n\n\
                     Ne le communiquez à personne{NB}: ni {name} ni son support ne vous le demanderont jamais.\n\n\
                     Vous ne l’avez pas demandé{NNB}? Il n’y a rien à faire{NB}: sans ce code, personne n’entre. \
                     Si cela se répète, changez votre mot de passe."
                ),
            ),
            Language::En => (
                "your sign-in code",
                format!(
                    "This is your code to sign in to {name}, asked for just now. It is valid for {valid}.\n\n\
                     Never share it: neither {name} nor its support will ever ask you for it.\n\n\
                     You did not ask for it? There is nothing to do: without this code, nobody gets in. \
                     If it happens again, change your password."
                ),
            ),
            Language::De => (
                "Ihr Anmeldecode",
                format!(
                    "Das ist Ihr Code für die Anmeldung bei {name}, soeben angefordert. Er gilt {valid}.\n\n\
                     Geben Sie ihn niemandem weiter: Weder {name} noch der Support werden Sie je danach fragen.\n\n\
                     Sie haben ihn nicht angefordert? Sie müssen nichts tun: Ohne diesen Code kommt niemand hinein. \
                     Geschieht es wieder, ändern Sie Ihr Passwort."
                ),
            ),
        };
        self.mail(language, subject, &format!("{code}\n\n{body}"))
    }

    /// Text of an SMS with a code: the code first, alone on its line; the line that binds it to the portal's domain
    /// last, as phones read it. No typographic spaces or apostrophes: with the alphabet of GSM 03.38 it stays one SMS.
    pub fn code_sms(&self, language: Language, code: &str, valid_minutes: u32) -> String {
        let name = self.portal.get(language);
        let body = match language {
            Language::Fr => format!(
                "Code de connexion {name}, valable {valid_minutes} min. Ne le donnez jamais. \
                 Sans demande de votre part, rien à faire."
            ),
            Language::En => format!(
                "Sign-in code for {name}, valid {valid_minutes} min. Never share it. \
                 Not asked for? Nothing to do."
            ),
            Language::De => format!(
                "Anmeldecode für {name}, gilt {valid_minutes} Min. Nie weitergeben. \
                 Nicht angefordert? Nichts zu tun."
            ),
        };
        self.sms(language, code, &body)
    }

    /// Subject and text of a mail with the code that proves a new e-mail address.
    pub fn contact_code_mail(&self, language: Language, code: &str, valid_minutes: u32) -> (String, String) {
        let name = self.portal.get(language);
        let valid = minutes(language, valid_minutes);
        let (subject, body) = match language {
            Language::Fr => (
                "confirmez votre adresse e-mail",
                format!(
                    "Saisissez ce code dans votre fiche {name} pour confirmer que cette adresse est la vôtre. Il est valable \
                     {valid}.\n\n\
                     Ne le communiquez à personne{NB}: ni {name} ni son support ne vous le demanderont jamais.\n\n\
                     Vous ne l’avez pas demandé{NNB}? Il n’y a rien à faire{NB}: sans ce code, rien ne change."
                ),
            ),
            Language::En => (
                "confirm your e-mail address",
                format!(
                    "Enter this code in your profile on {name} to confirm that this address is yours. It is valid for \
                     {valid}.\n\n\
                     Never share it: neither {name} nor its support will ever ask you for it.\n\n\
                     You did not ask for it? There is nothing to do: without this code, nothing changes."
                ),
            ),
            Language::De => (
                "E-Mail-Adresse bestätigen",
                format!(
                    "Geben Sie diesen Code in Ihrem Profil bei {name} ein, um zu bestätigen, dass diese Adresse Ihnen gehört. \
                     Er gilt {valid}.\n\n\
                     Geben Sie ihn niemandem weiter: Weder {name} noch der Support werden Sie je danach fragen.\n\n\
                     Sie haben ihn nicht angefordert? Sie müssen nichts tun: Ohne diesen Code ändert sich nichts."
                ),
            ),
        };
        self.mail(language, subject, &format!("{code}\n\n{body}"))
    }

    /// Text of an SMS with the code that proves a new number; laid out as [`Catalogue::code_sms`].
    pub fn contact_code_sms(&self, language: Language, code: &str, valid_minutes: u32) -> String {
        let name = self.portal.get(language);
        let body = match language {
            Language::Fr => format!(
                "Code pour confirmer ce numéro, {name}, valable {valid_minutes} min. Ne le donnez jamais."
            ),
            Language::En => {
                format!("Code to confirm this number, {name}, valid {valid_minutes} min. Never share it.")
            }
            Language::De => format!(
                "Code zum Bestätigen dieser Nummer, {name}, gilt {valid_minutes} Min. Nie weitergeben."
            ),
        };
        self.sms(language, code, &body)
    }

    /// Text of an SMS with the code that proves a number at registration; laid out as [`Catalogue::code_sms`].
    pub fn registration_code_sms(&self, language: Language, code: &str, valid_minutes: u32) -> String {
        let name = self.portal.get(language);
        let body = match language {
            Language::Fr => format!(
                "Code d'inscription {name}, valable {valid_minutes} min. Ne le donnez jamais. \
                 Sans demande de votre part, rien à faire."
            ),
            Language::En => format!(
                "Registration code for {name}, valid {valid_minutes} min. Never share it. \
                 Not asked for? Nothing to do."
            ),
            Language::De => format!(
                "Registrierungscode für {name}, gilt {valid_minutes} Min. Nie weitergeben. \
                 Nicht angefordert? Nichts zu tun."
            ),
        };
        self.sms(language, code, &body)
    }

    /// What is spoken in a call with the code that proves a number at registration. Each digit stands by itself, so that
    /// none of them is read as part of a number; they are on lines of their own, without a full stop, which makes German
    /// voices say « die siebte ».
    pub fn registration_code_call(&self, language: Language, code: &str) -> String {
        let name = self.portal.get(language);
        let mark = self.mark(language).map(|mark| format!(" {mark}")).unwrap_or_default();
        let digits: Vec<String> = code.chars().map(String::from).collect();
        let digits = digits.join(", ");
        match language {
            Language::Fr => format!(
                "Bonjour. Ceci est un appel de {name}.{mark} Voici votre code d'inscription.\n{digits}\n\
                 Je répète.\n{digits}\nJe répète encore.\n{digits}\n\
                 Ne donnez ce code à personne. Si vous ne l'avez pas demandé, raccrochez."
            ),
            Language::En => format!(
                "Hello. This is a call from {name}.{mark} Here is your registration code.\n{digits}\n\
                 I repeat.\n{digits}\nI repeat once more.\n{digits}\n\
                 Never give this code to anyone. If you did not ask for it, hang up."
            ),
            Language::De => format!(
                "Guten Tag. Dies ist ein Anruf von {name}.{mark} Hier ist Ihr Registrierungscode.\n{digits}\n\
                 Ich wiederhole.\n{digits}\nIch wiederhole noch einmal.\n{digits}\n\
                 Geben Sie diesen Code niemandem weiter. Wenn Sie ihn nicht angefordert haben, legen Sie auf."
            ),
        }
    }

    /// Text of an SMS notice: what happened, and whom to tell. In the alphabet of GSM 03.38.
    pub fn notice_sms(&self, language: Language, notice: Notice) -> String {
        let (name, mark) = (self.portal.get(language), self.mark(language));
        let support = self.support.phone.as_deref().or(self.support.email.as_deref()).unwrap_or_default();
        let said = notice.short(language);
        let text = match language {
            Language::Fr => format!("{name}: {said} Pas vous? Prévenez le support {support}"),
            Language::En => format!("{name}: {said} Not you? Tell support {support}"),
            Language::De => format!("{name}: {said} Nicht Sie? Support informieren {support}"),
        };
        [text.trim_end(), mark.unwrap_or_default()].join(" ").trim_end().to_owned()
    }

    /// Subject and text of a notice, with what to do.
    pub fn notice(&self, language: Language, notice: Notice) -> (String, String) {
        let (subject, body) = notice.words(language, self.portal.get(language));
        self.mail(language, subject, &format!("{body}{}", self.contact(language)))
    }

    /// The layout of an SMS with a code.
    fn sms(&self, language: Language, code: &str, body: &str) -> String {
        let mark = self.mark(language).map(|mark| format!(" {mark}")).unwrap_or_default();
        format!("{code}\n{body}{mark}\n@{} #{code}", self.domain)
    }

    /// Puts the portal's name before the subject, and says where it is a demonstration.
    pub(super) fn mail(&self, language: Language, subject: &str, body: &str) -> (String, String) {
        let name = self.portal.get(language);
        let colon = if language == Language::Fr { format!("{NB}:") } else { ":".to_owned() };
        let mut text = format!("{body}\n\n-- \n{name}\n");
        let mut subject = format!("{name}{colon} {subject}");
        if let Some(mark) = self.mark(language) {
            let _ = writeln!(text, "{mark}");
            let _ = write!(subject, " ({})", demonstration(language));
        }
        (subject, text)
    }

    pub(super) fn mark(&self, language: Language) -> Option<&'static str> {
        self.demonstration.then_some(match language {
            Language::Fr => "Démonstration, sans lien avec un portail réel.",
            Language::En => "Demonstration, not related to any real portal.",
            Language::De => "Demonstration ohne Bezug zu einem echten Portal.",
        })
    }

    fn contact(&self, language: Language) -> String {
        let ways = [self.support.phone.as_deref(), self.support.email.as_deref()];
        let ways: Vec<&str> = ways.into_iter().flatten().collect();
        if ways.is_empty() {
            return String::new();
        }
        let label = match language {
            Language::Fr => format!("Support{NB}:"),
            Language::En | Language::De => "Support:".to_owned(),
        };
        format!("\n\n{label} {}", ways.join(", "))
    }
}

fn demonstration(language: Language) -> &'static str {
    match language {
        Language::Fr => "démonstration",
        Language::En => "demonstration",
        Language::De => "Demonstration",
    }
}

fn minutes(language: Language, count: u32) -> String {
    let unit = match (language, count) {
        (Language::Fr | Language::En, 1) => "minute",
        (Language::Fr | Language::En, _) => "minutes",
        (Language::De, 1) => "Minute",
        (Language::De, _) => "Minuten",
    };
    format!("{count}{NB}{unit}")
}

/// In hours where it is whole hours.
pub(super) fn duration(language: Language, count: u32) -> String {
    if count == 0 || !count.is_multiple_of(60) {
        return minutes(language, count);
    }
    let hours = count / 60;
    let unit = match (language, hours) {
        (Language::Fr, 1) => "heure",
        (Language::Fr, _) => "heures",
        (Language::En, 1) => "hour",
        (Language::En, _) => "hours",
        (Language::De, 1) => "Stunde",
        (Language::De, _) => "Stunden",
    };
    format!("{hours}{NB}{unit}")
}
