//! A profile file as it was written: where each key stands, and what is wrong there.

use std::fmt;
use std::ops::Range;
use toml::de::{DeTable, DeValue, Error};
use toml::{Spanned, Value};

const UNKNOWN_KEY: &str = "unknown key";

/// One thing that is wrong in a profile file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Defect {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The key, `roles[0].label.fr` for example; empty where the file is not TOML.
    pub key: String,
    /// What is wrong, and by which rule.
    pub reason: String,
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)?;
        if !self.key.is_empty() {
            write!(f, " {}", self.key)?;
        }
        write!(f, ": {}", self.reason)
    }
}

/// The file's keys with their places, and the defects found so far.
pub(crate) struct Document<'s> {
    source: &'s str,
    root: DeValue<'s>,
    defects: Vec<Defect>,
}

impl<'s> Document<'s> {
    /// Reads TOML; a syntax error is the one defect that ends the reading at once.
    pub(crate) fn parse(source: &'s str) -> Result<Self, Defect> {
        match DeTable::parse(source) {
            Ok(root) => Ok(Self { source, root: DeValue::Table(root.into_inner()), defects: Vec::new() }),
            Err(error) => Err(defect(source, error.span().map_or(0, |span| span.start), "", error.message())),
        }
    }

    /// The value of a top-level key.
    pub(crate) fn section(&self, name: &str) -> Option<&Spanned<DeValue<'s>>> {
        self.root.get(name)
    }

    /// Notes a defect at `key`, or at what surrounds it where the key is missing.
    pub(crate) fn refuse(&mut self, key: &str, reason: &str) {
        self.defects.push(defect(self.source, self.offset(key), key, reason));
    }

    /// Notes what TOML's own reader refused in the section `name`, at the innermost key that its span is in.
    pub(crate) fn refuse_shape(&mut self, name: &str, error: &Error) {
        let mut key = name.to_owned();
        if let (Some(value), Some(span)) = (self.section(name), error.span()) {
            innermost(value.get_ref(), name, span.start, &mut key);
        }
        self.refuse(&key, &error.message().replacen("missing field", "missing key", 1));
    }

    /// Notes every key of the section `name` that is not in `known`, the section as it was understood.
    pub(crate) fn refuse_unknown(&mut self, name: &str, known: &Value) {
        let mut found = Vec::new();
        if let Some(value) = self.section(name) {
            unknown(value.get_ref(), known, name, &mut found);
        }
        self.defects
            .extend(found.iter().map(|(key, span)| defect(self.source, span.start, key, UNKNOWN_KEY)));
    }

    /// Notes every top-level key that is not in `known`.
    pub(crate) fn refuse_unknown_sections(&mut self, known: &[&str]) {
        let names = self.root.as_table().into_iter().flat_map(DeTable::keys);
        let unknown = names.filter(|name| !known.contains(&name.get_ref().as_ref()));
        self.defects
            .extend(unknown.map(|name| defect(self.source, name.span().start, name.get_ref(), UNKNOWN_KEY)));
    }

    /// The defects in the order of the file.
    pub(crate) fn into_defects(self) -> Vec<Defect> {
        let mut defects = self.defects;
        defects.sort_by_key(|defect| (defect.line, defect.column));
        defects
    }

    /// Where `key` stands, in bytes; of a table its name, of an array's element the element.
    fn offset(&self, key: &str) -> usize {
        let mut value = &self.root;
        let mut offset = 0;
        for step in key.split(['.', '[', ']']).filter(|step| !step.is_empty()) {
            let found = match value {
                DeValue::Table(table) => table.get_key_value(step).map(|(name, inner)| (name.span(), inner)),
                DeValue::Array(array) => step
                    .parse::<usize>()
                    .ok()
                    .and_then(|index| array.get(index))
                    .map(|inner| (inner.span(), inner)),
                _ => None,
            };
            let Some((span, inner)) = found else { break };
            offset = span.start;
            value = inner.get_ref();
        }
        offset
    }
}

/// Puts into `found` the innermost key whose name or value is at `offset`.
fn innermost(value: &DeValue<'_>, key: &str, offset: usize, found: &mut String) {
    let mut visit = |member: String, name: Range<usize>, inner: &Spanned<DeValue<'_>>| {
        if name.contains(&offset) || inner.span().contains(&offset) {
            found.clone_from(&member);
        }
        innermost(inner.get_ref(), &member, offset, found);
    };
    match value {
        DeValue::Table(table) => {
            table
                .iter()
                .for_each(|(name, inner)| visit(format!("{key}.{}", name.get_ref()), name.span(), inner));
        }
        DeValue::Array(array) => {
            array.iter().enumerate().for_each(|(i, inner)| visit(format!("{key}[{i}]"), inner.span(), inner));
        }
        _ => {}
    }
}

/// Collects the keys of `value` that `known` does not have, with their places.
fn unknown(value: &DeValue<'_>, known: &Value, key: &str, found: &mut Vec<(String, Range<usize>)>) {
    match (value, known) {
        (DeValue::Table(table), Value::Table(known)) => {
            for (name, inner) in table {
                let member = format!("{key}.{}", name.get_ref());
                match known.get(name.get_ref().as_ref()) {
                    Some(known) => unknown(inner.get_ref(), known, &member, found),
                    None => found.push((member, name.span())),
                }
            }
        }
        (DeValue::Array(array), Value::Array(known)) => {
            for (i, (inner, known)) in array.iter().zip(known).enumerate() {
                unknown(inner.get_ref(), known, &format!("{key}[{i}]"), found);
            }
        }
        _ => {}
    }
}

/// A defect at a byte offset, in printable words.
fn defect(source: &str, offset: usize, key: &str, reason: &str) -> Defect {
    let before = source.get(..offset).unwrap_or(source);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    Defect {
        line: before.matches('\n').count() + 1,
        column: before[line_start..].chars().count() + 1,
        key: key.replace(char::is_control, " "),
        reason: reason.replace(char::is_control, " "),
    }
}
