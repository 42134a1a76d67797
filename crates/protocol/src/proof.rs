//! Proofs of possession: DPoP (RFC 9449) by the session key, and the device proof that trust is bound to.

use crate::{
    clock::UnixMillis,
    encoding::sha256_base64url,
    entropy::{Entropy, opaque_short},
    jws::{Header, Invalid, PrivateKey, verify},
};
use serde::{Deserialize, Serialize};

const DPOP_TYPE: &str = "dpop+jwt";
const DEVICE_TYPE: &str = "parvis-device+jwt";

#[derive(Serialize, Deserialize)]
struct DpopClaims {
    jti: String,
    htm: String,
    htu: String,
    iat: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nonce: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ath: Option<String>,
}

/// What a request's proof is about.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// HTTP method.
    pub method: &'a str,
    /// Address without query and fragment, as the portal's metadata has it.
    pub url: &'a str,
    /// Access token that goes with the request.
    pub access_token: Option<&'a str>,
}

/// Signs the proof of a request.
pub fn sign(
    key: &PrivateKey,
    request: Request<'_>,
    nonce: Option<&str>,
    now: UnixMillis,
    entropy: &dyn Entropy,
) -> String {
    let mut header = Header::es256(DPOP_TYPE);
    header.jwk = Some(key.jwk());
    key.sign(
        &header,
        &DpopClaims {
            jti: opaque_short(entropy),
            htm: request.method.to_owned(),
            htu: request.url.to_owned(),
            iat: now / 1000,
            nonce: nonce.map(ToOwned::to_owned),
            ath: request.access_token.map(sha256_base64url),
        },
    )
}

/// A proof whose signature and request fit. Nonce and `jti` are still to be judged by the portal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Thumbprint of the session key.
    pub jkt: String,
    /// Used once.
    pub jti: String,
    /// The portal's nonce, if any.
    pub nonce: Option<String>,
}

/// Verifies a `DPoP` header against the request it came with. `iat` must be an integer and is not judged: the nonce carries
/// the portal's own time.
///
/// # Errors
/// [`Invalid`], whatever is wrong.
pub fn check(compact: &str, request: Request<'_>) -> Result<Proof, Invalid> {
    let (header, claims): (Header, DpopClaims) = verify(compact, DPOP_TYPE, None)?;
    let jwk = header.jwk.ok_or(Invalid)?;
    let ath = request.access_token.map(sha256_base64url);
    let sound = claims.htm == request.method
        && same_address(&claims.htu, request.url)
        && claims.ath == ath
        && (16..=128).contains(&claims.jti.len());
    if !sound {
        return Err(Invalid);
    }
    Ok(Proof { jkt: jwk.thumbprint(), jti: claims.jti, nonce: claims.nonce })
}

/// Equal after normalisation of scheme, host, port and path; query and fragment of `htu` are ignored (RFC 9449 §4.3).
fn same_address(htu: &str, expected: &str) -> bool {
    let strip = |text: &str| {
        let mut address = url::Url::parse(text).ok()?;
        address.set_query(None);
        address.set_fragment(None);
        Some(address)
    };
    matches!((strip(htu), strip(expected)), (Some(a), Some(b)) if a == b)
}

#[derive(Serialize, Deserialize)]
struct DeviceClaims {
    nonce: String,
    jkt: String,
    htu: String,
}

/// Signs the device proof that goes beside a DPoP proof with the same nonce.
pub fn sign_device(device: &PrivateKey, session_jkt: &str, url: &str, nonce: &str) -> String {
    let mut header = Header::es256(DEVICE_TYPE);
    header.jwk = Some(device.jwk());
    device.sign(
        &header,
        &DeviceClaims { nonce: nonce.to_owned(), jkt: session_jkt.to_owned(), htu: url.to_owned() },
    )
}

