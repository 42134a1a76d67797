//! Scenarios at the window. Each is one sentence that a person at a shared workstation would say.

pub(crate) mod authenticator;
mod pages;
mod password;
mod recovery;
pub(crate) mod registration;
mod support;

use crate::desk::{Desk, Furniture, sit};
use crate::outbox::other_than;
use crate::sleep::Logind;

/// Needs a code.
const MEDECIN_A: &str = "medecin-a";
/// Needs a code, too.
const MEDECIN_B: &str = "medecin-b";
/// Has no right that asks for a second factor.
pub(crate) const SECRETAIRE: &str = "secretaire";

pub(crate) fn at_a_desk(name: &'static str, scenario: impl AsyncFnOnce(&mut Desk)) {
    sit(name, Furniture::default(), scenario);
}

#[test]
fn password_alone_opens_what_needs_no_code() {
    at_a_desk("password-alone", async |desk| {
        desk.open().await;
        desk.enters_portal().await;
        desk.gives_password(SECRETAIRE, "signed_in").await;
        assert_eq!(desk.codes_sent(), 0, "no code is sent to somebody who needs none");
        desk.clicks("sign_out").await;
        desk.sees("[data-notice=signed_out]").await;
    });
}

#[test]
fn code_by_email() {
    at_a_desk("code-by-email", async |desk| {
        desk.open().await;
        desk.signs_in(MEDECIN_A, false, "signed_in").await;
        assert!(desk.messages()[0].extension().is_some_and(|kind| kind == "eml"));
    });
}

#[test]
fn code_by_sms_instead_of_email() {
    at_a_desk("code-by-sms", async |desk| {
        desk.open().await;
        desk.enters_portal().await;
        desk.gives_password(MEDECIN_A, "code").await;
        let by_email = desk.latest_code().await;
        desk.clicks_on("[data-action=method][data-method=sms]").await;
        let by_sms = desk.latest_code().await;
        assert!(desk.messages()[1].extension().is_some_and(|kind| kind == "json"));
        assert_ne!(by_email, by_sms);
        desk.comes_to("code").await;
        desk.gives_code(&by_sms, "signed_in").await;
    });
}

#[test]
fn wrong_password_keeps_the_identifier() {
    at_a_desk("wrong-password", async |desk| {
        desk.open().await;
        desk.enters_portal().await;
        desk.types("identifier", SECRETAIRE).await;
        desk.types("password", "not-the-password").await;
        desk.presses_enter("password").await;
        desk.sees("main[aria-busy=false] [data-problem=credentials_rejected]").await;
        assert_eq!(desk.reads_field("identifier").await, SECRETAIRE);
        assert_eq!(desk.reads_field("password").await, "");
        desk.gives_password(SECRETAIRE, "signed_in").await;
    });
}

#[test]
fn wrong_code_then_the_right_one() {
    at_a_desk("wrong-then-right", async |desk| {
        desk.open().await;
        desk.enters_portal().await;
        desk.gives_password(MEDECIN_A, "code").await;
        let code = desk.latest_code().await;
        desk.gives_wrong_code(&other_than(&code, 1)).await;
        assert_eq!(desk.reads_field("code").await, other_than(&code, 1), "it stays, to be compared");
        desk.gives_code(&code, "signed_in").await;
    });
}

#[test]
fn three_wrong_codes_leave_the_other_way_open() {
    at_a_desk("three-wrong-codes", async |desk| {
        desk.open().await;
        desk.enters_portal().await;
        desk.gives_password(MEDECIN_A, "code").await;
        let code = desk.latest_code().await;
        desk.gives_wrong_code(&other_than(&code, 1)).await;
        desk.gives_wrong_code(&other_than(&code, 2)).await;
        desk.sees("[data-last-try]").await;
        desk.types("code", &other_than(&code, 3)).await;
        desk.presses_enter("code").await;
        desk.sees("main[aria-busy=false] [data-problem=method_blocked]").await;
        desk.clicks_on("[data-action=method][data-method=sms]").await;
        let code = desk.latest_code().await;
        desk.comes_to("code").await;
        desk.gives_code(&code, "signed_in").await;
    });
}

#[test]
fn trust_spares_the_next_code() {
    at_a_desk("trust", async |desk| {
        desk.open().await;
        desk.signs_in(MEDECIN_A, true, "signed_in").await;
        desk.clicks("sign_out").await;
        desk.comes_to("choose_portal").await;
        desk.sees("[data-notice=signed_out]").await;
        desk.enters_portal().await;
        desk.gives_password(MEDECIN_A, "signed_in").await;
        assert_eq!(desk.codes_sent(), 1, "no second code");

        // Trust outlives the app: the key is in the keyring.
        desk.close();
        desk.open().await;
        desk.enters_portal().await;
        desk.gives_password(MEDECIN_A, "signed_in").await;
        assert_eq!(desk.codes_sent(), 1, "no second code");
    });
}

