//! What « Mon espace » says.

use crate::{
    Portal,
    pages::frame::{Frame, address, word},
    web_session::Visit,
};
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use jiff::tz::TimeZone;
use maud::{Markup, html};
use parvis_portal_profile::{Language, MethodId};
use parvis_protocol::clock::UnixMillis;

/// Where it stands, below the issuer's address.
pub(super) const PATH: &str = "pages/space";
/// Where its form goes.
const SIGN_OUT: &str = "pages/sign-out";

/// No script at all.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
);

/// The page of somebody who is signed in, perhaps on behalf of others.
pub(super) fn signed_in(
    portal: &Portal,
    visit: &Visit,
    principals: &[String],
    language: Language,
) -> Response {
    let text = |texts| word(language, texts);
    let account = &visit.account;
    let role = portal.profile.role(&visit.role).map_or(visit.role.as_str(), |role| role.label.get(language));
    let rights = account.rights();
    let right = |id: &str| {
        portal.profile.rights.get(id).map_or(id.to_owned(), |texts| texts.get(language).to_owned())
    };
    answer_with(
        portal,
        language,
        StatusCode::OK,
        ["Mon espace", "My space", "Mein Bereich"],
        Some(menu(portal, visit, language)),
        &html! {
            h1 { (text(["Mon espace", "My space", "Mein Bereich"])) }
            p.quiet { (text([
                "Vous êtes connecté depuis Parvis.",
                "You are signed in from Parvis.",
                "Sie sind über Parvis angemeldet.",
            ])) }
            section.card aria-labelledby="person" {
                h2 #person { (account.name) }
                dl {
                    dt { (text(["Entrée", "Entrance", "Zugang"])) }
                    dd { (role) }
                    dt { (text(["Identifiant", "User name", "Benutzername"])) }
                    dd { (account.identifier) }
                    @if !principals.is_empty() {
                        dt { (text(["Vous agissez pour", "You act for", "Sie handeln für"])) }
                        dd { @for name in principals { div { (name) } } }
                    }
                    dt { (text(["Accès", "Access", "Zugriff"])) }
                    dd {
                        @if rights.is_empty() {
                            (text(["Aucun accès particulier", "No particular access", "Keine besonderen Rechte"]))
                        }
                        @for id in &rights { div { (right(id)) } }
                    }
                }
            }
            section.card aria-labelledby="session" {
                h2 #session { (text(["Cette session", "This session", "Diese Sitzung"])) }
                dl {
                    dt { (text(["Ouverte le", "Opened on", "Geöffnet am"])) }
                    dd { (time(visit.since, language)) }
                    dt { (text(["Connexion par", "Signed in by", "Anmeldung mit"])) }
                    dd { (way(portal, &visit.acr, language)) }
                }
            }
            p.help { (text([
                "Cette fenêtre se ferme avec la session de Parvis, et rien n’en reste sur ce poste.",
                "This window closes with the session in Parvis, and nothing of it stays on this workstation.",
                "Dieses Fenster schließt sich mit der Sitzung in Parvis; auf diesem Arbeitsplatz bleibt nichts davon.",
            ])) }
        },
    )
}

/// The page of everybody else: how to come here. No way on, no redirect.
pub(super) fn signed_out(portal: &Portal, language: Language) -> Response {
    let text = |texts| word(language, texts);
    answer(
        portal,
        language,
        StatusCode::UNAUTHORIZED,
        ["Connexion", "Sign-in", "Anmeldung"],
        &html! {
            h1 { (text([
                "Cette page s’ouvre depuis Parvis",
                "This page is opened from Parvis",
                "Diese Seite wird über Parvis geöffnet",
            ])) }
            p { (text([
                "Vous n’êtes pas connecté, ou votre session est terminée.",
                "You are not signed in, or your session has ended.",
                "Sie sind nicht angemeldet, oder Ihre Sitzung ist beendet.",
            ])) }
            p.quiet { (text([
                "Ouvrez Parvis, connectez-vous, puis choisissez «\u{a0}Ouvrir le portail\u{a0}».",
                "Open Parvis, sign in, then choose “Open the portal”.",
                "Öffnen Sie Parvis, melden Sie sich an und wählen Sie „Portal öffnen“.",
            ])) }
        },
    )
}

/// Under the person's name: help, and the way out below it. It opens without a script.
fn menu(portal: &Portal, visit: &Visit, language: Language) -> Markup {
    let text = |texts| word(language, texts);
    let support = &portal.profile.support;
    let ways: Vec<&str> =
        [support.phone.as_deref(), support.email.as_deref()].into_iter().flatten().collect();
    html! {
        details.menu {
            summary { (visit.account.name) }
            div.card {
                @if !ways.is_empty() {
                    h2 { (text(["Aide", "Help", "Hilfe"])) }
                    @for way in ways { span { (way) } }
                }
                form method="post" action=(address(portal, SIGN_OUT)) {
                    input type="hidden" name="csrf_token" value=(visit.csrf_token());
                    button type="submit" { (text(["Déconnexion", "Sign out", "Abmelden"])) }
                }
            }
        }
    }
}

