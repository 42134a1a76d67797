//! What is remembered between starts: language, zoom, the last portal and its entrance, and where the window was. Nothing that security depends on.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use parvis_sign_in::view::{Language, Preferences};
use serde::{Deserialize, Serialize};
use tauri::{AppHandle, Wry};
use tauri_plugin_store::{Store, StoreExt as _};

const FILE: &str = "preferences.json";
const PREFERENCES: &str = "preferences";
const PLACE: &str = "window";
const LAST_PORTAL: &str = "lastPortal";
const LAST_ENTRANCES: &str = "lastEntrances";

/// The zoom that the window can be drawn at, in percent.
const ZOOM: std::ops::RangeInclusive<u32> = 50..=300;

/// Where the window was, in physical pixels of the whole desktop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    pub(crate) x: i32,
    pub(crate) y: i32,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// The file of preferences.
pub(crate) struct PreferenceStore(Arc<Store<Wry>>);

impl PreferenceStore {
    /// Opens the file in the data folder; a missing or unreadable one is an empty one.
    pub(crate) fn open(app: &AppHandle, data: &Path) -> Result<Self, tauri_plugin_store::Error> {
        Ok(Self(app.store(data.join(FILE))?))
    }

    /// Language and zoom; the operating system's language at first.
    pub(crate) fn get(&self) -> Preferences {
        self.read(PREFERENCES).map_or_else(|| Preferences { language: system_language(), zoom: 100 }, limit)
    }

    /// Stores language and zoom, and returns them as stored.
    pub(crate) fn set(&self, preferences: Preferences) -> Preferences {
        let preferences = limit(preferences);
        self.write(PREFERENCES, &preferences);
        preferences
    }

    /// Where the window was when it was closed.
    pub(crate) fn place(&self) -> Option<Place> {
        self.read(PLACE)
    }

    /// Remembers where the window is.
    pub(crate) fn set_place(&self, place: Place) {
        self.write(PLACE, &place);
    }

    /// The portal that was entered last on this workstation.
    pub(crate) fn last_portal(&self) -> Option<String> {
        self.read(LAST_PORTAL)
    }

    /// Remembers the portal that was entered.
    pub(crate) fn set_last_portal(&self, id: &str) {
        if self.last_portal().as_deref() != Some(id) {
            self.write(LAST_PORTAL, &id);
        }
    }

    /// The entrance that was used last on this workstation, by portal.
    pub(crate) fn last_entrances(&self) -> BTreeMap<String, String> {
        self.read(LAST_ENTRANCES).unwrap_or_default()
    }

    /// Remembers the entrance that was used.
    pub(crate) fn set_last_entrance(&self, portal: &str, role: &str) {
        let mut entrances = self.last_entrances();
        if entrances.insert(portal.to_owned(), role.to_owned()).as_deref() != Some(role) {
            self.write(LAST_ENTRANCES, &entrances);
        }
    }

    fn read<T: serde::de::DeserializeOwned>(&self, key: &str) -> Option<T> {
        serde_json::from_value(self.0.get(key)?).ok()
    }

    fn write(&self, key: &str, value: &impl Serialize) {
        let stored = serde_json::to_value(value).map(|value| self.0.set(key, value));
        if stored.is_err() || self.0.save().is_err() {
            tracing::warn!(key, "preferences were not stored");
        }
    }
}

fn limit(mut preferences: Preferences) -> Preferences {
    preferences.zoom = preferences.zoom.clamp(*ZOOM.start(), *ZOOM.end());
    preferences
}

/// The first language of the system that the window speaks; French otherwise.
fn system_language() -> Language {
    sys_locale::get_locales()
        .find_map(|locale| match locale.get(..2)? {
            "fr" => Some(Language::Fr),
            "en" => Some(Language::En),
            "de" => Some(Language::De),
            _ => None,
        })
        .unwrap_or(Language::Fr)
}
