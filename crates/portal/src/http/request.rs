//! What a request carries: form, proof, network.

use super::{Host, answer::Refused};
use crate::nonce;
use axum::{
    body::{Body, to_bytes},
    extract::{ConnectInfo, FromRequest, FromRequestParts},
    http::{HeaderMap, Request, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use parvis_portal_profile::Language;
use parvis_protocol::{
    error::ErrorCode,
    form::{Form, FormError, MAX_BODY},
    proof::{self, Proof},
};
use serde::de::DeserializeOwned;
use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};
use tokio::time::timeout;

/// A POST to an OAuth endpoint: the form, and a proof that fits it and carries a fresh nonce.
pub(super) struct SignedForm {
    pub(super) form: Form,
    pub(super) proof: Proof,
    pub(super) network: Option<IpAddr>,
    /// The endpoint's address, as proofs name it.
    pub(super) url: String,
    pub(super) headers: HeaderMap,
}

impl FromRequest<Host> for SignedForm {
    type Rejection = Refused;

    async fn from_request(request: Request<Body>, host: &Host) -> Result<Self, Refused> {
        let (mut parts, body) = request.into_parts();
        // The nonce is decided first: a client that has none yet loses nothing else by it.
        let token = access_token(&parts.headers);
        let signed = Signed::of(&mut parts, host, token.as_deref(), StatusCode::BAD_REQUEST).await?;
        if !is_form(&parts.headers) {
            return Err(Refused::invalid_request(
                "the content type must be application/x-www-form-urlencoded",
            ));
        }
        if parts.uri.query().is_some() {
            return Err(Refused::invalid_request("nothing may stand in the query"));
        }
        // Read to the end or to the limit, whichever comes first.
        let body =
            to_bytes(body, MAX_BODY).await.map_err(|_| Refused::invalid_request("the body is too large"))?;
        let form = Form::parse(&body)?;
        Ok(Self {
            form,
            proof: signed.proof,
            network: signed.network,
            url: signed.url,
            headers: parts.headers,
        })
    }
}

/// Proof and network of any signed request.
pub(super) struct Signed {
    pub(super) proof: Proof,
    pub(super) network: Option<IpAddr>,
    pub(super) url: String,
}

impl Signed {
    /// Checks the proof of a request, which covers the access token if one came; refusals have `status`.
    pub(super) async fn of(
        parts: &mut Parts,
        host: &Host,
        access_token: Option<&str>,
        status: StatusCode,
    ) -> Result<Self, Refused> {
        let refused = |error| Refused::With(status, error, None);
        if host.portal.clock.rolled_back() {
            tracing::error!("the system's clock is more than a day behind: parvis-portal clock reset");
            return Err(Refused::Later(
                StatusCode::SERVICE_UNAVAILABLE,
                ErrorCode::TemporarilyUnavailable,
                60,
            ));
        }
        let mut headers = parts.headers.get_all("dpop").iter();
        let (Some(header), None) = (headers.next(), headers.next()) else {
            return Err(refused(ErrorCode::InvalidDpopProof));
        };
        let url = address(host, parts);
        let request = proof::Request { method: parts.method.as_str(), url: &url, access_token };
        let proof = header
            .to_str()
            .ok()
            .and_then(|compact| proof::check(compact, request).ok())
            .ok_or_else(|| refused(ErrorCode::InvalidDpopProof))?;
        let fresh = proof
            .nonce
            .as_deref()
            .is_some_and(|nonce| nonce::is_fresh(&host.portal, nonce, host.portal.clock.now()));
        if !fresh {
            return Err(refused(ErrorCode::UseDpopNonce));
        }
        let network = origin(parts, host).await;
        Ok(Self { proof, network, url })
    }
}

/// A call by whoever has a key: a proof, and no access token.
pub(super) struct AnyKey(pub(super) Signed);

impl FromRequestParts<Host> for AnyKey {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, host: &Host) -> Result<Self, Refused> {
        Ok(Self(Signed::of(parts, host, None, StatusCode::UNAUTHORIZED).await?))
    }
}

/// How long the body of a request may take, in seconds.
const BODY_IN: Duration = Duration::from_secs(10);

/// Reads the body before anything is decided: a request that is held back holds no connection for long, and is judged by what
/// holds when all of it is there (PRT-04).
pub(super) async fn whole(request: Request<Body>, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    match timeout(BODY_IN, to_bytes(body, MAX_BODY)).await {
        Ok(Ok(body)) => next.run(Request::from_parts(parts, Body::from(body))).await,
        // Too large, or cut off: refused by whoever would read it, in the form of its own answers.
        Ok(Err(_)) => next.run(Request::from_parts(parts, Body::from(vec![0; MAX_BODY + 1]))).await,
        Err(_) => (StatusCode::REQUEST_TIMEOUT, [(header::CONNECTION, "close")]).into_response(),
    }
}

