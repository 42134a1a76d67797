//! How mails, SMS and calls leave, and what they say.

pub(crate) mod gateway;
mod link_mails;
mod notices;
mod outbox;
mod registration_texts;
mod reminder_texts;
mod smtp;
pub(crate) mod stored;
mod texts;

pub use gateway::Gateway;
pub use notices::Notice;
pub use outbox::{Echo, Outbox, show};
pub use smtp::Smtp;
pub use texts::Catalogue;

use crate::config::{self, Config};
use crate::secret_file::{SecretFileError, read_secret};
use parvis_portal_profile::Language;
use parvis_protocol::clock::Clock;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use secrecy::SecretString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use std::{fmt, io};

/// How long one attempt may take.
pub const TIMEOUT: Duration = Duration::from_secs(10);

/// The way of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// E-mail.
    Email,
    /// SMS.
    Sms,
    /// A call, which reads the text out.
    Voice,
}

impl Channel {
    /// As in the files of the outbox, and as the section of the configuration is called.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
            Self::Voice => "voice",
        }
    }

    /// As in the log.
    const fn name(self) -> &'static str {
        match self {
            Self::Email => "mail",
            Self::Sms => "SMS",
            Self::Voice => "voice",
        }
    }
}

/// A message, rendered for one attempt to send it. `Debug` shows neither its text nor whom it is for.
#[derive(Clone)]
pub struct OutgoingMessage {
    /// Its id: the same at every attempt, so that a mail server can tell a repeat.
    pub id: String,
    /// Its way.
    pub channel: Channel,
    /// Address or number.
    pub to: String,
    /// Its language.
    pub language: Language,
    /// The portal's name in that language.
    pub sender: String,
    /// Subject, of a mail.
    pub subject: String,
    /// Text; of a call, what is spoken.
    pub text: String,
}

impl fmt::Debug for OutgoingMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutgoingMessage")
            .field("id", &self.id)
            .field("channel", &self.channel)
            .finish_non_exhaustive()
    }
}

/// What may be done about a message that did not leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// Trying again later may help.
    Retry,
    /// None is needed, perhaps: the other end took it and did not answer. Each SMS or call costs money and reaches somebody, so it
    /// counts as sent, and whoever waits in vain asks again.
    Wait,
    /// None.
    None,
}

/// A message did not leave, as far as is known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct SendError {
    /// What may be done.
    pub remedy: Remedy,
    /// Why, for the log: no text, address or secret in it.
    pub reason: String,
}

impl SendError {
    fn later(reason: impl Into<String>) -> Self {
        Self { remedy: Remedy::Retry, reason: reason.into() }
    }

    fn never(reason: impl Into<String>) -> Self {
        Self { remedy: Remedy::None, reason: reason.into() }
    }

    /// No answer in time. A mail that comes twice costs nothing, and is tried for as long as it is good.
    fn unanswered(channel: Channel) -> Self {
        let remedy = if channel == Channel::Email { Remedy::Retry } else { Remedy::Wait };
        Self { remedy, reason: "no answer in time".to_owned() }
    }
}

