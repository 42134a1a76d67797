//! What mails, SMS and calls say, in three languages.

use parvis_portal::delivery::{Catalogue, Notice};
use parvis_portal_profile::{Language, MethodId, Support, Texts};

const LANGUAGES: [Language; 3] = [Language::Fr, Language::En, Language::De];
const CODE: &str = "048291";
const IDENTIFIER: &str = "medecin-a";
const DOMAIN: &str = "portail-de-sante.example";
const LINK: &str = "https://portail-de-sante.example/recovery#t=abc";
const NB: char = '\u{a0}';
const NNB: char = '\u{202f}';
/// GSM 03.38 in one SMS, as far as these texts may use it.
const GSM: &str =
    "@\n !\"#%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyzÄÖÜäöüßàèéùì";

struct Portal {
    name: Texts,
    support: Support,
}

impl Portal {
    fn new() -> Self {
        let name = "Portail de santé".to_owned();
        Self {
            name: Texts { fr: name.clone(), en: name.clone(), de: name },
            support: Support {
                email: Some("aide@portail.example".to_owned()),
                phone: Some("01 23 45 67 89".to_owned()),
            },
        }
    }

    fn catalogue(&self, demonstration: bool) -> Catalogue<'_> {
        Catalogue { portal: &self.name, support: &self.support, domain: DOMAIN, demonstration }
    }
}

fn notices() -> [Notice; 13] {
    [
        Notice::MethodBlocked { method: MethodId::Email, minutes: 15 },
        Notice::MethodBlocked { method: MethodId::Sms, minutes: 60 },
        Notice::MethodBlocked { method: MethodId::Totp, minutes: 1440 },
        Notice::AccountBlocked,
        Notice::NewWorkstation,
        Notice::TrustEndedByOther,
        Notice::PasswordChanged,
        Notice::FactorsChanged,
        Notice::EmailChanged,
        Notice::AccountUnblocked,
        Notice::SingleChannelRecovery,
        Notice::RequestsBlocked,
        Notice::RecoveryCodeUsed { left: 9 },
    ]
}

/// Every mail, with subject and text.
fn mails(catalogue: &Catalogue<'_>, language: Language) -> Vec<(String, String)> {
    let mut mails = vec![
        catalogue.code_mail(language, CODE, 5),
        catalogue.contact_code_mail(language, CODE, 5),
        catalogue.recovery_mail(language, IDENTIFIER, LINK, 1440),
        catalogue.first_password_mail(language, IDENTIFIER, LINK, 1440),
        catalogue.activation_mail(language, LINK, 90),
        catalogue.reminder_mail(language, "Cabinet du Nord", 1_796_120_400_000, LINK),
    ];
    mails.extend(notices().map(|notice| catalogue.notice(language, notice)));
    mails
}

/// Every SMS with a code.
fn code_sms(catalogue: &Catalogue<'_>, language: Language) -> [String; 3] {
    [
        catalogue.code_sms(language, CODE, 5),
        catalogue.contact_code_sms(language, CODE, 5),
        catalogue.registration_code_sms(language, CODE, 5),
    ]
}

#[test]
fn otp_22_the_code_stands_first_and_alone() {
    let portal = Portal::new();
    for language in LANGUAGES {
        for catalogue in [portal.catalogue(false), portal.catalogue(true)] {
            let (subject, mail) = catalogue.code_mail(language, CODE, 5);
            assert_eq!(mail.lines().take(2).collect::<Vec<_>>(), [CODE, ""]);
            assert_eq!(mail.matches(CODE).count(), 1, "{mail}");
            for sms in code_sms(&catalogue, language) {
                assert_eq!(sms.lines().next(), Some(CODE));
            }
            assert!(!subject.chars().any(|letter| letter.is_ascii_digit()), "{subject}");
        }
    }
}

