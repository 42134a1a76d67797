//! Password hashes: Argon2id in a bounded pool (PWD-07, PWD-08, ACC-02).

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Params, Version};
use parvis_protocol::entropy::{Entropy, bytes};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;

/// Longest password that is hashed, bytes. Forms refuse longer ones before they come here.
pub const MAX_PASSWORD: usize = 4096;

/// A stored hash that asks for more than this is not one of ours.
const CEILING: HashCost = HashCost { memory_kib: 1 << 20, iterations: 64, lanes: 64 };

/// What one hash costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashCost {
    /// Memory, KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub iterations: u32,
    /// Lanes.
    pub lanes: u32,
}

impl HashCost {
    /// The cheapest that Argon2 knows: for tests.
    pub const MINIMAL: Self = Self { memory_kib: 8, iterations: 1, lanes: 1 };

    /// As Argon2 takes them; its own defaults, which are ours, in place of values that it refuses.
    fn params(self) -> Params {
        Params::new(self.memory_kib, self.iterations, self.lanes, Some(Params::DEFAULT_OUTPUT_LEN))
            .unwrap_or_default()
    }
}

impl Default for HashCost {
    /// 19 MiB, two passes, one lane (OWASP password storage).
    fn default() -> Self {
        Self { memory_kib: 19 * 1024, iterations: 2, lanes: 1 }
    }
}

/// The pool is full or out of memory: 503 and `Retry-After`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords are being checked")]
pub struct Busy;

/// What a stored hash says of a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// It is the password.
    pub matches: bool,
    /// The hash was made at another cost than today's: hash the password again once it matches.
    pub outdated: bool,
}

/// Hashes passwords on at most `threads` threads, with at most `queue` more waiting. Memory stays within
/// `threads` times the cost's, or that of a costlier stored hash.
#[derive(Clone)]
pub struct HashPool {
    params: Params,
    entropy: Arc<dyn Entropy>,
    /// Running and waiting.
    admitted: Arc<Semaphore>,
    running: Arc<Semaphore>,
    executed: Arc<AtomicU64>,
    refused: Arc<AtomicU64>,
    threads: usize,
    places: usize,
}

/// How busy a [`HashPool`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashLoad {
    /// Hashes that run.
    pub running: u64,
    /// Callers that wait.
    pub waiting: u64,
    /// Hashes run so far.
    pub executed: u64,
    /// Callers that were refused because the queue was full, so far.
    pub refused: u64,
}

impl std::fmt::Debug for HashPool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HashPool").field("params", &self.params).finish_non_exhaustive()
    }
}

impl HashPool {
    /// A pool; one thread at least.
    pub fn new(cost: HashCost, threads: usize, queue: usize, entropy: Arc<dyn Entropy>) -> Self {
        let threads = threads.clamp(1, Semaphore::MAX_PERMITS / 2);
        let places = threads.saturating_add(queue).min(Semaphore::MAX_PERMITS);
        Self {
            params: cost.params(),
            entropy,
            admitted: Arc::new(Semaphore::new(places)),
            running: Arc::new(Semaphore::new(threads)),
            executed: Arc::default(),
            refused: Arc::default(),
            threads,
            places,
        }
    }

    /// A PHC string of `password`, with a salt of 16 random bytes.
    ///
    /// # Errors
    /// [`Busy`] at once where the queue is full; also for a password longer than [`MAX_PASSWORD`].
    pub async fn hash(&self, password: SecretString) -> Result<String, Busy> {
        let salt = self.salt();
        let params = self.params.clone();
        self.run(password, move |password| {
            let output = argon2id(&params, password, &salt)?;
            let hash = PasswordHash {
                algorithm: ARGON2ID_IDENT,
                version: Some(Version::V0x13.into()),
                params: ParamsString::try_from(&params).map_err(|_| Busy)?,
                salt: Some(Salt::new(&salt).map_err(|_| Busy)?),
                hash: Some(Output::new(&output).map_err(|_| Busy)?),
            };
            Ok(hash.to_string())
        })
        .await
    }

