//! The engine against a portal, a network or a PC that misbehaves.

use super::scripted::{Reply, Scripted, code, otp, password, sign_in, step};
use crate::{
    EndCause, Keyring, SignInHandle,
    view::{
        Answer, CodeProblem, FailureCode, Notice, PasswordProblem, Proof, Screen, TrustEndReason, TrustState,
        View,
    },
};
use parvis_protocol::clock::{ManualClock, SystemClock};
use serde_json::{Value, json};
use std::sync::Arc;

fn failure(view: &View) -> Option<FailureCode> {
    view.failure.as_ref().map(|failure| failure.code)
}

async fn at_the_code(portal: &Scripted, folder: &tempfile::TempDir) -> SignInHandle {
    let engine = portal.engine(folder.path());
    portal.answer("/p/challenge", [step(&otp("c1"))]);
    let view = sign_in(&engine).await;
    assert!(matches!(view.screen, Screen::Code { .. }), "{view:?}");
    engine
}

/// Waits for a view of which this holds.
async fn until(engine: &SignInHandle, holds: impl Fn(&View) -> bool) -> View {
    let mut views = engine.views();
    let view = tokio::time::timeout(std::time::Duration::from_hours(1), views.wait_for(|view| holds(view)));
    view.await.unwrap().unwrap().clone()
}

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
async fn codes_that_cannot_be_right_are_not_sent() {
    let (portal, folder) = (Scripted::start().await, tempfile::tempdir().unwrap());
    let engine = at_the_code(&portal, &folder).await;
    for typed in ["", "12345", "1234567", "12345a", "１２３４５６"] {
        let view = code(&engine, typed, false).await;
        assert!(matches!(view.screen, Screen::Code { problem: Some(CodeProblem::NotACode), .. }), "{typed}");
    }
    assert_eq!(portal.seen("/p/challenge").len(), 1);
    let rejected = || {
        let mut next = otp("c1");
        next["attempts_remaining"] = json!(2);
        Reply::Json(
            400,
            json!({"error": "insufficient_authorization", "next": next, "problem": "code_rejected"}),
        )
    };
    portal.answer("/p/challenge", [rejected(), rejected()]);
    let view = code(&engine, "111111", false).await;
    let Screen::Code { problem, code: shown, .. } = &view.screen else { panic!("{view:?}") };
    assert_eq!((problem, shown.attempts_remaining), (&Some(CodeProblem::CodeRejected), Some(2)));
    let view = code(&engine, "111 111", false).await;
    assert!(matches!(view.screen, Screen::Code { problem: Some(CodeProblem::SameCodeAgain), .. }));
    assert_eq!(portal.seen("/p/challenge").len(), 2);
    let view = code(&engine, "222222", false).await;
    assert!(matches!(view.screen, Screen::Code { problem: Some(CodeProblem::CodeRejected), .. }));
    let view = code(&engine, "333333", false).await;
    assert!(matches!(view.screen, Screen::SignedIn { .. }));
}

#[tokio::test]
async fn a_resend_is_counted_and_a_poll_changes_only_what_became_of_the_message() {
    let (portal, folder) = (Scripted::start().await, tempfile::tempdir().unwrap());
    let engine = at_the_code(&portal, &folder).await;
    let mut failed = otp("c1");
    failed["delivery"] = json!("failed");
    portal.answer("/p/challenge", [step(&failed)]);
    engine.submit(Answer::PollDelivery).await;
    let view = until(&engine, |view| {
        matches!(&view.screen, Screen::Code { code, .. } if code.delivery == crate::view::Delivery::Failed)
    })
    .await;
    assert!(view.busy.is_none() && view.failure.is_none());
    engine.submit(Answer::PollDelivery).await;
    engine.submit(Answer::PollDelivery).await;
    assert_eq!(portal.seen("/p/challenge").len(), 2, "at most every two seconds");
    portal.answer("/p/challenge", [step(&otp("c1"))]);
    let view = engine.submit(Answer::SendCode { method: crate::view::MethodId::Email }).await;
    let Screen::Code { code, .. } = &view.screen else { panic!("{view:?}") };
    assert_eq!((code.send_number, code.delivery), (2, crate::view::Delivery::Sent));
    assert!(code.can_remember && code.remember_until.is_some());
}

