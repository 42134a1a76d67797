//! What an operator does to accounts: end sessions, close and open again, remove a lost authenticator app.

use crate::{
    Portal,
    account::Account,
    audit::Event,
    credentials::{self, Spared},
    message,
    store::Connection,
};
use parvis_protocol::clock::UnixMillis;

impl Portal {
    /// Ends all sessions and all trust of an account, and what it was signing in to (SES-06); how many sessions.
    ///
    /// # Errors
    /// The database.
    pub async fn sign_out_account(&self, subject: &str) -> Result<u64, sqlx::Error> {
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        let ended = end_all(self, &mut tx, subject, "signed_out", now).await?;
        Event::new("signed_out", now).of(subject).by("operator").record(self, &mut tx).await?;
        tx.commit().await?;
        Ok(ended)
    }

    /// Ends all sessions and all trust of everybody (SES-06), account by account, so that nobody waits for the whole; how many
    /// sessions. Whoever signs in meanwhile with an account that is done already stays signed in.
    ///
    /// # Errors
    /// The database; accounts that were done before stay done.
    pub async fn sign_out_everybody(&self) -> Result<u64, sqlx::Error> {
        let subjects: Vec<String> = sqlx::query_scalar(
            "SELECT subject FROM account a WHERE portal = $1 AND (EXISTS (SELECT 1 FROM sign_in_grant g \
             WHERE g.subject = a.subject AND g.ended_at IS NULL) OR EXISTS (SELECT 1 FROM trust t WHERE t.subject = a.subject) \
             OR EXISTS (SELECT 1 FROM auth_session s WHERE s.subject = a.subject AND s.ended_at IS NULL)) ORDER BY subject",
        )
        .bind(&self.profile.id)
        .fetch_all(self.store.read())
        .await?;
        let mut ended = 0;
        for subject in subjects {
            ended += self.sign_out_account(&subject).await?;
        }
        Ok(ended)
    }

    /// Closes an account: it cannot sign in, and looks to strangers like one that does not exist; what is open ends (SES-05), and so it
    /// does for its delegates who are nobody else's.
    /// False where it was closed already.
    ///
    /// # Errors
    /// The database.
    pub async fn disable_account(&self, subject: &str) -> Result<bool, sqlx::Error> {
        let closed = self.set_state(subject, "active", "disabled", "account_disabled").await?;
        // Also where it was closed before: the last time may not have come so far.
        self.suspend_delegates(subject).await?;
        Ok(closed)
    }

    /// Opens a closed account again. False where it was not closed.
    ///
    /// # Errors
    /// The database.
    pub async fn enable_account(&self, subject: &str) -> Result<bool, sqlx::Error> {
        // What the closing did not come as far as ending does not come back.
        self.suspend_delegates(subject).await?;
        self.set_state(subject, "disabled", "active", "account_enabled").await
    }

    async fn set_state(
        &self,
        subject: &str,
        from: &str,
        to: &str,
        event: &'static str,
    ) -> Result<bool, sqlx::Error> {
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        // Also what crosses the closing, and began or completed in the same moment.
        end_all(self, &mut tx, subject, event, now).await?;
        let changed = sqlx::query("UPDATE account SET state = $3 WHERE subject = $1 AND state = $2")
            .bind(subject)
            .bind(from)
            .bind(to)
            .execute(&mut *tx)
            .await?;
        if changed.rows_affected() == 0 {
            return Ok(false);
        }
        Event::new(event, now).of(subject).by("operator").record(self, &mut tx).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Writes down that the key file was rotated.
    ///
    /// # Errors
    /// The database.
    pub async fn keys_were_rotated(&self) -> Result<(), sqlx::Error> {
        let mut tx = self.store.begin().await?;
        Event::new("keys_rotated", self.clock.now()).by("operator").record(self, &mut tx).await?;
        tx.commit().await
    }

    /// Removes the authenticator app of an account, and its recovery codes, for somebody who lost the telephone and
    /// was recognised by support (REC-09). All trust and sessions end; the owner is told. False where there was none.
    ///
    /// # Errors
    /// The database.
    pub async fn remove_lost_totp(&self, account: &Account) -> Result<bool, sqlx::Error> {
        let now = self.clock.now();
        let subject = &account.subject;
        let mut tx = self.store.begin().await?;
        end_all(self, &mut tx, subject, "factors_changed", now).await?;
        let removed =
            sqlx::query("DELETE FROM totp WHERE subject = $1").bind(subject).execute(&mut *tx).await?;
        if removed.rows_affected() == 0 {
            return Ok(false);
        }
        sqlx::query("DELETE FROM recovery_code_use WHERE subject = $1")
            .bind(subject)
            .execute(&mut *tx)
            .await?;
        message::notify_all(self, &mut tx, account, message::Kind::FactorsChanged, None, now).await?;
        Event::new("totp_removed", now).of(subject).by("operator").record(self, &mut tx).await?;
        tx.commit().await?;
        self.wake_messages();
        Ok(true)
    }
}

/// Ends sign-ins under way, authorization codes, trust and sessions; moves the epoch on. How many sessions.
async fn end_all(
    portal: &Portal,
    connection: &mut Connection,
    subject: &str,
    reason: &str,
    now: UnixMillis,
) -> Result<u64, sqlx::Error> {
    let open = open_sessions(connection, subject, now).await?;
    credentials::change(portal, connection, subject, None, Spared::None, reason, now).await?;
    Ok(open)
}

/// Sessions that are open.
pub(crate) async fn open_sessions(
    connection: &mut Connection,
    subject: &str,
    now: UnixMillis,
) -> Result<u64, sqlx::Error> {
    let open: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM sign_in_grant WHERE subject = $1 AND ended_at IS NULL AND ends_at > $2",
    )
    .bind(subject)
    .bind(now)
    .fetch_one(connection)
    .await?;
    Ok(u64::try_from(open).unwrap_or(0))
}
