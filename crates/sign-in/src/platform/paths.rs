//! Folders.

use std::path::PathBuf;

/// The folder that IT fills for the whole machine: the list of portals and the policy.
pub fn machine_folder() -> PathBuf {
    if cfg!(target_os = "windows") {
        program_data()
    } else if cfg!(target_os = "macos") {
        PathBuf::from("/Library/Application Support/Parvis")
    } else {
        PathBuf::from("/etc/parvis")
    }
}

/// The machine's workstation secret, made by the installer.
pub(crate) fn machine_secret() -> PathBuf {
    if cfg!(target_os = "windows") {
        program_data().join("workstation")
    } else if cfg!(target_os = "macos") {
        PathBuf::from("/Library/Application Support/Parvis/workstation")
    } else {
        PathBuf::from("/var/lib/parvis/workstation")
    }
}

/// The app's own folder in this OS account; `None` where the account has no home.
pub fn user_data_folder() -> Option<PathBuf> {
    let from = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    if cfg!(target_os = "windows") {
        from("LOCALAPPDATA").map(|path| path.join("Parvis"))
    } else if cfg!(target_os = "macos") {
        from("HOME").map(|path| path.join("Library/Application Support/Parvis"))
    } else {
        from("XDG_DATA_HOME")
            .or_else(|| from("HOME").map(|path| path.join(".local/share")))
            .map(|path| path.join("parvis"))
    }
}

fn program_data() -> PathBuf {
    std::env::var_os("ProgramData")
        .map_or_else(|| PathBuf::from(r"C:\ProgramData"), PathBuf::from)
        .join("Parvis")
}
