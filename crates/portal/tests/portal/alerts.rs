//! LOG-04: one alert a scenario, whichever process looks. What is measured, and what is never in it.

use crate::{
    client::{Client, random},
    on_both_engines,
    trust::sign_in,
    world::{DAY, HOUR, MINUTE, PASSWORD, SECOND, World},
};
use axum::extract::connect_info::MockConnectInfo;
use parvis_portal::{
    alerts::{BRUTE_FORCE, SPRAYED_ACCOUNTS, SPRAYED_NAMES},
    config::Retention,
    metrics,
};
use std::net::SocketAddr;

fn from(world: &World, address: &str, workstation: &str) -> Client {
    let mut desk = world.desk(workstation);
    let peer: SocketAddr = format!("{address}:40000").parse().unwrap();
    desk.app = desk.app.layer(MockConnectInfo(peer));
    desk
}

on_both_engines! {
    async fn log_04_brute_force_is_told_once_by_whichever_process_looks(world: World) {
        let other = world.second_process().await;
        let mut desk = world.desk("accueil 2");
        for n in 0..BRUTE_FORCE {
            assert_eq!(world.portal.raise_alerts().await.unwrap(), 0, "after {n}");
            desk.password("medecin-a", "wrong").await;
            world.advance(10 * SECOND);
        }
        let (first, second) = tokio::join!(world.portal.raise_alerts(), other.raise_alerts());
        assert_eq!(first.unwrap() + second.unwrap(), 1);
        assert_eq!(world.events("alert_brute_force").await, 1);
        // It goes on: told again the next day, not before.
        desk.password("medecin-a", "wrong").await;
        assert_eq!(world.portal.raise_alerts().await.unwrap(), 0);
        world.advance(DAY);
        for _ in 0..BRUTE_FORCE {
            desk.password("medecin-a", "wrong").await;
        }
        assert_eq!(other.raise_alerts().await.unwrap(), 1);
    }

    async fn log_04_a_day_of_mistyping_raises_nothing(world: World) {
        let mut desk = world.desk("accueil 2");
        for _ in 0..BRUTE_FORCE * 2 {
            desk.password("medecin-a", "wrong").await;
            world.advance(20 * MINUTE);
            assert_eq!(world.portal.raise_alerts().await.unwrap(), 0);
        }
    }

    async fn log_04_spraying_is_told_by_its_network(world: World) {
        for n in 0..SPRAYED_ACCOUNTS {
            assert_eq!(world.portal.raise_alerts().await.unwrap(), 0);
            let name = format!("person-{n}");
            world.create(&name, &[], None).await;
            // Others mistype elsewhere.
            from(&world, &format!("198.51.100.{n}"), &name).password(&name, "wrong").await;
            from(&world, "203.0.113.7", "one place").password(&name, "Printemps2026!").await;
        }
        assert_eq!(world.portal.raise_alerts().await.unwrap(), 1);
        for n in 0..SPRAYED_NAMES {
            from(&world, "203.0.113.9", "another").password(&format!("nobody-{n}"), "Printemps2026!").await;
        }
        assert_eq!(world.portal.raise_alerts().await.unwrap(), 1);
        assert_eq!(world.events("alert_spraying").await, 2);
        assert_eq!(
            world.count("SELECT COUNT(*) FROM event WHERE kind = 'alert_spraying' AND network LIKE '203.0.113.%'").await,
            2
        );
        world.advance(HOUR);
        assert_eq!(world.portal.raise_alerts().await.unwrap(), 0);
    }

    async fn log_04_a_refresh_token_used_twice_is_told(world: World) {
        let mut desk = world.desk("accueil 2");
        let first = sign_in(&world, &mut desk, "medecin-a").await.text("/refresh_token");
        let second = desk.refresh(&first).await.text("/refresh_token");
        desk.refresh(&second).await;
        assert_eq!(world.portal.raise_alerts().await.unwrap(), 0);
        assert_eq!(desk.refresh(&first).await.error(), "invalid_grant");
        assert_eq!(world.portal.raise_alerts().await.unwrap(), 1);
        assert_eq!(world.events("alert_reuse").await, 1);
    }

    async fn log_05_alerts_and_events_go_with_their_time(world: World) {
        let mut desk = world.desk("accueil 2");
        for _ in 0..BRUTE_FORCE {
            desk.password("medecin-a", "wrong").await;
        }
        assert_eq!(world.portal.raise_alerts().await.unwrap(), 1);
        let retention = Retention { audit_days: 90, ended_days: 7, messages_days: 30 };
        world.advance(89 * DAY);
        world.portal.purge(&retention).await.unwrap();
        assert_eq!(world.events("alert_brute_force").await, 1);
        assert_eq!(world.count("SELECT COUNT(*) FROM alert").await, 0);
        world.advance(DAY);
        world.portal.purge(&retention).await.unwrap();
        assert_eq!(world.count("SELECT COUNT(*) FROM event").await, 0);
    }

    async fn what_is_measured_names_nobody_and_stands_apart(world: World) {
        let mut desk = from(&world, "203.0.113.7", "accueil 2");
        let canary = random();
        desk.password(&canary, "Tilleul4-canary").await;
        desk.raw("GET", &format!("nowhere/{canary}"), &[], axum::body::Body::empty()).await;
        let tokens = sign_in(&world, &mut desk, "medecin-a").await;
        desk.call("DELETE", "account/devices/none", &tokens.text("/access_token")).await;
        world.portal.send_due_messages().await.unwrap();
        desk.password("medecin-b", PASSWORD).await;
        let text = world.portal.measure().await.unwrap();
        for line in [
            "parvis_build_info{version=\"0.1.0\",portal=\"portail-de-sante\"} 1",
            "parvis_events_total{kind=\"signed_in\"} 1",
            "parvis_events_total{kind=\"password_rejected\"} 1",
            "parvis_request_duration_seconds_count{endpoint=\"/token\",method=\"POST\",status=\"2xx\"} 1",
            "endpoint=\"/account/devices/{id}\",method=\"DELETE\",status=\"4xx\"} 1",
            "endpoint=\"other\",method=\"GET\",status=\"4xx\"} 1",
            "parvis_hashes_run_total ",
            "parvis_hashes_waiting 0",
            "parvis_messages_queued 1",
            "parvis_messages_oldest_age_seconds 0",
            "parvis_store_up 1",
        ] {
            assert!(text.contains(line), "{line} in {text}");
        }
        world.advance(90 * SECOND);
        assert!(world.portal.measure().await.unwrap().contains("parvis_messages_oldest_age_seconds 90"));
        for secret in [&canary, "medecin", "example.org", "203.0.113", "Tilleul4", &desk.device_id, &tokens.text("/access_token")] {
            assert!(!text.contains(secret), "{secret}");
        }
        // Never on the public port.
        let public = world.desk("accueil 2").raw("GET", "metrics", &[], axum::body::Body::empty()).await;
        assert_eq!(public.status, 404);
        let mut apart = world.desk("x");
        apart.app = metrics::router(world.portal.clone());
        assert_eq!(apart.raw("GET", "metrics", &[], axum::body::Body::empty()).await.status, 404);
    }
}
