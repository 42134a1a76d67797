//! Pictures of the real window, for people who want to look before they install.
//!
//! Not tests of their own: `cargo xtask demo` and `cargo xtask screens` run them.

use std::path::{Path, PathBuf};

use crate::authenticator::Authenticator;
use crate::browser::Make;
use crate::desk::{Desk, Furniture, PASSWORD, PORTAL, sit};
use crate::outbox::other_than;
use crate::window::authenticator::{DOCTIPRO, MEDECIN};
use crate::window::registration::{CHOSEN, DENTISTS, DOCTOLIB};

/// Where the pictures go.
fn folder() -> PathBuf {
    std::env::var_os("PARVIS_PICTURES").expect("PARVIS_PICTURES names a folder").into()
}

/// One sign-in, as a newcomer sees it.
#[test]
#[ignore = "cargo xtask demo"]
fn demo() {
    sit("demo", Furniture::default(), async |desk| {
        let folder = folder();
        desk.open().await;
        desk.comes_to("choose_portal").await;
        desk.takes_picture(&folder, "1-choose-portal").await;
        desk.enters_portal().await;
        desk.takes_picture(&folder, "2-password").await;
        desk.gives_password("medecin-a", "code").await;
        let code = desk.latest_code().await;
        desk.sees("[data-delivery=sent]").await;
        desk.takes_picture(&folder, "3-code").await;
        desk.gives_code(&code, "signed_in").await;
        desk.takes_picture(&folder, "4-signed-in").await;
        desk.clicks("leave").await;
        desk.comes_to("left").await;
        desk.takes_picture(&folder, "5-left").await;
    });
}

/// Every screen, in French; the main ones in English, in German, and dark.
#[test]
#[ignore = "cargo xtask screens"]
fn screens() {
    sit("screens", Furniture::default(), async |desk| {
        let folder = folder();
        desk.open().await;
        every_screen(desk, &folder).await;
    });
    sit("screens-browser", Furniture::default(), async |desk| in_a_browser(desk, &folder()).await);
    sit("screens-space", Furniture::default(), async |desk| space(desk, &folder()).await);
    sit("screens-doctipro", Furniture::default(), async |desk| doctipro(desk, &folder()).await);
    sit("screens-doctolib", Furniture::default(), async |desk| doctolib(desk, &folder()).await);
    sit("screens-dentists", Furniture::default(), async |desk| dentists(desk, &folder()).await);
    for language in ["en", "de"] {
        sit("screens-language", Furniture::default(), async |desk| {
            desk.open().await;
            desk.clicks_on(&format!("[data-action=language][data-lang={language}]")).await;
            desk.sees(&format!("html[lang={language}]")).await;
            main_screens(desk, &folder().join(language)).await;
        });
    }
    sit("screens-dark", Furniture { dark: true, ..Furniture::default() }, async |desk| {
        desk.open().await;
        main_screens(desk, &folder().join("dark")).await;
    });
}

async fn main_screens(desk: &mut Desk, folder: &Path) {
    desk.comes_to("choose_portal").await;
    desk.takes_picture(folder, "choose-portal").await;
    desk.enters_portal().await;
    desk.takes_picture(folder, "password").await;
    desk.gives_password("medecin-a", "code").await;
    let code = desk.latest_code().await;
    desk.sees("[data-delivery=sent]").await;
    desk.types("code", &code[..4]).await;
    desk.takes_picture(folder, "code").await;
    desk.gives_code(&code, "signed_in").await;
    desk.takes_picture(folder, "signed-in").await;
}

/// What the portal shows in the person's own browser.
async fn in_a_browser(desk: &mut Desk, folder: &Path) {
    desk.open().await;
    desk.enters_portal().await;
    desk.forgets_the_password("medecin-a").await;
    desk.takes_picture(folder, "recovery-sent").await;
    let link = desk.latest_link().await;
    let mut browser = desk.opens_browser(Make::Chromium).await;
    browser.goes_to(&link).await;
    browser.types("input[name=password]", "Tilleul4").await;
    browser.takes_picture(&folder.join("page-new-password.png")).await;
    let letter_box = desk.issuer().replace(PORTAL, "outbox");
    browser.goes_to(&letter_box).await;
    browser.reads("main", "medecin-a@example.org").await;
    browser.takes_picture(&folder.join("page-letter-box.png")).await;
    browser.closes().await;
}

