//! The portal's instants, moved to this PC's clocks by the time that the portal's answer bears.

use crate::{
    connection::{Connection, Reply},
    view,
};
use parvis_protocol::clock::UnixMillis;
use std::time::Duration;
use tokio::time::Instant;

/// When an answer came, by this PC's clocks and by the portal's.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    pub(crate) here: UnixMillis,
    pub(crate) there: Option<UnixMillis>,
    pub(crate) instant: Instant,
}

impl Times {
    /// Of an answer that has just come.
    pub(crate) fn of(connection: &Connection, reply: &Reply) -> Self {
        Self { here: connection.now(), there: reply.date, instant: Instant::now() }
    }

    /// An instant of the portal on this PC's clock; `None` for one that is in no calendar.
    pub(crate) fn local(&self, seconds: Option<i64>) -> Option<UnixMillis> {
        let there = seconds?.checked_mul(1000)?;
        let here = there.checked_sub(self.there.unwrap_or(self.here))?.checked_add(self.here)?;
        (here.unsigned_abs() < view::LAST_INSTANT).then_some(here)
    }

    /// How long until an instant of the portal; nothing where it is over.
    pub(crate) fn left(&self, seconds: Option<i64>) -> Option<Duration> {
        let left = self.local(seconds)?.checked_sub(self.here)?;
        Some(Duration::from_millis(u64::try_from(left).unwrap_or(0)))
    }

    /// The same on the monotonic clock; an instant that is over is now.
    pub(crate) fn instant(&self, seconds: Option<i64>) -> Option<Instant> {
        self.instant.checked_add(self.left(seconds)?)
    }
}
