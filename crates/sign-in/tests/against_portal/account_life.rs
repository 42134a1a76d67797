//! Entrances, a forgotten password, « Mon espace » and the fresh proof it may need.

use super::{PASSWORD, Running, choose, code, loaded, password, proof, sign_in};
use parvis_sign_in::{
    Keyring, SignInHandle,
    clock::Clock,
    view::{
        Answer, AuthenticatorState, BlockCause, CodeProblem, ContactDone, ContactField, FieldProblem,
        MethodId, Notice, PasswordProblem, PasswordRule, Place, Proof, Screen, StepUp, View,
    },
};
use std::path::Path;
use totp_rs::{Builder, Secret};

/// Until a sign-in is no fresh proof any more.
const SIX_MINUTES: i64 = 6 * 60 * 1000;
const NEW_PASSWORD: &str = "Genevrier-Rouge-42!";
const DOCTOR: &str = "medecin@example.org";

async fn start(portal: &Running, folder: &Path, name: &str) -> SignInHandle {
    portal.engine(&folder.join(name), &Keyring::memory()).await
}

async fn show(engine: &SignInHandle, place: Place) -> View {
    engine.submit(Answer::Show { place }).await
}

/// To the identifier and the password of Doctipro, at this entrance.
async fn enter(engine: &SignInHandle, role: &str) -> View {
    let view = engine.submit(Answer::ChoosePortal { portal: "doctipro".to_owned() }).await;
    if matches!(view.screen, Screen::ChooseEntrance { .. }) {
        return engine.submit(Answer::ChooseEntrance { role: role.to_owned() }).await;
    }
    view
}

async fn change_password(engine: &SignInHandle, current: &str, new: &str) -> View {
    let (current, new) = (current.into(), new.into());
    engine.submit(Answer::ChangePassword { current, new, sign_out_others: true }).await
}

/// Answers the fresh proof that is asked for over the screen.
async fn prove(portal: &Running, engine: &SignInHandle, address: &str) -> View {
    let mut view = engine.view().await;
    if matches!(view.step_up, Some(StepUp::Password { .. })) {
        view = engine.submit(Answer::StepUpPassword { password: PASSWORD.into() }).await;
    }
    if matches!(view.step_up, Some(StepUp::SelectMethod { .. })) {
        view = engine.submit(Answer::SendCode { method: MethodId::Email }).await;
    }
    assert!(matches!(view.step_up, Some(StepUp::Code { .. })), "{view:?}");
    let mailed = portal.code(address).await;
    code(engine, &mailed, false).await
}

/// What an authenticator app shows.
fn app_code(portal: &Running, secret: &str) -> String {
    let secret: String = secret.split_whitespace().collect();
    let app = Builder::new().with_secret(Secret::try_from_base32(&secret).unwrap()).build_noncompliant();
    app.generate(u64::try_from(portal.clock.now() / 1000).unwrap()).to_string()
}

fn wrong(right: &str) -> &'static str {
    if right == "000000" { "000001" } else { "000000" }
}

#[tokio::test]
async fn an_entrance_is_chosen_once_and_a_wrong_one_is_left_with_what_was_typed() {
    let folder = tempfile::tempdir().unwrap();
    let portal = Running::start(folder.path()).await;
    let engine = start(&portal, folder.path(), "pc").await;
    let view = engine.submit(Answer::ChoosePortal { portal: "doctipro".to_owned() }).await;
    let Screen::ChooseEntrance { entrances, .. } = &view.screen else { panic!("{view:?}") };
    assert_eq!(entrances.len(), 3);
    engine.submit(Answer::ChooseEntrance { role: "doctor".to_owned() }).await;
    let view = password(&engine, "secretaire@example.org", PASSWORD).await;
    let Screen::Password { problem: Some(PasswordProblem::WrongRole { entrances }), .. } = &view.screen
    else {
        panic!("{view:?}")
    };
    assert_eq!(entrances[0].role, "secretary");
    let view = engine.submit(Answer::ChooseEntrance { role: "secretary".to_owned() }).await;
    assert_eq!(proof(&view), Proof::Password);
    engine.submit(Answer::SignOut).await;
    let view = enter(&engine, "nobody").await;
    assert!(
        matches!(&view.screen, Screen::Password { entrance: Some(entrance), .. } if entrance.role == "secretary")
    );
}

