//! Delegates of people whose accounts are closed: suspended while nobody is open whom they serve.

use crate::{
    client::{Client, Reply},
    delegates::{
        CHOSEN, delegates_desk, dentist, invite, register_anne, remove, sign_in, sign_in_at, take_on,
    },
    on_both_engines,
    recovery::complete,
    world::{Engine, MINUTE, PASSWORD, World},
};
use parvis_portal::{
    account::NewAccount,
    rights::{RightsChange, RightsChanged},
};
use parvis_portal_profile::Language;
use secrecy::SecretString;

const LEA: &str = "lea@example.org";

/// A dentist at a desk of theirs, signed in and freshly proved.
struct Dentist {
    subject: String,
    desk: Client,
    token: String,
}

async fn paul(world: &World) -> Dentist {
    let subject = subject(world, "00456").await;
    let (desk, token) = dentist(world, "00456").await;
    Dentist { subject, desk, token }
}

async fn anne(world: &World) -> Dentist {
    register_anne(world).await;
    let subject = subject(world, "00123").await;
    let (desk, token) = dentist(world, "00123").await;
    Dentist { subject, desk, token }
}

/// Paul and Anne, whom Léa serves once she has signed in.
async fn both(world: &World) -> (Dentist, Dentist) {
    let (mut paul, mut anne) = (paul(world).await, anne(world).await);
    take_on(world, &mut paul.desk, &paul.token, "Léa", LEA).await;
    assert_eq!(invite(&mut anne.desk, &anne.token, "Léa", LEA).await.status, 200);
    (paul, anne)
}

async fn subject(world: &World, name: &str) -> String {
    world.portal.account(name).await.unwrap().unwrap().subject
}

async fn state(world: &World, name: &str) -> String {
    world.portal.account(name).await.unwrap().unwrap().state().to_owned()
}

async fn open_sessions(world: &World) -> i64 {
    let open = "SELECT COUNT(*) FROM sign_in_grant g JOIN account a ON a.subject = g.subject \
                WHERE a.identifier = 'lea@example.org' AND g.ended_at IS NULL";
    world.count(open).await
}

async fn status(desk: &mut Client, token: &str) -> u16 {
    desk.call("GET", "account/me", token).await.status.as_u16()
}

async fn close(world: &World, subject: &str) {
    assert!(world.portal.disable_account(subject).await.unwrap());
}

async fn set_role(world: &World, name: &str, role: &str) -> RightsChanged {
    let account = world.portal.account(name).await.unwrap().unwrap();
    let change = RightsChange { role: Some(role.to_owned()), rights: None };
    world.portal.set_rights(&account, change).await.unwrap()
}

