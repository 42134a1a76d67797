//! Sleep and lock on Linux, as systemd-logind tells them on the system bus.

use std::process;

use tauri::AppHandle;
use zbus::export::ordered_stream::OrderedStreamExt as _;
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
    fn inhibit(&self, what: &str, who: &str, why: &str, mode: &str) -> zbus::Result<OwnedFd>;
    #[zbus(signal)]
    fn prepare_for_sleep(&self, start: bool) -> zbus::Result<()>;
}

#[proxy(interface = "org.freedesktop.login1.Session", default_service = "org.freedesktop.login1")]
trait Session {
    #[zbus(signal)]
    fn lock(&self) -> zbus::Result<()>;
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
    let path = manager.session_of(process::id()).await?;
    let session = SessionProxy::builder(bus).path(path)?.build().await?;
    let mut locks = session.receive_lock().await?;
    while locks.next().await.is_some() {
        super::sleep(app).await;
    }
    Ok(())
}
