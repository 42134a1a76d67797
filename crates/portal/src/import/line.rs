//! One line of an import: what it says, and how many at once are written.

use super::Defect;
use crate::{
    Portal,
    links::Purpose,
    store::{Tx, rows},
};
use parvis_portal_profile::{IdentifierKind, Language, MethodId, Profile, Role};
use parvis_protocol::{clock::UnixMillis, entropy::opaque_short, normalise};
use sqlx::AssertSqlSafe;
use std::collections::{BTreeMap, HashSet};

const NAME_LETTERS: usize = 200;
/// An invitation is worth sending for a day.
const INVITATION_VALIDITY: i64 = 24 * 60 * 60 * 1000;

/// An account to be made.
pub(super) struct Line {
    number: u64,
    pub(super) subject: String,
    identifier: String,
    name: String,
    role: String,
    rights: String,
    pub(super) email: Option<String>,
    phone: Option<String>,
    pub(super) language: Language,
}

/// People of this role type their e-mail address and nothing else.
pub(super) fn is_known_by_email(role: &Role) -> bool {
    role.identifiers == [IdentifierKind::Email]
}

/// Reads one line; everything that is wrong with it at once.
pub(super) fn parse(
    fields: &BTreeMap<&'static str, &str>,
    number: u64,
    profile: &Profile,
    default: Language,
) -> Result<Line, Vec<Defect>> {
    let mut defects = Vec::new();
    let mut refuse = |column: &str, reason: String| {
        defects.push(Defect { line: number, column: column.to_owned(), reason });
    };
    let field = |column: &str| fields.get(column).copied().filter(|text| !text.is_empty());
    let role = field("role").and_then(|id| profile.role(id));
    match field("role") {
        None => refuse("role", "is empty".to_owned()),
        Some(id) if role.is_none() => refuse("role", format!("the portal has no role {id:?}")),
        Some(_) => {}
    }
    let email = field("email").and_then(|typed| {
        let address = normalise::identifier(typed).filter(|address| is_address(address));
        if address.is_none() {
            refuse("email", format!("{typed:?} is not an e-mail address"));
        }
        address
    });
    let by_email = role.is_some_and(is_known_by_email);
    let identifier = match field("identifier") {
        Some(typed) => {
            let identifier = normalise::identifier(typed);
            match &identifier {
                None => refuse("identifier", "has control characters, or is too long".to_owned()),
                Some(name) if by_email && !is_address(name) => {
                    refuse(
                        "identifier",
                        format!("{typed:?} is not an e-mail address, which this role signs in with"),
                    );
                }
                Some(_) => {}
            }
            identifier
        }
        None if by_email && email.is_some() => email.clone(),
        None => {
            refuse("identifier", "is empty".to_owned());
            None
        }
    };
    let name = field("name").unwrap_or_default();
    if name.is_empty() {
        refuse("name", "is empty".to_owned());
    } else if name.chars().any(char::is_control) || name.chars().count() > NAME_LETTERS {
        refuse("name", format!("has control characters, or more than {NAME_LETTERS} letters"));
    }
    let rights: Vec<&str> = field("rights").unwrap_or_default().split_whitespace().collect();
    for right in &rights {
        if !profile.rights.contains_key(*right) {
            refuse("rights", format!("the portal has no right {right:?}"));
        }
    }
    let phone = field("phone").and_then(|typed| {
        let number = normalise::phone(typed);
        if number.is_none() {
            refuse("phone", format!("{typed:?} is not a telephone number"));
        }
        number
    });
    let language = field("language").map_or(Some(default), Language::parse);
    if language.is_none() {
        refuse("language", "is fr, en or de".to_owned());
    }
    match (identifier, language) {
        (Some(identifier), Some(language)) if defects.is_empty() => Ok(Line {
            number,
            subject: String::new(),
            identifier,
            name: name.to_owned(),
            role: role.map(|role| role.id.clone()).unwrap_or_default(),
            rights: rights.join(" "),
            email,
            phone,
            language,
        }),
        _ => Err(defects),
    }
}

fn is_address(name: &str) -> bool {
    name.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'))
}

/// Makes the place where the names of this file stand with their lines.
pub(super) async fn begin(tx: &mut Tx) -> Result<(), sqlx::Error> {
    for statement in [
        "DROP TABLE IF EXISTS import_name",
        "CREATE TEMPORARY TABLE import_name (name TEXT PRIMARY KEY, line BIGINT NOT NULL)",
    ] {
        sqlx::query(statement).execute(&mut **tx).await?;
    }
    Ok(())
}

/// Removes it.
pub(super) async fn end(tx: &mut Tx) -> Result<(), sqlx::Error> {
    sqlx::query("DROP TABLE import_name").execute(&mut **tx).await.map(drop)
}

/// Several lines, written by one statement a table.
pub(super) struct Writing<'a> {
    pub(super) portal: &'a str,
    pub(super) lines: &'a [Line],
    pub(super) now: UnixMillis,
}