#[tokio::test]
async fn a_forgotten_password_is_asked_about_and_nobody_learns_who_has_an_account() {
    let folder = tempfile::tempdir().unwrap();
    let portal = Running::start(folder.path()).await;
    let engine = start(&portal, folder.path(), "pc").await;
    choose(&engine).await;
    for who in ["nobody-here", "medecin-a"] {
        engine.submit(Answer::ForgottenPassword).await;
        let view = engine.submit(Answer::RequestRecovery { identifier: who.to_owned() }).await;
        assert!(
            matches!(&view.screen, Screen::RecoverySent { identifier, .. } if identifier == who),
            "{view:?}"
        );
        assert!(view.failure.is_none());
        let view = engine.submit(Answer::Restart).await;
        assert!(matches!(&view.screen, Screen::Password { identifier, .. } if identifier == who));
    }
    let link = portal
        .mail("medecin-a@example.org", |body| {
            body.contains("/portail-de-sante/recovery#").then(|| body.to_owned())
        })
        .await;
    assert!(!link.is_empty());
}

#[tokio::test]
async fn a_password_is_changed_after_a_fresh_proof() {
    let folder = tempfile::tempdir().unwrap();
    let portal = Running::start(folder.path()).await;
    let engine = start(&portal, folder.path(), "pc").await;
    sign_in(&portal, &engine, "medecin-a", true).await;
    portal.clock.advance(SIX_MINUTES);
    show(&engine, Place::ChangePassword).await;
    let view = change_password(&engine, PASSWORD, NEW_PASSWORD).await;
    assert!(matches!(view.screen, Screen::ChangePassword { .. }), "{view:?}");
    assert_eq!(view.step_up, Some(StepUp::Password { rejected: false }));
    let view = engine.submit(Answer::StepUpPassword { password: "not it".into() }).await;
    assert_eq!(view.step_up, Some(StepUp::Password { rejected: true }), "{view:?}");
    let view = prove(&portal, &engine, "medecin-a@example.org").await;
    let Screen::SignedIn { notice, .. } = &view.screen else { panic!("{view:?}") };
    assert_eq!(*notice, Some(Notice::PasswordChanged { others_signed_out: true }));
    engine.submit(Answer::SignOut).await;
    choose(&engine).await;
    let view = password(&engine, "medecin-a", PASSWORD).await;
    assert!(matches!(
        view.screen,
        Screen::Password { problem: Some(PasswordProblem::CredentialsRejected), .. }
    ));
    let view = password(&engine, "medecin-a", NEW_PASSWORD).await;
    assert!(matches!(view.screen, Screen::Code { .. }), "trust ended with the old password: {view:?}");
}

#[tokio::test]
async fn rules_that_a_new_password_does_not_meet_are_said_all_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let portal = Running::start(folder.path()).await;
    let engine = start(&portal, folder.path(), "pc").await;
    sign_in(&portal, &engine, "medecin-a", false).await;
    show(&engine, Place::ChangePassword).await;
    let view = change_password(&engine, PASSWORD, "court").await;
    let Screen::ChangePassword { problems, .. } = &view.screen else { panic!("{view:?}") };
    let Some(FieldProblem::NewPassword { unmet }) = problems.first() else { panic!("{view:?}") };
    assert_eq!(*unmet, engine.judge("court".into()).await.unmet, "the window's list says the same");
    assert!(unmet.contains(&PasswordRule::TooShort));
    let view = change_password(&engine, "not it", NEW_PASSWORD).await;
    let Screen::ChangePassword { problems, .. } = &view.screen else { panic!("{view:?}") };
    assert_eq!(*problems, [FieldProblem::CurrentPasswordRejected]);
    assert!(matches!(change_password(&engine, PASSWORD, NEW_PASSWORD).await.screen, Screen::SignedIn { .. }));
}

#[tokio::test]
async fn a_step_up_that_is_given_up_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let portal = Running::start(folder.path()).await;
    let engine = start(&portal, folder.path(), "pc").await;
    sign_in(&portal, &engine, "medecin-a", false).await;
    portal.clock.advance(SIX_MINUTES);
    show(&engine, Place::ChangePassword).await;
    change_password(&engine, PASSWORD, NEW_PASSWORD).await;
    let view = engine.submit(Answer::CancelStepUp).await;
    assert!(view.step_up.is_none() && matches!(view.screen, Screen::ChangePassword { .. }), "{view:?}");
    let view = change_password(&engine, PASSWORD, NEW_PASSWORD).await;
    assert_eq!(view.step_up, Some(StepUp::Password { rejected: false }), "{view:?}");
    let view = prove(&portal, &engine, "medecin-a@example.org").await;
    assert!(matches!(view.screen, Screen::SignedIn { .. }), "{view:?}");
}

