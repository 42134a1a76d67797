//! The server's secret keys: one file beside the data, outside the database and its backups (PROTOCOL §8).

mod file;

use file::KeyFile;

use crate::secret_file::{self, Readers, SecretFileError};
use hmac::{Hmac, KeyInit, Mac};
use parvis_protocol::clock::UnixMillis;
use parvis_protocol::entropy::{Entropy, bytes, opaque_short};
use parvis_protocol::jws::PrivateKey;
use sha2::Sha256;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::{fmt, fs, io};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// How long codes made with a retired key are still good, milliseconds.
pub const OTP_OVERLAP: i64 = 15 * 60 * 1000;
/// How long the public half of a retired signing key is still published, milliseconds.
pub const SIGNING_OVERLAP: i64 = 24 * 60 * 60 * 1000;

const HEAD: &str = "# Secret keys of this portal. Whoever has them can compute codes and sign tokens: mode 0600, no copy \
                    beside the database's backups.\n\n";

/// How long a new key is published before anything is made with it, milliseconds: until then every process has read it.
pub const TAKEOVER: i64 = 60 * 1000;

/// The keys of a running process: they can be read again while it answers.
#[derive(Debug)]
pub struct SharedKeys {
    current: RwLock<Arc<Keys>>,
    file: Option<PathBuf>,
}

/// Why keys were not read again; those in use stay.
#[derive(Debug, thiserror::Error)]
pub enum ReloadError {
    /// The file.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// It is the file of another portal.
    #[error("the key file is another portal's ({found}, not {expected})")]
    OtherKeys {
        /// Of the keys in use.
        expected: String,
        /// In the file.
        found: String,
    },
}

impl SharedKeys {
    /// Reads the key file, or makes it.
    ///
    /// # Errors
    /// As [`Keys::load_or_create`].
    pub fn load_or_create(path: &Path, entropy: &dyn Entropy) -> Result<Arc<Self>, KeysError> {
        let keys = Keys::load_or_create(path, entropy)?;
        Ok(Arc::new(Self { current: RwLock::new(Arc::new(keys)), file: Some(path.to_owned()) }))
    }

    /// Fresh keys that are not written anywhere.
    pub fn ephemeral(entropy: &dyn Entropy) -> Arc<Self> {
        Arc::new(Self { current: RwLock::new(Arc::new(Keys::ephemeral(entropy))), file: None })
    }

    /// The keys as they are now.
    pub fn current(&self) -> Arc<Keys> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads the file again.
    ///
    /// # Errors
    /// [`ReloadError`]; the keys in use stay.
    pub fn reload(&self) -> Result<(), ReloadError> {
        let Some(file) = &self.file else { return Ok(()) };
        let keys = Keys::load(file)?;
        let expected = self.current().id.clone();
        if keys.id != expected {
            return Err(ReloadError::OtherKeys { expected, found: keys.id.clone() });
        }
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
        Ok(())
    }

    /// Reads the file again at each SIGHUP, for as long as it is polled.
    #[cfg(unix)]
    pub async fn reload_at_hangup(self: Arc<Self>) {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut hangups) = signal(SignalKind::hangup()) else { return };
        while hangups.recv().await.is_some() {
            match self.reload() {
                Ok(()) => tracing::info!("keys read again"),
                Err(error) => tracing::error!(%error, "keys not read again: those in use stay"),
            }
        }
    }
}

/// The key that new things are made with: the newest, but for the first minute the one before it.
fn in_use<T>(keys: &[T], retired_at: impl Fn(&T) -> Option<UnixMillis>, now: UnixMillis) -> &T {
    let former = keys.get(1).filter(|key| retired_at(key).is_some_and(|at| now < at + TAKEOVER));
    former.unwrap_or(&keys[0])
}

/// The keys. `Debug` shows their ids only; the memory is wiped when they are dropped.
pub struct Keys {
    /// Names this set; the database remembers it, and a process with another one does not start.
    pub id: String,
    otp: Vec<OtpKey>,
    nonce: Secret,
    link: Secret,
    seal: Secret,
    signing: Vec<SigningKey>,
}

/// HMAC-SHA256 over length-prefixed parts, which cannot be shifted into each other: what codes and links are derived by.
pub(crate) fn derive(key: &[u8], parts: &[&str]) -> [u8; 32] {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key)
        .unwrap_or_else(|_| unreachable!("any length is a key"));
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part.as_bytes());
    }
    mac.finalize().into_bytes().into()
}

#[derive(Zeroize, ZeroizeOnDrop)]
struct Secret([u8; 32]);

struct OtpKey {
    kid: String,
    secret: Secret,
    retired_at: Option<UnixMillis>,
}

