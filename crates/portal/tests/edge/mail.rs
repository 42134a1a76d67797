//! Mails to a mail server that demands STARTTLS and AUTH.

use crate::certificates::Certificates;
use crate::mail_server::{MailServer, PASSWORD, Protection, Setup, USER};
use crate::{TEXT, configuration, message, quoted, write_secret};
use parvis_portal::delivery::{Channel, MailTransport, PhoneTransport, Remedy, SendError, Smtp, Transports};
use parvis_protocol::clock::ManualClock;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpListener;

const TO: &str = "marie.curie@example.org";

struct Sender {
    transports: Transports,
    _folder: TempDir,
}

impl Sender {
    /// Sends to this server, with this password, trusting this authority beside the system's.
    fn new(server: SocketAddr, security: &str, password: &str, authority: Option<&Path>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let secret = folder.path().join("password");
        write_secret(&secret, &format!("{password}\n"));
        let authority = authority.map(|path| format!("ca_file = {}\n", quoted(path))).unwrap_or_default();
        let config = configuration(&format!(
            "[mail]\nfrom = \"no-reply@portail.example\"\nhost = \"127.0.0.1\"\nport = {}\n\
             security = \"{security}\"\nuser = \"{USER}\"\npassword_file = {}\n{authority}",
            server.port(),
            quoted(&secret)
        ));
        // 2026-11-22T11:45:00Z
        let clock = Arc::new(ManualClock::at(1_795_347_900_000));
        let smtp = Smtp::new(config.mail.as_ref().unwrap(), Duration::from_secs(10), clock).unwrap();
        let transports = Transports {
            mail: MailTransport::Smtp(smtp),
            sms: PhoneTransport::None,
            voice: PhoneTransport::None,
            timeout: Duration::from_secs(10),
        };
        Self { transports, _folder: folder }
    }

    async fn send(&self) -> Result<(), SendError> {
        self.transports.send(&message(Channel::Email, TO)).await
    }
}

async fn server(setup: Setup) -> (MailServer, Certificates) {
    let certificates = Certificates::local();
    (MailServer::start(&certificates, setup).await, certificates)
}

#[tokio::test]
async fn mail_arrives_under_starttls_and_auth() {
    let (server, certificates) = server(Setup::default()).await;
    let sender = Sender::new(server.address, "starttls", PASSWORD, Some(&certificates.file()));
    sender.send().await.unwrap();
    sender.send().await.unwrap();

    let received = server.received();
    assert_eq!(received.len(), 2);
    let mail = &received[0];
    assert_eq!((mail.from.as_str(), mail.to.as_str()), ("no-reply@portail.example", TO));
    assert_eq!((mail.protected, mail.user.as_deref()), (true, Some(USER)));
    let (head, body) = mail.data.split_once("\n\n").unwrap();
    for header in [
        "Message-ID: <m_4f1@portail.example>",
        "Date: Sun, 22 Nov 2026 11:45:00 +0000",
        "Auto-Submitted: auto-generated",
        "Content-Language: fr",
        "Content-Type: text/plain; charset=utf-8",
        "To: marie.curie@example.org",
    ] {
        assert!(head.lines().any(|line| line == header), "{header} is not in\n{head}");
    }
    assert!(!head.contains("482913"), "{head}");
    assert!(body.starts_with("482913\n\nVoici votre code de connexion =C3=A0 Portail"), "{body}");
    let clear = server.commands().into_iter().filter(|command| command.starts_with("clear"));
    for command in clear {
        assert!(command == "clear EHLO" || command == "clear STARTTLS", "{command}");
    }
}

#[tokio::test]
async fn mail_arrives_under_tls_from_the_first_byte_and_auth_login() {
    let (server, certificates) = server(Setup { protection: Protection::Tls, mechanisms: "LOGIN" }).await;
    Sender::new(server.address, "tls", PASSWORD, Some(&certificates.file())).send().await.unwrap();
    assert_eq!(server.received()[0].user.as_deref(), Some(USER));
}

