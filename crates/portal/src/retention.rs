//! One purge an hour of what has ended.

use crate::{
    Portal, auth_session,
    clock::{DAY, HOUR},
    config::Retention,
    nonce, throttle,
};
use parvis_protocol::clock::UnixMillis;

/// Why a trust ended is told for this long.
const TRUST_END: i64 = 30 * DAY;

impl Portal {
    /// Deletes what is past its time; how many rows.
    ///
    /// # Errors
    /// The database is down.
    pub async fn purge(&self, retention: &Retention) -> Result<u64, sqlx::Error> {
        let now = self.clock.now();
        let before = |millis: i64| now - millis;
        let history = before(i64::from(retention.audit_days) * DAY);
        let sessions = before(i64::from(retention.ended_days) * DAY);
        let statements: &[(&'static str, UnixMillis)] = &[
            ("DELETE FROM proof WHERE expires_at <= $1", before(nonce::VALIDITY)),
            ("DELETE FROM message WHERE expires_at <= $1", before(i64::from(retention.messages_days) * DAY)),
            ("DELETE FROM challenge WHERE expires_at <= $1", before(DAY)),
            ("DELETE FROM access_token WHERE expires_at <= $1", before(HOUR)),
            ("DELETE FROM authorization_code WHERE expires_at <= $1", before(DAY)),
            (
                "DELETE FROM refresh_token WHERE grant_id IN (SELECT id FROM sign_in_grant WHERE ended_at <= $1 OR ends_at <= $1)",
                before(DAY),
            ),
            ("DELETE FROM sign_in_grant WHERE ended_at <= $1 OR ends_at <= $1", sessions),
            (
                "DELETE FROM web_session WHERE created_at <= $1 AND grant_id NOT IN (SELECT id FROM sign_in_grant)",
                before(DAY),
            ),
            ("DELETE FROM auth_request WHERE at <= $1", before(DAY)),
            (
                "DELETE FROM auth_session WHERE last_used <= $1 AND id NOT IN (SELECT auth_session FROM sign_in_grant)",
                before(auth_session::IDLE + DAY),
            ),
            ("DELETE FROM trust WHERE expires_at <= $1", before(TRUST_END)),
            ("DELETE FROM trust_end WHERE at <= $1", before(TRUST_END)),
            ("DELETE FROM known_workstation WHERE last_at <= $1", before(throttle::KNOWN_FOR)),
            ("DELETE FROM password_throttle WHERE last_at <= $1 AND failures = 0", before(DAY)),
            // Typed names are unknown names too: rows that no limit needs any more go, whatever they count. A worn-out
            // password's row stays (its count is CEILING).
            (
                "DELETE FROM password_throttle WHERE last_at <= $1 AND failures < 100",
                before(throttle::KNOWN_FOR),
            ),
            ("DELETE FROM password_failure WHERE at <= $1", before(DAY)),
            ("DELETE FROM network_throttle WHERE last_at <= $1", before(DAY)),
            ("DELETE FROM link WHERE expires_at <= $1", before(DAY)),
            (
                "DELETE FROM contact_change WHERE created_at <= $1 AND id NOT IN (SELECT contact_id FROM message \
                 WHERE contact_id IS NOT NULL AND state = 'queued')",
                before(DAY),
            ),
            ("DELETE FROM registration_request WHERE at <= $1", before(DAY)),
            // As long as its mailed link may be good, and a day for what was queued.
            ("DELETE FROM registration WHERE created_at <= $1", before(2 * DAY)),
            (
                "DELETE FROM consent WHERE accepted_at <= $1 AND subject NOT IN (SELECT subject FROM account) \
                 AND subject NOT IN (SELECT id FROM registration)",
                before(2 * DAY),
            ),
            ("DELETE FROM delegation WHERE removed_at <= $1", history),
            ("DELETE FROM account WHERE removed_at <= $1", history),
            ("DELETE FROM quota_use WHERE at <= $1", before(DAY)),
            ("DELETE FROM quota WHERE last_at <= $1", before(DAY)),
            ("DELETE FROM alert WHERE raised_at <= $1", before(2 * DAY)),
            ("DELETE FROM event WHERE at <= $1", history),
        ];
        let mut deleted = 0;
        for &(statement, limit) in statements {
            let mut tx = self.store.begin().await?;
            deleted += sqlx::query(statement).bind(limit).execute(&mut *tx).await?.rows_affected();
            tx.commit().await?;
        }
        Ok(deleted)
    }
}
