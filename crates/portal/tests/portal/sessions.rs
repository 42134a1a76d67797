//! SES: the person's list of open sessions, and the history of the account.

use crate::{
    client::{Client, Reply},
    on_both_engines,
    password::is_open,
    trust::{sign_in, sign_in_trusted},
    world::{HOUR, MINUTE, SECOND},
};
use parvis_protocol::clock::Clock;

async fn get(client: &mut Client, tokens: &Reply, path: &str) -> Reply {
    client.call("GET", path, &tokens.text("/access_token")).await
}

on_both_engines! {
    async fn ses_04_the_list_shows_open_sessions_and_ends_one(world: World) {
        let mut home = world.desk("cabinet");
        let old = sign_in(&world, &mut home, "medecin-a").await;
        world.advance(MINUTE);
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in(&world, &mut desk, "medecin-a").await;
        let mut other = world.desk("accueil 1");
        let theirs = sign_in(&world, &mut other, "medecin-b").await;
        world.advance(MINUTE);
        let list = get(&mut desk, &tokens, "account/sessions").await;
        let sessions = list.json["sessions"].as_array().unwrap();
        assert_eq!(sessions.len(), 2, "{list:?}");
        let flags = |n: usize| (sessions[n]["current"].as_bool().unwrap(), sessions[n]["this_workstation"].as_bool().unwrap());
        assert_eq!((flags(0), flags(1)), ((true, true), (false, false)));
        assert_eq!((sessions[1]["started_at"].as_i64(), sessions[1]["last_used_ago"].as_i64()), (Some(world.clock.now() / 1000 - 120), Some(120)));
        assert_eq!(sessions[1]["acr"], "mfa-email");
        // Not somebody else's, and not by whoever guesses.
        let id = list.text("/sessions/1/id");
        assert_eq!(other.call("DELETE", &format!("account/sessions/{id}"), &theirs.text("/access_token")).await.status, 404);
        assert!(is_open(&mut home, &old).await);
        let path = format!("account/sessions/{id}");
        assert_eq!(desk.call("DELETE", &path, &tokens.text("/access_token")).await.status, 204);
        assert!(!is_open(&mut home, &old).await && is_open(&mut desk, &tokens).await);
        assert_eq!(home.refresh(&old.text("/refresh_token")).await.error(), "invalid_grant");
        assert_eq!(desk.call("DELETE", &path, &tokens.text("/access_token")).await.status, 404);
        assert_eq!(get(&mut desk, &tokens, "account/sessions").await.json["sessions"].as_array().unwrap().len(), 1);
        assert_eq!(world.events("session_ended").await, 1);
    }

    async fn a_session_that_has_run_out_is_not_in_the_list(world: World) {
        let mut home = world.desk("cabinet");
        sign_in(&world, &mut home, "medecin-a").await;
        world.advance(HOUR);
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in(&world, &mut desk, "medecin-a").await;
        assert_eq!(get(&mut desk, &tokens, "account/sessions").await.json["sessions"].as_array().unwrap().len(), 1);
    }

    async fn ses_05_a_closed_account_has_no_sessions(world: World) {
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in(&world, &mut desk, "medecin-a").await;
        world.execute("UPDATE account SET state = 'disabled' WHERE identifier = 'medecin-a'").await;
        for path in ["account/me", "account/sessions", "account/events"] {
            assert_eq!(get(&mut desk, &tokens, path).await.status, 401);
        }
    }

    async fn log_01_the_history_is_the_accounts_own_and_says_what_its_owner_understands(world: World) {
        let mut desk = world.desk("accueil 2");
        desk.password("medecin-a", "wrong").await;
        world.advance(MINUTE);
        let mut home = world.desk("cabinet");
        sign_in_trusted(&world, &mut home, "medecin-a").await;
        world.advance(MINUTE);
        let mut other = home.again();
        sign_in(&world, &mut other, "medecin-b").await;
        world.advance(MINUTE);
        let tokens = sign_in(&world, &mut desk, "medecin-a").await;
        let reply = get(&mut desk, &tokens, "account/events").await;
        let events: Vec<(String, String, Option<bool>)> = reply.json["events"].as_array().unwrap().iter().map(|event| {
            let text = |name: &str| event[name].as_str().unwrap_or("").to_owned();
            (text("kind"), text("detail"), event["this_workstation"].as_bool())
        }).collect();
        let kinds: Vec<&str> = events.iter().map(|(kind, ..)| kind.as_str()).collect();
        assert_eq!(kinds[..2], ["signed_in", "trust_ended"], "{events:?}");
        assert_eq!(events[1], ("trust_ended".to_owned(), "other_professional".to_owned(), Some(false)));
        assert!(kinds.contains(&"password_rejected") && kinds.contains(&"trust_granted"));
        assert!(!kinds.iter().any(|kind| ["message_sent", "code_requested", "password_accepted"].contains(kind)));
        assert_eq!(events.iter().filter(|(kind, ..)| kind == "signed_in").count(), 2);
        let rejected = events.iter().find(|(kind, ..)| kind == "password_rejected").unwrap();
        assert_eq!(rejected.2, Some(true));
        assert_eq!(reply.number("/events/0/at"), world.clock.now() / 1000);
        assert_eq!(reply.number("/events/1/ago"), 60);
    }

    async fn ses_09_the_fifty_first_session_ends_the_one_used_longest_ago(world: World) {
        let mut tokens = Vec::new();
        for n in 0..51 {
            let mut desk = world.desk(&format!("poste {n}"));
            world.advance(SECOND);
            tokens.push((sign_in(&world, &mut desk, "secretaire").await, desk));
        }
        let open = "SELECT COUNT(*) FROM sign_in_grant WHERE ended_at IS NULL";
        assert_eq!(world.count(open).await, 50);
        for (n, alive) in [(0, false), (1, true), (50, true)] {
            let (answer, desk) = &mut tokens[n];
            let status = desk.call("GET", "account/me", &answer.text("/access_token")).await.status;
            assert_eq!(status == 200, alive, "{n}");
        }
        assert_eq!(world.events("session_limit").await, 1);
    }
}
