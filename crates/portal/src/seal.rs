//! What the database has to give back, encrypted with a key outside it (OTP-10): ChaCha20-Poly1305 (RFC 8439), bound to its
//! owner, so that a sealed value moved to another account opens nothing.

use crate::Portal;
use chacha20poly1305::{
    ChaCha20Poly1305, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use parvis_protocol::{
    encoding::{base64url, from_base64url},
    entropy::bytes,
};
use zeroize::Zeroizing;

const NONCE: usize = 12;

/// Encrypts for `owner`: base64url of nonce and ciphertext.
pub(crate) fn seal(portal: &Portal, owner: &str, plain: &[u8]) -> String {
    let nonce: [u8; NONCE] = bytes(portal.entropy.as_ref());
    let sealed = cipher(portal)
        .encrypt(&Nonce::from(nonce), Payload { msg: plain, aad: owner.as_bytes() })
        .unwrap_or_else(|_| unreachable!("a secret is far below the cipher's limit"));
    base64url(&[nonce.as_slice(), &sealed].concat())
}

/// Decrypts what was sealed for `owner`. `None` for anything else.
pub(crate) fn open(portal: &Portal, owner: &str, sealed: &str) -> Option<Zeroizing<Vec<u8>>> {
    let bytes = from_base64url(sealed)?;
    let (nonce, sealed) = bytes.split_first_chunk::<NONCE>()?;
    let plain =
        cipher(portal).decrypt(&Nonce::from(*nonce), Payload { msg: sealed, aad: owner.as_bytes() }).ok()?;
    Some(Zeroizing::new(plain))
}

fn cipher(portal: &Portal) -> ChaCha20Poly1305 {
    ChaCha20Poly1305::new(portal.keys.current().seal_key().into())
}
