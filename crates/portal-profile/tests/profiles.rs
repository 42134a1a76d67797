//! What a profile file may say, what is refused, and where.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

use parvis_portal_profile::{
    CodeBlock, Defect, IdentifierKind, Language, MethodId, Profile, PublicProfile, parse,
};
use proptest::prelude::{ProptestConfig, any, prop, proptest};
use std::path::Path;

const SEED: &str = include_str!("../../../profiles/portail-de-sante.toml");
const CLINIC: &str = include_str!("clinic.toml");

fn seed() -> Profile {
    parse(SEED).unwrap()
}

/// The only defect of a file that has one, and its line.
fn only_defect(source: &str) -> (Defect, String) {
    let defects = parse(source).unwrap_err();
    let [defect] = &defects[..] else { panic!("{defects:#?}") };
    (defect.clone(), source.lines().nth(defect.line - 1).unwrap().to_owned())
}

/// The seed profile with one line in place of another.
fn seed_with(line: &str, instead: &str) -> String {
    assert_eq!(SEED.lines().filter(|l| l.starts_with(line)).count(), 1, "{line}");
    SEED.lines().map(|l| if l.starts_with(line) { instead } else { l }).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_shipped_profile_is_accepted_under_the_name_of_its_file() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../profiles");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let profile = parse(&std::fs::read_to_string(&path).unwrap())
            .unwrap_or_else(|defects| panic!("{}: {defects:#?}", path.display()));
        assert_eq!(path.file_name().unwrap().to_str(), Some(format!("{}.toml", profile.id).as_str()));
        count += 1;
    }
    assert!(count > 0);
}

#[test]
fn the_health_portal_says_what_its_documentation_says() {
    let seed = seed();
    let role = seed.role("professional").unwrap();
    assert_eq!(role.identifiers, [IdentifierKind::Identifier, IdentifierKind::Email]);
    assert_eq!(role.label.get(Language::De), "Gesundheitsfachkraft");
    assert!(seed.role("doctor").is_none());
    assert_eq!((seed.code.length, seed.code.validity_s), (6, 300));
    assert_eq!((seed.second_factor.preferred, seed.second_factor.ask_at_once), (MethodId::Email, true));
    assert!(seed.methods.contains_key(&MethodId::Sms));
    assert_eq!(seed.trust.unwrap().max_age_s, 86_400);
    assert_eq!(seed.recovery.link_validity_s, 86_400);
}

