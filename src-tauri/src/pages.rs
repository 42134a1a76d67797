//! The window of the portal's own pages (PROTOCOL §5): ephemeral, without a way to the app's commands, held to the portal's
//! origin. The engine opens and clears it; the capability names the main window alone, so this one can ask nothing of Rust.

use std::time::Duration;

use parvis_sign_in::pages::{Cookie, Page, Working};
use parvis_sign_in::{PagesWindow, SignInHandle};
use secrecy::ExposeSecret as _;
use tauri::webview::cookie::SameSite;
use tauri::webview::{DownloadEvent, NewWindowResponse};
use tauri::{AppHandle, Manager as _, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder};
use tokio::sync::Mutex;

use crate::window::FIELDS_KEEP_THEIR_MENU;

/// Label of the window. No capability names it.
pub(crate) const PAGES: &str = "pages";

/// Where a window begins: its store has to have the cookies before it goes anywhere.
const NOWHERE: &str = "about:blank";

/// The longest wait for a window that was told to go.
const GOING: Duration = Duration::from_secs(2);

/// The window of the portal's pages, open or not.
pub(crate) struct PortalWindow {
    app: AppHandle,
    /// The page that the open window was opened for. Held while the window is opened or cleared: one after the other.
    opened: Mutex<Option<Url>>,
}

impl PortalWindow {
    pub(crate) fn new(app: AppHandle) -> Self {
        Self { app, opened: Mutex::new(None) }
    }

    fn window(&self) -> Option<WebviewWindow> {
        self.app.get_webview_window(PAGES)
    }

    /// Out of sight at once; what is in it is cleared by the engine, which ends the session.
    pub(crate) fn put_away(app: &AppHandle) {
        if let Some(window) = app.get_webview_window(PAGES) {
            let _ = window.hide();
        }
    }

    async fn go_to(&self, page: Page) -> Result<(), String> {
        let mut opened = self.opened.lock().await;
        let other = opened.as_ref().is_some_and(|before| before.origin() != page.location.origin());
        if other && !self.empty(opened.take()).await {
            return Err("the window of another portal could not be cleared".to_owned());
        }
        let title = title(&page);
        let window = match self.window() {
            Some(window) => window,
            None => build(&self.app, &page.location).map_err(|error| error.to_string())?,
        };
        *opened = Some(page.location.clone());
        // Reading and writing cookies waits for the window's thread.
        let shown = tauri::async_runtime::spawn_blocking(move || show(&window, page, &title)).await;
        shown.map_err(|error| error.to_string())?
    }

    /// Deletes what the window's store has, reads back, and closes the window; `true` if nothing is left.
    async fn empty(&self, opened: Option<Url>) -> bool {
        let Some(window) = self.window() else { return true };
        let _ = window.hide();
        let store = window.clone();
        let emptied = tauri::async_runtime::spawn_blocking(move || empty_store(&store, opened)).await;
        let emptied = emptied.map_err(|error| error.to_string()).flatten();
        if let Err(error) = &emptied {
            tracing::warn!(%error, "the portal's window could not be emptied");
        }
        // Its store goes with it: it was never on disk.
        if let Err(error) = window.destroy() {
            tracing::warn!(%error, "the portal's window could not be closed");
        }
        drop(window);
        let gone = async {
            while self.window().is_some() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let gone = tokio::time::timeout(GOING, gone).await.is_ok();
        tracing::info!(emptied = emptied.is_ok(), gone, "the portal's window is closed");
        emptied.is_ok() && gone
    }
}

impl PagesWindow for PortalWindow {
    fn open(&self, page: Page) -> Working<'_, Result<(), String>> {
        Box::pin(self.go_to(page))
    }

    fn clear(&self) -> Working<'_, bool> {
        Box::pin(async {
            let mut opened = self.opened.lock().await;
            self.empty(opened.take()).await
        })
    }

    fn is_open(&self) -> bool {
        self.window().is_some()
    }
}

