//! Recovery codes of an authenticator app.

use crate::{
    client::{Client, Reply, claims, wrong},
    on_both_engines, step_up,
    totp::{activate, doctor, fresh},
    world::{PASSWORD, SECOND, World},
};

/// Password, then the question for a recovery code.
async fn question(client: &mut Client, name: &str) -> Reply {
    let asked = client.password(name, PASSWORD).await;
    let session = asked.text("/auth_session");
    let mut question = client.choose(&session, "recovery_code").await;
    question.json["auth_session"] = session.into();
    question
}

fn wrong_of_ten(code: &str) -> String {
    format!("{}{}", &code[..4], wrong(&code[4..]))
}

on_both_engines! { with doctipro
    async fn chosen_never_proposed_and_a_sign_in_of_the_app(world: World) {
        let (_, codes) = doctor(&world, "medecin").await;
        let mut desk = world.desk("1");
        let asked = question(&mut desk, "medecin").await;
        assert_eq!((asked.text("/next/step"), asked.text("/next/method"), asked.number("/next/length")), ("otp".to_owned(), "recovery_code".to_owned(), 10));
        assert_eq!(asked.json["next"]["can_remember"], false);
        assert_eq!(desk.code(&asked, &codes[3][..6]).await.error(), "invalid_request", "another length costs no try");
        let authorized = desk.code(&asked, &format!("{} {}", &codes[3][..5], &codes[3][5..])).await;
        let tokens = desk.redeem(&authorized).await;
        assert_eq!(claims(&tokens.text("/id_token"))["acr"], "mfa-totp");
        assert_eq!(desk.call("GET", "account/me", &tokens.text("/access_token")).await.number("/recovery_codes_left"), 9);
        assert_eq!(world.events("recovery_code_used").await, 1);
        world.portal.send_due_messages().await.unwrap();
        assert_eq!(world.count("SELECT COUNT(*) FROM message WHERE kind = 'recovery_code_used' AND state = 'sent'").await, 1);
        assert!(world.messages().last().unwrap().contains('9'));
    }

    async fn otp_14_each_is_used_once(world: World) {
        let (_, codes) = doctor(&world, "medecin").await;
        let mut desk = world.desk("1");
        let asked = question(&mut desk, "medecin").await;
        assert!(desk.code(&asked, &codes[0]).await.is_authorized());
        let mut again = desk.again();
        let asked = question(&mut again, "medecin").await;
        let reply = again.code(&asked, &codes[0]).await;
        assert_eq!((reply.problem(), reply.number("/next/attempts_remaining")), ("code_expired", 3));
        for code in &codes[1..] {
            let mut next = desk.again();
            let asked = question(&mut next, "medecin").await;
            assert!(next.code(&asked, code).await.is_authorized());
        }
        // None is left: it is no method any more.
        let mut last = desk.again();
        let asked = last.password("medecin", PASSWORD).await;
        assert_eq!(asked.json["next"]["methods"].as_array().unwrap().len(), 2);
        assert_eq!(last.choose(&asked.text("/auth_session"), "recovery_code").await.error(), "invalid_request");
    }

    async fn otp_14_sixty_four_uses_at_once_give_one_success(world: World) {
        let (_, codes) = doctor(&world, "medecin").await;
        let mut signing_in = Vec::new();
        for n in 0..4 {
            let mut desk = world.desk(&format!("poste {n}"));
            let asked = question(&mut desk, "medecin").await;
            desk.refresh_nonce().await;
            signing_in.push((desk, asked));
        }
        let barrier = std::sync::Arc::new(tokio::sync::Barrier::new(64));
        let tasks: Vec<_> = (0..64)
            .map(|n: usize| {
                let ((mut desk, asked), code, barrier) = (signing_in[n % 4].clone(), codes[5].clone(), barrier.clone());
                tokio::spawn(async move {
                    barrier.wait().await;
                    desk.code(&asked, &code).await.is_authorized()
                })
            })
            .collect();
        let mut authorized = 0;
        for task in tasks {
            authorized += i32::from(task.await.unwrap());
        }
        assert_eq!(authorized, 1);
        assert_eq!(world.count("SELECT COUNT(*) FROM recovery_code_use").await, 1);
    }

    async fn otp_14_new_ones_void_the_ones_before(world: World) {
        let mut desk = world.desk("cabinet");
        let tokens = fresh(&world, &mut desk, "medecin").await;
        let (_, old) = activate(&world, &mut desk, &tokens).await;
        let mut other = world.desk("1");
        let asked = question(&mut other, "medecin").await;
        assert!(other.code(&asked, &old[0]).await.is_authorized());
        let renewed = desk.call("POST", "account/totp/recovery-codes", &tokens.text("/access_token")).await;
        let new = renewed.json["recovery_codes"].as_array().unwrap().clone();
        assert_eq!(new.len(), 10);
        let me = desk.call("GET", "account/me", &tokens.text("/access_token")).await;
        assert_eq!(me.number("/recovery_codes_left"), 10);
        let mut other = world.desk("2");
        let asked = question(&mut other, "medecin").await;
        assert_eq!(other.code(&asked, &old[1]).await.problem(), "code_rejected");
        assert!(other.code(&asked, new[1].as_str().unwrap()).await.is_authorized());
    }

    async fn otp_05_wrong_ones_are_counted(world: World) {
        let (_, codes) = doctor(&world, "medecin").await;
        let mut desk = world.desk("1");
        let asked = question(&mut desk, "medecin").await;
        for left in [2, 1] {
            let reply = desk.code(&asked, &wrong_of_ten(&codes[0])).await;
            assert_eq!((reply.problem(), reply.number("/next/attempts_remaining")), ("code_rejected", left));
        }
        let blocked = desk.code(&asked, &wrong_of_ten(&codes[0])).await;
        assert_eq!((blocked.problem(), blocked.json["cause"].as_str()), ("account_blocked", Some("wrong_codes")));
    }

    async fn the_codes_of_a_step_up_can_be_recovery_codes(world: World) {
        let (_, codes) = doctor(&world, "medecin").await;
        let mut desk = world.desk("1");
        let asked = question(&mut desk, "medecin").await;
        let authorized = desk.code(&asked, &codes[0]).await;
        let tokens = desk.redeem(&authorized).await;
        world.advance(301 * SECOND);
        let asked = step_up::ask(&mut desk, &tokens).await;
        let asked = step_up::password(&mut desk, &asked, PASSWORD).await;
        assert_eq!(asked.text("/next/method"), "totp");
        let session = asked.text("/auth_session");
        let mut question = desk.choose(&session, "recovery_code").await;
        question.json["auth_session"] = session.into();
        let authorized = desk.code(&question, &codes[1]).await;
        assert_eq!(desk.redeem(&authorized).await.status, 200);
    }
}

