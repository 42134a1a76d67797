//! What people are told after it happened, and what to do then.

use super::texts::{NB, NNB, duration};
use parvis_portal_profile::{Language, MethodId};

/// Something that a person is told after it happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// Wrong codes blocked a method for a time.
    MethodBlocked {
        /// The method.
        method: MethodId,
        /// For this long, minutes.
        minutes: u32,
    },
    /// Wrong codes blocked the account, or the method until support acts.
    AccountBlocked,
    /// A sign-in on a workstation where this person was not known (CHN-06).
    NewWorkstation,
    /// Another professional signed in on the workstation that was remembered.
    TrustEndedByOther,
    /// The password was changed or reset.
    PasswordChanged,
    /// A way to get codes was added, changed or removed.
    FactorsChanged,
    /// The e-mail address was changed; told to the old one.
    EmailChanged,
    /// Support has lifted the block of the account.
    AccountUnblocked,
    /// After a mailed reset, the mailbox gave the code too: nothing else was there.
    SingleChannelRecovery,
    /// Requests for codes without a right one blocked the account.
    RequestsBlocked,
    /// A recovery code was used at a sign-in.
    RecoveryCodeUsed {
        /// So many are left.
        left: u32,
    },
}

impl Notice {
    /// The end of the subject, and the text.
    pub(super) fn words(self, language: Language, name: &str) -> (&'static str, String) {
        match language {
            Language::Fr => french(self, name),
            Language::En => english(self, name),
            Language::De => german(self, name),
        }
    }

    /// In one sentence, for an SMS: in the alphabet of GSM 03.38.
    pub(super) const fn short(self, language: Language) -> &'static str {
        let [fr, en, de] = match self {
            Self::MethodBlocked { .. } => {
                ["Trop de codes erronés.", "Too many wrong codes.", "Zu viele falsche Codes."]
            }
            Self::AccountBlocked => {
                ["votre compte est bloqué.", "your account is blocked.", "Ihr Konto ist gesperrt."]
            }
            Self::NewWorkstation => [
                "connexion depuis un nouveau poste.",
                "sign-in from a new workstation.",
                "Anmeldung an einem neuen Arbeitsplatz.",
            ],
            Self::TrustEndedByOther => [
                "votre enregistrement sur un poste est annulé.",
                "you are no longer remembered on a workstation.",
                "Sie sind an einem Arbeitsplatz nicht mehr gespeichert.",
            ],
            Self::PasswordChanged => [
                "votre mot de passe a été modifié.",
                "your password was changed.",
                "Ihr Passwort wurde geändert.",
            ],
            Self::FactorsChanged => [
                "vos moyens de connexion ont été modifiés.",
                "your ways to sign in were changed.",
                "Ihre Anmeldewege wurden geändert.",
            ],
            Self::EmailChanged => [
                "votre adresse e-mail a été modifiée.",
                "your e-mail address was changed.",
                "Ihre E-Mail-Adresse wurde geändert.",
            ],
            Self::AccountUnblocked => {
                ["votre compte est débloqué.", "your account is unblocked.", "Ihr Konto ist entsperrt."]
            }
            Self::SingleChannelRecovery => [
                "mot de passe et code sont venus d'une seule adresse e-mail.",
                "password and code came from the same mailbox.",
                "Passwort und Code kamen aus demselben Postfach.",
            ],
            Self::RequestsBlocked => [
                "trop de demandes de code, votre compte est bloqué.",
                "too many requests for codes, your account is blocked.",
                "zu viele Code-Anforderungen, Ihr Konto ist gesperrt.",
            ],
            Self::RecoveryCodeUsed { .. } => [
                "un code de secours a été utilisé.",
                "a recovery code was used.",
                "ein Wiederherstellungscode wurde verwendet.",
            ],
        };
        match language {
            Language::Fr => fr,
            Language::En => en,
            Language::De => de,
        }
    }
}

