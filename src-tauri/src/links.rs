//! Links that open the app (`parvis://…`): on its command line, from a second launch, or, on macOS, from the system.

use secrecy::ExposeSecret as _;
use secrecy::SecretString;
use tauri::{AppHandle, Manager as _};
use tauri_plugin_deep_link::DeepLinkExt as _;

use parvis_sign_in::SignInHandle;

use crate::window;

/// How a link of this app begins.
const SCHEME: &str = "parvis:";

/// Follows the link of the command line, and those that the system brings later.
pub(crate) fn follow(app: &AppHandle, first: Option<SecretString>) {
    if let Some(link) = first {
        open(app, [link.expose_secret()]);
    }
    // Elsewhere a link is an argument of a launch, beside others; the plugin would take it only alone.
    if cfg!(target_os = "macos") {
        let started_by = app.deep_link().get_current();
        open(app, started_by.ok().flatten().unwrap_or_default());
        let handle = app.clone();
        app.deep_link().on_open_url(move |event| {
            window::raise(&handle);
            open(&handle, event.urls());
        });
    }
}

/// Hands the links among these texts to the engine, which takes what it knows: any page can make the system open one.
pub(crate) fn open(app: &AppHandle, texts: impl IntoIterator<Item = impl AsRef<str>>) {
    let Some(engine) = app.try_state::<SignInHandle>() else {
        tracing::warn!("a link came before the app had started");
        return;
    };
    texts.into_iter().filter(|text| text.as_ref().starts_with(SCHEME)).for_each(|link| {
        engine.open_link(link.as_ref());
    });
}
