//! What the state machine wants done: each request run to its outcome.

use crate::{
    account::{self, Account},
    challenge::{self, Asked, Flow, Identifier, Question, Repeat},
    connection::{Body, Call, Connection},
    entrance::Entrance,
    failure::Trouble,
    handover::{self, Settled},
    hints::{Hint, Hints},
    keyring::Keyring,
    outbox::{Outbox, PendingEnd},
    portals::{PortalList, is_loopback},
    tokens::{self, Session},
    view::{FailureCode, KeyringState, Language, TrustedWorkstation, Wiped, WipedItem},
    workstation::Workstation,
};
use parvis_protocol::{CLIENT_ID, clock::UnixMillis, jws::PrivateKey};
use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use url::Url;
use zeroize::Zeroizing;

/// The longest that signing out waits for the portal before it is left to the outbox.
const END_TIME: Duration = Duration::from_secs(5);

/// Something to be done for the person, whose outcome is an event.
#[derive(Debug)]
pub(crate) enum Request {
    /// Read metadata and profile.
    Connect {
        /// Which portal of the list.
        portal: String,
    },
    /// Is this the person?
    Password {
        /// Where.
        at: Arc<Entrance>,
        /// As typed.
        identifier: Identifier,
        /// As typed.
        password: SecretString,
    },
    /// A question within the `auth_session`.
    Challenge {
        /// Of which sign-in.
        flow: Arc<Flow>,
        /// Its session.
        auth_session: SecretString,
        /// What.
        question: Question,
        /// Set when this is the same question again.
        repeat: Option<Repeat>,
    },
    /// From the authorization code to the session.
    Complete {
        /// Of which sign-in.
        flow: Arc<Flow>,
        /// From the last step.
        authorization_code: SecretString,
        /// The trust box was ticked.
        asked_for_trust: bool,
        /// The key that trust was asked for with.
        device: Option<PrivateKey>,
        /// Set when this is the same request again.
        request_id: Option<String>,
    },
    /// End the session; trust stays.
    SignOut {
        /// Which.
        session: Arc<Session>,
    },
    /// End session and trust, wipe, verify.
    Leave {
        /// Which.
        session: Arc<Session>,
    },
    /// End the trust of one workstation.
    ForgetDevice {
        /// Whose.
        session: Arc<Session>,
        /// Which workstation.
        id: String,
        /// It is this one.
        current: bool,
    },
}

/// How a request ended well.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// The portal can be entered.
    Connected(Arc<Entrance>),
    /// The portal's next step.
    Asked {
        /// Of which sign-in.
        flow: Arc<Flow>,
        /// The step.
        asked: Box<Asked>,
        /// A message may have been sent for it.
        sent: bool,
        /// The trust box was ticked.
        asked_for_trust: bool,
        /// The key that trust was asked for with.
        device: Option<PrivateKey>,
    },
    /// Somebody is signed in, and this workstation is in order.
    Completed(Box<Completed>),
    /// The session is over here.
    SignedOut {
        /// The portal knows.
        confirmed: bool,
    },
    /// Session and trust are over here.
    Left {
        /// What was wiped.
        wiped: Vec<Wiped>,
        /// The portal knows.
        confirmed: bool,
    },
    /// The workstation is not trusted any more.
    Forgotten {
        /// What is left of the list.
        devices: Option<Vec<TrustedWorkstation>>,
        /// It was this one.
        current: bool,
    },
}

/// A completed sign-in.
#[derive(Debug)]
pub(crate) struct Completed {
    pub(crate) session: Arc<Session>,
    pub(crate) settled: Settled,
}

/// How a request failed.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) trouble: Trouble,
    /// The same request, if repeating it makes sense.
    pub(crate) retry: Option<Request>,
}

impl From<Trouble> for Refused {
    fn from(trouble: Trouble) -> Self {
        Self { trouble, retry: None }
    }
}

