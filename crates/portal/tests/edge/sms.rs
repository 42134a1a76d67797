//! SMS to a gateway over HTTP.

use crate::certificates::Certificates;
use crate::{TEXT, configuration, message, quoted, write_secret};
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use parvis_portal::config::Config;
use parvis_portal::delivery::{
    Channel, Gateway, MailTransport, Outbox, PhoneTransport, Remedy, SendError, Transports,
};
use parvis_portal::tls;
use parvis_protocol::clock::ManualClock;
use rustls::ServerConfig;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpListener;

const TO: &str = "+33612345678";

type Requests = Arc<Mutex<Vec<(HeaderMap, String)>>>;

/// A gateway that answers with this status, or never.
async fn gateway(status: Option<u16>, tls: Option<Arc<ServerConfig>>) -> (SocketAddr, Requests) {
    let requests = Requests::default();
    let seen = Arc::clone(&requests);
    let app = Router::new().fallback(move |request: Request| {
        let seen = Arc::clone(&seen);
        async move {
            let (head, body) = request.into_parts();
            let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
            assert_eq!((head.method.as_str(), head.uri.path()), ("POST", "/send"));
            seen.lock().unwrap().push((head.headers, String::from_utf8(body.to_vec()).unwrap()));
            match status {
                Some(status) => (StatusCode::from_u16(status).unwrap(), format!("you sent {TEXT}")),
                None => std::future::pending().await,
            }
        }
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(tls::serve(listener, app, tls, std::future::pending()));
    (address, requests)
}

struct Sender {
    transports: Transports,
    folder: TempDir,
}

impl Sender {
    fn new(settings: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let secret = folder.path().join("secret");
        write_secret(&secret, "gateway \"secret\" 1\n");
        let settings = settings.replace("SECRET_FILE", &format!("secret_file = {}", quoted(&secret)));
        let config: Config = configuration(&format!(
            "[mail]\nfrom = \"a@b.example\"\nhost = \"localhost\"\n[sms]\n{settings}"
        ));
        let gateway =
            Gateway::new(Channel::Sms, config.sms.as_ref().unwrap(), Duration::from_secs(10)).unwrap();
        let outbox = Outbox::new(folder.path(), Arc::new(ManualClock::at(0))).unwrap();
        let transports = Transports {
            mail: MailTransport::Outbox(Arc::new(outbox)),
            sms: PhoneTransport::Gateway(Box::new(gateway)),
            voice: PhoneTransport::None,
            timeout: Duration::from_secs(10),
        };
        Self { transports, folder }
    }

    fn to(address: SocketAddr) -> Self {
        Self::new(&format!(
            "url = \"http://{address}/send\"\nbody = '{{\"to\": \"{{to}}\", \"text\": \"{{text}}\"}}'"
        ))
    }

    async fn send(&self) -> Result<(), SendError> {
        self.transports.send(&message(Channel::Sms, TO)).await
    }
}

#[tokio::test]
async fn what_the_gateway_answers_decides_whether_to_try_again() {
    for (status, expected) in [
        (200, None),
        (202, None),
        (204, None),
        (302, Some(Remedy::None)),
        (400, Some(Remedy::None)),
        (401, Some(Remedy::None)),
        (403, Some(Remedy::None)),
        (408, Some(Remedy::Retry)),
        (429, Some(Remedy::Retry)),
        (500, Some(Remedy::Retry)),
        (503, Some(Remedy::Retry)),
        // Handed on by a proxy, without an answer: it may have left.
        (504, Some(Remedy::Wait)),
    ] {
        let (address, requests) = gateway(Some(status), None).await;
        let answer = Sender::to(address).send().await;
        assert_eq!(answer.as_ref().err().map(|refusal| refusal.remedy), expected, "{status}");
        if let Err(refusal) = answer {
            assert!(refusal.reason.contains(&status.to_string()), "{refusal}");
            assert!(!refusal.reason.contains("482913") && !refusal.reason.contains("3361"), "{refusal}");
        }
        assert_eq!(requests.lock().unwrap().len(), 1, "a redirect is not followed");
    }
}

#[tokio::test]
async fn an_absent_gateway_is_tried_again_and_a_silent_one_is_not() {
    let (address, requests) = gateway(None, None).await;
    let mut sender = Sender::to(address);
    sender.transports.timeout = Duration::from_millis(200);
    assert_eq!(
        sender.send().await,
        Err(SendError { remedy: Remedy::Wait, reason: "no answer in time".to_owned() })
    );
    assert_eq!(requests.lock().unwrap().len(), 1);

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let sender = Sender::to(listener.local_addr().unwrap());
    let broken_off = tokio::spawn(async move { drop(listener.accept().await) });
    assert_eq!(sender.send().await.unwrap_err().remedy, Remedy::Wait);
    broken_off.await.unwrap();

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let sender = Sender::to(listener.local_addr().unwrap());
    drop(listener);
    assert!(sender.send().await.unwrap_err().remedy == Remedy::Retry);
}

#[tokio::test]
async fn values_are_escaped_for_the_body_and_never_taken_for_placeholders() {
    let (address, requests) = gateway(Some(202), None).await;
    let url = format!("url = \"http://{address}/send\"\n");
    for settings in [
        r#"body = '{"to": "{to}", "from": "{from}", "text": "{text}", "key": "{secret}"}'"#,
        "content_type = \"application/x-www-form-urlencoded; charset=utf-8\"\nfrom = \"Dr & Co\"\n\
         body = \"to={to}&from={from}&text={text}&key={secret}\"",
        "content_type = \"text/xml\"\nbody = \"<sms to='{to}' key='{secret}'>{text}</sms>\"",
        "content_type = \"text/plain\"\nbody = \"{text}\"\nheaders = { X-Kannel-To = \"{to}\", X-Key = \"{secret}\" }",
    ] {
        Sender::new(&format!("{url}{settings}\nSECRET_FILE\n")).send().await.unwrap();
    }
    let requests = requests.lock().unwrap();
    let [json, form, xml, plain] = requests.as_slice() else { panic!("{requests:?}") };

    let read: serde_json::Value = serde_json::from_str(&json.1).unwrap();
    assert_eq!(json.0["content-type"], "application/json");
    assert_eq!(
        read,
        serde_json::json!({"to": TO, "from": "Portail de", "text": TEXT, "key": "gateway \"secret\" 1"})
    );
    let read: Vec<(String, String)> = serde_urlencoded::from_str(&form.1).unwrap();
    let expected = [("to", TO), ("from", "Dr & Co"), ("text", TEXT), ("key", "gateway \"secret\" 1")];
    assert_eq!(read, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert_eq!(xml.1, format!("<sms to='{TO}' key='gateway &quot;secret&quot; 1'>{TEXT}</sms>"));
    assert_eq!(plain.1, TEXT);
    assert_eq!(plain.0["x-kannel-to"], TO);
    assert_eq!(plain.0["x-key"], "gateway \"secret\" 1");
}

#[tokio::test]
async fn the_gateways_certificate_is_checked() {
    let (ours, foreign) = (Certificates::local(), Certificates::local());
    let (address, requests) = gateway(Some(202), Some(ours.server())).await;
    let settings = format!("url = \"https://{address}/send\"\nbody = \"\\\"{{to}}{{text}}\\\"\"\n");
    for untrusted in [String::new(), format!("ca_file = {}\n", quoted(&foreign.file()))] {
        let refusal = Sender::new(&format!("{settings}{untrusted}")).send().await.unwrap_err();
        assert!(refusal.reason.contains("certificate"), "{refusal}");
    }
    assert!(requests.lock().unwrap().is_empty());
    Sender::new(&format!("{settings}ca_file = {}\n", quoted(&ours.file()))).send().await.unwrap();
}

#[tokio::test]
async fn without_a_gateway_nothing_is_tried() {
    let mut sender = Sender::to(([127, 0, 0, 1], 9).into());
    sender.transports.sms = PhoneTransport::None;
    for (channel, reason) in
        [(Channel::Sms, "no SMS gateway is configured"), (Channel::Voice, "no voice gateway is configured")]
    {
        let refusal = sender.transports.send(&message(channel, TO)).await.unwrap_err();
        assert_eq!(refusal, SendError { remedy: Remedy::None, reason: reason.to_owned() });
    }
    assert!(sender.folder.path().join("outbox").read_dir().unwrap().next().is_none());
}
