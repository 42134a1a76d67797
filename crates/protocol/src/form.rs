//! `application/x-www-form-urlencoded` with the contract's rules: no duplicates, no over-long fields (PRT-04).

use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// The largest body of an OAuth endpoint, bytes.
pub const MAX_BODY: usize = 16 * 1024;

/// A form's fields, wiped when dropped.
#[derive(Default)]
pub struct Form(BTreeMap<String, Zeroizing<String>>);

/// Why a form was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// The body is too large.
    #[error("the body is larger than {MAX_BODY} bytes")]
    TooLarge,
    /// Not UTF-8 after decoding.
    #[error("the body is not UTF-8")]
    NotText,
    /// A field twice.
    #[error("a field stands twice")]
    Duplicate,
    /// A field longer than it may be.
    #[error("field {0} is too long")]
    TooLong(&'static str),
    /// A field that has to be there.
    #[error("field {0} is missing")]
    Missing(&'static str),
    /// A field whose value has not the form it must have.
    #[error("field {0} is malformed")]
    Malformed(&'static str),
}

/// Longest value of each field, bytes; what is not listed may have 256.
const LIMITS: [(&str, usize); 5] = [
    ("password", 4096),
    ("password_again", 4096),
    ("device_proof", 2048),
    ("username", 1024),
    ("webauthn_response", 8192),
];

impl Form {
    /// Reads a body.
    ///
    /// # Errors
    /// [`FormError`] before anything is hashed, charged or sent.
    pub fn parse(body: &[u8]) -> Result<Self, FormError> {
        if body.len() > MAX_BODY {
            return Err(FormError::TooLarge);
        }
        let text = std::str::from_utf8(body).map_err(|_| FormError::NotText)?;
        let mut fields = BTreeMap::new();
        for (name, value) in url::form_urlencoded::parse(text.as_bytes()) {
            if value.contains('\u{fffd}') {
                return Err(FormError::NotText);
            }
            let limit = LIMITS.iter().find(|(field, _)| *field == name);
            if value.len() > limit.map_or(256, |(_, bytes)| *bytes) {
                return Err(FormError::TooLong(limit.map_or("(other)", |(field, _)| field)));
            }
            if fields.insert(name.into_owned(), Zeroizing::new(value.into_owned())).is_some() {
                return Err(FormError::Duplicate);
            }
        }
        Ok(Self(fields))
    }

    /// A field that is there and not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| value.as_str()).filter(|value| !value.is_empty())
    }

    /// A field that must be there.
    ///
    /// # Errors
    /// [`FormError::Missing`].
    pub fn require(&self, name: &'static str) -> Result<&str, FormError> {
        self.get(name).ok_or(FormError::Missing(name))
    }

    /// A flag: `true` or `false`, absent means false.
    ///
    /// # Errors
    /// [`FormError::Malformed`] for anything else.
    pub fn flag(&self, name: &'static str) -> Result<bool, FormError> {
        match self.get(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(FormError::Malformed(name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn prt_04_duplicates_and_long_fields_are_refused() {
        assert_eq!(Form::parse(b"a=1&a=2").err(), Some(FormError::Duplicate));
        assert_eq!(Form::parse(b"a=1&a=1").err(), Some(FormError::Duplicate));
        let long = format!("scope={}", "x".repeat(300));
        assert_eq!(Form::parse(long.as_bytes()).err(), Some(FormError::TooLong("(other)")));
        let large = vec![b'x'; 1 << 20];
        assert_eq!(Form::parse(&large).err(), Some(FormError::TooLarge));
        assert_eq!(Form::parse(b"a=%ff").err(), Some(FormError::NotText));
        let form = Form::parse(b"username=a%40b&password=a%2Bb+c&empty=").ok().unwrap();
        assert_eq!(
            (form.get("username"), form.get("password"), form.get("empty")),
            (Some("a@b"), Some("a+b c"), None)
        );
    }

    proptest! {
        #[test]
        fn never_panics(body in proptest::collection::vec(any::<u8>(), 0..512)) { let _ = Form::parse(&body); }
    }
}