#[test]
fn another_person_ends_the_trust() {
    at_a_desk("handover", async |desk| {
        desk.open().await;
        desk.signs_in(MEDECIN_A, true, "signed_in").await;
        desk.clicks("sign_out").await;

        desk.signs_in(MEDECIN_B, false, "handover_receipt").await;
        desk.sees("[data-wiped=device_key][data-verified=true]").await;
        assert!(!desk.has("[data-verified=false]").await, "all that was wiped was read back");
        desk.clicks("accept_receipt").await;
        desk.comes_to("signed_in").await;
        desk.clicks("sign_out").await;

        desk.enters_portal().await;
        desk.gives_password(MEDECIN_A, "code").await;
        desk.sees("[data-trust-ended=other_professional]").await;
        let code = desk.latest_code().await;
        desk.gives_code(&code, "signed_in").await;
    });
}

#[test]
fn leaving_ends_the_trust() {
    at_a_desk("leave", async |desk| {
        desk.open().await;
        desk.signs_in(MEDECIN_A, true, "signed_in").await;
        desk.clicks("leave").await;
        desk.comes_to("left").await;
        desk.sees("[data-clean=true]").await;
        assert!(!desk.has("[data-portal-confirmed=false]").await, "the portal confirmed");
        desk.clicks("change_portal").await;

        desk.enters_portal().await;
        desk.gives_password(MEDECIN_A, "code").await;
        let code = desk.latest_code().await;
        desk.gives_code(&code, "signed_in").await;
    });
}

#[test]
fn a_reload_in_the_middle_loses_nothing() {
    at_a_desk("reload", async |desk| {
        desk.open().await;
        desk.enters_portal().await;
        desk.gives_password(MEDECIN_A, "code").await;
        let code = desk.latest_code().await;
        desk.gives_wrong_code(&other_than(&code, 1)).await;
        desk.reloads().await;
        desk.comes_to("code").await;
        desk.gives_code(&code, "signed_in").await;
        desk.reloads().await;
        desk.comes_to("signed_in").await;
        assert_eq!(desk.codes_sent(), 1, "no second code");
    });
}

#[test]
fn sleep_waits_for_the_sign_out() {
    at_a_desk("sleep", async |desk| {
        let system = Logind::on(desk.bus()).await;
        desk.open().await;
        desk.enters_portal().await;
        desk.gives_password(SECRETAIRE, "signed_in").await;
        system.sleeps().await;
        desk.sees("[data-notice=signed_out_by_sleep]").await;
        system.may_sleep().await;
        desk.wait_until("the portal has ended the session", || desk.portal_log().contains("\"signed_out\""));
    });
}

#[test]
fn the_end_of_the_os_session_is_a_sign_out() {
    at_a_desk("os-session-ends", async |desk| {
        desk.open().await;
        desk.enters_portal().await;
        desk.gives_password(SECRETAIRE, "signed_in").await;
        desk.close();
        desk.wait_until("the portal has ended the session", || desk.portal_log().contains("\"signed_out\""));
        desk.open().await;
        desk.comes_to("choose_portal").await;
    });
}

#[test]
fn ses_08_after_a_power_cut_nobody_is_signed_in() {
    at_a_desk("power-cut", async |desk| {
        desk.open().await;
        desk.signs_in(MEDECIN_A, false, "signed_in").await;
        // At once, and more than once: what is left of the dead app must not hold up the next one.
        for _ in 0..3 {
            desk.kill_app();
            desk.open().await;
            desk.comes_to("choose_portal").await;
        }
        // And nobody is shut out.
        desk.signs_in(MEDECIN_A, false, "signed_in").await;
    });
}

#[test]
fn a_second_launch_raises_the_window() {
    at_a_desk("second-launch", async |desk| {
        desk.open().await;
        let before = desk.app_processes();
        std::thread::scope(|scope| {
            let desk = &*desk;
            let launches: Vec<_> = (0..5).map(|_| scope.spawn(|| desk.launch_again())).collect();
            for launch in launches {
                assert!(launch.join().unwrap(), "the other launches end well");
            }
        });
        assert_eq!(desk.app_processes(), before, "one process stays");
        desk.wait_until("the log says that the window was raised", || {
            desk.app_log().contains("second launch")
        });
        desk.comes_to("choose_portal").await;
    });
}

#[test]
fn without_a_keyring_sign_in_works_and_trust_is_not_offered() {
    let furniture = Furniture { keyring: false, ..Furniture::default() };
    sit("no-keyring", furniture, async |desk| {
        desk.open().await;
        desk.enters_portal().await;
        desk.gives_password(MEDECIN_A, "code").await;
        assert!(!desk.has("input[name=remember]").await, "trust needs a keyring");
        let code = desk.latest_code().await;
        desk.gives_code(&code, "signed_in").await;
    });
}

#[test]
fn nothing_secret_stays_in_the_page_or_on_disk() {
    at_a_desk("no-secrets", async |desk| {
        desk.open().await;
        desk.enters_portal().await;
        desk.gives_password(MEDECIN_A, "code").await;
        let code = desk.latest_code().await;
        desk.gives_code(&code, "signed_in").await;
        desk.holds_no_secret_of(&code).await;
    });
}
