//! The pages from which people come to the form of a registration, as a browser without scripts sees them.

use crate::{
    client::{Client, Reply},
    on_both_engines,
    registration::{CHOSEN, post},
    world::{DAY, World},
};
use parvis_portal::appointment::{AppointmentError, AppointmentLink};
use parvis_portal::import::ImportRecords;
use serde_json::json;
use std::sync::Arc;

pub fn demonstration(mut world: World) -> World {
    Arc::get_mut(&mut world.portal).unwrap().demonstration = true;
    world
}

pub async fn get(client: &Client, path: &str, language: &str) -> Reply {
    client.raw("GET", path, &[("accept-language", language)], "".into()).await
}

pub fn html(reply: &Reply) -> String {
    String::from_utf8(reply.bytes.clone()).unwrap()
}

/// Tokens of the links that open the app.
pub fn tokens(page: &str) -> Vec<String> {
    let links = page.split("href=\"parvis://register?portal=doctolib&amp;link=").skip(1);
    links.map(|rest| rest.split_once('"').unwrap().0.to_owned()).collect()
}

on_both_engines! {
    with doctolib
    async fn an_appointment_is_chosen_and_found_again(world: World) {
        let world = demonstration(world);
        let mut desk = world.desk("accueil 2");
        let page = html(&get(&desk, "booking", "fr").await);
        let links = tokens(&page);
        assert_eq!((links.len(), page.matches("Choisir, puis créer un compte").count()), (3, 3), "{page}");
        // It is Sunday.
        for day in ["Lundi 23\u{a0}novembre 2026, 9", "Mardi 24\u{a0}novembre 2026, 10", "Mercredi 25\u{a0}novembre 2026, 14"] {
            assert!(page.contains(day), "{day} in {page}");
        }
        let form = post(&mut desk, json!({"link": links[1]})).await;
        assert_eq!(form.text("/next/appointment/practice"), "Cabinet du Dr Morel");

        let back = get(&desk, &format!("booking?appointment={}", links[1]), "de").await;
        let text = html(&back);
        assert_eq!(back.status, 200);
        assert!(text.contains("Ihr Termin wartet auf Sie") && text.contains("Dienstag, 24.\u{a0}November 2026, 10:20"), "{text}");
        assert!(!text.contains("23."), "that very one");
        // The switch of the language keeps the appointment.
        assert!(text.contains(&format!("/booking?appointment={}&amp;lang=fr", links[1])), "{text}");

        world.advance(3 * DAY);
        for token in [links[1].as_str(), "", "x.y", "%3Cscript%3E", &"a".repeat(3000)] {
            let over = get(&desk, &format!("booking?appointment={token}"), "fr").await;
            let text = html(&over);
            assert_eq!(over.status, 410, "{token}");
            assert!(text.contains("Ce lien n’est plus valable") && !text.contains("vous attend") && !text.contains("script"), "{text}");
            assert_eq!(tokens(&text).len(), 3);
        }
        // From Friday on, after the week-end.
        world.advance(2 * DAY);
        let page = html(&get(&desk, "booking", "en").await);
        assert!(page.contains("Monday 30\u{a0}November 2026, 9:00") && !page.contains("Saturday"), "{page}");
    }

    async fn a_reminders_link_opens_the_app_with_and_without_a_script(world: World) {
        let desk = world.desk("accueil 2");
        let at = world.now() + 86_400;
        let link = AppointmentLink { practice: "Dr Morel".into(), at, record: Some("p-7".into()), return_path: None, expires_at: at };
        let token = world.portal.sign_appointment(&link);
        let page = get(&desk, "registration", "fr").await;
        let text = html(&page);
        assert_eq!(page.status, 200);
        assert!(text.contains("href=\"parvis://register?portal=doctolib\"") && text.contains("Ouvrir Parvis"), "{text}");
        assert!(text.contains("<noscript>") && text.contains("pages/link.js") && !text.contains("<script>"), "{text}");
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; form-action 'self';"), "{policy}");

        let paste = async |pasted: &str| {
            let headers = [("content-type", "application/x-www-form-urlencoded"), ("origin", "null"), ("sec-fetch-site", "same-origin")];
            let body = serde_urlencoded::to_string([("token", pasted)]).unwrap();
            desk.raw("POST", "registration?lang=fr", &headers, body.into()).await
        };
        let pasted = paste(&format!("{}/registration#{token} ", crate::client::ISSUER)).await;
        assert_eq!((pasted.status.as_u16(), tokens(&html(&pasted))), (200, vec![token.clone()]));
        for bad in ["", "x.y", "\"><script>", &token[1..]] {
            let refused = paste(bad).await;
            let text = html(&refused);
            assert_eq!(refused.status, 410, "{bad}");
            assert!(text.contains("Ce lien n’est plus valable") && tokens(&text).is_empty() && !text.contains("\"><script>\""), "{text}");
        }
        world.advance(2 * DAY);
        assert_eq!(paste(&token).await.status, 410);
    }

    async fn a_reminder_leads_to_an_account_with_what_the_practice_noted(world: World) {
        let records = "reference,practice,given_name,family_name,email,phone,language\n\
                       P-7,Dr Élise Morel,Anaïs,Éluard,anais@example.org,06 12 34 55 55,fr\n\
                       p-8,Praxis Weber,Eva,Weber,,06 12 34 55 66,de\n";
        world.portal.import_contact_records(records.as_bytes(), ImportRecords::default(), |_| ()).await.unwrap();
        let at = world.now() + 86_400;
        world.portal.remind("p-7", at).await.unwrap();
        assert!(!world.dump().await.contains("message: anais@"), "whom it goes to is decided when it is sent");
        let token = world.link_to("anais@example.org").await.unwrap();
        let mail = world.messages().pop().unwrap();
        assert!(mail.contains("Mon compte") && !mail.contains("luard"), "{mail}");
        assert!(!world.dump().await.contains(&token));
        // Nothing on record tells an account's events of it.
        assert_eq!(world.count("SELECT COUNT(*) FROM event WHERE kind = 'message_sent' AND subject IS NULL AND detail = 'reminder'").await, 1);

        let mut desk = world.desk("accueil 2");
        let form = post(&mut desk, json!({"link": token})).await;
        assert_eq!((form.text("/next/appointment/practice").as_str(), form.number("/next/name_letters")), ("Dr Élise Morel", 3));
        let fields = json!({"phone": "06 12 34 55 55", "email": "anais@example.org", "email_again": "anais@example.org", "password": CHOSEN, "name_letters": "elu"});
        let asked = post(&mut desk, json!({"link": token, "fields": fields, "accepted": ["terms"]})).await;
        assert_eq!(asked.text("/next/step"), "verify_phone");

        // No address: by SMS, in the record's language.
        world.portal.remind(" P-8 ", at).await.unwrap();
        let sms = world.messages_to("+33612345566", "sms").await;
        assert!(sms.len() == 1 && sms[0].contains("Praxis Weber") && sms[0].contains("nicht, dass Sie ein Konto haben") && sms[0].contains("/registration#"), "{sms:?}");

        // The practice has removed the number meanwhile; an appointment that has begun; a record that is not there.
        world.portal.remind("p-8", at).await.unwrap();
        world.execute("DELETE FROM contact_record WHERE reference = 'p-8'").await;
        assert!(world.messages_to("+33612345566", "").await.is_empty());
        assert!(matches!(world.portal.remind("p-8", at).await, Err(AppointmentError::Unknown(_))));
        assert!(matches!(world.portal.remind("p-7", world.now()).await, Err(AppointmentError::Over)));
        world.portal.remind("p-7", at).await.unwrap();
        world.advance(DAY);
        assert!(world.messages_to("anais@example.org", "rappel").await.is_empty(), "too late");
    }

    async fn a_booking_page_elsewhere_gets_its_link(world: World) {
        let at = world.now() + 86_400;
        let address = world.portal.booking_address("Dr Morel", at, Some("rendez-vous/merci")).unwrap();
        let token = address.strip_prefix("parvis://register?portal=doctolib&link=").unwrap();
        let mut desk = world.desk("accueil 2");
        assert_eq!(post(&mut desk, json!({"link": token})).await.number("/next/appointment/at"), at);
        let refused = |practice: &str, at, path| world.portal.booking_address(practice, at, path).unwrap_err();
        assert!(matches!(refused("Dr Morel", world.now(), None), AppointmentError::Over));
        assert!(matches!(refused("Dr Morel", at, Some("../evil")), AppointmentError::Elsewhere));
        assert!(matches!(refused(&"x".repeat(2000), at, None), AppointmentError::TooLong));
    }

    async fn an_operators_portal_has_a_booking_page_of_its_own(world: World) {
        assert_eq!(get(&world.desk("accueil 2"), "booking", "fr").await.status, 404);
    }
}

on_both_engines! {
    async fn where_nobody_registers_there_is_no_page_for_it(world: World) {
        assert_eq!(get(&world.desk("accueil 2"), "registration", "fr").await.status, 404);
    }
}
