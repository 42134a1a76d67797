//! Lists of « Mon espace » on the wire: delegates, and what happens where one cannot be read.

use super::scripted::{Reply, Scripted, dentists, password};
use crate::{
    SignInHandle,
    view::{Answer, DelegateDone, FailureCode, FormProblem, FormRefusal, Place, Screen, StepUp, View},
};
use serde_json::{Value, json};

const DELEGATES: &str = "/p/account/delegates";

fn list(delegates: &Value, room: u32) -> Reply {
    Reply::Json(200, json!({"delegates": delegates, "room": room}))
}

fn now() -> i64 {
    parvis_protocol::clock::Clock::now(&parvis_protocol::clock::SystemClock) / 1000
}

fn waiting() -> Value {
    json!({"id": "d1", "name": "Léa Roy", "email": "lea@example.org", "invited_at": now()})
}

async fn signed_in(portal: &Scripted, folder: &tempfile::TempDir) -> SignInHandle {
    *portal.claims.lock().unwrap() = json!({"role": "dentist"});
    let engine = portal.engine(folder.path());
    engine.submit(Answer::ChoosePortal { portal: "p".to_owned() }).await;
    engine.submit(Answer::ChooseEntrance { role: "dentist".to_owned() }).await;
    let view = password(&engine).await;
    assert!(matches!(view.screen, Screen::SignedIn { has_delegates: true, .. }), "{view:?}");
    engine
}

/// Shows the page, and waits for what it says of its list.
async fn show(engine: &SignInHandle, place: Place) -> View {
    engine.submit(Answer::Show { place }).await;
    read(engine).await
}

async fn read(engine: &SignInHandle) -> View {
    let mut views = engine.views();
    let said = views.wait_for(|view| {
        view.failure.is_some()
            || matches!(
                &view.screen,
                Screen::Delegates { delegates: Some(_), .. } | Screen::Sessions { sessions: Some(_), .. }
            )
    });
    said.await.unwrap().clone()
}

#[tokio::test]
async fn delegates_are_invited_again_and_removed() {
    let (portal, folder) = (Scripted::with(dentists()).await, tempfile::tempdir().unwrap());
    let engine = signed_in(&portal, &folder).await;
    portal.answer(DELEGATES, [list(&json!([waiting(), waiting()]), 9)]);
    let view = show(&engine, Place::Delegates).await;
    let Screen::Delegates { delegates: Some(delegates), room, .. } = &view.screen else { panic!("{view:?}") };
    assert_eq!((delegates.len(), *room), (1, Some(9)), "one of an id");
    assert_eq!((delegates[0].email.as_str(), delegates[0].active_since), ("lea@example.org", None));
    assert!((delegates[0].invited_at / 1000 - now()).abs() < 10);

    portal.answer(DELEGATES, [list(&json!([waiting()]), 9)]);
    let invite = Answer::InviteDelegate { name: "Léa Roy".to_owned(), email: " lea@example.org".to_owned() };
    let view = engine.submit(invite).await;
    let Screen::Delegates { done: Some(done), .. } = &view.screen else { panic!("{view:?}") };
    assert_eq!(*done, DelegateDone::Invited { email: "lea@example.org".to_owned() });
    let asked = portal.seen(DELEGATES);
    assert_eq!((asked[1].method.as_str(), asked[1].authorized), ("POST", true));
    assert_eq!(asked[1].json, json!({"name": "Léa Roy", "email": " lea@example.org", "ui_locales": "fr"}));

    portal.answer("/p/account/delegates/d1", [list(&json!([]), 10)]);
    let view = engine.submit(Answer::RemoveDelegate { id: "d1".to_owned() }).await;
    let Screen::Delegates { done: Some(done), delegates: Some(delegates), room: Some(10), .. } = &view.screen
    else {
        panic!("{view:?}")
    };
    assert_eq!(*done, DelegateDone::Removed { name: "Léa Roy".to_owned() });
    assert!(delegates.is_empty());
    assert_eq!(portal.seen("/p/account/delegates/d1")[0].method, "DELETE");

    let view = engine.submit(Answer::RemoveDelegate { id: "d1".to_owned() }).await;
    assert_eq!(view.failure.unwrap().code, FailureCode::OutOfStep, "one that is not in the list");
}

