//! Times as people read them, where the portal is: the time zone is the server's.

use jiff::{Timestamp, Zoned, civil, tz::TimeZone};
use parvis_portal_profile::Language;
use parvis_protocol::clock::UnixMillis;

/// Monday first.
const DAYS: [[&str; 3]; 7] = [
    ["lundi", "Monday", "Montag"],
    ["mardi", "Tuesday", "Dienstag"],
    ["mercredi", "Wednesday", "Mittwoch"],
    ["jeudi", "Thursday", "Donnerstag"],
    ["vendredi", "Friday", "Freitag"],
    ["samedi", "Saturday", "Samstag"],
    ["dimanche", "Sunday", "Sonntag"],
];
const MONTHS: [[&str; 3]; 12] = [
    ["janvier", "January", "Januar"],
    ["février", "February", "Februar"],
    ["mars", "March", "März"],
    ["avril", "April", "April"],
    ["mai", "May", "Mai"],
    ["juin", "June", "Juni"],
    ["juillet", "July", "Juli"],
    ["août", "August", "August"],
    ["septembre", "September", "September"],
    ["octobre", "October", "Oktober"],
    ["novembre", "November", "November"],
    ["décembre", "December", "Dezember"],
];

/// The wall clock of an instant, where the portal is.
pub(crate) fn local(at: UnixMillis) -> Zoned {
    Timestamp::from_millisecond(at).unwrap_or_default().to_zoned(TimeZone::system())
}

/// The instant of a wall clock, where the portal is, seconds since the epoch; `None` where it says none.
pub(crate) fn instant(wall: civil::DateTime) -> Option<i64> {
    Some(wall.to_zoned(TimeZone::system()).ok()?.timestamp().as_second())
}

/// Reads what an operator writes: `2026-12-02T10:20`, where the portal is; seconds since the epoch.
pub fn read(text: &str) -> Option<i64> {
    instant(text.parse().ok()?)
}

/// « mercredi 2 décembre 2026, 10 h 20 ».
pub(crate) fn long(at: UnixMillis, language: Language) -> String {
    let at = local(at);
    let name = |names: &[[&'static str; 3]], number: i8| {
        let names = usize::try_from(number - 1).ok().and_then(|index| names.get(index)).copied();
        names.map_or("", |[fr, en, de]| match language {
            Language::Fr => fr,
            Language::En => en,
            Language::De => de,
        })
    };
    let day = name(&DAYS, at.weekday().to_monday_one_offset());
    let (date, month, year) = (at.day(), name(&MONTHS, at.month()), at.year());
    let (hour, minute) = (at.hour(), at.minute());
    match language {
        Language::Fr => {
            let first = if date == 1 { "er" } else { "" };
            format!("{day} {date}{first}\u{a0}{month} {year}, {hour}\u{a0}h\u{a0}{minute:02}")
        }
        Language::En => format!("{day} {date}\u{a0}{month} {year}, {hour}:{minute:02}"),
        Language::De => format!("{day}, {date}.\u{a0}{month} {year}, {hour}:{minute:02}\u{a0}Uhr"),
    }
}

/// The same as an SMS says it: in the alphabet of GSM 03.38.
pub(crate) fn short(at: UnixMillis, language: Language) -> String {
    match language {
        Language::Fr => local(at).strftime("%d/%m/%Y à %-Hh%M").to_string(),
        Language::En => local(at).strftime("%-d %B %Y at %-H:%M").to_string(),
        Language::De => local(at).strftime("%-d.%-m.%Y, %-H:%M Uhr").to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_appointment_is_said_in_the_readers_language() {
        let at = read("2026-12-01T09:05").unwrap() * 1000;
        assert_eq!(long(at, Language::Fr), "mardi 1er\u{a0}décembre 2026, 9\u{a0}h\u{a0}05");
        assert_eq!(long(at, Language::En), "Tuesday 1\u{a0}December 2026, 9:05");
        assert_eq!(long(at, Language::De), "Dienstag, 1.\u{a0}Dezember 2026, 9:05\u{a0}Uhr");
        assert_eq!(short(at, Language::Fr), "01/12/2026 à 9h05");
        assert_eq!(short(at, Language::En), "1 December 2026 at 9:05");
        assert_eq!(short(at, Language::De), "1.12.2026, 9:05 Uhr");
        for wrong in ["", "tomorrow", "2026-12-01 25:00", "2026-13-01T10:00"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
