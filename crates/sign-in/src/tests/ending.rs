//! The end of a session: by the person, the portal, the clock or the PC; and of a sign-in that is left alone.

use super::scripted::{
    Reply, Scripted, at_the_code, code, failure, otp, password, sign_in, step, until, wait_for,
};
use crate::{
    EndCause, Keyring, SignInHandle,
    view::{Answer, FailureCode, Notice, Screen, TrustState},
};
use parvis_protocol::clock::{ManualClock, SystemClock};
use serde_json::json;
use std::sync::Arc;

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
