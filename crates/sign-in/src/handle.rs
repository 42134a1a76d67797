//! The engine from outside.

use crate::{
    actor::{Actor, Command},
    connection::Connection,
    engine::Engine,
    hints::Hints,
    keyring::Keyring,
    link::RegistrationLink,
    outbox::Outbox,
    pages::PagesWindow,
    platform::Policy,
    portals::PortalList,
    state::{EndCause, State},
    tls,
    view::{Answer, FailureCode, Language, PasswordJudgement, View},
    workstation::Workstation,
};
use parvis_protocol::{clock::Clock, entropy::Entropy};
use secrecy::SecretString;
use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::sync::{mpsc, oneshot, watch};

/// The longest that [`SignInHandle::end`] takes.
const END_LIMIT: Duration = Duration::from_secs(2);
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
    /// Role of the entrance that was used last, by the id of its portal.
    pub last_entrances: BTreeMap<String, String>,
    /// The window of the portal's pages.
    pub pages: Arc<dyn PagesWindow>,
}

/// The way to the engine. Cloning gives another way to the same one.
#[derive(Debug, Clone)]
pub struct SignInHandle {
    commands: mpsc::UnboundedSender<Command>,
    views: watch::Receiver<View>,
}

impl SignInHandle {
    /// Starts the engine on the current Tokio runtime.
    ///
    /// It never fails: what it cannot do here (write its folder, keep keys) it says in the view.
    pub fn start(settings: Settings) -> Self {
        let (commands, inbox) = mpsc::unbounded_channel();
        let Settings { portals, data_dir, policy, workstation_name, clock, entropy, .. } = settings;
        let mut state = State::new(settings.last_entrances);
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
            pages: settings.pages,
        });
        let (actor, views) = Actor::new(engine, state, settings.last_portal, inbox, commands.downgrade());
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

    /// Opens a link that leads to the form of a registration: `parvis://register?portal=<id>&link=<token>`. It waits while
    /// somebody is signed in. Anything else is ignored, and may come from anywhere.
    pub fn open_link(&self, link: &str) {
        if let Some(link) = RegistrationLink::parse(link) {
            self.send(Command::OpenLink(link));
        } else {
            tracing::warn!("a link was ignored: it is not one of ours");
        }
    }

    /// The language of messages from now on.
    pub fn set_language(&self, language: Language) {
        self.send(Command::SetLanguage(language));
    }

    /// What the portal that is entered will say of a new password: for the list that is ticked off while it is typed.
    pub async fn judge(&self, password: SecretString) -> PasswordJudgement {
        let (reply, judgement) = oneshot::channel();
        self.send(Command::Judge(password, reply));
        judgement.await.unwrap_or(PasswordJudgement { unmet: Vec::new(), strength: 0 })
    }

    /// The person closed the window of the portal's pages.
    pub fn pages_closed(&self) {
        self.send(Command::PagesClosed);
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
