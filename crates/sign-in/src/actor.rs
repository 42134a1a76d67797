//! The engine at work: one task owns the state, runs what it wants done, and publishes what is on the screen.

use crate::{
    account::ROTATE_AHEAD,
    challenge::{self, Asked, Question, Repeat},
    draw::{Surroundings, draw, inactivity_limit},
    engine::{Engine, locked},
    failure::Trouble,
    link::RegistrationLink,
    platform,
    registration::{self, Answered, Reached},
    space,
    state::{Effect, EndCause, Event, SignIn, State, next},
    tokens::Session,
    view::{Answer, Busy, FailureCode, Language, PasswordJudgement, View},
};
use parvis_protocol::clock::UnixMillis;
use secrecy::{ExposeSecret, SecretString};
use std::{mem, sync::Arc, time::Duration};
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::Instant,
};

/// How long before the sign-out for inactivity the person is warned.
const WARNING: Duration = Duration::from_mins(1);
/// Half a sign-in that nobody goes on with is cleared after this time: as long as the portal keeps an idle `auth_session`
/// (PROTOCOL §3).
const HALF_WAY: Duration = Duration::from_mins(10);
/// The longest between two tries of what nobody waits for.
const LONGEST_PAUSE: Duration = Duration::from_mins(2);
/// How often an open session is looked at.
const TICK: Duration = Duration::from_secs(5);
/// Somebody who did something within this time is there.
const PRESENT: Duration = Duration::from_mins(5);
/// Between two questions about a message.
const POLL_INTERVAL: Duration = Duration::from_secs(2);
/// Between two deliveries of pending ends: the first, and the longest.
const DELIVERY_WAITS: (Duration, Duration) = (Duration::from_secs(30), Duration::from_mins(15));

#[derive(Debug)]
pub(crate) enum Command {
    View(oneshot::Sender<View>),
    Submit(Answer, oneshot::Sender<View>),
    Activity,
    /// A link to open an account was opened.
    OpenLink(RegistrationLink),
    SetLanguage(Language),
    Judge(SecretString, oneshot::Sender<PasswordJudgement>),
    /// The person closed the window of the portal's pages.
    PagesClosed,
    End(EndCause, oneshot::Sender<()>),
    /// An effect came to its end.
    Happened(Box<Event>),
    /// Something of the account was read; by how many changes it may be old.
    Read {
        event: Box<Event>,
        changes: u64,
    },
    /// A request or the end of a session is not under way any more.
    Finished,
    /// The keyring has been looked at.
    KeyringChecked,
    /// The tokens were looked at.
    Refreshed,
    /// The tokens could not be rotated; when the portal wants to be asked again.
    NotRefreshed(Option<Duration>),
    /// Card and workstations could not be read; when the portal wants to be asked again.
    NotLoaded(Option<Duration>),
    /// The outbox was gone through.
    Delivered,
}

/// When somebody did something last, by both clocks: the monotonic one stands still while the PC sleeps, the other one jumps
/// when it is set.
#[derive(Debug, Clone, Copy)]
struct Active {
    at: Instant,
    wall: UnixMillis,
}

/// Something that is tried while a session is open, each time after a longer pause.
#[derive(Debug)]
struct Upkeep {
    under_way: bool,
    next: Option<Instant>,
    pause: Duration,
}

impl Upkeep {
    const fn new() -> Self {
        Self { under_way: false, next: None, pause: TICK }
    }

    /// Whether it may be begun now.
    fn is_due(&self) -> bool {
        !self.under_way && self.next.is_none_or(|next| next <= Instant::now())
    }

    fn succeeded(&mut self) {
        *self = Self::new();
    }

    fn failed(&mut self, retry_after: Option<Duration>) {
        let pause = self.pause.max(retry_after.unwrap_or_default());
        *self = Self {
            under_way: false,
            next: Some(Instant::now() + pause),
            pause: (self.pause * 2).min(LONGEST_PAUSE),
        };
    }
}

#[derive(Debug)]
struct Delivery {
    next: Option<Instant>,
    wait: Duration,
}

pub(crate) struct Actor {
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
    /// Requests and ends that run; those who wait for the end of a session wait for all of them.
    under_way: u32,
    /// When an open session is looked at next. Kept, so that a busy person does not put it off for ever.
    next_tick: Instant,
    last_portal: Option<String>,
    active: Active,
    warned: bool,
    last_poll: Option<Instant>,
    tokens: Upkeep,
    card: Upkeep,
    /// Requests that came to their end.
    changes: u64,
    delivery: Delivery,
}

