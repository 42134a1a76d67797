//! ACC, PWD, LOG: who may try a password, how often, and what is written down.

use crate::{
    client::{Client, Reply, wrong},
    on_both_engines,
    trust::{sign_in, sign_in_trusted},
    world::{DAY, HOUR, MINUTE, PASSWORD, SECOND, World, log},
};
use axum::extract::connect_info::MockConnectInfo;
use parvis_portal::{account::NewAccount, hash::HashCost, http};
use parvis_portal_profile::{CodeBlock, Language};
use parvis_protocol::{clock::Clock, entropy::OsEntropy, entropy::opaque_short};
use std::net::SocketAddr;

fn retry_after(reply: &Reply) -> Option<i64> {
    reply.headers.get("retry-after").map(|value| value.to_str().unwrap().parse().unwrap())
}

/// A password was looked at, or a dummy in its place.
fn was_evaluated(reply: &Reply) -> bool {
    reply.status == 400
}

/// All at once; nonces are fetched before.
async fn at_once(clients: Vec<Client>, name: &'static str, password: &'static str) -> Vec<Reply> {
    let mut tasks = Vec::new();
    for mut client in clients {
        client.refresh_nonce().await;
        tasks.push(tokio::spawn(async move {
            let fields = client.password_fields(name, password, &[]);
            let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            client.post_as_is("challenge", &fields, None).await
        }));
    }
    let mut replies = Vec::new();
    for task in tasks {
        replies.push(task.await.unwrap());
    }
    replies
}

/// Behind this address.
fn from(world: &World, address: &str, workstation: &str) -> Client {
    let mut desk = world.desk(workstation);
    let peer: SocketAddr = format!("{address}:40000").parse().unwrap();
    desk.app = desk.app.layer(MockConnectInfo(peer));
    desk
}

async fn person(world: &World, identifier: &str) {
    world.create(identifier, &[], None).await;
}

