//! PRT, CHN, SRV: the grammar of the wire.

use crate::{
    client::{Client, ISSUER, Reply, random, wrong},
    on_both_engines,
    trust::{sign_in, sign_in_trusted},
    world::{DAY, HOUR, MINUTE, PASSWORD, SECOND},
};
use parvis_portal::{clock::PortalClock, hash::HashCost, http};
use parvis_protocol::{
    clock::Clock,
    entropy::{OsEntropy, opaque_short},
};
use serde_json::json;

async fn form(client: &mut Client, body: Vec<u8>, content_type: &str) -> Reply {
    client.refresh_nonce().await;
    let proof = client.proof("POST", "challenge", None);
    client.raw("POST", "challenge", &[("content-type", content_type), ("dpop", &proof)], body.into()).await
}

const FORM: &str = "application/x-www-form-urlencoded";

on_both_engines! {
    async fn prt_01_steps_out_of_order_are_refused(world: World) {
        let mut desk = world.desk("accueil 2");
        let id = || opaque_short(&OsEntropy);
        let verifier = desk.verifier.clone();
        // Nothing before the password.
        let nothing = random();
        assert_eq!(desk.choose(&nothing, "email").await.error(), "invalid_session");
        assert_eq!(desk.code_with(&nothing, "c_x", "123456", &[]).await.error(), "invalid_session");
        assert_eq!(desk.post("challenge", &[("auth_session", &nothing), ("challenge_id", "c_x")]).await.error(), "invalid_session");
        assert_eq!(desk.redeem_with(&nothing, &verifier, &id()).await.error(), "invalid_grant");
        assert_eq!(desk.refresh(&nothing).await.error(), "invalid_grant");
        // After the password: no redemption, no refresh, no call.
        let asked = desk.password("medecin-a", PASSWORD).await;
        let session = asked.text("/auth_session");
        let code = world.code_to("medecin-a@").await;
        assert_eq!(desk.redeem_with(&session, &verifier, &id()).await.error(), "invalid_grant");
        assert_eq!(desk.refresh(&session).await.error(), "invalid_grant");
        assert_eq!(desk.call("GET", "account/me", &session).await.status, 401);
        // After the code: no other code, no method, no poll.
        let authorized = desk.code(&asked, &code).await;
        let (session, challenge) = (authorized.text("/auth_session"), asked.text("/next/challenge_id"));
        for _ in 0..2 {
            assert_eq!(desk.code_with(&session, &challenge, &code, &[]).await.error(), "invalid_session");
            assert_eq!(desk.choose(&session, "email").await.error(), "invalid_session");
            assert_eq!(desk.post("challenge", &[("auth_session", &session), ("challenge_id", &challenge)]).await.error(), "invalid_session");
        }
        assert_eq!(desk.refresh(&authorized.text("/authorization_code")).await.error(), "invalid_grant");
        // After the tokens: the sign-in is over.
        let tokens = desk.redeem(&authorized).await;
        let last = tokens.text("/auth_session");
        for session in [&session, &last] {
            assert_eq!(desk.code_with(session, &challenge, &code, &[]).await.error(), "invalid_session");
            assert_eq!(desk.choose(session, "sms").await.error(), "invalid_session");
        }
        assert_eq!(desk.call("GET", "account/me", &tokens.text("/access_token")).await.status, 200);
        assert_eq!(world.events("code_requested").await, 1);
    }

    async fn prt_02_an_auth_session_belongs_to_one_key_and_lives_for_ten_idle_minutes(world: World) {
        let mut desk = world.desk("accueil 2");
        let asked = desk.password("medecin-a", PASSWORD).await;
        let code = world.code_to("medecin-a@").await;
        let (session, challenge) = (asked.text("/auth_session"), asked.text("/next/challenge_id"));
        assert_eq!(session.len(), 43);
        let mut other = desk.again();
        assert_eq!(other.code(&asked, &code).await.error(), "invalid_session");
        // Another account's, with its own session.
        let mut b = desk.again();
        let of_b = b.password("medecin-b", PASSWORD).await;
        assert_eq!(b.code_with(&session, &challenge, &code, &[]).await.error(), "invalid_session");
        assert_eq!(b.code_with(&of_b.text("/auth_session"), &challenge, &code, &[]).await.error(), "invalid_request");
        // A poll keeps it, ten minutes end it.
        let poll = [("auth_session", session.as_str()), ("challenge_id", challenge.as_str())];
        for _ in 0..2 {
            world.advance(10 * MINUTE - 1);
            assert_eq!(desk.post("challenge", &poll).await.error(), "insufficient_authorization");
        }
        world.advance(10 * MINUTE);
        assert_eq!(desk.post("challenge", &poll).await.error(), "invalid_session");
        // Replaced when a factor is completed: the old value repeats what was answered, and nothing else.
        let mut desk = world.desk("accueil 2");
        let asked = desk.password("medecin-a", PASSWORD).await;
        let code = world.code_to("medecin-a@").await;
        let authorized = desk.code(&asked, &code).await;
        assert!(authorized.is_authorized());
        assert_eq!(desk.code(&asked, &code).await.error(), "invalid_session");
        assert_eq!(desk.choose(&asked.text("/auth_session"), "sms").await.error(), "invalid_session");
        assert_eq!(desk.redeem(&authorized).await.status, 200);
    }

    async fn prt_03_another_client_is_refused(world: World) {
        let mut desk = world.desk("accueil 2");
        assert_eq!(desk.password_with("medecin-a", PASSWORD, &[("client_id", "other")]).await.error(), "invalid_client");
        assert_eq!(desk.password_with("medecin-a", PASSWORD, &[("scope", "openid admin")]).await.error(), "invalid_scope");
        let asked = desk.password("medecin-a", PASSWORD).await;
        let id = opaque_short(&OsEntropy);
        let fields = [("auth_session", asked.text("/auth_session")), ("request_id", id), ("method", "sms".to_owned()), ("client_id", "other".to_owned())];
        let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
        assert_eq!(desk.post("challenge", &fields).await.error(), "invalid_client");
        for grant in ["authorization_code", "refresh_token"] {
            let fields = [("grant_type", grant), ("client_id", "other"), ("code", "x"), ("refresh_token", "x")];
            assert_eq!(desk.post("token", &fields).await.error(), "invalid_client");
        }
    }

    async fn prt_04_malformed_requests_cost_nothing(world: World) {
        let mut desk = world.desk("accueil 2");
        desk.refresh_nonce().await;
        let before = world.portal.hashes.executed();
        let good = serde_urlencoded::to_string(desk.password_fields("medecin-a", PASSWORD, &[])).unwrap();
        let bodies = [
            format!("{good}&password=x"), format!("{good}&username=medecin-a"), format!("{good}&unknown={}", "x".repeat(257)),
            good.replace("scope=openid", &format!("scope={}", "x".repeat(1 << 20))), format!("{good}&x=%ff"),
            good.replace("role=professional", "role=nobody"), good.replace("device_id=", "device_id=x"), good.replace("username=medecin-a", ""),
            String::new(), "=".to_owned(), "&&&".to_owned(), "{}".to_owned(),
        ];
        for body in bodies {
            let reply = form(&mut desk, body.clone().into_bytes(), FORM).await;
            assert_eq!((reply.status.as_u16(), reply.error()), (400, "invalid_request"), "{}", &body[..body.len().min(80)]);
        }
        for content_type in ["application/json", "text/plain", "multipart/form-data; boundary=x", "", "application/x-www-form-urlencodedx"] {
            assert_eq!(form(&mut desk, good.clone().into_bytes(), content_type).await.error(), "invalid_request", "{content_type}");
        }
        let proof = desk.proof("POST", "challenge", None);
        let headers = [("content-type", FORM), ("dpop", proof.as_str())];
        let in_query = desk.raw("POST", &format!("challenge?{good}"), &headers, "".into()).await;
        assert_eq!(in_query.error(), "invalid_request");
        assert_eq!(desk.raw("GET", "challenge", &headers, "".into()).await.status, 404);
        assert_eq!(world.portal.hashes.executed(), before);
        for table in [
            "SELECT COUNT(*) FROM password_throttle", "SELECT COUNT(*) FROM auth_session", "SELECT COUNT(*) FROM message",
            "SELECT COUNT(*) FROM proof", "SELECT COUNT(*) FROM event WHERE kind <> 'account_created'",
        ] {
            assert_eq!(world.count(table).await, 0, "{table}");
        }
        assert_eq!(form(&mut desk, good.into_bytes(), "application/x-www-form-urlencoded; charset=UTF-8").await.json["next"]["step"], "otp");
        // Codes: a malformed request_id, an absent one, a box without its proof.
        let asked = desk.again().password("medecin-b", PASSWORD).await;
        let (session, challenge) = (asked.text("/auth_session"), asked.text("/next/challenge_id"));
        let base = [("auth_session", session.as_str()), ("challenge_id", challenge.as_str()), ("otp", "123456")];
        let id = opaque_short(&OsEntropy);
        for more in [vec![], vec![("request_id", "x")], vec![("request_id", id.as_str()), ("remember_device", "true")], vec![("request_id", id.as_str()), ("remember_device", "yes")]] {
            let fields: Vec<_> = base.into_iter().chain(more).collect();
            assert_eq!(desk.post("challenge", &fields).await.error(), "invalid_request", "{fields:?}");
        }
        assert_eq!(world.events("code_rejected").await, 0);
    }

    async fn prt_05_redirect_to_web_has_no_request_uri(world: World) {
        let mut desk = world.desk("accueil 2");
        let reply = desk.password_with("medecin-a", PASSWORD, &[("supported", "webauthn")]).await;
        assert_eq!(reply.json, json!({"error": "redirect_to_web"}));
        // Only the right password tells it.
        assert_eq!(desk.password_with("medecin-a", "wrong", &[("supported", "webauthn")]).await.problem(), "credentials_rejected");
        // Nothing was sent.
        assert_eq!(world.count("SELECT COUNT(*) FROM message").await, 0);
    }

    async fn metadata_and_profile_have_the_contracts_shapes(world: World) {
        let desk = world.desk("accueil 2");
        let request = axum::http::Request::get("/.well-known/oauth-authorization-server/portail-de-sante").body(axum::body::Body::empty()).unwrap();
        let response = tower::ServiceExt::oneshot(desk.app.clone(), request).await.unwrap();
        assert_eq!(response.status(), 200);
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 16).await.unwrap();
        let metadata: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(metadata["issuer"], ISSUER);
        for endpoint in ["authorization_challenge_endpoint", "token_endpoint", "revocation_endpoint", "end_session_endpoint", "jwks_uri"] {
            assert!(metadata[endpoint].as_str().unwrap().starts_with(ISSUER), "{endpoint}");
        }
        assert_eq!(metadata["dpop_signing_alg_values_supported"], json!(["ES256"]));
        assert_eq!(metadata["acr_values_supported"], json!(["pwd", "mfa-email", "mfa-sms", "mfa-trusted"]));
        assert_eq!(metadata["parvis"]["version"], 1);
        for endpoint in ["profile_uri", "account_uri", "session_bootstrap_endpoint"] {
            assert!(metadata["parvis"][endpoint].as_str().unwrap().starts_with(ISSUER), "{endpoint}");
        }
        let profile = desk.raw("GET", "profile", &[], "".into()).await;
        for member in ["id", "name", "languages", "roles", "password", "methods", "trust", "registration", "support"] {
            assert!(profile.json.get(member).is_some(), "{member}");
        }
        assert_eq!(profile.json["roles"][0]["id"], "professional");
        assert_eq!(profile.json["roles"][0]["identifiers"], json!(["identifier", "email"]));
        assert_eq!(profile.json["trust"]["max_age_s"], 86_400);
        // How it defends itself is its own business.
        for member in ["password_tries", "code_tries", "second_factor", "rights"] {
            assert!(profile.json.get(member).is_none(), "{member}");
        }
    }

    async fn srv_02_headers_of_every_answer(world: World) {
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in(&world, &mut desk, "secretaire").await;
        let replies = [
            desk.raw("GET", "jwks", &[], "".into()).await, desk.raw("GET", "profile", &[], "".into()).await,
            desk.raw("GET", "nowhere", &[], "".into()).await, desk.raw("PUT", "token", &[], "".into()).await,
            desk.raw("POST", "challenge", &[("origin", "https://evil.example")], "".into()).await,
            desk.raw("OPTIONS", "token", &[("origin", "https://evil.example"), ("access-control-request-method", "POST")], "".into()).await,
            desk.password("medecin-a", "wrong").await, tokens.clone(), desk.call("GET", "account/me", "x").await,
        ];
        for reply in replies {
            let header = |name: &str| reply.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default();
            assert_eq!(header("cache-control"), "no-store", "{reply:?}");
            assert_eq!(header("x-content-type-options"), "nosniff");
            assert_eq!(header("referrer-policy"), "no-referrer");
            assert_eq!(header("x-frame-options"), "DENY");
            assert!(header("content-security-policy").starts_with("default-src 'none'"));
            assert!(header("strict-transport-security").starts_with("max-age="));
            assert!(!reply.headers.keys().any(|name| name.as_str().starts_with("access-control-") || name == "set-cookie" || name == "location" || name == "server"));
        }
        // A fresh nonce on OAuth and account answers.
        let first = desk.password("medecin-a", "wrong").await.headers["dpop-nonce"].clone();
        world.advance(SECOND);
        assert_ne!(desk.call("GET", "account/me", &tokens.text("/access_token")).await.headers["dpop-nonce"], first);
    }

    async fn srv_05_without_its_database_nobody_signs_in(world: World) {
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in(&world, &mut desk, "secretaire").await;
        let asked = desk.again().password("medecin-a", PASSWORD).await;
        world.portal.store.close().await;
        let (session, access) = (asked.text("/auth_session"), tokens.text("/access_token"));
        let replies = [
            desk.password("secretaire", PASSWORD).await, desk.password("nobody", "x").await, desk.choose(&session, "sms").await,
            desk.code(&asked, "123456").await, desk.refresh(&tokens.text("/refresh_token")).await,
            desk.redeem_with(&random(), &random(), &opaque_short(&OsEntropy)).await, desk.end_session(&random(), true).await,
            desk.post("revoke", &[("token", &access)]).await, desk.call("GET", "account/me", &access).await,
        ];
        for reply in replies {
            assert_eq!((reply.status.as_u16(), reply.error()), (503, "temporarily_unavailable"), "{reply:?}");
            assert_eq!(reply.headers["retry-after"], "5");
            assert!(!String::from_utf8_lossy(&reply.bytes).contains("sql"));
        }
    }

    async fn ui_locales_choose_the_language_of_the_mail(world: World) {
        for (n, (wished, expected)) in [("de", "de"), ("en-GB fr", "en"), ("it de", "de"), ("it", "fr"), ("", "fr"), ("x-!!", "fr")].into_iter().enumerate() {
            let mut desk = world.desk(&format!("poste {n}"));
            desk.password_with("medecin-b", PASSWORD, &[("ui_locales", wished)]).await;
            let language: String = sqlx::query_scalar("SELECT language FROM message ORDER BY created_at DESC LIMIT 1")
                .fetch_one(world.portal.store.read()).await.unwrap();
            assert_eq!(language, expected, "{wished}");
            world.portal.send_due_messages().await.unwrap();
            world.advance(16 * MINUTE);
        }
        let mails = world.messages().concat();
        assert!(mails.contains("Content-Language: de") || mails.contains("Code"), "{mails}");
    }

    async fn wrong_role_is_told_after_the_right_password_only(world: World) {
        let two = world.another(|profile| {
            let mut second = profile.roles[0].clone();
            "secretary".clone_into(&mut second.id);
            profile.roles.push(second);
        }, HashCost::MINIMAL).await;
        let mut desk = world.desk("accueil 2");
        desk.app = http::router(&[two], &[]);
        let wrong = desk.password_with("medecin-a", "wrong", &[("role", "secretary")]).await;
        assert_eq!(wrong.json, json!({"error": "insufficient_authorization", "next": {"step": "password"}, "problem": "credentials_rejected"}));
        let reply = desk.password_with("medecin-a", PASSWORD, &[("role", "secretary")]).await;
        assert_eq!(reply.status, 400);
        assert_eq!(reply.json, json!({"error": "insufficient_authorization", "next": {"step": "password", "roles": ["professional"]}, "problem": "wrong_role"}));
        assert_eq!(world.count("SELECT COUNT(*) FROM auth_session").await, 0);
        assert_eq!(desk.password("medecin-a", PASSWORD).await.json["next"]["step"], "otp");
    }

    async fn chn_01_the_rights_rule_decides_on_the_second_factor(world: World) {
        for (name, due) in [("administrateur", true), ("medecin-a", true), ("secretaire", false)] {
            let reply = world.desk(name).password(name, PASSWORD).await;
            assert_eq!(reply.is_authorized(), !due, "{name}");
        }
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in(&world, &mut desk, "secretaire").await;
        let id = crate::client::claims(&tokens.text("/id_token"));
        assert_eq!((id["acr"].as_str(), id.get("mfa_time")), (Some("pwd"), None));
        let me = desk.call("GET", "account/me", &tokens.text("/access_token")).await;
        assert_eq!(me.json["second_factor_due"], false);
        // A right given between password and redemption makes it due.
        let mut waiting = world.desk("x");
        let authorized = waiting.password("secretaire", PASSWORD).await;
        world.execute("UPDATE account SET rights = 'administration' WHERE identifier = 'secretaire'").await;
        assert_eq!(waiting.redeem(&authorized).await.error(), "invalid_grant");
    }

    async fn chn_07_no_hint_before_the_right_password(world: World) {
        let mut desk = world.desk("accueil 2");
        let refused = desk.password("medecin-a", "wrong").await;
        assert_eq!(refused.json.as_object().unwrap().keys().collect::<Vec<_>>(), ["error", "next", "problem"]);
        let asked = desk.password("medecin-a", PASSWORD).await;
        let text = String::from_utf8(asked.bytes.clone()).unwrap();
        assert_eq!(asked.text("/next/hint"), "m•••@e•••.org");
        assert!(!text.contains("medecin") && !text.contains("61234"), "{text}");
    }

    async fn otp_13_a_clock_that_ran_back_is_not_ready_and_signs_nobody_in(world: World) {
        let ready = async |desk: &Client| {
            let request = axum::http::Request::get("/readyz").body(axum::body::Body::empty()).unwrap();
            let response = tower::ServiceExt::oneshot(desk.app.clone(), request).await.unwrap();
            let status = response.status().as_u16();
            (status, String::from_utf8(axum::body::to_bytes(response.into_body(), 1 << 16).await.unwrap().to_vec()).unwrap())
        };
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in_trusted(&world, &mut desk, "medecin-a").await;
        let asked = desk.again().password("medecin-b", PASSWORD).await;
        let code = world.code_to("medecin-b@").await;
        assert_eq!(ready(&desk).await.0, 200);
        // An hour back: nothing lives again.
        world.advance(HOUR);
        assert_eq!(desk.call("GET", "account/me", &tokens.text("/access_token")).await.status, 401);
        world.advance(-HOUR);
        assert_eq!(ready(&desk).await.0, 200);
        assert_eq!(desk.call("GET", "account/me", &tokens.text("/access_token")).await.status, 401);
        assert_eq!(desk.code(&asked, &wrong(&code)).await.error(), "invalid_session");
        // More than a day: not ready.
        world.advance(-(DAY + MINUTE));
        let (status, body) = ready(&desk).await;
        assert_eq!((status, body.contains("clock_rollback")), (503, true), "{body}");
        assert_eq!(desk.password("secretaire", PASSWORD).await.status, 503);
        world.advance(DAY + HOUR);
        assert_eq!(ready(&desk).await.0, 200);
    }

    async fn tru_03_a_trust_granted_in_a_wrong_future_holds_no_longer_than_a_day(world: World) {
        let mut desk = world.desk("accueil 2");
        world.advance(365 * DAY);
        sign_in_trusted(&world, &mut desk, "medecin-a").await;
        world.advance(-365 * DAY);
        let reply = desk.again().password("medecin-a", PASSWORD).await;
        assert!(!reply.is_authorized(), "{reply:?}");
        assert_eq!(reply.json["reason"], "expired");
    }

    async fn otp_13_after_a_wrong_year_the_operators_command_heals(world: World) {
        let mut desk = world.desk("accueil 2");
        world.advance(365 * DAY);
        let tokens = sign_in_trusted(&world, &mut desk, "medecin-a").await;
        let asked = desk.again().password("medecin-b", PASSWORD).await;
        let code = world.code_to("medecin-b@").await;
        for _ in 0..3 {
            desk.code(&asked, &wrong(&code)).await;
        }
        let mut stranger = world.desk("ailleurs");
        for _ in 0..6 {
            stranger.password("secretaire", "wrong").await;
        }
        world.portal.clock.save(&world.portal.store).await.unwrap();
        world.advance(-365 * DAY);
        assert_eq!(stranger.password("secretaire", PASSWORD).await.status, 429);
        PortalClock::reset(&world.portal.store, world.clock.now()).await.unwrap();
        let app = http::router(&[world.second_process().await], &[]);
        for client in [&mut desk, &mut stranger] {
            client.app = app.clone();
        }
        assert_eq!(desk.call("GET", "account/me", &tokens.text("/access_token")).await.status, 401);
        assert_eq!(desk.refresh(&tokens.text("/refresh_token")).await.error(), "invalid_grant");
        for name in ["medecin-a", "medecin-b"] {
            let asked = desk.again().password(name, PASSWORD).await;
            assert_eq!((asked.problem(), asked.json["next"]["delivery"].as_str()), ("", Some("queued")), "{name} {asked:?}");
        }
        // A wrong password's delay goes by itself: five wrong ones stay five.
        world.advance(2 * MINUTE);
        assert!(stranger.password("secretaire", PASSWORD).await.is_authorized());
    }

    async fn a_block_and_a_handover_at_once_do_not_wait_for_each_other(world: World) {
        let account = world.portal.account("medecin-a").await.unwrap().unwrap();
        for n in 0..6 {
            let mut desk = world.desk(&format!("poste {n}"));
            let of_a = sign_in_trusted(&world, &mut desk, "medecin-a").await;
            let mut other = desk.again();
            let authorized = other.password("secretaire", PASSWORD).await;
            other.refresh_nonce().await;
            let (portal, subject) = (world.portal.clone(), account.subject.clone());
            let block = tokio::spawn(async move { portal.block_account(&subject).await });
            assert_eq!(other.redeem(&authorized).await.status, 200);
            block.await.unwrap().unwrap();
            assert_eq!(desk.call("GET", "account/me", &of_a.text("/access_token")).await.status, 401);
            assert_eq!(world.count("SELECT COUNT(*) FROM trust").await, 0);
            world.portal.unblock_account(&account).await.unwrap();
            world.advance(MINUTE);
        }
    }

    async fn trust_ended_is_told_until_a_sign_in_completes(world: World) {
        let mut desk = world.desk("accueil 2");
        sign_in_trusted(&world, &mut desk, "medecin-a").await;
        world.advance(DAY);
        for _ in 0..2 {
            let asked = desk.again().password("medecin-a", PASSWORD).await;
            assert_eq!((asked.problem(), asked.json["reason"].as_str()), ("trust_ended", Some("expired")));
        }
        sign_in(&world, &mut desk.again(), "medecin-a").await;
        world.advance(MINUTE);
        assert_eq!(desk.again().password("medecin-a", PASSWORD).await.problem(), "");
    }

    async fn two_sign_ins_at_once_ask_one_question_and_send_one_message(world: World) {
        let other = http::router(&[world.second_process().await], &[]);
        for round in 1..=8 {
            let desk = world.desk(&format!("poste {round}"));
            let mut tasks = Vec::new();
            for n in 0..4 {
                let mut desk = desk.again();
                if n % 2 == 1 {
                    desk.app = other.clone();
                }
                tasks.push(tokio::spawn(async move { desk.password("medecin-a", PASSWORD).await }));
            }
            let mut questions = Vec::new();
            for task in tasks {
                let reply = task.await.unwrap();
                assert_eq!(reply.problem(), "", "{reply:?}");
                questions.push(reply.text("/next/challenge_id"));
            }
            questions.dedup();
            assert_eq!((questions.len(), world.count("SELECT COUNT(*) FROM message").await), (1, round));
            world.advance(3 * HOUR);
        }
    }
}
