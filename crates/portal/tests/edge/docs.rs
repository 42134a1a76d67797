//! The generated parts of `docs/operating.md` are what the program says. `PARVIS_WRITE_DOCS=1` writes them anew.

use parvis_portal::{EVENT_KINDS, config::Config};
use std::path::PathBuf;

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
