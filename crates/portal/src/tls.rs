//! TLS, and connections: the server's certificate, and the loop that answers with it.

use crate::secret_file::{self, Readers, SecretFileError};
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use rustls::crypto::{CryptoProvider, ring};
use rustls::server::{ClientHello, ResolvesServerCert, ServerConfig};
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

/// Connections at the same time.
const MAX_CONNECTIONS: usize = 1024;
/// A TLS handshake takes no longer.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// A connection brings its first request in this time, and each one the whole of its header.
const HEADER: Duration = Duration::from_secs(10);
/// An HTTP/2 connection is asked this often whether it lives.
const KEEP_ALIVE: Duration = Duration::from_secs(20);
/// Requests at the same time on one HTTP/2 connection.
const STREAMS: u32 = 32;
/// Requests that run when the server is stopped have this long to end.
const GRACE: Duration = Duration::from_secs(5);
/// Wait where the system has no more sockets to give.
const EXHAUSTED: Duration = Duration::from_millis(200);

/// A certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The key's file is missing, unreadable or exposed.
    #[error(transparent)]
    Key(#[from] SecretFileError),
    /// One of the files does not hold what it should.
    #[error("{}: {reason}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

/// The server's certificate and key, from two PEM files that can be read again while it runs.
#[derive(Debug)]
pub struct Certificate {
    chain: PathBuf,
    key: PathBuf,
    current: RwLock<Arc<CertifiedKey>>,
}

impl Certificate {
    /// Reads both files.
    ///
    /// # Errors
    /// Names the file that is missing or broken, or whose key is another certificate's.
    pub fn load(chain: &Path, key: &Path) -> Result<Arc<Self>, TlsError> {
        let current = RwLock::new(Arc::new(read(chain, key)?));
        Ok(Arc::new(Self { chain: chain.to_owned(), key: key.to_owned(), current }))
    }

    /// Reads them again, for the connections from now on.
    ///
    /// # Errors
    /// As [`Certificate::load`]; the certificate in use stays.
    pub fn reload(&self) -> Result<(), TlsError> {
        let fresh = Arc::new(read(&self.chain, &self.key)?);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }

    /// The configuration of a server with this certificate: TLS 1.2 and 1.3, HTTP/2 and HTTP/1.1.
    ///
    /// # Errors
    /// Where the provider has none of these.
    pub fn server_config(self: Arc<Self>) -> Result<Arc<ServerConfig>, rustls::Error> {
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(self);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }

    /// Reads the certificate again at each SIGHUP, for as long as it is polled.
    #[cfg(unix)]
    pub async fn reload_at_hangup(self: Arc<Self>) {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut hangups) = signal(SignalKind::hangup()) else { return };
        while hangups.recv().await.is_some() {
            match self.reload() {
                Ok(()) => tracing::info!("certificate read again"),
                Err(error) => tracing::error!(%error, "certificate not read again: the one in use stays"),
            }
        }
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

fn read(chain: &Path, key: &Path) -> Result<CertifiedKey, TlsError> {
    let refused = |path: &Path, reason: String| TlsError::Content { path: path.to_owned(), reason };
    let certificates = CertificateDer::pem_file_iter(chain)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| refused(chain, error.to_string()))?;
    if certificates.is_empty() {
        return Err(refused(chain, "holds no certificate".to_owned()));
    }
    let private = secret_file::read(key, Readers::Group)?;
    let private =
        PrivateKeyDer::from_pem_slice(private.as_bytes()).map_err(|error| refused(key, error.to_string()))?;
    let signing =
        provider().key_provider.load_private_key(private).map_err(|error| refused(key, error.to_string()))?;
    let certified = CertifiedKey::new(certificates, signing);
    certified.keys_match().map_err(|error| {
        refused(key, format!("is not the key of the first certificate in {}: {error}", chain.display()))
    })?;
    Ok(certified)
}

/// The one provider of the workspace.
fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// TLS towards other servers: the system's certificate authorities, and `own` ones.
///
/// # Errors
/// An authority that is no certificate.
pub(crate) fn client_config(own: Vec<CertificateDer<'static>>) -> Result<ClientConfig, rustls::Error> {
    let mut roots = RootCertStore::empty();
    // A broken certificate in the system's store takes nothing from the others.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    for certificate in own {
        roots.add(certificate)?;
    }
    Ok(ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

/// Answers with `app` until `shutdown` ends, then lets the requests that run end, five seconds at most. The peer's
/// address is in each request as [`ConnectInfo`]. At most 1024 connections are
/// open; others wait to be accepted.
///
/// A connection is dropped where its handshake, its first request or a header does not come in ten seconds. How long
/// a body or a handler may take is the app's to say.
pub async fn serve(
    listener: TcpListener,
    app: axum::Router,
    tls: Option<Arc<ServerConfig>>,
    shutdown: impl Future<Output = ()>,
) {
    let acceptor = tls.map(TlsAcceptor::from);
    let builder = Arc::new(builder());
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut connections = JoinSet::new();
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let accepted = async {
            // Never closed: the permit always comes.
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, (stream, peer)) = tokio::select! {
            () = &mut shutdown => break,
            Some(_) = connections.join_next(), if !connections.is_empty() => continue,
            (place, accepted) = accepted => match accepted {
                Ok(connection) => (place, connection),
                Err(error) => {
                    wait_where_exhausted(&error).await;
                    continue;
                }
            },
        };
        let connection = Connection { app: app.clone(), peer, builder: Arc::clone(&builder) };
        let (acceptor, watcher) = (acceptor.clone(), graceful.watcher());
        connections.spawn(async move {
            let _place = place;
            connection.answer(stream, acceptor, watcher).await;
        });
    }
    drop(listener);
    if tokio::time::timeout(GRACE, graceful.shutdown()).await.is_err() {
        tracing::warn!(open = connections.len(), "requests were cut off at shutdown");
    }
}

fn builder() -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEADER);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(KEEP_ALIVE)
        .keep_alive_timeout(HEADER)
        .max_concurrent_streams(STREAMS);
    builder
}

