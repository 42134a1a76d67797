//! Codes: length, validity, wrong ones and what they block.

use super::{Prover, Strong, bench::Person, duration, durations, edge};
use anyhow::{Context, Result, bail, ensure};
use parvis_portal_profile::{CodeBlock, MethodId};

/// An account that was blocked is looked at again after this long.
const LONG_S: i64 = 40 * 86_400;

impl Prover<'_> {
    pub(super) async fn codes(&mut self) {
        let Some(strong) = self.strong() else {
            self.line("a code", "asked of nobody", Ok("asked of nobody".to_owned()));
            return;
        };
        let measured = self.first_step(&strong).await;
        let rule = &self.profile.second_factor;
        let preferred = rule.preferred.as_str();
        let expected = if rule.ask_at_once || self.profile.methods.len() == 1 {
            format!("asks for the {preferred} code")
        } else {
            format!("proposes {preferred}")
        };
        self.line("after the password", expected, measured);
        for method in self.sent_methods() {
            self.codes_of(&strong, method).await;
        }
    }

    async fn first_step(&self, strong: &Strong) -> Result<String> {
        let person = self.strong_person(strong).await?;
        let reply = self.bench.password(&self.bench.desk("first"), &person).await?;
        match reply.step() {
            "otp" => Ok(format!("asks for the {} code", reply.text("/next/method")?)),
            "select_method" => Ok(format!("proposes {}", reply.text("/next/preferred")?)),
            _ => bail!("{}", reply.short()),
        }
    }

    async fn codes_of(&mut self, strong: &Strong, method: MethodId) {
        let name = method.as_str();
        let (code, tries) = (self.profile.code, self.profile.code_tries.clone());
        let measured = self.length_and_acr(strong, method).await;
        let acr = self.profile.methods.get(&method).map_or("", |settings| settings.acr.as_str());
        self.line(format!("{name}: a code"), format!("{} digits, {acr}", code.length), measured);
        let seconds = i64::from(code.validity_s);
        let measured = async {
            let before = self.code_lives_at(strong, method, seconds - 1).await?;
            let at = self.code_lives_at(strong, method, seconds).await?;
            Ok(edge(seconds, before, at))
        };
        let measured = measured.await;
        self.line(format!("{name}: a code is good for"), duration(seconds), measured);
        let blocks: Vec<i64> = match tries.then {
            CodeBlock::Account => Vec::new(),
            CodeBlock::Method => {
                (1..tries.blocks_until_support).map(|nth| i64::from(tries.block_s(nth))).collect()
            }
        };
        let (wrong, measured) = match self.blocks(strong, method).await {
            Ok((wrong, blocks)) => (Ok(wrong.to_string()), Ok(blocked(&blocks))),
            Err(error) => (Err(anyhow::anyhow!("{error:#}")), Err(error)),
        };
        self.line(format!("{name}: wrong codes before a block"), tries.limit, wrong);
        self.line(format!("{name}: blocked for"), blocked(&blocks), measured);
    }

    async fn length_and_acr(&self, strong: &Strong, method: MethodId) -> Result<String> {
        let person = self.strong_person(strong).await?;
        let desk = self.bench.desk("code");
        let asked = self.bench.asked(&desk, &person, method).await?;
        let authorized = asked.answer(&asked.code).await?;
        ensure!(authorized.is_authorized(), "the right code: {}", authorized.short());
        let again = asked.answer(&asked.code).await?;
        ensure!(!again.is_authorized(), "the code works twice");
        let tokens = desk.redeem(&authorized).await?;
        let acr = tokens.text("/id_token").and_then(acr)?;
        Ok(format!("{} digits, {acr}", asked.code.len()))
    }

    async fn code_lives_at(&self, strong: &Strong, method: MethodId, seconds: i64) -> Result<bool> {
        let person = self.strong_person(strong).await?;
        let asked = self.bench.asked(&self.bench.desk("validity"), &person, method).await?;
        self.bench.advance_s(seconds);
        let reply = asked.answer(&asked.code).await?;
        if !reply.is_authorized() {
            ensure!(reply.problem() == "code_expired", "{}", reply.short());
        }
        Ok(reply.is_authorized())
    }

    /// Wrong codes until the first block, and how long each block lasts until support has to act: the method is refused a second
    /// before its end, and asks again at it.
    async fn blocks(&self, strong: &Strong, method: MethodId) -> Result<(u32, Vec<i64>)> {
        let person = self.strong_person(strong).await?;
        let desk = self.bench.desk("wrong codes");
        let mut first = None;
        let mut blocks = Vec::new();
        loop {
            let asked = self.asked_when_possible(&person, method).await?;
            let mut wrong = 0;
            let reply = loop {
                let reply = asked.answer(&asked.wrong()).await?;
                wrong += 1;
                match reply.problem() {
                    "code_rejected" => ensure!(wrong < 100, "no block after {wrong} wrong codes"),
                    "method_blocked" | "account_blocked" => break reply,
                    _ => bail!("after {wrong} wrong codes: {}", reply.short()),
                }
            };
            let limit = *first.get_or_insert(wrong);
            ensure!(wrong == limit, "{limit} wrong codes at first, {wrong} later");
            if reply.problem() == "account_blocked" {
                self.stays_blocked(&person).await?;
                return Ok((limit, blocks));
            }
            let seconds = reply.number("/until")? - self.bench.now_s();
            self.bench.advance_s(seconds - 1);
            if self.bench.ask(&desk.again(), &person, method).await?.is_ok() {
                bail!("open again before {}", duration(seconds));
            }
            self.bench.advance_s(1);
            blocks.push(seconds);
            ensure!(blocks.len() <= 100, "support never has to act");
        }
    }

    /// Asks for a code; waits where sends have run out.
    async fn asked_when_possible(&self, person: &Person, method: MethodId) -> Result<super::bench::Asked> {
        for _ in 0..50 {
            match self.bench.ask(&self.bench.desk("wrong codes"), person, method).await? {
                Ok(asked) => return Ok(asked),
                Err(reply) if reply.problem() == "send_refused" => {
                    self.bench.advance_s((reply.number("/until")? - self.bench.now_s()).max(1));
                }
                Err(reply) => bail!("{}", reply.short()),
            }
        }
        bail!("no code can be had any more")
    }

    async fn stays_blocked(&self, person: &Person) -> Result<()> {
        self.bench.advance_s(LONG_S);
        let desk = self.bench.desk("wrong codes");
        let reply = self.bench.password(&desk, person).await?;
        ensure!(reply.step() == "contact_support", "open again without support: {}", reply.short());
        let account = self.bench.portal.account(&person.name).await?.context("the account is gone")?;
        self.bench.portal.unblock_account(&account).await?;
        let reply = self.bench.password(&desk.again(), person).await?;
        ensure!(reply.step() != "contact_support", "support did not help: {}", reply.short());
        Ok(())
    }
}

/// `15 min, 1 h, then the account until support acts`.
fn blocked(blocks: &[i64]) -> String {
    if blocks.is_empty() {
        return "the account, until support acts".to_owned();
    }
    format!("{}, then the account, until support acts", durations(blocks.iter().copied()))
}

/// The claim of an id token.
fn acr(token: &str) -> Result<String> {
    let claims = token.split('.').nth(1).context("no token")?;
    let claims = parvis_protocol::encoding::from_base64url(claims).context("no token")?;
    let claims: serde_json::Value = serde_json::from_slice(&claims)?;
    Ok(claims["acr"].as_str().unwrap_or_default().to_owned())
}
