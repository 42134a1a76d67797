//! A new password, chosen in « Mon espace ».

use crate::desk::PASSWORD;
use crate::window::{MEDECIN_A, at_a_desk};

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
