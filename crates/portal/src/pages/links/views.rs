//! What the pages of mailed links show: what happened, that nothing is lost, and what to do now.

use crate::{
    Portal,
    pages::frame::{Frame, address, word},
};
use axum::{http::StatusCode, response::Response};
use maud::{Markup, html};
use parvis_portal_profile::{Language, PasswordRule};

/// Which page a link opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Page {
    Recovery,
    Activation,
    Registration,
}

impl Page {
    const fn path(self) -> &'static str {
        match self {
            Self::Recovery => "recovery",
            Self::Activation => "activation",
            Self::Registration => "registration",
        }
    }
}

/// What is wrong with the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrong {
    NoLink,
    NotTheSame,
    Rule(PasswordRule),
}

const SCRIPT: Option<&str> = Some("pages/link.js");

fn frame<'a>(portal: &'a Portal, language: Language, title: &'a str, page: Page) -> Frame<'a> {
    Frame { portal, language, title, path: page.path(), script: SCRIPT, menu: None }
}

fn action(portal: &Portal, path: &str, language: Language) -> String {
    format!("{}?lang={}", address(portal, path), language.as_str())
}

/// The form for a new password. `token`: where the link is known already.
pub(super) fn new_password(
    portal: &Portal,
    language: Language,
    status: StatusCode,
    token: Option<&str>,
    wrong: &[Wrong],
) -> Response {
    let say = |texts| word(language, texts);
    let title = say(["Nouveau mot de passe", "New password", "Neues Passwort"]);
    let unmet = |rule| wrong.contains(&Wrong::Rule(rule));
    let any_rule = wrong.iter().any(|wrong| matches!(wrong, Wrong::Rule(_)));
    let (no_link, different) = (wrong.contains(&Wrong::NoLink), wrong.contains(&Wrong::NotTheSame));
    let content = html! {
        h1 { (say(["Choisissez un nouveau mot de passe", "Choose a new password", "Wählen Sie ein neues Passwort"])) }
        p.quiet { (say([
            "Votre code de connexion, si vous en avez un, reste demandé ensuite.",
            "Your sign-in code, if you have one, is still asked for afterwards.",
            "Nach Ihrem Anmeldecode werden Sie, falls Sie einen haben, danach weiterhin gefragt.",
        ])) }
        @if !wrong.is_empty() {
            div.notice.bad role="alert" {
                strong { (say([
                    "Ce mot de passe n’est pas encore enregistré.",
                    "This password is not saved yet.",
                    "Dieses Passwort ist noch nicht gespeichert.",
                ])) }
                span { (say([
                    "Rien n’est perdu\u{a0}: corrigez ce qui est marqué, puis enregistrez. Votre lien reste valable.",
                    "Nothing is lost: correct what is marked, then save. Your link stays valid.",
                    "Nichts ist verloren: Berichtigen Sie, was markiert ist, und speichern Sie. Ihr Link bleibt gültig.",
                ])) }
            }
        }
        form method="post" action=(action(portal, "recovery", language)) {
            (link_field(language, token.filter(|token| !token.is_empty()), no_link))
            div.field {
                div.label {
                    label for="password" { (title) }
                    (show_button(language))
                }
                input #password name="password" type="password" autocomplete="new-password" required
                    aria-describedby="rules" aria-invalid=[any_rule.then_some("true")] autofocus[any_rule && !no_link];
                (rules(portal, language, unmet, different, any_rule))
            }
            div.field {
                label for="password_again" { (say([
                    "Le même, une seconde fois",
                    "The same, once more",
                    "Dasselbe noch einmal",
                ])) }
                input #password_again name="password_again" type="password" autocomplete="new-password" required
                    aria-invalid=[different.then_some("true")]
                    aria-describedby=[different.then_some("different")] autofocus[different && !any_rule && !no_link];
                @if different {
                    span #different .problem { (say([
                        "Les deux mots de passe sont différents.",
                        "The two passwords differ.",
                        "Die beiden Passwörter sind verschieden.",
                    ])) }
                }
            }
            button type="submit" { (say(["Enregistrer le mot de passe", "Save the password", "Passwort speichern"])) }
        }
    };
    frame(portal, language, title, Page::Recovery).page(status, &content)
}

