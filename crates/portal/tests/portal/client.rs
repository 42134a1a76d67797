//! A client written from the contract: session key, proofs, nonce, device key.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode},
};
use parvis_protocol::{
    encoding::{base64url, from_base64url},
    entropy::{OsEntropy, opaque, opaque_short},
    jws::PrivateKey,
    pkce, proof,
};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tower::ServiceExt;

pub const ISSUER: &str = "http://127.0.0.1:8787/portail-de-sante";

#[derive(Clone)]
pub struct Client {
    pub app: Router,
    pub key: PrivateKey,
    pub device: PrivateKey,
    pub device_id: String,
    pub nonce: Option<String>,
    pub verifier: String,
    /// Sends the device proof with the password.
    pub proves_device: bool,
    /// The entrance.
    pub role: String,
}

#[derive(Clone)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
    pub json: Value,
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.status, String::from_utf8_lossy(&self.bytes))
    }
}

impl Reply {
    pub fn text(&self, pointer: &str) -> String {
        self.json
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_else(|| panic!("{pointer} in {self:?}"))
            .to_owned()
    }

    pub fn number(&self, pointer: &str) -> i64 {
        self.json.pointer(pointer).and_then(Value::as_i64).unwrap_or_else(|| panic!("{pointer} in {self:?}"))
    }

    pub fn error(&self) -> &str {
        self.json["error"].as_str().unwrap_or("")
    }

    /// Problems of fields, as `field code`.
    pub fn problems(&self) -> Vec<String> {
        let text = |problem: &Value, name: &str| problem[name].as_str().unwrap_or("").to_owned();
        let problems = self.json["problems"].as_array().cloned().unwrap_or_default();
        problems
            .iter()
            .map(|problem| format!("{} {}", text(problem, "field"), text(problem, "code")))
            .collect()
    }

    pub fn problem(&self) -> &str {
        self.json["problem"].as_str().unwrap_or("")
    }

    pub fn is_authorized(&self) -> bool {
        self.status == StatusCode::OK && self.json["authorization_code"].is_string()
    }
}

impl Client {
    pub fn new(app: Router, workstation: &str) -> Self {
        Self {
            app,
            key: PrivateKey::generate(&OsEntropy),
            device: PrivateKey::generate(&OsEntropy),
            device_id: base64url(&Sha256::digest(workstation.as_bytes())),
            nonce: None,
            verifier: pkce::verifier(&OsEntropy),
            proves_device: false,
            role: "professional".to_owned(),
        }
    }

    /// A new sign-in on the same workstation: fresh session key and verifier.
    pub fn again(&self) -> Self {
        let fresh = Self::new(self.app.clone(), "");
        let (device, device_id, role) = (self.device.clone(), self.device_id.clone(), self.role.clone());
        Self { device, device_id, role, proves_device: true, ..fresh }
    }

