//! The portal's own pages (PROTOCOL §5): opened in a window of their own, which the shell makes, and cleared with the session.

use crate::{
    connection::{Body, Connection},
    entrance::own_address,
    failure::Trouble,
    portals::is_loopback,
    tokens::Session,
    view::Language,
};
use parvis_protocol::message::{PageEntry, SessionBootstrap};
use reqwest::{Method, StatusCode};
use std::{fmt, future::Future, pin::Pin};
use url::Url;

/// The page that « Ouvrir le portail » goes to.
const SPACE: &str = "space";

/// What the shell is asked to do takes its time.
pub type Working<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A page to open, and the cookies that open it. `Debug` shows the address only.
pub struct Page {
    /// Title of the window: the portal's name, in the language of the app.
    pub title: String,
    /// The page; on the portal's origin, checked.
    pub location: Url,
    /// For the window's own store.
    pub cookies: Vec<Cookie>,
}

/// A cookie of the portal's window.
pub struct Cookie {
    /// Name.
    pub name: String,
    /// Value: a secret.
    pub value: secrecy::SecretString,
    /// Path.
    pub path: String,
    /// `Secure`: the portal is not on a loopback address.
    pub secure: bool,
}

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Page").field("location", &self.location.as_str()).finish_non_exhaustive()
    }
}

/// The window of the portal's pages, with a store of its own that nothing outlives.
pub trait PagesWindow: Send + Sync {
    /// Opens the page; an open window goes there and comes to the front.
    ///
    /// # Errors
    /// Why there is no window, for the log.
    fn open(&self, page: Page) -> Working<'_, Result<(), String>>;

    /// Closes the window, clears its store, and reads back; `true` if nothing is left. True at once where there is none.
    fn clear(&self) -> Working<'_, bool>;

    /// Whether the window is open.
    fn is_open(&self) -> bool;
}

/// Where there are no windows: tests of the engine.
#[derive(Debug, Default)]
pub struct NoPages;

impl PagesWindow for NoPages {
    fn open(&self, _page: Page) -> Working<'_, Result<(), String>> {
        Box::pin(async { Err("there are no windows here".to_owned()) })
    }

    fn clear(&self) -> Working<'_, bool> {
        Box::pin(async { true })
    }

    fn is_open(&self) -> bool {
        false
    }
}

/// Asks the portal for its page and the cookies that open it. Only an address on the portal's own origin is opened.
pub(crate) async fn entry(
    connection: &Connection,
    session: &Session,
    language: Language,
) -> Result<Page, Trouble> {
    let at = &session.entrance;
    let body = Body::json(&SessionBootstrap { page: SPACE.to_owned() });
    let reply = session.request(connection, Method::POST, &at.endpoints.pages, body).await?;
    if reply.status != StatusCode::OK {
        return Err(reply.refusal());
    }
    let entry: PageEntry = reply.json()?;
    let name = &at.portal.name;
    let name = match language {
        Language::Fr => &name.fr,
        Language::En => &name.en,
        Language::De => &name.de,
    };
    Ok(Page {
        title: name.clone(),
        location: own_address(&at.issuer, &entry.location)?,
        cookies: entry
            .cookies
            .into_iter()
            .map(|cookie| Cookie {
                name: cookie.name,
                value: cookie.value.into(),
                path: cookie.path,
                secure: !is_loopback(&at.issuer),
            })
            .collect(),
    })
}
