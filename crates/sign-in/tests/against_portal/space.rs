//! « Mon espace », the entrances, and what happens when a password or a telephone is lost.

use super::*;
use parvis_sign_in::{
    pages::{Page, Working},
    view::{
        AuthenticatorState, BlockCause, ContactDone, ContactField, FieldProblem, MethodId, PagesState,
        PasswordRule, Place, StepUp,
    },
};
use secrecy::ExposeSecret;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

const NEW_PASSWORD: &str = "Tilleul4-gravier-encore";

async fn show(engine: &SignInHandle, place: Place) -> View {
    engine.submit(Answer::Show { place }).await
}

async fn change_password(engine: &SignInHandle, current: &str, new: &str, sign_out_others: bool) -> View {
    let (current, new) = (current.into(), new.into());
    engine.submit(Answer::ChangePassword { current, new, sign_out_others }).await
}

fn problems_of(view: &View) -> Vec<FieldProblem> {
    match &view.screen {
        Screen::ChangePassword { problems, .. }
        | Screen::Contacts { problems, .. }
        | Screen::Authenticator { problems, .. } => problems.clone(),
        other => panic!("no form: {other:?}"),
    }
}

/// Waits for what is read in the background.
async fn until(engine: &SignInHandle, is_there: impl FnMut(&View) -> bool) -> View {
    let mut views = engine.views();
    tokio::time::timeout(Duration::from_secs(10), views.wait_for(is_there)).await.unwrap().unwrap().clone()
}

/// To « Mon espace » of Doctipro, by password alone.
async fn doctor(engine: &SignInHandle, who: &str) -> View {
    engine.submit(Answer::ChoosePortal { portal: "doctipro".to_owned() }).await;
    engine.submit(Answer::ChooseEntrance { role: "doctor".to_owned() }).await;
    password(engine, who, PASSWORD).await
}

#[tokio::test]
async fn a_password_is_changed_with_a_fresh_proof_and_nothing_typed_twice() {
    let folder = tempfile::tempdir().unwrap();
    let portal = Running::start(folder.path()).await;
    let engine = portal.engine(&folder.path().join("pc"), &Keyring::memory()).await;
    choose(&engine).await;
    password(&engine, "secretaire", PASSWORD).await;
    let view = show(&engine, Place::ChangePassword).await;
    assert!(matches!(view.screen, Screen::ChangePassword { .. }), "{view:?}");
    assert!(engine.judge("motdepasse".into()).await.unmet.contains(&PasswordRule::Common));
    assert_eq!(engine.judge(NEW_PASSWORD.into()).await.unmet, []);

    // Nobody gave a code yet: it is asked for over the form, and the change goes on by itself.
    let view = change_password(&engine, PASSWORD, NEW_PASSWORD, false).await;
    assert!(matches!(view.screen, Screen::ChangePassword { .. }), "the form stays: {view:?}");
    let Some(StepUp::Code { code: step, problem: None }) = &view.step_up else { panic!("{view:?}") };
    assert!(!step.can_remember);
    let mailed = portal.code("secretaire@example.org").await;
    let wrong = if mailed == "000000" { "000001" } else { "000000" };
    let view = code(&engine, wrong, false).await;
    assert!(matches!(view.step_up, Some(StepUp::Code { problem: Some(CodeProblem::CodeRejected), .. })));
    let view = code(&engine, &mailed, false).await;
    let Screen::SignedIn { notice, .. } = &view.screen else { panic!("{view:?}") };
    assert_eq!(*notice, Some(Notice::PasswordChanged { others_signed_out: false }));
    assert!(view.step_up.is_none());

    engine.submit(Answer::SignOut).await;
    choose(&engine).await;
    let view = password(&engine, "secretaire", PASSWORD).await;
    assert!(matches!(
        view.screen,
        Screen::Password { problem: Some(PasswordProblem::CredentialsRejected), .. }
    ));
    assert_eq!(proof(&password(&engine, "secretaire", NEW_PASSWORD).await), Proof::Password);
    // The session that was signed out is over on the portal, too: the fresh proof has given it another handle.
    show(&engine, Place::Sessions).await;
    let view =
        until(&engine, |view| matches!(&view.screen, Screen::Sessions { sessions: Some(_), .. })).await;
    let Screen::Sessions { sessions: Some(sessions), .. } = &view.screen else { panic!() };
    assert_eq!(sessions.len(), 1, "{sessions:?}");
}

