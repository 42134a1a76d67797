//! A new password: judged, and set with all that ends by it.

use crate::{
    Portal,
    account::Account,
    audit::Event,
    credentials::{self, Spared},
    links::{self, Link, Purpose},
    message,
    store::Connection,
};
use parvis_portal_profile::{Language, PasswordRule};
use parvis_protocol::clock::UnixMillis;
use secrecy::{ExposeSecret, SecretString};

/// What entitles to a new password.
#[derive(Clone, Copy)]
pub(crate) enum Entitled<'a> {
    /// A mailed link, which is used up by it.
    ByLink(&'a Link),
    /// The current password, given with the epoch that the account had when it was read; these sessions go on.
    ByPassword(Spared<'a>),
}

impl Portal {
    /// Every rule that a new password of this person does not meet (PWD-01 to PWD-03): the portal's counts, and nothing that is
    /// tried first, their name, identifier, address and the portal's name among it.
    pub(crate) async fn unmet_rules(
        &self,
        name: &str,
        identifier: &str,
        email: Option<&str>,
        password: &SecretString,
    ) -> Vec<PasswordRule> {
        let rules = self.profile.password;
        let unmet = rules.unmet(password.expose_secret());
        if unmet.contains(&PasswordRule::TooLong) {
            return unmet;
        }
        let portal =
            [Language::Fr, Language::En, Language::De].map(|language| self.profile.name.get(language));
        let context: Vec<String> = [name, identifier, email.unwrap_or_default()]
            .into_iter()
            .chain(portal)
            .map(ToOwned::to_owned)
            .collect();
        let password = password.clone();
        // Some milliseconds of work: not on the threads that answer.
        let judged = tokio::task::spawn_blocking(move || {
            let context: Vec<&str> = context.iter().map(String::as_str).collect();
            rules.judge(password.expose_secret(), &context).unmet
        });
        judged.await.unwrap_or_else(|_| [unmet, vec![PasswordRule::Common]].concat())
    }

    /// Sets a new password in the caller's transaction: everything that was opened with the old one ends but what is spared, mailed
    /// links too, and the owner is told. False where what entitles to it does not any more, and nothing may be committed then.
    pub(crate) async fn set_password(
        &self,
        connection: &mut Connection,
        account: &Account,
        hash: &str,
        entitled: Entitled<'_>,
        now: UnixMillis,
    ) -> Result<bool, sqlx::Error> {
        let subject = &account.subject;
        let (read, spared) = match entitled {
            Entitled::ByLink(_) => (None, Spared::None),
            Entitled::ByPassword(spared) => (Some(account.credential_epoch), spared),
        };
        if !credentials::change(self, connection, subject, read, spared, "password_changed", now).await? {
            return Ok(false);
        }
        let how = match entitled {
            // The row of the link decides: the first of many that come at once (INV-3).
            Entitled::ByLink(link) if !links::consume(connection, link, now).await? => return Ok(false),
            Entitled::ByLink(link) => link.purpose().map_or("recovery", Purpose::as_str),
            Entitled::ByPassword(_) => "password",
        };
        sqlx::query("UPDATE account SET password_hash = $2 WHERE subject = $1")
            .bind(subject)
            .bind(hash)
            .execute(&mut *connection)
            .await?;
        links::replace(connection, subject, None, now).await?;
        message::notify_all(self, connection, account, message::Kind::PasswordChanged, None, now).await?;
        Event::new("password_changed", now).of(subject).by(how).record(self, connection).await?;
        Ok(true)
    }
}
