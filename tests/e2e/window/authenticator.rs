//! An authenticator app, from its activation to an account that support has to open.

use serde_json::{Value, json};

use crate::authenticator::Authenticator;
use crate::desk::Desk;
use crate::window::at_a_desk;

impl Desk {
    async fn answers(&self, answer: Value) -> Value {
        let script = "const [answer, done] = arguments; \
                      window.__TAURI_INTERNALS__.invoke('submit', { answer }).then(done, (error) => done(String(error)))";
        self.runs_and_waits(script, vec![answer]).await
    }
}

#[test]
fn a_code_of_the_app_is_asked_for_once_it_is_activated() {
    at_a_desk("authenticator", async |desk| {
        desk.open().await;
        desk.comes_to("choose_portal").await;
        desk.clicks_on("[data-action=choose_portal][data-portal=doctipro]").await;
        desk.comes_to("choose_entrance").await;
        desk.clicks_on("[data-action=choose_entrance][data-role=doctor]").await;
        desk.gives("medecin@example.org", crate::desk::PASSWORD, "signed_in").await;
        let view = desk.answers(json!({"kind": "show", "place": "authenticator"})).await;
        eprintln!("{view:#}");
        let view = desk.answers(json!({"kind": "set_up_authenticator"})).await;
        eprintln!("{view:#}");
        let code = desk.latest_code().await;
        let view = desk.answers(json!({"kind": "code", "code": code, "remember": false})).await;
        eprintln!("{view:#}");
        let secret = view["screen"]["setup"]["secret"].as_str().unwrap();
        let app = Authenticator::with(secret);
        let view = desk.answers(json!({"kind": "confirm_authenticator", "code": app.code(-1)})).await;
        eprintln!("{view:#}");
    });
}
