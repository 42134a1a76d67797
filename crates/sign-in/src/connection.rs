//! One request to a portal: proof, nonce, bounds, and which failure it was.

use crate::{failure::Trouble, portals::is_loopback, view::FailureCode};
use parvis_protocol::{
    clock::{Clock, UnixMillis},
    entropy::{Entropy, opaque_short},
    error::{ErrorCode, Problem},
    jws::PrivateKey,
    message::{FieldProblem, Refusal},
    proof,
};
use reqwest::{Method, StatusCode, header, redirect};
use serde::de::DeserializeOwned;
use std::{
    collections::BTreeMap,
    error::Error as _,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use url::Url;
use zeroize::Zeroizing;

const CONNECT_TIME: Duration = Duration::from_secs(5);
const WHOLE_TIME: Duration = Duration::from_secs(20);
/// The largest answer that is read, bytes; a profile is below 20 KiB.
const LARGEST_ANSWER: usize = 256 * 1024;
/// The longest `Retry-After` that is believed.
const LONGEST_WAIT: Duration = Duration::from_hours(24);

/// Fields of a form; wiped when dropped.
pub(crate) type Fields = Vec<(&'static str, Zeroizing<String>)>;

/// What goes with a request.
#[derive(Clone)]
pub(crate) enum Body {
    /// Nothing.
    Empty,
    /// `application/x-www-form-urlencoded`.
    Form(Fields),
    /// `application/json`; wiped when dropped.
    Json(Zeroizing<Vec<u8>>),
}

impl Body {
    /// JSON of a message of the contract.
    pub(crate) fn json(message: &impl serde::Serialize) -> Self {
        // Messages are made of texts and numbers: they have a JSON form.
        Self::Json(Zeroizing::new(serde_json::to_vec(message).unwrap_or_default()))
    }
}

/// A request with a proof.
pub(crate) struct Call<'a> {
    pub(crate) method: Method,
    pub(crate) url: &'a Url,
    pub(crate) key: &'a PrivateKey,
    pub(crate) access_token: Option<&'a str>,
    /// Signs a `device_proof` beside the proof.
    pub(crate) device: Option<&'a PrivateKey>,
    pub(crate) body: Body,
}

/// What came back, whatever its status.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) body: Zeroizing<Vec<u8>>,
    pub(crate) retry_after: Option<Duration>,
    /// The portal's time.
    pub(crate) date: Option<UnixMillis>,
    asks_for_nonce: bool,
}

/// Through the proxy of the operating system, or to this machine itself, where no proxy helps.
struct Clients {
    beyond: reqwest::Client,
    here: reqwest::Client,
}

