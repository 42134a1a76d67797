//! Randomness as a parameter.

use crate::encoding::base64url;
use sha2::{Digest, Sha256};
use std::sync::Mutex;

/// Where random bytes come from. Nothing else in the workspace makes any.
pub trait Entropy: Send + Sync + 'static {
    /// Fills the buffer.
    fn fill(&self, buffer: &mut [u8]);
}

/// `N` random bytes.
pub fn bytes<const N: usize>(entropy: &dyn Entropy) -> [u8; N] {
    let mut buffer = [0; N];
    entropy.fill(&mut buffer);
    buffer
}

/// An opaque value of 256 random bits, base64url: 43 characters. The only generator of identifiers that
/// must not be guessed (TOK-12).
pub fn opaque(entropy: &dyn Entropy) -> String {
    base64url(&bytes::<32>(entropy))
}

/// An opaque value of 128 random bits, base64url: 22 characters (`request_id`, `jti`).
pub fn opaque_short(entropy: &dyn Entropy) -> String {
    base64url(&bytes::<16>(entropy))
}

/// The operating system's generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    /// A machine without its generator cannot do anything of ours safely: the process ends.
    #[expect(clippy::disallowed_methods, reason = "the one door to the system's generator")]
    fn fill(&self, buffer: &mut [u8]) {
        if getrandom::fill(buffer).is_err() {
            std::process::abort();
        }
    }
}

/// The same bytes for the same seed: for tests.
#[derive(Debug)]
pub struct SeededEntropy(Mutex<(u64, u64)>);

impl SeededEntropy {
    /// Starts the sequence of `seed`.
    pub const fn new(seed: u64) -> Self {
        Self(Mutex::new((seed, 0)))
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        let mut state = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for chunk in buffer.chunks_mut(32) {
            let block = Sha256::new()
                .chain_update(state.0.to_be_bytes())
                .chain_update(state.1.to_be_bytes())
                .finalize();
            chunk.copy_from_slice(&block[..chunk.len()]);
            state.1 += 1;
        }
    }
}
