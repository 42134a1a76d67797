//! CHN, OTP-07: a person changes the e-mail address or the « téléphone de secours ».

use crate::{
    client::{Client, Reply, wrong},
    on_both_engines,
    password::is_open,
    recovery::{NEW_PASSWORD, complete},
    trust::{sign_in, sign_in_trusted},
    world::{MINUTE, PASSWORD, SECOND, World},
};
use serde_json::{Value, json};

const NEW_EMAIL: &str = "cabinet@exemple.org";
const NEW_PHONE: &str = "+33698765432";

async fn patch(client: &mut Client, tokens: &Reply, body: &Value) -> Reply {
    client.json("PATCH", "account/me", Some(&tokens.text("/access_token")), body).await
}

async fn prove(client: &mut Client, tokens: &Reply, pending: &Reply, code: &str) -> Reply {
    let body = json!({"challenge_id": pending.text("/pending/challenge_id"), "otp": code});
    patch(client, tokens, &body).await
}

on_both_engines! {
    async fn chn_03_a_number_is_used_once_a_code_has_proved_it(world: World) {
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in(&world, &mut desk, "medecin-b").await;
        let pending = patch(&mut desk, &tokens, &json!({"phone": "06 98 76 54 32"})).await;
        assert_eq!(pending.status, 200, "{pending:?}");
        assert_eq!((pending.text("/pending/field").as_str(), pending.text("/pending/hint").as_str()), ("phone", "•• 32"));
        assert_eq!((pending.number("/pending/length"), pending.number("/pending/expires_in"), pending.number("/pending/resend_after")), (6, 300, 30));
        assert_eq!((pending.number("/pending/attempts_remaining"), pending.number("/pending/sends_remaining")), (3, 2));
        assert_eq!((pending.json["phone"].is_null(), pending.text("/pending/delivery").as_str()), (true, "queued"));
        // Unproved, it gets no sign-in code.
        let mut other = world.desk("accueil 1");
        let asked = other.password("medecin-b", PASSWORD).await;
        assert_eq!(asked.json["next"]["methods"].as_array().unwrap().len(), 1);
        assert_eq!(other.choose(&asked.text("/auth_session"), "sms").await.error(), "invalid_request");
        let code = world.code_to(NEW_PHONE).await;
        let card = prove(&mut desk, &tokens, &pending, &code).await;
        assert_eq!((card.text("/phone").as_str(), card.json["phone_verified"].as_bool(), card.json.get("pending")), (NEW_PHONE, Some(true), None));
        let asked = desk.again().password("medecin-b", PASSWORD).await;
        let methods: Vec<&str> = asked.json["next"]["methods"].as_array().unwrap().iter().map(|method| method["id"].as_str().unwrap()).collect();
        assert_eq!(methods, ["email", "sms"]);
    }

    async fn chn_05_a_pending_address_gets_its_code_alone_and_the_old_one_is_told(world: World) {
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in(&world, &mut desk, "medecin-a").await;
        let pending = patch(&mut desk, &tokens, &json!({"email": " Cabinet@Exemple.org "})).await;
        assert_eq!(pending.text("/email"), "medecin-a@example.org");
        let code = world.code_to(NEW_EMAIL).await;
        let mut stranger = world.desk("ailleurs");
        // CVE-2023-7028: neither a recovery link nor a sign-in code goes to an address that nobody has proved.
        assert_eq!(stranger.json("POST", "account/recovery", None, &json!({"identifier": NEW_EMAIL})).await.status, 202);
        stranger.json("POST", "account/recovery", None, &json!({"identifier": "medecin-a"})).await;
        world.advance(MINUTE);
        stranger.password("medecin-a", PASSWORD).await;
        assert!(world.messages_to(NEW_EMAIL, "").await.is_empty());
        assert_eq!(stranger.password(NEW_EMAIL, PASSWORD).await.problem(), "credentials_rejected");
        let old = world.link_to("medecin-a@").await.unwrap();
        let card = prove(&mut desk, &tokens, &pending, &code).await;
        assert_eq!((card.status.as_u16(), card.text("/email").as_str()), (200, NEW_EMAIL));
        let told = world.messages_to("medecin-a@example.org", "Cette adresse ne recevra plus").await;
        assert_eq!(told.len(), 1);
        assert_eq!(world.messages_to("+33612345678", "adresse e-mail").await.len(), 1);
        assert!(world.messages_to(NEW_EMAIL, "").await.is_empty());
        // The link that was mailed to the old address is worth nothing; the old address is no name any more.
        assert_eq!(complete(&mut stranger, &old, NEW_PASSWORD).await.problems(), ["token expired"]);
        assert_eq!(stranger.password("medecin-a@example.org", PASSWORD).await.problem(), "credentials_rejected");
        assert_eq!(stranger.password(NEW_EMAIL, PASSWORD).await.json["next"]["step"], "otp");
        assert_eq!(link_of(&world, &mut stranger, "medecin-a", NEW_EMAIL).await.map(|token| token.len()), Some(43));
    }

    async fn chn_04_a_change_ends_trust_and_other_sessions_and_needs_a_recent_second_factor(world: World) {
        let mut home = world.desk("cabinet");
        let trusted = sign_in_trusted(&world, &mut home, "medecin-a").await;
        world.advance(MINUTE);
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in(&world, &mut desk, "medecin-a").await;
        let pending = patch(&mut desk, &tokens, &json!({"phone": NEW_PHONE})).await;
        let code = world.code_to(NEW_PHONE).await;
        assert!(is_open(&mut home, &trusted).await, "asking changes nothing");
        assert_eq!(prove(&mut desk, &tokens, &pending, &code).await.status, 200);
        assert!(!is_open(&mut home, &trusted).await && is_open(&mut desk, &tokens).await);
        let back = home.again().password("medecin-a", PASSWORD).await;
        assert_eq!(back.json["reason"], "credentials_changed");
        for to in ["medecin-a@", "+33612345678"] {
            assert_eq!(world.messages_to(to, "moyens de connexion").await.len() + world.messages_to(to, "recevoir vos codes").await.len(), 1, "{to}");
        }
        assert!(world.messages_to(NEW_PHONE, "").await.is_empty());
        assert_eq!(world.events("contact_changed").await, 1);
        world.advance(5 * MINUTE + 1);
        let later = desk.refresh(&tokens.text("/refresh_token")).await;
        for body in [json!({"phone": ""}), json!({"email": NEW_EMAIL}), json!({"challenge_id": "c_x", "otp": "123456"})] {
            assert_eq!(patch(&mut desk, &later, &body).await.error(), "insufficient_user_authentication");
        }
    }

    async fn a_number_is_removed_and_the_person_is_told_there_too(world: World) {
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in(&world, &mut desk, "medecin-a").await;
        let card = patch(&mut desk, &tokens, &json!({"phone": ""})).await;
        assert_eq!((card.status.as_u16(), card.json["phone"].is_null(), card.json["phone_verified"].as_bool()), (200, true, Some(false)));
        assert_eq!(world.messages_to("+33612345678", "moyens de connexion").await.len(), 1);
        assert_eq!(desk.again().password("medecin-a", PASSWORD).await.json["next"]["methods"].as_array().unwrap().len(), 1);
        // Once more changes nothing.
        assert_eq!(patch(&mut desk, &tokens, &json!({"phone": ""})).await.status, 200);
        assert_eq!(world.events("contact_changed").await, 1);
    }

    async fn otp_07_a_code_of_a_contact_is_no_sign_in_code_and_none_is_one_of_a_contact(world: World) {
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in(&world, &mut desk, "medecin-a").await;
        let pending = patch(&mut desk, &tokens, &json!({"email": NEW_EMAIL})).await;
        let contact = world.code_to(NEW_EMAIL).await;
        world.advance(MINUTE);
        let mut beside = desk.again();
        let asked = beside.password("medecin-a", PASSWORD).await;
        let sign_in_code = world.code_to("medecin-a@").await;
        assert_eq!(prove(&mut desk, &tokens, &pending, &sign_in_code).await.problems(), ["otp rejected"]);
        assert_eq!(beside.code(&asked, &contact).await.problem(), "code_rejected");
        let swapped = beside.code_with(&asked.text("/auth_session"), &pending.text("/pending/challenge_id"), &contact, &[]).await;
        assert_eq!(swapped.error(), "invalid_request");
        let body = json!({"challenge_id": asked.text("/next/challenge_id"), "otp": sign_in_code});
        assert_eq!(patch(&mut desk, &tokens, &body).await.problems(), ["otp expired"]);
        // Another person's question is none of mine.
        let mut other = world.desk("accueil 1");
        let theirs = sign_in(&world, &mut other, "medecin-b").await;
        assert_eq!(prove(&mut other, &theirs, &pending, &contact).await.problems(), ["otp expired"]);
        assert_eq!(prove(&mut desk, &tokens, &pending, &contact).await.status, 200);
        assert_eq!(prove(&mut desk, &tokens, &pending, &contact).await.problems(), ["otp expired"]);
    }

    async fn otp_05_wrong_codes_of_a_contact_are_counted_over_all_questions_and_block_no_sign_in(world: World) {
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in(&world, &mut desk, "medecin-a").await;
        let pending = patch(&mut desk, &tokens, &json!({"email": NEW_EMAIL})).await;
        let code = world.code_to(NEW_EMAIL).await;
        let malformed = prove(&mut desk, &tokens, &pending, "12345").await;
        assert_eq!(malformed.problems(), ["otp malformed"]);
        let first = prove(&mut desk, &tokens, &pending, &wrong(&code)).await;
        assert_eq!((first.problems(), first.number("/problems/0/params/attempts_remaining")), (vec!["otp rejected".to_owned()], 2));
        world.advance(31 * SECOND);
        let other = patch(&mut desk, &tokens, &json!({"email": "autre@exemple.org"})).await;
        assert_eq!(other.number("/pending/attempts_remaining"), 2);
        let code = world.code_to("autre@exemple.org").await;
        prove(&mut desk, &tokens, &other, &wrong(&code)).await;
        let blocked = prove(&mut desk, &tokens, &other, &wrong(&code)).await;
        assert_eq!(blocked.problems(), ["otp blocked"]);
        assert_eq!(prove(&mut desk, &tokens, &other, &code).await.problems(), ["otp blocked"]);
        assert_eq!(patch(&mut desk, &tokens, &json!({"email": NEW_EMAIL})).await.problems(), ["email blocked"]);
        let asked = desk.again().password("medecin-a", PASSWORD).await;
        assert_eq!(asked.number("/next/attempts_remaining"), 3);
    }

    async fn otp_02_of_sixty_four_right_codes_one_changes_the_contact(world: World) {
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in(&world, &mut desk, "medecin-a").await;
        let pending = patch(&mut desk, &tokens, &json!({"phone": NEW_PHONE})).await;
        let code = world.code_to(NEW_PHONE).await;
        desk.refresh_nonce().await;
        let mut tasks = Vec::new();
        for _ in 0..64 {
            let (client, token) = (desk.clone(), tokens.text("/access_token"));
            let body = json!({"challenge_id": pending.text("/pending/challenge_id"), "otp": code}).to_string();
            tasks.push(tokio::spawn(async move { client.json_as_is("PATCH", "account/me", Some(&token), body).await }));
        }
        let mut proved = 0;
        for task in tasks {
            proved += i32::from(task.await.unwrap().status == 200);
        }
        assert_eq!((proved, world.events("contact_changed").await), (1, 1));
    }

    async fn otp_06_the_same_contact_again_is_the_same_code_within_the_limits(world: World) {
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in(&world, &mut desk, "medecin-a").await;
        let email = json!({"email": NEW_EMAIL});
        let first = patch(&mut desk, &tokens, &email).await;
        let code = world.code_to(NEW_EMAIL).await;
        let early = patch(&mut desk, &tokens, &email).await;
        assert_eq!((early.problems(), early.number("/problems/0/params/until") > 0), (vec!["email send_refused".to_owned()], true));
        world.advance(30 * SECOND);
        let second = patch(&mut desk, &tokens, &email).await;
        assert_eq!(second.text("/pending/challenge_id"), first.text("/pending/challenge_id"));
        assert_eq!(world.code_to(NEW_EMAIL).await, code);
        world.advance(180 * SECOND);
        let third = patch(&mut desk, &tokens, &email).await;
        assert_ne!(third.text("/pending/challenge_id"), first.text("/pending/challenge_id"));
        let newer = world.code_to(NEW_EMAIL).await;
        assert_ne!(newer, code);
        world.advance(30 * SECOND);
        assert_eq!(patch(&mut desk, &tokens, &json!({"email": "autre@exemple.org"})).await.problems(), ["email send_refused"]);
        // The older code stays good until its own end.
        assert_eq!(prove(&mut desk, &tokens, &third, &code).await.status, 200);
    }

    async fn otp_04_the_code_of_a_contact_is_over_after_its_time(world: World) {
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in(&world, &mut desk, "medecin-a").await;
        world.advance(SECOND);
        let pending = patch(&mut desk, &tokens, &json!({"email": NEW_EMAIL})).await;
        let code = world.code_to(NEW_EMAIL).await;
        world.advance(299 * SECOND);
        desk.refresh_nonce().await;
        let refreshed = desk.refresh(&tokens.text("/refresh_token")).await;
        let card = desk.call("GET", "account/me", &refreshed.text("/access_token")).await;
        assert_eq!(card.number("/pending/expires_in"), 1);
        world.advance(SECOND);
        assert_eq!(desk.call("GET", "account/me", &refreshed.text("/access_token")).await.number("/pending/expires_in"), 0);
        assert_eq!(prove(&mut desk, &refreshed, &pending, &code).await.error(), "insufficient_user_authentication");
    }

    async fn an_address_of_another_account_is_found_out_by_whoever_has_it_only(world: World) {
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in(&world, &mut desk, "medecin-a").await;
        let pending = patch(&mut desk, &tokens, &json!({"email": "medecin-b@example.org"})).await;
        assert_eq!((pending.status.as_u16(), pending.text("/pending/hint").as_str()), (200, "m•••@e•••.org"));
        let code = world.code_to("medecin-b@").await;
        assert_eq!(prove(&mut desk, &tokens, &pending, &code).await.problems(), ["email in_use"]);
        let card = desk.call("GET", "account/me", &tokens.text("/access_token")).await;
        assert_eq!((card.text("/email").as_str(), card.json.get("pending")), ("medecin-a@example.org", None));
        assert_eq!(world.desk("x").password("medecin-b@example.org", PASSWORD).await.json["next"]["step"], "otp");
    }

    async fn bad_changes_are_named_and_cost_nothing(world: World) {
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in(&world, &mut desk, "medecin-a").await;
        for (body, problem) in [
            (json!({"email": "nobody"}), "email malformed"),
            (json!({"email": "a@b"}), "email malformed"),
            (json!({"email": "a@exemple.org,b@exemple.org"}), "email malformed"),
            (json!({"email": "medecin-a@EXAMPLE.org"}), "email unchanged"),
            (json!({"phone": "12"}), "phone malformed"),
            (json!({"phone": "0612345678"}), "phone unchanged"),
        ] {
            assert_eq!(patch(&mut desk, &tokens, &body).await.problems(), [problem], "{body}");
        }
        for body in [json!({}), json!({"email": ["a@exemple.org"]}), json!({"email": NEW_EMAIL, "phone": NEW_PHONE}), json!({"otp": "123456"}), json!({"email": "x".repeat(300)})] {
            let reply = patch(&mut desk, &tokens, &body).await;
            assert_eq!((reply.status.as_u16(), reply.error()), (400, "invalid_request"), "{body}");
        }
        assert_eq!(world.count("SELECT COUNT(*) FROM contact_change").await, 0);
        assert_eq!(world.count("SELECT COUNT(*) FROM message WHERE kind = 'contact_code'").await, 0);
    }
}

