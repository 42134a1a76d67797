//! The audit trail: who did what, when, from which workstation and network; never a secret, never what was typed.

use crate::{
    Portal,
    store::{self, Connection},
};
use parvis_protocol::{clock::UnixMillis, entropy::opaque_short};
use sqlx::AssertSqlSafe;

/// Kinds of events; `docs/operating.md` lists them.
pub const KINDS: &[&str] = &[
    "account_created",
    "account_blocked",
    "account_unblocked",
    "password_accepted",
    "password_rejected",
    "password_throttled",
    "network_throttled",
    "wrong_entrance",
    "blocked_sign_in",
    "code_requested",
    "code_request_refused",
    "code_accepted",
    "code_rejected",
    "code_expired",
    "method_blocked",
    "trust_honoured",
    "trust_granted",
    "trust_ended",
    "handover",
    "signed_in",
    "signed_out",
    "authorization_code_reused",
    "refresh_token_reused",
    "message_sent",
    "message_failed",
    "device_forgotten",
    "pages_opened",
    "account_invited",
    "activation_due",
    "account_disabled",
    "account_enabled",
    "rights_changed",
    "totp_removed",
    "alert_brute_force",
    "alert_spraying",
    "alert_reuse",
    "accounts_imported",
    "members_imported",
    "contacts_imported",
    "keys_rotated",
    "password_changed",
    "account_activated",
    "reset_sent",
    "link_refused",
    "single_channel_recovery",
    "contact_requested",
    "contact_request_refused",
    "contact_rejected",
    "contact_changed",
    "session_ended",
    "totp_proposed",
    "totp_activated",
    "totp_replaced",
    "recovery_codes_renewed",
    "recovery_code_used",
    "stepped_up",
    "session_limit",
    "registration_begun",
    "registration_refused",
    "delegate_invited",
    "delegate_removed",
];

/// Kinds that say something to the owner of an account: its history (`GET /events`).
pub(crate) const OWN_HISTORY: &[&str] = &[
    "account_created",
    "account_activated",
    "account_blocked",
    "account_unblocked",
    "signed_in",
    "signed_out",
    "session_ended",
    "password_rejected",
    "password_changed",
    "code_rejected",
    "method_blocked",
    "trust_granted",
    "trust_ended",
    "device_forgotten",
    "contact_changed",
    "rights_changed",
    "single_channel_recovery",
    "totp_activated",
    "totp_replaced",
    "totp_removed",
    "recovery_codes_renewed",
    "recovery_code_used",
    "stepped_up",
    "delegate_invited",
    "delegate_removed",
];

/// One event.
#[derive(Debug, Clone)]
pub(crate) struct Event<'a> {
    kind: &'static str,
    at: UnixMillis,
    subject: Option<&'a str>,
    device: Option<&'a str>,
    network: Option<&'a str>,
    detail: Option<String>,
}

impl<'a> Event<'a> {
    /// An event of one of [`KINDS`].
    pub(crate) fn new(kind: &'static str, at: UnixMillis) -> Self {
        debug_assert!(KINDS.contains(&kind), "{kind} is not in the catalogue");
        Self { kind, at, subject: None, device: None, network: None, detail: None }
    }

    /// Of this account.
    pub(crate) const fn of(mut self, subject: &'a str) -> Self {
        self.subject = Some(subject);
        self
    }

    /// On this workstation.
    pub(crate) const fn on(mut self, device: &'a str) -> Self {
        self.device = Some(device);
        self
    }

    /// From this network.
    pub(crate) const fn from(mut self, network: &'a str) -> Self {
        self.network = Some(network);
        self
    }

    /// Method, reason, actor: a word of ours.
    pub(crate) fn by(mut self, detail: &str) -> Self {
        self.detail = Some(detail.to_owned());
        self
    }

    /// Writes it, in the transaction of what it tells.
    pub(crate) async fn record(
        self,
        portal: &Portal,
        connection: &mut Connection,
    ) -> Result<(), sqlx::Error> {
        tracing::info!(kind = self.kind, subject = self.subject, detail = self.detail, "event");
        portal.metrics.count(self.kind, 1);
        sqlx::query(
            "INSERT INTO event (id, at, portal, kind, subject, device, network, detail) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(opaque_short(portal.entropy.as_ref()))
        .bind(self.at)
        .bind(&portal.profile.id)
        .bind(self.kind)
        .bind(self.subject)
        .bind(self.device)
        .bind(self.network)
        .bind(self.detail)
        .execute(connection)
        .await?;
        Ok(())
    }
}

/// One event of many accounts at once, in the transaction of what it tells.
pub(crate) async fn record_all(
    portal: &Portal,
    connection: &mut Connection,
    kind: &'static str,
    detail: &str,
    subjects: &[&str],
    now: UnixMillis,
) -> Result<(), sqlx::Error> {
    debug_assert!(KINDS.contains(&kind), "{kind} is not in the catalogue");
    if subjects.is_empty() {
        return Ok(());
    }
    portal.metrics.count(kind, subjects.len());
    let statement = format!(
        "INSERT INTO event (id, at, portal, kind, subject, detail) VALUES {}",
        store::rows(subjects.len(), 6)
    );
    let mut query = sqlx::query(AssertSqlSafe(statement));
    for subject in subjects {
        query = query
            .bind(opaque_short(portal.entropy.as_ref()))
            .bind(now)
            .bind(&portal.profile.id)
            .bind(kind)
            .bind(*subject)
            .bind(detail);
    }
    query.execute(connection).await.map(drop)
}
