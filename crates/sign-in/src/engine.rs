//! What the state machine wants done: each request run to its outcome.

use crate::{
    account::{self, Account},
    challenge::{self, Asked, Flow, Identifier, Question, Repeat},
    connection::Connection,
    entrance::Entrance,
    failure::Trouble,
    handover,
    hints::{Hint, Hints},
    keyring::Keyring,
    outbox::Outbox,
    pages::{self, PagesWindow},
    portals::PortalList,
    recovery,
    registration::{self, RegistrationFlow},
    request::{Completed, Outcome, Refused, Request},
    space::{self, Change, Changed, List, ListKind},
    tokens::{self, Session},
    view::{FailureCode, KeyringState, Language, PasswordProblem, Wiped, WipedItem},
    workstation::Workstation,
};
use parvis_protocol::{clock::UnixMillis, jws::PrivateKey};
use secrecy::SecretString;
use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Everything that requests need.
pub(crate) struct Engine {
    pub(crate) portals: PortalList,
    pub(crate) connection: Connection,
    pub(crate) keyring: Keyring,
    pub(crate) workstation: Workstation,
    pub(crate) hints: Mutex<Hints>,
    pub(crate) outbox: Mutex<Outbox>,
    pub(crate) language: Mutex<Language>,
    /// The window of the portal's pages.
    pub(crate) pages: Arc<dyn PagesWindow>,
}

pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reading again is always safe; a portal that is not the one it should be stays so.
const fn can_mend(trouble: &Trouble) -> bool {
    !matches!(trouble.code, FailureCode::WrongIssuer | FailureCode::PortalNotSupported)
}

impl Engine {
    pub(crate) async fn run(&self, request: Request) -> Result<Outcome, Refused> {
        match request {
            Request::Connect { portal } => self.connect(portal).await,
            Request::FollowLink { portal, token } => self.follow_link(portal, token).await,
            Request::Register { at, flow, session, question, request_id } => {
                self.register(at, flow, session, question, request_id).await
            }
            Request::Password { at, role, identifier, password } => {
                self.password(at, role, identifier, password).await
            }
            Request::Recovery { at, identifier } => self.recovery(at, identifier).await,
            Request::Challenge { flow, auth_session, question, repeat } => {
                self.challenge(flow, auth_session, question, repeat).await
            }
            Request::Complete { flow, authorization_code, asked_for_trust, device, request_id } => {
                self.complete(flow, authorization_code, asked_for_trust, device, request_id).await
            }
            Request::SignOut { session } => {
                let (confirmed, _) = tokio::join!(self.end(&session, false), self.pages.clear());
                Ok(Outcome::SignedOut { confirmed })
            }
            Request::Leave { session } => Ok(self.leave(&session).await),
            Request::Change { session, change } => self.change(session, change).await,
            Request::StepUp { session, flow, auth_session, question, repeat } => {
                self.step_up(session, flow, auth_session, question, repeat).await
            }
            Request::StepUpComplete { session, flow, authorization_code, change, request_id } => {
                self.step_up_complete(session, flow, authorization_code, change, request_id).await
            }
            Request::OpenPages { session } => self.open_pages(&session).await,
            Request::ForgetDevice { session, id, current } => self.forget_device(session, id, current).await,
        }
    }

    async fn connect(&self, portal: String) -> Result<Outcome, Refused> {
        match self.entrance(&portal).await {
            Ok(entrance) => Ok(Outcome::Connected(entrance)),
            Err(trouble) => {
                Err(Refused { retry: can_mend(&trouble).then_some(Request::Connect { portal }), trouble })
            }
        }
    }

    async fn follow_link(&self, portal: String, token: Option<SecretString>) -> Result<Outcome, Refused> {
        match self.entrance(&portal).await {
            Ok(at) if at.profile.registration.form.is_some() => Ok(Outcome::LinkFollowed { at, token }),
            Ok(_) => {
                tracing::warn!("a link was ignored: its portal opens no accounts here");
                Ok(Outcome::LinkIgnored)
            }
            Err(trouble) => {
                let retry = can_mend(&trouble).then_some(Request::FollowLink { portal, token });
                Err(Refused { trouble, retry })
            }
        }
    }

    /// Reads the portal of this id in the list.
    async fn entrance(&self, portal: &str) -> Result<Arc<Entrance>, Trouble> {
        let found = self.portals.get(portal).cloned();
        let found = found.ok_or_else(|| Trouble::new(FailureCode::PortalNotSupported, "not in the list"))?;
        let device_id = self.workstation.device_id(&found.issuer);
        Ok(Arc::new(Entrance::read(&self.connection, found, device_id).await?))
    }