#[tokio::test]
async fn a_delegate_who_is_gone_already_is_removed_and_the_list_is_read() {
    let (portal, folder) = (Scripted::with(dentists()).await, tempfile::tempdir().unwrap());
    let engine = signed_in(&portal, &folder).await;
    portal.answer(DELEGATES, [list(&json!([waiting()]), 9), list(&json!([]), 10)]);
    show(&engine, Place::Delegates).await;
    engine.submit(Answer::RemoveDelegate { id: "d1".to_owned() }).await;
    let mut views = engine.views();
    let read = |view: &View| matches!(view.screen, Screen::Delegates { room: Some(10), done: Some(_), .. });
    views.wait_for(read).await.unwrap();
}

#[tokio::test]
async fn an_invitation_is_refused_beside_its_fields_and_may_need_a_fresh_proof() {
    let (portal, folder) = (Scripted::with(dentists()).await, tempfile::tempdir().unwrap());
    let engine = signed_in(&portal, &folder).await;
    portal.answer(DELEGATES, [list(&json!([]), 10)]);
    show(&engine, Place::Delegates).await;
    let problems = json!([
        {"field": "name", "code": "missing"},
        {"field": "email", "code": "send_refused", "params": {"until": now() + 60}},
    ]);
    portal.answer(DELEGATES, [Reply::Json(400, json!({"error": "invalid_request", "problems": problems}))]);
    let invite = || Answer::InviteDelegate { name: String::new(), email: "lea@example.org".to_owned() };
    let view = engine.submit(invite()).await;
    let Screen::Delegates { problems, .. } = &view.screen else { panic!("{view:?}") };
    assert_eq!(problems[0], FormProblem { field: "name".to_owned(), refusal: FormRefusal::Missing });
    let FormRefusal::Later { retry_after: Some(left) } = &problems[1].refusal else { panic!("{view:?}") };
    assert!((50_000..=60_000).contains(left), "{left}");

    portal.answer(DELEGATES, [Reply::Json(401, json!({"error": "insufficient_user_authentication"}))]);
    let next = json!({"step": "password"});
    let asked = json!({"error": "insufficient_authorization", "auth_session": "s9", "next": next});
    portal.answer("/p/challenge", [Reply::Json(400, asked)]);
    let view = engine.submit(invite()).await;
    assert!(matches!(view.step_up, Some(StepUp::Password { rejected: false })), "{view:?}");
    assert!(
        matches!(&view.screen, Screen::Delegates { problems, .. } if problems.is_empty()),
        "it goes over the screen: {view:?}"
    );
}

#[tokio::test]
async fn a_list_that_cannot_be_read_says_so_and_is_read_again() {
    for place in [Place::Delegates, Place::Sessions] {
        let (portal, folder) = (Scripted::with(dentists()).await, tempfile::tempdir().unwrap());
        let engine = signed_in(&portal, &folder).await;
        let path = if place == Place::Delegates { DELEGATES } else { "/p/account/sessions" };
        let busy = Reply::WithHeader(503, "Retry-After", "7", json!({"error": "temporarily_unavailable"}));
        portal.answer(
            path,
            [busy.clone(), busy, Reply::Json(200, json!({"delegates": [], "room": 1, "sessions": []}))],
        );
        let view = show(&engine, place).await;
        let failure = view.failure.clone().unwrap();
        assert_eq!((failure.code, failure.can_retry), (FailureCode::PortalBusy, true));
        assert!(failure.retry_after.is_some_and(|left| left > 0) && view.busy.is_none(), "{view:?}");
        engine.submit(Answer::Retry).await;
        assert!(read(&engine).await.failure.is_some());
        engine.submit(Answer::Retry).await;
        let view = read(&engine).await;
        assert!(view.failure.is_none(), "{view:?}");
    }
}