/// The JSON body of an account call; a member that stands twice, is too long or of another type is refused before anything is
/// done (PRT-04, REC-04).
pub(super) struct Content<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<Host> for Content<T> {
    type Rejection = Refused;

    async fn from_request(request: Request<Body>, _: &Host) -> Result<Self, Refused> {
        let (parts, body) = request.into_parts();
        if content_type(&parts.headers) != Some("application/json") {
            return Err(Refused::invalid_request("the content type must be application/json"));
        }
        if parts.uri.query().is_some() {
            return Err(Refused::invalid_request("nothing may stand in the query"));
        }
        let body =
            to_bytes(body, MAX_BODY).await.map_err(|_| Refused::invalid_request("the body is too large"))?;
        // The parser's own words would quote what was sent.
        serde_json::from_slice(&body)
            .map(Self)
            .map_err(|_| Refused::invalid_request("the body is not the JSON that this call takes"))
    }
}

/// A member of a body that is there, and no longer than it may be, in bytes.
pub(super) fn within(value: &str, limit: usize, name: &'static str) -> Result<(), Refused> {
    match value.len() {
        0 => Err(FormError::Missing(name).into()),
        length if length > limit => Err(FormError::TooLong(name).into()),
        _ => Ok(()),
    }
}

/// The first of the wished languages (`ui_locales`) that the portal has.
pub(super) fn language(wished: Option<&str>, offered: &[Language]) -> Language {
    wished
        .into_iter()
        .flat_map(str::split_whitespace)
        .filter_map(|tag| Language::parse(tag.split('-').next().unwrap_or(tag)))
        .find(|language| offered.contains(language))
        .or_else(|| offered.first().copied())
        .unwrap_or(Language::Fr)
}

/// Where a request comes from; `None` for this machine.
pub(crate) async fn origin(parts: &mut Parts, host: &Host) -> Option<IpAddr> {
    let peer = ConnectInfo::<SocketAddr>::from_request_parts(parts, &()).await.ok()?.0.ip();
    Some(network(&host.proxies, peer, &parts.headers)).filter(|ip| !ip.is_loopback())
}

/// The access token that came beside the proof.
pub(super) fn access_token(headers: &HeaderMap) -> Option<String> {
    let token = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = token.and_then(|value| value.strip_prefix("DPoP ")).filter(|token| token.len() <= 256);
    token.map(ToOwned::to_owned)
}

/// The address a request was made to, from the configured issuer and never from `Host`.
fn address(host: &Host, parts: &Parts) -> String {
    // `nest` strips the issuer's path from the URI that the handler sees.
    format!("{}{}", host.portal.issuer_text(), parts.uri.path())
}

/// The client's address: the peer, or what a declared proxy appended last (ACC-10).
fn network(proxies: &[IpAddr], peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    if !proxies.contains(&peer) {
        return peer;
    }
    headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|part| part.trim().parse::<IpAddr>().ok())
        .rfind(|address| !proxies.contains(address))
        .unwrap_or(peer)
}

/// Whether the body is a form.
pub(crate) fn is_form(headers: &HeaderMap) -> bool {
    content_type(headers) == Some("application/x-www-form-urlencoded")
}

fn content_type(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::CONTENT_TYPE)?.to_str().ok()?.split(';').next().map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{Router, body::HttpBody, middleware, routing::post};
    use std::{
        convert::Infallible,
        pin::Pin,
        task::{Context, Poll},
    };
    use tower::ServiceExt;

    /// A body of which nothing ever comes.
    struct HeldBack;

    impl HttpBody for HeldBack {
        type Data = axum::body::Bytes;
        type Error = Infallible;

        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<hyper::body::Frame<Self::Data>, Infallible>>> {
            Poll::Pending
        }
    }

    #[tokio::test(start_paused = true)]
    async fn prt_04_a_body_that_is_held_back_is_not_waited_for() {
        let app = Router::new().route("/", post(async || "judged")).layer(middleware::from_fn(whole));
        let send = |body| Request::post("/").body(body).unwrap();
        let held = app.clone().oneshot(send(Body::new(HeldBack))).await.unwrap();
        assert_eq!(held.status(), StatusCode::REQUEST_TIMEOUT);
        assert_eq!(app.oneshot(send(Body::from("a"))).await.unwrap().status(), StatusCode::OK);
    }

    #[test]
    fn acc_10_forwarded_addresses_are_believed_from_declared_proxies_only() {
        let (proxy, client): (IpAddr, IpAddr) = ("10.0.0.1".parse().unwrap(), "203.0.113.7".parse().unwrap());
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", "1.2.3.4, 198.51.100.9, 10.0.0.1".parse().unwrap());
        assert_eq!(network(&[], client, &headers), client);
        assert_eq!(network(&[proxy], client, &headers), client);
        assert_eq!(network(&[proxy], proxy, &headers), "198.51.100.9".parse::<IpAddr>().unwrap());
        assert_eq!(network(&[proxy], proxy, &HeaderMap::new()), proxy);
    }
}
