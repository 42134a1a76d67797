//! What mails say to whoever opens an account, or has one already.

use super::texts::{Catalogue, NB, NNB};
use parvis_portal_profile::Language;

impl Catalogue<'_> {
    /// Subject and text of the mail with the code that proves the address of a new account.
    pub fn registration_code_mail(
        &self,
        language: Language,
        code: &str,
        valid_minutes: u32,
    ) -> (String, String) {
        let name = self.portal.get(language);
        let (subject, body) = match language {
            Language::Fr => (
                "votre code",
                format!(
                    "{code}\n\n\
                     C’est le code qui confirme votre adresse pour ouvrir un compte {name}, valable {valid_minutes}{NB}minutes. \
                     Ne le donnez à personne.\n\n\
                     Vous ne l’avez pas demandé{NNB}? Il n’y a rien à faire{NB}: sans ce code, aucun compte n’est ouvert."
                ),
            ),
            Language::En => (
                "your code",
                format!(
                    "{code}\n\n\
                     This is the code that confirms your address to open an account on {name}, valid for {valid_minutes}{NB}minutes. \
                     Never give it to anyone.\n\n\
                     You did not ask for it? There is nothing to do: without this code, no account is opened."
                ),
            ),
            Language::De => (
                "Ihr Code",
                format!(
                    "{code}\n\n\
                     Mit diesem Code bestätigen Sie Ihre Adresse für ein neues Konto bei {name}; er gilt {valid_minutes}{NB}Minuten. \
                     Geben Sie ihn niemandem.\n\n\
                     Sie haben ihn nicht angefordert? Sie müssen nichts tun: Ohne diesen Code wird kein Konto eröffnet."
                ),
            ),
        };
        self.mail(language, subject, &body)
    }

    /// Subject and text of the mail to the owner of an address that somebody wanted to open an account with.
    pub fn account_exists_mail(&self, language: Language, identifier: &str) -> (String, String) {
        let name = self.portal.get(language);
        let (subject, body) = match language {
            Language::Fr => (
                "vous avez déjà un compte",
                format!(
                    "Quelqu’un, sans doute vous, a voulu ouvrir un compte {name} avec cette adresse. Vous en avez déjà un.\n\n\
                     Votre identifiant{NB}: {identifier}\n\n\
                     Connectez-vous avec lui et votre mot de passe. Vous ne le savez plus{NNB}? Choisissez \
                     «{NB}Mot de passe oublié{NNB}?{NB}» sur l’écran de connexion.\n\n\
                     Ce n’était pas vous{NNB}? Il n’y a rien à faire{NB}: votre compte n’a pas changé, et personne n’apprend que vous en avez un."
                ),
            ),
            Language::En => (
                "you already have an account",
                format!(
                    "Somebody, probably you, wanted to open an account on {name} with this address. You already have one.\n\n\
                     Your identifier: {identifier}\n\n\
                     Sign in with it and your password. You no longer know it? Choose “Forgotten password?” on the sign-in screen.\n\n\
                     It was not you? There is nothing to do: your account has not changed, and nobody learns that you have one."
                ),
            ),
            Language::De => (
                "Sie haben bereits ein Konto",
                format!(
                    "Jemand, vermutlich Sie, wollte mit dieser Adresse ein Konto bei {name} eröffnen. Sie haben bereits eines.\n\n\
                     Ihre Kennung: {identifier}\n\n\
                     Melden Sie sich damit und mit Ihrem Passwort an. Sie wissen es nicht mehr? Wählen Sie „Passwort vergessen?“ \
                     auf dem Anmeldebildschirm.\n\n\
                     Das waren nicht Sie? Sie müssen nichts tun: Ihr Konto ist unverändert, und niemand erfährt, dass Sie eines haben."
                ),
            ),
        };
        self.mail(language, subject, &body)
    }
}