    /// Whether `password` is the one that `stored` was made from. Without a stored hash, or with one that cannot
    /// be read, one hash is made at today's cost all the same, and nothing matches (ACC-02).
    ///
    /// # Errors
    /// As [`HashPool::hash`].
    pub async fn verify(&self, password: SecretString, stored: Option<String>) -> Result<Verdict, Busy> {
        let readable = stored.as_deref().and_then(Stored::read);
        let (known, stored) = match readable {
            Some(stored) => (true, stored),
            None => (
                false,
                Stored { params: self.params.clone(), salt: self.salt().to_vec(), output: vec![0; 32] },
            ),
        };
        let outdated = stored.params != self.params;
        self.run(password, move |password| {
            let output = argon2id(&stored.params, password, &stored.salt)?;
            let same: bool = output.ct_eq(&stored.output).into();
            Ok(Verdict { matches: same && known, outdated })
        })
        .await
    }

    /// Hashes run so far.
    pub fn executed(&self) -> u64 {
        self.executed.load(Ordering::SeqCst)
    }

    /// How busy it is now.
    pub fn load(&self) -> HashLoad {
        let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        let running = self.threads.saturating_sub(self.running.available_permits());
        let admitted = self.places.saturating_sub(self.admitted.available_permits());
        HashLoad {
            running: count(running),
            waiting: count(admitted.saturating_sub(running)),
            executed: self.executed(),
            refused: self.refused.load(Ordering::SeqCst),
        }
    }

    fn salt(&self) -> [u8; 16] {
        bytes(self.entropy.as_ref())
    }

    async fn run<T: Send + 'static>(
        &self,
        password: SecretString,
        work: impl FnOnce(&[u8]) -> Result<T, Busy> + Send + 'static,
    ) -> Result<T, Busy> {
        if password.expose_secret().len() > MAX_PASSWORD {
            return Err(Busy);
        }
        let Ok(_place) = self.admitted.try_acquire() else {
            self.refused.fetch_add(1, Ordering::SeqCst);
            return Err(Busy);
        };
        let running = Arc::clone(&self.running).acquire_owned().await.map_err(|_| Busy)?;
        let executed = Arc::clone(&self.executed);
        // The permit goes with the work: a caller that gives up does not make room while its hash still runs.
        tokio::task::spawn_blocking(move || {
            let _running = running;
            executed.fetch_add(1, Ordering::SeqCst);
            work(password.expose_secret().as_bytes())
        })
        .await
        .map_err(|_| Busy)?
    }
}

/// A stored hash, taken apart.
struct Stored {
    params: Params,
    salt: Vec<u8>,
    output: Vec<u8>,
}

impl Stored {
    /// `None` unless it is an Argon2id string that can be checked at a sane cost.
    fn read(text: &str) -> Option<Self> {
        let hash = PasswordHash::new(text).ok()?;
        if hash.algorithm != ARGON2ID_IDENT || hash.version != Some(Version::V0x13.into()) {
            return None;
        }
        let params = Params::try_from(&hash).ok()?;
        let sane = params.m_cost() <= CEILING.memory_kib
            && params.t_cost() <= CEILING.iterations
            && params.p_cost() <= CEILING.lanes;
        let (salt, output) = (hash.salt?, hash.hash?);
        sane.then(|| Self { params, salt: salt.to_vec(), output: output.as_bytes().to_vec() })
    }
}

fn argon2id(params: &Params, password: &[u8], salt: &[u8]) -> Result<Vec<u8>, Busy> {
    let mut output = vec![0; params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN)];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone())
        .hash_password_into(password, salt, &mut output)
        .map_err(|_| Busy)?;
    Ok(output)
}

#[cfg(test)]
mod tests {
    use super::*;
    use parvis_protocol::entropy::SeededEntropy;
    use std::future::poll_fn;
    use std::pin::Pin;
    use std::task::Poll;

    fn pool(cost: HashCost, threads: usize, queue: usize) -> HashPool {
        HashPool::new(cost, threads, queue, Arc::new(SeededEntropy::new(7)))
    }

    const NO: Verdict = Verdict { matches: false, outdated: false };

    #[tokio::test]
    async fn pwd_07_phc_string_at_the_default_cost() {
        let stored = pool(HashCost::default(), 1, 0).hash("Passphrase 1!".into()).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        let read = PasswordHash::new(&stored).unwrap();
        assert_eq!((read.salt.unwrap().len(), read.hash.unwrap().len()), (16, 32));
    }

