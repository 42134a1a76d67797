//! `docs/errors.md` is made from the enums and their comments. `PARVIS_WRITE_DOCS=1` writes it anew.

#![expect(clippy::unwrap_used, reason = "what cannot go on ends the test")]

use std::{fmt::Write, path::Path};

/// Variants of an enum in a source file, in snake case, each with the first line of its comment.
fn variants(source: &str, name: &str) -> Vec<(String, String)> {
    let start = source.find(&format!("pub enum {name} {{")).unwrap();
    let body = &source[start..];
    let body = &body[body.find('\n').unwrap()..body.find("\n}").unwrap()];
    let (mut rows, mut comment) = (Vec::new(), String::new());
    for line in body.lines().map(str::trim) {
        if let Some(text) = line.strip_prefix("///") {
            if !comment.is_empty() {
                comment.push(' ');
            }
            comment.push_str(&text.trim().replace("[`PasswordRules::", "`").replace("`]", "`"));
        } else if line.starts_with(|c: char| c.is_ascii_uppercase()) {
            let word = line.trim_end_matches(',');
            let snake: String = word
                .char_indices()
                .flat_map(|(n, c)| {
                    let gap = (c.is_ascii_uppercase() && n > 0).then_some('_');
                    gap.into_iter().chain([c.to_ascii_lowercase()])
                })
                .collect();
            rows.push((snake, std::mem::take(&mut comment)));
        }
    }
    rows
}

#[test]
fn errors_page_is_current() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let read = |path: &str| std::fs::read_to_string(root.join(path)).unwrap();
    let (wire, view, rules) = (
        read("crates/protocol/src/error.rs"),
        read("crates/sign-in/src/view.rs"),
        read("crates/portal-profile/src/password.rs"),
    );
    let mut page = String::from(
        "# Error codes\n\nMade from the types; do not edit. A person never sees a code: the window has a sentence for each, in French, \
         English and German, that says what happened, what is lost (nothing) and what to do now.\n",
    );
    for (title, source, name) in [
        ("On the wire: `error`", &wire, "ErrorCode"),
        ("On the wire: `problem` beside the next step", &wire, "Problem"),
        ("On the wire: `reason` of `trust_ended`", &wire, "TrustEndReason"),
        ("On the wire: `problems`, `code` of a field", &wire, "FieldProblemCode"),
        ("On the wire: password rules that are not met", &rules, "PasswordRule"),
        ("In the app: what can go wrong beside an answer", &view, "FailureCode"),
    ] {
        write!(page, "\n## {title}\n\n| code | what it says |\n|---|---|\n").unwrap();
        for (code, comment) in variants(source, name).iter().filter(|(code, _)| code != "unknown") {
            writeln!(page, "| `{code}` | {comment} |").unwrap();
        }
    }
    let file = root.join("docs/errors.md");
    if std::env::var_os("PARVIS_WRITE_DOCS").is_some() {
        std::fs::write(&file, &page).unwrap();
    }
    let current = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(current, page, "stale: PARVIS_WRITE_DOCS=1 cargo test -p parvis-protocol --test errors_page");
}
