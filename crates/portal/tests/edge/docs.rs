//! The generated parts of `docs/operating.md` are what the program says. `PARVIS_WRITE_DOCS=1` writes them anew.

use parvis_portal::{EVENT_KINDS, config::Config};
use std::path::{Path, PathBuf};

fn check(name: &str, generated: &str) {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/operating.md");
    let text = std::fs::read_to_string(&file).unwrap();
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let from = text.find(&begin).unwrap() + begin.len();
    let to = from + text[from..].find(&end).unwrap();
    if std::env::var_os("PARVIS_WRITE_DOCS").is_some() {
        std::fs::write(&file, format!("{}{generated}{}", &text[..from], &text[to..])).unwrap();
        return;
    }
    assert_eq!(
        &text[from..to],
        generated,
        "stale: PARVIS_WRITE_DOCS=1 cargo test -p parvis-portal --test edge docs -- --test-threads 1"
    );
}

#[test]
fn the_configuration_reference_is_current() {
    check("configuration", &format!("```toml\n{}\n```\n", Config::reference().trim_end()));
}

#[test]
fn the_list_of_events_is_current() {
    let list: Vec<String> = EVENT_KINDS.iter().map(|kind| format!("`{kind}`")).collect();
    check("events", &format!("{}.\n", list.join(", ")));
}

/// Rust tests by name, the window's by title: what `docs/seeds.md` says is tested has a test of that name.
#[test]
fn every_behaviour_of_the_seeds_names_a_test_that_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut sources = String::new();
    for folder in ["crates", "tests", "ui/tests"] {
        read_all(&root.join(folder), &mut sources);
    }
    let page = std::fs::read_to_string(root.join("docs/seeds.md")).unwrap();
    let rows: Vec<&str> = page.lines().filter(|line| line.ends_with("` |")).collect();
    assert!(rows.len() > 60, "the table is there");
    let missing: Vec<&str> = rows
        .iter()
        .map(|row| row.trim_end_matches("` |").rsplit('`').next().unwrap())
        .filter(|name| {
            !sources.contains(&format!("fn {name}(")) && !sources.contains(&format!("test('{name}'"))
        })
        .collect();
    assert!(missing.is_empty(), "named in docs/seeds.md, and nowhere else: {missing:#?}");
}

fn read_all(folder: &Path, into: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !path.ends_with("target") && !path.ends_with("node_modules") {
                read_all(&path, into);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs" || extension == "ts") {
            into.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
}
