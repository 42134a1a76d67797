//! REC, SRV: the pages that mailed links open, as a browser without scripts sees them.

use crate::{
    client::{Client, Reply, random},
    on_both_engines,
    recovery::{NEW_PASSWORD, link},
    world::{DAY, HOUR, PASSWORD},
};

pub const SAME_ORIGIN: [(&str, &str); 2] = [("origin", "null"), ("sec-fetch-site", "same-origin")];

async fn get(client: &Client, path: &str, language: &str) -> Reply {
    client.raw("GET", path, &[("accept-language", language)], "".into()).await
}

pub async fn send(client: &Client, path: &str, more: &[(&str, &str)], fields: &[(&str, &str)]) -> Reply {
    let mut headers = vec![("content-type", "application/x-www-form-urlencoded"), ("accept-language", "fr")];
    headers.extend(more);
    client.raw("POST", path, &headers, serde_urlencoded::to_string(fields).unwrap().into()).await
}

async fn set(client: &Client, token: &str, password: &str, again: &str) -> Reply {
    let fields = [("token", token), ("password", password), ("password_again", again)];
    send(client, "recovery", &SAME_ORIGIN, &fields).await
}

fn html(reply: &Reply) -> String {
    String::from_utf8(reply.bytes.clone()).unwrap()
}

