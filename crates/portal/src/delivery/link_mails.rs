//! Mails with a link: what it does, for how long, and what to do if it was not asked for. The link stands alone on its line.

use super::texts::{Catalogue, NB, NNB, duration};
use parvis_portal_profile::Language;

impl Catalogue<'_> {
    /// Subject and text of the mail with the link that sets a new password, and with the identifier, which may be forgotten too.
    pub fn recovery_mail(
        &self,
        language: Language,
        identifier: &str,
        link: &str,
        valid_minutes: u32,
    ) -> (String, String) {
        let name = self.portal.get(language);
        let valid = duration(language, valid_minutes);
        let (subject, body) = match language {
            Language::Fr => (
                "nouveau mot de passe",
                format!(
                    "Votre identifiant pour {name}{NB}: {identifier}\n\n\
                     Pour choisir un nouveau mot de passe, ouvrez ce lien, valable {valid}{NB}:\n\n{link}\n\n\
                     Ne le transmettez à personne. Votre code de connexion reste demandé ensuite.\n\n\
                     Vous ne l’avez pas demandé{NNB}? Il n’y a rien à faire{NB}: votre mot de passe reste le même."
                ),
            ),
            Language::En => (
                "new password",
                format!(
                    "Your identifier on {name}: {identifier}\n\n\
                     To choose a new password, open this link, valid for {valid}:\n\n{link}\n\n\
                     Do not pass it on to anyone. Your sign-in code is still asked for afterwards.\n\n\
                     You did not ask for it? There is nothing to do: your password stays the same."
                ),
            ),
            Language::De => (
                "neues Passwort",
                format!(
                    "Ihre Kennung bei {name}: {identifier}\n\n\
                     Um ein neues Passwort zu wählen, öffnen Sie diesen Link; er gilt {valid}:\n\n{link}\n\n\
                     Geben Sie ihn niemandem weiter. Nach Ihrem Anmeldecode werden Sie danach weiterhin gefragt.\n\n\
                     Sie haben ihn nicht angefordert? Sie müssen nichts tun: Ihr Passwort bleibt, wie es ist."
                ),
            ),
        };
        self.mail(language, subject, &body)
    }

    /// Subject and text of the mail with the link that sets the first password of an account.
    pub fn first_password_mail(
        &self,
        language: Language,
        identifier: &str,
        link: &str,
        valid_minutes: u32,
    ) -> (String, String) {
        let name = self.portal.get(language);
        let valid = duration(language, valid_minutes);
        let (subject, body) = match language {
            Language::Fr => (
                "choisissez votre mot de passe",
                format!(
                    "Un compte {name} est ouvert à votre nom. Votre identifiant{NB}: {identifier}\n\n\
                     Pour choisir votre mot de passe, ouvrez ce lien, valable {valid}{NB}:\n\n{link}\n\n\
                     Ne le transmettez à personne. Passé ce délai, demandez un nouveau lien par «{NB}Mot de passe oublié{NB}».\n\n\
                     Vous n’attendiez pas ce compte{NNB}? Il n’y a rien à faire{NB}: sans mot de passe, personne n’entre."
                ),
            ),
            Language::En => (
                "choose your password",
                format!(
                    "An account on {name} has been opened in your name. Your identifier: {identifier}\n\n\
                     To choose your password, open this link, valid for {valid}:\n\n{link}\n\n\
                     Do not pass it on to anyone. Once it is over, ask for a new link by “Forgotten password”.\n\n\
                     You did not expect this account? There is nothing to do: without a password, nobody gets in."
                ),
            ),
            Language::De => (
                "Passwort wählen",
                format!(
                    "Bei {name} wurde ein Konto auf Ihren Namen eröffnet. Ihre Kennung: {identifier}\n\n\
                     Um Ihr Passwort zu wählen, öffnen Sie diesen Link; er gilt {valid}:\n\n{link}\n\n\
                     Geben Sie ihn niemandem weiter. Danach erhalten Sie über „Passwort vergessen“ einen neuen Link.\n\n\
                     Sie haben dieses Konto nicht erwartet? Sie müssen nichts tun: Ohne Passwort kommt niemand hinein."
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
}
