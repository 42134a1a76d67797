//! TOK, SES: authorization codes, tokens, proofs, sign-out.

use crate::{
    client::{Client, ISSUER, Reply, claims, random},
    on_both_engines,
    trust::{sign_in, sign_in_trusted},
    world::{HOUR, MINUTE, PASSWORD, SECOND, World},
};
use parvis_portal::{
    http,
    keys::{Keys, SharedKeys},
};
use parvis_protocol::{
    clock::Clock,
    entropy::{OsEntropy, opaque_short},
    jws::{Jwk, PrivateKey, verify},
    message::IdClaims,
    proof,
};

async fn ready(world: &World, desk: &mut Client) -> Reply {
    let authorized = desk.password("secretaire", PASSWORD).await;
    assert!(authorized.is_authorized(), "{authorized:?}");
    let _ = world;
    authorized
}

async fn is_signed_in(client: &mut Client, tokens: &Reply) -> bool {
    client.call("GET", "account/me", &tokens.text("/access_token")).await.status == 200
}

on_both_engines! {
    async fn tok_01_sixty_four_redemptions_at_once_give_one_success_whose_tokens_end(world: World) {
        let other = http::router(&[world.second_process().await], &[]);
        let mut desk = world.desk("accueil 2");
        let asked = desk.password("medecin-a", PASSWORD).await;
        let code = world.code_to("medecin-a@").await;
        let authorized = desk.code_and_remember(&asked, &code).await;
        let tasks: Vec<_> = (0..64)
            .map(|n| {
                let (mut desk, authorized) = (desk.clone(), authorized.clone());
                if n % 2 == 1 {
                    desk.app = other.clone();
                }
                tokio::spawn(async move { desk.redeem(&authorized).await })
            })
            .collect();
        let mut good = Vec::new();
        for task in tasks {
            let reply = task.await.unwrap();
            if reply.status == 200 {
                good.push(reply);
            } else {
                assert_eq!((reply.status.as_u16(), reply.error()), (400, "invalid_grant"));
            }
        }
        assert_eq!(good.len(), 1);
        assert!(!is_signed_in(&mut desk, &good[0]).await);
        assert_eq!(desk.refresh(&good[0].text("/refresh_token")).await.error(), "invalid_grant");
        assert_eq!(world.count("SELECT COUNT(*) FROM trust").await, 0);
        assert_eq!(world.events("authorization_code_reused").await, 63);
    }

    async fn tok_01_a_redemption_whose_answer_was_lost_is_repeated_for_a_minute(world: World) {
        let mut desk = world.desk("accueil 2");
        let authorized = ready(&world, &mut desk).await;
        let (code, verifier, id) = (authorized.text("/authorization_code"), desk.verifier.clone(), opaque_short(&OsEntropy));
        let lost = desk.redeem_with(&code, &verifier, &id).await;
        world.advance(60 * SECOND);
        let again = desk.redeem_with(&code, &verifier, &id).await;
        assert_eq!(again.status, 200, "{again:?}");
        assert!(!is_signed_in(&mut desk, &lost).await && is_signed_in(&mut desk, &again).await);
        assert_eq!(desk.refresh(&lost.text("/refresh_token")).await.error(), "invalid_grant");
        assert_eq!(desk.end_session(&lost.text("/end_handle"), false).await.status, 204);
        assert!(is_signed_in(&mut desk, &again).await, "the lost handle ends nothing");
        assert_eq!(world.count("SELECT COUNT(*) FROM sign_in_grant").await, 1);
        world.advance(1);
        assert_eq!(desk.redeem_with(&code, &verifier, &id).await.error(), "invalid_grant");
        assert!(!is_signed_in(&mut desk, &again).await);
    }

    async fn tok_01_a_second_use_by_anybody_ends_what_the_first_gave(world: World) {
        let mut desk = world.desk("accueil 2");
        let authorized = ready(&world, &mut desk).await;
        let (code, verifier) = (authorized.text("/authorization_code"), desk.verifier.clone());
        // Before the redemption, without the key or the verifier: nothing happens.
        let mut thief = world.desk("ailleurs");
        assert_eq!(thief.redeem_with(&code, &verifier, &opaque_short(&OsEntropy)).await.error(), "invalid_grant");
        assert_eq!(desk.redeem_with(&code, &random(), &opaque_short(&OsEntropy)).await.error(), "invalid_grant");
        let tokens = desk.redeem(&authorized).await;
        assert!(is_signed_in(&mut desk, &tokens).await);
        // After it the code is in other hands.
        assert_eq!(thief.redeem_with(&code, &verifier, &opaque_short(&OsEntropy)).await.error(), "invalid_grant");
        assert!(!is_signed_in(&mut desk, &tokens).await);
    }

    async fn tok_01_an_authorization_code_lives_for_a_minute(world: World) {
        for (age, good) in [(60 * SECOND - 1, true), (60 * SECOND, false)] {
            let mut desk = world.desk("accueil 2");
            let authorized = ready(&world, &mut desk).await;
            world.advance(age);
            assert_eq!(desk.redeem(&authorized).await.status == 200, good, "{age}");
        }
    }

    async fn tok_01_a_completed_sign_in_is_not_kept_for_later_by_asking_again(world: World) {
        let mut desk = world.desk("accueil 2");
        let asked = desk.password("medecin-a", PASSWORD).await;
        let code = world.code_to("medecin-a@").await;
        let id = opaque_short(&OsEntropy);
        let (session, challenge) = (asked.text("/auth_session"), asked.text("/next/challenge_id"));
        let fields = [("auth_session", session.as_str()), ("request_id", &id), ("challenge_id", &challenge), ("otp", &code)];
        assert!(desk.post("challenge", &fields).await.is_authorized());
        world.advance(9 * MINUTE);
        assert!(desk.post("challenge", &fields).await.is_authorized(), "the answer was lost");
        world.advance(9 * MINUTE);
        assert_eq!(desk.post("challenge", &fields).await.error(), "invalid_session");
    }

    async fn tok_02_pkce_is_s256_and_checked(world: World) {
        let mut desk = world.desk("accueil 2");
        for change in [
            [("code_challenge_method", "plain")], [("code_challenge_method", "")], [("code_challenge", "")], [("code_challenge", "short")],
        ] {
            let reply = desk.password_with("secretaire", PASSWORD, &change).await;
            assert_eq!((reply.status.as_u16(), reply.error()), (400, "invalid_request"), "{change:?}");
        }
        let authorized = ready(&world, &mut desk).await;
        let code = authorized.text("/authorization_code");
        let challenge = parvis_protocol::pkce::challenge(&desk.verifier);
        for verifier in [random(), challenge, "x".repeat(42)] {
            assert_eq!(desk.redeem_with(&code, &verifier, &opaque_short(&OsEntropy)).await.error(), "invalid_grant");
        }
        assert_eq!(desk.redeem_with(&code, "", &opaque_short(&OsEntropy)).await.error(), "invalid_request");
        assert_eq!(desk.redeem(&authorized).await.status, 200);
    }

    async fn tok_03_a_proof_is_good_once_for_one_request_and_with_the_portals_nonce(world: World) {
        let mut desk = world.desk("accueil 2");
        desk.refresh_nonce().await;
        let send = async |desk: &Client, proof: &str, more: &[(&str, &str)]| {
            let body = serde_urlencoded::to_string(desk.password_fields("secretaire", PASSWORD, &[])).unwrap();
            let mut headers = vec![("content-type", "application/x-www-form-urlencoded"), ("dpop", proof)];
            headers.extend(more);
            desk.raw("POST", "challenge", &headers, body.into()).await
        };
        let good = desk.proof("POST", "challenge", None);
        assert!(send(&desk, &good, &[("host", "evil.example"), ("x-forwarded-host", "evil.example")]).await.is_authorized());
        let replayed = send(&desk, &good, &[]).await;
        assert_eq!((replayed.status.as_u16(), replayed.error()), (400, "invalid_dpop_proof"));
        for (method, path, token) in [("GET", "challenge", None), ("POST", "token", None), ("POST", "challenge", Some("x"))] {
            assert_eq!(send(&desk, &desk.proof(method, path, token), &[]).await.error(), "invalid_dpop_proof", "{method} {path}");
        }
        let elsewhere = proof::Request { method: "POST", url: "http://evil.example/portail-de-sante/challenge", access_token: None };
        let forged = proof::sign(&desk.key, elsewhere, desk.nonce.as_deref(), 0, &OsEntropy);
        assert_eq!(send(&desk, &forged, &[("host", "evil.example")]).await.error(), "invalid_dpop_proof");
        let twice = desk.proof("POST", "challenge", None);
        assert_eq!(send(&desk, &twice, &[("dpop", &desk.proof("POST", "challenge", None))]).await.error(), "invalid_dpop_proof");
        assert_eq!(send(&desk, "", &[]).await.error(), "invalid_dpop_proof");
        // The nonce: missing, forged, of another portal's time.
        let fresh = desk.nonce.clone().unwrap();
        let mut forged = fresh.clone().into_bytes();
        forged[3] ^= 1;
        for nonce in [None, Some(random()), Some(String::from_utf8(forged).unwrap()), Some(String::new())] {
            desk.nonce = nonce;
            let reply = send(&desk, &desk.proof("POST", "challenge", None), &[]).await;
            assert_eq!((reply.status.as_u16(), reply.error()), (400, "use_dpop_nonce"));
            desk.nonce = Some(reply.headers["dpop-nonce"].to_str().unwrap().to_owned());
            assert!(send(&desk, &desk.proof("POST", "challenge", None), &[]).await.is_authorized());
        }
        // Stale at five minutes.
        desk.nonce = Some(fresh);
        world.advance(5 * MINUTE - 1);
        assert!(send(&desk, &desk.proof("POST", "challenge", None), &[]).await.is_authorized());
        world.advance(1);
        assert_eq!(send(&desk, &desk.proof("POST", "challenge", None), &[]).await.error(), "use_dpop_nonce");
        // At account endpoints: 401.
        let reply = desk.clone().raw("GET", "account/me", &[("dpop", &desk.proof("GET", "account/me", Some("x"))), ("authorization", "DPoP x")], "".into()).await;
        assert_eq!((reply.status.as_u16(), reply.error()), (401, "use_dpop_nonce"));
        assert!(reply.headers["www-authenticate"].to_str().unwrap().contains("use_dpop_nonce"));
    }

    async fn tok_03_one_key_from_the_first_step_to_the_last(world: World) {
        let mut desk = world.desk("accueil 2");
        let authorized = ready(&world, &mut desk).await;
        let mut other = desk.clone();
        other.key = PrivateKey::generate(&OsEntropy);
        assert_eq!(other.redeem(&authorized).await.error(), "invalid_grant");
        let tokens = desk.redeem(&authorized).await;
        assert_eq!(other.refresh(&tokens.text("/refresh_token")).await.error(), "invalid_grant");
        let reply = other.call("GET", "account/me", &tokens.text("/access_token")).await;
        assert_eq!((reply.status.as_u16(), reply.error()), (401, "invalid_token"));
        // INV-6: the family lives on, nothing was taken.
        assert!(is_signed_in(&mut desk, &tokens).await);
        assert_eq!(desk.refresh(&tokens.text("/refresh_token")).await.status, 200);
        // Bearer is no way.
        let bearer = format!("Bearer {}", tokens.text("/access_token"));
        let reply = desk.raw("GET", "account/me", &[("authorization", &bearer)], "".into()).await;
        assert_eq!(reply.status, 401);
    }

    async fn tok_04_a_lost_answer_is_repeated_and_a_re_use_ends_the_family(world: World) {
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in(&world, &mut desk, "secretaire").await;
        let first = tokens.text("/refresh_token");
        let lost = desk.refresh(&first).await;
        world.advance(9 * MINUTE);
        let second = desk.refresh(&first).await;
        assert_eq!(second.status, 200, "{second:?}");
        assert!(second.json.get("id_token").is_none() && second.json.get("end_handle").is_none());
        let third = desk.refresh(&second.text("/refresh_token")).await;
        assert_eq!(third.status, 200);
        assert!(is_signed_in(&mut desk, &third).await);
        // The successor was used: the first is dead, and so is the answer that was lost.
        let _ = lost;
        assert_eq!(desk.refresh(&first).await.error(), "invalid_grant");
        assert!(!is_signed_in(&mut desk, &third).await);
        assert_eq!(desk.refresh(&third.text("/refresh_token")).await.error(), "invalid_grant");
        assert_eq!(world.events("refresh_token_reused").await, 1);
    }

    async fn tok_04_the_grace_is_ten_minutes(world: World) {
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in(&world, &mut desk, "secretaire").await;
        let first = tokens.text("/refresh_token");
        desk.refresh(&first).await;
        world.advance(10 * MINUTE);
        assert_eq!(desk.refresh(&first).await.error(), "invalid_grant");
        assert_eq!(world.events("refresh_token_reused").await, 1);
    }

    async fn tok_05_thirty_two_refreshes_at_once_are_one_family(world: World) {
        let other = http::router(&[world.second_process().await], &[]);
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in(&world, &mut desk, "secretaire").await;
        let first = tokens.text("/refresh_token");
        let tasks: Vec<_> = (0..32)
            .map(|n| {
                let (mut desk, first) = (desk.clone(), first.clone());
                if n % 2 == 1 {
                    desk.app = other.clone();
                }
                tokio::spawn(async move { desk.refresh(&first).await })
            })
            .collect();
        let mut replies = Vec::new();
        for task in tasks {
            let reply = task.await.unwrap();
            assert_eq!(reply.status, 200, "{reply:?}");
            replies.push(reply);
        }
        assert_eq!(world.count("SELECT COUNT(*) FROM sign_in_grant").await, 1);
        // One is used; another one then is a re-use, and all end.
        let next = desk.refresh(&replies[0].text("/refresh_token")).await;
        assert_eq!(next.status, 200);
        assert_eq!(desk.refresh(&replies[1].text("/refresh_token")).await.error(), "invalid_grant");
        for reply in replies.iter().chain([&next]) {
            assert!(!is_signed_in(&mut desk, reply).await);
        }
    }

    async fn ses_02_sessions_end_by_inactivity_and_absolutely(world: World) {
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in(&world, &mut desk, "secretaire").await;
        world.advance(30 * MINUTE - 1);
        let tokens = desk.refresh(&tokens.text("/refresh_token")).await;
        assert_eq!(tokens.status, 200);
        world.advance(30 * MINUTE);
        assert_eq!(desk.refresh(&tokens.text("/refresh_token")).await.error(), "invalid_grant");

        let mut desk = world.desk("accueil 2");
        let mut tokens = sign_in(&world, &mut desk, "secretaire").await;
        for _ in 0..35 {
            world.advance(20 * MINUTE);
            tokens = desk.refresh(&tokens.text("/refresh_token")).await;
            assert_eq!(tokens.status, 200);
        }
        world.advance(20 * MINUTE);
        assert_eq!(desk.refresh(&tokens.text("/refresh_token")).await.error(), "invalid_grant");
        assert!(!is_signed_in(&mut desk, &tokens).await);
    }

    async fn an_access_token_lives_for_five_minutes(world: World) {
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in(&world, &mut desk, "secretaire").await;
        assert_eq!((tokens.text("/token_type").as_str(), tokens.number("/expires_in")), ("DPoP", 300));
        world.advance(5 * MINUTE - 1);
        assert!(is_signed_in(&mut desk, &tokens).await);
        world.advance(1);
        assert!(!is_signed_in(&mut desk, &tokens).await);
    }

    async fn tok_06_no_other_grants(world: World) {
        let mut desk = world.desk("accueil 2");
        for grant in ["password", "implicit", "client_credentials", "urn:ietf:params:oauth:grant-type:device_code", "urn:ietf:params:oauth:grant-type:token-exchange"] {
            let fields = [("grant_type", grant), ("client_id", "parvis-desktop"), ("username", "secretaire"), ("password", PASSWORD)];
            let reply = desk.post("token", &fields).await;
            assert_eq!((reply.status.as_u16(), reply.error()), (400, "unsupported_grant_type"), "{grant}");
        }
        let reply = desk.password_with("secretaire", PASSWORD, &[("response_type", "token")]).await;
        assert_eq!(reply.error(), "invalid_request");
    }

    async fn tok_07_the_id_token_is_signed_by_the_portals_key_and_opens_nothing(world: World) {
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in(&world, &mut desk, "medecin-a").await;
        let id_token = tokens.text("/id_token");
        let jwks = desk.raw("GET", "jwks", &[], "".into()).await;
        let keys: Vec<Jwk> = serde_json::from_value(jwks.json["keys"].clone()).unwrap();
        let (header, id): (_, IdClaims) = verify(&id_token, "JWT", Some(&keys[0])).unwrap();
        assert_eq!(header.kid, keys[0].kid);
        assert_eq!((id.iss.as_str(), id.aud.as_str(), id.nonce.as_deref()), (ISSUER, "parvis-desktop", Some("n-0S6_WzA2Mj")));
        assert_eq!((id.role.as_str(), id.rights.as_slice(), id.acr.as_str()), ("professional", &["patient_data".to_owned()][..], "mfa-email"));
        assert_eq!((id.amr.as_slice(), id.mfa_time), (&["pwd".to_owned(), "otp".to_owned(), "mfa".to_owned()][..], Some(id.iat)));
        assert_eq!(id.exp - id.iat, 300);
        assert_eq!(world.portal.account("medecin-a").await.unwrap().unwrap().subject, id.sub);
        let reply = desk.call("GET", "account/me", &id_token).await;
        assert_eq!((reply.status.as_u16(), reply.error()), (401, "invalid_token"));
        for member in ["access_token", "refresh_token", "auth_session", "end_handle"] {
            assert_eq!(tokens.text(&format!("/{member}")).len(), 43, "{member}");
        }
        assert_eq!(desk.call("GET", "account/me", &tokens.text("/refresh_token")).await.status, 401);
        assert_eq!(desk.refresh(&tokens.text("/access_token")).await.error(), "invalid_grant");
    }

    async fn ses_01_every_authentication_has_identifiers_of_its_own(world: World) {
        let mut seen = std::collections::HashSet::new();
        for _ in 0..2 {
            let mut desk = world.desk("accueil 2");
            world.advance(31 * SECOND);
            let asked = desk.password("medecin-a", PASSWORD).await;
            let code = world.code_to("medecin-a@").await;
            let authorized = desk.code(&asked, &code).await;
            let tokens = desk.redeem(&authorized).await;
            for (answer, member) in [
                (&asked, "auth_session"),
                (&authorized, "auth_session"),
                (&authorized, "authorization_code"),
                (&tokens, "auth_session"),
                (&tokens, "access_token"),
                (&tokens, "refresh_token"),
                (&tokens, "end_handle"),
            ] {
                let value = answer.text(&format!("/{member}"));
                assert_eq!(value.len(), 43, "{member}: 256 bits");
                assert!(seen.insert(value), "{member} stands twice");
            }
        }
    }

    async fn tok_14_keys_are_rotated_under_load_and_every_id_token_is_good(world: World) {
        world.execute("DELETE FROM meta WHERE name = 'keys'").await;
        let file = world.folder.path().join("keys.toml");
        let keys = [0, 1].map(|_| SharedKeys::load_or_create(&file, &OsEntropy).unwrap());
        let mut processes = Vec::new();
        for keys in &keys {
            processes.push(http::router(&[world.process_with(keys).await], &[]));
        }
        let mut kids = std::collections::HashSet::new();
        for n in 0..24 {
            // One process reads the new file at once, the other one half a minute later.
            match n {
                6 => drop(Keys::rotate(&file, &OsEntropy, world.clock.now()).unwrap()),
                7 => keys[0].reload().unwrap(),
                10 => keys[1].reload().unwrap(),
                _ => {}
            }
            let mut desk = world.desk(&format!("poste {n}"));
            desk.app = processes[n % 2].clone();
            // As the app does: the keys first, from whichever process answers.
            let mut other = world.desk("poste");
            other.app = processes[(n + 1) % 2].clone();
            let jwks = other.raw("GET", "jwks", &[], "".into()).await;
            let published: Vec<Jwk> = serde_json::from_value(jwks.json["keys"].clone()).unwrap();
            let tokens = sign_in(&world, &mut desk, "secretaire").await;
            let id_token = tokens.text("/id_token");
            let good = published.iter().find_map(|key| verify::<IdClaims>(&id_token, "JWT", Some(key)).ok());
            let (header, _) = good.unwrap_or_else(|| panic!("{n}: a key that was not published"));
            kids.insert(header.kid);
            world.advance(10 * SECOND);
        }
        assert_eq!(kids.len(), 2, "the new key took over");
    }

    async fn tok_11_revocation_is_always_200_and_touches_ones_own(world: World) {
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in(&world, &mut desk, "secretaire").await;
        let (access, refresh) = (tokens.text("/access_token"), tokens.text("/refresh_token"));
        let mut other = world.desk("ailleurs");
        for token in [random(), access.clone(), refresh.clone()] {
            assert_eq!(other.post("revoke", &[("token", &token)]).await.status, 200);
        }
        assert!(is_signed_in(&mut desk, &tokens).await);
        assert_eq!(desk.post("revoke", &[("token", &access)]).await.status, 200);
        assert!(!is_signed_in(&mut desk, &tokens).await);
        let next = desk.refresh(&refresh).await;
        assert_eq!(next.status, 200);
        assert_eq!(desk.post("revoke", &[("token", &next.text("/refresh_token")), ("token_type_hint", "refresh_token")]).await.status, 200);
        assert!(!is_signed_in(&mut desk, &next).await);
        assert_eq!(desk.refresh(&next.text("/refresh_token")).await.error(), "invalid_grant");
        assert_eq!(world.events("signed_out").await, 1);
    }

    async fn tok_13_nothing_that_was_issued_stands_in_the_database(world: World) {
        let mut desk = world.desk("accueil 2");
        let asked = desk.password("medecin-a", PASSWORD).await;
        let code = world.code_to("medecin-a@").await;
        let authorized = desk.code_and_remember(&asked, &code).await;
        let tokens = desk.redeem(&authorized).await;
        let next = desk.refresh(&tokens.text("/refresh_token")).await;
        let dump = world.dump().await;
        for secret in [
            asked.text("/auth_session"), authorized.text("/auth_session"), authorized.text("/authorization_code"), tokens.text("/access_token"),
            tokens.text("/refresh_token"), tokens.text("/auth_session"), tokens.text("/end_handle"), tokens.text("/id_token"),
            next.text("/access_token"), next.text("/refresh_token"), desk.verifier.clone(), desk.nonce.clone().unwrap(),
        ] {
            assert!(!dump.contains(&secret), "{secret}");
        }
        assert!(!dump.lines().any(|line| line.ends_with(&format!(": {code}"))));
        assert!(!crate::world::log().contains(&tokens.text("/access_token")));
        assert!(dump.contains(&asked.text("/next/challenge_id")), "the dump shows what it should");
    }

    async fn ses_03_sign_out_is_known_to_the_other_process_at_once(world: World) {
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in(&world, &mut desk, "medecin-a").await;
        let mut there = desk.clone();
        there.app = http::router(&[world.second_process().await], &[]);
        assert!(is_signed_in(&mut there, &tokens).await);
        assert_eq!(desk.end_session(&tokens.text("/end_handle"), false).await.status, 204);
        assert!(!is_signed_in(&mut there, &tokens).await);
        assert_eq!(there.refresh(&tokens.text("/refresh_token")).await.error(), "invalid_grant");
        // Again, or with a handle that nobody has: the same answer.
        assert_eq!(there.end_session(&tokens.text("/end_handle"), false).await.status, 204);
        assert_eq!(there.end_session(&random(), true).await.status, 204);
        assert_eq!(world.events("signed_out").await, 1);
    }

    async fn ses_03_others_and_all_need_the_access_token_and_a_proof_that_covers_it(world: World) {
        let (mut here, mut there) = (world.desk("1"), world.desk("2"));
        let tokens = sign_in_trusted(&world, &mut here, "medecin-a").await;
        world.advance(MINUTE);
        let elsewhere = sign_in_trusted(&world, &mut there, "medecin-a").await;
        let b = sign_in(&world, &mut world.desk("3"), "medecin-b").await;
        let access = tokens.text("/access_token");
        let fields = [("scope", "others")];
        here.refresh_nonce().await;
        assert_eq!(here.post_as_is("end-session", &fields, None).await.status, 401);
        // A proof without `ath` does not go with a token (RFC 9449).
        let (proof, authorization) = (here.proof("POST", "end-session", None), format!("DPoP {access}"));
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("dpop", proof.as_str()), ("authorization", &authorization)];
        assert_eq!(here.raw("POST", "end-session", &headers, "scope=others".into()).await.error(), "invalid_dpop_proof");
        let done = here.post_as_is("end-session", &fields, Some(&access)).await;
        assert_eq!(done.status, 204, "{done:?}");
        assert!(is_signed_in(&mut here, &tokens).await && !is_signed_in(&mut there, &elsewhere).await);
        assert!(here.again().password("medecin-a", PASSWORD).await.is_authorized());
        assert_eq!(there.again().password("medecin-a", PASSWORD).await.json["reason"], "revoked");
        here.refresh_nonce().await;
        assert_eq!(here.post_as_is("end-session", &[("scope", "all")], Some(&access)).await.status, 204);
        assert!(!is_signed_in(&mut here, &tokens).await);
        assert_eq!(here.again().password("medecin-a", PASSWORD).await.json["reason"], "revoked");
        // Nobody else's.
        assert_eq!(claims(&b.text("/id_token"))["name"], "medecin-b");
        assert_eq!(world.count("SELECT COUNT(*) FROM sign_in_grant WHERE ended_at IS NULL").await, 1);
        here.refresh_nonce().await;
        assert_eq!(here.post_as_is("end-session", &[("scope", "everyone")], Some(&access)).await.error(), "invalid_request");
    }

    async fn inv_2_a_session_that_had_run_out_does_not_live_again_after_a_handover(world: World) {
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in(&world, &mut desk, "medecin-a").await;
        world.advance(HOUR);
        let b = sign_in(&world, &mut desk.again(), "secretaire").await;
        assert!(b.json.get("handover").is_none(), "{b:?}");
        // The operator allows longer sessions from now on.
        let longer = world.another(|profile| profile.session.inactivity_s = 12 * 3600, parvis_portal::hash::HashCost::MINIMAL).await;
        desk.app = http::router(&[longer], &[]);
        assert_eq!(desk.refresh(&tokens.text("/refresh_token")).await.error(), "invalid_grant");
    }
}
