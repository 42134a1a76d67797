//! Accounts from a file: CSV, read line by line, all of it or nothing.
//!
//! What a line brings is written to the database at once, in a transaction that ends without a trace where one line is bad: the
//! database also finds what is there twice, and memory stays flat whatever the file's length.

mod line;

use crate::{Portal, audit, store::Tx};
use csv::{ByteRecord, ReaderBuilder, Trim};
use line::{Line, Writing};
use parvis_portal_profile::{Language, Profile};
use parvis_protocol::entropy::opaque;
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read},
};

/// The columns that a file may have; `identifier` (or `email`), `name` and `role` are needed.
pub const COLUMNS: [&str; 7] = ["identifier", "name", "role", "rights", "email", "phone", "language"];
/// So many bad lines are named; further ones are counted.
pub const NAMED_DEFECTS: usize = 1000;
/// Lines that one statement writes.
const CHUNK: usize = 500;

/// How a file is imported.
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

/// One thing that is wrong in a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, {column}: {reason}")]
pub struct Defect {
    /// Line of the file, from 1.
    pub line: u64,
    /// Column, by its name in the header; `line` where it is the line as a whole.
    pub column: String,
    /// What is wrong with it.
    pub reason: String,
}

/// Why a file could not be imported at all.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The header, or the file.
    #[error("{0}")]
    Unreadable(String),
    /// The database.
    #[error("the database: {0}")]
    Store(#[from] sqlx::Error),
}

impl Imported {
    fn refuse(&mut self, defect: Defect) {
        self.defect_count += 1;
        if self.defects.len() < NAMED_DEFECTS {
            self.defects.push(defect);
        }
    }
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
        let mut file = BufReader::with_capacity(1 << 16, file);
        let delimiter =
            delimiter(file.fill_buf().map_err(|error| ImportError::Unreadable(error.to_string()))?);
        let mut reader =
            ReaderBuilder::new().delimiter(delimiter).flexible(true).trim(Trim::All).from_reader(file);
        let header = Header::read(reader.byte_headers(), &self.profile)?;
        let mut tx = self.store.begin().await?;
        line::begin(&mut tx).await?;
        let mut imported = Imported::default();
        let mut chunk = Vec::with_capacity(CHUNK);
        let mut record = ByteRecord::new();
        loop {
            let more = match reader.read_byte_record(&mut record) {
                Ok(more) => more,
                Err(error) => {
                    return Err(ImportError::Unreadable(format!("the file cannot be read: {error}")));
                }
            };
            if more {
                imported.lines += 1;
                let number = record.position().map_or(0, csv::Position::line);
                match header.line(&record, number, &self.profile, import.language) {
                    Ok(line) => chunk.push(line),
                    Err(defects) => defects.into_iter().for_each(|defect| imported.refuse(defect)),
                }
            }
            if chunk.len() == CHUNK || !more {
                self.write(&mut tx, std::mem::take(&mut chunk), import.invite, &mut imported).await?;
                progress(imported.lines);
            }
            if !more {
                break;
            }
        }
        imported.defects.sort_by_key(|defect| defect.line);
        if imported.defect_count > 0 || import.dry_run {
            tx.rollback().await?;
            return Ok(imported);
        }
        line::end(&mut tx).await?;
        let event = audit::Event::new("accounts_imported", self.clock.now());
        event.by(&imported.lines.to_string()).record(self, &mut tx).await?;
        tx.commit().await?;
        imported.accounts = imported.lines;
        self.wake_messages();
        Ok(imported)
    }

    async fn write(
        &self,
        tx: &mut Tx,
        mut lines: Vec<Line>,
        invite: bool,
        imported: &mut Imported,
    ) -> Result<(), sqlx::Error> {
        if lines.is_empty() {
            return Ok(());
        }
        let now = self.clock.now();
        for line in &mut lines {
            line.subject = opaque(self.entropy.as_ref());
        }
        let writing = Writing { portal: &self.profile.id, lines: &lines, now };
        for defect in writing.names(tx).await? {
            imported.refuse(defect);
        }
        if imported.defect_count > 0 {
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

/// Spreadsheets of French and German speakers write semicolons; the header says which.
fn delimiter(beginning: &[u8]) -> u8 {
    let header = beginning.split(|byte| *byte == b'\n').next().unwrap_or_default();
    if header.contains(&b';') && !header.contains(&b',') { b';' } else { b',' }
}

/// Where each column stands.
struct Header {
    places: BTreeMap<&'static str, usize>,
    columns: usize,
}

impl Header {
    fn read(record: csv::Result<&ByteRecord>, profile: &Profile) -> Result<Self, ImportError> {
        let refused = |reason: String| Err(ImportError::Unreadable(format!("the header: {reason}")));
        let record = match record {
            Ok(record) if !record.is_empty() => record,
            Ok(_) => return refused("the file is empty".to_owned()),
            Err(error) => return refused(error.to_string()),
        };
        let mut places = BTreeMap::new();
        let mut wrong = Vec::new();
        for (place, name) in record.iter().enumerate() {
            let name = String::from_utf8_lossy(name).trim().to_lowercase();
            match COLUMNS.iter().find(|column| **column == name) {
                Some(column) if places.insert(*column, place).is_some() => {
                    wrong.push(format!("{column} is there twice"));
                }
                Some(_) => {}
                None => wrong.push(format!("there is no column {name:?}; there are {}", COLUMNS.join(", "))),
            }
        }
        let by_email = profile.roles.iter().all(line::is_known_by_email);
        let first = if by_email && places.contains_key("email") { "email" } else { "identifier" };
        for column in [first, "name", "role"] {
            if !places.contains_key(column) {
                wrong.push(format!("the column {column} is missing"));
            }
        }
        if wrong.is_empty() { Ok(Self { places, columns: record.len() }) } else { refused(wrong.join("; ")) }
    }

    fn line(
        &self,
        record: &ByteRecord,
        number: u64,
        profile: &Profile,
        language: Language,
    ) -> Result<Line, Vec<Defect>> {
        let whole = |reason: String| vec![Defect { line: number, column: "line".to_owned(), reason }];
        if record.len() != self.columns {
            return Err(whole(format!("has {} fields, the header has {}", record.len(), self.columns)));
        }
        let mut fields = BTreeMap::new();
        for (column, place) in &self.places {
            let Ok(text) = std::str::from_utf8(record.get(*place).unwrap_or_default()) else {
                return Err(whole(format!("{column} is not UTF-8")));
            };
            fields.insert(*column, text);
        }
        line::parse(&fields, number, profile, language)
    }
}