#[tokio::test]
async fn temporary_refusals_are_tried_again_and_final_ones_are_not() {
    let (server, certificates) = server(Setup::default()).await;
    let sender = Sender::new(server.address, "starttls", PASSWORD, Some(&certificates.file()));
    for (command, reply, remedy) in [
        ("DATA", "451 4.3.0 try later, not 482913", Remedy::Retry),
        ("RCPT", "450 4.2.1 marie.curie is busy", Remedy::Retry),
        ("MAIL", "421 4.3.2 closing", Remedy::Retry),
        ("RCPT", "550 5.1.1 no marie.curie here", Remedy::None),
        ("DATA", "554 5.7.1 looks like 482913", Remedy::None),
    ] {
        server.fail(command, reply);
        let refusal = sender.send().await.unwrap_err();
        assert_eq!(refusal.remedy, remedy, "{reply}: {refusal}");
        assert!(refusal.reason.contains(&reply[..3]), "{refusal}");
        assert!(!refusal.reason.contains("482913") && !refusal.reason.contains("marie"), "{refusal}");
    }
    assert!(server.received().is_empty());
    sender.send().await.unwrap();
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn a_wrong_password_is_final_and_not_shown() {
    let (server, certificates) = server(Setup::default()).await;
    let refusal = Sender::new(server.address, "starttls", "wrong secret", Some(&certificates.file()))
        .send()
        .await
        .unwrap_err();
    assert!(refusal.remedy == Remedy::None && refusal.reason.contains("535"), "{refusal}");
    assert!(!refusal.reason.contains("wrong secret"), "{refusal}");
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn a_server_without_starttls_is_told_nothing() {
    let (server, certificates) = server(Setup { protection: Protection::None, ..Setup::default() }).await;
    let refusal = Sender::new(server.address, "starttls", PASSWORD, Some(&certificates.file())).send().await;
    assert!(refusal.unwrap_err().remedy == Remedy::None);
    assert!(server.commands().iter().all(|command| command == "clear EHLO" || command == "clear QUIT"));
}

#[tokio::test]
async fn a_server_without_auth_gets_no_mail() {
    let (server, certificates) = server(Setup { mechanisms: "", ..Setup::default() }).await;
    let refusal = Sender::new(server.address, "starttls", PASSWORD, Some(&certificates.file())).send().await;
    assert!(refusal.unwrap_err().remedy == Remedy::None);
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn an_untrusted_certificate_is_refused() {
    let foreign = Certificates::local();
    let elsewhere = Certificates::of(&["mail.example"]);
    for (certificates, trusted) in [
        (&Certificates::local(), None),
        (&Certificates::local(), Some(&foreign)),
        (&elsewhere, Some(&elsewhere)),
    ] {
        for (security, protection) in [("starttls", Protection::Starttls), ("tls", Protection::Tls)] {
            let setup = Setup { protection, ..Setup::default() };
            let server = MailServer::start(certificates, setup).await;
            let authority = trusted.map(Certificates::file);
            let sender = Sender::new(server.address, security, PASSWORD, authority.as_deref());
            let refusal = sender.send().await.unwrap_err();
            assert!(refusal.reason.contains("certificate"), "{refusal}");
            assert!(!server.commands().iter().any(|command| command.starts_with("tls")));
        }
    }
}

#[tokio::test]
async fn a_silent_or_absent_server_is_tried_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut sender = Sender::new(address, "starttls", PASSWORD, None);
    sender.transports.timeout = Duration::from_millis(50);
    assert_eq!(
        sender.send().await,
        Err(SendError { remedy: Remedy::Retry, reason: "no answer in time".to_owned() })
    );
    drop(listener);
    sender.transports.timeout = Duration::from_secs(10);
    assert!(sender.send().await.unwrap_err().remedy == Remedy::Retry);
}

#[tokio::test]
async fn an_unusable_address_is_final() {
    let (server, certificates) = server(Setup::default()).await;
    let sender = Sender::new(server.address, "starttls", PASSWORD, Some(&certificates.file()));
    for to in ["", "marie", "a@b.example, c@d.example", "a@b.example\r\nRCPT TO:<c@d.example>"] {
        let refusal = sender.transports.send(&message(Channel::Email, to)).await.unwrap_err();
        assert!(refusal.remedy == Remedy::None, "{to}: {refusal}");
    }
    assert!(server.commands().is_empty());
    assert!(!format!("{:?}", message(Channel::Email, TO)).contains(TO));
    assert!(!format!("{:?}", message(Channel::Email, TO)).contains(&TEXT[..6]));
}

#[tokio::test]
async fn files_that_cannot_be_used_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mail-file");
    let setup = |setting: &str| {
        let config = configuration(&format!(
            "[mail]\nfrom = \"a@b.example\"\nhost = \"mail.example\"\n{setting} = {}\n",
            quoted(&path)
        ));
        Transports::from_config(&config, Arc::new(ManualClock::at(0))).err().unwrap().to_string()
    };
    for setting in ["user = \"u\"\npassword_file", "ca_file"] {
        assert!(setup(setting).contains("mail-file"), "{}", setup(setting));
    }
    std::fs::write(&path, "no certificate, no secret\nof one line").unwrap();
    for setting in ["user = \"u\"\npassword_file", "ca_file"] {
        assert!(setup(setting).contains("mail-file"), "{}", setup(setting));
    }
}
