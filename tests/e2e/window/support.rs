//! An account that only support can open again.

use crate::desk::PORTAL;
use crate::window::{MEDECIN_A, at_a_desk};

#[test]
fn support_unblocks_and_the_person_signs_in() {
    at_a_desk("support", async |desk| {
        desk.open().await;
        desk.support(PORTAL, &["account", "block", MEDECIN_A]);
        desk.enters_portal().await;
        desk.gives_password(MEDECIN_A, "blocked").await;
        // The card names whom to ask, and what support finds the account by.
        let card = desk.reads().await;
        let shown = desk.support(PORTAL, &["account", "show", MEDECIN_A]);
        let reference = shown.split_whitespace().find(|word| card.contains(word) && word.contains('-'));
        assert!(reference.is_some(), "no reference of\n{shown}\non\n{card}");
        desk.support(PORTAL, &["account", "unblock", MEDECIN_A]);
        desk.clicks("change_portal").await;
        desk.signs_in(MEDECIN_A, false, "signed_in").await;
    });
}
