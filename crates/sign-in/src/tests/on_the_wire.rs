//! The engine against a portal, a network or a PC that misbehaves.

use super::scripted::{
    Reply, Scripted, at_the_code, code, failure, otp, password, sign_in, step, until, wait_for,
};
use crate::{
    Keyring,
    view::{Answer, FailureCode, Notice, Proof, Screen, TrustState},
};
use parvis_protocol::clock::{ManualClock, SystemClock};
use serde_json::{Value, json};
use std::sync::Arc;

#[tokio::test]
async fn the_shortest_way() {
    let (portal, folder) = (Scripted::start().await, tempfile::tempdir().unwrap());
    let engine = portal.engine(folder.path());
    assert!(engine.view().await.demonstration);
    let view = sign_in(&engine).await;
    let Screen::SignedIn { person, trust, .. } = &view.screen else { panic!("{view:?}") };
    assert_eq!(
        (person.name.as_str(), person.initials.as_str(), person.proof),
        ("Dr Ada Martin", "AM", Proof::EmailCode)
    );
    assert_eq!(*trust, TrustState::None { code_due: true });
    let loaded =
        until(&engine, |view| matches!(&view.screen, Screen::SignedIn { devices: Some(_), .. })).await;
    let Screen::SignedIn { person, .. } = &loaded.screen else { panic!() };
    assert_eq!((person.email.as_deref(), person.phone.as_deref()), (Some("a•••@e•••.org"), Some("•• 78")));
    let asked = &portal.seen("/p/challenge")[0];
    for (name, value) in [
        ("supported", "otp new_password activate"),
        ("ui_locales", "fr"),
        ("role", "professional"),
        ("client_id", "parvis-desktop"),
        ("username", "medecin-a"),
        ("code_challenge_method", "S256"),
    ] {
        assert_eq!(asked.form[name], value);
    }
    assert!(!asked.form.contains_key("device_proof"));
    assert_eq!(asked.proof["nonce"], "nonce", "taken from the answers before");
    let view = engine.submit(Answer::SignOut).await;
    assert_eq!(view.screen, Screen::ChoosePortal { notice: Some(Notice::SignedOut { trust_until: None }) });
    let ended = &portal.seen("/p/end")[0];
    assert_eq!(
        (ended.form["end_handle"].as_str(), ended.form["forget_device"].as_str()),
        ("handle-1", "false")
    );
}

#[tokio::test]
async fn a_nonce_that_is_asked_for_is_given_once() {
    let (portal, folder) = (Scripted::start().await, tempfile::tempdir().unwrap());
    let engine = portal.engine(folder.path());
    let fresh = |value| Reply::Raw(value);
    portal.answer(
        "/p/challenge",
        [fresh(
            "HTTP/1.1 400 X\r\nDPoP-Nonce: fresh\r\nContent-Length: 26\r\n\r\n{\"error\":\"use_dpop_nonce\"}",
        )],
    );
    let view = sign_in(&engine).await;
    assert!(matches!(view.screen, Screen::SignedIn { .. }), "{view:?}");
    let asked = portal.seen("/p/challenge");
    assert_eq!(
        asked.iter().map(|seen| seen.proof["nonce"].as_str()).collect::<Vec<_>>(),
        [Some("nonce"), Some("fresh")]
    );
    assert_ne!(asked[0].proof["jti"], asked[1].proof["jti"]);
    assert_eq!(asked[0].form, asked[1].form);
}

#[tokio::test]
async fn prt_06_a_portal_that_never_takes_its_nonce_is_not_asked_forever() {
    let (portal, folder) = (Scripted::start().await, tempfile::tempdir().unwrap());
    let engine = portal.engine(folder.path());
    let again = [
        "HTTP/1.1 400 X\r\nDPoP-Nonce: 1\r\nContent-Length: 26\r\n\r\n{\"error\":\"use_dpop_nonce\"}",
        "HTTP/1.1 400 X\r\nDPoP-Nonce: 2\r\nContent-Length: 26\r\n\r\n{\"error\":\"use_dpop_nonce\"}",
        "HTTP/1.1 400 X\r\nDPoP-Nonce: 3\r\nContent-Length: 26\r\n\r\n{\"error\":\"use_dpop_nonce\"}",
    ];
    portal.answer("/p/challenge", again.map(Reply::Raw));
    let view = sign_in(&engine).await;
    assert_eq!(failure(&view), Some(FailureCode::UnexpectedAnswer));
    assert_eq!(portal.seen("/p/challenge").len(), 2);
}