/// Verifies a device proof against the DPoP proof it came with; the thumbprint of the device key.
///
/// # Errors
/// [`Invalid`], whatever is wrong.
pub fn check_device(compact: &str, session: &Proof, url: &str) -> Result<String, Invalid> {
    let (header, claims): (Header, DeviceClaims) = verify(compact, DEVICE_TYPE, None)?;
    let jwk = header.jwk.ok_or(Invalid)?;
    let sound = Some(&claims.nonce) == session.nonce.as_ref()
        && claims.jkt == session.jkt
        && same_address(&claims.htu, url);
    if sound { Ok(jwk.thumbprint()) } else { Err(Invalid) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;
    use serde_json::json;

    const URL: &str = "https://portal.example/challenge";
    const POST: Request<'static> = Request { method: "POST", url: URL, access_token: None };

    #[test]
    fn rfc_9449_section_4_2_example() {
        let proof = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg";
        let request = Request { method: "POST", url: "https://server.example.com/token", access_token: None };
        let checked = check(proof, request).unwrap();
        assert_eq!(checked.jkt, "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
        assert_eq!(checked.jti, "-BwC3ESc6acc2lTc");
    }

    #[test]
    fn tok_03_each_field_wrong_once() {
        let key = PrivateKey::generate(&SeededEntropy::new(1));
        let header = |change: &dyn Fn(&mut Header)| {
            let mut header = Header::es256(DPOP_TYPE);
            header.jwk = Some(key.jwk());
            change(&mut header);
            header
        };
        let good = json!({"jti": "0123456789abcdef", "htm": "POST", "htu": URL, "iat": 0, "nonce": "n"});
        let signed = |header: Header, claims: &serde_json::Value| key.sign(&header, claims);
        assert!(check(&signed(header(&|_| ()), &good), POST).is_ok());
        let claims_wrong = [
            json!({"jti": "short", "htm": "POST", "htu": URL, "iat": 0}),
            json!({"jti": "0123456789abcdef", "htm": "GET", "htu": URL, "iat": 0}),
            json!({"jti": "0123456789abcdef", "htm": "POST", "htu": "https://portal.example/other", "iat": 0}),
            json!({"jti": "0123456789abcdef", "htm": "POST", "htu": "https://evil.example/challenge", "iat": 0}),
            json!({"jti": "0123456789abcdef", "htm": "POST", "htu": URL, "iat": "0"}),
            json!({"jti": "0123456789abcdef", "htm": "POST", "htu": URL, "iat": 0.5}),
            json!({"jti": "0123456789abcdef", "htm": "POST", "htu": URL}),
            json!({"jti": "0123456789abcdef", "htm": "POST", "htu": URL, "iat": 0, "ath": "x"}),
            json!({"htm": "POST", "htu": URL, "iat": 0}),
        ];
        for claims in claims_wrong {
            assert!(check(&signed(header(&|_| ()), &claims), POST).is_err(), "{claims}");
        }
        let headers_wrong: [&dyn Fn(&mut Header); 4] =
            [&|h| h.typ = "jwt".into(), &|h| h.alg = "none".into(), &|h| h.alg = "HS256".into(), &|h| {
                h.jwk = None;
            }];
        for change in headers_wrong {
            assert!(check(&signed(header(change), &good), POST).is_err());
        }
        let other = PrivateKey::generate(&SeededEntropy::new(2)).jwk();
        assert!(check(&signed(header(&move |h| h.jwk = Some(other.clone())), &good), POST).is_err());
        let with_token = Request { access_token: Some("token"), ..POST };
        assert!(check(&signed(header(&|_| ()), &good), with_token).is_err());
        assert!(check(&sign(&key, with_token, None, 0, &SeededEntropy::new(3)), with_token).is_ok());
    }

    #[test]
    fn tru_04_a_device_proof_fits_one_session_key_and_one_nonce() {
        let (session, device) =
            (PrivateKey::generate(&SeededEntropy::new(1)), PrivateKey::generate(&SeededEntropy::new(2)));
        let proof = check(&sign(&session, POST, Some("n1"), 0, &SeededEntropy::new(3)), POST).unwrap();
        let signed = |jkt: &str, nonce: &str| sign_device(&device, jkt, URL, nonce);
        assert_eq!(check_device(&signed(&proof.jkt, "n1"), &proof, URL), Ok(device.jwk().thumbprint()));
        assert!(check_device(&signed(&proof.jkt, "n0"), &proof, URL).is_err());
        assert!(check_device(&signed(&device.jwk().thumbprint(), "n1"), &proof, URL).is_err());
        assert!(check_device(&signed(&proof.jkt, "n1"), &proof, "https://portal.example/x").is_err());
        let without = Proof { nonce: None, ..proof };
        assert!(check_device(&signed(&without.jkt, ""), &without, URL).is_err());
    }
}