on_both_engines! {
    async fn acc_01_unknown_wrong_and_disabled_are_the_same_answer(world: World) {
        world.execute("UPDATE account SET state = 'disabled' WHERE identifier = 'medecin-b'").await;
        let mut desk = world.desk("accueil 2");
        let mut answers = Vec::new();
        for (name, password) in [("nobody", PASSWORD), ("medecin-a", "wrong"), ("medecin-b", PASSWORD), ("medecin-b", "wrong")] {
            let reply = desk.password(name, password).await;
            let mut headers: Vec<(String, String)> = reply
                .headers
                .iter()
                .filter(|(name, _)| !["date", "dpop-nonce"].contains(&name.as_str()))
                .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
                .collect();
            headers.sort();
            answers.push((reply.status, headers, String::from_utf8(reply.bytes).unwrap()));
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
        assert_eq!(answers[0].2, r#"{"error":"insufficient_authorization","next":{"step":"password"},"problem":"credentials_rejected"}"#);
    }

    async fn acc_01_thirty_tries_go_the_same_way_for_unknown_and_known(world: World) {
        let mut sequences = [Vec::new(), Vec::new()];
        let mut desk = world.desk("accueil 2");
        for _ in 0..30 {
            for (name, sequence) in ["nobody", "medecin-a"].into_iter().zip(&mut sequences) {
                let reply = desk.password(name, "wrong").await;
                sequence.push((reply.status, retry_after(&reply), reply.bytes));
            }
            world.advance(40 * SECOND);
        }
        assert!(sequences[0].iter().any(|(status, ..)| *status == 429));
        assert_eq!(sequences[0], sequences[1]);
    }

    async fn acc_02_one_hash_for_unknown_disabled_known_and_over_the_limit(world: World) {
        world.execute("UPDATE account SET state = 'disabled' WHERE identifier = 'medecin-b'").await;
        let mut desk = world.desk("accueil 2");
        for (name, password) in [("nobody", "x"), ("medecin-b", PASSWORD), ("medecin-a", "x"), ("medecin-a", PASSWORD)] {
            let before = world.portal.hashes.executed();
            desk.password(name, password).await;
            assert_eq!(world.portal.hashes.executed(), before + 1, "{name} {password}");
        }
        // Over its name's limit nothing is hashed, known or not.
        for name in ["nobody", "secretaire"] {
            for _ in 0..5 {
                desk.password(name, "x").await;
            }
            let before = world.portal.hashes.executed();
            assert_eq!(desk.password(name, "x").await.status, 429);
            assert_eq!(world.portal.hashes.executed(), before);
        }
    }

    async fn acc_03_all_spellings_share_the_accounts_counter(world: World) {
        let mut desk = world.desk("accueil 2");
        for typed in ["medecin-a", "MEDECIN-A", " medecin-a ", "medecin -a", "Medecin-A\u{200b}"] {
            assert_eq!(desk.password(typed, "wrong").await.problem(), "credentials_rejected");
        }
        for typed in ["medecin-a", "mEdecin-a"] {
            assert_eq!(desk.password(typed, PASSWORD).await.status, 429);
        }
        // The address is another name: its own delay, and no link to be seen. The account's count goes on beneath.
        let mut evaluated = 5;
        for turn in 0.. {
            world.advance(31 * MINUTE);
            let typed = if turn % 2 == 0 { "medecin-a@example.org" } else { "medecin-a" };
            assert_eq!(desk.password(typed, "wrong").await.problem(), "credentials_rejected");
            evaluated += 1;
            if evaluated == 25 {
                break;
            }
        }
        world.advance(31 * MINUTE);
        let before = world.portal.hashes.executed();
        for typed in ["medecin-a@example.org", "MEDECIN-A"] {
            assert_eq!(desk.password(typed, PASSWORD).await.problem(), "credentials_rejected", "{typed}");
        }
        // ACC-02
        assert_eq!(world.portal.hashes.executed(), before + 2);
        world.advance(DAY);
        assert_eq!(desk.password("medecin-a@example.org", PASSWORD).await.json["next"]["step"], "otp");
    }

    async fn acc_04_sixty_four_wrong_passwords_at_once_evaluate_five(world: World) {
        let other = http::router(&[world.second_process().await], &[]);
        let clients = |both: bool| -> Vec<Client> {
            (0..64)
                .map(|n| {
                    let mut desk = from(&world, "203.0.113.7", &format!("poste {n}"));
                    if both && n % 2 == 1 {
                        desk.app = other.clone().layer(MockConnectInfo(SocketAddr::from(([203, 0, 113, 7], 40000))));
                    }
                    desk
                })
                .collect()
        };
        for (name, both) in [("medecin-a", false), ("medecin-b", true), ("nobody", true)] {
            let before = world.portal.hashes.executed();
            let replies = at_once(clients(both), name, "wrong").await;
            assert_eq!(replies.iter().filter(|reply| was_evaluated(reply)).count(), 5, "{name}");
            if !both {
                assert_eq!(world.portal.hashes.executed(), before + 5);
            }
            for reply in replies.iter().filter(|reply| !was_evaluated(reply)) {
                let wait = retry_after(reply).unwrap();
                assert!(reply.status == 429 || (reply.status == 503 && wait == 1), "{reply:?}");
            }
        }
    }

    async fn acc_04_sixty_four_right_passwords_at_once_all_succeed(world: World) {
        let other = http::router(&[world.second_process().await], &[]);
        for name in ["secretaire", "medecin-a"] {
            let mut waiting: Vec<Client> = (0..64)
                .map(|n| {
                    let mut desk = from(&world, "203.0.113.7", "accueil 2");
                    if n % 2 == 1 {
                        desk.app = other.clone().layer(MockConnectInfo(SocketAddr::from(([203, 0, 113, 7], 40000))));
                    }
                    desk
                })
                .collect();
            // Each round lets some through; those told to wait come again.
            for round in 0.. {
                assert!(round < 64, "{} are still told to wait", waiting.len());
                let replies = at_once(waiting.clone(), name, PASSWORD).await;
                let mut again = Vec::new();
                for (client, reply) in waiting.into_iter().zip(replies) {
                    if reply.status == 503 {
                        assert_eq!(retry_after(&reply), Some(1), "{reply:?}");
                        again.push(client);
                    } else if name == "secretaire" {
                        assert!(reply.is_authorized(), "{reply:?}");
                    } else {
                        assert_eq!((reply.json["next"]["step"].as_str(), reply.problem()), (Some("otp"), ""), "{reply:?}");
                    }
                }
                waiting = again;
                if waiting.is_empty() {
                    break;
                }
            }
        }
        // One person, one workstation: one message.
        assert_eq!(world.count("SELECT COUNT(*) FROM message").await, 1);
    }

    async fn acc_05_delays_grow_and_no_day_has_more_than_twenty_five_tries(world: World) {
        let mut owner = world.desk("bureau 7");
        sign_in(&world, &mut owner, "secretaire").await;
        let (mut desk, start) = (world.desk("ailleurs"), world.clock.now());
        let (mut evaluated, mut waits) = (Vec::new(), Vec::new());
        while evaluated.len() < 100 {
            let reply = desk.password("secretaire", "wrong").await;
            if was_evaluated(&reply) {
                evaluated.push(world.clock.now());
                continue;
            }
            assert_eq!(reply.status, 429);
            let wait = retry_after(&reply).unwrap();
            waits.push(wait);
            // A second less is too early.
            world.advance((wait - 1) * SECOND);
            assert_eq!(retry_after(&desk.password("secretaire", "wrong").await), Some(1));
            world.advance(SECOND);
        }
        assert!(evaluated[..5].iter().all(|at| *at == start));
        assert_eq!(waits[..6], [90, 180, 300, 600, 1800, 1800]);
        assert!(waits.iter().all(|wait| *wait > 60));
        for tries in evaluated.windows(26) {
            assert!(tries[25] - tries[0] >= DAY, "26 tries in {} h", (tries[25] - tries[0]) / HOUR);
        }
        // After a hundred in a row strangers are not listened to any more; the owner is, where she is known.
        world.advance(2 * DAY);
        assert_eq!(desk.password("secretaire", PASSWORD).await.problem(), "credentials_rejected");
        assert!(owner.again().password("secretaire", PASSWORD).await.is_authorized());
        world.advance(HOUR);
        assert!(desk.password("secretaire", PASSWORD).await.is_authorized());
    }

    async fn acc_06_a_thousand_wrong_tries_elsewhere_do_not_lock_the_owner_out(world: World) {
        let mut owner = world.desk("accueil 2");
        sign_in_trusted(&world, &mut owner, "medecin-a").await;
        let mut stranger = world.desk("ailleurs");
        for n in 0..1000 {
            if n % 5 == 0 {
                stranger.refresh_nonce().await;
            }
            let fields = stranger.password_fields("medecin-a", "wrong", &[]);
            let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            stranger.post_as_is("challenge", &fields, None).await;
            world.advance(10 * SECOND);
        }
        assert!(world.events("password_throttled").await > 900);
        assert!(owner.again().password("medecin-a", PASSWORD).await.is_authorized());
        // Support gives the name back to everybody.
        assert_eq!(stranger.password("medecin-a", PASSWORD).await.status, 429);
        let account = world.portal.account("medecin-a").await.unwrap().unwrap();
        world.portal.unblock_account(&account).await.unwrap();
        assert_eq!(stranger.password("medecin-a", PASSWORD).await.json["next"]["step"], "otp");
    }

    async fn acc_06_a_known_workstation_has_its_own_limit(world: World) {
        let mut desk = world.desk("accueil 2");
        sign_in(&world, &mut desk, "secretaire").await;
        let mut evaluated = 0;
        for _ in 0..100 {
            evaluated += i32::from(was_evaluated(&desk.password("secretaire", "wrong").await));
            world.advance(10 * MINUTE);
        }
        assert_eq!(evaluated, 10);
    }

    async fn acc_08_a_block_ends_what_runs_at_every_step(world: World) {
        let account = world.portal.account("medecin-a").await.unwrap().unwrap();
        let block = async || world.portal.block_account(&account.subject).await.unwrap();
        let unblock = async || world.portal.unblock_account(&account).await.unwrap();

        // Between password and code: also once the block is lifted.
        let mut desk = world.desk("accueil 2");
        let asked = desk.password("medecin-a", PASSWORD).await;
        let code = world.code_to("medecin-a@").await;
        let (session, challenge) = (asked.text("/auth_session"), asked.text("/next/challenge_id"));
        block().await;
        for lifted in [false, true] {
            assert_eq!(desk.code(&asked, &code).await.error(), "invalid_session");
            assert_eq!(desk.choose(&session, "sms").await.error(), "invalid_session");
            let poll = [("auth_session", session.as_str()), ("challenge_id", challenge.as_str())];
            assert_eq!(desk.post("challenge", &poll).await.error(), "invalid_session");
            if !lifted {
                unblock().await;
            }
        }
        // Between code and redemption.
        let mut desk = world.desk("accueil 2");
        let asked = desk.password("medecin-a", PASSWORD).await;
        let authorized = desk.code(&asked, &code).await;
        assert!(authorized.is_authorized(), "{authorized:?}");
        block().await;
        assert_eq!(desk.redeem(&authorized).await.error(), "invalid_grant");
        unblock().await;
        assert_eq!(desk.redeem(&authorized).await.error(), "invalid_grant");
        // After it.
        world.advance(MINUTE);
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in_trusted(&world, &mut desk, "medecin-a").await;
        block().await;
        for lifted in [false, true] {
            assert_eq!(desk.call("GET", "account/me", &tokens.text("/access_token")).await.status, 401);
            assert_eq!(desk.refresh(&tokens.text("/refresh_token")).await.error(), "invalid_grant");
            if !lifted {
                unblock().await;
            }
        }
        assert_eq!(desk.again().password("medecin-a", PASSWORD).await.json["reason"], "credentials_changed");
    }

    async fn acc_08_wrong_codes_of_many_sign_ins_at_once_block_after_three_and_never_wait_for_each_other(world: World) {
        let strict = world.another(|profile| profile.code_tries.then = CodeBlock::Account, HashCost::MINIMAL).await;
        let app = http::router(&[strict], &[]);
        let mut desk = world.desk("accueil 2");
        desk.app = app;
        let first = desk.password("medecin-a", PASSWORD).await;
        let code = world.code_to("medecin-a@").await;
        let mut ready = vec![(desk.clone(), first)];
        for _ in 0..15 {
            let mut beside = desk.again();
            let asked = beside.password("medecin-a", PASSWORD).await;
            ready.push((beside, asked));
        }
        let mut tasks = Vec::new();
        for (mut client, asked) in ready {
            let wrong = wrong(&code);
            tasks.push(tokio::spawn(async move { client.code(&asked, &wrong).await }));
        }
        for task in tasks {
            let reply = task.await.unwrap();
            assert_eq!(reply.status, 400, "{reply:?}");
        }
        assert_eq!(world.events("code_rejected").await, 3);
        assert_eq!(world.events("account_blocked").await, 1);
    }

    async fn acc_11_one_try_on_each_of_many_accounts_from_one_address_is_stopped(world: World) {
        // ACC-10: what the client says of its address changes nothing.
        let mut known = from(&world, "198.51.100.9", "accueil 2");
        sign_in(&world, &mut known, "secretaire").await;
        let mut sprayer = from(&world, "198.51.100.9", "ailleurs");
        let mut throttled = 0;
        for n in 0..500 {
            if n % 50 == 0 {
                sprayer.refresh_nonce().await;
            }
            let fields = sprayer.password_fields(&format!("personne-{n}"), "Printemps2026!", &[]);
            let body = serde_urlencoded::to_string(&fields).unwrap();
            let (proof, forged) = (sprayer.proof("POST", "challenge", None), format!("192.0.2.{}", n % 250));
            let headers = [
                ("content-type", "application/x-www-form-urlencoded"),
                ("dpop", &proof),
                ("x-forwarded-for", &forged),
                ("forwarded", &format!("for={forged}")),
            ];
            let reply = sprayer.raw("POST", "challenge", &headers, body.into()).await;
            throttled += i32::from(reply.status == 429);
        }
        // 100, and ten for the sign-in of this hour.
        assert_eq!(throttled, 500 - 110);
        assert_eq!(world.events("network_throttled").await, 390);
        // Who is known on the workstation goes on; another address too.
        assert!(known.again().password("secretaire", PASSWORD).await.is_authorized());
        assert!(from(&world, "198.51.100.10", "x").password("secretaire", PASSWORD).await.is_authorized());
        assert_eq!(from(&world, "198.51.100.9", "x").password("secretaire", PASSWORD).await.status, 429);
        world.advance(HOUR);
        assert!(from(&world, "198.51.100.9", "x").password("secretaire", PASSWORD).await.is_authorized());
    }

    async fn acc_11_forty_people_behind_one_address_are_not_throttled(world: World) {
        for n in 0..40 {
            let name = format!("personne-{n}");
            person(&world, &name).await;
            let mut desk = from(&world, "198.51.100.9", &format!("poste {n}"));
            for _ in 0..2 {
                assert_eq!(desk.password(&name, "wrong").await.problem(), "credentials_rejected");
            }
            let reply = desk.password(&name, PASSWORD).await;
            assert!(reply.is_authorized(), "{n} {reply:?}");
            assert_eq!(desk.redeem(&reply).await.status, 200);
        }
    }

    async fn acc_12_support_is_named_after_the_right_password_only(world: World) {
        let account = world.portal.account("medecin-a").await.unwrap().unwrap();
        let reference = world.portal.block_account(&account.subject).await.unwrap();
        let mut desk = world.desk("accueil 2");
        assert_eq!(desk.password("medecin-a", "wrong").await.problem(), "credentials_rejected");
        let blocked = desk.password("medecin-a", PASSWORD).await;
        assert_eq!((blocked.status.as_u16(), blocked.problem()), (400, "account_blocked"));
        assert_eq!(blocked.json["next"]["step"], "contact_support");
        assert_eq!(blocked.text("/support/reference"), reference);
        assert_eq!(blocked.text("/support/email"), "assistance@portail-de-sante.example.org");
        assert!(blocked.json.get("auth_session").is_none() && blocked.json.get("until").is_none());
        assert_eq!(blocked.number("/since"), world.clock.now() / 1000);
        assert_eq!(world.count("SELECT COUNT(*) FROM message").await, 0);
        world.portal.unblock_account(&account).await.unwrap();
        assert_eq!(desk.password("medecin-a", PASSWORD).await.json["next"]["step"], "otp");
        assert_eq!((world.events("account_blocked").await, world.events("account_unblocked").await), (1, 1));
    }

    async fn pwd_01_long_passwords_of_all_letters_count_to_the_last_byte(world: World) {
        let letters = (0..124).map(|n: u32| char::from_u32(0x430 + (n * n * 3 + n * 7) % 32).unwrap());
        let long = format!("Aé1!{}", letters.collect::<String>());
        let account = new_account("long");
        world.portal.create_account(account, Some(long.clone().into())).await.unwrap();
        let mut desk = world.desk("accueil 2");
        for other in [long.replacen('é', "É", 1), format!("{long} "), long[..long.len() - 2].to_owned(), format!("{}э", &long[..long.len() - 2])] {
            assert_eq!(desk.password("long", &other).await.problem(), "credentials_rejected");
        }
        assert!(desk.password("long", &long).await.is_authorized());
        let refused = world.portal.create_account(new_account("short"), Some("Aa1!5678901".into())).await.unwrap_err();
        assert!(refused.to_string().contains("too_short"), "{refused}");
    }

    async fn pwd_02_composition_is_asked_only_where_the_portal_asks_it(world: World) {
        let plain = "gkwzvtqmxrplhbnd";
        let refused = world.portal.create_account(new_account("strict"), Some(plain.into())).await.unwrap_err().to_string();
        for rule in ["digit", "upper", "special"] {
            assert!(refused.contains(rule), "{refused}");
        }
        let free = world.another(|profile| (profile.password.digits, profile.password.upper, profile.password.lower, profile.password.special) = (0, 0, 0, 0), HashCost::MINIMAL).await;
        free.create_account(new_account("free"), Some(plain.into())).await.unwrap();
        assert!(world.desk("x").password("free", plain).await.is_authorized());
    }

    async fn one_name_is_one_accounts(world: World) {
        // An identifier that is an address in use would be an account that nobody can enter.
        let mut account = new_account("medecin-a@example.org");
        account.email = Some("medecin-a@example.org".to_owned());
        assert!(world.portal.create_account(account, Some(PASSWORD.into())).await.is_err());
        let mut account = new_account("new@example.org");
        account.email = Some("NEW@example.org".to_owned());
        world.portal.create_account(account, Some(PASSWORD.into())).await.unwrap();
        assert!(world.desk("x").password("new@example.org", PASSWORD).await.is_authorized());
    }

    async fn pwd_07_a_hash_of_another_cost_is_replaced_and_nobody_is_refused_meanwhile(world: World) {
        let costlier = world.another(|_| (), HashCost { memory_kib: 16, ..HashCost::MINIMAL }).await;
        let app = http::router(&[costlier], &[]);
        let clients = || -> Vec<Client> {
            (0..5).map(|_| Client { app: app.clone(), ..world.desk("accueil 2") }).collect()
        };
        for _ in 0..4 {
            for reply in at_once(clients(), "secretaire", PASSWORD).await {
                assert!(reply.is_authorized(), "{reply:?}");
            }
        }
        // The hash is replaced after the answer.
        let replaced = async || {
            let hash = "SELECT password_hash FROM account WHERE identifier = 'secretaire'";
            sqlx::query_scalar::<_, String>(hash).fetch_one(world.portal.store.read()).await.unwrap().contains("m=16,")
        };
        tokio::time::timeout(std::time::Duration::from_secs(10), async {
            while !replaced().await {
                tokio::task::yield_now().await;
            }
        })
        .await
        .unwrap();
        assert!(Client { app: app.clone(), ..world.desk("x") }.password("secretaire", PASSWORD).await.is_authorized());
    }

    async fn pwd_08_an_over_long_password_is_refused_before_anything(world: World) {
        let before = world.portal.hashes.executed();
        let mut desk = world.desk("accueil 2");
        for length in [4097, 1 << 20] {
            let reply = desk.password("medecin-a", &"x".repeat(length)).await;
            assert_eq!((reply.status.as_u16(), reply.error()), (400, "invalid_request"));
        }
        assert_eq!(world.portal.hashes.executed(), before);
        assert_eq!(world.count("SELECT COUNT(*) FROM password_throttle").await, 0);
        assert_eq!(desk.password("medecin-a", &"x".repeat(4096)).await.problem(), "credentials_rejected");
    }

    async fn log_01_each_scenario_leaves_its_events(world: World) {
        let mut desk = from(&world, "198.51.100.9", "accueil 2");
        desk.password("medecin-a", "wrong").await;
        let asked = desk.password("medecin-a", PASSWORD).await;
        let code = world.code_to("medecin-a@").await;
        desk.choose(&asked.text("/auth_session"), "email").await;
        desk.code(&asked, &wrong(&code)).await;
        let authorized = desk.code_and_remember(&asked, &code).await;
        let tokens = desk.redeem(&authorized).await;
        let mut again = desk.again();
        let honoured = again.password("medecin-a", PASSWORD).await;
        let second = again.redeem(&honoured).await;
        desk.end_session(&tokens.text("/end_handle"), false).await;
        let refreshed = again.refresh(&second.text("/refresh_token")).await;
        again.refresh(&refreshed.text("/refresh_token")).await;
        again.refresh(&second.text("/refresh_token")).await;
        again.redeem(&honoured).await;
        let b = sign_in_trusted(&world, &mut desk.again(), "medecin-b").await;
        desk.end_session(&b.text("/end_handle"), true).await;
        let account = world.portal.account("medecin-a").await.unwrap().unwrap();
        world.portal.block_account(&account.subject).await.unwrap();
        desk.again().password("medecin-a", PASSWORD).await;
        world.portal.unblock_account(&account).await.unwrap();
        for _ in 0..6 {
            desk.password("nobody", "wrong").await;
        }
        for kind in [
            "account_created", "account_blocked", "account_unblocked", "password_accepted", "password_rejected",
            "password_throttled", "blocked_sign_in", "code_requested", "code_request_refused", "code_accepted", "code_rejected",
            "trust_honoured", "trust_granted", "trust_ended", "handover", "signed_in", "signed_out",
            "authorization_code_reused", "refresh_token_reused", "message_sent",
        ] {
            assert!(world.events(kind).await > 0, "{kind}");
        }
        // Who, on which workstation, from which network.
        let (subject, device, network): (Option<String>, Option<String>, Option<String>) =
            sqlx::query_as("SELECT subject, device, network FROM event WHERE kind = 'password_rejected' ORDER BY at LIMIT 1")
                .fetch_one(world.portal.store.read()).await.unwrap();
        assert_eq!((subject, device), (Some(account.subject), Some(desk.device_id.clone())));
        assert_eq!(network.as_deref(), Some("198.51.100.9"));
        assert_eq!(world.count("SELECT COUNT(*) FROM event WHERE kind = 'signed_in' AND (subject IS NULL OR device IS NULL OR detail IS NULL)").await, 0);
    }

    async fn log_02_what_was_typed_stands_in_no_table_and_no_log(world: World) {
        let canary = || format!("canary{}", opaque_short(&OsEntropy).to_lowercase().replace(['-', '_'], "x"));
        let (name, password, role, code, other) = (canary(), canary(), canary(), canary(), canary());
        let mut desk = world.desk("accueil 2");
        for (name, password) in [(name.as_str(), password.as_str()), ("medecin-a", &password), (&name, PASSWORD)] {
            for _ in 0..3 {
                desk.password(name, password).await;
            }
        }
        desk.password_with(&name, &password, &[("role", &role)]).await;
        desk.password_with(&name, &password, &[("supported", &other), ("ui_locales", &other), ("device_proof", &other)]).await;
        let asked = desk.password("medecin-b", PASSWORD).await;
        let sent = world.code_to("medecin-b@").await;
        desk.code(&asked, &code).await;
        desk.redeem_with(&other, &other, &opaque_short(&OsEntropy)).await;
        desk.refresh(&other).await;
        desk.end_session(&other, true).await;
        desk.post("revoke", &[("token", &other)]).await;
        desk.call("GET", "account/me", &other).await;
        let (dump, log) = (world.dump().await, log());
        for secret in [&name, &password, &role, &code, &other, PASSWORD] {
            assert!(!dump.contains(secret), "{secret} is in a table");
            assert!(!log.contains(secret), "{secret} is in the log");
        }
        assert!(!dump.lines().any(|line| line.ends_with(&format!(": {sent}"))));
        assert!(log.contains("password_rejected"));
    }

    async fn log_03_a_name_cannot_forge_a_line(world: World) {
        let mut desk = world.desk("accueil 2");
        let mark = opaque_short(&OsEntropy);
        for typed in [format!("x\nevent {mark}"), format!("\u{1b}[31m{mark}"), format!("x\r\n{mark}"), format!("x\0{mark}")] {
            let reply = desk.password(&typed, "wrong").await;
            assert_eq!(reply.status, 400);
            assert!(!String::from_utf8_lossy(&reply.bytes).contains(&mark));
        }
        assert!(!log().contains(&mark) && !world.dump().await.contains(&mark));
    }

    async fn rows_of_names_that_nobody_has_are_purged(world: World) {
        world.desk("x").password("nobody", "wrong").await;
        let retention = parvis_portal::config::Retention { audit_days: 365, ended_days: 7, messages_days: 30 };
        world.advance(DAY);
        world.portal.purge(&retention).await.unwrap();
        assert_eq!(world.count("SELECT COUNT(*) FROM password_failure").await, 0);
        world.advance(90 * DAY);
        world.portal.purge(&retention).await.unwrap();
        assert_eq!(world.count("SELECT COUNT(*) FROM password_throttle").await, 0);
    }
}

fn new_account(identifier: &str) -> NewAccount {
    NewAccount {
        identifier: identifier.to_owned(),
        name: identifier.to_owned(),
        role: "professional".to_owned(),
        rights: Vec::new(),
        email: None,
        phone: None,
        phone_verified: false,
        language: Language::Fr,
    }
}
