//! The dentists' sign-up: a member's pair of address and permit number, the mailed link, and the first sign-in.

use crate::{
    client::{Client, Reply, random, wrong},
    on_both_engines,
    recovery::{NEW_PASSWORD, complete},
    registration::post,
    world::{DAY, MINUTE, PASSWORD, World},
};
use serde_json::{Value, json};

const CHOSEN: &str = "Rivage-77";

async fn activate(client: &mut Client, token: &str) -> Reply {
    client.json("POST", "account/activation", None, &json!({"token": token})).await
}

fn sheet(email: &str, permit: &str) -> Value {
    json!({"email": email, "permit_number": permit, "password": CHOSEN, "password_again": CHOSEN})
}

async fn form(client: &mut Client, email: &str, permit: &str) -> Reply {
    post(client, json!({"fields": sheet(email, permit), "declared": true})).await
}

/// The first sign-in after an activation: a code by e-mail shows that whoever has the password reads the mailbox.
async fn first_sign_in(world: &World, client: &mut Client) -> Reply {
    let asked = client.password("00123", CHOSEN).await;
    assert_eq!(asked.text("/next/method"), "email");
    let code = world.code_to("anne.roy@").await;
    client.code(&asked, &code).await
}

/// A member's form, sent; the token of the mailed link.
async fn signed_up(world: &World, client: &mut Client) -> String {
    assert_eq!(form(client, "anne.roy@example.org", "00123").await.status, 200);
    world.link_to("anne.roy@").await.unwrap()
}

