//! `parvis-portal booking-link`.

use super::{Where, say};
use anyhow::Context;
use clap::Args;
use parvis_portal::local_time;
use std::io::stdout;

#[derive(Args)]
pub(crate) struct BookingLink {
    #[command(flatten)]
    portal: Where,
    /// With whom the appointment is, as people know it.
    #[arg(long)]
    practice: String,
    /// When it begins, in the server's time zone: 2026-12-02T10:20. The link is good until then.
    #[arg(long, value_parser = when)]
    at: i64,
    /// Page to come back to with the account, below the portal's address: it is opened with `?appointment=` and the link's token.
    #[arg(long)]
    return_path: Option<String>,
}

impl BookingLink {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let Self { portal, practice, at, return_path } = self;
        let portal = portal.open().await?;
        say(stdout(), &portal.booking_address(&practice, at, return_path.as_deref())?);
        Ok(())
    }
}

/// Reads when an appointment begins.
pub(super) fn when(text: &str) -> anyhow::Result<i64> {
    local_time::read(text).context("a date and a time, as 2026-12-02T10:20")
}
