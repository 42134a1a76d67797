//! New passwords, wrong ones, and the mailed link that sets one.

use super::{
    Prover,
    bench::{DAY_S, Person},
    duration, durations, edge,
};
use anyhow::{Context, Result, bail, ensure};
use parvis_portal_profile::{Language, PasswordTries};
use serde_json::{Value, json};

/// Where a search for the least accepted length begins to give up.
const LONGEST: usize = 1100;

impl Prover<'_> {
    pub(super) async fn passwords(&mut self) {
        let rules = self.profile.password;
        let prober = self.prober().await;
        let prober = match prober {
            Ok(prober) => prober,
            Err(error) => return self.line("rules of a new password", "by a mailed link", Err(error)),
        };
        let measured = self.least(&prober, "too_short", |length| "a".repeat(length)).await;
        self.line("shortest password", format!("{} characters", rules.min_length), measured.map(characters));
        let measured = self.least_refused(&prober).await;
        let longest = measured.map(|length| characters(length.saturating_sub(1)));
        self.line("longest password", format!("{} characters", rules.max_length), longest);
        let classes = [
            ("digit", rules.digits, 0),
            ("upper", rules.upper, 1),
            ("lower", rules.lower, 2),
            ("special", rules.special, 3),
        ];
        for (rule, wanted, place) in classes {
            // Twenty of another class before it, so that small letters are counted too.
            let own = ["1", "A", "a", "#"][place];
            let other = if place == 0 { "A" } else { "1" };
            let make = |count: usize| format!("{}{}", other.repeat(20), own.repeat(count));
            let measured = self.least(&prober, rule, make).await;
            self.line(format!("{rule} characters needed"), wanted, measured.map(|count| count.to_string()));
        }
        let measured = self.sets(&prober).await;
        self.line("a password by the rules", "is set and signs in", measured);
    }

    async fn prober(&self) -> Result<Prober> {
        let person = self.bench.person(&[]).await?;
        let token = self.bench.ask_for_link(&person, Language::Fr).await?;
        Ok(Prober { person, token })
    }

    /// The rules that a new password does not meet. The link is not used up by asking: what is probed repeats one letter, and is
    /// refused for that as well (PWD-03).
    async fn unmet(&self, prober: &Prober, password: &str) -> Result<Vec<String>> {
        let body = json!({"token": prober.token, "new_password": password});
        let reply = self.bench.desk("link").call("account/recovery/complete", body, None).await?;
        let problems = reply.json.get("problems").and_then(Value::as_array).context(reply.short())?;
        Ok(problems.iter().filter_map(|problem| problem["code"].as_str()).map(ToOwned::to_owned).collect())
    }

    /// The least count at which a rule is met.
    async fn least(&self, prober: &Prober, rule: &str, make: impl Fn(usize) -> String) -> Result<usize> {
        let met = async |count: usize| {
            let password = make(count);
            let probe = if password.is_empty() { " ".to_owned() } else { password };
            let unmet = self.unmet(prober, &probe).await?;
            ensure!(!unmet.iter().any(|code| code == "expired"), "the link is over");
            Ok(!unmet.iter().any(|code| code == rule))
        };
        let (mut refused, mut accepted) = (None, LONGEST);
        if rule != "too_short" {
            // Small numbers: one after the other.
            for count in 0..=32 {
                match met(count).await {
                    Ok(true) => return Ok(count),
                    Ok(false) => {}
                    Err(error) => return Err(error),
                }
            }
            bail!("more than 32");
        }
        while accepted - refused.map_or(0, |count: usize| count) > 1 {
            let middle = usize::midpoint(refused.unwrap_or(0), accepted);
            if met(middle).await? { accepted = middle } else { refused = Some(middle) }
        }
        Ok(accepted)
    }

    /// The least length that is too long.
    async fn least_refused(&self, prober: &Prober) -> Result<usize> {
        let (mut fits, mut long) = (1, LONGEST);
        while long - fits > 1 {
            let middle = usize::midpoint(fits, long);
            let unmet = self.unmet(prober, &"a".repeat(middle)).await?;
            if unmet.iter().any(|code| code == "too_long") { long = middle } else { fits = middle }
        }
        Ok(long)
    }

    async fn sets(&self, prober: &Prober) -> Result<String> {
        let password = super::bench::password(&self.profile.password);
        let body = json!({"token": prober.token, "new_password": password});
        let desk = self.bench.desk("link");
        let reply = desk.call("account/recovery/complete", body.clone(), None).await?;
        ensure!(reply.status == 204, "refused: {}", reply.json);
        let person = Person { password, ..prober.person.clone() };
        let reply = self.bench.password(&desk.again(), &person).await?;
        ensure!(reply.is_authorized(), "does not sign in: {}", reply.short());
        let again = desk.call("account/recovery/complete", body, None).await?;
        ensure!(again.status == 400, "the link works twice");
        Ok("is set and signs in".to_owned())
    }

    pub(super) async fn recovery(&mut self) {
        let seconds = i64::from(self.profile.recovery.link_validity_s);
        let measured = async {
            let before = self.link_lives_at(seconds - 1).await?;
            let at = self.link_lives_at(seconds).await?;
            Ok(edge(seconds, before, at))
        };
        let measured = measured.await;
        self.line("a mailed link is good for", duration(seconds), measured);
    }

    async fn link_lives_at(&self, seconds: i64) -> Result<bool> {
        let prober = self.prober().await?;
        self.bench.advance_s(seconds);
        Ok(!self.unmet(&prober, "x").await?.iter().any(|code| code == "expired"))
    }

    pub(super) async fn password_tries(&mut self) {
        let tries = &self.profile.password_tries;
        let measured = self.free_tries_and_delays(tries).await;
        let (free, delays) = match measured {
            Ok((free, delays)) => (Ok(free.to_string()), Ok(durations(delays))),
            Err(error) => (Err(anyhow::anyhow!("{error:#}")), Err(error)),
        };
        let expected = durations((0..waits(tries)).map(|n| i64::from(tries.delay_s(tries.free + n))));
        let (free_promised, per_day, known) = (tries.free, tries.per_day, tries.per_day_known_workstation);
        self.line("wrong passwords before a wait", free_promised, free);
        self.line("waits after further ones", expected, delays);
        let (expected, expected_known) = (in_a_day(tries, per_day), in_a_day(tries, known));
        let measured = self.evaluated_in_a_day(false).await;
        self.line("wrong passwords in 24 h, elsewhere", expected, measured);
        let measured = self.evaluated_in_a_day(true).await;
        self.line("wrong passwords in 24 h, where known", expected_known, measured);
    }

    /// The wrong tries before the first wait, and each wait as it was found: refused a second before, evaluated at its end.
    async fn free_tries_and_delays(&self, tries: &PasswordTries) -> Result<(u32, Vec<i64>)> {
        let person = self.bench.person(&[]).await?;
        let desk = self.bench.desk("somewhere");
        let mut free = 0;
        let mut delays = Vec::new();
        loop {
            let reply = self.bench.wrong_password(&desk, &person).await?;
            match reply.retry_after {
                None if delays.is_empty() => free += 1,
                None => bail!("evaluated at once after {} waits", delays.len()),
                Some(wait) => {
                    delays.push(wait);
                    self.bench.advance_s(wait - 1);
                    let early = self.bench.password(&desk, &person).await?;
                    ensure!(early.status == 429, "a second before the end: {}", early.short());
                    self.bench.advance_s(1);
                    if delays.len() >= usize::try_from(waits(tries))? {
                        let reply = self.bench.password(&desk, &person).await?;
                        ensure!(!matches!(reply.status, 429), "at the end: {}", reply.short());
                        return Ok((free, delays));
                    }
                    let reply = self.bench.wrong_password(&desk, &person).await?;
                    ensure!(reply.status == 400, "at the end: {}", reply.short());
                }
            }
            ensure!(free <= 1000, "no wait after {free} wrong passwords");
        }
    }

    async fn evaluated_in_a_day(&self, known: bool) -> Result<String> {
        let person = self.bench.person(&[]).await?;
        let desk = self.bench.desk(&person.name);
        if known {
            self.bench.sign_in(&desk, &person, None, false).await?;
        }
        let (mut count, mut elapsed) = (0_u32, 0);
        loop {
            let reply = self.bench.wrong_password(&desk, &person).await?;
            match reply.retry_after {
                None => count += 1,
                Some(wait) if elapsed + wait >= DAY_S => break,
                Some(wait) => {
                    elapsed += wait;
                    self.bench.advance_s(wait);
                }
            }
            ensure!(count <= 1000, "no limit after {count}");
        }
        // The limit holds for 24 hours and no longer.
        self.bench.advance_s(DAY_S);
        let reply = self.bench.password(&desk, &person).await?;
        ensure!(reply.is_authorized(), "refused a day later: {}", reply.short());
        Ok(count.to_string())
    }
}

struct Prober {
    person: Person,
    token: String,
}

/// Waits to be measured: each one, and that the last repeats, as far as the limit of a day lets them be seen.
fn waits(tries: &PasswordTries) -> u32 {
    let each = u32::try_from(tries.delays_s.len()).unwrap_or(u32::MAX).saturating_add(1);
    each.min(tries.per_day.saturating_sub(tries.free)).max(1)
}

/// Wrong passwords that the waits and the limit of a day let through in 24 hours.
fn in_a_day(tries: &PasswordTries, per_day: u32) -> u32 {
    let (mut count, mut elapsed) = (0, 0);
    while count < per_day && elapsed < DAY_S {
        count += 1;
        elapsed += i64::from(tries.delay_s(count));
    }
    count
}

fn characters(length: usize) -> String {
    format!("{length} characters")
}
