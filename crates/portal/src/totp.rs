//! Authenticator apps (RFC 6238): SHA-1, six digits, thirty seconds, one step either side, each step once (OTP-03, OTP-04).

use crate::{
    Fault, Portal,
    account::Account,
    audit::Event,
    codes::Verdict,
    credentials::{self, Spared},
    grant::Caller,
    message, nonce, recovery_codes, seal,
    store::Connection,
    tries::{self, Charge, Settled},
};
use parvis_portal_profile::MethodId;
use parvis_protocol::{
    clock::UnixMillis,
    encoding::same_secret,
    entropy::{bytes, opaque},
    message::{RecoveryCodes, TotpSecret},
    proof::Proof,
};
use totp_rs::{Builder, Secret, Totp};

/// Digits of a code.
pub(crate) const LENGTH: u32 = 6;
/// One step, seconds.
const STEP: i64 = 30;
/// Steps accepted before and after the present one.
const WINDOW: i64 = 1;
/// Steps in which a code of a proposed secret is recognised as one of a clock that is wrong.
const DRIFT: i64 = 10;
/// A proposed secret waits for its first code this long, ms.
const PROPOSAL: i64 = 30 * 60 * 1000;

/// The step at an instant.
const fn step_at(now: UnixMillis) -> i64 {
    now.div_euclid(1000 * STEP)
}

/// The secret's own generator; `issuer` and `account` are what an authenticator app shows.
fn generator(secret: &[u8], issuer: &str, account: &str) -> Totp {
    let label = |text: &str| text.replace(':', " ");
    Builder::new()
        .with_secret(Secret::from(secret))
        .with_issuer(Some(label(issuer)))
        .with_account_name(label(account))
        .build_noncompliant()
}

/// The steps around `now` whose code this is, the earliest first. Every step is compared, in constant time.
fn matching_steps(secret: &[u8], code: &str, now: UnixMillis, window: i64) -> Vec<i64> {
    let generator = generator(secret, "", "");
    let present = step_at(now);
    (present - window..=present + window)
        .filter(|step| {
            let right = u64::try_from(step * STEP).map(|time| generator.generate(time).to_string());
            right.is_ok_and(|right| same_secret(&right, code))
        })
        .collect()
}

#[derive(sqlx::FromRow)]
struct Row {
    secret: Option<String>,
    proposed: Option<String>,
    proposed_at: Option<UnixMillis>,
}

async fn row(connection: &mut Connection, subject: &str) -> Result<Option<Row>, sqlx::Error> {
    sqlx::query_as("SELECT secret, proposed, proposed_at FROM totp WHERE subject = $1")
        .bind(subject)
        .fetch_optional(connection)
        .await
}

/// Looks at a code, and uses its step up: the step moves forward in the statement that accepts.
pub(crate) async fn consume(
    portal: &Portal,
    connection: &mut Connection,
    account: &Account,
    code: &str,
    now: UnixMillis,
) -> Result<Verdict, sqlx::Error> {
    let subject = &account.subject;
    let Some(row) = row(connection, subject).await? else { return Ok(Verdict::Over) };
    let Some((sealed, secret)) =
        row.secret.and_then(|sealed| seal::open(portal, subject, &sealed).map(|secret| (sealed, secret)))
    else {
        return Ok(Verdict::Over);
    };
    let steps = matching_steps(&secret, code, now, WINDOW);
    for step in &steps {
        let moved = sqlx::query(
            "UPDATE totp SET last_step = $2 WHERE subject = $1 AND secret = $3 AND last_step < $2",
        )
        .bind(subject)
        .bind(step)
        .bind(&sealed)
        .execute(&mut *connection)
        .await?;
        if moved.rows_affected() == 1 {
            return Ok(Verdict::Right);
        }
    }
    Ok(if steps.is_empty() { Verdict::Wrong } else { Verdict::Over })
}

/// What became of the first code of a proposed secret.
pub(crate) enum Confirmation {
    /// The authenticator app is active; these are its recovery codes.
    Active(RecoveryCodes),
    /// There is no proposed secret, or it has waited too long.
    NothingProposed,
    /// Right for another time: the authenticator's clock is so many seconds ahead. Not counted.
    ClockDrift(i64),
    /// Wrong; so many tries are left.
    Rejected(u32),
    /// No more tries until then, or until support acts.
    Blocked(Option<UnixMillis>),
}

