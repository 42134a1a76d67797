//! A portal whose limits end in a block of the account: three wrong codes, three requests without a right one.

use crate::{
    client::{Client, Reply, wrong},
    on_both_engines,
    totp::doctor,
    trust::sign_in,
    world::{DAY, MINUTE, PASSWORD, SECOND},
};

/// Password, then the code by e-mail instead of the app's.
async fn by_mail(client: &mut Client, name: &str) -> Reply {
    let asked = client.password(name, PASSWORD).await;
    choose_mail(client, &asked.text("/auth_session")).await
}

async fn choose_mail(client: &mut Client, session: &str) -> Reply {
    let mut question = client.choose(session, "email").await;
    question.json["auth_session"] = session.into();
    question
}

/// How many requests are left, and whether the last one ends in a block.
fn requests(reply: &Reply) -> (i64, bool) {
    let methods = reply.json["next"]["methods"].as_array().unwrap_or_else(|| panic!("{reply:?}"));
    let email = methods.iter().find(|method| method["id"] == "email").unwrap();
    (email["sends_remaining"].as_i64().unwrap(), email["last_send_blocks"] == true)
}

fn is_blocked(reply: &Reply, cause: &str) {
    assert_eq!(
        (reply.problem(), reply.json["next"]["step"].as_str(), reply.json["cause"].as_str()),
        ("account_blocked", Some("contact_support"), Some(cause)),
        "{reply:?}"
    );
    assert_eq!(reply.text("/support/email"), "info@doctipro.example.org");
    assert!(reply.text("/support/reference").starts_with("PX-"));
    assert!(reply.number("/since") > 0 && reply.json.get("until").is_none());
}