/// The way to the form of a registration. `pasted`: the link, where it was given without a script, or what was no good one.
pub(super) fn registration(
    portal: &Portal,
    language: Language,
    pasted: Option<Result<&str, &str>>,
) -> Response {
    let say = |texts| word(language, texts);
    let title = say(["Créer un compte", "Create an account", "Konto anlegen"]);
    let wrong = matches!(pasted, Some(Err(_)));
    let token = pasted.and_then(Result::ok);
    let content = html! {
        h1 { (title) }
        @if wrong {
            div.notice.bad role="alert" {
                strong { (say([
                    "Ce lien n’est plus valable",
                    "This link is no longer valid",
                    "Dieser Link gilt nicht mehr",
                ])) }
                span { (say([
                    "Le rendez-vous est passé, ou le lien n’a pas été collé en entier. Un compte se crée aussi sans lui.",
                    "The appointment is over, or the link was not pasted as a whole. An account is created without it, too.",
                    "Der Termin ist vorbei, oder der Link wurde nicht ganz eingefügt. Ein Konto lässt sich auch ohne ihn anlegen.",
                ])) }
            }
        }
        p { (say([
            "Votre compte se crée dans Parvis, l’application de connexion de votre ordinateur.",
            "Your account is created in Parvis, the sign-in app of your computer.",
            "Ihr Konto wird in Parvis angelegt, der Anmelde-App auf Ihrem Computer.",
        ])) }
        a.button data-open href=(portal.registration_address(token)) {
            (say(["Ouvrir Parvis", "Open Parvis", "Parvis öffnen"]))
        }
        p.quiet { (say([
            "Vous avez déjà un compte\u{202f}? Ouvrez Parvis et connectez-vous\u{a0}: vous n’avez rien à créer.",
            "You already have an account? Open Parvis and sign in: there is nothing to create.",
            "Sie haben schon ein Konto? Öffnen Sie Parvis und melden Sie sich an: Sie müssen nichts anlegen.",
        ])) }
        p.help { (say([
            "Rien ne s’ouvre\u{202f}? Installez Parvis sur cet ordinateur, ouvrez-le une fois, puis revenez par le même lien.",
            "Nothing opens? Install Parvis on this computer, open it once, then come back by the same link.",
            "Es öffnet sich nichts? Installieren Sie Parvis auf diesem Computer, öffnen Sie es einmal und kommen Sie über denselben Link zurück.",
        ])) }
        @if token.is_none() {
            // With a script, the link is in the button already.
            noscript {
                form.card method="post" action=(action(portal, "registration", language)) {
                    h2 { (say([
                        "Vous venez d’un rappel de rendez-vous\u{202f}?",
                        "You come from the reminder of an appointment?",
                        "Sie kommen von einer Terminerinnerung?",
                    ])) }
                    (link_field(language, None, wrong))
                    button type="submit" { (say(["Continuer", "Continue", "Weiter"])) }
                }
            }
        }
    };
    let status = if wrong { StatusCode::GONE } else { StatusCode::OK };
    frame(portal, language, title, Page::Registration).page(status, &content)
}

/// The link: filled in by the script, or pasted where there is none.
fn link_field(language: Language, token: Option<&str>, missing: bool) -> Markup {
    let say = |texts| word(language, texts);
    html! {
        @if let Some(token) = token {
            input type="hidden" name="token" value=(token);
        } @else {
            div.field {
                label for="token" { (say(["Lien reçu par e-mail", "Link from the e-mail", "Link aus der E-Mail"])) }
                input #token name="token" type="text" autocomplete="off" autocapitalize="none" spellcheck="false" required
                    aria-describedby="token-help" aria-invalid=[missing.then_some("true")] autofocus[missing];
                span #token-help .help { (say([
                    "Collez ici le lien entier, tel qu’il est dans l’e-mail.",
                    "Paste the whole link here, as it stands in the e-mail.",
                    "Fügen Sie hier den ganzen Link ein, wie er in der E-Mail steht.",
                ])) }
            }
        }
    }
}