    async fn register(
        &self,
        at: Arc<Entrance>,
        flow: Option<Arc<RegistrationFlow>>,
        session: Option<SecretString>,
        question: registration::Question,
        request_id: Option<String>,
    ) -> Result<Outcome, Refused> {
        let connection = &self.connection;
        let flow = flow.unwrap_or_else(|| Arc::new(RegistrationFlow::new(at.clone(), connection.entropy())));
        let request_id = request_id.unwrap_or_else(|| connection.request_id());
        let language = *locked(&self.language);
        match registration::ask(connection, &flow, session.as_ref(), &question, &request_id, language).await {
            Ok(answered) => {
                let resent = matches!(question, registration::Question::Resend(_));
                Ok(Outcome::Registration { flow, answered: Box::new(answered), resent })
            }
            Err(trouble) => {
                let (flow, request_id) = (Some(flow), Some(request_id));
                let request = Request::Register { at, flow, session, question, request_id };
                Err(Refused { retry: trouble.lost.then_some(request), trouble })
            }
        }
    }

    async fn password(
        &self,
        at: Arc<Entrance>,
        role: String,
        identifier: Identifier,
        password: SecretString,
    ) -> Result<Outcome, Refused> {
        let flow = Flow::new(at.clone(), role.clone(), identifier.clone(), self.connection.entropy());
        let flow = Arc::new(flow);
        let device = self.device_key(&at).await;
        let language = *locked(&self.language);
        let asked =
            challenge::ask_password(&self.connection, &flow, &password, language, device.as_ref()).await;
        match asked {
            Ok(Asked::Password { problem: Some(PasswordProblem::WrongRole { entrances }), .. }) => {
                Ok(Outcome::WrongEntrance { at, role, identifier, password, entrances })
            }
            Ok(asked) => Ok(Outcome::Asked {
                flow,
                asked: Box::new(asked),
                sent: true,
                asked_for_trust: false,
                device: None,
            }),
            Err(trouble) => {
                let retry = trouble.lost.then_some(Request::Password { at, role, identifier, password });
                Err(Refused { trouble, retry })
            }
        }
    }

