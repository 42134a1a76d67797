//! PWD, SES: a person changes their password.

use crate::{
    client::{Client, Reply, claims},
    on_both_engines,
    recovery::{NEW_PASSWORD, complete, link},
    trust::{sign_in, sign_in_trusted},
    world::{DAY, MINUTE, PASSWORD, log},
};
use serde_json::json;

pub async fn change(client: &mut Client, tokens: &Reply, current: &str, new: &str, others: bool) -> Reply {
    let body = json!({"current": current, "new": new, "sign_out_others": others});
    client.json("POST", "account/password", Some(&tokens.text("/access_token")), &body).await
}

pub async fn is_open(client: &mut Client, tokens: &Reply) -> bool {
    client.call("GET", "account/me", &tokens.text("/access_token")).await.status == 200
}

on_both_engines! {
    async fn pwd_05_the_current_password_and_a_recent_second_factor_are_needed(world: World) {
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in(&world, &mut desk, "medecin-a").await;
        let body = json!({"current": PASSWORD, "new": NEW_PASSWORD}).to_string();
        desk.refresh_nonce().await;
        assert_eq!(desk.json_as_is("POST", "account/password", None, body.clone()).await.status, 401);
        let wrong = change(&mut desk, &tokens, "Une-autre-2026!", NEW_PASSWORD, false).await;
        assert_eq!((wrong.status.as_u16(), wrong.problems()), (400, vec!["current rejected".to_owned()]));
        world.advance(5 * MINUTE + 1);
        let refreshed = desk.refresh(&tokens.text("/refresh_token")).await;
        let stale = change(&mut desk, &refreshed, PASSWORD, NEW_PASSWORD, false).await;
        assert_eq!((stale.status.as_u16(), stale.error()), (401, "insufficient_user_authentication"));
        // A trusted sign-in gave no second factor now.
        let mut home = world.desk("cabinet");
        sign_in_trusted(&world, &mut home, "medecin-b").await;
        let mut again = home.again();
        let honoured = again.password("medecin-b", PASSWORD).await;
        let trusted = again.redeem(&honoured).await;
        assert_eq!(claims(&trusted.text("/id_token"))["acr"], "mfa-trusted");
        assert_eq!(change(&mut again, &trusted, PASSWORD, NEW_PASSWORD, false).await.error(), "insufficient_user_authentication");
        assert_eq!(world.events("password_changed").await, 0);
    }

    async fn ses_04_other_sessions_end_where_asked_and_trust_always(world: World) {
        let mut home = world.desk("cabinet");
        let trusted = sign_in_trusted(&world, &mut home, "medecin-a").await;
        world.advance(MINUTE);
        let mut other = world.desk("accueil 1");
        let elsewhere = sign_in(&world, &mut other, "medecin-a").await;
        world.advance(MINUTE);
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in(&world, &mut desk, "medecin-a").await;
        let reply = change(&mut desk, &tokens, PASSWORD, NEW_PASSWORD, false).await;
        assert_eq!(reply.status, 204, "{reply:?}");
        assert!(is_open(&mut other, &elsewhere).await && is_open(&mut home, &trusted).await && is_open(&mut desk, &tokens).await);
        let back = home.again().password("medecin-a", NEW_PASSWORD).await;
        assert_eq!(back.json["reason"], "credentials_changed");
        let reply = change(&mut desk, &tokens, NEW_PASSWORD, PASSWORD, true).await;
        assert_eq!(reply.status, 204);
        assert!(!is_open(&mut other, &elsewhere).await && !is_open(&mut home, &trusted).await);
        assert!(is_open(&mut desk, &tokens).await, "the session that asked goes on");
        assert_eq!(desk.refresh(&tokens.text("/refresh_token")).await.status, 200);
        assert_eq!(world.messages_to("medecin-a@", "Mot de passe oubli").await.len(), 2);
        assert!(!world.dump().await.contains(NEW_PASSWORD) && !log().contains(NEW_PASSWORD));
    }

    async fn tru_07_a_sign_in_with_the_old_password_is_worth_nothing_after_the_change(world: World) {
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in(&world, &mut desk, "secretaire").await;
        let mut ready = world.desk("accueil 1");
        let authorized = ready.password("secretaire", PASSWORD).await;
        let token = link(&world, &mut ready, "secretaire").await;
        assert_eq!(change(&mut desk, &tokens, PASSWORD, NEW_PASSWORD, false).await.status, 401, "its own factor: e-mail");
        let mut half = world.desk("accueil 3");
        let tokens = sign_in(&world, &mut desk, "medecin-a").await;
        world.advance(MINUTE);
        let asked = half.password("medecin-a", PASSWORD).await;
        let code = world.code_to("medecin-a@").await;
        assert_eq!(change(&mut desk, &tokens, PASSWORD, NEW_PASSWORD, false).await.status, 204);
        assert_eq!(half.code(&asked, &code).await.error(), "invalid_session");
        assert_eq!(complete(&mut ready, &token, NEW_PASSWORD).await.status, 204);
        assert_eq!(ready.redeem(&authorized).await.error(), "invalid_grant");
        let token = link(&world, &mut desk, "medecin-a").await;
        assert_eq!(change(&mut desk, &tokens, NEW_PASSWORD, PASSWORD, false).await.status, 204);
        assert_eq!(complete(&mut desk, &token, NEW_PASSWORD).await.problems(), ["token expired"]);
    }

    async fn pwd_03_a_new_password_is_judged_at_once_and_costs_no_try(world: World) {
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in(&world, &mut desk, "medecin-a").await;
        let hashes = world.portal.hashes.executed();
        let reply = change(&mut desk, &tokens, "wrong", "soleil", false).await;
        assert_eq!(reply.problems(), ["too_short", "digit", "upper", "special", "common"].map(|code| format!("new {code}")));
        assert_eq!(change(&mut desk, &tokens, "wrong", "Medecin-a-2026!", false).await.problems(), ["new common"]);
        assert_eq!(world.portal.hashes.executed(), hashes);
        assert_eq!(change(&mut desk, &tokens, PASSWORD, PASSWORD, false).await.problems(), ["new unchanged"]);
        for body in [json!({"current": PASSWORD}), json!({"current": [PASSWORD], "new": "x"}), json!({"current": "x".repeat(5000), "new": "x"})] {
            let reply = desk.json("POST", "account/password", Some(&tokens.text("/access_token")), &body).await;
            assert_eq!((reply.status.as_u16(), reply.error()), (400, "invalid_request"));
            assert!(reply.problems().is_empty());
        }
    }

    async fn acc_09_the_current_password_goes_through_the_same_limiter(world: World) {
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in(&world, &mut desk, "medecin-a").await;
        for _ in 0..5 {
            assert_eq!(change(&mut desk, &tokens, "wrong", NEW_PASSWORD, false).await.problems(), ["current rejected"]);
        }
        let reply = change(&mut desk, &tokens, PASSWORD, NEW_PASSWORD, false).await;
        assert_eq!((reply.status.as_u16(), reply.error()), (429, "slow_down"));
        // One counter with the sign-ins of this person on this workstation.
        assert_eq!(desk.again().password("medecin-a", PASSWORD).await.status, 429);
        assert_eq!(world.events("password_rejected").await, 5);
    }

    async fn of_changes_at_once_one_counts(world: World) {
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in(&world, &mut desk, "medecin-a").await;
        let mut tasks = Vec::new();
        desk.refresh_nonce().await;
        for n in 0..4 {
            let (client, token) = (desk.clone(), tokens.text("/access_token"));
            let body = json!({"current": PASSWORD, "new": format!("{NEW_PASSWORD}-{n}")}).to_string();
            tasks.push(tokio::spawn(async move {
                client.json_as_is("POST", "account/password", Some(&token), body).await.status.as_u16()
            }));
        }
        let mut done = 0;
        for task in tasks {
            done += i32::from(task.await.unwrap() == 204);
        }
        assert_eq!((done, world.events("password_changed").await), (1, 1));
    }

    async fn pwd_04_nothing_asks_for_a_change_after_two_years(world: World) {
        world.advance(730 * DAY);
        assert!(world.desk("accueil 2").password("secretaire", PASSWORD).await.is_authorized());
    }

    async fn after_a_mailed_reset_the_mailbox_is_not_the_second_factor_where_another_is_there(world: World) {
        let mut desk = world.desk("accueil 2");
        for name in ["medecin-a", "medecin-b"] {
            let token = link(&world, &mut desk, name).await;
            assert_eq!(complete(&mut desk, &token, NEW_PASSWORD).await.status, 204);
        }
        let asked = desk.password("medecin-a", NEW_PASSWORD).await;
        assert_eq!((asked.text("/next/method").as_str(), asked.json["next"]["methods"].as_array().unwrap().len()), ("sms", 1));
        assert_eq!(desk.choose(&asked.text("/auth_session"), "email").await.error(), "invalid_request");
        let code = world.code_to("+33612345678").await;
        assert!(desk.code(&asked, &code).await.is_authorized());
        // Nothing else is there: it is used, and every contact hears of it.
        let mut other = world.desk("accueil 1");
        let asked = other.password("medecin-b", NEW_PASSWORD).await;
        assert_eq!(asked.text("/next/method"), "email");
        let code = world.code_to("medecin-b@").await;
        assert!(other.code(&asked, &code).await.is_authorized());
        assert_eq!(world.events("single_channel_recovery").await, 1);
        assert_eq!(world.messages_to("medecin-b@", "entrer seul").await.len(), 1);
        world.advance(DAY);
        let later = desk.again().password("medecin-a", NEW_PASSWORD).await;
        assert_eq!(later.text("/next/method"), "email");
    }
}
