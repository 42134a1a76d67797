//! A portal of its own for the proof: an empty database, a clock that is moved, messages into memory.

use super::desk::{Desk, Reply, random};
use crate::{
    Parts, Portal,
    account::NewAccount,
    clock::PortalClock,
    delivery::{Outbox, OutgoingMessage, Transports},
    hash::{HashCost, HashPool},
    http,
    keys::SharedKeys,
    secret_file::private_folder,
    store::Store,
};
use anyhow::{Context, Result, bail, ensure};
use axum::Router;
use parvis_portal_profile::{IdentifierKind, Language, MethodId, PasswordRules, Profile, Role};
use parvis_protocol::{
    clock::{Clock, ManualClock},
    entropy::{OsEntropy, opaque_short},
};
use secrecy::SecretString;
use serde_json::json;
use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};
use totp_rs::{Builder, Secret};

/// 2026-11-22 10:00 UTC; any time would do.
const START: i64 = 1_795_341_600_000;
pub(super) const DAY_S: i64 = 86_400;

/// The portal, and whatever it sent.
pub(super) struct Bench {
    pub(super) portal: Arc<Portal>,
    clock: Arc<ManualClock>,
    app: Router,
    messages: Arc<Mutex<Vec<OutgoingMessage>>>,
    folder: PathBuf,
    people: AtomicU32,
}

/// Somebody with an account.
#[derive(Clone)]
pub(super) struct Person {
    pub(super) subject: String,
    pub(super) name: String,
    pub(super) password: String,
    pub(super) role: String,
    pub(super) email: String,
    pub(super) phone: String,
}

/// A question that waits for its code.
pub(super) struct Asked {
    pub(super) desk: Desk,
    pub(super) auth_session: String,
    pub(super) challenge_id: String,
    pub(super) code: String,
}

impl Asked {
    pub(super) async fn answer(&self, code: &str) -> Result<Reply> {
        self.desk.code(&self.auth_session, &self.challenge_id, code, false).await
    }

