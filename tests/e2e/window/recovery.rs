//! A forgotten password, from the mail to the first sign-in with the new one.

use crate::browser::{Browser, Make};
use crate::desk::Desk;
use crate::window::{MEDECIN_A, MEDECIN_B, at_a_desk};

/// What people choose anew.
const NEW_PASSWORD: &str = "Tilleul4-gravier-encore";

#[test]
fn a_mailed_link_sets_the_password_in_chromium() {
    at_a_desk("recovery-chromium", async |desk| sets_a_password(desk, Make::Chromium, MEDECIN_A).await);
}

#[test]
fn a_mailed_link_sets_the_password_in_firefox() {
    at_a_desk("recovery-firefox", async |desk| sets_a_password(desk, Make::Firefox, MEDECIN_B).await);
}

async fn sets_a_password(desk: &mut Desk, make: Make, who: &str) {
    desk.open().await;
    desk.enters_portal().await;
    desk.forgets_the_password(who).await;
    let link = desk.latest_link().await;
    let mut browser = desk.opens_browser(make).await;
    // What is wrong is said at once, and the link is not used up by it.
    chooses(&mut browser, &link, "tilleul").await;
    browser.reads("[role=alert]", "Votre lien reste valable").await;
    chooses(&mut browser, &link, NEW_PASSWORD).await;
    browser.reads("h1", "Mot de passe enregistré").await;
    browser.reads("main", "Ouvrez Parvis").await;
    // Once.
    chooses(&mut browser, &link, "Encore-9-un-autre").await;
    browser.reads("h1", "Ce lien n’est plus valable").await;
    browser.closes().await;

    // The old one is no more; the code is asked for as before.
    desk.clicks("restart").await;
    desk.comes_to("password").await;
    assert_eq!(desk.reads_field("identifier").await, who, "typed once");
    desk.gives_password(who, "password").await;
    desk.sees("main[aria-busy=false] [data-problem=credentials_rejected]").await;
    desk.gives(who, NEW_PASSWORD, "code").await;
    let code = desk.latest_code().await;
    desk.gives_code(&code, "signed_in").await;
}

impl Desk {
    /// « Mot de passe oublié ? », up to the screen that is the same for everybody.
    pub(crate) async fn forgets_the_password(&self, identifier: &str) {
        self.clicks("forgotten_password").await;
        self.comes_to("forgotten_password").await;
        self.types("identifier", identifier).await;
        self.presses_enter("identifier").await;
        self.comes_to("recovery_sent").await;
    }
}

#[test]
fn an_unknown_name_looks_like_a_known_one() {
    at_a_desk("recovery-unknown", async |desk| {
        desk.open().await;
        desk.enters_portal().await;
        let mut screens = Vec::new();
        for who in ["nobody-here", MEDECIN_A] {
            desk.forgets_the_password(who).await;
            screens.push(desk.reads().await.replace(who, "…"));
            desk.clicks("restart").await;
            desk.comes_to("password").await;
        }
        desk.latest_link().await;
        assert_eq!(desk.messages().len(), 1, "a mail to who has an account alone");
        // The minute may have passed between the two.
        let without_time = |text: &str| text.replace(|letter: char| letter.is_ascii_digit(), "");
        assert_eq!(without_time(&screens[0]), without_time(&screens[1]));
    });
}

/// Opens the link, types the password twice, and presses the button.
async fn chooses(browser: &mut Browser, link: &str, password: &str) {
    // From another page each time, as from a mail: a link that differs in nothing would not be opened again.
    browser.goes_to("about:blank").await;
    browser.goes_to(link).await;
    browser.types("input[name=password]", password).await;
    browser.types("input[name=password_again]", password).await;
    browser.clicks("button[type=submit]").await;
}
