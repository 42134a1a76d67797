//! An account that was not activated, from its right password to its first sign-in.

use crate::{
    client::{Client, Reply, random},
    on_both_engines,
    recovery::{NEW_PASSWORD, complete},
    world::{DAY, MINUTE, PASSWORD},
};
use serde_json::json;

async fn activate(client: &mut Client, token: &str) -> Reply {
    client.json("POST", "account/activation", None, &json!({"token": token})).await
}

const NOT_ACTIVATED: &str =
    "UPDATE account SET state = 'not_activated', email_verified = 0 WHERE identifier = 'medecin-b'";

on_both_engines! {
    async fn the_right_password_mails_the_link_and_the_link_activates(world: World) {
        world.execute(NOT_ACTIVATED).await;
        let mut desk = world.desk("accueil 2");
        assert_eq!(desk.password("medecin-b", "wrong").await.problem(), "credentials_rejected");
        assert!(world.link_to("medecin-b@").await.is_none());
        let reply = desk.password("medecin-b", PASSWORD).await;
        assert_eq!((reply.json["next"]["step"].as_str(), reply.text("/next/hint").as_str()), (Some("activate"), "m•••@e•••.org"));
        assert!(reply.json.get("auth_session").is_none());
        let token = world.link_to("medecin-b@").await.unwrap();
        // Asked again at once, nothing more is sent.
        desk.password("medecin-b", PASSWORD).await;
        assert!(world.link_to("medecin-b@").await.is_none());
        assert_eq!(activate(&mut desk, &random()).await.problems(), ["token expired"]);
        assert_eq!(activate(&mut desk, &token).await.status, 204);
        assert_eq!(activate(&mut desk, &token).await.problems(), ["token expired"]);
        let asked = desk.password("medecin-b", PASSWORD).await;
        assert_eq!(asked.json["next"]["method"], "email");
        assert_eq!(world.events("account_activated").await, 1);
    }

    async fn a_link_of_one_purpose_is_none_of_another(world: World) {
        world.execute(NOT_ACTIVATED).await;
        let mut desk = world.desk("accueil 2");
        desk.password("medecin-b", PASSWORD).await;
        let token = world.link_to("medecin-b@").await.unwrap();
        assert_eq!(complete(&mut desk, &token, NEW_PASSWORD).await.problems(), ["token expired"]);
        desk.json("POST", "account/recovery", None, &json!({"identifier": "medecin-a"})).await;
        let recovery = world.link_to("medecin-a@").await.unwrap();
        assert_eq!(activate(&mut desk, &recovery).await.problems(), ["token expired"]);
        // An account that was not activated has no proved address: no link for a password goes there.
        desk.json("POST", "account/recovery", None, &json!({"identifier": "medecin-b"})).await;
        assert!(world.link_to("medecin-b@").await.is_none());
        assert_eq!(activate(&mut desk, &token).await.status, 204);
    }

    async fn a_link_that_is_over_is_replaced_at_the_next_right_password(world: World) {
        world.execute(NOT_ACTIVATED).await;
        let mut desk = world.desk("accueil 2");
        desk.password("medecin-b", PASSWORD).await;
        let first = world.link_to("medecin-b@").await.unwrap();
        world.advance(16 * MINUTE);
        desk.password("medecin-b", PASSWORD).await;
        let second = world.link_to("medecin-b@").await.unwrap();
        assert_eq!(activate(&mut desk, &first).await.problems(), ["token expired"]);
        world.advance(DAY);
        assert_eq!(activate(&mut desk, &second).await.problems(), ["token expired"]);
    }

    async fn the_page_activates_on_its_button(world: World) {
        world.execute(NOT_ACTIVATED).await;
        let mut desk = world.desk("accueil 2");
        desk.password("medecin-b", PASSWORD).await;
        let token = world.link_to("medecin-b@").await.unwrap();
        assert_eq!(desk.raw("GET", "activation", &[("accept-language", "de")], "".into()).await.status, 200);
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "same-origin"), ("accept-language", "de")];
        let body = serde_urlencoded::to_string([("token", &token)]).unwrap();
        let done = desk.raw("POST", "activation", &headers, body.clone().into()).await;
        assert!(done.status == 200 && String::from_utf8_lossy(&done.bytes).contains("Konto aktiviert"));
        let over = desk.raw("POST", "activation", &headers, body.into()).await;
        assert!(over.status == 400 && String::from_utf8_lossy(&over.bytes).contains("activation/link?lang=de"));
    }
}
