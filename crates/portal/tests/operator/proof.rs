//! `check-profile --run`: a profile's promises, kept or not.

use crate::said;
use parvis_portal::proof::{self, Report};
use parvis_portal_profile::{CodeBlock, IdentifierKind, Language, Profile};
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
        assert!(report.is_ok() && report.lines.len() > 25, "{}\n{report}", profile.id);
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
async fn a_broken_promise_about_passwords_is_named() {
    broken(|portal| portal.password.min_length = 14, &["shortest password"]).await;
    broken(|portal| portal.password.max_length = 91, &["longest password"]).await;
    broken(|portal| portal.password.upper = 2, &["upper characters needed"]).await;
    broken(|portal| portal.password_tries.delays_s = vec![75, 3601], &["waits after further ones"]).await;
    broken(|portal| portal.password_tries.per_day = 6, &["wrong passwords in 24 h, elsewhere"]).await;
    let known = |portal: &mut Profile| portal.password_tries.per_day_known_workstation = 5;
    broken(known, &["wrong passwords in 24 h, where known"]).await;
    broken(|portal| portal.recovery.link_validity_s = 1801, &["a mailed link is good for"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_promise_about_codes_is_named() {
    broken(|portal| portal.code.length = 7, &["email: a code", "sms: a code"]).await;
    let valid = ["email: a code is good for", "sms: a code is good for"];
    broken(|portal| portal.code.validity_s = 91, &valid).await;
    broken(|portal| portal.code.validity_s = 89, &valid).await;
    let blocked = ["email: blocked for", "sms: blocked for"];
    broken(|portal| portal.code_tries.blocks_s = vec![600, 1260], &blocked).await;
    broken(|portal| portal.code_tries.blocks_until_support = 2, &blocked).await;
    broken(|portal| portal.code_tries.then = CodeBlock::Account, &blocked).await;
    let wrong = ["email: wrong codes before a block", "sms: wrong codes before a block"];
    broken(|portal| portal.code_tries.limit = 3, &wrong).await;
    let interval = ["email: between two codes", "sms: between two codes"];
    broken(|portal| portal.sends.interval_s = 44, &interval).await;
    broken(|portal| portal.sends.per_day = 6, &["email: codes in 24 h", "sms: codes in 24 h"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_promise_about_people_and_sessions_is_named() {
    let rights = |portal: &mut Profile| portal.second_factor.required_for_rights.push("stock".to_owned());
    broken(rights, &["rights that make a code due"]).await;
    broken(|portal| portal.languages = vec![Language::De, Language::Fr], &["languages of mails"]).await;
    let role = |portal: &mut Profile| portal.roles[1].identifiers.push(IdentifierKind::Identifier);
    broken(role, &[]).await;
    broken(|portal| portal.support.phone = Some("+49 30 1".to_owned()), &["shown to a blocked person"]).await;
    broken(|portal| portal.second_factor.ask_at_once = true, &["after the password"]).await;
    let trust = |seconds| move |portal: &mut Profile| portal.trust.as_mut().unwrap().max_age_s = seconds;
    let remembered = ["a remembered workstation, as it is told", "a remembered workstation, as it holds"];
    broken(trust(7201), &remembered).await;
    broken(trust(7199), &remembered).await;
    broken(|portal| portal.session.inactivity_s = 241, &["a session without use"]).await;
    broken(|portal| portal.session.absolute_s = 899, &["a session whatever happens"]).await;
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
