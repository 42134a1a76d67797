//! From the authorization code to a session (PROTOCOL §4): the tokens, the id token's verification, and rotation.

use crate::{
    account,
    challenge::Flow,
    connection::{Body, Call, Connection, Fields, Reply},
    engine::locked,
    entrance::Entrance,
    failure::Trouble,
    view::{FailureCode, Person, Proof},
};
use parvis_protocol::{
    CLIENT_ID,
    clock::UnixMillis,
    encoding::from_base64url,
    error::ErrorCode,
    jws::{Header, Jwk, PrivateKey, verify},
    message::{Handover, IdClaims, Tokens, TrustedDevice},
};
use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::{sync::Arc, time::Duration};
use tokio::{sync::Mutex, time::Instant};
use url::Url;
use zeroize::Zeroizing;

/// Type of an id token.
const ID_TOKEN_TYPE: &str = "JWT";
/// An access token this close to its end is not used any more.
const MARGIN: Duration = Duration::from_secs(20);

/// A completed sign-in: its key, its tokens, and who it is. In memory only.
pub(crate) struct Session {
    pub(crate) entrance: Arc<Entrance>,
    pub(crate) key: PrivateKey,
    tokens: Mutex<TokenSet>,
    /// From the newest answer that bore one; apart from the tokens, so that an end never waits for their rotation.
    end_handle: std::sync::Mutex<SecretString>,
    /// The nonce of its sign-in: id tokens of a step-up bear it, too.
    pub(crate) nonce: String,
    pub(crate) role: String,
    pub(crate) subject: String,
    pub(crate) person: Person,
    /// By this PC's clock.
    pub(crate) since: UnixMillis,
}

struct TokenSet {
    access: SecretString,
    ends: Instant,
    refresh: SecretString,
    /// Where a step-up begins: from the newest answer that bore one.
    auth_session: Option<SecretString>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("portal", &self.entrance.portal.id).finish_non_exhaustive()
    }
}

/// What the token endpoint gave beside the session.
pub(crate) struct Redeemed {
    pub(crate) tokens: Tokens,
    /// The portal's time when it answered.
    pub(crate) date: Option<UnixMillis>,
}

impl Redeemed {
    /// This workstation's trust for the person.
    pub(crate) fn trusted(&self) -> Option<TrustedDevice> {
        self.tokens.trusted_device
    }

    /// What ended of other people's.
    pub(crate) fn handover(&self) -> Option<Handover> {
        self.tokens.handover
    }
}

/// Redeems the authorization code; repeated once, as the same, if the answer was lost.
pub(crate) async fn redeem(
    connection: &Connection,
    flow: &Flow,
    authorization_code: &SecretString,
    request_id: &str,
) -> Result<Redeemed, Trouble> {
    let text = |text: &str| Zeroizing::new(text.to_owned());
    let fields: Fields = vec![
        ("grant_type", text("authorization_code")),
        ("client_id", text(CLIENT_ID)),
        ("code", text(authorization_code.expose_secret())),
        ("code_verifier", flow.verifier.clone()),
        ("request_id", text(request_id)),
    ];
    let call = Call {
        method: Method::POST,
        url: &flow.entrance.endpoints.token,
        key: &flow.key,
        access_token: None,
        device: None,
        body: Body::Form(fields),
    };
    let reply = connection.send_repeatable(&call).await?;
    if reply.status != StatusCode::OK {
        return Err(reply.refusal());
    }
    Ok(Redeemed { tokens: reply.json()?, date: reply.date })
}

/// Reads the portal's keys; once more if they were lost on the way, since reading changes nothing.
pub(crate) async fn keys(connection: &Connection, entrance: &Entrance) -> Result<KeySet, Trouble> {
    match connection.document(&entrance.endpoints.keys).await {
        Err(trouble) if trouble.lost => connection.document(&entrance.endpoints.keys).await,
        other => other,
    }
}

