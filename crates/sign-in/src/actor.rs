//! The engine at work: one task owns the state, runs what it wants done, and publishes what is on the screen.

use crate::{
    account::ROTATE_AHEAD,
    challenge::{self, Question, Repeat},
    connection::Connection,
    draw::{Surroundings, draw, inactivity_limit},
    engine::Engine,
    failure::Trouble,
    hints::Hints,
    keyring::Keyring,
    outbox::Outbox,
    platform::{self, Policy},
    portals::PortalList,
    state::{Effect, EndCause, Event, SignIn, State, next},
    tls,
    tokens::Session,
    view::{Answer, FailureCode, Language, View},
    workstation::Workstation,
};
use parvis_protocol::{
    clock::{Clock, UnixMillis},
    entropy::Entropy,
};
use std::{
    mem,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::Instant,
};

/// The longest that [`SignInHandle::end`] takes.
const END_LIMIT: Duration = Duration::from_secs(2);
/// How long before the sign-out for inactivity the person is warned.
const WARNING: Duration = Duration::from_mins(1);
/// How often an open session is looked at.
const TICK: Duration = Duration::from_secs(5);
/// Somebody who did something within this time is there.
const PRESENT: Duration = Duration::from_mins(5);
/// Between two questions about a message.
const POLL_INTERVAL: Duration = Duration::from_secs(2);
/// Between two deliveries of pending ends: the first, and the longest.
const DELIVERY_WAITS: (Duration, Duration) = (Duration::from_secs(30), Duration::from_mins(15));

/// What the engine is started with.
pub struct Settings {
    /// Which portals can be entered.
    pub portals: PortalList,
    /// The app's own folder in this OS account.
    pub data_dir: PathBuf,
    /// What IT decided.
    pub policy: Policy,
    /// The workstation's name, if the caller knows better than the policy and the host name.
    pub workstation_name: Option<String>,
    /// This PC's clock: for what is displayed.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Where device keys are kept.
    pub keyring: Keyring,
    /// Language of messages.
    pub language: Language,
    /// Id of the portal that was opened last.
    pub last_portal: Option<String>,
}

/// The way to the engine. Cloning gives another way to the same one.
#[derive(Debug, Clone)]
pub struct SignInHandle {
    commands: mpsc::UnboundedSender<Command>,
    views: watch::Receiver<View>,
}

#[derive(Debug)]
enum Command {
    View(oneshot::Sender<View>),
    Submit(Answer, oneshot::Sender<View>),
    Activity,
    SetLanguage(Language),
    End(EndCause, oneshot::Sender<()>),
    /// An effect came to its end.
    Happened(Box<Event>),
    /// A session was ended, or left to the outbox.
    Ended,
    /// The keyring has been looked at.
    KeyringChecked,
    /// The tokens were looked at.
    Refreshed,
    /// Card and workstations could not be read.
    NotLoaded,
    /// The outbox was gone through.
    Delivered,
}

impl SignInHandle {
    /// Starts the engine on the current Tokio runtime.
    ///
    /// It never fails: what it cannot do here (write its folder, keep keys) it says in the view.
    pub fn start(settings: Settings) -> Self {
        let (commands, inbox) = mpsc::unbounded_channel();
        let Settings { portals, data_dir, policy, workstation_name, clock, entropy, .. } = settings;
        let mut state = State::new();
        let workstation = Workstation::open(&data_dir, &policy, workstation_name.clone(), &*entropy)
            .unwrap_or_else(|error| {
                tracing::error!(%error, "the data folder cannot be used");
                state.say(FailureCode::DataFolder, &format!("no workstation secret: {error}"));
                Workstation::for_this_start(workstation_name, &*entropy)
            });
        let (hints, outbox) = (Hints::open(&data_dir), Outbox::open(&data_dir));
        for (damaged, what) in [(hints.damaged, "trust hints"), (outbox.damaged, "pending ends")] {
            if damaged {
                tracing::error!(what, "a file is damaged and does not count");
                state.say(FailureCode::DataFolder, &format!("damaged: {what}"));
            }
        }
        let tls = tls::client_config().map_err(|error| error.to_string());
        let engine = Arc::new(Engine {
            portals,
            connection: Connection::new(tls, clock, entropy),
            keyring: settings.keyring,
            workstation,
            hints: Mutex::new(hints),
            outbox: Mutex::new(outbox),
            language: Mutex::new(settings.language),
        });
        let now = Instant::now();
        let last_portal = settings.last_portal;
        let first = draw(
            &state,
            &Surroundings {
                engine: &engine,
                revision: 1,
                last_portal: last_portal.as_deref(),
                sign_out_at: None,
                now,
            },
        );
        let (publish, views) = watch::channel(first);
        let actor = Actor {
            state,
            inbox,
            back: commands.downgrade(),
            publish,
            revision: 1,
            waiting: Vec::new(),
            ending: Vec::new(),
            ends_under_way: 0,
            last_portal,
            active: Active { at: now, wall: engine.now() },
            warned: false,
            last_poll: None,
            refreshing: false,
            loading: false,
            delivery: Delivery { next: engine.has_pending().then_some(now), wait: DELIVERY_WAITS.0 },
            engine,
        };
        tokio::spawn(actor.run());
        Self { commands, views }
    }

