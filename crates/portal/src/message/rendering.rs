//! A message as it is sent: whom it goes to and what it says, made at each attempt.

use super::{Claimed, Kind};
use crate::{
    Portal,
    account::{self, Account},
    codes, contacts, delegates,
    delivery::{Catalogue, Channel, Notice, OutgoingMessage},
    links::{self, Link, Purpose},
    records,
    registration::{self, Registering},
};
use parvis_portal_profile::{Language, MethodId};
use parvis_protocol::clock::UnixMillis;
use secrecy::ExposeSecret;

/// Whom a message goes to, and what it says: subject (of a mail) and text.
struct Rendered {
    to: String,
    subject: String,
    text: String,
}

impl Portal {
    /// `None` where there is nothing to send any more: expired, answered, limited, or the destination has changed.
    pub(super) async fn render(
        &self,
        claimed: &Claimed,
        method: MethodId,
    ) -> Result<Option<OutgoingMessage>, sqlx::Error> {
        let now = self.clock.now();
        let Some(kind) = Kind::from_stored(&claimed.kind, claimed.detail.as_deref()) else { return Ok(None) };
        if now >= claimed.expires_at {
            return Ok(None);
        }
        let language = Language::parse(&claimed.language).unwrap_or(Language::Fr);
        let texts = self.texts();
        let rendered = if let Kind::Reminder(at) = kind {
            self.render_reminder(claimed, at, method, language).await?
        } else if kind == Kind::Link(Purpose::Invitation) {
            self.render_invitation(claimed, language, now).await?
        } else if matches!(kind, Kind::RegistrationCode | Kind::Link(Purpose::Activation)) {
            match registration::by_id(self.store.read(), &claimed.subject).await? {
                Some(row) => self.render_registration(claimed, &row, method, language, now).await?,
                None => None,
            }
        } else {
            let account = account::by_subject(self.store.read(), &claimed.subject).await?;
            let Some(account) = account else { return Ok(None) };
            match (kind, notice(kind)) {
                (Kind::Link(purpose), _) => {
                    self.render_link(claimed, &account, purpose, language, now).await?
                }
                (_, Some(notice)) => self.render_notice(claimed, &account, notice, method, language).await?,
                (_, None) => self.render_code(claimed, &account, kind, method, language, now).await?,
            }
        };
        let Some(Rendered { to, subject, text }) = rendered else { return Ok(None) };
        let channel = match method {
            MethodId::Sms => Channel::Sms,
            MethodId::Voice => Channel::Voice,
            MethodId::Email | MethodId::Totp | MethodId::RecoveryCode => Channel::Email,
        };
        let sender = texts.sender(language);
        Ok(Some(OutgoingMessage { id: claimed.id.clone(), channel, to, language, sender, subject, text }))
    }