struct SigningKey {
    kid: String,
    key: PrivateKey,
    retired_at: Option<UnixMillis>,
}

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The file is missing, unreadable or exposed.
    #[error(transparent)]
    File(#[from] SecretFileError),
    /// The file is there and is no key file. It is never replaced: with it go all codes and tokens made by it.
    #[error("{}: {reason}; restore it from its own backup, or move it away to start with new keys", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// What is wrong, without any of its content.
        reason: &'static str,
    },
    /// The file could not be made.
    #[error("{}: cannot be written: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let otp: Vec<_> = self.otp.iter().map(|key| &key.kid).collect();
        let signing: Vec<_> = self.signing.iter().map(|key| &key.kid).collect();
        f.debug_struct("Keys")
            .field("id", &self.id)
            .field("otp", &otp)
            .field("signing", &signing)
            .finish_non_exhaustive()
    }
}

impl Keys {
    /// Reads the key file, or makes it. Processes that start at once on one folder end with the same file.
    ///
    /// # Errors
    /// A file that others may read or that is broken is refused and left as it is.
    pub fn load_or_create(path: &Path, entropy: &dyn Entropy) -> Result<Self, KeysError> {
        // A name that stands without leading anywhere is no first start either.
        if fs::symlink_metadata(path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
            Self::ephemeral(entropy).write(path, entropy, |beside| match fs::hard_link(beside, path) {
                // Another process was first: its file is the one.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
                linked => linked,
            })?;
        }
        Self::load(path)
    }

    /// Reads the key file.
    ///
    /// # Errors
    /// As [`Keys::load_or_create`], and where it is missing.
    pub fn load(path: &Path) -> Result<Self, KeysError> {
        let text = secret_file::read(path, Readers::Owner)?;
        let broken = |reason| KeysError::Broken { path: path.to_owned(), reason };
        // TOML's own messages quote the line, which holds a key.
        let file: KeyFile = toml::from_str(&text).map_err(|_| broken("is not a key file"))?;
        file.keys().map_err(broken)
    }

    /// Fresh keys that are not written anywhere.
    pub fn ephemeral(entropy: &dyn Entropy) -> Self {
        Self {
            id: opaque_short(entropy),
            otp: vec![OtpKey::fresh(entropy)],
            nonce: Secret::fresh(entropy),
            link: Secret::fresh(entropy),
            seal: Secret::fresh(entropy),
            signing: vec![SigningKey::fresh(entropy)],
        }
    }

    /// Puts a fresh key for codes and a fresh one for tokens before those of the file, and drops what has been
    /// retired for longer than [`OTP_OVERLAP`] and [`SIGNING_OVERLAP`]. Processes take it over at SIGHUP, and make nothing with it for
    /// [`TAKEOVER`].
    ///
    /// # Errors
    /// As [`Keys::load`], and where the file cannot be replaced.
    pub fn rotate(path: &Path, entropy: &dyn Entropy, now: UnixMillis) -> Result<Self, KeysError> {
        let mut keys = Self::load(path)?;
        keys.otp.iter_mut().for_each(|key| _ = key.retired_at.get_or_insert(now));
        keys.signing.iter_mut().for_each(|key| _ = key.retired_at.get_or_insert(now));
        keys.otp.retain(|key| key.retired_at.is_none_or(|at| now - at <= OTP_OVERLAP));
        keys.signing.retain(|key| key.retired_at.is_none_or(|at| now - at <= SIGNING_OVERLAP));
        keys.otp.insert(0, OtpKey::fresh(entropy));
        keys.signing.insert(0, SigningKey::fresh(entropy));
        keys.write(path, entropy, |beside| fs::rename(beside, path))?;
        Ok(keys)
    }

    /// Id and key that new codes are made with.
    pub fn otp_key(&self, now: UnixMillis) -> (&str, &[u8; 32]) {
        let key = in_use(&self.otp, |key| key.retired_at, now);
        (&key.kid, &key.secret.0)
    }

    /// The key that a living challenge was made with: the current one or a retired one; `None` once it was removed.
    pub fn otp_key_by_id(&self, kid: &str) -> Option<&[u8; 32]> {
        self.otp.iter().find(|key| key.kid == kid).map(|key| &key.secret.0)
    }

    /// The key of the nonces' MAC.
    pub fn nonce_key(&self) -> &[u8; 32] {
        &self.nonce.0
    }

    /// The key that mailed links are derived with.
    pub fn link_key(&self) -> &[u8; 32] {
        &self.link.0
    }

    /// The key that encrypts what the database has to give back, TOTP secrets (OTP-10).
    pub fn seal_key(&self) -> &[u8; 32] {
        &self.seal.0
    }

