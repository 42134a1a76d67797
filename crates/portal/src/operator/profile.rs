//! `parvis-portal check-profile FILE`.

use crate::{read_profile, say};
use clap::Args;
use std::{io::stdout, path::PathBuf};

#[derive(Args)]
pub(crate) struct CheckProfile {
    /// The profile.
    file: PathBuf,
}

impl CheckProfile {
    #[expect(clippy::unused_async, reason = "x")]
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let profile = read_profile(&self.file)?;
        say(stdout(), &format!("{}: portal {} is sound", self.file.display(), profile.id));
        Ok(())
    }
}