#[tokio::test]
async fn refusals_of_the_password_and_of_the_entrance() {
    let (portal, folder) = (Scripted::start().await, tempfile::tempdir().unwrap());
    let engine = portal.engine(folder.path());
    let refused = |problem: &str, roles: Value| {
        let next = json!({"step": "password", "roles": roles});
        Reply::Json(400, json!({"error": "insufficient_authorization", "next": next, "problem": problem}))
    };
    portal.answer(
        "/p/challenge",
        [refused("credentials_rejected", Value::Null), refused("wrong_role", json!(["professional", "x"]))],
    );
    let view = sign_in(&engine).await;
    let Screen::Password { problem, identifier, .. } = &view.screen else { panic!("{view:?}") };
    assert_eq!((problem, identifier.as_str()), (&Some(PasswordProblem::CredentialsRejected), "medecin-a"));
    let view = password(&engine).await;
    let Screen::Password { problem: Some(PasswordProblem::WrongRole { entrances }), .. } = &view.screen
    else {
        panic!("{view:?}")
    };
    assert_eq!(
        (entrances[0].label.fr.as_str(), entrances[1].label.fr.as_str()),
        ("Professionnel de santé", "x")
    );
}

#[tokio::test]
async fn a_password_that_waits_for_its_entrance_is_forgotten_after_a_minute_whatever_is_done() {
    let (portal, folder) = (Scripted::start().await, tempfile::tempdir().unwrap());
    let engine = portal.engine(folder.path());
    let next = json!({"step": "password", "roles": ["professional"]});
    let wrong = json!({"error": "insufficient_authorization", "next": next, "problem": "wrong_role"});
    portal.answer("/p/challenge", [Reply::Json(400, wrong.clone()), Reply::Json(400, wrong)]);
    let enter = || engine.submit(Answer::ChooseEntrance { role: "professional".to_owned() });
    sign_in(&engine).await;
    tokio::time::pause();
    for _ in 0..61 {
        tokio::time::advance(std::time::Duration::from_secs(1)).await;
        engine.activity();
        engine.view().await;
    }
    tokio::time::resume();
    let view = enter().await;
    let Screen::Password { identifier, .. } = &view.screen else { panic!("{view:?}") };
    assert_eq!(identifier, "medecin-a", "what was typed as identifier stays");
    assert_eq!(portal.seen("/p/challenge").len(), 1, "the password is asked for again");
    password(&engine).await;
    let view = enter().await;
    assert!(matches!(view.screen, Screen::SignedIn { .. }), "at once, it goes on: {view:?}");
}

#[tokio::test]
async fn an_account_that_was_not_activated_leads_back_to_the_password() {
    let (portal, folder) = (Scripted::start().await, tempfile::tempdir().unwrap());
    let engine = portal.engine(folder.path());
    portal.answer("/p/challenge", [step(&json!({"step": "activate", "hint": "a•••@e•••.org"}))]);
    let view = sign_in(&engine).await;
    let Screen::ActivationDue { hint, .. } = &view.screen else { panic!("{view:?}") };
    assert_eq!(hint.as_deref(), Some("a•••@e•••.org"));
    let view = engine.submit(Answer::Restart).await;
    assert!(matches!(&view.screen, Screen::Password { identifier, .. } if identifier == "medecin-a"));
}

#[tokio::test]
async fn a_blocked_account_shows_whom_to_contact_by_this_pcs_clock() {
    let (portal, folder) = (Scripted::start().await, tempfile::tempdir().unwrap());
    let engine = portal.engine_with(folder.path(), Arc::new(ManualClock::at(0)), Keyring::memory());
    let an_hour_ago = parvis_protocol::clock::Clock::now(&SystemClock) / 1000 - 3600;
    portal.answer(
        "/p/challenge",
        [Reply::Json(
            400,
            json!({"error": "insufficient_authorization",
        "next": {"step": "contact_support"}, "problem": "account_blocked", "since": an_hour_ago,
        "support": {"email": "a@b.example", "reference": "R-1"}}),
        )],
    );
    let view = sign_in(&engine).await;
    let Screen::Blocked { since: Some(since), support, .. } = &view.screen else { panic!("{view:?}") };
    assert!((-3_602_000..=-3_598_000).contains(since), "{since}");
    assert_eq!(support.reference.as_deref(), Some("R-1"));
}

