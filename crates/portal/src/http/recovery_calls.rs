//! Account calls of somebody who is not signed in: forgotten password, activation (PROTOCOL §7). A proof by any key.

use super::{
    Host,
    answer::Refused,
    request::{AnyKey, Content, language, within},
};
use crate::recovery::{LinkUse, Sender};
use axum::{extract::State, http::StatusCode};
use parvis_protocol::{
    error::FieldProblemCode,
    form::FormError,
    message::{Activation, RecoveryCompletion, RecoveryRequest},
    normalise,
};
use secrecy::SecretString;

/// `POST /recovery`: 202 for every name (REC-01).
pub(super) async fn request(
    State(host): State<Host>,
    AnyKey(signed): AnyKey,
    Content(body): Content<RecoveryRequest>,
) -> Result<StatusCode, Refused> {
    within(&body.identifier, 1024, "identifier")?;
    let name = normalise::identifier(&body.identifier).ok_or(FormError::Malformed("identifier"))?;
    let language = language(body.ui_locales.as_deref(), &host.portal.profile.languages);
    let from = Sender { proof: Some(&signed.proof), network: signed.network };
    match host.portal.request_recovery(from, &name, language).await? {
        None => Ok(StatusCode::ACCEPTED),
        Some(seconds) => Err(Refused::slow_down(seconds)),
    }
}

/// `POST /recovery/complete`.
pub(super) async fn complete(
    State(host): State<Host>,
    AnyKey(signed): AnyKey,
    Content(body): Content<RecoveryCompletion>,
) -> Result<StatusCode, Refused> {
    within(&body.token, 256, "token")?;
    within(&body.new_password, 4096, "new_password")?;
    let from = Sender { proof: Some(&signed.proof), network: signed.network };
    let password = SecretString::from(body.new_password);
    let used = host.portal.complete_recovery(from, &body.token, password).await?;
    answer(&host, used)
}

/// `POST /activation`.
pub(super) async fn activate(
    State(host): State<Host>,
    AnyKey(signed): AnyKey,
    Content(body): Content<Activation>,
) -> Result<StatusCode, Refused> {
    within(&body.token, 256, "token")?;
    let from = Sender { proof: Some(&signed.proof), network: signed.network };
    let used = host.portal.activate(from, &body.token).await?;
    answer(&host, used)
}

fn answer(host: &Host, used: LinkUse) -> Result<StatusCode, Refused> {
    match used {
        LinkUse::Done => Ok(StatusCode::NO_CONTENT),
        LinkUse::Unmet(unmet) => Err(Refused::unmet("new_password", &host.portal.profile.password, &unmet)),
        LinkUse::Expired => Err(Refused::problem("token", FieldProblemCode::Expired)),
        LinkUse::SlowDown(seconds) => Err(Refused::slow_down(seconds)),
    }
}
