//! PKCE (RFC 7636), S256 only.

use crate::{
    encoding::{is_base64url_of, same_secret, sha256_base64url},
    entropy::{Entropy, opaque},
};

/// A fresh `code_verifier`.
pub fn verifier(entropy: &dyn Entropy) -> String {
    opaque(entropy)
}

/// The `code_challenge` of a verifier.
pub fn challenge(verifier: &str) -> String {
    sha256_base64url(verifier)
}

/// Whether a `code_challenge` has the form of one.
pub fn is_challenge(text: &str) -> bool {
    is_base64url_of(text, 32)
}

/// Whether the verifier is well-formed (RFC 7636 §4.1) and belongs to the challenge.
pub fn verify(verifier: &str, expected: &str) -> bool {
    (43..=128).contains(&verifier.len())
        && verifier.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b))
        && same_secret(&challenge(verifier), expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_7636_appendix_b() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(challenge(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        assert!(verify(verifier, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"));
        assert!(!verify(
            "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXl",
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        ));
        assert!(!verify("short", &challenge("short")));
    }
}
