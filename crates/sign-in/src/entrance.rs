//! A portal whose metadata and profile were read: what a sign-in there needs to know (PROTOCOL §2).

use crate::{
    connection::Connection,
    failure::Trouble,
    portals::{Portal, is_loopback},
    view::{self, FailureCode},
};
use parvis_portal_profile::{PublicProfile, Role};
use parvis_protocol::{VERSION, message::Metadata};
use url::Url;

/// A portal that can be entered.
#[derive(Debug)]
pub(crate) struct Entrance {
    /// Its line in the list.
    pub(crate) portal: Portal,
    /// The pinned issuer as an address.
    pub(crate) issuer: Url,
    /// Where requests go.
    pub(crate) endpoints: Endpoints,
    /// The public part of its profile.
    pub(crate) profile: PublicProfile,
    /// The index of this workstation there.
    pub(crate) device_id: String,
}

/// Where requests go; all of them on the issuer's own origin.
#[derive(Debug)]
pub(crate) struct Endpoints {
    pub(crate) challenge: Url,
    pub(crate) token: Url,
    pub(crate) end_session: Url,
    pub(crate) keys: Url,
    pub(crate) account: Url,
    /// From the app to the portal's pages.
    pub(crate) pages: Url,
}

impl Entrance {
    /// Reads the portal's metadata, which must name the pinned issuer (TOK-08), and its profile.
    ///
    /// # Errors
    /// [`FailureCode::WrongIssuer`], [`FailureCode::PortalNotSupported`], or what happened on the way.
    pub(crate) async fn read(
        connection: &Connection,
        portal: Portal,
        device_id: String,
    ) -> Result<Self, Trouble> {
        let issuer =
            portal.address().ok_or_else(|| Trouble::new(FailureCode::PortalNotSupported, "no address"))?;
        let metadata: Metadata = connection.document(&well_known(&issuer)).await?;
        if metadata.issuer != portal.issuer {
            return Err(Trouble::new(FailureCode::WrongIssuer, "the metadata names another issuer"));
        }
        if metadata.parvis.version != VERSION {
            let message = format!("version {} of the protocol", metadata.parvis.version);
            return Err(Trouble::new(FailureCode::PortalNotSupported, message));
        }
        let own = |text: &str| own_address(&issuer, text);
        let endpoints = Endpoints {
            challenge: own(&metadata.authorization_challenge_endpoint)?,
            token: own(&metadata.token_endpoint)?,
            end_session: own(&metadata.end_session_endpoint)?,
            keys: own(&metadata.jwks_uri)?,
            account: own(&metadata.parvis.account_uri)?,
            pages: own(&metadata.parvis.session_bootstrap_endpoint)?,
        };
        let profile: PublicProfile = connection.document(&own(&metadata.parvis.profile_uri)?).await?;
        if profile.roles.is_empty() {
            return Err(Trouble::new(FailureCode::PortalNotSupported, "the profile has no role"));
        }
        Ok(Self { portal, issuer, endpoints, profile, device_id })
    }

    /// The name of this portal's device key in the keyring.
    pub(crate) fn key_name(&self) -> String {
        format!("{} {}", self.portal.id, self.device_id)
    }

    /// The role of this id, if the portal has an entrance for it.
    pub(crate) fn role(&self, id: &str) -> Option<&Role> {
        self.profile.roles.iter().find(|role| role.id == id)
    }

    /// The one role of a portal that has no choice of entrances.
    pub(crate) fn only_role(&self) -> Option<&Role> {
        match self.profile.roles.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    /// The label of a role, or its bare id if the profile does not have it.
    pub(crate) fn role_label(&self, id: &str) -> view::Texts {
        self.role(id).map_or_else(
            || view::Texts { fr: id.to_owned(), en: id.to_owned(), de: id.to_owned() },
            |role| texts(&role.label),
        )
    }
}

/// Texts of a profile as the window wants them.
pub(crate) fn texts(from: &parvis_portal_profile::Texts) -> view::Texts {
    view::Texts { fr: from.fr.clone(), en: from.en.clone(), de: from.de.clone() }
}

/// RFC 8414 §3.1: between host and path of the issuer.
fn well_known(issuer: &Url) -> Url {
    let mut address = issuer.clone();
    let path = issuer.path().trim_end_matches('/');
    address.set_path(&format!("/.well-known/oauth-authorization-server{path}"));
    address
}

/// An endpoint is the portal's own or none: another origin, or plain HTTP beside HTTPS, would take passwords elsewhere.
pub(crate) fn own_address(issuer: &Url, text: &str) -> Result<Url, Trouble> {
    let address = Url::parse(text).map_err(|_| Trouble::unexpected("an endpoint is not an address"))?;
    let safe = address.scheme() == "https" || is_loopback(issuer);
    if safe && address.origin() == issuer.origin() && address.username().is_empty() {
        Ok(address)
    } else {
        Err(Trouble::new(FailureCode::WrongIssuer, "an endpoint is not the portal's own"))
    }
}

/// The address that may be opened in the browser for this portal, if `text` is one (PRT-07): its own origin over HTTPS;
/// plain HTTP only on a loopback issuer.
pub(crate) fn browser_address(issuer: &Url, text: &str) -> Option<Url> {
    own_address(issuer, text).ok().filter(|address| matches!(address.scheme(), "https" | "http"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_stands_between_host_and_path() {
        let at = |issuer: &str| well_known(&Url::parse(issuer).unwrap()).to_string();
        assert_eq!(at("https://p.example"), "https://p.example/.well-known/oauth-authorization-server");
        assert_eq!(
            at("https://p.example/a/b"),
            "https://p.example/.well-known/oauth-authorization-server/a/b"
        );
        assert_eq!(
            at("http://127.0.0.1:8100/x/"),
            "http://127.0.0.1:8100/.well-known/oauth-authorization-server/x"
        );
    }

    #[test]
    fn prt_07_only_the_portals_own_pages_are_opened() {
        let issuer = Url::parse("https://portal.example/p").unwrap();
        assert!(browser_address(&issuer, "https://portal.example/continue?x=1").is_some());
        for text in [
            "file:///etc/passwd",
            "javascript:alert(1)",
            "http://portal.example/continue",
            "https://portal.example.evil.example/",
            "https://evil.example/",
            "https://portal.example:444/",
            "https://portal.example@evil.example/",
            "https://user@portal.example/",
            "data:text/html,x",
            "urn:ietf:params:oauth:request_uri:x",
            "/continue",
            "",
        ] {
            assert_eq!(browser_address(&issuer, text), None, "{text}");
        }
        let loopback = Url::parse("http://127.0.0.1:8100/p").unwrap();
        assert!(browser_address(&loopback, "http://127.0.0.1:8100/continue").is_some());
        assert_eq!(browser_address(&loopback, "http://127.0.0.1:8101/continue"), None);
    }
}
