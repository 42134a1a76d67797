//! The portal's clock: the only one that decides, and never one that runs back (OTP-13, CVE-2013-1775).
//!
//! A high-water mark is kept in the database. A step back of up to a day is bridged by the mark; a larger one makes the portal
//! refuse to work until an operator says so (`parvis-portal clock reset`). A jump forward raises the mark by an hour past
//! the monotonic clock at most, so that a clock that was wrong for a moment does not hold everything up for years.

use crate::store::Store;
use parvis_protocol::clock::{Clock, UnixMillis};
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Instant,
};

pub(crate) const MINUTE: i64 = 60 * 1000;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;

/// How far a jump forward raises the mark.
const AHEAD: i64 = HOUR;
const NAME: &str = "clock_mark";
/// No delay and no block that a profile can ask for is longer than a week.
const FUTURE: [&str; 24] = [
    "UPDATE password_throttle SET retry_at = 0 WHERE retry_at > $1 + 604800000",
    "UPDATE password_throttle SET pending = 0, pending_since = 0 WHERE pending_since > $1",
    "DELETE FROM password_failure WHERE at > $1",
    "DELETE FROM network_throttle WHERE window_start > $1",
    "UPDATE factor SET blocked_until = 0 WHERE blocked_until > $1 + 604800000",
    "UPDATE factor SET last_send_at = 0 WHERE last_send_at > $1",
    "UPDATE factor SET sends_reset_at = $1 WHERE sends_reset_at > $1",
    "DELETE FROM message WHERE created_at > $1",
    "UPDATE challenge SET expires_at = $1 WHERE created_at > $1",
    "UPDATE authorization_code SET expires_at = $1 WHERE created_at > $1",
    "UPDATE auth_session SET ended_at = $1 WHERE ended_at IS NULL AND last_used > $1",
    "DELETE FROM trust WHERE granted_at > $1",
    "UPDATE sign_in_grant SET ended_at = $1, end_reason = 'clock' WHERE ended_at IS NULL AND (created_at > $1 OR last_used_at > $1)",
    "DELETE FROM access_token WHERE expires_at > $1 + 300000",
    "UPDATE known_workstation SET last_at = $1 WHERE last_at > $1",
    "DELETE FROM quota_use WHERE at > $1",
    "UPDATE registration SET ended_at = $1, password_hash = '' WHERE ended_at IS NULL AND last_used > $1",
    "DELETE FROM link WHERE created_at > $1",
    "DELETE FROM contact_change WHERE created_at > $1",
    "UPDATE web_session SET ended_at = $1 WHERE ended_at IS NULL AND created_at > $1",
    "UPDATE totp SET last_step = $1 / 30000 + 1 WHERE last_step > $1 / 30000 + 1",
    "UPDATE totp SET proposed = NULL WHERE proposed_at > $1",
    "UPDATE account SET email_factor_from = 0 WHERE email_factor_from > $1 + 86400000",
    "DELETE FROM alert WHERE raised_at > $1",
];

/// Milliseconds to the whole seconds of the wire.
pub(crate) const fn seconds(at: UnixMillis) -> i64 {
    at.div_euclid(1000)
}

/// What is left, in whole seconds.
pub(crate) fn duration(millis: i64) -> u32 {
    u32::try_from(millis.max(0) / 1000).unwrap_or(u32::MAX)
}

/// Wraps the system's clock.
pub struct PortalClock {
    inner: Arc<dyn Clock>,
    mark: AtomicI64,
    started: (UnixMillis, Instant),
}

impl std::fmt::Debug for PortalClock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PortalClock({})", self.mark.load(Ordering::SeqCst))
    }
}

impl PortalClock {
    /// Takes up the mark of the database.
    ///
    /// # Errors
    /// The database is down.
    pub async fn load(inner: Arc<dyn Clock>, store: &Store) -> Result<Self, sqlx::Error> {
        let mark = store.meta(NAME).await?.and_then(|text| text.parse().ok()).unwrap_or(0);
        let started = (inner.now(), Instant::now());
        Ok(Self { inner, mark: AtomicI64::new(mark), started })
    }

    /// Now, never before the mark.
    pub fn now(&self) -> UnixMillis {
        let system = self.inner.now();
        let elapsed = i64::try_from(self.started.1.elapsed().as_millis()).unwrap_or(i64::MAX);
        let highest = self.started.0.saturating_add(elapsed).saturating_add(AHEAD);
        let mark = self.mark.fetch_max(system.min(highest), Ordering::SeqCst).max(system.min(highest));
        system.max(mark)
    }

    /// The system's clock is more than a day behind the mark.
    pub fn rolled_back(&self) -> bool {
        self.inner.now() < self.mark.load(Ordering::SeqCst) - DAY
    }

    /// Writes the mark down.
    ///
    /// # Errors
    /// The database is down.
    pub async fn save(&self, store: &Store) -> Result<(), sqlx::Error> {
        self.now();
        store.set_meta(NAME, &self.mark.load(Ordering::SeqCst).to_string()).await
    }

    /// Forgets the mark, and what was written down in a future that did not come: the operator says that the system's
    /// clock, which says `now`, is right.
    ///
    /// # Errors
    /// The database is down.
    pub async fn reset(store: &Store, now: UnixMillis) -> Result<(), sqlx::Error> {
        let mut tx = store.begin().await?;
        for statement in FUTURE {
            sqlx::query(statement).bind(now).execute(&mut *tx).await?;
        }
        tx.commit().await?;
        store.set_meta(NAME, "0").await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parvis_protocol::clock::ManualClock;

    async fn clock_at(mark: i64, now: i64) -> (Arc<ManualClock>, PortalClock, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}?mode=rwc", folder.path().join("t.sqlite").display());
        let store = Store::open(&url, 1).await.unwrap();
        store.set_meta(NAME, &mark.to_string()).await.unwrap();
        let manual = Arc::new(ManualClock::at(now));
        let clock = PortalClock::load(manual.clone(), &store).await.unwrap();
        (manual, clock, folder)
    }

    #[tokio::test]
    async fn otp_13_a_small_step_back_is_bridged_by_the_mark() {
        let (manual, clock, _folder) = clock_at(0, 10 * DAY).await;
        assert_eq!(clock.now(), 10 * DAY);
        manual.advance(-3_600_000);
        assert_eq!(clock.now(), 10 * DAY);
        assert!(!clock.rolled_back());
    }

    #[tokio::test]
    async fn otp_13_a_large_step_back_is_not_ready() {
        let (_manual, clock, _folder) = clock_at(400 * DAY, 10 * DAY).await;
        assert!(clock.rolled_back());
    }

    #[tokio::test]
    async fn otp_13_a_year_forward_and_back_heals() {
        let (manual, clock, _folder) = clock_at(0, 10 * DAY).await;
        clock.now();
        manual.advance(365 * DAY);
        assert_eq!(clock.now(), 375 * DAY);
        manual.advance(-365 * DAY);
        assert!(clock.now() <= 10 * DAY + AHEAD + 60_000);
        assert!(!clock.rolled_back());
    }
}
