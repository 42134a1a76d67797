//! Accounts that people open themselves: a patient's, a dentist's, a delegate's.

use std::fs;

use crate::browser::Make;
use crate::desk::{Desk, PASSWORD};
use crate::outbox::other_than;
use crate::window::at_a_desk;

pub(crate) const DOCTOLIB: &str = "doctolib";
pub(crate) const DENTISTS: &str = "dentistes";
pub(crate) const CHOSEN: &str = "Tilleul4graviers";

impl Desk {
    /// Chooses a portal and « Créer un compte ».
    pub(crate) async fn begins_an_account(&self, portal: &str) {
        self.comes_to("choose_portal").await;
        self.clicks_on(&format!("[data-action=choose_portal][data-portal={portal}]")).await;
        self.sees("[data-action=register]").await;
        self.clicks("register").await;
        self.comes_to("register").await;
    }

    /// Fills in a patient's form and sends it.
    pub(crate) async fn fills_in(&self, phone: &str, email: &str) {
        self.writes(phone, email).await;
        self.presses_enter("password").await;
        self.comes_to("register_code").await;
    }

    /// Fills in a patient's form.
    async fn writes(&self, phone: &str, email: &str) {
        for (field, text) in
            [("phone", phone), ("email", email), ("email_again", email), ("password", CHOSEN)]
        {
            self.types(field, text).await;
        }
        self.clicks_on("input[name=terms]").await;
    }

    /// Finds the portal away, and is told so.
    async fn is_told_that_the_portal_is_away(&self) {
        self.sees("main[aria-busy=false] [data-failure=portal_unreachable]").await;
    }

    /// From the e-mail's code to the open account.
    pub(crate) async fn opens_the_account(&mut self) {
        let code = self.latest_code().await;
        self.gives_code(&code, "register_consent").await;
        self.clicks("accept_consent").await;
        self.comes_to("registered").await;
        self.sees("[data-opened]").await;
    }

    /// Enters the dentists' portal by one of its entrances.
    async fn enters_as(&self, role: &str) {
        self.comes_to("choose_portal").await;
        self.clicks_on(&format!("[data-action=choose_portal][data-portal={DENTISTS}]")).await;
        self.sees("main[data-screen=choose_entrance], main[data-screen=password]").await;
        if self.has("main[data-screen=password]").await && !self.has(&format!("[data-entrance={role}]")).await
        {
            self.clicks("change_entrance").await;
        }
        if !self.has(&format!("[data-entrance={role}]")).await {
            self.clicks_on(&format!("[data-action=choose_entrance][data-role={role}]")).await;
        }
        self.comes_to("password").await;
    }

    /// Members of the demonstration's professional body.
    pub(crate) fn has_members(&self) {
        let file = self.folder().join("members.csv");
        fs::write(&file, "permit_number,name,email\n00777,Dr Anne Roy,anne.roy@example.org\n").unwrap();
        self.support(DENTISTS, &["members", "import", file.to_str().unwrap()]);
    }
}

#[test]
fn an_account_by_sms() {
    at_a_desk("account-by-sms", async |desk| {
        let portal = desk.serves_by_gateway(DOCTOLIB);
        desk.open().await;
        desk.begins_an_account(DOCTOLIB).await;
        desk.fills_in("06 12 34 56 78", "jo.durand@example.org").await;
        let (number, code) = portal.next_sms();
        assert_eq!((number.as_str(), code.len()), ("+33612345678", 3));
        desk.gives_wrong_code(&other_than(&code, 1)).await;
        desk.gives_code(&code, "register_code").await;
        desk.sees("[data-already]").await;
        desk.opens_the_account().await;
        desk.clicks("sign_in_now").await;
        desk.comes_to("password").await;
        assert_eq!(desk.reads_field("identifier").await, "jo.durand@example.org", "typed once");
        desk.gives("jo.durand@example.org", CHOSEN, "signed_in").await;
    });
}

