//! Entrances, rights, languages, and whom a blocked person is told to contact.

use super::Prover;
use anyhow::{Result, bail, ensure};
use serde_json::json;
use std::collections::BTreeSet;

impl Prover<'_> {
    pub(super) async fn entrances(&mut self) {
        let roles: Vec<&str> = self.profile.roles.iter().map(|role| role.id.as_str()).collect();
        for role in &self.profile.roles {
            let others: Vec<&str> = roles.iter().copied().filter(|id| *id != role.id).collect();
            let expected = format!("{}; wrong_role at {}", role.id, listed(&others));
            let measured = self.accepted_at(&role.id, &roles).await;
            self.line(format!("entrance of a {}", role.id), expected, measured);
        }
        let rights: Vec<String> = self.profile.rights.keys().cloned().collect();
        let due: Vec<&str> = rights
            .iter()
            .filter(|right| self.profile.second_factor.required_for_rights.contains(right))
            .map(String::as_str)
            .collect();
        let measured = self.rights_that_ask_for_a_code(&rights).await;
        self.line("rights that make a code due", listed(&due), measured);
        let languages: Vec<&str> = self.profile.languages.iter().map(|language| language.as_str()).collect();
        let measured = self.languages().await;
        self.line("languages of mails", listed(&languages), measured);
        let support = &self.profile.support;
        let contact: Vec<&str> =
            [&support.email, &support.phone].into_iter().flatten().map(String::as_str).collect();
        let measured = self.support().await;
        self.line("shown to a blocked person", listed(&contact), measured);
    }

    async fn accepted_at(&self, role: &str, entrances: &[&str]) -> Result<String> {
        let Some(role) = self.bench.portal.profile.role(role).cloned() else {
            return Ok("no such role".to_owned());
        };
        let person = self.bench.person_of(&role, &[]).await?;
        let (mut accepted, mut refused) = (Vec::new(), Vec::new());
        for entrance in entrances {
            let desk = self.bench.desk("entrance");
            let reply = desk.password(entrance, &person.name, &person.password).await?;
            let told = reply.json.pointer("/next/roles") == Some(&json!([role.id]));
            match reply.problem() {
                "wrong_role" if told => refused.push(*entrance),
                "" => accepted.push(*entrance),
                other => bail!("{other} at {entrance}"),
            }
        }
        Ok(format!("{}; wrong_role at {}", listed(&accepted), listed(&refused)))
    }

    async fn rights_that_ask_for_a_code(&self, rights: &[String]) -> Result<String> {
        let plain = self.bench.person(&[]).await?;
        let reply = self.bench.password(&self.bench.desk("no right"), &plain).await?;
        ensure!(reply.is_authorized(), "asked of an account without rights: {}", reply.short());
        let mut due = Vec::new();
        for right in rights {
            let person = self.bench.person(std::slice::from_ref(right)).await?;
            let reply = self.bench.password(&self.bench.desk(right), &person).await?;
            if !reply.is_authorized() {
                due.push(right.as_str());
            }
        }
        Ok(listed(&due))
    }

    /// A mail in each language that was asked for; different texts, so that none stands in for another.
    async fn languages(&self) -> Result<String> {
        let mut found = Vec::new();
        let mut texts = BTreeSet::new();
        for language in &self.profile.languages {
            let person = self.bench.person(&[]).await?;
            self.bench.ask_for_link(&person, *language).await?;
            for message in self.bench.sent_to(&person.email).await? {
                if message.language == *language && texts.insert(message.subject) {
                    found.push(language.as_str());
                }
            }
        }
        Ok(listed(&found))
    }

    async fn support(&self) -> Result<String> {
        let person = self.bench.person(&[]).await?;
        self.bench.portal.block_account(&person.subject).await?;
        let reply = self.bench.password(&self.bench.desk("blocked"), &person).await?;
        ensure!(reply.step() == "contact_support", "{}", reply.short());
        let contact = ["/support/email", "/support/phone"].map(|pointer| reply.text(pointer));
        let contact: Vec<&str> = contact.iter().filter_map(|value| value.as_ref().ok().copied()).collect();
        Ok(listed(&contact))
    }
}

fn listed(words: &[&str]) -> String {
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}