#[tokio::test]
async fn why_a_code_is_asked_stays_on_the_screen() {
    let (portal, folder) = (Scripted::start().await, tempfile::tempdir().unwrap());
    let engine = portal.engine(folder.path());
    portal.answer(
        "/p/challenge",
        [
            Reply::Json(
                400,
                json!({"error": "insufficient_authorization", "auth_session": "s1", "next": otp("c1"),
            "problem": "trust_ended", "reason": "other_professional"}),
            ),
            Reply::Json(
                400,
                json!({"error": "insufficient_authorization", "next": otp("c1"), "problem": "code_rejected"}),
            ),
        ],
    );
    let view = sign_in(&engine).await;
    let because = |view: &View| {
        matches!(view.screen, Screen::Code { trust_ended: Some(TrustEndReason::OtherProfessional), .. })
    };
    assert!(because(&view), "{view:?}");
    assert!(because(&code(&engine, "111111", false).await));
}

#[tokio::test]
async fn an_auth_session_that_is_over_leads_back_to_the_password() {
    let (portal, folder) = (Scripted::start().await, tempfile::tempdir().unwrap());
    let engine = at_the_code(&portal, &folder).await;
    portal.answer("/p/challenge", [Reply::Json(400, json!({"error": "invalid_session"}))]);
    let view = code(&engine, "123456", false).await;
    assert_eq!(failure(&view), Some(FailureCode::SessionExpired));
    assert!(matches!(view.screen, Screen::Password { .. }));
}

#[tokio::test]
async fn app_02_without_a_keyring_trust_is_neither_offered_nor_asked_for() {
    let (portal, folder) = (Scripted::start().await, tempfile::tempdir().unwrap());
    let engine = portal.engine_with(folder.path(), Arc::new(SystemClock), Keyring::absent());
    until(&engine, |view| view.workstation.keyring == crate::view::KeyringState::Unavailable).await;
    portal.answer("/p/challenge", [step(&otp("c1"))]);
    let view = sign_in(&engine).await;
    assert!(matches!(&view.screen, Screen::Code { code, .. } if !code.can_remember));
    let view = code(&engine, "123456", true).await;
    assert!(
        matches!(&view.screen, Screen::SignedIn { notice: Some(Notice::TrustNotRemembered), .. }),
        "{view:?}"
    );
    let asked = portal.seen("/p/challenge");
    assert!(!asked[1].form.contains_key("remember_device") && !asked[1].form.contains_key("device_proof"));
}

#[tokio::test]
async fn a_session_that_the_portal_ended_is_revoked_not_signed_out() {
    let (portal, folder) = (Scripted::start().await, tempfile::tempdir().unwrap());
    let engine = portal.engine(folder.path());
    portal.answer("/p/account/me", [Reply::Json(401, json!({"error": "invalid_token"}))]);
    portal.answer("/p/token", [Reply::Ordinary, Reply::Json(400, json!({"error": "invalid_grant"}))]);
    sign_in(&engine).await;
    let view = until(&engine, |view| matches!(&view.screen, Screen::Password { notice: Some(_), .. })).await;
    let Screen::Password { notice, identifier, .. } = &view.screen else { panic!() };
    assert_eq!((notice, identifier.as_str()), (&Some(Notice::SignedOutByPortal), ""));
    assert!(portal.seen("/p/end").is_empty(), "there is nothing left to end");
    let view = password(&engine).await;
    assert!(matches!(view.screen, Screen::SignedIn { .. }), "{view:?}");
}

#[tokio::test]
async fn ends_wait_for_no_portal_and_are_told_at_the_next_start() {
    let (portal, folder) = (Scripted::start().await, tempfile::tempdir().unwrap());
    let engine = portal.engine(folder.path());
    sign_in(&engine).await;
    portal.answer("/p/end", [Reply::Silence]);
    let before = tokio::time::Instant::now();
    engine.end(EndCause::Sleep).await;
    assert!(before.elapsed() < std::time::Duration::from_secs(3));
    let view = engine.view().await;
    assert_eq!(view.screen, Screen::ChoosePortal { notice: Some(Notice::SignedOutBySleep) });
    drop(engine);
    let outbox = std::fs::read_to_string(folder.path().join("data/pending-ends")).unwrap();
    assert!(outbox.contains("handle-1") && !outbox.contains("medecin"));
    let _next_start = portal.engine(folder.path());
    let path = folder.path().join("data/pending-ends");
    wait_for(|| !path.exists()).await;
    assert_eq!(portal.seen("/p/end").len(), 2);
}