    fn texts(&self) -> Catalogue<'_> {
        Catalogue {
            portal: &self.profile.name,
            support: &self.profile.support,
            domain: self.issuer.host_str().unwrap_or_default(),
            demonstration: self.demonstration,
        }
    }

    async fn render_code(
        &self,
        claimed: &Claimed,
        account: &Account,
        kind: Kind,
        method: MethodId,
        language: Language,
        now: UnixMillis,
    ) -> Result<Option<Rendered>, sqlx::Error> {
        let mut connection = self.store.read().acquire().await?;
        let id = claimed.challenge_id.as_deref().unwrap_or_default();
        let challenge = codes::by_id(&mut connection, id).await?.filter(|challenge| challenge.lives(now));
        let to = match kind {
            Kind::ContactCode => {
                contacts::pending_by_challenge(&mut connection, id).await?.map(|change| change.value)
            }
            _ => account.destination(method).map(ToOwned::to_owned),
        };
        let (Some(challenge), Some(to)) = (challenge, to) else { return Ok(None) };
        let Some(code) = challenge.code(self, &to) else { return Ok(None) };
        let (code, minutes, texts) = (code.expose_secret(), self.profile.code.validity_s / 60, self.texts());
        let (subject, text) = match (kind, method) {
            // Nothing but a registration asks for a call.
            (_, MethodId::Voice) => (String::new(), texts.registration_code_call(language, code)),
            (Kind::ContactCode, MethodId::Sms) => {
                (String::new(), texts.contact_code_sms(language, code, minutes))
            }
            (Kind::ContactCode, _) => texts.contact_code_mail(language, code, minutes),
            (_, MethodId::Sms) => (String::new(), texts.code_sms(language, code, minutes)),
            _ => texts.code_mail(language, code, minutes),
        };
        Ok(Some(Rendered { to, subject, text }))
    }

    /// To somebody with an account: who has invited them, and what that changes. To anybody else: the link that opens theirs. `None`
    /// where the invitation was taken up or back.
    async fn render_invitation(
        &self,
        claimed: &Claimed,
        language: Language,
        now: UnixMillis,
    ) -> Result<Option<Rendered>, sqlx::Error> {
        let found = delegates::waiting(self.store.read(), &claimed.subject).await?;
        let Some(invitation) = found else { return Ok(None) };
        let (texts, to) = (self.texts(), invitation.email);
        let (subject, text) = match account::by_name(self.store.read(), &self.profile.id, &to).await? {
            // A name that looks like the address proves no mailbox.
            Some(account) if account.destination(MethodId::Email) != Some(&to) => return Ok(None),
            Some(account) => {
                let rule = self.profile.delegates.as_ref();
                let is_delegate = rule.is_some_and(|rule| rule.role == account.role);
                texts.delegation_mail(language, &invitation.inviter, is_delegate)
            }
            None => {
                let Some(link) = self.link_to_mail(claimed, Purpose::Invitation, now).await? else {
                    return Ok(None);
                };
                let minutes = u32::try_from((link.expires_at - now) / 60_000).unwrap_or(0).max(1);
                texts.invitation_mail(language, &invitation.inviter, &to, &link.address(self), minutes)
            }
        };
        Ok(Some(Rendered { to, subject, text }))
    }

    /// To a practice's record as it is now; `None` where it is gone, or has no such contact any more.
    async fn render_reminder(
        &self,
        claimed: &Claimed,
        at: i64,
        method: MethodId,
        language: Language,
    ) -> Result<Option<Rendered>, sqlx::Error> {
        let record = records::contact(self.store.read(), &self.profile.id, &claimed.subject).await?;
        let Some(record) = record.filter(|record| record.reminder_method() == method) else {
            return Ok(None);
        };
        let token = self.sign_appointment(&record.reminder_link(at));
        let link = format!("{}/registration#{token}", self.issuer_text());
        let (texts, practice, at) = (self.texts(), &record.practice, at.saturating_mul(1000));
        let (to, (subject, text)) = match method {
            MethodId::Sms => {
                (&record.phone, (String::new(), texts.reminder_sms(language, practice, at, &link)))
            }
            _ => (&record.email, texts.reminder_mail(language, practice, at, &link)),
        };
        Ok(to.clone().map(|to| Rendered { to, subject, text }))
    }

    /// A code or a link to an address that has no account; to one that has, what its owner can do with it (REC-01).
    async fn render_registration(
        &self,
        claimed: &Claimed,
        row: &Registering,
        method: MethodId,
        language: Language,
        now: UnixMillis,
    ) -> Result<Option<Rendered>, sqlx::Error> {
        if row.subject.is_some() {
            return Ok(None);
        }
        let texts = self.texts();
        if method == MethodId::Email {
            for name in [row.identifier(), &row.email] {
                let owner = account::by_name(self.store.read(), &self.profile.id, name).await?;
                if let Some(owner) = owner {
                    let (subject, text) = texts.account_exists_mail(language, &owner.identifier);
                    return Ok(Some(Rendered { to: row.email.clone(), subject, text }));
                }
            }
        }
        let Some(id) = claimed.challenge_id.as_deref() else {
            let Some(link) = self.link_to_mail(claimed, Purpose::Activation, now).await? else {
                return Ok(None);
            };
            let minutes = u32::try_from((link.expires_at - now) / 60_000).unwrap_or(0).max(1);
            let (subject, text) = texts.activation_mail(language, &link.address(self), minutes);
            return Ok(Some(Rendered { to: row.email.clone(), subject, text }));
        };
        let mut connection = self.store.read().acquire().await?;
        let challenge = codes::by_id(&mut connection, id).await?.filter(|challenge| challenge.lives(now));
        let to = if method == MethodId::Email { Some(&row.email) } else { row.phone.as_ref() };
        let (Some(challenge), Some(to)) = (challenge, to) else { return Ok(None) };
        let Some(code) = challenge.code(self, to) else { return Ok(None) };
        let (code, minutes) = (code.expose_secret(), self.profile.code.validity_s / 60);
        let (subject, text) = match method {
            MethodId::Sms => (String::new(), texts.registration_code_sms(language, code, minutes)),
            MethodId::Voice => (String::new(), texts.registration_code_call(language, code)),
            _ => texts.registration_code_mail(language, code, minutes),
        };
        Ok(Some(Rendered { to: to.clone(), subject, text }))
    }

    async fn render_link(
        &self,
        claimed: &Claimed,
        account: &Account,
        purpose: Purpose,
        language: Language,
        now: UnixMillis,
    ) -> Result<Option<Rendered>, sqlx::Error> {
        if link_destination(account, purpose).is_none() {
            return Ok(None);
        }
        let Some(link) = self.link_to_mail(claimed, purpose, now).await? else { return Ok(None) };
        // Read once the link is there: a change of the address after it ends the link with it.
        let account = account::by_subject(self.store.read(), &claimed.subject).await?;
        let to = account.as_ref().and_then(|account| link_destination(account, purpose));
        let (Some(to), Some(account)) = (to.map(ToOwned::to_owned), &account) else { return Ok(None) };
        let (address, texts) = (link.address(self), self.texts());
        let minutes = u32::try_from((link.expires_at - now) / 60_000).unwrap_or(0).max(1);
        let identifier = &account.identifier;
        let (subject, text) = match purpose {
            Purpose::Recovery => texts.recovery_mail(language, identifier, &address, minutes),
            Purpose::FirstPassword => texts.first_password_mail(language, identifier, &address, minutes),
            // Of no account yet: rendered apart.
            Purpose::Invitation | Purpose::Activation => return Ok(None),
        };
        Ok(Some(Rendered { to, subject, text }))
    }

    /// The link that a queued mail is about: made at the first attempt, and then the same one, while it can be used.
    async fn link_to_mail(
        &self,
        claimed: &Claimed,
        purpose: Purpose,
        now: UnixMillis,
    ) -> Result<Option<Link>, sqlx::Error> {
        if let Some(id) = &claimed.link_id {
            let mut connection = self.store.read().acquire().await?;
            return Ok(links::by_id(&mut connection, id).await?.filter(|link| link.lives(now)));
        }
        let mut tx = self.store.begin().await?;
        // Whose row it is: two senders agree on one link.
        match purpose {
            Purpose::Activation => drop(registration::lock(&mut tx, &claimed.subject).await?),
            Purpose::Invitation if !delegates::lock_waiting(&mut tx, &claimed.subject).await? => {
                return Ok(None);
            }
            Purpose::Invitation => {}
            Purpose::Recovery | Purpose::FirstPassword => {
                drop(account::lock(&mut tx, &claimed.subject).await?);
            }
        }
        let Some(link) = links::issue(self, &mut tx, &claimed.subject, purpose, now).await? else {
            return Ok(None);
        };
        sqlx::query("UPDATE message SET link_id = $2 WHERE id = $1")
            .bind(&claimed.id)
            .bind(&link.id)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(Some(link))
    }

    async fn render_notice(
        &self,
        claimed: &Claimed,
        account: &Account,
        notice: Notice,
        method: MethodId,
        language: Language,
    ) -> Result<Option<Rendered>, sqlx::Error> {
        let to = match &claimed.contact_id {
            Some(id) => contacts::former(self.store.read(), id).await?,
            None => account.destination(method).map(ToOwned::to_owned),
        };
        let Some(to) = to else { return Ok(None) };
        let (subject, text) = match method {
            MethodId::Sms => (String::new(), self.texts().notice_sms(language, notice)),
            _ => self.texts().notice(language, notice),
        };
        Ok(Some(Rendered { to, subject, text }))
    }
}

