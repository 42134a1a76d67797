//! APP-09: what is not a good certificate of this host is refused, whatever is wrong with it.

use crate::{
    connection::{Connection, of_transport},
    failure::Trouble,
    tls,
    view::FailureCode,
};
use parvis_protocol::{clock::SystemClock, entropy::OsEntropy};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::{
    RootCertStore, ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer},
};
use std::sync::Arc;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;
use url::Url;

struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// A certificate for `host`, good until the end of `last_year`.
    fn issue(&self, host: &str, last_year: i32) -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(last_year, 12, 31);
        let certificate = params.signed_by(&key, &self.0).unwrap();
        (certificate.der().clone(), PrivateKeyDer::try_from(key.serialize_der()).unwrap())
    }

    /// Whether a portal with this certificate is believed by a PC that trusts this authority.
    async fn reads(
        &self,
        certificate: (CertificateDer<'static>, PrivateKeyDer<'static>),
    ) -> Result<(), Trouble> {
        let mut roots = RootCertStore::empty();
        roots.add(self.0.der().clone()).unwrap();
        read(tls::with_roots(roots).unwrap(), serve(certificate).await).await
    }
}

async fn serve((certificate, key): (CertificateDer<'static>, PrivateKeyDer<'static>)) -> u16 {
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut request = [0; 2048];
            drop(stream.read(&mut request).await);
            drop(stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").await);
            drop(stream.shutdown().await);
        }
    });
    port
}

async fn read(tls: rustls::ClientConfig, port: u16) -> Result<(), Trouble> {
    let connection = Connection::new(Ok(tls), Arc::new(SystemClock), Arc::new(OsEntropy));
    let url = Url::parse(&format!("https://localhost:{port}/x")).unwrap();
    connection.document::<serde_json::Value>(&url).await.map(drop)
}

fn code(result: Result<(), Trouble>) -> Option<FailureCode> {
    result.err().map(|trouble| trouble.code)
}

#[tokio::test]
async fn app_09_a_good_certificate_is_believed() {
    let authority = Authority::new();
    assert_eq!(authority.reads(authority.issue("localhost", 2100)).await, Ok(()));
}

#[tokio::test]
async fn app_09_bad_certificates_are_refused() {
    let authority = Authority::new();
    let rejected = Some(FailureCode::CertificateRejected);
    assert_eq!(code(authority.reads(authority.issue("localhost", 2021)).await), rejected, "expired");
    assert_eq!(code(authority.reads(authority.issue("other.example", 2100)).await), rejected, "another host");
    assert_eq!(
        code(authority.reads(Authority::new().issue("localhost", 2100)).await),
        rejected,
        "unknown authority"
    );
    let key = KeyPair::generate().unwrap();
    let own = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    let own = (own.der().clone(), PrivateKeyDer::try_from(key.serialize_der()).unwrap());
    assert_eq!(code(read(tls::client_config().unwrap(), serve(own).await).await), rejected, "self-signed");
}

#[tokio::test]
async fn app_09_old_tls_and_no_tls_are_told_apart() {
    // A fatal alert « protocol version », as a server that knows TLS 1.0 only sends it; and a server without TLS.
    for (answer, expected) in [
        (&[0x15, 3, 1, 0, 2, 2, 70][..], FailureCode::CertificateRejected),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", FailureCode::PortalUnreachable),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut hello = [0; 2048];
                drop(stream.read(&mut hello).await);
                drop(stream.write_all(answer).await);
                drop(stream.shutdown().await);
            }
        });
        let result = read(tls::client_config().unwrap(), port).await;
        assert_eq!(code(result), Some(expected));
    }
}

#[tokio::test]
async fn nobody_there_is_said_as_such() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let result = read(tls::client_config().unwrap(), port).await;
    assert_eq!(code(result), Some(FailureCode::PortalUnreachable));
}

#[tokio::test]
async fn a_proxy_that_refuses_is_told_from_a_portal_that_is_away() {
    for (answer, expected) in [
        (&b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"[..], FailureCode::ProxyRefused),
        (b"HTTP/1.1 403 Forbidden\r\n\r\n", FailureCode::ProxyRefused),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut connect = [0; 2048];
                drop(stream.read(&mut connect).await);
                drop(stream.write_all(answer).await);
            }
        });
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls::client_config().unwrap())
            .proxy(reqwest::Proxy::all(proxy).unwrap())
            .build()
            .unwrap();
        let error = client.get("https://portal.example/").send().await.unwrap_err();
        assert_eq!(of_transport(&error).code, expected);
    }
}
