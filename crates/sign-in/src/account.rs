//! What the portal knows of the person who is signed in (PROTOCOL §7), and how much of it a shared screen shows.

use crate::{
    connection::{Body, Connection, Reply},
    entrance::Entrance,
    failure::Trouble,
    tokens::Session,
    view::{AuthenticatorState, ContactField, Delivery, FailureCode, TrustedWorkstation},
};
use parvis_protocol::{
    clock::UnixMillis,
    message::{self, Devices, Me},
};
use reqwest::Method;
use std::time::Duration;
use tokio::time::Instant;
use url::Url;

/// What is shown of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    /// The person's card.
    pub(crate) card: Card,
    /// Trusted workstations.
    pub(crate) devices: Vec<TrustedWorkstation>,
}

/// `/me`, as far as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Card {
    /// Masked.
    pub(crate) email: Option<String>,
    /// Masked; only if proved.
    pub(crate) phone: Option<String>,
    /// A second factor is due.
    pub(crate) code_due: bool,
    /// The authenticator app.
    pub(crate) authenticator: AuthenticatorState,
    /// A new contact that waits for its proof.
    pub(crate) pending: Option<Pending>,
}

/// A new contact that waits for its proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pending {
    pub(crate) field: ContactField,
    /// Masked.
    pub(crate) hint: String,
    pub(crate) challenge_id: String,
    pub(crate) length: u32,
    /// When this was said, by this PC's clock.
    pub(crate) said_at: UnixMillis,
    pub(crate) expires: Instant,
    pub(crate) validity: Duration,
    pub(crate) resend: Instant,
    pub(crate) sends_remaining: Option<u32>,
    pub(crate) attempts_remaining: Option<u32>,
    pub(crate) delivery: Delivery,
}

/// The longest that a trust is believed to have lasted, seconds: far beyond any profile's, and within every calendar.
const LONGEST_TRUST: i64 = 366 * 86_400;

/// Reads `/me` and `/devices`.
pub(crate) async fn load(connection: &Connection, session: &Session) -> Result<Account, Trouble> {
    let reply =
        session.request(connection, Method::GET, &below(&session.entrance, &["me"])?, Body::Empty).await?;
    let card = card(connection, session, &reply)?;
    Ok(Account { card, devices: devices(connection, session).await? })
}

/// What `/me` says, by this PC's clocks.
pub(crate) fn card(connection: &Connection, session: &Session, reply: &Reply) -> Result<Card, Trouble> {
    let me: Me = reply.json()?;
    if me.subject != session.subject {
        return Err(Trouble::new(FailureCode::WrongIssuer, "the account is another person's"));
    }
    let (here, now) = (connection.now(), Instant::now());
    let validity = Duration::from_secs(session.entrance.profile.code.validity_s.into());
    let seconds = |n: u32| Duration::from_secs(n.into());
    Ok(Card {
        email: me.email.as_deref().and_then(masked_email),
        phone: me.phone.as_deref().filter(|_| me.phone_verified).map(masked_phone),
        code_due: me.second_factor_due,
        authenticator: match me.totp_since {
            Some(since) => AuthenticatorState::On {
                since: here.saturating_add((since * 1000).saturating_sub(reply.date.unwrap_or(here))),
                recovery_codes_left: me.recovery_codes_left.unwrap_or(0),
            },
            None => AuthenticatorState::Off,
        },
        pending: me.pending.map(|pending| Pending {
            field: match pending.field {
                message::ContactField::Email => ContactField::Email,
                message::ContactField::Phone => ContactField::Phone,
            },
            hint: pending.hint,
            challenge_id: pending.challenge_id,
            length: pending.length,
            said_at: here,
            expires: now + seconds(pending.expires_in),
            validity: validity.max(seconds(pending.expires_in)),
            resend: now + seconds(pending.resend_after),
            sends_remaining: pending.sends_remaining,
            attempts_remaining: pending.attempts_remaining,
            delivery: match pending.delivery {
                Some(message::Delivery::Queued) => Delivery::Queued,
                Some(message::Delivery::Failed) => Delivery::Failed,
                Some(message::Delivery::Sent) | None => Delivery::Sent,
            },
        }),
    })
}

