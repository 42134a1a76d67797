//! The letter box of the demonstration: every mail and SMS that its portals sent, for whoever tries it out.
//!
//! Codes and links stand here in the clear, so it answers on this machine only, and to no other site that makes a browser
//! ask for it (DNS rebinding).

use super::frame::{self, word};
use crate::delivery::stored::{self, StoredMessage};
use axum::{
    Router,
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use jiff::tz::TimeZone;
use maud::{DOCTYPE, Markup, html};
use parvis_portal_profile::Language;
use std::{net::SocketAddr, path::PathBuf, sync::Arc};

/// How many messages are shown.
const SHOWN: usize = 100;
/// Its own script asks for the page again; nothing else does.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; form-action 'none'; \
     frame-ancestors 'none'; base-uri 'none'",
);
const SCRIPT: &str = include_str!("outbox.js");
const LANGUAGES: [Language; 3] = [Language::Fr, Language::En, Language::De];

#[derive(Clone)]
struct LetterBox {
    folder: Arc<PathBuf>,
    port: u16,
}

/// Routes below `/outbox`. `folder`: where the messages are; `address`: where the demonstration listens.
pub(crate) fn routes(folder: PathBuf, address: SocketAddr) -> Router {
    let letter_box = LetterBox { folder: Arc::new(folder), port: address.port() };
    Router::new()
        .route("/outbox", get(show))
        .route("/outbox/raw/{file}", get(raw))
        .route("/outbox/style.css", get(frame::style))
        .route("/outbox/script.js", get(script))
        .layer(middleware::from_fn_with_state(letter_box.clone(), of_this_machine))
        .with_state(letter_box)
}

/// A browser was sent here under another name: that name's pages could read the answer.
async fn of_this_machine(State(letter_box): State<LetterBox>, request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let names = ["127.0.0.1", "localhost", "[::1]"];
    if names.iter().any(|name| host == format!("{name}:{}", letter_box.port)) {
        next.run(request).await
    } else {
        StatusCode::MISDIRECTED_REQUEST.into_response()
    }
}

async fn show(State(letter_box): State<LetterBox>, headers: HeaderMap) -> Response {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let language =
        accepted.and_then(|accepted| frame::preferred(accepted, &LANGUAGES)).unwrap_or(Language::Fr);
    let read = tokio::task::spawn_blocking(move || stored::newest(&letter_box.folder, SHOWN)).await;
    let Ok(Ok(messages)) = read else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let mut response = Html(page(&messages, language).into_string()).into_response();
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, POLICY);
    response
}

async fn raw(State(letter_box): State<LetterBox>, Path(file): Path<String>) -> Response {
    let read = tokio::task::spawn_blocking(move || stored::raw(&letter_box.folder, &file)).await;
    match read {
        Ok(Ok(Some(content))) => {
            ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], content).into_response()
        }
        Ok(Ok(None)) => StatusCode::NOT_FOUND.into_response(),
        _ => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn script() -> Response {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], SCRIPT).into_response()
}

fn page(messages: &[StoredMessage], language: Language) -> Markup {
    let text = |texts| word(language, texts);
    let title = text(["Boîte aux lettres", "Letter box", "Briefkasten"]);
    html! {
        (DOCTYPE)
        html lang=(language.as_str()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { (title) " – Parvis" }
                link rel="stylesheet" href="/outbox/style.css";
                script src="/outbox/script.js" defer {}
                noscript { meta http-equiv="refresh" content="5"; }
            }
            body {
                main.wide {
                    p.demonstration { (text([
                        "Démonstration : aucun message n’est vraiment envoyé. Tous arrivent ici.",
                        "Demonstration: no message is really sent. All of them arrive here.",
                        "Demonstration: Keine Nachricht wird wirklich verschickt. Alle kommen hier an.",
                    ])) }
                    h1 { (title) }
                    div #messages aria-live="polite" {
                        @if messages.is_empty() {
                            p.quiet { (text([
                                "Rien pour l’instant. Les codes et les liens apparaissent ici d’eux-mêmes.",
                                "Nothing yet. Codes and links appear here by themselves.",
                                "Noch nichts. Codes und Links erscheinen hier von selbst.",
                            ])) }
                        }
                        @for message in messages { (letter(message, language)) }
                    }
                }
            }
        }
    }
}

fn letter(message: &StoredMessage, language: Language) -> Markup {
    let text = |texts| word(language, texts);
    let channel = match message.channel.as_str() {
        "email" => text(["E-mail", "E-mail", "E-Mail"]),
        "sms" => "SMS",
        "voice" => text(["Appel", "Call", "Anruf"]),
        other => other,
    };
    let at = jiff::Timestamp::from_millisecond(message.at).unwrap_or_default();
    let clock = at.to_zoned(TimeZone::system()).strftime("%H:%M:%S").to_string();
    html! {
        article.card id=(message.file) {
            header.letter {
                span { (channel) " · " (message.from) " → " strong { (message.to) } }
                time datetime=(at) { (clock) }
            }
            @if !message.subject.is_empty() { h2 { (message.subject) } }
            pre.text { (linked(&message.text)) }
            p.help { a href={ "/outbox/raw/" (message.file) } {
                (text(["Message brut", "Raw message", "Rohfassung"]))
            } }
        }
    }
}

/// The text, its web addresses as links. Whoever follows one does not tell from where.
fn linked(text: &str) -> Markup {
    html! {
        @for piece in text.trim_end().split_inclusive(char::is_whitespace) {
            @let word = piece.trim_end();
            @let address = word.trim_end_matches(['.', ',', ')', '>']);
            @if address.starts_with("https://") || address.starts_with("http://") {
                a href=(address) rel="noreferrer noopener" target="_blank" { (address) }
                (piece.get(address.len()..).unwrap_or_default())
            } @else {
                (piece)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_become_links_and_nothing_becomes_markup() {
        let text = "Voici : http://127.0.0.1:8787/demo/recovery#abc.\n<b>javascript:x</b>\n";
        let markup = linked(text).into_string();
        let address = "http://127.0.0.1:8787/demo/recovery#abc";
        let link = format!(r#"<a href="{address}" rel="noreferrer noopener" target="_blank">{address}</a>."#);
        assert!(markup.starts_with(&format!("Voici : {link}\n")), "{markup}");
        assert!(markup.ends_with("&lt;b&gt;javascript:x&lt;/b&gt;"), "{markup}");
    }
}
