//! The pages from which people come to the form of a registration, as a browser without scripts sees them.

use crate::{
    client::{Client, Reply},
    on_both_engines,
    registration::post,
    world::{DAY, World},
};
use parvis_portal::appointment::AppointmentLink;
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
        for day in ["Lundi 23 novembre 2026 à 9", "Mardi 24 novembre 2026 à 10", "Mercredi 25 novembre 2026 à 14"] {
            assert!(page.contains(day), "{day} in {page}");
        }
        let form = post(&mut desk, serde_json::json!({"link": links[1]})).await;
        assert_eq!(form.text("/next/appointment/practice"), "Cabinet du Dr Morel");

        let back = get(&desk, &format!("booking?appointment={}", links[1]), "de").await;
        let text = html(&back);
        assert_eq!(back.status, 200);
        assert!(text.contains("Ihr Termin wartet auf Sie") && text.contains("Dienstag, 24. November 2026, 10:20"), "{text}");
        assert!(!text.contains("23. November"), "that very one");
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
        assert!(page.contains("Monday 30 November 2026 at 9:00") && !page.contains("Saturday"), "{page}");
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

    async fn an_operators_portal_has_a_booking_page_of_its_own(world: World) {
        assert_eq!(get(&world.desk("accueil 2"), "booking", "fr").await.status, 404);
    }
}

on_both_engines! {
    async fn where_nobody_registers_there_is_no_page_for_it(world: World) {
        assert_eq!(get(&world.desk("accueil 2"), "registration", "fr").await.status, 404);
    }
}
