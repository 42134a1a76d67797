//! What every portal has to keep to, whatever its profile says. Rules in brackets are lines of the security checklist.

mod registration;

use crate::document::Document;
use crate::{CodeBlock, CodeTries, MethodId, Profile, Support, Texts};
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

const DAY_S: u32 = 86_400;
const ID_LENGTH: usize = 63;
const MONOGRAM_LETTERS: RangeInclusive<usize> = 1..=2;
/// No portal may ask for less; the default of the product is 12.
const PASSWORD_MIN_LENGTH: RangeInclusive<u32> = 6..=1024;
const PASSWORD_MAX_LENGTH: RangeInclusive<u32> = 64..=1024;
const FREE_TRIES: RangeInclusive<u32> = 1..=5;
/// A delay is more than a minute, and at most a day.
const DELAY_S: RangeInclusive<u32> = 61..=DAY_S;
const TRIES_PER_DAY: RangeInclusive<u32> = 1..=25;
const CODE_LENGTH: RangeInclusive<u32> = 6..=8;
const CODE_VALIDITY_S: RangeInclusive<u32> = 30..=600;
const CODE_TRIES: RangeInclusive<u32> = 1..=10;
/// Wrong codes, all blocks together, before support has to act.
const CODE_TRIES_UNTIL_SUPPORT: u32 = 100;
const BLOCK_S: RangeInclusive<u32> = 60..=7 * DAY_S;
const SENDS: RangeInclusive<u32> = 1..=100;
const SEND_WINDOW_S: RangeInclusive<u32> = 1..=DAY_S;
const LINK_VALIDITY_S: RangeInclusive<u32> = 60..=DAY_S;
const TRUST_S: RangeInclusive<u32> = 60..=DAY_S;
const INACTIVITY_S: RangeInclusive<u32> = 60..=7200;
const SESSION_S: RangeInclusive<u32> = 60..=DAY_S;

/// Notes in `document` every value of `profile` that breaks a rule.
pub(crate) fn check(profile: &Profile, document: &mut Document<'_>) {
    let mut check = Check { document };
    check.identity(profile);
    check.roles(profile);
    check.second_factor(profile);
    check.passwords(profile);
    check.codes(profile);
    check.durations(profile);
    check.support(&profile.support);
    if let Some(registration) = &profile.registration {
        check.registration(profile, registration);
    }
    if let Some(delegates) = &profile.delegates {
        check.delegates(profile, delegates);
    }
}

struct Check<'d, 's> {
    document: &'d mut Document<'s>,
}

impl Check<'_, '_> {
    fn identity(&mut self, profile: &Profile) {
        self.ensure(
            is_id(&profile.id, '-'),
            "id",
            format!("takes a lower-case letter, then letters, digits and hyphens, {ID_LENGTH} at most"),
        );
        let letters = profile.monogram.chars().count();
        self.ensure(
            MONOGRAM_LETTERS.contains(&letters) && profile.monogram.chars().all(char::is_alphabetic),
            "monogram",
            "takes one or two letters",
        );
        self.texts("name", &profile.name);
        self.texts("audience", &profile.audience);
        self.set("languages", &profile.languages);
    }

    fn roles(&mut self, profile: &Profile) {
        self.ensure(!profile.roles.is_empty(), "roles", "a portal has one role at least");
        let mut ids = BTreeSet::new();
        for (i, role) in profile.roles.iter().enumerate() {
            let id = format!("roles[{i}].id");
            self.ensure(is_id(&role.id, '_'), &id, NAME);
            self.ensure(ids.insert(&role.id), &id, format!("`{}` is there twice", role.id));
            self.texts(&format!("roles[{i}].label"), &role.label);
            self.set(&format!("roles[{i}].identifiers"), &role.identifiers);
            if let Some(label) = &role.identifier_label {
                self.texts(&format!("roles[{i}].identifier_label"), label);
            }
        }
        for (right, label) in &profile.rights {
            let key = format!("rights.{right}");
            self.ensure(is_id(right, '_'), &key, NAME);
            self.texts(&key, label);
        }
    }

