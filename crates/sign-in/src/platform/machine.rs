//! The machine's own id and name.

use std::process::Command;

/// What tells this machine from its clones, if the operating system has it: part of the key of `device_id`.
///
/// Empty where there is none, as in most containers.
pub fn machine_id() -> Vec<u8> {
    let found = if cfg!(target_os = "windows") {
        printed_by(
            "reg.exe",
            &["query", r"HKLM\SOFTWARE\Microsoft\Cryptography", "/v", "MachineGuid", "/reg:64"],
        )
        .and_then(|text| text.split_whitespace().last().map(ToOwned::to_owned))
    } else if cfg!(target_os = "macos") {
        printed_by("/usr/sbin/ioreg", &["-rd1", "-c", "IOPlatformExpertDevice"]).and_then(|text| {
            let line = text.lines().find(|line| line.contains("IOPlatformUUID"))?.to_owned();
            line.split('"').nth(3).map(ToOwned::to_owned)
        })
    } else {
        std::fs::read_to_string("/etc/machine-id").ok().map(|text| text.trim().to_owned())
    };
    found.unwrap_or_default().into_bytes()
}

/// The host name, as people know the machine.
pub fn host_name() -> String {
    let found = if cfg!(target_os = "linux") {
        std::fs::read_to_string("/proc/sys/kernel/hostname").ok()
    } else if cfg!(target_os = "windows") {
        std::env::var("COMPUTERNAME").ok()
    } else {
        printed_by("hostname", &[])
    };
    let name: String =
        found.unwrap_or_default().trim().chars().filter(|c| !c.is_control()).take(64).collect();
    if name.is_empty() { "localhost".to_owned() } else { name }
}

fn printed_by(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}
