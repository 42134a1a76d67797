//! The desktop shell around the sign-in engine: the app's window and its commands, the window of the portal's pages, and the
//! events of the operating system.
//!
//! Nothing about signing in is decided here. The window asks for the view and sends answers; the engine
//! ([`parvis_sign_in`]) owns the state, and this crate carries its views to the window.

mod about;
mod commands;
mod links;
mod log;
mod pages;
mod preferences;
mod system;
mod window;

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parvis_sign_in::clock::SystemClock;
use parvis_sign_in::entropy::OsEntropy;
use parvis_sign_in::view::Screen;
use parvis_sign_in::{EndCause, Keyring, PagesWindow, Policy, PortalList, Settings, SignInHandle, platform};
use secrecy::SecretString;
use tauri::{AppHandle, Emitter, Manager, RunEvent, WindowEvent};

use crate::preferences::PreferenceStore;

/// The only window with commands.
const MAIN: &str = "main";

/// What the command line says.
#[derive(Debug, Default)]
pub struct Options {
    /// A list of demonstration portals (loopback addresses only), instead of the installed one.
    pub portals: Option<PathBuf>,
    /// The app's data folder, instead of the operating system's place for it.
    pub data: Option<PathBuf>,
    /// What this workstation is called, instead of its host name.
    pub workstation: Option<String>,
    /// The link that the app was started by: a secret of the portal that made it.
    pub link: Option<SecretString>,
}

/// Folders of this run.
struct Folders {
    logs: PathBuf,
}

/// Runs the app until its window is closed.
pub fn run(options: Options) -> Result<(), Box<dyn Error>> {
    let app = tauri::Builder::default()
        // First: a second launch must end before it opens anything.
        .plugin(tauri_plugin_single_instance::init(|app, arguments, _| {
            // What is being put away does not come back into sight.
            if !QUITTING.load(Ordering::SeqCst) {
                tracing::info!("second launch: the window comes to the front");
                window::raise(app);
                links::open(app, arguments);
            }
        }))
        .plugin(tauri_plugin_deep_link::init())
        .plugin(tauri_plugin_store::Builder::default().build())
        .invoke_handler(tauri::generate_handler![
            commands::about,
            commands::activity,
            commands::judge_password,
            commands::open_log_folder,
            commands::preferences,
            commands::save_preferences,
            commands::submit,
            commands::view,
        ])
        .on_window_event(|window, event| {
            if matches!(event, WindowEvent::Focused(true)) && window.label() == pages::PAGES {
                window.state::<SignInHandle>().activity();
            }
            if let WindowEvent::CloseRequested { api, .. } = event {
                api.prevent_close();
                match window.label() {
                    // The portal's pages are done with; the session goes on.
                    pages::PAGES => close_pages(window.app_handle()),
                    // Closing the app's window is quitting, and quitting is a sign-out first.
                    _ => quit(window.app_handle().clone()),
                }
            }
        })
        .setup(|app| start(app.handle(), options))
        .build(tauri::generate_context!())?;
    app.run(|app, event| {
        // So is the system's menu.
        if let RunEvent::ExitRequested { api, code: None, .. } = event {
            api.prevent_exit();
            quit(app.clone());
        }
    });
    Ok(())
}

/// Whether the app did not start because it spoke to another one that was just dying: it is worth another try.
pub fn met_a_dying_instance(error: &(dyn Error + 'static)) -> bool {
    let error = error.downcast_ref::<tauri::Error>();
    matches!(error, Some(tauri::Error::PluginInitialization(plugin, _)) if plugin == "single-instance")
}

fn start(app: &AppHandle, options: Options) -> Result<(), Box<dyn Error>> {
    let data = options.data.or_else(platform::user_data_folder).ok_or("this account has no home folder")?;
    private_folder(&data)?;
    let logs = data.join("logs");
    log::start(&logs)?;
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "started");

    let preferences = PreferenceStore::open(app, &data)?;
    let pages = Arc::new(pages::PortalWindow::new(app.clone()));
    let settings = Settings {
        portals: match &options.portals {
            Some(file) => PortalList::from_command_line(file)?,
            None => PortalList::of_this_machine()?,
        },
        policy: Policy::of_this_machine()?,
        workstation_name: options.workstation,
        clock: Arc::new(SystemClock),
        entropy: Arc::new(OsEntropy),
        keyring: Keyring::system(),
        language: preferences.get().language,
        last_portal: preferences.last_portal(),
        pages: Arc::clone(&pages) as Arc<dyn PagesWindow>,
        last_entrances: preferences.last_entrances(),
        data_dir: data,
    };
    let engine = tauri::async_runtime::block_on(async { SignInHandle::start(settings) });

    app.manage(engine.clone());
    app.manage(pages);
    app.manage(preferences);
    app.manage(Folders { logs });
    carry_views(app, &engine);
    system::follow(app);
    links::follow(app, options.link);
    window::open(app)
}

/// Makes a folder that its owner alone can read.
fn private_folder(folder: &std::path::Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Sends every new view to the window.
fn carry_views(app: &AppHandle, engine: &SignInHandle) {
    let app = app.clone();
    let mut views = engine.views();
    tauri::async_runtime::spawn(async move {
        while views.changed().await.is_ok() {
            let view = views.borrow_and_update().clone();
            if let Screen::Password { portal, entrance, .. } = &view.screen {
                let preferences = app.state::<PreferenceStore>();
                preferences.set_last_portal(&portal.id);
                if let Some(entrance) = entrance {
                    preferences.set_last_entrance(&portal.id, &entrance.role);
                }
            }
            if let Err(error) = app.emit_to(MAIN, "view", view) {
                tracing::warn!(%error, "the window did not get a view");
            }
        }
    });
}

/// The app is on its way out.
static QUITTING: AtomicBool = AtomicBool::new(false);

/// Ends the session and exits, once.
fn quit(app: AppHandle) {
    if QUITTING.swap(true, Ordering::SeqCst) {
        return;
    }
    window::put_away(&app);
    pages::PortalWindow::put_away(&app);
    tauri::async_runtime::spawn(async move {
        end_session(&app, EndCause::Quit).await;
        tracing::info!("ended");
        app.exit(0);
    });
}

/// Empties and closes the window of the portal's pages, at the person's wish.
fn close_pages(app: &AppHandle) {
    pages::PortalWindow::put_away(app);
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        app.state::<Arc<pages::PortalWindow>>().clear().await;
        app.state::<SignInHandle>().pages_closed();
    });
}

/// Ends the session, if there is one. The engine takes two seconds at most: what the portal did not confirm is sent again at
/// the next start.
async fn end_session(app: &AppHandle, cause: EndCause) {
    let engine = app.state::<SignInHandle>().inner().clone();
    engine.end(cause).await;
}