    /// What is on the screen now, durations counted now.
    pub async fn view(&self) -> View {
        let (reply, answer) = oneshot::channel();
        self.send(Command::View(reply));
        answer.await.unwrap_or_else(|_| self.views.borrow().clone())
    }

    /// Gives the person's answer; returns what is on the screen once nothing is under way any more. Views in between come by
    /// [`SignInHandle::views`].
    pub async fn submit(&self, answer: Answer) -> View {
        let (reply, view) = oneshot::channel();
        self.send(Command::Submit(answer, reply));
        view.await.unwrap_or_else(|_| self.views.borrow().clone())
    }

    /// Every view from now on.
    pub fn views(&self) -> watch::Receiver<View> {
        self.views.clone()
    }

    /// Someone is at the keyboard.
    pub fn activity(&self) {
        self.send(Command::Activity);
    }

    /// The language of messages from now on.
    pub fn set_language(&self, language: Language) {
        self.send(Command::SetLanguage(language));
    }

    /// Signs out. Returns when the portal has been told, after two seconds at the latest; what it was not told then is in the
    /// outbox.
    pub async fn end(&self, cause: EndCause) {
        let (reply, done) = oneshot::channel();
        self.send(Command::End(cause, reply));
        if tokio::time::timeout(END_LIMIT, done).await.is_err() {
            tracing::info!("the end of the session is left to the outbox");
        }
    }

    fn send(&self, command: Command) {
        if self.commands.send(command).is_err() {
            tracing::error!("the sign-in engine has stopped");
        }
    }
}

/// When somebody did something last, by both clocks: the monotonic one stands still while the PC sleeps, the other one jumps
/// when it is set.
#[derive(Debug, Clone, Copy)]
struct Active {
    at: Instant,
    wall: UnixMillis,
}

#[derive(Debug)]
struct Delivery {
    next: Option<Instant>,
    wait: Duration,
}

struct Actor {
    engine: Arc<Engine>,
    state: State,
    inbox: mpsc::UnboundedReceiver<Command>,
    back: mpsc::WeakUnboundedSender<Command>,
    publish: watch::Sender<View>,
    revision: u32,
    /// Who waits for the outcome of an answer.
    waiting: Vec<oneshot::Sender<View>>,
    /// Who waits for the end of a session.
    ending: Vec<oneshot::Sender<()>>,
    ends_under_way: u32,
    last_portal: Option<String>,
    active: Active,
    warned: bool,
    last_poll: Option<Instant>,
    refreshing: bool,
    loading: bool,
    delivery: Delivery,
}

impl Actor {
    async fn run(mut self) {
        self.check_keyring();
        loop {
            let command = match self.deadline() {
                Some(deadline) => tokio::select! {
                    command = self.inbox.recv() => command,
                    () = tokio::time::sleep_until(deadline) => {
                        self.tick();
                        continue;
                    }
                },
                None => self.inbox.recv().await,
            };
            match command {
                Some(command) => self.on_command(command),
                None => return,
            }
        }
    }

    fn on_command(&mut self, command: Command) {
        match command {
            Command::View(reply) => {
                // Whoever asked may be gone: a reloaded window asks again.
                drop(reply.send(self.view()));
            }
            Command::Submit(answer, reply) => self.on_answer(answer, reply),
            Command::Activity => self.on_activity(),
            Command::SetLanguage(language) => {
                *self.engine.language.lock().unwrap_or_else(PoisonError::into_inner) = language;
            }
            Command::End(cause, reply) => {
                self.ending.push(reply);
                self.dispatch(Event::End(cause));
            }
            Command::Happened(event) => {
                if matches!(*event, Event::Loaded { .. }) {
                    self.loading = false;
                }
                self.dispatch(*event);
            }
            Command::Ended => {
                self.ends_under_way = self.ends_under_way.saturating_sub(1);
                self.settle();
            }
            Command::KeyringChecked => self.show(),
            Command::Refreshed => self.refreshing = false,
            Command::NotLoaded => self.loading = false,
            Command::Delivered => {
                self.delivery.wait = (self.delivery.wait * 2).min(DELIVERY_WAITS.1);
                self.plan_delivery();
            }
        }
    }

