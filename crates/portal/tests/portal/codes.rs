//! OTP: one-time codes.

use crate::{
    client::wrong,
    on_both_engines,
    trust::sign_in,
    world::{HOUR, MINUTE, PASSWORD, SECOND, World},
};
use parvis_protocol::entropy::{OsEntropy, opaque_short};

on_both_engines! {
    async fn a_code_by_email_is_sent_at_once(world: World) {
        let mut desk = world.desk("accueil 2");
        let asked = desk.password("medecin-a", PASSWORD).await;
        assert_eq!(asked.status, 400);
        assert_eq!(asked.error(), "insufficient_authorization");
        let next = &asked.json["next"];
        assert_eq!((next["step"].as_str(), next["method"].as_str()), (Some("otp"), Some("email")));
        assert_eq!((next["length"].as_i64(), next["expires_in"].as_i64()), (Some(6), Some(300)));
        assert_eq!((next["resend_after"].as_i64(), next["sends_remaining"].as_i64()), (Some(30), Some(2)));
        assert_eq!((next["attempts_remaining"].as_i64(), next["delivery"].as_str()), (Some(3), Some("queued")));
        assert_eq!(next["hint"], "m•••@e•••.org");
        assert_eq!(next["methods"].as_array().unwrap().len(), 2);
        assert_eq!((next["can_remember"].as_bool(), next["remember_max_age"].as_i64()), (Some(true), Some(86_400)));
        let code = world.code_to("medecin-a@").await;
        let session = asked.text("/auth_session");
        let challenge = asked.text("/next/challenge_id");
        let polled = desk.post("challenge", &[("auth_session", &session), ("challenge_id", &challenge)]).await;
        assert_eq!(polled.text("/next/delivery"), "sent");
        let authorized = desk.code(&asked, &code).await;
        assert!(authorized.is_authorized(), "{authorized:?}");
        // SES-01
        assert_ne!(authorized.text("/auth_session"), session);
        let tokens = desk.redeem(&authorized).await;
        let claims = crate::client::claims(&tokens.text("/id_token"));
        assert_eq!((claims["acr"].as_str(), claims["nonce"].as_str()), (Some("mfa-email"), Some("n-0S6_WzA2Mj")));
        assert!(tokens.json.get("trusted_device").is_none() && tokens.json.get("handover").is_none());
    }

    async fn a_code_by_sms_to_a_proved_number(world: World) {
        let mut desk = world.desk("accueil 2");
        let asked = desk.password("medecin-a", PASSWORD).await;
        let session = asked.text("/auth_session");
        let mut by_sms = desk.choose(&session, "sms").await;
        assert_eq!(by_sms.text("/next/hint"), "•• 78");
        by_sms.json["auth_session"] = session.clone().into();
        let code = world.code_to("+33612345678").await;
        let authorized = desk.code(&by_sms, &code).await;
        assert!(authorized.is_authorized(), "{authorized:?}");
        let tokens = desk.redeem(&authorized).await;
        assert_eq!(crate::client::claims(&tokens.text("/id_token"))["acr"], "mfa-sms");
        // CHN-03
        let asked = world.desk("bureau 7").password("medecin-b", PASSWORD).await;
        assert_eq!(asked.json["next"]["methods"].as_array().unwrap().len(), 1);
        let mut b = world.desk("bureau 8");
        let asked = b.password("medecin-b", PASSWORD).await;
        assert_eq!(b.choose(&asked.text("/auth_session"), "sms").await.error(), "invalid_request");
    }

    async fn otp_02_sixty_four_right_codes_at_once_give_one_success(world: World) {
        let mut desk = world.desk("accueil 2");
        let asked = desk.password("medecin-a", PASSWORD).await;
        let code = world.code_to("medecin-a@").await;
        desk.refresh_nonce().await;
        let tries: Vec<_> = (0..64)
            .map(|_| {
                let (desk, asked, code) = (desk.clone(), asked.clone(), code.clone());
                tokio::spawn(async move { desk.clone().code(&asked, &code).await })
            })
            .collect();
        let mut authorized = 0;
        for task in tries {
            authorized += i32::from(task.await.unwrap().is_authorized());
        }
        assert_eq!(authorized, 1);
    }

    async fn otp_02_a_code_is_used_once(world: World) {
        let mut desk = world.desk("accueil 2");
        let asked = desk.password("medecin-a", PASSWORD).await;
        let code = world.code_to("medecin-a@").await;
        let mut second = desk.again();
        let adopted = second.password("medecin-a", PASSWORD).await;
        assert_eq!(adopted.text("/next/challenge_id"), asked.text("/next/challenge_id"));
        assert!(desk.code(&asked, &code).await.is_authorized());
        assert_eq!(second.code(&adopted, &code).await.problem(), "code_expired");
    }

    async fn otp_04_valid_for_five_minutes_and_not_a_second_more(world: World) {
        for (age, good) in [(5 * MINUTE - SECOND, true), (5 * MINUTE, false), (5 * MINUTE + SECOND, false)] {
            let mut desk = world.desk(&format!("poste {age}"));
            let asked = desk.password("medecin-b", PASSWORD).await;
            let code = world.code_to("medecin-b@").await;
            world.advance(age);
            let reply = desk.code(&asked, &code).await;
            assert_eq!(reply.is_authorized(), good, "{age}: {reply:?}");
            if !good {
                assert_eq!(reply.problem(), "code_expired");
                assert_eq!(reply.number("/next/attempts_remaining"), 3);
            }
            world.advance(HOUR);
        }
    }

    async fn otp_05_sixty_four_wrong_codes_at_once_evaluate_three(world: World) {
        let mut desk = world.desk("accueil 2");
        let asked = desk.password("medecin-a", PASSWORD).await;
        let code = world.code_to("medecin-a@").await;
        desk.refresh_nonce().await;
        let tries: Vec<_> = (0..64)
            .map(|_| {
                let (desk, asked, wrong) = (desk.clone(), asked.clone(), wrong(&code));
                tokio::spawn(async move { desk.clone().code(&asked, &wrong).await })
            })
            .collect();
        for task in tries {
            let reply = task.await.unwrap();
            assert!(matches!(reply.problem(), "code_rejected" | "method_blocked"), "{reply:?}");
        }
        // Two answers said « rejected », the third blocked: three were looked at.
        assert_eq!(world.count("SELECT COUNT(*) FROM event WHERE kind = 'code_rejected'").await, 3);
        assert_eq!(world.count("SELECT COUNT(*) FROM event WHERE kind = 'method_blocked'").await, 1);
        assert_eq!(desk.code(&asked, &code).await.problem(), "method_blocked");
    }

    async fn otp_05_the_count_survives_resends_sign_ins_and_restarts(world: World) {
        let mut desk = world.desk("accueil 2");
        let asked = desk.password("medecin-a", PASSWORD).await;
        let code = world.code_to("medecin-a@").await;
        assert_eq!(desk.code(&asked, &wrong(&code)).await.number("/next/attempts_remaining"), 2);
        world.advance(31 * SECOND);
        assert_eq!(desk.choose(&asked.text("/auth_session"), "email").await.number("/next/attempts_remaining"), 2);
        let restarted = parvis_portal::http::router(&[world.second_process().await], &[]);
        let mut elsewhere = world.desk("bureau 7");
        elsewhere.app = restarted;
        world.advance(31 * SECOND);
        let asked = elsewhere.password("medecin-a", PASSWORD).await;
        assert_eq!(asked.number("/next/attempts_remaining"), 2);
        let code = world.code_to("medecin-a@").await;
        assert_eq!(elsewhere.code(&asked, &wrong(&code)).await.number("/next/attempts_remaining"), 1);
        let blocked = elsewhere.code(&asked, &wrong(&code)).await;
        assert_eq!(blocked.problem(), "method_blocked");
        assert_eq!(blocked.json["next"]["step"], "select_method");
        assert!(blocked.number("/until") > 0);
    }

    async fn otp_05_blocks_grow_and_other_methods_stay_open(world: World) {
        let blocked_for = |until: i64, world: &World| until - parvis_protocol::clock::Clock::now(world.clock.as_ref()) / 1000;
        for expected in [900, 3600, 86_400, 86_400] {
            let mut desk = world.desk("accueil 2");
            let asked = desk.password("medecin-a", PASSWORD).await;
            let code = world.code_to("medecin-a@").await;
            let mut reply = asked.clone();
            for _ in 0..3 {
                reply = desk.code(&asked, &wrong(&code)).await;
            }
            assert_eq!(reply.problem(), "method_blocked");
            assert_eq!(blocked_for(reply.number("/until"), &world), expected);
            // The owner is told, and SMS stays open.
            world.portal.send_due_messages().await.unwrap();
            let by_sms = desk.choose(&asked.text("/auth_session"), "sms").await;
            assert_eq!(by_sms.text("/next/method"), "sms");
            world.advance((expected + 1) * SECOND);
        }
        assert_eq!(world.count("SELECT COUNT(*) FROM message WHERE kind = 'method_blocked' AND state = 'sent'").await, 4);
    }

    async fn otp_05_ten_blocks_without_a_right_code_need_support(world: World) {
        let mut reply = None;
        for _ in 0..10 {
            let mut desk = world.desk("accueil 2");
            let asked = desk.password("medecin-b", PASSWORD).await;
            let code = world.code_to("medecin-b@").await;
            for _ in 0..3 {
                reply = Some(desk.code(&asked, &wrong(&code)).await);
            }
            world.advance(25 * HOUR);
        }
        let reply = reply.unwrap();
        assert_eq!((reply.problem(), reply.json["next"]["step"].as_str()), ("account_blocked", Some("contact_support")));
        assert!(reply.text("/support/reference").starts_with("PX-"));
        // ACC-12: only after the right password; support lifts it.
        let refused = world.desk("x").password("medecin-b", "wrong").await;
        assert_eq!(refused.problem(), "credentials_rejected");
        let blocked = world.desk("x").password("medecin-b", PASSWORD).await;
        assert_eq!((blocked.problem(), blocked.text("/support/reference")), ("account_blocked", reply.text("/support/reference")));
        assert!(blocked.number("/since") > 0);
        let account = world.portal.account("medecin-b").await.unwrap().unwrap();
        world.portal.unblock_account(&account).await.unwrap();
        sign_in(&world, &mut world.desk("x"), "medecin-b").await;
        assert_eq!(world.count("SELECT COUNT(*) FROM event WHERE kind = 'account_unblocked'").await, 1);
    }

    async fn otp_06_a_resend_is_the_same_code_and_never_extends_it(world: World) {
        let mut desk = world.desk("accueil 2");
        let asked = desk.password("medecin-a", PASSWORD).await;
        let first = world.code_to("medecin-a@").await;
        let session = asked.text("/auth_session");
        let early = desk.choose(&session, "email").await;
        assert_eq!(early.problem(), "send_refused");
        assert_eq!(early.text("/next/challenge_id"), asked.text("/next/challenge_id"));
        world.advance(60 * SECOND);
        let again = desk.choose(&session, "email").await;
        assert_eq!(again.text("/next/challenge_id"), asked.text("/next/challenge_id"));
        assert_eq!(again.number("/next/expires_in"), 240);
        assert_eq!(again.number("/next/sends_remaining"), 1);
        assert_eq!(world.code_to("medecin-a@").await, first);
        // With less than two minutes: a new question; the old code stays good until its own end.
        world.advance(121 * SECOND);
        let newer = desk.choose(&session, "email").await;
        assert_ne!(newer.text("/next/challenge_id"), asked.text("/next/challenge_id"));
        assert_eq!(newer.number("/next/expires_in"), 300);
        let second = world.code_to("medecin-a@").await;
        let mut answer = newer.clone();
        answer.json["auth_session"] = session.clone().into();
        if first != second {
            assert!(desk.code(&answer, &first).await.is_authorized());
        }
    }

    async fn otp_06_sends_are_limited_and_come_back(world: World) {
        let mut desk = world.desk("accueil 2");
        let asked = desk.password("medecin-a", PASSWORD).await;
        let session = asked.text("/auth_session");
        for left in [1, 0] {
            world.advance(31 * SECOND);
            assert_eq!(desk.choose(&session, "email").await.number("/next/sends_remaining"), left);
        }
        world.advance(31 * SECOND);
        let refused = desk.choose(&session, "email").await;
        assert_eq!(refused.problem(), "send_refused");
        assert!(refused.number("/until") > 0);
        assert_eq!(desk.choose(&session, "sms").await.text("/next/method"), "sms");
        world.advance(15 * MINUTE);
        let mut later = desk.again();
        let asked = later.password("medecin-a", PASSWORD).await;
        assert_eq!(asked.problem(), "");
        assert_eq!(asked.json["next"]["step"], "otp");
    }

    async fn otp_07_a_code_fits_one_account_method_and_workstation(world: World) {
        let (mut a, mut b) = (world.desk("1"), world.desk("2"));
        let of_a = a.password("medecin-a", PASSWORD).await;
        let of_b = b.password("medecin-b", PASSWORD).await;
        let code_a = world.code_to("medecin-a@").await;
        let code_b = world.code_to("medecin-b@").await;
        if code_a != code_b {
            assert_eq!(b.code(&of_b, &code_a).await.problem(), "code_rejected");
        }
        // Another's question on one's own session.
        let reply = b.code_with(&of_b.text("/auth_session"), &of_a.text("/next/challenge_id"), &code_a, &[]).await;
        assert_eq!(reply.error(), "invalid_request");
        // The e-mail code for the SMS question.
        let session = of_a.text("/auth_session");
        let mut by_sms = a.choose(&session, "sms").await;
        by_sms.json["auth_session"] = session.into();
        let code_sms = world.code_to("+33612345678").await;
        if code_a != code_sms {
            assert_eq!(a.code(&by_sms, &code_a).await.problem(), "code_rejected");
        }
        // Another workstation of the same person.
        let mut elsewhere = world.desk("3");
        world.advance(31 * SECOND);
        let asked = elsewhere.password("medecin-a", PASSWORD).await;
        assert_ne!(asked.text("/next/challenge_id"), of_a.text("/next/challenge_id"));
        let code_elsewhere = world.code_to("medecin-a@").await;
        if code_elsewhere != code_a {
            assert_eq!(elsewhere.code(&asked, &code_a).await.problem(), "code_rejected");
        }
    }

    async fn otp_08_what_is_no_code_costs_no_try(world: World) {
        let mut desk = world.desk("accueil 2");
        let asked = desk.password("medecin-a", PASSWORD).await;
        let code = world.code_to("medecin-a@").await;
        for typed in ["12345", "1234567", "abcdef", "123456\0", "１２３４５６", "12345٦"] {
            let reply = desk.code(&asked, typed).await;
            assert_ne!(reply.error(), "insufficient_authorization", "{typed:?} {reply:?}");
        }
        let spaced = format!(" {} {}\n", &code[..3], &code[3..]);
        assert!(desk.code(&asked, &spaced).await.is_authorized());
    }

    async fn otp_09_the_database_holds_no_code(world: World) {
        let mut desk = world.desk("accueil 2");
        desk.password("medecin-a", PASSWORD).await;
        // The mail server is down: the queue waits. What is stored?
        let rows: Vec<(String, String, String)> = sqlx::query_as("SELECT id, seed, destination_hash FROM challenge")
            .fetch_all(world.portal.store.read()).await.unwrap();
        let queued: Vec<(String, String)> = sqlx::query_as("SELECT kind, method FROM message")
            .fetch_all(world.portal.store.read()).await.unwrap();
        let dump = format!("{rows:?}{queued:?}");
        let code = world.code_to("medecin-a@").await;
        assert!(!dump.contains(&code));
        assert!(!dump.contains("medecin-a@"));
    }

    async fn acc_07_right_passwords_do_not_reset_wrong_codes(world: World) {
        let mut code = None;
        for n in 1..=3 {
            let mut desk = world.desk("accueil 2");
            let asked = desk.password("medecin-a", PASSWORD).await;
            // The later sign-ins adopt the first one's question: there is one message.
            if code.is_none() {
                code = Some(world.code_to("medecin-a@").await);
            }
            let code = code.clone().unwrap();
            let reply = desk.code(&asked, &wrong(&code)).await;
            assert_eq!(reply.problem(), if n < 3 { "code_rejected" } else { "method_blocked" });
        }
    }

    async fn a_method_block_does_not_suspend_trust(world: World) {
        let mut desk = world.desk("accueil 2");
        crate::trust::sign_in_trusted(&world, &mut desk, "medecin-a").await;
        let mut stranger = world.desk("ailleurs");
        world.advance(MINUTE);
        let asked = stranger.password("medecin-a", PASSWORD).await;
        let code = world.code_to("medecin-a@").await;
        for _ in 0..3 {
            stranger.code(&asked, &wrong(&code)).await;
        }
        assert!(desk.again().password("medecin-a", PASSWORD).await.is_authorized());
    }

    async fn a_lost_answer_costs_no_try_and_no_send(world: World) {
        let mut desk = world.desk("accueil 2");
        let asked = desk.password("medecin-a", PASSWORD).await;
        let code = world.code_to("medecin-a@").await;
        let (session, challenge) = (asked.text("/auth_session"), asked.text("/next/challenge_id"));
        let (id, bad) = (opaque_short(&OsEntropy), wrong(&code));
        let fields = [("auth_session", session.as_str()), ("request_id", &id), ("challenge_id", &challenge), ("otp", &bad)];
        for _ in 0..5 {
            let reply = desk.post("challenge", &fields).await;
            assert_eq!((reply.problem(), reply.number("/next/attempts_remaining")), ("code_rejected", 2));
        }
        world.advance(31 * SECOND);
        let id = opaque_short(&OsEntropy);
        for _ in 0..5 {
            let fields = [("auth_session", session.as_str()), ("request_id", &id), ("method", "email")];
            assert_eq!(desk.post("challenge", &fields).await.number("/next/sends_remaining"), 1);
        }
        // The right code, its answer lost four times: one sign-in, the newest authorization code is good.
        let id = opaque_short(&OsEntropy);
        let fields = [("auth_session", session.as_str()), ("request_id", &id), ("challenge_id", &challenge), ("otp", &code)];
        let first = desk.post("challenge", &fields).await;
        let second = desk.post("challenge", &fields).await;
        assert!(first.is_authorized() && second.is_authorized());
        assert_eq!(desk.redeem(&first).await.error(), "invalid_grant");
        assert_eq!(desk.redeem(&second).await.status, 200);
        assert_eq!(desk.post("challenge", &fields).await.error(), "invalid_session");
    }
}
