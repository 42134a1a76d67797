//! The operating system's store for device keys: one 32-byte key per portal, nothing else (APP-02, APP-04).
//!
//! Every call to the system's store blocks and may wait for a person who unlocks it, so each runs off the async threads and
//! under a time limit. A store that once did not answer is not asked again until the next start.

use crate::view::KeyringState;
use keyring_core::{CredentialPersistence, Error};
use parvis_protocol::{
    entropy::{Entropy, bytes},
    jws::PrivateKey,
};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU8, Ordering},
    },
    time::Duration,
};
use zeroize::Zeroizing;

const SERVICE: &str = "parvis";
const TIME_LIMIT: Duration = Duration::from_secs(10);

const CHECKING: u8 = 0;
const AVAILABLE: u8 = 1;
const UNAVAILABLE: u8 = 2;

/// Where device keys are kept.
#[derive(Clone)]
pub struct Keyring(Arc<Inner>);

struct Inner {
    backend: Backend,
    state: AtomicU8,
}

enum Backend {
    /// The operating system's.
    System,
    /// For tests.
    Memory { keys: Mutex<BTreeMap<String, Zeroizing<Vec<u8>>>>, locked: AtomicBool },
    /// There is none.
    Absent,
}

/// The keyring did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the keyring is not usable: {0}")]
pub struct KeyringError(pub(crate) String);

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keyring({:?})", self.state())
    }
}

impl Keyring {
    fn new(backend: Backend) -> Self {
        Self(Arc::new(Inner { backend, state: AtomicU8::new(CHECKING) }))
    }

    /// The operating system's: Secret Service, Keychain or Credential Manager.
    pub fn system() -> Self {
        Self::new(Backend::System)
    }

    /// None: sign-in works, trust is never asked for.
    pub fn absent() -> Self {
        Self::new(Backend::Absent)
    }

    /// One that forgets when the process ends: for tests only, since a trust that no key outlives is none.
    pub fn memory() -> Self {
        Self::new(Backend::Memory { keys: Mutex::default(), locked: AtomicBool::new(false) })
    }

    /// Locks or unlocks a [`Keyring::memory`]: every call fails while it is locked.
    pub fn set_locked(&self, now: bool) {
        if let Backend::Memory { locked, .. } = &self.0.backend {
            locked.store(now, Ordering::SeqCst);
        }
    }

    /// How many keys a [`Keyring::memory`] holds.
    pub fn held(&self) -> usize {
        match &self.0.backend {
            Backend::Memory { keys, .. } => keys.lock().unwrap_or_else(PoisonError::into_inner).len(),
            Backend::System | Backend::Absent => 0,
        }
    }

    /// What the last check found.
    pub fn state(&self) -> KeyringState {
        match self.0.state.load(Ordering::SeqCst) {
            CHECKING => KeyringState::Checking,
            AVAILABLE => KeyringState::Available,
            _ => KeyringState::Unavailable,
        }
    }

    /// Writes a random value, reads it back and removes it.
    ///
    /// # Errors
    /// [`KeyringError`]: nothing can be remembered here.
    pub async fn check(&self, entropy: &dyn Entropy) -> Result<(), KeyringError> {
        let probe = Zeroizing::new(bytes::<32>(entropy).to_vec());
        let outcome = self
            .blocking(move |backend| {
                backend.refuse_what_forgets()?;
                let user = "check";
                backend.write(user, &probe)?;
                let same = backend.read(user)?.is_some_and(|read| *read == *probe);
                backend.remove(user)?;
                let gone = backend.read(user)?.is_none();
                if same && gone { Ok(()) } else { Err(KeyringError("a value does not read back".to_owned())) }
            })
            .await;
        let state = if outcome.is_ok() { AVAILABLE } else { UNAVAILABLE };
        self.0.state.store(state, Ordering::SeqCst);
        outcome
    }

    /// The key of a portal on this workstation, if there is one.
    ///
    /// # Errors
    /// [`KeyringError`]
    pub async fn key(&self, user: &str) -> Result<Option<PrivateKey>, KeyringError> {
        let user = user.to_owned();
        let secret = self.blocking(move |backend| backend.read(&user)).await?;
        // Anything that is no key is as good as none; it is replaced when trust is next granted.
        Ok(secret.and_then(|secret| PrivateKey::from_secret(&secret)))
    }

