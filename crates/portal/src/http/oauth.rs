//! The OAuth endpoints.

use super::{
    Host,
    account_calls::SignedCall,
    answer::Refused,
    request::{self, SignedForm},
};
use crate::{
    sign_in::{Answer, CodeStep, PasswordStep},
    step_up::{StepUp, StepUpPassword},
};
use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use parvis_portal_profile::MethodId;
use parvis_protocol::{
    CLIENT_ID, SCOPE,
    encoding::is_base64url_of,
    error::ErrorCode,
    form::{Form, FormError},
    message::ChallengeError,
    normalise, pkce, proof,
};
use secrecy::SecretString;

/// `POST authorization_challenge_endpoint` (PROTOCOL §3).
pub(super) async fn challenge(State(host): State<Host>, signed: SignedForm) -> Result<Answer, Refused> {
    let form = &signed.form;
    match form.get("auth_session") {
        None if form.get("purpose").is_some() => Err(FormError::Missing("auth_session").into()),
        None => password(&host, &signed).await,
        Some(value) => {
            if form.get("client_id").is_some_and(|client| client != CLIENT_ID) {
                return Err(Refused::bad(ErrorCode::InvalidClient));
            }
            if form.get("webauthn_response").is_some() {
                return Ok(Answer::Step(Box::new(ChallengeError::new(ErrorCode::RedirectToWeb))));
            }
            match form.get("purpose") {
                None => {}
                Some("step_up") if form.get("otp").is_none() && form.get("method").is_none() => {
                    return step_up(&host, &signed, value).await;
                }
                Some("step_up") => {}
                Some(_) => return Err(FormError::Malformed("purpose").into()),
            }
            match (form.get("otp"), form.get("method"), form.get("challenge_id")) {
                (Some(typed), _, Some(challenge_id)) => {
                    code(&host, &signed, value, challenge_id, typed).await
                }
                (None, Some(method), None) => {
                    let request_id = request_id(form)?.ok_or(FormError::Missing("request_id"))?;
                    let method = MethodId::parse(method).ok_or(FormError::Malformed("method"))?;
                    Ok(host.portal.method_step(&signed.proof, value, request_id, method).await?)
                }
                (None, None, _) => Ok(host.portal.current_step(&signed.proof, value).await?),
                _ => Err(Refused::invalid_request("otp needs challenge_id, method stands alone")),
            }
        }
    }
}

async fn password(host: &Host, signed: &SignedForm) -> Result<Answer, Refused> {
    let (form, profile) = (&signed.form, &host.portal.profile);
    if form.require("client_id")? != CLIENT_ID {
        return Err(Refused::bad(ErrorCode::InvalidClient));
    }
    if form.require("response_type")? != "code" {
        return Err(FormError::Malformed("response_type").into());
    }
    if form.require("scope")? != SCOPE {
        return Err(Refused::bad(ErrorCode::InvalidScope));
    }
    if form.require("code_challenge_method")? != "S256" {
        return Err(FormError::Malformed("code_challenge_method").into());
    }
    let code_challenge = form.require("code_challenge")?;
    if !pkce::is_challenge(code_challenge) {
        return Err(FormError::Malformed("code_challenge").into());
    }
    let device_id = form.require("device_id")?;
    if device_id.len() != 43 || !is_base64url_of(device_id, 32) {
        return Err(FormError::Malformed("device_id").into());
    }
    let role = form.require("role")?;
    if profile.role(role).is_none() {
        return Err(FormError::Malformed("role").into());
    }
    let name = normalise::identifier(form.require("username")?).ok_or(FormError::Malformed("username"))?;
    let step = PasswordStep {
        name: &name,
        password: SecretString::from(form.require("password")?),
        role,
        device_id,
        // Whatever is wrong with it: as if no proof had come.
        device_jkt: form
            .get("device_proof")
            .and_then(|compact| proof::check_device(compact, &signed.proof, &signed.url).ok()),
        code_challenge,
        nonce: form.get("nonce"),
        language: request::language(form.get("ui_locales"), &profile.languages),
        supports_codes: form
            .get("supported")
            .is_none_or(|steps| steps.split_whitespace().any(|step| step == "otp")),
        network: signed.network,
    };
    Ok(host.portal.password_step(&signed.proof, step).await?)
}

