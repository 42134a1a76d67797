//! Account calls (PROTOCOL §7): an access token and a proof by its key.

use super::{
    Host,
    answer::Refused,
    request::{self, Content, Signed, SignedForm, within},
};
use crate::{
    clock::{duration, seconds},
    grant::Caller,
    password::{self, Changed},
    trust,
};
use axum::{
    Json,
    extract::{FromRequestParts, Path, State},
    http::{HeaderMap, StatusCode, request::Parts},
};
use parvis_protocol::{
    error::{ErrorCode, FieldProblemCode},
    message::{Device, Devices, Events, PasswordChange, Sessions},
    proof::Proof,
};
use secrecy::SecretString;
use std::net::IpAddr;

/// A call by a person who is signed in.
pub(super) struct SignedCall {
    pub(super) proof: Proof,
    pub(super) caller: Caller,
    pub(super) network: Option<IpAddr>,
}

impl FromRequestParts<Host> for SignedCall {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, host: &Host) -> Result<Self, Refused> {
        let token = access_token(&parts.headers)?;
        let signed = Signed::of(parts, host, Some(&token), StatusCode::UNAUTHORIZED).await?;
        Self::of(host, signed.proof, signed.network, &token).await
    }
}

impl SignedCall {
    /// The caller of a form whose proof covers the endpoint; the access token goes beside it.
    pub(super) async fn with_proof(host: &Host, signed: &SignedForm) -> Result<Self, Refused> {
        let token = access_token(&signed.headers)?;
        Self::of(host, signed.proof.clone(), signed.network, &token).await
    }

    async fn of(host: &Host, proof: Proof, network: Option<IpAddr>, token: &str) -> Result<Self, Refused> {
        let caller = host.portal.caller(&proof, token).await?;
        let caller = caller.ok_or(Refused::unauthorized(ErrorCode::InvalidToken))?;
        Ok(Self { proof, caller, network })
    }
}

/// A sensitive call: the person has proved lately who they are, else 401 `insufficient_user_authentication`.
pub(super) struct FreshCall(pub(super) SignedCall);

impl FromRequestParts<Host> for FreshCall {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, host: &Host) -> Result<Self, Refused> {
        let call = SignedCall::from_request_parts(parts, host).await?;
        let has_second_factor = !host.portal.usable_methods(&call.caller.account).is_empty();
        if call.caller.is_fresh(has_second_factor, host.portal.clock.now()) {
            Ok(Self(call))
        } else {
            Err(Refused::unauthorized(ErrorCode::InsufficientUserAuthentication))
        }
    }
}

fn access_token(headers: &HeaderMap) -> Result<String, Refused> {
    request::access_token(headers).ok_or(Refused::unauthorized(ErrorCode::InvalidToken))
}

/// `GET /devices`: trusted workstations.
pub(super) async fn devices(State(host): State<Host>, call: SignedCall) -> Result<Json<Devices>, Refused> {
    let now = host.portal.clock.now();
    let trusts = trust::of(host.portal.store.read(), &host.portal, &call.caller.account.subject, now)
        .await
        .map_err(crate::Fault::from)?;
    let devices = trusts
        .into_iter()
        .map(|trust| Device {
            current: trust.device_id == call.caller.device_id,
            granted_at: seconds(trust.granted_at),
            expires_at: seconds(trust.expires_at),
            expires_in: duration(trust.expires_at - now),
            id: trust.id,
        })
        .collect();
    Ok(Json(Devices { devices }))
}

/// `DELETE /devices/{id}`: ends the trust of one workstation.
pub(super) async fn forget_device(
    State(host): State<Host>,
    Path(id): Path<String>,
    call: SignedCall,
) -> Result<StatusCode, Refused> {
    let found = host.portal.forget_device(&call.proof, &call.caller, &id).await?;
    if found { Ok(StatusCode::NO_CONTENT) } else { Err(not_found()) }
}

/// `GET /sessions`: open sessions.
pub(super) async fn sessions(State(host): State<Host>, call: SignedCall) -> Result<Json<Sessions>, Refused> {
    Ok(Json(Sessions { sessions: host.portal.open_sessions(&call.caller).await? }))
}

/// `DELETE /sessions/{id}`: ends one.
pub(super) async fn end_session(
    State(host): State<Host>,
    Path(id): Path<String>,
    call: SignedCall,
) -> Result<StatusCode, Refused> {
    let found = host.portal.end_open_session(&call.proof, &call.caller, &id).await?;
    if found { Ok(StatusCode::NO_CONTENT) } else { Err(not_found()) }
}

/// `GET /events`: the account's own history.
pub(super) async fn events(State(host): State<Host>, call: SignedCall) -> Result<Json<Events>, Refused> {
    let events = host.portal.history(&call.caller.account, &call.caller.device_id).await?;
    Ok(Json(Events { events }))
}

/// `POST /password` (PWD-05).
pub(super) async fn change_password(
    State(host): State<Host>,
    FreshCall(call): FreshCall,
    Content(body): Content<PasswordChange>,
) -> Result<StatusCode, Refused> {
    within(&body.current, 4096, "current")?;
    within(&body.new, 4096, "new")?;
    let change = password::PasswordChange {
        current: SecretString::from(body.current),
        new: SecretString::from(body.new),
        sign_out_others: body.sign_out_others,
        network: call.network,
    };
    match host.portal.change_password(&call.proof, &call.caller, change).await? {
        Changed::Done => Ok(StatusCode::NO_CONTENT),
        Changed::Unmet(unmet) => Err(Refused::unmet("new", &host.portal.profile.password, &unmet)),
        Changed::Unchanged => Err(Refused::problem("new", FieldProblemCode::Unchanged)),
        Changed::Rejected => Err(Refused::problem("current", FieldProblemCode::Rejected)),
        Changed::SlowDown(seconds) => Err(Refused::slow_down(seconds)),
    }
}

pub(super) const fn not_found() -> Refused {
    Refused::With(StatusCode::NOT_FOUND, ErrorCode::NotFound, None)
}
