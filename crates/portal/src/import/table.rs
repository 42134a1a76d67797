//! A CSV file: its header, its lines, and what is wrong with them. Whatever is imported is read here.

use csv::{ByteRecord, Reader, ReaderBuilder, Trim};
use parvis_portal_profile::Language;
use parvis_protocol::normalise;
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read},
};

/// So many bad lines are named; further ones are counted.
pub const NAMED_DEFECTS: usize = 1000;
/// Lines that one statement writes.
const CHUNK: usize = 500;
const TEXT_LETTERS: usize = 200;

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

/// What is wrong in a file: the first [`NAMED_DEFECTS`], and how many in all.
#[derive(Default)]
pub(super) struct Defects {
    named: Vec<Defect>,
    count: u64,
}

impl Defects {
    pub(super) fn add(&mut self, defects: impl IntoIterator<Item = Defect>) {
        for defect in defects {
            self.count += 1;
            if self.named.len() < NAMED_DEFECTS {
                self.named.push(defect);
            }
        }
    }

    /// Those beyond the named ones, found where nobody reads them one by one.
    pub(super) const fn add_unnamed(&mut self, count: u64) {
        self.count += count;
    }

    pub(super) const fn any(&self) -> bool {
        self.count > 0
    }

    /// In the order of the file, and how many in all.
    pub(super) fn in_order(mut self) -> (Vec<Defect>, u64) {
        self.named.sort_by_key(|defect| defect.line);
        (self.named, self.count)
    }
}

/// A file that is being read.
pub(super) struct Table<R> {
    reader: Reader<BufReader<R>>,
    record: ByteRecord,
    places: BTreeMap<&'static str, usize>,
    columns: usize,
    ended: bool,
    /// Lines read, without the header.
    pub(super) lines: u64,
}

impl<R: Read> Table<R> {
    /// Reads the header. Of each set in `needed`, the file has one column at least.
    pub(super) fn open(file: R, columns: &[&'static str], needed: &[&[&str]]) -> Result<Self, ImportError> {
        let mut file = BufReader::with_capacity(1 << 16, file);
        let delimiter =
            delimiter(file.fill_buf().map_err(|error| ImportError::Unreadable(error.to_string()))?);
        let mut reader =
            ReaderBuilder::new().delimiter(delimiter).flexible(true).trim(Trim::All).from_reader(file);
        let refused = |reason: String| Err(ImportError::Unreadable(format!("the header: {reason}")));
        let header = match reader.byte_headers() {
            Ok(header) if !header.is_empty() => header,
            Ok(_) => return refused("the file is empty".to_owned()),
            Err(error) => return refused(error.to_string()),
        };
        let mut places = BTreeMap::new();
        let mut wrong = Vec::new();
        for (place, name) in header.iter().enumerate() {
            let name = String::from_utf8_lossy(name).trim().to_lowercase();
            match columns.iter().find(|column| **column == name) {
                Some(column) if places.insert(*column, place).is_some() => {
                    wrong.push(format!("{column} is there twice"));
                }
                Some(_) => {}
                None => wrong.push(format!("there is no column {name:?}; there are {}", columns.join(", "))),
            }
        }
        for either in needed {
            if !either.iter().any(|column| places.contains_key(column)) {
                wrong.push(format!("the column {} is missing", either.join(" or ")));
            }
        }
        if !wrong.is_empty() {
            return refused(wrong.join("; "));
        }
        let columns = header.len();
        Ok(Self { reader, record: ByteRecord::new(), places, columns, ended: false, lines: 0 })
    }

    /// The next lines that are good, as many as one statement writes; `None` after the last ones.
    pub(super) fn chunk<L>(
        &mut self,
        defects: &mut Defects,
        parse: impl Fn(&mut Row<'_>) -> Option<L>,
    ) -> Result<Option<Vec<L>>, ImportError> {
        if self.ended {
            return Ok(None);
        }
        let mut lines = Vec::with_capacity(CHUNK);
        while lines.len() < CHUNK {
            match self.reader.read_byte_record(&mut self.record) {
                Ok(true) => self.lines += 1,
                Ok(false) => {
                    self.ended = true;
                    break;
                }
                Err(error) => {
                    return Err(ImportError::Unreadable(format!("the file cannot be read: {error}")));
                }
            }
            let mut row = self.row();
            let line = if row.defects.is_empty() { parse(&mut row) } else { None };
            if row.defects.is_empty() {
                lines.extend(line);
            } else {
                defects.add(row.defects);
            }
        }
        Ok(Some(lines))
    }

    fn row(&self) -> Row<'_> {
        let number = self.record.position().map_or(0, csv::Position::line);
        let mut row = Row { number, fields: BTreeMap::new(), defects: Vec::new() };
        if self.record.len() != self.columns {
            let (here, there) = (self.record.len(), self.columns);
            row.refuse("line", format!("has {here} fields, the header has {there}"));
            return row;
        }
        for (column, place) in &self.places {
            let Ok(text) = std::str::from_utf8(self.record.get(*place).unwrap_or_default()) else {
                row.refuse("line", format!("{column} is not UTF-8"));
                return row;
            };
            row.fields.insert(*column, text);
        }
        row
    }
}

/// Spreadsheets of French and German speakers write semicolons; the header says which.
fn delimiter(beginning: &[u8]) -> u8 {
    let header = beginning.split(|byte| *byte == b'\n').next().unwrap_or_default();
    if header.contains(&b';') && !header.contains(&b',') { b';' } else { b',' }
}

/// One line: its fields, and everything that is wrong with them.
pub(super) struct Row<'a> {
    pub(super) number: u64,
    fields: BTreeMap<&'static str, &'a str>,
    defects: Vec<Defect>,
}