on_both_engines! { with doctipro
    async fn otp_05_three_wrong_codes_block_the_account(world: World) {
        let (app, _) = doctor(&world, "medecin").await;
        let mut session = world.desk("cabinet");
        let asked = session.password("medecin", PASSWORD).await;
        let authorized = session.code(&asked, &app.code(&world)).await;
        let tokens = session.redeem(&authorized).await;
        world.advance(31 * SECOND);
        let mut desk = world.desk("1");
        let asked = desk.password("medecin", PASSWORD).await;
        for left in [2, 1] {
            // ACC-07: right passwords in between give nothing back.
            let mut other = world.desk("2");
            let asked = other.password("medecin", PASSWORD).await;
            let reply = other.code(&asked, &wrong(&app.code(&world))).await;
            assert_eq!((reply.problem(), reply.number("/next/attempts_remaining")), ("code_rejected", left));
        }
        is_blocked(&desk.code(&asked, &wrong(&app.code(&world))).await, "wrong_codes");
        // ACC-08: nothing that was open goes on, the right code neither.
        assert_eq!(desk.code(&asked, &app.code(&world)).await.error(), "invalid_session");
        assert_eq!(session.call("GET", "account/me", &tokens.text("/access_token")).await.status, 401);
        assert_eq!(session.refresh(&tokens.text("/refresh_token")).await.error(), "invalid_grant");
        // ACC-12: who has not the password learns nothing.
        is_blocked(&world.desk("3").password("medecin", PASSWORD).await, "wrong_codes");
        assert_eq!(world.desk("3").password("medecin", "faux").await.problem(), "credentials_rejected");
        world.advance(30 * DAY);
        is_blocked(&world.desk("3").password("medecin", PASSWORD).await, "wrong_codes");
        world.portal.send_due_messages().await.unwrap();
        assert!(world.count("SELECT COUNT(*) FROM message WHERE kind = 'account_blocked'").await == 1);
        // Support gives everything back.
        let account = world.portal.account("medecin").await.unwrap().unwrap();
        world.portal.unblock_account(&account).await.unwrap();
        let asked = world.desk("4").password("medecin", PASSWORD).await;
        assert_eq!(asked.number("/next/attempts_remaining"), 3);
    }

    async fn wrong_codes_of_each_method_are_counted_apart(world: World) {
        let (app, _) = doctor(&world, "medecin").await;
        let mut desk = world.desk("1");
        let asked = desk.password("medecin", PASSWORD).await;
        let session = asked.text("/auth_session");
        for _ in 0..2 {
            desk.code(&asked, &wrong(&app.code(&world))).await;
        }
        let question = choose_mail(&mut desk, &session).await;
        let code = world.code_to("medecin@").await;
        for left in [2, 1] {
            assert_eq!(desk.code(&question, &wrong(&code)).await.number("/next/attempts_remaining"), left);
        }
        assert!(desk.code(&question, &code).await.is_authorized());
        // The right code by e-mail does not give the tries of the app back.
        let mut next = world.desk("2");
        let asked = next.password("medecin", PASSWORD).await;
        is_blocked(&next.code(&asked, &wrong(&app.code(&world))).await, "wrong_codes");
    }

    async fn sixty_four_wrong_codes_at_once_evaluate_three(world: World) {
        let (app, _) = doctor(&world, "medecin").await;
        let mut desk = world.desk("1");
        let asked = desk.password("medecin", PASSWORD).await;
        desk.refresh_nonce().await;
        let tries: Vec<_> = (0..64)
            .map(|_| {
                let (mut desk, asked, code) = (desk.clone(), asked.clone(), wrong(&app.code(&world)));
                tokio::spawn(async move { desk.code(&asked, &code).await })
            })
            .collect();
        for task in tries {
            assert!(!task.await.unwrap().is_authorized());
        }
        assert_eq!((world.events("code_rejected").await, world.events("account_blocked").await), (3, 1));
    }

    async fn three_requests_without_a_right_code_block_the_account(world: World) {
        doctor(&world, "medecin").await;
        let mut desk = world.desk("1");
        let asked = desk.password("medecin", PASSWORD).await;
        let session = asked.text("/auth_session");
        // Said before, with the choice.
        assert_eq!(requests(&asked), (3, true));
        for left in [2, 1, 0] {
            let question = choose_mail(&mut desk, &session).await;
            assert_eq!((question.problem(), question.number("/next/sends_remaining")), ("", left));
            assert_eq!(requests(&question), (left, true));
            world.portal.send_due_messages().await.unwrap();
            world.advance(MINUTE);
        }
        // While the third one's code lives, a fourth is refused, without a time.
        let refused = choose_mail(&mut desk, &session).await;
        assert_eq!((refused.problem(), refused.text("/next/step")), ("send_refused", "otp".to_owned()));
        assert!(refused.json.get("until").is_none(), "{refused:?}");
        // All three requests were answered by one code, five minutes from the first.
        world.advance(2 * MINUTE - SECOND);
        assert_eq!(desk.post("challenge", &[("auth_session", &session)]).await.text("/next/step"), "otp");
        world.advance(SECOND);
        is_blocked(&desk.post("challenge", &[("auth_session", &session)]).await, "requests");
        is_blocked(&world.desk("2").password("medecin", PASSWORD).await, "requests");
        world.portal.send_due_messages().await.unwrap();
        assert!(world.messages().last().unwrap().contains("Plusieurs codes"));
        // Unblocked: the requests too are given back.
        let account = world.portal.account("medecin").await.unwrap().unwrap();
        world.portal.unblock_account(&account).await.unwrap();
        assert_eq!(requests(&world.desk("3").password("medecin", PASSWORD).await), (3, true));
    }

    async fn requests_are_over_at_the_next_step_whatever_it_is(world: World) {
        for (n, name) in ["medecin", "dentiste", "secretaire"].into_iter().enumerate() {
            let (app, _) = if name == "secretaire" {
                // Another entrance, the same rules.
                let mut desk = world.desk("secrétariat");
                desk.role = "secretary".to_owned();
                let tokens = crate::totp::fresh(&world, &mut desk, name).await;
                crate::totp::activate(&world, &mut desk, &tokens).await
            } else {
                doctor(&world, name).await
            };
            let mut desk = world.desk(&format!("poste {n}"));
            if name == "secretaire" {
                desk.role = "secretary".to_owned();
            }
            let asked = desk.password(name, PASSWORD).await;
            let session = asked.text("/auth_session");
            for _ in 0..3 {
                choose_mail(&mut desk, &session).await;
                world.portal.send_due_messages().await.unwrap();
                world.advance(40 * SECOND);
            }
            let mut back = desk.choose(&session, "totp").await;
            back.json["auth_session"] = session.clone().into();
            world.advance(5 * MINUTE);
            let reply = match n {
                0 => desk.password(name, PASSWORD).await,
                1 => desk.code(&back, &app.code(&world)).await,
                _ => desk.choose(&session, "totp").await,
            };
            is_blocked(&reply, "requests");
        }
    }

    async fn a_right_code_of_any_method_gives_the_requests_back(world: World) {
        let (app, _) = doctor(&world, "medecin").await;
        let mut desk = world.desk("1");
        let asked = desk.password("medecin", PASSWORD).await;
        let session = asked.text("/auth_session");
        for _ in 0..3 {
            choose_mail(&mut desk, &session).await;
            world.portal.send_due_messages().await.unwrap();
            world.advance(40 * SECOND);
        }
        let mut back = desk.choose(&session, "totp").await;
        back.json["auth_session"] = session.into();
        assert!(desk.code(&back, &app.code(&world)).await.is_authorized());
        world.advance(DAY);
        assert_eq!(requests(&world.desk("2").password("medecin", PASSWORD).await), (3, true));
    }

    async fn requests_are_counted_over_days_and_not_where_the_mail_failed(world: World) {
        doctor(&world, "medecin").await;
        for left in [2, 1] {
            let mut desk = world.desk("1");
            let question = by_mail(&mut desk, "medecin").await;
            assert_eq!(requests(&question).0, left);
            world.portal.send_due_messages().await.unwrap();
            world.advance(3 * DAY);
        }
        // The third one never left: it is none.
        let mut desk = world.desk("1");
        by_mail(&mut desk, "medecin").await;
        world.execute("UPDATE message SET state = 'failed' WHERE state = 'queued'").await;
        world.advance(DAY);
        assert_eq!(requests(&world.desk("1").password("medecin", PASSWORD).await), (1, true));
        // Nor one that waited in the queue until its code was over.
        let mut desk = world.desk("1");
        by_mail(&mut desk, "medecin").await;
        world.advance(DAY);
        assert_eq!(requests(&world.desk("1").password("medecin", PASSWORD).await), (1, true));
        let question = by_mail(&mut desk.again(), "medecin").await;
        assert_eq!(requests(&question).0, 0);
        world.portal.send_due_messages().await.unwrap();
        world.advance(6 * MINUTE);
        is_blocked(&world.desk("1").password("medecin", PASSWORD).await, "requests");
    }

    async fn a_block_by_support_says_so(world: World) {
        let mut desk = world.desk("1");
        sign_in(&world, &mut desk, "medecin").await;
        let account = world.portal.account("medecin").await.unwrap().unwrap();
        let reference = world.portal.block_account(&account.subject).await.unwrap();
        let reply = desk.password("medecin", PASSWORD).await;
        is_blocked(&reply, "support");
        assert_eq!(reply.text("/support/reference"), reference);
    }

    async fn the_wrong_page_is_named_after_the_right_password_only(world: World) {
        for (name, role) in [("medecin", "doctor"), ("secretaire", "secretary"), ("patient", "patient")] {
            for entrance in ["doctor", "secretary", "patient"] {
                let mut desk = world.desk("1");
                desk.role = entrance.to_owned();
                let reply = desk.password(name, PASSWORD).await;
                if entrance == role {
                    assert!(reply.is_authorized(), "{reply:?}");
                } else {
                    assert_eq!((reply.problem(), reply.text("/next/roles/0")), ("wrong_role", role.to_owned()));
                    assert!(reply.json.get("auth_session").is_none());
                }
                world.advance(MINUTE);
                let refused = desk.password(name, "faux").await;
                assert_eq!(refused.problem(), "credentials_rejected");
                assert!(refused.json["next"].get("roles").is_none());
            }
            world.advance(DAY);
        }
    }

    async fn no_trust_where_the_portal_has_none(world: World) {
        let (app, _) = doctor(&world, "medecin").await;
        let mut desk = world.desk("1");
        let asked = desk.password("medecin", PASSWORD).await;
        assert_eq!(asked.json["next"]["can_remember"], false);
        let authorized = desk.code_and_remember(&asked, &app.code(&world)).await;
        assert!(desk.redeem(&authorized).await.json.get("trusted_device").is_none());
        world.advance(31 * SECOND);
        assert_eq!(desk.again().password("medecin", PASSWORD).await.text("/next/step"), "otp");
    }
}
