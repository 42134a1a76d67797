//! What counts as one workstation (PROTOCOL §6, TRU-11): a secret, and the index that a portal knows it by.

use crate::{
    platform::{self, Policy},
    state_file,
    view::WorkstationScope,
};
use hmac::{Hmac, KeyInit, Mac};
use parvis_protocol::{
    encoding::base64url,
    entropy::{Entropy, bytes},
};
use sha2::Sha256;
use std::{
    fs, io,
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

const SECRET_LENGTH: usize = 32;

/// The workstation, as this start of the app found it.
pub(crate) struct Workstation {
    key: Zeroizing<Vec<u8>>,
    scope: WorkstationScope,
    /// The name that people know it by.
    pub(crate) name: String,
}

impl std::fmt::Debug for Workstation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Workstation")
            .field("name", &self.name)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

impl Workstation {
    /// The machine's secret, or else this OS account's, made at its first start.
    ///
    /// # Errors
    /// The app's data folder cannot be written.
    pub(crate) fn open(
        data_dir: &Path,
        policy: &Policy,
        name: Option<String>,
        entropy: &dyn Entropy,
    ) -> io::Result<Self> {
        let name = name.or_else(|| policy.workstation_name.clone()).unwrap_or_else(platform::host_name);
        Self::from_files(
            &platform::machine_secret(),
            &data_dir.join("workstation"),
            policy.workstation_per_account,
            &platform::machine_id(),
            name,
            entropy,
        )
    }

    fn from_files(
        of_machine: &Path,
        of_account: &Path,
        per_account: bool,
        machine_id: &[u8],
        name: String,
        entropy: &dyn Entropy,
    ) -> io::Result<Self> {
        let installed = if per_account { None } else { read_secret(of_machine) };
        let (secret, scope) = match installed {
            Some(secret) => (secret, WorkstationScope::Machine),
            None if per_account => (own_secret(of_account, entropy)?, WorkstationScope::OsAccount),
            None => (own_secret(of_account, entropy)?, WorkstationScope::AppData),
        };
        let mut key = Zeroizing::new(Vec::with_capacity(SECRET_LENGTH + machine_id.len()));
        key.extend_from_slice(secret.as_slice());
        key.extend_from_slice(machine_id);
        Ok(Self { key, scope, name })
    }

    /// A workstation that lasts as long as this start: where the data folder cannot be written, sign-in still works.
    pub(crate) fn for_this_start(name: Option<String>, entropy: &dyn Entropy) -> Self {
        Self {
            key: Zeroizing::new(bytes::<SECRET_LENGTH>(entropy).to_vec()),
            scope: WorkstationScope::AppData,
            name: name.unwrap_or_else(platform::host_name),
        }
    }

    /// What counts as this workstation.
    pub(crate) const fn scope(&self) -> WorkstationScope {
        self.scope
    }

    /// The index under which the portal of this issuer knows the workstation: 43 characters of base64url.
    pub(crate) fn device_id(&self, issuer: &str) -> String {
        base64url(&self.mac(&[issuer.as_bytes()]))
    }

    /// Who somebody is, for recognising them later without writing down who.
    pub(crate) fn pseudonym(&self, issuer: &str, subject: &str) -> String {
        let length = u64::try_from(issuer.len()).unwrap_or_default().to_be_bytes();
        base64url(&self.mac(&[b"parvis-subject-1", &length, issuer.as_bytes(), subject.as_bytes()]))
    }

    /// A short, non-secret reference for support, `K7QD-4M2P` for example.
    pub(crate) fn reference(&self) -> String {
        const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
        let mac = self.mac(&[b"parvis-reference-1"]);
        let mut letters: String =
            mac.iter().take(8).map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect();
        letters.insert(4, '-');
        letters
    }

    fn mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        // HMAC takes keys of any length: the error cannot happen, and an all-zero index would only lose trust.
        Hmac::<Sha256>::new_from_slice(&self.key).map_or([0; 32], |mut mac| {
            for part in parts {
                mac.update(part);
            }
            mac.finalize().into_bytes().into()
        })
    }
}

type Secret = Zeroizing<[u8; SECRET_LENGTH]>;

fn read_secret(path: &Path) -> Option<Secret> {
    let bytes = Zeroizing::new(fs::read(path).ok()?);
    let secret: [u8; SECRET_LENGTH] = bytes.as_slice().try_into().ok()?;
    // A file of zeros is what a power cut leaves, not a secret.
    (secret != [0; SECRET_LENGTH]).then(|| Zeroizing::new(secret))
}