impl Portal {
    /// Whether the portal knows authenticator apps.
    pub(crate) fn offers_totp(&self) -> bool {
        self.profile.methods.contains_key(&MethodId::Totp)
    }

    /// Proposes a secret, which this answer alone shows. An active one stays until the new one is proved.
    pub(crate) async fn propose_totp(&self, proof: &Proof, caller: &Caller) -> Result<TotpSecret, Fault> {
        let now = self.clock.now();
        let account = &caller.account;
        let secret = zeroize::Zeroizing::new(bytes::<20>(self.entropy.as_ref()));
        let generator =
            generator(secret.as_slice(), self.profile.name.get(account.language()), &account.identifier);
        let mut tx = self.store.begin().await?;
        nonce::consume(&mut tx, proof, now).await?;
        sqlx::query(
            "INSERT INTO totp (subject, last_step, proposed, proposed_at) VALUES ($1, -1, $2, $3) \
             ON CONFLICT (subject) DO UPDATE SET proposed = $2, proposed_at = $3",
        )
        .bind(&account.subject)
        .bind(seal::seal(self, &account.subject, secret.as_slice()))
        .bind(now)
        .execute(&mut *tx)
        .await?;
        Event::new("totp_proposed", now)
            .of(&account.subject)
            .on(&caller.device_id)
            .record(self, &mut tx)
            .await?;
        tx.commit().await?;
        // Only labels with a colon are refused, and those were taken out.
        let uri = generator.to_url().unwrap_or_default();
        Ok(TotpSecret { secret: generator.secret().to_base32(), uri })
    }

