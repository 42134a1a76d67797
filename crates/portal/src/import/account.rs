//! An account of a file: what its line says, and how many at once are written.

use super::{
    Defect,
    once::{self, Once},
    table::{Row, is_address},
};
use crate::{
    Portal,
    links::Purpose,
    store::{Tx, rows},
};
use parvis_portal_profile::{Language, MethodId, Profile, Role};
use parvis_protocol::{clock::UnixMillis, entropy::opaque_short};
use sqlx::AssertSqlSafe;
use std::collections::HashSet;

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

/// Reads one line.
pub(super) fn parse(row: &mut Row<'_>, profile: &Profile, default: Language) -> Option<Line> {
    let role = row.needed("role").and_then(|id| {
        let role = profile.role(id);
        if role.is_none() {
            row.refuse("role", format!("the portal has no role {id:?}"));
        }
        role
    });
    let email = row.email();
    let by_email = role.is_some_and(Role::is_known_by_email);
    let identifier = match row.field("identifier") {
        Some(typed) => {
            let identifier = row.identifier("identifier");
            if by_email && identifier.as_deref().is_some_and(|name| !is_address(name)) {
                row.refuse(
                    "identifier",
                    format!("{typed:?} is not an e-mail address, which this role signs in with"),
                );
            }
            identifier
        }
        None if by_email && email.is_some() => email.clone(),
        None => {
            row.refuse("identifier", "is empty");
            None
        }
    };
    row.needed("name");
    let name = row.text("name");
    let rights: Vec<&str> = row.field("rights").unwrap_or_default().split_whitespace().collect();
    for right in &rights {
        if !profile.rights.contains_key(*right) {
            row.refuse("rights", format!("the portal has no right {right:?}"));
        }
    }
    let phone = row.phone();
    let language = row.language(default);
    Some(Line {
        number: row.number,
        subject: String::new(),
        identifier: identifier?,
        name: name?.to_owned(),
        role: role?.id.clone(),
        rights: rights.join(" "),
        email,
        phone,
        language: language?,
    })
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
        let mut names: Vec<(&Line, Once<'_>)> = Vec::new();
        for line in self.lines {
            let email = line.email.as_deref().filter(|email| *email != line.identifier);
            for (name, column) in [(Some(line.identifier.as_str()), "identifier"), (email, "email")] {
                names.extend(
                    name.map(|name| (line, Once { among: "names", name, column, line: line.number })),
                );
            }
        }
        let once: Vec<Once<'_>> = names.iter().map(|(_, once)| *once).collect();
        let mut defects = once::take(tx, &once).await?;
        names.retain(|(_, once)| {
            !defects.iter().any(|defect| defect.line == once.line && defect.column == once.column)
        });
        let free = self.free(tx, &names).await?;
        for (_, Once { name, column, line, .. }) in names.iter().filter(|(_, once)| !free.contains(once.name))
        {
            let reason = format!("{name} is an account's already");
            defects.push(Defect { line: *line, column: (*column).to_owned(), reason });
        }
        Ok(defects)
    }

    /// Gives the names that no account has to their accounts; says which.
    async fn free(&self, tx: &mut Tx, names: &[(&Line, Once<'_>)]) -> Result<HashSet<String>, sqlx::Error> {
        if names.is_empty() {
            return Ok(HashSet::new());
        }
        let statement = format!(
            "INSERT INTO account_name (portal, name, subject) VALUES {} ON CONFLICT DO NOTHING RETURNING name",
            rows(names.len(), 3)
        );
        let mut query = sqlx::query_scalar(AssertSqlSafe(statement));
        for (line, once) in names {
            query = query.bind(self.portal).bind(once.name).bind(&line.subject);
        }
        Ok(query.fetch_all(&mut **tx).await?.into_iter().collect())
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