/// Where a link goes: to a proved address on record (REC-04).
fn link_destination(account: &Account, purpose: Purpose) -> Option<&str> {
    match purpose {
        Purpose::Recovery | Purpose::FirstPassword => {
            account.destination(MethodId::Email).filter(|_| account.may_sign_in())
        }
        Purpose::Invitation | Purpose::Activation => None,
    }
}

const fn notice(kind: Kind) -> Option<Notice> {
    Some(match kind {
        Kind::Code | Kind::ContactCode | Kind::RegistrationCode | Kind::Link(_) | Kind::Reminder(_) => {
            return None;
        }
        Kind::MethodBlocked(method, minutes) => Notice::MethodBlocked { method, minutes },
        Kind::AccountBlocked => Notice::AccountBlocked,
        Kind::AccountUnblocked => Notice::AccountUnblocked,
        Kind::NewWorkstation => Notice::NewWorkstation,
        Kind::TrustEndedByOther => Notice::TrustEndedByOther,
        Kind::PasswordChanged => Notice::PasswordChanged,
        Kind::FactorsChanged => Notice::FactorsChanged,
        Kind::EmailChanged => Notice::EmailChanged,
        Kind::SingleChannelRecovery => Notice::SingleChannelRecovery,
        Kind::RequestsBlocked => Notice::RequestsBlocked,
        Kind::RecoveryCodeUsed(left) => Notice::RecoveryCodeUsed { left },
    })
}
