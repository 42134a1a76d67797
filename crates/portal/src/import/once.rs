//! What may stand in a file once. The database finds what is there twice, however far apart: its names stand with their lines in
//! a temporary table of the import's transaction.

use super::Defect;
use crate::store::{Tx, rows};
use sqlx::AssertSqlSafe;
use std::collections::HashSet;

/// A name of one line.
#[derive(Clone, Copy)]
pub(super) struct Once<'a> {
    /// Among which names there is none like it.
    pub(super) among: &'static str,
    pub(super) name: &'a str,
    pub(super) column: &'static str,
    pub(super) line: u64,
}

/// Makes the place where the names of this file stand.
pub(super) async fn begin(tx: &mut Tx) -> Result<(), sqlx::Error> {
    for statement in [
        "DROP TABLE IF EXISTS import_name",
        "CREATE TEMPORARY TABLE import_name (among TEXT, name TEXT, line BIGINT NOT NULL, PRIMARY KEY (among, name))",
    ] {
        sqlx::query(statement).execute(&mut **tx).await?;
    }
    Ok(())
}

/// Removes it.
pub(super) async fn end(tx: &mut Tx) -> Result<(), sqlx::Error> {
    sqlx::query("DROP TABLE import_name").execute(&mut **tx).await.map(drop)
}

/// Takes these names; those that the file had already are defects.
pub(super) async fn take(tx: &mut Tx, names: &[Once<'_>]) -> Result<Vec<Defect>, sqlx::Error> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let values = rows(names.len(), 3);
    let statement = format!(
        "INSERT INTO import_name (among, name, line) VALUES {values} ON CONFLICT DO NOTHING RETURNING among, name, line"
    );
    let mut query = sqlx::query_as::<_, (String, String, i64)>(AssertSqlSafe(statement));
    for once in names {
        query = query.bind(once.among).bind(once.name).bind(number(once.line));
    }
    let taken: HashSet<(String, String, i64)> = query.fetch_all(&mut **tx).await?.into_iter().collect();
    let mut defects = Vec::new();
    for Once { among, name, column, line } in names {
        if taken.contains(&((*among).to_owned(), (*name).to_owned(), number(*line))) {
            continue;
        }
        let first: i64 = sqlx::query_scalar("SELECT line FROM import_name WHERE among = $1 AND name = $2")
            .bind(*among)
            .bind(*name)
            .fetch_one(&mut **tx)
            .await?;
        let reason = format!("{name} is on line {first} already");
        defects.push(Defect { line: *line, column: (*column).to_owned(), reason });
    }
    Ok(defects)
}

/// A line as the database has it.
pub(super) fn number(line: u64) -> i64 {
    i64::try_from(line).unwrap_or(i64::MAX)
}