#[test]
fn otp_21_the_last_line_of_an_sms_binds_it_to_the_domain() {
    let portal = Portal::new();
    for language in LANGUAGES {
        for catalogue in [portal.catalogue(false), portal.catalogue(true)] {
            for sms in code_sms(&catalogue, language) {
                assert_eq!(sms.lines().last(), Some("@portail-de-sante.example #048291"), "{sms}");
                assert!(
                    !sms.ends_with('\n') && sms.contains("Portail de santé") && sms.contains("5 "),
                    "{sms}"
                );
                assert!(sms.chars().all(|letter| GSM.contains(letter)), "{sms}");
            }
        }
        for sms in code_sms(&portal.catalogue(false), language) {
            assert!(sms.chars().count() <= 160, "{}: {sms}", sms.chars().count());
        }
    }
}

#[test]
fn a_notice_by_sms_is_short_and_says_whom_to_tell() {
    let portal = Portal::new();
    for language in LANGUAGES {
        for notice in notices() {
            let sms = portal.catalogue(false).notice_sms(language, notice);
            assert!(sms.starts_with("Portail de santé: ") && sms.ends_with("01 23 45 67 89"), "{sms}");
            assert!(sms.chars().count() <= 160 && sms.chars().all(|letter| GSM.contains(letter)), "{sms}");
            let shown = portal.catalogue(true).notice_sms(language, notice).to_lowercase();
            assert!(shown.contains("monstration"), "{shown}");
        }
    }
}

#[test]
fn otp_11_a_code_message_names_the_portal_and_says_what_to_do() {
    let portal = Portal::new();
    let catalogue = portal.catalogue(false);
    let phrases = [
        (Language::Fr, ["Ne le communiquez à personne", "Il n’y a rien à faire", "Ne le donnez jamais"]),
        (Language::En, ["Never share it", "There is nothing to do", "Never share it"]),
        (Language::De, ["Geben Sie ihn niemandem weiter", "Sie müssen nichts tun", "Nie weitergeben"]),
    ];
    for (language, [never, nothing, sms_never]) in phrases {
        let (subject, text) = catalogue.code_mail(language, CODE, 5);
        assert!(subject.contains("Portail de santé") && text.contains("Portail de santé"));
        assert!(text.contains(never) && text.contains(nothing), "{text}");
        for sms in code_sms(&catalogue, language) {
            assert!(sms.contains(sms_never), "{sms}");
        }
    }
}

#[test]
fn a_call_says_who_calls_and_reads_the_digits_one_by_one_three_times() {
    let portal = Portal::new();
    let phrases = [
        (Language::Fr, ["un appel de Portail de santé", "Je répète", "à personne", "raccrochez"]),
        (Language::En, ["a call from Portail de santé", "I repeat", "to anyone", "hang up"]),
        (Language::De, ["ein Anruf von Portail de santé", "Ich wiederhole", "niemandem", "legen Sie auf"]),
    ];
    for (language, [who, again, never, nothing]) in phrases {
        let spoken = portal.catalogue(false).registration_code_call(language, CODE);
        assert_eq!(spoken.lines().filter(|line| *line == "0, 4, 8, 2, 9, 1").count(), 3, "{spoken}");
        let numbers = spoken.split(|letter: char| !letter.is_ascii_digit());
        assert!(numbers.into_iter().all(|number| number.len() <= 1), "none is read as a number: {spoken}");
        assert!(spoken.find(who) < spoken.find("0, "), "first who calls: {spoken}");
        assert_eq!(spoken.matches(again).count(), 2, "{spoken}");
        assert!(spoken.contains(never) && spoken.contains(nothing), "{spoken}");
        assert!(spoken.chars().all(|letter| GSM.contains(letter)), "{spoken}");
    }
}

