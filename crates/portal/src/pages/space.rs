//! « Mon espace » of the demonstration: what the portal knows of a person who comes from the app, and a button
//! (PROTOCOL §5). A portal of an operator has pages of its own here; these show how little they need: a cookie, and its grant.

mod views;

use super::frame;
use crate::{Fault, Portal, http::Host, web_session::Visit};
use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use parvis_portal_profile::Language;
use parvis_protocol::form::Form;

/// `GET pages/space`.
pub(crate) async fn show(
    State(host): State<Host>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let portal = &host.portal;
    let visit = visit(portal, &headers).await;
    let known = visit.as_ref().ok().and_then(Option::as_ref);
    let language = language(portal, known, query.as_deref(), &headers);
    match visit {
        Ok(Some(visit)) => match portal.principals_of(&visit.account).await {
            Ok(principals) => views::signed_in(portal, &visit, &principals, language),
            Err(fault) => unavailable(portal, language, &fault),
        },
        Ok(None) => views::signed_out(portal, language),
        Err(fault) => unavailable(portal, language, &fault),
    }
}

/// `POST pages/sign-out`: by the page's own form only.
pub(crate) async fn sign_out(State(host): State<Host>, headers: HeaderMap, body: Bytes) -> Response {
    let portal = &host.portal;
    let visit = match visit(portal, &headers).await {
        Ok(Some(visit)) => visit,
        Ok(None) => return views::signed_out(portal, language(portal, None, None, &headers)),
        Err(fault) => return unavailable(portal, language(portal, None, None, &headers), &fault),
    };
    let language = visit.account.language();
    let form = Form::parse(&body).unwrap_or_default();
    let own = frame::is_own_form(portal, &headers);
    if !own || !visit.accepts(form.get("csrf_token").unwrap_or_default()) {
        return views::refused(portal, language);
    }
    if let Err(fault) = portal.leave_pages(&visit).await {
        return unavailable(portal, language, &fault);
    }
    let mut response = views::left(portal, language);
    let (name, path) = (portal.page_cookie(), portal.page_cookie_path());
    let secure = if portal.issuer.scheme() == "https" { "; Secure" } else { "" };
    let gone = format!("{name}=; Path={path}; Max-Age=0; HttpOnly; SameSite=Lax{secure}");
    if let Ok(gone) = HeaderValue::from_str(&gone) {
        response.headers_mut().insert(header::SET_COOKIE, gone);
    }
    response
}

fn unavailable(portal: &Portal, language: Language, fault: &Fault) -> Response {
    tracing::error!(%fault, "a page cannot be answered");
    views::unavailable(portal, language)
}

async fn visit(portal: &Portal, headers: &HeaderMap) -> Result<Option<Visit>, Fault> {
    match session_cookie(headers, &portal.page_cookie()) {
        Some(value) => portal.visit(value).await,
        None => Ok(None),
    }
}

/// What the person chose on the page, or else uses on the portal; what the browser says where nobody is known.
fn language(portal: &Portal, visit: Option<&Visit>, query: Option<&str>, headers: &HeaderMap) -> Language {
    let chosen = query.is_some_and(|query| query.contains("lang="));
    match visit {
        Some(visit) if !chosen => visit.account.language(),
        _ => frame::language(portal, query, headers),
    }
}

/// The value of the one cookie of this name. Two of them are a trick of another page on the host.
fn session_cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut values = cookies
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .filter(|(found, _)| *found == name)
        .map(|(_, value)| value);
    let value = values.next()?;
    values.next().is_none().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_cookies_of_one_name_are_none() {
        let read = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, HeaderValue::from_static(text));
            session_cookie(&headers, "parvis_demo").map(ToOwned::to_owned)
        };
        assert_eq!(read("a=1; parvis_demo=x; b=2").as_deref(), Some("x"));
        assert_eq!(read("parvis_demo=x; parvis_demo=y"), None);
        assert_eq!(read("xparvis_demo=x"), None);
    }
}
