//! Delegates: invited by a dentist, signing in with an account of their own, removed.

use crate::{
    client::{Client, Reply},
    link_pages::{SAME_ORIGIN, send},
    on_both_engines,
    recovery::complete,
    step_up::step_up,
    world::{DAY, Engine, HOUR, MINUTE, PASSWORD, World},
};
use parvis_portal::account::NewAccount;
use parvis_portal_profile::Language;
use secrecy::SecretString;
use serde_json::{Value, json};

pub const CHOSEN: &str = "Rivage-77-sable";

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

pub async fn sign_in(world: &World, email: &str, password: &str) -> Reply {
    sign_in_at(&mut delegates_desk(world), email, password).await
}

pub fn delegates_desk(world: &World) -> Client {
    Client { role: "delegate".to_owned(), ..world.desk("accueil") }
}

pub async fn sign_in_at(desk: &mut Client, email: &str, password: &str) -> Reply {
    let authorized = desk.password(email, password).await;
    if authorized.is_authorized() { desk.redeem(&authorized).await } else { authorized }
}

fn shown(list: &Reply) -> Vec<(String, bool)> {
    let all = list.json["delegates"].as_array().unwrap_or_else(|| panic!("{list:?}"));
    all.iter().map(|one| (one["email"].as_str().unwrap().to_owned(), one["active_since"].is_i64())).collect()
}

/// The other member opens an account.
pub async fn register_anne(world: &World) {
    let fields = json!({"email": "anne.roy@example.org", "permit_number": "00123", "password": PASSWORD, "password_again": PASSWORD});
    let mut desk = world.desk("cabinet 2");
    crate::registration::post(&mut desk, json!({"fields": fields, "declared": true})).await;
    let link = world.link_to("anne.roy@").await.unwrap();
    assert_eq!(desk.json("POST", "account/activation", None, &json!({"token": link})).await.status, 204);
}

/// Invites somebody who has no account, and takes the invitation up for them.
pub async fn take_on(world: &World, client: &mut Client, token: &str, name: &str, email: &str) {
    assert_eq!(invite(client, token, name, email).await.status, 200);
    let link = world.link_to(email).await.unwrap();
    assert_eq!(complete(client, &link, CHOSEN).await.status, 204);
}

/// Asks on the page for a link like this one.
async fn another_link(world: &World, link: &str) {
    let asked = send(&world.desk("ailleurs"), "recovery/link", &SAME_ORIGIN, &[("token", link)]).await;
    assert_eq!(asked.status, 200);
}

