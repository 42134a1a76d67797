//! What can be measured of a running portal, in the text format of Prometheus; answered on a listener of its own only.
//!
//! No label holds an identifier, a subject, a workstation or an address: kinds of events, endpoints and classes of status.

use crate::Portal;
use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    http::{StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
    routing::get,
};
use prometheus_client::{
    encoding::text::encode,
    metrics::{
        counter::{ConstCounter, Counter},
        family::Family,
        gauge::{ConstGauge, Gauge},
        histogram::Histogram,
        info::Info,
    },
    registry::{Registry, Unit},
};
use std::{
    sync::{Arc, atomic::AtomicU64},
    time::{Duration, Instant},
};

const TEXT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// A password hash takes some ten milliseconds, and may queue for some seconds.
const BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

type Labels<const N: usize> = [(&'static str, String); N];

/// What a portal counts while it runs. Lost when the process ends, like everything that is only watched.
#[derive(Debug)]
pub(crate) struct Metrics {
    events: Family<[(&'static str, &'static str); 1], Counter>,
    requests: Family<Labels<3>, Histogram, fn() -> Histogram>,
}

impl Default for Metrics {
    fn default() -> Self {
        Self { events: Family::default(), requests: Family::new_with_constructor(|| Histogram::new(BUCKETS)) }
    }
}

impl Metrics {
    /// Counts events of one kind.
    pub(crate) fn count(&self, kind: &'static str, events: usize) {
        self.events.get_or_create(&[("kind", kind)]).inc_by(u64::try_from(events).unwrap_or(u64::MAX));
    }

    fn observe(&self, endpoint: String, method: String, status: StatusCode, took: Duration) {
        let class = format!("{}xx", status.as_u16() / 100);
        let labels = [("endpoint", endpoint), ("method", method), ("status", class)];
        self.requests.get_or_create(&labels).observe(took.as_secs_f64());
    }
}

/// Measures each request by the route that it matched, never by its path.
pub(crate) async fn observe(State(portal): State<Arc<Portal>>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(|path| {
        let path = path.as_str();
        path.strip_prefix(portal.issuer.path().trim_end_matches('/')).unwrap_or(path).to_owned()
    });
    let method = match request.method().as_str() {
        known @ ("GET" | "POST" | "PATCH" | "DELETE" | "HEAD") => known.to_owned(),
        _ => "other".to_owned(),
    };
    let started = Instant::now();
    let response = next.run(request).await;
    let route = route.filter(|route| !route.contains("__private")).unwrap_or_else(|| "other".to_owned());
    portal.metrics.observe(route, method, response.status(), started.elapsed());
    response
}

/// `GET /metrics`, and nothing else.
pub fn router(portal: Arc<Portal>) -> Router {
    Router::new().route("/metrics", get(answer)).with_state(portal)
}

async fn answer(State(portal): State<Arc<Portal>>) -> Response {
    match portal.measure().await {
        Ok(text) => ([(header::CONTENT_TYPE, TEXT)], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "what was measured cannot be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

#[derive(sqlx::FromRow)]
struct Queue {
    queued: i64,
    oldest: i64,
}

impl Portal {
    /// Everything that is measured, as Prometheus reads it. Where the database does not answer, it says so and leaves the queue out.
    ///
    /// # Errors
    /// What was measured cannot be written as text.
    pub async fn measure(&self) -> Result<String, std::fmt::Error> {
        let mut registry = Registry::with_prefix("parvis");
        let build = vec![("version", env!("CARGO_PKG_VERSION")), ("portal", self.profile.id.as_str())];
        let build: Vec<(String, String)> =
            build.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        registry.register("build", "Version and portal", Info::new(build));
        registry.register("events", "Audit events by kind", self.metrics.events.clone());
        registry.register_with_unit(
            "request_duration",
            "Requests by endpoint and class of status",
            Unit::Seconds,
            self.metrics.requests.clone(),
        );
        let load = self.hashes.load();
        registry.register("hashes_running", "Password hashes that run", ConstGauge::new(load.running));
        registry.register("hashes_waiting", "Sign-ins that wait for a hash", ConstGauge::new(load.waiting));
        registry.register("hashes_run", "Password hashes so far", ConstCounter::new(load.executed));
        registry.register(
            "hashes_refused",
            "Password hashes refused because the queue was full",
            ConstCounter::new(load.refused),
        );
        let pool = self.store.pool();
        registry.register("store_connections", "Open database connections", ConstGauge::new(pool.open));
        registry.register("store_connections_idle", "Of those, the idle ones", ConstGauge::new(pool.idle));
        let queue: Result<Queue, _> = sqlx::query_as(
            "SELECT COUNT(*) AS queued, COALESCE(MIN(created_at), 0) AS oldest FROM message \
             WHERE portal = $1 AND state = 'queued'",
        )
        .bind(&self.profile.id)
        .fetch_one(self.store.read())
        .await;
        let up = Gauge::<u64, AtomicU64>::default();
        up.set(u64::from(queue.is_ok()));
        registry.register("store_up", "The database answers", up);
        if let Ok(queue) = queue {
            let age = if queue.queued == 0 { 0 } else { (self.clock.now() - queue.oldest).max(0) / 1000 };
            registry.register(
                "messages_queued",
                "Messages that wait to be sent",
                ConstGauge::new(queue.queued),
            );
            registry.register_with_unit(
                "messages_oldest_age",
                "Age of the one that waits longest",
                Unit::Seconds,
                ConstGauge::new(age),
            );
        }
        let mut text = String::new();
        encode(&mut text, &registry)?;
        Ok(text)
    }
}
