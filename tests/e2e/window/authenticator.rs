//! An authenticator app, from its activation to an account that support has to open.

use crate::authenticator::Authenticator;
use crate::desk::{Desk, PASSWORD};
use crate::outbox::other_than;
use crate::window::at_a_desk;

/// A portal where the authenticator app is what protects an account.
pub(crate) const DOCTIPRO: &str = "doctipro";
pub(crate) const MEDECIN: &str = "medecin@example.org";

impl Desk {
    /// Enters Doctipro by the doctors' entrance, which is asked for once.
    pub(crate) async fn enters_doctipro(&self) {
        self.comes_to("choose_portal").await;
        self.clicks_on(&format!("[data-action=choose_portal][data-portal={DOCTIPRO}]")).await;
        self.sees("main[data-screen=choose_entrance], main[data-screen=password]").await;
        if self.has("main[data-screen=choose_entrance]").await {
            self.clicks_on("[data-action=choose_entrance][data-role=doctor]").await;
        }
        self.comes_to("password").await;
    }

    /// Activates an authenticator app; adding a factor takes a code to the e-mail address first.
    async fn activates_an_app(&mut self) -> Authenticator {
        self.clicks_on("[data-action=show][data-place=authenticator]").await;
        self.comes_to("authenticator").await;
        self.clicks("set_up_authenticator").await;
        self.sees("[data-step-up=code]").await;
        let code = self.latest_code().await;
        self.types("code", &code).await;
        self.presses_enter("code").await;
        let app = Authenticator::with(&self.sees("[data-secret]").await.text().await.unwrap());
        self.types("code", &app.code(0)).await;
        self.presses_enter("code").await;
        self.comes_to("recovery_codes").await;
        self.clicks("accept_recovery_codes").await;
        self.sees("[data-authenticator=on]").await;
        self.clicks_on("[data-place=home]").await;
        self.comes_to("signed_in").await;
        app
    }
}

#[test]
fn the_apps_code_is_asked_for_and_three_wrong_ones_take_support() {
    at_a_desk("authenticator", async |desk| {
        desk.open().await;
        desk.enters_doctipro().await;
        desk.gives(MEDECIN, PASSWORD, "signed_in").await;
        assert_eq!(desk.codes_sent(), 0, "no code before there is an app");
        let app = desk.activates_an_app().await;
        desk.clicks("sign_out").await;

        desk.enters_doctipro().await;
        desk.gives(MEDECIN, PASSWORD, "code").await;
        let code = app.code(1);
        desk.gives_code(&code, "signed_in").await;
        desk.clicks("sign_out").await;

        // That code again is over, which costs no try; others are wrong.
        desk.enters_doctipro().await;
        desk.gives(MEDECIN, PASSWORD, "code").await;
        desk.types("code", &code).await;
        desk.presses_enter("code").await;
        desk.sees("main[aria-busy=false] [data-problem=code_expired]").await;
        desk.gives_wrong_code(&other_than(&code, 500_000)).await;
        desk.gives_wrong_code(&other_than(&code, 500_001)).await;
        desk.gives_last_code(&other_than(&code, 500_002)).await;
        desk.comes_to("blocked").await;
        assert!(desk.reads().await.contains("info@doctipro.example.org"), "whom to ask");

        desk.support(DOCTIPRO, &["account", "unblock", MEDECIN]);
        desk.clicks("change_portal").await;
        desk.enters_doctipro().await;
        desk.gives(MEDECIN, PASSWORD, "code").await;
        // The e-mail address is the other way in.
        desk.clicks_on("[data-action=method][data-method=email]").await;
        // The window may ask first: requests are counted here, too.
        desk.sees("[data-action=resend_confirm], [data-delivery]").await;
        if desk.has("[data-action=resend_confirm]").await {
            desk.clicks("resend_confirm").await;
        }
        let code = desk.latest_code().await;
        desk.comes_to("code").await;
        desk.gives_code(&code, "signed_in").await;
    });
}
