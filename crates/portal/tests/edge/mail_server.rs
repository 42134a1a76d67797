//! A small mail server (RFC 5321) that demands STARTTLS and AUTH, and fails when it is told to.

use crate::certificates::Certificates;
use base64::{Engine, engine::general_purpose::STANDARD};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

pub(crate) const USER: &str = "portal";
pub(crate) const PASSWORD: &str = "mail secret 1";

/// How it protects connections.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protection {
    Starttls,
    Tls,
    /// It offers none.
    None,
}

#[derive(Clone)]
pub(crate) struct Setup {
    pub(crate) protection: Protection,
    pub(crate) mechanisms: &'static str,
}

impl Default for Setup {
    fn default() -> Self {
        Self { protection: Protection::Starttls, mechanisms: "PLAIN LOGIN" }
    }
}

/// A mail that was taken.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) data: String,
    pub(crate) protected: bool,
    pub(crate) user: Option<String>,
}

pub(crate) struct MailServer {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    setup: Setup,
    acceptor: TlsAcceptor,
    received: Mutex<Vec<Received>>,
    /// Commands, with the connection's protection, without their parameters.
    commands: Mutex<Vec<String>>,
    /// Replies in the place of success: at which command, and what.
    faults: Mutex<VecDeque<(&'static str, &'static str)>>,
}

impl MailServer {
    pub(crate) async fn start(certificates: &Certificates, setup: Setup) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            setup,
            acceptor: TlsAcceptor::from(certificates.server()),
            received: Mutex::default(),
            commands: Mutex::default(),
            faults: Mutex::default(),
        });
        let state = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&state);
                tokio::spawn(async move {
                    let acceptor = state.acceptor.clone();
                    if state.setup.protection == Protection::Tls {
                        let Ok(stream) = acceptor.accept(stream).await else { return };
                        Session::new(&state, true, true).run(stream).await;
                    } else if let Some(stream) = Session::new(&state, false, true).run(stream).await {
                        let Ok(stream) = acceptor.accept(stream).await else { return };
                        Session::new(&state, true, false).run(stream).await;
                    }
                });
            }
        });
        Self { address, shared }
    }

    /// The next reply to `command` is `reply`.
    pub(crate) fn fail(&self, command: &'static str, reply: &'static str) {
        self.shared.faults.lock().unwrap().push_back((command, reply));
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.shared.received.lock().unwrap().clone()
    }

    pub(crate) fn commands(&self) -> Vec<String> {
        self.shared.commands.lock().unwrap().clone()
    }
}

struct Session<'s> {
    shared: &'s Shared,
    protected: bool,
    greets: bool,
    user: Option<String>,
    from: String,
    to: String,
}

impl<'s> Session<'s> {
    fn new(shared: &'s Shared, protected: bool, greets: bool) -> Self {
        Self { shared, protected, greets, user: None, from: String::new(), to: String::new() }
    }

    /// Talks until the end, or gives the stream back for its protection.
    async fn run<S: AsyncRead + AsyncWrite + Unpin>(mut self, stream: S) -> Option<S> {
        let mut stream = BufReader::new(stream);
        if self.greets {
            say(&mut stream, "220 localhost ESMTP").await?;
        }
        loop {
            let line = hear(&mut stream).await?;
            let (command, argument) = line.split_once([' ', ':']).unwrap_or((&line, ""));
            let command = command.to_ascii_uppercase();
            let mark = if self.protected { "tls" } else { "clear" };
            self.shared.commands.lock().unwrap().push(format!("{mark} {command}"));
            let reply = match command.as_str() {
                "EHLO" => self.extensions(),
                "STARTTLS" if !self.protected && self.shared.setup.protection == Protection::Starttls => {
                    say(&mut stream, "220 2.0.0 go").await?;
                    // Nothing may have been sent ahead in clear.
                    return stream.buffer().is_empty().then(|| stream.into_inner());
                }
                "AUTH" if self.protected => self.authenticate(&mut stream, argument).await?,
                "NOOP" | "RSET" => "250 2.0.0 done".to_owned(),
                "QUIT" => {
                    say(&mut stream, "221 2.0.0 bye").await?;
                    return None;
                }
                "MAIL" | "RCPT" | "DATA" if !self.protected => "530 5.7.0 STARTTLS first".to_owned(),
                "MAIL" | "RCPT" | "DATA" if self.user.is_none() => "530 5.7.0 AUTH first".to_owned(),
                "MAIL" => {
                    self.from = address(argument);
                    self.fault("MAIL").unwrap_or("250 2.1.0 known").to_owned()
                }
                "RCPT" => {
                    self.to = address(argument);
                    self.fault("RCPT").unwrap_or("250 2.1.5 known").to_owned()
                }
                "DATA" => self.data(&mut stream).await?,
                _ => "502 5.5.1 what?".to_owned(),
            };
            say(&mut stream, &reply).await?;
        }
    }

