//! A system that goes to sleep: a system bus of one's own, with what logind says on it.

use std::io::{PipeReader, Read as _};

use zbus::object_server::SignalEmitter;
use zbus::zvariant::OwnedFd;
use zbus::{Connection, connection, interface};

const PATH: &str = "/org/freedesktop/login1";

/// logind, as far as the app listens to it.
pub(crate) struct Logind {
    bus: Connection,
    delay: PipeReader,
}

struct Manager {
    delay: Option<OwnedFd>,
}

#[interface(name = "org.freedesktop.login1.Manager")]
impl Manager {
    /// Hands out what holds up sleep as long as it is open.
    fn inhibit(&mut self, what: &str, who: &str, why: &str, mode: &str) -> zbus::fdo::Result<OwnedFd> {
        assert_eq!((what, who, mode, why.is_empty()), ("sleep", "Parvis", "delay", false));
        self.delay.take().ok_or_else(|| zbus::fdo::Error::Failed("asked for twice".into()))
    }

    #[zbus(signal)]
    async fn prepare_for_sleep(emitter: &SignalEmitter<'_>, start: bool) -> zbus::Result<()>;
}

impl Logind {
    /// Takes logind's place on the bus at this address.
    pub(crate) async fn on(address: &str) -> Self {
        let (delay, writer) = std::io::pipe().unwrap();
        let manager = Manager { delay: Some(OwnedFd::from(std::os::fd::OwnedFd::from(writer))) };
        let bus = connection::Builder::address(address).unwrap().serve_at(PATH, manager).unwrap();
        let bus = bus.name("org.freedesktop.login1").unwrap().build().await.unwrap();
        Self { bus, delay }
    }

    /// Says that the system is about to sleep.
    pub(crate) async fn sleeps(&self) {
        let emitter = SignalEmitter::new(&self.bus, PATH).unwrap();
        Manager::prepare_for_sleep(&emitter, true).await.unwrap();
    }

    /// Waits until nothing holds up sleep any more.
    pub(crate) async fn may_sleep(mut self) {
        let read = tokio::task::spawn_blocking(move || self.delay.read(&mut [0]));
        let read = tokio::time::timeout(crate::desk::PATIENCE, read).await;
        assert_eq!(read.expect("something holds up sleep").unwrap().unwrap(), 0);
    }
}