impl<'a> Row<'a> {
    pub(super) fn refuse(&mut self, column: &str, reason: impl Into<String>) {
        self.defects.push(Defect { line: self.number, column: column.to_owned(), reason: reason.into() });
    }

    /// What stands there, where something does.
    pub(super) fn field(&self, column: &str) -> Option<&'a str> {
        self.fields.get(column).copied().filter(|text| !text.is_empty())
    }

    /// The same, and refused where nothing does.
    pub(super) fn needed(&mut self, column: &str) -> Option<&'a str> {
        let field = self.field(column);
        if field.is_none() {
            self.refuse(column, "is empty");
        }
        field
    }

    /// What is shown as it stands there, as names are.
    pub(super) fn text(&mut self, column: &str) -> Option<&'a str> {
        let text = self.field(column)?;
        if text.chars().any(char::is_control) || text.chars().count() > TEXT_LETTERS {
            self.refuse(column, format!("has control characters, or more than {TEXT_LETTERS} letters"));
        }
        Some(text)
    }

    /// What is compared, in its one form.
    pub(super) fn identifier(&mut self, column: &str) -> Option<String> {
        let identifier = normalise::identifier(self.field(column)?);
        if identifier.is_none() {
            self.refuse(column, "has control characters, or is too long");
        }
        identifier
    }

    pub(super) fn email(&mut self) -> Option<String> {
        let typed = self.field("email")?;
        let address = normalise::identifier(typed).filter(|address| is_address(address));
        if address.is_none() {
            self.refuse("email", format!("{typed:?} is not an e-mail address"));
        }
        address
    }

    pub(super) fn phone(&mut self) -> Option<String> {
        let typed = self.field("phone")?;
        let number = normalise::phone(typed);
        if number.is_none() {
            self.refuse("phone", format!("{typed:?} is not a telephone number"));
        }
        number
    }

    /// The line's own, or else this one.
    pub(super) fn language(&mut self, default: Language) -> Option<Language> {
        let language = self.field("language").map_or(Some(default), Language::parse);
        if language.is_none() {
            self.refuse("language", "is fr, en or de");
        }
        language
    }
}

pub(super) fn is_address(name: &str) -> bool {
    name.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'))
}
