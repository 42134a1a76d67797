//! Role and rights of an account, and what a change of them ends (CHN-01, TRU-07).

use crate::{
    Portal,
    account::{Account, AccountError},
    audit::Event,
    credentials::{self, Spared},
    delegates,
    operations::open_sessions,
};

/// What an account is to have.
#[derive(Debug, Default, Clone)]
pub struct RightsChange {
    /// Its entrance; unchanged without one.
    pub role: Option<String>,
    /// All its rights; unchanged without.
    pub rights: Option<Vec<String>>,
}

/// What a change did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RightsChanged {
    /// Entrance before and after.
    pub role: (String, String),
    /// Rights that came.
    pub added: Vec<String>,
    /// Rights that went.
    pub removed: Vec<String>,
    /// A second factor is due now, and was not before.
    pub second_factor_due: bool,
    /// Sessions that ended.
    pub ended_sessions: u64,
}

impl RightsChanged {
    /// Nothing is other than it was.
    pub fn is_empty(&self) -> bool {
        self.role.0 == self.role.1 && self.added.is_empty() && self.removed.is_empty()
    }
}

impl Portal {
    /// Changes role and rights. Trust ends with any change; all sessions end with another role, and those that were opened by the password
    /// alone where a second factor becomes due. Whoever has a role without delegates has none any more.
    ///
    /// # Errors
    /// [`AccountError::Refused`] names a role or right that the portal does not have.
    pub async fn set_rights(
        &self,
        account: &Account,
        change: RightsChange,
    ) -> Result<RightsChanged, AccountError> {
        let refused = |text: String| Err(AccountError::Refused(text));
        let before = account.rights();
        let mut after = change.rights.unwrap_or_else(|| before.clone());
        after.sort();
        after.dedup();
        let role = change.role.unwrap_or_else(|| account.role.clone());
        if self.profile.role(&role).is_none() {
            return refused(format!("the portal has no role {role}"));
        }
        if let Some(right) = after.iter().find(|right| !self.profile.rights.contains_key(*right)) {
            return refused(format!("the portal has no right {right}"));
        }
        let mut changed = RightsChanged {
            added: after.iter().filter(|right| !before.contains(right)).cloned().collect(),
            removed: before.iter().filter(|right| !after.contains(right)).cloned().collect(),
            second_factor_due: self.profile.needs_second_factor(&after)
                && !self.profile.needs_second_factor(&before),
            role: (account.role.clone(), role.clone()),
            ended_sessions: 0,
        };
        if changed.is_empty() {
            self.dismiss_delegates(&account.subject).await?;
            return Ok(changed);
        }
        let now = self.clock.now();
        let subject = &account.subject;
        let mut tx = self.store.begin().await?;
        let spared = if changed.role.0 == changed.role.1 { Spared::All } else { Spared::None };
        if changed.role.0 != changed.role.1 {
            // Before the account is locked: the order of a removal.
            delegates::leave_principals(&mut tx, subject, now).await?;
        }
        let open = open_sessions(&mut tx, subject, now).await?;
        // Decided on what was read: somebody else's change in between is not overwritten.
        let epoch = Some(account.credential_epoch);
        let changed_alone =
            credentials::change(self, &mut tx, subject, epoch, spared, "rights_changed", now).await?;
        let taken_up = changed.role.0 != changed.role.1 && delegates::serves(&mut tx, subject).await?;
        if !changed_alone || taken_up {
            return refused("the account was changed at the same time; look at it and try again".to_owned());
        }
        sqlx::query("UPDATE account SET role = $2, rights = $3 WHERE subject = $1")
            .bind(subject)
            .bind(&role)
            .bind(after.join(" "))
            .execute(&mut *tx)
            .await?;
        if changed.second_factor_due {
            sqlx::query(
                "UPDATE sign_in_grant SET ended_at = $2, end_reason = 'rights_changed' \
                 WHERE subject = $1 AND ended_at IS NULL AND acr = 'pwd'",
            )
            .bind(subject)
            .bind(now)
            .execute(&mut *tx)
            .await?;
        }
        changed.ended_sessions = open - open_sessions(&mut tx, subject, now).await?;
        Event::new("rights_changed", now).of(subject).by("operator").record(self, &mut tx).await?;
        tx.commit().await?;
        self.dismiss_delegates(subject).await?;
        Ok(changed)
    }
}