/// Waits for something outside the engine.
async fn wait_for(holds: impl Fn() -> bool) {
    let mut often = tokio::time::interval(std::time::Duration::from_millis(10));
    for _ in 0..500 {
        if holds() {
            return;
        }
        often.tick().await;
    }
    panic!("it did not come to pass");
}

#[tokio::test]
async fn ses_07_nobody_there_means_a_warning_then_signed_out() {
    let (portal, folder) = (Scripted::start().await, tempfile::tempdir().unwrap());
    let engine = portal.engine(folder.path());
    sign_in(&engine).await;
    until(&engine, |view| matches!(&view.screen, Screen::SignedIn { devices: Some(_), .. })).await;
    tokio::time::pause();
    let warned = until(&engine, |view| view.inactivity_sign_out_in.is_some()).await;
    assert!(matches!(warned.screen, Screen::SignedIn { inactivity_limit: 1_800_000, .. }));
    assert!(warned.inactivity_sign_out_in.is_some_and(|left| (50_000..=60_000).contains(&left)));
    engine.activity();
    until(&engine, |view| view.inactivity_sign_out_in.is_none()).await;
    let view = until(&engine, |view| matches!(view.screen, Screen::ChoosePortal { .. })).await;
    assert_eq!(view.screen, Screen::ChoosePortal { notice: Some(Notice::SignedOutByInactivity) });
}

#[tokio::test]
async fn ses_07_a_pc_that_slept_through_the_limit_wakes_up_signed_out() {
    let (portal, folder) = (Scripted::start().await, tempfile::tempdir().unwrap());
    let clock = Arc::new(ManualClock::at(0));
    let engine = portal.engine_with(folder.path(), clock.clone(), Keyring::memory());
    sign_in(&engine).await;
    clock.advance(1_800_000);
    engine.activity();
    let view = until(&engine, |view| matches!(view.screen, Screen::ChoosePortal { .. })).await;
    assert_eq!(view.screen, Screen::ChoosePortal { notice: Some(Notice::SignedOutByInactivity) });
}

#[tokio::test]
async fn a_person_who_goes_away_while_it_completes_is_not_signed_in() {
    let (portal, folder) = (Scripted::start().await, tempfile::tempdir().unwrap());
    let engine = at_the_code(&portal, &folder).await;
    let submitted = engine.clone();
    let mut views = engine.views();
    let waiting = tokio::spawn(async move { code(&submitted, "123456", false).await });
    views.wait_for(|view| view.busy.is_some()).await.unwrap();
    engine.submit(Answer::ChangePortal).await;
    let view = waiting.await.unwrap();
    assert!(matches!(view.screen, Screen::ChoosePortal { .. }), "{view:?}");
    // Either it had not got as far as a grant, or that grant is ended.
    let done = || portal.seen("/p/token").is_empty() || !portal.seen("/p/end").is_empty();
    wait_for(done).await;
    assert!(matches!(engine.view().await.screen, Screen::ChoosePortal { .. }));
}

