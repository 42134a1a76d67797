//! Trust and sessions.

use super::{Prover, duration, edge};
use anyhow::{Context, Result, bail};

impl Prover<'_> {
    pub(super) async fn trust(&mut self) {
        let Some(method) = self.sent_methods().first().copied() else { return };
        let Some(strong) = self.strong() else { return };
        match self.profile.trust {
            None => {
                let measured = async {
                    let person = self.strong_person(&strong).await?;
                    let desk = self.bench.desk("no trust");
                    let tokens = self.bench.sign_in(&desk, &person, Some(method), true).await?;
                    let granted = tokens.json.get("trusted_device").is_some();
                    let again = self.bench.password(&desk.again(), &person).await?;
                    Ok(if granted || again.is_authorized() { "granted" } else { "none" }.to_owned())
                };
                let measured = measured.await;
                self.line("a remembered workstation", "none", measured);
            }
            Some(trust) => {
                let seconds = i64::from(trust.max_age_s);
                let measured = self.granted_for(&strong).await;
                self.line("a remembered workstation, as it is told", duration(seconds), measured);
                let measured = async {
                    let before = self.trust_at(&strong, seconds - 1).await?;
                    let at = self.trust_at(&strong, seconds).await?;
                    Ok(edge(seconds, before, at))
                };
                let measured = measured.await;
                self.line("a remembered workstation, as it holds", duration(seconds), measured);
                let measured = self.handover(&strong).await;
                self.line("another person's sign-in there", "ends it", measured);
            }
        }
    }

    async fn granted_for(&self, strong: &super::Strong) -> Result<String> {
        let method = self.sent_methods().first().copied().context("no method is sent")?;
        let person = self.strong_person(strong).await?;
        let tokens = self.bench.sign_in(&self.bench.desk("told"), &person, Some(method), true).await?;
        Ok(duration(tokens.number("/trusted_device/expires_in")?))
    }

    /// Whether the password is enough, so many seconds after a workstation was remembered.
    async fn trust_at(&self, strong: &super::Strong, seconds: i64) -> Result<bool> {
        let method = self.sent_methods().first().copied().context("no method is sent")?;
        let person = self.strong_person(strong).await?;
        let desk = self.bench.desk(&person.name);
        self.bench.sign_in(&desk, &person, Some(method), true).await?;
        self.bench.advance_s(seconds);
        let reply = self.bench.password(&desk.again(), &person).await?;
        if !reply.is_authorized() && reply.reason() != "expired" {
            bail!("not honoured: {}", reply.short());
        }
        Ok(reply.is_authorized())
    }

    async fn handover(&self, strong: &super::Strong) -> Result<String> {
        let method = self.sent_methods().first().copied().context("no method is sent")?;
        let (first, second) = (self.strong_person(strong).await?, self.bench.person(&[]).await?);
        let desk = self.bench.desk("shared");
        self.bench.sign_in(&desk, &first, Some(method), true).await?;
        let holds = self.bench.password(&desk.again(), &first).await?;
        if !holds.is_authorized() {
            bail!("not honoured before: {}", holds.short());
        }
        self.bench.sign_in(&desk.again(), &second, None, false).await?;
        let after = self.bench.password(&desk.again(), &first).await?;
        Ok(match after.reason() {
            "other_professional" => "ends it".to_owned(),
            _ => format!("leaves it: {}", after.short()),
        })
    }

    pub(super) async fn sessions(&mut self) {
        let session = self.profile.session;
        let (inactivity, absolute) = (i64::from(session.inactivity_s), i64::from(session.absolute_s));
        let measured = async {
            let before = self.session_at(inactivity.min(absolute) - 1, inactivity).await?;
            let at = self.session_at(inactivity.min(absolute), inactivity).await?;
            Ok(edge(inactivity.min(absolute), before, at))
        };
        let measured = measured.await;
        self.line("a session without use", duration(inactivity.min(absolute)), measured);
        let measured = async {
            let before = self.session_at(absolute - 1, inactivity - 1).await?;
            let at = self.session_at(absolute, inactivity - 1).await?;
            Ok(edge(absolute, before, at))
        };
        let measured = measured.await;
        self.line("a session whatever happens", duration(absolute), measured);
    }

    /// Whether a session is open after so many seconds, used each `pause` at the latest.
    async fn session_at(&self, seconds: i64, pause: i64) -> Result<bool> {
        let person = self.bench.person(&[]).await?;
        let desk = self.bench.desk("session");
        let tokens = self.bench.sign_in(&desk, &person, None, false).await?;
        let mut token = tokens.text("/refresh_token")?.to_owned();
        let mut left = seconds;
        loop {
            let step = left.min(pause.max(1));
            self.bench.advance_s(step);
            left -= step;
            let reply = desk.refresh(&token).await?;
            if reply.status != 200 || left == 0 {
                return Ok(reply.status == 200);
            }
            reply.text("/refresh_token")?.clone_into(&mut token);
        }
    }
}