/// Holds rows until the end of the transaction; only PostgreSQL lets others go on beside it.
async fn hold(world: &World, rows: &'static str) -> Option<sqlx::Transaction<'static, sqlx::Any>> {
    if world.engine() == Engine::Sqlite {
        return None;
    }
    let mut held = world.portal.store.begin().await.unwrap();
    sqlx::query(rows).execute(&mut *held).await.unwrap();
    Some(held)
}

fn refused(reply: &Reply) -> bool {
    reply.problem() == "credentials_rejected"
}

on_both_engines! {
    with dentists
    async fn whoever_is_closed_has_no_delegates_until_they_are_open_again(world: World) {
        let (paul, anne) = both(&world).await;
        let mut hers = delegates_desk(&world);
        let token = sign_in_at(&mut hers, LEA, CHOSEN).await.text("/access_token");
        // Somebody is still there whom she serves.
        close(&world, &paul.subject).await;
        assert_eq!(status(&mut hers, &token).await, 200);
        close(&world, &anne.subject).await;
        assert_eq!((status(&mut hers, &token).await, open_sessions(&world).await), (401, 0));
        assert!(refused(&sign_in(&world, LEA, CHOSEN).await));
        assert_eq!(state(&world, LEA).await, "suspended");
        assert!(world.portal.enable_account(&paul.subject).await.unwrap());
        assert_eq!(sign_in(&world, LEA, CHOSEN).await.status, 200);
    }

    async fn ses_05_removed_by_the_last_who_is_open_is_out(world: World) {
        let (paul, mut anne) = both(&world).await;
        let mut hers = delegates_desk(&world);
        let tokens = sign_in_at(&mut hers, LEA, CHOSEN).await;
        close(&world, &paul.subject).await;
        assert_eq!(remove(&mut anne.desk, &anne.token, LEA).await.status, 200);
        assert_eq!(status(&mut hers, &tokens.text("/access_token")).await, 401);
        assert_eq!(hers.refresh(&tokens.text("/refresh_token")).await.error(), "invalid_grant");
        assert_eq!(open_sessions(&world).await, 0);
        // She is Paul's, as before, once he is open again.
        assert!(world.portal.enable_account(&paul.subject).await.unwrap());
        assert_eq!(sign_in(&world, LEA, CHOSEN).await.status, 200);
    }

    async fn no_session_of_a_suspended_account_is_good_whoever_forgot_to_end_it(world: World) {
        let mut paul = paul(&world).await;
        take_on(&world, &mut paul.desk, &paul.token, "Léa", LEA).await;
        let mut hers = delegates_desk(&world);
        let tokens = sign_in_at(&mut hers, LEA, CHOSEN).await;
        world.execute("UPDATE account SET state = 'disabled' WHERE identifier = '00456'").await;
        assert_eq!(status(&mut hers, &tokens.text("/access_token")).await, 401);
        assert_eq!(hers.refresh(&tokens.text("/refresh_token")).await.error(), "invalid_grant");
    }

    async fn a_suspended_delegate_is_taken_on_by_somebody_else(world: World) {
        let (mut paul, mut anne) = (paul(&world).await, anne(&world).await);
        take_on(&world, &mut paul.desk, &paul.token, "Léa", LEA).await;
        close(&world, &paul.subject).await;
        assert!(refused(&sign_in(&world, LEA, CHOSEN).await));
        invite(&mut anne.desk, &anne.token, "Léa", LEA).await;
        assert!(world.link_to("lea@").await.is_none(), "she has a password");
        let mut hers = delegates_desk(&world);
        let token = sign_in_at(&mut hers, LEA, CHOSEN).await.text("/access_token");
        assert_eq!(status(&mut hers, &token).await, 200);
        // An invitation that was taken back before opens nothing.
        remove(&mut anne.desk, &anne.token, LEA).await;
        assert_eq!(status(&mut hers, &token).await, 401);
        assert!(refused(&sign_in(&world, LEA, CHOSEN).await));
    }

    async fn an_invitation_of_whoever_is_closed_opens_nothing_and_closes_nobody(world: World) {
        let mut paul = paul(&world).await;
        invite(&mut paul.desk, &paul.token, "Noé", "noe@example.org").await;
        let link = world.link_to("noe@").await.unwrap();
        let account = NewAccount {
            identifier: LEA.to_owned(),
            name: "Léa".to_owned(),
            role: "delegate".to_owned(),
            rights: Vec::new(),
            email: Some(LEA.to_owned()),
            phone: None,
            phone_verified: false,
            language: Language::Fr,
        };
        world.portal.create_account(account, Some(SecretString::from(CHOSEN))).await.unwrap();
        invite(&mut paul.desk, &paul.token, "Léa", LEA).await;
        close(&world, &paul.subject).await;
        assert_eq!(complete(&mut paul.desk, &link, CHOSEN).await.problems(), ["token expired"]);
        assert_eq!(world.count("SELECT COUNT(*) FROM account WHERE name = 'Noé'").await, 0);
        // The operator's delegate signs in as before; the invitation waits.
        for _ in 0..2 {
            assert_eq!(sign_in(&world, LEA, CHOSEN).await.status, 200);
        }
        assert_eq!(world.count("SELECT COUNT(*) FROM delegation WHERE accepted_at IS NOT NULL").await, 0);
    }

    async fn whoever_is_no_delegate_any_more_is_not_suspended(world: World) {
        let mut paul = paul(&world).await;
        take_on(&world, &mut paul.desk, &paul.token, "Léa", LEA).await;
        set_role(&world, LEA, "dentist").await;
        close(&world, &paul.subject).await;
        assert_eq!(state(&world, LEA).await, "active");
        let mut hers = world.desk("accueil");
        assert!(hers.password(LEA, CHOSEN).await.is_authorized());
        assert!(world.portal.enable_account(&paul.subject).await.unwrap());
        let (mut desk, token) = dentist(&world, "00456").await;
        let list = desk.call("GET", "account/delegates", &token).await;
        assert_eq!(list.json["delegates"].as_array().unwrap().len(), 0);
    }

    async fn ses_05_whoever_has_a_role_without_delegates_has_none(world: World) {
        let mut paul = paul(&world).await;
        take_on(&world, &mut paul.desk, &paul.token, "Léa", LEA).await;
        let mut hers = delegates_desk(&world);
        let token = sign_in_at(&mut hers, LEA, CHOSEN).await.text("/access_token");
        assert_eq!(invite(&mut paul.desk, &paul.token, "Noé", "noe@example.org").await.status, 200);
        let link = world.link_to("noe@").await.unwrap();
        set_role(&world, "00456", "delegate").await;
        assert_eq!((status(&mut hers, &token).await, open_sessions(&world).await), (401, 0));
        assert!(refused(&sign_in(&world, LEA, CHOSEN).await));
        assert_eq!(complete(&mut hers, &link, CHOSEN).await.problems(), ["token expired"]);
        // Back in the old role, they invite anew.
        set_role(&world, "00456", "dentist").await;
        let (mut desk, token) = dentist(&world, "00456").await;
        let list = desk.call("GET", "account/delegates", &token).await;
        assert_eq!(list.json["delegates"].as_array().unwrap().len(), 0);
    }

    async fn ses_05_what_a_closing_ended_comes_back_by_no_invitation(world: World) {
        let (mut paul, mut anne) = (paul(&world).await, anne(&world).await);
        take_on(&world, &mut paul.desk, &paul.token, "Léa", LEA).await;
        let mut hers = delegates_desk(&world);
        let token = sign_in_at(&mut hers, LEA, CHOSEN).await.text("/access_token");
        assert_eq!(invite(&mut anne.desk, &anne.token, "Léa", LEA).await.status, 200);
        close(&world, &paul.subject).await;
        assert_eq!((status(&mut hers, &token).await, open_sessions(&world).await), (401, 0));
        // She may sign in, which takes Anne's invitation up, until Anne takes it back.
        let mut late = delegates_desk(&world);
        let authorized = late.password(LEA, CHOSEN).await;
        assert_eq!(remove(&mut anne.desk, &anne.token, LEA).await.status, 200);
        assert_eq!(late.redeem(&authorized).await.error(), "invalid_grant");
        assert!(refused(&sign_in(&world, LEA, CHOSEN).await));
        world.advance(MINUTE);
        assert_eq!(invite(&mut anne.desk, &anne.token, "Léa", LEA).await.status, 200);
        assert_eq!(status(&mut hers, &token).await, 401);
        assert!(world.portal.enable_account(&paul.subject).await.unwrap());
        assert_eq!(status(&mut hers, &token).await, 401);
        assert_eq!(sign_in(&world, LEA, CHOSEN).await.status, 200);
    }

    async fn a_closing_that_was_cut_short_lets_nothing_come_back(world: World) {
        let (paul, mut anne) = {
            let (mut paul, anne) = (paul(&world).await, anne(&world).await);
            take_on(&world, &mut paul.desk, &paul.token, "Léa", LEA).await;
            (paul, anne)
        };
        let cut_short = "UPDATE account SET state = 'disabled' WHERE identifier = '00456'";
        let mut hers = delegates_desk(&world);
        let token = sign_in_at(&mut hers, LEA, CHOSEN).await.text("/access_token");
        let mut late = delegates_desk(&world);
        let authorized = late.password(LEA, CHOSEN).await;
        world.execute(cut_short).await;
        assert_eq!(invite(&mut anne.desk, &anne.token, "Léa", LEA).await.status, 200);
        // She goes on with a sign-in that began before, and then with another: only what they open lives.
        assert_eq!(late.redeem(&authorized).await.status, 200);
        assert_eq!((status(&mut hers, &token).await, open_sessions(&world).await), (401, 1));

        let token = sign_in_at(&mut hers, LEA, CHOSEN).await.text("/access_token");
        world.execute("UPDATE account SET state = 'disabled' WHERE identifier = '00123'").await;
        assert_eq!(status(&mut hers, &token).await, 401);
        assert!(world.portal.enable_account(&anne.subject).await.unwrap());
        assert!(world.portal.enable_account(&paul.subject).await.unwrap());
        assert_eq!((status(&mut hers, &token).await, open_sessions(&world).await), (401, 0));
    }

    async fn an_invitation_of_whoever_is_blocked_waits(world: World) {
        let mut paul = paul(&world).await;
        invite(&mut paul.desk, &paul.token, "Noé", "noe@example.org").await;
        let link = world.link_to("noe@").await.unwrap();
        world.portal.block_account(&paul.subject).await.unwrap();
        assert_eq!(complete(&mut paul.desk, &link, CHOSEN).await.problems(), ["token expired"]);
        let account = world.portal.account("00456").await.unwrap().unwrap();
        world.portal.unblock_account(&account).await.unwrap();
        assert_eq!(complete(&mut paul.desk, &link, CHOSEN).await.status, 204);
    }

    async fn an_invitation_that_is_taken_up_while_its_inviter_is_blocked_waits(world: World) {
        let mut paul = paul(&world).await;
        invite(&mut paul.desk, &paul.token, "Noé", "noe@example.org").await;
        let link = world.link_to("noe@").await.unwrap();
        let Some(held) = hold(&world, "SELECT id FROM delegation FOR UPDATE").await else { return };
        let mut desk = world.desk("ailleurs");
        let taking_up = tokio::spawn(async move { complete(&mut desk, &link, CHOSEN).await });
        world.waiting_for_rows(1).await;
        world.portal.block_account(&paul.subject).await.unwrap();
        held.rollback().await.unwrap();
        assert_eq!(taking_up.await.unwrap().problems(), ["token expired"]);
        assert_eq!(world.count("SELECT COUNT(*) FROM account WHERE name = 'Noé'").await, 0);
    }

    async fn a_change_of_rights_decided_on_what_was_read_removes_nobody(world: World) {
        set_role(&world, "00456", "delegate").await;
        let read = world.portal.account("00456").await.unwrap().unwrap();
        set_role(&world, "00456", "dentist").await;
        let mut paul = paul(&world).await;
        take_on(&world, &mut paul.desk, &paul.token, "Léa", LEA).await;
        assert!(world.portal.set_rights(&read, RightsChange::default()).await.unwrap().is_empty());
        assert_eq!(sign_in(&world, LEA, CHOSEN).await.status, 200);
    }

    async fn an_acceptance_that_crosses_a_closing_leaves_nothing_open(world: World) {
        let (mut paul, mut anne) = (paul(&world).await, anne(&world).await);
        take_on(&world, &mut paul.desk, &paul.token, "Léa", LEA).await;
        close(&world, &paul.subject).await;
        assert_eq!(invite(&mut anne.desk, &anne.token, "Léa", LEA).await.status, 200);
        let mut hers = delegates_desk(&world);
        let authorized = hers.password(LEA, CHOSEN).await;
        let Some(held) = hold(&world, "SELECT id FROM delegation WHERE accepted_at IS NULL FOR UPDATE").await
        else {
            return;
        };
        let redeeming = tokio::spawn(async move { (hers.redeem(&authorized).await, hers) });
        world.waiting_for_rows(1).await;
        let (portal, subject) = (world.portal.clone(), anne.subject.clone());
        let closing = tokio::spawn(async move { portal.disable_account(&subject).await });
        world.waiting_for_rows(2).await;
        held.rollback().await.unwrap();
        let (redeemed, mut hers) = redeeming.await.unwrap();
        assert!(closing.await.unwrap().unwrap());
        assert!(world.portal.enable_account(&anne.subject).await.unwrap());
        let alive = redeemed.status == 200 && status(&mut hers, &redeemed.text("/access_token")).await == 200;
        assert_eq!((alive, open_sessions(&world).await), (false, 0));
    }

    async fn an_acceptance_that_crosses_a_change_of_role_refuses_it(world: World) {
        let (_, mut anne) = both(&world).await;
        let mut hers = delegates_desk(&world);
        let authorized = hers.password(LEA, CHOSEN).await;
        let Some(held) = hold(&world, "SELECT id FROM delegation WHERE accepted_at IS NULL FOR UPDATE").await
        else {
            return;
        };
        let redeeming = tokio::spawn(async move { hers.redeem(&authorized).await });
        world.waiting_for_rows(1).await;
        let lea = world.portal.account(LEA).await.unwrap().unwrap();
        let portal = world.portal.clone();
        let dentist = RightsChange { role: Some("dentist".to_owned()), rights: None };
        let changing = tokio::spawn(async move { portal.set_rights(&lea, dentist).await });
        world.waiting_for_rows(2).await;
        held.rollback().await.unwrap();
        assert_eq!(redeeming.await.unwrap().status, 200);
        assert!(changing.await.unwrap().unwrap_err().to_string().contains("at the same time"));
        // Again, on what is so now.
        set_role(&world, LEA, "dentist").await;
        let list = anne.desk.call("GET", "account/delegates", &anne.token).await;
        assert_eq!(list.json["delegates"].as_array().unwrap().len(), 0);
    }

    async fn an_invitation_that_crosses_a_change_of_role_is_none(world: World) {
        let mut paul = paul(&world).await;
        paul.desk.refresh_nonce().await;
        let account = world.portal.account("00456").await.unwrap().unwrap();
        let row = "SELECT subject FROM account WHERE identifier = '00456' FOR UPDATE";
        let Some(held) = hold(&world, row).await else { return };
        let portal = world.portal.clone();
        let delegate = RightsChange { role: Some("delegate".to_owned()), rights: None };
        let changing = tokio::spawn(async move { portal.set_rights(&account, delegate).await });
        world.waiting_for_rows(1).await;
        let inviting = tokio::spawn(async move {
            invite(&mut paul.desk, &paul.token, "Noé", "noe@example.org").await
        });
        world.waiting_for_rows(2).await;
        held.rollback().await.unwrap();
        changing.await.unwrap().unwrap();
        assert_eq!(inviting.await.unwrap().status, 503);
        assert_eq!(world.count("SELECT COUNT(*) FROM delegation").await, 0);
    }

    async fn two_who_are_closed_at_once_leave_their_delegate_nothing_open(world: World) {
        let (paul, anne) = both(&world).await;
        let mut hers = delegates_desk(&world);
        for _ in 0..6 {
            let token = sign_in_at(&mut hers, LEA, CHOSEN).await.text("/access_token");
            // A sign-in that crosses both: it opens nothing, or what it opens ends.
            let mut crossing = delegates_desk(&world);
            let authorized = crossing.password(LEA, CHOSEN).await;
            let (one, two, opened) = tokio::join!(
                world.portal.disable_account(&paul.subject),
                world.portal.disable_account(&anne.subject),
                crossing.redeem(&authorized),
            );
            assert!(one.unwrap() && two.unwrap());
            assert_eq!((status(&mut hers, &token).await, open_sessions(&world).await), (401, 0));
            if opened.status == 200 {
                assert_eq!(status(&mut crossing, &opened.text("/access_token")).await, 401);
            }
            for subject in [&paul.subject, &anne.subject] {
                assert!(world.portal.enable_account(subject).await.unwrap());
            }
        }
    }

    async fn a_closing_and_the_delegates_sign_in_at_the_same_desk_do_not_wait_for_each_other(world: World) {
        let mut paul = paul(&world).await;
        take_on(&world, &mut paul.desk, &paul.token, "Léa", LEA).await;
        for n in 0..25 {
            // Paul is signed in, and Léa's sign-in hands his workstation over while he is closed.
            let mut desk = world.desk(&format!("poste {n}"));
            let authorized = desk.password("00456", PASSWORD).await;
            assert_eq!(desk.redeem(&authorized).await.status, 200);
            let mut hers = Client { role: "delegate".to_owned(), ..desk.again() };
            let authorized = hers.password(LEA, CHOSEN).await;
            hers.refresh_nonce().await;
            let (closed, opened) = tokio::join!(world.portal.disable_account(&paul.subject), hers.redeem(&authorized));
            assert!(closed.unwrap(), "{n}");
            assert!(opened.status != 503, "{n} {opened:?}");
            assert_eq!(open_sessions(&world).await, 0);
            assert!(world.portal.enable_account(&paul.subject).await.unwrap());
        }
    }
}
