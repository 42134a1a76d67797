//! The person's open sessions, their end, and the history of the account.

use crate::{
    Fault, Portal,
    account::Account,
    audit::{Event, OWN_HISTORY},
    clock::{duration, seconds},
    grant::Caller,
    nonce, trust,
};
use parvis_protocol::{
    clock::UnixMillis,
    encoding::sha256_base64url,
    error::TrustEndReason,
    message::{AccountEvent, OpenSession},
    proof::Proof,
};

/// Events shown, the newest.
const EVENTS: i64 = 100;

#[derive(sqlx::FromRow)]
struct Open {
    id: String,
    device_id: String,
    created_at: UnixMillis,
    last_used_at: UnixMillis,
    acr: String,
}

#[derive(sqlx::FromRow)]
struct Past {
    at: UnixMillis,
    kind: String,
    detail: Option<String>,
    device: Option<String>,
}

impl Portal {
    /// Sessions that are open now, the newest first.
    pub(crate) async fn open_sessions(&self, caller: &Caller) -> Result<Vec<OpenSession>, Fault> {
        let now = self.clock.now();
        let open: Vec<Open> = sqlx::query_as(
            "SELECT id, device_id, created_at, last_used_at, acr FROM sign_in_grant WHERE subject = $1 AND portal = $2 \
             AND ended_at IS NULL AND ends_at > $3 AND last_used_at > $4 ORDER BY created_at DESC, id",
        )
        .bind(&caller.account.subject)
        .bind(&self.profile.id)
        .bind(now)
        .bind(now - i64::from(self.profile.session.inactivity_s) * 1000)
        .fetch_all(self.store.read())
        .await?;
        let session = |open: Open| OpenSession {
            current: open.id == caller.grant_id,
            this_workstation: open.device_id == caller.device_id,
            started_at: seconds(open.created_at),
            last_used_at: seconds(open.last_used_at),
            last_used_ago: duration(now - open.last_used_at),
            acr: open.acr,
            id: open.id,
        };
        Ok(open.into_iter().map(session).collect())
    }

    /// Ends a grant by its handle, and the workstation's trust of that person if asked. The key may be gone: any key proves.
    pub(crate) async fn end_session(
        &self,
        proof: &Proof,
        end_handle: &str,
        forget_device: bool,
    ) -> Result<(), Fault> {
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        nonce::consume(&mut tx, proof, now).await?;
        let found: Option<(String, String, String)> = sqlx::query_as(
            // The handle before a step-up is good, too: its answer may have been lost.
            "SELECT id, subject, device_id FROM sign_in_grant WHERE (end_handle_hash = $1 OR former_end_handle_hash = $1) \
             AND portal = $2",
        )
        .bind(sha256_base64url(end_handle))
        .bind(&self.profile.id)
        .fetch_optional(&mut *tx)
        .await?;
        if let Some((id, subject, device_id)) = found {
            trust::lock_workstation(self, &mut tx, &device_id, now).await?;
            let event = |kind| Event::new(kind, now).of(&subject).on(&device_id);
            if forget_device
                && trust::end(self, &mut tx, &subject, &device_id, TrustEndReason::Revoked, now).await?
            {
                event("trust_ended").by("left").record(self, &mut tx).await?;
            }
            let ended =
                sqlx::query("UPDATE sign_in_grant SET ended_at = $2, end_reason = 'signed_out' WHERE id = $1 AND ended_at IS NULL")
                    .bind(id)
                    .bind(now)
                    .execute(&mut *tx)
                    .await?;
            if ended.rows_affected() == 1 {
                event("signed_out").record(self, &mut tx).await?;
            }
        }
        Ok(tx.commit().await?)
    }

