//! What all pages of the portal have in common: language, head and foot, style, and headers that let nothing else in.

use super::privacy;
use crate::Portal;
use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use maud::{DOCTYPE, Markup, html};
use parvis_portal_profile::Language;

/// Own style, own script, own forms; nothing from elsewhere, nothing in a frame.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; form-action 'self'; connect-src 'none'; \
     frame-ancestors 'none'; base-uri 'none'",
);
const STYLE: &str = include_str!("style.css");

/// One page around its content.
pub(crate) struct Frame<'a> {
    pub(crate) portal: &'a Portal,
    pub(crate) language: Language,
    /// Of the document; the portal's name follows.
    pub(crate) title: &'a str,
    /// Below the issuer's address, without a leading slash, perhaps with a query: where the links to other languages lead.
    pub(crate) path: &'a str,
    /// A script below the issuer's address.
    pub(crate) script: Option<&'a str>,
    /// At the end of the head: what the person who is signed in finds under their name.
    pub(crate) menu: Option<Markup>,
}

impl Frame<'_> {
    /// The answer.
    pub(crate) fn page(&self, status: StatusCode, content: &Markup) -> Response {
        let (portal, language) = (self.portal, self.language);
        let name = portal.profile.name.get(language);
        let support = [portal.profile.support.phone.as_deref(), portal.profile.support.email.as_deref()];
        let support: Vec<&str> = support.into_iter().flatten().collect();
        let joint = if self.path.contains('?') { "&" } else { "?" };
        let markup = html! {
            (DOCTYPE)
            html lang=(language.as_str()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    meta name="robots" content="noindex";
                    title { (self.title) " – " (name) }
                    link rel="stylesheet" href=(address(portal, "pages/style.css"));
                    @if let Some(script) = self.script { script src=(address(portal, script)) defer {} }
                }
                body {
                    header {
                        span.portal {
                            span.monogram aria-hidden="true" { (portal.profile.monogram) }
                            span { (name) }
                        }
                        nav aria-label=(word(language, ["Langue", "Language", "Sprache"])) {
                            @for other in &portal.profile.languages {
                                @let current = (*other == language).then_some("true");
                                a href={ (address(portal, self.path)) (joint) "lang=" (other.as_str()) } lang=(other.as_str())
                                    hreflang=(other.as_str()) aria-current=[current] data-keep {
                                    (other.as_str().to_uppercase())
                                }
                            }
                        }
                        @if let Some(menu) = &self.menu { (menu) }
                    }
                    main {
                        @if portal.demonstration {
                            p.demonstration { (word(language, [
                                "Démonstration, sans lien avec un portail réel.",
                                "Demonstration, not related to any real portal.",
                                "Demonstration ohne Bezug zu einem echten Portal.",
                            ])) }
                        }
                        (content)
                    }
                    footer {
                        @if !support.is_empty() {
                            span { "Support" }
                            @for way in support { span { (way) } }
                        }
                        a href={ (address(portal, privacy::PATH)) "?lang=" (language.as_str()) } {
                            (word(language, privacy::TITLE))
                        }
                    }
                }
            }
        };
        let mut response = (status, Html(markup.into_string())).into_response();
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, POLICY);
        response.headers_mut().insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.as_str()));
        response
    }
}

/// A path below the issuer's address, as links of the same origin need it.
pub(crate) fn address(portal: &Portal, path: &str) -> String {
    format!("{}/{path}", portal.issuer.path().trim_end_matches('/'))
}

/// The word in one of the languages, which are given in the order French, English, German.
pub(crate) const fn word(language: Language, [fr, en, de]: [&'static str; 3]) -> &'static str {
    match language {
        Language::Fr => fr,
        Language::En => en,
        Language::De => de,
    }
}

/// The language of a page: `lang` in the query, else the first of `Accept-Language` that the portal has.
pub(crate) fn language(portal: &Portal, query: Option<&str>, headers: &HeaderMap) -> Language {
    let offered = &portal.profile.languages;
    let asked = query
        .into_iter()
        .flat_map(|query| url::form_urlencoded::parse(query.as_bytes()))
        .filter(|(name, _)| name == "lang")
        .filter_map(|(_, value)| Language::parse(&value))
        .find(|language| offered.contains(language));
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    asked
        .or_else(|| accepted.and_then(|accepted| preferred(accepted, offered)))
        .unwrap_or_else(|| offered.first().copied().unwrap_or(Language::Fr))
}

/// The offered language with the highest quality; of equals, the first named (RFC 9110 §12.5.4).
pub(crate) fn preferred(accepted: &str, offered: &[Language]) -> Option<Language> {
    let mut best: Option<(u32, Language)> = None;
    for range in accepted.split(',').take(16) {
        let mut parts = range.split(';');
        let tag = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
        let quality = parts
            .find_map(|part| part.trim().strip_prefix("q="))
            .map_or(Some(1.0), |value| value.parse::<f32>().ok().filter(|value| (0.0..=1.0).contains(value)));
        // Thousandths, as the RFC has them.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1000")]
        let quality = quality.map_or(0, |value| (value * 1000.0) as u32);
        let language = Language::parse(tag.split('-').next().unwrap_or_default());
        if let Some(language) = language.filter(|language| offered.contains(language))
            && quality > best.map_or(0, |(quality, _)| quality)
        {
            best = Some((quality, language));
        }
    }
    best.map(|(_, language)| language)
}

/// Whether a form came from a page of this portal. Browsers send `Origin: null` from a page whose referrer policy is
/// `no-referrer`, as ours is: there `Sec-Fetch-Site` decides, which every current browser sends.
pub(crate) fn is_own_form(portal: &Portal, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let own_origin = text("origin")
        .is_none_or(|origin| origin == "null" || origin == portal.issuer.origin().ascii_serialization());
    own_origin && text("sec-fetch-site").is_none_or(|site| site == "same-origin")
}

/// `GET pages/style.css`.
pub(crate) async fn style() -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8"))], STYLE).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_with_the_highest_quality_is_taken() {
        let all = [Language::Fr, Language::En, Language::De];
        for (accepted, expected) in [
            ("de-CH,de;q=0.9,en;q=0.8", Some(Language::De)),
            ("en;q=0.5, fr;q=0.7", Some(Language::Fr)),
            ("it, de;q=0.1", Some(Language::De)),
            ("en;q=0", None),
            ("*", None),
            ("en;q=nonsense, fr;q=0.1", Some(Language::Fr)),
        ] {
            assert_eq!(preferred(accepted, &all), expected, "{accepted}");
        }
        assert_eq!(preferred("de, fr;q=0.2", &[Language::Fr]), Some(Language::Fr));
    }
}
