//! Import, rights, closing: what the commands say.

use crate::{Site, defects};

const HEADER: &str = "identifier,name,role,rights,email,phone,language\n";

/// So many accounts of a role.
fn lines(count: usize, role: &str) -> String {
    (0..count).fold(String::new(), |lines, n| lines + &format!("a{n},A,{role},,,,\n"))
}

#[test]
fn a_good_file_is_imported_whole() {
    let site = Site::new();
    let file = site.file(
        "accounts.csv",
        format!(
            "{HEADER}dr.martin,Dr Alice Martin,professional,patient_data administration,martin@cabinet.example,06 12 34 56 78,fr\n\
             weber,\"Weber, Eva\",professional,,weber@praxis.example,,de\n"
        ),
    );
    let said = site.run("account", "import", &["--dry-run", &file]);
    assert!(
        said.ok && said.out.starts_with("2 accounts could be imported; nothing was changed"),
        "{}",
        said.out
    );
    assert_eq!(site.run("account", "list", &[]).out, "");
    let said = site.run("account", "import", &[&file]);
    assert!(said.ok && said.out.starts_with("2 accounts imported; none has a password yet"), "{}", said.err);
    let list = site.run("account", "list", &[]).out;
    assert_eq!(
        list,
        "dr.martin\tDr Alice Martin\tprofessional\tactive\tpatient_data administration\nweber\tWeber, Eva\tprofessional\tactive\t\n"
    );
    assert!(site.run("account", "show", &["martin@cabinet.example"]).out.contains("telephone +33612345678"));
}

#[test]
fn every_bad_line_is_named_and_nothing_is_imported() {
    let site = Site::new();
    let first =
        site.file("first.csv", format!("{HEADER}dr.martin,M,professional,,martin@cabinet.example,,\n"));
    assert!(site.run("account", "import", &[&first]).ok);
    let mut bytes = format!(
        "{HEADER}a,A,professional,,a@cabinet.example,,\n\
         ,,nurse,surgery,nowhere,12,it\n\
         b,B,professional,,a@cabinet.example,,\n\
         A ,Again,professional,,,,\n\
         c,C,professional,,MARTIN@cabinet.example,,\n\
         d,D,professional\n\
         \"e\",\"two\nlines\",professional,,,,\n"
    )
    .into_bytes();
    bytes.extend(b"f,\xff,professional,,,,\n");
    let said = site.run("account", "import", &[&site.file("bad.csv", bytes)]);
    assert!(!said.ok && said.out.is_empty());
    assert_eq!(
        defects(&said.err),
        [
            "line 3, role: the portal has no role \"nurse\"",
            "line 3, email: \"nowhere\" is not an e-mail address",
            "line 3, identifier: is empty",
            "line 3, name: is empty",
            "line 3, rights: the portal has no right \"surgery\"",
            "line 3, phone: \"12\" is not a telephone number",
            "line 3, language: is fr, en or de",
            "line 4, email: a@cabinet.example is on line 2 already",
            "line 5, identifier: a is on line 2 already",
            "line 6, email: martin@cabinet.example is an account's already",
            "line 7, line: has 3 fields, the header has 7",
            "line 8, name: has control characters, or more than 200 letters",
            "line 10, line: name is not UTF-8",
        ]
    );
    assert!(
        said.err.contains("8 lines, 13 of their fields cannot be used; nothing was imported"),
        "{}",
        said.err
    );
    assert_eq!(site.run("account", "list", &[]).out.lines().count(), 1);
}

#[test]
fn a_thousand_bad_lines_are_named_and_the_rest_counted() {
    let site = Site::new();
    let lines = lines(1200, "nurse");
    let said = site.run("account", "import", &[&site.file("bad.csv", format!("{HEADER}{lines}"))]);
    assert_eq!(defects(&said.err).len(), 1000);
    assert!(said.err.contains("1200 of their fields cannot be used (200 more than are named)"));
}

#[test]
fn doubles_are_found_however_far_apart() {
    let site = Site::new();
    let lines = lines(1100, "professional");
    let said = site.run(
        "account",
        "import",
        &[&site.file("twice.csv", format!("{HEADER}{lines}a3,A,professional,,,,\n"))],
    );
    assert_eq!(defects(&said.err), ["line 1102, identifier: a3 is on line 5 already"]);
}