#[test]
fn every_mail_is_complete_and_set_well() {
    let portal = Portal::new();
    for language in LANGUAGES {
        let mails = mails(&portal.catalogue(false), language);
        for (subject, text) in &mails {
            assert!(subject.starts_with("Portail de santé"), "{subject}");
            assert!(text.ends_with("-- \nPortail de santé\n"), "{text}");
            assert!(!text.contains(['{', '}', '\'']) && !text.contains("  "), "{text}");
            assert!(!text.to_lowercase().contains("demonstration") && !text.contains("émonstration"));
            if language == Language::Fr {
                french_spaces(subject);
                french_spaces(text);
            } else {
                assert!(!text.contains(NNB), "{text}");
                assert!(!text.contains(&format!("{NB}:")), "{text}");
            }
        }
        let mut subjects: Vec<_> = mails.iter().map(|(subject, _)| subject).collect();
        subjects.sort();
        subjects.dedup();
        assert_eq!(subjects.len(), mails.len() - 2, "three methods share one subject");
    }
}

/// Before `:` and inside « » a no-break space, before `;`, `!`, `?` a narrow one, and none that could break a line.
fn french_spaces(text: &str) {
    let letters: Vec<char> = text.replace(LINK, "").chars().collect();
    for (i, &letter) in letters.iter().enumerate() {
        let before = i.checked_sub(1).map(|i| letters[i]);
        match letter {
            ':' | '»' => assert_eq!(before, Some(NB), "{text}"),
            ';' | '!' | '?' => assert_eq!(before, Some(NNB), "{text}"),
            '«' => assert_eq!(letters.get(i + 1), Some(&NB), "{text}"),
            ' ' => assert!(
                !before.is_some_and(|before| before.is_ascii_digit()) || text.contains("01 23"),
                "{text}"
            ),
            _ => {}
        }
    }
}

#[test]
fn links_stand_alone_and_notices_say_whom_to_ask() {
    let portal = Portal::new();
    let catalogue = portal.catalogue(false);
    for language in LANGUAGES {
        let (recovery, first) = (
            catalogue.recovery_mail(language, IDENTIFIER, LINK, 1440).1,
            catalogue.first_password_mail(language, IDENTIFIER, LINK, 1440).1,
        );
        assert!(recovery.contains(IDENTIFIER) && first.contains(IDENTIFIER));
        for text in [recovery, first, catalogue.activation_mail(language, LINK, 60).1] {
            assert_eq!(text.lines().filter(|line| *line == LINK).count(), 1, "{text}");
        }
        for notice in notices() {
            let (_, text) = catalogue.notice(language, notice);
            assert!(text.contains("01 23 45 67 89, aide@portail.example"), "{text}");
        }
        let nobody = Support { email: None, phone: None };
        let (_, text) = Catalogue { support: &nobody, ..catalogue }.notice(language, Notice::NewWorkstation);
        assert!(!text.contains("Support:") && !text.contains("Support\u{a0}:"), "{text}");
    }
    let lasts = |minutes, notice: fn(u32) -> Notice| catalogue.notice(Language::Fr, notice(minutes)).1;
    let blocked = |minutes| Notice::MethodBlocked { method: MethodId::Email, minutes };
    assert!(lasts(15, blocked).contains("15\u{a0}minutes"));
    assert!(lasts(1, blocked).contains("1\u{a0}minute\u{202f};"));
    assert!(lasts(60, blocked).contains("1\u{a0}heure\u{202f};"));
    assert!(lasts(1440, blocked).contains("24\u{a0}heures"));
}

#[test]
fn a_demonstration_says_so_everywhere() {
    let portal = Portal::new();
    let catalogue = portal.catalogue(true);
    for (language, word) in
        [(Language::Fr, "démonstration"), (Language::En, "demonstration"), (Language::De, "Demonstration")]
    {
        assert_eq!(catalogue.sender(language), format!("Portail de santé ({word})"));
        for (subject, text) in mails(&catalogue, language) {
            assert!(subject.contains(word), "{subject}");
            assert!(text.to_lowercase().contains(&word.to_lowercase()), "{text}");
        }
        let spoken = catalogue.registration_code_call(language, CODE);
        for text in code_sms(&catalogue, language).into_iter().chain([spoken]) {
            assert!(text.to_lowercase().contains(&word.to_lowercase()), "{text}");
        }
    }
}
