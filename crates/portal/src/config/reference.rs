//! The configuration file that shows everything, for `docs/operating.md`.

use super::Config;
use super::reading::{Given, Key, Section, TableInfo};
use std::fmt::Write;

/// A TOML file: what has to be written is set to an example, what has a default is set to it, and what may be left
/// out is commented out.
pub(super) fn render() -> String {
    let mut text =
        String::from("# Configuration of `parvis-portal serve --config FILE`: every key, and its default.\n");
    text.push_str("# `#key = …` stands for a key or a section that may be left out, with an example.\n");
    for key in <Config as Section>::KEYS {
        write_key(&mut text, key, false);
    }
    for table in <Config as Section>::TABLES {
        write_table(&mut text, table);
    }
    text
}

fn write_table(text: &mut String, table: &TableInfo) {
    text.push('\n');
    write_comment(text, table.meaning);
    let off = if table.optional { "#" } else { "" };
    let _ = writeln!(text, "{off}[{}]", table.name);
    for key in table.keys {
        write_key(text, key, table.optional);
    }
}

fn write_key(text: &mut String, key: &Key, off: bool) {
    let (value, note, optional) = match key.given {
        Given::Required(example) => (example, "Required.", false),
        Given::Default(value) => (value, "", false),
        Given::Optional(example) => (example, "Optional.", true),
    };
    text.push('\n');
    write_comment(text, key.meaning);
    if !note.is_empty() {
        let _ = writeln!(text, "# {note}");
    }
    let off = if off || optional { "#" } else { "" };
    let _ = writeln!(text, "{off}{} = {value}", key.name);
}

fn write_comment(text: &mut String, lines: &[&str]) {
    for line in lines {
        let _ = writeln!(text, "#{line}");
    }
}