impl Actor {
    /// The actor, and where its views come out.
    pub(crate) fn new(
        engine: Arc<Engine>,
        state: State,
        last_portal: Option<String>,
        inbox: mpsc::UnboundedReceiver<Command>,
        back: mpsc::WeakUnboundedSender<Command>,
    ) -> (Self, watch::Receiver<View>) {
        let now = Instant::now();
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
        let actor = Self {
            state,
            inbox,
            back,
            publish,
            revision: 1,
            waiting: Vec::new(),
            ending: Vec::new(),
            under_way: 0,
            next_tick: now,
            last_portal,
            active: Active { at: now, wall: engine.now() },
            warned: false,
            last_poll: None,
            tokens: Upkeep::new(),
            card: Upkeep::new(),
            changes: 0,
            delivery: Delivery { next: engine.has_pending().then_some(now), wait: DELIVERY_WAITS.0 },
            engine,
        };
        (actor, views)
    }

    pub(crate) async fn run(mut self) {
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
            Command::OpenLink(link) => self.on_link(link),
            Command::SetLanguage(language) => {
                *locked(&self.engine.language) = language;
            }
            Command::Judge(password, reply) => drop(reply.send(self.judge(&password))),
            Command::End(cause, reply) => {
                self.ending.push(reply);
                self.dispatch(Event::End(cause));
            }
            Command::Happened(event) => {
                self.changes += u64::from(matches!(*event, Event::Done { .. }));
                self.dispatch(*event);
            }
            Command::Read { event, changes } => self.on_read(*event, changes),
            Command::Finished => {
                self.under_way = self.under_way.saturating_sub(1);
                self.settle();
            }
            Command::KeyringChecked | Command::PagesClosed => self.show(),
            Command::Refreshed => self.tokens.succeeded(),
            Command::NotRefreshed(retry_after) => self.tokens.failed(retry_after),
            Command::NotLoaded(retry_after) => self.card.failed(retry_after),
            Command::Delivered => {
                self.delivery.wait = (self.delivery.wait * 2).min(DELIVERY_WAITS.1);
                self.plan_delivery();
            }
        }
    }

    /// What was read before a change came to its end may say what was before it: it is read again.
    fn on_read(&mut self, event: Event, changes: u64) {
        if changes == self.changes {
            if matches!(event, Event::Loaded { .. }) {
                self.card.succeeded();
            }
            return self.dispatch(event);
        }
        let (session, again) = match event {
            Event::Loaded { session, .. } => (session.clone(), Effect::Load(session)),
            Event::Listed { session, list } => (session.clone(), Effect::LoadList(session, list.kind())),
            other => return self.dispatch(other),
        };
        if self.state.session().is_some_and(|ours| Arc::ptr_eq(ours, &session)) {
            self.start(again);
        }
    }

    /// What the portal will say of a new password, while it is typed.
    fn judge(&self, password: &SecretString) -> PasswordJudgement {
        let Some((at, _)) = self.state.sign_in.place() else {
            return PasswordJudgement { unmet: Vec::new(), strength: 0 };
        };
        let person = self.state.session().map_or("", |session| session.person.name.as_str());
        let name = &at.portal.name;
        let context = [person, &name.fr, &name.en, &name.de];
        let judged = at.profile.password.judge(password.expose_secret(), &context);
        let unmet = judged.unmet.into_iter().map(space::password_rule_of).collect();
        PasswordJudgement { unmet, strength: judged.strength }
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

    fn on_link(&mut self, link: RegistrationLink) {
        if self.engine.portals.get(&link.portal).is_none() {
            tracing::warn!("a link was ignored: its portal is not in the list");
            return;
        }
        // Whoever is signed in did not necessarily open it.
        if self.state.session().is_none() {
            self.on_activity();
        }
        self.dispatch(Event::LinkOpened(link));
    }

    /// Somebody is there. If nobody was for too long, the session is over all the same.
    fn on_activity(&mut self) {
        self.idle_is_over();
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
            self.warned = false;
            if had_session {
                (self.tokens, self.card) = (Upkeep::new(), Upkeep::new());
                // However it ended: by the portal, too.
                let pages = self.engine.pages.clone();
                tokio::spawn(async move { pages.clear().await });
            }
        }
        self.show();
        self.settle();
    }

    fn start(&mut self, effect: Effect) {
        let engine = self.engine.clone();
        let changes = self.changes;
        let Some(back) = self.back.upgrade() else { return };
        let tell = move |command| drop(back.send(command));
        match effect {
            Effect::Run { ticket, request } => {
                self.under_way += 1;
                tokio::spawn(async move {
                    let result = engine.run(request).await;
                    if let Err(refused) = &result {
                        let trouble = &refused.trouble;
                        tracing::warn!(code = ?trouble.code, message = trouble.message, "a request failed");
                    }
                    let done = Event::Done { ticket, at: Instant::now(), result };
                    tell(Command::Happened(Box::new(done)));
                    tell(Command::Finished);
                });
            }
            Effect::Poll { flow, auth_session, challenge_id } => {
                tokio::spawn(async move {
                    let question = Question::Look { challenge_id };
                    let repeat = Repeat { request_id: engine.connection.request_id(), device: None };
                    let language = *locked(&engine.language);
                    let said = challenge::ask(
                        &engine.connection,
                        &flow,
                        &auth_session,
                        &question,
                        &repeat,
                        language,
                    )
                    .await;
                    if let Ok(Asked::Code(code)) = said {
                        tell(Command::Happened(Box::new(Event::Polled { code: Box::new(code) })));
                    }
                });
            }
            Effect::PollRegistration { flow, session } => {
                tokio::spawn(async move {
                    let said = registration::look(&engine.connection, &flow, &session).await;
                    if let Ok(Answered { step: Reached::Code { code, .. }, .. }) = said {
                        tell(Command::Happened(Box::new(Event::Polled { code: Box::new(code) })));
                    }
                });
            }
            Effect::Load(session) => {
                self.card.under_way = true;
                tokio::spawn(async move {
                    match engine.load(&session).await {
                        Ok(account) => {
                            let event = Box::new(Event::Loaded { session, account });
                            tell(Command::Read { event, changes });
                        }
                        Err(trouble) => {
                            tell(Command::NotLoaded(trouble.retry_after));
                            tell_if_revoked(&trouble, session, &tell);
                        }
                    }
                });
            }
            Effect::LoadList(session, kind) => {
                tokio::spawn(async move {
                    match engine.load_list(&session, kind).await {
                        Ok(list) => {
                            let event = Box::new(Event::Listed { session, list });
                            tell(Command::Read { event, changes });
                        }
                        Err(trouble) if trouble.code == FailureCode::SignedOutByPortal => {
                            tell_if_revoked(&trouble, session, &tell);
                        }
                        Err(trouble) => {
                            tracing::warn!(code = ?trouble.code, message = trouble.message, "a list was not read");
                            let at = Instant::now();
                            let event = Event::NotListed { session, kind, trouble, at };
                            tell(Command::Happened(Box::new(event)));
                        }
                    }
                });
            }
            Effect::End(session) => {
                self.under_way += 1;
                tokio::spawn(async move {
                    tokio::join!(engine.end(&session, false), engine.pages.clear());
                    tell(Command::Finished);
                });
            }
            Effect::ClearPages => {
                self.under_way += 1;
                tokio::spawn(async move {
                    engine.pages.clear().await;
                    tell(Command::Finished);
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
            // After a crash, as after every end: nothing of anybody's pages.
            engine.pages.clear().await;
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
        let session = self.state.session().map(|_| self.next_tick);
        session
            .into_iter()
            .chain(self.inactive_from())
            .chain(self.warning_from())
            .chain(self.delivery.next)
            .chain(self.state.password_kept_until())
            .min()
    }

    fn tick(&mut self) {
        let now = Instant::now();
        self.next_tick = now + TICK;
        if self.idle_is_over() {
            return;
        }
        if self.warning_from().is_some_and(|at| at <= now) && !self.warned {
            self.warned = true;
            self.show();
        }
        if let Some(session) = self.state.session().cloned() {
            self.keep_fresh(session);
        }
        if self.state.password_kept_until().is_some_and(|until| until <= now) {
            self.dispatch(Event::PasswordKept);
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
        if unread && self.card.is_due() {
            self.start(Effect::Load(session.clone()));
        }
        if !self.tokens.is_due() {
            return;
        }
        let Some(back) = self.back.upgrade() else { return };
        self.tokens.under_way = true;
        let engine = self.engine.clone();
        tokio::spawn(async move {
            let tell = |command| drop(back.send(command));
            match session.keep_fresh(&engine.connection, ROTATE_AHEAD).await {
                Ok(()) => tell(Command::Refreshed),
                Err(trouble) => {
                    tell(Command::NotRefreshed(trouble.retry_after));
                    tell_if_revoked(&trouble, session, &tell);
                }
            }
        });
    }

    /// Signs out, or clears half a sign-in, if nobody was there for too long; whether it did.
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

    /// How long nobody may be there; `None` where nothing of a person is on the screen, or it is being ended.
    fn limit(&self) -> Option<Duration> {
        let (at, _) = self.state.sign_in.place()?;
        let of_profile = inactivity_limit(at);
        if matches!(self.state.sign_in, SignIn::Left { .. })
            || matches!(self.state.busy(), Some(Busy::SigningOut | Busy::Leaving))
        {
            None
        } else if self.state.session().is_some() {
            Some(of_profile)
        } else {
            Some(of_profile.min(HALF_WAY))
        }
    }

    fn inactive_from(&self) -> Option<Instant> {
        self.limit().map(|limit| self.active.at + limit)
    }

    fn warning_from(&self) -> Option<Instant> {
        self.state.session().filter(|_| !self.warned)?;
        self.limit().map(|limit| self.active.at + limit.saturating_sub(WARNING).max(limit / 2))
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
        if self.under_way == 0 {
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
