//! Telephone numbers as people write them, by the numbering plans of all countries (libphonenumber).

use parvis_protocol::error::FieldProblemCode;
use phonenumber::{Mode, Type, country, metadata::DATABASE};

/// A number that a code can go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Number {
    /// E.164: `+33612345678`.
    pub(crate) e164: String,
    /// A message reaches it; else a call does.
    pub(crate) takes_messages: bool,
}

/// Reads a number; national ones are those of `region` (ISO 3166-1). Foreign ones begin with `+`: what follows `00` is another
/// number in another country, so that it is asked for rather than guessed.
pub(crate) fn read(typed: &str, region: Option<&str>) -> Result<Number, FieldProblemCode> {
    let digits: String = typed.chars().filter(|letter| !letter.is_whitespace()).collect();
    if digits.is_empty() {
        return Err(FieldProblemCode::Missing);
    }
    if digits.starts_with("00") {
        return Err(FieldProblemCode::InternationalPrefix);
    }
    let written = |letter: char| {
        letter.is_ascii_digit()
            || matches!(letter, '+' | '.' | '-' | '(' | ')' | '/' | '\u{2010}'..='\u{2015}')
    };
    if digits.len() > 40 || !digits.chars().all(written) {
        return Err(FieldProblemCode::Malformed);
    }
    let region = region.and_then(|region| region.parse::<country::Id>().ok());
    let number = phonenumber::parse(region, &digits).map_err(|_| FieldProblemCode::Malformed)?;
    if number.extension().is_some() || !number.is_valid() {
        return Err(FieldProblemCode::Malformed);
    }
    let takes_messages = match number.number_type(&DATABASE) {
        // Numbers of no country (satellites, global services) and personal ones cost whoever calls them a fortune.
        _ if number.country().id().is_none() => return Err(FieldProblemCode::Unsuitable),
        Type::Mobile | Type::FixedLineOrMobile => true,
        Type::FixedLine | Type::Voip => false,
        _ => return Err(FieldProblemCode::Unsuitable),
    };
    Ok(Number { e164: number.format().mode(Mode::E164).to_string(), takes_messages })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mobiles_take_messages_and_landlines_take_calls() {
        for (typed, region, expected, takes_messages) in [
            ("06 12 34 56 78", "FR", "+33612345678", true),
            ("07.57.12.34.56", "FR", "+33757123456", true),
            ("+33 (0)6 12 34 56 78", "FR", "+33612345678", true),
            ("01 99 00 12 34", "FR", "+33199001234", false),
            ("09 72 12 34 56", "FR", "+33972123456", false),
            ("+41 79 123 45 67", "FR", "+41791234567", true),
            ("+49 30 901820", "FR", "+4930901820", false),
            ("514 282-1425", "CA", "+15142821425", true),
            ("+352 621 123 456", "FR", "+352621123456", true),
        ] {
            let number = read(typed, Some(region));
            assert_eq!(number, Ok(Number { e164: expected.to_owned(), takes_messages }), "{typed}");
        }
    }

    #[test]
    fn what_no_code_goes_to_is_refused_with_its_reason() {
        use FieldProblemCode::{InternationalPrefix, Malformed, Missing, Unsuitable};
        for (typed, expected) in [
            ("", Missing),
            (" \u{a0}", Missing),
            ("0041 79 123 45 67", InternationalPrefix),
            ("00 33 6 39 98 12 34", InternationalPrefix),
            ("06 12 34 56", Malformed),
            ("abc", Malformed),
            ("+", Malformed),
            ("+999 123 456 789", Malformed),
            ("06 12 34 56 78 ext. 5", Malformed),
            ("+33 8 99 12 34 56", Unsuitable),
            ("0899 12 34 56", Unsuitable),
            ("15", Malformed),
            ("0800 123 456", Unsuitable),
            ("+44 70 1234 5678", Unsuitable),
            ("+881 6 1234 5678", Unsuitable),
            ("+870 773 111 632", Unsuitable),
            (&"6".repeat(500), Malformed),
        ] {
            assert_eq!(read(typed, Some("FR")), Err(expected), "{typed}");
        }
    }
}