#[test]
fn an_account_by_a_call_to_a_landline() {
    at_a_desk("account-by-call", async |desk| {
        let portal = desk.serves_by_gateway(DOCTOLIB);
        desk.open().await;
        desk.begins_an_account(DOCTOLIB).await;
        // The prefix that people dial from France is no number.
        for (field, text) in [
            ("phone", "0041 21 345 67 89"),
            ("email", "a@example.org"),
            ("email_again", "a@example.org"),
            ("password", CHOSEN),
        ] {
            desk.types(field, text).await;
        }
        desk.clicks_on("input[name=terms]").await;
        desk.presses_enter("password").await;
        desk.sees("main[aria-busy=false][data-screen=register] [data-problem]").await;
        assert!(desk.reads().await.contains("Écrivez"), "what to write in its place");
        desk.types("phone", "+41 21 345 67 89").await;
        desk.presses_enter("phone").await;
        desk.comes_to("register_code").await;
        let (number, code) = portal.next_call();
        assert_eq!(number, "+41213456789");
        desk.gives_code(&code, "register_code").await;
        desk.sees("[data-already]").await;
        desk.opens_the_account().await;
    });
}

#[test]
fn a_portal_that_is_away_costs_nothing_of_an_account_that_is_opened() {
    at_a_desk("account-portal-away", async |desk| {
        let email = "jo.durand@example.org";
        desk.open().await;
        desk.begins_an_account(DOCTOLIB).await;
        desk.writes("06 12 34 56 78", email).await;
        desk.portal_goes_away();
        desk.presses_enter("password").await;
        desk.is_told_that_the_portal_is_away().await;
        assert_eq!(
            (desk.reads_field("email").await.as_str(), desk.reads_field("password").await.as_str()),
            (email, CHOSEN)
        );
        desk.portal_comes_back();
        desk.clicks("retry").await;
        desk.comes_to("register_code").await;
        let code = desk.latest_short_code().await;
        desk.portal_goes_away();
        desk.types("code", &code).await;
        desk.presses_enter("code").await;
        desk.is_told_that_the_portal_is_away().await;
        assert_eq!(desk.reads_field("code").await, code);
        desk.portal_comes_back();
        desk.clicks("retry").await;
        desk.sees("[data-already]").await;
        desk.opens_the_account().await;
        let sent = desk.messages().len();
        assert_eq!(sent, 2, "a code by SMS, a code by e-mail");
    });
}

#[test]
fn three_wrong_codes_bar_the_number_and_another_one_is_the_way_on() {
    at_a_desk("account-wrong-codes", async |desk| {
        desk.open().await;
        desk.begins_an_account(DOCTOLIB).await;
        desk.fills_in("06 12 34 56 78", "jo.durand@example.org").await;
        let code = desk.latest_short_code().await;
        let wrong = |n| other_than(&code, n);
        desk.gives_wrong_code(&wrong(1)).await;
        desk.gives_wrong_code(&wrong(2)).await;
        desk.types("code", &wrong(3)).await;
        desk.presses_enter("code").await;
        desk.sees("main[aria-busy=false] [data-problem=method_blocked]").await;
        desk.clicks("edit_registration").await;
        desk.comes_to("register").await;
        assert_eq!(desk.reads_field("email").await, "jo.durand@example.org", "typed once");
        desk.types("phone", "06 12 34 56 79").await;
        desk.types("password", CHOSEN).await;
        desk.presses_enter("password").await;
        desk.comes_to("register_code").await;
        let code = desk.latest_short_code().await;
        desk.gives_code(&code, "register_code").await;
        desk.sees("[data-already]").await;
        desk.opens_the_account().await;
    });
}

#[test]
fn from_a_booking_and_back_to_it() {
    at_a_desk("booking", async |desk| {
        let opened = desk.folder().join("opened");
        desk.open().await;
        desk.comes_to("choose_portal").await;
        // The page of the booking, in the person's browser.
        let mut browser = desk.opens_browser(Make::Chromium).await;
        browser.goes_to(&format!("{}/booking", desk.issuer_of(DOCTOLIB))).await;
        let link = browser.attribute("a[href^='parvis:']", "href").await;
        // The system hands the link to the app, which is open already.
        assert!(desk.launch_with(&link), "the second launch ends well");
        desk.comes_to("register").await;
        desk.sees("[data-appointment]").await;
        desk.fills_in("06 12 34 56 79", "rdv@example.org").await;
        let code = desk.latest_short_code().await;
        desk.gives_code(&code, "register_code").await;
        desk.sees("[data-already]").await;
        desk.opens_the_account().await;
        desk.clicks("return_to_page").await;
        desk.wait_until("the browser was opened", || opened.exists());
        let address = fs::read_to_string(&opened).unwrap();
        assert!(address.starts_with(&desk.issuer_of(DOCTOLIB)), "{address}");
        browser.goes_to(address.trim()).await;
        browser.reads("main", "Votre rendez-vous vous attend").await;
        browser.closes().await;
    });
}