#[tokio::test]
async fn all_that_is_wrong_with_a_new_password_is_said_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let portal = Running::start(folder.path()).await;
    let engine = portal.engine(&folder.path().join("pc"), &Keyring::memory()).await;
    sign_in(&portal, &engine, "medecin-a", false).await;
    show(&engine, Place::ChangePassword).await;
    let view = change_password(&engine, PASSWORD, "azerty", false).await;
    let problems = problems_of(&view);
    let [FieldProblem::NewPassword { unmet }] = problems.as_slice() else { panic!("{view:?}") };
    for rule in [PasswordRule::TooShort, PasswordRule::Digit, PasswordRule::Upper, PasswordRule::Special] {
        assert!(unmet.contains(&rule), "{rule:?}");
    }
    let view = change_password(&engine, "not this one", NEW_PASSWORD, false).await;
    assert_eq!(problems_of(&view), [FieldProblem::CurrentPasswordRejected]);
}

#[tokio::test]
async fn a_step_up_that_is_given_up_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let portal = Running::start(folder.path()).await;
    let engine = portal.engine(&folder.path().join("pc"), &Keyring::memory()).await;
    choose(&engine).await;
    password(&engine, "secretaire", PASSWORD).await;
    show(&engine, Place::ChangePassword).await;
    let view = change_password(&engine, PASSWORD, NEW_PASSWORD, true).await;
    assert!(view.step_up.is_some());
    let view = engine.submit(Answer::CancelStepUp).await;
    assert!(view.step_up.is_none() && matches!(view.screen, Screen::ChangePassword { .. }), "{view:?}");
    engine.submit(Answer::SignOut).await;
    choose(&engine).await;
    assert_eq!(proof(&password(&engine, "secretaire", PASSWORD).await), Proof::Password);
}

#[tokio::test]
async fn other_sessions_end_with_the_password_where_that_was_ticked() {
    let folder = tempfile::tempdir().unwrap();
    let portal = Running::start(folder.path()).await;
    let here = portal.engine(&folder.path().join("here"), &Keyring::memory()).await;
    let there = portal.engine(&folder.path().join("there"), &Keyring::memory()).await;
    sign_in(&portal, &there, "medecin-a", false).await;
    sign_in(&portal, &here, "medecin-a", false).await;
    show(&here, Place::Sessions).await;
    let view = until(&here, |view| matches!(&view.screen, Screen::Sessions { sessions: Some(_), .. })).await;
    let Screen::Sessions { sessions: Some(sessions), .. } = &view.screen else { panic!() };
    assert_eq!(sessions.iter().filter(|open| open.current).count(), 1);
    assert_eq!(sessions.len(), 2);
    show(&here, Place::ChangePassword).await;
    let view = change_password(&here, PASSWORD, NEW_PASSWORD, true).await;
    assert!(matches!(
        &view.screen,
        Screen::SignedIn { notice: Some(Notice::PasswordChanged { others_signed_out: true }), .. }
    ));
    show(&there, Place::History).await;
    let view = until(&there, |view| matches!(view.screen, Screen::Password { .. })).await;
    assert!(matches!(view.screen, Screen::Password { notice: Some(Notice::SignedOutByPortal), .. }));
}

