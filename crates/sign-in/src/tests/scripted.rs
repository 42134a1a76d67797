//! A portal that says what a test wants it to say.

use crate::{
    Keyring, Policy, Settings, SignInHandle,
    portals::PortalList,
    view::{Answer, FailureCode, Language, Screen, View},
};
use parvis_protocol::{
    clock::{Clock, SystemClock},
    encoding::from_base64url,
    entropy::{OsEntropy, SeededEntropy},
    jws::{Header, PrivateKey},
};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, VecDeque},
    path::Path,
    sync::{Arc, Mutex},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) path: String,
    /// The key that signed the proof.
    pub(crate) key: Value,
    pub(crate) proof: Value,
    /// An access token came with it.
    pub(crate) authorized: bool,
    pub(crate) form: BTreeMap<String, String>,
    /// The body as JSON, or nothing.
    pub(crate) json: Value,
}

/// What is answered.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// As if there were no script.
    Ordinary,
    Json(u16, Value),
    WithHeader(u16, &'static str, &'static str, Value),
    /// These bytes, then the end.
    Raw(&'static str),
    /// The request is read, and the connection ends without an answer.
    Lost,
    /// The request is read, and nothing happens.
    Silence,
    /// A body that never ends.
    Endless,
}

/// The portal: what it is asked, and what it answers to each path instead of the ordinary.
#[derive(Clone)]
pub(crate) struct Scripted {
    pub(crate) issuer: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    script: Arc<Mutex<BTreeMap<String, VecDeque<Reply>>>>,
    /// Claims that differ from the good ones.
    pub(crate) claims: Arc<Mutex<Value>>,
    key: Arc<PrivateKey>,
    profile: Value,
}

impl Scripted {
    pub(crate) async fn start() -> Self {
        Self::with(profile()).await
    }