/// A connection that broke before it was accepted is nothing to wait for; a lack of sockets is.
async fn wait_where_exhausted(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::error!(%error, "no connection can be accepted");
        tokio::time::sleep(EXHAUSTED).await;
    }
}

struct Connection {
    app: axum::Router,
    peer: SocketAddr,
    builder: Arc<auto::Builder<TokioExecutor>>,
}

impl Connection {
    async fn answer(self, stream: TcpStream, acceptor: Option<TlsAcceptor>, watcher: Watcher) {
        let _ = stream.set_nodelay(true);
        let Some(acceptor) = acceptor else { return self.converse(stream, watcher).await };
        match tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await {
            Ok(Ok(stream)) => self.converse(stream, watcher).await,
            Ok(Err(error)) => tracing::debug!(%error, "no TLS handshake"),
            Err(_) => tracing::debug!("no TLS handshake in time"),
        }
    }

    async fn converse<S>(self, stream: S, watcher: Watcher)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let spoke = Arc::new(AtomicBool::new(false));
        let service = service_fn({
            let (app, peer, spoke) = (self.app, self.peer, Arc::clone(&spoke));
            move |mut request: Request<Incoming>| {
                spoke.store(true, Ordering::Relaxed);
                request.extensions_mut().insert(ConnectInfo(peer));
                app.clone().oneshot(request.map(Body::new))
            }
        });
        let connection = self.builder.serve_connection(TokioIo::new(stream), service).into_owned();
        let mut conversation = std::pin::pin!(watcher.watch(connection));
        let mut ended = tokio::time::timeout(HEADER, &mut conversation).await.ok();
        if ended.is_none() && spoke.load(Ordering::Relaxed) {
            ended = Some(conversation.await);
        }
        if let Some(Err(error)) = ended {
            tracing::debug!(error = %error, "connection broke");
        }
    }
}
