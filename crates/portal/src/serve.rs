//! `parvis-portal serve`: answers sign-ins until the process is told to stop.

use crate::{log, open_portal, read_config, say};
use anyhow::{Context, bail};
use axum::Router;
use clap::Args;
use parvis_portal::{
    Portal,
    config::{LogFormat, Retention},
    demo, http, metrics,
    tls::{self, Certificate},
};
use std::{io::Write, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};
use tokio::net::TcpListener;

#[derive(Args)]
pub(crate) struct Serve {
    /// Configuration file.
    #[arg(long, conflicts_with = "demo", required_unless_present = "demo")]
    config: Option<PathBuf>,
    /// All portals of the demonstration, on a loopback address.
    #[arg(long)]
    demo: bool,
    /// Address and port; the configuration's otherwise, 127.0.0.1:8787 for the demonstration.
    #[arg(long)]
    listen: Option<SocketAddr>,
    /// Folder of database and key file; the configuration's otherwise.
    #[arg(long, required_if_eq("demo", "true"))]
    data: Option<PathBuf>,
    /// Database URL; the configuration's otherwise, SQLite in the data folder without either.
    #[arg(long)]
    database: Option<String>,
}

impl Serve {
    /// Until the process is told to stop.
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        if self.demo { serve_demo(self).await } else { serve_config(self).await }
    }
}

async fn serve_demo(serve: Serve) -> anyhow::Result<()> {
    log::begin(LogFormat::Text);
    let data = serve.data.context("--data DIR says where the demonstration keeps its data")?;
    let listener = bind(serve.listen.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8787)))).await?;
    let address = listener.local_addr()?;
    let portals = demo::open(address, &data, serve.database.as_deref(), true).await?;
    let mut out = std::io::stdout();
    say(
        &mut out,
        "Parvis, démonstration : ces portails reproduisent un comportement documenté, sans affiliation.",
    );
    for portal in &portals {
        say(&mut out, &format!("  {}", portal.issuer_text()));
    }
    say(&mut out, &format!("  messages : http://{address}/outbox et {}", data.join("outbox").display()));
    let _ = out.flush();
    let app = http::router(&portals, &[]).merge(http::letter_box(data.join("outbox"), address));
    answer(listener, app, portals, None, retention_of_demo()).await;
    Ok(())
}

/// The configuration's defaults.
const fn retention_of_demo() -> Retention {
    Retention { audit_days: 365, ended_days: 7, messages_days: 30 }
}

async fn serve_config(serve: Serve) -> anyhow::Result<()> {
    let file = serve.config.context("--config FILE or --demo")?;
    let mut config = read_config(&file)?;
    log::begin(config.log_format);
    config.listen = serve.listen.unwrap_or(config.listen);
    config.data = serve.data.unwrap_or(config.data);
    config.database = serve.database.or(config.database);
    let needs_address = !config.listen.ip().is_loopback() && config.public_url.is_none();
    if needs_address {
        bail!("public_url is required: {} is not a loopback address", config.listen);
    }
    let listener = bind(config.listen).await?;
    // Port 0 has become a port.
    config.listen = listener.local_addr()?;
    let portal = open_portal(&config).await?;
    tokio::spawn(portal.keys.clone().reload_at_hangup());
    let certificate =
        config.tls.as_ref().map(|tls| Certificate::load(&tls.certificate, &tls.key)).transpose()?;
    let server_config = certificate.clone().map(Certificate::server_config).transpose()?;
    if let Some(certificate) = certificate {
        tokio::spawn(certificate.reload_at_hangup());
    }
    let proxies = config.behind_proxy.as_ref().map_or(&[][..], |proxy| &proxy.trusted);
    if let Some(metrics) = &config.metrics {
        let listener = bind(metrics.listen).await?;
        tracing::info!(listen = %listener.local_addr()?, "metrics");
        tokio::spawn(tls::serve(listener, metrics::router(portal.clone()), None, std::future::pending()));
    }
    tracing::info!(listen = %config.listen, issuer = portal.issuer_text(), "ready");
    let portals = vec![portal];
    let app = http::router(&portals, proxies);
    answer(listener, app, portals, server_config, config.retention).await;
    Ok(())
}

async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("{address} cannot be listened on"))
}

/// Serves until the process is told to stop.
async fn answer(
    listener: TcpListener,
    app: Router,
    portals: Vec<Arc<Portal>>,
    tls: Option<Arc<rustls::ServerConfig>>,
    retention: Retention,
) {
    for portal in &portals {
        tokio::spawn(portal.clone().run_messages());
        tokio::spawn(housekeeping(portal.clone(), retention.clone()));
    }
    tls::serve(listener, app, tls, stopped()).await;
    for portal in &portals {
        if let Err(error) = portal.clock.save(&portal.store).await {
            tracing::warn!(%error, "the clock's mark could not be saved");
        }
    }
    if let Some(portal) = portals.first() {
        portal.store.close().await;
    }
}

/// The clock's mark every minute, the purge every hour.
async fn housekeeping(portal: Arc<Portal>, retention: Retention) {
    let mut minute = tokio::time::interval(Duration::from_mins(1));
    for tick in 0_u64.. {
        minute.tick().await;
        if let Err(error) = portal.clock.save(&portal.store).await {
            tracing::warn!(%error, "the clock's mark could not be saved");
        }
        if let Err(error) = portal.raise_alerts().await {
            tracing::warn!(%error, "the audit trail could not be looked through");
        }
        if tick % 60 == 0
            && let Err(error) = portal.purge(&retention).await
        {
            tracing::warn!(%error, "the purge failed; it is tried again in an hour");
        }
    }
}

async fn stopped() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
