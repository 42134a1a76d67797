//! `parvis-portal check-profile FILE`.

use crate::{read_profile, say};
use anyhow::bail;
use clap::Args;
use parvis_portal::proof;
use std::{io::stdout, path::PathBuf};

#[derive(Args)]
pub(crate) struct CheckProfile {
    /// The profile.
    file: PathBuf,
    /// Opens a portal of its own with it, moves its clock, and tries every promise; says what was measured.
    #[arg(long)]
    run: bool,
    /// What was measured, as JSON.
    #[arg(long, requires = "run")]
    json: bool,
}

impl CheckProfile {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let profile = read_profile(&self.file)?;
        if !self.run {
            say(stdout(), &format!("{}: portal {} is sound", self.file.display(), profile.id));
            return Ok(());
        }
        let report = proof::run(&profile).await?;
        if self.json {
            say(stdout(), &serde_json::to_string_pretty(&report)?);
        } else {
            say(stdout(), report.to_string().trim_end());
        }
        let failed = report.lines.iter().filter(|line| !line.ok).count();
        if failed > 0 {
            bail!("{}: {failed} of {} promises are not kept", self.file.display(), report.lines.len());
        }
        Ok(())
    }
}