#[test]
fn one_right_among_others_makes_the_second_factor_due() {
    let needs = |rights: &[&str]| {
        seed().needs_second_factor(&rights.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    assert!(!needs(&[]));
    assert!(!needs(&["directory"]));
    assert!(needs(&["directory", "patient_data"]));
    assert!(needs(&["administration"]));
}

#[test]
fn a_fifth_portal_is_a_file_and_no_code() {
    let clinic = parse(CLINIC).unwrap();
    assert_eq!(clinic.code_tries.then, CodeBlock::Account);
    assert_eq!(clinic.code_tries.block_s(1), 0);
    assert!(clinic.trust.is_none());
    assert!(!clinic.needs_second_factor(&["patient_data".to_owned()]));
}

#[test]
fn delays_begin_after_the_free_tries_and_the_last_one_repeats() {
    let tries = seed().password_tries;
    let delays: Vec<u32> = [0, 4, 5, 6, 9, 10, u32::MAX].map(|failures| tries.delay_s(failures)).to_vec();
    assert_eq!(delays, [0, 0, 90, 180, 1800, 1800, 1800]);
}

#[test]
fn blocks_grow_and_the_last_one_repeats() {
    let tries = seed().code_tries;
    assert_eq!([1, 2, 3, 4, u32::MAX].map(|nth| tries.block_s(nth)), [900, 3600, 86_400, 86_400, 86_400]);
}

#[test]
fn languages_and_methods_are_read_as_they_are_written() {
    for language in [Language::Fr, Language::En, Language::De] {
        assert_eq!(Language::parse(language.as_str()), Some(language));
    }
    for method in [MethodId::Email, MethodId::Sms, MethodId::Totp, MethodId::RecoveryCode, MethodId::Voice] {
        assert_eq!(MethodId::parse(method.as_str()), Some(method));
    }
    assert_eq!((Language::parse("FR"), MethodId::parse("pigeon")), (None, None));
}

#[test]
fn an_unsafe_value_is_refused_at_its_line_with_its_rule() {
    let table = [
        ("id = \"portail", "id = \"Portail\"", "id", "lower-case"),
        ("id = \"portail", "id = \"../etc\"", "id", "lower-case"),
        ("id = \"portail", "id = \"a-\"", "id", "lower-case"),
        ("monogram", "monogram = \"P3\"", "monogram", "letters"),
        ("monogram", "monogram = \"PDS\"", "monogram", "letters"),
        ("languages", "languages = []", "languages", "one value"),
        ("languages", "languages = [\"fr\", \"fr\"]", "languages", "twice"),
        ("fr = \"Portail", "fr = \"\u{a0}\"", "name.fr", "blank"),
        ("en = \"Health portal", "en = \"Portal\\u001b[2J\"", "name.en", "control"),
        ("id = \"professional", "id = \"pro fessional\"", "roles[0].id", "lower-case"),
        ("identifiers", "identifiers = []", "roles[0].identifiers", "one value"),
        ("required", "required_for_rights = [\"patient\"]", "second_factor.required_for_rights[0]", "CHN-01"),
        ("preferred", "preferred = \"totp\"\nask_at_once = false", "second_factor.preferred", "no method"),
        ("acr = \"mfa-sms", "acr = \"phr\"", "methods.sms.acr", "mfa-sms"),
        ("acr = \"mfa-sms", "acr = \"mfa-totp\"", "methods.sms.acr", "mfa-sms"),
        ("min_length", "min_length = 5", "password.min_length", "PWD-01"),
        ("max_length", "max_length = 63", "password.max_length", "PWD-01"),
        ("max_length", "max_length = 1025", "password.max_length", "PWD-08"),
        ("min_length", "min_length = 129", "password.max_length", "PWD-01"),
        ("digits", "digits = 10", "password.min_length", "PWD-02"),
        ("digits", "digits = 4294967295", "password.min_length", "PWD-02"),
        ("free", "free = 0", "password_tries.free", "ACC-05"),
        ("free", "free = 6", "password_tries.free", "ACC-05"),
        ("delays_s", "delays_s = []", "password_tries.delays_s", "ACC-05"),
        ("delays_s", "delays_s = [60, 120]", "password_tries.delays_s[0]", "ACC-05"),
        ("delays_s", "delays_s = [120, 90]", "password_tries.delays_s", "ACC-05"),
        ("per_day = 25", "per_day = 26", "password_tries.per_day", "ACC-05"),
        (
            "per_day_known",
            "per_day_known_workstation = 26",
            "password_tries.per_day_known_workstation",
            "ACC-06",
        ),
        ("length", "length = 5", "code.length", "OTP-01"),
        ("length", "length = 9", "code.length", "OTP-01"),
        ("validity_s", "validity_s = 29", "code.validity_s", "OTP-04"),
        ("validity_s", "validity_s = 601", "code.validity_s", "OTP-04"),
        ("limit", "limit = 0", "code_tries.limit", "OTP-05"),
        ("limit", "limit = 11\n", "code_tries.limit", "OTP-05"),
        ("then", "then = \"account\"", "code_tries.blocks_s", "OTP-05"),
        ("blocks_s", "blocks_s = []", "code_tries.blocks_s", "OTP-05"),
        ("blocks_s", "blocks_s = [900, 900]", "code_tries.blocks_s", "OTP-05"),
        ("blocks_s", "blocks_s = [900, 604801]", "code_tries.blocks_s[1]", "OTP-05"),
        ("blocks_until", "blocks_until_support = 0", "code_tries.blocks_until_support", "OTP-05"),
        ("blocks_until", "blocks_until_support = 34", "code_tries.blocks_until_support", "OTP-05"),
        ("per_window", "per_window = 11", "sends.per_day", "OTP-06"),
        ("per_window", "per_window = 0", "sends.per_window", "OTP-06"),
        ("interval_s", "interval_s = 900", "sends.interval_s", "OTP-06"),
        ("link_validity_s", "link_validity_s = 86401", "recovery.link_validity_s", "REC-03"),
        ("max_age_s", "max_age_s = 86401", "trust.max_age_s", "TRU-03"),
        ("max_age_s", "max_age_s = 59", "trust.max_age_s", "TRU-03"),
        ("inactivity_s", "inactivity_s = 7201", "session.inactivity_s", "SES-02"),
        ("inactivity_s", "inactivity_s = 59", "session.inactivity_s", "SES-02"),
        ("absolute_s", "absolute_s = 86401", "session.absolute_s", "SES-02"),
        ("absolute_s", "absolute_s = 1799", "session.inactivity_s", "SES-02"),
        ("email = \"assistance", "email = \" \"", "support.email", "blank"),
    ];
    for (line, instead, key, rule) in table {
        let source = match key {
            // On its own the line would break a second rule, or stand there twice.
            "code_tries.limit" => {
                seed_with(line, instead).replace("blocks_until_support = 10", "blocks_until_support = 1")
            }
            "second_factor.preferred" => seed_with(line, instead).replace("ask_at_once = true", "#"),
            _ => seed_with(line, instead),
        };
        let (defect, at) = only_defect(&source);
        assert_eq!(defect.key, key, "{instead}");
        assert!(defect.reason.contains(rule), "{instead}: {defect}");
        let name = key.rsplit('.').next().unwrap().split('[').next().unwrap();
        assert!(at.starts_with(name), "{instead}: {defect}, but the line is `{at}`");
    }
}

#[test]
fn calls_are_no_second_factor() {
    let (defect, line) = only_defect(&seed_with("[methods.sms]", "[methods.voice]"));
    assert_eq!((defect.key.as_str(), line.as_str()), ("methods.voice", "[methods.voice]"));
    assert!(defect.reason.contains("registration only"), "{defect}");
}

#[test]
fn roles_that_share_an_id_are_refused_at_the_second() {
    let twice = CLINIC.replace("on_call_2", "patient");
    let (defect, line) = only_defect(&twice);
    assert_eq!(defect.key, "roles[1].id");
    assert!(line.contains("Garde"), "{defect}");
}

#[test]
fn a_portal_without_role_method_or_contact_is_refused() {
    let without = |from: &str, to: &str| only_defect(&CLINIC.replace(from, to)).0.key;
    assert_eq!(without("support.phone = \"+33 1 99 00 00 07\"", "support = {}"), "support");
    assert_eq!(without("methods.totp.acr = \"mfa-totp\"", ""), "second_factor.preferred");
    let (before, rest) = CLINIC.split_once("roles = [").unwrap();
    let (_, after) = rest.split_once("\n]").unwrap();
    assert_eq!(only_defect(&format!("{before}roles = []{after}")).0.key, "roles");
}

#[test]
fn chn_05_a_portal_whose_addresses_no_code_proves_is_refused() {
    let (defect, line) = only_defect(&CLINIC.replace("methods.email.acr = \"mfa-email\"", ""));
    assert_eq!((defect.key.as_str(), line.as_str()), ("methods", "methods.totp.acr = \"mfa-totp\""));
    assert!(defect.reason.contains("CHN-05"), "{defect}");
    // Without any method as well.
    let none = CLINIC.replace("methods.totp.acr = \"mfa-totp\"", "methods = {}");
    let found = parse(&none.replace("methods.email.acr = \"mfa-email\"", "")).unwrap_err();
    assert!(found.iter().any(|defect| defect.key == "methods"), "{found:#?}");
}

#[test]
fn a_missing_text_is_refused_where_the_others_are() {
    let (defect, line) = only_defect(&seed_with("de = \"Gesundheitsportal", ""));
    assert_eq!((defect.key.as_str(), line.as_str()), ("name", "[name] # of the portal"));
    assert_eq!(defect.reason, "missing key `de`");

    let (defect, line) = only_defect(&SEED.replace(", de = \"Patientendaten\"", ""));
    assert_eq!(defect.key, "rights.patient_data");
    assert!(line.starts_with("patient_data"), "{defect}");

    let (defect, line) = only_defect(&seed_with("label", ""));
    assert_eq!((defect.key.as_str(), line.as_str()), ("roles[0]", "[[roles]]"));
}

#[test]
fn unknown_keys_are_refused_at_their_lines_all_at_once() {
    let source = seed_with("max_age_s", "max_age_s = 86400\nsliding = true")
        .replace("fr = \"Professionnel de santé\"", "es = \"Profesional\", fr = \"Professionnel de santé\"")
        .replace("[recovery]", "[recovery]\n\"by.\\npigeon\" = true")
        .replace("[session]", "[telemetry]\nurl = \"\"\n[session]");
    let defects = parse(&source).unwrap_err();
    let found: Vec<(&str, &str)> = defects.iter().map(|d| (d.key.as_str(), d.reason.as_str())).collect();
    let unknown = ["roles[0].label.es", "recovery.by. pigeon", "trust.sliding", "telemetry"]
        .map(|key| (key, "unknown key"));
    assert_eq!(found, unknown);
    let lines: Vec<&str> = source.lines().collect();
    let names = ["es", "\"by", "sliding", "telemetry"];
    for (defect, name) in defects.iter().zip(names) {
        let from_column: String = lines[defect.line - 1].chars().skip(defect.column - 1).collect();
        assert!(from_column.starts_with(name), "{defect}");
    }
}

#[test]
fn missing_keys_and_wrong_types_are_refused_in_every_section_at_once() {
    let source = seed_with("validity_s", "")
        .replace("[recovery]\nlink_validity_s = 86400", "")
        .replace("per_day = 10 ", "per_day = \"ten\" ")
        .replace("absolute_s = 43200", "absolute_s = -1")
        .replace("\"identifier\", \"email\"", "\"email\", \"badge\"");
    let defects = parse(&source).unwrap_err();
    let found: Vec<&str> = defects.iter().map(|defect| defect.key.as_str()).collect();
    assert_eq!(found, ["recovery", "roles[0].identifiers[1]", "code", "sends.per_day", "session.absolute_s"]);
    assert_eq!((defects[0].line, defects[0].column), (1, 1));
    assert!(defects[1].reason.contains("`badge`"), "{}", defects[1]);
    assert_eq!(defects[2].reason, "missing key `validity_s`");
}

#[test]
fn all_unsafe_values_are_told_at_once_in_the_order_of_the_file() {
    let source = seed_with("limit", "limit = 100")
        .replace("max_age_s = 86400", "max_age_s = 999999")
        .replace("monogram = \"PS\"", "monogram = \"\"");
    let found: Vec<String> = parse(&source).unwrap_err().into_iter().map(|defect| defect.key).collect();
    assert_eq!(found, ["monogram", "code_tries.limit", "code_tries.blocks_until_support", "trust.max_age_s"]);
}

#[test]
fn a_syntax_error_is_the_one_defect_and_says_where() {
    let (defect, line) = only_defect(&seed_with("monogram", "monogram = \"PS"));
    assert!(line.starts_with("monogram"), "{defect}");
    assert_eq!(defect.to_string(), format!("{}:{}: {}", defect.line, defect.column, defect.reason));
    let (twice, line) = only_defect(&seed_with("upper", "digits = 1"));
    assert!(line.starts_with("digits") && twice.reason.contains("duplicate"), "{twice}");
}

#[test]
fn a_defect_is_told_in_one_line() {
    let (defect, _) = only_defect(&seed_with("length", "  length = 9"));
    let line = SEED.lines().position(|line| line.starts_with("length")).unwrap() + 1;
    assert_eq!(defect.to_string(), format!("{line}:3 code.length: 9 is not between 6 and 8 [OTP-01]"));
}

#[test]
fn the_public_profile_comes_back_as_it_was_sent() {
    for source in [SEED, CLINIC] {
        let public = parse(source).unwrap().public();
        let sent = serde_json::to_string(&public).unwrap();
        assert_eq!(serde_json::from_str::<PublicProfile>(&sent).unwrap(), public);
    }
}

#[test]
fn the_public_profile_tells_forms_and_no_throttling() {
    let sent = serde_json::to_value(seed().public()).unwrap();
    let members: Vec<&str> = sent.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = [
        "audience",
        "code",
        "code_block",
        "id",
        "languages",
        "methods",
        "monogram",
        "name",
        "password",
        "recovery",
        "registration",
        "roles",
        "session",
        "support",
        "trust",
    ];
    assert_eq!(members, expected);
    assert_eq!(sent["roles"][0]["identifiers"], serde_json::json!(["identifier", "email"]));
    assert_eq!(sent["methods"]["email"]["acr"], "mfa-email");
    assert_eq!(sent["registration"], serde_json::json!({}));
    assert!(serde_json::to_value(parse(CLINIC).unwrap().public()).unwrap()["trust"].is_null());
}

#[test]
fn a_newer_portals_members_and_methods_are_ignored() {
    let mut sent = serde_json::to_value(seed().public()).unwrap();
    sent["theme"] = "dark".into();
    sent["roles"][0]["icon"] = "stethoscope".into();
    sent["name"]["lb"] = "Gesondheetsportal".into();
    sent["registration"]["form"] = serde_json::json!([]);
    sent["methods"]["carrier_pigeon"] = serde_json::json!({ "acr": "mfa-pigeon" });
    assert_eq!(serde_json::from_value::<PublicProfile>(sent).unwrap(), seed().public());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_is_read_makes_the_reader_panic(source in any::<String>()) {
        let _ = parse(&source);
    }

    #[test]
    fn nothing_that_looks_like_a_profile_makes_the_reader_panic(
        at in any::<prop::sample::Index>(),
        length in 0_usize..40,
        instead in "[\\[\\]{}=.,\"'\\n#é0-9a-z_ -]{0,12}",
    ) {
        let characters: Vec<char> = SEED.chars().collect();
        let (before, rest) = characters.split_at(at.index(characters.len()));
        let after = rest.get(length..).unwrap_or_default();
        let source: String = before.iter().copied().chain(instead.chars()).chain(after.iter().copied()).collect();
        for defect in parse(&source).err().into_iter().flatten() {
            assert!(defect.line <= source.split('\n').count() && defect.column >= 1);
        }
    }
}
