//! HTTP: parse, normalise once, hand to the portal, answer (PROTOCOL §§1–7).

mod account_calls;
mod answer;
mod card_calls;
mod delegate_calls;
mod oauth;
mod page_calls;
mod public;
mod recovery_calls;
mod registration_calls;
pub(crate) mod request;
mod totp_calls;

use crate::{
    Portal, metrics,
    pages::{booking, frame, links, outbox, privacy, space},
};
use axum::{
    Router,
    http::{HeaderName, HeaderValue, header},
    middleware,
    routing::{delete, get, post},
};
use parvis_portal_profile::Records;
use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    sync::Arc,
};

/// One portal behind HTTP.
#[derive(Clone)]
pub(crate) struct Host {
    pub(crate) portal: Arc<Portal>,
    proxies: Arc<[IpAddr]>,
}

/// Routes of the given portals, each below the path of its issuer. `proxies`: hops whose `X-Forwarded-For` is believed.
pub fn router(portals: &[Arc<Portal>], proxies: &[IpAddr]) -> Router {
    let proxies: Arc<[IpAddr]> = proxies.into();
    let mut router = Router::new();
    for portal in portals {
        let host = Host { portal: portal.clone(), proxies: proxies.clone() };
        let path = portal.issuer.path().trim_end_matches('/').to_owned();
        let endpoints = Router::new()
            .route("/challenge", post(oauth::challenge))
            .route("/token", post(oauth::token))
            .route("/revoke", post(oauth::revoke))
            .route("/end-session", post(oauth::end_session))
            .route("/session-bootstrap", post(page_calls::session_bootstrap))
            .route("/jwks", get(public::jwks))
            .route("/profile", get(public::profile))
            .route("/account/me", get(card_calls::me).patch(card_calls::change))
            .route("/account/devices", get(account_calls::devices))
            .route("/account/devices/{id}", delete(account_calls::forget_device))
            .route("/account/sessions", get(account_calls::sessions))
            .route("/account/sessions/{id}", delete(account_calls::end_session))
            .route("/account/events", get(account_calls::events))
            .route("/account/password", post(account_calls::change_password))
            .route("/account/delegates", get(delegate_calls::list).post(delegate_calls::invite))
            .route("/account/delegates/{id}", delete(delegate_calls::remove))
            .route("/account/recovery", post(recovery_calls::request))
            .route("/account/recovery/complete", post(recovery_calls::complete))
            .route("/account/registration", post(registration_calls::step))
            .route("/account/activation", post(recovery_calls::activate))
            .route("/account/totp", post(totp_calls::propose).delete(totp_calls::remove))
            .route("/account/totp/confirm", post(totp_calls::confirm))
            .route("/account/totp/recovery-codes", post(totp_calls::renew_recovery_codes))
            .fallback(answer::not_found)
            .method_not_allowed_fallback(answer::not_found)
            .layer(middleware::from_fn_with_state(host.clone(), answer::fresh_nonce))
            .with_state(host.clone());
        let mut pages = Router::new()
            .route("/pages/style.css", get(frame::style))
            .route("/pages/link.js", get(links::script))
            .route("/privacy", get(privacy::show))
            .route("/recovery", get(links::recovery).post(links::set_password))
            .route("/recovery/link", post(links::another_link))
            .route("/activation", get(links::activation).post(links::activate))
            .route("/activation/link", post(links::another_link));
        if portal.demonstration {
            pages =
                pages.route("/pages/space", get(space::show)).route("/pages/sign-out", post(space::sign_out));
        }
        let registration = portal.profile.registration.as_ref();
        if registration.is_some() {
            pages = pages.route("/registration", get(links::registration).post(links::registration_pasted));
        }
        if portal.demonstration
            && registration.is_some_and(|registration| registration.records == Some(Records::Contacts))
        {
            pages = pages.route("/booking", get(booking::show));
        }
        let pages = pages.with_state(host.clone());
        let endpoints =
            endpoints.merge(pages).layer(middleware::from_fn_with_state(portal.clone(), metrics::observe));
        let metadata = format!("/.well-known/oauth-authorization-server{path}");
        router = router.route(&metadata, get(public::metadata).with_state(host.clone()));
        router = if path.is_empty() { router.merge(endpoints) } else { router.nest(&path, endpoints) };
    }
    let all: Arc<[Arc<Portal>]> = portals.into();
    let router = router
        .route("/healthz", get(public::healthz))
        .route("/readyz", get(public::readyz).with_state(all))
        .fallback(answer::not_found)
        .method_not_allowed_fallback(answer::not_found);
    guarded(router)
}

/// The letter box of a demonstration that listens on `address` and writes its messages into `folder`.
pub fn letter_box(folder: PathBuf, address: SocketAddr) -> Router {
    guarded(outbox::routes(folder, address))
}

fn guarded(router: Router) -> Router {
    router
        .layer(middleware::from_fn(request::whole))
        .layer(middleware::map_response(answer::headers))
        .layer(middleware::from_fn(answer::catch_panic))
}

const NO_STORE: (HeaderName, HeaderValue) = (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