    /// Ends the person's other sessions and trusts, or all of them.
    pub(crate) async fn end_sessions(&self, proof: &Proof, caller: &Caller, all: bool) -> Result<(), Fault> {
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        nonce::consume(&mut tx, proof, now).await?;
        let (subject, spared) = (&caller.account.subject, if all { "" } else { caller.device_id.as_str() });
        let devices: Vec<String> = sqlx::query_scalar(
            "SELECT device_id FROM trust WHERE portal = $1 AND subject = $2 AND device_id <> $3 ORDER BY device_id",
        )
        .bind(&self.profile.id)
        .bind(subject)
        .bind(spared)
        .fetch_all(&mut *tx)
        .await?;
        for device_id in devices {
            trust::lock_workstation(self, &mut tx, &device_id, now).await?;
            trust::end(self, &mut tx, subject, &device_id, TrustEndReason::Revoked, now).await?;
        }
        sqlx::query(
            "UPDATE sign_in_grant SET ended_at = $3, end_reason = 'signed_out' WHERE subject = $1 AND ended_at IS NULL AND id <> $2",
        )
        .bind(subject)
        .bind(if all { "" } else { &caller.grant_id })
        .bind(now)
        .execute(&mut *tx)
        .await?;
        Event::new("signed_out", now)
            .of(subject)
            .by(if all { "all" } else { "others" })
            .record(self, &mut tx)
            .await?;
        Ok(tx.commit().await?)
    }

    /// Ends the trust of one workstation of the caller's list; whether it was in it.
    pub(crate) async fn forget_device(
        &self,
        proof: &Proof,
        caller: &Caller,
        id: &str,
    ) -> Result<bool, Fault> {
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        nonce::consume(&mut tx, proof, now).await?;
        let subject = &caller.account.subject;
        let trusts = trust::of(&mut *tx, self, subject, now).await?;
        let Some(trust) = trusts.into_iter().find(|trust| trust.id == id) else { return Ok(false) };
        trust::lock_workstation(self, &mut tx, &trust.device_id, now).await?;
        trust::end(self, &mut tx, subject, &trust.device_id, TrustEndReason::Revoked, now).await?;
        Event::new("device_forgotten", now).of(subject).on(&trust.device_id).record(self, &mut tx).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Ends one session of the caller's list; whether it was in it.
    pub(crate) async fn end_open_session(
        &self,
        proof: &Proof,
        caller: &Caller,
        id: &str,
    ) -> Result<bool, Fault> {
        let now = self.clock.now();
        let subject = &caller.account.subject;
        let mut tx = self.store.begin().await?;
        nonce::consume(&mut tx, proof, now).await?;
        let device: Option<String> = sqlx::query_scalar(
            "UPDATE sign_in_grant SET ended_at = $4, end_reason = 'session_ended' WHERE id = $1 AND subject = $2 AND portal = $3 \
             AND ended_at IS NULL RETURNING device_id",
        )
        .bind(id)
        .bind(subject)
        .bind(&self.profile.id)
        .bind(now)
        .fetch_optional(&mut *tx)
        .await?;
        let Some(device) = device else { return Ok(false) };
        Event::new("session_ended", now).of(subject).on(&device).by("list").record(self, &mut tx).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// What happened with the account, as far as it says something to its owner; the newest first.
    pub(crate) async fn history(
        &self,
        account: &Account,
        device_id: &str,
    ) -> Result<Vec<AccountEvent>, Fault> {
        let now = self.clock.now();
        let kinds: Vec<String> = (4..OWN_HISTORY.len() + 4).map(|n| format!("${n}")).collect();
        let statement = format!(
            "SELECT at, kind, detail, device FROM event WHERE subject = $1 AND portal = $2 AND kind IN ({}) \
             ORDER BY at DESC, id LIMIT $3",
            kinds.join(", ")
        );
        let mut query = sqlx::query_as(sqlx::AssertSqlSafe(statement))
            .bind(&account.subject)
            .bind(&self.profile.id)
            .bind(EVENTS);
        for kind in OWN_HISTORY {
            query = query.bind(*kind);
        }
        let past: Vec<Past> = query.fetch_all(self.store.read()).await?;
        let event = |past: Past| AccountEvent {
            at: seconds(past.at),
            ago: duration(now - past.at),
            this_workstation: past.device.map(|device| device == device_id),
            kind: past.kind,
            detail: past.detail,
        };
        Ok(past.into_iter().map(event).collect())
    }
}