/// Verifies the id token and opens the session.
///
/// # Errors
/// [`FailureCode::WrongIssuer`] if the tokens are not this portal's answer to this sign-in.
pub(crate) fn open(
    connection: &Connection,
    flow: &Flow,
    redeemed: &Redeemed,
    keys: &KeySet,
) -> Result<(Session, IdClaims), Trouble> {
    let tokens = &redeemed.tokens;
    if !tokens.token_type.eq_ignore_ascii_case("DPoP") {
        return Err(Trouble::unexpected("tokens that are not bound to a key"));
    }
    let (Some(id_token), Some(end_handle)) = (&tokens.id_token, &tokens.end_handle) else {
        return Err(Trouble::unexpected("tokens without id token or end handle"));
    };
    let now = redeemed.date.ok_or_else(|| Trouble::unexpected("an answer without a date"))?;
    let expected = Expected { issuer: &flow.entrance.portal.issuer, nonce: &flow.nonce, now };
    let claims = check_id_token(id_token, keys, &expected)
        .ok_or_else(|| Trouble::new(FailureCode::WrongIssuer, "the id token is not good"))?;
    let session = Session {
        entrance: flow.entrance.clone(),
        key: flow.key.clone(),
        tokens: Mutex::new(TokenSet::of(tokens)),
        end_handle: std::sync::Mutex::new(end_handle.clone().into()),
        nonce: flow.nonce.clone(),
        role: claims.role.clone(),
        subject: claims.sub.clone(),
        person: person(&flow.entrance, &claims),
        since: connection.now(),
    };
    Ok((session, claims))
}

fn person(entrance: &Entrance, claims: &IdClaims) -> Person {
    Person {
        initials: account::initials(&claims.name),
        name: claims.name.clone(),
        role: Some(entrance.role_label(&claims.role)),
        email: None,
        phone: None,
        proof: proof_of(&claims.acr),
    }
}

/// How a sign-in was proved.
pub(crate) fn proof_of(acr: &str) -> Proof {
    match acr {
        "pwd" => Proof::Password,
        "mfa-sms" => Proof::SmsCode,
        "mfa-totp" => Proof::Totp,
        TRUSTED => Proof::Trust,
        "phr" => Proof::Passkey,
        _ => Proof::EmailCode,
    }
}

/// `acr` of a sign-in where trust stood in for the second factor.
pub(crate) const TRUSTED: &str = "mfa-trusted";

/// Keys of a portal. Those of other kinds than ours are passed over.
#[derive(Debug, Deserialize)]
pub(crate) struct KeySet {
    keys: Vec<serde_json::Value>,
}

impl KeySet {
    fn find(&self, kid: &str) -> Option<Jwk> {
        self.keys
            .iter()
            .filter_map(|key| serde_json::from_value::<Jwk>(key.clone()).ok())
            .find(|key| key.kid.as_deref() == Some(kid))
    }
}

struct Expected<'a> {
    issuer: &'a str,
    nonce: &'a str,
    /// The portal's own time: this PC's clock may be years off (APP-12).
    now: UnixMillis,
}

/// TOK-07, TOK-08, TOK-09.
fn check_id_token(compact: &str, keys: &KeySet, expected: &Expected<'_>) -> Option<IdClaims> {
    let header = from_base64url(compact.split('.').next()?)?;
    let header: Header = serde_json::from_slice(&header).ok()?;
    let key = keys.find(&header.kid?)?;
    let (_, claims): (Header, IdClaims) = verify(compact, ID_TOKEN_TYPE, Some(&key)).ok()?;
    let sound = claims.iss == expected.issuer
        && claims.aud == CLIENT_ID
        && claims.nonce.as_deref() == Some(expected.nonce)
        && claims.exp > expected.now / 1000
        && !claims.sub.is_empty();
    sound.then_some(claims)
}

impl TokenSet {
    fn of(tokens: &Tokens) -> Self {
        Self {
            access: tokens.access_token.clone().into(),
            ends: Instant::now() + Duration::from_secs(tokens.expires_in.into()),
            refresh: tokens.refresh_token.clone().into(),
            auth_session: tokens.auth_session.clone().map(Into::into),
        }
    }

    /// Takes the place of the older ones.
    fn replace(&mut self, tokens: &Tokens) {
        let before = self.auth_session.take();
        *self = Self::of(tokens);
        self.auth_session = self.auth_session.take().or(before);
    }
}