    fn second_factor(&mut self, profile: &Profile) {
        let rule = &profile.second_factor;
        for (i, right) in rule.required_for_rights.iter().enumerate() {
            self.ensure(
                profile.rights.contains_key(right),
                &format!("second_factor.required_for_rights[{i}]"),
                format!("`{right}` is no right of this portal [CHN-01]"),
            );
        }
        self.ensure(
            profile.methods.contains_key(&rule.preferred),
            "second_factor.preferred",
            format!("`{}` is no method of this portal", rule.preferred.as_str()),
        );
        // A password alone could replace the address otherwise.
        self.ensure(
            profile.methods.contains_key(&MethodId::Email),
            "methods",
            "has no `email`: an e-mail address is proved, and recovered, by a code to it [CHN-05]",
        );
        self.ensure(
            !profile.methods.contains_key(&MethodId::RecoveryCode),
            "methods.recovery_code",
            "comes with `totp` by itself",
        );
        self.ensure(
            !profile.methods.contains_key(&MethodId::Voice),
            "methods.voice",
            "is no second factor: a call proves a telephone number at registration only",
        );
        for (&method, settings) in &profile.methods {
            let own = acr(method);
            self.ensure(
                settings.acr == own,
                &format!("methods.{}.acr", method.as_str()),
                format!("`{}` would pass for another factor: this one's is `{own}`", settings.acr),
            );
        }
    }

    fn passwords(&mut self, profile: &Profile) {
        let rules = &profile.password;
        self.range("password.min_length", rules.min_length, &PASSWORD_MIN_LENGTH, "PWD-01");
        self.range("password.max_length", rules.max_length, &PASSWORD_MAX_LENGTH, "PWD-01, PWD-08");
        self.ensure(
            rules.min_length <= rules.max_length,
            "password.max_length",
            "is less than `min_length`: no password would do [PWD-01]",
        );
        let wanted = [rules.digits, rules.upper, rules.lower, rules.special];
        self.ensure(
            wanted.into_iter().map(u64::from).sum::<u64>() <= u64::from(rules.min_length),
            "password.min_length",
            "is less than the characters that the other rules ask for [PWD-02]",
        );

        let tries = &profile.password_tries;
        self.range("password_tries.free", tries.free, &FREE_TRIES, "ACC-05");
        let delays = "password_tries.delays_s";
        self.ensure(!tries.delays_s.is_empty(), delays, "takes one delay at least [ACC-05]");
        for (i, &delay) in tries.delays_s.iter().enumerate() {
            self.range(&format!("{delays}[{i}]"), delay, &DELAY_S, "ACC-05");
        }
        self.ensure(tries.delays_s.is_sorted(), delays, "a delay is no shorter than the one before [ACC-05]");
        let known = "password_tries.per_day_known_workstation";
        self.range("password_tries.per_day", tries.per_day, &TRIES_PER_DAY, "ACC-05");
        self.range(known, tries.per_day_known_workstation, &TRIES_PER_DAY, "ACC-05, ACC-06");
    }

    fn codes(&mut self, profile: &Profile) {
        self.range("code.length", profile.code.length, &CODE_LENGTH, "OTP-01");
        self.range("code.validity_s", profile.code.validity_s, &CODE_VALIDITY_S, "OTP-04");
        self.code_tries(&profile.code_tries);

        let sends = &profile.sends;
        self.range("sends.per_window", sends.per_window, &SENDS, "OTP-06");
        self.range("sends.per_day", sends.per_day, &SENDS, "OTP-06");
        self.range("sends.window_s", sends.window_s, &SEND_WINDOW_S, "OTP-06");
        self.ensure(
            sends.per_day >= sends.per_window,
            "sends.per_day",
            "is less than `per_window`, which could not be used up [OTP-06]",
        );
        self.ensure(
            sends.interval_s < sends.window_s,
            "sends.interval_s",
            "is as long as `window_s`, or longer: one send would use it up [OTP-06]",
        );
        if let Some(requests) = sends.requests_until_support {
            self.range("sends.requests_until_support", requests, &SENDS, "OTP-06");
        }
    }