    /// Keeps a key, over the one that was there, and reads it back.
    ///
    /// # Errors
    /// [`KeyringError`]
    pub async fn keep(&self, user: &str, key: &PrivateKey) -> Result<(), KeyringError> {
        let (user, secret) = (user.to_owned(), key.secret());
        self.blocking(move |backend| {
            backend.write(&user, secret.as_slice())?;
            match backend.read(&user)? {
                Some(read) if read.as_slice() == secret.as_slice() => Ok(()),
                _ => Err(KeyringError("the key does not read back".to_owned())),
            }
        })
        .await
    }

    /// Removes the key, and reads that it is gone. That there was none is success.
    ///
    /// # Errors
    /// [`KeyringError`]: it may still be there.
    pub async fn remove(&self, user: &str) -> Result<(), KeyringError> {
        let user = user.to_owned();
        self.blocking(move |backend| {
            backend.remove(&user)?;
            match backend.read(&user)? {
                None => Ok(()),
                Some(_) => Err(KeyringError("the key is still there".to_owned())),
            }
        })
        .await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Backend) -> Result<T, KeyringError> + Send + 'static,
    ) -> Result<T, KeyringError> {
        if self.0.state.load(Ordering::SeqCst) == UNAVAILABLE {
            return Err(KeyringError("found unusable at start".to_owned()));
        }
        if !matches!(self.0.backend, Backend::System) {
            return work(&self.0.backend);
        }
        let inner = self.0.clone();
        let work = tokio::task::spawn_blocking(move || work(&inner.backend));
        match tokio::time::timeout(TIME_LIMIT, work).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(KeyringError("the call ended abnormally".to_owned())),
            Err(_) => {
                self.0.state.store(UNAVAILABLE, Ordering::SeqCst);
                Err(KeyringError("no answer in time".to_owned()))
            }
        }
    }
}

impl Backend {
    /// Some builds of the keyring library fall back to a store in memory without a word; a key kept there is not kept.
    fn refuse_what_forgets(&self) -> Result<(), KeyringError> {
        let Self::System = self else { return Ok(()) };
        if let Err(error) = keyring::Entry::store_status() {
            return Err(told(error));
        }
        let store = keyring_core::get_default_store().ok_or_else(|| told(&Error::NoDefaultStore))?;
        if matches!(store.persistence(), CredentialPersistence::UntilDelete) {
            Ok(())
        } else {
            Err(KeyringError(format!("{} does not keep what it is given", store.vendor())))
        }
    }