    /// A portal with this profile.
    pub(crate) async fn with(profile: Value) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let portal = Self {
            issuer: format!("http://{}/p", listener.local_addr().unwrap()),
            seen: Arc::default(),
            script: Arc::default(),
            claims: Arc::new(Mutex::new(json!({}))),
            key: Arc::new(PrivateKey::generate(&SeededEntropy::new(1))),
            profile,
        };
        let host = portal.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(host.clone().converse(stream));
            }
        });
        portal
    }

    /// The next answers to a path (below the issuer's).
    pub(crate) fn answer(&self, path: &str, replies: impl IntoIterator<Item = Reply>) {
        self.script.lock().unwrap().entry(path.to_owned()).or_default().extend(replies);
    }

    /// What a path was asked.
    pub(crate) fn seen(&self, path: &str) -> Vec<Seen> {
        self.seen.lock().unwrap().iter().filter(|seen| seen.path == path).cloned().collect()
    }

    /// An engine with this portal alone in its list.
    pub(crate) fn engine(&self, data: &Path) -> SignInHandle {
        self.engine_with(data, Arc::new(SystemClock), Keyring::memory())
    }

    pub(crate) fn engine_with(&self, data: &Path, clock: Arc<dyn Clock>, keyring: Keyring) -> SignInHandle {
        let list = data.join("portals.toml");
        let texts = r#"{ fr = "a", en = "b", de = "c" }"#;
        let entry = format!(
            "[[portal]]\nid = \"p\"\nissuer = \"{}\"\nmonogram = \"PS\"\nname = {texts}\naudience = {texts}\n",
            self.issuer
        );
        std::fs::create_dir_all(data).unwrap();
        std::fs::write(&list, entry).unwrap();
        SignInHandle::start(Settings {
            portals: PortalList::from_command_line(&list).unwrap(),
            data_dir: data.join("data"),
            policy: Policy::default(),
            workstation_name: Some("PC".to_owned()),
            clock,
            entropy: Arc::new(OsEntropy),
            keyring,
            language: Language::Fr,
            last_portal: None,
            last_entrances: BTreeMap::new(),
            pages: Arc::new(crate::NoPages),
        })
    }

    async fn converse(self, stream: TcpStream) {
        let mut stream = BufReader::new(stream);
        while let Some(seen) = read(&mut stream).await {
            let path = seen.path.clone();
            self.seen.lock().unwrap().push(seen);
            let scripted = self.script.lock().unwrap().get_mut(&path).and_then(VecDeque::pop_front);
            let reply = match scripted {
                None | Some(Reply::Ordinary) => self.ordinary(&path),
                Some(reply) => reply,
            };
            let (status, extra, body) = match reply {
                Reply::Json(status, body) => (status, String::new(), body),
                Reply::WithHeader(status, name, value, body) => {
                    (status, format!("{name}: {value}\r\n"), body)
                }
                Reply::Raw(text) => {
                    drop(stream.write_all(text.as_bytes()).await);
                    return;
                }
                Reply::Lost | Reply::Ordinary => return,
                Reply::Silence => std::future::pending().await,
                Reply::Endless => {
                    drop(
                        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n").await,
                    );
                    while stream.write_all(&[b' '; 8192]).await.is_ok() {}
                    return;
                }
            };
            let (date, body) = (http_date(), body.to_string());
            let text = format!(
                "HTTP/1.1 {status} X\r\nDate: {date}\r\nDPoP-Nonce: nonce\r\n{extra}Content-Length: {}\r\n\r\n{body}",
                body.len()
            );
            if stream.write_all(text.as_bytes()).await.is_err() {
                return;
            }
        }
    }

    /// A portal that goes the shortest way: the password is enough.
    fn ordinary(&self, path: &str) -> Reply {
        let at = |path: &str| format!("{}/{path}", self.issuer);
        let body = match path {
            "/.well-known/oauth-authorization-server/p" => json!({
                "issuer": self.issuer,
                "authorization_challenge_endpoint": at("challenge"), "token_endpoint": at("token"),
                "revocation_endpoint": at("revoke"), "end_session_endpoint": at("end"), "jwks_uri": at("jwks"),
                "dpop_signing_alg_values_supported": ["ES256"], "acr_values_supported": ["pwd"],
                "parvis": {"version": 1, "profile_uri": at("profile"), "account_uri": at("account"),
                           "session_bootstrap_endpoint": at("bootstrap")}
            }),
            "/p/profile" => self.profile.clone(),
            "/p/jwks" => {
                let mut jwk = self.key.jwk();
                jwk.kid = Some("k".to_owned());
                json!({"keys": [{"kty": "RSA", "kid": "k", "n": "x", "e": "AQAB"}, jwk]})
            }
            "/p/challenge" => json!({"authorization_code": "c", "auth_session": "s2"}),
            "/p/token" => self.tokens(),
            "/p/account/me" => json!({"subject": "s1", "identifier": "medecin-a", "name": "Dr Ada Martin",
                "role": "professional", "rights": [], "email": "ada@example.org", "phone": "+33612345678",
                "phone_verified": true, "second_factor_due": true}),
            "/p/account/devices" => json!({"devices": []}),
            "/p/end" => return Reply::Json(204, Value::Null),
            _ => return Reply::Json(404, json!({"error": "not_found"})),
        };
        Reply::Json(200, body)
    }

    /// What the token endpoint gives to the sign-in that was asked for last.
    pub(crate) fn tokens(&self) -> Value {
        json!({"token_type": "DPoP", "access_token": "a", "expires_in": 300, "refresh_token": "r",
            "id_token": self.id_token(), "auth_session": "s3", "end_handle": "handle-1"})
    }

    fn id_token(&self) -> String {
        let now = SystemClock.now() / 1000;
        let challenge = self.seen("/p/challenge");
        let nonce = challenge.iter().rev().find_map(|seen| seen.form.get("nonce"));
        let mut claims = json!({"iss": self.issuer, "sub": "s1", "aud": "parvis-desktop", "exp": now + 300, "iat": now,
            "nonce": nonce, "name": "Dr Ada Martin", "role": "professional", "rights": [], "acr": "mfa-email", "amr": [],
            "auth_time": now});
        for (name, value) in self.claims.lock().unwrap().as_object().unwrap() {
            claims[name] = value.clone();
        }
        let mut header = Header::es256("JWT");
        header.kid = Some("k".to_owned());
        self.key.sign(&header, &claims)
    }
}

/// The profile of the demonstration, as a portal gives it.
pub(crate) fn profile() -> Value {
    public(include_str!("../../../../profiles/portail-de-sante.toml"))
}

