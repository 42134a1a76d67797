//! What the booking page says.

use super::PATH;
use crate::{
    Portal,
    appointment::AppointmentLink,
    local_time,
    pages::frame::{Frame, word},
};
use axum::{http::StatusCode, response::Response};
use maud::{Markup, html};
use parvis_portal_profile::Language;

const TITLE: [&str; 3] = ["Prendre un rendez-vous", "Book an appointment", "Termin buchen"];

/// The appointments that can be had. `over`: somebody came by a link that is no good.
pub(super) fn free(
    portal: &Portal,
    language: Language,
    free: &[(AppointmentLink, String)],
    over: bool,
) -> Response {
    let say = |texts| word(language, texts);
    let content = html! {
        @if over {
            div.notice.bad role="alert" {
                strong { (say([
                    "Ce lien n’est plus valable",
                    "This link is no longer valid",
                    "Dieser Link gilt nicht mehr",
                ])) }
                span { (say([
                    "Choisissez un autre créneau ci-dessous.",
                    "Choose another appointment below.",
                    "Wählen Sie unten einen anderen Termin.",
                ])) }
            }
        }
        h1 { (unbroken(say(TITLE))) }
        p.quiet { (say([
            "Cabinet fictif du Dr Morel. Après votre choix, le compte se crée dans Parvis, puis vous revenez ici.",
            "Dr Morel’s fictional practice. After your choice, the account is created in Parvis, then you come back here.",
            "Fiktive Praxis Dr. Morel. Nach Ihrer Wahl wird das Konto in Parvis angelegt, dann kommen Sie hierher zurück.",
        ])) }
        @for (index, (link, token)) in free.iter().enumerate() {
            section.card aria-labelledby={ "slot-" (index) } {
                h2 id={ "slot-" (index) } { (when(link, language)) }
                p.quiet { (link.practice) }
                a.button href=(portal.registration_address(Some(token))) aria-describedby={ "slot-" (index) } {
                    (say([
                        "Choisir, puis créer un compte",
                        "Choose, then create an account",
                        "Wählen, dann Konto anlegen",
                    ]))
                }
            }
        }
        p.help { (say([
            "Rien ne s’ouvre\u{202f}? Installez Parvis sur ce poste, ouvrez-le une fois, puis choisissez de nouveau.",
            "Nothing opens? Install Parvis on this workstation, open it once, then choose again.",
            "Es öffnet sich nichts? Installieren Sie Parvis auf diesem Arbeitsplatz, öffnen Sie es einmal und wählen Sie dann erneut.",
        ])) }
    };
    let status = if over { StatusCode::GONE } else { StatusCode::OK };
    Frame { portal, language, title: say(TITLE), path: PATH, script: None, menu: None }.page(status, &content)
}

/// The appointment that a registration comes back to.
pub(super) fn chosen(portal: &Portal, language: Language, link: &AppointmentLink, token: &str) -> Response {
    let say = |texts| word(language, texts);
    let title = ["Votre rendez-vous vous attend", "Your appointment awaits you", "Ihr Termin wartet auf Sie"];
    let name = portal.profile.name.get(language);
    let sign_in = match language {
        Language::Fr => format!(
            "Pour le retrouver, ouvrez Parvis, choisissez «\u{a0}{name}\u{a0}» et connectez-vous avec l’adresse e-mail et le mot de passe de votre compte."
        ),
        Language::En => format!(
            "To find it again, open Parvis, choose “{name}” and sign in with the e-mail address and the password of your account."
        ),
        Language::De => format!(
            "Um ihn wiederzufinden, öffnen Sie Parvis, wählen Sie „{name}“ und melden Sie sich mit E-Mail-Adresse und Passwort Ihres Kontos an."
        ),
    };
    let content = html! {
        h1 { (unbroken(say(title))) }
        section.card {
            h2 { (when(link, language)) }
            p.quiet { (link.practice) }
        }
        p { (sign_in) }
        p.help { (say([
            "Pas encore de compte\u{202f}? ",
            "No account yet? ",
            "Noch kein Konto? ",
        ])) a href=(portal.registration_address(Some(token))) { (say([
            "Créer un compte pour ce rendez-vous",
            "Create an account for this appointment",
            "Konto für diesen Termin anlegen",
        ])) } }
    };
    let path = format!("{PATH}?appointment={token}");
    Frame { portal, language, title: say(title), path: &path, script: None, menu: None }
        .page(StatusCode::OK, &content)
}

fn when(link: &AppointmentLink, language: Language) -> Markup {
    let at = link.at.saturating_mul(1000);
    let text = local_time::long(at, language);
    let mut letters = text.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    html! { time datetime=(local_time::local(at).timestamp()) { (first) (letters.as_str()) } }
}

/// « rendez-vous » stays on one line: browsers break after its hyphen.
fn unbroken(text: &str) -> Markup {
    html! {
        @for word in text.split_inclusive(' ') {
            @if word.contains('-') { span.whole { (word.trim_end()) } " " } @else { (word) }
        }
    }
}
