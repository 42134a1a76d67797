//! Certificates of this machine, made for one test.

use crate::write_secret;
use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;

/// A certificate for these names, its key, and the files of both.
pub(crate) struct Certificates {
    folder: TempDir,
    pem: String,
    key: String,
}

impl Certificates {
    pub(crate) fn of(names: &[&str]) -> Self {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed(names).unwrap();
        let made =
            Self { folder: tempfile::tempdir().unwrap(), pem: cert.pem(), key: signing_key.serialize_pem() };
        made.write();
        made
    }

    pub(crate) fn local() -> Self {
        Self::of(&["localhost", "127.0.0.1"])
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.folder.path().join("certificate.pem")
    }

    pub(crate) fn key_file(&self) -> PathBuf {
        self.folder.path().join("key.pem")
    }

    /// Takes another certificate's place in its files.
    pub(crate) fn renew(&mut self, other: &Self) {
        (self.pem, self.key) = (other.pem.clone(), other.key.clone());
        self.write();
    }

    fn write(&self) {
        std::fs::write(self.file(), &self.pem).unwrap();
        write_secret(&self.key_file(), &self.key);
    }

    pub(crate) fn server(&self) -> Arc<ServerConfig> {
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![CertificateDer::from_pem_slice(self.pem.as_bytes()).unwrap()],
                rustls_pki_types::PrivateKeyDer::from_pem_slice(self.key.as_bytes()).unwrap(),
            );
        Arc::new(config.unwrap())
    }

    /// A client that trusts this certificate and no other.
    pub(crate) fn client(&self) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(self.pem.as_bytes()).unwrap()).unwrap();
        ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth()
    }
}

/// The key of no certificate.
pub(crate) fn foreign_key() -> String {
    KeyPair::generate().unwrap().serialize_pem()
}