    /// The first code of a proposed secret, counted like every code: the app is active, and recovery codes are shown.
    pub(crate) async fn confirm_totp(
        &self,
        proof: &Proof,
        caller: &Caller,
        code: &str,
    ) -> Result<Confirmation, Fault> {
        let now = self.clock.now();
        let (account, subject) = (&caller.account, &caller.account.subject);
        let mut tx = self.store.begin().await?;
        nonce::consume(&mut tx, proof, now).await?;
        credentials::lock_sign_ins(&mut tx, subject).await?;
        tries::lock(&mut tx, subject, MethodId::Totp).await?;
        let row = row(&mut tx, subject).await?;
        let waiting = row.filter(|row| row.proposed_at.is_some_and(|at| now - at < PROPOSAL));
        let Some((proposed, replaces)) = waiting.and_then(|row| Some((row.proposed?, row.secret.is_some())))
        else {
            return Ok(Confirmation::NothingProposed);
        };
        let Some(secret) = seal::open(self, subject, &proposed) else {
            return Ok(Confirmation::NothingProposed);
        };
        if let Charge::Refused(refused) = tries::charge(self, &mut tx, subject, MethodId::Totp, now).await? {
            return Ok(Confirmation::Blocked(refused));
        }
        let near = matching_steps(&secret, code, now, WINDOW);
        let Some(step) = near.last() else {
            if let Some(step) = matching_steps(&secret, code, now, DRIFT).first() {
                // Nothing was charged where nothing is committed.
                return Ok(Confirmation::ClockDrift((step - step_at(now)) * STEP));
            }
            let settled =
                tries::wrong(self, &mut tx, account, MethodId::Totp, &caller.device_id, now).await?;
            tx.commit().await?;
            self.wake_messages();
            return Ok(match settled {
                Settled::Left(tries) => Confirmation::Rejected(tries),
                Settled::MethodBlocked(until) => Confirmation::Blocked(Some(until)),
                Settled::AccountBlocked => Confirmation::Blocked(None),
            });
        };
        let seed = opaque(self.entropy.as_ref());
        let activated = sqlx::query(
            "UPDATE totp SET secret = proposed, confirmed_at = $2, last_step = $3, recovery_seed = $4, proposed = NULL, \
             proposed_at = NULL WHERE subject = $1 AND proposed = $5",
        )
        .bind(subject)
        .bind(now)
        .bind(step)
        .bind(&seed)
        .bind(&proposed)
        .execute(&mut *tx)
        .await?;
        if activated.rows_affected() != 1 {
            return Ok(Confirmation::NothingProposed);
        }
        tries::right(&mut tx, subject, MethodId::Totp, now).await?;
        // The tries of the codes before are of codes that are void.
        tries::forget(&mut tx, subject, MethodId::RecoveryCode).await?;
        let kind = if replaces { "totp_replaced" } else { "totp_activated" };
        self.factors_changed(&mut tx, caller, kind, now).await?;
        // The person has just given a second factor: the session is none of a password alone any more.
        if let Some(method) = self.profile.methods.get(&MethodId::Totp) {
            sqlx::query("UPDATE sign_in_grant SET acr = $2, mfa_time = $3 WHERE id = $1 AND acr = 'pwd'")
                .bind(&caller.grant_id)
                .bind(&method.acr)
                .bind(now)
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        self.wake_messages();
        Ok(Confirmation::Active(recovery_codes::shown(self, subject, &seed)))
    }

    /// Removes the authenticator app and its recovery codes; whether there was one.
    pub(crate) async fn remove_totp(&self, proof: &Proof, caller: &Caller) -> Result<bool, Fault> {
        let now = self.clock.now();
        let subject = &caller.account.subject;
        let mut tx = self.store.begin().await?;
        nonce::consume(&mut tx, proof, now).await?;
        credentials::lock_sign_ins(&mut tx, subject).await?;
        tries::lock(&mut tx, subject, MethodId::Totp).await?;
        let removed = sqlx::query("DELETE FROM totp WHERE subject = $1 AND confirmed_at IS NOT NULL")
            .bind(subject)
            .execute(&mut *tx)
            .await?;
        if removed.rows_affected() != 1 {
            return Ok(false);
        }
        sqlx::query("DELETE FROM recovery_code_use WHERE subject = $1")
            .bind(subject)
            .execute(&mut *tx)
            .await?;
        self.factors_changed(&mut tx, caller, "totp_removed", now).await?;
        tx.commit().await?;
        self.wake_messages();
        Ok(true)
    }

    /// A factor was added, replaced or removed: trust and the other sessions end, and the owner is told (CHN-04).
    pub(crate) async fn factors_changed(
        &self,
        tx: &mut Connection,
        caller: &Caller,
        kind: &'static str,
        now: UnixMillis,
    ) -> Result<(), Fault> {
        let subject = &caller.account.subject;
        let spared = Spared::Session(&caller.grant_id);
        let read = Some(caller.account.credential_epoch);
        if !credentials::change(self, tx, subject, read, spared, "factors_changed", now).await? {
            // Something else has changed since the call was let in: again, if it still may.
            return Err(Fault::Busy);
        }
        message::notify_all(self, tx, &caller.account, message::Kind::FactorsChanged, None, now).await?;
        Ok(Event::new(kind, now).of(subject).on(&caller.device_id).record(self, tx).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"12345678901234567890";

    #[test]
    fn rfc_6238_vectors() {
        // Appendix B, SHA-1, of which six digits are ours.
        for (time, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(matching_steps(SECRET, code, time * 1000, 0), [time / STEP], "{time}");
        }
    }

    #[test]
    fn otp_04_one_step_either_side() {
        let code = generator(SECRET, "", "").generate(59).to_string();
        for (second, good) in [(0, true), (29, true), (30, true), (89, true), (90, false), (119, false)] {
            assert_eq!(matching_steps(SECRET, &code, second * 1000, WINDOW) == [1], good, "{second}");
        }
    }

    #[test]
    fn the_address_for_an_authenticator_names_portal_and_person() {
        let uri = generator(SECRET, "Doctipro: essai", "medecin@example.org").to_url().unwrap();
        assert!(uri.starts_with("otpauth://totp/"), "{uri}");
        assert!(uri.contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"), "{uri}");
        assert!(uri.contains("issuer=Doctipro%20%20essai"), "{uri}");
    }
}
