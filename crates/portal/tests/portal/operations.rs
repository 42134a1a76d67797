//! What an operator does, as the person at the workstation notices it: SES-05, SES-06, CHN-01, TRU-07, imported accounts.

use crate::{
    on_both_engines,
    trust::{sign_in, sign_in_trusted},
    world::{PASSWORD, World},
};
use parvis_portal::{
    import::{Import, Imported},
    rights::{RightsChange, RightsChanged},
};
use parvis_portal_profile::Language;

async fn import(world: &World, csv: &str, dry_run: bool, invite: bool) -> Imported {
    let import = Import { dry_run, invite, language: Language::De };
    world.portal.import_accounts(csv.as_bytes(), import, |_| ()).await.unwrap()
}

async fn set_rights(world: &World, name: &str, rights: &[&str]) -> RightsChanged {
    let account = world.portal.account(name).await.unwrap().unwrap();
    let rights = Some(rights.iter().map(ToString::to_string).collect());
    world.portal.set_rights(&account, RightsChange { role: None, rights }).await.unwrap()
}

async fn subject(world: &World, name: &str) -> String {
    world.portal.account(name).await.unwrap().unwrap().subject
}

on_both_engines! {
    async fn an_import_is_whole_or_leaves_nothing(world: World) {
        let good = "identifier,name,role,email\nimport-a,A,professional,import-a@example.org\nimport-b,B,professional,import-b@example.org\n";
        assert_eq!(import(&world, good, true, false).await, Imported { lines: 2, ..Imported::default() });
        let bad = format!("{good}import-c,C,professional,medecin-a@example.org\n");
        let refused = import(&world, &bad, false, true).await;
        assert_eq!((refused.accounts, refused.defect_count), (0, 1));
        assert_eq!(refused.defects[0].to_string(), "line 4, email: medecin-a@example.org is an account's already");
        assert_eq!(world.count("SELECT COUNT(*) FROM account").await, 4);
        assert_eq!(world.count("SELECT COUNT(*) FROM account_name WHERE name LIKE 'import%'").await, 0);
        assert_eq!(world.count("SELECT COUNT(*) FROM message").await, 0);

        let done = import(&world, good, false, true).await;
        assert_eq!((done.accounts, done.defect_count), (2, 0));
        assert_eq!(world.events("account_invited").await, 2);
        assert_eq!(world.count("SELECT COUNT(*) FROM message WHERE kind = 'first_password' AND language = 'de'").await, 2);
        // ACC-01: without a password yet, it looks like no account.
        let reply = world.desk("accueil 2").password("import-a", PASSWORD).await;
        assert_eq!(reply.problem(), "credentials_rejected");
        // The link is made when its mail is sent, in the account's language.
        world.portal.send_due_messages().await.unwrap();
        let mails = world.messages();
        for name in ["import-a@", "import-b@"] {
            assert!(mails.iter().any(|text| text.contains(name) && text.replace("=\r\n", "").contains("/recovery#")), "{mails:?}");
        }
        assert_eq!(world.count("SELECT COUNT(*) FROM link WHERE purpose = 'first_password'").await, 2);
        // Again: every name is in use, the table of the file's names is not.
        assert_eq!(import(&world, good, false, false).await.defect_count, 4);
    }

    async fn chn_01_a_right_that_makes_a_code_due_ends_what_the_password_opened(world: World) {
        let mut desk = world.desk("accueil 2");
        let tokens = sign_in(&world, &mut desk, "secretaire").await;
        let token = tokens.text("/access_token");
        let changed = set_rights(&world, "secretaire", &["patient_data"]).await;
        assert_eq!((changed.second_factor_due, changed.ended_sessions), (true, 1));
        assert_eq!(desk.call("GET", "account/me", &token).await.status, 401);
        assert_eq!(desk.refresh(&tokens.text("/refresh_token")).await.error(), "invalid_grant");
        assert_eq!(desk.again().password("secretaire", PASSWORD).await.json["next"]["step"], "otp");
    }

    async fn tru_07_other_rights_end_the_trust_and_not_the_session(world: World) {
        let mut desk = world.desk("accueil 2");
        let token = sign_in_trusted(&world, &mut desk, "medecin-a").await.text("/access_token");
        let changed = set_rights(&world, "medecin-a", &["patient_data", "administration"]).await;
        assert_eq!((changed.added, changed.ended_sessions), (vec!["administration".to_owned()], 0));
        assert_eq!(desk.call("GET", "account/me", &token).await.json["rights"][0], "administration");
        let reply = desk.again().password("medecin-a", PASSWORD).await;
        assert_eq!((reply.problem(), reply.text("/reason").as_str()), ("trust_ended", "credentials_changed"));
        assert_eq!(world.events("rights_changed").await, 1);
    }

    async fn a_sign_in_under_way_does_not_cross_a_change_of_rights(world: World) {
        let mut desk = world.desk("accueil 2");
        let authorized = desk.password("secretaire", PASSWORD).await;
        set_rights(&world, "secretaire", &["patient_data"]).await;
        assert_eq!(desk.redeem(&authorized).await.error(), "invalid_grant");
        let mut other = world.desk("accueil 3");
        let asked = other.password("medecin-b", PASSWORD).await;
        set_rights(&world, "medecin-b", &["administration"]).await;
        let code = world.code_to("medecin-b@").await;
        assert_eq!(other.code(&asked, &code).await.error(), "invalid_session");
    }

    async fn ses_05_a_closed_account_is_out_at_once_and_looks_like_none(world: World) {
        let mut desk = world.desk("accueil 2");
        let token = sign_in_trusted(&world, &mut desk, "medecin-a").await.text("/access_token");
        let subject = subject(&world, "medecin-a").await;
        assert!(world.portal.disable_account(&subject).await.unwrap());
        assert_eq!(desk.call("GET", "account/me", &token).await.status, 401);
        assert_eq!(desk.again().password("medecin-a", PASSWORD).await.problem(), "credentials_rejected");
        assert!(world.portal.enable_account(&subject).await.unwrap());
        assert!(!world.portal.enable_account(&subject).await.unwrap());
        let reply = desk.again().password("medecin-a", PASSWORD).await;
        assert_eq!(reply.json["next"]["step"], "otp", "the trust from before is gone: {reply:?}");
        assert_eq!((world.events("account_disabled").await, world.events("account_enabled").await), (1, 1));
    }

    async fn ses_06_one_or_everybody_is_signed_out(world: World) {
        let (mut first, mut second) = (world.desk("accueil 2"), world.desk("accueil 3"));
        let a = sign_in_trusted(&world, &mut first, "medecin-a").await.text("/access_token");
        let b = sign_in(&world, &mut second, "medecin-b").await.text("/access_token");
        assert_eq!(world.portal.sign_out_account(&subject(&world, "medecin-a").await).await.unwrap(), 1);
        assert_eq!(first.call("GET", "account/me", &a).await.status, 401);
        assert_eq!(second.call("GET", "account/me", &b).await.status, 200);
        assert_eq!(first.again().password("medecin-a", PASSWORD).await.problem(), "trust_ended");
        assert_eq!(world.portal.sign_out_everybody().await.unwrap(), 1);
        assert_eq!(second.call("GET", "account/me", &b).await.status, 401);
        assert_eq!(world.portal.sign_out_everybody().await.unwrap(), 0);
    }

    async fn rec_09_a_lost_authenticator_is_removed_and_its_owner_told(world: World) {
        let mut desk = world.desk("accueil 2");
        let token = sign_in(&world, &mut desk, "medecin-a").await.text("/access_token");
        let account = world.portal.account("medecin-a").await.unwrap().unwrap();
        assert!(!world.portal.remove_lost_totp(&account).await.unwrap());
        assert_eq!(desk.call("GET", "account/me", &token).await.status, 200);
        world
            .execute(
                "INSERT INTO totp (subject, secret, confirmed_at, last_step) \
                 SELECT subject, 'sealed', 1, 0 FROM account WHERE identifier = 'medecin-a'",
            )
            .await;
        assert!(world.portal.remove_lost_totp(&account).await.unwrap());
        assert_eq!(desk.call("GET", "account/me", &token).await.status, 401);
        world.portal.send_due_messages().await.unwrap();
        let told = |text: &String| {
            text.contains("medecin-a@") && text.replace("=\r\n", "").contains("Un moyen de recevoir vos codes")
        };
        assert!(world.messages().iter().any(told));
        assert_eq!(world.events("totp_removed").await, 1);
    }
}
