//! Step-up: a person who is signed in proves anew who they are (RFC 9470, PROTOCOL §3).

use crate::{
    client::{Client, Reply, claims, wrong},
    on_both_engines,
    trust::{sign_in, sign_in_trusted},
    world::{DAY, MINUTE, PASSWORD, SECOND, World},
};
use parvis_protocol::{
    entropy::{OsEntropy, opaque_short},
    pkce,
};

/// Asks for a step-up with the `auth_session` of a token answer.
pub async fn ask(client: &mut Client, tokens: &Reply) -> Reply {
    let id = opaque_short(&OsEntropy);
    ask_as(client, &tokens.text("/auth_session"), &id).await
}

async fn ask_as(client: &mut Client, auth_session: &str, request_id: &str) -> Reply {
    let fields = [("auth_session", auth_session), ("purpose", "step_up"), ("request_id", request_id)];
    client.post("challenge", &fields).await
}

/// Answers the password step.
pub async fn password(client: &mut Client, asked: &Reply, password: &str) -> Reply {
    let (session, id) = (asked.text("/auth_session"), opaque_short(&OsEntropy));
    let fields = [
        ("auth_session", session.as_str()),
        ("purpose", "step_up"),
        ("request_id", &id),
        ("password", password),
    ];
    let mut reply = client.post("challenge", &fields).await;
    if reply.json.get("auth_session").is_none() {
        reply.json["auth_session"] = session.into();
    }
    reply
}

/// Password and e-mail code, as far as they are asked for; the new tokens.
pub async fn step_up(world: &World, client: &mut Client, name: &str, tokens: &Reply) -> Reply {
    let mut reply = ask(client, tokens).await;
    if reply.json["next"]["step"] == "password" {
        reply = password(client, &reply, PASSWORD).await;
    }
    if !reply.is_authorized() {
        let code = world.code_to(&format!("{name}@")).await;
        reply = client.code(&reply, &code).await;
    }
    assert!(reply.is_authorized(), "{reply:?}");
    let tokens = client.redeem(&reply).await;
    assert_eq!(tokens.status, 200, "{tokens:?}");
    tokens
}