async fn link_of(world: &World, client: &mut Client, name: &str, to: &str) -> Option<String> {
    world.advance(20 * MINUTE);
    client.json("POST", "account/recovery", None, &json!({"identifier": name})).await;
    world.link_to(to).await
}

on_both_engines! {
    with doctolib
    async fn whoever_signs_in_by_address_signs_in_by_the_new_one_alone(world: World) {
        let mut desk = world.desk("maison");
        let authorized = desk.password("camille@example.org", PASSWORD).await;
        let tokens = desk.redeem(&authorized).await;
        let tokens = crate::step_up::step_up(&world, &mut desk, "camille", &tokens).await;
        let pending = patch(&mut desk, &tokens, &json!({"email": NEW_EMAIL})).await;
        let code = world.code_to(NEW_EMAIL).await;
        assert_eq!(prove(&mut desk, &tokens, &pending, &code).await.status, 200);
        let account = world.portal.account(NEW_EMAIL).await.unwrap().unwrap();
        assert_eq!(account.identifier, NEW_EMAIL);
        // The former address is free, for whoever has it now.
        assert!(world.portal.account("camille@example.org").await.unwrap().is_none());
        assert_eq!(desk.again().password("camille@example.org", PASSWORD).await.problem(), "credentials_rejected");
    }
}
