//! SMS and calls to a gateway that takes an HTTP request.

use super::{Channel, OutgoingMessage, Remedy, SendError, SetupError, authorities, root_cause, secret};
use crate::config::{self, GatewayMethod};
use crate::tls;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, StatusCode, redirect};
use secrecy::{ExposeSecret, SecretString};
use std::borrow::Cow;
use std::time::Duration;
use url::Url;

/// Longest sender name that networks carry (GSM 03.40).
const SENDER_LENGTH: usize = 11;

/// A gateway.
pub struct Gateway {
    channel: Channel,
    client: Client,
    url: Url,
    method: Method,
    headers: Vec<(HeaderName, String)>,
    body: String,
    content_type: HeaderValue,
    escape: Escape,
    from: Option<String>,
    secret: Option<SecretString>,
}

/// How a value is written into a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Escape {
    Json,
    Form,
    Xml,
    Plain,
}

impl Escape {
    /// That of a content type; `None` for one that we cannot escape for.
    pub(crate) fn of(content_type: &str) -> Option<Self> {
        let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match essence.as_str() {
            "application/json" => Some(Self::Json),
            "application/x-www-form-urlencoded" => Some(Self::Form),
            "application/xml" | "text/xml" => Some(Self::Xml),
            "text/plain" => Some(Self::Plain),
            _ => None,
        }
    }

    fn apply(self, value: &str) -> String {
        match self {
            Self::Json => {
                let quoted = serde_json::Value::from(value).to_string();
                quoted[1..quoted.len() - 1].to_owned()
            }
            Self::Form => url::form_urlencoded::byte_serialize(value.as_bytes()).collect(),
            Self::Xml => value
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;")
                .replace('"', "&quot;")
                .replace('\'', "&apos;"),
            Self::Plain => value.to_owned(),
        }
    }
}

impl Gateway {
    /// As configured, for messages of this way; nothing is connected yet.
    ///
    /// # Errors
    /// A secret or certificate file that cannot be used.
    pub fn new(channel: Channel, settings: &config::Gateway, timeout: Duration) -> Result<Self, SetupError> {
        let refused =
            |reason: &str| SetupError::Transport { transport: channel.as_str(), reason: reason.to_owned() };
        let own = settings.ca_file.as_deref().map(authorities).transpose()?.unwrap_or_default();
        let tls = tls::client_config(own).map_err(|error| refused(&error.to_string()))?;
        let builder = Client::builder();
        // A gateway on this machine is not behind the proxy of the way out.
        let near = settings.url.host_str().is_some_and(config::is_loopback_name);
        let client = if near { builder.no_proxy() } else { builder }
            .tls_backend_preconfigured(tls)
            .redirect(redirect::Policy::none())
            .referer(false)
            .timeout(timeout)
            // Before the other: whatever was not connected was not sent.
            .connect_timeout(timeout / 2)
            .build()
            .map_err(|error| refused(&root_cause(&error)))?;
        let headers = settings.headers.iter().map(|(name, value)| Ok((name.parse()?, value.clone())));
        Ok(Self {
            channel,
            client,
            url: settings.url.clone(),
            method: match settings.method {
                GatewayMethod::Post => Method::POST,
                GatewayMethod::Put => Method::PUT,
            },
            headers: headers
                .collect::<Result<_, reqwest::header::InvalidHeaderName>>()
                .map_err(|_| refused("`headers` hold what is no HTTP header"))?,
            body: settings.body.clone(),
            content_type: settings
                .content_type
                .parse()
                .map_err(|_| refused("`content_type` is no HTTP header"))?,
            escape: Escape::of(&settings.content_type)
                .ok_or_else(|| refused("`content_type` is not known"))?,
            from: settings.from.clone(),
            secret: secret(settings.secret_file.as_deref())?,
        })
    }

    /// Makes one attempt. What the gateway answers beside its status is not read: it may quote the message.
    pub(super) async fn send(&self, message: &OutgoingMessage) -> Result<(), SendError> {
        let request = self
            .client
            .request(self.method.clone(), self.url.clone())
            .headers(self.headers(message)?)
            .header(CONTENT_TYPE, self.content_type.clone())
            .body(self.fill(&self.body, message, self.escape));
        let name = self.channel.name();
        let status = match request.send().await {
            Ok(answer) => answer.status(),
            // Broken off after it was connected: the gateway may have it.
            Err(error) if !error.is_connect() && !error.is_builder() => {
                return Err(SendError::unanswered(self.channel));
            }
            Err(error) => {
                let cause = root_cause(&error);
                return Err(SendError::later(format!(
                    "the {name} gateway cannot be reached safely: {cause}"
                )));
            }
        };
        match status {
            status if status.is_success() => Ok(()),
            // By a proxy before it, which has handed it on.
            StatusCode::GATEWAY_TIMEOUT => {
                let reason = format!("the {name} gateway had no answer in time: {}", status.as_u16());
                Err(SendError { remedy: Remedy::Wait, reason })
            }
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => {
                Err(SendError::later(format!("the {name} gateway put it off: {}", status.as_u16())))
            }
            status if status.is_server_error() => {
                Err(SendError::later(format!("the {name} gateway failed: {}", status.as_u16())))
            }
            status => Err(SendError::never(format!("the {name} gateway refused it: {}", status.as_u16()))),
        }
    }

    fn headers(&self, message: &OutgoingMessage) -> Result<HeaderMap, SendError> {
        let mut headers = HeaderMap::new();
        for (name, template) in &self.headers {
            let value = self.fill(template, message, Escape::Plain);
            let mut value = HeaderValue::from_bytes(value.as_bytes())
                .map_err(|_| SendError::never(format!("the header {name} cannot be written")))?;
            value.set_sensitive(true);
            headers.insert(name.clone(), value);
        }
        Ok(headers)
    }

    /// Fills a template in one pass: what a value says is never taken for a placeholder.
    fn fill(&self, template: &str, message: &OutgoingMessage, escape: Escape) -> String {
        let mut filled = String::with_capacity(template.len() + message.text.len());
        let mut rest = template;
        while let Some(start) = rest.find('{') {
            filled.push_str(&rest[..start]);
            rest = &rest[start..];
            let placeholder = rest.find('}').map_or("", |end| &rest[..=end]);
            let value = match placeholder {
                "{to}" => Some(Cow::from(&message.to)),
                "{text}" => Some(Cow::from(&message.text)),
                "{from}" => {
                    Some(self.from.as_ref().map_or_else(|| sender(&message.sender).into(), Cow::from))
                }
                "{secret}" => self.secret.as_ref().map(|secret| secret.expose_secret().into()),
                _ => None,
            };
            if let Some(value) = value {
                filled.push_str(&escape.apply(&value));
                rest = &rest[placeholder.len()..];
            } else {
                filled.push('{');
                rest = &rest[1..];
            }
        }
        filled.push_str(rest);
        filled
    }
}

/// A portal's name as a sender that networks carry: ASCII letters, digits and spaces, 11 at most.
fn sender(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|letter| match letter {
            'à' | 'â' | 'ä' => 'a',
            'é' | 'è' | 'ê' | 'ë' | 'É' | 'È' => 'e',
            'î' | 'ï' => 'i',
            'ô' | 'ö' => 'o',
            'ù' | 'û' | 'ü' => 'u',
            'ç' => 'c',
            other => other,
        })
        .filter(|letter| letter.is_ascii_alphanumeric() || *letter == ' ')
        .take(SENDER_LENGTH)
        .collect();
    plain.trim().to_owned()
}
