//! What mails and SMS say, in every language of the product.

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
                     Ne le communiquez à personne{NB}: ni {name} ni son assistance ne vous le demanderont jamais.\n\n\
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
        let mark = self.mark(language).map(|mark| format!(" {mark}")).unwrap_or_default();
        format!("{code}\n{body}{mark}\n@{} #{code}", self.domain)
    }

    /// Subject and text of the mail with the link that sets a new password.
    pub fn recovery_mail(&self, language: Language, link: &str, valid_minutes: u32) -> (String, String) {
        let name = self.portal.get(language);
        let valid = duration(language, valid_minutes);
        let (subject, body) = match language {
            Language::Fr => (
                "nouveau mot de passe",
                format!(
                    "Pour choisir un nouveau mot de passe pour {name}, ouvrez ce lien, valable {valid}{NB}:\n\n{link}\n\n\
                     Ne le transmettez à personne. Votre code de connexion reste demandé ensuite.\n\n\
                     Vous ne l’avez pas demandé{NNB}? Il n’y a rien à faire{NB}: votre mot de passe reste le même."
                ),
            ),
            Language::En => (
                "new password",
                format!(
                    "To choose a new password for {name}, open this link, valid for {valid}:\n\n{link}\n\n\
                     Do not pass it on to anyone. Your sign-in code is still asked for afterwards.\n\n\
                     You did not ask for it? There is nothing to do: your password stays the same."
                ),
            ),
            Language::De => (
                "neues Passwort",
                format!(
                    "Um ein neues Passwort für {name} zu wählen, öffnen Sie diesen Link; er gilt {valid}:\n\n{link}\n\n\
                     Geben Sie ihn niemandem weiter. Nach Ihrem Anmeldecode werden Sie danach weiterhin gefragt.\n\n\
                     Sie haben ihn nicht angefordert? Sie müssen nichts tun: Ihr Passwort bleibt, wie es ist."
                ),
            ),
        };
        self.mail(language, subject, &body)
    }

    /// Subject and text of the mail with the link that activates an account.
    pub fn activation_mail(&self, language: Language, link: &str, valid_minutes: u32) -> (String, String) {
        let name = self.portal.get(language);
        let valid = duration(language, valid_minutes);
        let (subject, body) = match language {
            Language::Fr => (
                "activez votre compte",
                format!(
                    "Pour activer votre compte {name}, ouvrez ce lien, valable {valid}{NB}:\n\n{link}\n\n\
                     Vous ne l’avez pas demandé{NNB}? Il n’y a rien à faire{NB}: sans ce lien, le compte reste inactif."
                ),
            ),
            Language::En => (
                "activate your account",
                format!(
                    "To activate your account on {name}, open this link, valid for {valid}:\n\n{link}\n\n\
                     You did not ask for it? There is nothing to do: without this link, the account stays inactive."
                ),
            ),
            Language::De => (
                "Konto aktivieren",
                format!(
                    "Um Ihr Konto bei {name} zu aktivieren, öffnen Sie diesen Link; er gilt {valid}:\n\n{link}\n\n\
                     Sie haben ihn nicht angefordert? Sie müssen nichts tun: Ohne diesen Link bleibt das Konto inaktiv."
                ),
            ),
        };
        self.mail(language, subject, &body)
    }

    /// Subject and text of a notice, with what to do.
    pub fn notice(&self, language: Language, notice: Notice) -> (String, String) {
        let (subject, body) = notice.words(language, self.portal.get(language));
        self.mail(language, subject, &format!("{body}{}", self.contact(language)))
    }

    /// Puts the portal's name before the subject, and says where it is a demonstration.
    fn mail(&self, language: Language, subject: &str, body: &str) -> (String, String) {
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

    fn mark(&self, language: Language) -> Option<&'static str> {
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
            Language::Fr => format!("Assistance{NB}:"),
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