#[cfg(test)]
impl Session {
    /// A session that no portal knows.
    pub(crate) fn unknown_to_all(
        entrance: Arc<Entrance>,
        entropy: &dyn parvis_protocol::entropy::Entropy,
    ) -> Self {
        let token = || SecretString::from(parvis_protocol::entropy::opaque(entropy));
        Self {
            key: PrivateKey::generate(entropy),
            tokens: Mutex::new(TokenSet {
                access: token(),
                ends: Instant::now(),
                refresh: token(),
                auth_session: Some(token()),
            }),
            end_handle: std::sync::Mutex::new(token()),
            nonce: String::new(),
            role: String::new(),
            subject: "s".to_owned(),
            person: Person {
                name: "A".to_owned(),
                initials: "A".to_owned(),
                role: None,
                email: None,
                phone: None,
                proof: Proof::EmailCode,
            },
            since: 0,
            entrance,
        }
    }
}

impl Session {
    /// Rotates the tokens if the access token ends within `ahead`.
    ///
    /// # Errors
    /// [`FailureCode::SignedOutByPortal`] if the portal refuses; otherwise what happened on the way.
    pub(crate) async fn keep_fresh(&self, connection: &Connection, ahead: Duration) -> Result<(), Trouble> {
        let mut tokens = self.tokens.lock().await;
        if tokens.ends.saturating_duration_since(Instant::now()) > ahead {
            return Ok(());
        }
        self.rotate(connection, &mut tokens).await
    }

    /// Where a step-up begins, if the portal said so.
    pub(crate) async fn auth_session(&self) -> Option<SecretString> {
        self.tokens.lock().await.auth_session.clone()
    }

    /// Takes over what a step-up gave: the same person's, for the same session.
    ///
    /// # Errors
    /// [`FailureCode::WrongIssuer`] if the tokens are not this portal's answer about this person.
    pub(crate) async fn step_up(
        &self,
        connection: &Connection,
        redeemed: &Redeemed,
        keys: &KeySet,
    ) -> Result<(), Trouble> {
        let expected = Expected {
            issuer: &self.entrance.portal.issuer,
            nonce: &self.nonce,
            now: redeemed.date.unwrap_or_else(|| connection.now()),
        };
        let claims = redeemed.tokens.id_token.as_deref();
        let claims = claims.and_then(|token| check_id_token(token, keys, &expected));
        if claims.is_none_or(|claims| claims.sub != self.subject) {
            return Err(Trouble::new(FailureCode::WrongIssuer, "the id token of a step-up is not good"));
        }
        self.tokens.lock().await.replace(&redeemed.tokens);
        if let Some(end_handle) = &redeemed.tokens.end_handle {
            *locked(&self.end_handle) = end_handle.clone().into();
        }
        Ok(())
    }

    /// What ends it, also after its key is gone.
    pub(crate) fn end_handle(&self) -> SecretString {
        locked(&self.end_handle).clone()
    }

    /// A request of the signed-in person. An access token that the portal does not take is rotated once. « Not found »,
    /// problems with fields, and that a fresh proof is needed are answers.
    ///
    /// What only reads or ends something is repeated if its answer was lost; what changes something is not.
    ///
    /// # Errors
    /// As [`Session::keep_fresh`].
    pub(crate) async fn request(
        &self,
        connection: &Connection,
        method: Method,
        url: &Url,
        body: Body,
    ) -> Result<Reply, Trouble> {
        let repeatable = matches!(method, Method::GET | Method::DELETE);
        for rotated in [false, true] {
            let access = {
                let mut tokens = self.tokens.lock().await;
                if rotated || tokens.ends.saturating_duration_since(Instant::now()) <= MARGIN {
                    self.rotate(connection, &mut tokens).await?;
                }
                tokens.access.clone()
            };
            let call = Call {
                method: method.clone(),
                url,
                key: &self.key,
                access_token: Some(access.expose_secret()),
                device: None,
                body: body.clone(),
            };
            let reply = if repeatable {
                connection.send_repeatable(&call).await?
            } else {
                connection.send(&call).await?
            };
            let is_answer = reply.status.is_success()
                || reply.status == StatusCode::NOT_FOUND
                || reply.error() == Some(ErrorCode::InsufficientUserAuthentication)
                || (reply.status == StatusCode::BAD_REQUEST && !reply.problems().is_empty());
            if is_answer {
                return Ok(reply);
            }
            let refused = reply.refusal();
            if refused.code != FailureCode::SignedOutByPortal || rotated {
                return Err(refused);
            }
        }
        Err(Trouble::new(FailureCode::SignedOutByPortal, "the access token is refused"))
    }

