//! The pages that mailed links open: a new password, the activation of an account, the way to the form of a registration. They act
//! on a button, never on load, so that whatever looks at a link before its reader uses nothing up (SRV-02, REC-07).

mod views;

use super::frame;
use crate::{
    Fault, Portal,
    http::{Host, request},
    recovery::{LinkUse, Sender},
};
use axum::{
    body::{Body, to_bytes},
    extract::{FromRequest, State},
    http::{HeaderMap, HeaderValue, Request, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use parvis_portal_profile::Language;
use parvis_protocol::form::{Form, MAX_BODY};
use secrecy::SecretString;
use std::net::IpAddr;
use views::{Page, Wrong};

const SCRIPT: &str = include_str!("link.js");

/// `GET pages/link.js`.
pub(crate) async fn script() -> Response {
    let script = HeaderValue::from_static("text/javascript; charset=utf-8");
    ([(header::CONTENT_TYPE, script)], SCRIPT).into_response()
}

/// A form that a browser sent from one of these pages.
pub(crate) struct Sent {
    form: Form,
    language: Language,
    network: Option<IpAddr>,
}

impl Sent {
    fn from(&self) -> Sender<'static> {
        Sender { proof: None, network: self.network }
    }

    /// The token, or the whole link that was pasted in its place.
    fn token(&self) -> &str {
        let typed = self.form.get("token").unwrap_or_default().trim();
        typed.rsplit_once('#').map_or(typed, |(_, token)| token)
    }
}

impl FromRequest<Host> for Sent {
    type Rejection = Response;

    async fn from_request(request: Request<Body>, host: &Host) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let language = language(host, &parts);
        let refused = |status| views::refused(&host.portal, language, status);
        if host.portal.clock.rolled_back() {
            return Err(refused(StatusCode::SERVICE_UNAVAILABLE));
        }
        if !frame::is_own_form(&host.portal, &parts.headers) {
            return Err(refused(StatusCode::FORBIDDEN));
        }
        if !request::is_form(&parts.headers) {
            return Err(refused(StatusCode::BAD_REQUEST));
        }
        let network = request::origin(&mut parts, host).await;
        let body = to_bytes(body, MAX_BODY).await.map_err(|_| refused(StatusCode::BAD_REQUEST))?;
        let form = Form::parse(&body).map_err(|_| refused(StatusCode::BAD_REQUEST))?;
        Ok(Self { form, language, network })
    }
}

fn language(host: &Host, parts: &Parts) -> Language {
    frame::language(&host.portal, parts.uri.query(), &parts.headers)
}

/// `GET recovery`: the form. What the link is stands in the fragment, which is not sent.
pub(crate) async fn recovery(State(host): State<Host>, parts: Parts) -> Response {
    views::new_password(&host.portal, language(&host, &parts), StatusCode::OK, None, &[])
}

/// `POST recovery`: sets the new password.
pub(crate) async fn set_password(State(host): State<Host>, sent: Sent) -> Response {
    let (portal, language, token) = (&host.portal, sent.language, sent.token());
    let (password, again) =
        (sent.form.get("password").unwrap_or_default(), sent.form.get("password_again").unwrap_or_default());
    let mut wrong: Vec<Wrong> = Vec::new();
    if token.is_empty() {
        wrong.push(Wrong::NoLink);
    }
    if password != again {
        wrong.push(Wrong::NotTheSame);
    }
    if !wrong.is_empty() {
        wrong.extend(portal.profile.password.unmet(password).into_iter().map(Wrong::Rule));
        return views::new_password(portal, language, StatusCode::BAD_REQUEST, Some(token), &wrong);
    }
    match portal.complete_recovery(sent.from(), token, SecretString::from(password)).await {
        Ok(LinkUse::Done) => views::password_is_set(portal, language),
        Ok(LinkUse::Unmet(unmet)) => {
            let wrong: Vec<Wrong> = unmet.into_iter().map(Wrong::Rule).collect();
            views::new_password(portal, language, StatusCode::BAD_REQUEST, Some(token), &wrong)
        }
        other => answer(portal, language, Page::Recovery, token, other),
    }
}

/// `GET activation`: the button.
pub(crate) async fn activation(State(host): State<Host>, parts: Parts) -> Response {
    views::activation(&host.portal, language(&host, &parts), StatusCode::OK, false)
}

/// `POST activation`: activates the account.
pub(crate) async fn activate(State(host): State<Host>, sent: Sent) -> Response {
    let (portal, language, token) = (&host.portal, sent.language, sent.token());
    if token.is_empty() {
        return views::activation(portal, language, StatusCode::BAD_REQUEST, true);
    }
    match portal.activate(sent.from(), token).await {
        Ok(LinkUse::Done) => views::activated(portal, language),
        other => answer(portal, language, Page::Activation, token, other),
    }
}

/// `GET registration`: the button that opens the app. A reminder's link stands in the fragment, which is not sent.
pub(crate) async fn registration(State(host): State<Host>, parts: Parts) -> Response {
    views::registration(&host.portal, language(&host, &parts), None)
}

/// `POST registration`: the same, with the link that was pasted where there is no script.
pub(crate) async fn registration_pasted(State(host): State<Host>, sent: Sent) -> Response {
    let (portal, token) = (&host.portal, sent.token());
    let is_good = portal.appointment(token, portal.clock.now()).is_some();
    views::registration(portal, sent.language, Some(if is_good { Ok(token) } else { Err(token) }))
}

/// `POST recovery/link` and `POST activation/link`: another link like this one.
pub(crate) async fn another_link(State(host): State<Host>, sent: Sent) -> Response {
    let (portal, language) = (&host.portal, sent.language);
    match portal.request_another_link(sent.from(), sent.token(), language).await {
        Ok(None) => views::link_is_on_its_way(portal, language),
        Ok(Some(seconds)) => too_many(portal, language, seconds),
        Err(fault) => failed(portal, language, &fault),
    }
}

fn answer(
    portal: &Portal,
    language: Language,
    page: Page,
    token: &str,
    used: Result<LinkUse, Fault>,
) -> Response {
    match used {
        Ok(LinkUse::SlowDown(seconds)) => too_many(portal, language, seconds),
        Ok(_) => views::link_is_over(portal, language, page, token),
        Err(fault) => failed(portal, language, &fault),
    }
}

fn too_many(portal: &Portal, language: Language, seconds: u32) -> Response {
    later(views::refused(portal, language, StatusCode::TOO_MANY_REQUESTS), seconds)
}

fn failed(portal: &Portal, language: Language, fault: &Fault) -> Response {
    if let Fault::Store(error) = fault {
        tracing::error!(%error, "the store failed");
    }
    later(views::refused(portal, language, StatusCode::SERVICE_UNAVAILABLE), 5)
}

fn later(mut response: Response, seconds: u32) -> Response {
    let headers: &mut HeaderMap = response.headers_mut();
    headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}