fn french(notice: Notice, name: &str) -> (&'static str, String) {
    match notice {
        Notice::MethodBlocked { method, minutes: time } => (
            "trop de codes erronés",
            format!(
                "Trop de codes erronés ont été saisis pour votre compte {name}. Les codes {} sont bloqués pendant {}{NNB}; \
                 les autres moyens restent possibles.\n\n\
                 C’était vous{NNB}? Attendez la fin du blocage, ou choisissez un autre moyen.\n\n\
                 Ce n’était pas vous{NNB}? Quelqu’un connaît votre mot de passe{NB}: changez-le dès maintenant.",
                match method {
                    MethodId::Email => "par e-mail",
                    MethodId::Sms => "par SMS",
                    MethodId::Voice => "par appel",
                    MethodId::Totp => "de l’application d’authentification",
                    MethodId::RecoveryCode => "de secours",
                },
                duration(Language::Fr, time),
            ),
        ),
        Notice::AccountBlocked => (
            "votre compte est bloqué",
            format!(
                "Trop de codes erronés ont été saisis{NB}: votre compte {name} est bloqué et ses sessions sont fermées.\n\n\
                 Pour le débloquer, contactez le support.\n\n\
                 Ce n’était pas vous{NNB}? Dites-le au support{NB}: quelqu’un connaît votre mot de passe."
            ),
        ),
        Notice::NewWorkstation => (
            "connexion depuis un nouveau poste",
            format!(
                "Une connexion à votre compte {name} vient d’avoir lieu depuis un poste où vous n’étiez pas connu.\n\n\
                 C’était vous{NNB}? Il n’y a rien à faire.\n\n\
                 Ce n’était pas vous{NNB}? Changez votre mot de passe dès maintenant en fermant les autres sessions, \
                 et prévenez le support."
            ),
        ),
        Notice::TrustEndedByOther => (
            "votre enregistrement sur un poste est annulé",
            format!(
                "Un autre professionnel s’est connecté à «{NB}{name}{NB}» sur le poste où vous aviez enregistré la double \
                 authentification. Votre enregistrement y est annulé et vos sessions y sont fermées.\n\n\
                 Il n’y a rien à faire{NB}: à votre prochaine connexion, un code vous sera de nouveau demandé. \
                 Vous pourrez alors enregistrer de nouveau ce poste."
            ),
        ),
        Notice::PasswordChanged => (
            "votre mot de passe a été modifié",
            format!(
                "Le mot de passe de votre compte {name} vient d’être modifié.\n\n\
                 C’était vous{NNB}? Il n’y a rien à faire.\n\n\
                 Ce n’était pas vous{NNB}? Utilisez «{NB}Mot de passe oublié{NB}» dès maintenant, et prévenez le support."
            ),
        ),
        Notice::FactorsChanged => (
            "vos moyens de connexion ont été modifiés",
            format!(
                "Un moyen de recevoir vos codes de connexion pour {name} vient d’être ajouté, modifié ou retiré. \
                 Vos postes enregistrés sont annulés.\n\n\
                 C’était vous{NNB}? Il n’y a rien à faire.\n\n\
                 Ce n’était pas vous{NNB}? Changez votre mot de passe dès maintenant, et prévenez le support."
            ),
        ),
        Notice::EmailChanged => (
            "votre adresse e-mail a été modifiée",
            format!(
                "L’adresse e-mail de votre compte {name} vient d’être remplacée par une autre. Cette adresse ne recevra plus \
                 rien{NNB}; vos postes enregistrés sont annulés et vos autres sessions fermées.\n\n\
                 C’était vous{NNB}? Il n’y a rien à faire.\n\n\
                 Ce n’était pas vous{NNB}? Prévenez le support dès maintenant{NB}: «{NB}Mot de passe oublié{NB}» écrirait à la \
                 nouvelle adresse."
            ),
        ),
        Notice::AccountUnblocked => (
            "votre compte est débloqué",
            format!(
                "Le support a débloqué votre compte {name}. Vous pouvez vous connecter de nouveau{NNB}; vos essais et vos \
                 demandes de code repartent de zéro.\n\n\
                 Vous ne l’avez pas demandé{NNB}? Changez votre mot de passe, et prévenez le support."
            ),
        ),
        Notice::SingleChannelRecovery => (
            "connexion par votre seule adresse e-mail",
            format!(
                "Après un nouveau mot de passe demandé par e-mail, une connexion à votre compte {name} vient d’avoir lieu avec un \
                 code reçu à la même adresse. Qui lit vos e-mails a donc pu entrer seul.\n\n\
                 C’était vous{NNB}? Ajoutez un «{NB}Téléphone de secours{NB}» à votre fiche{NB}: la prochaine fois, le code ira \
                 ailleurs.\n\n\
                 Ce n’était pas vous{NNB}? Changez le mot de passe de votre messagerie, et prévenez le support."
            ),
        ),
        Notice::RequestsBlocked => (
            "votre compte est bloqué après trop de demandes",
            format!(
                "Plusieurs codes ont été demandés sans qu’un code juste soit saisi{NB}: votre compte {name} est bloqué et ses \
                 sessions sont fermées.\n\n\
                 Pour le débloquer, contactez le support.\n\n\
                 Ce n’était pas vous{NNB}? Dites-le au support{NB}: quelqu’un connaît votre mot de passe."
            ),
        ),
        Notice::RecoveryCodeUsed { left } => (
            "un code de secours a été utilisé",
            format!(
                "Un code de secours vient d’être utilisé pour vous connecter à {name}. Codes restants{NB}: {left}. \
                 Vos postes enregistrés sont annulés.\n\n\
                 C’était vous{NNB}? Activez une nouvelle application d’authentification, ou créez de nouveaux codes.\n\n\
                 Ce n’était pas vous{NNB}? Changez votre mot de passe dès maintenant, et prévenez le support."
            ),
        ),
    }
}

