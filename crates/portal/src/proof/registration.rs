//! Opening an account, and inviting delegates.

use super::{
    Prover,
    desk::{Desk, Reply},
    duration, edge,
};
use crate::import::ImportRecords;
use anyhow::{Context, Result, bail, ensure};
use parvis_portal_profile::{ConsentStep, ContactProof, FieldId, Registration};
use parvis_protocol::entropy::{OsEntropy, opaque_short};
use serde_json::{Value, json};

/// A password that every profile takes.
const CHOSEN: &str = "Ngp7-vroxal.Tide9";
const DAY_S: i64 = 86_400;

/// Somebody who registers: everybody has a number, an address and a permit of their own.
struct Applicant {
    desk: Desk,
    phone: String,
    email: String,
    permit_number: String,
}

impl Prover<'_> {
    pub(super) async fn registration(&mut self) {
        let Some(registration) = self.profile.registration.clone() else {
            self.line("an account is opened", "by the portal alone", self.offered().await);
            return;
        };
        let steps: Vec<&str> = registration.proofs.iter().map(|proof| word(*proof)).collect();
        let measured = self.whole(&registration).await;
        self.line(
            "an account is opened",
            format!("{}, after {}", registration.role, steps.join(", ")),
            measured,
        );
        let consents: Vec<String> =
            registration.consents.iter().map(|text| format!("{} {}", text.id, text.version)).collect();
        let expected = if consents.is_empty() { "nothing".to_owned() } else { consents.join(", ") };
        self.line("what is accepted for it", expected, self.accepted().await);
        let fields: Vec<&str> = registration.fields.iter().map(|field| field.id.as_str()).collect();
        self.line("what its form needs", fields.join(", "), self.needed(&registration).await);
        self.line("an address in use", "is answered as a free one", self.in_use(&registration).await);
        if let Some(code) = registration.phone_code {
            self.line(
                "the code to a number",
                format!("{} digits", code.length),
                self.phone_digits(&registration).await,
            );
            let tries = self.phone_tries(&registration).await;
            self.line("codes of a number looked at in 24 h", code.tries_per_day, tries);
            let sends = self.phone_sends(&registration).await;
            self.line("messages to a number in 24 h", code.sends_per_day, sends);
        }
        if registration.proofs.contains(&ContactProof::Activation) {
            let measured = self.activation_validity(&registration).await;
            self.line("the link that activates is good for", duration(DAY_S), measured);
        }
        if let Some(delegates) = self.profile.delegates.clone() {
            let measured = self.delegates(&delegates.invited_by).await;
            self.line("delegates of one person", format!("{} {}", delegates.most, delegates.role), measured);
        }
    }

    async fn offered(&self) -> Result<String> {
        let desk = self.bench.desk("registration");
        let reply = desk.call("account/registration", json!({"fields": {}}), None).await?;
        ensure!(reply.status == 404, "{}", reply.short());
        Ok("by the portal alone".to_owned())
    }

    async fn applicant(&self) -> Result<Applicant> {
        let number = self.bench.next_number();
        let applicant = Applicant {
            desk: self.bench.desk(&format!("registration {number}")),
            phone: format!(
                "+33 6 13 {:02} {:02} {:02}",
                number / 10_000 % 100,
                number / 100 % 100,
                number % 100
            ),
            email: format!("new{number}@proof.example.org"),
            permit_number: format!("0{number:06}"),
        };
        if self.profile.registration.as_ref().is_some_and(|form| form.field(FieldId::PermitNumber).is_some())
        {
            let Applicant { email, permit_number, .. } = &applicant;
            let file = format!("permit_number,name,email\n{permit_number},Member {number},{email}\n");
            let import = ImportRecords::default();
            let imported = self.bench.portal.import_members(file.as_bytes(), import, |_| ()).await?;
            ensure!(imported.new == 1, "the member cannot be imported");
        }
        Ok(applicant)
    }

    /// From the form to the first sign-in.
    async fn whole(&self, registration: &Registration) -> Result<String> {
        let applicant = self.applicant().await?;
        let mut reply = applicant.send(registration).await?;
        let session = reply.text("/registration_session")?.to_owned();
        let mut proved = Vec::new();
        loop {
            reply = match reply.step() {
                "verify_phone" => {
                    proved.push(word(ContactProof::Phone));
                    self.prove(&applicant, &session, &reply, &applicant.number()).await?
                }
                "verify_email" => {
                    proved.push(word(ContactProof::Email));
                    self.prove(&applicant, &session, &reply, &applicant.email).await?
                }
                "consent" => {
                    let consents = reply.json.pointer("/next/consents").cloned().unwrap_or_default();
                    applicant.post(json!({"registration_session": session, "accepted": consents})).await?
                }
                "done" => break,
                _ => bail!("{}", reply.short()),
            };
        }
        let name = reply.text("/next/identifier")?.to_owned();
        if reply.json.pointer("/next/opened") == Some(&json!(false)) {
            proved.push(word(ContactProof::Activation));
            let token = self.token_to(&applicant.email).await?;
            let activated = applicant.desk.call("account/activation", json!({"token": token}), None).await?;
            ensure!(activated.status == 204, "{}", activated.short());
        }
        let signed_in = applicant.desk.password(&registration.role, &name, CHOSEN).await?;
        ensure!(signed_in.is_authorized() || !signed_in.step().is_empty(), "{}", signed_in.short());
        ensure!(signed_in.problem().is_empty(), "{}", signed_in.short());
        Ok(format!("{}, after {}", registration.role, proved.join(", ")))
    }

    async fn prove(&self, applicant: &Applicant, session: &str, asked: &Reply, to: &str) -> Result<Reply> {
        let code = self.newest_code(to, asked).await?;
        let challenge = asked.text("/next/challenge_id")?;
        applicant.post(json!({"registration_session": session, "challenge_id": challenge, "otp": code})).await
    }

    /// The code of the newest message, as long as its question says: it stands alone in the text.
    async fn newest_code(&self, to: &str, asked: &Reply) -> Result<String> {
        let length = usize::try_from(asked.number("/next/length")?)?;
        let is_code = |word: &&str| word.len() == length && word.bytes().all(|byte| byte.is_ascii_digit());
        let sent = self.bench.sent_to(to).await?;
        let words = sent.iter().rev().find_map(|message| {
            message.text.split(|c: char| !c.is_ascii_alphanumeric()).find(is_code).map(ToOwned::to_owned)
        });
        words.context("no code was sent")
    }

    async fn token_to(&self, email: &str) -> Result<String> {
        let sent = self.bench.sent_to(email).await?;
        let text = sent.last().map(|message| message.text.clone()).context("no mail was sent")?;
        let token = text.split_once("activation#").and_then(|(_, rest)| rest.split_whitespace().next());
        Ok(token.context("no link in the mail")?.to_owned())
    }

    /// What the newest account has accepted.
    async fn accepted(&self) -> Result<String> {
        let rows: Vec<(String, String)> = sqlx::query_as(
            "SELECT document, version FROM consent WHERE subject = (SELECT subject FROM account ORDER BY created_at DESC, \
             subject LIMIT 1) OR subject IN (SELECT subject FROM registration WHERE subject IS NOT NULL) ORDER BY accepted_at, document DESC",
        )
        .fetch_all(self.bench.portal.store.read())
        .await?;
        let order = |id: &str| {
            self.profile
                .registration
                .as_ref()
                .and_then(|form| form.consents.iter().position(|text| text.id == id))
        };
        let mut rows = rows;
        rows.sort_by_key(|(id, _)| order(id));
        rows.dedup();
        let texts: Vec<String> = rows.into_iter().map(|(id, version)| format!("{id} {version}")).collect();
        Ok(if texts.is_empty() { "nothing".to_owned() } else { texts.join(", ") })
    }

    /// Fields that an empty form is refused for.
    async fn needed(&self, registration: &Registration) -> Result<String> {
        let applicant = self.applicant().await?;
        let accepted: Vec<&str> =
            registration.consents_at(ConsentStep::Form).map(|text| text.id.as_str()).collect();
        let reply = applicant.post(json!({"fields": {}, "declared": true, "accepted": accepted})).await?;
        let problems = reply.json.get("problems").and_then(Value::as_array).cloned().unwrap_or_default();
        let missing = problems.iter().filter(|problem| problem["code"] == "missing");
        let fields: Vec<String> =
            missing.filter_map(|one| one["field"].as_str().map(ToOwned::to_owned)).collect();
        Ok(fields.join(", "))
    }

    async fn in_use(&self, registration: &Registration) -> Result<String> {
        let applicant = self.applicant().await?;
        let role = self.profile.role(&registration.role).context("no such role")?;
        let free = applicant.send(registration).await?;
        // The same person again, once the address has an account.
        let owner = self.bench.person_of(role, &[]).await?;
        let mut other = self.applicant().await?;
        if registration.field(FieldId::PermitNumber).is_none() {
            other.email.clone_from(&owner.email);
        } else {
            let created = self.whole_of(&other, registration).await?;
            ensure!(created, "the member's account could not be opened");
            self.bench.advance_s(16 * 60);
        }
        let used =
            Applicant { desk: self.bench.desk("registration, again"), ..other }.send(registration).await?;
        let same = free.status == used.status && free.step() == used.step();
        Ok(if same {
            "is answered as a free one".to_owned()
        } else {
            format!("{} / {}", free.short(), used.short())
        })
    }

    async fn whole_of(&self, applicant: &Applicant, registration: &Registration) -> Result<bool> {
        applicant.send(registration).await?;
        let token = self.token_to(&applicant.email).await?;
        Ok(applicant.desk.call("account/activation", json!({"token": token}), None).await?.status == 204)
    }

    async fn phone_digits(&self, registration: &Registration) -> Result<String> {
        let applicant = self.applicant().await?;
        let reply = applicant.send(registration).await?;
        // A code of the length that is said, and no longer one.
        let code = self.newest_code(&applicant.number(), &reply).await?;
        Ok(format!("{} digits", code.len()))
    }

    /// Wrong codes until the number is blocked.
    async fn phone_tries(&self, registration: &Registration) -> Result<String> {
        let applicant = self.applicant().await?;
        let asked = applicant.send(registration).await?;
        let session = asked.text("/registration_session")?.to_owned();
        let challenge = asked.text("/next/challenge_id")?.to_owned();
        let right = self.newest_code(&applicant.number(), &asked).await?;
        let last = right.bytes().last().map_or(0, |digit| (digit - b'0' + 1) % 10);
        let wrong = format!("{}{last}", &right[..right.len() - 1]);
        for tries in 1..=20 {
            let body = json!({"registration_session": session, "challenge_id": challenge, "otp": wrong});
            let reply = applicant.post(body).await?;
            match reply.json.pointer("/problems/0/code").and_then(Value::as_str) {
                Some("rejected") => {}
                Some("blocked") => return Ok(tries.to_string()),
                _ => bail!("{}", reply.short()),
            }
        }
        Ok("more than 20".to_owned())
    }

    /// Messages until no more is sent that day.
    async fn phone_sends(&self, registration: &Registration) -> Result<String> {
        let applicant = self.applicant().await?;
        let asked = applicant.send(registration).await?;
        let session = asked.text("/registration_session")?.to_owned();
        for _ in 0..20 {
            self.bench.sent_to(&applicant.number()).await?;
            self.bench.advance_s(i64::from(self.profile.sends.interval_s).max(121));
            applicant.post(json!({"registration_session": session, "resend": "sms"})).await?;
        }
        Ok(self.bench.sent_to(&applicant.number()).await?.len().to_string())
    }

    async fn activation_validity(&self, registration: &Registration) -> Result<String> {
        let mut opened = Vec::new();
        for wait in [DAY_S - 1, DAY_S] {
            let applicant = self.applicant().await?;
            applicant.send(registration).await?;
            let token = self.token_to(&applicant.email).await?;
            self.bench.advance_s(wait);
            let reply = applicant.desk.call("account/activation", json!({"token": token}), None).await?;
            opened.push(reply.status == 204);
        }
        Ok(edge(DAY_S, opened.first() == Some(&true), opened.get(1) == Some(&true)))
    }

    async fn delegates(&self, inviter: &str) -> Result<String> {
        let role = self.profile.role(inviter).context("no such role")?;
        let person = self.bench.person_of(role, &[]).await?;
        let desk = self.bench.desk("delegates");
        let tokens = desk.redeem(&self.bench.password(&desk, &person).await?).await?;
        let token = self.bench.stepped_up(&desk, &person, &tokens).await?.text("/access_token")?.to_owned();
        for count in 0..=100 {
            let body = json!({"name": "Delegate", "email": format!("delegate{count}@proof.example.org")});
            let reply = desk.call("account/delegates", body, Some(&token)).await?;
            if reply.status != 200 {
                let kind = self.profile.delegates.as_ref().map_or("", |rule| rule.role.as_str());
                ensure!(reply.json.pointer("/problems/0/field") == Some(&json!("form")), "{}", reply.short());
                return Ok(format!("{count} {kind}"));
            }
        }
        Ok("more than 100".to_owned())
    }
}