#[tokio::test]
async fn answers_that_do_not_belong_to_the_screen_send_nothing() {
    let (portal, folder) = (Scripted::start().await, tempfile::tempdir().unwrap());
    let engine = portal.engine(folder.path());
    for answer in [
        Answer::SignOut,
        Answer::Leave,
        Answer::Retry,
        Answer::OpenBrowser,
        Answer::Restart,
        Answer::AcceptReceipt,
        Answer::ForgottenPassword { identifier: String::new() },
        Answer::Code { code: "123456".into(), remember: true },
        Answer::ForgetDevice { id: "x".to_owned() },
    ] {
        let view = engine.submit(answer).await;
        assert_eq!(failure(&view), Some(FailureCode::OutOfStep));
        assert!(matches!(view.screen, Screen::ChoosePortal { .. }));
    }
    let view = engine.submit(Answer::ChoosePortal { portal: "unknown".to_owned() }).await;
    assert_eq!(failure(&view), Some(FailureCode::PortalNotSupported));
    let view = engine.submit(Answer::DismissFailure).await;
    assert_eq!(view.failure, None);
    sign_in(&engine).await;
    let view = engine.submit(Answer::ChangePortal).await;
    assert!(matches!(view.screen, Screen::SignedIn { .. }), "a session is left by signing out only");
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
async fn quitting_while_a_sign_in_completes_leaves_no_session_behind() {
    let (portal, folder) = (Scripted::start().await, tempfile::tempdir().unwrap());
    let engine = at_the_code(&portal, &folder).await;
    let submitted = engine.clone();
    let mut views = engine.views();
    let waiting = tokio::spawn(async move { code(&submitted, "123456", false).await });
    views.wait_for(|view| view.busy == Some(crate::view::Busy::Completing)).await.unwrap();
    engine.end(EndCause::Quit).await;
    assert_eq!(portal.seen("/p/end")[0].form["end_handle"], "handle-1");
    assert!(matches!(waiting.await.unwrap().screen, Screen::ChoosePortal { .. }));
}

#[tokio::test]
async fn the_language_of_messages_follows_the_window() {
    let (portal, folder) = (Scripted::start().await, tempfile::tempdir().unwrap());
    let engine = at_the_code(&portal, &folder).await;
    engine.set_language(crate::view::Language::De);
    portal.answer("/p/challenge", [step(&otp("c1"))]);
    engine.submit(Answer::SendCode { method: crate::view::MethodId::Email }).await;
    let asked = portal.seen("/p/challenge");
    assert_eq!((asked[0].form["ui_locales"].as_str(), asked[1].form["ui_locales"].as_str()), ("fr", "de"));
}

#[tokio::test]
async fn ses_07_half_a_sign_in_that_is_left_alone_is_cleared() {
    let (portal, folder) = (Scripted::start().await, tempfile::tempdir().unwrap());
    let engine = at_the_code(&portal, &folder).await;
    tokio::time::pause();
    let view = until(&engine, |view| matches!(view.screen, Screen::ChoosePortal { .. })).await;
    assert_eq!(view.screen, Screen::ChoosePortal { notice: None });
}

#[tokio::test]
async fn a_password_whose_answer_was_lost_is_not_the_next_persons_to_send() {
    let (portal, folder) = (Scripted::start().await, tempfile::tempdir().unwrap());
    let engine = portal.engine(folder.path());
    portal.answer("/p/challenge", [Reply::Lost]);
    let view = sign_in(&engine).await;
    assert!(view.failure.is_some_and(|failure| failure.can_retry));
    tokio::time::pause();
    until(&engine, |view| matches!(view.screen, Screen::ChoosePortal { .. })).await;
    tokio::time::resume();
    let view = engine.submit(Answer::Retry).await;
    assert_eq!(failure(&view), Some(FailureCode::OutOfStep));
    assert_eq!(portal.seen("/p/challenge").len(), 1);
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

#[tokio::test]
async fn keys_that_do_not_arrive_cost_nobody_a_sign_in() {
    let (portal, folder) = (Scripted::start().await, tempfile::tempdir().unwrap());
    let engine = portal.engine(folder.path());
    portal.answer("/p/jwks", [Reply::Lost, Reply::Lost]);
    let view = sign_in(&engine).await;
    assert_eq!(failure(&view), Some(FailureCode::PortalUnreachable));
    assert!(view.failure.is_some_and(|failure| failure.can_retry));
    assert!(portal.seen("/p/end").is_empty());
    let view = engine.submit(Answer::Retry).await;
    assert!(matches!(view.screen, Screen::SignedIn { .. }), "{view:?}");
    assert_eq!(portal.seen("/p/challenge").len(), 1, "nothing is asked for again");
    assert_eq!(portal.seen("/p/token").len(), 1);
}

/// Signs in with the trust box ticked; the key is in this keyring.
async fn trusted(portal: &Scripted, folder: &tempfile::TempDir, keyring: &Keyring) -> SignInHandle {
    let engine = portal.engine_with(folder.path(), Arc::new(SystemClock), keyring.clone());
    until(&engine, |view| view.workstation.keyring == crate::view::KeyringState::Available).await;
    portal.answer("/p/challenge", [step(&otp("c1"))]);
    sign_in(&engine).await;
    let mut tokens = portal.tokens();
    tokens["trusted_device"] = json!({"expires_in": 86_400});
    portal.answer("/p/token", [Reply::Json(200, tokens)]);
    let view = code(&engine, "123456", true).await;
    assert!(matches!(view.screen, Screen::SignedIn { trust: TrustState::Until { .. }, .. }), "{view:?}");
    assert_eq!(keyring.held(), 1);
    engine
}

#[tokio::test]
async fn leaving_wipes_without_waiting_for_the_portal() {
    let (portal, folder) = (Scripted::start().await, tempfile::tempdir().unwrap());
    let keyring = Keyring::memory();
    let engine = trusted(&portal, &folder, &keyring).await;
    portal.answer("/p/end", [Reply::Silence]);
    let leaving = engine.clone();
    let mut views = engine.views();
    tokio::spawn(async move { leaving.submit(Answer::Leave).await });
    views.wait_for(|view| view.busy == Some(crate::view::Busy::Leaving)).await.unwrap();
    // The person closes the window, or the OS session ends, before the portal has answered.
    engine.end(EndCause::Quit).await;
    assert_eq!(keyring.held(), 0, "the key is gone all the same");
    assert!(!folder.path().join("data/trust-hints").exists());
    let outbox = std::fs::read_to_string(folder.path().join("data/pending-ends")).unwrap();
    assert!(outbox.contains("\"forget_device\":true"), "{outbox}");
}

#[tokio::test]
async fn an_end_that_is_refused_is_not_called_confirmed() {
    for (refusal, kept) in [
        (Reply::Json(400, json!({"error": "invalid_request"})), false),
        // Not the portal's own words: somebody on the way, or a portal in repair.
        (Reply::Json(403, json!("blocked by policy")), true),
        (Reply::Raw("HTTP/1.1 404 X\r\nContent-Length: 7\r\n\r\n<html>."), true),
    ] {
        let (portal, folder) = (Scripted::start().await, tempfile::tempdir().unwrap());
        let engine = portal.engine(folder.path());
        sign_in(&engine).await;
        portal.answer("/p/end", [refusal.clone()]);
        let view = engine.submit(Answer::Leave).await;
        assert!(matches!(view.screen, Screen::Left { portal_confirmed: false, .. }), "{refusal:?}: {view:?}");
        assert_eq!(folder.path().join("data/pending-ends").exists(), kept, "{refusal:?}");
    }
}

#[tokio::test]
async fn damaged_hints_and_a_locked_keyring_are_not_called_wiped() {
    let (portal, folder) = (Scripted::start().await, tempfile::tempdir().unwrap());
    std::fs::create_dir_all(folder.path().join("data")).unwrap();
    std::fs::write(folder.path().join("data/trust-hints"), [0; 64]).unwrap();
    let keyring = Keyring::memory();
    keyring.set_locked(true);
    let engine = portal.engine_with(folder.path(), Arc::new(SystemClock), keyring);
    until(&engine, |view| view.workstation.keyring == crate::view::KeyringState::Unavailable).await;
    sign_in(&engine).await;
    let view = engine.submit(Answer::Leave).await;
    let Screen::Left { wiped, .. } = &view.screen else { panic!("{view:?}") };
    let key = wiped.iter().find(|wiped| wiped.what == crate::view::WipedItem::DeviceKey).unwrap();
    assert!(!key.verified, "nobody knows whether there is a key");
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

#[tokio::test]
async fn a_pc_that_slept_while_it_signed_out_does_not_spin() {
    let (portal, folder) = (Scripted::start().await, tempfile::tempdir().unwrap());
    let clock = Arc::new(ManualClock::at(0));
    let engine = portal.engine_with(folder.path(), clock.clone(), Keyring::memory());
    sign_in(&engine).await;
    until(&engine, |view| matches!(&view.screen, Screen::SignedIn { devices: Some(_), .. })).await;
    portal.answer("/p/end", [Reply::Silence]);
    let leaving = engine.clone();
    tokio::spawn(async move { leaving.submit(Answer::SignOut).await });
    let before = until(&engine, |view| view.busy == Some(crate::view::Busy::SigningOut)).await;
    clock.advance(1_800_000);
    tokio::time::pause();
    let view = until(&engine, |view| matches!(view.screen, Screen::ChoosePortal { .. })).await;
    assert_eq!(view.screen, Screen::ChoosePortal { notice: Some(Notice::EndPending) });
    assert!(view.revision - before.revision < 10, "{} views", view.revision - before.revision);
}