fn show_button(language: Language) -> Markup {
    let (show, hide) =
        (word(language, ["Afficher", "Show", "Anzeigen"]), word(language, ["Masquer", "Hide", "Verbergen"]));
    html! {
        button.plain type="button" hidden data-show=(show) data-hide=(hide) aria-pressed="false" { (show) }
    }
}

fn rules(
    portal: &Portal,
    language: Language,
    unmet: impl Fn(PasswordRule) -> bool,
    different: bool,
    sent: bool,
) -> Markup {
    let rules = portal.profile.password;
    let counted = [
        PasswordRule::TooShort,
        PasswordRule::TooLong,
        PasswordRule::Digit,
        PasswordRule::Upper,
        PasswordRule::Lower,
        PasswordRule::Special,
        PasswordRule::Common,
    ]
    .into_iter()
    .filter(|rule| rules.count(*rule) != Some(0))
    // Said only to whom it concerns.
    .filter(|rule| *rule != PasswordRule::TooLong || unmet(*rule));
    let is_met = word(language, ["rempli", "met", "erfüllt"]);
    let not_met = word(language, ["pas encore rempli", "not met yet", "noch nicht erfüllt"]);
    html! {
        ul #rules .rules data-met=(is_met) {
            @for rule in counted {
                @let wrong = unmet(rule);
                // Whether it is a frequent one was not looked at yet where the two differ.
                @let met = sent && !(different && rule == PasswordRule::Common);
                li data-rule=(rule.code()) data-count=[rules.count(rule)]
                    class=[if wrong { Some("unmet") } else { met.then_some("met") }] {
                    (rule_text(language, rule, rules.count(rule).unwrap_or(0)))
                    span.state { @if wrong { " – " (not_met) } }
                }
            }
            @if different { li.unmet data-rule="same" { (word(language, [
                "deux fois le même", "twice the same", "zweimal dasselbe",
            ])) span.state {} } }
        }
    }
}

fn rule_text(language: Language, rule: PasswordRule, count: u32) -> String {
    let many = count > 1;
    let plural = |one: &'static str, several: &'static str| if many { several } else { one };
    match (language, rule) {
        (Language::Fr, PasswordRule::TooShort) => format!("{count}\u{a0}caractères au moins"),
        (Language::Fr, PasswordRule::TooLong) => format!("{count}\u{a0}caractères au plus"),
        (Language::Fr, PasswordRule::Digit) => {
            format!("{count}\u{a0}{} au moins", plural("chiffre", "chiffres"))
        }
        (Language::Fr, PasswordRule::Upper) => {
            format!("{count}\u{a0}{} au moins", plural("majuscule", "majuscules"))
        }
        (Language::Fr, PasswordRule::Lower) => {
            format!("{count}\u{a0}{} au moins", plural("minuscule", "minuscules"))
        }
        (Language::Fr, PasswordRule::Special) => format!(
            "{count}\u{a0}{} au moins, par exemple @ # & _ *",
            plural("caractère spécial", "caractères spéciaux")
        ),
        (Language::Fr, PasswordRule::Common) => {
            "ni mot de passe courant, ni votre nom, ni celui du portail".to_owned()
        }
        (Language::En, PasswordRule::TooShort) => format!("at least {count}\u{a0}characters"),
        (Language::En, PasswordRule::TooLong) => format!("at most {count}\u{a0}characters"),
        (Language::En, PasswordRule::Digit) => format!("at least {count}\u{a0}{}", plural("digit", "digits")),
        (Language::En, PasswordRule::Upper) => {
            format!("at least {count}\u{a0}{}", plural("upper-case letter", "upper-case letters"))
        }
        (Language::En, PasswordRule::Lower) => {
            format!("at least {count}\u{a0}{}", plural("lower-case letter", "lower-case letters"))
        }
        (Language::En, PasswordRule::Special) => format!(
            "at least {count}\u{a0}{}, for example @ # & _ *",
            plural("special character", "special characters")
        ),
        (Language::En, PasswordRule::Common) => {
            "no frequent password, nor your name or the portal’s".to_owned()
        }
        (Language::De, PasswordRule::TooShort) => format!("mindestens {count}\u{a0}Zeichen"),
        (Language::De, PasswordRule::TooLong) => format!("höchstens {count}\u{a0}Zeichen"),
        (Language::De, PasswordRule::Digit) => {
            format!("mindestens {count}\u{a0}{}", plural("Ziffer", "Ziffern"))
        }
        (Language::De, PasswordRule::Upper) => {
            format!("mindestens {count}\u{a0}{}", plural("Großbuchstabe", "Großbuchstaben"))
        }
        (Language::De, PasswordRule::Lower) => {
            format!("mindestens {count}\u{a0}{}", plural("Kleinbuchstabe", "Kleinbuchstaben"))
        }
        (Language::De, PasswordRule::Special) => {
            format!("mindestens {count}\u{a0}Sonderzeichen, zum Beispiel @ # & _ *")
        }
        (Language::De, PasswordRule::Common) => {
            "kein häufiges Passwort, nicht Ihr Name und nicht der des Portals".to_owned()
        }
    }
}