#[tokio::test]
async fn one_session_of_the_list_is_ended() {
    let folder = tempfile::tempdir().unwrap();
    let portal = Running::start(folder.path()).await;
    let here = portal.engine(&folder.path().join("here"), &Keyring::memory()).await;
    let there = portal.engine(&folder.path().join("there"), &Keyring::memory()).await;
    sign_in(&portal, &there, "medecin-a", false).await;
    sign_in(&portal, &here, "medecin-a", false).await;
    show(&here, Place::Sessions).await;
    let view = until(&here, |view| matches!(&view.screen, Screen::Sessions { sessions: Some(_), .. })).await;
    let Screen::Sessions { sessions: Some(sessions), .. } = &view.screen else { panic!() };
    let other = sessions.iter().find(|open| !open.current).unwrap();
    assert!(!other.this_workstation);
    here.submit(Answer::EndSession { id: other.id.clone() }).await;
    until(&here, |view| {
        matches!(&view.screen, Screen::Sessions { sessions: Some(sessions), .. } if sessions.len() == 1)
    })
    .await;
    show(&there, Place::Home).await;
    until(&there, |view| matches!(view.screen, Screen::Password { .. })).await;
}

#[tokio::test]
async fn a_telephone_is_proved_by_its_code_and_offered_at_the_next_sign_in() {
    let folder = tempfile::tempdir().unwrap();
    let portal = Running::start(folder.path()).await;
    let engine = portal.engine(&folder.path().join("pc"), &Keyring::memory()).await;
    sign_in(&portal, &engine, "medecin-b", false).await;
    show(&engine, Place::Contacts).await;
    let number = |value: &str| Answer::ChangeContact { field: ContactField::Phone, value: value.to_owned() };
    let view = engine.submit(number("12")).await;
    assert_eq!(problems_of(&view), [FieldProblem::PhoneMalformed]);
    let view = engine.submit(number("06 12 34 56 99")).await;
    let Screen::Contacts { proof: Some(proof), problems, .. } = &view.screen else { panic!("{view:?}") };
    assert_eq!((proof.field, proof.hint.as_str(), problems.len()), (ContactField::Phone, "•• 99", 0));
    let sms = portal
        .message("json", |_, text| {
            let sms: serde_json::Value = serde_json::from_str(text).unwrap();
            let code = sms["text"].as_str()?.lines().next()?.to_owned();
            (sms["to"] == "+33612345699").then_some(code)
        })
        .await;
    let prove = |code: &str| Answer::ProveContact { code: code.into() };
    assert_eq!(problems_of(&engine.submit(prove("12")).await), [FieldProblem::NotACode]);
    let view = engine.submit(prove(&sms)).await;
    let Screen::Contacts { done, person, proof: None, .. } = &view.screen else { panic!("{view:?}") };
    assert_eq!(*done, Some(ContactDone::Proved { field: ContactField::Phone }));
    assert_eq!(person.phone.as_deref(), Some("•• 99"));

    engine.submit(Answer::SignOut).await;
    choose(&engine).await;
    let view = password(&engine, "medecin-b", PASSWORD).await;
    let Screen::Code { code, .. } = &view.screen else { panic!("{view:?}") };
    assert!(code.methods.iter().any(|method| method.id == MethodId::Sms), "{view:?}");
}

#[tokio::test]
async fn a_wrong_entrance_is_left_with_what_was_typed() {
    let folder = tempfile::tempdir().unwrap();
    let portal = Running::start(folder.path()).await;
    let engine = portal.engine(&folder.path().join("pc"), &Keyring::memory()).await;
    let view = engine.submit(Answer::ChoosePortal { portal: "doctipro".to_owned() }).await;
    let Screen::ChooseEntrance { entrances, .. } = &view.screen else { panic!("{view:?}") };
    let roles: Vec<&str> = entrances.iter().map(|entrance| entrance.role.as_str()).collect();
    assert_eq!(roles, ["doctor", "secretary", "patient"]);
    engine.submit(Answer::ChooseEntrance { role: "doctor".to_owned() }).await;
    let view = password(&engine, "secretaire@example.org", "wrong").await;
    assert!(matches!(
        view.screen,
        Screen::Password { problem: Some(PasswordProblem::CredentialsRejected), .. }
    ));
    let view = password(&engine, "secretaire@example.org", PASSWORD).await;
    let Screen::Password { problem: Some(PasswordProblem::WrongRole { entrances }), .. } = &view.screen
    else {
        panic!("{view:?}")
    };
    assert_eq!(entrances[0].role, "secretary");
    let view = engine.submit(Answer::ChooseEntrance { role: "secretary".to_owned() }).await;
    assert_eq!(proof(&view), Proof::Password);

    // The entrance is remembered.
    engine.submit(Answer::SignOut).await;
    let view = engine.submit(Answer::ChoosePortal { portal: "doctipro".to_owned() }).await;
    let Screen::Password { entrance: Some(entrance), .. } = &view.screen else { panic!("{view:?}") };
    assert_eq!(entrance.role, "secretary");
}

