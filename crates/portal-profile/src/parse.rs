//! From a profile file to a [`Profile`], or to all that is wrong with it.

use crate::document::{Defect, Document};
use crate::{Profile, rules};
use serde::{Serialize, de::DeserializeOwned};
use toml::Value;
use toml::de::ValueDeserializer;

/// Reads a profile file (TOML).
///
/// # Errors
/// All defects at once, in the order of the file: a syntax error alone; else unknown and missing keys and wrong
/// types, one of the latter per section; else every value that breaks a rule.
pub fn parse(source: &str) -> Result<Profile, Vec<Defect>> {
    let mut document = Document::parse(source).map_err(|defect| vec![defect])?;
    let profile = read(&mut document);
    if let Some(profile) = &profile {
        rules::check(profile, &mut document);
    }
    let defects = document.into_defects();
    profile.filter(|_| defects.is_empty()).ok_or(defects)
}

/// Reads every section before it gives up on the first that is missing, so that no defect hides another.
macro_rules! profile {
    ($document:ident, required: $($required:ident)*, optional: $($optional:ident)*) => {{
        $document.refuse_unknown_sections(&[$(stringify!($required),)* $(stringify!($optional)),*]);
        $(let $required = required($document, stringify!($required));)*
        $(let $optional = section($document, stringify!($optional));)*
        Some(Profile { $($required: $required?,)* $($optional),* })
    }};
}

fn read(document: &mut Document<'_>) -> Option<Profile> {
    profile!(document,
        required: id monogram name audience languages roles rights second_factor password password_tries
            methods code code_tries sends recovery session support,
        optional: trust registration delegates)
}

fn required<T: DeserializeOwned + Serialize>(document: &mut Document<'_>, name: &str) -> Option<T> {
    if document.section(name).is_none() {
        document.refuse(name, "missing key");
    }
    section(document, name)
}

/// Reads one section. The keys that it knows are those that it has when it is written back: the app reads the same
/// types from the wire, where unknown members are ignored, so that the types themselves cannot refuse them.
fn section<T: DeserializeOwned + Serialize>(document: &mut Document<'_>, name: &str) -> Option<T> {
    let value = document.section(name)?.clone();
    let read = T::deserialize(ValueDeserializer::from(value)).and_then(|section| {
        let known = Value::try_from(&section).map_err(serde::de::Error::custom)?;
        Ok((section, known))
    });
    match read {
        Ok((section, known)) => {
            document.refuse_unknown(name, &known);
            Some(section)
        }
        Err(error) => {
            document.refuse_shape(name, &error);
            None
        }
    }
}
