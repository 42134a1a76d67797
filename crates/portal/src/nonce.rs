//! The portal's nonce: its own time under a MAC whose key all processes share; and proofs used once (PROTOCOL §1).

use crate::{Fault, Portal, store::Connection};
use hmac::{Hmac, KeyInit, Mac};
use parvis_protocol::{
    clock::UnixMillis,
    encoding::{base64url, from_base64url},
    proof::Proof,
};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// A nonce is good for this long, ms.
pub(crate) const VALIDITY: i64 = 5 * 60 * 1000;
/// Clocks of two processes may differ by this much, ms.
const SKEW: i64 = 5 * 1000;

/// A fresh nonce.
pub(crate) fn issue(portal: &Portal, now: UnixMillis) -> String {
    let time = now.to_be_bytes();
    base64url(&[time.as_slice(), &tag(portal, time)[..16]].concat())
}

/// Whether the nonce is ours and young.
pub(crate) fn is_fresh(portal: &Portal, nonce: &str, now: UnixMillis) -> bool {
    let Some(bytes) = from_base64url(nonce).filter(|bytes| bytes.len() == 24) else { return false };
    let mut time = [0; 8];
    time.copy_from_slice(&bytes[..8]);
    let issued = i64::from_be_bytes(time);
    bool::from(tag(portal, time)[..16].ct_eq(&bytes[8..])) && issued <= now + SKEW && now < issued + VALIDITY
}

fn tag(portal: &Portal, time: [u8; 8]) -> [u8; 32] {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(portal.keys.current().nonce_key())
        .unwrap_or_else(|_| unreachable!("any length is a key"));
    mac.update(portal.issuer.as_str().as_bytes());
    mac.update(&time);
    mac.finalize().into_bytes().into()
}

/// Uses the proof up; a proof seen before is refused.
pub(crate) async fn consume(
    connection: &mut Connection,
    proof: &Proof,
    now: UnixMillis,
) -> Result<(), Fault> {
    let first =
        sqlx::query("INSERT INTO proof (jkt, jti, expires_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
            .bind(&proof.jkt)
            .bind(&proof.jti)
            .bind(now + VALIDITY)
            .execute(&mut *connection)
            .await?
            .rows_affected()
            == 1;
    if first { Ok(()) } else { Err(Fault::ProofReplayed) }
}