on_both_engines! {
    async fn ses_03_the_handle_before_a_step_up_ends_the_session_too(world: World) {
        let mut desk = world.desk("accueil 2");
        for newest in [true, false] {
            let tokens = sign_in(&world, &mut desk, "medecin-a").await;
            let renewed = step_up(&world, &mut desk, "medecin-a", &tokens).await;
            let handle = if newest { &renewed } else { &tokens }.text("/end_handle");
            assert_eq!(desk.end_session(&handle, false).await.status, 204);
            assert_eq!(desk.call("GET", "account/me", &renewed.text("/access_token")).await.status, 401, "{newest}");
            desk = desk.again();
        }
    }

    async fn what_is_young_is_not_asked_again(world: World) {
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in(&world, &mut desk, "medecin-a").await;
        assert!(ask(&mut desk, &tokens).await.is_authorized());
        // Five minutes later, both are asked; the old code was one to sign in.
        world.advance(5 * MINUTE + SECOND);
        let asked = ask(&mut desk, &tokens).await;
        assert_eq!((asked.json["next"]["step"].as_str(), asked.error()), (Some("password"), "insufficient_authorization"));
        let question = password(&mut desk, &asked, PASSWORD).await;
        assert_eq!((question.text("/next/step"), question.text("/next/method")), ("otp".to_owned(), "email".to_owned()));
        assert_eq!(question.json["next"]["can_remember"], false);
        let code = world.code_to("medecin-a@").await;
        let authorized = desk.code(&question, &code).await;
        let renewed = desk.redeem(&authorized).await;
        assert_eq!(renewed.status, 200, "{renewed:?}");
        let (before, after) = (claims(&tokens.text("/id_token")), claims(&renewed.text("/id_token")));
        assert_eq!(after["auth_time"].as_i64().unwrap() - before["auth_time"].as_i64().unwrap(), 301);
        assert_eq!(after["mfa_time"].as_i64().unwrap(), world.now());
        assert_eq!((after["acr"].as_str(), after["nonce"].as_str()), (Some("mfa-email"), before["nonce"].as_str()));
        // The same session, with other tokens; the old ones are dead.
        assert_eq!(desk.call("GET", "account/me", &renewed.text("/access_token")).await.status, 200);
        assert_eq!(desk.call("GET", "account/me", &tokens.text("/access_token")).await.status, 401);
        assert_eq!(desk.refresh(&tokens.text("/refresh_token")).await.error(), "invalid_grant");
        assert_eq!(desk.refresh(&renewed.text("/refresh_token")).await.status, 200);
        assert_eq!(world.count("SELECT COUNT(*) FROM sign_in_grant").await, 1);
        assert_eq!((world.events("stepped_up").await, world.events("signed_in").await), (1, 1));
        // The old values are stale.
        assert_eq!(ask(&mut desk, &tokens).await.error(), "invalid_session");
        assert!(ask(&mut desk, &renewed).await.is_authorized());
    }

    async fn tru_10_trust_does_not_stand_in_for_a_step_up(world: World) {
        let mut first = world.desk("accueil 2");
        sign_in_trusted(&world, &mut first, "medecin-a").await;
        world.advance(MINUTE);
        let mut desk = first.again();
        let authorized = desk.password("medecin-a", PASSWORD).await;
        let tokens = desk.redeem(&authorized).await;
        assert_eq!(claims(&tokens.text("/id_token"))["acr"], "mfa-trusted");
        let renewed = step_up(&world, &mut desk, "medecin-a", &tokens).await;
        assert_eq!(claims(&renewed.text("/id_token"))["acr"], "mfa-email");
        // The trust is there as before: neither ended nor extended.
        assert_eq!(renewed.number("/trusted_device/expires_in"), 86_400 - 60);
        assert!(desk.again().password("medecin-a", PASSWORD).await.is_authorized());
        assert_eq!(world.events("trust_granted").await, 1);
        assert!(renewed.json.get("handover").is_none());
        world.advance(DAY - MINUTE);
        assert!(!desk.again().password("medecin-a", PASSWORD).await.is_authorized());
    }

    async fn a_step_up_grants_no_trust(world: World) {
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in(&world, &mut desk, "medecin-a").await;
        world.advance(6 * MINUTE);
        let asked = ask(&mut desk, &tokens).await;
        let question = password(&mut desk, &asked, PASSWORD).await;
        let code = world.code_to("medecin-a@").await;
        let authorized = desk.code_and_remember(&question, &code).await;
        assert!(authorized.is_authorized(), "{authorized:?}");
        assert!(desk.redeem(&authorized).await.json.get("trusted_device").is_none());
        assert_eq!(world.count("SELECT COUNT(*) FROM trust").await, 0);
    }

    async fn a_session_by_password_alone_rises(world: World) {
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in(&world, &mut desk, "secretaire").await;
        assert_eq!(claims(&tokens.text("/id_token"))["acr"], "pwd");
        let renewed = step_up(&world, &mut desk, "secretaire", &tokens).await;
        assert_eq!(claims(&renewed.text("/id_token"))["acr"], "mfa-email");
    }

    async fn inv_6_bound_to_key_and_session(world: World) {
        let (mut a, mut b) = (world.desk("1"), world.desk("2"));
        let of_a = sign_in(&world, &mut a, "medecin-a").await;
        let of_b = sign_in(&world, &mut b, "medecin-b").await;
        // Another key, another person's session, a value of a sign-in that is not completed.
        assert_eq!(ask(&mut a.again(), &of_a).await.error(), "invalid_session");
        assert_eq!(ask(&mut a, &of_b).await.error(), "invalid_session");
        world.advance(6 * MINUTE);
        let mut other = world.desk("3");
        let pending = other.password("medecin-a", PASSWORD).await;
        assert_eq!(ask(&mut other, &pending).await.error(), "invalid_session");
        // A step under way is bound too.
        world.advance(31 * SECOND);
        let asked = ask(&mut a, &of_a).await;
        let mut thief = a.again();
        assert_eq!(password(&mut thief, &asked, PASSWORD).await.error(), "invalid_session");
        world.code_to("medecin-a@").await;
        world.advance(31 * SECOND);
        let question = password(&mut a, &asked, PASSWORD).await;
        let code = world.code_to("medecin-a@").await;
        assert_eq!(thief.code(&question, &code).await.error(), "invalid_session");
        let authorized = a.code(&question, &code).await;
        thief.verifier.clone_from(&a.verifier);
        assert_eq!(thief.redeem(&authorized).await.error(), "invalid_grant");
        assert_eq!(a.redeem(&authorized).await.status, 200);
    }

    async fn prt_01_steps_only_in_order(world: World) {
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in(&world, &mut desk, "medecin-a").await;
        world.advance(6 * MINUTE);
        let asked = ask(&mut desk, &tokens).await;
        let session = asked.text("/auth_session");
        // No code before the password, neither asked nor entered.
        assert_eq!(desk.choose(&session, "email").await.error(), "invalid_request");
        let signing_in = desk.again().password("medecin-a", PASSWORD).await;
        let of_sign_in = world.code_to("medecin-a@").await;
        let challenge = signing_in.text("/next/challenge_id");
        assert_eq!(desk.code_with(&session, &challenge, &of_sign_in, &[]).await.error(), "invalid_request");
        world.advance(31 * SECOND);
        let question = password(&mut desk, &asked, PASSWORD).await;
        // OTP-07: a code to sign in is none to step up.
        let reply = desk.code_with(&session, &challenge, &of_sign_in, &[]).await;
        assert_eq!(reply.error(), "invalid_request");
        let code = world.code_to("medecin-a@").await;
        if code != of_sign_in {
            assert_eq!(desk.code(&question, &of_sign_in).await.problem(), "code_rejected");
        }
        // The password is given once.
        assert_eq!(password(&mut desk, &asked, PASSWORD).await.error(), "invalid_request");
        assert!(desk.code(&question, &code).await.is_authorized());
        // The value was replaced.
        assert_eq!(desk.code(&question, &code).await.error(), "invalid_session");
        assert_eq!(password(&mut desk, &asked, PASSWORD).await.error(), "invalid_session");
        let malformed = [("auth_session", session.as_str()), ("purpose", "other"), ("request_id", "x")];
        assert_eq!(desk.post("challenge", &malformed).await.error(), "invalid_request");
        assert_eq!(desk.post("challenge", &[("purpose", "step_up")]).await.error(), "invalid_request");
    }

    async fn repeats_are_answered_from_the_state(world: World) {
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in(&world, &mut desk, "medecin-a").await;
        world.advance(6 * MINUTE);
        let id = opaque_short(&OsEntropy);
        let mut asked = ask_as(&mut desk, &tokens.text("/auth_session"), &id).await;
        for _ in 0..3 {
            // The first answer was lost: one step-up, under a fresh value.
            asked = ask_as(&mut desk, &tokens.text("/auth_session"), &id).await;
            assert_eq!(asked.text("/next/step"), "password");
        }
        assert_eq!(world.count("SELECT COUNT(*) FROM auth_session WHERE step_up_grant IS NOT NULL").await, 1);
        // A wrong password is charged once.
        let (session, id) = (asked.text("/auth_session"), opaque_short(&OsEntropy));
        let fields = [("auth_session", session.as_str()), ("purpose", "step_up"), ("request_id", &id), ("password", "faux")];
        for _ in 0..4 {
            let reply = desk.post("challenge", &fields).await;
            assert_eq!((reply.text("/next/step"), reply.problem()), ("password".to_owned(), "credentials_rejected"));
        }
        assert_eq!(world.events("password_rejected").await, 1);
        // A right one sends one code.
        let id = opaque_short(&OsEntropy);
        let fields = [("auth_session", session.as_str()), ("purpose", "step_up"), ("request_id", &id), ("password", PASSWORD)];
        for _ in 0..3 {
            let reply = desk.post("challenge", &fields).await;
            assert_eq!((reply.text("/next/step"), reply.problem()), ("otp".to_owned(), ""));
        }
        assert_eq!(world.events("code_requested").await, 2);
        let polled = desk.post("challenge", &[("auth_session", &session)]).await;
        let code = world.code_to("medecin-a@").await;
        let (challenge, id) = (polled.text("/next/challenge_id"), opaque_short(&OsEntropy));
        let fields = [("auth_session", session.as_str()), ("request_id", &id), ("challenge_id", &challenge), ("otp", &code)];
        let first = desk.post("challenge", &fields).await;
        let second = desk.post("challenge", &fields).await;
        assert_eq!(desk.redeem(&first).await.error(), "invalid_grant");
        // The token answer is lost as well.
        let (verifier, id) = (desk.verifier.clone(), opaque_short(&OsEntropy));
        let lost = desk.redeem_with(&second.text("/authorization_code"), &verifier, &id).await;
        let again = desk.redeem_with(&second.text("/authorization_code"), &verifier, &id).await;
        assert_eq!((lost.status, again.status), (again.status, lost.status));
        assert_eq!(desk.call("GET", "account/me", &lost.text("/access_token")).await.status, 401);
        assert_eq!(desk.call("GET", "account/me", &again.text("/access_token")).await.status, 200);
    }

    async fn a_challenge_of_its_own_replaces_that_of_the_sign_in(world: World) {
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in(&world, &mut desk, "medecin-a").await;
        let verifier = pkce::verifier(&OsEntropy);
        let (session, id, challenge) = (tokens.text("/auth_session"), opaque_short(&OsEntropy), pkce::challenge(&verifier));
        let mut fields = vec![("auth_session", session.as_str()), ("purpose", "step_up"), ("request_id", &id), ("code_challenge", &challenge)];
        assert_eq!(desk.post("challenge", &fields).await.error(), "invalid_request", "plain");
        fields.push(("code_challenge_method", "S256"));
        let authorized = desk.post("challenge", &fields).await;
        assert!(authorized.is_authorized(), "{authorized:?}");
        assert_eq!(desk.redeem(&authorized).await.error(), "invalid_grant");
        let code = authorized.text("/authorization_code");
        assert_eq!(desk.redeem_with(&code, &verifier, &opaque_short(&OsEntropy)).await.status, 200);
    }

    async fn acc_09_passwords_of_a_step_up_are_counted_like_any(world: World) {
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in(&world, &mut desk, "medecin-a").await;
        world.advance(6 * MINUTE);
        let asked = ask(&mut desk, &tokens).await;
        let mut statuses = Vec::new();
        for _ in 0..8 {
            statuses.push(password(&mut desk, &asked, "faux").await.status.as_u16());
        }
        assert_eq!(statuses[..5], [400; 5], "{statuses:?}");
        assert_eq!(statuses[6..], [429; 2], "{statuses:?}");
        // The same counter as at the door of this workstation.
        assert_eq!(desk.again().password("medecin-a", PASSWORD).await.status, 429);
        assert_eq!(password(&mut desk, &asked, PASSWORD).await.status, 429);
        assert!(world.events("password_rejected").await <= 6);
    }

    async fn acc_09_sixty_four_passwords_at_once(world: World) {
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in(&world, &mut desk, "medecin-a").await;
        world.advance(6 * MINUTE);
        let asked = ask(&mut desk, &tokens).await;
        desk.refresh_nonce().await;
        let tries: Vec<_> = (0..64)
            .map(|_| {
                let (mut desk, asked) = (desk.clone(), asked.clone());
                tokio::spawn(async move { password(&mut desk, &asked, "faux").await })
            })
            .collect();
        for task in tries {
            assert!(!task.await.unwrap().is_authorized());
        }
        let looked_at = world.events("password_rejected").await;
        assert!((1..=5).contains(&looked_at), "{looked_at}");
    }

    async fn acc_08_a_block_or_an_end_between_any_two_steps_ends_it(world: World) {
        for (name, block) in [("medecin-a", true), ("medecin-b", false)] {
            for steps in 0..4 {
                let mut desk = world.desk(&format!("{name} {steps}"));
                let tokens = sign_in(&world, &mut desk, name).await;
                world.advance(6 * MINUTE);
                let account = world.portal.account(name).await.unwrap().unwrap();
                let end = async |desk: &mut Client| {
                    if block {
                        world.portal.block_account(&account.subject).await.unwrap();
                    } else {
                        desk.end_session(&tokens.text("/end_handle"), false).await;
                    }
                };
                if steps == 0 {
                    end(&mut desk).await;
                }
                let mut reply = ask(&mut desk, &tokens).await;
                if steps == 1 {
                    end(&mut desk).await;
                }
                if steps >= 1 {
                    reply = password(&mut desk, &reply, PASSWORD).await;
                }
                if steps == 2 {
                    end(&mut desk).await;
                }
                if steps >= 2 {
                    let code = world.code_to(&format!("{name}@")).await;
                    reply = desk.code(&reply, &code).await;
                }
                if steps == 3 {
                    assert!(reply.is_authorized(), "{reply:?}");
                    end(&mut desk).await;
                    reply = desk.redeem(&reply).await;
                }
                assert!(matches!(reply.error(), "invalid_session" | "invalid_grant"), "{steps}: {reply:?}");
                if block {
                    world.portal.unblock_account(&account).await.unwrap();
                }
                world.advance(20 * MINUTE);
            }
        }
    }

    async fn tok_01_sixty_four_redemptions_at_once(world: World) {
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in(&world, &mut desk, "medecin-a").await;
        let authorized = ask(&mut desk, &tokens).await;
        desk.refresh_nonce().await;
        let tries: Vec<_> = (0..64)
            .map(|_| {
                let (mut desk, authorized) = (desk.clone(), authorized.clone());
                tokio::spawn(async move { desk.redeem(&authorized).await.status })
            })
            .collect();
        let mut redeemed = 0;
        for task in tries {
            redeemed += i32::from(task.await.unwrap() == 200);
        }
        assert_eq!(redeemed, 1);
        // The others were second uses: the session has ended.
        assert_eq!(world.count("SELECT COUNT(*) FROM sign_in_grant WHERE ended_at IS NULL").await, 0);
    }

    async fn otp_05_wrong_codes_of_a_step_up_block_as_ever(world: World) {
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in(&world, &mut desk, "medecin-b").await;
        world.advance(6 * MINUTE);
        let asked = ask(&mut desk, &tokens).await;
        let question = password(&mut desk, &asked, PASSWORD).await;
        let code = world.code_to("medecin-b@").await;
        for expected in ["code_rejected", "code_rejected", "method_blocked", "method_blocked"] {
            assert_eq!(desk.code(&question, &wrong(&code)).await.problem(), expected);
        }
        assert_eq!(desk.code(&question, &code).await.problem(), "method_blocked");
    }
}
