//! base64url without padding (RFC 4648 §5), SHA-256 and comparison of secrets.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Encodes.
pub fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Decodes; `None` for padding, other alphabets and trailing bits.
pub fn from_base64url(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// Whether `text` is the base64url form of exactly `length` bytes.
pub fn is_base64url_of(text: &str, length: usize) -> bool {
    from_base64url(text).is_some_and(|bytes| bytes.len() == length)
}

/// SHA-256 in base64url: how opaque values are stored (TOK-13) and hashed into proofs.
pub fn sha256_base64url(text: &str) -> String {
    base64url(&Sha256::digest(text.as_bytes()))
}

/// Compares secrets without telling by time where they differ.
pub fn same_secret(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}
