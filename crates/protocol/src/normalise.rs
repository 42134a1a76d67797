//! One form for what people type, made once and before anything looks at it (OTP-08, ACC-03).

/// An identifier or e-mail address as it is compared and counted: trimmed, inner white space removed, lower case.
/// Not for display. `None` when nothing or something absurd is left (control characters, more than 254 characters).
pub fn identifier(typed: &str) -> Option<String> {
    let name: String = typed
        .chars()
        .filter(|c| !c.is_whitespace() && !is_invisible(*c))
        .flat_map(char::to_lowercase)
        .collect();
    let fits = !name.is_empty() && name.chars().count() <= 254 && !name.chars().any(char::is_control);
    fits.then_some(name)
}

/// A one-time code of exactly `length` digits: spaces of any kind and dashes removed, ASCII digits only.
/// `None` for anything else, which then costs no attempt.
pub fn code(typed: &str, length: usize) -> Option<String> {
    if typed.len() > 64 {
        return None;
    }
    let digits: String =
        typed.chars().filter(|c| !c.is_whitespace() && !is_invisible(*c) && !is_dash(*c)).collect();
    (digits.len() == length && digits.bytes().all(|b| b.is_ascii_digit())).then_some(digits)
}

/// A telephone number in E.164 form (`+33612345678`); spaces, dots, dashes and parentheses removed, `00` read as `+`,
/// and a national French number completed.
pub fn phone(typed: &str) -> Option<String> {
    let kept: String = typed
        .chars()
        .filter(|c| {
            !c.is_whitespace() && !is_invisible(*c) && !is_dash(*c) && !matches!(c, '.' | '(' | ')' | '/')
        })
        .collect();
    let international = match kept.strip_prefix("00") {
        Some(rest) => format!("+{rest}"),
        None if kept.starts_with('0') && kept.len() == 10 => format!("+33{}", &kept[1..]),
        None => kept,
    };
    let digits = international.strip_prefix('+')?;
    ((8..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())).then_some(international)
}

const fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}')
}

/// Zero-width characters and the byte order mark, which come with pasted text.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn otp_08_one_form_or_none() {
        for typed in
            ["123456", "123 456", " 123456\n", "123-456", "123\u{a0}456", "123\u{2013}456", "123\u{202f}456"]
        {
            assert_eq!(code(typed, 6).as_deref(), Some("123456"), "{typed:?}");
        }
        for typed in
            ["", "12345", "1234567", "12345a", "123456\0", "１２３４５６", "١٢٣٤٥٦", "+12345", "1e5456"]
        {
            assert_eq!(code(typed, 6), None, "{typed:?}");
        }
        assert_eq!(code("000 042", 6).as_deref(), Some("000042"));
    }

    #[test]
    fn acc_03_one_name_for_all_spellings() {
        for typed in ["medecin-a@example.org", " Medecin-A@Example.ORG ", "medecin-a @example.org\u{200b}"] {
            assert_eq!(identifier(typed).as_deref(), Some("medecin-a@example.org"), "{typed:?}");
        }
        assert_eq!(identifier(" \u{a0}"), None);
        assert_eq!(identifier("a\u{7}"), None);
    }

    #[test]
    fn phone_numbers_in_e164() {
        for typed in ["+33612345678", "06 12 34 56 78", "0033 6 12 34 56 78", "+33 6-12.34.56(78)"] {
            assert_eq!(phone(typed).as_deref(), Some("+33612345678"), "{typed:?}");
        }
        for typed in ["", "12", "abc", "+33abc", "+1234567890123456"] {
            assert_eq!(phone(typed), None, "{typed:?}");
        }
    }

    proptest! {
        #[test]
        fn never_panics_and_is_stable(typed in ".*") {
            if let Some(once) = identifier(&typed) { prop_assert_eq!(identifier(&once), Some(once.clone())); }
            if let Some(once) = code(&typed, 6) { prop_assert_eq!(code(&once, 6), Some(once.clone())); }
            if let Some(once) = phone(&typed) { prop_assert_eq!(phone(&once), Some(once.clone())); }
        }
    }
}
