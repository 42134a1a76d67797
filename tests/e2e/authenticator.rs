//! The person's authenticator app: `oathtool`, another make than ours.

use std::process::Command;

/// Seconds of one code.
const STEP: i32 = 30;

/// An authenticator app that has a portal's secret.
pub(crate) struct Authenticator {
    secret: String,
}

impl Authenticator {
    /// Types in the secret as the window shows it, in groups.
    pub(crate) fn with(secret: &str) -> Self {
        Self { secret: secret.split_whitespace().collect() }
    }

    /// The code that is shown so many steps from now. Each is good once, and the portal takes the next one as well as the present
    /// one: a scenario has two, whenever the step ends.
    pub(crate) fn code(&self, steps_from_now: i32) -> String {
        let output = Command::new("oathtool")
            .args(["--totp", "--base32", &format!("--now=now {} seconds", steps_from_now * STEP), "-"])
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .and_then(|mut app| {
                use std::io::Write as _;
                app.stdin.take().unwrap().write_all(self.secret.as_bytes())?;
                app.wait_with_output()
            })
            .unwrap();
        assert!(output.status.success(), "oathtool does not take the secret");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }
}
