//! Opening an account, on the wire and on the screen, against a portal that says what a test wants.

use super::scripted::{Reply, Scripted, dentists, doctolib, failure, password, until};
use crate::{
    Keyring, SignInHandle,
    view::{
        Answer, Appointment, Busy, CodeProblem, ContactField, Delivery, FailureCode, FormFieldId,
        FormProblem, FormRefusal, MethodId, NameLetters, Notice, PasswordRule, Screen, View,
    },
};
use parvis_protocol::clock::{Clock, ManualClock, SystemClock};
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc};

const REGISTRATION: &str = "/p/account/registration";
const PASSWORD: &str = "Rouge-gorge7";

/// A step, with what is wrong with the answer before it.
fn step(next: &Value, problems: &Value) -> Reply {
    let mut body = json!({"error": "insufficient_authorization", "next": next, "problems": problems});
    if next["step"] != "form" {
        body["registration_session"] = json!("r-session");
    }
    Reply::Json(400, body)
}

fn good(next: &Value) -> Reply {
    step(next, &json!([]))
}

fn otp(step: &str, method: &str, challenge_id: &str, length: u32) -> Value {
    json!({"step": step, "method": method, "challenge_id": challenge_id, "length": length, "expires_in": 300,
        "resend_after": 30, "sends_remaining": 2, "attempts_remaining": 3, "delivery": "sent", "hint": "•• 78"})
}

fn phone() -> Value {
    otp("verify_phone", "sms", "c1", 3)
}

fn done(opened: bool) -> Reply {
    let next = json!({"step": "done", "opened": opened, "identifier": "ada@example.org", "hint": "a•••@e•••.org",
        "resend_after": 60, "sends_remaining": 2});
    Reply::Json(200, json!({"registration_session": "r-session", "next": next}))
}

fn typed(fields: &[(&str, &str)]) -> Answer {
    Answer::SubmitRegistration {
        fields: fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect(),
        declared: true,
        accepted: vec!["terms".to_owned()],
    }
}

const FIELDS: [(&str, &str); 4] = [
    ("phone", "06 12 34 56 78"),
    ("email", "ada@example.org"),
    ("email_again", " ada@example.org "),
    ("password", PASSWORD),
];

fn form() -> Answer {
    typed(&FIELDS)
}

async fn code(engine: &SignInHandle, code: &str) -> View {
    engine.submit(Answer::Code { code: code.into(), remember: true }).await
}

async fn at_the_form(portal: &Scripted, folder: &tempfile::TempDir) -> SignInHandle {
    let engine = portal.engine(folder.path());
    engine.submit(Answer::ChoosePortal { portal: "p".to_owned() }).await;
    let view = engine.submit(Answer::Register).await;
    assert!(matches!(view.screen, Screen::Register { .. }), "{view:?}");
    engine
}

async fn at_the_code(portal: &Scripted, folder: &tempfile::TempDir) -> SignInHandle {
    let engine = at_the_form(portal, folder).await;
    portal.answer(REGISTRATION, [good(&phone())]);
    let view = engine.submit(form()).await;
    assert!(matches!(view.screen, Screen::RegisterCode { .. }), "{view:?}");
    engine
}

fn problems(view: &View) -> Vec<(String, FormRefusal)> {
    let Screen::Register { problems, .. } = &view.screen else { panic!("{view:?}") };
    problems.iter().map(|FormProblem { field, refusal }| (field.clone(), refusal.clone())).collect()
}

fn values(view: &View) -> BTreeMap<String, String> {
    let Screen::Register { form, .. } = &view.screen else { panic!("{view:?}") };
    form.fields.iter().map(|field| (format!("{:?}", field.id), field.value.clone())).collect()
}

/// The bodies that were sent; each without its `request_id`, which is checked to be one.
fn bodies(portal: &Scripted) -> Vec<Value> {
    let mut bodies: Vec<_> = portal.seen(REGISTRATION).into_iter().map(|seen| seen.json).collect();
    for body in &mut bodies {
        let id = body.as_object_mut().unwrap().remove("request_id");
        if body.as_object().unwrap().len() > 1 {
            assert_eq!(id.unwrap().as_str().unwrap().len(), 22);
        }
    }
    bodies
}

