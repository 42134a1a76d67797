//! The one window.

use std::error::Error;

use tauri::webview::NewWindowResponse;
use tauri::{AppHandle, Manager, PhysicalPosition, PhysicalSize, Url, WebviewWindow, WebviewWindowBuilder};

use crate::MAIN;
use crate::preferences::{Place, PreferenceStore};

/// Height of the strip that must be on a screen for a window to be caught with the mouse.
const STRIP: u32 = 40;

/// In a release, the web view's own menu (reload, back, inspect) appears in fields only, where it pastes.
pub(crate) const FIELDS_KEEP_THEIR_MENU: &str = "addEventListener('contextmenu', (event) => { \
    if (!event.target.closest?.('input, textarea')) event.preventDefault(); });";

/// Opens the window, where it was the last time if that is still on a screen.
pub(crate) fn open(app: &AppHandle) -> Result<(), Box<dyn Error>> {
    let config = app.config().app.windows.iter().find(|window| window.label == MAIN);
    let config = config.ok_or("tauri.conf.json has no main window")?;
    let mut builder = WebviewWindowBuilder::from_config(app, config)?
        .devtools(cfg!(debug_assertions))
        .on_navigation(is_own_page)
        .on_new_window(|_, _| NewWindowResponse::Deny);
    if !cfg!(debug_assertions) {
        builder = builder.initialization_script(FIELDS_KEEP_THEIR_MENU);
    }
    let window = builder.build()?;

    let preferences = app.state::<PreferenceStore>();
    if let Some(place) = preferences.place().filter(|place| is_visible(&window, *place)) {
        window.set_size(PhysicalSize::new(place.width, place.height))?;
        window.set_position(PhysicalPosition::new(place.x, place.y))?;
    }
    zoom(app, preferences.get().zoom);
    window.show()?;
    Ok(window.set_focus()?)
}

/// Brings the window to the front, for a second launch or a link.
pub(crate) fn raise(app: &AppHandle) {
    let Some(window) = app.get_webview_window(MAIN) else { return };
    let raised = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
    if let Err(error) = raised {
        tracing::warn!(%error, "the window could not be raised");
    }
}

/// Applies the zoom, in percent.
pub(crate) fn zoom(app: &AppHandle, percent: u32) {
    let Some(window) = app.get_webview_window(MAIN) else { return };
    if let Err(error) = window.set_zoom(f64::from(percent) / 100.0) {
        tracing::warn!(%error, "the zoom could not be applied");
    }
}

/// Remembers where the window is, and hides it: nothing of the person stays in sight while the session is ended.
pub(crate) fn put_away(app: &AppHandle) {
    let Some(window) = app.get_webview_window(MAIN) else { return };
    remember_place(app, &window);
    let _ = window.hide();
}

fn remember_place(app: &AppHandle, window: &WebviewWindow) {
    let (Ok(position), Ok(size)) = (window.outer_position(), window.inner_size()) else { return };
    if window.is_minimized().unwrap_or(true) || window.is_maximized().unwrap_or(true) {
        return;
    }
    let place = Place { x: position.x, y: position.y, width: size.width, height: size.height };
    app.state::<PreferenceStore>().set_place(place);
}

/// The window shows the app's own page and nothing else, whatever a link says.
fn is_own_page(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => true,
        // Windows serves the app's own scheme so.
        "http" | "https" => cfg!(windows) && url.host_str() == Some("tauri.localhost"),
        _ => false,
    }
}

/// A window can be seen and moved where its title meets a screen.
fn is_visible(window: &WebviewWindow, place: Place) -> bool {
    let Ok(screens) = window.available_monitors() else { return false };
    screens.iter().any(|screen| {
        let (at, size) = (screen.position(), screen.size());
        overlap(place.x, place.width, at.x, size.width) >= i64::from(place.width / 2)
            && overlap(place.y, STRIP, at.y, size.height) >= i64::from(STRIP)
    })
}

/// How much of a stretch lies within another.
fn overlap(start: i32, length: u32, other_start: i32, other_length: u32) -> i64 {
    let end = (i64::from(start) + i64::from(length)).min(i64::from(other_start) + i64::from(other_length));
    end - i64::from(start.max(other_start))
}