/// The password is set: what ended by it, and where it goes on.
pub(super) fn password_is_set(portal: &Portal, language: Language) -> Response {
    let say = |texts| word(language, texts);
    let title = say(["Mot de passe enregistré", "Password saved", "Passwort gespeichert"]);
    let content = html! {
        h1 { (title) }
        div.notice.good role="status" {
            strong { (say([
                "Votre nouveau mot de passe est actif.",
                "Your new password is active.",
                "Ihr neues Passwort ist aktiv.",
            ])) }
            span { (say([
                "Par sécurité, vos sessions ouvertes sont fermées et vos postes enregistrés annulés.",
                "To be safe, your open sessions are closed and your remembered workstations forgotten.",
                "Zur Sicherheit sind Ihre offenen Sitzungen beendet, Ihre gespeicherten Arbeitsplätze gelten nicht mehr.",
            ])) }
        }
        p { (say([
            "Ouvrez Parvis et connectez-vous. Vous pouvez fermer cette page.",
            "Open Parvis and sign in. You can close this page.",
            "Öffnen Sie Parvis, und melden Sie sich an. Sie können diese Seite schließen.",
        ])) }
    };
    frame(portal, language, title, Page::Recovery).page(StatusCode::OK, &content)
}

/// The link is of no use any more: one button for another.
pub(super) fn link_is_over(portal: &Portal, language: Language, page: Page, token: &str) -> Response {
    let say = |texts| word(language, texts);
    let title =
        say(["Ce lien n’est plus valable", "This link is no longer valid", "Dieser Link gilt nicht mehr"]);
    let content = html! {
        h1 { (title) }
        p { (say([
            "Il a déjà servi, un plus récent l’a remplacé, ou son délai est passé. Rien n’est perdu et rien n’a changé.",
            "It has been used, a newer one has replaced it, or its time is over. Nothing is lost and nothing has changed.",
            "Er wurde schon benutzt, ein neuerer hat ihn ersetzt, oder seine Zeit ist vorbei. Nichts ist verloren, nichts hat \
             sich geändert.",
        ])) }
        form method="post" action=(action(portal, &format!("{}/link", page.path()), language)) {
            input type="hidden" name="token" value=(token);
            button type="submit" autofocus { (say(["Recevoir un nouveau lien", "Get a new link", "Neuen Link erhalten"])) }
        }
    };
    frame(portal, language, title, page).page(StatusCode::BAD_REQUEST, &content)
}

