//! Which certificates are believed (APP-09): what the operating system trusts, so that an establishment's own authority works,
//! and the public authorities that are built in, so that a machine without a store works too. There is no way to switch
//! verification off.

use rustls::{ClientConfig, RootCertStore, crypto::ring};
use std::sync::Arc;

/// TLS 1.2 and 1.3, the ring provider, those roots.
///
/// # Errors
/// The provider does not have these versions: a defect of the build.
pub(crate) fn client_config() -> Result<ClientConfig, rustls::Error> {
    with_roots(roots())
}

pub(crate) fn with_roots(roots: RootCertStore) -> Result<ClientConfig, rustls::Error> {
    Ok(ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

fn roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!(%error, "a certificate store of the operating system was not read");
    }
    let (added, ignored) = roots.add_parsable_certificates(found.certs);
    tracing::debug!(added, ignored, "certificates of the operating system");
    roots
}
