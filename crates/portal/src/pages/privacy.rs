//! What a portal keeps of people, and why: linked in the foot of every page.

use super::frame::{self, Frame, word};
use crate::{Portal, http::Host};
use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use maud::{Markup, html};
use parvis_portal_profile::Language;

/// Where it stands, below the issuer's address.
pub(super) const PATH: &str = "privacy";
/// Of the page and of the link to it.
pub(super) const TITLE: [&str; 3] = ["Confidentialité", "Privacy", "Datenschutz"];

/// A thing that is kept, and why, in the languages' order.
type Kept = ([&'static str; 3], [&'static str; 3]);

const ACCOUNT: Kept = (
    ["Votre compte", "Your account", "Ihr Konto"],
    [
        "Identifiant, nom, adresse e-mail, téléphone et date de ce que vous avez accepté\u{a0}: pour vous reconnaître et vous envoyer vos codes.",
        "User name, name, e-mail address, telephone and the date of what you accepted: to recognise you and to send you your codes.",
        "Benutzername, Name, E-Mail-Adresse, Telefon und das Datum Ihrer Zustimmungen: um Sie zu erkennen und Ihnen Ihre Codes zu senden.",
    ],
);
const SECRETS: Kept = (
    ["Votre mot de passe et vos codes", "Your password and your codes", "Ihr Passwort und Ihre Codes"],
    [
        "Jamais en clair\u{a0}: le portail peut les vérifier, pas les lire.",
        "Never in clear: the portal can verify them, not read them.",
        "Nie im Klartext: Das Portal kann sie prüfen, aber nicht lesen.",
    ],
);
const REGISTRATION: Kept = (
    ["Une inscription en cours", "A registration under way", "Eine laufende Registrierung"],
    [
        "Ce que vous avez saisi, deux jours au plus\u{a0}: pour finir l’inscription, puis c’est effacé.",
        "What you typed, for two days at most: to complete the registration, then it is erased.",
        "Ihre Angaben, höchstens zwei Tage: um die Registrierung abzuschließen, danach werden sie gelöscht.",
    ],
);
const RECORDS: Kept = (
    ["Fiches reçues d’ailleurs", "Records from elsewhere", "Angaben von anderer Stelle"],
    [
        "Le nom et les coordonnées que l’organisme ou votre praticien a notés\u{a0}: pour vérifier qui ouvre un compte.",
        "The name and contacts that the professional body or your practice noted: to verify who opens an account.",
        "Name und Kontaktdaten, die Verband oder Praxis notiert haben: um zu prüfen, wer ein Konto eröffnet.",
    ],
);
const WORKSTATIONS: Kept = (
    ["Vos postes et vos connexions", "Your workstations and sign-ins", "Ihre Arbeitsplätze und Anmeldungen"],
    [
        "Un numéro par poste, l’heure et le réseau des connexions et des changements\u{a0}: pour vous les montrer et repérer un abus. Effacés après le délai que fixe l’exploitant, un an sauf autre choix.",
        "A number for each workstation, time and network of sign-ins and changes: to show them to you and to notice abuse. Erased after the time that the operator sets, one year unless chosen otherwise.",
        "Eine Nummer je Arbeitsplatz, Zeit und Netz von Anmeldungen und Änderungen: um sie Ihnen zu zeigen und Missbrauch zu erkennen. Gelöscht nach der Frist des Betreibers, sonst nach einem Jahr.",
    ],
);
const COOKIE: Kept = (
    ["Un seul témoin (cookie)", "One cookie", "Ein einziges Cookie"],
    [
        "Il tient votre session quand vous ouvrez le portail depuis Parvis. Strictement nécessaire, illisible pour les scripts (HttpOnly), il disparaît avec la session\u{a0}: il n’y a donc rien à accepter, ni bandeau.",
        "It holds your session when you open the portal from Parvis. Strictly necessary, out of reach of scripts (HttpOnly), it is gone with the session: so there is nothing to accept, and no banner.",
        "Es hält Ihre Sitzung, wenn Sie das Portal über Parvis öffnen. Unbedingt erforderlich, für Skripte unlesbar (HttpOnly), verschwindet es mit der Sitzung: Es gibt also nichts zu akzeptieren und kein Banner.",
    ],
);
const NOTHING_ELSE: Kept = (
    ["Rien d’autre", "Nothing else", "Sonst nichts"],
    [
        "Pas de statistiques de visite, pas de publicité, aucun contenu d’autres sites.",
        "No statistics of visits, no advertising, no content from other sites.",
        "Keine Besuchsstatistik, keine Werbung, keine Inhalte anderer Websites.",
    ],
);

/// `GET privacy`.
pub(crate) async fn show(
    State(host): State<Host>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let portal = &host.portal;
    let language = frame::language(portal, query.as_deref(), &headers);
    let title = word(language, TITLE);
    Frame { portal, language, title, path: PATH, script: None, menu: None }
        .page(StatusCode::OK, &content(portal, language))
}

fn content(portal: &Portal, language: Language) -> Markup {
    let registration = portal.profile.registration.as_ref();
    let records = registration.is_some_and(|registration| registration.records.is_some());
    let kept = [
        Some(ACCOUNT),
        Some(SECRETS),
        registration.map(|_| REGISTRATION),
        records.then_some(RECORDS),
        Some(WORKSTATIONS),
        Some(COOKIE),
        Some(NOTHING_ELSE),
    ];
    html! {
        h1 { (word(language, TITLE)) }
        p.quiet { (word(language, [
            "Ce que le portail garde de vous, et pourquoi.",
            "What the portal keeps of you, and why.",
            "Was das Portal von Ihnen speichert, und warum.",
        ])) }
        @for (what, why) in kept.into_iter().flatten() {
            section.card {
                h2 { (word(language, what)) }
                p { (word(language, why)) }
            }
        }
        p.help { (word(language, [
            "Vous pouvez consulter et corriger vos coordonnées dans Parvis, et demander leur effacement au support.",
            "You can see and correct your contact details in Parvis, and ask support to erase them.",
            "In Parvis können Sie Ihre Kontaktdaten ansehen und berichtigen; löschen lassen Sie sie über den Support.",
        ])) }
    }
}
