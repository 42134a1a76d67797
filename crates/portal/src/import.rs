//! Accounts and records from a file: CSV, read line by line, all of it or nothing.
//!
//! What a line brings is written to the database at once, in a transaction that ends without a trace where one line is bad: the
//! database also finds what is there twice, and memory stays flat whatever the file's length.

mod account;
mod once;
mod records;
mod table;

pub use records::{CONTACT_COLUMNS, ImportRecords, ImportedRecords, MEMBER_COLUMNS};
pub use table::{Defect, ImportError, NAMED_DEFECTS};

use crate::{Portal, audit, store::Tx};
use account::{Line, Writing};
use parvis_portal_profile::{Language, Role};
use parvis_protocol::entropy::opaque;
use std::io::Read;
use table::{Defects, Table};

/// The columns that a file of accounts may have; `identifier` (or `email`), `name` and `role` are needed.
pub const COLUMNS: [&str; 7] = ["identifier", "name", "role", "rights", "email", "phone", "language"];

/// How a file of accounts is imported.
#[derive(Debug, Clone, Copy)]
pub struct Import {
    /// Does everything but commit.
    pub dry_run: bool,
    /// Mails each account a link that sets its first password.
    pub invite: bool,
    /// Of the lines that name none.
    pub language: Language,
}

/// What came of it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Imported {
    /// Lines read, without the header.
    pub lines: u64,
    /// Accounts that were made: all lines, or none where one is bad or it was a dry run.
    pub accounts: u64,
    /// What is wrong, in the order of the file; the first [`NAMED_DEFECTS`].
    pub defects: Vec<Defect>,
    /// How many defects there are in all.
    pub defect_count: u64,
}

impl Portal {
    /// Imports accounts. They have no password: whoever they belong to sets it by a mailed link. E-mail addresses and telephone
    /// numbers are taken as proved. `progress` is told after each chunk how many lines were read.
    ///
    /// # Errors
    /// [`ImportError`] where nothing could be read; what is wrong with single lines stands in [`Imported::defects`], and
    /// nothing was imported then.
    pub async fn import_accounts(
        &self,
        file: impl Read + Send,
        import: Import,
        mut progress: impl FnMut(u64) + Send,
    ) -> Result<Imported, ImportError> {
        let by_email = self.profile.roles.iter().all(Role::is_known_by_email);
        let known_by: &[&str] = if by_email { &["identifier", "email"] } else { &["identifier"] };
        let mut table = Table::open(file, &COLUMNS, &[known_by, &["name"], &["role"]])?;
        let mut tx = self.store.begin().await?;
        once::begin(&mut tx).await?;
        let mut defects = Defects::default();
        let parse = |row: &mut table::Row<'_>| account::parse(row, &self.profile, import.language);
        while let Some(lines) = table.chunk(&mut defects, parse)? {
            self.write(&mut tx, lines, import.invite, &mut defects).await?;
            progress(table.lines);
        }
        let lines = table.lines;
        if defects.any() || import.dry_run {
            tx.rollback().await?;
            let (defects, defect_count) = defects.in_order();
            return Ok(Imported { lines, accounts: 0, defects, defect_count });
        }
        once::end(&mut tx).await?;
        let event = audit::Event::new("accounts_imported", self.clock.now());
        event.by(&lines.to_string()).record(self, &mut tx).await?;
        tx.commit().await?;
        self.wake_messages();
        Ok(Imported { lines, accounts: lines, ..Imported::default() })
    }

    async fn write(
        &self,
        tx: &mut Tx,
        mut lines: Vec<Line>,
        invite: bool,
        defects: &mut Defects,
    ) -> Result<(), sqlx::Error> {
        if lines.is_empty() {
            return Ok(());
        }
        let now = self.clock.now();
        for line in &mut lines {
            line.subject = opaque(self.entropy.as_ref());
        }
        let writing = Writing { portal: &self.profile.id, lines: &lines, now };
        defects.add(writing.names(tx).await?);
        if defects.any() {
            // Nothing of it will stay: what follows would be thrown away.
            return Ok(());
        }
        writing.accounts(tx).await?;
        let subjects: Vec<&str> = lines.iter().map(|line| line.subject.as_str()).collect();
        audit::record_all(self, tx, "account_created", "import", &subjects, now).await?;
        if invite {
            let invited: Vec<(&str, Language)> = lines
                .iter()
                .filter(|line| line.email.is_some())
                .map(|line| (line.subject.as_str(), line.language))
                .collect();
            writing.invitations(self, tx, &invited).await?;
            let subjects: Vec<&str> = invited.iter().map(|(subject, _)| *subject).collect();
            audit::record_all(self, tx, "account_invited", "import", &subjects, now).await?;
        }
        Ok(())
    }
}