    /// Id and key that new tokens are signed with.
    pub fn signing_key(&self, now: UnixMillis) -> (&str, &PrivateKey) {
        let key = in_use(&self.signing, |key| key.retired_at, now);
        (&key.kid, &key.key)
    }

    /// The public halves of the signing keys, current first (RFC 7517 §5).
    pub fn jwks(&self) -> serde_json::Value {
        let keys: Vec<_> = self
            .signing
            .iter()
            .map(|key| {
                let mut jwk = key.key.jwk();
                jwk.kid = Some(key.kid.clone());
                jwk.alg = Some("ES256".to_owned());
                jwk.usage = Some("sig".to_owned());
                jwk
            })
            .collect();
        serde_json::json!({ "keys": keys })
    }

    fn write(
        &self,
        path: &Path,
        entropy: &dyn Entropy,
        place: impl FnOnce(&Path) -> io::Result<()>,
    ) -> Result<(), KeysError> {
        let write = |source| KeysError::Write { path: path.to_owned(), source };
        let body = toml::to_string(&KeyFile::of(self)).map_err(|error| write(io::Error::other(error)))?;
        let text = Zeroizing::new(format!("{HEAD}{}", Zeroizing::new(body).as_str()));
        secret_file::write_beside(path, &opaque_short(entropy), text.as_bytes(), place).map_err(write)
    }
}

impl Secret {
    fn fresh(entropy: &dyn Entropy) -> Self {
        Self(bytes(entropy))
    }
}

impl OtpKey {
    fn fresh(entropy: &dyn Entropy) -> Self {
        Self { kid: opaque_short(entropy), secret: Secret::fresh(entropy), retired_at: None }
    }
}