async fn code(
    host: &Host,
    signed: &SignedForm,
    auth_session: &str,
    challenge_id: &str,
    typed: &str,
) -> Result<Answer, Refused> {
    let form = &signed.form;
    let remember_jkt = if form.flag("remember_device")? {
        let proof = form.require("device_proof")?;
        let jkt = proof::check_device(proof, &signed.proof, &signed.url);
        Some(jkt.map_err(|_| FormError::Malformed("device_proof"))?)
    } else {
        None
    };
    let request_id = request_id(form)?.ok_or(FormError::Missing("request_id"))?;
    let step = CodeStep { auth_session, request_id, challenge_id, typed, remember_jkt };
    Ok(host.portal.code_step(&signed.proof, step).await?)
}

/// `purpose=step_up`: a session asks for one, or answers its password step (PROTOCOL §3).
async fn step_up(host: &Host, signed: &SignedForm, auth_session: &str) -> Result<Answer, Refused> {
    let form = &signed.form;
    let request_id = request_id(form)?.ok_or(FormError::Missing("request_id"))?;
    if let Some(password) = form.get("password") {
        let (password, network) = (SecretString::from(password), signed.network);
        let step = StepUpPassword { auth_session, request_id, password, network };
        return Ok(host.portal.step_up_password(&signed.proof, step).await?);
    }
    let code_challenge = match form.get("code_challenge") {
        Some(challenge) if !pkce::is_challenge(challenge) => {
            return Err(FormError::Malformed("code_challenge").into());
        }
        Some(_) if form.require("code_challenge_method")? != "S256" => {
            return Err(FormError::Malformed("code_challenge_method").into());
        }
        challenge => challenge,
    };
    let step = StepUp { auth_session, request_id, code_challenge };
    Ok(host.portal.step_up(&signed.proof, step).await?)
}

/// 128 random bits.
fn request_id(form: &Form) -> Result<Option<&str>, FormError> {
    match form.get("request_id") {
        Some(id) if !is_base64url_of(id, 16) => Err(FormError::Malformed("request_id")),
        id => Ok(id),
    }
}

/// `POST token_endpoint` (PROTOCOL §4).
pub(super) async fn token(State(host): State<Host>, signed: SignedForm) -> Result<Response, Refused> {
    let (form, portal) = (&signed.form, &host.portal);
    if form.require("client_id")? != CLIENT_ID {
        return Err(Refused::bad(ErrorCode::InvalidClient));
    }
    let tokens = match form.require("grant_type")? {
        "authorization_code" => {
            if form.get("redirect_uri").is_some() {
                return Err(Refused::bad(ErrorCode::InvalidGrant));
            }
            let (code, verifier) = (form.require("code")?, form.require("code_verifier")?);
            portal.redeem(&signed.proof, code, verifier, request_id(form)?, signed.network).await?
        }
        "refresh_token" => portal.refresh(&signed.proof, form.require("refresh_token")?).await?,
        _ => return Err(Refused::bad(ErrorCode::UnsupportedGrantType)),
    };
    tokens.map(|tokens| Json(tokens).into_response()).map_err(Refused::bad)
}

/// `POST revocation_endpoint` (RFC 7009): 200 for any token.
pub(super) async fn revoke(State(host): State<Host>, signed: SignedForm) -> Result<StatusCode, Refused> {
    host.portal.revoke(&signed.proof, signed.form.require("token")?).await?;
    Ok(StatusCode::OK)
}

/// `POST end_session_endpoint`.
pub(super) async fn end_session(State(host): State<Host>, signed: SignedForm) -> Result<StatusCode, Refused> {
    let form = &signed.form;
    match form.get("scope") {
        None => {
            let handle = form.require("end_handle")?;
            host.portal.end_session(&signed.proof, handle, form.flag("forget_device")?).await?;
        }
        Some(scope @ ("others" | "all")) => {
            let call = SignedCall::with_proof(&host, &signed).await?;
            host.portal.end_sessions(&call.proof, &call.caller, scope == "all").await?;
        }
        Some(_) => return Err(FormError::Malformed("scope").into()),
    }
    Ok(StatusCode::NO_CONTENT)
}
