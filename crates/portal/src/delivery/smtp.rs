//! Mails to a mail server.

use super::{OutgoingMessage, SendError, SetupError, authorities, root_cause, secret};
use crate::config::{Mail, MailSecurity};
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox};
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters, TlsVersion};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use parvis_protocol::clock::{Clock, UnixMillis};
use secrecy::ExposeSecret;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// A mail server, with a pool of connections to it.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Address,
    clock: Arc<dyn Clock>,
}

impl Smtp {
    /// As configured; nothing is connected yet.
    ///
    /// # Errors
    /// A password or certificate file that cannot be used.
    pub fn new(mail: &Mail, timeout: Duration, clock: Arc<dyn Clock>) -> Result<Self, SetupError> {
        let refused = |reason: String| SetupError::Transport { transport: "mail", reason };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&mail.host)
            .port(mail.port)
            .timeout(Some(timeout))
            .tls(tls(mail)?);
        if let (Some(user), Some(password)) = (&mail.user, secret(mail.password_file.as_deref())?) {
            builder = builder
                .credentials(Credentials::new(user.clone(), password.expose_secret().to_owned()))
                .authentication(vec![Mechanism::Plain, Mechanism::Login]);
        }
        let from = mail.from.parse().map_err(|_| refused("`from` is no mail address".to_owned()))?;
        Ok(Self { transport: builder.build(), from, clock })
    }

    /// Makes one attempt.
    pub(super) async fn send(&self, message: &OutgoingMessage) -> Result<(), SendError> {
        let mail = mail(message, &self.from, self.clock.now(), ContentTransferEncoding::QuotedPrintable)?;
        match self.transport.send(mail).await {
            Ok(_) => Ok(()),
            Err(error) => Err(refusal(&error)),
        }
    }
}

/// STARTTLS is demanded, not tried: a server without it is refused before anything is said to it.
fn tls(mail: &Mail) -> Result<Tls, SetupError> {
    if mail.security == MailSecurity::None {
        return Ok(Tls::None);
    }
    let refused = |error: lettre::transport::smtp::Error| SetupError::Transport {
        transport: "mail",
        reason: error.to_string(),
    };
    let mut builder = TlsParameters::builder(mail.host.clone()).set_min_tls_version(TlsVersion::Tlsv12);
    if let Some(path) = &mail.ca_file {
        for certificate in authorities(path)? {
            builder =
                builder.add_root_certificate(Certificate::from_der(certificate.to_vec()).map_err(refused)?);
        }
    }
    let parameters = builder.build_rustls().map_err(refused)?;
    Ok(if mail.security == MailSecurity::Tls { Tls::Wrapper(parameters) } else { Tls::Required(parameters) })
}

/// The server's own words are left out: they may quote the message.
fn refusal(error: &lettre::transport::smtp::Error) -> SendError {
    match error.status() {
        Some(code) if error.is_permanent() => SendError::never(format!("the mail server refused it: {code}")),
        Some(code) => SendError::later(format!("the mail server put it off: {code}")),
        None if error.is_response() => SendError::later("the mail server's answer was not understood"),
        None if error.is_client() => {
            SendError::never("the mail server has neither the protection nor the sign-in that is configured")
        }
        None => SendError::later(format!("the mail server cannot be reached safely: {}", root_cause(error))),
    }
}

/// The message as a mail. Its id is the `Message-ID`.
pub(super) fn mail(
    message: &OutgoingMessage,
    from: &Address,
    now: UnixMillis,
    encoding: ContentTransferEncoding,
) -> Result<Message, SendError> {
    let to: Address = message.to.parse().map_err(|_| SendError::never("the address is not usable"))?;
    // Paragraphs stay one line each, below the 998 bytes that a mail's line may have (RFC 5322 §2.1.1).
    let body = if encoding == ContentTransferEncoding::EightBit {
        Body::dangerous_pre_encoded(message.text.replace('\n', "\r\n").into_bytes(), encoding)
    } else {
        Body::new_with_encoding(message.text.clone(), encoding)
            .map_err(|_| SendError::never("the text cannot be encoded"))?
    };
    let sent = SystemTime::UNIX_EPOCH + Duration::from_millis(now.try_into().unwrap_or(0));
    Message::builder()
        .from(Mailbox::new(Some(message.sender.clone()), from.clone()))
        .to(Mailbox::new(None, to))
        .subject(&message.subject)
        .date(sent)
        .message_id(Some(format!("<{}@{}>", message.id, from.domain())))
        .raw_header(header(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated"))
        .raw_header(header(HeaderName::new_from_ascii_str("Content-Language"), message.language.as_str()))
        .header(ContentType::TEXT_PLAIN)
        .body(body)
        .map_err(|_| SendError::never("the message cannot be built"))
}

fn header(name: HeaderName, value: &str) -> HeaderValue {
    HeaderValue::new(name, value.to_owned())
}