#[tokio::test]
async fn an_authenticator_app_is_activated_and_its_codes_and_recovery_codes_sign_in() {
    let folder = tempfile::tempdir().unwrap();
    let portal = Running::start(folder.path()).await;
    let engine = start(&portal, folder.path(), "pc").await;
    enter(&engine, "doctor").await;
    assert_eq!(proof(&password(&engine, DOCTOR, PASSWORD).await), Proof::Password);
    show(&engine, Place::Authenticator).await;
    let mut view = engine.submit(Answer::SetUpAuthenticator).await;
    if view.step_up.is_some() {
        view = prove(&portal, &engine, DOCTOR).await;
    }
    let Screen::Authenticator { setup: Some(setup), .. } = &view.screen else { panic!("{view:?}") };
    let secret = setup.secret.clone();
    assert!(setup.qr.len() >= 21 && setup.qr.iter().all(|row| row.len() == setup.qr.len()));
    let right = app_code(&portal, &secret);
    let view = engine.submit(Answer::ConfirmAuthenticator { code: wrong(&right).into() }).await;
    let Screen::Authenticator { problems, .. } = &view.screen else { panic!("{view:?}") };
    assert_eq!(*problems, [FieldProblem::CodeRejected]);
    let view = engine.submit(Answer::ConfirmAuthenticator { code: right.into() }).await;
    let Screen::RecoveryCodes { codes, .. } = &view.screen else { panic!("{view:?}") };
    let codes = codes.clone();
    assert_eq!(codes.len(), 10);
    engine.submit(Answer::AcceptRecoveryCodes).await;
    let mut views = engine.views();
    let is_on = |view: &View| {
        matches!(
            &view.screen,
            Screen::Authenticator { state: AuthenticatorState::On { recovery_codes_left: 10, .. }, .. }
        )
    };
    views.wait_for(is_on).await.unwrap();

    engine.submit(Answer::SignOut).await;
    enter(&engine, "doctor").await;
    let view = password(&engine, DOCTOR, PASSWORD).await;
    let Screen::Code { code: step, .. } = &view.screen else { panic!("{view:?}") };
    assert_eq!((step.method, step.length), (MethodId::Totp, 6));
    assert!(step.next_code_in.is_some_and(|left| left <= 30_000) && step.last_try_blocks_account);
    // The code that confirmed is used up.
    portal.clock.advance(60_000);
    assert_eq!(proof(&code(&engine, &app_code(&portal, &secret), false).await), Proof::Totp);

    engine.submit(Answer::SignOut).await;
    enter(&engine, "doctor").await;
    password(&engine, DOCTOR, PASSWORD).await;
    let view = engine.submit(Answer::SendCode { method: MethodId::RecoveryCode }).await;
    let Screen::Code { code: step, .. } = &view.screen else { panic!("{view:?}") };
    assert_eq!((step.method, step.length), (MethodId::RecoveryCode, 10));
    assert_eq!(proof(&code(&engine, &codes[0], false).await), Proof::Totp);
    show(&engine, Place::Authenticator).await;
    let mut views = engine.views();
    let one_is_used = |view: &View| {
        matches!(
            &view.screen,
            Screen::Authenticator { state: AuthenticatorState::On { recovery_codes_left: 9, .. }, .. }
        )
    };
    views.wait_for(one_is_used).await.unwrap();
}

