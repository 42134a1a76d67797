//! Imports of members and of practices' contacts: what the commands say.

use crate::{Site, defects};

const MEMBERS: &str = "permit_number,name,email\n";
const CONTACTS: &str = "reference,practice,given_name,family_name,email,phone,language\n";

/// What was said, without the time it took.
fn told(out: &str) -> &str {
    out.rsplit_once(" (").unwrap().0
}

#[test]
fn members_are_imported_each_month_anew() {
    let site = Site::new();
    let import = |lines: &str, options: &[&str]| {
        let file = site.file("members.csv", format!("{MEMBERS}{lines}"));
        let said = site.run("members", "import", &[&[file.as_str()], options].concat());
        assert!(said.ok, "{}", said.err);
        told(&said.out).to_owned()
    };
    let january =
        "00123,Dr Alice Martin,martin@cabinet.example\n45 678,\"Weber, Eva\",weber@praxis.example\n";
    assert_eq!(
        import(january, &["--dry-run"]),
        "2 members could be imported: 2 new, 0 changed, 0 unchanged; nothing was changed"
    );
    assert_eq!(import(january, &[]), "2 members imported: 2 new, 0 changed, 0 unchanged");
    let february = "00123,Dr Alice Martin,a.martin@cabinet.example\n9,Neuf,neuf@cabinet.example\n";
    assert_eq!(
        import(february, &["--remove-absent", "--dry-run"]),
        "2 members could be imported: 1 new, 1 changed, 0 unchanged, 1 removed; nothing was changed"
    );
    assert_eq!(import(february, &[]), "2 members imported: 1 new, 1 changed, 0 unchanged");
    assert_eq!(
        import(february, &["--remove-absent"]),
        "2 members imported: 0 new, 0 changed, 2 unchanged, 1 removed"
    );
    assert_eq!(
        import("45678,Weber,weber@praxis.example\n", &[]),
        "1 members imported: 1 new, 0 changed, 0 unchanged"
    );
}

#[test]
fn every_bad_member_is_named_and_nothing_is_imported() {
    let site = Site::new();
    let first = site.file("first.csv", format!("{MEMBERS}1,Un,un@example.org\n"));
    assert!(site.run("members", "import", &[&first]).ok);
    let mut bytes = format!(
        "{MEMBERS}2,Deux,deux@example.org\n\
         ,,nowhere\n\
         3,Trois,Deux@Example.org\n\
         \" 2\",Encore,encore@example.org\n\
         4,Quatre\n"
    )
    .into_bytes();
    bytes.extend(b"5,\xff,cinq@example.org\n6,Six,\n7,Sept,UN@example.org\n");
    let said = site.run("members", "import", &[&site.file("bad.csv", bytes)]);
    assert!(!said.ok && said.out.is_empty());
    assert_eq!(
        defects(&said.err),
        [
            "line 3, permit_number: is empty",
            "line 3, name: is empty",
            "line 3, email: \"nowhere\" is not an e-mail address",
            "line 4, email: deux@example.org is on line 2 already",
            "line 5, permit_number: 2 is on line 2 already",
            "line 6, line: has 2 fields, the header has 3",
            "line 7, line: name is not UTF-8",
            "line 8, email: is empty",
            "line 9, email: un@example.org belongs to the permit number 1",
        ]
    );
    assert!(said.err.contains("8 lines, 9 of their fields cannot be used; nothing was imported"));
    // Nothing of the bad file stayed.
    let good = site.file("good.csv", format!("{MEMBERS}1,Un,un@example.org\n2,Deux,deux@example.org\n"));
    let said = site.run("members", "import", &[&good]);
    assert_eq!(told(&said.out), "2 members imported: 1 new, 0 changed, 1 unchanged");
}