#[test]
fn the_header_is_needed_and_unknown_columns_are_named() {
    let site = Site::new();
    for (content, reason) in [
        ("", "the file is empty"),
        ("identifier,name,role,password\n", "there is no column \"password\""),
        ("identifier,name,name,role\n", "name is there twice"),
        ("name,rights\n", "the column identifier is missing; the column role is missing"),
    ] {
        let said = site.run("account", "import", &[&site.file("accounts.csv", content)]);
        assert!(!said.ok && said.err.contains(reason), "{content:?}: {}", said.err);
    }
}

#[test]
fn a_spreadsheets_semicolons_and_byte_order_mark_are_read() {
    let site = Site::new();
    let file = site.file("excel.csv", "\u{feff}Name;Role;Identifier\r\nDr Martin;professional;dr.martin\r\n");
    let said = site.run("account", "import", &[&file]);
    assert!(said.ok, "{}", said.err);
    assert!(site.run("account", "list", &[]).out.starts_with("dr.martin\tDr Martin\t"));
}

#[test]
fn rights_and_states_say_what_changed() {
    let site = Site::new();
    let file = site.file("accounts.csv", format!("{HEADER}dr.martin,M,professional,,,,\n"));
    assert!(site.run("account", "import", &[&file]).ok);
    let rights = |rest: &[&str]| site.run("account", "set-rights", &[&["dr.martin"], rest].concat());
    assert_eq!(
        rights(&["--right", "patient_data"]).out,
        "dr.martin: +patient_data; a code is due at each sign-in from now on; 0 sessions ended, remembered workstations forgotten\n"
    );
    assert_eq!(rights(&["--right", "patient_data"]).out, "dr.martin: nothing to change\n");
    assert!(
        rights(&["--right", "administration"])
            .out
            .starts_with("dr.martin: +administration; -patient_data; 0 sessions")
    );
    assert!(rights(&["--no-rights"]).out.starts_with("dr.martin: -administration; "));
    assert!(rights(&["--right", "surgery"]).err.contains("the portal has no right surgery"));
    assert!(rights(&["--role", "nurse"]).err.contains("the portal has no role nurse"));
    assert!(!rights(&[]).ok);
    let run = |command| site.run("account", command, &["dr.martin"]).out;
    assert_eq!(run("disable"), "dr.martin is closed; its sessions have ended\n");
    assert_eq!(run("disable"), "dr.martin was not open\n");
    assert_eq!(run("enable"), "dr.martin is open again\n");
    assert_eq!(run("remove-totp"), "dr.martin has no authenticator app\n");
    assert!(run("sign-out").starts_with("0 open sessions ended"));
    assert!(site.run("account", "sign-out", &["--all"]).ok);
    assert!(!site.run("account", "sign-out", &[]).ok);
}

#[test]
fn pwd_09_no_command_shows_or_takes_a_password_as_an_argument() {
    let site = Site::new();
    let help = site.run("account", "create", &["--help"]).out;
    assert!(!help.contains("--password"), "{help}");
    let said = site.run_with(
        "Tilleul4-gravier!\n",
        "account",
        "create",
        &["a", "--name", "A", "--role", "professional"],
    );
    assert!(said.ok, "{}", said.err);
    let invite = ["b", "--name", "B", "--role", "professional", "--invite"];
    assert!(!site.run("account", "create", &invite).ok, "nowhere to send the link");
    let said = site.run("account", "create", &[&invite[..], &["--email", "b@cabinet.example"]].concat());
    assert!(said.ok, "{}", said.err);
    for command in ["invite", "send-reset"] {
        assert_eq!(site.run("account", command, &["b"]).out, "the running portal mails b a link\n");
        assert!(site.run("account", command, &["a"]).err.contains("a has no e-mail address that was proved"));
    }
    let shown = site.run("account", "show", &["a"]).out;
    assert!(!shown.contains("argon2") && !shown.contains("Tilleul"), "{shown}");
}
