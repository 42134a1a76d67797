//! What mails say to whoever opens an account, or has one already.

use super::texts::{Catalogue, NB, NNB, duration};
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

    /// Subject and text of the mail that invites somebody as a delegate: the link sets their first password.
    pub fn invitation_mail(
        &self,
        language: Language,
        inviter: &str,
        identifier: &str,
        link: &str,
        valid_minutes: u32,
    ) -> (String, String) {
        let name = self.portal.get(language);
        let valid = duration(language, valid_minutes);
        let (subject, body) = match language {
            Language::Fr => (
                "vous êtes invité comme délégué",
                format!(
                    "{inviter} vous invite à entrer sur {name} en son nom, avec un compte à vous.\n\n\
                     Votre identifiant{NB}: {identifier}\n\n\
                     Pour accepter, choisissez votre mot de passe par ce lien, valable {valid}{NB}:\n\n{link}\n\n\
                     Ne le transmettez à personne. Passé ce délai, demandez à {inviter} de renvoyer l’invitation.\n\n\
                     Vous ne connaissez pas cette personne{NNB}? Il n’y a rien à faire{NB}: sans mot de passe, personne n’entre."
                ),
            ),
            Language::En => (
                "you are invited as a delegate",
                format!(
                    "{inviter} invites you to enter {name} on their behalf, with an account of your own.\n\n\
                     Your identifier: {identifier}\n\n\
                     To accept, choose your password by this link, valid for {valid}:\n\n{link}\n\n\
                     Do not pass it on to anyone. Once it is over, ask {inviter} to send the invitation again.\n\n\
                     You do not know this person? There is nothing to do: without a password, nobody gets in."
                ),
            ),
            Language::De => (
                "Einladung als Beauftragte oder Beauftragter",
                format!(
                    "{inviter} lädt Sie ein, {name} im Auftrag zu nutzen, mit einem eigenen Konto.\n\n\
                     Ihre Kennung: {identifier}\n\n\
                     Zum Annehmen wählen Sie über diesen Link Ihr Passwort; er gilt {valid}:\n\n{link}\n\n\
                     Geben Sie ihn niemandem weiter. Danach bitten Sie {inviter}, die Einladung erneut zu senden.\n\n\
                     Sie kennen diese Person nicht? Sie müssen nichts tun: Ohne Passwort kommt niemand hinein."
                ),
            ),
        };
        self.mail(language, subject, &body)
    }

    /// Subject and text of the mail to somebody with an account who was invited as a delegate.
    pub fn delegation_mail(&self, language: Language, inviter: &str, is_delegate: bool) -> (String, String) {
        let name = self.portal.get(language);
        let subject = match language {
            Language::Fr => "vous êtes invité comme délégué",
            Language::En => "you are invited as a delegate",
            Language::De => "Einladung als Beauftragte oder Beauftragter",
        };
        let body = match (language, is_delegate) {
            (Language::Fr, true) => format!(
                "{inviter} vous invite à entrer sur {name} en son nom. Pour accepter, connectez-vous comme d’habitude.\n\n\
                 Vous ne connaissez pas cette personne{NNB}? Écrivez au support."
            ),
            (Language::En, true) => format!(
                "{inviter} invites you to enter {name} on their behalf. To accept, sign in as usual.\n\n\
                 You do not know this person? Write to support."
            ),
            (Language::De, true) => format!(
                "{inviter} lädt Sie ein, {name} im Auftrag zu nutzen. Zum Annehmen melden Sie sich wie gewohnt an.\n\n\
                 Sie kennen diese Person nicht? Schreiben Sie dem Support."
            ),
            (Language::Fr, false) => format!(
                "{inviter} vous invite comme délégué sur {name}, avec cette adresse. Elle est celle d’un compte d’une autre sorte{NB}: \
                 un délégué a besoin d’une adresse qui ne sert à aucun autre compte.\n\n\
                 Donnez une autre adresse à {inviter}. Votre compte n’a pas changé."
            ),
            (Language::En, false) => format!(
                "{inviter} invites you as a delegate on {name}, with this address. It is that of an account of another kind: \
                 a delegate needs an address that serves no other account.\n\n\
                 Give {inviter} another address. Your account has not changed."
            ),
            (Language::De, false) => format!(
                "{inviter} lädt Sie mit dieser Adresse als Beauftragte oder Beauftragten bei {name} ein. Sie gehört zu einem Konto \
                 anderer Art: Dafür braucht es eine Adresse, die zu keinem anderen Konto gehört.\n\n\
                 Nennen Sie {inviter} eine andere Adresse. Ihr Konto ist unverändert."
            ),
        };
        self.mail(language, subject, &body)
    }
}
