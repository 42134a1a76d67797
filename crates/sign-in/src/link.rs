//! The link that opens the app at the form of a registration: `parvis://register?portal=<id>&link=<token>`.

use secrecy::SecretString;

const START: &str = "parvis://register?portal=";
const TOKEN: &str = "&link=";
/// The longest id of a portal, and the longest token.
const LONGEST: (usize, usize) = (64, 2048);

/// Where somebody wants to register, and what they came from.
#[derive(Debug)]
pub(crate) struct RegistrationLink {
    /// Id of a portal, which may not be in the list.
    pub(crate) portal: String,
    /// The portal's own, from a booking or a reminder.
    pub(crate) token: Option<SecretString>,
}

impl RegistrationLink {
    /// Reads a link. Whatever page a browser shows can open one: exactly this form, and nothing that needs decoding.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix(START)?;
        let (portal, token) = match rest.split_once(TOKEN) {
            Some((portal, token)) => (portal, Some(token)),
            None => (rest, None),
        };
        let made_of = |text: &str, longest: usize, extra: &[u8]| {
            (1..=longest).contains(&text.len())
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || extra.contains(&byte))
        };
        if !made_of(portal, LONGEST.0, b"-_") || !token.is_none_or(|token| made_of(token, LONGEST.1, b"-_."))
        {
            return None;
        }
        Some(Self { portal: portal.to_owned(), token: token.map(Into::into) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    #[test]
    fn a_link_is_read_and_its_token_is_not_printed() {
        let link = RegistrationLink::parse("parvis://register?portal=doctolib&link=eyJ.a-b_C9").unwrap();
        assert_eq!(link.portal, "doctolib");
        assert_eq!(link.token.as_ref().unwrap().expose_secret(), "eyJ.a-b_C9");
        assert!(!format!("{link:?}").contains("eyJ"));
        assert!(RegistrationLink::parse("parvis://register?portal=doctolib").unwrap().token.is_none());
        let longest = format!("parvis://register?portal=p&link={}", "a".repeat(2048));
        assert!(RegistrationLink::parse(&longest).is_some());
    }

    #[test]
    fn anything_else_is_no_link() {
        let too_long = format!("parvis://register?portal=p&link={}", "a".repeat(2049));
        let long_portal = format!("parvis://register?portal={}", "a".repeat(65));
        for text in [
            "",
            "parvis:",
            "parvis://register",
            "parvis://register?portal=",
            "parvis://register?portal=p&link=",
            "parvis://register?portal=p&link=a&link=b",
            "parvis://register?portal=p&link=a&portal=q",
            "parvis://register?portal=p&portal=q",
            "parvis://register?portal=p&next=https://evil.example/",
            "parvis://register?link=a&portal=p",
            "parvis://register?portal=p&link=a#b",
            "parvis://register?portal=p&link=a%20b",
            "parvis://register?portal=p&link=a b",
            "parvis://register?portal=p&link=a\nb",
            "parvis://register?portal=p&link=é",
            "parvis://register?portal=../p",
            "parvis://register?portal=https://evil.example",
            "parvis://register/?portal=p",
            "parvis://user@register?portal=p",
            "parvis://sign-in?portal=p",
            " parvis://register?portal=p",
            "PARVIS://register?portal=p",
            "https://evil.example/?parvis://register?portal=p",
            "--portals=/tmp/list.toml",
            &too_long,
            &long_portal,
        ] {
            assert!(RegistrationLink::parse(text).is_none(), "{text}");
        }
    }
}
