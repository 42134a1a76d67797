//! The end of a sign-in: handover, trust, and the grant that it opens.

use super::{COLUMNS, GrantRow};
use crate::{
    Fault, Portal,
    account::Account,
    audit::Event,
    auth_session::AuthSession,
    delegates, message,
    store::Connection,
    throttle,
    trust::{self, Handover},
};
use parvis_protocol::{clock::UnixMillis, encoding::sha256_base64url, entropy::opaque, message::Tokens};
use std::net::IpAddr;

/// Open sessions of one account at the same time.
const SESSIONS: i64 = 50;

impl Portal {
    #[expect(clippy::too_many_arguments, reason = "one completed sign-in, all of what it is made of")]
    pub(super) async fn complete(
        &self,
        tx: &mut Connection,
        session: &AuthSession,
        account: &Account,
        acr: &str,
        grant_id: &str,
        network: Option<IpAddr>,
        now: UnixMillis,
    ) -> Result<Tokens, Fault> {
        let (subject, device_id) = (&account.subject, &session.device_id);
        let event = |kind| Event::new(kind, now).of(subject).on(device_id);
        let handover = trust::hand_over(self, tx, subject, device_id, now).await?;
        if handover != Handover::default() {
            event("handover").record(self, tx).await?;
        }
        if let Some(jkt) = &session.remember_jkt
            && trust::grant(self, tx, account, device_id, jkt, grant_id, now).await?.is_some()
        {
            event("trust_granted").record(self, tx).await?;
        }
        trust::forget_end(self, tx, account, device_id, now).await?;
        if !throttle::is_known(self, tx, subject, device_id, now).await? {
            message::queue_notice(self, tx, account, message::Kind::NewWorkstation, now).await?;
        }
        sqlx::query(
            "INSERT INTO known_workstation (portal, device_id, subject, last_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (portal, device_id, subject) DO UPDATE SET last_at = $4",
        )
        .bind(&self.profile.id)
        .bind(device_id)
        .bind(subject)
        .bind(now)
        .execute(&mut *tx)
        .await?;
        throttle::network_succeeded(self, tx, network, now).await?;
        let end_handle = opaque(self.entropy.as_ref());
        let grant: GrantRow = sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "INSERT INTO sign_in_grant (id, portal, subject, device_id, jkt, role, acr, auth_time, mfa_time, auth_session, \
             end_handle_hash, handover_trust, handover_sessions, created_at, last_used_at, ends_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14, $15) RETURNING {COLUMNS}"
        )))
        .bind(grant_id)
        .bind(&self.profile.id)
        .bind(subject)
        .bind(device_id)
        .bind(&session.jkt)
        .bind(&session.role)
        .bind(acr)
        .bind(session.auth_time)
        .bind(session.mfa_time)
        .bind(&session.id)
        .bind(sha256_base64url(&end_handle))
        .bind(i64::from(handover.ended_trust))
        .bind(handover.ended_sessions)
        .bind(now)
        .bind(now + i64::from(self.profile.session.absolute_s) * 1000)
        .fetch_one(&mut *tx)
        .await?;
        event("signed_in").by(acr).record(self, tx).await?;
        delegates::accept(self, tx, account, now).await?;
        self.limit_sessions(tx, subject, now).await?;
        Ok(self.tokens(tx, &grant, account, end_handle, now).await?)
    }

    /// Ends the sessions that are one too many (SES-09): those that were used longest ago.
    async fn limit_sessions(
        &self,
        tx: &mut Connection,
        subject: &str,
        now: UnixMillis,
    ) -> Result<(), sqlx::Error> {
        let ended = sqlx::query(
            "UPDATE sign_in_grant SET ended_at = $2, end_reason = 'session_limit' WHERE subject = $1 AND ended_at IS NULL \
             AND id NOT IN (SELECT id FROM sign_in_grant WHERE subject = $1 AND ended_at IS NULL \
             ORDER BY last_used_at DESC, created_at DESC, id LIMIT $3)",
        )
        .bind(subject)
        .bind(now)
        .bind(SESSIONS)
        .execute(&mut *tx)
        .await?;
        if ended.rows_affected() > 0 {
            Event::new("session_limit", now).of(subject).record(self, tx).await?;
        }
        Ok(())
    }
}
