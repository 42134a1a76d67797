//! `check-profile --run`: a profile's promises, kept or not.

use crate::said;
use parvis_portal::proof::{self, Report};
use parvis_portal_profile::{CodeBlock, Language, Profile};
use std::{path::Path, process::Command};

const INVENTED: &str = include_str!("invented.toml");

fn invented() -> Profile {
    parvis_portal_profile::parse(INVENTED).unwrap()
}

fn failed(report: &Report) -> Vec<&str> {
    report.lines.iter().filter(|line| !line.ok).map(|line| line.promise.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_profile_keeps_its_promises() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../profiles");
    let mut profiles: Vec<Profile> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap())
        .map(|source| parvis_portal_profile::parse(&source).unwrap())
        .collect();
    profiles.push(invented());
    assert!(profiles.len() > 2);
    for profile in profiles {
        let report = proof::run(&profile).await.unwrap();
        assert!(report.is_ok() && report.lines.len() > 22, "{}\n{report}", profile.id);
    }
}

/// A promise is broken by a portal that is set up otherwise; the report names that promise and no other.
async fn broken(change: impl FnOnce(&mut Profile), promises: &[&str]) {
    let mut served = invented();
    change(&mut served);
    let report = proof::run_against(&invented(), served).await.unwrap();
    assert_eq!(failed(&report), promises, "{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn broken_promises_are_named_and_no_others() {
    broken(
        |portal| {
            portal.password.min_length = 14;
            portal.password.max_length = 91;
            portal.password.upper = 2;
            portal.password_tries.delays_s = vec![75, 3601];
            portal.password_tries.per_day = 6;
            portal.password_tries.per_day_known_workstation = 5;
            portal.recovery.link_validity_s = 1801;
            portal.session.inactivity_s = 241;
        },
        &[
            "shortest password",
            "longest password",
            "upper characters needed",
            "waits after further ones",
            "wrong passwords in 24 h, elsewhere",
            "wrong passwords in 24 h, where known",
            "a mailed link is good for",
            "a session without use",
        ],
    )
    .await;
    let valid = ["email: a code is good for", "sms: a code is good for"];
    broken(|portal| portal.code.validity_s = 91, &valid).await;
    broken(|portal| portal.code.validity_s = 89, &valid).await;
    broken(
        |portal| {
            portal.code.length = 7;
            portal.code_tries.limit = 3;
            portal.code_tries.blocks_s = vec![600, 1260];
            portal.sends.interval_s = 44;
            portal.sends.per_day = 6;
            portal.session.absolute_s = 899;
            portal.trust.as_mut().unwrap().max_age_s = 7201;
        },
        &[
            "email: a code",
            "email: wrong codes before a block",
            "email: blocked for",
            "sms: a code",
            "sms: wrong codes before a block",
            "sms: blocked for",
            "email: between two codes",
            "email: codes in 24 h",
            "sms: between two codes",
            "sms: codes in 24 h",
            "a remembered workstation, as it is told",
            "a remembered workstation, as it holds",
            "a session whatever happens",
        ],
    )
    .await;
    broken(
        |portal| {
            portal.second_factor.required_for_rights.push("stock".to_owned());
            portal.second_factor.ask_at_once = true;
            portal.languages = vec![Language::De, Language::Fr];
            portal.support.phone = Some("+49 30 1".to_owned());
            portal.code_tries.then = CodeBlock::Account;
            portal.trust = None;
        },
        &[
            "rights that make a code due",
            "languages of mails",
            "shown to a blocked person",
            "after the password",
            "email: blocked for",
            "sms: blocked for",
            "a remembered workstation, as it is told",
            "a remembered workstation, as it holds",
            "another person's sign-in there",
        ],
    )
    .await;
}

#[test]
fn the_command_says_what_was_measured_and_how_it_ended() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/operator/invented.toml");
    let run = |options: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_parvis-portal"));
        said(&command.arg("check-profile").arg(&file).args(options).output().unwrap())
    };
    let table = run(&["--run"]);
    assert!(table.ok && table.out.starts_with("promise "), "{}{}", table.out, table.err);
    assert!(table.out.lines().skip(2).all(|line| line.ends_with("| ok")), "{}", table.out);
    let json: serde_json::Value = serde_json::from_str(&run(&["--run", "--json"]).out).unwrap();
    assert_eq!(json["portal"], "invented");
    assert_eq!(json["lines"].as_array().unwrap().len(), table.out.lines().count() - 2);
    assert_eq!(run(&[]).out, format!("{}: portal invented is sound\n", file.display()));
}
