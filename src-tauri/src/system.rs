//! The events of the operating system that end a session, and its file manager.

use std::path::Path;
use std::process::{Command, Stdio};

use parvis_sign_in::EndCause;
use tauri::AppHandle;

#[cfg(target_os = "linux")]
mod logind;

/// Ends the session when the system goes to sleep or is locked, and quits when it asks to.
pub(crate) fn follow(app: &AppHandle) {
    #[cfg(target_os = "linux")]
    {
        let app = app.clone();
        tauri::async_runtime::spawn(async move {
            if let Err(error) = logind::follow(&app).await {
                tracing::warn!(%error, "sleep and lock are not heard; the inactivity limit holds");
            }
        });
    }
    #[cfg(unix)]
    {
        let app = app.clone();
        tauri::async_runtime::spawn(async move {
            if let Err(error) = asked_to_end().await {
                tracing::warn!(%error, "the system's request to end is not heard");
                return;
            }
            crate::quit(app);
        });
    }
    #[cfg(not(unix))]
    let _ = app;
}

/// Ends the session as sleep does.
#[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only logind tells so far"))]
async fn sleep(app: &AppHandle) {
    tracing::info!("sleep or lock: the session ends");
    crate::end_session(app, EndCause::Sleep).await;
}

/// Waits for the end of the OS session, or for Ctrl-C.
#[cfg(unix)]
async fn asked_to_end() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = hang_up.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

/// Shows a folder in the system's file manager.
pub(crate) fn show_folder(folder: &Path) {
    let program = if cfg!(windows) {
        "explorer"
    } else if cfg!(target_os = "macos") {
        "open"
    } else {
        "xdg-open"
    };
    let null = || Stdio::null();
    let shown = Command::new(program).arg(folder).stdin(null()).stdout(null()).stderr(null()).spawn();
    if let Err(error) = shown {
        tracing::warn!(%error, program, "the log folder could not be shown");
    }
}
