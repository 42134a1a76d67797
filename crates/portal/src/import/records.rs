//! Records that registrations are checked against: members of a professional body, and practices' patients.
//!
//! The lines of a file stand in a temporary table until the last one is read, then take the places of the records with their
//! keys at once: that two members have exchanged their addresses is no defect, whichever line comes first.

use super::{
    Defect, ImportError, NAMED_DEFECTS,
    once::{self, Once, number},
    table::{Defects, Row, Table},
};
use crate::{
    Portal, audit,
    store::{Tx, rows},
};
use parvis_portal_profile::Language;
use parvis_protocol::clock::UnixMillis;
use sqlx::AssertSqlSafe;
use std::io::Read;

/// The columns of a file of members; all are needed.
pub const MEMBER_COLUMNS: [&str; 3] = ["permit_number", "name", "email"];
/// The columns that a file of contact records may have; `reference`, `practice`, `family_name`, and `email` or `phone` are needed.
pub const CONTACT_COLUMNS: [&str; 7] =
    ["reference", "practice", "given_name", "family_name", "email", "phone", "language"];

const MEMBERS: Kind = Kind {
    table: "member",
    columns: &MEMBER_COLUMNS,
    key: "permit_number",
    single: Some("email"),
    whole: None,
    event: "members_imported",
};
const CONTACTS: Kind = Kind {
    table: "contact_record",
    columns: &CONTACT_COLUMNS,
    key: "reference",
    single: None,
    whole: Some("practice"),
    event: "contacts_imported",
};

/// How a file of records is imported.
#[derive(Debug, Default, Clone, Copy)]
pub struct ImportRecords {
    /// Does everything but commit.
    pub dry_run: bool,
    /// Removes records that the file does not have: all other members, or all other patients of the practices that it names.
    /// Accounts stay as they are.
    pub remove_absent: bool,
}

/// What came of a file of records, or would have come of it without the dry run; nothing where a line is bad.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct ImportedRecords {
    /// Lines read, without the header.
    pub lines: u64,
    /// Records that were not there.
    pub new: u64,
    /// Records that were there, and said something else.
    pub changed: u64,
    /// Records that were there as they are.
    pub unchanged: u64,
    /// Records that the file does not have, where those were to be removed.
    pub removed: u64,
    /// What is wrong, in the order of the file; the first [`NAMED_DEFECTS`].
    pub defects: Vec<Defect>,
    /// How many defects there are in all.
    pub defect_count: u64,
}

impl Portal {
    /// Imports members of a professional body. A line takes the place of the record with its permit number. `progress` is told
    /// after each chunk how many lines were read.
    ///
    /// # Errors
    /// [`ImportError`] where nothing could be read, or where all members were to be removed and none put in their place; what is
    /// wrong with single lines stands in [`ImportedRecords::defects`], and nothing was imported then.
    pub async fn import_members(
        &self,
        file: impl Read + Send,
        import: ImportRecords,
        progress: impl FnMut(u64) + Send,
    ) -> Result<ImportedRecords, ImportError> {
        let table = Table::open(file, &MEMBER_COLUMNS, &[&["permit_number"], &["name"], &["email"]])?;
        self.import_records(&MEMBERS, table, member, import, progress).await
    }

    /// Imports practices' records of their patients. A line takes the place of the record with its reference. `progress` is told
    /// after each chunk how many lines were read.
    ///
    /// # Errors
    /// [`ImportError`] where nothing could be read; what is wrong with single lines stands in [`ImportedRecords::defects`], and
    /// nothing was imported then.
    pub async fn import_contact_records(
        &self,
        file: impl Read + Send,
        import: ImportRecords,
        progress: impl FnMut(u64) + Send,
    ) -> Result<ImportedRecords, ImportError> {
        let needed: &[&[&str]] = &[&["reference"], &["practice"], &["family_name"], &["email", "phone"]];
        let table = Table::open(file, &CONTACT_COLUMNS, needed)?;
        self.import_records(&CONTACTS, table, contact_record, import, progress).await
    }