/// The way to the portals: connections, nonces, and the parameters that proofs need.
pub(crate) struct Connection {
    /// Absent in a build whose TLS library lacks what it needs: said at the first request.
    http: Result<Clients, String>,
    nonces: Mutex<BTreeMap<String, String>>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl Connection {
    pub(crate) fn new(
        tls: Result<rustls::ClientConfig, String>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        let builder = |tls| {
            reqwest::Client::builder()
                .tls_backend_preconfigured(tls)
                .redirect(redirect::Policy::none())
                .referer(false)
                .connect_timeout(CONNECT_TIME)
                .timeout(WHOLE_TIME)
                .user_agent(concat!("parvis/", env!("CARGO_PKG_VERSION")))
        };
        let build = |tls: rustls::ClientConfig| {
            Ok::<_, reqwest::Error>(Clients {
                beyond: builder(tls.clone()).build()?,
                here: builder(tls).no_proxy().build()?,
            })
        };
        let http = tls.and_then(|tls| build(tls).map_err(|error| error.to_string()));
        Self { http, nonces: Mutex::default(), clock, entropy }
    }

    fn request(&self, method: Method, url: &Url) -> Result<reqwest::RequestBuilder, Trouble> {
        let clients = self
            .http
            .as_ref()
            .map_err(|error| Trouble::new(FailureCode::Internal, format!("no HTTP client: {error}")))?;
        let client = if is_loopback(url) { &clients.here } else { &clients.beyond };
        Ok(client.request(method, url.clone()))
    }

    /// Randomness of this connection.
    pub(crate) fn entropy(&self) -> &dyn Entropy {
        &*self.entropy
    }

    /// This PC's clock.
    pub(crate) fn now(&self) -> UnixMillis {
        self.clock.now()
    }

    /// A fresh `request_id`.
    pub(crate) fn request_id(&self) -> String {
        opaque_short(self.entropy())
    }

    /// Reads a public document: metadata, profile, keys.
    pub(crate) async fn document<T: DeserializeOwned>(&self, url: &Url) -> Result<T, Trouble> {
        let reply = self.once(self.request(Method::GET, url)?, url).await?;
        if reply.status == StatusCode::OK { reply.json() } else { Err(reply.refusal()) }
    }

    /// Sends a request with its proof; once more, and once only, if the portal asks for a (fresher) nonce, which it
    /// decides before anything else.
    pub(crate) async fn send(&self, call: &Call<'_>) -> Result<Reply, Trouble> {
        let known = self.nonce(call.url);
        let reply = self.send_with(call, known.as_deref()).await?;
        if !reply.asks_for_nonce {
            return Ok(reply);
        }
        let Some(fresh) = self.nonce(call.url).filter(|fresh| Some(fresh) != known.as_ref()) else {
            return Err(Trouble::unexpected("asks for a nonce without giving one"));
        };
        let reply = self.send_with(call, Some(&fresh)).await?;
        if reply.asks_for_nonce {
            return Err(Trouble::unexpected("does not take its own nonce"));
        }
        Ok(reply)
    }

    /// As [`Connection::send`], and once more if the answer was lost. Only for requests that the portal recognises as the
    /// same: by `request_id`, or because repeating them changes nothing.
    pub(crate) async fn send_repeatable(&self, call: &Call<'_>) -> Result<Reply, Trouble> {
        match self.send(call).await {
            Err(trouble) if trouble.lost => {
                tracing::info!(code = ?trouble.code, message = trouble.message, "answer lost, repeated as the same");
                self.send(call).await
            }
            Ok(reply)
                if reply.status.is_server_error() && reply.status != StatusCode::SERVICE_UNAVAILABLE =>
            {
                self.send(call).await
            }
            other => other,
        }
    }

    async fn send_with(&self, call: &Call<'_>, nonce: Option<&str>) -> Result<Reply, Trouble> {
        let address = call.url.as_str();
        let about =
            proof::Request { method: call.method.as_str(), url: address, access_token: call.access_token };
        let proof = proof::sign(call.key, about, nonce, self.clock.now(), self.entropy());
        let mut request = self.request(call.method.clone(), call.url)?.header("DPoP", proof);
        if let Some(token) = call.access_token {
            request = request.header(header::AUTHORIZATION, format!("DPoP {token}"));
        }
        if let Body::Json(text) = &call.body {
            request = request.header(header::CONTENT_TYPE, "application/json").body(text.to_vec());
        }
        if let Body::Form(fields) = &call.body {
            let mut text = Zeroizing::new(String::with_capacity(16 * 1024));
            let mut form = url::form_urlencoded::Serializer::new(&mut *text);
            form.extend_pairs(fields.iter().map(|(name, value)| (*name, value.as_str())));
            if let (Some(device), Some(nonce)) = (call.device, nonce) {
                let jkt = call.key.jwk().thumbprint();
                form.append_pair("device_proof", &proof::sign_device(device, &jkt, address, nonce));
            }
            form.finish();
            request = request
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(text.as_bytes().to_vec());
        }
        self.once(request, call.url).await
    }

    async fn once(&self, request: reqwest::RequestBuilder, url: &Url) -> Result<Reply, Trouble> {
        let mut response = request.send().await.map_err(|error| of_transport(&error))?;
        let text = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
        if let Some(nonce) = text("DPoP-Nonce").filter(|nonce| (1..=512).contains(&nonce.len())) {
            self.nonces
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(url.origin().ascii_serialization(), nonce.to_owned());
        }
        let retry_after = text("Retry-After")
            .and_then(|seconds| seconds.trim().parse().ok())
            .map(|seconds| Duration::from_secs(seconds).min(LONGEST_WAIT));
        let date = text("Date")
            .and_then(|date| jiff::fmt::rfc2822::parse(date).ok())
            .map(|date| date.timestamp().as_millisecond());
        let challenged = text("WWW-Authenticate").is_some_and(|value| value.contains("use_dpop_nonce"));
        let status = response.status();
        if status.is_redirection() {
            return Err(Trouble::unexpected(format!("redirects ({status}), which is not followed")));
        }
        if status == StatusCode::PROXY_AUTHENTICATION_REQUIRED {
            return Err(Trouble::lost(FailureCode::ProxyRefused, "the proxy wants a sign-in"));
        }
        let mut body = Zeroizing::new(Vec::new());
        while let Some(part) = response.chunk().await.map_err(|error| of_transport(&error))? {
            if body.len() + part.len() > LARGEST_ANSWER {
                return Err(Trouble::unexpected("the answer is too large"));
            }
            body.extend_from_slice(&part);
        }
        let asks_for_nonce = status.is_client_error()
            && (challenged
                || serde_json::from_slice::<Refusal>(&body)
                    .is_ok_and(|refusal| refusal.error == ErrorCode::UseDpopNonce));
        Ok(Reply { status, body, retry_after, date, asks_for_nonce })
    }

    fn nonce(&self, url: &Url) -> Option<String> {
        let nonces = self.nonces.lock().unwrap_or_else(PoisonError::into_inner);
        nonces.get(&url.origin().ascii_serialization()).cloned()
    }
}

impl Reply {
    /// The body as JSON of this shape.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Trouble> {
        serde_json::from_slice(&self.body)
            .map_err(|_| Trouble::unexpected(format!("status {} with a body of another shape", self.status)))
    }