#[tokio::test]
async fn prt_06_unknown_steps_go_to_the_browser_and_never_round_in_circles() {
    for (next, request_uri, can_open) in [
        (json!({"step": "dance"}), Value::Null, false),
        (json!({"step": "webauthn"}), json!("file:///etc/passwd"), false),
        (
            json!({"step": "otp", "method": "pigeon", "challenge_id": "c", "length": 6, "expires_in": 1}),
            Value::Null,
            false,
        ),
        (
            json!({"step": "select_method", "expires_in": 600, "methods": [{"id": "pigeon"}]}),
            Value::Null,
            false,
        ),
        (json!({"step": "dance"}), json!("OWN"), true),
    ] {
        let (portal, folder) = (Scripted::start().await, tempfile::tempdir().unwrap());
        let engine = portal.engine(folder.path());
        let uri = if request_uri == "OWN" { json!(format!("{}/go", portal.issuer)) } else { request_uri };
        let answer = json!({"error": "insufficient_authorization", "auth_session": "s", "next": next, "request_uri": uri});
        portal.answer("/p/challenge", [Reply::Json(400, answer)]);
        let view = sign_in(&engine).await;
        assert!(
            matches!(view.screen, Screen::Browser { can_open: open, .. } if open == can_open),
            "{view:?}"
        );
        assert_eq!(portal.seen("/p/challenge").len(), 1);
        let view = engine.submit(Answer::Restart).await;
        assert!(matches!(view.screen, Screen::Password { .. }));
    }
}

