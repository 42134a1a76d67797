//! Support, at the portal's own command line.

use std::fs;
use std::process::Command;

use crate::desk::{Desk, portal_program};

impl Desk {
    /// Runs a command of the portal on the portal's data, while it serves; what it said.
    pub(crate) fn support(&self, portal: &str, command: &[&str]) -> String {
        let profile = format!("{}/profiles/{portal}.toml", env!("CARGO_MANIFEST_DIR"));
        let (data, address) = (self.portal_data().display().to_string(), self.issuer_of(portal));
        let config = format!(
            "data = {data:?}\nprofile = {profile:?}\npublic_url = {address:?}\n\n[outbox]\nfolder = {data:?}\n"
        );
        let file = self.folder().join(format!("{portal}-config.toml"));
        fs::write(&file, config).unwrap();
        let (verb, rest) = command.split_at(2);
        let output = Command::new(portal_program())
            .args(verb)
            .args(["--config", file.to_str().unwrap()])
            .args(rest)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{command:?}: {said}{}", String::from_utf8_lossy(&output.stderr));
        said
    }
}
