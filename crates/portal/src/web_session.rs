//! Web sessions: how the app brings a signed-in person to the portal's own pages (PROTOCOL §5, PRT-08).
//!
//! A web session is the value of a cookie, bound to a grant, and has no life of its own: every request asks in one
//! statement whether its grant lives. What ends the grant (sign-out, handover, block, limits) has ended the web session.

use crate::{
    Fault, Portal,
    account::{self, Account},
    audit::Event,
    clock::duration,
    grant::Caller,
    nonce, trust,
};
use parvis_protocol::{
    clock::UnixMillis,
    encoding::{is_base64url_of, same_secret, sha256_base64url},
    entropy::opaque,
    message::{PageCookie, PageEntry},
    proof::Proof,
};
use url::Url;

/// The pages that the app may open, by their registered ids.
const PAGES: [&str; 1] = ["space"];

/// A request with a web session whose grant lives.
pub(crate) struct Visit {
    /// Whose session it is.
    pub(crate) account: Account,
    /// By which entrance the person came in.
    pub(crate) role: String,
    /// How the person signed in.
    pub(crate) acr: String,
    /// When the session was opened.
    pub(crate) since: UnixMillis,
    grant_id: String,
    device_id: String,
    csrf_token: String,
}

impl Visit {
    /// What the forms of this session's pages carry. Nobody without the cookie can compute it.
    pub(crate) fn csrf_token(&self) -> &str {
        &self.csrf_token
    }

    /// Whether a form came from this session's pages.
    pub(crate) fn accepts(&self, csrf_token: &str) -> bool {
        same_secret(&self.csrf_token, csrf_token)
    }
}

#[derive(sqlx::FromRow)]
struct LivingGrant {
    id: String,
    subject: String,
    device_id: String,
    role: String,
    acr: String,
    created_at: UnixMillis,
    csrf: String,
}

