//! The steps of a sign-in, as portals answer them.

use super::scripted::{Reply, Scripted, at_the_code, code, failure, otp, password, sign_in, step, until};
use crate::{
    Keyring,
    view::{Answer, CodeProblem, FailureCode, Notice, PasswordProblem, Screen, TrustEndReason, View},
};
use parvis_protocol::clock::{ManualClock, SystemClock};
use serde_json::{Value, json};
use std::sync::Arc;

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