    fn extensions(&self) -> String {
        let Setup { protection, mechanisms } = self.shared.setup;
        let mut lines = vec!["localhost".to_owned(), "8BITMIME".to_owned()];
        if !self.protected && protection == Protection::Starttls {
            lines.push("STARTTLS".to_owned());
        }
        if self.protected && !mechanisms.is_empty() {
            lines.push(format!("AUTH {mechanisms}"));
        }
        let last = lines.pop().unwrap();
        lines.iter().fold(String::new(), |first, line| first + "250-" + line + "\r\n") + "250 " + &last
    }

    async fn authenticate<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        stream: &mut BufReader<S>,
        argument: &str,
    ) -> Option<String> {
        let (mechanism, initial) = argument.split_once(' ').unwrap_or((argument, ""));
        let (user, password) = if mechanism == "PLAIN" {
            let parts = decode(initial);
            let mut parts = parts.split('\0').skip(1).map(str::to_owned);
            (parts.next()?, parts.next()?)
        } else {
            say(stream, &format!("334 {}", STANDARD.encode("Username:"))).await?;
            let user = decode(&hear(stream).await?);
            say(stream, &format!("334 {}", STANDARD.encode("Password:"))).await?;
            (user, decode(&hear(stream).await?))
        };
        if (user.as_str(), password.as_str()) == (USER, PASSWORD) {
            self.user = Some(user);
            Some("235 2.7.0 welcome".to_owned())
        } else {
            Some(format!("535 5.7.8 {user} has another password than {password}"))
        }
    }

    async fn data<S: AsyncRead + AsyncWrite + Unpin>(&mut self, stream: &mut BufReader<S>) -> Option<String> {
        say(stream, "354 go on").await?;
        let mut data = String::new();
        loop {
            let line = hear(stream).await?;
            if line == "." {
                break;
            }
            data.push_str(line.strip_prefix('.').unwrap_or(&line));
            data.push('\n');
        }
        if let Some(fault) = self.fault("DATA") {
            return Some(fault.to_owned());
        }
        self.shared.received.lock().unwrap().push(Received {
            from: self.from.clone(),
            to: self.to.clone(),
            data,
            protected: self.protected,
            user: self.user.clone(),
        });
        Some("250 2.0.0 kept".to_owned())
    }

    fn fault(&self, command: &str) -> Option<&'static str> {
        let mut faults = self.shared.faults.lock().unwrap();
        faults.pop_front_if(|(at, _)| *at == command).map(|(_, reply)| reply)
    }
}

async fn say<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut BufReader<S>, line: &str) -> Option<()> {
    stream.write_all(format!("{line}\r\n").as_bytes()).await.ok()?;
    stream.flush().await.ok()
}

async fn hear<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut BufReader<S>) -> Option<String> {
    let mut line = String::new();
    (stream.read_line(&mut line).await.ok()? > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned())
}

fn decode(text: &str) -> String {
    String::from_utf8(STANDARD.decode(text).unwrap_or_default()).unwrap_or_default()
}

/// `FROM:<a@b> BODY=8BITMIME` → `a@b`.
fn address(argument: &str) -> String {
    let start = argument.find('<').map_or(0, |at| at + 1);
    argument[start..].split('>').next().unwrap_or_default().to_owned()
}
