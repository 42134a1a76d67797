//! Which rules a new password does not meet.

use crate::PasswordRules;
use serde::{Deserialize, Serialize};

/// A rule of [`PasswordRules`], as refusals name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PasswordRule {
    /// Fewer characters than [`PasswordRules::min_length`].
    TooShort,
    /// More characters than [`PasswordRules::max_length`].
    TooLong,
    /// Fewer digits than [`PasswordRules::digits`].
    Digit,
    /// Fewer upper-case letters than [`PasswordRules::upper`].
    Upper,
    /// Fewer lower-case letters than [`PasswordRules::lower`].
    Lower,
    /// Fewer other characters than [`PasswordRules::special`].
    Special,
    /// Among the first that are tried: a frequent one, a date, a row of keys, the person's or the portal's name.
    Common,
}

impl PasswordRule {
    /// Its name on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooShort => "too_short",
            Self::TooLong => "too_long",
            Self::Digit => "digit",
            Self::Upper => "upper",
            Self::Lower => "lower",
            Self::Special => "special",
            Self::Common => "common",
        }
    }
}

/// What can be said of a new password. The window and the portal say the same, because both ask here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// Every rule that it does not meet; none where it may be used.
    pub unmet: Vec<PasswordRule>,
    /// How hard it is to guess, 0 (at once) to 4 (very hard).
    pub strength: u8,
}

/// A password that is guessed more easily than this is refused as [`PasswordRule::Common`] (PWD-03): 10⁸ guesses.
const LEAST_STRENGTH: u8 = 3;

/// A password whose letters alone are guessed in fewer tries (as a power of ten) is one frequent word in disguise.
const ONE_WORD_LOG10: f64 = 5.0;

/// What French and German speakers, and people in care, try first: the lists of `zxcvbn` are English.
const FREQUENT: [&str; 40] = [
    "motdepasse",
    "azerty",
    "azertyuiop",
    "qsdfgh",
    "wxcvbn",
    "bonjour",
    "soleil",
    "doudou",
    "loulou",
    "chouchou",
    "marseille",
    "bienvenue",
    "jetaime",
    "camille",
    "nicolas",
    "docteur",
    "medecin",
    "infirmier",
    "infirmiere",
    "cabinet",
    "clinique",
    "hopital",
    "pharmacie",
    "secretariat",
    "accueil",
    "sante",
    "patient",
    "printemps",
    "ete",
    "automne",
    "hiver",
    "passwort",
    "kennwort",
    "qwertz",
    "qwertzuiop",
    "hallo",
    "schatz",
    "sommer",
    "praxis",
    "klinik",
];

impl PasswordRules {
    /// Judges a new password (PWD-01 to PWD-03). `context`: what a stranger would try first for this person, such as the
    /// name, the identifier, the e-mail address and the portal's name.
    pub fn judge(&self, password: &str, context: &[&str]) -> Judgement {
        let words: Vec<&str> = context
            .iter()
            .flat_map(|text| text.split(|c: char| !c.is_alphanumeric()).chain([*text]))
            .filter(|word| word.chars().count() >= 3)
            .chain(FREQUENT)
            .collect();
        let estimate = |text: &str| zxcvbn::zxcvbn(text, &words);
        // One frequent word with a year and a sign around it is what composition rules bring forth.
        let letters: String = password.chars().filter(|c| c.is_alphabetic()).collect();
        let one_word = !letters.is_empty() && estimate(&letters).guesses_log10() < ONE_WORD_LOG10;
        let strength = u8::from(estimate(password).score());
        let strength = if one_word { strength.min(LEAST_STRENGTH - 1) } else { strength };
        let mut unmet = self.unmet(password);
        if strength < LEAST_STRENGTH && !password.is_empty() {
            unmet.push(PasswordRule::Common);
        }
        Judgement { unmet, strength }
    }

    /// How many characters a rule asks for (or allows): `count` on the wire. None where it counts nothing.
    pub const fn count(&self, rule: PasswordRule) -> Option<u32> {
        match rule {
            PasswordRule::TooShort => Some(self.min_length),
            PasswordRule::TooLong => Some(self.max_length),
            PasswordRule::Digit => Some(self.digits),
            PasswordRule::Upper => Some(self.upper),
            PasswordRule::Lower => Some(self.lower),
            PasswordRule::Special => Some(self.special),
            PasswordRule::Common => None,
        }
    }

