//! A portal whose SMS and calls leave by a real gateway.

use std::fs;

use parvis_test_gateway::{Gateway, Route};

use super::{Desk, Program, port_said_in, portal_program};

/// A portal beside those of the demonstration, and the gateway that it sends by. Its mails go into the desk's letter box.
pub(crate) struct ByGateway {
    gateway: Gateway,
    _portal: Program,
}

impl Desk {
    /// Starts the portal of this profile with a gateway; the app's list leads to it from then on.
    pub(crate) fn serves_by_gateway(&self, portal: &str) -> ByGateway {
        let gateway = Gateway::start();
        let profile = format!("{}/profiles/{portal}.toml", env!("CARGO_MANIFEST_DIR"));
        let folder = self.folder().join("by-gateway");
        fs::create_dir_all(&folder).unwrap();
        let (data, outbox) = (folder.display().to_string(), self.portal_data().display().to_string());
        let config = format!(
            "listen = \"127.0.0.1:0\"\ndata = {data:?}\nprofile = {profile:?}\n\n[outbox]\nfolder = {outbox:?}\n\n{}",
            gateway.configuration()
        );
        let file = folder.join("portal.toml");
        fs::write(&file, config).unwrap();
        let log = self.folder().join("portal-by-gateway.log");
        let program = Program::new(&portal_program())
            .args(["serve", "--config", file.to_str().unwrap()])
            .envs(self.environment())
            .log(&log)
            .start();
        let port = port_said_in(&log, 0, "listen=127.0.0.1:");
        let list = self.folder().join("portals.toml");
        let text = fs::read_to_string(&list).unwrap();
        let text = text.replace(&self.issuer_of(portal), &format!("http://127.0.0.1:{port}"));
        fs::write(list, text).unwrap();
        ByGateway { gateway, _portal: program }
    }
}

impl ByGateway {
    /// Waits for an SMS: to which number, and the three digits of its code, which stand first.
    pub(crate) fn next_sms(&self) -> (String, String) {
        let message = self.gateway.next(Route::Sms);
        let code = message.text.split_whitespace().next().unwrap().to_owned();
        (message.to, code)
    }

    /// Waits for a call: to which number, and the digits that are read out.
    pub(crate) fn next_call(&self) -> (String, String) {
        let message = self.gateway.next(Route::Voice);
        let digits: String = message.text.chars().filter(char::is_ascii_digit).collect();
        // Read out several times, digit by digit.
        let code = digits[..3].to_owned();
        assert!(
            digits.len().is_multiple_of(3) && digits.matches(&code).count() * 3 == digits.len(),
            "{}",
            message.text
        );
        (message.to, code)
    }
}