#[test]
fn contact_records_are_imported_and_every_bad_one_is_named() {
    let site = Site::new();
    let import = |content: &str| site.run("contacts", "import", &[&site.file("contacts.csv", content)]);
    let good = "\u{feff}Practice;Reference;Family_name;Phone\r\nCabinet Nord;P-1;Weber;06 12 34 56 78\r\n";
    let file = site.file("contacts.csv", good);
    let said = site.run("contacts", "import", &["--dry-run", &file]);
    assert!(
        told(&said.out).starts_with("1 contact records could be imported: 1 new, "),
        "{} {}",
        said.out,
        said.err
    );
    assert_eq!(told(&import(good).out), "1 contact records imported: 1 new, 0 changed, 0 unchanged");
    assert_eq!(
        told(&import(&good.replace("Weber", "Roux")).out),
        "1 contact records imported: 0 new, 1 changed, 0 unchanged"
    );
    let said = import(&format!(
        "{CONTACTS}P-2,Cabinet,Eva,Weber,,,\n\
         ,,,,nowhere,12,it\n\
         P-3,Cabinet,Eva,Weber,eva@example.org,,\n\
         p-3,Cabinet,Eva,Weber,eva@example.org,,\n"
    ));
    assert!(!said.ok && said.out.is_empty());
    assert_eq!(
        defects(&said.err),
        [
            "line 2, email: is empty, and so is phone: one of them is needed",
            "line 3, reference: is empty",
            "line 3, practice: is empty",
            "line 3, family_name: is empty",
            "line 3, email: \"nowhere\" is not an e-mail address",
            "line 3, phone: \"12\" is not a telephone number",
            "line 3, language: is fr, en or de",
            "line 5, reference: p-3 is on line 4 already",
        ]
    );
}

#[test]
fn the_columns_that_are_needed_are_named() {
    let site = Site::new();
    for (group, content, reason) in [
        (
            "members",
            "permit_number,phone\n",
            "there is no column \"phone\"; there are permit_number, name, email",
        ),
        ("members", "permit_number,name\n", "the column email is missing"),
        (
            "contacts",
            "reference,family_name\n",
            "the column practice is missing; the column email or phone is missing",
        ),
        ("contacts", "", "the file is empty"),
    ] {
        let said = site.run(group, "import", &[&site.file("file.csv", content)]);
        assert!(!said.ok && said.err.contains(reason), "{content:?}: {}", said.err);
    }
}

#[test]
fn twenty_thousand_members_are_imported_and_progress_is_told() {
    let site = Site::new();
    let lines =
        (0..20_000).fold(String::new(), |lines, n| lines + &format!("{n:05},Membre,m{n}@example.org\n"));
    let file = site.file("members.csv", format!("{MEMBERS}{lines}"));
    let said = site.run("members", "import", &[&file]);
    assert_eq!(told(&said.out), "20000 members imported: 20000 new, 0 changed, 0 unchanged");
    assert_eq!(said.err.lines().filter(|line| line.ends_with("000 lines")).count(), 2, "{}", said.err);
    let said = site.run("members", "import", &["--remove-absent", &file]);
    assert_eq!(told(&said.out), "20000 members imported: 0 new, 0 changed, 20000 unchanged, 0 removed");
}

#[test]
fn a_patient_is_reminded_and_a_booking_page_gets_its_link() {
    let site = Site::of("doctolib");
    let file = site.file("contacts.csv", format!("{CONTACTS}CM-1,Cabinet,,Éluard,anais@example.org,,\n"));
    assert!(site.run("contacts", "import", &[&file]).ok);
    let at = "2036-12-02T10:20";
    let said = site.run("contacts", "remind", &["cm-1", "--at", at]);
    assert_eq!(said.out, "the reminder is queued; the running portal sends it\n", "{}", said.err);
    for (reference, at, reason) in [
        ("cm-2", at, "there is no record cm-2"),
        ("cm-1", "2016-12-02T10:20", "has begun already"),
        ("cm-1", "tomorrow", "a date and a time, as 2026-12-02T10:20"),
    ] {
        let said = site.run("contacts", "remind", &[reference, "--at", at]);
        assert!(!said.ok && said.out.is_empty() && said.err.contains(reason), "{}", said.err);
    }

    let link = |rest: &[&str]| site.run("booking-link", "--practice=Cabinet", rest);
    let said = link(&["--at", at, "--return-path", "rendez-vous"]);
    assert!(said.ok && said.out.starts_with("parvis://register?portal=doctolib&link="), "{}", said.err);
    assert!(
        Site::new().run("booking-link", "--practice=Cabinet", &["--at", at]).err.contains("[registration]")
    );
}