    /// Every rule that `password` does not meet, at once (PROTOCOL §7); none where it may be used.
    ///
    /// Counts are of Unicode scalar values: `É` is an upper-case letter, a letter without case counts for the
    /// length alone, a space is a special character.
    pub fn unmet(&self, password: &str) -> Vec<PasswordRule> {
        let count = |kind: fn(char) -> bool| password.chars().filter(|&c| kind(c)).count();
        let fewer = |found: usize, wanted: u32| u32::try_from(found).is_ok_and(|found| found < wanted);
        let length = count(|_| true);
        [
            (PasswordRule::TooShort, fewer(length, self.min_length)),
            (PasswordRule::TooLong, !fewer(length, self.max_length.saturating_add(1))),
            (PasswordRule::Digit, fewer(count(char::is_numeric), self.digits)),
            (PasswordRule::Upper, fewer(count(char::is_uppercase), self.upper)),
            (PasswordRule::Lower, fewer(count(char::is_lowercase), self.lower)),
            (PasswordRule::Special, fewer(count(|c| !c.is_alphanumeric()), self.special)),
        ]
        .into_iter()
        .filter_map(|(rule, unmet)| unmet.then_some(rule))
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::PasswordRule::{Common, Digit, Lower, Special, TooLong, TooShort, Upper};
    use super::*;

    const SEED: PasswordRules =
        PasswordRules { min_length: 12, max_length: 128, digits: 1, upper: 1, lower: 1, special: 1 };
    const LENGTH_ONLY: PasswordRules = PasswordRules { digits: 0, upper: 0, lower: 0, special: 0, ..SEED };

    #[test]
    fn every_unmet_rule_is_named_at_once() {
        let long = "aB3#".repeat(32);
        let too_long = format!("{long}x");
        let table: [(&str, &[PasswordRule]); 14] = [
            ("Soleil-levant-2026", &[]),
            ("Aa1#aaaaaaaa", &[]),
            ("Aa1#aaaaaaa", &[TooShort]),
            (&long, &[]),
            (&too_long, &[TooLong]),
            ("", &[TooShort, Digit, Upper, Lower, Special]),
            ("SOLEIL-LEVANT-2026", &[Lower]),
            ("soleil-levant-2026", &[Upper]),
            ("Soleil-levant-demain", &[Digit]),
            ("Soleillevant2026", &[Special]),
            ("Élan vers 2026 !", &[]),
            ("ÉTÉ-à-l’île-12", &[]),
            ("ÉÉÉÉéééé1234", &[Special]),
            ("Aa1#🙂🙂🙂🙂🙂🙂🙂", &[TooShort]),
        ];
        for (password, unmet) in table {
            assert_eq!(SEED.unmet(password), unmet, "{password:?}");
        }
    }

    #[test]
    fn sixteen_lower_case_letters_do_for_a_length_policy_and_not_for_the_seed_policy() {
        let letters = "abcdefghijklmnop";
        assert_eq!(LENGTH_ONLY.unmet(letters), []);
        let codes: Vec<_> = SEED.unmet(letters).into_iter().map(PasswordRule::code).collect();
        assert_eq!(codes, ["digit", "upper", "special"]);
    }

    #[test]
    fn pwd_03_what_is_tried_first_is_refused_whatever_the_composition() {
        let context = ["Dr Alice Martin", "medecin-a", "alice.martin@cabinet.example", "Portail de santé"];
        for password in [
            "Motdepasse123!",
            "Azertyuiop1234!",
            "Password-2026!",
            "P@ssw0rd12345",
            "Alice.Martin2026!",
            "Medecin-a-2026!",
            "Aa1#aaaaaaaa",
            "Qwertyuiop123!",
        ] {
            assert!(SEED.judge(password, &context).unmet.contains(&Common), "{password}");
        }
        for password in ["Parvis-Demo-2026!", "Soleil-levant-2026", "Tilleul4-gravier-encore"] {
            let judged = SEED.judge(password, &context);
            assert_eq!(judged.unmet, [], "{password}");
        }
        assert_eq!(LENGTH_ONLY.judge("gkwzvtqmxrplhbnd", &context).unmet, []);
    }

    #[test]
    fn a_rule_has_one_name_everywhere() {
        for rule in [TooShort, TooLong, Digit, Upper, Lower, Special, Common] {
            assert_eq!(serde_json::to_value(rule).unwrap(), rule.code());
        }
    }
}