fn ids(portal: &Scripted) -> Vec<String> {
    let seen = portal.seen(REGISTRATION);
    seen.iter().map(|seen| seen.json["request_id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn from_the_form_by_two_codes_to_an_account() {
    let (portal, folder) = (Scripted::with(doctolib()).await, tempfile::tempdir().unwrap());
    let engine = portal.engine(folder.path());
    let view = engine.submit(Answer::ChoosePortal { portal: "p".to_owned() }).await;
    assert!(matches!(&view.screen, Screen::Password { portal, .. } if portal.can_register));
    let view = engine.submit(Answer::Register).await;
    let Screen::Register { form: asked, rules, .. } = &view.screen else { panic!("{view:?}") };
    let fields: Vec<_> = asked.fields.iter().map(|field| (field.id, field.again.is_some())).collect();
    assert_eq!(
        fields,
        [(FormFieldId::Phone, false), (FormFieldId::Email, true), (FormFieldId::Password, false)]
    );
    let consents: Vec<_> = asked.consents.iter().map(|consent| consent.id.as_str()).collect();
    assert_eq!(
        (consents, asked.name_letters.as_ref(), asked.activation_by_mail),
        (vec!["terms"], None, false)
    );
    assert_eq!((rules.min_length, rules.upper), (8, 1));
    assert!(portal.seen(REGISTRATION).is_empty(), "nothing is asked before the form is sent");
    assert_eq!(engine.judge("court".into()).await.unmet.first(), Some(&PasswordRule::TooShort));

    let mut second = phone();
    second["attempts_remaining"] = json!(2);
    let mail = otp("verify_email", "email", "c3", 6);
    portal.answer(
        REGISTRATION,
        [
            good(&phone()),
            step(&second, &json!([{"field": "otp", "code": "rejected"}])),
            good(&otp("verify_phone", "voice", "c2", 3)),
            good(&mail),
            good(&json!({"step": "consent", "consents": ["privacy"]})),
            done(true),
        ],
    );
    let view = engine.submit(form()).await;
    let Screen::RegisterCode { contact: ContactField::Phone, code: asked, problem: None, .. } = &view.screen
    else {
        panic!("{view:?}")
    };
    let ways: Vec<_> = asked.methods.iter().map(|method| method.id).collect();
    assert_eq!((asked.method, asked.length, ways), (MethodId::Sms, 3, vec![MethodId::Sms, MethodId::Voice]));
    assert!(!asked.can_remember && !asked.last_try_blocks_account);

    let view = code(&engine, "1 1-1").await;
    let Screen::RegisterCode { code: asked, problem, .. } = &view.screen else { panic!("{view:?}") };
    assert_eq!((problem, asked.attempts_remaining), (&Some(CodeProblem::CodeRejected), Some(2)));
    for (wrong, why) in [("111", CodeProblem::SameCodeAgain), ("1111", CodeProblem::NotACode)] {
        let view = code(&engine, wrong).await;
        assert!(matches!(&view.screen, Screen::RegisterCode { problem: Some(said), .. } if *said == why));
    }
    let view = engine.submit(Answer::SendCode { method: MethodId::Totp }).await;
    assert_eq!(failure(&view), Some(FailureCode::OutOfStep), "no such way");
    let view = engine.submit(Answer::SendCode { method: MethodId::Voice }).await;
    let Screen::RegisterCode { code: asked, problem: None, .. } = &view.screen else { panic!("{view:?}") };
    assert_eq!((asked.method, asked.send_number), (MethodId::Voice, 2));
    let view = code(&engine, "123").await;
    let Screen::RegisterCode { contact: ContactField::Email, code: asked, .. } = &view.screen else {
        panic!("{view:?}")
    };
    assert_eq!((asked.method, asked.length, asked.send_number), (MethodId::Email, 6, 1));
    let view = code(&engine, "123456").await;
    let Screen::RegisterConsent { consent, .. } = &view.screen else { panic!("{view:?}") };
    assert_eq!(consent.id, "privacy");
    assert_eq!(
        failure(&engine.submit(Answer::AcceptConsent { id: "terms".to_owned() }).await),
        Some(FailureCode::OutOfStep)
    );
    let view = engine.submit(Answer::AcceptConsent { id: "privacy".to_owned() }).await;
    let Screen::Registered { opened: true, identifier, can_return: false, .. } = &view.screen else {
        panic!("{view:?}")
    };
    assert_eq!(identifier, "ada@example.org");
    let view = engine.submit(Answer::SignInNow).await;
    assert!(matches!(&view.screen, Screen::Password { identifier, .. } if identifier == "ada@example.org"));

    let session = "r-session";
    assert_eq!(
        bodies(&portal),
        [
            json!({"ui_locales": "fr", "accepted": ["terms"], "fields": {"phone": "06 12 34 56 78",
                "email": "ada@example.org", "email_again": " ada@example.org ", "password": PASSWORD}}),
            json!({"registration_session": session, "challenge_id": "c1", "otp": "111"}),
            json!({"registration_session": session, "resend": "voice"}),
            json!({"registration_session": session, "challenge_id": "c2", "otp": "123"}),
            json!({"registration_session": session, "challenge_id": "c3", "otp": "123456"}),
            json!({"registration_session": session, "accepted": ["privacy"]}),
        ]
    );
    let seen = portal.seen(REGISTRATION);
    assert!(seen.iter().all(|one| one.key == seen[0].key && !one.key.is_null()), "one key throughout");
    assert!(seen.iter().all(|seen| !seen.authorized && seen.method == "POST"));
    let sent: std::collections::BTreeSet<_> = ids(&portal).into_iter().collect();
    assert_eq!(sent.len(), seen.len(), "another answer is another request");
    assert!(portal.seen("/p/challenge").is_empty());
}

#[tokio::test]
async fn a_form_that_is_not_complete_is_not_sent() {
    let (portal, folder) = (Scripted::with(doctolib()).await, tempfile::tempdir().unwrap());
    let engine = at_the_form(&portal, &folder).await;
    let fields = BTreeMap::from([("phone".to_owned(), "  ".into()), ("email".to_owned(), "a@b.fr".into())]);
    let view = engine
        .submit(Answer::SubmitRegistration { fields, declared: false, accepted: vec!["other".to_owned()] })
        .await;
    let missing = |field: &str| (field.to_owned(), FormRefusal::Missing);
    assert_eq!(
        problems(&view),
        [missing("phone"), missing("email_again"), missing("password"), missing("terms")]
    );
    let mut fields = FIELDS;
    fields[2].1 = "ada@example.com";
    let view = engine.submit(typed(&fields)).await;
    assert_eq!(problems(&view), [("email_again".to_owned(), FormRefusal::Different)]);
    assert_eq!(values(&view)["Phone"], "06 12 34 56 78");
    assert!(portal.seen(REGISTRATION).is_empty() && view.failure.is_none());
}

#[tokio::test]
async fn a_refused_form_says_all_at_once_and_keeps_all_but_the_password() {
    let (portal, folder) = (Scripted::with(doctolib()).await, tempfile::tempdir().unwrap());
    let engine = at_the_form(&portal, &folder).await;
    let until = SystemClock.now() / 1000 + 60;
    let said = json!([
        {"field": "password", "code": "upper"},
        {"field": "phone", "code": "international_prefix"},
        {"field": "password", "code": "common"},
        {"field": "email", "code": "blocked", "params": {"until": until}},
        {"field": "email_again", "code": "brand_new"},
    ]);
    portal.answer(REGISTRATION, [step(&json!({"step": "form"}), &said), good(&phone())]);
    let view = engine.submit(form()).await;
    let refusals = problems(&view);
    let unmet = vec![PasswordRule::Upper, PasswordRule::Common];
    assert_eq!(refusals[0], ("password".to_owned(), FormRefusal::Password { unmet }));
    assert_eq!(refusals[1], ("phone".to_owned(), FormRefusal::InternationalPrefix));
    let FormRefusal::Later { retry_after: Some(left) } = refusals[2].1 else { panic!("{view:?}") };
    assert!((50_000..=61_000).contains(&left), "{left}");
    assert_eq!(refusals[3], ("email_again".to_owned(), FormRefusal::Other));
    let kept = values(&view);
    assert_eq!((kept["Phone"].as_str(), kept["Email"].as_str()), ("06 12 34 56 78", "ada@example.org"));
    assert!(!serde_json::to_string(&view).unwrap().contains(PASSWORD));
    let view = engine.submit(form()).await;
    assert!(matches!(view.screen, Screen::RegisterCode { .. }), "{view:?}");
    let seen = portal.seen(REGISTRATION);
    assert_eq!(seen[0].key, seen[1].key);
    assert_ne!(ids(&portal)[0], ids(&portal)[1], "a form that was answered is over");
}

#[tokio::test]
async fn a_lost_form_is_the_same_request_however_it_is_sent_again() {
    let (portal, folder) = (Scripted::with(doctolib()).await, tempfile::tempdir().unwrap());
    let engine = at_the_form(&portal, &folder).await;
    portal.answer(REGISTRATION, std::iter::repeat_n(Reply::Lost, 6));
    portal.answer(REGISTRATION, [good(&phone())]);
    let view = engine.submit(form()).await;
    assert!(failure(&view) == Some(FailureCode::PortalUnreachable) && view.failure.unwrap().can_retry);
    assert_eq!(failure(&engine.submit(Answer::Retry).await), Some(FailureCode::PortalUnreachable));
    assert_eq!(failure(&engine.submit(form()).await), Some(FailureCode::PortalUnreachable));
    let view = engine.submit(Answer::Retry).await;
    assert!(matches!(view.screen, Screen::RegisterCode { .. }), "{view:?}");
    let seen = portal.seen(REGISTRATION);
    assert_eq!(seen.len(), 7);
    assert!(seen.iter().all(|one| one.json == seen[0].json && one.key == seen[0].key));
}

#[tokio::test]
async fn another_form_after_a_lost_one_is_another_request() {
    let mut other = FIELDS;
    other[3].1 = "Rouge-gorge8";
    let cases = [(None, typed(&other)), (Some(Answer::DismissFailure), form())];
    for (between, second) in cases {
        let (portal, folder) = (Scripted::with(doctolib()).await, tempfile::tempdir().unwrap());
        let engine = at_the_form(&portal, &folder).await;
        portal.answer(REGISTRATION, [Reply::Lost, Reply::Lost, good(&phone())]);
        engine.submit(form()).await;
        let dismissed = between.is_some();
        if let Some(between) = between {
            engine.submit(between).await;
            let view = engine.submit(Answer::Retry).await;
            assert_eq!(failure(&view), Some(FailureCode::OutOfStep), "the password is kept no longer");
        }
        engine.submit(second).await;
        let ids = ids(&portal);
        assert_ne!(ids[0], ids[2], "dismissed: {dismissed}");
    }
}

#[tokio::test]
async fn lost_codes_messages_and_consents_are_the_same_requests() {
    let (portal, folder) = (Scripted::with(doctolib()).await, tempfile::tempdir().unwrap());
    let engine = at_the_code(&portal, &folder).await;
    let lost = || [Reply::Lost, Reply::Lost];
    let send = || engine.submit(Answer::SendCode { method: MethodId::Voice });
    let accept = || engine.submit(Answer::AcceptConsent { id: "privacy".to_owned() });
    portal.answer(REGISTRATION, lost());
    assert!(send().await.failure.is_some());
    portal.answer(REGISTRATION, [good(&phone())]);
    assert!(send().await.failure.is_none());
    portal.answer(REGISTRATION, lost());
    assert!(code(&engine, "123").await.failure.is_some());
    assert!(engine.submit(Answer::DismissFailure).await.failure.is_none());
    portal.answer(REGISTRATION, [good(&json!({"step": "consent", "consents": ["privacy"]}))]);
    assert!(matches!(code(&engine, "12-3").await.screen, Screen::RegisterConsent { .. }));
    portal.answer(REGISTRATION, lost());
    let view = accept().await;
    assert!(matches!(view.screen, Screen::RegisterConsent { .. }) && view.failure.is_some());
    portal.answer(REGISTRATION, [done(true)]);
    assert!(matches!(accept().await.screen, Screen::Registered { .. }));
    let ids = ids(&portal);
    assert_eq!(ids.len(), 10);
    for three in ids[1..].chunks(3) {
        assert!(three.iter().all(|id| *id == three[0]), "{ids:?}");
    }
}

#[tokio::test]
async fn a_poll_changes_only_what_became_of_the_message() {
    let (portal, folder) = (Scripted::with(doctolib()).await, tempfile::tempdir().unwrap());
    let engine = at_the_code(&portal, &folder).await;
    let mut failed = phone();
    failed["delivery"] = json!("failed");
    portal.answer(REGISTRATION, [good(&failed)]);
    engine.submit(Answer::PollDelivery).await;
    let view = until(
        &engine,
        |view| matches!(&view.screen, Screen::RegisterCode { code, .. } if code.delivery == Delivery::Failed),
    )
    .await;
    assert!(view.busy.is_none() && view.failure.is_none());
    engine.submit(Answer::PollDelivery).await;
    let seen = portal.seen(REGISTRATION);
    assert_eq!(seen.len(), 2, "at most every two seconds");
    assert_eq!(seen[1].json, json!({"registration_session": "r-session"}));
}

#[tokio::test]
async fn codes_that_are_refused_say_why() {
    let in_a_minute = SystemClock.now() / 1000 + 60;
    let until = json!({"until": in_a_minute});
    let about = |left: Option<u64>| left.is_some_and(|left| (50_000..=61_000).contains(&left));
    for (code_of_problem, is_said) in [
        ("expired", (|problem| matches!(problem, CodeProblem::CodeExpired)) as fn(&CodeProblem) -> bool),
        ("blocked", |problem| matches!(problem, CodeProblem::MethodBlocked { .. })),
        ("send_refused", |problem| matches!(problem, CodeProblem::SendRefused { .. })),
    ] {
        let (portal, folder) = (Scripted::with(doctolib()).await, tempfile::tempdir().unwrap());
        let engine = at_the_code(&portal, &folder).await;
        let said = json!([{"field": "otp", "code": code_of_problem, "params": until}]);
        portal.answer(REGISTRATION, [step(&phone(), &said)]);
        let view = engine.submit(Answer::SendCode { method: MethodId::Sms }).await;
        let Screen::RegisterCode { problem: Some(problem), .. } = &view.screen else { panic!("{view:?}") };
        assert!(is_said(problem), "{code_of_problem}: {problem:?}");
        if let CodeProblem::MethodBlocked { blocked_for: left }
        | CodeProblem::SendRefused { retry_after: left } = problem
        {
            assert!(about(*left), "{left:?}");
        }
    }
}

#[tokio::test]
async fn a_number_that_has_an_account_leads_back_to_the_form() {
    let (portal, folder) = (Scripted::with(doctolib()).await, tempfile::tempdir().unwrap());
    let engine = at_the_code(&portal, &folder).await;
    let said = json!([{"field": "phone", "code": "in_use"}]);
    portal.answer(REGISTRATION, [step(&json!({"step": "form"}), &said), good(&phone())]);
    let view = code(&engine, "123").await;
    assert_eq!(problems(&view), [("phone".to_owned(), FormRefusal::InUse)]);
    assert_eq!(values(&view)["Email"], "ada@example.org");
    engine.submit(form()).await;
    assert!(bodies(&portal)[2].get("registration_session").is_none(), "a form begins anew");
}

#[tokio::test]
async fn the_form_can_be_edited_and_keeps_its_key() {
    let (portal, folder) = (Scripted::with(doctolib()).await, tempfile::tempdir().unwrap());
    let engine = at_the_code(&portal, &folder).await;
    let view = engine.submit(Answer::EditRegistration).await;
    let kept = values(&view);
    assert_eq!((kept["Phone"].as_str(), kept["Password"].as_str()), ("06 12 34 56 78", ""));
    assert!(matches!(&view.screen, Screen::Register { form, .. } if form.ticked == ["terms"]), "{view:?}");
    portal.answer(REGISTRATION, [good(&phone())]);
    let view = engine.submit(form()).await;
    assert!(matches!(&view.screen, Screen::RegisterCode { code, .. } if code.send_number == 1));
    let seen = portal.seen(REGISTRATION);
    assert_eq!(seen[0].key, seen[1].key);
    let view = engine.submit(Answer::Restart).await;
    assert!(matches!(&view.screen, Screen::Password { identifier, .. } if identifier.is_empty()), "{view:?}");
}

#[tokio::test]
async fn what_cannot_be_gone_on_with_leads_back_to_the_form_with_what_was_typed() {
    let pigeon = otp("verify_phone", "pigeon", "c", 3);
    let by_mail = otp("verify_phone", "email", "c", 3);
    for (reply, expected) in [
        (Reply::Json(400, json!({"error": "invalid_session"})), FailureCode::SessionExpired),
        (good(&json!({"step": "dance"})), FailureCode::UnexpectedAnswer),
        (good(&pigeon), FailureCode::UnexpectedAnswer),
        (good(&by_mail), FailureCode::UnexpectedAnswer),
        (good(&otp("verify_email", "email", "c", 2)), FailureCode::UnexpectedAnswer),
        (good(&json!({"step": "consent", "consents": ["soul"]})), FailureCode::UnexpectedAnswer),
        (good(&json!({"step": "consent", "consents": []})), FailureCode::UnexpectedAnswer),
        (Reply::Json(400, json!({"error": "insufficient_authorization"})), FailureCode::UnexpectedAnswer),
        (Reply::Json(200, json!({"hello": 1})), FailureCode::UnexpectedAnswer),
        (Reply::Json(404, json!({"error": "not_found"})), FailureCode::RequestRefused),
    ] {
        let (portal, folder) = (Scripted::with(doctolib()).await, tempfile::tempdir().unwrap());
        let engine = at_the_code(&portal, &folder).await;
        portal.answer(REGISTRATION, [reply.clone()]);
        let view = code(&engine, "123").await;
        assert_eq!(failure(&view), Some(expected), "{reply:?}");
        assert_eq!(values(&view)["Email"], "ada@example.org", "{reply:?}");
    }
}

#[tokio::test]
async fn a_busy_portal_keeps_the_step_and_says_when_to_try_again() {
    let (portal, folder) = (Scripted::with(doctolib()).await, tempfile::tempdir().unwrap());
    let engine = at_the_code(&portal, &folder).await;
    let slow = Reply::WithHeader(429, "Retry-After", "7", json!({"error": "slow_down"}));
    portal.answer(REGISTRATION, [slow, good(&otp("verify_email", "email", "c3", 6))]);
    let view = code(&engine, "123").await;
    assert!(matches!(view.screen, Screen::RegisterCode { contact: ContactField::Phone, .. }));
    assert!(view.failure.is_some_and(|failure| failure.can_retry && failure.retry_after.is_some()));
    let view = engine.submit(Answer::Retry).await;
    assert!(matches!(view.screen, Screen::RegisterCode { contact: ContactField::Email, .. }), "{view:?}");
    assert_eq!(ids(&portal)[1], ids(&portal)[2]);
}

#[tokio::test]
async fn a_dentist_declares_so_and_activates_by_mail() {
    let (portal, folder) = (Scripted::with(dentists()).await, tempfile::tempdir().unwrap());
    let engine = at_the_form(&portal, &folder).await;
    let view = engine.view().await;
    let Screen::Register { form, portal: info, .. } = &view.screen else { panic!("{view:?}") };
    assert!(form.declaration.is_some() && form.activation_by_mail);
    assert_eq!(info.identifier_label.fr, "Numéro de permis");
    let fields = |declared| Answer::SubmitRegistration {
        fields: [
            ("email", "d@example.org"),
            ("permit_number", "00123"),
            ("password", PASSWORD),
            ("password_again", PASSWORD),
        ]
        .map(|(name, value)| (name.to_owned(), value.into()))
        .into(),
        declared,
        accepted: vec!["smuggled".to_owned()],
    };
    let view = engine.submit(fields(false)).await;
    assert_eq!(problems(&view), [("declaration".to_owned(), FormRefusal::Missing)]);
    portal.answer(REGISTRATION, [done(false)]);
    let view = engine.submit(fields(true)).await;
    let Screen::Registered { opened: false, hint, resend_in, resent: false, .. } = &view.screen else {
        panic!("{view:?}")
    };
    assert!(hint.as_deref() == Some("a•••@e•••.org") && (50_000..=60_000).contains(resend_in));
    assert_eq!(
        bodies(&portal)[0],
        json!({"ui_locales": "fr", "declared": true, "fields": {"email": "d@example.org",
            "permit_number": "00123", "password": PASSWORD, "password_again": PASSWORD}})
    );

    portal.answer(REGISTRATION, [done(false)]);
    let view = engine.submit(Answer::ResendActivation).await;
    assert!(matches!(view.screen, Screen::Registered { resent: true, .. }), "{view:?}");
    assert_eq!(bodies(&portal)[1], json!({"registration_session": "r-session", "resend": "link"}));
    let next = json!({"step": "done", "opened": false, "identifier": "00123", "resend_after": 5});
    let in_an_hour = SystemClock.now() / 1000 + 3600;
    let said = json!([{"field": "link", "code": "send_refused", "params": {"until": in_an_hour}}]);
    portal.answer(REGISTRATION, [step(&next, &said)]);
    let view = engine.submit(Answer::ResendActivation).await;
    let Screen::Registered { resent: false, resend_in, .. } = &view.screen else { panic!("{view:?}") };
    assert!(*resend_in > 3_500_000, "{resend_in}");
    portal.answer(REGISTRATION, [Reply::Json(400, json!({"error": "invalid_session"}))]);
    let view = engine.submit(Answer::ResendActivation).await;
    assert_eq!(failure(&view), Some(FailureCode::SessionExpired));
    assert!(matches!(view.screen, Screen::Registered { .. }), "what is done stays done");
    let view = engine.submit(Answer::SignInNow).await;
    let Screen::Password { identifier, entrance: Some(entrance), .. } = &view.screen else {
        panic!("{view:?}")
    };
    assert_eq!((identifier.as_str(), entrance.role.as_str()), ("00123", "dentist"));
    engine.submit(Answer::ChangePortal).await;
    let view = engine.submit(Answer::ChoosePortal { portal: "p".to_owned() }).await;
    assert!(matches!(view.screen, Screen::Password { .. }), "the entrance is remembered: {view:?}");
}

#[tokio::test]
async fn only_a_page_of_the_portal_is_returned_to() {
    for (page, can_return) in
        [("OWN/booking?slot=1", true), ("https://evil.example/", false), ("file:///etc/passwd", false)]
    {
        let (portal, folder) = (Scripted::with(doctolib()).await, tempfile::tempdir().unwrap());
        let engine = at_the_form(&portal, &folder).await;
        let page = page.replace("OWN", &portal.issuer);
        let next = json!({"step": "done", "opened": true, "identifier": "a", "return_to": page});
        portal.answer(REGISTRATION, [Reply::Json(200, json!({"next": next}))]);
        let view = engine.submit(form()).await;
        assert!(
            matches!(view.screen, Screen::Registered { can_return: can, .. } if can == can_return),
            "{page}"
        );
        if !can_return {
            let view = engine.submit(Answer::ReturnToPage).await;
            assert_eq!(failure(&view), Some(FailureCode::OutOfStep));
        }
    }
}

#[tokio::test]
async fn ses_07_half_a_registration_that_is_left_alone_is_cleared() {
    let (portal, folder) = (Scripted::with(doctolib()).await, tempfile::tempdir().unwrap());
    let engine = at_the_code(&portal, &folder).await;
    tokio::time::pause();
    let view = until(&engine, |view| matches!(view.screen, Screen::ChoosePortal { .. })).await;
    assert_eq!(view.screen, Screen::ChoosePortal { notice: None });
    let view = engine.submit(Answer::EditRegistration).await;
    assert_eq!(failure(&view), Some(FailureCode::OutOfStep), "nothing of it is left");
}

#[tokio::test]
async fn a_portal_without_a_form_offers_none() {
    let (portal, folder) = (Scripted::start().await, tempfile::tempdir().unwrap());
    let engine = portal.engine(folder.path());
    let view = engine.submit(Answer::ChoosePortal { portal: "p".to_owned() }).await;
    assert!(matches!(&view.screen, Screen::Password { portal, .. } if !portal.can_register));
    assert_eq!(failure(&engine.submit(Answer::Register).await), Some(FailureCode::OutOfStep));
}

const LINK: &str = "parvis://register?portal=p&link=eyJ.token-1_x";

fn about(name_letters: Option<u32>, at: i64) -> Value {
    json!({"step": "form", "name_letters": name_letters, "appointment": {"practice": "Cabinet Est", "at": at}})
}

#[tokio::test]
async fn a_link_shows_what_it_is_about_and_goes_with_the_form() {
    let (portal, folder) = (Scripted::with(doctolib()).await, tempfile::tempdir().unwrap());
    // This PC's clock is an hour behind.
    let behind = Arc::new(ManualClock::at(SystemClock.now() - 3_600_000));
    let engine = portal.engine_with(folder.path(), behind.clone(), Keyring::memory());
    let at = SystemClock.now() / 1000 + 86_400;
    portal.answer(REGISTRATION, [good(&about(Some(3), at))]);
    engine.open_link(LINK);
    let view = until(&engine, |view| {
        matches!(&view.screen, Screen::Register { appointment: Some(_), .. }) && view.busy.is_none()
    })
    .await;
    let Screen::Register { form: asked, appointment: Some(appointment), .. } = &view.screen else { panic!() };
    assert_eq!(asked.name_letters, Some(NameLetters { count: 3, value: String::new() }));
    let Appointment { practice, at: here } = appointment;
    assert_eq!(practice, "Cabinet Est");
    assert!((here - (at * 1000 - 3_600_000)).abs() < 5_000, "by this PC's clock: {here}");
    assert_eq!(bodies(&portal)[0], json!({"ui_locales": "fr", "link": "eyJ.token-1_x"}));

    let view = engine.submit(form()).await;
    assert_eq!(problems(&view), [("name_letters".to_owned(), FormRefusal::Missing)]);
    let mut fields = FIELDS.to_vec();
    fields.push(("name_letters", "Mar"));
    let said = json!([{"field": "name_letters", "code": "rejected"}]);
    portal.answer(REGISTRATION, [step(&json!({"step": "form"}), &said), good(&phone()), done(true)]);
    let view = engine.submit(typed(&fields)).await;
    assert_eq!(problems(&view), [("name_letters".to_owned(), FormRefusal::Rejected)]);
    assert!(
        matches!(&view.screen, Screen::Register { form, .. } if form.name_letters.as_ref().unwrap().value == "Mar")
    );
    let view2 = engine.submit(typed(&fields)).await;
    assert!(matches!(view2.screen, Screen::RegisterCode { .. }), "{view2:?}");
    let view = code(&engine, "123").await;
    assert!(matches!(&view.screen, Screen::Registered { appointment: Some(_), .. }), "{view:?}");
    let body = &bodies(&portal)[2];
    assert_eq!(
        (body["link"].as_str(), body["fields"]["name_letters"].as_str()),
        (Some("eyJ.token-1_x"), Some("Mar"))
    );
    assert!(!serde_json::to_string(&[view, view2]).unwrap().contains("token-1"), "not towards the window");
}

#[tokio::test]
async fn a_link_that_is_no_good_leaves_a_plain_form() {
    let (portal, folder) = (Scripted::with(doctolib()).await, tempfile::tempdir().unwrap());
    let engine = portal.engine(folder.path());
    let said = json!([{"field": "link", "code": "expired"}]);
    portal.answer(REGISTRATION, [step(&json!({"step": "form"}), &said), good(&phone())]);
    engine.open_link(LINK);
    let view = until(
        &engine,
        |view| matches!(&view.screen, Screen::Register { problems, .. } if !problems.is_empty()),
    )
    .await;
    assert_eq!(problems(&view), [("link".to_owned(), FormRefusal::Expired)]);
    let view = engine.submit(form()).await;
    assert!(matches!(view.screen, Screen::RegisterCode { .. }), "{view:?}");
    assert!(bodies(&portal)[1].get("link").is_none());
}

#[tokio::test]
async fn a_link_takes_half_a_sign_in_over() {
    let (portal, folder) = (Scripted::with(doctolib()).await, tempfile::tempdir().unwrap());
    let engine = portal.engine(folder.path());
    engine.submit(Answer::ChoosePortal { portal: "p".to_owned() }).await;
    portal.answer("/p/challenge", [Reply::Lost]);
    assert!(password(&engine).await.failure.is_some());
    engine.open_link("parvis://register?portal=p");
    let view = until(&engine, |view| matches!(view.screen, Screen::Register { .. })).await;
    assert!(view.failure.is_none() && view.busy.is_none());
    assert!(portal.seen(REGISTRATION).is_empty(), "without a token there is nothing to ask");
    let view = engine.submit(Answer::Retry).await;
    assert_eq!(failure(&view), Some(FailureCode::OutOfStep), "the password is gone");
}

#[tokio::test]
async fn a_link_waits_while_somebody_is_signed_in() {
    let (portal, folder) = (Scripted::with(doctolib()).await, tempfile::tempdir().unwrap());
    *portal.claims.lock().unwrap() = json!({"role": "patient"});
    let engine = portal.engine(folder.path());
    engine.submit(Answer::ChoosePortal { portal: "p".to_owned() }).await;
    password(&engine).await;
    engine.open_link(LINK);
    let waits = |view: &View| matches!(view.screen, Screen::SignedIn { notice: Some(Notice::LinkWaits), .. });
    until(&engine, waits).await;
    engine.submit(Answer::Show { place: crate::view::Place::History }).await;
    let view = engine.submit(Answer::Show { place: crate::view::Place::Home }).await;
    assert!(waits(&view), "it is said as long as it waits: {view:?}");
    assert!(portal.seen(REGISTRATION).is_empty());
    portal.answer(REGISTRATION, [good(&about(None, 0))]);
    engine.submit(Answer::SignOut).await;
    until(&engine, |view| matches!(view.screen, Screen::Register { appointment: Some(_), .. })).await;
    assert_eq!(portal.seen("/p/end").len(), 1);
}

#[tokio::test]
async fn a_link_that_waits_is_not_the_next_persons() {
    let (portal, folder) = (Scripted::with(doctolib()).await, tempfile::tempdir().unwrap());
    *portal.claims.lock().unwrap() = json!({"role": "patient"});
    let engine = portal.engine(folder.path());
    engine.submit(Answer::ChoosePortal { portal: "p".to_owned() }).await;
    password(&engine).await;
    engine.open_link(LINK);
    engine.end(crate::EndCause::Sleep).await;
    let view = engine.view().await;
    assert_eq!(view.screen, Screen::ChoosePortal { notice: Some(Notice::SignedOutBySleep) });
    assert!(view.busy.is_none() && portal.seen(REGISTRATION).is_empty());
}

#[tokio::test]
async fn a_link_that_comes_while_something_is_under_way_is_followed_after_it() {
    let (portal, folder) = (Scripted::with(doctolib()).await, tempfile::tempdir().unwrap());
    let engine = portal.engine(folder.path());
    engine.submit(Answer::ChoosePortal { portal: "p".to_owned() }).await;
    let next = json!({"step": "password"});
    let refused =
        json!({"error": "insufficient_authorization", "next": next, "problem": "credentials_rejected"});
    portal.answer("/p/challenge", [Reply::Json(400, refused)]);
    portal.answer(REGISTRATION, [good(&about(None, 0))]);
    let (submitted, mut views) = (engine.clone(), engine.views());
    tokio::spawn(async move { password(&submitted).await });
    views.wait_for(|view| view.busy == Some(Busy::CheckingPassword)).await.unwrap();
    engine.open_link(LINK);
    until(&engine, |view| matches!(view.screen, Screen::Register { appointment: Some(_), .. })).await;
}

#[tokio::test]
async fn hostile_links_do_nothing() {
    let (portal, folder) = (Scripted::with(doctolib()).await, tempfile::tempdir().unwrap());
    let engine = portal.engine(folder.path());
    let before = engine.submit(Answer::ChoosePortal { portal: "p".to_owned() }).await;
    for link in [
        "parvis://register?portal=unknown&link=a",
        "parvis://register?portal=p&link=a%0d%0aX",
        "parvis://register?portal=p&link=a&link=b",
        "parvis://sign-in?portal=p",
        "https://evil.example/",
        "",
    ] {
        engine.open_link(link);
    }
    let view = engine.view().await;
    assert_eq!((view.screen, view.busy, view.failure), (before.screen, None, None));
    assert!(portal.seen(REGISTRATION).is_empty());

    let (portal, folder) = (Scripted::start().await, tempfile::tempdir().unwrap());
    let engine = portal.engine(folder.path());
    engine.open_link("parvis://register?portal=p&link=a");
    until(&engine, |view| view.busy == Some(Busy::Connecting)).await;
    let view = until(&engine, |view| view.busy.is_none()).await;
    assert!(matches!(view.screen, Screen::ChoosePortal { .. }) && view.failure.is_none(), "{view:?}");
    assert!(portal.seen(REGISTRATION).is_empty(), "this portal opens no accounts");
}

#[tokio::test]
async fn a_link_to_a_portal_that_cannot_be_reached_can_be_tried_again() {
    let (portal, folder) = (Scripted::with(doctolib()).await, tempfile::tempdir().unwrap());
    let engine = portal.engine(folder.path());
    portal.answer("/p/profile", [Reply::Lost]);
    portal.answer(REGISTRATION, [good(&about(None, 0))]);
    engine.open_link(LINK);
    until(&engine, |view| view.failure.is_some()).await;
    let view = engine.submit(Answer::Retry).await;
    assert!(matches!(view.screen, Screen::Register { appointment: Some(_), .. }), "{view:?}");
}
