//! Compact JWS (RFC 7515) with ES256 (RFC 7518 §3.4), and P-256 keys as JWK (RFC 7517, thumbprint RFC 7638).
//! One algorithm: a token with another one is refused before its signature is looked at.

use crate::{
    encoding::{base64url, from_base64url},
    entropy::{Entropy, bytes},
};
use p256::ecdsa::{
    Signature, SigningKey, VerifyingKey,
    signature::{Signer, Verifier},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// Longest compact form accepted, bytes.
pub const MAX_COMPACT: usize = 2048;

/// A public P-256 key. Other kinds do not parse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwk {
    kty: String,
    crv: String,
    x: String,
    y: String,
    /// Key id, in a key set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// `ES256`, in a key set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
    /// `sig`, in a key set.
    #[serde(default, rename = "use", skip_serializing_if = "Option::is_none")]
    pub usage: Option<String>,
}

impl Jwk {
    /// RFC 7638 thumbprint, SHA-256, base64url.
    pub fn thumbprint(&self) -> String {
        let canonical = format!(r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#, self.x, self.y);
        base64url(&Sha256::digest(canonical.as_bytes()))
    }

    fn verifying_key(&self) -> Option<VerifyingKey> {
        if self.kty != "EC" || self.crv != "P-256" {
            return None;
        }
        let (x, y) = (from_base64url(&self.x)?, from_base64url(&self.y)?);
        if x.len() != 32 || y.len() != 32 {
            return None;
        }
        VerifyingKey::from_sec1_bytes(&[&[4], x.as_slice(), y.as_slice()].concat()).ok()
    }
}

/// A private P-256 key: session key, device key or the portal's signing key. `Debug` shows the thumbprint only.
#[derive(Clone)]
pub struct PrivateKey(SigningKey);

impl std::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PrivateKey({})", self.jwk().thumbprint())
    }
}

impl PrivateKey {
    /// A fresh key.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        loop {
            // Zero and values past the group order are no keys; about one in 2³².
            let secret = Zeroizing::new(bytes::<32>(entropy));
            if let Ok(key) = SigningKey::from_slice(secret.as_slice()) {
                return Self(key);
            }
        }
    }

    /// From the 32 bytes that [`PrivateKey::secret`] gave. `None` if they are no key.
    pub fn from_secret(secret: &[u8]) -> Option<Self> {
        SigningKey::from_slice(secret).ok().map(Self)
    }

    /// The 32 secret bytes, for the keyring and the key file.
    pub fn secret(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes().into())
    }

    /// The public half.
    pub fn jwk(&self) -> Jwk {
        let point = self.0.verifying_key().to_sec1_bytes();
        let (kty, crv) = ("EC".to_owned(), "P-256".to_owned());
        // Some encodings are compressed; ours is asked for in full through the affine form.
        let full =
            if point.len() == 65 { point } else { self.0.verifying_key().to_sec1_point(false).to_bytes() };
        Jwk {
            kty,
            crv,
            x: base64url(&full[1..33]),
            y: base64url(&full[33..65]),
            kid: None,
            alg: None,
            usage: None,
        }
    }

    /// Signs header and claims into a compact JWS.
    pub fn sign(&self, header: &Header, claims: &impl Serialize) -> String {
        let part = |value: serde_json::Result<Vec<u8>>| base64url(&value.unwrap_or_default());
        let input = format!("{}.{}", part(serde_json::to_vec(header)), part(serde_json::to_vec(claims)));
        let signature: Signature = self.0.sign(input.as_bytes());
        format!("{input}.{}", base64url(&signature.to_bytes()))
    }
}

/// The protected header.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Header {
    /// What kind of token.
    #[serde(default)]
    pub typ: String,
    /// Always `ES256`.
    pub alg: String,
    /// Which key of a set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// The key itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwk: Option<Jwk>,
    /// Extensions that must be understood; we understand none.
    #[serde(default, skip_serializing)]
    crit: Option<serde_json::Value>,
}