#[test]
fn a_dentist_from_sign_up_to_the_first_sign_in() {
    at_a_desk("dentist", async |desk| {
        desk.has_members();
        desk.open().await;
        desk.begins_an_account(DENTISTS).await;
        // Everything that is wrong is said at once, beside its field, and nothing is sent.
        desk.presses_enter("email").await;
        desk.sees("main[aria-busy=false] [data-problem=summary]").await;
        desk.clicks_on("input[name=declaration]").await;
        for (field, text) in [
            ("email", "anne.roy@example.org"),
            ("permit_number", "777"),
            ("password", "Rivage-77"),
            ("password_again", "Rivage-77"),
        ] {
            desk.types(field, text).await;
        }
        desk.presses_enter("password_again").await;
        desk.sees("main[aria-busy=false] [data-problem=summary]").await;
        assert!(desk.reads().await.contains("aide@dentistes.example.org"), "whom to ask");
        // Leading zeros count.
        desk.types("permit_number", "00777").await;
        desk.presses_enter("permit_number").await;
        desk.comes_to("registered").await;
        desk.sees("[data-mailed]").await;
        desk.clicks("sign_in_now").await;
        desk.comes_to("password").await;
        // Not before the link: the right password says so.
        desk.gives("00777", "Rivage-77", "activation_due").await;
        let link = desk.latest_link().await;
        let mut browser = desk.opens_browser(Make::Chromium).await;
        browser.goes_to(&link).await;
        browser.clicks("button[type=submit]").await;
        browser.reads("h1", "Compte activé").await;
        browser.closes().await;
        desk.clicks("activated").await;
        // Once, a code shows that whoever has the password reads the mailbox.
        desk.gives("00777", "Rivage-77", "code").await;
        let code = desk.latest_code().await;
        desk.gives_code(&code, "signed_in").await;
        assert!(desk.reads().await.contains("Dr Anne Roy"));
    });
}

#[test]
fn a_delegate_is_invited_signs_in_and_is_removed() {
    at_a_desk("delegate", async |desk| {
        desk.open().await;
        desk.enters_as("dentist").await;
        desk.gives("00456", PASSWORD, "signed_in").await;
        desk.clicks_on("[data-action=show][data-place=delegates]").await;
        desk.comes_to("delegates").await;
        desk.clicks("invite").await;
        desk.types("delegate_name", "Léa Petit").await;
        desk.types("delegate_email", "lea.petit@example.org").await;
        desk.presses_enter("delegate_email").await;
        // Somebody gets access: the portal wants a fresh proof.
        desk.sees("[data-step-up=code]").await;
        let code = desk.latest_code().await;
        desk.types("code", &code).await;
        desk.presses_enter("code").await;
        desk.sees("main[aria-busy=false] [data-notice=delegate_invited]").await;
        let link = desk.latest_link().await;
        let mut browser = desk.opens_browser(Make::Chromium).await;
        browser.goes_to(&link).await;
        browser.types("input[name=password]", CHOSEN).await;
        browser.types("input[name=password_again]", CHOSEN).await;
        browser.clicks("button[type=submit]").await;
        browser.reads("h1", "Mot de passe enregistré").await;
        browser.closes().await;
        desk.clicks_on("[data-place=home]").await;
        desk.comes_to("signed_in").await;
        desk.clicks("sign_out").await;

        desk.enters_as("delegate").await;
        desk.gives("lea.petit@example.org", CHOSEN, "signed_in").await;
        desk.clicks("sign_out").await;

        desk.enters_as("dentist").await;
        desk.gives("00456", PASSWORD, "signed_in").await;
        desk.clicks_on("[data-action=show][data-place=delegates]").await;
        desk.sees("[data-active=true]").await;
        desk.clicks("remove_delegate").await;
        desk.clicks("remove_delegate_confirm").await;
        desk.sees("main[aria-busy=false] [data-notice=delegate_removed]").await;
        desk.clicks_on("[data-place=home]").await;
        desk.comes_to("signed_in").await;
        desk.clicks("sign_out").await;

        desk.enters_as("delegate").await;
        desk.gives("lea.petit@example.org", CHOSEN, "password").await;
        desk.sees("main[aria-busy=false] [data-problem=credentials_rejected]").await;
    });
}
