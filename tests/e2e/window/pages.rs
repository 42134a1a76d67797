//! The portal's own pages: in the app's second window, and in a browser.

use crate::browser::Make;
use crate::desk::{Desk, files};
use crate::window::{MEDECIN_A, SECRETAIRE, at_a_desk};

/// The colour of the page's cards: the page of somebody who is not signed in has none.
const CARD: [u8; 3] = [0xff, 0xfe, 0xfb];
/// A card has more of it than anything else.
const A_CARD: usize = 20_000;

impl Desk {
    /// The title of the portal's window: which portal, and where.
    pub(crate) fn pages_title(&self) -> String {
        let address = self.issuer();
        format!("Portail de santé — {}", address.trim_start_matches("http://").split('/').next().unwrap())
    }

    /// Opens the portal's pages, and sees that the portal knows who comes.
    pub(crate) async fn opens_pages(&self) {
        self.comes_to("signed_in").await;
        let opened = || self.portal_log().matches("\"pages_opened\"").count();
        let before = opened();
        self.clicks("open_pages").await;
        // A window that has not drawn anything yet shows what is behind it: the app's own cards.
        self.wait_until("the portal counts it", || opened() > before);
        self.sees_window(&self.pages_title(), CARD, A_CARD);
    }

    /// Nothing of the portal's window is on the display or on the disk.
    fn has_no_pages(&self) {
        let titles = self.window_titles();
        assert!(!titles.contains(&self.pages_title()), "{titles:?}");
        for file in files(self.folder()) {
            if !file.starts_with(self.portal_data()) {
                let content = std::fs::read(&file).unwrap_or_default();
                let content = String::from_utf8_lossy(&content);
                assert!(!content.contains("parvis_portail-de-sante"), "{} keeps a cookie", file.display());
            }
        }
    }
}

#[test]
fn the_pages_are_gone_when_the_person_leaves() {
    at_a_desk("pages-leave", async |desk| {
        desk.open().await;
        desk.signs_in(MEDECIN_A, true, "signed_in").await;
        desk.opens_pages().await;
        desk.clicks("leave").await;
        desk.comes_to("left").await;
        desk.sees("[data-wiped=web_data][data-verified=true]").await;
        desk.has_no_pages();
    });
}

#[test]
fn the_pages_are_gone_after_a_sign_out_and_come_back_with_the_next_person() {
    at_a_desk("pages-sign-out", async |desk| {
        desk.open().await;
        desk.enters_portal().await;
        desk.gives_password(SECRETAIRE, "signed_in").await;
        desk.opens_pages().await;
        desk.clicks("sign_out").await;
        desk.sees("[data-notice=signed_out]").await;
        desk.has_no_pages();
        desk.signs_in(MEDECIN_A, false, "signed_in").await;
        desk.opens_pages().await;
    });
}

#[test]
fn closing_the_pages_leaves_the_session() {
    at_a_desk("pages-closed", async |desk| {
        desk.open().await;
        desk.enters_portal().await;
        desk.gives_password(SECRETAIRE, "signed_in").await;
        for _ in 0..2 {
            desk.opens_pages().await;
            desk.closes_window(&desk.pages_title());
            desk.wait_until("the window is closed", || !desk.window_titles().contains(&desk.pages_title()));
            desk.has_no_pages();
            desk.comes_to("signed_in").await;
        }
        assert!(!desk.portal_log().contains("\"signed_out\""), "the session goes on");
    });
}

#[test]
fn closing_the_app_closes_the_pages_and_signs_out() {
    at_a_desk("pages-quit", async |desk| {
        desk.open().await;
        desk.enters_portal().await;
        desk.gives_password(SECRETAIRE, "signed_in").await;
        desk.opens_pages().await;
        desk.closes_window("Parvis");
        desk.wait_until("the app has ended", || desk.app_processes().is_empty());
        desk.has_no_pages();
        assert!(desk.portal_log().contains("\"signed_out\""), "the portal has ended the session");
    });
}

#[test]
fn a_browser_without_the_app_is_told_how_to_come_in() {
    at_a_desk("browser", async |desk| {
        for make in [Make::Chromium, Make::Firefox] {
            let mut browser = desk.opens_browser(make).await;
            browser.goes_to(&format!("{}/pages/space", desk.issuer())).await;
            browser.reads("h1", "Cette page s’ouvre depuis Parvis").await;
            browser.closes().await;
        }
    });
}