/// The code that the app shows for this secret, so many steps from now.
fn app_code(secret: &str, steps: u64) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret.replace(' ', "")).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    let now = u64::try_from(parvis_sign_in::clock::Clock::now(&SystemClock) / 1000).unwrap();
    totp.generate(now + 30 * steps).to_string()
}

#[tokio::test]
async fn an_authenticator_app_is_activated_asked_for_and_blocked_after_three_wrong_codes() {
    let folder = tempfile::tempdir().unwrap();
    let portal = Running::start(folder.path()).await;
    let engine = portal.engine(&folder.path().join("pc"), &Keyring::memory()).await;
    doctor(&engine, "medecin@example.org").await;
    show(&engine, Place::Authenticator).await;
    let view = engine.submit(Answer::SetUpAuthenticator).await;
    assert!(matches!(view.step_up, Some(StepUp::Code { .. })), "{view:?}");
    let mailed = portal.code("medecin@example.org").await;
    let view = code(&engine, &mailed, false).await;
    let Screen::Authenticator { setup: Some(setup), state, .. } = &view.screen else { panic!("{view:?}") };
    assert_eq!((*state, setup.length), (AuthenticatorState::Off, 6));
    assert!(setup.qr.len() > 20 && setup.qr.iter().all(|row| row.len() == setup.qr.len()));
    let secret = setup.secret.clone();
    let view = engine.submit(Answer::ConfirmAuthenticator { code: app_code(&secret, 0).into() }).await;
    let Screen::RecoveryCodes { codes, .. } = &view.screen else { panic!("{view:?}") };
    assert_eq!((codes.len(), codes[0].len()), (10, 11));
    let view = engine.submit(Answer::AcceptRecoveryCodes).await;
    assert!(
        matches!(&view.screen, Screen::Authenticator { state: AuthenticatorState::On { .. }, .. }),
        "{view:?}"
    );

    engine.submit(Answer::SignOut).await;
    let view = doctor(&engine, "medecin@example.org").await;
    let Screen::Code { code: step, .. } = &view.screen else { panic!("{view:?}") };
    assert_eq!((step.method, step.attempts_remaining), (MethodId::Totp, Some(3)));
    assert!(step.last_try_blocks_account && step.next_code_in.is_some_and(|left| left <= 30_000));
    let email = step.methods.iter().find(|method| method.id == MethodId::Email).unwrap();
    assert_eq!((email.requests_left, email.last_request_blocks), (Some(3), false));
    assert_eq!(proof(&code(&engine, &app_code(&secret, 1), false).await), Proof::Totp);

    engine.submit(Answer::SignOut).await;
    doctor(&engine, "medecin@example.org").await;
    for (wrong, left) in [("000000", 2), ("000001", 1)] {
        let view = code(&engine, wrong, false).await;
        let Screen::Code { code: step, .. } = &view.screen else { panic!("{view:?}") };
        assert_eq!(step.attempts_remaining, Some(left));
    }
    let view = code(&engine, "000002", false).await;
    let Screen::Blocked { cause, support, since, .. } = &view.screen else { panic!("{view:?}") };
    assert_eq!(*cause, Some(BlockCause::WrongCodes));
    assert!(since.is_some() && support.reference.is_some() && support.email.is_some());
}

