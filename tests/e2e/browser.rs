//! The person's own browser, where mailed links lead: Chromium by its driver, Firefox by the protocol that it speaks itself.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

use fantoccini::{Client, ClientBuilder, Locator};
use parvis_test_gateway::free_port;
use serde_json::{Value, json};

use crate::desk::{Desk, PATIENCE, Program, wait_for_port};

/// How often the page is looked at.
const GLANCE: Duration = Duration::from_millis(20);

/// The makes that people use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Make {
    Chromium,
    Firefox,
}

/// An open browser; ends with its value.
pub(crate) struct Browser {
    make: Make,
    window: Window,
    _program: Program,
}

enum Window {
    Driver(Client),
    Marionette(Marionette),
}

impl Desk {
    /// Opens a browser with a fresh profile, as the person at this desk would.
    pub(crate) async fn opens_browser(&self, make: Make) -> Browser {
        let port = free_port();
        let profile = self.folder().join(format!("{make:?}"));
        fs::create_dir_all(&profile).unwrap();
        let (window, program) = match make {
            Make::Chromium => {
                let driver = Program::new("chromedriver")
                    .args([format!("--port={port}").as_str()])
                    .envs(self.environment())
                    .log(&self.folder().join("chromedriver.log"))
                    .start();
                wait_for_port(port, "Chromium's driver");
                let options = json!({
                    "goog:chromeOptions": { "args": [
                        "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--accept-lang=fr",
                        "--window-size=480,760", "--disable-background-networking", "--disable-component-update", "--disable-sync",
                        format!("--user-data-dir={}", profile.display()),
                    ] },
                });
                let mut client =
                    ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new());
                let client = client.capabilities(options.as_object().unwrap().clone());
                let client = client.connect(&format!("http://127.0.0.1:{port}")).await;
                (Window::Driver(client.expect("Chromium does not open")), driver)
            }
            Make::Firefox => {
                let settings = format!(
                    "user_pref('marionette.port', {port});\nuser_pref('intl.accept_languages', 'fr');\n"
                );
                fs::write(profile.join("user.js"), settings).unwrap();
                let firefox = Program::new("firefox-esr")
                    .args([
                        "--headless",
                        "--marionette",
                        "--no-remote",
                        "--profile",
                        profile.to_str().unwrap(),
                    ])
                    .envs(self.environment())
                    .log(&self.folder().join("firefox.log"))
                    .start();
                wait_for_port(port, "Firefox");
                (Window::Marionette(Marionette::connect(port)), firefox)
            }
        };
        Browser { make, window, _program: program }
    }
}

impl Browser {
    /// Goes to an address.
    pub(crate) async fn goes_to(&mut self, address: &str) {
        match &mut self.window {
            Window::Driver(client) => client.goto(address).await.unwrap(),
            Window::Marionette(firefox) => drop(firefox.does("Navigate", &json!({ "url": address }))),
        }
    }

    /// Waits until the selector finds something that reads like this.
    pub(crate) async fn reads(&mut self, selector: &str, text: &str) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let found = self.text_of(selector).await;
            if found.as_ref().is_some_and(|found| found.contains(text)) {
                return;
            }
            let page = self.text_of("body").await.unwrap_or_default();
            let make = self.make;
            assert!(Instant::now() < deadline, "{make:?}: no {selector} that reads {text} on\n{page}");
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Types into a field.
    pub(crate) async fn types(&mut self, selector: &str, text: &str) {
        match &mut self.window {
            Window::Driver(client) => {
                client.find(Locator::Css(selector)).await.unwrap().send_keys(text).await.unwrap();
            }
            Window::Marionette(firefox) => {
                let element = firefox.find(selector).unwrap_or_else(|| panic!("no {selector}"));
                firefox.does("ElementSendKeys", &json!({ "id": element, "text": text }));
            }
        }
    }

    /// Clicks.
    pub(crate) async fn clicks(&mut self, selector: &str) {
        match &mut self.window {
            Window::Driver(client) => {
                client.find(Locator::Css(selector)).await.unwrap().click().await.unwrap();
            }
            Window::Marionette(firefox) => {
                let element = firefox.find(selector).unwrap_or_else(|| panic!("no {selector}"));
                firefox.does("ElementClick", &json!({ "id": element }));
            }
        }
    }

    /// Takes a picture of the page.
    pub(crate) async fn takes_picture(&mut self, file: &Path) {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        match &mut self.window {
            Window::Driver(client) => fs::write(file, client.screenshot().await.unwrap()).unwrap(),
            Window::Marionette(_) => panic!("Chromium takes the pictures"),
        }
    }

    /// What an attribute of the first element that the selector finds says; Chromium only.
    pub(crate) async fn attribute(&mut self, selector: &str, name: &str) -> String {
        match &mut self.window {
            Window::Driver(client) => {
                let element = client.find(Locator::Css(selector)).await.unwrap();
                element.attr(name).await.unwrap().unwrap()
            }
            Window::Marionette(_) => panic!("Chromium is asked for attributes"),
        }
    }

    async fn text_of(&mut self, selector: &str) -> Option<String> {
        match &mut self.window {
            Window::Driver(client) => client.find(Locator::Css(selector)).await.ok()?.text().await.ok(),
            Window::Marionette(firefox) => {
                let element = firefox.find(selector)?;
                firefox.asks("GetElementText", &json!({ "id": element })).ok()?.as_str().map(str::to_owned)
            }
        }
    }

    /// Closes the browser.
    pub(crate) async fn closes(self) {
        match self.window {
            Window::Driver(client) => client.close().await.unwrap(),
            Window::Marionette(mut firefox) => drop(firefox.command("Marionette:Quit", &json!({}))),
        }
    }
}

/// Firefox's own automation: `WebDriver`'s commands as JSON, each behind its length.
struct Marionette {
    stream: TcpStream,
    sent: u32,
}

impl Marionette {
    fn connect(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut firefox = Self { stream, sent: 0 };
        let hello = firefox.hears();
        assert_eq!(hello["marionetteProtocol"], 3, "{hello}");
        firefox.does("NewSession", &json!({}));
        firefox
    }

    fn find(&mut self, selector: &str) -> Option<String> {
        let found = self.asks("FindElement", &json!({ "using": "css selector", "value": selector })).ok()?;
        found.as_object()?.values().next()?.as_str().map(str::to_owned)
    }

    fn does(&mut self, command: &str, parameters: &Value) -> Value {
        self.asks(command, parameters).unwrap_or_else(|error| panic!("Firefox, {command}: {error}"))
    }

    fn asks(&mut self, command: &str, parameters: &Value) -> Result<Value, Value> {
        let mut result = self.command(&format!("WebDriver:{command}"), parameters)?;
        Ok(result["value"].take())
    }

    fn command(&mut self, name: &str, parameters: &Value) -> Result<Value, Value> {
        self.sent += 1;
        let message = json!([0, self.sent, name, parameters]).to_string();
        write!(self.stream, "{}:{message}", message.len()).unwrap();
        let mut answer = self.hears();
        assert_eq!(answer[1], self.sent, "an answer to something else: {answer}");
        match answer[2].take() {
            Value::Null => Ok(answer[3].take()),
            error => Err(error),
        }
    }

    fn hears(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut byte = [0];
            self.stream.read_exact(&mut byte).unwrap();
            match byte[0] {
                b':' => break,
                digit => length = length * 10 + usize::from(digit - b'0'),
            }
        }
        let mut message = vec![0; length];
        self.stream.read_exact(&mut message).unwrap();
        serde_json::from_slice(&message).unwrap()
    }
}