    fn read(&self, user: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeyringError> {
        match self {
            Self::System => match entry(user)?.get_secret() {
                Ok(secret) => Ok(Some(Zeroizing::new(secret))),
                Err(Error::NoEntry) => Ok(None),
                Err(error) => Err(told(&error)),
            },
            Self::Memory { keys, .. } => {
                self.unlocked()?;
                Ok(keys.lock().unwrap_or_else(PoisonError::into_inner).get(user).cloned())
            }
            Self::Absent => Err(none()),
        }
    }

    fn write(&self, user: &str, secret: &[u8]) -> Result<(), KeyringError> {
        match self {
            Self::System => entry(user)?.set_secret(secret).map_err(|error| told(&error)),
            Self::Memory { keys, .. } => {
                self.unlocked()?;
                let secret = Zeroizing::new(secret.to_vec());
                keys.lock().unwrap_or_else(PoisonError::into_inner).insert(user.to_owned(), secret);
                Ok(())
            }
            Self::Absent => Err(none()),
        }
    }

    fn remove(&self, user: &str) -> Result<(), KeyringError> {
        match self {
            Self::System => match entry(user)?.delete_credential() {
                Ok(()) | Err(Error::NoEntry) => Ok(()),
                Err(error) => Err(told(&error)),
            },
            Self::Memory { keys, .. } => {
                self.unlocked()?;
                keys.lock().unwrap_or_else(PoisonError::into_inner).remove(user);
                Ok(())
            }
            Self::Absent => Err(none()),
        }
    }

    fn unlocked(&self) -> Result<(), KeyringError> {
        match self {
            Self::Memory { locked, .. } if locked.load(Ordering::SeqCst) => {
                Err(KeyringError("locked".to_owned()))
            }
            _ => Ok(()),
        }
    }
}

fn entry(user: &str) -> Result<keyring::Entry, KeyringError> {
    keyring::Entry::new(SERVICE, user).map_err(|error| told(&error))
}

/// The kind of error only: some of the library's errors carry the secret itself.
fn told(error: &Error) -> KeyringError {
    let kind = match error {
        Error::PlatformFailure(_) => "platform failure",
        Error::NoStorageAccess(_) => "no access, locked perhaps",
        Error::NoDefaultStore => "no store",
        Error::NoEntry => "no entry",
        Error::Ambiguous(_) => "two entries of one name",
        _ => "unexpected content or limit",
    };
    KeyringError(kind.to_owned())
}

fn none() -> KeyringError {
    KeyringError("there is none".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use parvis_protocol::entropy::SeededEntropy;

    #[tokio::test]
    async fn a_key_is_kept_read_back_and_removed() {
        let (keyring, entropy) = (Keyring::memory(), SeededEntropy::new(1));
        assert_eq!(keyring.state(), KeyringState::Checking);
        keyring.check(&entropy).await.unwrap();
        assert_eq!(keyring.state(), KeyringState::Available);
        let key = PrivateKey::generate(&entropy);
        assert!(keyring.key("a").await.unwrap().is_none());
        keyring.keep("a", &key).await.unwrap();
        assert_eq!(keyring.key("a").await.unwrap().unwrap().jwk(), key.jwk());
        assert!(keyring.key("b").await.unwrap().is_none());
        keyring.remove("a").await.unwrap();
        keyring.remove("a").await.unwrap();
        assert!(keyring.key("a").await.unwrap().is_none());
    }

    #[tokio::test]
    async fn app_02_an_absent_or_locked_keyring_is_said_and_keeps_nothing() {
        let entropy = SeededEntropy::new(1);
        let key = PrivateKey::generate(&entropy);
        let absent = Keyring::absent();
        assert!(absent.check(&entropy).await.is_err());
        assert_eq!(absent.state(), KeyringState::Unavailable);
        assert!(absent.keep("a", &key).await.is_err());
        let locked = Keyring::memory();
        locked.set_locked(true);
        assert!(locked.check(&entropy).await.is_err());
        assert_eq!(locked.state(), KeyringState::Unavailable);
    }

    #[test]
    fn app_02_the_library_is_built_with_a_lasting_store() {
        // Whether or not a keyring runs here, what is compiled in must never be the silent store in memory.
        if keyring::Entry::store_status().is_ok() {
            assert_eq!(Backend::System.refuse_what_forgets(), Ok(()));
        } else {
            assert!(Backend::System.refuse_what_forgets().is_err());
        }
    }

    /// In a session with an unlocked Secret Service (`dbus-run-session`, `gnome-keyring-daemon --unlock`).
    #[tokio::test]
    #[ignore = "needs the operating system's keyring"]
    async fn app_02_a_key_survives_in_the_systems_keyring() {
        let entropy = parvis_protocol::entropy::OsEntropy;
        let key = PrivateKey::generate(&entropy);
        let name = parvis_protocol::entropy::opaque(&entropy);
        let keyring = Keyring::system();
        keyring.check(&entropy).await.unwrap();
        keyring.keep(&name, &key).await.unwrap();
        let another = Keyring::system();
        assert_eq!(another.key(&name).await.unwrap().unwrap().jwk(), key.jwk());
        another.remove(&name).await.unwrap();
        assert!(keyring.key(&name).await.unwrap().is_none());
    }

    #[test]
    fn app_07_errors_never_carry_a_secret() {
        let error = told(&Error::BadEncoding(b"the-secret".to_vec()));
        assert!(!format!("{error:?} {error}").contains("the-secret"));
    }
}
