//! `parvis-portal account import`, `members import`, `contacts import` and `contacts remind`.

use super::{Where, appointment, say};
use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use parvis_portal::import::{Defect, Import, ImportRecords, ImportedRecords};
use parvis_portal_profile::Language;
use std::{
    fs::File,
    io::{IsTerminal, Write, stderr, stdout},
    path::{Path, PathBuf},
    time::Instant,
};

/// Without a terminal, progress is a line each so many lines.
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
        let file = open(&self.file)?;
        let portal = self.portal.open().await?;
        let import = Import { dry_run: self.dry_run, invite: self.invite, language };
        let started = Instant::now();
        let imported = portal.import_accounts(file, import, progress()).await;
        end_progress();
        let imported = imported?;
        refuse_defects(&self.file, imported.lines, &imported.defects, imported.defect_count)?;
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

#[derive(Subcommand)]
pub(crate) enum MembersCommand {
    /// Takes the members of a professional body from a CSV file: all lines, or none where one is bad.
    Import {
        #[command(flatten)]
        portal: Where,
        /// CSV with a header: `permit_number`, `name`, `email`; in any order. A line takes the place of the record with its permit number.
        file: PathBuf,
        /// Does everything but commit.
        #[arg(long)]
        dry_run: bool,
        /// Removes members that the file does not have: they can no longer register. Accounts stay as they are.
        #[arg(long)]
        remove_absent: bool,
    },
}

impl MembersCommand {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let Self::Import { portal, file: path, dry_run, remove_absent } = self;
        let file = open(&path)?;
        let portal = portal.open().await?;
        let started = Instant::now();
        let import = ImportRecords { dry_run, remove_absent };
        let imported = portal.import_members(file, import, progress()).await;
        end_progress();
        tell_records(&path, "members", &imported?, import, started)
    }
}

#[derive(Subcommand)]
pub(crate) enum ContactsCommand {
    /// Takes practices' records of their patients from a CSV file: all lines, or none where one is bad.
    Import {
        #[command(flatten)]
        portal: Where,
        /// CSV with a header: `reference`, `practice`, `given_name`, `family_name`, `email`, `phone`, `language`; in any order. A line
        /// takes the place of the record with its reference.
        file: PathBuf,
        /// Does everything but commit.
        #[arg(long)]
        dry_run: bool,
        /// Removes the other records of the practices that the file names: who is no patient there any more. Accounts stay as they are.
        #[arg(long)]
        remove_absent: bool,
    },
    /// Reminds a patient of an appointment that the practice gave: by mail, or by SMS where the record has no address. It carries a
    /// link to open an account.
    Remind {
        #[command(flatten)]
        portal: Where,
        /// The practice's reference of the patient.
        reference: String,
        /// When the appointment begins, in the server's time zone: 2026-12-02T10:20.
        #[arg(long, value_parser = appointment::when)]
        at: i64,
    },
}

impl ContactsCommand {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Import { portal, file: path, dry_run, remove_absent } => {
                let file = open(&path)?;
                let portal = portal.open().await?;
                let started = Instant::now();
                let import = ImportRecords { dry_run, remove_absent };
                let imported = portal.import_contact_records(file, import, progress()).await;
                end_progress();
                tell_records(&path, "contact records", &imported?, import, started)
            }
            Self::Remind { portal, reference, at } => {
                portal.open().await?.remind(&reference, at).await?;
                say(stdout(), "the reminder is queued; the running portal sends it");
                Ok(())
            }
        }
    }
}

/// What came of a file of records, in one line.
fn tell_records(
    file: &Path,
    what: &str,
    imported: &ImportedRecords,
    import: ImportRecords,
    started: Instant,
) -> anyhow::Result<()> {
    refuse_defects(file, imported.lines, &imported.defects, imported.defect_count)?;
    let ImportedRecords { lines, new, changed, unchanged, removed, .. } = imported;
    let (did, end) =
        if import.dry_run { ("could be imported", "; nothing was changed") } else { ("imported", "") };
    let removed = if import.remove_absent { format!(", {removed} removed") } else { String::new() };
    let seconds = started.elapsed().as_secs_f64();
    let text = format!(
        "{lines} {what} {did}: {new} new, {changed} changed, {unchanged} unchanged{removed}{end} ({seconds:.1} s)"
    );
    say(stdout(), &text);
    Ok(())
}

fn open(file: &Path) -> anyhow::Result<File> {
    File::open(file).with_context(|| format!("{} cannot be read", file.display()))
}

/// Names what is wrong with a file of which nothing was imported.
fn refuse_defects(file: &Path, lines: u64, defects: &[Defect], count: u64) -> anyhow::Result<()> {
    for defect in defects {
        say(stderr(), &format!("{}: {defect}", file.display()));
    }
    if count > 0 {
        let more = count - u64::try_from(defects.len()).unwrap_or(u64::MAX);
        let more = if more > 0 { format!(" ({more} more than are named)") } else { String::new() };
        bail!("{lines} lines, {count} of their fields cannot be used{more}; nothing was imported");
    }
    Ok(())
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

/// What follows does not stand on the line of progress.
fn end_progress() {
    if stderr().is_terminal() {
        say(stderr(), "");
    }
}