    fn code_tries(&mut self, tries: &CodeTries) {
        self.range("code_tries.limit", tries.limit, &CODE_TRIES, "OTP-05");
        let blocks = "code_tries.blocks_s";
        match tries.then {
            CodeBlock::Method => {
                self.ensure(!tries.blocks_s.is_empty(), blocks, "a blocked method needs a duration [OTP-05]");
            }
            CodeBlock::Account => self.ensure(
                tries.blocks_s.is_empty(),
                blocks,
                "is empty where the account is blocked: only support ends that [OTP-05]",
            ),
        }
        for (i, &block) in tries.blocks_s.iter().enumerate() {
            self.range(&format!("{blocks}[{i}]"), block, &BLOCK_S, "OTP-05");
        }
        let growing = tries.blocks_s.is_sorted_by(|block, next| block < next);
        self.ensure(growing, blocks, "a block is longer than the one before [OTP-05]");
        let until_support = tries.limit.saturating_mul(tries.blocks_until_support);
        self.ensure(
            tries.blocks_until_support > 0 && until_support <= CODE_TRIES_UNTIL_SUPPORT,
            "code_tries.blocks_until_support",
            format!("is 1 or more, and with `limit` allows {CODE_TRIES_UNTIL_SUPPORT} wrong codes at most [OTP-05]"),
        );
    }

    fn durations(&mut self, profile: &Profile) {
        self.range("recovery.link_validity_s", profile.recovery.link_validity_s, &LINK_VALIDITY_S, "REC-03");
        if let Some(trust) = &profile.trust {
            self.range("trust.max_age_s", trust.max_age_s, &TRUST_S, "TRU-03");
        }
        let session = &profile.session;
        self.range("session.inactivity_s", session.inactivity_s, &INACTIVITY_S, "SES-02");
        self.range("session.absolute_s", session.absolute_s, &SESSION_S, "SES-02");
        self.ensure(
            session.inactivity_s <= session.absolute_s,
            "session.inactivity_s",
            "is more than `absolute_s` and would never apply [SES-02]",
        );
    }

    fn support(&mut self, support: &Support) {
        let contacts = [("support.email", &support.email), ("support.phone", &support.phone)];
        self.ensure(
            contacts.iter().any(|(_, contact)| contact.is_some()),
            "support",
            "takes an e-mail address or a telephone number: a blocked person needs one [ACC-12]",
        );
        for (key, contact) in contacts {
            if let Some(contact) = contact {
                self.text(key, contact);
            }
        }
    }

    fn ensure(&mut self, holds: bool, key: &str, reason: impl AsRef<str>) {
        if !holds {
            self.document.refuse(key, reason.as_ref());
        }
    }

    fn range(&mut self, key: &str, value: u32, allowed: &RangeInclusive<u32>, rule: &str) {
        let (least, most) = (allowed.start(), allowed.end());
        self.ensure(
            allowed.contains(&value),
            key,
            format!("{value} is not between {least} and {most} [{rule}]"),
        );
    }

    /// A list with one value at least, and each once.
    fn set<T: Ord + Copy>(&mut self, key: &str, values: &[T]) {
        self.ensure(!values.is_empty(), key, "takes one value at least");
        let different: BTreeSet<T> = values.iter().copied().collect();
        self.ensure(different.len() == values.len(), key, "has a value twice");
    }

    fn texts(&mut self, key: &str, texts: &Texts) {
        for (language, text) in [("fr", &texts.fr), ("en", &texts.en), ("de", &texts.de)] {
            self.text(&format!("{key}.{language}"), text);
        }
    }

    fn text(&mut self, key: &str, text: &str) {
        self.ensure(!text.trim().is_empty(), key, "is blank");
        self.ensure(!text.contains(char::is_control), key, "has a control character");
    }
}

const NAME: &str = "takes a lower-case letter, then letters, digits and underscores";

/// A lower-case letter, then letters, digits and single joints, none of them at the end.
fn is_id(id: &str, joint: char) -> bool {
    let part =
        |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    id.len() <= ID_LENGTH && id.starts_with(|c: char| c.is_ascii_lowercase()) && id.split(joint).all(part)
}

/// What a sign-in with this method may call itself (PROTOCOL §4).
const fn acr(method: MethodId) -> &'static str {
    match method {
        MethodId::Email => "mfa-email",
        // No profile has calls: they are refused by themselves.
        MethodId::Sms | MethodId::Voice => "mfa-sms",
        MethodId::Totp | MethodId::RecoveryCode => "mfa-totp",
    }
}
