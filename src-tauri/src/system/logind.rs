//! Sleep and lock on Linux, as systemd-logind tells them on the system bus.

use std::future::poll_fn;
use std::pin::Pin;
use std::process;

use tauri::AppHandle;
use zbus::export::futures_core::Stream as _;
use zbus::export::ordered_stream::OrderedStreamExt as _;
use zbus::proxy::{PropertyChanged, PropertyStream};
use zbus::zvariant::{OwnedFd, OwnedObjectPath};
use zbus::{Connection, proxy};

#[proxy(
    interface = "org.freedesktop.login1.Manager",
    default_service = "org.freedesktop.login1",
    default_path = "/org/freedesktop/login1"
)]
trait Manager {
    #[zbus(name = "GetSessionByPID")]
    fn session_of(&self, process: u32) -> zbus::Result<OwnedObjectPath>;
    #[zbus(name = "GetSession")]
    fn session(&self, id: &str) -> zbus::Result<OwnedObjectPath>;
    fn inhibit(&self, what: &str, who: &str, why: &str, mode: &str) -> zbus::Result<OwnedFd>;
    #[zbus(signal)]
    fn prepare_for_sleep(&self, start: bool) -> zbus::Result<()>;
}

#[proxy(interface = "org.freedesktop.login1.Session", default_service = "org.freedesktop.login1")]
trait Session {
    /// A request to lock, which not every desktop makes.
    #[zbus(signal)]
    fn lock(&self) -> zbus::Result<()>;
    #[zbus(property)]
    fn id(&self) -> zbus::Result<String>;
    /// What the desktop says: the screen is locked.
    #[zbus(property)]
    fn locked_hint(&self) -> zbus::Result<bool>;
    /// In front; false after a switch to another person.
    #[zbus(property)]
    fn active(&self) -> zbus::Result<bool>;
}

/// Listens as long as the system bus does.
pub(super) async fn follow(app: &AppHandle) -> zbus::Result<()> {
    let bus = Connection::system().await?;
    let manager = ManagerProxy::new(&bus).await?;
    let lock = async {
        if let Err(error) = follow_lock(app, &bus, &manager).await {
            tracing::warn!(%error, "lock is not heard; the inactivity limit holds");
        }
    };
    tokio::join!(follow_sleep(app, &manager), lock).0
}

async fn follow_sleep(app: &AppHandle, manager: &ManagerProxy<'_>) -> zbus::Result<()> {
    let mut sleeps = manager.receive_prepare_for_sleep().await?;
    let mut delay = delay_sleep(manager).await;
    while let Some(sleep) = sleeps.next().await {
        if *sleep.args()?.start() {
            super::sleep(app).await;
            // Closing it lets the system sleep.
            drop(delay.take());
        } else {
            delay = delay_sleep(manager).await;
        }
    }
    Ok(())
}

/// Holds sleep up until the session is ended, a few seconds at most by logind's own limit.
async fn delay_sleep(manager: &ManagerProxy<'_>) -> Option<OwnedFd> {
    manager.inhibit("sleep", "Parvis", "The session is being ended", "delay").await.ok()
}

async fn follow_lock(app: &AppHandle, bus: &Connection, manager: &ManagerProxy<'_>) -> zbus::Result<()> {
    let session = SessionProxy::builder(bus).path(session_path(bus, manager).await?)?.build().await?;
    let mut requests = session.receive_lock().await?;
    let mut hints = session.receive_locked_hint_changed().await;
    let mut activity = session.receive_active_changed().await;
    loop {
        let gone = tokio::select! {
            request = requests.next() => match request {
                Some(_) => true,
                None => return Ok(()),
            },
            Some(hint) = changed(&mut hints) => hint.get().await.unwrap_or(false),
            Some(active) = changed(&mut activity) => !active.get().await.unwrap_or(true),
        };
        if gone {
            super::sleep(app).await;
        }
    }
}

/// The next change of a property.
async fn changed<'a, T: Unpin>(changes: &mut PropertyStream<'a, T>) -> Option<PropertyChanged<'a, T>> {
    poll_fn(|context| Pin::new(&mut *changes).poll_next(context)).await
}

/// The session that this process belongs to. What a modern desktop starts belongs to the account's own service manager
/// instead; logind then knows which session is meant.
async fn session_path(bus: &Connection, manager: &ManagerProxy<'_>) -> zbus::Result<OwnedObjectPath> {
    if let Ok(path) = manager.session_of(process::id()).await {
        return Ok(path);
    }
    let own = SessionProxy::builder(bus).path("/org/freedesktop/login1/session/auto")?.build().await?;
    manager.session(&own.id().await?).await
}
