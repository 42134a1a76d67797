//! A new password, chosen in « Mon espace ».

use std::collections::BTreeMap;
use std::sync::Arc;

use parvis_sign_in::clock::SystemClock;
use parvis_sign_in::entropy::OsEntropy;
use parvis_sign_in::view::{Answer, Language, Place, Screen};
use parvis_sign_in::{Keyring, NoPages, Policy, PortalList, Settings, SignInHandle};

use crate::desk::{Desk, PASSWORD, PATIENCE, PORTAL};
use crate::window::{MEDECIN_A, SECRETAIRE, at_a_desk};

const NEW_PASSWORD: &str = "Tilleul4-gravier-encore";

#[test]
fn the_password_is_changed_and_the_old_one_is_no_more() {
    at_a_desk("password-change", async |desk| {
        desk.open().await;
        desk.signs_in(MEDECIN_A, false, "signed_in").await;
        desk.clicks_on("[data-action=show][data-place=change_password]").await;
        desk.comes_to("change_password").await;
        desk.types("current_password", PASSWORD).await;
        desk.types("new_password", NEW_PASSWORD).await;
        desk.types("new_password_again", NEW_PASSWORD).await;
        desk.presses_enter("new_password_again").await;
        desk.comes_to("signed_in").await;
        desk.clicks("sign_out").await;

        desk.enters_portal().await;
        desk.gives_password(MEDECIN_A, "password").await;
        desk.sees("main[aria-busy=false] [data-problem=credentials_rejected]").await;
        desk.gives(MEDECIN_A, NEW_PASSWORD, "code").await;
        let code = desk.latest_code().await;
        desk.gives_code(&code, "signed_in").await;
    });
}

#[test]
fn a_password_change_ends_the_other_sessions() {
    at_a_desk("password-others", async |desk| {
        let elsewhere = elsewhere(desk);
        elsewhere.submit(Answer::ChoosePortal { portal: PORTAL.to_owned() }).await;
        let (identifier, password) = (SECRETAIRE.to_owned(), PASSWORD.into());
        let view = elsewhere.submit(Answer::Password { identifier, password }).await;
        assert!(matches!(view.screen, Screen::SignedIn { .. }), "{view:?}");

        desk.open().await;
        desk.enters_portal().await;
        desk.gives_password(SECRETAIRE, "signed_in").await;
        desk.clicks_on("[data-action=show][data-place=change_password]").await;
        desk.comes_to("change_password").await;
        desk.types("current_password", PASSWORD).await;
        desk.types("new_password", NEW_PASSWORD).await;
        desk.types("new_password_again", NEW_PASSWORD).await;
        desk.clicks_on("input[name=sign_out_others]").await;
        desk.presses_enter("new_password_again").await;
        // No code was given yet: it is asked for over the form, which keeps what was typed.
        desk.sees("[data-step-up=code]").await;
        assert_eq!(desk.reads_field("new_password").await, NEW_PASSWORD);
        let code = desk.latest_code().await;
        desk.gives_code(&code, "signed_in").await;
        desk.sees("[data-notice=password_changed]").await;

        let view = elsewhere.submit(Answer::Show { place: Place::Sessions }).await;
        let mut views = elsewhere.views();
        let ended = views.wait_for(|view| matches!(view.screen, Screen::Password { .. }));
        assert!(tokio::time::timeout(PATIENCE, ended).await.is_ok_and(|view| view.is_ok()), "{view:?}");
    });
}

/// The same portal from another workstation: the engine, without a window.
fn elsewhere(desk: &Desk) -> SignInHandle {
    let data = desk.folder().join("elsewhere");
    std::fs::create_dir_all(&data).unwrap();
    SignInHandle::start(Settings {
        portals: PortalList::from_command_line(&desk.folder().join("portals.toml")).unwrap(),
        data_dir: data,
        policy: Policy::default(),
        workstation_name: Some("Cabinet 1".to_owned()),
        clock: Arc::new(SystemClock),
        entropy: Arc::new(OsEntropy),
        keyring: Keyring::memory(),
        language: Language::Fr,
        last_portal: None,
        last_entrances: BTreeMap::new(),
        pages: Arc::new(NoPages),
    })
}
