//! Alerts: what the audit trail of the last hour says about somebody who tries (LOG-04). One event a scenario.

use crate::{Portal, audit::Event, clock::HOUR};

/// The same scenario is told again after this, if it goes on.
const SILENCE: i64 = 24 * HOUR;

/// Wrong passwords and wrong codes of one account within an hour, tries refused by a limit among them.
pub const BRUTE_FORCE: i64 = 10;
/// Accounts whose passwords were tried, wrongly, from one network within an hour.
pub const SPRAYED_ACCOUNTS: i64 = 10;
/// Wrong passwords for names that nobody has, from one network within an hour.
pub const SPRAYED_NAMES: i64 = 30;

struct Rule {
    alert: &'static str,
    /// What it is about: `subject` or `network`.
    about: About,
    statement: &'static str,
    threshold: i64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum About {
    Account,
    Network,
}

/// Each takes portal, beginning and threshold, and gives what is over it.
const RULES: [Rule; 4] = [
    Rule {
        alert: "alert_brute_force",
        about: About::Account,
        statement: "SELECT subject FROM event WHERE portal = $1 AND at > $2 AND subject IS NOT NULL AND kind IN \
                    ('password_rejected', 'password_throttled', 'code_rejected') GROUP BY subject HAVING COUNT(*) >= $3",
        threshold: BRUTE_FORCE,
    },
    Rule {
        alert: "alert_spraying",
        about: About::Network,
        statement: "SELECT network FROM event WHERE portal = $1 AND at > $2 AND network IS NOT NULL AND subject IS NOT NULL \
                    AND kind = 'password_rejected' GROUP BY network HAVING COUNT(DISTINCT subject) >= $3",
        threshold: SPRAYED_ACCOUNTS,
    },
    Rule {
        alert: "alert_spraying",
        about: About::Network,
        statement: "SELECT network FROM event WHERE portal = $1 AND at > $2 AND network IS NOT NULL AND subject IS NULL \
                    AND kind IN ('password_rejected', 'password_throttled') GROUP BY network HAVING COUNT(*) >= $3",
        threshold: SPRAYED_NAMES,
    },
    Rule {
        alert: "alert_reuse",
        about: About::Account,
        statement: "SELECT subject FROM event WHERE portal = $1 AND at > $2 AND subject IS NOT NULL AND kind IN \
                    ('authorization_code_reused', 'refresh_token_reused') GROUP BY subject HAVING COUNT(*) >= $3",
        threshold: 1,
    },
];

impl Portal {
    /// Looks through the last hour and raises what was not raised in the last day; how many. Several processes may look at once.
    ///
    /// # Errors
    /// The database is down.
    pub async fn raise_alerts(&self) -> Result<u64, sqlx::Error> {
        let now = self.clock.now();
        let mut raised = 0;
        for rule in RULES {
            let found: Vec<String> = sqlx::query_scalar(rule.statement)
                .bind(&self.profile.id)
                .bind(now - HOUR)
                .bind(rule.threshold)
                .fetch_all(self.store.read())
                .await?;
            for object in found {
                let mut tx = self.store.begin().await?;
                let first = sqlx::query(
                    "INSERT INTO alert (portal, kind, object, raised_at) VALUES ($1, $2, $3, $4) \
                     ON CONFLICT (portal, kind, object) DO UPDATE SET raised_at = $4 WHERE alert.raised_at <= $5",
                )
                .bind(&self.profile.id)
                .bind(rule.alert)
                .bind(&object)
                .bind(now)
                .bind(now - SILENCE)
                .execute(&mut *tx)
                .await?
                .rows_affected()
                    == 1;
                if first {
                    let event = Event::new(rule.alert, now);
                    let event = match rule.about {
                        About::Account => event.of(&object),
                        About::Network => event.from(&object),
                    };
                    event.record(self, &mut tx).await?;
                    tracing::warn!(kind = rule.alert, "alert");
                    raised += 1;
                }
                tx.commit().await?;
            }
        }
        Ok(raised)
    }
}
