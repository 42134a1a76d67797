//! The workstation, as the person knows it.

use serde::Serialize;
use ts_rs::TS;

/// This workstation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Workstation {
    /// Its name (host name, or as IT named it).
    pub name: String,
    /// What counts as one workstation.
    pub scope: WorkstationScope,
    /// Short, non-secret reference of this workstation for support.
    pub reference: String,
    /// Whether trust can be remembered here.
    pub keyring: KeyringState,
}

/// What counts as one workstation (PROTOCOL §6, TRU-11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum WorkstationScope {
    /// The machine: one secret for all OS accounts.
    Machine,
    /// One OS account, because IT says so.
    OsAccount,
    /// This app's data folder, because neither was installed.
    AppData,
}

/// The keyring, after a round trip at start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum KeyringState {
    /// Being checked.
    Checking,
    /// A value was written, read back and removed.
    Available,
    /// There is none, or it is locked: no remembered trust.
    Unavailable,
}
