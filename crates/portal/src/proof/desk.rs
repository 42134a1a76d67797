//! Somebody at a workstation: a client written from the protocol, over the portal's own router.

use anyhow::{Context, Result};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, header},
};
use parvis_protocol::{
    encoding::base64url,
    entropy::{Entropy, OsEntropy, opaque_short},
    jws::PrivateKey,
    pkce, proof,
};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tower::ServiceExt;

const BODY: usize = 1 << 20;
const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// One sign-in at one workstation.
#[derive(Clone)]
pub(super) struct Desk {
    app: Router,
    issuer: String,
    key: PrivateKey,
    device: PrivateKey,
    device_id: String,
    verifier: String,
}

/// What the portal answered.
#[derive(Debug, Clone)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) retry_after: Option<i64>,
    pub(super) json: Value,
}

impl Reply {
    pub(super) fn text(&self, pointer: &str) -> Result<&str> {
        let found = self.json.pointer(pointer).and_then(Value::as_str);
        found.with_context(|| format!("no {pointer} in {}", self.short()))
    }

    pub(super) fn number(&self, pointer: &str) -> Result<i64> {
        let found = self.json.pointer(pointer).and_then(Value::as_i64);
        found.with_context(|| format!("no {pointer} in {}", self.short()))
    }

    fn word(&self, name: &str) -> &str {
        self.json.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn problem(&self) -> &str {
        self.word("problem")
    }

    pub(super) fn reason(&self) -> &str {
        self.word("reason")
    }

    /// The step that comes next; empty where there is none.
    pub(super) fn step(&self) -> &str {
        self.json.pointer("/next/step").and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn is_authorized(&self) -> bool {
        self.status == 200 && self.json.get("authorization_code").is_some_and(Value::is_string)
    }

    /// For whoever reads a report: no values of the answer but its words.
    pub(super) fn short(&self) -> String {
        let words = [self.word("error"), self.step(), self.problem(), self.reason()];
        let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
        format!("{} {}", self.status, words.join(" ")).trim_end().to_owned()
    }
}

impl Desk {
    pub(super) fn new(app: Router, issuer: &str, workstation: &str) -> Self {
        let entropy = OsEntropy;
        Self {
            app,
            issuer: issuer.to_owned(),
            key: PrivateKey::generate(&entropy),
            device: PrivateKey::generate(&entropy),
            device_id: base64url(&Sha256::digest(workstation.as_bytes())),
            verifier: pkce::verifier(&entropy),
        }
    }

    /// A new sign-in at the same workstation: the device key stays.
    #[must_use]
    pub(super) fn again(&self) -> Self {
        let entropy = OsEntropy;
        Self { key: PrivateKey::generate(&entropy), verifier: pkce::verifier(&entropy), ..self.clone() }
    }

    async fn raw(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Result<(Reply, String)> {
        let url = format!("{}/{path}", self.issuer);
        let path = url::Url::parse(&url)?.path().to_owned();
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.app.clone().oneshot(request.body(Body::from(body))?).await?;
        let (parts, body) = response.into_parts();
        let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
        let nonce = header("dpop-nonce").unwrap_or_default().to_owned();
        let retry_after = header(header::RETRY_AFTER.as_str()).and_then(|value| value.parse().ok());
        let json = serde_json::from_slice(&to_bytes(body, BODY).await?).unwrap_or(Value::Null);
        Ok((Reply { status: parts.status.as_u16(), retry_after, json }, nonce))
    }

    /// A signed request with a fresh nonce.
    async fn send(
        &self,
        method: &str,
        path: &str,
        content: (&str, String),
        token: Option<&str>,
    ) -> Result<Reply> {
        let (_, nonce) = self.raw("GET", "jwks", &[], String::new()).await?;
        self.send_with(method, path, content, token, &nonce).await
    }

    async fn send_with(
        &self,
        method: &str,
        path: &str,
        (kind, body): (&str, String),
        token: Option<&str>,
        nonce: &str,
    ) -> Result<Reply> {
        let url = format!("{}/{path}", self.issuer);
        let request = proof::Request { method, url: &url, access_token: token };
        let proof = proof::sign(&self.key, request, Some(nonce), 0, &OsEntropy);
        let authorization = token.map(|token| format!("DPoP {token}"));
        let mut headers = vec![("dpop", proof.as_str()), ("content-type", kind)];
        headers.extend(authorization.as_deref().map(|value| ("authorization", value)));
        Ok(self.raw(method, path, &headers, body).await?.0)
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Result<Reply> {
        self.send("POST", path, (FORM, serde_urlencoded::to_string(fields)?), None).await
    }

    /// An account call; without a token for those that need nobody signed in.
    pub(super) async fn call(&self, path: &str, body: Value, token: Option<&str>) -> Result<Reply> {
        self.send("POST", path, (JSON, body.to_string()), token).await
    }

    fn device_proof(&self, nonce: &str) -> String {
        let url = format!("{}/challenge", self.issuer);
        proof::sign_device(&self.device, &self.key.jwk().thumbprint(), &url, nonce)
    }

    /// Identifier and password, with the device key's proof.
    pub(super) async fn password(&self, role: &str, name: &str, password: &str) -> Result<Reply> {
        let (_, nonce) = self.raw("GET", "jwks", &[], String::new()).await?;
        let (challenge, device_proof) = (pkce::challenge(&self.verifier), self.device_proof(&nonce));
        let fields = [
            ("response_type", "code"),
            ("client_id", "parvis-desktop"),
            ("scope", "openid"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("nonce", "proof"),
            ("device_id", &self.device_id),
            ("role", role),
            ("supported", "otp new_password activate"),
            ("username", name),
            ("password", password),
            ("device_proof", &device_proof),
        ];
        let body = serde_urlencoded::to_string(fields)?;
        self.send_with("POST", "challenge", (FORM, body), None, &nonce).await
    }

    pub(super) async fn choose(&self, auth_session: &str, method: &str) -> Result<Reply> {
        let id = opaque_short(&OsEntropy);
        let fields = [("auth_session", auth_session), ("request_id", &id), ("method", method)];
        self.post("challenge", &fields).await
    }

    pub(super) async fn code(
        &self,
        auth_session: &str,
        challenge_id: &str,
        code: &str,
        remember: bool,
    ) -> Result<Reply> {
        let (_, nonce) = self.raw("GET", "jwks", &[], String::new()).await?;
        let (id, device_proof) = (opaque_short(&OsEntropy), self.device_proof(&nonce));
        let mut fields = vec![
            ("auth_session", auth_session),
            ("request_id", &id),
            ("challenge_id", challenge_id),
            ("otp", code),
        ];
        if remember {
            fields.extend([("remember_device", "true"), ("device_proof", device_proof.as_str())]);
        }
        let body = serde_urlencoded::to_string(fields)?;
        self.send_with("POST", "challenge", (FORM, body), None, &nonce).await
    }

    pub(super) async fn redeem(&self, authorized: &Reply) -> Result<Reply> {
        let id = opaque_short(&OsEntropy);
        let code = authorized.text("/authorization_code")?;
        let fields = [
            ("grant_type", "authorization_code"),
            ("client_id", "parvis-desktop"),
            ("code", code),
            ("code_verifier", &self.verifier),
            ("request_id", &id),
        ];
        self.post("token", &fields).await
    }

    pub(super) async fn refresh(&self, token: &str) -> Result<Reply> {
        let fields =
            [("grant_type", "refresh_token"), ("client_id", "parvis-desktop"), ("refresh_token", token)];
        self.post("token", &fields).await
    }
}

/// Letters that no dictionary has, of one alphabet.
pub(super) fn random(alphabet: &[u8], length: usize) -> String {
    let mut bytes = vec![0; length];
    OsEntropy.fill(&mut bytes);
    bytes.iter().map(|byte| char::from(alphabet[usize::from(*byte) % alphabet.len()])).collect()
}
