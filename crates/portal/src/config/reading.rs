//! Reading TOML key by key: every defect is found with its line, none hides another, and the defaults that are
//! documented are those that hold.

use super::Defect;
use serde::de::DeserializeOwned;
use serde::de::value::UnitDeserializer;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Error, ValueDeserializer};

/// What holds where a key is not written; the text is TOML.
#[derive(Debug, Clone, Copy)]
pub(super) enum Given {
    /// It has to be written; an example.
    Required(&'static str),
    /// Its default.
    Default(&'static str),
    /// It may be left out; an example.
    Optional(&'static str),
}

/// One key.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) given: Given,
    /// One line or more.
    pub(super) meaning: &'static [&'static str],
}

/// A table of keys; `section!` implements it.
pub(super) trait Section: Sized {
    /// What it is for, in lines.
    const MEANING: &'static [&'static str];
    /// Its keys.
    const KEYS: &'static [Key];
    /// The tables in it.
    const TABLES: &'static [TableInfo];

    /// Reads it; `None` where a defect was noted.
    fn read(reader: &mut Reader<'_, '_>) -> Option<Self>;
}

/// A table in a table, described.
#[derive(Debug)]
pub(super) struct TableInfo {
    pub(super) name: &'static str,
    pub(super) meaning: &'static [&'static str],
    pub(super) optional: bool,
    pub(super) keys: &'static [Key],
}

/// A table in a table: one that may be left out, or one whose defaults hold then.
pub(super) trait Table: Sized {
    const OPTIONAL: bool;
    const MEANING: &'static [&'static str];
    const KEYS: &'static [Key];

    fn read_table(document: &mut Document<'_>, name: &'static str) -> Option<Self>;
}

impl<S: Section> Table for S {
    const OPTIONAL: bool = false;
    const MEANING: &'static [&'static str] = <S as Section>::MEANING;
    const KEYS: &'static [Key] = <S as Section>::KEYS;

    fn read_table(document: &mut Document<'_>, name: &'static str) -> Option<Self> {
        S::read(&mut Reader { document, table: name })
    }
}

impl<S: Section> Table for Option<S> {
    const OPTIONAL: bool = true;
    const MEANING: &'static [&'static str] = <S as Section>::MEANING;
    const KEYS: &'static [Key] = <S as Section>::KEYS;

    fn read_table(document: &mut Document<'_>, name: &'static str) -> Option<Self> {
        if document.root.contains_key(name) {
            S::read(&mut Reader { document, table: name }).map(Some)
        } else {
            Some(None)
        }
    }
}