/// A transport cannot be set up as configured.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The file with its secret.
    #[error(transparent)]
    Secret(#[from] SecretFileError),
    /// The file with its certificate authority.
    #[error("{}: {reason}", path.display())]
    Authority {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// Anything else.
    #[error("{transport}: {reason}")]
    Transport {
        /// `mail`, `sms`, `voice` or `outbox`.
        transport: &'static str,
        /// What is wrong.
        reason: String,
    },
}

/// How mails leave.
pub enum MailTransport {
    /// To a mail server.
    Smtp(Smtp),
    /// Into files.
    Outbox(Arc<Outbox>),
}

/// How messages to a telephone leave: SMS, or calls.
pub enum PhoneTransport {
    /// To a gateway.
    Gateway(Box<Gateway>),
    /// Into files.
    Outbox(Arc<Outbox>),
    /// Not at all.
    None,
}

impl PhoneTransport {
    fn new(
        channel: Channel,
        settings: Option<&config::Gateway>,
        outbox: Option<&Arc<Outbox>>,
    ) -> Result<Self, SetupError> {
        Ok(match (settings, outbox) {
            (Some(settings), _) => Self::Gateway(Box::new(Gateway::new(channel, settings, TIMEOUT)?)),
            (None, Some(outbox)) => Self::Outbox(outbox.clone()),
            (None, None) => Self::None,
        })
    }

    async fn send(&self, message: &OutgoingMessage) -> Result<(), SendError> {
        match self {
            Self::Gateway(gateway) => gateway.send(message).await,
            Self::Outbox(outbox) => outbox.write(message).await,
            Self::None => {
                Err(SendError::never(format!("no {} gateway is configured", message.channel.name())))
            }
        }
    }
}

/// Every way.
pub struct Transports {
    /// Mails.
    pub mail: MailTransport,
    /// SMS.
    pub sms: PhoneTransport,
    /// Calls.
    pub voice: PhoneTransport,
    /// How long one attempt may take: [`TIMEOUT`].
    pub timeout: Duration,
}

impl Transports {
    /// The transports that the configuration names.
    ///
    /// # Errors
    /// A secret or certificate file that cannot be used, by name.
    pub fn from_config(config: &Config, clock: Arc<dyn Clock>) -> Result<Self, SetupError> {
        let outbox = match &config.outbox {
            Some(settings) => {
                let outbox = Outbox::new(&settings.folder, clock.clone()).map_err(|error| {
                    SetupError::Transport { transport: "outbox", reason: error.to_string() }
                })?;
                Some(Arc::new(if settings.echo { outbox.with_echo(Arc::new(show)) } else { outbox }))
            }
            None => None,
        };
        Ok(Self {
            mail: match (&config.mail, &outbox) {
                (Some(mail), _) => MailTransport::Smtp(Smtp::new(mail, TIMEOUT, clock)?),
                (None, Some(outbox)) => MailTransport::Outbox(outbox.clone()),
                (None, None) => {
                    return Err(SetupError::Transport {
                        transport: "mail",
                        reason: "neither [mail] nor [outbox] is configured".to_owned(),
                    });
                }
            },
            sms: PhoneTransport::new(Channel::Sms, config.sms.as_ref(), outbox.as_ref())?,
            voice: PhoneTransport::new(Channel::Voice, config.voice.as_ref(), outbox.as_ref())?,
            timeout: TIMEOUT,
        })
    }

    /// Everything into files.
    pub fn to_files(outbox: Arc<Outbox>) -> Self {
        Self {
            mail: MailTransport::Outbox(Arc::clone(&outbox)),
            sms: PhoneTransport::Outbox(Arc::clone(&outbox)),
            voice: PhoneTransport::Outbox(outbox),
            timeout: TIMEOUT,
        }
    }

    /// Makes one attempt.
    ///
    /// # Errors
    /// Refusals and faults of the other end, and no answer in time.
    pub async fn send(&self, message: &OutgoingMessage) -> Result<(), SendError> {
        let attempt = async {
            match (message.channel, &self.mail) {
                (Channel::Email, MailTransport::Smtp(smtp)) => smtp.send(message).await,
                (Channel::Email, MailTransport::Outbox(outbox)) => outbox.write(message).await,
                (Channel::Sms, _) => self.sms.send(message).await,
                (Channel::Voice, _) => self.voice.send(message).await,
            }
        };
        tokio::time::timeout(self.timeout, attempt)
            .await
            .unwrap_or_else(|_| Err(SendError::unanswered(message.channel)))
    }
}

fn secret(path: Option<&Path>) -> Result<Option<SecretString>, SetupError> {
    Ok(path.map(read_secret).transpose()?)
}

/// The certificates of a PEM file, one at least.
fn authorities(path: &Path) -> Result<Vec<CertificateDer<'static>>, SetupError> {
    let refused = |reason: String| SetupError::Authority { path: path.to_owned(), reason };
    let certificates = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| refused(error.to_string()))?;
    if certificates.is_empty() { Err(refused("holds no certificate".to_owned())) } else { Ok(certificates) }
}

/// The innermost cause of a failed connection; such causes speak of addresses and certificates only.
fn root_cause(error: &(dyn std::error::Error + 'static)) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    match cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => inner.to_string(),
        None => cause.to_string(),
    }
}
