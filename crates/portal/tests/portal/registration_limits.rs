//! How often registrations may send, and have codes looked at: nothing can be guessed, and nobody bars anybody else.

use crate::{
    client::Client,
    on_both_engines,
    registration::{MOBILE, code, form, post, step, with_phone_proved},
    world::{DAY, HOUR, MINUTE, SECOND},
};
use axum::extract::connect_info::MockConnectInfo;
use parvis_portal::{clock::PortalClock, hash::HashCost, http};
use parvis_portal_profile::ContactProof;
use parvis_protocol::{
    clock::Clock as _,
    entropy::{OsEntropy, opaque_short},
};
use serde_json::json;
use std::{net::SocketAddr, time::Duration};
use tokio::net::TcpListener;

on_both_engines! {
    with doctolib
    async fn otp_05_three_digits_cannot_be_guessed_in_1000_tries_from_100_sessions(world: World) {
        // Every session asks for a code to the same number; sends are limited too, so most of them have none of their own.
        let mut sessions = Vec::new();
        for n in 0..100 {
            let mut desk = world.desk(&format!("poste {n}"));
            let asked = form(&mut desk, MOBILE, &format!("p{n}@example.org")).await;
            if asked.json["registration_session"].is_string() {
                sessions.push((desk, asked.text("/registration_session"), asked));
            } else {
                assert_eq!(asked.problems(), ["phone send_refused"]);
            }
            world.advance(31_000);
        }
        assert_eq!(sessions.len(), 5, "messages to one number in a day");
        let (mut rejected, mut blocked) = (0, 0);
        for guess in 0..1000 {
            let count = sessions.len();
            let (desk, session, asked) = &mut sessions[guess % count];
            let reply = code(desk, session, asked, &format!("{guess:03}")).await;
            match reply.problems().first().map(String::as_str) {
                Some("otp rejected") => rejected += 1,
                Some("otp blocked") => blocked += 1,
                // A session that is over for its age: no look was taken either.
                _ if reply.error() == "invalid_session" => blocked += 1,
                // The code of a session whose five minutes are over: looked at, and charged.
                Some("otp expired") => rejected += 1,
                other => panic!("{other:?} {reply:?}"),
            }
        }
        assert!(rejected <= 3 && rejected + blocked == 1000, "{rejected} {blocked}");
        // The day after, three more.
        world.advance(DAY);
        let mut desk = world.desk("poste");
        let asked = form(&mut desk, MOBILE, "p@example.org").await;
        assert_eq!(asked.number("/next/attempts_remaining"), 3);
    }

    async fn otp_05_asking_again_and_again_makes_no_code_likelier(world: World) {
        let mut desk = world.desk("accueil 2");
        let asked = form(&mut desk, MOBILE, "p@example.org").await;
        let session = asked.text("/registration_session");
        for n in 0..100 {
            let way = if n % 2 == 0 { "voice" } else { "sms" };
            let refused = post(&mut desk, json!({"registration_session": session, "resend": way})).await;
            assert_eq!(refused.problems(), ["otp send_refused"]);
        }
        assert_eq!(world.count("SELECT COUNT(*) FROM challenge").await, 1, "what is not sent is no code");
        // Sent the other way, it is the same code.
        world.advance(31_000);
        let called = post(&mut desk, json!({"registration_session": session, "resend": "voice"})).await;
        assert_eq!((called.text("/next/method").as_str(), world.count("SELECT COUNT(*) FROM challenge").await), ("voice", 1));
    }

    async fn requests_that_send_nothing_use_up_nobodys_messages(world: World) {
        let app = world.app().layer(MockConnectInfo(SocketAddr::from(([203, 0, 113, 7], 40_000))));
        let mut desk = Client { app, ..world.desk("accueil 2") };
        let asked = form(&mut desk, MOBILE, "p@example.org").await;
        let session = asked.text("/registration_session");
        for _ in 0..70 {
            let refused = post(&mut desk, json!({"registration_session": session, "resend": "sms"})).await;
            assert_eq!(refused.problems(), ["otp send_refused"]);
        }
        // The network's messages of this hour are there for the next person.
        let next = form(&mut desk, "06 12 34 77 77", "n@example.org").await;
        assert_eq!((step(&next).as_str(), next.problems()), ("400 verify_phone", Vec::new()));
    }

    async fn a_send_that_failed_costs_only_its_network_and_those_of_the_same_moment_stay_counted(world: World) {
        let app = world.app().layer(MockConnectInfo(SocketAddr::from(([203, 0, 113, 7], 40_000))));
        let mut desk = Client { app, ..world.desk("accueil 2") };
        form(&mut desk, MOBILE, "p@example.org").await;
        world.portal.send_due_messages().await.unwrap();
        let used = world.count("SELECT COUNT(*) FROM quota_use").await;
        form(&mut desk, "06 12 34 77 77", "n@example.org").await;
        assert_eq!(world.count("SELECT COUNT(*) FROM quota_use").await, 2 * used, "at the same moment");
        let folder = world.folder.path().join("outbox");
        std::fs::rename(&folder, world.folder.path().join("away")).unwrap();
        std::fs::write(&folder, "no folder").unwrap();
        world.portal.send_due_messages().await.unwrap();
        world.advance(5 * MINUTE);
        world.portal.send_due_messages().await.unwrap();
        // The form is one, and a request to the gateway of this network's; the message is none, for its number and for all.
        assert_eq!(world.count("SELECT COUNT(*) FROM quota_use").await, 2 * used - 2);
    }

    async fn a_send_that_failed_is_not_counted(world: World) {
        let mut desk = world.desk("accueil 2");
        let asked = form(&mut desk, MOBILE, "p@example.org").await;
        assert_eq!(asked.number("/next/sends_remaining"), 4);
        let folder = world.folder.path().join("outbox");
        std::fs::rename(&folder, world.folder.path().join("away")).unwrap();
        std::fs::write(&folder, "no folder").unwrap();
        world.portal.send_due_messages().await.unwrap();
        world.advance(5 * MINUTE);
        world.portal.send_due_messages().await.unwrap();
        let session = asked.text("/registration_session");
        let now = post(&mut desk, json!({"registration_session": session})).await;
        assert_eq!((now.text("/next/delivery").as_str(), now.number("/next/sends_remaining")), ("failed", 5));
    }

    async fn otp_06_a_gateway_that_does_not_answer_is_asked_once_and_it_counts(world: World) {
        let mut desk = world.desk("accueil 2");
        let asked = form(&mut desk, MOBILE, "p@example.org").await;
        assert_eq!(asked.number("/next/sends_remaining"), 4);
        let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let portal =
            world.process_with_gateway(silent.local_addr().unwrap(), Duration::from_millis(100)).await;
        for _ in 0..20 {
            portal.send_due_messages().await.unwrap();
            world.advance(10 * SECOND);
        }
        let mut asked_for = 0;
        while tokio::time::timeout(Duration::from_millis(1), silent.accept()).await.is_ok() {
            asked_for += 1;
        }
        assert_eq!(asked_for, 1);
        let session = asked.text("/registration_session");
        let now = post(&mut desk, json!({"registration_session": session})).await;
        assert_eq!((now.text("/next/delivery").as_str(), now.number("/next/sends_remaining")), ("sent", 4));
    }

    async fn a_networks_messages_are_counted_whichever_contact_is_proved_first(world: World) {
        let portal = world
            .another(
                |profile| {
                    let registration = profile.registration.as_mut().unwrap();
                    registration.proofs = vec![ContactProof::Email, ContactProof::Phone];
                    registration.forms_per_network = 1;
                },
                HashCost::MINIMAL,
            )
            .await;
        let app = http::router(&[portal], &[]).layer(MockConnectInfo(SocketAddr::from(([203, 0, 113, 7], 40_000))));
        let mut desk = Client { app, ..world.desk("accueil 2") };
        let asked = form(&mut desk, MOBILE, "p@example.org").await;
        let session = asked.text("/registration_session");
        let mailed = world.code_to("p@example.org").await;
        assert_eq!(step(&code(&mut desk, &session, &asked, &mailed).await), "400 verify_phone");
        // Twice as many as forms: the one that the mail's code brought, and one more.
        let mut problems = Vec::new();
        for _ in 0..2 {
            world.advance(MINUTE);
            let again = post(&mut desk, json!({"registration_session": session, "resend": "sms"})).await;
            problems.push(again.problems());
        }
        assert_eq!(problems, [vec![], vec!["otp send_refused".to_owned()]]);
    }

    async fn a_late_code_costs_no_look(world: World) {
        let mut desk = world.desk("accueil 2");
        let asked = form(&mut desk, MOBILE, "p@example.org").await;
        let session = asked.text("/registration_session");
        let late = world.short_code_to(MOBILE).await;
        world.advance(5 * MINUTE + SECOND);
        for _ in 0..4 {
            let reply = code(&mut desk, &session, &asked, &late).await;
            assert_eq!(reply.problems(), ["otp expired"]);
            assert_eq!(reply.number("/next/attempts_remaining"), 3);
        }
        let again = post(&mut desk, json!({"registration_session": session, "resend": "sms"})).await;
        let digits = world.short_code_to(MOBILE).await;
        assert_eq!(step(&code(&mut desk, &session, &again, &digits).await), "400 verify_email");
    }

    async fn nobody_bars_anothers_address_by_typing_rubbish(world: World) {
        let mut stranger = world.desk("ailleurs");
        let (session, asked) =
            with_phone_proved(&world, &mut stranger, "06 11 22 33 44", "victime@example.org").await;
        for _ in 0..3 {
            for _ in 0..4 {
                code(&mut stranger, &session, &asked, "000000").await;
            }
            world.advance(16 * MINUTE);
        }
        let mut hers = world.desk("chez elle");
        let (session, asked) = with_phone_proved(&world, &mut hers, "06 55 66 77 88", "victime@example.org").await;
        let digits = world.code_to("victime@").await;
        assert_eq!(step(&code(&mut hers, &session, &asked, &digits).await), "400 consent");
    }

    async fn otp_05_a_day_of_guesses_at_one_address_is_few_looks(world: World) {
        for round in 0..20 {
            let (mut desk, number) = (world.desk("ailleurs"), format!("06 11 22 {:02} 44", round + 10));
            let (session, asked) =
                with_phone_proved(&world, &mut desk, &number, "victime@example.org").await;
            for _ in 0..4 {
                code(&mut desk, &session, &asked, "000000").await;
            }
            world.advance(20 * MINUTE);
        }
        // Its mails are late here, and give their sends back: the looks are limited all the same.
        assert_eq!(world.events("registration_refused").await, 50);
    }

    async fn otp_13_what_was_sent_and_tried_in_a_wrong_year_is_counted_no_more(world: World) {
        let mut desk = world.desk("accueil 2");
        world.advance(365 * DAY);
        let asked = form(&mut desk, MOBILE, "p@example.org").await;
        let session = asked.text("/registration_session");
        for guess in ["000", "001", "002"] {
            code(&mut desk, &session, &asked, guess).await;
        }
        world.portal.clock.save(&world.portal.store).await.unwrap();
        world.advance(-365 * DAY);
        PortalClock::reset(&world.portal.store, world.clock.now()).await.unwrap();
        desk.app = http::router(&[world.second_process().await], &[]);
        assert_eq!(post(&mut desk, json!({"registration_session": session})).await.error(), "invalid_session");
        let asked = form(&mut desk, MOBILE, "p@example.org").await;
        assert_eq!(step(&asked), "400 verify_phone");
        assert_eq!((asked.number("/next/attempts_remaining"), asked.number("/next/sends_remaining")), (3, 4));
    }

    async fn otp_05_tries_at_once_count_each(world: World) {
        let mut desk = world.desk("accueil 2");
        let asked = form(&mut desk, MOBILE, "p@example.org").await;
        let session = asked.text("/registration_session");
        let digits = world.short_code_to(MOBILE).await;
        let challenge = asked.text("/next/challenge_id");
        desk.refresh_nonce().await;
        let guesses = (0..24).map(|n| format!("{:03}", (digits.parse::<u32>().unwrap() + 1 + n) % 1000));
        let tries = guesses.map(|guess| {
            let (desk, session, challenge) = (desk.clone(), session.clone(), challenge.clone());
            tokio::spawn(async move {
                let body = json!({"registration_session": session, "challenge_id": challenge, "otp": guess, "request_id": opaque_short(&OsEntropy)});
                desk.json_as_is("POST", "account/registration", None, body.to_string()).await.problems()
            })
        });
        let mut rejected = 0;
        for tried in tries.collect::<Vec<_>>() {
            let problems = tried.await.unwrap();
            rejected += usize::from(problems == ["otp rejected"]);
            assert!(problems == ["otp rejected"] || problems == ["otp blocked"], "{problems:?}");
        }
        assert_eq!(rejected, 2, "the third wrong one is said with its block");
        assert_eq!(code(&mut desk, &session, &asked, &digits).await.problems(), ["otp blocked"]);
    }

    async fn acc_11_one_network_opens_so_many_in_an_hour(world: World) {
        let app = world.app().layer(MockConnectInfo(SocketAddr::from(([203, 0, 113, 7], 40_000))));
        let mut desk = Client { app, ..world.desk("accueil 2") };
        for n in 0..30 {
            let asked = form(&mut desk, &format!("06 12 34 {:02} {:02}", 40 + n / 10, 10 + n), &format!("n{n}@example.org")).await;
            assert_eq!(step(&asked), "400 verify_phone", "{n}");
        }
        let refused = form(&mut desk, "06 12 34 77 77", "n@example.org").await;
        assert_eq!((refused.status.as_u16(), refused.error()), (429, "slow_down"));
        assert!(refused.headers["retry-after"].to_str().unwrap().parse::<u32>().unwrap() <= 3600);
        world.advance(HOUR);
        assert_eq!(step(&form(&mut desk, "06 12 34 77 77", "n@example.org").await), "400 verify_phone");
    }
}
