//! « Mon espace »: the page that a web session opens, and its one button.

use super::{Host, answer::Refused};
use crate::{
    pages::{frame, space},
    web_session::Visit,
};
use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use parvis_portal_profile::Language;
use parvis_protocol::form::Form;

/// `GET pages/space`.
pub(super) async fn show(
    State(host): State<Host>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let visit = visit(&host, &headers).await?;
    let language = language(&host, visit.as_ref(), query.as_deref(), &headers);
    Ok(match visit {
        Some(visit) => space::signed_in(&host.portal, &visit, language),
        None => space::signed_out(&host.portal, language),
    })
}

/// `POST pages/sign-out`: by the page's own form only.
pub(super) async fn sign_out(
    State(host): State<Host>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refused> {
    let form = Form::parse(&body)?;
    let visit = visit(&host, &headers).await?;
    let language = language(&host, visit.as_ref(), None, &headers);
    let Some(visit) = visit else { return Ok(space::signed_out(&host.portal, language)) };
    let own = frame::is_own_form(&host.portal, &headers);
    if !own || !visit.accepts(form.get("csrf_token").unwrap_or_default()) {
        return Ok(space::refused(&host.portal, language));
    }
    host.portal.leave_pages(&visit).await?;
    let mut response = space::left(&host.portal, language);
    let (name, path) = (host.portal.page_cookie(), host.portal.page_cookie_path());
    let secure = if host.portal.issuer.scheme() == "https" { "; Secure" } else { "" };
    let gone = format!("{name}=; Path={path}; Max-Age=0; HttpOnly; SameSite=Lax{secure}");
    if let Ok(gone) = HeaderValue::from_str(&gone) {
        response.headers_mut().insert(header::SET_COOKIE, gone);
    }
    Ok(response)
}

async fn visit(host: &Host, headers: &HeaderMap) -> Result<Option<Visit>, Refused> {
    match session_cookie(headers, &host.portal.page_cookie()) {
        Some(value) => Ok(host.portal.visit(value).await?),
        None => Ok(None),
    }
}

/// What the person chose on the page, or else uses on the portal; what the browser says where nobody is known.
fn language(host: &Host, visit: Option<&Visit>, query: Option<&str>, headers: &HeaderMap) -> Language {
    let chosen = query.is_some_and(|query| query.contains("lang="));
    match visit {
        Some(visit) if !chosen => visit.account.language(),
        _ => frame::language(&host.portal, query, headers),
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
