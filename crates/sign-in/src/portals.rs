//! Which portals can be entered here. People never type an address (DESIGN 18).

use crate::{
    platform::{PolicyError, machine_folder, read_guarded},
    view::Texts,
};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use url::{Host, Url};

/// A portal of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portal {
    /// Its id, for the window and the app's own records.
    pub id: String,
    /// Its issuer: what metadata and tokens must name, to the letter.
    pub issuer: String,
    /// Its name.
    pub name: Texts,
    /// Who enters there.
    pub audience: Texts,
    /// Two letters for the card.
    pub monogram: String,
}

impl Portal {
    /// The issuer as an address; it was checked when the list was read.
    pub(crate) fn address(&self) -> Option<Url> {
        Url::parse(&self.issuer).ok()
    }
}

/// The portals of this machine, in the order in which they are shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PortalList {
    portals: Vec<Portal>,
    demonstration: bool,
}

/// Why a list was not taken.
#[derive(Debug, thiserror::Error)]
pub enum PortalListError {
    /// The machine's file may be changed by others, or cannot be read.
    #[error(transparent)]
    File(#[from] PolicyError),
    /// The file of the command line cannot be read.
    #[error("{0} cannot be read: {1}")]
    Unreadable(PathBuf, std::io::Error),
    /// Not a list.
    #[error("not a list of portals: {0}")]
    Shape(String),
    /// An entry that may not be in the list.
    #[error("portal {id}: {reason}")]
    Entry {
        /// Which.
        id: String,
        /// Why.
        reason: &'static str,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    portal: Vec<WrittenPortal>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPortal {
    id: String,
    issuer: String,
    name: Texts,
    audience: Texts,
    monogram: String,
}

impl PortalList {
    /// The list that comes with the app: empty, because no portal speaks the protocol in production yet.
    pub const fn built_in() -> Self {
        Self { portals: Vec::new(), demonstration: false }
    }

    /// The machine's list (`portals.toml` in the machine's folder) over the built-in one.
    ///
    /// # Errors
    /// [`PortalListError`] for a list that is there and may not be used: it is never passed over silently.
    pub fn of_this_machine() -> Result<Self, PortalListError> {
        match read_guarded(&machine_folder().join("portals.toml"))? {
            Some(text) => Ok(Self { portals: read(&text, is_production)?, demonstration: false }),
            None => Ok(Self::built_in()),
        }
    }

    /// A demonstration's list, named on the command line: loopback issuers only, and the window says « démonstration ».
    ///
    /// # Errors
    /// [`PortalListError`] for anything else.
    pub fn from_command_line(path: &Path) -> Result<Self, PortalListError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| PortalListError::Unreadable(path.to_owned(), error))?;
        Ok(Self { portals: read(&text, is_demonstration)?, demonstration: true })
    }

    /// In the order of the list.
    pub fn iter(&self) -> impl Iterator<Item = &Portal> {
        self.portals.iter()
    }

    /// The portal with this id.
    pub fn get(&self, id: &str) -> Option<&Portal> {
        self.portals.iter().find(|portal| portal.id == id)
    }

    /// Whether the list is a demonstration's.
    pub const fn is_demonstration(&self) -> bool {
        self.demonstration
    }
}

type Rule = fn(&Url) -> Result<(), &'static str>;

