//! The configuration of `parvis-portal serve --config FILE`: TOML, read whole or refused with file, line and reason.

mod reading;
mod reference;
mod rules;

use crate::secret_file::{SecretFileError, read_secret};
pub(crate) use rules::is_loopback_name;

use reading::{Document, Given, Key, Reader, Section, Table, TableInfo, section};
use secrecy::SecretString;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use url::Url;

/// One thing that is wrong in a configuration file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Defect {
    /// The file, as it was named.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// The key, `mail.host` for example; empty where the file is not TOML.
    pub key: String,
    /// What is wrong.
    pub reason: String,
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)?;
        if !self.key.is_empty() {
            write!(f, " {}", self.key)?;
        }
        write!(f, ": {}", self.reason)
    }
}

section! {
    /// One portal, as its operator runs it. Secrets are never written here: they come from files.
    Config {
        /// Address and port that the server listens on. Beyond this machine, `[tls]` or `[behind_proxy]` is needed.
        listen: SocketAddr = Given::Default(r#""127.0.0.1:8787""#),
        /// Folder of the database and of the key file `keys.toml`; made at the first start.
        data: PathBuf = Given::Required(r#""/var/lib/parvis-portal""#),
        /// Address of a PostgreSQL database, without its password. An embedded SQLite database in `data` otherwise.
        database: Option<String> =
            Given::Optional(r#""postgres://parvis@db.example/parvis?sslmode=verify-full""#),
        /// File with the password of the PostgreSQL database.
        database_password_file: Option<PathBuf> = Given::Optional(r#""/etc/parvis-portal/database-password""#),
        /// Address that people and apps reach the portal at. Needed unless it listens on this machine only.
        public_url: Option<Url> = Given::Optional(r#""https://portal.example""#),
        /// Portal profile; one portal per host.
        profile: PathBuf = Given::Required(r#""/etc/parvis-portal/profile.toml""#),
        /// How the log is written to the standard error: `text` or `json`.
        log_format: LogFormat = Given::Default(r#""text""#),
    }
    sections {
        /// The server's own certificate.
        tls: Option<Tls>,
        /// The proxy before it.
        behind_proxy: Option<BehindProxy>,
        /// How mails leave.
        mail: Option<Mail>,
        /// How SMS leave.
        sms: Option<Gateway>,
        /// How calls leave.
        voice: Option<Gateway>,
        /// Messages into files instead.
        outbox: Option<Outbox>,
        /// The cost of password hashes.
        hashing: Hashing,
        /// How long what has ended is kept.
        retention: Retention,
        /// What is measured, for Prometheus.
        metrics: Option<Metrics>,
    }
}

section! {
    /// The server's own certificate, where no proxy ends TLS.
    Tls {
        /// File with the certificate chain, PEM, the server's own first. Read again at SIGHUP.
        certificate: PathBuf = Given::Required(r#""/etc/parvis-portal/chain.pem""#),
        /// File with its private key, PEM. Read again at SIGHUP.
        key: PathBuf = Given::Required(r#""/etc/parvis-portal/key.pem""#),
    }
}

section! {
    /// A reverse proxy that ends TLS before the server.
    BehindProxy {
        /// Addresses of the proxies whose `X-Forwarded-For` is believed.
        trusted: Vec<IpAddr> = Given::Required(r#"["10.0.0.1"]"#),
    }
}

section! {
    /// The mail server that codes, links and notices leave by.
    Mail {
        /// Address that mails come from; the portal's name is put before it.
        from: String = Given::Required(r#""no-reply@portal.example""#),
        /// Host of the mail server.
        host: String = Given::Required(r#""smtp.example""#),
        /// Its port.
        port: u16 = Given::Default("587"),
        /// `starttls`, `tls` from the first byte (port 465), or `none`, for a server on this machine only.
        security: MailSecurity = Given::Default(r#""starttls""#),
        /// User to sign in as.
        user: Option<String> = Given::Optional(r#""portal""#),
        /// File with that user's password.
        password_file: Option<PathBuf> = Given::Optional(r#""/etc/parvis-portal/mail-password""#),
        /// File with the certificate authority of the mail server, PEM, where it is not one of the system's.
        ca_file: Option<PathBuf> = Given::Optional(r#""/etc/parvis-portal/mail-ca.pem""#),
    }
}

section! {
    /// A gateway: any that takes an HTTP request. `[sms]` is the one that SMS leave by, `[voice]` the one that calls a
    /// number and reads the text out. In `body`, `{to}` is the number, `{from}` the sender and `{text}` the message,
    /// escaped for `content_type`; `{secret}` is what `secret_file` holds. Headers take all but `{text}`.
    Gateway {
        /// Address of the gateway. The text never goes into it: addresses are written into logs.
        url: Url = Given::Required(r#""https://gateway.example/send""#),
        /// `POST` or `PUT`.
        method: GatewayMethod = Given::Default(r#""POST""#),
        /// Headers of the request.
        headers: BTreeMap<String, String> = Given::Default("{}"),
        /// Body of the request.
        body: String =
            Given::Required(r#"'{"to": "{to}", "from": "{from}", "text": "{text}", "key": "{secret}"}'"#),
        /// Its type: JSON, `application/x-www-form-urlencoded`, XML or plain text.
        content_type: String = Given::Default(r#""application/json""#),
        /// Sender that people see; the portal's name, shortened to 11 letters, otherwise.
        from: Option<String> = Given::Optional(r#""Portail""#),
        /// File with the secret of the gateway.
        secret_file: Option<PathBuf> = Given::Optional(r#""/etc/parvis-portal/gateway-secret""#),
        /// File with the certificate authority of the gateway, PEM, where it is not one of the system's.
        ca_file: Option<PathBuf> = Given::Optional(r#""/etc/parvis-portal/gateway-ca.pem""#),
    }
}

section! {
    /// Messages into files, of those that no section `[mail]`, `[sms]` or `[voice]` sends: to try the portal on this machine.
    Outbox {
        /// Folder in which a folder `outbox` takes them.
        folder: PathBuf = Given::Required(r#""demo/data""#),
        /// Whether each message is shown on the terminal too.
        echo: bool = Given::Default("false"),
    }
}

section! {
    /// What one password hash costs (Argon2id), and how many run at once.
    Hashing {
        /// Memory of one hash, KiB; 19456 at least.
        memory_kib: u32 = Given::Default("19456"),
        /// Passes over that memory; 2 at least.
        iterations: u32 = Given::Default("2"),
        /// Lanes.
        lanes: u32 = Given::Default("1"),
        /// Hashes at the same time: memory times this is the most that the pool takes.
        threads: u32 = Given::Default("2"),
        /// Sign-ins that may wait for the pool; further ones are told to come back.
        queue: u32 = Given::Default("64"),
    }
}

section! {
    /// How long what has ended is kept.
    Retention {
        /// Audit events, days.
        audit_days: u32 = Given::Default("365"),
        /// Sessions and challenges that ended, days.
        ended_days: u32 = Given::Default("7"),
        /// The record of messages that were sent or given up, without their text, days.
        messages_days: u32 = Given::Default("30"),
    }
}

section! {
    /// What is measured, as `GET /metrics` on a listener of its own, never on the public one.
    Metrics {
        /// Address and port of that listener: of this machine, or of a private network.
        listen: SocketAddr = Given::Required(r#""127.0.0.1:9464""#),
    }
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// How the connection to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailSecurity {
    /// STARTTLS, demanded.
    Starttls,
    /// TLS from the first byte.
    Tls,
    /// None; loopback only.
    None,
}

/// How a gateway is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum GatewayMethod {
    /// POST.
    Post,
    /// PUT.
    Put,
}

impl Config {
    /// Reads a configuration file.
    ///
    /// # Errors
    /// All defects at once, in the order of the file: a syntax error alone; else unknown and missing keys, values of
    /// another type, and values that are not safe.
    pub fn parse(source: &str, file_name: &str) -> Result<Self, Vec<Defect>> {
        let mut document = Document::parse(source, file_name).map_err(|defect| vec![defect])?;
        let config = Self::read(&mut Reader { document: &mut document, table: "" });
        if let Some(config) = &config {
            rules::check(config, &mut document);
        }
        let defects = document.into_defects();
        config.filter(|_| defects.is_empty()).ok_or(defects)
    }

    /// A configuration file with every key, its default and its meaning, made from the types: for the docs.
    pub fn reference() -> String {
        reference::render()
    }

    /// The public address: the one given, or the one listened on.
    pub fn public_url(&self) -> Option<Url> {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        self.public_url.clone().or_else(|| Url::parse(&format!("{scheme}://{}", self.listen)).ok())
    }

    /// The database's address: the one given, or that of the SQLite file in the data folder.
    pub fn database_url(&self) -> String {
        match &self.database {
            Some(url) => url.clone(),
            None => format!("sqlite://{}?mode=rwc", self.data.join("portal.db").display()),
        }
    }

    /// The PostgreSQL password.
    ///
    /// # Errors
    /// Where its file cannot be used.
    pub fn database_password(&self) -> Result<Option<SecretString>, SecretFileError> {
        self.database_password_file.as_deref().map(read_secret).transpose()
    }

    /// The key file.
    pub fn key_file(&self) -> PathBuf {
        self.data.join("keys.toml")
    }
}

impl Hashing {
    /// The cost of one hash.
    pub fn cost(&self) -> crate::hash::HashCost {
        crate::hash::HashCost { memory_kib: self.memory_kib, iterations: self.iterations, lanes: self.lanes }
    }
}