/// The other portal's profile has trust; here it knows authenticator apps too.
async fn with_apps(engine: crate::world::Engine) -> Option<World> {
    World::with(engine, |profile| {
        let method = parvis_portal_profile::Method { acr: "mfa-totp".to_owned() };
        profile.methods.insert(parvis_portal_profile::MethodId::Totp, method);
    })
    .await
}

async fn use_ends_all_trust(world: World) {
    let mut desk = world.desk("accueil 2");
    let tokens = crate::trust::sign_in(&world, &mut desk, "medecin-a").await;
    let (app, codes) = activate(&world, &mut desk, &tokens).await;
    // Trusted at two workstations, by the app and by e-mail.
    let mut first = world.desk("1");
    let asked = first.password("medecin-a", PASSWORD).await;
    // Two mails of the same moment are in no order: this one is read now.
    world.code_to("medecin-a@").await;
    let session = asked.text("/auth_session");
    let mut by_app = first.choose(&session, "totp").await;
    by_app.json["auth_session"] = session.into();
    let authorized = first.code_and_remember(&by_app, &app.code(&world)).await;
    assert_eq!(first.redeem(&authorized).await.number("/trusted_device/expires_in"), 86_400);
    world.advance(31 * SECOND);
    let mut second = world.desk("2");
    crate::trust::sign_in_trusted(&world, &mut second, "medecin-a").await;
    assert!(first.again().password("medecin-a", PASSWORD).await.is_authorized());
    // A sign-in by trust that is not completed yet.
    let mut pending = second.again();
    let by_trust = pending.password("medecin-a", PASSWORD).await;
    assert!(by_trust.is_authorized());
    world.advance(31 * SECOND);
    let mut lost = world.desk("3");
    let asked = question(&mut lost, "medecin-a").await;
    // The box has no effect with a recovery code.
    let authorized = lost.code_and_remember(&asked, &codes[0]).await;
    assert!(lost.redeem(&authorized).await.json.get("trusted_device").is_none());
    assert_eq!(pending.redeem(&by_trust).await.error(), "invalid_grant");
    for client in [&first, &second] {
        let asked = client.again().password("medecin-a", PASSWORD).await;
        assert_eq!(
            (asked.problem(), asked.json["reason"].as_str()),
            ("trust_ended", Some("credentials_changed"))
        );
        world.advance(31 * SECOND);
    }
    assert_eq!(world.count("SELECT COUNT(*) FROM trust").await, 0);
}

#[tokio::test]
async fn tru_07_a_recovery_code_ends_all_trust_on_sqlite() {
    use_ends_all_trust(with_apps(crate::world::Engine::Sqlite).await.unwrap()).await;
}

#[tokio::test]
async fn tru_07_a_recovery_code_ends_all_trust_on_postgres() {
    if let Some(world) = with_apps(crate::world::Engine::Postgres).await {
        use_ends_all_trust(world).await;
    }
}