#[tokio::test]
async fn prt_06_unknown_errors_and_garbage_are_failures_with_a_way_on() {
    let cases = [
        (Reply::Json(400, json!({"error": "brand_new"})), FailureCode::UnexpectedAnswer),
        (Reply::Json(400, json!({"error": "insufficient_authorization"})), FailureCode::UnexpectedAnswer),
        (Reply::Json(400, json!({"error": "invalid_request"})), FailureCode::RequestRefused),
        (Reply::Json(200, json!({"hello": 1})), FailureCode::UnexpectedAnswer),
        (Reply::Json(418, json!([])), FailureCode::UnexpectedAnswer),
        (Reply::Raw("HTTP/1.1 200 X\r\nContent-Length: 7\r\n\r\n<html>."), FailureCode::UnexpectedAnswer),
        (Reply::Raw("not HTTP at all\r\n\r\n"), FailureCode::PortalUnreachable),
        (Reply::Raw("HTTP/1.1 407 X\r\nContent-Length: 0\r\n\r\n"), FailureCode::ProxyRefused),
        (Reply::Endless, FailureCode::UnexpectedAnswer),
        (Reply::Lost, FailureCode::PortalUnreachable),
    ];
    for (reply, expected) in cases {
        let (portal, folder) = (Scripted::start().await, tempfile::tempdir().unwrap());
        let engine = portal.engine(folder.path());
        portal.answer("/p/challenge", [reply.clone()]);
        let view = sign_in(&engine).await;
        assert_eq!(failure(&view), Some(expected), "{reply:?}");
        let Screen::Password { identifier, .. } = &view.screen else { panic!("{view:?}") };
        assert_eq!(identifier, "medecin-a", "what was typed stays");
        assert_eq!(portal.seen("/p/challenge").len(), 1, "a password is never sent twice by itself");
        let view = password(&engine).await;
        assert!(matches!(view.screen, Screen::SignedIn { .. }), "{reply:?}: {view:?}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (portal, folder) = (Scripted::start().await, tempfile::tempdir().unwrap());
    let engine = portal.engine(folder.path());
    for status in [301, 302, 307, 308] {
        portal.answer("/p/challenge", [Reply::WithHeader(status, "Location", "/p/elsewhere", json!({}))]);
        sign_in(&engine).await;
        assert_eq!(failure(&engine.view().await), Some(FailureCode::UnexpectedAnswer));
        engine.submit(Answer::ChangePortal).await;
    }
    assert!(portal.seen("/p/elsewhere").is_empty());
}

#[tokio::test]
async fn tok_08_another_issuer_is_refused() {
    let (portal, folder) = (Scripted::start().await, tempfile::tempdir().unwrap());
    let engine = portal.engine(folder.path());
    let metadata = "/.well-known/oauth-authorization-server/p";
    let good = portal.issuer.clone();
    let with = |issuer: &str, endpoint: &str| {
        Reply::Json(
            200,
            json!({
                "issuer": issuer, "authorization_challenge_endpoint": endpoint, "token_endpoint": format!("{good}/token"),
                "revocation_endpoint": "x", "end_session_endpoint": format!("{good}/end"), "jwks_uri": format!("{good}/jwks"),
                "dpop_signing_alg_values_supported": ["ES256"], "acr_values_supported": [],
                "parvis": {"version": 1, "profile_uri": format!("{good}/profile"), "account_uri": format!("{good}/account"),
                           "session_bootstrap_endpoint": "x"}
            }),
        )
    };
    for (issuer, endpoint) in [
        (format!("{good}/"), format!("{good}/challenge")),
        ("https://evil.example".to_owned(), format!("{good}/challenge")),
        (good.clone(), "https://evil.example/challenge".to_owned()),
        (good.clone(), "http://127.0.0.1:1/challenge".to_owned()),
    ] {
        portal.answer(metadata, [with(&issuer, &endpoint)]);
        let view = engine.submit(Answer::ChoosePortal { portal: "p".to_owned() }).await;
        assert_eq!(failure(&view), Some(FailureCode::WrongIssuer), "{issuer} {endpoint}");
        assert!(matches!(view.screen, Screen::ChoosePortal { .. }));
    }
    assert!(portal.seen("/p/challenge").is_empty());
}

#[tokio::test]
async fn tok_09_an_id_token_that_is_not_the_answer_to_this_sign_in() {
    let long_ago = 1_000_000;
    for wrong in [
        json!({"iss": "https://evil.example"}),
        json!({"aud": "another-client"}),
        json!({"nonce": "another"}),
        json!({"nonce": null}),
        json!({"exp": long_ago}),
        json!({"sub": ""}),
    ] {
        let (portal, folder) = (Scripted::start().await, tempfile::tempdir().unwrap());
        let engine = portal.engine(folder.path());
        *portal.claims.lock().unwrap() = wrong.clone();
        let view = sign_in(&engine).await;
        assert_eq!(failure(&view), Some(FailureCode::WrongIssuer), "{wrong}");
        assert!(matches!(view.screen, Screen::Password { .. }));
        assert_eq!(portal.seen("/p/end")[0].form["end_handle"], "handle-1", "the grant is not left behind");
    }
}

#[tokio::test]
async fn app_12_a_pc_clock_that_is_years_off_changes_nothing() {
    for years in [-10, 10] {
        let (portal, folder) = (Scripted::start().await, tempfile::tempdir().unwrap());
        let off = parvis_protocol::clock::Clock::now(&SystemClock) + years * 365 * 86_400_000;
        let engine = portal.engine_with(folder.path(), Arc::new(ManualClock::at(off)), Keyring::memory());
        let view = sign_in(&engine).await;
        assert!(matches!(view.screen, Screen::SignedIn { since, .. } if since == off), "{view:?}");
    }
}

#[tokio::test]
async fn busy_and_slow_portals_say_when_to_try_again() {
    let (portal, folder) = (Scripted::start().await, tempfile::tempdir().unwrap());
    let engine = portal.engine(folder.path());
    for (status, error, code) in
        [(503, "temporarily_unavailable", FailureCode::PortalBusy), (429, "slow_down", FailureCode::SlowDown)]
    {
        portal
            .answer("/p/challenge", [Reply::WithHeader(status, "Retry-After", "7", json!({"error": error}))]);
        let view = sign_in(&engine).await;
        let failure = view.failure.unwrap();
        assert_eq!((failure.code, failure.can_retry), (code, true));
        assert!(failure.retry_after.is_some_and(|left| (6_000..=7_000).contains(&left)));
        let view = engine.submit(Answer::Retry).await;
        assert!(matches!(view.screen, Screen::SignedIn { .. }), "{view:?}");
        engine.submit(Answer::SignOut).await;
    }
}

#[tokio::test]
async fn a_lost_answer_is_repeated_as_the_same_request_and_once() {
    let (portal, folder) = (Scripted::start().await, tempfile::tempdir().unwrap());
    let engine = at_the_code(&portal, &folder).await;
    portal.answer("/p/challenge", [Reply::Lost]);
    let view = code(&engine, "123 456", false).await;
    assert!(matches!(view.screen, Screen::SignedIn { .. }), "{view:?}");
    let asked = portal.seen("/p/challenge");
    assert_eq!(asked.len(), 3);
    assert_eq!(asked[1].form, asked[2].form);
    assert_eq!((asked[1].form["otp"].as_str(), asked[1].form["request_id"].len()), ("123456", 22));
}

#[tokio::test]
async fn an_answer_that_stays_lost_is_the_persons_to_repeat_and_still_the_same() {
    let (portal, folder) = (Scripted::start().await, tempfile::tempdir().unwrap());
    let engine = at_the_code(&portal, &folder).await;
    portal.answer("/p/challenge", [Reply::Lost, Reply::Lost, Reply::Lost, Reply::Lost]);
    let view = code(&engine, "123456", false).await;
    assert_eq!(failure(&view), Some(FailureCode::PortalUnreachable));
    assert!(matches!(view.screen, Screen::Code { .. }) && view.failure.unwrap().can_retry);
    // By the button, and by typing the same code again.
    assert_eq!(failure(&engine.submit(Answer::Retry).await), Some(FailureCode::PortalUnreachable));
    let view = code(&engine, "123-456", false).await;
    assert!(matches!(view.screen, Screen::SignedIn { .. }), "{view:?}");
    let ids: Vec<_> =
        portal.seen("/p/challenge")[1..].iter().map(|seen| seen.form["request_id"].clone()).collect();
    assert_eq!(ids.len(), 5);
    assert!(ids.iter().all(|id| *id == ids[0]));
}

#[tokio::test]
async fn a_lost_token_answer_is_repeated_as_the_same() {
    let (portal, folder) = (Scripted::start().await, tempfile::tempdir().unwrap());
    let engine = portal.engine(folder.path());
    portal.answer("/p/token", [Reply::Lost, Reply::Lost]);
    let view = sign_in(&engine).await;
    assert!(view.failure.is_some_and(|failure| failure.can_retry));
    let view = engine.submit(Answer::Retry).await;
    assert!(matches!(view.screen, Screen::SignedIn { .. }), "{view:?}");
    let asked = portal.seen("/p/token");
    assert_eq!(asked.len(), 3);
    assert!(asked.iter().all(|seen| seen.form == asked[0].form));
    assert_eq!(portal.seen("/p/challenge").len(), 1, "the password is not asked for again");
}

#[tokio::test]
async fn app_05_damaged_files_are_said_and_start_nothing_false() {
    let (portal, folder) = (Scripted::start().await, tempfile::tempdir().unwrap());
    std::fs::create_dir_all(folder.path().join("data")).unwrap();
    for file in ["trust-hints", "pending-ends", "workstation"] {
        std::fs::write(folder.path().join("data").join(file), [0; 64]).unwrap();
    }
    let engine = portal.engine(folder.path());
    assert_eq!(failure(&engine.view().await), Some(FailureCode::DataFolder));
    let view = sign_in(&engine).await;
    assert!(matches!(view.screen, Screen::SignedIn { .. }), "{view:?}");
}

#[tokio::test]
async fn tokens_are_rotated_while_somebody_is_busy_with_the_app() {
    let (portal, folder) = (Scripted::start().await, tempfile::tempdir().unwrap());
    let engine = portal.engine(folder.path());
    sign_in(&engine).await;
    until(&engine, |view| matches!(&view.screen, Screen::SignedIn { devices: Some(_), .. })).await;
    tokio::time::pause();
    let refreshed = || portal.seen("/p/token").iter().any(|seen| seen.form["grant_type"] == "refresh_token");
    // Somebody types without a pause, for four minutes and a half.
    for _ in 0..270 {
        tokio::time::advance(std::time::Duration::from_secs(1)).await;
        engine.activity();
        engine.view().await;
    }
    tokio::time::resume();
    wait_for(refreshed).await;
}

#[tokio::test]
async fn a_failure_that_is_closed_does_not_make_the_same_code_another_request() {
    for between in [Answer::DismissFailure, Answer::Code { code: "12345".into(), remember: false }] {
        let (portal, folder) = (Scripted::start().await, tempfile::tempdir().unwrap());
        let engine = at_the_code(&portal, &folder).await;
        portal.answer("/p/challenge", [Reply::Lost, Reply::Lost]);
        assert_eq!(failure(&code(&engine, "123456", false).await), Some(FailureCode::PortalUnreachable));
        assert_eq!(engine.submit(between).await.failure, None);
        let view = code(&engine, "123456", false).await;
        assert!(matches!(view.screen, Screen::SignedIn { .. }), "{view:?}");
        let asked = portal.seen("/p/challenge");
        assert_eq!(asked.len(), 4);
        assert!(asked[1..].iter().all(|seen| seen.form == asked[1].form), "{asked:?}");
    }
}

#[tokio::test]
async fn a_message_that_is_asked_for_again_after_a_lost_answer_is_the_same_request() {
    let (portal, folder) = (Scripted::start().await, tempfile::tempdir().unwrap());
    let engine = at_the_code(&portal, &folder).await;
    portal.answer("/p/challenge", [Reply::Lost, Reply::Lost, step(&otp("c1")), step(&otp("c1"))]);
    let again = || engine.submit(Answer::SendCode { method: crate::view::MethodId::Email });
    assert_eq!(failure(&again().await), Some(FailureCode::PortalUnreachable));
    let view = again().await;
    assert!(matches!(view.screen, Screen::Code { .. }) && view.failure.is_none(), "{view:?}");
    again().await;
    let ids: Vec<_> =
        portal.seen("/p/challenge")[1..].iter().map(|seen| seen.form["request_id"].clone()).collect();
    assert_eq!(ids.len(), 4);
    assert!(ids[0] == ids[1] && ids[1] == ids[2], "one send: {ids:?}");
    assert_ne!(ids[2], ids[3], "one that was answered is over");
}

/// The last instant that a web view can write out, milliseconds.
const LAST_DATE: i64 = 8_640_000_000_000_000;

#[tokio::test]
async fn instants_beyond_all_calendars_and_doubles_do_not_reach_the_window() {
    for absurd in [i64::MAX / 1000, i64::MIN / 1000, LAST_DATE, i64::MAX] {
        let (portal, folder) = (Scripted::start().await, tempfile::tempdir().unwrap());
        let engine = portal.engine(folder.path());
        let blocked = json!({"error": "insufficient_authorization", "next": {"step": "contact_support"},
            "problem": "account_blocked", "since": absurd, "until": absurd});
        let email = json!({"id": "email", "blocked_until": absurd});
        let twice = json!({"step": "select_method", "expires_in": 600, "methods": [email, email]});
        let device =
            json!({"id": "d", "current": true, "granted_at": absurd, "expires_at": 0, "expires_in": 1});
        portal.answer("/p/challenge", [Reply::Json(400, blocked), step(&twice)]);
        portal.answer("/p/account/devices", [Reply::Json(200, json!({"devices": [device, device]}))]);
        let view = sign_in(&engine).await;
        assert!(matches!(view.screen, Screen::Blocked { since: None, until: None, .. }), "{view:?}");
        let view = sign_in(&engine).await;
        let Screen::SelectMethod { methods, .. } = &view.screen else { panic!("{view:?}") };
        assert_eq!(methods.len(), 1);
        engine.submit(Answer::ChangePortal).await;
        sign_in(&engine).await;
        let view =
            until(&engine, |view| matches!(&view.screen, Screen::SignedIn { devices: Some(_), .. })).await;
        let Screen::SignedIn { devices: Some(devices), .. } = &view.screen else { panic!("{view:?}") };
        assert_eq!(devices.len(), 1);
        assert!((0..=LAST_DATE).contains(&devices[0].granted_at), "{devices:?}");
    }
}

#[tokio::test]
async fn a_card_that_cannot_be_read_is_not_asked_for_every_few_seconds() {
    let (portal, folder) = (Scripted::start().await, tempfile::tempdir().unwrap());
    let engine = portal.engine(folder.path());
    let garbage = || Reply::Json(200, json!({"hello": 1}));
    portal.answer("/p/account/me", std::iter::repeat_with(garbage).take(1000));
    sign_in(&engine).await;
    wait_for(|| !portal.seen("/p/account/me").is_empty()).await;
    tokio::time::pause();
    // Ten minutes of somebody who is there.
    for _ in 0..600 {
        tokio::time::advance(std::time::Duration::from_secs(1)).await;
        engine.activity();
        for _ in 0..20 {
            engine.view().await;
            tokio::task::yield_now().await;
        }
    }
    let asked = portal.seen("/p/account/me").len();
    assert!(asked <= 12, "{asked} times in ten minutes");
}