impl Applicant {
    /// The form, filled in.
    async fn send(&self, registration: &Registration) -> Result<Reply> {
        let mut fields = serde_json::Map::new();
        for field in &registration.fields {
            let value = match field.id {
                FieldId::Phone => &self.phone,
                FieldId::Email => &self.email,
                FieldId::PermitNumber => &self.permit_number,
                FieldId::Password => CHOSEN,
            };
            fields.insert(field.id.as_str().to_owned(), json!(value));
            if field.again.is_some() {
                fields.insert(field.id.again().to_owned(), json!(value));
            }
        }
        let accepted: Vec<&str> =
            registration.consents_at(ConsentStep::Form).map(|text| text.id.as_str()).collect();
        self.post(json!({"fields": fields, "declared": true, "accepted": accepted})).await
    }

    async fn post(&self, mut body: Value) -> Result<Reply> {
        if let Some(body) = body.as_object_mut() {
            body.insert("request_id".to_owned(), json!(opaque_short(&OsEntropy)));
        }
        self.desk.call("account/registration", body, None).await
    }

    /// E.164.
    fn number(&self) -> String {
        self.phone.replace(' ', "")
    }
}

const fn word(proof: ContactProof) -> &'static str {
    match proof {
        ContactProof::Phone => "phone",
        ContactProof::Email => "email",
        ContactProof::Activation => "activation",
    }
}