    /// Unlike the right one.
    pub(super) fn wrong(&self) -> String {
        let last = self.code.bytes().last().map_or(0, |digit| (digit - b'0' + 1) % 10);
        format!("{}{last}", &self.code[..self.code.len() - 1])
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Bench {
    /// Opens a portal that works like `profile` says.
    pub(super) async fn open(profile: Profile) -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("parvis-proof-{}", opaque_short(&OsEntropy)));
        private_folder(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        let clock = Arc::new(ManualClock::at(START));
        let messages: Arc<Mutex<Vec<OutgoingMessage>>> = Arc::default();
        let kept = messages.clone();
        let outbox = Outbox::new(&folder, clock.clone())?.with_echo(Arc::new(move |message| {
            kept.lock().unwrap_or_else(PoisonError::into_inner).push(message.clone());
        }));
        let store =
            Store::open(&format!("sqlite://{}?mode=rwc", folder.join("portal.db").display()), 2).await?;
        let entropy = Arc::new(OsEntropy);
        let portal = Portal::open(Parts {
            issuer: format!("http://127.0.0.1:8787/{}", profile.id).parse()?,
            profile,
            keys: SharedKeys::ephemeral(&OsEntropy),
            hashes: Arc::new(HashPool::new(HashCost::MINIMAL, 1, 64, entropy.clone())),
            transports: Arc::new(Transports::to_files(Arc::new(outbox))),
            clock: Arc::new(PortalClock::load(clock.clone(), &store).await?),
            store,
            entropy,
            demonstration: true,
        })
        .await?;
        let app = http::router(std::slice::from_ref(&portal), &[]);
        Ok(Self { portal, clock, app, messages, folder, people: AtomicU32::new(0) })
    }

    /// Closes the database, so that its folder can go.
    pub(super) async fn close(self) {
        self.portal.store.close().await;
    }

    pub(super) fn advance_s(&self, seconds: i64) {
        self.clock.advance(seconds * 1000);
    }

    /// Seconds since the epoch.
    pub(super) fn now_s(&self) -> i64 {
        self.clock.now() / 1000
    }

    fn profile(&self) -> &Profile {
        &self.portal.profile
    }

    pub(super) fn desk(&self, workstation: &str) -> Desk {
        Desk::new(self.app.clone(), self.portal.issuer_text(), workstation)
    }

    /// A number that nobody else has.
    pub(super) fn next_number(&self) -> u32 {
        self.people.fetch_add(1, Ordering::Relaxed)
    }

    /// An account of this role, with its contacts proved.
    pub(super) async fn person_of(&self, role: &Role, rights: &[String]) -> Result<Person> {
        let number = self.next_number();
        let email = format!("p{number}@proof.example.org");
        let by_email = role.identifiers == [IdentifierKind::Email];
        let name = if by_email { email.clone() } else { format!("p{number}") };
        let person = Person {
            subject: String::new(),
            name,
            password: password(&self.profile().password),
            role: role.id.clone(),
            email,
            phone: format!("+3361{number:07}"),
        };
        let account = NewAccount {
            identifier: person.name.clone(),
            name: format!("Person {number}"),
            role: role.id.clone(),
            rights: rights.to_vec(),
            email: Some(person.email.clone()),
            phone: Some(person.phone.clone()),
            phone_verified: true,
            language: Language::Fr,
        };
        let subject =
            self.portal.create_account(account, Some(SecretString::from(person.password.clone()))).await?;
        Ok(Person { subject, ..person })
    }

    /// An account of the first role, with these rights.
    pub(super) async fn person(&self, rights: &[String]) -> Result<Person> {
        let role = self.profile().roles.first().context("the portal has no role")?.clone();
        self.person_of(&role, rights).await
    }

    pub(super) async fn password(&self, desk: &Desk, person: &Person) -> Result<Reply> {
        desk.password(&person.role, &person.name, &person.password).await
    }

    pub(super) async fn wrong_password(&self, desk: &Desk, person: &Person) -> Result<Reply> {
        desk.password(&person.role, &person.name, "what somebody else would guess").await
    }

    /// What was sent to this address or number, oldest first.
    pub(super) async fn sent_to(&self, to: &str) -> Result<Vec<OutgoingMessage>> {
        self.portal.send_due_messages().await?;
        let messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(messages.iter().filter(|message| message.to == to).cloned().collect())
    }

    /// Codes that were sent to a person by a method.
    pub(super) async fn codes(&self, person: &Person, method: MethodId) -> Result<Vec<String>> {
        let to = if method == MethodId::Sms { &person.phone } else { &person.email };
        Ok(self.sent_to(to).await?.iter().filter_map(|message| code_in(&message.text)).collect())
    }

    /// Up to the question for the code of a method.
    pub(super) async fn ask(
        &self,
        desk: &Desk,
        person: &Person,
        method: MethodId,
    ) -> Result<Result<Asked, Reply>> {
        let reply = self.password(desk, person).await?;
        if reply.problem() == "account_blocked" {
            return Ok(Err(reply));
        }
        let Ok(auth_session) = reply.text("/auth_session") else {
            bail!("no code was asked for: {}", reply.short())
        };
        let auth_session = auth_session.to_owned();
        let asks =
            |reply: &Reply| reply.step() == "otp" && reply.text("/next/method").ok() == Some(method.as_str());
        let reply = if asks(&reply) { reply } else { desk.choose(&auth_session, method.as_str()).await? };
        if !asks(&reply) || reply.problem() == "send_refused" {
            return Ok(Err(reply));
        }
        let code = self.codes(person, method).await?.pop().context("no code was sent")?;
        let challenge_id = reply.text("/next/challenge_id")?.to_owned();
        Ok(Ok(Asked { desk: desk.clone(), auth_session, challenge_id, code }))
    }

    /// The same, where nothing stands against it.
    pub(super) async fn asked(&self, desk: &Desk, person: &Person, method: MethodId) -> Result<Asked> {
        match self.ask(desk, person, method).await? {
            Ok(asked) => Ok(asked),
            Err(reply) => bail!("no code was asked for: {}", reply.short()),
        }
    }

    /// A whole sign-in by password and, where it is due, a code by this method; its tokens.
    pub(super) async fn sign_in(
        &self,
        desk: &Desk,
        person: &Person,
        method: Option<MethodId>,
        remember: bool,
    ) -> Result<Reply> {
        let authorized = match method {
            None => self.password(desk, person).await?,
            Some(method) => {
                let asked = self.asked(desk, person, method).await?;
                desk.code(&asked.auth_session, &asked.challenge_id, &asked.code, remember).await?
            }
        };
        ensure!(authorized.is_authorized(), "not signed in: {}", authorized.short());
        let tokens = desk.redeem(&authorized).await?;
        ensure!(tokens.status == 200, "no tokens: {}", tokens.short());
        Ok(tokens)
    }
}

/// Digits that stand alone in a message.
fn code_in(text: &str) -> Option<String> {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .find(|word| (6..=8).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit()))
        .map(ToOwned::to_owned)
}

