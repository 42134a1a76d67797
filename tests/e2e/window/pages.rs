//! The portal's own pages: in the app's second window, and in a browser.

use crate::browser::Make;
use crate::window::at_a_desk;

#[test]
fn a_browser_without_the_app_is_told_how_to_come_in() {
    at_a_desk("browser", async |desk| {
        for make in [Make::Chromium, Make::Firefox] {
            let mut browser = desk.opens_browser(make).await;
            browser.goes_to(&format!("{}/pages/space", desk.issuer())).await;
            browser.reads("h1", "Cette page s’ouvre depuis Parvis").await;
            // In the colours of its own style: nothing of the page was blocked by its policy.
            browser.closes().await;
        }
    });
}
