//! What every registration has to keep to.

use super::{Check, NAME, is_id};
use crate::{
    ConsentStep, ContactProof, Delegates, FieldId, IdentifierKind, MethodId, PhoneCode, Profile, Records,
    Registration, Texts,
};
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

const PHONE_CODE_LENGTH: RangeInclusive<u32> = 3..=8;
/// Digits from which a code may be tried as often as one of a sign-in.
const FULL_LENGTH: u32 = 6;
const TRIES_PER_DAY: RangeInclusive<u32> = 1..=10;
const SHORT_CODE_TRIES_PER_DAY: RangeInclusive<u32> = 1..=3;
const PHONE_SENDS_PER_DAY: RangeInclusive<u32> = 1..=10;
const PHONE_SENDS_PER_DAY_IN_ALL: RangeInclusive<u32> = 1..=1_000_000;
const FORMS_PER_NETWORK: RangeInclusive<u32> = 1..=1000;
const NAME_LETTERS: RangeInclusive<u32> = 1..=10;
const DELEGATES: RangeInclusive<u32> = 1..=100;

impl Check<'_, '_> {
    pub(super) fn registration(&mut self, profile: &Profile, registration: &Registration) {
        let role = profile.role(&registration.role);
        self.ensure(role.is_some(), "registration.role", "is no role of this portal");
        if let Some(declaration) = &registration.declaration {
            self.texts("registration.declaration", declaration);
        }
        self.fields(registration);
        let identifier = if registration.field(FieldId::PermitNumber).is_some() {
            IdentifierKind::Identifier
        } else {
            IdentifierKind::Email
        };
        self.ensure(
            role.is_none_or(|role| role.identifiers.contains(&identifier)),
            "registration.role",
            "its people do not sign in with what the form asks for",
        );
        self.consents(registration);
        self.proofs(profile, registration);
        self.ensure(
            (registration.records == Some(Records::Members))
                == registration.field(FieldId::PermitNumber).is_some(),
            "registration.records",
            "members are found by a field `permit_number`, and that field is compared with `members`",
        );
        self.ensure(
            registration.name_letters.is_none() || registration.records == Some(Records::Contacts),
            "registration.name_letters",
            "is compared with the records `contacts`",
        );
        if let Some(letters) = registration.name_letters {
            self.range("registration.name_letters", letters, &NAME_LETTERS, "REC-04");
        }
        let forms = registration.forms_per_network;
        self.range("registration.forms_per_network", forms, &FORMS_PER_NETWORK, "ACC-11");
    }

    fn fields(&mut self, registration: &Registration) {
        let mut ids = BTreeSet::new();
        for (i, field) in registration.fields.iter().enumerate() {
            let key = format!("registration.fields[{i}]");
            self.ensure(ids.insert(field.id), &key, format!("`{}` is there twice", field.id.as_str()));
            self.texts(&format!("{key}.label"), &field.label);
            for (name, texts) in [("hint", &field.hint), ("again", &field.again)] {
                if let Some(texts) = texts {
                    self.texts(&format!("{key}.{name}"), texts);
                }
            }
        }
        for id in [FieldId::Email, FieldId::Password] {
            let reason = format!("has no field `{}`, which every account needs", id.as_str());
            self.ensure(ids.contains(&id), "registration.fields", reason);
        }
    }

    fn consents(&mut self, registration: &Registration) {
        let mut ids = BTreeSet::new();
        for (i, consent) in registration.consents.iter().enumerate() {
            let key = format!("registration.consents[{i}]");
            self.ensure(is_id(&consent.id, '_') && ids.insert(&consent.id), &format!("{key}.id"), NAME);
            self.text(&format!("{key}.version"), &consent.version);
            self.texts(&format!("{key}.label"), &consent.label);
            self.paragraphs(&format!("{key}.text"), &consent.text);
        }
        let last = registration.consents_at(ConsentStep::Last).count();
        self.ensure(
            last == 0 || !registration.proofs.contains(&ContactProof::Activation),
            "registration.consents",
            "nothing can be accepted once the mailed link has activated the account",
        );
    }