impl Writing<'_> {
    /// Takes the names that can be typed; what is there twice, in the file or in the database, is a defect.
    pub(super) async fn names(&self, tx: &mut Tx) -> Result<Vec<Defect>, sqlx::Error> {
        let mut defects = Vec::new();
        let mut fresh: Vec<(&str, &Line, &'static str)> = Vec::new();
        let mut here: BTreeMap<&str, u64> = BTreeMap::new();
        for line in self.lines {
            let email = line.email.as_deref().filter(|email| *email != line.identifier);
            let names = [(Some(line.identifier.as_str()), "identifier"), (email, "email")];
            for (name, column) in names.into_iter().filter_map(|(name, column)| Some((name?, column))) {
                if let Some(first) = here.insert(name, line.number) {
                    here.insert(name, first);
                    defects.push(twice(line, column, name, first));
                } else {
                    fresh.push((name, line, column));
                }
            }
        }
        let taken = taken(tx, "INSERT INTO import_name (name, line)", &fresh, 2, |query, (name, line, _)| {
            query.bind((*name).to_owned()).bind(i64::try_from(line.number).unwrap_or(i64::MAX))
        })
        .await?;
        for (name, line, column) in fresh.iter().filter(|(name, ..)| !taken.contains(*name)) {
            let first: i64 = sqlx::query_scalar("SELECT line FROM import_name WHERE name = $1")
                .bind(*name)
                .fetch_one(&mut **tx)
                .await?;
            defects.push(twice(line, column, name, u64::try_from(first).unwrap_or(0)));
        }
        fresh.retain(|(name, ..)| taken.contains(*name));
        let into = "INSERT INTO account_name (portal, name, subject)";
        let free = self::taken(tx, into, &fresh, 3, |query, (name, line, _)| {
            query.bind(self.portal.to_owned()).bind((*name).to_owned()).bind(line.subject.clone())
        })
        .await?;
        for (name, line, column) in fresh.iter().filter(|(name, ..)| !free.contains(*name)) {
            let reason = format!("{name} is an account's already");
            defects.push(Defect { line: line.number, column: (*column).to_owned(), reason });
        }
        Ok(defects)
    }

    pub(super) async fn accounts(&self, tx: &mut Tx) -> Result<(), sqlx::Error> {
        let statement = format!(
            "INSERT INTO account (subject, portal, identifier, name, role, rights, language, email, email_verified, phone, \
             phone_verified, state, credential_epoch, created_at) VALUES {}",
            rows(self.lines.len(), 14)
        );
        let mut query = sqlx::query(AssertSqlSafe(statement));
        for line in self.lines {
            query = query
                .bind(&line.subject)
                .bind(self.portal)
                .bind(&line.identifier)
                .bind(&line.name)
                .bind(&line.role)
                .bind(&line.rights)
                .bind(line.language.as_str())
                .bind(&line.email)
                .bind(i64::from(line.email.is_some()))
                .bind(&line.phone)
                .bind(i64::from(line.phone.is_some()))
                .bind("active")
                .bind(1_i64)
                .bind(self.now);
        }
        query.execute(&mut **tx).await.map(drop)
    }

    /// Queues the mails with the link that sets a first password. The link is made when its mail is sent.
    pub(super) async fn invitations(
        &self,
        portal: &Portal,
        tx: &mut Tx,
        invited: &[(&str, Language)],
    ) -> Result<(), sqlx::Error> {
        if invited.is_empty() {
            return Ok(());
        }
        let statement = format!(
            "INSERT INTO message (id, portal, subject, kind, method, language, created_at, expires_at, next_try_at, tries, \
             claimed_until, state) VALUES {}",
            rows(invited.len(), 12)
        );
        let mut query = sqlx::query(AssertSqlSafe(statement));
        for (subject, language) in invited {
            query = query
                .bind(opaque_short(portal.entropy.as_ref()))
                .bind(self.portal)
                .bind(*subject)
                .bind(Purpose::FirstPassword.as_str())
                .bind(MethodId::Email.as_str())
                .bind(language.as_str())
                .bind(self.now)
                .bind(self.now + INVITATION_VALIDITY)
                .bind(self.now)
                .bind(0_i64)
                .bind(0_i64)
                .bind("queued");
        }
        query.execute(&mut **tx).await.map(drop)
    }
}

fn twice(line: &Line, column: &str, name: &str, first: u64) -> Defect {
    let reason = format!("{name} is on line {first} already");
    Defect { line: line.number, column: column.to_owned(), reason }
}

type Query<'q> = sqlx::query::QueryScalar<'q, sqlx::Any, String, sqlx::any::AnyArguments>;

/// Inserts rows whose name is not there yet; the names that were not.
async fn taken<'a>(
    tx: &mut Tx,
    into: &str,
    names: &[(&'a str, &'a Line, &'static str)],
    columns: usize,
    bind: impl for<'q> Fn(Query<'q>, &(&'a str, &'a Line, &'static str)) -> Query<'q>,
) -> Result<HashSet<String>, sqlx::Error> {
    if names.is_empty() {
        return Ok(HashSet::new());
    }
    let values = rows(names.len(), columns);
    let statement = format!("{into} VALUES {values} ON CONFLICT DO NOTHING RETURNING name");
    let mut query = sqlx::query_scalar(AssertSqlSafe(statement));
    for name in names {
        query = bind(query, name);
    }
    Ok(query.fetch_all(&mut **tx).await?.into_iter().collect())
}
