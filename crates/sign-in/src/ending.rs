//! Ending sessions: written down first, told to the portal then, and again until it has answered.

use crate::{
    connection::{Body, Call},
    engine::{Engine, locked},
    entrance::Entrance,
    outbox::PendingEnd,
    portals::is_loopback,
    tokens::Session,
    view::FailureCode,
};
use parvis_protocol::{CLIENT_ID, jws::PrivateKey};
use reqwest::Method;
use secrecy::ExposeSecret;
use std::time::Duration;
use url::Url;
use zeroize::Zeroizing;

/// The longest that signing out waits for the portal before it is left to the outbox.
const END_TIME: Duration = Duration::from_secs(5);

/// What became of an end that was sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    /// The portal has done it.
    Confirmed,
    /// The portal answered, and will never say more.
    Refused,
    /// Nobody knows.
    NotYet,
}

impl Engine {
    /// Ends a session: written down, then sent. Whether the portal has done it.
    pub(crate) async fn end(&self, session: &Session, forget_device: bool) -> bool {
        self.end_grant(&session.entrance, session.end_handle().expose_secret(), forget_device).await
    }

    pub(crate) async fn end_grant(&self, entrance: &Entrance, end_handle: &str, forget_device: bool) -> bool {
        let end = PendingEnd {
            issuer: entrance.portal.issuer.clone(),
            endpoint: entrance.endpoints.end_session.to_string(),
            end_handle: end_handle.to_owned(),
            forget_device,
        };
        if let Err(error) = locked(&self.outbox).add(end.clone(), self.connection.entropy()) {
            tracing::warn!(%error, "the end of a session could not be written down");
        }
        tokio::time::timeout(END_TIME, self.deliver(&end)).await == Ok(Told::Confirmed)
    }

    /// Sends what earlier ends are left; whether none is left then.
    pub(crate) async fn deliver_pending(&self) -> bool {
        let pending = locked(&self.outbox).pending().to_vec();
        let mut all = true;
        for end in pending {
            all &= self.deliver(&end).await != Told::NotYet;
        }
        all
    }

    /// Whether ends are left to be sent.
    pub(crate) fn has_pending(&self) -> bool {
        !locked(&self.outbox).pending().is_empty()
    }

    async fn deliver(&self, end: &PendingEnd) -> Told {
        let told = match self.end_address(end) {
            Some(url) => self.post_end(&url, end).await,
            // Not a portal of the list (any more): there is nobody to tell.
            None => Told::Refused,
        };
        if told != Told::NotYet
            && let Err(error) = locked(&self.outbox).done(&end.end_handle, self.connection.entropy())
        {
            tracing::warn!(%error, "the outbox could not be written");
        }
        told
    }

    /// The file could have been changed: only an address of a listed portal is posted to.
    fn end_address(&self, end: &PendingEnd) -> Option<Url> {
        let portal = self.portals.iter().find(|portal| portal.issuer == end.issuer)?;
        let (issuer, url) = (portal.address()?, Url::parse(&end.endpoint).ok()?);
        let safe = url.scheme() == "https" || is_loopback(&issuer);
        (safe && url.origin() == issuer.origin()).then_some(url)
    }

    async fn post_end(&self, url: &Url, end: &PendingEnd) -> Told {
        let text = |text: &str| Zeroizing::new(text.to_owned());
        // Any key may sign: the session's is gone by now, or about to be.
        let key = PrivateKey::generate(self.connection.entropy());
        let call = Call {
            method: Method::POST,
            url,
            key: &key,
            access_token: None,
            device: None,
            body: Body::Form(vec![
                ("client_id", text(CLIENT_ID)),
                ("end_handle", text(&end.end_handle)),
                ("forget_device", text(if end.forget_device { "true" } else { "false" })),
            ]),
        };
        match self.connection.send_repeatable(&call).await {
            Ok(reply) if reply.status.is_success() => Told::Confirmed,
            Ok(reply) => {
                tracing::warn!(status = reply.status.as_u16(), "the end of a session was refused");
                // Only the contract's own words are the portal's; a page of somebody on the way says nothing.
                match reply.refusal().code {
                    FailureCode::RequestRefused
                    | FailureCode::SessionExpired
                    | FailureCode::SignedOutByPortal => Told::Refused,
                    _ => Told::NotYet,
                }
            }
            Err(trouble) => {
                tracing::info!(code = ?trouble.code, "the end of a session has still to be told");
                Told::NotYet
            }
        }
    }
}