/// A password that keeps to the rules and is hard to guess.
pub(super) fn password(rules: &PasswordRules) -> String {
    let count = |wanted: u32| usize::try_from(wanted).unwrap_or(0);
    let least = [rules.digits, rules.upper, rules.lower, rules.special].map(count);
    let length =
        count(rules.min_length).max(least.iter().sum::<usize>()).max(20).min(count(rules.max_length));
    made(least, length)
}

/// So many digits, upper-case, lower-case and special characters; lower-case ones up to the length.
fn made([digits, upper, lower, special]: [usize; 4], length: usize) -> String {
    let fill = length.saturating_sub(digits + upper + special).max(lower);
    [
        random(b"bcdfghjkmnpqrstvwxz", fill),
        random(b"BCDFGHJKLMNPQRSTVWXZ", upper),
        random(b"23456789", digits),
        random(b"#%&*+=?", special),
    ]
    .concat()
}

impl Bench {
    /// Asks for a mailed link that sets a new password; its token.
    pub(super) async fn ask_for_link(&self, person: &Person, language: Language) -> Result<String> {
        let body = json!({"identifier": person.name, "ui_locales": language.as_str()});
        let reply = self.desk("link").call("account/recovery", body, None).await?;
        ensure!(reply.status == 202, "no link: {}", reply.short());
        let mails = self.sent_to(&person.email).await?;
        let mail = mails.last().context("no mail with a link came")?;
        let link = mail.text.split_whitespace().find_map(|word| word.split_once("/recovery#"));
        Ok(link.context("the mail has no link")?.1.to_owned())
    }

    /// Activates an authenticator app, as its owner does.
    pub(super) async fn activate_totp(&self, person: &Person) -> Result<()> {
        let desk = self.desk("authenticator");
        let tokens = self.sign_in(&desk, person, None, false).await?;
        let tokens = self.stepped_up(&desk, person, &tokens).await?;
        let token = Some(tokens.text("/access_token")?);
        let proposed = desk.call("account/totp", json!({}), token).await?;
        let secret = Secret::try_from_base32(proposed.text("/secret")?)
            .map_err(|error| anyhow::anyhow!("the secret cannot be read: {error}"))?;
        let app = Builder::new().with_secret(secret).with_account_name("proof").build_noncompliant();
        let otp = app.generate(u64::try_from(self.now_s())?).to_string();
        let confirmed = desk.call("account/totp/confirm", json!({"otp": otp}), token).await?;
        ensure!(confirmed.status == 200, "the authenticator app was not activated: {}", confirmed.short());
        // What was sent so far is no part of what is measured.
        self.advance_s(DAY_S);
        Ok(())
    }

    /// A factor is added with a code to an address on record, if there is one.
    pub(super) async fn stepped_up(&self, desk: &Desk, person: &Person, tokens: &Reply) -> Result<Reply> {
        let auth_session = tokens.text("/auth_session")?;
        let mut reply = desk.step_up(auth_session).await?;
        let session = reply.text("/auth_session").unwrap_or(auth_session).to_owned();
        if reply.step() == "select_method" {
            reply = desk.choose(&session, MethodId::Email.as_str()).await?;
        }
        if reply.step() == "otp" {
            let method = MethodId::parse(reply.text("/next/method")?).unwrap_or(MethodId::Email);
            let code = self.codes(person, method).await?.pop().context("no code was sent")?;
            reply = desk.code(&session, reply.text("/next/challenge_id")?, &code, false).await?;
        }
        ensure!(reply.is_authorized(), "not proved again: {}", reply.short());
        desk.redeem(&reply).await
    }
}
