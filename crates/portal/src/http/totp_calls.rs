//! Account calls about the authenticator app and its recovery codes (PROTOCOL §7).

use super::{Host, account_calls::FreshCall, answer::Refused};
use crate::{
    clock::seconds,
    totp::{self, Confirmation},
};
use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use axum::{extract::rejection::JsonRejection, response::Response};
use parvis_protocol::{
    error::{ErrorCode, FieldProblemCode},
    message::{FieldProblem, RecoveryCodes, Refusal, TotpConfirmation, TotpSecret},
    normalise,
};
use serde_json::{Value, json};

/// `POST /totp`: a proposed secret, shown in this answer alone.
pub(super) async fn propose(
    State(host): State<Host>,
    FreshCall(call): FreshCall,
) -> Result<Json<TotpSecret>, Refused> {
    offered(&host)?;
    Ok(Json(host.portal.propose_totp(&call.proof, &call.caller).await?))
}

/// `POST /totp/confirm`: the first code activates the authenticator app; the answer alone shows its recovery codes.
pub(super) async fn confirm(
    State(host): State<Host>,
    FreshCall(call): FreshCall,
    body: Result<Json<TotpConfirmation>, JsonRejection>,
) -> Result<Response, Refused> {
    offered(&host)?;
    // What serde says of a body may quote it.
    let Ok(Json(TotpConfirmation { otp })) = body else {
        return Err(Refused::invalid_request("the body must be {\"otp\":\"…\"}"));
    };
    let Some(code) = normalise::code(&otp, totp::LENGTH as usize) else {
        return Ok(problem(FieldProblemCode::Malformed, None));
    };
    Ok(match host.portal.confirm_totp(&call.proof, &call.caller, &code).await? {
        Confirmation::Active(codes) => Json(codes).into_response(),
        Confirmation::NothingProposed => problem(FieldProblemCode::Expired, None),
        Confirmation::ClockDrift(ahead) => {
            problem(FieldProblemCode::ClockDrift, Some(json!({"seconds": ahead})))
        }
        Confirmation::Rejected(left) => {
            problem(FieldProblemCode::Rejected, Some(json!({"attempts_remaining": left})))
        }
        Confirmation::Blocked(until) => {
            let params = until.map(|until| json!({"until": seconds(until)}));
            problem(FieldProblemCode::Blocked, params)
        }
    })
}

/// `DELETE /totp`.
pub(super) async fn remove(
    State(host): State<Host>,
    FreshCall(call): FreshCall,
) -> Result<StatusCode, Refused> {
    offered(&host)?;
    let removed = host.portal.remove_totp(&call.proof, &call.caller).await?;
    if removed { Ok(StatusCode::NO_CONTENT) } else { Err(not_found()) }
}

/// `POST /totp/recovery-codes`: new ones; the ones before are void.
pub(super) async fn renew_recovery_codes(
    State(host): State<Host>,
    FreshCall(call): FreshCall,
) -> Result<Json<RecoveryCodes>, Refused> {
    offered(&host)?;
    let codes = host.portal.renew_recovery_codes(&call.proof, &call.caller).await?;
    codes.map(Json).ok_or(not_found())
}

/// Where the portal knows no authenticator apps, there are no such calls.
fn offered(host: &Host) -> Result<(), Refused> {
    if host.portal.offers_totp() { Ok(()) } else { Err(not_found()) }
}

const fn not_found() -> Refused {
    Refused::With(StatusCode::NOT_FOUND, ErrorCode::NotFound, None)
}

fn problem(code: FieldProblemCode, params: Option<Value>) -> Response {
    let problem = FieldProblem { field: "otp".to_owned(), code: code.as_str().to_owned(), params };
    let refusal =
        Refusal { error: ErrorCode::InvalidRequest, error_description: None, problems: vec![problem] };
    (StatusCode::BAD_REQUEST, Json(refusal)).into_response()
}
