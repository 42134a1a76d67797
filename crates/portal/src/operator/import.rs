//! `parvis-portal account import`.

use super::{Where, say};
use anyhow::{Context, bail};
use clap::Args;
use parvis_portal::import::Import;
use parvis_portal_profile::Language;
use std::{
    fs::File,
    io::{IsTerminal, Write, stderr, stdout},
    path::PathBuf,
    time::Instant,
};

/// Without a terminal, progress is a line each so many accounts.
const PROGRESS: u64 = 10_000;

#[derive(Args)]
pub(crate) struct ImportFile {
    #[command(flatten)]
    portal: Where,
    /// CSV with a header: identifier, name, role, rights (with spaces between), email, phone, language; in any order.
    file: PathBuf,
    /// Does everything but commit.
    #[arg(long)]
    dry_run: bool,
    /// Mails each account the link that sets its first password.
    #[arg(long, conflicts_with = "dry_run")]
    invite: bool,
    /// Language of the mails to accounts whose line names none: fr, en or de.
    #[arg(long, default_value = "fr")]
    language: String,
}

impl ImportFile {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let language = Language::parse(&self.language).context("the language is fr, en or de")?;
        let file =
            File::open(&self.file).with_context(|| format!("{} cannot be read", self.file.display()))?;
        let portal = self.portal.open().await?;
        let import = Import { dry_run: self.dry_run, invite: self.invite, language };
        let started = Instant::now();
        let imported = portal.import_accounts(file, import, progress()).await;
        if stderr().is_terminal() {
            say(stderr(), "");
        }
        let imported = imported?;
        for defect in &imported.defects {
            say(stderr(), &format!("{}: {defect}", self.file.display()));
        }
        if imported.defect_count > 0 {
            let named = u64::try_from(imported.defects.len()).unwrap_or(u64::MAX);
            let more = imported.defect_count - named;
            let more = if more > 0 { format!(" ({more} more than are named)") } else { String::new() };
            bail!(
                "{} lines, {} of their fields cannot be used{more}; nothing was imported",
                imported.lines,
                imported.defect_count
            );
        }
        let seconds = started.elapsed().as_secs_f64();
        let text = if self.dry_run {
            format!("{} accounts could be imported; nothing was changed ({seconds:.1} s)", imported.lines)
        } else if self.invite {
            format!(
                "{} accounts imported; the running portal mails their links ({seconds:.1} s)",
                imported.accounts
            )
        } else {
            format!("{} accounts imported; none has a password yet ({seconds:.1} s)", imported.accounts)
        };
        say(stdout(), &text);
        Ok(())
    }
}

/// One line that updates on a terminal, a line each [`PROGRESS`] elsewhere.
fn progress() -> impl FnMut(u64) + Send {
    let terminal = stderr().is_terminal();
    let mut told = 0;
    move |lines| {
        let mut to = stderr();
        if terminal {
            let _ = write!(to, "\r{lines} lines");
            let _ = to.flush();
        } else if lines / PROGRESS > told / PROGRESS {
            say(&mut to, &format!("{lines} lines"));
        }
        told = lines;
    }
}