/// After the button « Déconnexion ».
pub(super) fn left(portal: &Portal, language: Language) -> Response {
    let text = |texts| word(language, texts);
    answer(
        portal,
        language,
        StatusCode::OK,
        ["Déconnexion", "Signed out", "Abgemeldet"],
        &html! {
            h1 { (text(["Vous êtes déconnecté", "You are signed out", "Sie sind abgemeldet"])) }
            p.quiet { (text([
                "La session est terminée, ici et dans Parvis. Vous pouvez fermer cette fenêtre.",
                "The session has ended, here and in Parvis. You can close this window.",
                "Die Sitzung ist beendet, hier und in Parvis. Sie können dieses Fenster schließen.",
            ])) }
        },
    )
}

/// The portal cannot answer now.
pub(super) fn unavailable(portal: &Portal, language: Language) -> Response {
    let text = |texts| word(language, texts);
    let title = ["Indisponible", "Unavailable", "Nicht verfügbar"];
    answer(
        portal,
        language,
        StatusCode::SERVICE_UNAVAILABLE,
        title,
        &html! {
            h1 { (text([
                "Le portail ne répond pas pour l’instant",
                "The portal cannot answer at the moment",
                "Das Portal kann im Moment nicht antworten",
            ])) }
            p { (text([
                "Réessayez dans un instant. Rien n’est perdu.",
                "Try again in a moment. Nothing is lost.",
                "Versuchen Sie es gleich noch einmal. Nichts ist verloren.",
            ])) }
        },
    )
}

/// A form that did not come from this session's page.
pub(super) fn refused(portal: &Portal, language: Language) -> Response {
    let text = |texts| word(language, texts);
    answer(
        portal,
        language,
        StatusCode::FORBIDDEN,
        ["Refusé", "Refused", "Abgelehnt"],
        &html! {
            h1 { (text(["Rien n’a été fait", "Nothing was done", "Nichts wurde ausgeführt"])) }
            p { (text([
                "Cette demande ne vient pas de votre page. Votre session continue.",
                "This request did not come from your page. Your session goes on.",
                "Diese Anfrage kam nicht von Ihrer Seite. Ihre Sitzung läuft weiter.",
            ])) }
            p { a href=(address(portal, PATH)) { (text([
                "Revenir à mon espace",
                "Back to my space",
                "Zurück zu meinem Bereich",
            ])) } }
        },
    )
}

fn answer(
    portal: &Portal,
    language: Language,
    status: StatusCode,
    title: [&'static str; 3],
    content: &Markup,
) -> Response {
    answer_with(portal, language, status, title, None, content)
}

fn answer_with(
    portal: &Portal,
    language: Language,
    status: StatusCode,
    title: [&'static str; 3],
    menu: Option<Markup>,
    content: &Markup,
) -> Response {
    let title = word(language, title);
    let mut response =
        Frame { portal, language, title, path: PATH, script: None, menu }.page(status, content);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, POLICY);
    response
}

/// How the person signed in, in words.
fn way(portal: &Portal, acr: &str, language: Language) -> &'static str {
    let method = portal.profile.methods.iter().find(|(_, method)| method.acr == acr).map(|(id, _)| *id);
    word(
        language,
        match method {
            Some(MethodId::Email) => [
                "Mot de passe et code reçu par e-mail",
                "Password and code by e-mail",
                "Passwort und Code per E-Mail",
            ],
            Some(MethodId::Sms) => {
                ["Mot de passe et code reçu par SMS", "Password and code by SMS", "Passwort und Code per SMS"]
            }
            Some(MethodId::Totp | MethodId::RecoveryCode) => [
                "Mot de passe et application d’authentification",
                "Password and authenticator app",
                "Passwort und Authentifizierungs-App",
            ],
            None if acr == "mfa-trusted" => [
                "Mot de passe, sur un poste de confiance",
                "Password, on a trusted workstation",
                "Passwort, an einem vertrauten Arbeitsplatz",
            ],
            None | Some(MethodId::Voice) => ["Mot de passe", "Password", "Passwort"],
        },
    )
}

/// The time of day where the portal is.
fn time(at: UnixMillis, language: Language) -> Markup {
    let at = jiff::Timestamp::from_millisecond(at).unwrap_or_default();
    let form = word(language, ["%-d/%m à %-H\u{a0}h\u{a0}%M", "%-d %B at %H:%M", "%-d.%-m. um %H:%M Uhr"]);
    html! { time datetime=(at) { (at.to_zoned(TimeZone::system()).strftime(form)) } }
}