fn read(text: &str, rule: Rule) -> Result<Vec<Portal>, PortalListError> {
    let written: Written =
        toml::from_str(text).map_err(|error| PortalListError::Shape(error.message().to_owned()))?;
    let mut portals: Vec<Portal> = Vec::new();
    for entry in written.portal {
        let refuse = |reason| PortalListError::Entry { id: entry.id.clone(), reason };
        let is_id = (1..=64).contains(&entry.id.len())
            && entry.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !is_id {
            return Err(refuse("an id is 1 to 64 lower-case letters, digits and hyphens"));
        }
        if portals.iter().any(|portal| portal.id == entry.id || portal.issuer == entry.issuer) {
            return Err(refuse("stands twice"));
        }
        let issuer = Url::parse(&entry.issuer).map_err(|_| refuse("the issuer is not an address"))?;
        let plain = issuer.username().is_empty()
            && issuer.password().is_none()
            && issuer.query().is_none()
            && issuer.fragment().is_none()
            && issuer.has_host();
        if !plain {
            return Err(refuse("an issuer has a host and a path, nothing else"));
        }
        rule(&issuer).map_err(refuse)?;
        portals.push(Portal {
            id: entry.id,
            issuer: entry.issuer,
            name: entry.name,
            audience: entry.audience,
            monogram: entry.monogram,
        });
    }
    Ok(portals)
}

fn is_production(issuer: &Url) -> Result<(), &'static str> {
    if issuer.scheme() == "https" { Ok(()) } else { Err("an issuer of the machine's list is https") }
}

fn is_demonstration(issuer: &Url) -> Result<(), &'static str> {
    if is_loopback(issuer) && matches!(issuer.scheme(), "http" | "https") {
        Ok(())
    } else {
        Err("a list of the command line may name loopback issuers only")
    }
}

/// Whether the address is this machine itself, by number or as exactly `localhost`.
pub(crate) fn is_loopback(address: &Url) -> bool {
    match address.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: &str, issuer: &str) -> String {
        format!(
            "[[portal]]\nid = \"{id}\"\nissuer = \"{issuer}\"\nmonogram = \"PS\"\n\
             name = {{ fr = \"a\", en = \"b\", de = \"c\" }}\naudience = {{ fr = \"a\", en = \"b\", de = \"c\" }}\n"
        )
    }

    #[test]
    fn a_list_keeps_its_order() {
        let text = entry("b", "https://b.example/p") + &entry("a", "https://a.example");
        let list = read(&text, is_production).unwrap();
        assert_eq!(list.iter().map(|portal| portal.id.as_str()).collect::<Vec<_>>(), ["b", "a"]);
        assert_eq!(PortalList::built_in().iter().count(), 0);
    }

    #[test]
    fn app_08_the_machines_list_is_https_only() {
        for issuer in [
            "http://portal.example",
            "http://127.0.0.1:8100",
            "file:///etc/passwd",
            "https://u@portal.example",
            "https://portal.example/?a=b",
            "https://portal.example/#a",
            "portal.example",
            "",
        ] {
            assert!(read(&entry("a", issuer), is_production).is_err(), "{issuer}");
        }
        assert!(
            read(&(entry("a", "https://a.example") + &entry("a", "https://b.example")), is_production)
                .is_err()
        );
        assert!(
            read(&(entry("a", "https://a.example") + &entry("b", "https://a.example")), is_production)
                .is_err()
        );
        assert!(read(&entry("A/..", "https://a.example"), is_production).is_err());
        assert!(read("[[portal]]\nid = \"a\"\n", is_production).is_err());
        assert!(read(&(entry("a", "https://a.example") + "color = 1\n"), is_production).is_err());
    }

    #[test]
    fn app_08_the_command_line_may_name_loopback_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("portals.toml");
        for issuer in
            ["http://127.0.0.1:8100/x", "http://[::1]:8100", "http://localhost:8100", "https://localhost"]
        {
            std::fs::write(&path, entry("a", issuer)).unwrap();
            let list = PortalList::from_command_line(&path).unwrap();
            assert!(list.is_demonstration() && list.get("a").is_some(), "{issuer}");
        }
        for issuer in [
            "https://portal.example",
            "http://localhost.evil.example",
            "http://127.0.0.1.nip.example",
            "http://10.0.0.1",
            "http://0.0.0.0",
            "http://user@127.0.0.1",
        ] {
            std::fs::write(&path, entry("a", issuer)).unwrap();
            assert!(PortalList::from_command_line(&path).is_err(), "{issuer}");
        }
    }
}
