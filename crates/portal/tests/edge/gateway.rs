//! SMS and calls by a real gateway: Kannel, with a message centre behind it.

use crate::{configuration, message, write_secret};
use parvis_portal::delivery::{Catalogue, Channel, OutgoingMessage, Remedy, Transports};
use parvis_portal_profile::{Language, Support, Texts};
use parvis_protocol::clock::ManualClock;
use parvis_test_gateway::{Gateway, Message, Route};
use std::sync::Arc;

const TO: &str = "+33612345678";
const MAIL: &str = "[mail]\nfrom = \"a@b.example\"\nhost = \"localhost\"\n";

/// The transports of a portal that is configured for this gateway.
fn transports(gateway: &Gateway) -> Transports {
    let config = configuration(&format!("{MAIL}{}", gateway.configuration()));
    Transports::from_config(&config, Arc::new(ManualClock::at(0))).unwrap()
}

/// What a portal says by this channel, with the code 407291.
fn code(channel: Channel) -> OutgoingMessage {
    let name = "Portail de santé".to_owned();
    let name = Texts { fr: name.clone(), en: name.clone(), de: name };
    let support = Support { email: None, phone: None };
    let catalogue =
        Catalogue { portal: &name, support: &support, domain: "portail.example", demonstration: true };
    let text = match channel {
        Channel::Voice => catalogue.registration_code_call(Language::Fr, "407291"),
        _ => catalogue.registration_code_sms(Language::Fr, "407291", 5),
    };
    OutgoingMessage { text, ..message(channel, TO) }
}

/// How it arrives.
fn arrived(sent: &OutgoingMessage, route: Route) -> Message {
    Message { route, from: "Portail de".to_owned(), to: TO.to_owned(), text: sent.text.clone() }
}

#[tokio::test]
async fn an_sms_and_a_call_arrive_whole_each_by_its_carrier() {
    let gateway = Gateway::start();
    let transports = transports(&gateway);
    let (sms, call) = (code(Channel::Sms), code(Channel::Voice));
    // The call first: what took the other's way would be the first to arrive there.
    transports.send(&call).await.unwrap();
    transports.send(&sms).await.unwrap();

    assert!(sms.text.contains("santé, valable 5 min") && sms.text.chars().count() > 160, "in two parts");
    assert_eq!(gateway.next(Route::Sms), arrived(&sms, Route::Sms));
    let spoken = gateway.next(Route::Voice);
    assert_eq!(spoken.text.matches("4, 0, 7, 2, 9, 1").count(), 3, "{}", spoken.text);
    assert_eq!(spoken, arrived(&call, Route::Voice));
}

#[tokio::test]
async fn a_wrong_secret_is_final_and_not_shown() {
    let gateway = Gateway::start();
    let right = transports(&gateway);
    write_secret(&gateway.secret_file(), "wrong key\n");
    let wrong = transports(&gateway);
    for channel in [Channel::Sms, Channel::Voice] {
        let refusal = wrong.send(&code(channel)).await.unwrap_err();
        assert!(
            refusal.remedy == Remedy::None && refusal.reason.ends_with("gateway refused it: 403"),
            "{refusal}"
        );
        for hidden in ["wrong key", "407291", "4, 0", "3361"] {
            assert!(!refusal.reason.contains(hidden), "{refusal}");
        }
    }
    let sent = OutgoingMessage { text: "é\n".to_owned(), ..code(Channel::Sms) };
    right.send(&sent).await.unwrap();
    assert_eq!(gateway.next(Route::Sms), arrived(&sent, Route::Sms), "the first that was taken");
}

#[tokio::test]
async fn a_gateway_that_is_down_is_tried_again() {
    let mut gateway = Gateway::start();
    let transports = transports(&gateway);
    gateway.stop();
    for channel in [Channel::Sms, Channel::Voice] {
        let refusal = transports.send(&code(channel)).await.unwrap_err();
        assert!(refusal.remedy == Remedy::Retry && !refusal.reason.contains("407291"), "{refusal}");
    }
}