    pub async fn raw(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Body) -> Reply {
        let mut request = Request::builder().method(method).uri(format!("/portail-de-sante/{path}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.app.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 20).await.unwrap().to_vec();
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Reply { status: parts.status, headers: parts.headers, bytes, json }
    }

    pub fn url(path: &str) -> String {
        format!("{ISSUER}/{path}")
    }

    pub fn proof(&self, method: &str, path: &str, token: Option<&str>) -> String {
        let request = proof::Request { method, url: &Self::url(path), access_token: token };
        proof::sign(&self.key, request, self.nonce.as_deref(), 0, &OsEntropy)
    }

    pub fn device_proof(&self, path: &str) -> String {
        let nonce = self.nonce.clone().unwrap_or_default();
        proof::sign_device(&self.device, &self.key.jwk().thumbprint(), &Self::url(path), &nonce)
    }

    /// Makes sure that there is a fresh nonce.
    pub async fn refresh_nonce(&mut self) {
        let reply = self.raw("GET", "jwks", &[], Body::empty()).await;
        self.nonce = Some(reply.headers["dpop-nonce"].to_str().unwrap().to_owned());
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        self.refresh_nonce().await;
        self.post_as_is(path, fields, None).await
    }

    pub async fn post_as_is(&self, path: &str, fields: &[(&str, &str)], token: Option<&str>) -> Reply {
        let body = serde_urlencoded::to_string(fields).unwrap();
        let proof = self.proof("POST", path, token);
        let mut headers =
            vec![("content-type", "application/x-www-form-urlencoded"), ("dpop", proof.as_str())];
        let authorization = token.map(|token| format!("DPoP {token}")).unwrap_or_default();
        if token.is_some() {
            headers.push(("authorization", authorization.as_str()));
        }
        self.raw("POST", path, &headers, Body::from(body)).await
    }

    pub async fn call(&mut self, method: &str, path: &str, token: &str) -> Reply {
        self.refresh_nonce().await;
        let (proof, authorization) = (self.proof(method, path, Some(token)), format!("DPoP {token}"));
        self.raw(method, path, &[("dpop", &proof), ("authorization", &authorization)], Body::empty()).await
    }

    /// An account call with a body, by whoever has a key or (with a token) is signed in.
    pub async fn json(&mut self, method: &str, path: &str, token: Option<&str>, body: &Value) -> Reply {
        self.refresh_nonce().await;
        self.json_as_is(method, path, token, body.to_string()).await
    }

    /// The same, of a person who is signed in.
    pub async fn send(&mut self, method: &str, path: &str, token: &str, body: &Value) -> Reply {
        self.json(method, path, Some(token), body).await
    }

    pub async fn json_as_is(&self, method: &str, path: &str, token: Option<&str>, body: String) -> Reply {
        let proof = self.proof(method, path, token);
        let mut headers = vec![("content-type", "application/json"), ("dpop", proof.as_str())];
        let authorization = token.map(|token| format!("DPoP {token}")).unwrap_or_default();
        if token.is_some() {
            headers.push(("authorization", authorization.as_str()));
        }
        self.raw(method, path, &headers, Body::from(body)).await
    }

    /// The fields of a password request; `change` adds, replaces or (with an empty value) removes.
    pub fn password_fields(
        &self,
        name: &str,
        password: &str,
        change: &[(&str, &str)],
    ) -> Vec<(String, String)> {
        let mut fields: Vec<(String, String)> = [
            ("response_type", "code"),
            ("client_id", "parvis-desktop"),
            ("scope", "openid"),
            ("code_challenge", &pkce::challenge(&self.verifier)),
            ("code_challenge_method", "S256"),
            ("nonce", "n-0S6_WzA2Mj"),
            ("ui_locales", "fr"),
            ("device_id", &self.device_id),
            ("role", &self.role),
            ("supported", "otp new_password activate"),
            ("username", name),
            ("password", password),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
        if self.proves_device {
            fields.push(("device_proof".to_owned(), self.device_proof("challenge")));
        }
        for (name, value) in change {
            fields.retain(|(field, _)| field != name);
            if !value.is_empty() {
                fields.push(((*name).to_owned(), (*value).to_owned()));
            }
        }
        fields
    }

    pub async fn password_with(&mut self, name: &str, password: &str, change: &[(&str, &str)]) -> Reply {
        self.refresh_nonce().await;
        let fields = self.password_fields(name, password, change);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        self.post_as_is("challenge", &fields, None).await
    }

    pub async fn password(&mut self, name: &str, password: &str) -> Reply {
        self.password_with(name, password, &[]).await
    }

    pub async fn choose(&mut self, auth_session: &str, method: &str) -> Reply {
        let id = opaque_short(&OsEntropy);
        self.post("challenge", &[("auth_session", auth_session), ("request_id", &id), ("method", method)])
            .await
    }

    pub async fn code_with(
        &mut self,
        auth_session: &str,
        challenge: &str,
        code: &str,
        more: &[(&str, &str)],
    ) -> Reply {
        let id = opaque_short(&OsEntropy);
        let mut fields = vec![
            ("auth_session", auth_session),
            ("request_id", &id),
            ("challenge_id", challenge),
            ("otp", code),
        ];
        fields.extend(more);
        self.post("challenge", &fields).await
    }

    /// Answers the question of `asked`.
    pub async fn code(&mut self, asked: &Reply, code: &str) -> Reply {
        self.code_with(&asked.text("/auth_session"), &asked.text("/next/challenge_id"), code, &[]).await
    }

    /// The same, with the trust box ticked.
    pub async fn code_and_remember(&mut self, asked: &Reply, code: &str) -> Reply {
        self.refresh_nonce().await;
        let (session, challenge) = (asked.text("/auth_session"), asked.text("/next/challenge_id"));
        let (id, proof) = (opaque_short(&OsEntropy), self.device_proof("challenge"));
        let fields = [
            ("auth_session", session.as_str()),
            ("request_id", &id),
            ("challenge_id", &challenge),
            ("otp", code),
            ("remember_device", "true"),
            ("device_proof", &proof),
        ];
        let reply = self.post_as_is("challenge", &fields, None).await;
        self.proves_device = true;
        reply
    }

    pub async fn redeem_with(&mut self, code: &str, verifier: &str, request_id: &str) -> Reply {
        let fields = [
            ("grant_type", "authorization_code"),
            ("client_id", "parvis-desktop"),
            ("code", code),
            ("code_verifier", verifier),
            ("request_id", request_id),
        ];
        self.post("token", &fields).await
    }

    pub async fn redeem(&mut self, authorized: &Reply) -> Reply {
        let verifier = self.verifier.clone();
        self.redeem_with(&authorized.text("/authorization_code"), &verifier, &opaque_short(&OsEntropy)).await
    }

    pub async fn refresh(&mut self, token: &str) -> Reply {
        let fields =
            [("grant_type", "refresh_token"), ("client_id", "parvis-desktop"), ("refresh_token", token)];
        self.post("token", &fields).await
    }

    pub async fn end_session(&mut self, handle: &str, forget: bool) -> Reply {
        let forget = if forget { "true" } else { "false" };
        self.post("end-session", &[("end_handle", handle), ("forget_device", forget)]).await
    }
}

/// A wrong code, unlike the right one.
pub fn wrong(code: &str) -> String {
    let n: u32 = code.parse().unwrap();
    format!("{:06}", (n + 1) % 1_000_000)
}

/// The claims of a JWS, unverified.
pub fn claims(token: &str) -> Value {
    serde_json::from_slice(&from_base64url(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
}

/// A value that nobody has.
pub fn random() -> String {
    opaque(&OsEntropy)
}