on_both_engines! {
    with dentists
    async fn from_the_form_to_the_first_sign_in_by_permit_number(world: World) {
        let mut desk = world.desk("cabinet 1");
        let done = form(&mut desk, " Anne.Roy@example.org", "00123").await;
        assert_eq!((done.status.as_u16(), done.json["next"]["step"].as_str()), (200, Some("done")));
        assert_eq!((&done.json["next"]["opened"], done.text("/next/identifier").as_str(), done.text("/next/hint").as_str()),
            (&json!(false), "00123", "a•••@e•••.org"));
        assert_eq!(world.count("SELECT COUNT(*) FROM account").await, 1);
        let token = world.link_to("anne.roy@").await.unwrap();
        assert_eq!(activate(&mut desk, &random()).await.problems(), ["token expired"]);
        assert_eq!(activate(&mut desk, &token).await.status, 204);
        assert_eq!(activate(&mut desk, &token).await.problems(), ["token expired"]);
        assert_eq!(world.events("account_activated").await, 1);
        // Leading zeros count, and the name is the member's.
        assert_eq!(desk.password("123", CHOSEN).await.problem(), "credentials_rejected");
        let authorized = first_sign_in(&world, &mut desk).await;
        let token = desk.redeem(&authorized).await.text("/access_token");
        assert_eq!(desk.call("GET", "account/me", &token).await.text("/name"), "Dr Anne Roy");
        // Once: afterwards the password alone opens it, as this portal has it.
        assert!(desk.again().password("00123", CHOSEN).await.is_authorized());
        assert!(!world.dump().await.contains(CHOSEN));
    }

    async fn every_error_of_the_form_is_said_at_once(world: World) {
        let mut desk = world.desk("cabinet 1");
        let refused = post(&mut desk, json!({"fields": {"email": "anne", "permit_number": " ", "password": "", "password_again": ""}})).await;
        assert_eq!(refused.problems(), ["declaration missing", "email malformed", "permit_number missing", "password missing"]);
        let fields = json!({"email": "anne.roy@example.org", "permit_number": "00123", "password": "abc", "password_again": "abd"});
        let refused = post(&mut desk, json!({"fields": fields, "declared": true})).await;
        assert_eq!(refused.problems(), ["password_again different", "password too_short", "password common"]);
        assert_eq!(refused.json["problems"][1]["params"]["count"], 6);
        // Address and permit number are one member's; never which of the two is not.
        let (one, other, none) = (
            form(&mut desk, "anne.roy@example.org", "00456").await,
            form(&mut desk, "nobody@example.org", "00123").await,
            form(&mut desk, "anne.roy@example.org", "123").await,
        );
        assert_eq!(one.problems(), ["email not_a_member"]);
        assert!(one.bytes == other.bytes && one.bytes == none.bytes);
        assert_eq!(world.count("SELECT COUNT(*) FROM message").await, 0);
        // Ten comparisons with one member in a day, from one place.
        for _ in 0..8 {
            form(&mut desk, "nobody@example.org", "00123").await;
        }
        assert_eq!(form(&mut desk, "anne.roy@example.org", "00123").await.problems(), ["email not_a_member"; 0]);
        assert_eq!(form(&mut desk, "nobody@example.org", "00123").await.problems(), ["permit_number blocked"]);
    }

    async fn rec_01_a_member_with_an_account_is_answered_as_one_without(world: World) {
        let (mut seen, mut queues) = (Vec::new(), Vec::new());
        for (email, permit) in [("anne.roy@example.org", "00123"), ("paul.cote@example.org", "00456")] {
            let mut desk = world.desk("cabinet 1");
            let hashes = world.portal.hashes.executed();
            let done = form(&mut desk, email, permit).await;
            assert_eq!(world.portal.hashes.executed(), hashes + 1);
            let session = done.text("/registration_session");
            let again = post(&mut desk, json!({"registration_session": session})).await;
            let early = post(&mut desk, json!({"registration_session": session, "resend": "link"})).await;
            // The right password of the registration, before the activation: the same step, the same work.
            let hashes = world.portal.hashes.executed();
            let asked = desk.password(permit, CHOSEN).await;
            assert_eq!(world.portal.hashes.executed(), hashes + 2);
            let hashes = world.portal.hashes.executed();
            let wrong = desk.password(permit, "wrong password").await;
            assert_eq!(world.portal.hashes.executed(), hashes + 2);
            let text = [&done, &again, &early, &asked, &wrong].map(|reply| {
                let mut json = reply.json.clone();
                if let Some(value) = json.get_mut("registration_session") {
                    *value = json!("…");
                }
                format!("{} {json}", reply.status).replace(permit, "permit").replace("p•••@", "a•••@")
            });
            seen.push(text);
            queues.push(sqlx::query_as::<_, (String, String)>("SELECT kind, method FROM message ORDER BY created_at, kind")
                .fetch_all(world.portal.store.read()).await.unwrap());
            world.execute("DELETE FROM message").await;
        }
        // Nor does the work tell a name that nobody has registered with.
        let hashes = world.portal.hashes.executed();
        world.desk("cabinet 1").password("00999", "wrong password").await;
        assert_eq!(world.portal.hashes.executed(), hashes + 2);
        assert_eq!(seen[0], seen[1]);
        assert!(seen[0][3].contains(r#""step":"activate""#), "{}", seen[0][3]);
        assert_eq!(queues[0], queues[1]);
    }

    async fn the_owner_of_an_account_reads_that_there_is_one_and_it_stays_as_it_is(world: World) {
        let mut desk = world.desk("cabinet 1");
        form(&mut desk, "paul.cote@example.org", "00456").await;
        let mails = world.messages_to("paul.cote@", "").await;
        assert!(mails.len() == 1 && mails[0].contains("en avez déjà un") && mails[0].contains("00456"), "{mails:?}");
        assert!(!mails[0].contains("activation#"));
        assert_eq!(desk.password("00456", CHOSEN).await.json["next"]["step"], "activate");
        assert!(desk.password("00456", PASSWORD).await.is_authorized());
    }

    async fn the_mail_can_be_asked_for_again_within_the_limits_of_such_mails(world: World) {
        let mut desk = world.desk("cabinet 1");
        let done = form(&mut desk, "anne.roy@example.org", "00123").await;
        let session = done.text("/registration_session");
        let first = world.link_to("anne.roy@").await.unwrap();
        let early = post(&mut desk, json!({"registration_session": session, "resend": "link"})).await;
        assert_eq!((early.status.as_u16(), early.problems()), (200, vec!["link send_refused".to_owned()]));
        world.advance(2 * MINUTE);
        // Within a quarter of an hour the same link; at the right password, too.
        assert_eq!(post(&mut desk, json!({"registration_session": session, "resend": "link"})).await.problems(), ["x"; 0]);
        assert_eq!(world.link_to("anne.roy@").await.unwrap(), first);
        world.advance(2 * MINUTE);
        desk.password("00123", CHOSEN).await;
        assert_eq!(world.link_to("anne.roy@").await.unwrap(), first);
        // A flood of right passwords mails nobody more.
        desk.password("00123", CHOSEN).await;
        assert!(world.link_to("anne.roy@").await.is_none());
        world.advance(16 * MINUTE);
        desk.password("00123", CHOSEN).await;
        let second = world.link_to("anne.roy@").await.unwrap();
        assert_ne!(second, first);
        assert_eq!(activate(&mut desk, &first).await.problems(), ["token expired"]);
        assert_eq!(activate(&mut desk, &second).await.status, 204);
    }

    async fn each_registration_has_a_link_and_a_password_of_its_own(world: World) {
        // A stranger who knows the pair signs up after the member; the member's own link opens the account with the member's password.
        let mut desk = world.desk("cabinet 1");
        let own = signed_up(&world, &mut desk).await;
        world.advance(MINUTE);
        let mut stranger = world.desk("ailleurs");
        let fields = json!({"email": "anne.roy@example.org", "permit_number": "00123", "password": "Falaise-98-nord", "password_again": "Falaise-98-nord"});
        assert_eq!(post(&mut stranger, json!({"fields": fields, "declared": true})).await.status, 200);
        let theirs = world.link_to("anne.roy@").await.unwrap();
        assert_eq!(activate(&mut desk, &own).await.status, 204);
        assert!(first_sign_in(&world, &mut desk).await.is_authorized());
        assert_eq!(stranger.password("00123", "Falaise-98-nord").await.json["next"]["step"], "activate");
        assert_eq!(activate(&mut stranger, &theirs).await.problems(), ["token expired"]);
    }

    async fn a_link_that_was_pressed_in_error_gives_a_stranger_nothing(world: World) {
        // A stranger who knows the pair signs up; the member, who expects no such mail, presses the button all the same.
        let mut stranger = world.desk("ailleurs");
        let link = signed_up(&world, &mut stranger).await;
        let mut desk = world.desk("cabinet 1");
        assert_eq!(activate(&mut desk, &link).await.status, 204);
        let asked = stranger.password("00123", CHOSEN).await;
        assert_eq!(asked.text("/next/step"), "otp");
        let code = world.code_to("anne.roy@").await;
        assert_eq!(stranger.code(&asked, &wrong(&code)).await.problem(), "code_rejected");
        // The member takes the account over by the mailbox.
        desk.json("POST", "account/recovery", None, &json!({"identifier": "00123"})).await;
        let link = world.link_to("anne.roy@").await.unwrap();
        assert_eq!(complete(&mut desk, &link, NEW_PASSWORD).await.status, 204);
        assert_eq!(stranger.again().password("00123", CHOSEN).await.problem(), "credentials_rejected");
        assert!(desk.password("00123", NEW_PASSWORD).await.is_authorized());
    }

    async fn whoever_is_no_member_any_more_is_not_activated(world: World) {
        let mut desk = world.desk("cabinet 1");
        let link = signed_up(&world, &mut desk).await;
        world.execute("DELETE FROM member WHERE permit_number = '00123'").await;
        assert_eq!(activate(&mut desk, &link).await.problems(), ["token expired"]);
        assert_eq!(world.count("SELECT COUNT(*) FROM account").await, 1);
    }

    async fn a_link_of_one_purpose_is_none_of_another_and_ends_after_a_day(world: World) {
        let mut desk = world.desk("cabinet 1");
        let token = signed_up(&world, &mut desk).await;
        assert_eq!(complete(&mut desk, &token, NEW_PASSWORD).await.problems(), ["token expired"]);
        desk.json("POST", "account/recovery", None, &json!({"identifier": "00456"})).await;
        let recovery = world.link_to("paul.cote@").await.unwrap();
        assert_eq!(activate(&mut desk, &recovery).await.problems(), ["token expired"]);
        // What is no account yet has no password to forget.
        desk.json("POST", "account/recovery", None, &json!({"identifier": "00123"})).await;
        assert!(world.link_to("anne.roy@").await.is_none());
        world.advance(DAY);
        assert_eq!(activate(&mut desk, &token).await.problems(), ["token expired"]);
        assert_eq!(desk.password("00123", CHOSEN).await.problem(), "credentials_rejected");
    }

    async fn inv_3_a_link_opens_one_account_however_many_press_at_once(world: World) {
        let mut desk = world.desk("cabinet 1");
        let token = signed_up(&world, &mut desk).await;
        desk.refresh_nonce().await;
        let pressed: Vec<_> = (0..12).map(|_| {
            let (desk, body) = (desk.clone(), json!({"token": token}).to_string());
            tokio::spawn(async move { desk.json_as_is("POST", "account/activation", None, body).await.status.as_u16() })
        }).collect();
        let mut opened = 0;
        for press in pressed {
            opened += usize::from(press.await.unwrap() == 204);
        }
        assert_eq!((opened, world.count("SELECT COUNT(*) FROM account").await), (1, 2));
    }

    async fn the_page_activates_on_its_button(world: World) {
        let mut desk = world.desk("cabinet 1");
        let token = signed_up(&world, &mut desk).await;
        assert_eq!(desk.raw("GET", "activation", &[("accept-language", "de")], "".into()).await.status, 200);
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "same-origin"), ("accept-language", "de")];
        let body = serde_urlencoded::to_string([("token", &token)]).unwrap();
        let done = desk.raw("POST", "activation", &headers, body.clone().into()).await;
        assert!(done.status == 200 && String::from_utf8_lossy(&done.bytes).contains("Konto aktiviert"));
        let over = desk.raw("POST", "activation", &headers, body.into()).await;
        assert!(over.status == 400 && String::from_utf8_lossy(&over.bytes).contains("activation/link?lang=de"));
    }
}