on_both_engines! {
    async fn srv_02_a_page_lets_nothing_else_in_and_asks_for_no_cookie(world: World) {
        let desk = world.desk("accueil 2");
        for path in ["recovery", "activation"] {
            let page = get(&desk, path, "fr").await;
            assert_eq!(page.status, 200);
            let header = |name: &str| page.headers[name].to_str().unwrap().to_owned();
            let policy = header("content-security-policy");
            for directive in ["default-src 'none'", "style-src 'self'", "script-src 'self'", "form-action 'self'", "connect-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"] {
                assert!(policy.contains(directive), "{policy}");
            }
            assert_eq!((header("referrer-policy").as_str(), header("cache-control").as_str()), ("no-referrer", "no-store"));
            assert!(!page.headers.contains_key("set-cookie"));
            let text = html(&page);
            assert!(!text.contains("style=") && !text.contains("onclick") && !text.contains("<script>"), "{text}");
            for asset in text.split('"').filter(|part| part.starts_with("/portail-de-sante/pages/")) {
                let asset = get(&desk, asset.trim_start_matches("/portail-de-sante/"), "fr").await;
                assert_eq!(asset.status, 200);
                assert!(asset.headers["content-type"].to_str().unwrap().starts_with("text/"));
            }
        }
    }

    async fn the_page_speaks_the_readers_language_and_has_a_switch(world: World) {
        let desk = world.desk("accueil 2");
        for (accepted, path, title) in [
            ("fr-FR", "recovery", "Choisissez un nouveau mot de passe"),
            ("en-GB,fr;q=0.5", "recovery", "Choose a new password"),
            ("de", "recovery", "Wählen Sie ein neues Passwort"),
            ("de", "recovery?lang=en", "Choose a new password"),
            ("zz", "recovery?lang=zz", "Choisissez un nouveau mot de passe"),
        ] {
            let text = html(&get(&desk, path, accepted).await);
            assert!(text.contains(title), "{accepted} {path}");
            assert_eq!(text.matches("data-keep").count(), 3);
        }
        let french = html(&get(&desk, "recovery", "fr").await);
        for part in ["autocomplete=\"new-password\"", "aria-describedby=\"rules\"", "12\u{a0}caractères au moins", "lang=\"fr\"", "name=\"viewport\""] {
            assert!(french.contains(part), "{part} in {french}");
        }
    }

    async fn rec_03_a_password_is_set_by_the_button_and_never_by_a_look(world: World) {
        let mut desk = world.desk("accueil 2");
        let token = link(&world, &mut desk, "medecin-a").await;
        for _ in 0..3 {
            get(&desk, "recovery", "fr").await;
            get(&desk, &format!("recovery?token={token}"), "fr").await;
        }
        let weak = set(&desk, &token, "soleil", "Soleil").await;
        assert_eq!(weak.status, 400);
        let text = html(&weak);
        assert!(text.contains("Les deux mots de passe sont différents.") && text.matches("class=\"unmet\"").count() >= 4 && !text.contains("data-rule=\"common\" class"), "{text}");
        // The link stays in the form; what was typed does not.
        assert!(text.contains(&format!("value=\"{token}\"")) && !text.contains("value=\"soleil"));
        let common = html(&set(&desk, &token, "Motdepasse123!", "Motdepasse123!").await);
        assert!(common.contains("data-rule=\"common\" class=\"unmet\"") && common.contains("data-rule=\"too_short\" data-count=\"12\" class=\"met\""), "{common}");
        let done = set(&desk, &token, NEW_PASSWORD, NEW_PASSWORD).await;
        assert_eq!(done.status, 200);
        assert!(html(&done).contains("Ouvrez Parvis et connectez-vous"));
        assert_eq!(desk.password("medecin-a", NEW_PASSWORD).await.json["next"]["step"], "otp");
    }

    async fn a_whole_link_can_be_pasted(world: World) {
        let mut desk = world.desk("accueil 2");
        let token = link(&world, &mut desk, "medecin-a").await;
        let pasted = format!("  {}/recovery#{token} ", crate::client::ISSUER);
        assert_eq!(set(&desk, &pasted, NEW_PASSWORD, NEW_PASSWORD).await.status, 200);
        assert!(html(&set(&desk, "", NEW_PASSWORD, NEW_PASSWORD).await).contains("Lien reçu par e-mail"));
    }

    async fn a_link_that_is_over_gives_another_by_one_button(world: World) {
        let mut desk = world.desk("accueil 2");
        let token = link(&world, &mut desk, "medecin-a").await;
        world.advance(DAY);
        let mut answers = Vec::new();
        for old in [token.clone(), random()] {
            let over = set(&desk, &old, NEW_PASSWORD, NEW_PASSWORD).await;
            assert_eq!(over.status, 400);
            let text = html(&over);
            assert!(text.contains("Rien n’est perdu") && text.matches("<button").count() == 1, "{text}");
            let asked = send(&desk, "recovery/link", &SAME_ORIGIN, &[("token", &old)]).await;
            answers.push((asked.status, asked.bytes));
        }
        assert_eq!(answers[0], answers[1]);
        let newer = world.link_to("medecin-a@").await.unwrap();
        assert_ne!(newer, token);
        assert_eq!(set(&desk, &newer, NEW_PASSWORD, NEW_PASSWORD).await.status, 200);
        assert_eq!(world.count("SELECT COUNT(*) FROM link").await, 2);
    }

    async fn a_form_of_another_site_is_refused(world: World) {
        let mut desk = world.desk("accueil 2");
        let token = link(&world, &mut desk, "medecin-a").await;
        let fields = [("token", token.as_str()), ("password", NEW_PASSWORD), ("password_again", NEW_PASSWORD)];
        for foreign in [
            &[("origin", "https://evil.example")][..],
            &[("origin", "null"), ("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("origin", "http://127.0.0.1:8788")],
        ] {
            let refused = send(&desk, "recovery", foreign, &fields).await;
            assert_eq!(refused.status, 403, "{foreign:?}");
        }
        assert!(desk.password("secretaire", PASSWORD).await.is_authorized());
        let own = [("origin", "http://127.0.0.1:8787"), ("sec-fetch-site", "same-origin")];
        assert_eq!(send(&desk, "recovery", &own, &fields).await.status, 200);
    }

    async fn bad_forms_are_pages_and_cost_nothing(world: World) {
        let mut desk = world.desk("accueil 2");
        let token = link(&world, &mut desk, "medecin-a").await;
        let before = world.portal.hashes.executed();
        let long = "x".repeat(5000);
        for body in [format!("token={token}&password={long}"), "a=1&a=2".to_owned(), "%ff".to_owned(), "x".repeat(20_000)] {
            let headers = [("content-type", "application/x-www-form-urlencoded"), SAME_ORIGIN[0], SAME_ORIGIN[1]];
            let reply = desk.raw("POST", "recovery", &headers, body.into()).await;
            assert!(reply.status == 400 && html(&reply).starts_with("<!DOCTYPE html>"), "{reply:?}");
        }
        assert_eq!(world.portal.hashes.executed(), before);
        world.advance(HOUR);
        assert_eq!(set(&desk, &token, NEW_PASSWORD, NEW_PASSWORD).await.status, 200);
    }
}
