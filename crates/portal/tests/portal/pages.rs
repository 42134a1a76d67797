//! The portal's own pages: they are opened by the app, and live as long as the grant (PROTOCOL §5).

use crate::{
    client::{Client, Reply, claims},
    delegates::{dentist, invite},
    on_both_engines,
    recovery::{NEW_PASSWORD, complete},
    world::{DAY, HOUR, PASSWORD, SECOND, World},
};
use axum::{
    body::Body,
    http::{StatusCode, header},
};
use parvis_portal::{Portal, account::NewAccount, http};
use parvis_portal_profile::Language;
use std::sync::Arc;

/// The world of a demonstration: it has pages.
fn demonstration(mut world: World) -> World {
    shows_pages(&mut world.portal);
    world
}

fn shows_pages(portal: &mut Arc<Portal>) {
    Arc::get_mut(portal).unwrap().demonstration = true;
}

/// Signs in without a code; what the token endpoint answered.
async fn signed_in(world: &World, workstation: &str, who: &str) -> (Client, Reply) {
    let mut desk = world.desk(workstation);
    let asked = desk.password(who, PASSWORD).await;
    let authorized = if asked.is_authorized() {
        asked
    } else {
        let code = world.code_to(&format!("{who}@example.org")).await;
        desk.code(&asked, &code).await
    };
    let tokens = desk.redeem(&authorized).await;
    assert_eq!(tokens.status, StatusCode::OK, "{tokens:?}");
    (desk, tokens)
}

async fn bootstrap(desk: &mut Client, token: &str, body: &str) -> Reply {
    desk.refresh_nonce().await;
    let proof = desk.proof("POST", "session-bootstrap", Some(token));
    let authorization = format!("DPoP {token}");
    let headers = [
        ("content-type", "application/json"),
        ("dpop", proof.as_str()),
        ("authorization", authorization.as_str()),
    ];
    desk.raw("POST", "session-bootstrap", &headers, Body::from(body.to_owned())).await
}