async fn every_screen(desk: &mut Desk, folder: &Path) {
    desk.comes_to("choose_portal").await;
    desk.takes_picture(folder, "choose-portal").await;
    desk.clicks_on(&format!("[data-action=choose_portal][data-portal={PORTAL}]")).await;
    desk.comes_to("password").await;
    desk.types("identifier", "medecin-a").await;
    desk.types("password", "a-guess").await;
    desk.takes_picture(folder, "password").await;
    desk.presses_enter("password").await;
    desk.sees("main[aria-busy=false] [data-problem=credentials_rejected]").await;
    desk.takes_picture(folder, "password-refused").await;
    desk.clicks("forgotten_password").await;
    desk.comes_to("forgotten_password").await;
    desk.takes_picture(folder, "forgotten-password").await;
    desk.clicks("restart").await;

    desk.gives_password("medecin-a", "code").await;
    let code = desk.latest_code().await;
    desk.sees("[data-delivery=sent]").await;
    desk.types("code", &code[..4]).await;
    desk.takes_picture(folder, "code").await;
    desk.gives_wrong_code(&other_than(&code, 1)).await;
    desk.takes_picture(folder, "code-refused").await;
    desk.gives_wrong_code(&other_than(&code, 2)).await;
    desk.sees("[data-last-try]").await;
    desk.takes_picture(folder, "code-last-try").await;
    desk.clicks_on("input[name=remember]").await;
    desk.gives_code(&code, "signed_in").await;
    desk.sees("[data-action=forget_device]").await;
    desk.takes_picture(folder, "signed-in-trusted").await;
    desk.clicks("sign_out").await;
    desk.sees("[data-notice=signed_out]").await;
    desk.takes_picture(folder, "signed-out").await;

    desk.signs_in("medecin-b", false, "handover_receipt").await;
    desk.takes_picture(folder, "handover-receipt").await;
    desk.clicks("accept_receipt").await;
    desk.comes_to("signed_in").await;
    desk.clicks("sign_out").await;

    desk.enters_portal().await;
    desk.gives_password("medecin-a", "code").await;
    desk.sees("[data-trust-ended]").await;
    desk.sees("[data-delivery=sent]").await;
    desk.takes_picture(folder, "trust-ended").await;
    let code = desk.latest_code().await;
    desk.gives_code(&code, "signed_in").await;
    desk.takes_picture(folder, "signed-in").await;
    desk.opens_pages().await;
    desk.takes_picture_of_window(&desk.pages_title(), &folder.join("page-my-space.png"));
    desk.clicks("leave").await;
    desk.comes_to("left").await;
    desk.takes_picture(folder, "left").await;
    desk.clicks("change_portal").await;

    desk.enters_portal().await;
    desk.gives_password("medecin-a", "code").await;
    let code = desk.latest_code().await;
    for which in 1..=2 {
        desk.gives_wrong_code(&other_than(&code, which)).await;
    }
    desk.types("code", &other_than(&code, 3)).await;
    desk.presses_enter("code").await;
    desk.sees("main[aria-busy=false] [data-problem=method_blocked], main[data-screen=blocked]").await;
    desk.takes_picture(folder, "method-blocked").await;
    desk.clicks("help").await;
    desk.sees("dialog[open]").await;
    desk.takes_picture(folder, "help").await;
}

/// « Mon espace », place by place.
async fn space(desk: &mut Desk, folder: &Path) {
    desk.open().await;
    desk.signs_in("medecin-a", false, "signed_in").await;
    goes(desk, "change_password").await;
    desk.types("current_password", PASSWORD).await;
    desk.types("new_password", "Tilleul4").await;
    desk.sees("[data-rule=upper][data-met=true]").await;
    desk.takes_picture(folder, "change-password").await;
    goes_home(desk).await;
    goes(desk, "contacts").await;
    desk.takes_picture(folder, "contacts").await;
    desk.clicks_on("[data-action=change_contact][data-field=phone]").await;
    desk.types("new_phone", "06 12 34 56 99").await;
    desk.presses_enter("new_phone").await;
    desk.sees("main[aria-busy=false] input[name=code]").await;
    desk.takes_picture(folder, "contact-code").await;
    goes_home(desk).await;
    goes(desk, "sessions").await;
    desk.sees("[data-session]").await;
    desk.takes_picture(folder, "sessions").await;
    goes_home(desk).await;
    goes(desk, "history").await;
    desk.sees("[data-event]").await;
    desk.takes_picture(folder, "history").await;
    goes_home(desk).await;
    desk.clicks("leave").await;
    desk.comes_to("left").await;
}