    async fn import_records<R: Read + Send>(
        &self,
        kind: &Kind,
        mut table: Table<R>,
        parse: fn(&mut Row<'_>) -> Line,
        import: ImportRecords,
        mut progress: impl FnMut(u64) + Send,
    ) -> Result<ImportedRecords, ImportError> {
        let mut tx = self.store.begin().await?;
        once::begin(&mut tx).await?;
        kind.begin(&mut tx).await?;
        let mut defects = Defects::default();
        while let Some(lines) = table.chunk(&mut defects, |row| Some(parse(row)))? {
            defects.add(once::take(&mut tx, &kind.once(&lines)).await?);
            kind.stage(&mut tx, &lines).await?;
            progress(table.lines);
        }
        if table.lines == 0 && import.remove_absent {
            return Err(ImportError::Unreadable("the file has no lines: nothing would be left".to_owned()));
        }
        let portal = self.profile.id.as_str();
        if !import.remove_absent {
            kind.taken(&mut tx, portal, &mut defects).await?;
        }
        if defects.any() {
            tx.rollback().await?;
            let (defects, defect_count) = defects.in_order();
            return Ok(ImportedRecords { lines: table.lines, defects, defect_count, ..Default::default() });
        }
        let now = self.clock.now();
        let imported = kind.replace(&mut tx, portal, now, table.lines, import.remove_absent).await?;
        if import.dry_run {
            tx.rollback().await?;
            return Ok(imported);
        }
        kind.end(&mut tx).await?;
        once::end(&mut tx).await?;
        let event = audit::Event::new(kind.event, now);
        event.by(&table.lines.to_string()).record(self, &mut tx).await?;
        tx.commit().await?;
        Ok(imported)
    }
}

/// What a line says, in the order of its kind's columns.
struct Line {
    number: u64,
    values: Vec<Option<String>>,
}

fn member(row: &mut Row<'_>) -> Line {
    row.needed("permit_number");
    let permit_number = row.identifier("permit_number");
    row.needed("name");
    let name = row.text("name").map(ToOwned::to_owned);
    row.needed("email");
    let email = row.email();
    Line { number: row.number, values: vec![permit_number, name, email] }
}

fn contact_record(row: &mut Row<'_>) -> Line {
    row.needed("reference");
    let reference = row.identifier("reference");
    row.needed("practice");
    let practice = row.text("practice").map(ToOwned::to_owned);
    let given_name = row.text("given_name").unwrap_or_default().to_owned();
    row.needed("family_name");
    let family_name = row.text("family_name").map(ToOwned::to_owned);
    if row.field("email").or(row.field("phone")).is_none() {
        row.refuse("email", "is empty, and so is phone: one of them is needed");
    }
    let (email, phone) = (row.email(), row.phone());
    let language = row.language(Language::Fr).map(|language| language.as_str().to_owned());
    let values = vec![reference, practice, Some(given_name), family_name, email, phone, language];
    Line { number: row.number, values }
}

/// A kind of records.
struct Kind {
    table: &'static str,
    /// Of the file and of the table.
    columns: &'static [&'static str],
    /// The column that finds a record again.
    key: &'static str,
    /// Another one whose values belong to one record each.
    single: Option<&'static str>,
    /// The column of whatever a file has whole: it says nothing of the records of others. `None`: of all of them.
    whole: Option<&'static str>,
    event: &'static str,
}

impl Kind {
    /// Makes the place where the lines stand until the last one is read.
    async fn begin(&self, tx: &mut Tx) -> Result<(), sqlx::Error> {
        let Self { table, key, .. } = self;
        let columns = self.columns.join(" TEXT, ");
        execute(tx, format!("DROP TABLE IF EXISTS import_{table}")).await?;
        let place = format!("import_{table} ({columns} TEXT, line BIGINT NOT NULL, PRIMARY KEY ({key}))");
        execute(tx, format!("CREATE TEMPORARY TABLE {place}")).await
    }

    /// Removes it.
    async fn end(&self, tx: &mut Tx) -> Result<(), sqlx::Error> {
        execute(tx, format!("DROP TABLE import_{}", self.table)).await
    }