fn english(notice: Notice, name: &str) -> (&'static str, String) {
    match notice {
        Notice::MethodBlocked { method, minutes: time } => (
            "too many wrong codes",
            format!(
                "Too many wrong codes were entered for your account on {name}. Codes {} are blocked for {}; \
                 the other ways stay open.\n\n\
                 Was it you? Wait until the block ends, or choose another way.\n\n\
                 It was not you? Somebody knows your password: change it now.",
                match method {
                    MethodId::Email => "by e-mail",
                    MethodId::Sms => "by SMS",
                    MethodId::Voice => "by call",
                    MethodId::Totp => "from the authenticator app",
                    MethodId::RecoveryCode => "of recovery",
                },
                duration(Language::En, time),
            ),
        ),
        Notice::AccountBlocked => (
            "your account is blocked",
            format!(
                "Too many wrong codes were entered: your account on {name} is blocked, and its sessions are closed.\n\n\
                 To have it unblocked, contact support.\n\n\
                 It was not you? Tell support: somebody knows your password."
            ),
        ),
        Notice::NewWorkstation => (
            "sign-in from a new workstation",
            format!(
                "Somebody has just signed in to your account on {name} from a workstation where you were not known.\n\n\
                 Was it you? There is nothing to do.\n\n\
                 It was not you? Change your password now, closing the other sessions, and tell support."
            ),
        ),
        Notice::TrustEndedByOther => (
            "you are no longer remembered on a workstation",
            format!(
                "Another professional signed in to {name} on the workstation where you had your second factor remembered. \
                 You are no longer remembered there, and your sessions there are closed.\n\n\
                 There is nothing to do: at your next sign-in you will be asked for a code again, and can have the \
                 workstation remembered again."
            ),
        ),
        Notice::PasswordChanged => (
            "your password was changed",
            format!(
                "The password of your account on {name} has just been changed.\n\n\
                 Was it you? There is nothing to do.\n\n\
                 It was not you? Use “Forgotten password” now, and tell support."
            ),
        ),
        Notice::FactorsChanged => (
            "your ways to sign in were changed",
            format!(
                "A way to get your codes for {name} has just been added, changed or removed. \
                 Your remembered workstations are forgotten.\n\n\
                 Was it you? There is nothing to do.\n\n\
                 It was not you? Change your password now, and tell support."
            ),
        ),
        Notice::EmailChanged => (
            "your e-mail address was changed",
            format!(
                "The e-mail address of your account on {name} has just been replaced by another. This address will get nothing \
                 more; your remembered workstations are forgotten and your other sessions closed.\n\n\
                 Was it you? There is nothing to do.\n\n\
                 It was not you? Tell support now: “Forgotten password” would write to the new address."
            ),
        ),
        Notice::AccountUnblocked => (
            "your account is unblocked",
            format!(
                "Support has unblocked your account on {name}. You can sign in again; your tries and requests for codes begin \
                 anew.\n\n\
                 You did not ask for it? Change your password, and tell support."
            ),
        ),
        Notice::SingleChannelRecovery => (
            "sign-in by your mailbox alone",
            format!(
                "After a new password that was asked for by e-mail, somebody has just signed in to your account on {name} with a \
                 code sent to the same address. Whoever reads your mails could get in alone.\n\n\
                 Was it you? Add a backup telephone to your profile: next time, the code will go elsewhere.\n\n\
                 It was not you? Change the password of your mailbox, and tell support."
            ),
        ),
        Notice::RequestsBlocked => (
            "your account is blocked after too many requests",
            format!(
                "Several codes were requested and no right one was entered: your account on {name} is blocked, and its \
                 sessions are closed.\n\n\
                 To have it unblocked, contact support.\n\n\
                 It was not you? Tell support: somebody knows your password."
            ),
        ),
        Notice::RecoveryCodeUsed { left } => (
            "a recovery code was used",
            format!(
                "A recovery code has just been used to sign in to {name}. Codes left: {left}. \
                 Your remembered workstations are forgotten.\n\n\
                 Was it you? Activate a new authenticator app, or make new codes.\n\n\
                 It was not you? Change your password now, and tell support."
            ),
        ),
    }
}

