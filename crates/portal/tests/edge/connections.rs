//! Connections to the server: certificates, protocols, patience and the way it stops.

use crate::certificates::{Certificates, foreign_key};
use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::Version;
use axum::routing::get;
use parvis_portal::tls::{self, Certificate};
use reqwest::Client;
use rustls::{ClientConfig, ServerConfig};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<()>,
    /// A request to `/slow` has come.
    came: Arc<Notify>,
    /// Lets it end.
    go: Arc<Notify>,
}

async fn start(tls: Option<Arc<ServerConfig>>) -> Server {
    let (came, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let slow = (Arc::clone(&came), Arc::clone(&go));
    let app = Router::new()
        .route(
            "/peer",
            get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.ip().to_string() }),
        )
        .route(
            "/slow",
            get(move || async move {
                slow.0.notify_one();
                slow.1.notified().await;
                "done"
            }),
        );
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let ended = tokio::spawn(tls::serve(listener, app, tls, async move { _ = stopped.await }));
    Server { address, stop, ended, came, go }
}

fn client(config: ClientConfig) -> Client {
    Client::builder().no_proxy().tls_backend_preconfigured(config).build().unwrap()
}

fn plain() -> Client {
    client(Certificates::local().client())
}

fn load(certificates: &Certificates) -> Arc<Certificate> {
    Certificate::load(&certificates.file(), &certificates.key_file()).unwrap()
}

#[tokio::test]
async fn http_2_and_1_under_tls_with_the_peers_address() {
    let certificates = Certificates::local();
    let server = start(Some(load(&certificates).server_config().unwrap())).await;
    for (protocol, version) in [("h2", Version::HTTP_2), ("http/1.1", Version::HTTP_11)] {
        let mut config = certificates.client();
        config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
        let answer = client(config).get(format!("https://{}/peer", server.address)).send().await.unwrap();
        assert_eq!(answer.version(), version);
        assert_eq!(answer.text().await.unwrap(), "127.0.0.1");
    }
    let clear = plain().get(format!("http://{}/peer", server.address)).send().await;
    assert!(clear.is_err(), "no answer in clear (SRV-01)");
}

#[tokio::test]
async fn a_renewed_certificate_is_used_after_a_reload() {
    let mut certificates = Certificates::local();
    let certificate = load(&certificates);
    let server = start(Some(Arc::clone(&certificate).server_config().unwrap())).await;
    let url = format!("https://{}/peer", server.address);
    // Two clients: one would resume its session, which asks for no certificate.
    let (before, after) = (certificates.client(), certificates.client());
    assert!(client(before).get(&url).send().await.is_ok());

    certificates.renew(&Certificates::local());
    certificate.reload().unwrap();
    assert!(client(certificates.client()).get(&url).send().await.is_ok());
    assert!(client(after).get(&url).send().await.is_err());

    std::fs::write(certificates.file(), "garbage").unwrap();
    assert!(certificate.reload().is_err());
    assert!(client(certificates.client()).get(&url).send().await.is_ok(), "the one in use stays");
}

#[test]
fn files_that_cannot_be_used_are_named() {
    let certificates = Certificates::local();
    let (chain, key) = (certificates.file(), certificates.key_file());
    let refusal = || Certificate::load(&chain, &key).unwrap_err().to_string();
    let good = std::fs::read(&key).unwrap();
    for content in [
        foreign_key().as_str(),
        "",
        "garbage",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    ] {
        std::fs::write(&key, content).unwrap();
        assert!(refusal().contains("key.pem"), "{}", refusal());
    }
    std::fs::write(&key, good).unwrap();
    for content in ["", "garbage", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        std::fs::write(&chain, content).unwrap();
        assert!(refusal().contains("certificate.pem"), "{}", refusal());
    }
    std::fs::remove_file(&chain).unwrap();
    assert!(refusal().contains("certificate.pem"));
}

#[tokio::test]
async fn a_request_that_runs_is_answered_at_shutdown() {
    let server = start(None).await;
    let answer = tokio::spawn(plain().get(format!("http://{}/slow", server.address)).send());
    server.came.notified().await;
    server.stop.send(()).unwrap();
    // The listener is gone before the request ends.
    while TcpStream::connect(server.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(!server.ended.is_finished());
    server.go.notify_one();
    assert_eq!(answer.await.unwrap().unwrap().text().await.unwrap(), "done");
    server.ended.await.unwrap();
}

#[tokio::test]
async fn a_request_that_never_ends_does_not_hold_the_shutdown_up() {
    let server = start(None).await;
    let answer = tokio::spawn(plain().get(format!("http://{}/slow", server.address)).send());
    server.came.notified().await;
    tokio::time::pause();
    let asked = tokio::time::Instant::now();
    server.stop.send(()).unwrap();
    server.ended.await.unwrap();
    assert_eq!(asked.elapsed().as_secs(), 5);
    assert!(answer.await.unwrap().is_err());
}

#[tokio::test]
async fn a_connection_that_asks_nothing_is_dropped() {
    for said in ["", "GET /peer", "GET /peer HTTP/1.1\r\nHost: a\r\nX-Slow: ", "PRI * HTTP/2.0\r\n"] {
        let server = start(None).await;
        let mut slow = TcpStream::connect(server.address).await.unwrap();
        slow.write_all(said.as_bytes()).await.unwrap();
        // Connections are accepted in turn: after this answer, the slow one is in.
        assert!(plain().get(format!("http://{}/peer", server.address)).send().await.is_ok());
        tokio::time::pause();
        let asked = tokio::time::Instant::now();
        let mut rest = Vec::new();
        let _ = slow.read_to_end(&mut rest).await;
        assert!((9..=11).contains(&asked.elapsed().as_secs()), "{said}: {:?}", asked.elapsed());
        tokio::time::resume();
    }
}