/// A portal where patients register by codes to telephone and e-mail.
pub(crate) fn doctolib() -> Value {
    public(include_str!("../../../../profiles/doctolib.toml"))
}

/// A portal where dentists register by a mailed link, and invite delegates.
pub(crate) fn dentists() -> Value {
    public(include_str!("../../../../profiles/dentistes.toml"))
}

fn public(source: &str) -> Value {
    serde_json::to_value(parvis_portal_profile::parse(source).unwrap().public()).unwrap()
}

/// `next` of a code by e-mail.
pub(crate) fn otp(challenge_id: &str) -> Value {
    json!({"step": "otp", "method": "email", "challenge_id": challenge_id, "length": 6, "expires_in": 300,
        "resend_after": 30, "sends_remaining": 2, "attempts_remaining": 3, "delivery": "sent", "hint": "a•••@e•••.org",
        "methods": [{"id": "email", "hint": "a•••@e•••.org"}], "can_remember": true, "remember_max_age": 86400})
}

/// A step.
pub(crate) fn step(next: &Value) -> Reply {
    Reply::Json(400, json!({"error": "insufficient_authorization", "auth_session": "s1", "next": next}))
}

/// Chooses the portal and gives a password.
pub(crate) async fn sign_in(engine: &SignInHandle) -> View {
    engine.submit(Answer::ChoosePortal { portal: "p".to_owned() }).await;
    password(engine).await
}

pub(crate) async fn password(engine: &SignInHandle) -> View {
    let (identifier, password) = ("medecin-a".to_owned(), "the password".into());
    engine.submit(Answer::Password { identifier, password }).await
}

pub(crate) async fn code(engine: &SignInHandle, code: &str, remember: bool) -> View {
    engine.submit(Answer::Code { code: code.into(), remember }).await
}

fn http_date() -> String {
    let now = jiff::Timestamp::from_millisecond(SystemClock.now()).unwrap();
    now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

async fn read(stream: &mut BufReader<TcpStream>) -> Option<Seen> {
    let mut first = String::new();
    stream.read_line(&mut first).await.ok().filter(|read| *read > 0)?;
    let (mut length, mut key, mut proof, mut authorized) = (0, Value::Null, Value::Null, false);
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        let Some((name, value)) = line.trim().split_once(": ") else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().unwrap(),
            "dpop" => {
                let part = |n| {
                    let part = from_base64url(value.split('.').nth(n).unwrap()).unwrap();
                    serde_json::from_slice::<Value>(&part).unwrap()
                };
                (key, proof) = (part(0)["jwk"].clone(), part(1));
            }
            "authorization" => authorized = true,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    let form = url::form_urlencoded::parse(&body).into_owned().collect();
    let json = serde_json::from_slice(&body).unwrap_or_default();
    let mut words = first.split(' ').map(str::to_owned);
    let (method, path) = (words.next()?, words.next()?);
    Some(Seen { method, path, key, proof, authorized, form, json })
}

pub(super) fn failure(view: &View) -> Option<FailureCode> {
    view.failure.as_ref().map(|failure| failure.code)
}

pub(super) async fn at_the_code(portal: &Scripted, folder: &tempfile::TempDir) -> SignInHandle {
    let engine = portal.engine(folder.path());
    portal.answer("/p/challenge", [step(&otp("c1"))]);
    let view = sign_in(&engine).await;
    assert!(matches!(view.screen, Screen::Code { .. }), "{view:?}");
    engine
}

/// Waits for a view of which this holds.
pub(super) async fn until(engine: &SignInHandle, holds: impl Fn(&View) -> bool) -> View {
    let mut views = engine.views();
    let view = tokio::time::timeout(std::time::Duration::from_hours(1), views.wait_for(|view| holds(view)));
    view.await.unwrap().unwrap().clone()
}

/// Waits for something outside the engine.
pub(super) async fn wait_for(holds: impl Fn() -> bool) {
    let mut often = tokio::time::interval(std::time::Duration::from_millis(10));
    for _ in 0..500 {
        if holds() {
            return;
        }
        often.tick().await;
    }
    panic!("it did not come to pass");
}
