//! Delegates: invited by a dentist, signing in with an account of their own, removed.

use crate::{
    client::{Client, Reply},
    on_both_engines,
    recovery::complete,
    step_up::step_up,
    world::{HOUR, MINUTE, PASSWORD, World},
};
use serde_json::{Value, json};

const CHOSEN: &str = "Rivage-77-sable";

/// A dentist who is signed in and has just proved it by a code: with the access token.
pub async fn dentist(world: &World, permit: &str) -> (Client, String) {
    let mut desk = world.desk(&format!("cabinet {permit}")).again();
    let address = if permit == "00456" { "paul.cote" } else { "anne.roy" };
    let mut authorized = desk.password(permit, PASSWORD).await;
    if !authorized.is_authorized() {
        // The first time after the activation.
        let code = world.code_to(address).await;
        authorized = desk.code(&authorized, &code).await;
    }
    let tokens = desk.redeem(&authorized).await;
    let token = step_up(world, &mut desk, address, &tokens).await.text("/access_token");
    (desk, token)
}

pub async fn invite(client: &mut Client, token: &str, name: &str, email: &str) -> Reply {
    client
        .send("POST", "account/delegates", token, &json!({"name": name, "email": email, "ui_locales": "fr"}))
        .await
}

async fn sign_in(world: &World, email: &str, password: &str) -> Reply {
    let mut desk = Client { role: "delegate".to_owned(), ..world.desk("accueil") };
    let authorized = desk.password(email, password).await;
    if authorized.is_authorized() { desk.redeem(&authorized).await } else { authorized }
}

fn shown(list: &Reply) -> Vec<(String, bool)> {
    let all = list.json["delegates"].as_array().unwrap_or_else(|| panic!("{list:?}"));
    all.iter().map(|one| (one["email"].as_str().unwrap().to_owned(), one["active_since"].is_i64())).collect()
}