    /// The error code in the body, if it is one of the contract's.
    pub(crate) fn error(&self) -> Option<ErrorCode> {
        serde_json::from_slice::<Refusal>(&self.body).ok().map(|refusal| refusal.error)
    }

    /// What is wrong with fields, if that is what the body says.
    pub(crate) fn problems(&self) -> Vec<FieldProblem> {
        serde_json::from_slice::<Refusal>(&self.body).map(|refusal| refusal.problems).unwrap_or_default()
    }

    /// What a status that is nobody's answer means.
    pub(crate) fn refusal(&self) -> Trouble {
        let error = self.error();
        let said = |what: &str| format!("{what}: status {}, error {error:?}", self.status.as_u16());
        let (code, lost) = match self.status {
            StatusCode::TOO_MANY_REQUESTS => (FailureCode::SlowDown, true),
            StatusCode::SERVICE_UNAVAILABLE => (FailureCode::PortalBusy, true),
            status if status.is_server_error() => (FailureCode::PortalBusy, true),
            _ => match error {
                Some(ErrorCode::InvalidSession | ErrorCode::InvalidGrant) => {
                    (FailureCode::SessionExpired, false)
                }
                Some(ErrorCode::InvalidToken) => (FailureCode::SignedOutByPortal, false),
                Some(ErrorCode::SlowDown) => (FailureCode::SlowDown, true),
                Some(ErrorCode::TemporarilyUnavailable) => (FailureCode::PortalBusy, true),
                Some(
                    ErrorCode::InvalidRequest
                    | ErrorCode::InvalidClient
                    | ErrorCode::InvalidScope
                    | ErrorCode::InvalidDpopProof
                    | ErrorCode::UnsupportedGrantType
                    | ErrorCode::NotFound,
                ) => (FailureCode::RequestRefused, false),
                _ => (FailureCode::UnexpectedAnswer, false),
            },
        };
        Trouble { code, message: said("refused"), retry_after: self.retry_after, lost }
    }
}

/// Which failure of the way it was. The libraries give one error for all; its sources tell.
pub(crate) fn of_transport(error: &reqwest::Error) -> Trouble {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = error.source();
    while let Some(here) = cause {
        if let Some(tls) = here.downcast_ref::<rustls::Error>() {
            return of_tls(tls);
        }
        // The tunnel's error type is not public; its first words are all that tells it.
        let text = here.to_string();
        if text.starts_with("tunnel error") && !text.ends_with("failed to create underlying connection") {
            return Trouble::lost(FailureCode::ProxyRefused, text);
        }
        // What an I/O error wraps is not among its sources: its source is that of what it wraps.
        let wrapped = here.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        cause = match wrapped {
            Some(wrapped) => Some(wrapped),
            None => here.source(),
        };
    }
    let kind = if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "cannot be reached"
    } else {
        "the connection broke"
    };
    Trouble::lost(FailureCode::PortalUnreachable, kind)
}

fn of_tls(error: &rustls::Error) -> Trouble {
    use rustls::Error;
    match error {
        Error::InvalidCertificate(_)
        | Error::NoCertificatesPresented
        | Error::UnsupportedNameType
        | Error::InvalidCertRevocationList(_)
        | Error::PeerIncompatible(_)
        | Error::AlertReceived(_) => {
            // The error's own text names hosts and dates, nothing that a person typed.
            Trouble { lost: true, ..Trouble::new(FailureCode::CertificateRejected, error.to_string()) }
        }
        _ => Trouble::lost(FailureCode::PortalUnreachable, format!("no TLS: {error}")),
    }
}

/// Whether a problem of the challenge endpoint is one that this version knows.
pub(crate) fn known(problem: Option<Problem>) -> Option<Problem> {
    problem.filter(|problem| *problem != Problem::Unknown)
}