/// A struct whose fields are keys of TOML, with what they mean and what holds without them.
macro_rules! section {
    (
        $(#[doc = $about:literal])*
        $name:ident {
            $( $(#[doc = $meaning:literal])* $key:ident : $type:ty = $given:expr, )*
        }
        $( sections { $( $(#[doc = $what:literal])* $table:ident : $section:ty, )* } )?
    ) => {
        $(#[doc = $about])*
        #[derive(Debug, Clone)]
        pub struct $name {
            $( $(#[doc = $meaning])* pub $key: $type, )*
            $( $( $(#[doc = $what])* pub $table: $section, )* )?
        }

        impl Section for $name {
            const MEANING: &'static [&'static str] = &[$($about),*];
            const KEYS: &'static [Key] = &[
                $( Key { name: stringify!($key), given: $given, meaning: &[$($meaning),*] }, )*
            ];
            const TABLES: &'static [TableInfo] = &[
                $( $( TableInfo {
                    name: stringify!($table),
                    meaning: <$section as Table>::MEANING,
                    optional: <$section as Table>::OPTIONAL,
                    keys: <$section as Table>::KEYS,
                }, )* )?
            ];

            fn read(reader: &mut Reader<'_, '_>) -> Option<Self> {
                reader.refuse_unknown(<Self as Section>::KEYS, <Self as Section>::TABLES);
                // All are read before the first that is missing ends it.
                $( let $key = reader.key(stringify!($key), $given); )*
                $( $( let $table = Table::read_table(reader.document, stringify!($table)); )* )?
                Some(Self { $( $key: $key?, )* $( $( $table: $table?, )* )? })
            }
        }
    };
}
pub(super) use section;

/// One table of a document, while it is read.
pub(super) struct Reader<'r, 's> {
    pub(super) document: &'r mut Document<'s>,
    /// Its name; empty for the root.
    pub(super) table: &'static str,
}

impl<'s> Reader<'_, 's> {
    /// Reads one key, or what holds without it.
    pub(super) fn key<T: DeserializeOwned>(&mut self, name: &str, given: Given) -> Option<T> {
        let read = match (self.value(name), given) {
            (Some(value), _) => T::deserialize(ValueDeserializer::from(value)),
            (None, Given::Default(value)) => ValueDeserializer::parse(value).and_then(T::deserialize),
            (None, Given::Optional(_)) => T::deserialize(UnitDeserializer::<Error>::new()),
            (None, Given::Required(_)) => Err(serde::de::Error::custom("missing key")),
        };
        read.map_err(|error| self.document.refuse(&self.path(name), one_line(error.message()))).ok()
    }

    /// Notes every key that the section does not have.
    pub(super) fn refuse_unknown(&mut self, keys: &[Key], tables: &[TableInfo]) {
        let known = |name: &str| {
            keys.iter().any(|key| key.name == name) || tables.iter().any(|table| table.name == name)
        };
        let names = self.members().into_iter().flat_map(DeTable::keys).map(|name| name.get_ref().to_string());
        let unknown: Vec<String> = names.filter(|name| !known(name)).collect();
        if self.members().is_none() && self.document.root.contains_key(self.table) {
            self.document.refuse(self.table, "takes a table");
        }
        for name in unknown {
            self.document.refuse(&self.path(&name), "unknown key");
        }
    }

    fn members(&self) -> Option<&DeTable<'s>> {
        self.document.table(self.table)
    }

    fn value(&self, name: &str) -> Option<Spanned<DeValue<'s>>> {
        self.members()?.get(name).cloned()
    }

    fn path(&self, name: &str) -> String {
        if self.table.is_empty() { name.to_owned() } else { format!("{}.{name}", self.table) }
    }
}

/// The file's keys with their places, and the defects found so far.
pub(super) struct Document<'s> {
    file: &'s str,
    source: &'s str,
    root: DeTable<'s>,
    defects: Vec<Defect>,
}

impl<'s> Document<'s> {
    /// Reads TOML; a syntax error is the one defect that ends the reading at once.
    pub(super) fn parse(source: &'s str, file: &'s str) -> Result<Self, Defect> {
        match DeTable::parse(source) {
            Ok(root) => Ok(Self { file, source, root: root.into_inner(), defects: Vec::new() }),
            Err(error) => Err(Defect {
                file: file.to_owned(),
                line: line(source, error.span().map_or(0, |span| span.start)),
                key: String::new(),
                reason: one_line(error.message()),
            }),
        }
    }

    /// Notes a defect at `key`, or at its table where the key is not written, or at the top.
    pub(super) fn refuse(&mut self, key: &str, reason: impl Into<String>) {
        let (table, name) = key.split_once('.').unwrap_or(("", key));
        let offset = self
            .table(table)
            .and_then(|members| members.get_key_value(name))
            .or_else(|| self.root.get_key_value(table))
            .map_or(0, |(name, _)| name.span().start);
        let line = line(self.source, offset);
        self.defects.push(Defect {
            file: self.file.to_owned(),
            line,
            key: key.to_owned(),
            reason: reason.into(),
        });
    }

    /// The defects in the order of the file.
    pub(super) fn into_defects(mut self) -> Vec<Defect> {
        self.defects.sort_by_key(|defect| defect.line);
        self.defects
    }

    fn table(&self, name: &str) -> Option<&DeTable<'s>> {
        if name.is_empty() { Some(&self.root) } else { self.root.get(name)?.get_ref().as_table() }
    }
}

/// Line of a byte offset, from 1.
fn line(source: &str, offset: usize) -> usize {
    source.get(..offset).unwrap_or(source).matches('\n').count() + 1
}

/// The reader's own words, without its line breaks.
fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}