/// The same for a link that never was.
pub(super) fn link_is_on_its_way(portal: &Portal, language: Language) -> Response {
    let say = |texts| word(language, texts);
    let title = say(["Consultez votre messagerie", "Look at your mailbox", "Sehen Sie in Ihr Postfach"]);
    let content = html! {
        h1 { (title) }
        p role="status" { (say([
            "Si ce lien était le vôtre, un nouveau part à l’adresse e-mail de votre compte. Il arrive en quelques minutes\u{202f}; \
             regardez aussi dans les indésirables.",
            "If that link was yours, a new one is on its way to the e-mail address of your account. It takes a few minutes; look \
             into the junk folder too.",
            "Wenn das Ihr Link war, ist ein neuer unterwegs an die E-Mail-Adresse Ihres Kontos. Es dauert einige Minuten; sehen \
             Sie auch im Spam-Ordner nach.",
        ])) }
        p.quiet { (say([
            "Vous pouvez fermer cette page.", "You can close this page.", "Sie können diese Seite schließen.",
        ])) }
    };
    frame(portal, language, title, Page::Recovery).page(StatusCode::OK, &content)
}

/// One button that activates the account.
pub(super) fn activation(portal: &Portal, language: Language, status: StatusCode, no_link: bool) -> Response {
    let say = |texts| word(language, texts);
    let title = say(["Activez votre compte", "Activate your account", "Konto aktivieren"]);
    let content = html! {
        h1 { (title) }
        p.quiet { (say([
            "Un clic confirme que cette adresse e-mail est la vôtre.",
            "One click confirms that this e-mail address is yours.",
            "Ein Klick bestätigt, dass diese E-Mail-Adresse Ihnen gehört.",
        ])) }
        form method="post" action=(action(portal, "activation", language)) {
            (link_field(language, None, no_link))
            button type="submit" { (say(["Activer mon compte", "Activate my account", "Mein Konto aktivieren"])) }
        }
    };
    frame(portal, language, title, Page::Activation).page(status, &content)
}

/// The account is active.
pub(super) fn activated(portal: &Portal, language: Language) -> Response {
    let say = |texts| word(language, texts);
    let title = say(["Compte activé", "Account activated", "Konto aktiviert"]);
    let content = html! {
        h1 { (title) }
        p role="status" { (say([
            "Ouvrez Parvis et connectez-vous. Vous pouvez fermer cette page.",
            "Open Parvis and sign in. You can close this page.",
            "Öffnen Sie Parvis, und melden Sie sich an. Sie können diese Seite schließen.",
        ])) }
    };
    frame(portal, language, title, Page::Activation).page(StatusCode::OK, &content)
}

/// The portal could not, or did not want to, look at the form.
pub(super) fn refused(portal: &Portal, language: Language, status: StatusCode) -> Response {
    let say = |texts| word(language, texts);
    let title = say(["Réessayez dans un instant", "Try again in a moment", "Gleich noch einmal versuchen"]);
    let why = match status {
        StatusCode::TOO_MANY_REQUESTS => say([
            "Trop de demandes viennent de votre réseau. Attendez une minute.",
            "Too many requests come from your network. Wait a minute.",
            "Aus Ihrem Netz kommen zu viele Anfragen. Warten Sie eine Minute.",
        ]),
        StatusCode::SERVICE_UNAVAILABLE => {
            say(["Le portail est occupé.", "The portal is busy.", "Das Portal ist ausgelastet."])
        }
        _ => say([
            "Cette page n’a pas été envoyée comme prévu. Ouvrez de nouveau le lien de l’e-mail.",
            "This page was not sent as it should be. Open the link from the e-mail again.",
            "Diese Seite wurde nicht wie vorgesehen gesendet. Öffnen Sie den Link aus der E-Mail noch einmal.",
        ]),
    };
    let content = html! {
        h1 { (title) }
        div.notice.bad role="alert" {
            strong { (why) }
            span { (say([
                "Rien n’est perdu\u{a0}: votre lien reste valable.",
                "Nothing is lost: your link stays valid.",
                "Nichts ist verloren: Ihr Link bleibt gültig.",
            ])) }
        }
    };
    frame(portal, language, title, Page::Recovery).page(status, &content)
}