/// Another portal: entrances, an authenticator app, and an account that support has to open.
async fn doctipro(desk: &mut Desk, folder: &Path) {
    desk.open().await;
    desk.comes_to("choose_portal").await;
    desk.clicks_on(&format!("[data-action=choose_portal][data-portal={DOCTIPRO}]")).await;
    desk.comes_to("choose_entrance").await;
    desk.takes_picture(folder, "choose-entrance").await;
    desk.clicks_on("[data-action=choose_entrance][data-role=doctor]").await;
    desk.comes_to("password").await;
    desk.types("identifier", "secretaire@example.org").await;
    desk.types("password", PASSWORD).await;
    desk.presses_enter("password").await;
    desk.sees("main[aria-busy=false] [data-problem=wrong_role]").await;
    desk.takes_picture(folder, "wrong-entrance").await;
    desk.gives(MEDECIN, PASSWORD, "signed_in").await;
    goes(desk, "authenticator").await;
    desk.takes_picture(folder, "authenticator").await;
    desk.clicks("set_up_authenticator").await;
    desk.sees("[data-step-up=code]").await;
    desk.takes_picture(folder, "step-up").await;
    let code = desk.latest_code().await;
    desk.types("code", &code).await;
    desk.presses_enter("code").await;
    let app = Authenticator::with(&desk.sees("[data-secret]").await.text().await.unwrap());
    desk.takes_picture(folder, "authenticator-set-up").await;
    desk.types("code", &app.code(0)).await;
    desk.presses_enter("code").await;
    desk.comes_to("recovery_codes").await;
    desk.takes_picture(folder, "recovery-codes").await;
    desk.clicks("accept_recovery_codes").await;
    desk.sees("[data-authenticator=on]").await;
    desk.takes_picture(folder, "authenticator-on").await;
    goes_home(desk).await;
    desk.clicks("sign_out").await;

    desk.enters_doctipro().await;
    desk.gives(MEDECIN, PASSWORD, "code").await;
    desk.takes_picture(folder, "code-of-the-app").await;
    desk.clicks("help_2fa").await;
    desk.sees("dialog[open]").await;
    desk.takes_picture(folder, "help-two-factors").await;
    desk.clicks_on("dialog[open] [data-action=close]").await;
    let code = app.code(1);
    desk.gives_wrong_code(&other_than(&code, 500_000)).await;
    desk.gives_wrong_code(&other_than(&code, 500_001)).await;
    desk.types("code", &other_than(&code, 500_002)).await;
    desk.presses_enter("code").await;
    desk.sees("[data-ask-last-try]").await;
    desk.takes_picture(folder, "code-last-try-asked").await;
    desk.clicks("last_try_confirm").await;
    desk.comes_to("blocked").await;
    desk.takes_picture(folder, "blocked").await;
}

/// A patient's account, from a booking and back to it.
async fn doctolib(desk: &mut Desk, folder: &Path) {
    desk.open().await;
    desk.comes_to("choose_portal").await;
    desk.clicks_on(&format!("[data-action=choose_portal][data-portal={DOCTOLIB}]")).await;
    desk.comes_to("password").await;
    desk.takes_picture(folder, "password-new-here").await;
    let mut browser = desk.opens_browser(Make::Chromium).await;
    browser.goes_to(&format!("{}/booking", desk.issuer_of(DOCTOLIB))).await;
    browser.takes_picture(&folder.join("page-booking.png")).await;
    let link = browser.attribute("a[href^='parvis:']", "href").await;
    browser.closes().await;
    assert!(desk.launch_with(&link), "the second launch ends well");
    desk.comes_to("register").await;
    desk.takes_picture(folder, "register").await;
    desk.fills_in("06 12 34 56 78", "jo.durand@example.org").await;
    let code = desk.latest_short_code().await;
    desk.sees("[data-delivery=sent]").await;
    desk.takes_picture(folder, "register-code-phone").await;
    desk.gives_code(&code, "register_code").await;
    desk.sees("[data-already]").await;
    desk.takes_picture(folder, "register-code-email").await;
    let code = desk.latest_code().await;
    desk.gives_code(&code, "register_consent").await;
    desk.takes_picture(folder, "register-consent").await;
    desk.clicks("accept_consent").await;
    desk.comes_to("registered").await;
    desk.takes_picture(folder, "registered").await;
}

/// A member's sign-up, and a dentist's delegates.
async fn dentists(desk: &mut Desk, folder: &Path) {
    desk.open().await;
    desk.begins_an_account(DENTISTS).await;
    desk.types("email", "dentiste-sans-compte@example.org").await;
    desk.types("password", "abc").await;
    desk.types("password_again", "abd").await;
    desk.presses_enter("password_again").await;
    desk.sees("main[aria-busy=false] [data-problem=summary]").await;
    desk.takes_picture(folder, "register-refused").await;
    desk.clicks_on("input[name=declaration]").await;
    desk.types("permit_number", "00123").await;
    desk.types("password", CHOSEN).await;
    desk.types("password_again", CHOSEN).await;
    desk.presses_enter("password_again").await;
    desk.comes_to("registered").await;
    desk.takes_picture(folder, "registered-by-mail").await;
    desk.clicks("sign_in_now").await;
    desk.gives("00123", CHOSEN, "activation_due").await;
    desk.takes_picture(folder, "activation-due").await;
    let link = desk.latest_link().await;
    let mut browser = desk.opens_browser(Make::Chromium).await;
    browser.goes_to(&link).await;
    browser.takes_picture(&folder.join("page-activation.png")).await;
    browser.closes().await;
    desk.clicks("activated").await;
    desk.gives("00456", PASSWORD, "signed_in").await;
    goes(desk, "delegates").await;
    desk.sees("[data-delegate]").await;
    desk.takes_picture(folder, "delegates").await;
}

async fn goes(desk: &Desk, place: &str) {
    desk.clicks_on(&format!("[data-action=show][data-place={place}]")).await;
    desk.comes_to(place).await;
}

async fn goes_home(desk: &Desk) {
    desk.clicks_on("[data-place=home]").await;
    desk.comes_to("signed_in").await;
}
