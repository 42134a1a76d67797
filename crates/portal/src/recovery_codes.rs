//! Recovery codes of an authenticator app: ten, single use each, derived and not stored (OTP-14).

use crate::{
    Fault, Portal,
    account::Account,
    codes::{Verdict, digits},
    credentials,
    grant::Caller,
    nonce,
    store::Connection,
    tries,
};
use parvis_portal_profile::MethodId;
use parvis_protocol::{
    clock::UnixMillis, encoding::same_secret, entropy::opaque, message::RecoveryCodes, proof::Proof,
};
use secrecy::{ExposeSecret, SecretString};

/// How many there are.
pub(crate) const COUNT: i64 = 10;
/// Digits of each: 33 bits, and a limiter before it.
pub(crate) const LENGTH: u32 = 10;

/// The code of a number, 1 to [`COUNT`].
fn code(portal: &Portal, subject: &str, seed: &str, number: i64) -> SecretString {
    let number = number.to_string();
    let parts = ["parvis-recovery-1", portal.issuer.as_str(), subject, seed, &number];
    digits(portal.keys.current().seal_key(), &parts, LENGTH)
}

/// All codes of a seed, for the one answer that shows them.
pub(crate) fn shown(portal: &Portal, subject: &str, seed: &str) -> RecoveryCodes {
    let text = |number| code(portal, subject, seed, number).expose_secret().to_owned();
    RecoveryCodes { recovery_codes: (1..=COUNT).map(text).collect() }
}

/// Looks at a code, and uses it up: the row that says so can be written once.
pub(crate) async fn consume(
    portal: &Portal,
    connection: &mut Connection,
    account: &Account,
    typed: &str,
    now: UnixMillis,
) -> Result<Verdict, sqlx::Error> {
    let subject = &account.subject;
    let seed: Option<Option<String>> =
        sqlx::query_scalar("SELECT recovery_seed FROM totp WHERE subject = $1 AND confirmed_at IS NOT NULL")
            .bind(subject)
            .fetch_optional(&mut *connection)
            .await?;
    let Some(seed) = seed.flatten() else { return Ok(Verdict::Over) };
    // All are compared, whichever fits.
    let fitting: Vec<i64> = (1..=COUNT)
        .filter(|number| same_secret(code(portal, subject, &seed, *number).expose_secret(), typed))
        .collect();
    for number in &fitting {
        let used = sqlx::query(
            "INSERT INTO recovery_code_use (subject, seed, number, used_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        )
        .bind(subject)
        .bind(&seed)
        .bind(number)
        .bind(now)
        .execute(&mut *connection)
        .await?;
        if used.rows_affected() == 1 {
            return Ok(Verdict::Right);
        }
    }
    Ok(if fitting.is_empty() { Verdict::Wrong } else { Verdict::Over })
}

impl Portal {
    /// New recovery codes; the ones before are void. `None` where no authenticator app is active.
    pub(crate) async fn renew_recovery_codes(
        &self,
        proof: &Proof,
        caller: &Caller,
    ) -> Result<Option<RecoveryCodes>, Fault> {
        let now = self.clock.now();
        let subject = &caller.account.subject;
        let seed = opaque(self.entropy.as_ref());
        let mut tx = self.store.begin().await?;
        nonce::consume(&mut tx, proof, now).await?;
        credentials::lock_sign_ins(&mut tx, subject).await?;
        // After a use that is under way: its code was good, and is gone.
        tries::lock(&mut tx, subject, MethodId::RecoveryCode).await?;
        let renewed =
            sqlx::query("UPDATE totp SET recovery_seed = $2 WHERE subject = $1 AND confirmed_at IS NOT NULL")
                .bind(subject)
                .bind(&seed)
                .execute(&mut *tx)
                .await?;
        if renewed.rows_affected() != 1 {
            return Ok(None);
        }
        sqlx::query("DELETE FROM recovery_code_use WHERE subject = $1 AND seed <> $2")
            .bind(subject)
            .bind(&seed)
            .execute(&mut *tx)
            .await?;
        self.factors_changed(&mut tx, caller, "recovery_codes_renewed", now).await?;
        tx.commit().await?;
        self.wake_messages();
        Ok(Some(shown(self, subject, &seed)))
    }
}
