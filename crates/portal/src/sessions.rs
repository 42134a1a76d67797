//! The person's open sessions, and the history of the account.

use crate::{
    Fault, Portal,
    account::Account,
    audit::{Event, OWN_HISTORY},
    grant::Caller,
    nonce,
    sign_in::{duration, seconds},
};
use parvis_protocol::{
    clock::UnixMillis,
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