    /// What a file may have once.
    fn once<'a>(&self, lines: &'a [Line]) -> Vec<Once<'a>> {
        let mut names = Vec::new();
        for line in lines {
            for (column, value) in self.columns.iter().zip(&line.values) {
                if let Some(name) = value.as_deref()
                    && (*column == self.key || Some(*column) == self.single)
                {
                    names.push(Once { among: column, name, column, line: line.number });
                }
            }
        }
        names
    }

    async fn stage(&self, tx: &mut Tx, lines: &[Line]) -> Result<(), sqlx::Error> {
        if lines.is_empty() {
            return Ok(());
        }
        let (columns, values) = (self.columns.join(", "), rows(lines.len(), self.columns.len() + 1));
        // What is there twice is known by now; it does not hide what else is wrong.
        let statement = format!(
            "INSERT INTO import_{} ({columns}, line) VALUES {values} ON CONFLICT DO NOTHING",
            self.table
        );
        let mut query = sqlx::query(AssertSqlSafe(statement));
        for line in lines {
            for value in &line.values {
                query = query.bind(value);
            }
            query = query.bind(number(line.number));
        }
        query.execute(&mut **tx).await.map(drop)
    }

    /// Single values that belong to a record which the file does not have, and so leaves as it is.
    async fn taken(&self, tx: &mut Tx, portal: &str, defects: &mut Defects) -> Result<(), sqlx::Error> {
        let Self { table, key, single: Some(single), .. } = self else { return Ok(()) };
        let statement = format!(
            "SELECT i.line, i.{single}, r.{key}, COUNT(*) OVER () FROM import_{table} i \
             JOIN {table} r ON r.portal = $1 AND r.{single} = i.{single} \
             WHERE NOT EXISTS (SELECT 1 FROM import_{table} other WHERE other.{key} = r.{key}) \
             ORDER BY i.line LIMIT {NAMED_DEFECTS}"
        );
        let query = sqlx::query_as::<_, (i64, String, String, i64)>(AssertSqlSafe(statement));
        let taken = query.bind(portal).fetch_all(&mut **tx).await?;
        let count = taken.first().map_or(0, |(.., count)| unsigned(*count));
        let named = u64::try_from(taken.len()).unwrap_or(u64::MAX);
        defects.add(taken.into_iter().map(|(line, value, owner, _)| Defect {
            line: unsigned(line),
            column: (*single).to_owned(),
            reason: format!("{value} belongs to the {} {owner}", key.replace('_', " ")),
        }));
        defects.add_unnamed(count.saturating_sub(named));
        Ok(())
    }

    /// Puts the lines into the places of the records with their keys.
    async fn replace(
        &self,
        tx: &mut Tx,
        portal: &str,
        now: UnixMillis,
        lines: u64,
        remove_absent: bool,
    ) -> Result<ImportedRecords, sqlx::Error> {
        let Self { table, columns, key, whole, .. } = self;
        // The records that the file speaks of, whether it has them or not.
        let within = whole.map_or_else(
            || "$2 = 1".to_owned(),
            |column| format!("$2 = 1 AND {column} IN (SELECT {column} FROM import_{table})"),
        );
        let same: Vec<String> =
            columns.iter().map(|column| format!("i.{column} IS NOT DISTINCT FROM r.{column}")).collect();
        let statement = format!(
            "SELECT COUNT(i.{key}), COUNT(CASE WHEN {} THEN 1 END) FROM {table} r \
             LEFT JOIN import_{table} i ON i.{key} = r.{key} WHERE r.portal = $1",
            same.join(" AND ")
        );
        let (again, unchanged): (i64, i64) =
            sqlx::query_as(AssertSqlSafe(statement)).bind(portal).fetch_one(&mut **tx).await?;
        let (again, unchanged) = (unsigned(again), unsigned(unchanged));

        let leaving = format!(
            "DELETE FROM {table} WHERE portal = $1 AND \
             (({within}) OR EXISTS (SELECT 1 FROM import_{table} i WHERE i.{key} = {table}.{key}))"
        );
        let all = i64::from(remove_absent);
        let left = sqlx::query(AssertSqlSafe(leaving))
            .bind(portal)
            .bind(all)
            .execute(&mut **tx)
            .await?
            .rows_affected();
        let columns = columns.join(", ");
        let entering = format!(
            "INSERT INTO {table} (portal, imported_at, {columns}) SELECT $1, $2, {columns} FROM import_{table}"
        );
        sqlx::query(AssertSqlSafe(entering)).bind(portal).bind(now).execute(&mut **tx).await?;
        Ok(ImportedRecords {
            lines,
            new: lines.saturating_sub(again),
            changed: again.saturating_sub(unchanged),
            unchanged,
            removed: left.saturating_sub(again),
            ..ImportedRecords::default()
        })
    }
}

async fn execute(tx: &mut Tx, statement: String) -> Result<(), sqlx::Error> {
    sqlx::query(AssertSqlSafe(statement)).execute(&mut **tx).await.map(drop)
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
