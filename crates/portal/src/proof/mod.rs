//! The proof of a profile: a portal is opened with it, its clock is moved, and every promise of the profile is tried over the
//! portal's own router, by a client that knows the protocol and nothing of the portal's insides.

mod bench;
mod codes;
mod desk;
mod entrances;
mod passwords;
mod registration;
mod sends;
mod sessions;

use anyhow::Result;
use bench::{Bench, Person};
use parvis_portal_profile::{MethodId, Profile};
use serde::Serialize;
use std::fmt;

/// One promise of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// What is promised.
    pub promise: String,
    /// What the profile says.
    pub profile: String,
    /// What was measured, or why it could not be.
    pub measured: String,
    /// They are the same.
    pub ok: bool,
}

/// All promises of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Id of the portal.
    pub portal: String,
    /// Each promise, in the order of the profile.
    pub lines: Vec<Line>,
}

impl Report {
    /// Every promise is kept.
    pub fn is_ok(&self) -> bool {
        self.lines.iter().all(|line| line.ok)
    }
}

/// A table: promise, profile, measured, result.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = |cell: fn(&Line) -> &str, head: &str| {
            let cells = self.lines.iter().map(|line| cell(line).chars().count());
            cells.chain([head.chars().count()]).max().unwrap_or(0)
        };
        let promise = width(|line| &line.promise, "promise");
        let profile = width(|line| &line.profile, "in the profile");
        let measured = width(|line| &line.measured, "measured");
        writeln!(f, "{:promise$} | {:profile$} | {:measured$} |", "promise", "in the profile", "measured")?;
        writeln!(f, "{:-<promise$}-|-{:-<profile$}-|-{:-<measured$}-|-------", "", "", "")?;
        for line in &self.lines {
            let result = if line.ok { "ok" } else { "FAILED" };
            writeln!(
                f,
                "{:promise$} | {:profile$} | {:measured$} | {result}",
                line.promise, line.profile, line.measured
            )?;
        }
        Ok(())
    }
}

/// Opens a portal with this profile and tries every promise.
///
/// # Errors
/// No portal could be opened.
pub async fn run(profile: &Profile) -> Result<Report> {
    run_against(profile, profile.clone()).await
}

/// Tries the promises of one profile on a portal that works like another.
///
/// # Errors
/// No portal could be opened.
pub async fn run_against(promised: &Profile, served: Profile) -> Result<Report> {
    let mut prover = Prover { profile: promised, bench: Bench::open(served).await?, lines: Vec::new() };
    prover.entrances().await;
    prover.passwords().await;
    prover.password_tries().await;
    prover.codes().await;
    prover.sends().await;
    prover.recovery().await;
    prover.trust().await;
    prover.sessions().await;
    prover.registration().await;
    let Prover { bench, lines, .. } = prover;
    bench.close().await;
    Ok(Report { portal: promised.id.clone(), lines })
}

struct Prover<'a> {
    profile: &'a Profile,
    bench: Bench,
    lines: Vec<Line>,
}

impl Prover<'_> {
    /// Notes one promise.
    fn line(&mut self, promise: impl Into<String>, profile: impl fmt::Display, measured: Result<String>) {
        let profile = profile.to_string();
        let measured = measured.unwrap_or_else(|error| format!("{error:#}"));
        let ok = profile == measured;
        self.lines.push(Line { promise: promise.into(), profile, measured, ok });
    }

    /// How somebody comes to need a code on this portal.
    fn strong(&self) -> Option<Strong> {
        match self.profile.second_factor.required_for_rights.first() {
            Some(right) => Some(Strong::Right(right.clone())),
            None if self.profile.methods.contains_key(&MethodId::Totp) => Some(Strong::Authenticator),
            None => None,
        }
    }

    /// Somebody who needs a code.
    async fn strong_person(&self, strong: &Strong) -> Result<Person> {
        match strong {
            Strong::Right(right) => self.bench.person(std::slice::from_ref(right)).await,
            Strong::Authenticator => {
                let person = self.bench.person(&[]).await?;
                self.bench.activate_totp(&person).await?;
                Ok(person)
            }
        }
    }

    /// Methods whose codes are sent, with everybody's preferred one first.
    fn sent_methods(&self) -> Vec<MethodId> {
        self.profile.methods.keys().copied().filter(|method| method.is_sent()).collect()
    }
}

/// Why a code is asked for.
#[derive(Debug, Clone)]
enum Strong {
    Right(String),
    Authenticator,
}

/// `1 h 30 min`, so that a person sees what a profile says.
fn duration(seconds: i64) -> String {
    let parts = [
        (seconds / 86_400, "d"),
        (seconds / 3600 % 24, "h"),
        (seconds / 60 % 60, "min"),
        (seconds % 60, "s"),
    ];
    let parts: Vec<String> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, unit)| format!("{count} {unit}")).collect();
    if parts.is_empty() { "0 s".to_owned() } else { parts.join(" ") }
}

/// `15 min, 1 h, 1 d × 7`.
fn durations(seconds: impl IntoIterator<Item = i64>) -> String {
    let mut runs: Vec<(i64, usize)> = Vec::new();
    for seconds in seconds {
        match runs.last_mut() {
            Some((last, times)) if *last == seconds => *times += 1,
            _ => runs.push((seconds, 1)),
        }
    }
    let texts = runs.into_iter().map(|(seconds, times)| match times {
        1 => duration(seconds),
        times => format!("{} × {times}", duration(seconds)),
    });
    texts.collect::<Vec<_>>().join(", ")
}

/// What two looks at an edge say: one a second before it, one at it.
fn edge(seconds: i64, holds_before: bool, holds_at: bool) -> String {
    match (holds_before, holds_at) {
        (true, false) => duration(seconds),
        (false, _) => format!("less than {}", duration(seconds)),
        (true, true) => format!("more than {}", duration(seconds)),
    }
}