/// The name of the portal and its address: this window has no address bar, and a person has to see where they are.
fn title(page: &Page) -> String {
    let host = page.location.host_str().unwrap_or_default();
    let port = page.location.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{} — {host}{port}", page.title)
}

fn build(app: &AppHandle, location: &Url) -> tauri::Result<WebviewWindow> {
    let portal = location.clone();
    let engine = app.state::<SignInHandle>().inner().clone();
    let mut builder = WebviewWindowBuilder::new(app, PAGES, WebviewUrl::External(nowhere()))
        .incognito(true)
        .general_autofill_enabled(false)
        .devtools(cfg!(debug_assertions))
        .zoom_hotkeys_enabled(true)
        .inner_size(1024.0, 768.0)
        .min_inner_size(360.0, 480.0)
        .center()
        .visible(false)
        .on_navigation(move |url| {
            let allowed = is_of_portal(url, &portal);
            if allowed {
                // Whoever goes from page to page is here (SES-04).
                engine.activity();
            } else {
                tracing::info!(scheme = url.scheme(), "the portal's window stays with its portal");
            }
            allowed
        })
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_download(|_, event| !matches!(event, DownloadEvent::Requested { .. }));
    if !cfg!(debug_assertions) {
        builder = builder.initialization_script(FIELDS_KEEP_THEIR_MENU);
    }
    builder.build()
}

/// Puts the cookies into the store, goes to the page, and comes to the front.
fn show(window: &WebviewWindow, page: Page, title: &str) -> Result<(), String> {
    let said = |error: tauri::Error| error.to_string();
    let host = page.location.host_str().ok_or("an address without a host")?;
    let names: Vec<_> = page.cookies.iter().map(|cookie| cookie.name.clone()).collect();
    for cookie in page.cookies {
        window.set_cookie(for_store(cookie, host)).map_err(said)?;
    }
    let stored = window.cookies_for_url(page.location.clone()).map_err(said)?;
    if !names.iter().all(|name| stored.iter().any(|cookie| cookie.name() == name)) {
        return Err("the window's store did not take the cookies".to_owned());
    }
    window.navigate(page.location).map_err(said)?;
    window.set_title(title).map_err(said)?;
    window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus()).map_err(said)
}

/// For this host alone, for no script, and for no longer than the store.
fn for_store(cookie: Cookie, host: &str) -> tauri::webview::Cookie<'static> {
    tauri::webview::Cookie::build((cookie.name, cookie.value.expose_secret().to_owned()))
        .domain(host.to_owned())
        .path(cookie.path)
        .secure(cookie.secure)
        .http_only(true)
        .same_site(SameSite::Lax)
        .build()
}

/// Deletes every cookie and everything else that the pages stored, and reads the cookies back.
fn empty_store(window: &WebviewWindow, opened: Option<Url>) -> Result<(), String> {
    let said = |error: tauri::Error| error.to_string();
    // Away from the page first: it could write again.
    window.navigate(nowhere()).map_err(said)?;
    let Some(location) = opened else { return window.clear_all_browsing_data().map_err(said) };
    for cookie in window.cookies_for_url(location.clone()).map_err(said)? {
        window.delete_cookie(cookie).map_err(said)?;
    }
    window.clear_all_browsing_data().map_err(said)?;
    match window.cookies_for_url(location).map_err(said)?.len() {
        0 => Ok(()),
        left => Err(format!("{left} cookies are left")),
    }
}

/// The portal's own pages, and the empty page that the window begins and ends with.
fn is_of_portal(url: &Url, portal: &Url) -> bool {
    url.as_str() == NOWHERE || (matches!(url.scheme(), "http" | "https") && url.origin() == portal.origin())
}

#[expect(clippy::unwrap_used, reason = "a constant")]
fn nowhere() -> Url {
    Url::parse(NOWHERE).unwrap()
}
