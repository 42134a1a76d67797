//! TRU: trust and handover.

use crate::{
    client::{Client, Reply},
    on_both_engines,
    world::{DAY, HOUR, PASSWORD, SECOND, World},
};

/// Password, code, tokens; with the trust box.
pub async fn sign_in_trusted(world: &World, client: &mut Client, name: &str) -> Reply {
    let asked = client.password(name, PASSWORD).await;
    let code = world.code_to(&format!("{name}@")).await;
    let authorized = client.code_and_remember(&asked, &code).await;
    assert!(authorized.is_authorized(), "{authorized:?}");
    let tokens = client.redeem(&authorized).await;
    assert_eq!(tokens.status, 200, "{tokens:?}");
    tokens
}

/// The same without the box.
pub async fn sign_in(world: &World, client: &mut Client, name: &str) -> Reply {
    let mut reply = client.password(name, PASSWORD).await;
    if !reply.is_authorized() {
        let code = world.code_to(&format!("{name}@")).await;
        reply = client.code(&reply, &code).await;
    }
    assert!(reply.is_authorized(), "{reply:?}");
    client.redeem(&reply).await
}

on_both_engines! {
    async fn tru_06_trust_replaces_the_code_and_never_the_password(world: World) {
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in_trusted(&world, &mut desk, "medecin-a").await;
        assert_eq!(tokens.number("/trusted_device/expires_in"), 86_400);
        let mut again = desk.again();
        let reply = again.password("medecin-a", PASSWORD).await;
        assert!(reply.is_authorized(), "{reply:?}");
        assert_eq!(crate::client::claims(&again.redeem(&reply).await.text("/id_token"))["acr"], "mfa-trusted");
        // TRU-06
        let refused = desk.again().password("medecin-a", "wrong").await;
        assert_eq!(refused.problem(), "credentials_rejected");
    }

    async fn tru_02_another_person_ends_trust_sessions_and_is_told(world: World) {
        let mut desk = world.desk("accueil 2");
        let a = sign_in_trusted(&world, &mut desk, "medecin-a").await;
        let mut other = desk.again();
        let b = sign_in(&world, &mut other, "medecin-b").await;
        assert_eq!(b.json["handover"]["ended_trust"], true, "{b:?}");
        assert_eq!(b.json["handover"]["ended_sessions"], 1);
        // A's tokens are dead, at once.
        assert_eq!(desk.call("GET", "account/me", &a.text("/access_token")).await.status, 401);
        assert_eq!(desk.refresh(&a.text("/refresh_token")).await.error(), "invalid_grant");
        // A is asked for a code again and told why, until a sign-in completes.
        for _ in 0..2 {
            let asked = desk.again().password("medecin-a", PASSWORD).await;
            assert_eq!(asked.problem(), "trust_ended");
            assert_eq!(asked.json["reason"], "other_professional");
        }
        let mut back = desk.again();
        sign_in(&world, &mut back, "medecin-a").await;
        let asked = desk.again().password("medecin-a", PASSWORD).await;
        assert_eq!(asked.problem(), "");
    }

    async fn tru_02_a_person_without_a_second_factor_ends_it_too(world: World) {
        let mut desk = world.desk("accueil 2");
        sign_in_trusted(&world, &mut desk, "medecin-a").await;
        sign_in(&world, &mut desk.again(), "secretaire").await;
        let asked = desk.again().password("medecin-a", PASSWORD).await;
        assert_eq!(asked.json["reason"], "other_professional");
    }

    async fn tru_02_a_right_password_alone_ends_nothing(world: World) {
        let mut desk = world.desk("accueil 2");
        sign_in_trusted(&world, &mut desk, "medecin-a").await;
        desk.again().password("medecin-b", PASSWORD).await;
        assert!(desk.again().password("medecin-a", PASSWORD).await.is_authorized());
    }

    async fn tru_02_a_trusted_code_issued_before_the_handover_is_worth_nothing_after_it(world: World) {
        let mut desk = world.desk("accueil 2");
        sign_in_trusted(&world, &mut desk, "medecin-a").await;
        let mut waiting = desk.again();
        let authorized = waiting.password("medecin-a", PASSWORD).await;
        assert!(authorized.is_authorized());
        sign_in(&world, &mut desk.again(), "medecin-b").await;
        assert_eq!(waiting.redeem(&authorized).await.error(), "invalid_grant");
    }

    async fn tru_03_absolute_on_the_portals_clock_and_never_extended(world: World) {
        let mut desk = world.desk("accueil 2");
        sign_in_trusted(&world, &mut desk, "medecin-a").await;
        world.advance(23 * HOUR);
        let mut used = desk.again();
        let reply = used.password("medecin-a", PASSWORD).await;
        let tokens = used.redeem(&reply).await;
        assert_eq!(tokens.number("/trusted_device/expires_in"), 3600);
        world.advance(HOUR - SECOND);
        assert!(desk.again().password("medecin-a", PASSWORD).await.is_authorized());
        world.advance(SECOND);
        let asked = desk.again().password("medecin-a", PASSWORD).await;
        assert_eq!((asked.problem(), asked.json["reason"].as_str()), ("trust_ended", Some("expired")));
    }

    async fn tru_04_without_the_key_a_device_id_is_worth_nothing(world: World) {
        let mut desk = world.desk("accueil 2");
        sign_in_trusted(&world, &mut desk, "medecin-a").await;
        // The same device_id, another key; none; an old proof.
        let mut copy = world.desk("accueil 2");
        copy.proves_device = true;
        let asked = copy.password("medecin-a", PASSWORD).await;
        assert_eq!(asked.json["reason"], "key_missing");
        copy.proves_device = false;
        assert_eq!(copy.password("medecin-a", PASSWORD).await.json["reason"], "key_missing");
        let old = desk.device_proof("challenge");
        let mut thief = desk.again();
        thief.proves_device = false;
        assert!(!thief.password_with("medecin-a", PASSWORD, &[("device_proof", &old)]).await.is_authorized());
        // Another workstation with the key, but not the id.
        let mut elsewhere = world.desk("bureau 7");
        elsewhere.device = desk.device.clone();
        elsewhere.proves_device = true;
        assert!(!elsewhere.password("medecin-a", PASSWORD).await.is_authorized());
    }

    async fn tru_05_a_trust_never_helps_another_person(world: World) {
        let mut desk = world.desk("accueil 2");
        sign_in_trusted(&world, &mut desk, "medecin-a").await;
        let asked = desk.again().password("medecin-b", PASSWORD).await;
        assert_eq!(asked.json["next"]["step"], "otp");
    }

    async fn tru_07_a_block_ends_it(world: World) {
        let mut desk = world.desk("accueil 2");
        sign_in_trusted(&world, &mut desk, "medecin-a").await;
        let account = world.portal.account("medecin-a").await.unwrap().unwrap();
        world.portal.block_account(&account.subject).await.unwrap();
        world.portal.unblock_account(&account).await.unwrap();
        let asked = desk.again().password("medecin-a", PASSWORD).await;
        assert_eq!(asked.json["reason"], "credentials_changed");
    }

    async fn tru_09_leave_and_the_list_of_workstations_end_it_and_sign_out_does_not(world: World) {
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in_trusted(&world, &mut desk, "medecin-a").await;
        assert_eq!(desk.end_session(&tokens.text("/end_handle"), false).await.status, 204);
        let mut again = desk.again();
        let reply = again.password("medecin-a", PASSWORD).await;
        let tokens = again.redeem(&reply).await;
        let listed = again.call("GET", "account/devices", &tokens.text("/access_token")).await;
        assert_eq!(listed.json["devices"].as_array().unwrap().len(), 1);
        assert_eq!(listed.json["devices"][0]["current"], true);
        let path = format!("account/devices/{}", listed.text("/devices/0/id"));
        assert_eq!(again.call("DELETE", &path, &tokens.text("/access_token")).await.status, 204);
        assert_eq!(again.call("DELETE", &path, &tokens.text("/access_token")).await.status, 404);
        assert_eq!(desk.again().password("medecin-a", PASSWORD).await.json["reason"], "revoked");
        world.code_to("medecin-a@").await;

        let mut desk = world.desk("bureau 7");
        let tokens = sign_in_trusted(&world, &mut desk, "medecin-a").await;
        // Leave is told by any key: the session's own may be gone.
        assert_eq!(world.desk("x").end_session(&tokens.text("/end_handle"), true).await.status, 204);
        assert_eq!(desk.again().password("medecin-a", PASSWORD).await.json["reason"], "revoked");
        assert_eq!(desk.call("GET", "account/me", &tokens.text("/access_token")).await.status, 401);
    }

    async fn tru_09_the_list_is_the_persons_own(world: World) {
        let (mut a, mut b) = (world.desk("1"), world.desk("2"));
        let of_a = sign_in_trusted(&world, &mut a, "medecin-a").await;
        let of_b = sign_in_trusted(&world, &mut b, "medecin-b").await;
        let id = b.call("GET", "account/devices", &of_b.text("/access_token")).await.text("/devices/0/id");
        let reply = a.call("DELETE", &format!("account/devices/{id}"), &of_a.text("/access_token")).await;
        assert_eq!(reply.status, 404);
        assert!(b.again().password("medecin-b", PASSWORD).await.is_authorized());
    }

    async fn inv_1_completions_of_many_people_at_once_leave_one_trusted_person_and_one_session(world: World) {
        let base = world.desk("accueil 2");
        let mut ready = Vec::new();
        for n in 0..6 {
            let name = format!("personne-{n}");
            world.create(&name, &["patient_data"], None).await;
            let mut client = base.again();
            let asked = client.password(&name, PASSWORD).await;
            let code = world.code_to(&format!("{name}@")).await;
            let authorized = client.code_and_remember(&asked, &code).await;
            ready.push((client, authorized));
        }
        let redeemed: Vec<_> = ready
            .into_iter()
            .map(|(mut client, authorized)| tokio::spawn(async move { (client.redeem(&authorized).await, client) }))
            .collect();
        let mut living = 0;
        for task in redeemed {
            let (tokens, mut client) = task.await.unwrap();
            assert_eq!(tokens.status, 200, "{tokens:?}");
            let me = client.call("GET", "account/me", &tokens.text("/access_token")).await;
            living += i32::from(me.status == 200);
        }
        assert!(living >= 1);
        assert_eq!(world.count("SELECT COUNT(*) FROM trust").await, 1);
        assert_eq!(world.count("SELECT COUNT(*) FROM sign_in_grant WHERE ended_at IS NULL").await, 1);
        let same = "SELECT COUNT(*) FROM trust t JOIN sign_in_grant g ON g.subject = t.subject WHERE g.ended_at IS NULL";
        assert_eq!(world.count(same).await, 1);
    }

    async fn tru_07_others_and_all_end_trust_and_sessions_elsewhere_and_everywhere(world: World) {
        let (mut here, mut there) = (world.desk("1"), world.desk("2"));
        let tokens = sign_in_trusted(&world, &mut here, "medecin-a").await;
        let other_tokens = sign_in_trusted(&world, &mut there, "medecin-a").await;
        let token = tokens.text("/access_token");
        here.refresh_nonce().await;
        assert_eq!(here.post_as_is("end-session", &[("scope", "others")], Some(&token)).await.status, 204);
        assert_eq!(there.call("GET", "account/me", &other_tokens.text("/access_token")).await.status, 401);
        assert_eq!(there.again().password("medecin-a", PASSWORD).await.json["reason"], "revoked");
        assert_eq!(here.call("GET", "account/me", &token).await.status, 200);
        here.refresh_nonce().await;
        assert_eq!(here.post_as_is("end-session", &[("scope", "all")], Some(&token)).await.status, 204);
        assert_eq!(here.call("GET", "account/me", &token).await.status, 401);
        assert_eq!(here.again().password("medecin-a", PASSWORD).await.json["reason"], "revoked");
    }

    async fn tru_08_a_key_restored_from_a_copy_revives_no_trust(world: World) {
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in_trusted(&world, &mut desk, "medecin-a").await;
        let copy = desk.again();
        assert_eq!(desk.end_session(&tokens.text("/end_handle"), true).await.status, 204);
        // The person left; an old profile of the workstation comes back, device key and all.
        let mut restored = copy;
        let reply = restored.password("medecin-a", PASSWORD).await;
        assert_eq!((reply.text("/next/step"), reply.text("/reason")), ("otp".to_owned(), "revoked".to_owned()));
    }

    async fn a_step_up_is_not_taken_for_a_sign_in(world: World) {
        let mut desk = world.desk("1");
        let reply = desk.password_with("secretaire", PASSWORD, &[("purpose", "step_up")]).await;
        assert_eq!(reply.error(), "invalid_request");
    }

    async fn trust_ends_are_told_for_thirty_days(world: World) {
        let mut desk = world.desk("accueil 2");
        sign_in_trusted(&world, &mut desk, "medecin-a").await;
        sign_in(&world, &mut desk.again(), "medecin-b").await;
        world.advance(31 * DAY);
        let retention = parvis_portal::config::Retention { audit_days: 365, ended_days: 7, messages_days: 30 };
        world.portal.purge(&retention).await.unwrap();
        assert_eq!(desk.again().password("medecin-a", PASSWORD).await.problem(), "");
    }
}