/// The account's own secret; made complete beside its place and linked there, so that of two first starts one wins and both
/// read the same.
fn own_secret(path: &Path, entropy: &dyn Entropy) -> io::Result<Secret> {
    if let Some(secret) = read_secret(path) {
        return Ok(secret);
    }
    let fresh = Zeroizing::new(bytes::<SECRET_LENGTH>(entropy));
    let aside: PathBuf = state_file::write_aside(path, fresh.as_slice(), entropy)?;
    let linked = match fs::hard_link(&aside, path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && read_secret(path).is_some() => Ok(()),
        // What is there is no secret, or the file system has no links.
        Err(_) => fs::rename(&aside, path),
    };
    drop(fs::remove_file(&aside));
    linked?;
    read_secret(path).ok_or_else(|| io::Error::other("the workstation secret does not read back"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use parvis_protocol::entropy::SeededEntropy;

    struct Files(tempfile::TempDir);

    impl Files {
        fn open(&self, per_account: bool, seed: u64) -> Workstation {
            let at = |name| self.0.path().join(name);
            Workstation::from_files(
                &at("machine"),
                &at("account/workstation"),
                per_account,
                b"machine-id",
                "PC".to_owned(),
                &SeededEntropy::new(seed),
            )
            .unwrap()
        }
    }

    #[test]
    fn device_id_is_the_contracts() {
        let files = Files(tempfile::tempdir().unwrap());
        fs::write(files.0.path().join("machine"), [7; 32]).unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(&[&[7; 32][..], b"machine-id"].concat()).unwrap();
        mac.update(b"https://portal.example/p");
        assert_eq!(
            files.open(false, 1).device_id("https://portal.example/p"),
            base64url(&mac.finalize().into_bytes())
        );
        assert_eq!(files.open(false, 1).device_id("x").len(), 43);
    }

    #[test]
    fn tru_11_the_machines_secret_unless_it_says_per_account() {
        let files = Files(tempfile::tempdir().unwrap());
        let own = files.open(false, 1);
        assert_eq!(own.scope(), WorkstationScope::AppData);
        fs::write(files.0.path().join("machine"), [7; 32]).unwrap();
        let machine = files.open(false, 2);
        assert_eq!(machine.scope(), WorkstationScope::Machine);
        assert_ne!(machine.device_id("i"), own.device_id("i"));
        let account = files.open(true, 3);
        assert_eq!(account.scope(), WorkstationScope::OsAccount);
        assert_eq!(account.device_id("i"), own.device_id("i"), "made once, kept");
        assert_ne!(account.device_id("i"), account.device_id("j"), "portals cannot compare notes");
    }

    #[test]
    fn app_05_a_damaged_secret_is_replaced_never_used() {
        let files = Files(tempfile::tempdir().unwrap());
        let path = files.0.path().join("account/workstation");
        let first = files.open(false, 1).device_id("i");
        assert_eq!(files.open(false, 2).device_id("i"), first);
        let mut seed = 10;
        for damage in [vec![], vec![1; 31], vec![1; 33], vec![0; 32]] {
            fs::write(&path, &damage).unwrap();
            seed += 1;
            let fresh = files.open(false, seed).device_id("i");
            assert_ne!(fresh, first);
            assert_eq!(files.open(false, 99).device_id("i"), fresh);
        }
        for machine in [vec![], vec![0; 32], vec![1; 31]] {
            fs::write(files.0.path().join("machine"), machine).unwrap();
            assert_eq!(files.open(false, 99).scope(), WorkstationScope::AppData);
        }
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn app_11_twenty_first_starts_agree() {
        let files = std::sync::Arc::new(Files(tempfile::tempdir().unwrap()));
        let starts: Vec<_> = (0..20)
            .map(|seed| {
                let files = files.clone();
                std::thread::spawn(move || files.open(false, seed).device_id("i"))
            })
            .collect();
        let ids: std::collections::BTreeSet<_> =
            starts.into_iter().map(|start| start.join().unwrap()).collect();
        assert_eq!(ids.len(), 1);
    }

    #[test]
    fn reference_is_short_and_debug_shows_no_key() {
        let files = Files(tempfile::tempdir().unwrap());
        let workstation = files.open(false, 1);
        assert_eq!(workstation.reference().len(), 9);
        assert_eq!(format!("{workstation:?}"), r#"Workstation { name: "PC", scope: AppData, .. }"#);
        assert_ne!(workstation.pseudonym("i", "a"), workstation.pseudonym("i", "b"));
        assert_ne!(workstation.pseudonym("ia", "b"), workstation.pseudonym("i", "ab"));
    }
}