    fn proofs(&mut self, profile: &Profile, registration: &Registration) {
        let key = "registration.proofs";
        self.set(key, &registration.proofs);
        let has = |proof| registration.proofs.contains(&proof);
        self.ensure(
            has(ContactProof::Email) != has(ContactProof::Activation),
            key,
            "the address is proved once: by a code (`email`) or by a link (`activation`) [CHN-05]",
        );
        self.ensure(
            !has(ContactProof::Activation) || registration.proofs.last() == Some(&ContactProof::Activation),
            key,
            "`activation` comes last: it is the link that opens the account",
        );
        let asks_phone = registration.field(FieldId::Phone).is_some();
        self.ensure(
            asks_phone == has(ContactProof::Phone),
            key,
            "a telephone number that is asked for is proved by a code, and no other one can be [CHN-03]",
        );
        self.ensure(
            asks_phone == registration.region.is_some(),
            "registration.region",
            "is there where a telephone number is asked for, and only there",
        );
        if let Some(region) = &registration.region {
            let code = region.len() == 2 && region.bytes().all(|byte| byte.is_ascii_uppercase());
            self.ensure(code, "registration.region", "takes two capital letters (ISO 3166-1)");
        }
        match &registration.phone_code {
            Some(code) if asks_phone => self.phone_code(code),
            None if !asks_phone => {}
            _ => self.ensure(
                false,
                "registration.phone_code",
                "is there where a telephone number is asked for, and only there",
            ),
        }
        self.ensure(
            profile.methods.contains_key(&MethodId::Email),
            "registration",
            "a portal that people register at sends mail: it has `methods.email` [CHN-05]",
        );
    }

    fn phone_code(&mut self, code: &PhoneCode) {
        self.range("registration.phone_code.length", code.length, &PHONE_CODE_LENGTH, "OTP-01");
        let tries = if code.length < FULL_LENGTH { &SHORT_CODE_TRIES_PER_DAY } else { &TRIES_PER_DAY };
        self.range("registration.phone_code.tries_per_day", code.tries_per_day, tries, "OTP-05");
        let sends = "registration.phone_code.sends_per_day";
        self.range(sends, code.sends_per_day, &PHONE_SENDS_PER_DAY, "OTP-06");
        let all = "registration.phone_code.sends_per_day_in_all";
        self.range(all, code.sends_per_day_in_all, &PHONE_SENDS_PER_DAY_IN_ALL, "ACC-11");
    }

    pub(super) fn delegates(&mut self, profile: &Profile, delegates: &Delegates) {
        for (key, role) in
            [("delegates.role", &delegates.role), ("delegates.invited_by", &delegates.invited_by)]
        {
            self.ensure(profile.role(role).is_some(), key, format!("`{role}` is no role of this portal"));
        }
        self.ensure(delegates.role != delegates.invited_by, "delegates.role", "invites nobody of its own");
        let by_email = profile
            .role(&delegates.role)
            .is_none_or(|role| role.identifiers.contains(&IdentifierKind::Email));
        self.ensure(
            by_email,
            "delegates.role",
            "its people are invited, and sign in, by their e-mail address",
        );
        self.range("delegates.most", delegates.most, &DELEGATES, "ACC-11");
    }

    /// Texts of several paragraphs.
    fn paragraphs(&mut self, key: &str, texts: &Texts) {
        for (language, text) in [("fr", &texts.fr), ("en", &texts.en), ("de", &texts.de)] {
            let key = format!("{key}.{language}");
            self.ensure(!text.trim().is_empty(), &key, "is blank");
            let stray = text.contains(|letter: char| letter.is_control() && letter != '\n');
            self.ensure(!stray, &key, "has a control character");
        }
    }
}