#[tokio::test]
async fn three_wrong_codes_of_a_step_up_end_in_support_and_end_the_session() {
    let folder = tempfile::tempdir().unwrap();
    let portal = Running::start(folder.path()).await;
    let engine = start(&portal, folder.path(), "pc").await;
    enter(&engine, "doctor").await;
    password(&engine, DOCTOR, PASSWORD).await;
    portal.clock.advance(SIX_MINUTES);
    show(&engine, Place::ChangePassword).await;
    change_password(&engine, PASSWORD, NEW_PASSWORD).await;
    let mut view = engine.submit(Answer::StepUpPassword { password: PASSWORD.into() }).await;
    if matches!(view.step_up, Some(StepUp::SelectMethod { .. })) {
        view = engine.submit(Answer::SendCode { method: MethodId::Email }).await;
    }
    let Some(StepUp::Code { code: step, .. }) = &view.step_up else { panic!("{view:?}") };
    assert!(step.last_try_blocks_account && !step.can_remember);
    let right = portal.code(DOCTOR).await;
    let others: Vec<_> =
        ["000000", "000001", "000002", "000003"].into_iter().filter(|it| *it != right).collect();
    let view = code(&engine, others[0], false).await;
    assert!(
        matches!(view.step_up, Some(StepUp::Code { problem: Some(CodeProblem::CodeRejected), .. })),
        "{view:?}"
    );
    code(&engine, others[1], false).await;
    let view = code(&engine, others[2], false).await;
    let blocked =
        |view: &View| matches!(&view.screen, Screen::Blocked { cause: Some(BlockCause::WrongCodes), .. });
    assert!(blocked(&view) && view.step_up.is_none(), "{view:?}");
    engine.submit(Answer::Restart).await;
    let view = password(&engine, DOCTOR, PASSWORD).await;
    assert!(blocked(&view), "{view:?}");
}

#[tokio::test]
async fn a_new_address_is_used_once_its_code_is_given() {
    let folder = tempfile::tempdir().unwrap();
    let portal = Running::start(folder.path()).await;
    let engine = start(&portal, folder.path(), "pc").await;
    sign_in(&portal, &engine, "medecin-a", false).await;
    show(&engine, Place::Contacts).await;
    let change = |value: &str| {
        engine.submit(Answer::ChangeContact { field: ContactField::Email, value: value.to_owned() })
    };
    let view = change("no address").await;
    let Screen::Contacts { problems, .. } = &view.screen else { panic!("{view:?}") };
    assert_eq!(*problems, [FieldProblem::EmailMalformed]);
    let view = change("nouvelle@example.net").await;
    let Screen::Contacts { proof: Some(pending), problems, .. } = &view.screen else { panic!("{view:?}") };
    assert_eq!((pending.field, pending.length), (ContactField::Email, 6));
    assert!(problems.is_empty());
    let mailed = portal.code("nouvelle@example.net").await;
    let view = engine.submit(Answer::ProveContact { code: wrong(&mailed).into() }).await;
    let Screen::Contacts { problems, proof: Some(_), .. } = &view.screen else { panic!("{view:?}") };
    assert_eq!(*problems, [FieldProblem::CodeRejected]);
    let view = engine.submit(Answer::ProveContact { code: mailed.into() }).await;
    let Screen::Contacts { done, proof: None, person, .. } = &view.screen else { panic!("{view:?}") };
    assert_eq!(*done, Some(ContactDone::Proved { field: ContactField::Email }));
    assert_eq!(person.email.as_deref(), Some("n•••@e•••.net"));
}

#[tokio::test]
async fn a_session_elsewhere_is_seen_and_ended() {
    let folder = tempfile::tempdir().unwrap();
    let portal = Running::start(folder.path()).await;
    let here = start(&portal, folder.path(), "pc").await;
    let elsewhere = start(&portal, folder.path(), "pc-2").await;
    sign_in(&portal, &here, "medecin-a", false).await;
    sign_in(&portal, &elsewhere, "medecin-a", false).await;
    loaded(&elsewhere).await;
    show(&here, Place::Sessions).await;
    let listed = |count: usize| move |view: &View| matches!(&view.screen, Screen::Sessions { sessions: Some(open), .. } if open.len() == count);
    let mut views = here.views();
    let view = views.wait_for(listed(2)).await.unwrap().clone();
    let Screen::Sessions { sessions: Some(open), .. } = &view.screen else { panic!("{view:?}") };
    let other = open.iter().find(|open| !open.current).unwrap();
    assert!(!other.this_workstation);
    here.submit(Answer::EndSession { id: other.id.clone() }).await;
    views.wait_for(listed(1)).await.unwrap();
    show(&here, Place::History).await;
    let view = views
        .wait_for(|view| matches!(&view.screen, Screen::History { entries: Some(entries), .. } if !entries.is_empty()))
        .await;
    assert!(view.is_ok());
    drop(view);
    // The other window learns it at its next call.
    show(&elsewhere, Place::ChangePassword).await;
    let view = change_password(&elsewhere, PASSWORD, NEW_PASSWORD).await;
    assert!(
        matches!(view.screen, Screen::Password { notice: Some(Notice::SignedOutByPortal), .. }),
        "{view:?}"
    );
}
