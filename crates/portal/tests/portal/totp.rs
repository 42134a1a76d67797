//! Authenticator apps, on the portal that has them.

use crate::{
    client::{Client, Reply, claims, wrong},
    on_both_engines, step_up,
    trust::sign_in,
    world::{HOUR, MINUTE, PASSWORD, SECOND, World},
};
use serde_json::json;
use totp_rs::{Builder, Secret};

/// The app on the person's telephone.
#[derive(Clone)]
pub struct Authenticator(String);

impl Authenticator {
    pub fn code(&self, world: &World) -> String {
        self.code_at(world, 0)
    }

    /// The code so many steps later.
    pub fn code_at(&self, world: &World, steps: i64) -> String {
        let totp = Builder::new().with_secret(Secret::try_from_base32(&self.0).unwrap()).build_noncompliant();
        totp.generate(u64::try_from(world.now() + 30 * steps).unwrap()).to_string()
    }
}

/// A signed-in doctor who may change factors.
pub async fn fresh(world: &World, desk: &mut Client, name: &str) -> Reply {
    let tokens = sign_in(world, desk, name).await;
    step_up::step_up(world, desk, name, &tokens).await
}

pub async fn propose(desk: &mut Client, tokens: &Reply) -> Authenticator {
    let proposed = desk.call("POST", "account/totp", &tokens.text("/access_token")).await;
    assert_eq!(proposed.status, 200, "{proposed:?}");
    Authenticator(proposed.text("/secret"))
}

pub async fn confirm(desk: &mut Client, tokens: &Reply, code: &str) -> Reply {
    desk.send("POST", "account/totp/confirm", &tokens.text("/access_token"), &json!({"otp": code})).await
}

/// Activates an authenticator app; the app and its recovery codes. Its next code is good a step later.
pub async fn activate(world: &World, desk: &mut Client, tokens: &Reply) -> (Authenticator, Vec<String>) {
    let app = propose(desk, tokens).await;
    let active = confirm(desk, tokens, &app.code(world)).await;
    assert_eq!(active.status, 200, "{active:?}");
    let codes = active.json["recovery_codes"].as_array().unwrap();
    world.advance(31 * SECOND);
    (app, codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect())
}

/// A doctor with an authenticator app.
pub async fn doctor(world: &World, name: &str) -> (Authenticator, Vec<String>) {
    let mut desk = world.desk(&format!("cabinet de {name}"));
    let tokens = fresh(world, &mut desk, name).await;
    activate(world, &mut desk, &tokens).await
}

pub fn problem(reply: &Reply) -> String {
    reply.text("/problems/0/code")
}

