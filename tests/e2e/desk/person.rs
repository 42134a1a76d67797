//! What a person does at the window: look, type, click.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fantoccini::Locator;
use fantoccini::elements::Element;

use super::{Desk, PASSWORD, PATIENCE, PORTAL};

/// The key that sends a form.
const ENTER: &str = "\u{e007}";

/// How often the page is looked at. Its own work is over when it is drawn: nothing is waited for twice.
const GLANCE: Duration = Duration::from_millis(15);

impl Desk {
    /// Waits until the selector finds something, and returns it.
    pub(crate) async fn sees(&self, selector: &str) -> Element {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Ok(element) = self.client().find(Locator::Css(selector)).await {
                return element;
            }
            let in_time = Instant::now() < deadline;
            assert!(in_time, "{}: waited in vain for {selector} on\n{}", self.name, self.reads().await);
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Whether the selector finds something now.
    pub(crate) async fn has(&self, selector: &str) -> bool {
        self.client().find(Locator::Css(selector)).await.is_ok()
    }

    /// Waits for a screen, with nothing under way.
    pub(crate) async fn comes_to(&self, screen: &str) {
        self.sees(&format!("main[data-screen={screen}][aria-busy=false]")).await;
    }

    /// Everything that the window says.
    pub(crate) async fn reads(&self) -> String {
        match self.client().find(Locator::Css("body")).await {
            Ok(body) => body.text().await.unwrap_or_default(),
            Err(error) => format!("(no page: {error})"),
        }
    }

    /// Clicks what does this.
    pub(crate) async fn clicks(&self, action: &str) {
        self.clicks_on(&format!("[data-action={action}]")).await;
    }

    /// Clicks what the selector finds.
    pub(crate) async fn clicks_on(&self, selector: &str) {
        self.sees(selector).await.click().await.unwrap_or_else(|error| panic!("{selector}: {error}"));
    }

    /// Replaces what is in a field.
    pub(crate) async fn types(&self, field: &str, text: &str) {
        let field = self.sees(&format!("input[name={field}]")).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// What is in a field.
    pub(crate) async fn reads_field(&self, field: &str) -> String {
        let field = self.sees(&format!("input[name={field}]")).await;
        field.prop("value").await.unwrap().unwrap_or_default()
    }

    /// Presses Enter in a field.
    pub(crate) async fn presses_enter(&self, field: &str) {
        self.sees(&format!("input[name={field}]")).await.send_keys(ENTER).await.unwrap();
    }

    /// Chooses the portal and waits until one can type.
    pub(crate) async fn enters_portal(&mut self) {
        self.comes_to("choose_portal").await;
        let clicked = Instant::now();
        self.clicks_on(&format!("[data-action=choose_portal][data-portal={PORTAL}]")).await;
        self.comes_to("password").await;
        self.sees("input:focus").await;
        self.timings.note("click → focus", clicked.elapsed());
    }

    /// Types identifier and password, presses Enter, and waits for the screen that comes next.
    pub(crate) async fn gives_password(&mut self, identifier: &str, next: &str) {
        self.gives(identifier, PASSWORD, next).await;
    }

    /// The same with another password.
    pub(crate) async fn gives(&mut self, identifier: &str, password: &str, next: &str) {
        self.comes_to("password").await;
        self.types("identifier", identifier).await;
        self.types("password", password).await;
        let entered = Instant::now();
        self.presses_enter("password").await;
        self.comes_to(next).await;
        self.timings.note("password, Enter → next step", entered.elapsed());
    }

    /// Types a code, presses Enter, and waits for the screen that comes next.
    pub(crate) async fn gives_code(&mut self, code: &str, next: &str) {
        self.types("code", code).await;
        let entered = Instant::now();
        self.presses_enter("code").await;
        self.comes_to(next).await;
        self.timings.note("code, Enter → next step", entered.elapsed());
    }

    /// Types a code that is refused, and waits for the refusal (not the one before it).
    pub(crate) async fn gives_wrong_code(&self, code: &str) {
        self.runs("document.querySelector('[data-problem]')?.setAttribute('data-seen', '')").await;
        self.types("code", code).await;
        self.presses_enter("code").await;
        self.sees("main[aria-busy=false] [data-problem=code_rejected]:not([data-seen])").await;
    }

    /// Types the code of the last try, and means it.
    pub(crate) async fn gives_last_code(&self, code: &str) {
        self.types("code", code).await;
        self.presses_enter("code").await;
        // Where the account is at stake, the window asks first.
        let asked = "[data-action=last_try_confirm], main[data-screen=blocked]";
        self.sees(asked).await;
        if self.has("[data-action=last_try_confirm]").await {
            self.clicks("last_try_confirm").await;
        }
    }

    /// Reloads the page of the window, as a crash of the web process does.
    pub(crate) async fn reloads(&self) {
        self.client().refresh().await.unwrap();
        self.sees("main[data-screen]").await;
    }

    /// Signs in with the code that comes by e-mail, from the choice of the portal.
    pub(crate) async fn signs_in(&mut self, identifier: &str, remember: bool, end: &str) {
        self.enters_portal().await;
        self.gives_password(identifier, "code").await;
        if remember {
            self.clicks_on("input[name=remember]").await;
        }
        let code = self.latest_code().await;
        self.gives_code(&code, end).await;
    }

    /// Looks for the password and the code in the page, in its storage, and in the app's files.
    pub(crate) async fn holds_no_secret_of(&self, code: &str) {
        let script = "return document.documentElement.outerHTML + JSON.stringify({ ...localStorage }) \
            + JSON.stringify({ ...sessionStorage }) + document.cookie";
        let page = self.client().execute(script, Vec::new()).await.unwrap().to_string();
        assert!(!page.contains(PASSWORD) && !page.contains(code), "the page holds a secret");
        for file in files(&self.app_data()) {
            let bytes = fs::read(&file).unwrap_or_default();
            let text = String::from_utf8_lossy(&bytes);
            assert!(!text.contains(PASSWORD) && !text.contains(code), "{} holds a secret", file.display());
        }
    }

    /// Runs a script in the page, for what a person cannot do.
    async fn runs(&self, script: &str) {
        self.client().execute(script, Vec::new()).await.unwrap_or_else(|error| panic!("{script}: {error}"));
    }

    /// Takes a picture of the window.
    pub(crate) async fn takes_picture(&self, folder: &Path, name: &str) {
        // Transitions are short; a picture of one is no use.
        self.runs("for (const animation of document.getAnimations()) animation.finish()").await;
        // What was done last is on the screen two frames later.
        let frames = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(done))";
        self.client().execute_async(frames, Vec::new()).await.unwrap();
        let picture = self.client().screenshot().await.unwrap();
        fs::create_dir_all(folder).unwrap();
        fs::write(folder.join(format!("{name}.png")), picture).unwrap();
    }
}

/// All files below a folder.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// How long a person waited, by kind of wait.
#[derive(Default)]
pub(crate) struct Timings(BTreeMap<&'static str, Vec<Duration>>);

impl Timings {
    pub(crate) fn note(&mut self, what: &'static str, took: Duration) {
        self.0.entry(what).or_default().push(took);
    }

    pub(crate) fn report(&self, name: &str) -> String {
        self.0.iter().fold(String::new(), |mut text, (what, took)| {
            let took: Vec<_> = took.iter().map(|took| took.as_millis().to_string()).collect();
            let _ = writeln!(text, "    {name}: {what}: {} ms", took.join(", "));
            text
        })
    }
}