fn german(notice: Notice, name: &str) -> (&'static str, String) {
    match notice {
        Notice::MethodBlocked { method, minutes: time } => (
            "zu viele falsche Codes",
            format!(
                "Für Ihr Konto bei {name} wurden zu viele falsche Codes eingegeben. Codes {} sind für {} gesperrt; \
                 die anderen Wege bleiben offen.\n\n\
                 Waren Sie es? Warten Sie das Ende der Sperre ab, oder wählen Sie einen anderen Weg.\n\n\
                 Sie waren es nicht? Jemand kennt Ihr Passwort: Ändern Sie es sofort.",
                match method {
                    MethodId::Email => "per E-Mail",
                    MethodId::Sms => "per SMS",
                    MethodId::Voice => "per Anruf",
                    MethodId::Totp => "aus der Authenticator-App",
                    MethodId::RecoveryCode => "zur Wiederherstellung",
                },
                duration(Language::De, time),
            ),
        ),
        Notice::AccountBlocked => (
            "Ihr Konto ist gesperrt",
            format!(
                "Es wurden zu viele falsche Codes eingegeben: Ihr Konto bei {name} ist gesperrt, \
                 seine Sitzungen sind beendet.\n\n\
                 Um es entsperren zu lassen, wenden Sie sich an den Support.\n\n\
                 Sie waren es nicht? Sagen Sie es dem Support: Jemand kennt Ihr Passwort."
            ),
        ),
        Notice::NewWorkstation => (
            "Anmeldung an einem neuen Arbeitsplatz",
            format!(
                "Soeben wurde Ihr Konto bei {name} an einem Arbeitsplatz angemeldet, an dem Sie nicht bekannt waren.\n\n\
                 Waren Sie es? Sie müssen nichts tun.\n\n\
                 Sie waren es nicht? Ändern Sie sofort Ihr Passwort, beenden Sie dabei die anderen Sitzungen, \
                 und wenden Sie sich an den Support."
            ),
        ),
        Notice::TrustEndedByOther => (
            "Sie sind an einem Arbeitsplatz nicht mehr gespeichert",
            format!(
                "Eine andere Fachperson hat sich bei {name} an dem Arbeitsplatz angemeldet, an dem Ihr zweiter Faktor \
                 gespeichert war. Sie sind dort nicht mehr gespeichert, Ihre Sitzungen dort sind beendet.\n\n\
                 Sie müssen nichts tun: Bei der nächsten Anmeldung werden Sie wieder nach einem Code gefragt und können \
                 den Arbeitsplatz erneut speichern."
            ),
        ),
        Notice::PasswordChanged => (
            "Ihr Passwort wurde geändert",
            format!(
                "Das Passwort Ihres Kontos bei {name} wurde soeben geändert.\n\n\
                 Waren Sie es? Sie müssen nichts tun.\n\n\
                 Sie waren es nicht? Nutzen Sie sofort „Passwort vergessen“, und wenden Sie sich an den Support."
            ),
        ),
        Notice::FactorsChanged => (
            "Ihre Anmeldewege wurden geändert",
            format!(
                "Ein Weg, auf dem Sie Codes für {name} erhalten, wurde soeben hinzugefügt, geändert oder entfernt. \
                 Ihre gespeicherten Arbeitsplätze gelten nicht mehr.\n\n\
                 Waren Sie es? Sie müssen nichts tun.\n\n\
                 Sie waren es nicht? Ändern Sie sofort Ihr Passwort, und wenden Sie sich an den Support."
            ),
        ),
        Notice::EmailChanged => (
            "Ihre E-Mail-Adresse wurde geändert",
            format!(
                "Die E-Mail-Adresse Ihres Kontos bei {name} wurde soeben durch eine andere ersetzt. Diese Adresse erhält nichts \
                 mehr; Ihre gespeicherten Arbeitsplätze gelten nicht mehr, Ihre anderen Sitzungen sind beendet.\n\n\
                 Waren Sie es? Sie müssen nichts tun.\n\n\
                 Sie waren es nicht? Sagen Sie es sofort dem Support: „Passwort vergessen“ schriebe an die neue Adresse."
            ),
        ),
        Notice::AccountUnblocked => (
            "Ihr Konto ist entsperrt",
            format!(
                "Der Support hat Ihr Konto bei {name} entsperrt. Sie können sich wieder anmelden; Ihre Versuche und \
                 Code-Anforderungen beginnen von vorn.\n\n\
                 Sie haben nicht darum gebeten? Ändern Sie Ihr Passwort, und wenden Sie sich an den Support."
            ),
        ),
        Notice::SingleChannelRecovery => (
            "Anmeldung allein über Ihr Postfach",
            format!(
                "Nach einem neuen Passwort, das per E-Mail angefordert wurde, hat sich soeben jemand bei Ihrem Konto bei {name} \
                 mit einem Code angemeldet, der an dieselbe Adresse ging. Wer Ihre E-Mails liest, kam allein hinein.\n\n\
                 Waren Sie es? Tragen Sie in Ihrem Profil ein Ersatztelefon ein: Beim nächsten Mal geht der Code dorthin.\n\n\
                 Sie waren es nicht? Ändern Sie das Passwort Ihres Postfachs, und wenden Sie sich an den Support."
            ),
        ),
        Notice::RequestsBlocked => (
            "Ihr Konto ist nach zu vielen Anforderungen gesperrt",
            format!(
                "Es wurden mehrere Codes angefordert, ohne dass ein richtiger eingegeben wurde: Ihr Konto bei {name} ist \
                 gesperrt, seine Sitzungen sind beendet.\n\n\
                 Um es entsperren zu lassen, wenden Sie sich an den Support.\n\n\
                 Sie waren es nicht? Sagen Sie es dem Support: Jemand kennt Ihr Passwort."
            ),
        ),
        Notice::RecoveryCodeUsed { left } => (
            "Ein Wiederherstellungscode wurde verwendet",
            format!(
                "Soeben wurde ein Wiederherstellungscode für die Anmeldung bei {name} verwendet. Verbleibende Codes: {left}. \
                 Ihre gespeicherten Arbeitsplätze gelten nicht mehr.\n\n\
                 Waren Sie es? Aktivieren Sie eine neue Authenticator-App, oder erzeugen Sie neue Codes.\n\n\
                 Sie waren es nicht? Ändern Sie sofort Ihr Passwort, und wenden Sie sich an den Support."
            ),
        ),
    }
}