#[tokio::test]
async fn a_forgotten_password_is_asked_for_and_answered_alike_for_everybody() {
    let folder = tempfile::tempdir().unwrap();
    let portal = Running::start(folder.path()).await;
    let engine = portal.engine(&folder.path().join("pc"), &Keyring::memory()).await;
    choose(&engine).await;
    engine.submit(Answer::ForgottenPassword { identifier: "medecin-a".to_owned() }).await;
    for who in ["nobody", "medecin-a"] {
        let view = engine.submit(Answer::RequestRecovery { identifier: who.to_owned() }).await;
        let Screen::RecoverySent { identifier, link_validity, .. } = &view.screen else { panic!("{view:?}") };
        assert_eq!((identifier.as_str(), *link_validity), (who, 86_400_000));
    }
    let link = portal
        .message("eml", |head, body| {
            let link = body.lines().find(|line| line.contains("/recovery#"))?;
            (head.contains("medecin-a@example.org") && body.contains("medecin-a")).then(|| link.to_owned())
        })
        .await;
    assert!(link.starts_with(&format!("http://{}/portail-de-sante/recovery#", portal.address)), "{link}");
    let view = engine.submit(Answer::Restart).await;
    assert!(matches!(&view.screen, Screen::Password { identifier, .. } if identifier == "medecin-a"));
}

/// A window that remembers what it was told.
#[derive(Default)]
struct Recorded {
    open: AtomicBool,
    opened: AtomicUsize,
    cleared: AtomicUsize,
    stuck: AtomicBool,
}

impl PagesWindow for Recorded {
    fn open(&self, page: Page) -> Working<'_, Result<(), String>> {
        Box::pin(async move {
            assert!(page.location.path().starts_with("/portail-de-sante/"), "{page:?}");
            assert!(
                page.cookies.iter().all(|cookie| cookie.value.expose_secret().len() >= 43 && !cookie.secure)
            );
            self.opened.fetch_add(1, Ordering::SeqCst);
            self.open.store(true, Ordering::SeqCst);
            Ok(())
        })
    }

    fn clear(&self) -> Working<'_, bool> {
        Box::pin(async {
            self.cleared.fetch_add(1, Ordering::SeqCst);
            if self.stuck.load(Ordering::SeqCst) {
                return false;
            }
            self.open.store(false, Ordering::SeqCst);
            true
        })
    }

    fn is_open(&self) -> bool {
        self.open.load(Ordering::SeqCst)
    }
}

#[tokio::test]
async fn the_portals_pages_end_with_the_session() {
    let folder = tempfile::tempdir().unwrap();
    let portal = Running::start(folder.path()).await;
    let pages = Arc::new(Recorded::default());
    let keyring = Keyring::memory();
    let engine = portal.engine_with(&folder.path().join("pc"), &keyring, pages.clone()).await;
    for way_out in [Answer::SignOut, Answer::Leave] {
        sign_in(&portal, &engine, "medecin-a", false).await;
        let view = engine.submit(Answer::OpenPages).await;
        assert!(matches!(&view.screen, Screen::SignedIn { pages: PagesState::Open, .. }), "{view:?}");
        assert!(pages.is_open());
        let view = engine.submit(way_out).await;
        assert!(!pages.is_open());
        if let Screen::Left { wiped, .. } = &view.screen {
            assert!(wiped.iter().any(|wiped| wiped.what == WipedItem::WebData && wiped.verified));
            engine.submit(Answer::ChangePortal).await;
        }
    }
    assert_eq!(pages.opened.load(Ordering::SeqCst), 2);

    // A window that cannot be cleared: nobody is signed in beside it, and it is said.
    pages.stuck.store(true, Ordering::SeqCst);
    choose(&engine).await;
    let view = password(&engine, "secretaire", PASSWORD).await;
    assert_eq!(view.failure.as_ref().map(|failure| failure.code), Some(FailureCode::HandoverIncomplete));
    assert!(matches!(view.screen, Screen::Password { .. }), "{view:?}");
}