/// Everything that requests need.
pub(crate) struct Engine {
    pub(crate) portals: PortalList,
    pub(crate) connection: Connection,
    pub(crate) keyring: Keyring,
    pub(crate) workstation: Workstation,
    pub(crate) hints: Mutex<Hints>,
    pub(crate) outbox: Mutex<Outbox>,
    pub(crate) language: Mutex<Language>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Engine {
    pub(crate) async fn run(&self, request: Request) -> Result<Outcome, Refused> {
        match request {
            Request::Connect { portal } => self.connect(portal).await,
            Request::Password { at, identifier, password } => self.password(at, identifier, password).await,
            Request::Challenge { flow, auth_session, question, repeat } => {
                self.challenge(flow, auth_session, question, repeat).await
            }
            Request::Complete { flow, authorization_code, asked_for_trust, device, request_id } => {
                self.complete(flow, authorization_code, asked_for_trust, device, request_id).await
            }
            Request::SignOut { session } => {
                Ok(Outcome::SignedOut { confirmed: self.end(&session, false).await })
            }
            Request::Leave { session } => Ok(self.leave(&session).await),
            Request::ForgetDevice { session, id, current } => self.forget_device(session, id, current).await,
        }
    }

    async fn connect(&self, portal: String) -> Result<Outcome, Refused> {
        let found = self.portals.get(&portal).cloned();
        let found = found.ok_or_else(|| Trouble::new(FailureCode::PortalNotSupported, "not in the list"))?;
        let device_id = self.workstation.device_id(&found.issuer);
        match Entrance::read(&self.connection, found, device_id).await {
            Ok(entrance) => Ok(Outcome::Connected(Arc::new(entrance))),
            // Reading again is always safe, whatever was wrong.
            Err(trouble) => {
                Err(Refused { retry: trouble.lost.then_some(Request::Connect { portal }), trouble })
            }
        }
    }

    async fn password(
        &self,
        at: Arc<Entrance>,
        identifier: Identifier,
        password: SecretString,
    ) -> Result<Outcome, Refused> {
        let flow = Arc::new(Flow::new(at.clone(), identifier, self.connection.entropy()));
        let device = self.device_key(&at).await;
        let language = *locked(&self.language);
        let asked =
            challenge::ask_password(&self.connection, &flow, &password, language, device.as_ref()).await;
        match asked {
            Ok(asked) => Ok(Outcome::Asked {
                flow,
                asked: Box::new(asked),
                sent: true,
                asked_for_trust: false,
                device: None,
            }),
            Err(trouble) => {
                let identifier = flow.identifier.clone();
                let retry = trouble.lost.then_some(Request::Password { at, identifier, password });
                Err(Refused { trouble, retry })
            }
        }
    }

    async fn challenge(
        &self,
        flow: Arc<Flow>,
        auth_session: SecretString,
        question: Question,
        repeat: Option<Repeat>,
    ) -> Result<Outcome, Refused> {
        let asked_for_trust = matches!(question, Question::Code { remember: true, .. });
        let repeat = if let Some(repeat) = repeat {
            repeat
        } else {
            let device = if asked_for_trust { self.fresh_device_key().await } else { None };
            Repeat { request_id: self.connection.request_id(), device }
        };
        let language = *locked(&self.language);
        let sent = matches!(question, Question::Send(_));
        match challenge::ask(&self.connection, &flow, &auth_session, &question, &repeat, language).await {
            Ok(asked) => {
                let asked = Box::new(asked);
                Ok(Outcome::Asked { flow, asked, sent, asked_for_trust, device: repeat.device })
            }
            Err(trouble) => {
                let retry = trouble.lost.then_some(Request::Challenge {
                    flow,
                    auth_session,
                    question,
                    repeat: Some(repeat),
                });
                Err(Refused { trouble, retry })
            }
        }
    }

    async fn complete(
        &self,
        flow: Arc<Flow>,
        authorization_code: SecretString,
        asked_for_trust: bool,
        device: Option<PrivateKey>,
        request_id: Option<String>,
    ) -> Result<Outcome, Refused> {
        let request_id = request_id.unwrap_or_else(|| self.connection.request_id());
        let redeemed = match tokens::redeem(&self.connection, &flow, &authorization_code, &request_id).await {
            Ok(redeemed) => redeemed,
            Err(trouble) => {
                let retry = trouble.lost.then_some(Request::Complete {
                    flow,
                    authorization_code,
                    asked_for_trust,
                    device,
                    request_id: Some(request_id),
                });
                return Err(Refused { trouble, retry });
            }
        };
        match tokens::open(&self.connection, &flow, &redeemed).await {
            Ok((session, claims)) => {
                let settled =
                    handover::settle(self, &session, &redeemed, &claims.acr, asked_for_trust, device).await;
                Ok(Outcome::Completed(Box::new(Completed { session: Arc::new(session), settled })))
            }
            Err(trouble) => {
                // The portal holds a grant that nobody will use.
                if let Some(handle) = &redeemed.tokens.end_handle {
                    self.end_grant(&flow.entrance, handle, false).await;
                }
                Err(Trouble { lost: false, ..trouble }.into())
            }
        }
    }

    async fn leave(&self, session: &Session) -> Outcome {
        let confirmed = self.end(session, true).await;
        let entrance = &session.entrance;
        let (key_gone, hints_gone) = self.forget_trust(&entrance.portal.issuer, &entrance.key_name()).await;
        let wiped = vec![
            // The state machine drops the one session there is with this outcome.
            Wiped { what: WipedItem::Session, verified: true },
            Wiped { what: WipedItem::DeviceKey, verified: key_gone },
            Wiped { what: WipedItem::Hints, verified: hints_gone },
        ];
        Outcome::Left { wiped, confirmed }
    }

    async fn forget_device(
        &self,
        session: Arc<Session>,
        id: String,
        current: bool,
    ) -> Result<Outcome, Refused> {
        if let Err(trouble) = account::forget_device(&self.connection, &session, &id).await {
            let retry = trouble.lost.then_some(Request::ForgetDevice { session, id, current });
            return Err(Refused { trouble, retry });
        }
        if current {
            let entrance = &session.entrance;
            let (key_gone, _) = self.forget_trust(&entrance.portal.issuer, &entrance.key_name()).await;
            if !key_gone {
                tracing::warn!("the key of an ended trust stays in the keyring until the next start");
            }
        }
        let devices = account::devices(&self.connection, &session).await.ok();
        Ok(Outcome::Forgotten { devices, current })
    }

    /// Reads the person's card and list of workstations.
    pub(crate) async fn load(&self, session: &Session) -> Result<Account, Trouble> {
        account::load(&self.connection, session).await
    }

    /// The key that trust on this portal is bound to. Where it is not known whose it is (hints absent or damaged), it is not
    /// used (APP-05).
    async fn device_key(&self, at: &Entrance) -> Option<PrivateKey> {
        self.hint(&at.portal.issuer)?.owner?;
        match self.keyring.key(&at.key_name()).await {
            Ok(key) => key,
            Err(error) => {
                tracing::warn!(%error, "the device key cannot be read");
                None
            }
        }
    }

    /// A key for a new trust, if the keyring is there to keep it. It is kept once trust is granted, so that a wrong code
    /// costs nobody the key that is there.
    async fn fresh_device_key(&self) -> Option<PrivateKey> {
        if self.keyring.state() != KeyringState::Available {
            return None;
        }
        match self.keyring.check(self.connection.entropy()).await {
            Ok(()) => Some(PrivateKey::generate(self.connection.entropy())),
            Err(error) => {
                tracing::warn!(%error, "trust is not asked for");
                None
            }
        }
    }

    /// What is remembered of the portal.
    pub(crate) fn hint(&self, issuer: &str) -> Option<Hint> {
        locked(&self.hints).of(issuer)
    }

    /// Remembers.
    pub(crate) fn set_hint(&self, issuer: &str, hint: Hint) -> io::Result<()> {
        locked(&self.hints).set(issuer, hint, self.connection.entropy())
    }

    /// Removes a portal's key and hints; whether each read back as gone. A key that cannot be removed is written down, for
    /// the next start.
    pub(crate) async fn forget_trust(&self, issuer: &str, key_name: &str) -> (bool, bool) {
        let was_known = self.hint(issuer).is_some();
        let key_gone = match self.keyring.remove(key_name).await {
            Ok(()) => true,
            // Without a hint, and without a keyring, there never was a key.
            Err(_) if !was_known && self.keyring.state() != KeyringState::Available => true,
            Err(error) => {
                tracing::warn!(%error, "a device key stays in the keyring");
                false
            }
        };
        let forgotten = if key_gone {
            locked(&self.hints).forget(issuer, self.connection.entropy())
        } else {
            let left = Hint { owner: None, trusted_until: None, key_to_remove: Some(key_name.to_owned()) };
            self.set_hint(issuer, left)
        };
        if let Err(error) = &forgotten {
            tracing::warn!(%error, "the hints could not be changed");
        }
        (key_gone, forgotten.is_ok())
    }

    /// Keys that could not be removed earlier.
    pub(crate) async fn remove_left_keys(&self) {
        let left = locked(&self.hints).keys_to_remove();
        for (issuer, key_name) in left {
            self.forget_trust(&issuer, &key_name).await;
        }
    }

    /// Ends a session: written down, then sent. Whether the portal has answered.
    pub(crate) async fn end(&self, session: &Session, forget_device: bool) -> bool {
        self.end_grant(&session.entrance, session.end_handle.expose_secret(), forget_device).await
    }

    async fn end_grant(&self, entrance: &Entrance, end_handle: &str, forget_device: bool) -> bool {
        let end = PendingEnd {
            issuer: entrance.portal.issuer.clone(),
            endpoint: entrance.endpoints.end_session.to_string(),
            end_handle: end_handle.to_owned(),
            forget_device,
        };
        if let Err(error) = locked(&self.outbox).add(end.clone(), self.connection.entropy()) {
            tracing::warn!(%error, "the end of a session could not be written down");
        }
        tokio::time::timeout(END_TIME, self.deliver(&end)).await.unwrap_or(false)
    }

    /// Sends what earlier ends are left; whether none is left then.
    pub(crate) async fn deliver_pending(&self) -> bool {
        let pending = locked(&self.outbox).pending().to_vec();
        let mut all = true;
        for end in pending {
            all &= self.deliver(&end).await;
        }
        all
    }

    /// Whether ends are left to be sent.
    pub(crate) fn has_pending(&self) -> bool {
        !locked(&self.outbox).pending().is_empty()
    }

    async fn deliver(&self, end: &PendingEnd) -> bool {
        let answered = match self.end_address(end) {
            Some(url) => self.post_end(&url, end).await,
            // Not a portal of the list (any more): there is nobody to tell.
            None => true,
        };
        if answered && let Err(error) = locked(&self.outbox).done(&end.end_handle, self.connection.entropy())
        {
            tracing::warn!(%error, "the outbox could not be written");
        }
        answered
    }

    /// The file could have been changed: only an address of a listed portal is posted to.
    fn end_address(&self, end: &PendingEnd) -> Option<Url> {
        let portal = self.portals.iter().find(|portal| portal.issuer == end.issuer)?;
        let (issuer, url) = (portal.address()?, Url::parse(&end.endpoint).ok()?);
        let safe = url.scheme() == "https" || is_loopback(&issuer);
        (safe && url.origin() == issuer.origin()).then_some(url)
    }

    async fn post_end(&self, url: &Url, end: &PendingEnd) -> bool {
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
            Ok(reply) if reply.status.is_success() => true,
            Ok(reply) if reply.status == StatusCode::TOO_MANY_REQUESTS => false,
            Ok(reply) => {
                tracing::warn!(status = reply.status.as_u16(), "the end of a session was refused");
                reply.status.is_client_error()
            }
            Err(trouble) => {
                tracing::info!(code = ?trouble.code, "the end of a session has still to be told");
                false
            }
        }
    }

    /// This PC's clock.
    pub(crate) fn now(&self) -> UnixMillis {
        self.connection.now()
    }
}