pub async fn remove(client: &mut Client, token: &str, email: &str) -> Reply {
    let list = client.call("GET", "account/delegates", token).await;
    let all = list.json["delegates"].as_array().unwrap();
    let id = all.iter().find(|one| one["email"] == email).unwrap()["id"].as_str().unwrap().to_owned();
    client.call("DELETE", &format!("account/delegates/{id}"), token).await
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
        let mut same = delegates_desk(&world);
        let theirs = sign_in_at(&mut same, "lea.petit@example.org", CHOSEN).await.text("/access_token");
        assert_eq!(same.call("GET", "account/me", &theirs).await.status, 200);
        assert_eq!(shown(&desk.call("GET", "account/delegates", &token).await), [("lea.petit@example.org".to_owned(), true)]);
        // A delegate invites nobody.
        let id = listed.text("/delegates/0/id");
        let removed = desk.call("DELETE", &format!("account/delegates/{id}"), &token).await;
        assert_eq!((shown(&removed), removed.number("/room")), (vec![], 10));
        // What is open ends with it, and nobody gets in any more.
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
        register_anne(&world).await;
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
        assert_eq!(world.count("SELECT COUNT(*) FROM account WHERE role = 'delegate'").await, 0);
    }

    async fn only_a_dentist_has_delegates(world: World) {
        let (mut desk, token) = dentist(&world, "00456").await;
        invite(&mut desk, &token, "Léa", "lea@example.org").await;
        let link = world.link_to("lea@").await.unwrap();
        complete(&mut desk, &link, CHOSEN).await;
        let mut lea = delegates_desk(&world);
        let authorized = lea.password("lea@example.org", CHOSEN).await;
        let opened = lea.redeem(&authorized).await;
        let theirs = opened.text("/access_token");
        assert_eq!(lea.call("GET", "account/delegates", &theirs).await.status, 404);
        let fresh = step_up(&world, &mut lea, "lea", &opened).await.text("/access_token");
        assert_eq!(invite(&mut lea, &fresh, "Ami", "ami@example.org").await.status, 404);
    }

    async fn an_invitation_takes_no_name_from_anybody(world: World) {
        let (mut desk, token) = dentist(&world, "00456").await;
        invite(&mut desk, &token, "Anne", "anne.roy@example.org").await;
        let link = world.link_to("anne.roy@").await.unwrap();
        register_anne(&world).await;
        assert_eq!(world.desk("cabinet 2").password("00123", PASSWORD).await.json["next"]["step"], "otp");
        // The address serves an account by now: the invitation opens none, and changes none.
        assert_eq!(complete(&mut desk, &link, CHOSEN).await.problems(), ["token expired"]);
        assert_eq!(world.desk("cabinet 2").password("00123", PASSWORD).await.json["next"]["step"], "otp");
        assert_eq!(world.count("SELECT COUNT(*) FROM account WHERE role = 'delegate'").await, 0);
        let list = desk.call("GET", "account/delegates", &token).await;
        assert_eq!(shown(&list), [("anne.roy@example.org".to_owned(), false)]);
        // Taken back, it is worth nothing where the address is free.
        invite(&mut desk, &token, "Léa", "lea@example.org").await;
        let link = world.link_to("lea@").await.unwrap();
        remove(&mut desk, &token, "lea@example.org").await;
        assert_eq!(complete(&mut desk, &link, CHOSEN).await.problems(), ["token expired"]);
        assert_eq!(world.count("SELECT COUNT(*) FROM account_name WHERE name = 'lea@example.org'").await, 0);
    }

    async fn two_invitations_open_one_account(world: World) {
        register_anne(&world).await;
        let (mut one, first) = dentist(&world, "00456").await;
        let (mut two, second) = dentist(&world, "00123").await;
        invite(&mut one, &first, "Léa", "lea@example.org").await;
        let link = world.link_to("lea@").await.unwrap();
        world.advance(MINUTE);
        invite(&mut two, &second, "Léa Petit", "lea@example.org").await;
        let other = world.link_to("lea@").await.unwrap();
        assert_ne!(link, other);
        assert_eq!(complete(&mut two, &other, CHOSEN).await.status, 204);
        assert_eq!(complete(&mut one, &link, "Autre-rivage-88").await.problems(), ["token expired"]);
        assert_eq!(shown(&one.call("GET", "account/delegates", &first).await), [("lea@example.org".to_owned(), false)]);
        assert_eq!(sign_in(&world, "lea@example.org", CHOSEN).await.status, 200);
        for (desk, token) in [(&mut one, &first), (&mut two, &second)] {
            let list = desk.call("GET", "account/delegates", token).await;
            assert_eq!(shown(&list), [("lea@example.org".to_owned(), true)]);
        }
    }

    async fn who_changes_their_address_stays_the_delegate_of_whom_they_were(world: World) {
        register_anne(&world).await;
        let (mut one, first) = dentist(&world, "00456").await;
        take_on(&world, &mut one, &first, "Léa", "lea@example.org").await;
        let mut lea = delegates_desk(&world);
        let authorized = lea.password("lea@example.org", CHOSEN).await;
        let opened = lea.redeem(&authorized).await;
        let fresh = step_up(&world, &mut lea, "lea", &opened).await.text("/access_token");
        let pending = lea.json("PATCH", "account/me", Some(&fresh), &json!({"email": "petit@example.org"})).await;
        let code = world.code_to("petit@").await;
        let proof = json!({"challenge_id": pending.text("/pending/challenge_id"), "otp": code});
        assert_eq!(lea.json("PATCH", "account/me", Some(&fresh), &proof).await.status, 200);
        assert_eq!(sign_in(&world, "lea@example.org", CHOSEN).await.problem(), "credentials_rejected");
        // Whoever invites the former address, and removes it, does nothing to her.
        world.advance(MINUTE);
        let (mut two, second) = dentist(&world, "00123").await;
        invite(&mut two, &second, "Léa", "lea@example.org").await;
        assert!(world.link_to("lea@").await.is_some(), "the address is free");
        remove(&mut two, &second, "lea@example.org").await;
        assert_eq!(sign_in(&world, "petit@example.org", CHOSEN).await.status, 200);
        let (mut one, first) = dentist(&world, "00456").await;
        assert_eq!(shown(&one.call("GET", "account/delegates", &first).await), [("petit@example.org".to_owned(), true)]);
        remove(&mut one, &first, "petit@example.org").await;
        assert_eq!(sign_in(&world, "petit@example.org", CHOSEN).await.problem(), "credentials_rejected");
    }

    async fn an_invitation_that_waits_removes_nobody(world: World) {
        register_anne(&world).await;
        let (mut one, first) = dentist(&world, "00456").await;
        take_on(&world, &mut one, &first, "Léa", "lea@example.org").await;
        world.advance(MINUTE);
        let (mut two, second) = dentist(&world, "00123").await;
        invite(&mut two, &second, "Léa", "lea@example.org").await;
        remove(&mut one, &first, "lea@example.org").await;
        assert_eq!(sign_in(&world, "lea@example.org", CHOSEN).await.problem(), "credentials_rejected");
        // She is nobody's delegate any more; whoever waits for her gets her by a new account, whose link is mailed at once.
        let link = world.link_to("lea@").await.unwrap();
        assert_eq!(complete(&mut two, &link, CHOSEN).await.status, 204);
        assert_eq!(sign_in(&world, "lea@example.org", CHOSEN).await.status, 200);
    }

    async fn nothing_of_a_removed_delegate_comes_back(world: World) {
        let (mut desk, token) = dentist(&world, "00456").await;
        take_on(&world, &mut desk, &token, "Léa Petit", "secretariat@example.org").await;
        world.execute("UPDATE account SET phone = '+33698765432', phone_verified = 1 WHERE role = 'delegate'").await;
        desk.json("POST", "account/recovery", None, &json!({"identifier": "secretariat@example.org"})).await;
        let recovery = world.link_to("secretariat@").await.unwrap();
        remove(&mut desk, &token, "secretariat@example.org").await;
        assert_eq!(complete(&mut desk, &recovery, CHOSEN).await.problems(), ["token expired"]);
        // Who comes after at the same address has an account of their own; the link of before opens nothing.
        world.advance(MINUTE);
        let (mut desk, token) = dentist(&world, "00456").await;
        invite(&mut desk, &token, "Noé Blanc", "secretariat@example.org").await;
        let link = world.link_to("secretariat@").await.unwrap();
        assert_eq!(complete(&mut desk, &recovery, CHOSEN).await.problems(), ["token expired"]);
        assert_eq!(complete(&mut desk, &link, "Autre-rivage-88").await.status, 204);
        assert_eq!(sign_in(&world, "secretariat@example.org", CHOSEN).await.problem(), "credentials_rejected");
        let mut noe = delegates_desk(&world);
        let authorized = noe.password("secretariat@example.org", "Autre-rivage-88").await;
        let opened = noe.redeem(&authorized).await;
        let card = noe.call("GET", "account/me", &opened.text("/access_token")).await;
        assert_eq!((card.text("/name").as_str(), card.json["phone"].is_null()), ("Noé Blanc", true));
        assert_eq!(world.count("SELECT COUNT(*) FROM account WHERE role = 'delegate'").await, 2);
    }

    async fn removed_by_all_at_once_is_removed(world: World) {
        register_anne(&world).await;
        let (mut one, first) = dentist(&world, "00456").await;
        let (mut two, second) = dentist(&world, "00123").await;
        let emails = ["a@example.org", "b@example.org", "c@example.org", "d@example.org"];
        for email in emails {
            take_on(&world, &mut one, &first, "Nom", email).await;
        }
        world.advance(MINUTE);
        for email in emails {
            invite(&mut two, &second, "Nom", email).await;
            assert_eq!(sign_in(&world, email, CHOSEN).await.status, 200);
        }
        for email in emails {
            let removals = [(one.clone(), first.clone()), (two.clone(), second.clone())]
                .map(|(mut desk, token)| tokio::spawn(async move { remove(&mut desk, &token, email).await.status }));
            for removal in removals {
                assert_eq!(removal.await.unwrap(), 200);
            }
            assert_eq!(sign_in(&world, email, CHOSEN).await.problem(), "credentials_rejected", "{email}");
        }
    }

    async fn a_closed_account_gets_no_password_by_a_link_that_crosses_the_closing(world: World) {
        let (mut desk, token) = dentist(&world, "00456").await;
        take_on(&world, &mut desk, &token, "Léa", "lea@example.org").await;
        desk.json("POST", "account/recovery", None, &json!({"identifier": "lea@example.org"})).await;
        let link = world.link_to("lea@").await.unwrap();
        let mut tx = world.portal.store.begin().await.unwrap();
        sqlx::query("UPDATE account SET state = 'disabled' WHERE role = 'delegate'").execute(&mut *tx).await.unwrap();
        let crossing = tokio::spawn(async move { complete(&mut desk, &link, "Autre-rivage-88").await });
        // On PostgreSQL it can be seen to wait for the account's row, which it has read as open.
        if world.engine() == Engine::Postgres {
            world.waiting_for_rows(1).await;
        }
        tx.commit().await.unwrap();
        assert_eq!(crossing.await.unwrap().problems(), ["token expired"]);
        let lea = world.portal.account("lea@example.org").await.unwrap().unwrap();
        world.portal.enable_account(&lea.subject).await.unwrap();
        assert_eq!(sign_in(&world, "lea@example.org", CHOSEN).await.status, 200);
    }

    async fn nothing_of_a_removed_delegate_outlives_the_history(world: World) {
        let (mut desk, token) = dentist(&world, "00456").await;
        take_on(&world, &mut desk, &token, "Léa Petit", "lea@example.org").await;
        remove(&mut desk, &token, "lea@example.org").await;
        let retention = parvis_portal::config::Retention { audit_days: 365, ended_days: 7, messages_days: 30 };
        world.advance(364 * DAY);
        world.portal.purge(&retention).await.unwrap();
        assert!(world.dump().await.contains("Léa Petit"));
        world.advance(2 * DAY);
        world.portal.purge(&retention).await.unwrap();
        let dump = world.dump().await;
        assert!(!dump.contains("Léa Petit") && !dump.contains("lea@example.org"));
    }

    async fn an_operator_opens_nobodys_delegate(world: World) {
        let (mut desk, token) = dentist(&world, "00456").await;
        take_on(&world, &mut desk, &token, "Léa", "lea@example.org").await;
        let lea = world.portal.account("lea@example.org").await.unwrap().unwrap();
        assert!(world.portal.disable_account(&lea.subject).await.unwrap());
        remove(&mut desk, &token, "lea@example.org").await;
        assert!(!world.portal.enable_account(&lea.subject).await.unwrap());
        assert_eq!(sign_in(&world, "lea@example.org", CHOSEN).await.problem(), "credentials_rejected");
    }

    async fn an_operators_delegate_is_the_operators_until_a_dentist_removes_it(world: World) {
        let account = NewAccount {
            identifier: "lea@example.org".to_owned(),
            name: "Léa".to_owned(),
            role: "delegate".to_owned(),
            rights: Vec::new(),
            email: Some("lea@example.org".to_owned()),
            phone: None,
            phone_verified: false,
            language: Language::Fr,
        };
        world.portal.create_account(account, Some(SecretString::from(CHOSEN))).await.unwrap();
        let (mut desk, token) = dentist(&world, "00456").await;
        // An invitation that she has not taken up removes nothing of hers.
        invite(&mut desk, &token, "Léa", "lea@example.org").await;
        remove(&mut desk, &token, "lea@example.org").await;
        assert_eq!(sign_in(&world, "lea@example.org", CHOSEN).await.status, 200);
        world.advance(MINUTE);
        invite(&mut desk, &token, "Léa", "lea@example.org").await;
        assert_eq!(sign_in(&world, "lea@example.org", CHOSEN).await.status, 200);
        remove(&mut desk, &token, "lea@example.org").await;
        assert_eq!(sign_in(&world, "lea@example.org", CHOSEN).await.problem(), "credentials_rejected");
    }

    async fn an_old_invitation_is_sent_again_to_whom_it_was(world: World) {
        let (mut desk, token) = dentist(&world, "00456").await;
        invite(&mut desk, &token, "Léa", "lea@example.org").await;
        let link = world.link_to("lea@").await.unwrap();
        world.advance(20 * MINUTE);
        another_link(&world, &link).await;
        let newer = world.link_to("lea@").await.unwrap();
        assert_eq!(complete(&mut desk, &link, CHOSEN).await.problems(), ["token expired"]);
        assert_eq!(complete(&mut desk, &newer, CHOSEN).await.status, 204);
        // There is a password by now: the mail is that of who forgot it.
        world.advance(MINUTE);
        another_link(&world, &link).await;
        let mails = world.messages_to("lea@", "recovery#").await;
        assert!(mails.len() == 1 && !mails[0].contains("invite"), "{mails:?}");
        // Removed, nothing is sent.
        let (mut desk, token) = dentist(&world, "00456").await;
        remove(&mut desk, &token, "lea@example.org").await;
        world.advance(20 * MINUTE);
        another_link(&world, &link).await;
        assert!(world.messages_to("lea@", "").await.is_empty());
    }

    async fn an_inviter_does_not_learn_that_another_has_just_invited(world: World) {
        register_anne(&world).await;
        let (mut one, first) = dentist(&world, "00456").await;
        let (mut two, second) = dentist(&world, "00123").await;
        invite(&mut one, &first, "Léa", "lea@example.org").await;
        assert_eq!(world.messages_to("lea@", "").await.len(), 1);
        let listed = invite(&mut two, &second, "Léa", "lea@example.org").await;
        assert_eq!((listed.status.as_u16(), shown(&listed)), (200, vec![("lea@example.org".to_owned(), false)]));
        assert_eq!(world.messages_to("lea@", "").await.len(), 1, "nobody's mail is used up by another");
        // Their own limit is told.
        assert_eq!(invite(&mut two, &second, "Léa", "lea@example.org").await.problems(), ["email send_refused"]);
    }
}
