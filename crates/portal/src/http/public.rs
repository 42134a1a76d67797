//! What anyone may read: metadata, profile, keys, health.

use super::Host;
use crate::Portal;
use axum::{Json, extract::State, http::StatusCode};
use parvis_portal_profile::PublicProfile;
use parvis_protocol::{
    VERSION,
    message::{Metadata, ParvisMetadata},
};
use serde_json::{Value, json};
use std::sync::Arc;

/// RFC 8414, with our part.
pub(super) async fn metadata(State(host): State<Host>) -> Json<Metadata> {
    let issuer = host.portal.issuer_text();
    let at = |path: &str| format!("{issuer}/{path}");
    let methods = host.portal.profile.methods.values().map(|method| method.acr.clone());
    let trusted = host.portal.profile.trust.map(|_| "mfa-trusted".to_owned());
    Json(Metadata {
        issuer: issuer.to_owned(),
        authorization_challenge_endpoint: at("challenge"),
        token_endpoint: at("token"),
        revocation_endpoint: at("revoke"),
        end_session_endpoint: at("end-session"),
        jwks_uri: at("jwks"),
        dpop_signing_alg_values_supported: vec!["ES256".to_owned()],
        acr_values_supported: ["pwd".to_owned()].into_iter().chain(methods).chain(trusted).collect(),
        parvis: ParvisMetadata {
            version: VERSION,
            profile_uri: at("profile"),
            account_uri: at("account"),
            session_bootstrap_endpoint: at("session-bootstrap"),
        },
    })
}

/// The public part of the profile.
pub(super) async fn profile(State(host): State<Host>) -> Json<PublicProfile> {
    Json(host.portal.profile.public())
}

/// Keys of id tokens.
pub(super) async fn jwks(State(host): State<Host>) -> Json<Value> {
    Json(host.portal.keys.current().jwks())
}

/// The process answers.
pub(super) async fn healthz() -> Json<Value> {
    Json(json!({"status": "ok"}))
}

/// The process can sign people in: its database answers and its clock has not run back.
pub(super) async fn readyz(State(portals): State<Arc<[Arc<Portal>]>>) -> (StatusCode, Json<Value>) {
    let not_ready = |reason: &str| (StatusCode::SERVICE_UNAVAILABLE, Json(json!({"status": reason})));
    for portal in portals.iter() {
        if portal.clock.rolled_back() {
            return not_ready("clock_rollback");
        }
        if portal.store.meta("keys").await.is_err() {
            return not_ready("database_down");
        }
    }
    (StatusCode::OK, Json(json!({"status": "ready"})))
}