/// Reads `/devices`.
pub(crate) async fn devices(
    connection: &Connection,
    session: &Session,
) -> Result<Vec<TrustedWorkstation>, Trouble> {
    let found: Devices = session
        .request(connection, Method::GET, &below(&session.entrance, &["devices"])?, Body::Empty)
        .await?
        .json()?;
    let here = connection.now();
    let mut workstations: Vec<TrustedWorkstation> = Vec::new();
    for device in found.devices {
        // One of an id: the window tells them apart by it.
        if workstations.iter().any(|known| known.id == device.id) {
            continue;
        }
        // The portal's instants, by this PC's clock: its end is given as a duration, too.
        let expires_at = here.saturating_add(i64::from(device.expires_in) * 1000);
        let lasts = device.expires_at.saturating_sub(device.granted_at).clamp(0, LONGEST_TRUST) * 1000;
        workstations.push(TrustedWorkstation {
            id: device.id,
            current: device.current,
            granted_at: expires_at.saturating_sub(lasts),
            expires_at,
        });
    }
    Ok(workstations)
}

/// Ends the trust of one workstation. One that is not there any more is success.
pub(crate) async fn forget_device(
    connection: &Connection,
    session: &Session,
    id: &str,
) -> Result<(), Trouble> {
    let url = below(&session.entrance, &["devices", id])?;
    session.request(connection, Method::DELETE, &url, Body::Empty).await.map(drop)
}

/// The address of an account call.
pub(crate) fn below(at: &Entrance, path: &[&str]) -> Result<Url, Trouble> {
    let mut url = at.endpoints.account.clone();
    url.path_segments_mut()
        .map_err(|()| Trouble::unexpected("the account address has no path"))?
        .pop_if_empty()
        .extend(path);
    Ok(url)
}

/// How long before its end an access token is rotated while somebody is there.
pub(crate) const ROTATE_AHEAD: Duration = Duration::from_mins(1);

/// `m•••@e•••.org`
pub(crate) fn masked_email(address: &str) -> Option<String> {
    let (local, domain) = address.rsplit_once('@')?;
    let (host, top) = domain.rsplit_once('.').unwrap_or((domain, ""));
    let dot = if top.is_empty() { "" } else { "." };
    Some(format!("{}•••@{}•••{dot}{top}", local.chars().next()?, host.chars().next()?))
}

/// `•• 12`
pub(crate) fn masked_phone(number: &str) -> String {
    let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
    let last: String = digits[digits.len().saturating_sub(2)..].iter().collect();
    format!("•• {last}")
}

/// First letters of the first and the last name, without titles.
pub(crate) fn initials(name: &str) -> String {
    const TITLES: [&str; 8] = ["dr", "pr", "prof", "mme", "m", "mr", "mrs", "ms"];
    let is_title = |word: &str| TITLES.contains(&word.trim_end_matches('.').to_lowercase().as_str());
    let words: Vec<&str> = name.split_whitespace().filter(|word| !is_title(word)).collect();
    let letter = |word: Option<&&str>| word.and_then(|word| word.chars().next());
    let (first, last) = (letter(words.first()), letter(words.last()).filter(|_| words.len() > 1));
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_screens_show_little() {
        assert_eq!(masked_email("martin.a@example.org").as_deref(), Some("m•••@e•••.org"));
        assert_eq!(masked_email("a@localhost").as_deref(), Some("a•••@l•••"));
        assert_eq!(masked_email("nothing"), None);
        assert_eq!(masked_email("@x.org"), None);
        assert_eq!(masked_phone("+33612345678"), "•• 78");
        assert_eq!(masked_phone(""), "•• ");
    }

    #[test]
    fn initials_leave_titles_out() {
        for (name, expected) in [
            ("Dr Alice Martin", "AM"),
            ("Pr. Émile Zola", "ÉZ"),
            ("Claire", "C"),
            ("", ""),
            ("Mme Anne de la Tour", "AT"),
        ] {
            assert_eq!(initials(name), expected);
        }
    }
}