on_both_engines! {
    with dentists
    async fn invited_signs_in_and_is_removed(world: World) {
        let (mut desk, token) = dentist(&world, "00456").await;
        let listed = invite(&mut desk, &token, "  Léa   Petit ", "Lea.Petit@example.org").await;
        assert_eq!((shown(&listed), listed.number("/room")), (vec![("lea.petit@example.org".to_owned(), false)], 9));
        assert_eq!(listed.text("/delegates/0/name"), "Léa Petit");
        let mails = world.messages_to("lea.petit@", "").await;
        assert!(mails.len() == 1 && mails[0].contains("Dr Paul Côté vous invite"), "{mails:?}");
        let link = mails[0].split_once("recovery#").unwrap().1.split_whitespace().next().unwrap().to_owned();
        // No account to sign in to, or to recover, before the invitation is taken up.
        assert_eq!(sign_in(&world, "lea.petit@example.org", CHOSEN).await.problem(), "credentials_rejected");
        desk.json("POST", "account/recovery", None, &json!({"identifier": "lea.petit@example.org"})).await;
        assert!(world.messages_to("lea.petit@", "").await.is_empty());
        assert_eq!(complete(&mut desk, &link, CHOSEN).await.status, 204);
        let opened = sign_in(&world, "lea.petit@example.org", CHOSEN).await;
        let theirs = opened.text("/access_token");
        assert_eq!(shown(&desk.call("GET", "account/delegates", &token).await), [("lea.petit@example.org".to_owned(), true)]);
        // A delegate invites nobody.
        let id = listed.text("/delegates/0/id");
        let removed = desk.call("DELETE", &format!("account/delegates/{id}"), &token).await;
        assert_eq!((shown(&removed), removed.number("/room")), (vec![], 10));
        // What is open ends with it, and nobody gets in any more.
        let mut same = Client { role: "delegate".to_owned(), ..world.desk("accueil") };
        assert_eq!(same.call("GET", "account/me", &theirs).await.status, 401);
        assert_eq!(sign_in(&world, "lea.petit@example.org", CHOSEN).await.problem(), "credentials_rejected");
        assert_eq!(desk.call("DELETE", &format!("account/delegates/{id}"), &token).await.status, 404);
        // Invited again: a new password, by a new link.
        world.advance(MINUTE);
        let (mut desk, token) = dentist(&world, "00456").await;
        invite(&mut desk, &token, "Léa Petit", "lea.petit@example.org").await;
        let link = world.link_to("lea.petit@").await.unwrap();
        assert_eq!(sign_in(&world, "lea.petit@example.org", CHOSEN).await.problem(), "credentials_rejected");
        assert_eq!(complete(&mut desk, &link, "Autre-rivage-88").await.status, 204);
        assert!(sign_in(&world, "lea.petit@example.org", "Autre-rivage-88").await.status == 200);
    }

    async fn an_invitation_tells_the_inviter_nothing_of_the_address(world: World) {
        // A member with an account, one without, a stranger: one list, one row in the queue each.
        let (mut desk, token) = dentist(&world, "00456").await;
        let mut seen: Vec<(Value, i64)> = Vec::new();
        for email in ["paul.cote@example.org", "anne.roy@example.org", "personne@example.org"] {
            let rows = world.count("SELECT COUNT(*) FROM message").await;
            let listed = invite(&mut desk, &token, "Quelqu'un", email).await;
            let mut newest = listed.json["delegates"].as_array().unwrap().iter().find(|one| one["email"] == email).unwrap().clone();
            (newest["id"], newest["email"]) = (json!(""), json!(""));
            seen.push((newest, world.count("SELECT COUNT(*) FROM message").await - rows));
        }
        assert!(seen.iter().all(|one| *one == seen[0]), "{seen:?}");
        let told = world.messages_to("paul.cote@", "autre sorte").await;
        assert_eq!(told.len(), 1);
        assert!(desk.again().password("00456", PASSWORD).await.is_authorized());
    }

    async fn one_delegate_serves_two_dentists(world: World) {
        world.execute("UPDATE account SET role = 'dentist' WHERE identifier = '00456'").await;
        let other = json!({"email": "anne.roy@example.org", "permit_number": "00123", "password": PASSWORD, "password_again": PASSWORD});
        let mut desk = world.desk("cabinet 2");
        crate::registration::post(&mut desk, json!({"fields": other, "declared": true})).await;
        let link = world.link_to("anne.roy@").await.unwrap();
        desk.json("POST", "account/activation", None, &json!({"token": link})).await;
        let (mut one, first) = dentist(&world, "00456").await;
        invite(&mut one, &first, "Léa", "lea@example.org").await;
        let link = world.link_to("lea@").await.unwrap();
        complete(&mut one, &link, CHOSEN).await;
        world.advance(MINUTE);
        let (mut two, second) = dentist(&world, "00123").await;
        let listed = invite(&mut two, &second, "Léa", "lea@example.org").await;
        // Waits until she signs in: nothing tells that she had an account.
        assert_eq!(shown(&listed), [("lea@example.org".to_owned(), false)]);
        assert_eq!(world.messages_to("lea@", "Dr Anne Roy").await.len(), 1);
        assert_eq!(sign_in(&world, "lea@example.org", CHOSEN).await.status, 200);
        assert_eq!(shown(&two.call("GET", "account/delegates", &second).await), [("lea@example.org".to_owned(), true)]);
        // Removed by one, she still serves the other.
        let list = one.call("GET", "account/delegates", &first).await;
        one.call("DELETE", &format!("account/delegates/{}", list.text("/delegates/0/id")), &first).await;
        assert_eq!(sign_in(&world, "lea@example.org", CHOSEN).await.status, 200);
        // Nobody removes another's delegate.
        let theirs = two.call("GET", "account/delegates", &second).await.text("/delegates/0/id");
        assert_eq!(one.call("DELETE", &format!("account/delegates/{theirs}"), &first).await.status, 404);
    }

    async fn who_invites_how_many_and_what_is_wrong_with_it(world: World) {
        let (mut desk, token) = dentist(&world, "00456").await;
        assert_eq!(invite(&mut desk, &token, " ", "lea@").await.problems(), ["name missing", "email malformed"]);
        assert_eq!(invite(&mut desk, &token, &"x".repeat(101), "").await.problems(), ["name malformed", "email missing"]);
        for n in 0..10 {
            assert_eq!(invite(&mut desk, &token, "Nom", &format!("d{n}@example.org")).await.status, 200, "{n}");
        }
        assert_eq!(invite(&mut desk, &token, "Nom", "d10@example.org").await.problems(), ["form blocked"]);
        assert_eq!(invite(&mut desk, &token, "Nom", "d0@example.org").await.problems(), ["email send_refused"]);
        // Five minutes after the password, it is asked for again; removing is never harder than that.
        world.advance(4 * MINUTE + 59_000);
        world.advance(HOUR / 60);
        let stale = desk.call("GET", "account/delegates", &token).await;
        assert_eq!(stale.status, 401);
        let (mut desk, token) = dentist(&world, "00456").await;
        let list = desk.call("GET", "account/delegates", &token).await;
        let all: Vec<String> = list.json["delegates"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect();
        for id in all {
            assert_eq!(desk.call("DELETE", &format!("account/delegates/{id}"), &token).await.status, 200);
        }
        assert_eq!(world.count("SELECT COUNT(*) FROM account WHERE state = 'removed'").await, 10);
    }

    async fn only_a_dentist_has_delegates(world: World) {
        let (mut desk, token) = dentist(&world, "00456").await;
        invite(&mut desk, &token, "Léa", "lea@example.org").await;
        let link = world.link_to("lea@").await.unwrap();
        complete(&mut desk, &link, CHOSEN).await;
        let mut lea = Client { role: "delegate".to_owned(), ..world.desk("accueil") };
        let authorized = lea.password("lea@example.org", CHOSEN).await;
        let opened = lea.redeem(&authorized).await;
        let theirs = opened.text("/access_token");
        assert_eq!(lea.call("GET", "account/delegates", &theirs).await.status, 404);
        let fresh = step_up(&world, &mut lea, "lea", &opened).await.text("/access_token");
        assert_eq!(invite(&mut lea, &fresh, "Ami", "ami@example.org").await.status, 404);
    }
}
