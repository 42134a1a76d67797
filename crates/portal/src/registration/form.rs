//! The form: read whole, and everything that is wrong with it said at once.

use crate::{contacts, phone, phone::Number};
use parvis_portal_profile::{ConsentStep, FieldId, Registration};
use parvis_protocol::{error::FieldProblemCode, message::FieldProblem, normalise};
use secrecy::SecretString;
use std::collections::BTreeMap;

/// The field that takes the first letters of the family name.
pub(super) const NAME_LETTERS: &str = "name_letters";

/// What was typed, by the ids of the fields.
pub(crate) struct Typed<'a> {
    pub(crate) fields: &'a BTreeMap<String, String>,
    pub(crate) declared: bool,
    pub(crate) accepted: &'a [String],
}

/// A form as far as it can be read.
pub(super) struct Form {
    pub(super) phone: Option<Number>,
    pub(super) email: Option<String>,
    pub(super) permit_number: Option<String>,
    pub(super) name_letters: Option<String>,
    pub(super) password: Option<SecretString>,
    pub(super) problems: Vec<FieldProblem>,
}

/// One problem with one field.
pub(super) fn problem(field: &str, code: FieldProblemCode) -> FieldProblem {
    FieldProblem { field: field.to_owned(), code: code.as_str().to_owned(), params: None }
}

/// Reads the form. `letters`: how many letters of the name are asked besides.
pub(super) fn read(registration: &Registration, typed: &Typed<'_>, letters: Option<u32>) -> Form {
    let mut form = Form {
        phone: None,
        email: None,
        permit_number: None,
        name_letters: None,
        password: None,
        problems: Vec::new(),
    };
    let mut refuse = |field: &str, code| form.problems.push(problem(field, code));
    if registration.declaration.is_some() && !typed.declared {
        refuse("declaration", FieldProblemCode::Missing);
    }
    let value = |name: &str| typed.fields.get(name).map(String::as_str).unwrap_or_default();
    for field in &registration.fields {
        let (id, given) = (field.id.as_str(), value(field.id.as_str()));
        let missing = given.is_empty() || (field.id != FieldId::Password && given.trim().is_empty());
        let read = if missing {
            Err(FieldProblemCode::Missing)
        } else {
            match field.id {
                FieldId::Phone => {
                    phone::read(given, registration.region.as_deref()).map(|number| form.phone = Some(number))
                }
                FieldId::Email => contacts::email_address(given)
                    .map(|address| form.email = Some(address))
                    .ok_or(FieldProblemCode::Malformed),
                FieldId::PermitNumber => normalise::identifier(given)
                    .map(|number| form.permit_number = Some(number))
                    .ok_or(FieldProblemCode::Malformed),
                FieldId::Password => {
                    form.password = Some(SecretString::from(given));
                    Ok(())
                }
            }
        };
        if let Err(code) = read {
            refuse(id, code);
        }
        if field.again.is_some() && !missing {
            let again = value(field.id.again());
            let same = match field.id {
                FieldId::Password => again == given,
                FieldId::Phone => {
                    phone::read(again, registration.region.as_deref()).ok().as_ref() == form.phone.as_ref()
                }
                FieldId::Email | FieldId::PermitNumber => {
                    normalise::identifier(again) == normalise::identifier(given)
                }
            };
            match (again.is_empty(), same) {
                (true, _) => refuse(field.id.again(), FieldProblemCode::Missing),
                (false, false) => refuse(field.id.again(), FieldProblemCode::Different),
                (false, true) => {}
            }
        }
    }
    if let Some(letters) = letters {
        let given = first_letters(value(NAME_LETTERS), letters);
        if given.is_empty() {
            refuse(NAME_LETTERS, FieldProblemCode::Missing);
        } else {
            form.name_letters = Some(given);
        }
    }
    for consent in registration.consents_at(ConsentStep::Form) {
        if !typed.accepted.contains(&consent.id) {
            refuse(&consent.id, FieldProblemCode::Missing);
        }
    }
    form
}

/// The first letters of a name as they are compared: without accents, case, spaces and hyphens. `É` and `E` are one letter to
/// whoever types it on another keyboard.
pub(super) fn first_letters(name: &str, count: u32) -> String {
    let plain = name.chars().flat_map(char::to_lowercase).flat_map(|letter| {
        let plain: &[char] = match letter {
            'à' | 'â' | 'ä' | 'á' | 'ã' | 'å' => &['a'],
            'é' | 'è' | 'ê' | 'ë' => &['e'],
            'î' | 'ï' | 'í' => &['i'],
            'ô' | 'ö' | 'ó' | 'õ' => &['o'],
            'ù' | 'û' | 'ü' | 'ú' => &['u'],
            'ç' => &['c'],
            'ñ' => &['n'],
            'œ' => &['o', 'e'],
            'æ' => &['a', 'e'],
            'ß' => &['s', 's'],
            _ => return vec![letter],
        };
        plain.to_vec()
    });
    plain.filter(|letter| letter.is_alphanumeric()).take(count as usize).collect()
}

#[cfg(test)]
mod tests {
    use super::first_letters;

    #[test]
    fn three_letters_are_three_letters_on_every_keyboard() {
        for (name, expected) in [
            ("Durand", "dur"),
            ("ÉMILE", "emi"),
            ("de La Tour", "del"),
            ("O’Neill", "one"),
            ("Œuvrard", "oeu"),
            ("Li", "li"),
            (" Weiß ", "wei"),
            ("", ""),
        ] {
            assert_eq!(first_letters(name, 3), expected, "{name}");
        }
    }
}