impl Header {
    /// ES256 of this type.
    pub fn es256(typ: &str) -> Self {
        Self { typ: typ.to_owned(), alg: "ES256".to_owned(), kid: None, jwk: None, crit: None }
    }
}

/// Why a token was refused; the caller's answer never says which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid signed token")]
pub struct Invalid;

/// Reads a compact JWS of type `typ` and verifies it: with `key`, or with the header's own `jwk` where `key` is `None`.
///
/// # Errors
/// [`Invalid`] for another type or algorithm, a private or foreign key, a wrong signature, or claims of another shape.
pub fn verify<C: DeserializeOwned>(
    compact: &str,
    typ: &str,
    key: Option<&Jwk>,
) -> Result<(Header, C), Invalid> {
    if compact.len() > MAX_COMPACT {
        return Err(Invalid);
    }
    let (input, signature) = compact.rsplit_once('.').ok_or(Invalid)?;
    let (header, claims) = input.split_once('.').ok_or(Invalid)?;
    let header_bytes = from_base64url(header).ok_or(Invalid)?;
    // A private key in a header is a leak, not a proof (RFC 9449 §4.2).
    let raw: serde_json::Value = serde_json::from_slice(&header_bytes).map_err(|_| Invalid)?;
    if raw.pointer("/jwk/d").is_some() {
        return Err(Invalid);
    }
    let header: Header = serde_json::from_value(raw).map_err(|_| Invalid)?;
    if header.alg != "ES256" || header.typ != typ || header.crit.is_some() {
        return Err(Invalid);
    }
    let public = key.or(header.jwk.as_ref()).and_then(Jwk::verifying_key).ok_or(Invalid)?;
    let signature = from_base64url(signature).ok_or(Invalid)?;
    let signature = Signature::from_slice(&signature).map_err(|_| Invalid)?;
    public.verify(input.as_bytes(), &signature).map_err(|_| Invalid)?;
    let claims = from_base64url(claims).ok_or(Invalid)?;
    Ok((header, serde_json::from_slice(&claims).map_err(|_| Invalid)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    #[test]
    fn rfc_7515_appendix_a3() {
        let key: Jwk = serde_json::from_str(
            r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#,
        )
        .unwrap();
        let token = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
        let (_, claims): (Header, serde_json::Value) = verify(token, "", Some(&key)).unwrap();
        assert_eq!(claims["iss"], "joe");
    }

    #[test]
    fn rfc_9449_thumbprint() {
        let key: Jwk = serde_json::from_str(
            r#"{"kty":"EC","x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs","y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA","crv":"P-256"}"#,
        )
        .unwrap();
        assert_eq!(key.thumbprint(), "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
    }

    #[test]
    fn signs_and_verifies_and_shows_no_secret() {
        let key = PrivateKey::generate(&SeededEntropy::new(1));
        let token = key.sign(&Header::es256("t"), &serde_json::json!({"a": 1}));
        assert!(verify::<serde_json::Value>(&token, "t", Some(&key.jwk())).is_ok());
        assert_eq!(verify::<serde_json::Value>(&token, "u", Some(&key.jwk())).err(), Some(Invalid));
        let other = PrivateKey::generate(&SeededEntropy::new(2));
        assert_eq!(verify::<serde_json::Value>(&token, "t", Some(&other.jwk())).err(), Some(Invalid));
        let copy = PrivateKey::from_secret(key.secret().as_slice()).unwrap();
        assert_eq!(copy.jwk(), key.jwk());
        assert!(!format!("{key:?}").contains(&base64url(key.secret().as_slice())));
    }

    #[test]
    fn tok_07_other_algorithms_are_refused() {
        let key = PrivateKey::generate(&SeededEntropy::new(1));
        for alg in ["none", "HS256", "RS256", "ES384", "es256", ""] {
            let mut header = Header::es256("t");
            header.alg = alg.to_owned();
            let token = key.sign(&header, &serde_json::json!({}));
            assert_eq!(
                verify::<serde_json::Value>(&token, "t", Some(&key.jwk())).err(),
                Some(Invalid),
                "{alg}"
            );
        }
    }
}