/// Opens the page; the cookie as a window sends it.
async fn opens(desk: &mut Client, tokens: &Reply) -> String {
    let entry = bootstrap(desk, &tokens.text("/access_token"), r#"{"page":"space"}"#).await;
    assert_eq!(entry.status, StatusCode::OK, "{entry:?}");
    format!("{}={}", entry.text("/cookies/0/name"), entry.text("/cookies/0/value"))
}

async fn visits(desk: &Client, cookie: &str) -> Reply {
    desk.raw("GET", "pages/space", &[("cookie", cookie)], Body::empty()).await
}

async fn is_in(desk: &Client, cookie: &str) -> bool {
    let page = visits(desk, cookie).await;
    assert!(!page.status.is_redirection() && !page.headers.contains_key(header::SET_COOKIE), "{page:?}");
    page.status == StatusCode::OK
}

/// The hidden field of the page's form.
fn csrf_token(page: &Reply) -> String {
    let text = String::from_utf8(page.bytes.clone()).unwrap();
    let (_, rest) = text.split_once(r#"name="csrf_token" value=""#).unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

on_both_engines! {
    async fn prt_08_the_page_opens_with_token_proof_and_a_registered_name(world: World) {
        let world = demonstration(world);
        let (mut desk, tokens) = signed_in(&world, "desk", "medecin-a").await;
        let token = tokens.text("/access_token");
        let entry = bootstrap(&mut desk, &token, r#"{"page":"space"}"#).await;
        assert_eq!(entry.text("/location"), "http://127.0.0.1:8787/portail-de-sante/pages/space");
        assert_eq!(entry.text("/cookies/0/name"), "parvis_portail-de-sante");
        assert_eq!(entry.text("/cookies/0/path"), "/portail-de-sante");
        let absolute = i64::from(world.portal.profile.session.absolute_s);
        assert_eq!(entry.number("/cookies/0/max_age"), absolute, "as long as the grant");
        assert_eq!(entry.json["cookies"].as_array().unwrap().len(), 1);
        assert!(!entry.text("/location").contains(&entry.text("/cookies/0/value")));
        assert_eq!(world.events("pages_opened").await, 1);

        // A page that is not registered, and bodies that name none.
        for (body, status) in [
            (r#"{"page":"admin"}"#, StatusCode::NOT_FOUND),
            (r#"{"page":"../challenge"}"#, StatusCode::NOT_FOUND),
            (r#"{"page":["space"]}"#, StatusCode::BAD_REQUEST),
            (r#"{"page":"space","page":"space"}"#, StatusCode::BAD_REQUEST),
            ("{}", StatusCode::BAD_REQUEST),
            ("", StatusCode::BAD_REQUEST),
        ] {
            assert_eq!(bootstrap(&mut desk, &token, body).await.status, status, "{body}");
        }

        // Without a proof, with a stale one, by another key, without the token.
        let authorization = format!("DPoP {token}");
        let body = || Body::from(r#"{"page":"space"}"#);
        let json = ("content-type", "application/json");
        let bare = desk.raw("POST", "session-bootstrap", &[json, ("authorization", &authorization)], body()).await;
        assert_eq!((bare.status, bare.error()), (StatusCode::UNAUTHORIZED, "invalid_dpop_proof"));
        let mut other = world.desk("desk");
        assert_eq!(bootstrap(&mut other, &token, r#"{"page":"space"}"#).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(bootstrap(&mut desk, "unknown", r#"{"page":"space"}"#).await.status, StatusCode::UNAUTHORIZED);
        let proof = desk.proof("POST", "session-bootstrap", Some(&token));
        let headers = [json, ("authorization", authorization.as_str()), ("dpop", &proof)];
        assert_eq!(desk.raw("POST", "session-bootstrap", &headers, body()).await.status, StatusCode::OK);
        let again = desk.raw("POST", "session-bootstrap", &headers, body()).await;
        assert_eq!(again.error(), "invalid_dpop_proof", "a proof is used once");
        assert_eq!(world.events("pages_opened").await, 2);

        // After the sign-out.
        desk.end_session(&tokens.text("/end_handle"), false).await;
        assert_eq!(bootstrap(&mut desk, &token, r#"{"page":"space"}"#).await.status, StatusCode::UNAUTHORIZED);
    }

    async fn prt_08_an_operators_portal_has_its_own_pages(world: World) {
        let (mut desk, tokens) = signed_in(&world, "desk", "secretaire").await;
        let refused = bootstrap(&mut desk, &tokens.text("/access_token"), r#"{"page":"space"}"#).await;
        assert_eq!((refused.status, refused.error()), (StatusCode::NOT_FOUND, "not_found"));
        assert_eq!(visits(&desk, "").await.status, StatusCode::NOT_FOUND);
        assert_eq!(world.events("pages_opened").await, 0);
    }

    async fn prt_08_every_opening_is_a_new_session_and_the_last_one_counts(world: World) {
        let world = demonstration(world);
        let (mut desk, tokens) = signed_in(&world, "desk", "secretaire").await;
        let first = opens(&mut desk, &tokens).await;
        assert!(is_in(&desk, &first).await);
        let second = opens(&mut desk, &tokens).await;
        assert_ne!(first, second);
        assert!(is_in(&desk, &second).await);
        assert!(!is_in(&desk, &first).await);
        // Neither is anything else one: no cookie, both, a made-up one, the hash that the database holds.
        for cookie in [String::new(), format!("{first}; {second}"), format!("parvis_portail-de-sante={}", crate::client::random())] {
            assert!(!is_in(&desk, &cookie).await, "{cookie}");
        }
        let dump = world.dump().await;
        assert!(!dump.contains(second.split_once('=').unwrap().1), "TOK-13");
        let hash: String = sqlx::query_scalar("SELECT id_hash FROM web_session WHERE ended_at IS NULL")
            .fetch_one(world.portal.store.read()).await.unwrap();
        assert!(!is_in(&desk, &format!("parvis_portail-de-sante={hash}")).await);
        assert!(!crate::world::log().contains(second.split_once('=').unwrap().1), "no cookie in the log");
    }

    async fn prt_08_openings_at_once_leave_one_session(world: World) {
        let world = demonstration(world);
        let mut second = world.second_process().await;
        shows_pages(&mut second);
        let elsewhere = http::router(&[second], &[]);
        let (desk, tokens) = signed_in(&world, "desk", "secretaire").await;
        let barrier = Arc::new(tokio::sync::Barrier::new(16));
        let openings: Vec<_> = (0..16)
            .map(|turn| {
                let (mut desk, tokens, barrier) = (desk.clone(), tokens.clone(), barrier.clone());
                if turn % 2 == 1 {
                    desk.app = elsewhere.clone();
                }
                tokio::spawn(async move {
                    barrier.wait().await;
                    opens(&mut desk, &tokens).await
                })
            })
            .collect();
        let mut cookies = Vec::new();
        for opening in openings {
            cookies.push(opening.await.unwrap());
        }
        let mut living = 0;
        for cookie in &cookies {
            living += usize::from(is_in(&desk, cookie).await);
        }
        assert_eq!(living, 1);
        assert_eq!(world.count("SELECT COUNT(*) FROM web_session WHERE ended_at IS NULL").await, 1);
    }

    async fn srv_02_the_page_lets_nothing_else_in(world: World) {
        let world = demonstration(world);
        let account = NewAccount {
            identifier: "gallery".to_owned(),
            name: "<img src=x onerror=alert(1)> & \"Cie\"".to_owned(),
            role: "professional".to_owned(),
            rights: Vec::new(),
            email: None,
            phone: None,
            phone_verified: false,
            language: Language::De,
        };
        world.portal.create_account(account, Some(PASSWORD.into())).await.unwrap();
        let (mut desk, tokens) = signed_in(&world, "desk", "gallery").await;
        let cookie = opens(&mut desk, &tokens).await;
        for page in [visits(&desk, &cookie).await, visits(&desk, "").await] {
            assert_eq!(
                page.headers[header::CONTENT_SECURITY_POLICY],
                "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
            );
            assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");
            assert_eq!(page.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
            assert_eq!(page.headers[header::REFERRER_POLICY], "no-referrer");
            assert!(!page.headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN));
            assert!(!String::from_utf8_lossy(&page.bytes).contains("<script"));
        }
        let page = visits(&desk, &cookie).await;
        let text = String::from_utf8(page.bytes.clone()).unwrap();
        assert!(text.contains("&lt;img src=x onerror=alert(1)&gt; &amp; &quot;Cie&quot;"), "{text}");
        assert!(text.contains("Mein Bereich") && text.contains("<html lang=\"de\">"), "in the account's language");
        let english = desk.raw("GET", "pages/space?lang=en", &[("cookie", &cookie)], Body::empty()).await;
        assert!(String::from_utf8_lossy(&english.bytes).contains("My space"));
        let stranger = desk.raw("GET", "pages/space", &[("accept-language", "en-GB")], Body::empty()).await;
        assert_eq!(stranger.status, StatusCode::UNAUTHORIZED);
        assert!(String::from_utf8_lossy(&stranger.bytes).contains("This page is opened from Parvis"));
    }

    async fn ses_03_every_end_of_the_grant_ends_the_page_on_every_process(world: World) {
        let world = demonstration(world);
        let mut second = world.second_process().await;
        shows_pages(&mut second);
        let elsewhere = Client::new(http::router(&[second], &[]), "window");

        // Signed out, with and without leaving the workstation.
        for forget in [false, true] {
            let (mut desk, tokens) = signed_in(&world, "desk", "medecin-a").await;
            let cookie = opens(&mut desk, &tokens).await;
            assert!(is_in(&elsewhere, &cookie).await);
            desk.end_session(&tokens.text("/end_handle"), forget).await;
            assert!(!is_in(&elsewhere, &cookie).await, "forget: {forget}");
        }

        // Revoked by the refresh token.
        let (mut desk, tokens) = signed_in(&world, "desk", "secretaire").await;
        let cookie = opens(&mut desk, &tokens).await;
        desk.post("revoke", &[("token", &tokens.text("/refresh_token")), ("client_id", "parvis-desktop")]).await;
        assert!(!is_in(&elsewhere, &cookie).await);

        // Signed out from another workstation.
        let (mut desk, tokens) = signed_in(&world, "desk", "secretaire").await;
        let cookie = opens(&mut desk, &tokens).await;
        let (mut home, home_tokens) = signed_in(&world, "home", "secretaire").await;
        let home_cookie = opens(&mut home, &home_tokens).await;
        home.refresh_nonce().await;
        let token = home_tokens.text("/access_token");
        let others = home.post_as_is("end-session", &[("scope", "others")], Some(&token)).await;
        assert_eq!(others.status, StatusCode::NO_CONTENT, "{others:?}");
        assert!(!is_in(&elsewhere, &cookie).await);
        assert!(is_in(&elsewhere, &home_cookie).await, "the others' end is not one's own");

        // Blocked.
        let subject = claims(&home_tokens.text("/id_token"))["sub"].as_str().unwrap().to_owned();
        world.portal.block_account(&subject).await.unwrap();
        assert!(!is_in(&elsewhere, &home_cookie).await);

        // Disabled.
        let (mut desk, tokens) = signed_in(&world, "desk", "medecin-b").await;
        let cookie = opens(&mut desk, &tokens).await;
        world.execute("UPDATE account SET state = 'disabled' WHERE identifier = 'medecin-b'").await;
        assert!(!is_in(&elsewhere, &cookie).await);
    }

    async fn tru_02_another_persons_sign_in_ends_the_page(world: World) {
        let world = demonstration(world);
        let (mut desk, tokens) = signed_in(&world, "desk", "medecin-a").await;
        let cookie = opens(&mut desk, &tokens).await;
        // Until the other sign-in is completed, nothing has changed.
        let mut other = world.desk("desk");
        let authorized = other.password("secretaire", PASSWORD).await;
        assert!(is_in(&desk, &cookie).await);
        let tokens_of_other = other.redeem(&authorized).await;
        assert!(!is_in(&desk, &cookie).await);
        assert!(is_in(&other, &opens(&mut other.clone(), &tokens_of_other).await).await);
    }

    async fn ses_02_a_page_is_a_use_of_the_session_and_has_no_longer_life(world: World) {
        let world = demonstration(world);
        let (mut desk, tokens) = signed_in(&world, "desk", "secretaire").await;
        let cookie = opens(&mut desk, &tokens).await;
        let session = world.portal.profile.session;
        let (inactivity, absolute) = (i64::from(session.inactivity_s) * SECOND, i64::from(session.absolute_s) * SECOND);
        // Used before every end of the inactivity, it goes on to the absolute end and no further.
        let mut past = 0;
        while past + inactivity - SECOND < absolute {
            world.advance(inactivity - SECOND);
            past += inactivity - SECOND;
            assert!(is_in(&desk, &cookie).await, "after {past} ms");
        }
        world.advance(absolute - past);
        assert!(!is_in(&desk, &cookie).await, "the absolute end");

        let (mut desk, tokens) = signed_in(&world, "desk", "secretaire").await;
        let cookie = opens(&mut desk, &tokens).await;
        world.advance(inactivity);
        assert!(!is_in(&desk, &cookie).await, "inactivity");
        world.advance(HOUR);

        // What is over is swept up.
        world.advance(30 * DAY);
        let retention = parvis_portal::config::Retention { audit_days: 365, ended_days: 7, messages_days: 30 };
        world.portal.purge(&retention).await.unwrap();
        assert_eq!(world.count("SELECT COUNT(*) FROM web_session").await, 0);
    }

    async fn ses_03_the_pages_button_signs_out_and_only_the_page_can_press_it(world: World) {
        let world = demonstration(world);
        let (mut desk, tokens) = signed_in(&world, "desk", "secretaire").await;
        let cookie = opens(&mut desk, &tokens).await;
        let page = visits(&desk, &cookie).await;
        let token = csrf_token(&page);
        assert_eq!(token, csrf_token(&visits(&desk, &cookie).await), "a reload does not spoil an open page");

        let (mut neighbour, neighbours_tokens) = signed_in(&world, "home", "medecin-a").await;
        let neighbours_cookie = opens(&mut neighbour, &neighbours_tokens).await;
        let foreign = csrf_token(&visits(&neighbour, &neighbours_cookie).await);

        let press = async |headers: &[(&str, &str)], field: &str| {
            let headers: Vec<_> = [FORM, ("cookie", cookie.as_str())].into_iter().chain(headers.iter().copied()).collect();
            desk.raw("POST", "pages/sign-out", &headers, Body::from(format!("csrf_token={field}"))).await
        };
        let own = [("origin", "http://127.0.0.1:8787"), ("sec-fetch-site", "same-origin")];
        for (headers, field) in [
            (&own[..], ""),
            (&own, "x"),
            (&own, &foreign),
            (&[("origin", "https://evil.example")], &token),
            (&[("origin", "null"), ("sec-fetch-site", "cross-site")], &token),
            (&[("sec-fetch-site", "same-site")], &token),
            (&[("origin", "http://127.0.0.1:8788")], &token),
        ] {
            let refused = press(headers, field).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{headers:?} {field}");
            assert!(is_in(&desk, &cookie).await);
        }
        assert_eq!(desk.raw("GET", "pages/sign-out", &[("cookie", &cookie)], Body::empty()).await.status, StatusCode::NOT_FOUND);
        assert!(is_in(&desk, &cookie).await, "a link does not sign out");

        let left = press(&own, &token).await;
        assert_eq!(left.status, StatusCode::OK);
        let gone = left.headers[header::SET_COOKIE].to_str().unwrap();
        assert!(gone.starts_with("parvis_portail-de-sante=; Path=/portail-de-sante; Max-Age=0; HttpOnly"), "{gone}");
        assert!(!is_in(&desk, &cookie).await);
        assert_eq!(desk.clone().refresh(&tokens.text("/refresh_token")).await.error(), "invalid_grant", "the app's session too");
        assert_eq!(world.count("SELECT COUNT(*) FROM event WHERE kind = 'signed_out' AND detail = 'pages'").await, 1);
        // Again: the page of somebody who is not signed in, and no second event.
        assert_eq!(press(&own, &token).await.status, StatusCode::UNAUTHORIZED);
        assert!(is_in(&neighbour, &neighbours_cookie).await);
    }

    async fn prt_08_help_and_the_way_out_stand_under_the_name(world: World) {
        let world = demonstration(world);
        let (mut desk, tokens) = signed_in(&world, "desk", "secretaire").await;
        let cookie = opens(&mut desk, &tokens).await;
        let text = String::from_utf8(visits(&desk, &cookie).await.bytes).unwrap();
        let (_, menu) = text.split_once("<details").unwrap();
        let (menu, rest) = menu.split_once("</details>").unwrap();
        let order = ["<summary>secretaire</summary>", ">Aide<", "assistance@", ">Déconnexion<"];
        let found: Vec<_> = order.iter().map(|part| menu.find(part).unwrap_or_else(|| panic!("{part} in {menu}"))).collect();
        assert!(found.is_sorted(), "{menu}");
        assert!(menu.contains("/pages/sign-out") && !rest.contains("<form"), "one way out");
        assert!(!text.contains("Vous agissez pour"), "for nobody but oneself");
    }

    async fn no_page_sets_a_cookie_and_none_has_a_banner(world: World) {
        let mut world = demonstration(world);
        Arc::get_mut(&mut world.portal).unwrap().profile.registration =
            parvis_portal_profile::parse(include_str!("../../../../profiles/doctolib.toml")).unwrap().registration;
        let (mut desk, tokens) = signed_in(&world, "desk", "secretaire").await;
        let cookie = opens(&mut desk, &tokens).await;
        for path in ["recovery", "activation", "registration", "booking", "booking?appointment=x", "privacy", "pages/space"] {
            for cookie in ["", cookie.as_str()] {
                let page = desk.raw("GET", path, &[("cookie", cookie), ("accept-language", "fr")], Body::empty()).await;
                let text = String::from_utf8_lossy(&page.bytes);
                assert!(text.starts_with("<!DOCTYPE html>"), "{path}");
                assert!(!page.headers.contains_key(header::SET_COOKIE), "{path}");
                assert!(!text.contains("<dialog") && !text.contains("role=\"dialog\"") && !text.contains("role=\"alertdialog\""), "{path}");
                assert_eq!(text.contains("cookie"), path == "privacy", "{path}");
                assert!(text.contains("href=\"/portail-de-sante/privacy?lang=fr\""), "{path}");
            }
        }
        for (language, words) in [("fr", "bandeau"), ("en", "banner"), ("de", "Banner")] {
            let page = desk.raw("GET", &format!("privacy?lang={language}"), &[], Body::empty()).await;
            let text = String::from_utf8_lossy(&page.bytes).into_owned();
            assert!(page.status == StatusCode::OK && text.contains("HttpOnly") && text.contains(words), "{text}");
        }
    }
}

on_both_engines! {
    with dentists
    async fn a_delegate_sees_on_whose_behalf(world: World) {
        let world = demonstration(world);
        let (mut desk, token) = dentist(&world, "00456").await;
        invite(&mut desk, &token, "Léa Petit", "lea@example.org").await;
        let link = world.link_to("lea@").await.unwrap();
        complete(&mut desk, &link, NEW_PASSWORD).await;
        let mut lea = Client { role: "delegate".to_owned(), ..world.desk("accueil") };
        let authorized = lea.password("lea@example.org", NEW_PASSWORD).await;
        let tokens = lea.redeem(&authorized).await;
        let cookie = opens(&mut lea, &tokens).await;
        let text = String::from_utf8(visits(&lea, &cookie).await.bytes).unwrap();
        assert!(text.contains("<dt>Vous agissez pour</dt><dd><div>Dr Paul Côté</div></dd>"), "{text}");
    }
}