impl Portal {
    /// Opens a web session for a registered page; `None` where there is no such page (an operator's portal has its own
    /// pages, behind its own session). An earlier web session of the same grant ends: there is one window.
    pub(crate) async fn open_page(
        &self,
        proof: &Proof,
        caller: &Caller,
        page: &str,
    ) -> Result<Option<PageEntry>, Fault> {
        let registered = self.demonstration && PAGES.contains(&page);
        if !registered {
            return Ok(None);
        }
        let now = self.clock.now();
        let value = opaque(self.entropy.as_ref());
        let mut tx = self.store.begin().await?;
        nonce::consume(&mut tx, proof, now).await?;
        let ends_at: Option<UnixMillis> = sqlx::query_scalar(
            "UPDATE sign_in_grant SET last_used_at = $2 WHERE id = $1 AND ended_at IS NULL AND ends_at > $2 RETURNING ends_at",
        )
        .bind(&caller.grant_id)
        .bind(now)
        .fetch_optional(&mut *tx)
        .await?;
        // Ended since the call was let in: its access token is as good as unknown, and there is nothing to open.
        let Some(ends_at) = ends_at else { return Ok(None) };
        sqlx::query("UPDATE web_session SET ended_at = $2 WHERE grant_id = $1 AND ended_at IS NULL")
            .bind(&caller.grant_id)
            .bind(now)
            .execute(&mut *tx)
            .await?;
        sqlx::query(
            "INSERT INTO web_session (id_hash, portal, grant_id, page, csrf, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(sha256_base64url(&value))
        .bind(&self.profile.id)
        .bind(&caller.grant_id)
        .bind(page)
        .bind(opaque(self.entropy.as_ref()))
        .bind(now)
        .execute(&mut *tx)
        .await?;
        Event::new("pages_opened", now)
            .of(&caller.account.subject)
            .on(&caller.device_id)
            .by(page)
            .record(self, &mut tx)
            .await?;
        tx.commit().await?;
        Ok(Some(PageEntry {
            location: format!("{}/pages/{page}", self.issuer_text()),
            cookies: vec![PageCookie {
                name: self.page_cookie(),
                value,
                path: self.page_cookie_path().to_owned(),
                max_age: duration(ends_at - now),
            }],
        }))
    }

    /// The name of the cookie.
    pub(crate) fn page_cookie(&self) -> String {
        cookie(&self.issuer, &self.profile.id).0
    }

    /// Its path.
    pub(crate) fn page_cookie_path(&self) -> &str {
        cookie(&self.issuer, &self.profile.id).1
    }

    /// Whose request it is, if the cookie's value is a web session of this page and its grant lives. The grant is used by
    /// it, as by an account call.
    pub(crate) async fn visit(&self, value: &str) -> Result<Option<Visit>, Fault> {
        if !is_base64url_of(value, 32) {
            return Ok(None);
        }
        let now = self.clock.now();
        let hash = sha256_base64url(value);
        let mut tx = self.store.begin().await?;
        let grant: Option<LivingGrant> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "UPDATE sign_in_grant SET last_used_at = $2 WHERE portal = $3 AND ended_at IS NULL AND ends_at > $2 \
             AND last_used_at > $4 AND id IN (SELECT grant_id FROM web_session WHERE id_hash = $1 AND ended_at IS NULL) \
             AND {} RETURNING id, subject, device_id, role, acr, created_at, \
             (SELECT csrf FROM web_session WHERE id_hash = $1) AS csrf",
            account::MAY_BE_USED
        )))
        .bind(&hash)
        .bind(now)
        .bind(&self.profile.id)
        .bind(now - i64::from(self.profile.session.inactivity_s) * 1000)
        .fetch_optional(&mut *tx)
        .await?;
        let Some(grant) = grant else { return Ok(None) };
        let account = account::by_subject(&mut *tx, &grant.subject).await?;
        tx.commit().await?;
        Ok(account.map(|account| Visit {
            account,
            role: grant.role,
            acr: grant.acr,
            since: grant.created_at,
            grant_id: grant.id,
            device_id: grant.device_id,
            csrf_token: sha256_base64url(&format!("parvis-csrf-1.{}.{value}", grant.csrf)),
        }))
    }

    /// Signs the person out from a page: the grant ends, and with it the app's session.
    pub(crate) async fn leave_pages(&self, visit: &Visit) -> Result<(), Fault> {
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        trust::lock_workstation(self, &mut tx, &visit.device_id, now).await?;
        let ended = sqlx::query(
            "UPDATE sign_in_grant SET ended_at = $2, end_reason = 'signed_out' WHERE id = $1 AND ended_at IS NULL",
        )
        .bind(&visit.grant_id)
        .bind(now)
        .execute(&mut *tx)
        .await?;
        if ended.rows_affected() == 1 {
            let event = Event::new("signed_out", now).of(&visit.account.subject).on(&visit.device_id);
            event.by("pages").record(self, &mut tx).await?;
        }
        Ok(tx.commit().await?)
    }
}

/// Name and path of the cookie. `__Host-` wants the whole host, which is one portal's, and `Secure`, which engines drop on
/// loopback HTTP; there the demonstration's portals share a host (PROTOCOL §5).
fn cookie<'a>(issuer: &'a Url, portal: &str) -> (String, &'a str) {
    match (issuer.scheme(), issuer.path().trim_end_matches('/')) {
        ("https", _) => ("__Host-parvis".to_owned(), "/"),
        (_, "") => (format!("parvis_{portal}"), "/"),
        (_, path) => (format!("parvis_{portal}"), path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prt_08_the_cookie_is_the_hosts_own_where_it_can_be() {
        let cookie = |issuer: &str| {
            let issuer = Url::parse(issuer).unwrap();
            let (name, path) = cookie(&issuer, "demo");
            (name, path.to_owned())
        };
        let own = ("__Host-parvis".to_owned(), "/".to_owned());
        assert_eq!(cookie("https://portail.example"), own);
        assert_eq!(cookie("https://portail.example/sante"), own);
        assert_eq!(cookie("http://127.0.0.1:8787/demo"), ("parvis_demo".to_owned(), "/demo".to_owned()));
        assert_eq!(cookie("http://[::1]:8787"), ("parvis_demo".to_owned(), "/".to_owned()));
    }
}
