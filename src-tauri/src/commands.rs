//! What the window may ask. One line each: the engine decides.
//!
//! No answer carries a password, a code, a key or a token.

use parvis_sign_in::SignInHandle;
use parvis_sign_in::view::{About, Answer, PasswordJudgement, Preferences, View};
use secrecy::SecretString;
use tauri::{AppHandle, Manager as _, State};

use crate::preferences::PreferenceStore;
use crate::{Folders, about, system, window};

type Engine<'a> = State<'a, SignInHandle>;

/// What is on the screen now.
#[tauri::command]
pub(crate) async fn view(engine: Engine<'_>) -> Result<View, ()> {
    Ok(engine.view().await)
}

/// Sends an answer; returns the view after it.
#[tauri::command]
pub(crate) async fn submit(engine: Engine<'_>, answer: Answer) -> Result<View, ()> {
    Ok(engine.submit(answer).await)
}

/// What the portal would say of a new password, for the list that is ticked off while it is typed.
#[tauri::command]
pub(crate) async fn judge_password(
    engine: Engine<'_>,
    password: SecretString,
) -> Result<PasswordJudgement, ()> {
    Ok(engine.judge(password).await)
}

/// Someone touched the keyboard or the mouse.
#[tauri::command]
pub(crate) async fn activity(engine: Engine<'_>) -> Result<(), ()> {
    engine.activity();
    Ok(())
}

/// « À propos ».
#[tauri::command]
pub(crate) async fn about(engine: Engine<'_>, folders: State<'_, Folders>) -> Result<About, ()> {
    Ok(about::about(engine.view().await.workstation, &folders.logs))
}

/// Language and zoom.
#[tauri::command]
pub(crate) async fn preferences(store: State<'_, PreferenceStore>) -> Result<Preferences, ()> {
    Ok(store.get())
}

/// Stores language and zoom, and applies them.
#[tauri::command]
pub(crate) async fn save_preferences(app: AppHandle, preferences: Preferences) {
    let preferences = app.state::<PreferenceStore>().set(preferences);
    app.state::<SignInHandle>().set_language(preferences.language);
    window::zoom(&app, preferences.zoom);
}

/// Shows the log files in the system's file manager.
#[tauri::command]
pub(crate) async fn open_log_folder(folders: State<'_, Folders>) -> Result<(), ()> {
    system::show_folder(&folders.logs);
    Ok(())
}