    /// The previous refresh token stays good until its successor is used, so a lost answer is simply asked for again.
    async fn rotate(&self, connection: &Connection, tokens: &mut TokenSet) -> Result<(), Trouble> {
        let text = |text: &str| Zeroizing::new(text.to_owned());
        let fields: Fields = vec![
            ("grant_type", text("refresh_token")),
            ("client_id", text(CLIENT_ID)),
            ("refresh_token", text(tokens.refresh.expose_secret())),
        ];
        let call = Call {
            method: Method::POST,
            url: &self.entrance.endpoints.token,
            key: &self.key,
            access_token: None,
            device: None,
            body: Body::Form(fields),
        };
        let reply = connection.send_repeatable(&call).await?;
        if reply.status == StatusCode::OK {
            tokens.replace(&reply.json()?);
            return Ok(());
        }
        let refused = reply.refusal();
        // Whatever the portal wants of the person, it wants it in a new sign-in.
        if refused.lost {
            Err(refused)
        } else {
            Err(Trouble { code: FailureCode::SignedOutByPortal, ..refused })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parvis_protocol::entropy::SeededEntropy;
    use serde_json::{Value, json};

    #[test]
    fn tok_07_only_an_id_token_by_a_key_of_the_portal() {
        let key = PrivateKey::generate(&SeededEntropy::new(1));
        let other = PrivateKey::generate(&SeededEntropy::new(2));
        let mut jwk = key.jwk();
        jwk.kid = Some("k".to_owned());
        let keys =
            KeySet { keys: vec![json!({"kty": "oct", "kid": "k"}), serde_json::to_value(jwk).unwrap()] };
        let claims = |change: Value| {
            let mut claims = json!({"iss": "https://p.example", "sub": "s", "aud": CLIENT_ID, "exp": 1_000, "iat": 1,
                "nonce": "n", "name": "A", "role": "r", "rights": [], "acr": "pwd", "amr": [], "auth_time": 1});
            for (name, value) in change.as_object().unwrap() {
                claims[name] = value.clone();
            }
            claims
        };
        let sign = |key: &PrivateKey, typ: &str, alg: &str, kid: Option<&str>, change: Value| {
            let mut header = Header::es256(typ);
            (header.alg, header.kid) = (alg.to_owned(), kid.map(ToOwned::to_owned));
            header.jwk = Some(key.jwk());
            key.sign(&header, &claims(change))
        };
        let check = |token: &str, now| {
            let expected = Expected { issuer: "https://p.example", nonce: "n", now };
            check_id_token(token, &keys, &expected).is_some()
        };
        let good = sign(&key, "JWT", "ES256", Some("k"), json!({}));
        assert!(check(&good, 999_000));
        assert!(!check(&good, 1_000_000), "over, by the portal's time");
        for (what, token) in [
            ("another key", sign(&other, "JWT", "ES256", Some("k"), json!({}))),
            ("another key id", sign(&key, "JWT", "ES256", Some("x"), json!({}))),
            ("no key id", sign(&key, "JWT", "ES256", None, json!({}))),
            ("no signature", sign(&key, "JWT", "none", Some("k"), json!({}))),
            ("another algorithm", sign(&key, "JWT", "HS256", Some("k"), json!({}))),
            ("an access token", sign(&key, "at+jwt", "ES256", Some("k"), json!({}))),
            ("another issuer", sign(&key, "JWT", "ES256", Some("k"), json!({"iss": "https://p.example/"}))),
            ("another client", sign(&key, "JWT", "ES256", Some("k"), json!({"aud": "x"}))),
            ("another sign-in", sign(&key, "JWT", "ES256", Some("k"), json!({"nonce": "m"}))),
            ("no sign-in", sign(&key, "JWT", "ES256", Some("k"), json!({"nonce": null}))),
            ("nobody", sign(&key, "JWT", "ES256", Some("k"), json!({"sub": ""}))),
            ("cut", good[..good.len() - 2].to_owned()),
            ("nothing", String::new()),
        ] {
            assert!(!check(&token, 0), "{what}");
        }
    }
}