on_both_engines! { with doctipro
    async fn activated_by_its_first_code_and_asked_for_at_once(world: World) {
        let mut desk = world.desk("cabinet");
        // Optional: the password alone, and no factor can be changed by it.
        let tokens = sign_in(&world, &mut desk, "medecin").await;
        assert_eq!(claims(&tokens.text("/id_token"))["acr"], "pwd");
        let refused = desk.call("POST", "account/totp", &tokens.text("/access_token")).await;
        assert_eq!((refused.status.as_u16(), refused.error()), (401, "insufficient_user_authentication"));
        let tokens = step_up::step_up(&world, &mut desk, "medecin", &tokens).await;
        let proposed = desk.call("POST", "account/totp", &tokens.text("/access_token")).await;
        assert_eq!(proposed.text("/secret").len(), 32, "160 bits in base32");
        assert!(proposed.text("/uri").starts_with("otpauth://totp/Doctipro:medecin?"), "{proposed:?}");
        // Shown once.
        assert_eq!(desk.call("GET", "account/totp", &tokens.text("/access_token")).await.status, 404);
        let me = desk.call("GET", "account/me", &tokens.text("/access_token")).await;
        assert!(me.json.get("totp_since").is_none() && me.json["second_factor_due"] == false, "{me:?}");
        // Proposed is not active: nothing changes at sign-in.
        assert!(desk.again().password("medecin", PASSWORD).await.is_authorized());
        let app = Authenticator(proposed.text("/secret"));
        let active = confirm(&mut desk, &tokens, &app.code(&world)).await;
        let codes = active.json["recovery_codes"].as_array().unwrap();
        assert!(codes.len() == 10 && codes.iter().all(|code| code.as_str().unwrap().len() == 10), "{active:?}");
        let me = desk.call("GET", "account/me", &tokens.text("/access_token")).await;
        assert_eq!((me.number("/totp_since"), me.number("/recovery_codes_left")), (world.now(), 10));
        assert_eq!(me.json["second_factor_due"], true);
        // At the next sign-in its code is asked for right after the password.
        world.advance(31 * SECOND);
        let mut next = desk.again();
        let asked = next.password("medecin", PASSWORD).await;
        assert_eq!((asked.text("/next/step"), asked.text("/next/method")), ("otp".to_owned(), "totp".to_owned()));
        assert_eq!((asked.number("/next/length"), asked.number("/next/attempts_remaining")), (6, 3));
        assert_eq!(asked.number("/next/expires_in"), 600);
        for absent in ["delivery", "sends_remaining", "hint"] {
            assert!(asked.json["next"].get(absent).is_none(), "{absent} {asked:?}");
        }
        let methods: Vec<&str> =
            asked.json["next"]["methods"].as_array().unwrap().iter().map(|method| method["id"].as_str().unwrap()).collect();
        assert_eq!(methods, ["email", "totp", "recovery_code"]);
        let authorized = next.code(&asked, &app.code(&world)).await;
        let claims = claims(&next.redeem(&authorized).await.text("/id_token"));
        assert_eq!((claims["acr"].as_str(), claims["amr"][1].as_str()), (Some("mfa-totp"), Some("otp")));
        assert_eq!(world.events("totp_activated").await, 1);
    }

    async fn otp_03_a_step_once_and_none_before_it(world: World) {
        let (app, _) = doctor(&world, "medecin").await;
        let (now, before, after) = (app.code(&world), app.code_at(&world, -1), app.code_at(&world, 1));
        let mut desk = world.desk("1");
        let asked = desk.password("medecin", PASSWORD).await;
        assert!(desk.code(&asked, &now).await.is_authorized());
        // The same step on another workstation, and one before it: used, and no try.
        let mut other = world.desk("2");
        let asked = other.password("medecin", PASSWORD).await;
        for code in [&now, &before] {
            let reply = other.code(&asked, code).await;
            assert_eq!((reply.problem(), reply.number("/next/attempts_remaining")), ("code_expired", 3));
        }
        assert!(other.code(&asked, &after).await.is_authorized());
    }

    async fn otp_04_one_step_either_side(world: World) {
        let (app, _) = doctor(&world, "medecin").await;
        for (steps, good) in [(-2, false), (2, false), (-1, true), (0, true), (1, true)] {
            world.advance(2 * MINUTE);
            let mut desk = world.desk("1");
            let asked = desk.password("medecin", PASSWORD).await;
            let reply = desk.code(&asked, &app.code_at(&world, steps)).await;
            assert_eq!(reply.is_authorized(), good, "{steps} {reply:?}");
        }
    }

    async fn otp_02_sixty_four_uses_at_once_give_one_success(world: World) {
        let (app, _) = doctor(&world, "medecin").await;
        let code = app.code(&world);
        let mut tries = Vec::new();
        for n in 0..64 {
            // Eight sign-ins at eight workstations.
            if n % 8 == 0 {
                let mut desk = world.desk(&format!("poste {n}"));
                let asked = desk.password("medecin", PASSWORD).await;
                desk.refresh_nonce().await;
                tries.push((desk, asked));
            } else {
                let same = tries[n - 1].clone();
                tries.push(same);
            }
        }
        let barrier = std::sync::Arc::new(tokio::sync::Barrier::new(64));
        let tasks: Vec<_> = tries
            .into_iter()
            .map(|(mut desk, asked)| {
                let (code, barrier) = (code.clone(), barrier.clone());
                tokio::spawn(async move {
                    barrier.wait().await;
                    desk.code(&asked, &code).await
                })
            })
            .collect();
        let mut authorized = 0;
        for task in tasks {
            let reply = task.await.unwrap();
            authorized += i32::from(reply.is_authorized());
            assert!(reply.is_authorized() || matches!(reply.problem(), "code_expired") || reply.error() == "invalid_session", "{reply:?}");
        }
        assert_eq!(authorized, 1);
        assert_eq!(world.events("code_rejected").await, 0);
    }

    async fn otp_05_wrong_codes_are_counted_at_the_activation_too(world: World) {
        let mut desk = world.desk("cabinet");
        let tokens = fresh(&world, &mut desk, "medecin").await;
        let app = propose(&mut desk, &tokens).await;
        let right = app.code(&world);
        // What is no code costs nothing.
        assert_eq!(problem(&confirm(&mut desk, &tokens, "12345").await), "malformed");
        let body = json!({"otp": ["123456"]});
        let malformed = desk.send("POST", "account/totp/confirm", &tokens.text("/access_token"), &body).await;
        assert_eq!(malformed.error(), "invalid_request");
        for left in [2, 1] {
            let reply = confirm(&mut desk, &tokens, &wrong(&right)).await;
            assert_eq!((problem(&reply), reply.number("/problems/0/params/attempts_remaining")), ("rejected".to_owned(), left));
        }
        // Spaces are none of the code, and the right one gives all tries back.
        let spaced = format!("{} {}", &right[..3], &right[3..]);
        assert_eq!(confirm(&mut desk, &tokens, &spaced).await.status, 200);
        assert_eq!(world.count("SELECT COUNT(*) FROM factor WHERE method = 'totp' AND failures > 0").await, 0);
        // Three wrong ones block the account, as anywhere on this portal.
        let again = propose(&mut desk, &tokens).await;
        for expected in ["rejected", "rejected", "blocked"] {
            assert_eq!(problem(&confirm(&mut desk, &tokens, &wrong(&again.code(&world))).await), expected);
        }
        assert_eq!(confirm(&mut desk, &tokens, &again.code(&world)).await.status, 401);
        assert_eq!(world.desk("1").password("medecin", PASSWORD).await.problem(), "account_blocked");
    }

    async fn a_wrong_clock_is_told_from_a_wrong_code(world: World) {
        let mut desk = world.desk("cabinet");
        let tokens = fresh(&world, &mut desk, "medecin").await;
        let app = propose(&mut desk, &tokens).await;
        for (steps, seconds) in [(4, 120), (-10, -300), (2, 60)] {
            let reply = confirm(&mut desk, &tokens, &app.code_at(&world, steps)).await;
            assert_eq!(problem(&reply), "clock_drift");
            assert_eq!(reply.number("/problems/0/params/seconds"), seconds);
        }
        assert_eq!(problem(&confirm(&mut desk, &tokens, &app.code_at(&world, 11)).await), "rejected");
        assert_eq!(world.events("code_rejected").await, 1);
        assert_eq!(confirm(&mut desk, &tokens, &app.code_at(&world, 1)).await.status, 200);
        // At a sign-in the window is one step, whatever the clock.
        world.advance(5 * MINUTE);
        let mut next = world.desk("1");
        let asked = next.password("medecin", PASSWORD).await;
        assert_eq!(next.code(&asked, &app.code_at(&world, 4)).await.problem(), "code_rejected");
    }

    async fn replaced_once_the_new_one_is_proved(world: World) {
        let mut desk = world.desk("cabinet");
        let tokens = fresh(&world, &mut desk, "medecin").await;
        let (old, old_codes) = activate(&world, &mut desk, &tokens).await;
        let new = propose(&mut desk, &tokens).await;
        let mut other = world.desk("1");
        let asked = other.password("medecin", PASSWORD).await;
        assert!(other.code(&asked, &old.code(&world)).await.is_authorized(), "the old one stays until then");
        assert_eq!(confirm(&mut desk, &tokens, &new.code(&world)).await.status, 200);
        assert_eq!(world.events("totp_replaced").await, 1);
        // A proposal is used up, and the old app is out of use with its recovery codes.
        assert_eq!(problem(&confirm(&mut desk, &tokens, &new.code_at(&world, 1)).await), "expired");
        world.advance(MINUTE);
        let mut client = world.desk("2");
        let asked = client.password("medecin", PASSWORD).await;
        let session = asked.text("/auth_session");
        assert_eq!(client.code(&asked, &old.code(&world)).await.problem(), "code_rejected");
        let mut question = client.choose(&session, "recovery_code").await;
        question.json["auth_session"] = session.clone().into();
        assert_eq!(client.code(&question, &old_codes[0]).await.problem(), "code_rejected");
        let mut question = client.choose(&session, "totp").await;
        question.json["auth_session"] = session.into();
        assert!(client.code(&question, &new.code(&world)).await.is_authorized());
    }

    async fn a_proposal_waits_for_half_an_hour(world: World) {
        let mut desk = world.desk("cabinet");
        let mut tokens = fresh(&world, &mut desk, "medecin").await;
        let app = propose(&mut desk, &tokens).await;
        world.advance(29 * MINUTE);
        tokens = step_up::step_up(&world, &mut desk, "medecin", &tokens).await;
        assert_eq!(problem(&confirm(&mut desk, &tokens, &wrong(&app.code(&world))).await), "rejected");
        world.advance(MINUTE);
        assert_eq!(problem(&confirm(&mut desk, &tokens, &app.code(&world)).await), "expired");
    }

    async fn chn_04_every_change_ends_trust_and_other_sessions_and_is_told(world: World) {
        let mut desk = world.desk("cabinet");
        let mut tokens = fresh(&world, &mut desk, "medecin").await;
        let mut app = None;
        for (change, event) in [
            ("activate", "totp_activated"), ("replace", "totp_replaced"), ("codes", "recovery_codes_renewed"), ("remove", "totp_removed"),
        ] {
            let mut other = world.desk(&format!("ailleurs {change}"));
            world.advance(31 * SECOND);
            let mut reply = other.password("medecin", PASSWORD).await;
            if let Some(app) = &app {
                let code = Authenticator::code(app, &world);
                reply = other.code(&reply, &code).await;
            }
            let elsewhere = other.redeem(&reply).await;
            // A sign-in that was proved and not completed ends too.
            let mut third = world.desk(&format!("tiers {change}"));
            world.advance(31 * SECOND);
            let mut pending = third.password("medecin", PASSWORD).await;
            if let Some(app) = &app {
                let code = Authenticator::code(app, &world);
                pending = third.code(&pending, &code).await;
            }
            assert!(pending.is_authorized(), "{pending:?}");
            let epoch = world.portal.account("medecin").await.unwrap().unwrap().credential_epoch;
            let token = tokens.text("/access_token");
            world.advance(31 * SECOND);
            match change {
                "codes" => assert_eq!(desk.call("POST", "account/totp/recovery-codes", &token).await.status, 200),
                "remove" => assert_eq!(desk.call("DELETE", "account/totp", &token).await.status, 204),
                _ => {
                    let new = propose(&mut desk, &tokens).await;
                    assert_eq!(confirm(&mut desk, &tokens, &new.code(&world)).await.status, 200);
                    app = Some(new);
                }
            }
            assert_eq!(world.portal.account("medecin").await.unwrap().unwrap().credential_epoch, epoch + 1);
            assert_eq!(world.events(event).await, 1, "{event}");
            assert_eq!(other.call("GET", "account/me", &elsewhere.text("/access_token")).await.status, 401);
            assert_eq!(third.redeem(&pending).await.error(), "invalid_grant");
            assert_eq!(desk.call("GET", "account/me", &token).await.status, 200);
            world.portal.send_due_messages().await.unwrap();
            // The session that changed it goes on, with its step-up.
            if change != "remove" {
                world.advance(31 * SECOND);
                let asked = step_up::ask(&mut desk, &tokens).await;
                let authorized = if asked.is_authorized() { asked } else {
                    let mut asked = asked;
                    if asked.json["next"]["step"] == "password" {
                        asked = step_up::password(&mut desk, &asked, PASSWORD).await;
                    }
                    if asked.is_authorized() { asked } else {
                        desk.code(&asked, &Authenticator::code(app.as_ref().unwrap(), &world)).await
                    }
                };
                tokens = desk.redeem(&authorized).await;
            }
        }
        assert_eq!(world.count("SELECT COUNT(*) FROM message WHERE kind = 'factors_changed' AND state = 'sent'").await, 4);
        assert!(world.desk("1").password("medecin", PASSWORD).await.is_authorized(), "optional again");
        assert_eq!(desk.call("DELETE", "account/totp", &tokens.text("/access_token")).await.status, 404);
    }

    async fn otp_10_the_database_gives_no_secret_and_no_code(world: World) {
        let mut desk = world.desk("cabinet");
        let tokens = fresh(&world, &mut desk, "medecin").await;
        let (app, codes) = activate(&world, &mut desk, &tokens).await;
        let mut asked = desk.again();
        let question = asked.password("medecin", PASSWORD).await;
        let mut recovery = asked.choose(&question.text("/auth_session"), "recovery_code").await;
        recovery.json["auth_session"] = question.text("/auth_session").into();
        asked.code(&recovery, &codes[0]).await;
        let dump = world.dump().await;
        let raw = Secret::try_from_base32(&app.0).unwrap();
        for form in [app.0.clone(), parvis_protocol::encoding::base64url(raw.as_bytes()), app.code(&world)] {
            assert!(!dump.contains(&form));
        }
        assert!(codes.iter().all(|code| !dump.contains(code)));
        assert!(!crate::world::log().contains(&app.0));
        // A sealed secret opens nothing for somebody else.
        let mut thief = world.desk("ailleurs");
        let of_thief = fresh(&world, &mut thief, "dentiste").await;
        let (own, _) = activate(&world, &mut thief, &of_thief).await;
        world.execute(
            "UPDATE totp SET secret = (SELECT t.secret FROM totp t JOIN account a ON a.subject = t.subject WHERE a.identifier = 'medecin') \
             WHERE subject = (SELECT subject FROM account WHERE identifier = 'dentiste')",
        )
        .await;
        let mut next = world.desk("3");
        let asked = next.password("dentiste", PASSWORD).await;
        for code in [app.code(&world), own.code(&world)] {
            assert!(!next.code(&asked, &code).await.is_authorized());
        }
    }

    async fn email_is_the_fallback_and_both_are_counted_apart(world: World) {
        let (app, _) = doctor(&world, "medecin").await;
        let mut desk = world.desk("1");
        let asked = desk.password("medecin", PASSWORD).await;
        let session = asked.text("/auth_session");
        assert_eq!(desk.code(&asked, &wrong(&app.code(&world))).await.number("/next/attempts_remaining"), 2);
        let mut by_mail = desk.choose(&session, "email").await;
        by_mail.json["auth_session"] = session.clone().into();
        assert_eq!((by_mail.text("/next/method"), by_mail.number("/next/attempts_remaining")), ("email".to_owned(), 3));
        let code = world.code_to("medecin@").await;
        assert_eq!(desk.code(&by_mail, &wrong(&code)).await.number("/next/attempts_remaining"), 2);
        // Back to the app, without a message, and its own count.
        let mut back = desk.choose(&session, "totp").await;
        back.json["auth_session"] = session.clone().into();
        assert_eq!((back.text("/next/method"), back.number("/next/attempts_remaining")), ("totp".to_owned(), 2));
        assert_eq!(world.events("code_requested").await, 2, "the activation's step-up, and this one");
        // A right code of one method resets the sends of the other.
        let left = |reply: &Reply| {
            reply.json["next"]["methods"].as_array().unwrap().iter().find(|method| method["id"] == "email").unwrap()["sends_remaining"].as_i64()
        };
        assert_eq!(left(&back), Some(2));
        assert!(desk.code(&back, &app.code(&world)).await.is_authorized());
        world.advance(HOUR);
        let asked = world.desk("2").password("medecin", PASSWORD).await;
        assert_eq!(left(&asked), Some(3));
    }

    async fn chn_01_an_active_app_is_due_whatever_the_rights(world: World) {
        let mut desk = world.desk("cabinet");
        let tokens = fresh(&world, &mut desk, "medecin").await;
        // Proved by the password alone, redeemed after the activation: too late.
        let mut early = world.desk("1");
        let authorized = early.password("medecin", PASSWORD).await;
        assert!(authorized.is_authorized());
        activate(&world, &mut desk, &tokens).await;
        assert_eq!(early.redeem(&authorized).await.error(), "invalid_grant");
        assert_eq!(world.desk("1").password("medecin", PASSWORD).await.text("/next/step"), "otp");
    }
}

on_both_engines! {
    async fn a_portal_without_authenticator_apps_has_no_such_calls(world: World) {
        let mut desk = world.desk("1");
        let tokens = sign_in(&world, &mut desk, "medecin-a").await;
        let token = tokens.text("/access_token");
        for (method, path) in [("POST", "account/totp"), ("DELETE", "account/totp"), ("POST", "account/totp/recovery-codes")] {
            assert_eq!(desk.call(method, path, &token).await.status, 404, "{path}");
        }
        assert_eq!(confirm(&mut desk, &tokens, "123456").await.status, 404);
        let mut pending = world.desk("2");
        let asked = pending.password("medecin-b", PASSWORD).await;
        for method in ["totp", "recovery_code"] {
            assert_eq!(pending.choose(&asked.text("/auth_session"), method).await.error(), "invalid_request");
        }
    }
}
