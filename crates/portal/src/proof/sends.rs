//! Sending codes: how often, and what too many requests do.

use super::{
    Prover, Strong,
    bench::{DAY_S, Person},
    duration, edge,
};
use anyhow::{Result, ensure};
use parvis_portal_profile::{MethodId, SendLimits};

/// What came of a request for a code.
enum Requested {
    Sent,
    /// Again in so many seconds.
    Refused(i64),
    Blocked,
}

impl Prover<'_> {
    pub(super) async fn sends(&mut self) {
        let Some(strong) = self.strong() else { return };
        let limits = self.profile.sends;
        for method in self.sent_methods() {
            let name = method.as_str();
            let interval = i64::from(limits.interval_s);
            let measured = async {
                let before = self.sent_after(&strong, method, interval - 1).await?;
                let at = self.sent_after(&strong, method, interval).await?;
                Ok(edge(interval, !before, !at))
            };
            let measured = measured.await;
            self.line(format!("{name}: between two codes"), duration(interval), measured);
            let per_window =
                limits.requests_until_support.map_or(limits.per_window, |n| n.min(limits.per_window));
            let measured = self.sent_in_a_window(&strong, method).await;
            let window = duration(i64::from(limits.window_s));
            self.line(format!("{name}: codes in {window}"), per_window, measured);
            match limits.requests_until_support {
                None => {
                    let measured = self.sent_in_a_day(&strong, method).await;
                    self.line(format!("{name}: codes in 24 h"), in_a_day(&limits), measured);
                }
                Some(requests) => {
                    let expected = format!("{requests} requests block the account");
                    let measured = self.requests_that_block(&strong, method).await;
                    self.line(format!("{name}: codes nobody enters"), expected, measured);
                }
            }
        }
    }

    /// Asks once more for a code, as somebody would who waits at the workstation.
    async fn request(&self, person: &Person, method: MethodId) -> Result<Requested> {
        let count = async || anyhow::Ok(self.bench.codes(person, method).await?.len());
        let before = count().await?;
        let desk = self.bench.desk("sends");
        let reply = self.bench.password(&desk, person).await?;
        if reply.problem() == "account_blocked" {
            return Ok(Requested::Blocked);
        }
        if count().await? > before {
            return Ok(Requested::Sent);
        }
        let reply = if reply.problem() == "send_refused"
            && reply.text("/next/method").ok() == Some(method.as_str())
        {
            reply
        } else {
            desk.choose(reply.text("/auth_session")?, method.as_str()).await?
        };
        if reply.problem() == "account_blocked" {
            return Ok(Requested::Blocked);
        }
        if count().await? > before {
            return Ok(Requested::Sent);
        }
        ensure!(reply.problem() == "send_refused", "neither sent nor refused: {}", reply.short());
        Ok(Requested::Refused(reply.number("/until")? - self.bench.now_s()))
    }

    async fn sent_after(&self, strong: &Strong, method: MethodId, seconds: i64) -> Result<bool> {
        let person = self.strong_person(strong).await?;
        ensure!(
            matches!(self.request(&person, method).await?, Requested::Sent),
            "the first code was not sent"
        );
        self.bench.advance_s(seconds);
        Ok(matches!(self.request(&person, method).await?, Requested::Sent))
    }

    async fn sent_in_a_window(&self, strong: &Strong, method: MethodId) -> Result<String> {
        let person = self.strong_person(strong).await?;
        let interval = i64::from(self.profile.sends.interval_s);
        let (mut sent, mut elapsed) = (0, 0);
        while elapsed < i64::from(self.profile.sends.window_s) {
            match self.request(&person, method).await? {
                Requested::Sent => sent += 1,
                Requested::Refused(wait) if wait > interval => break,
                Requested::Refused(_) => {}
                Requested::Blocked => break,
            }
            self.bench.advance_s(interval.max(1));
            elapsed += interval.max(1);
        }
        Ok(sent.to_string())
    }

    async fn sent_in_a_day(&self, strong: &Strong, method: MethodId) -> Result<String> {
        let person = self.strong_person(strong).await?;
        let (mut sent, mut elapsed) = (0_u32, 0);
        while elapsed < DAY_S {
            match self.request(&person, method).await? {
                Requested::Sent => sent += 1,
                Requested::Refused(wait) => {
                    self.bench.advance_s(wait.max(1));
                    elapsed += wait.max(1);
                }
                Requested::Blocked => return Ok(format!("{sent}, then the account is blocked")),
            }
            ensure!(sent <= 1000, "no limit after {sent}");
        }
        Ok(sent.to_string())
    }

    /// While the last code lives a further request is refused; once it is over, the account is blocked.
    async fn requests_that_block(&self, strong: &Strong, method: MethodId) -> Result<String> {
        let person = self.strong_person(strong).await?;
        let mut sent = 0_u32;
        loop {
            match self.request(&person, method).await? {
                Requested::Sent => sent += 1,
                Requested::Refused(wait) => self.bench.advance_s(wait.max(1)),
                Requested::Blocked => return Ok(format!("{sent} requests block the account")),
            }
            ensure!(sent <= 100, "{sent} requests block nothing");
        }
    }
}

/// Codes that the interval, the window and the limit of a day let through in 24 hours.
fn in_a_day(limits: &SendLimits) -> usize {
    let per_window = usize::try_from(limits.per_window).unwrap_or(usize::MAX);
    let per_day = usize::try_from(limits.per_day).unwrap_or(usize::MAX);
    let mut sent: Vec<i64> = Vec::new();
    while sent.len() < per_day {
        let after_interval = sent.last().map_or(0, |last| last + i64::from(limits.interval_s));
        let window = sent.len().checked_sub(per_window).map(|first| sent[first] + i64::from(limits.window_s));
        let next = window.map_or(after_interval, |window| window.max(after_interval));
        if next >= DAY_S {
            break;
        }
        sent.push(next);
    }
    sent.len()
}
