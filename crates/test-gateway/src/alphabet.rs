//! The alphabets of short messages.

use rusmpp::values::DataCoding;

/// The default alphabet of GSM 03.38, by code.
const GSM: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u{1b}ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
                   ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// Announces a letter of the extension.
const ESCAPE: char = '\u{1b}';
/// The extension: code in the default alphabet, and letter.
const EXTENSION: &str = "Λ^({)}/\\<[=~>]¡|e€";

/// The text of these octets.
pub(crate) fn decode(coding: DataCoding, octets: &[u8]) -> String {
    match coding {
        DataCoding::McSpecific => gsm(octets),
        DataCoding::Ia5 | DataCoding::Latin1 => octets.iter().copied().map(char::from).collect(),
        DataCoding::Ucs2 => {
            let units = octets.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            String::from_utf16(&units.collect::<Vec<_>>()).unwrap()
        }
        other => panic!("no text: {other:?}"),
    }
}

/// One septet in each octet.
fn gsm(octets: &[u8]) -> String {
    let mut letters = octets.iter().map(|octet| GSM.chars().nth(usize::from(*octet)).unwrap());
    let mut text = String::new();
    while let Some(letter) = letters.next() {
        text.push(if letter == ESCAPE { extended(letters.next().unwrap()) } else { letter });
    }
    text
}

fn extended(code: char) -> char {
    let mut pairs = EXTENSION.chars();
    while let (Some(from), Some(letter)) = (pairs.next(), pairs.next()) {
        if from == code {
            return letter;
        }
    }
    panic!("no letter of the extension: {code:?}")
}
