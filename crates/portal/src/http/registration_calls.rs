//! Opening an account (PROTOCOL §7).

use super::{
    Host,
    answer::Refused,
    request::{AnyKey, Content, language, within},
};
use crate::{
    appointment,
    registration::{FormStep, Stepped, Typed},
};
use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use parvis_protocol::{
    encoding::is_base64url_of, error::ErrorCode, form::FormError, registration::RegistrationRequest,
};

/// Fields of a form, and consents: many more than any profile has.
const MOST: usize = 32;

/// `POST /registration`: a form, or a step after it.
pub(super) async fn step(
    State(host): State<Host>,
    AnyKey(signed): AnyKey,
    Content(body): Content<RegistrationRequest>,
) -> Result<Response, Refused> {
    let (portal, proof) = (&host.portal, &signed.proof);
    if portal.profile.registration.is_none() {
        return Err(Refused::With(StatusCode::NOT_FOUND, ErrorCode::NotFound, None));
    }
    let given = [&body.registration_session, &body.challenge_id, &body.otp, &body.resend];
    for (value, name) in given.into_iter().zip(["registration_session", "challenge_id", "otp", "resend"]) {
        if let Some(value) = value {
            within(value, 256, name)?;
        }
    }
    if body.accepted.len() > MOST || body.accepted.iter().any(|id| id.len() > 64) {
        return Err(FormError::TooLong("accepted").into());
    }
    let request_id = match body.request_id.as_deref() {
        Some(id) if !is_base64url_of(id, 16) => return Err(FormError::Malformed("request_id").into()),
        id => id.ok_or(FormError::Missing("request_id")),
    };
    let answer = match (&body.registration_session, &body.fields) {
        (None, None) => {
            let link = body.link.as_deref().ok_or(FormError::Missing("fields"))?;
            within(link, appointment::LONGEST, "link")?;
            portal.registration_by_link(link)
        }
        (None, Some(fields)) => {
            if fields.len() > MOST {
                return Err(FormError::TooLong("fields").into());
            }
            for (name, value) in fields {
                let limit = if name.starts_with("password") { 4096 } else { 1024 };
                if name.len() > 64 || value.len() > limit {
                    return Err(FormError::TooLong("fields").into());
                }
            }
            if let Some(link) = &body.link {
                within(link, appointment::LONGEST, "link")?;
            }
            let form = FormStep {
                request_id: request_id?,
                link: body.link.as_deref(),
                typed: Typed { fields, declared: body.declared, accepted: &body.accepted },
                language: language(body.ui_locales.as_deref(), &portal.profile.languages),
                network: signed.network,
            };
            portal.registration_form(proof, form).await?
        }
        (Some(value), None) => {
            match (&body.challenge_id, &body.otp, &body.resend, body.accepted.as_slice()) {
                (Some(challenge_id), Some(otp), None, []) => {
                    portal
                        .registration_code(proof, value, request_id?, challenge_id, otp, signed.network)
                        .await?
                }
                (None, None, Some(way), []) => {
                    portal.registration_resend(proof, value, request_id?, way, signed.network).await?
                }
                (None, None, None, []) => portal.registration_step(proof, value).await?,
                (None, None, None, accepted) => {
                    portal.registration_consent(proof, value, request_id?, accepted, signed.network).await?
                }
                _ => {
                    return Err(Refused::invalid_request(
                        "one answer at a time: otp with challenge_id, resend, or accepted",
                    ));
                }
            }
        }
        (Some(_), Some(_)) => {
            return Err(Refused::invalid_request("a form begins a registration, and answers none"));
        }
    };
    match answer {
        Stepped::Answer(answer) => {
            let status = if answer.error.is_none() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
            Ok((status, Json(*answer)).into_response())
        }
        Stepped::Refused(error) => Err(Refused::bad(error)),
        Stepped::SlowDown(seconds) => Err(Refused::slow_down(seconds)),
    }
}