    fn on_answer(&mut self, answer: Answer, reply: oneshot::Sender<View>) {
        if matches!(answer, Answer::PollDelivery) {
            let now = Instant::now();
            let too_soon = self.last_poll.is_some_and(|last| now.duration_since(last) < POLL_INTERVAL);
            if !too_soon {
                self.last_poll = Some(now);
                self.dispatch(Event::Answer(answer));
            }
        } else {
            self.on_activity();
            self.dispatch(Event::Answer(answer));
        }
        self.waiting.push(reply);
        self.settle();
    }

    /// Somebody is there. If nobody was for too long, the session is over all the same.
    fn on_activity(&mut self) {
        if self.idle_is_over() {
            return;
        }
        self.active = Active { at: Instant::now(), wall: self.engine.now() };
        if mem::take(&mut self.warned) {
            self.show();
        }
    }

    fn dispatch(&mut self, event: Event) {
        let had_session = self.state.session().is_some();
        let (state, effects) = next(mem::take(&mut self.state), event);
        self.state = state;
        for effect in effects {
            self.start(effect);
        }
        if let Some((at, _)) = self.state.sign_in.place() {
            self.last_portal = Some(at.portal.id.clone());
        }
        if self.state.session().is_some() != had_session {
            self.active = Active { at: Instant::now(), wall: self.engine.now() };
            (self.warned, self.loading) = (false, self.loading && !had_session);
        }
        self.show();
        self.settle();
    }

    fn start(&mut self, effect: Effect) {
        let engine = self.engine.clone();
        let Some(back) = self.back.upgrade() else { return };
        let tell = move |command| drop(back.send(command));
        match effect {
            Effect::Run { ticket, request } => {
                tokio::spawn(async move {
                    let result = engine.run(request).await;
                    if let Err(refused) = &result {
                        let trouble = &refused.trouble;
                        tracing::warn!(code = ?trouble.code, message = trouble.message, "a request failed");
                    }
                    tell(Command::Happened(Box::new(Event::Done { ticket, at: Instant::now(), result })));
                });
            }
            Effect::Poll { flow, auth_session, challenge_id } => {
                tokio::spawn(async move {
                    let question = Question::Look { challenge_id };
                    let repeat = Repeat { request_id: engine.connection.request_id(), device: None };
                    let language = *engine.language.lock().unwrap_or_else(PoisonError::into_inner);
                    let said = challenge::ask(
                        &engine.connection,
                        &flow,
                        &auth_session,
                        &question,
                        &repeat,
                        language,
                    )
                    .await;
                    if let Ok(asked) = said {
                        tell(Command::Happened(Box::new(Event::Polled { asked })));
                    }
                });
            }
            Effect::Load(session) => {
                self.loading = true;
                tokio::spawn(async move {
                    match engine.load(&session).await {
                        Ok(account) => {
                            tell(Command::Happened(Box::new(Event::Loaded { session, account })));
                        }
                        Err(trouble) => {
                            tell(Command::NotLoaded);
                            tell_if_revoked(&trouble, session, &tell);
                        }
                    }
                });
            }
            Effect::End(session) => {
                self.ends_under_way += 1;
                tokio::spawn(async move {
                    engine.end(&session, false).await;
                    tell(Command::Ended);
                });
            }
            Effect::OpenBrowser(address) => {
                if let Err(error) = platform::open_in_browser(&address) {
                    tracing::warn!(%error, "the browser could not be started");
                    self.state.say(FailureCode::Internal, "the browser could not be started");
                }
            }
        }
    }

    fn check_keyring(&self) {
        let engine = self.engine.clone();
        let back = self.back.clone();
        tokio::spawn(async move {
            match engine.keyring.check(engine.connection.entropy()).await {
                Ok(()) => engine.remove_left_keys().await,
                Err(error) => tracing::warn!(%error, "trust cannot be remembered here"),
            }
            if let Some(back) = back.upgrade() {
                drop(back.send(Command::KeyringChecked));
            }
        });
    }