    async fn recovery(&self, at: Arc<Entrance>, identifier: Identifier) -> Result<Outcome, Refused> {
        let language = *locked(&self.language);
        match recovery::request(&self.connection, &at, &identifier, language).await {
            Ok(()) => Ok(Outcome::RecoveryAsked { at: self.now() }),
            Err(trouble) => {
                let retry = trouble.lost.then_some(Request::Recovery { at, identifier });
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
        // The keys first: once the authorization code is redeemed, nothing more has to come over the network.
        let redeemed = match tokens::keys(&self.connection, &flow.entrance).await {
            Ok(keys) => tokens::redeem(&self.connection, &flow, &authorization_code, &request_id)
                .await
                .map(|redeemed| (redeemed, keys)),
            Err(trouble) => Err(trouble),
        };
        let (redeemed, keys) = match redeemed {
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
        match tokens::open(&self.connection, &flow, &redeemed, &keys) {
            Ok((session, claims)) => {
                // Pages of somebody else's session: nobody is signed in beside them (PROTOCOL §6).
                if !self.pages.clear().await {
                    self.end(&session, false).await;
                    let message = "the window of the portal's pages could not be cleared";
                    return Err(Trouble::new(FailureCode::HandoverIncomplete, message).into());
                }
                let settled =
                    handover::settle(self, &session, &redeemed, &claims.acr, asked_for_trust, device).await;
                Ok(Outcome::Completed(Box::new(Completed { session: Arc::new(session), settled })))
            }
            Err(trouble) => {
                // The portal holds a grant that nobody will use.
                if let Some(handle) = &redeemed.tokens.end_handle {
                    self.end_grant(&flow.entrance, handle, false).await;
                }
                Err(trouble.into())
            }
        }
    }

    async fn leave(&self, session: &Session) -> Outcome {
        let entrance = &session.entrance;
        let key_name = entrance.key_name();
        // The end is written down first. The wiping does not wait for the portal: the app may be closed meanwhile.
        let (confirmed, (key_gone, hints_gone), pages_gone) = tokio::join!(
            self.end(session, true),
            self.forget_trust(&entrance.portal.issuer, &key_name),
            self.pages.clear()
        );
        let wiped = vec![
            // The state machine drops the one session there is with this outcome.
            Wiped { what: WipedItem::Session, verified: true },
            Wiped { what: WipedItem::DeviceKey, verified: key_gone },
            Wiped { what: WipedItem::Hints, verified: hints_gone },
            Wiped { what: WipedItem::WebData, verified: pages_gone },
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

    /// Changes something of the account; begins a step-up where the portal wants a fresh proof first.
    async fn change(&self, session: Arc<Session>, change: Change) -> Result<Outcome, Refused> {
        let language = challenge::code_of(*locked(&self.language));
        match space::change(&self.connection, &session, &change, language).await? {
            Changed::Done(done) => {
                if done.ends_trust() {
                    let entrance = &session.entrance;
                    self.forget_trust(&entrance.portal.issuer, &entrance.key_name()).await;
                }
                Ok(Outcome::Changed { done, at: self.now() })
            }
            Changed::Refused(wrong) => Ok(Outcome::ChangeRefused { wrong }),
            Changed::NeedsProof => self.begin_step_up(&session, change).await,
        }
    }

    async fn begin_step_up(&self, session: &Session, change: Change) -> Result<Outcome, Refused> {
        let Some(auth_session) = session.auth_session().await else {
            return Err(Trouble::unexpected("a fresh proof is wanted, and no way to give it").into());
        };
        let flow = Arc::new(Flow::step_up(session, self.connection.entropy()));
        let repeat = Repeat { request_id: self.connection.request_id(), device: None };
        let language = *locked(&self.language);
        let question = Question::StepUp;
        let asked =
            challenge::ask(&self.connection, &flow, &auth_session, &question, &repeat, language).await?;
        Ok(Outcome::StepUpAsked { flow, asked: Box::new(asked), wanted: Some(change), sent: true })
    }

    async fn step_up(
        &self,
        session: Arc<Session>,
        flow: Arc<Flow>,
        auth_session: SecretString,
        question: Question,
        repeat: Option<Repeat>,
    ) -> Result<Outcome, Refused> {
        let repeat =
            repeat.unwrap_or_else(|| Repeat { request_id: self.connection.request_id(), device: None });
        let language = *locked(&self.language);
        let sent = matches!(question, Question::Send(_) | Question::StepUpPassword { .. });
        match challenge::ask(&self.connection, &flow, &auth_session, &question, &repeat, language).await {
            Ok(asked) => Ok(Outcome::StepUpAsked { flow, asked: Box::new(asked), wanted: None, sent }),
            Err(trouble) => {
                let repeat = Some(repeat);
                let request = Request::StepUp { session, flow, auth_session, question, repeat };
                Err(Refused { retry: trouble.lost.then_some(request), trouble })
            }
        }
    }

    /// Takes the tokens of a step-up over, and goes on with what was wanted.
    async fn step_up_complete(
        &self,
        session: Arc<Session>,
        flow: Arc<Flow>,
        authorization_code: SecretString,
        change: Change,
        request_id: Option<String>,
    ) -> Result<Outcome, Refused> {
        let request_id = request_id.unwrap_or_else(|| self.connection.request_id());
        let redeemed = match tokens::keys(&self.connection, &flow.entrance).await {
            Ok(keys) => tokens::redeem(&self.connection, &flow, &authorization_code, &request_id)
                .await
                .map(|redeemed| (redeemed, keys)),
            Err(trouble) => Err(trouble),
        };
        match redeemed {
            Ok((redeemed, keys)) => {
                if let Err(trouble) = session.step_up(&self.connection, &redeemed, &keys).await {
                    // The portal has replaced the old tokens, and these are not this person's.
                    self.end(&session, false).await;
                    return Err(Trouble { code: FailureCode::SignedOutByPortal, ..trouble }.into());
                }
                self.change(session, change).await
            }
            Err(trouble) => {
                let request_id = Some(request_id);
                let request =
                    Request::StepUpComplete { session, flow, authorization_code, change, request_id };
                Err(Refused { retry: trouble.lost.then_some(request), trouble })
            }
        }
    }

    async fn open_pages(&self, session: &Session) -> Result<Outcome, Refused> {
        let language = *locked(&self.language);
        let page = pages::entry(&self.connection, session, language).await?;
        let opened = self.pages.open(page).await;
        if let Err(error) = &opened {
            tracing::warn!(error, "the portal's pages were not opened");
        }
        Ok(Outcome::PagesOpened(opened.is_ok()))
    }

    /// Reads a list of « Mon espace ».
    pub(crate) async fn load_list(&self, session: &Session, kind: ListKind) -> Result<List, Trouble> {
        Ok(match kind {
            ListKind::Sessions => List::Sessions(space::sessions(&self.connection, session).await?),
            ListKind::History => List::History(space::history(&self.connection, session).await?),
            ListKind::Delegates => List::Delegates(space::delegates(&self.connection, session).await?),
        })
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
        let was_known = locked(&self.hints).damaged || self.hint(issuer).is_some();
        let key_gone = match self.keyring.remove(key_name).await {
            Ok(()) => true,
            // Without a hint that was ever there, and without a keyring, there never was a key.
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

    /// This PC's clock.
    pub(crate) fn now(&self) -> UnixMillis {
        self.connection.now()
    }
}
