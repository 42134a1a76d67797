//! The letter box of the demonstration.

use crate::message;
use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
    response::Response,
};
use parvis_portal::{
    delivery::{Channel, Outbox, OutgoingMessage, Transports},
    http,
};
use parvis_protocol::clock::ManualClock;
use std::{net::SocketAddr, sync::Arc};
use tower::ServiceExt;

async fn asked(folder: &tempfile::TempDir, path: &str, host: &str) -> Response {
    let app = http::letter_box(folder.path().join("outbox"), SocketAddr::from(([127, 0, 0, 1], 8787)));
    let request = Request::get(path).header(header::HOST, host).header(header::ACCEPT_LANGUAGE, "en");
    app.oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

async fn text(response: Response) -> String {
    String::from_utf8(to_bytes(response.into_body(), 1 << 20).await.unwrap().to_vec()).unwrap()
}

#[tokio::test]
async fn every_message_is_shown_newest_first() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::at(1_795_347_900_007));
    let outbox = Outbox::new(folder.path(), Arc::clone(&clock) as _).unwrap();
    let transports = Transports::to_files(Arc::new(outbox));
    assert!(text(asked(&folder, "/outbox", "127.0.0.1:8787").await).await.contains("Nothing yet"));

    transports.send(&message(Channel::Email, "marie.curie@example.org")).await.unwrap();
    clock.advance(1_000);
    let hostile = OutgoingMessage {
        id: "m_2".to_owned(),
        text: "<script>alert(1)</script> http://127.0.0.1:8787/demo/recovery#token".to_owned(),
        ..message(Channel::Sms, "+33612345678")
    };
    transports.send(&hostile).await.unwrap();
    clock.advance(1_000);
    let call = OutgoingMessage { text: "4, 8, 2\n".to_owned(), ..message(Channel::Voice, "+33412345678") };
    transports.send(&call).await.unwrap();

    let page = asked(&folder, "/outbox", "localhost:8787").await;
    assert_eq!(page.status(), StatusCode::OK);
    assert_eq!(page.headers()[header::CACHE_CONTROL], "no-store");
    assert!(!page.headers().contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN));
    let policy = page.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe"), "{policy}");
    let page = text(page).await;
    let (sms, mail) = (page.find("+33612345678").unwrap(), page.find("marie.curie@example.org").unwrap());
    assert!(sms < mail, "the newest first");
    assert!(page.find("+33412345678").unwrap() < sms && page.contains("Call · "), "{page}");
    assert!(page.contains("4, 8, 2"), "what is spoken: {page}");
    assert!(page.contains("482913") && page.contains("votre code de connexion"), "{page}");
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{page}");
    assert!(page.contains(r#"href="http://127.0.0.1:8787/demo/recovery#token" rel="noreferrer"#), "{page}");

    let raw = asked(&folder, "/outbox/raw/20261122T114500.007Z-m_4f1.eml", "[::1]:8787").await;
    assert_eq!(raw.headers()[header::CONTENT_TYPE], "text/plain; charset=utf-8");
    assert!(text(raw).await.contains("To: marie.curie@example.org"));
}

#[tokio::test]
async fn it_answers_to_its_own_name_only_and_leads_to_no_other_file() {
    let folder = tempfile::tempdir().unwrap();
    Outbox::new(folder.path(), Arc::new(ManualClock::at(0))).unwrap();
    std::fs::write(folder.path().join("keys.eml"), "secret").unwrap();
    for host in [
        "evil.example",
        "evil.example:8787",
        "127.0.0.1",
        "127.0.0.1:8788",
        "127.0.0.1.evil.example:8787",
        "",
    ] {
        for path in ["/outbox", "/outbox/raw/x.eml"] {
            assert_eq!(asked(&folder, path, host).await.status(), StatusCode::MISDIRECTED_REQUEST, "{host}");
        }
    }
    for path in ["/outbox/raw/..%2Fkeys.eml", "/outbox/raw/%2e%2e%2fkeys.eml", "/outbox/raw/keys.eml"] {
        assert_eq!(asked(&folder, path, "127.0.0.1:8787").await.status(), StatusCode::NOT_FOUND, "{path}");
    }
}