    /// When something has to be looked at, if ever.
    fn deadline(&self) -> Option<Instant> {
        let session = self.state.session().is_some().then(|| Instant::now() + TICK);
        session
            .into_iter()
            .chain(self.inactive_from())
            .chain(self.warning_from())
            .chain(self.delivery.next)
            .min()
    }

    fn tick(&mut self) {
        if self.idle_is_over() {
            return;
        }
        let now = Instant::now();
        if self.warning_from().is_some_and(|at| at <= now) && !self.warned {
            self.warned = true;
            self.show();
        }
        if let Some(session) = self.state.session().cloned() {
            self.keep_fresh(session);
        }
        if self.delivery.next.is_some_and(|at| at <= now) {
            self.delivery.next = None;
            let (engine, back) = (self.engine.clone(), self.back.clone());
            tokio::spawn(async move {
                engine.deliver_pending().await;
                if let Some(back) = back.upgrade() {
                    drop(back.send(Command::Delivered));
                }
            });
        }
    }

    /// Rotates the tokens while somebody is there; reads the card if it could not be read before.
    fn keep_fresh(&mut self, session: Arc<Session>) {
        if self.active.at.elapsed() > PRESENT {
            return;
        }
        let unread =
            matches!(&self.state.sign_in, SignIn::SignedIn(signed_in) if signed_in.account.is_none());
        if unread && !self.loading {
            self.start(Effect::Load(session.clone()));
        }
        if mem::replace(&mut self.refreshing, true) {
            return;
        }
        let Some(back) = self.back.upgrade() else { return };
        let engine = self.engine.clone();
        tokio::spawn(async move {
            let tell = |command| drop(back.send(command));
            if let Err(trouble) = session.keep_fresh(&engine.connection, ROTATE_AHEAD).await {
                tell_if_revoked(&trouble, session, &tell);
            }
            tell(Command::Refreshed);
        });
    }

    /// Signs out if nobody was there for as long as the profile allows; whether it did.
    fn idle_is_over(&mut self) -> bool {
        let Some(limit) = self.limit() else { return false };
        let slept = u64::try_from(self.engine.now().saturating_sub(self.active.wall)).unwrap_or(0);
        let idle = self.active.at.elapsed().max(Duration::from_millis(slept));
        if idle < limit {
            return false;
        }
        self.dispatch(Event::End(EndCause::Inactivity));
        true
    }

    fn limit(&self) -> Option<Duration> {
        self.state.session().map(|session| inactivity_limit(&session.entrance))
    }

    fn inactive_from(&self) -> Option<Instant> {
        self.limit().map(|limit| self.active.at + limit)
    }

    fn warning_from(&self) -> Option<Instant> {
        let warning = self.limit().map(|limit| self.active.at + limit.saturating_sub(WARNING).max(limit / 2));
        warning.filter(|_| !self.warned)
    }

    fn plan_delivery(&mut self) {
        if !self.engine.has_pending() {
            self.delivery = Delivery { next: None, wait: DELIVERY_WAITS.0 };
        } else if self.delivery.next.is_none() {
            self.delivery.next = Some(Instant::now() + self.delivery.wait);
        }
    }

    fn view(&self) -> View {
        draw(
            &self.state,
            &Surroundings {
                engine: &self.engine,
                revision: self.revision,
                last_portal: self.last_portal.as_deref(),
                sign_out_at: self.inactive_from().filter(|_| self.warned),
                now: Instant::now(),
            },
        )
    }

    fn show(&mut self) {
        self.revision += 1;
        self.publish.send_replace(self.view());
    }

    /// Answers those who wait, once there is nothing left to wait for.
    fn settle(&mut self) {
        if self.state.busy().is_some() {
            return;
        }
        if !self.waiting.is_empty() {
            let view = self.view();
            for waiting in self.waiting.drain(..) {
                drop(waiting.send(view.clone()));
            }
        }
        if self.ends_under_way == 0 {
            for ending in self.ending.drain(..) {
                let _ = ending.send(());
            }
            self.plan_delivery();
        }
    }
}

fn tell_if_revoked(trouble: &Trouble, session: Arc<Session>, tell: &impl Fn(Command)) {
    tracing::info!(code = ?trouble.code, message = trouble.message, "the session could not be used");
    if trouble.code == FailureCode::SignedOutByPortal {
        tell(Command::Happened(Box::new(Event::Revoked { session })));
    }
}