    #[tokio::test]
    async fn pwd_07_salts_differ_and_an_outdated_hash_still_matches() {
        let old = pool(HashCost::MINIMAL, 1, 0);
        let stored = old.hash("motdepasse".into()).await.unwrap();
        assert_ne!(stored, old.hash("motdepasse".into()).await.unwrap());
        let fresh = Verdict { matches: true, outdated: false };
        assert_eq!(old.verify("motdepasse".into(), Some(stored.clone())).await, Ok(fresh));
        let new = pool(HashCost { memory_kib: 16, ..HashCost::MINIMAL }, 1, 0);
        let outdated = Verdict { matches: true, outdated: true };
        assert_eq!(new.verify("motdepasse".into(), Some(stored)).await, Ok(outdated));
    }

    #[tokio::test]
    async fn pwd_01_every_byte_counts() {
        let pool = pool(HashCost::MINIMAL, 1, 0);
        let long = "é".repeat(64);
        let stored = pool.hash(long.clone().into()).await.unwrap();
        for other in
            [&long[..126], &format!("{long} "), &long.replace('é', "É"), &format!("{}e", &long[..126])]
        {
            assert_eq!(pool.verify(other.to_string().into(), Some(stored.clone())).await, Ok(NO), "{other}");
        }
    }

    #[tokio::test]
    async fn acc_02_one_hash_whatever_is_stored() {
        let pool = pool(HashCost::MINIMAL, 1, 0);
        let right = pool.hash("x".into()).await.unwrap();
        let (head, _) = right.rsplit_once('$').unwrap();
        let greedy = right.replace("m=8,", "m=4294967295,");
        let broken = [
            "",
            "x",
            "$argon2id$",
            "$2b$12$abc",
            head,
            greedy.as_str(),
            &right.replace("argon2id", "argon2i"),
        ];
        for stored in broken.map(|text| Some(text.to_owned())).into_iter().chain([None]) {
            let before = pool.executed();
            assert_eq!(pool.verify("x".into(), stored.clone()).await, Ok(NO), "{stored:?}");
            assert_eq!(pool.executed(), before + 1, "{stored:?}");
        }
    }

    /// Polls all calls once before the first hash may run, so that each asks for a place before any is given back.
    async fn together<F: Future>(pool: &HashPool, calls: Vec<F>) -> Vec<F::Output> {
        let mut threads = pool.running.clone().try_acquire_many_owned(2).ok();
        let mut calls: Vec<Pin<Box<F>>> = calls.into_iter().map(Box::pin).collect();
        let mut answers: Vec<Option<F::Output>> = calls.iter().map(|_| None).collect();
        poll_fn(move |context| {
            for (call, answer) in calls.iter_mut().zip(&mut answers).filter(|(_, answer)| answer.is_none()) {
                if let Poll::Ready(value) = call.as_mut().poll(context) {
                    *answer = Some(value);
                }
            }
            threads.take();
            if answers.iter().all(Option::is_some) {
                Poll::Ready(answers.iter_mut().filter_map(Option::take).collect())
            } else {
                Poll::Pending
            }
        })
        .await
    }

    #[tokio::test]
    async fn pwd_08_ten_times_the_load_is_refused_and_the_rest_answered() {
        let pool = pool(HashCost::MINIMAL, 2, 4);
        let stored = pool.hash("x".into()).await.unwrap();
        let calls = (0..60).map(|_| pool.verify("x".into(), Some(stored.clone()))).collect();
        let answers = together(&pool, calls).await;
        let (answered, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
        assert!(answered.iter().all(|answer| answer.is_ok_and(|verdict| verdict.matches)));
        assert_eq!((answered.len(), refused.len()), (6, 54));
        assert_eq!(pool.executed(), 1 + 6);
        assert!(pool.verify("x".into(), Some(stored)).await.is_ok(), "room again afterwards");
    }

    #[tokio::test]
    async fn pwd_08_an_over_long_password_is_never_hashed() {
        let pool = pool(HashCost::MINIMAL, 1, 0);
        for length in [MAX_PASSWORD + 1, 1 << 20] {
            assert_eq!(pool.verify("x".repeat(length).into(), None).await, Err(Busy));
            assert_eq!(pool.hash("x".repeat(length).into()).await, Err(Busy));
        }
        assert_eq!(pool.executed(), 0);
        assert!(pool.hash("x".repeat(MAX_PASSWORD).into()).await.is_ok());
    }
}
