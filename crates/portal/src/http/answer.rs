//! Answers and their headers.

use super::{Host, NO_STORE};
use crate::{Fault, nonce, sign_in::Answer};
use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use parvis_portal_profile::{PasswordRule, PasswordRules};
use parvis_protocol::{
    error::{ErrorCode, FieldProblemCode},
    message::{ChallengeError, FieldProblem, Refusal},
};

pub(super) const NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

/// A request that ends here.
#[derive(Debug)]
pub(super) enum Refused {
    /// With its status.
    With(StatusCode, ErrorCode, Option<String>),
    /// What is wrong with its fields, all at once (PROTOCOL §7).
    Problems(Vec<FieldProblem>),
    /// Wait so many seconds.
    Later(StatusCode, ErrorCode, u32),
}

impl Refused {
    pub(super) fn invalid_request(reason: impl std::fmt::Display) -> Self {
        Self::With(StatusCode::BAD_REQUEST, ErrorCode::InvalidRequest, Some(reason.to_string()))
    }

    pub(super) const fn bad(error: ErrorCode) -> Self {
        Self::With(StatusCode::BAD_REQUEST, error, None)
    }

    /// One problem with one field.
    pub(super) fn problem(field: &str, code: FieldProblemCode) -> Self {
        Self::Problems(vec![FieldProblem {
            field: field.to_owned(),
            code: code.as_str().to_owned(),
            params: None,
        }])
    }

    /// A new password that does not meet these rules, each with its number.
    pub(super) fn unmet(field: &str, rules: &PasswordRules, unmet: &[PasswordRule]) -> Self {
        let problem = |rule: &PasswordRule| FieldProblem {
            field: field.to_owned(),
            code: rule.code().to_owned(),
            params: rules.count(*rule).map(|count| serde_json::json!({"count": count})),
        };
        Self::Problems(unmet.iter().map(problem).collect())
    }

    /// Too many tries or requests: wait so many seconds.
    pub(super) const fn slow_down(seconds: u32) -> Self {
        Self::Later(StatusCode::TOO_MANY_REQUESTS, ErrorCode::SlowDown, seconds)
    }

    pub(super) const fn unauthorized(error: ErrorCode) -> Self {
        Self::With(StatusCode::UNAUTHORIZED, error, None)
    }
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::ProofReplayed => Self::bad(ErrorCode::InvalidDpopProof),
            Fault::Busy => Self::Later(StatusCode::SERVICE_UNAVAILABLE, ErrorCode::TemporarilyUnavailable, 1),
            Fault::Store(error) => {
                tracing::error!(%error, "the store failed");
                Self::Later(StatusCode::SERVICE_UNAVAILABLE, ErrorCode::TemporarilyUnavailable, 5)
            }
        }
    }
}

impl From<parvis_protocol::form::FormError> for Refused {
    fn from(error: parvis_protocol::form::FormError) -> Self {
        Self::invalid_request(error)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let (status, error, description, wait, problems) = match self {
            Self::With(status, error, description) => (status, error, description, None, Vec::new()),
            Self::Later(status, error, seconds) => (status, error, None, Some(seconds), Vec::new()),
            Self::Problems(problems) => {
                (StatusCode::BAD_REQUEST, ErrorCode::InvalidRequest, None, None, problems)
            }
        };
        let body = Json(Refusal { error, error_description: description, problems });
        let mut response = (status, body).into_response();
        if let Some(seconds) = wait {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED
            && let Ok(value) = serde_json::to_value(error)
                .map(|code| format!("DPoP error=\"{}\", algs=\"ES256\"", code.as_str().unwrap_or_default()))
            && let Ok(value) = HeaderValue::from_str(&value)
        {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
        }
        response
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        match self {
            Self::Authorized(authorized) => Json(authorized).into_response(),
            Self::Step(error) => (StatusCode::BAD_REQUEST, Json(*error)).into_response(),
            Self::SlowDown(seconds) => (
                StatusCode::TOO_MANY_REQUESTS,
                [(header::RETRY_AFTER, HeaderValue::from(seconds))],
                Json(ChallengeError::new(ErrorCode::SlowDown)),
            )
                .into_response(),
        }
    }
}

/// Every answer of a portal's endpoints carries a fresh nonce.
pub(super) async fn fresh_nonce(State(host): State<Host>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if let Ok(value) = HeaderValue::from_str(&nonce::issue(&host.portal, host.portal.clock.now())) {
        response.headers_mut().insert(NONCE, value);
    }
    response
}

/// Headers of every answer (SRV-01, SRV-02).
pub(super) async fn headers(mut response: Response) -> Response {
    let headers: &mut HeaderMap = response.headers_mut();
    let (name, value) = NO_STORE;
    headers.entry(name).or_insert(value);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    // A page has its own.
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    headers.insert(
        header::STRICT_TRANSPORT_SECURITY,
        HeaderValue::from_static("max-age=63072000; includeSubDomains"),
    );
    response
}

pub(super) async fn not_found() -> Response {
    Refused::With(StatusCode::NOT_FOUND, ErrorCode::NotFound, None).into_response()
}

/// A defect in a handler is one generic answer, and the process goes on (SRV-09).
pub(super) async fn catch_panic(request: Request, next: Next) -> Response {
    let handled = tokio::spawn(next.run(request)).await;
    handled.unwrap_or_else(|_| {
        tracing::error!("a handler panicked");
        Refused::With(StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::ServerError, None).into_response()
    })
}
