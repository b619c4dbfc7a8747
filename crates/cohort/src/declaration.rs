//! What a key and a table of the study file are: the types in which they are declared.

use serde_json::Value;

/// A key of the study file.
pub(crate) struct Key {
    /// As it is written.
    pub name: &'static str,
    /// What it means.
    pub about: &'static str,
    /// What value it takes.
    pub kind: Kind,
    /// Value when it is left out; none when it must be given or when leaving it out means something else.
    pub default: Option<fn() -> Value>,
    /// Whether its table makes no sense without it.
    pub required: bool,
    /// What to do about a value out of range; may be empty.
    pub hint: &'static str,
    /// Names that people write who mean it, and that are not spelled like it.
    pub synonyms: &'static [&'static str],
}

/// What value a key takes.
pub(crate) enum Kind {
    Text,
    /// Whole number from the first to the second, both included.
    Integer(u64, u64),
    Number(Bounds),
    Choice(&'static [&'static str]),
    /// List of texts.
    Texts,
    /// List of lists, each of two quantities and their correlation.
    Pairs,
    /// A table with these keys.
    Table(&'static Section),
    /// A list of tables with these keys, of the given length at least and of [`MOST_ITEMS`] at most.
    Tables(&'static Section, usize),
}

/// Where a number must lie.
#[derive(Clone, Copy)]
pub(crate) struct Bounds {
    pub above: Option<f64>,
    pub min: Option<f64>,
    pub max: Option<f64>,
}

/// A table of the study file.
pub(crate) struct Section {
    pub name: &'static str,
    pub about: &'static str,
    pub keys: &'static [Key],
    /// Names of tables inside it.
    pub tables: &'static [&'static str],
    /// Whether the file may have several of it, as a list of tables.
    pub is_repeated: bool,
    /// Keys of which exactly one is to be given; may be empty.
    pub one_of: &'static [&'static str],
    /// How it is written as the value of a key, or several of it in a list; may be empty.
    pub example: &'static str,
}

impl Section {
    /// Every name that may stand in it.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.keys.iter().map(|k| k.name).chain(self.tables.iter().copied()).collect()
    }

    /// The key that is meant by a name which is not a key and not spelled like one.
    pub(crate) fn meant_by(&self, name: &str) -> Option<&'static str> {
        let name = name.to_lowercase();
        self.keys.iter().find(|k| k.synonyms.contains(&name.as_str())).map(|k| k.name)
    }
}

/// More infusions than any schedule has, and few enough to hold each against every other.
pub(crate) const MOST_ITEMS: usize = 1000;

pub(crate) const ANY: Bounds = Bounds { above: None, min: None, max: None };
pub(crate) const NOT_NEGATIVE: Bounds = Bounds { min: Some(0.0), ..ANY };
pub(crate) const POSITIVE: Bounds = Bounds { above: Some(0.0), ..ANY };

pub(crate) const UP_TO_ONE: Bounds = Bounds { max: Some(1.0), ..NOT_NEGATIVE };

/// What to do about a fraction out of range.
pub(crate) const A_FRACTION: &str = "It is a fraction: 0.1 for 10 %.";

/// A key; without a text of its own it means what its table means.
pub(crate) const fn key(name: &'static str, kind: Kind, about: &'static str) -> Key {
    let about = match kind {
        Kind::Table(section) | Kind::Tables(section, _) if about.is_empty() => section.about,
        _ => about,
    };
    Key { name, about, kind, default: None, required: false, hint: "", synonyms: &[] }
}

impl Key {
    pub(crate) const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    pub(crate) const fn default(self, default: fn() -> Value) -> Self {
        Self { default: Some(default), ..self }
    }

    pub(crate) const fn hint(self, hint: &'static str) -> Self {
        Self { hint, ..self }
    }

    pub(crate) const fn synonyms(self, synonyms: &'static [&'static str]) -> Self {
        Self { synonyms, ..self }
    }

    /// How it is written, for keys whose values are tables.
    pub(crate) fn example(&self) -> String {
        match self.kind {
            Kind::Table(section) => format!("Write {} = {}.", self.name, section.example),
            Kind::Tables(section, _) => format!("Write {} = [{}].", self.name, section.example),
            _ => String::new(),
        }
    }
}

pub(crate) const fn section(name: &'static str, keys: &'static [Key], about: &'static str) -> Section {
    Section { name, about, keys, tables: &[], is_repeated: false, one_of: &[], example: "" }
}