impl SigningKey {
    fn fresh(entropy: &dyn Entropy) -> Self {
        let key = PrivateKey::generate(entropy);
        Self { kid: key.jwk().thumbprint(), key, retired_at: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parvis_protocol::encoding::base64url;
    use parvis_protocol::entropy::{OsEntropy, SeededEntropy};

    /// Long after any rotation of these tests.
    const AFTER: UnixMillis = i64::MAX / 2;

    fn folder() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.toml");
        (folder, path)
    }

    fn names(folder: &tempfile::TempDir) -> Vec<String> {
        let entries = fs::read_dir(folder.path()).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn made_once_and_read_back() {
        let (folder, path) = folder();
        let made = Keys::load_or_create(&path, &SeededEntropy::new(1)).unwrap();
        let read = Keys::load_or_create(&path, &SeededEntropy::new(2)).unwrap();
        assert_eq!(made.id, read.id);
        assert_eq!(made.otp_key(AFTER), read.otp_key(AFTER));
        assert_eq!(
            (made.nonce_key(), made.link_key(), made.seal_key()),
            (read.nonce_key(), read.link_key(), read.seal_key())
        );
        assert_eq!(made.jwks(), read.jwks());
        assert_eq!(names(&folder), ["keys.toml"]);
    }

    #[test]
    fn keys_are_all_different_and_none_is_shown() {
        let keys = Keys::ephemeral(&SeededEntropy::new(1));
        let signing = keys.signing_key(AFTER).1.secret();
        let all = [keys.otp_key(AFTER).1, keys.nonce_key(), keys.link_key(), keys.seal_key(), &signing];
        let shown = format!("{keys:?}");
        for (i, key) in all.iter().enumerate() {
            assert!(!all[..i].contains(key));
            assert!(!shown.contains(&base64url(key.as_slice())) && !shown.contains(&format!("{key:?}")));
        }
        assert!(shown.contains(&keys.id) && shown.contains(keys.otp_key(AFTER).0), "{shown}");
        let public = keys.jwks();
        assert_eq!(public["keys"][0]["kid"], keys.signing_key(AFTER).0);
        assert_eq!(public["keys"][0]["use"], "sig");
        assert!(public.pointer("/keys/0/d").is_none());
    }

    #[test]
    fn processes_that_start_at_once_end_with_one_file() {
        let (folder, path) = folder();
        let barrier = std::sync::Barrier::new(8);
        let ids: Vec<String> = std::thread::scope(|scope| {
            let starts: Vec<_> = (0..8)
                .map(|_| {
                    scope.spawn(|| {
                        barrier.wait();
                        Keys::load_or_create(&path, &OsEntropy).unwrap().id
                    })
                })
                .collect();
            starts.into_iter().map(|start| start.join().unwrap()).collect()
        });
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
        assert_eq!(names(&folder), ["keys.toml"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_may_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let (_folder, path) = folder();
        Keys::load_or_create(&path, &OsEntropy).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        for mode in [0o640, 0o604, 0o644, 0o620] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let refusal = Keys::load_or_create(&path, &OsEntropy).unwrap_err().to_string();
            assert!(refusal.contains("keys.toml") && refusal.contains("chmod 600"), "{refusal}");
        }
    }

    #[test]
    fn a_broken_file_is_refused_by_name_and_left_alone() {
        let (_folder, path) = folder();
        Keys::load_or_create(&path, &OsEntropy).unwrap();
        let good = fs::read_to_string(&path).unwrap();
        let key = good.lines().find(|line| line.starts_with("nonce_key")).unwrap().to_owned();
        let broken = [
            String::new(),
            good[..good.len() / 2].to_owned(),
            good.replace("nonce_key", "noonce_key"),
            good.replace(&key, "nonce_key = \"c2hvcnQ\""),
            format!("unknown = 1\n{good}"),
            good.replace("[[signing]]", "[[signing]]\nretired_at = 1"),
            format!("\u{0}{good}"),
        ];
        for content in broken {
            fs::write(&path, &content).unwrap();
            let refusal = Keys::load_or_create(&path, &OsEntropy).unwrap_err().to_string();
            assert!(refusal.contains("keys.toml"), "{refusal}");
            assert!(!refusal.contains(key.split('"').nth(1).unwrap()), "{refusal}");
            assert_eq!(fs::read_to_string(&path).unwrap(), content);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_leads_nowhere_is_no_first_start() {
        let (folder, path) = folder();
        std::os::unix::fs::symlink(folder.path().join("gone"), &path).unwrap();
        assert!(matches!(Keys::load_or_create(&path, &OsEntropy), Err(KeysError::File(_))));
    }

    #[test]
    fn tok_14_rotation_keeps_retired_keys_for_their_time() {
        let (_folder, path) = folder();
        let entropy = SeededEntropy::new(3);
        let first = Keys::load_or_create(&path, &entropy).unwrap();
        let second = Keys::rotate(&path, &entropy, 1_000).unwrap();
        assert_eq!(second.id, first.id);
        assert_ne!(second.otp_key(AFTER), first.otp_key(AFTER));
        assert_eq!(second.otp_key_by_id(first.otp_key(AFTER).0), Some(first.otp_key(AFTER).1));
        assert_eq!(second.jwks()["keys"][1]["kid"], first.signing_key(AFTER).0);
        assert_eq!(Keys::load(&path).unwrap().jwks(), second.jwks());

        let third = Keys::rotate(&path, &entropy, 1_000 + OTP_OVERLAP).unwrap();
        assert!(third.otp_key_by_id(first.otp_key(AFTER).0).is_some());
        let fourth = Keys::rotate(&path, &entropy, 1_001 + OTP_OVERLAP).unwrap();
        assert!(fourth.otp_key_by_id(first.otp_key(AFTER).0).is_none());
        assert_eq!(fourth.jwks()["keys"].as_array().unwrap().len(), 4);
        let later = Keys::rotate(&path, &entropy, 1_002 + OTP_OVERLAP + SIGNING_OVERLAP).unwrap();
        assert_eq!(later.jwks()["keys"].as_array().unwrap().len(), 2);
    }

    #[test]
    fn tok_14_a_new_key_is_published_before_anything_is_made_with_it() {
        let (_folder, path) = folder();
        let shared = SharedKeys::load_or_create(&path, &OsEntropy).unwrap();
        let former = shared.current();
        Keys::rotate(&path, &OsEntropy, 1_000).unwrap();
        assert_eq!(shared.current().jwks(), former.jwks(), "until it is read again");
        shared.reload().unwrap();
        let keys = shared.current();
        assert_eq!(keys.jwks()["keys"].as_array().unwrap().len(), 2);
        assert_eq!(keys.signing_key(1_000 + TAKEOVER - 1).0, former.signing_key(0).0);
        assert_eq!(keys.otp_key(1_000 + TAKEOVER - 1), former.otp_key(0));
        assert_ne!(keys.signing_key(1_000 + TAKEOVER).0, former.signing_key(0).0);
        assert_ne!(keys.otp_key(1_000 + TAKEOVER), former.otp_key(0));
    }

    #[test]
    fn another_portals_file_is_not_taken_over() {
        let (_folder, path) = folder();
        let shared = SharedKeys::load_or_create(&path, &OsEntropy).unwrap();
        let id = shared.current().id.clone();
        fs::remove_file(&path).unwrap();
        Keys::load_or_create(&path, &OsEntropy).unwrap();
        assert!(matches!(shared.reload(), Err(ReloadError::OtherKeys { .. })));
        fs::write(&path, "").unwrap();
        assert!(matches!(shared.reload(), Err(ReloadError::Keys(_))));
        assert_eq!(shared.current().id, id);
    }
}
