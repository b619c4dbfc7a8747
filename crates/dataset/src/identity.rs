//! Which run results belong to.

use crate::Result;
use crate::error::DatasetError;
use crate::layout::Layout;
use cartrial_cohort::{Allocation, EnrolmentSummary, Population, Shard, Study};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;
use std::ops::Range;
use std::path::Path;

pub(crate) const FORMAT: &str = "cartrial-results";

/// Version of the results' form on disk that this program writes and reads.
pub const FORMAT_VERSION: u64 = 4;

/// Which run results belong to: all that decides about their rows and how they lie on disk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunIdentity {
    /// `cartrial-results`.
    pub format: String,
    /// Version of the form on disk.
    pub format_version: u64,
    /// The program that writes the results.
    pub program: Program,
    /// The study with every default filled in.
    pub study: Study,
    /// Where the patients come from.
    pub cohort: CohortSource,
    /// Which piece of the study's patients it has; nothing if all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
}

/// A program and its version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Program {
    /// `cartrial`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// Where the patients came from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "source", rename_all = "lowercase")]
pub enum CohortSource {
    /// Drawn from the study's distributions with its seed.
    Drawn,
    /// Drawn as candidates, and accepted for what became of them.
    Accepted(EnrolmentSummary),
    /// Drawn as candidates, and weighted for what became of them.
    Weighted(EnrolmentSummary),
    /// Read from a table.
    Table {
        /// Its path, as the study file has it.
        table: String,
        /// Number of patients in it.
        rows: u64,
        /// SHA-256 of the file, in hexadecimal.
        sha256: String,
    },
}

impl CohortSource {
    /// What came of the candidates, if patients were enrolled from some.
    pub fn enrolment(&self) -> Option<&EnrolmentSummary> {
        match self {
            Self::Accepted(summary) | Self::Weighted(summary) => Some(summary),
            Self::Drawn | Self::Table { .. } => None,
        }
    }
}

/// Where two runs differ.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    key: String,
    here: Value,
    there: Value,
}

impl RunIdentity {
    pub(crate) fn of(layout: &Layout) -> Self {
        Self {
            format: FORMAT.into(),
            format_version: FORMAT_VERSION,
            program: Program { name: "cartrial".into(), version: env!("CARGO_PKG_VERSION").into() },
            study: layout.study.clone(),
            cohort: match &layout.study.population {
                Population::Drawn(spec) => match layout.enrolment.clone() {
                    None => CohortSource::Drawn,
                    Some(summary) if spec.weight_column().is_some() => CohortSource::Weighted(summary),
                    Some(summary) => CohortSource::Accepted(summary),
                },
                Population::Table(t) => {
                    CohortSource::Table { table: t.path.clone(), rows: t.rows, sha256: t.sha256.clone() }
                }
            },
            shard: layout.shard,
        }
    }

    /// The ids of its patients.
    pub fn ids(&self) -> Range<u64> {
        self.shard.map_or(0..self.study.patients, |shard| shard.ids(self.study.patients))
    }

    /// Rows of a patient: one in every arm, or one alone where patients are randomised.
    pub fn rows_per_patient(&self) -> usize {
        match self.study.allocation {
            Allocation::Twins => self.study.arms.len(),
            Allocation::Randomised => 1,
        }
    }

    /// The same study with all its patients.
    pub(crate) fn of_whole_study(&self) -> Self {
        Self { shard: None, ..self.clone() }
    }

    /// Where `there` differs from this run, in the order of the keys; empty if nowhere.
    pub fn differences(&self, there: &Self) -> Vec<Difference> {
        let value = |identity: &Self| serde_json::to_value(identity).unwrap_or_default();
        let mut found = Vec::new();
        add_differences("", &value(self), &value(there), &mut found);
        found
    }
}

/// Compares tables key by key, and anything else as a whole.
fn add_differences(key: &str, here: &Value, there: &Value, found: &mut Vec<Difference>) {
    if here == there {
        return;
    }
    if let (Value::Object(a), Value::Object(b)) = (here, there) {
        let only_there = b.keys().filter(|name| !a.contains_key(*name));
        for name in a.keys().chain(only_there) {
            let below = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
            let of = |object: &serde_json::Map<String, Value>| object.get(name).cloned().unwrap_or_default();
            add_differences(&below, &of(a), &of(b), found);
        }
    } else if let (Value::Array(a), Value::Array(b)) = (here, there)
        && a.len() == b.len()
    {
        a.iter().zip(b).enumerate().for_each(|(i, (a, b))| {
            add_differences(&format!("{key}[{i}]"), a, b, found);
        });
    } else {
        found.push(Difference { key: key.to_owned(), here: here.clone(), there: there.clone() });
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is {} there and {} here", self.key, short(&self.there), short(&self.here))
    }
}

/// A value in a message.
fn short(value: &Value) -> String {
    const LONGEST: usize = 40;
    let text = match value {
        Value::Null => "not given".to_owned(),
        other => other.to_string(),
    };
    if text.chars().count() <= LONGEST {
        return text;
    }
    text.chars().take(LONGEST).chain("…".chars()).collect()
}

/// The first few differences as a list.
pub(crate) fn listed(differences: &[Difference]) -> String {
    const SHOWN: usize = 3;
    let mut texts: Vec<_> = differences.iter().take(SHOWN).map(Difference::to_string).collect();
    if differences.len() > SHOWN {
        texts.push(format!("{} more", differences.len() - SHOWN));
    }
    texts.join(", ")
}

/// Refuses what is not of this format and version. `what` names the file: manifest or journal.
pub(crate) fn check_format(value: &Value, path: &Path, what: &str) -> Result<()> {
    let damaged = |reason: String, remedy| DatasetError::damaged_with(path, reason, remedy);
    if value.get("format").and_then(Value::as_str) != Some(FORMAT) {
        let reason = format!("is no {what} of cartrial results (\"format\" is not {FORMAT:?})");
        return Err(damaged(reason, "Name the directory that a run wrote to."));
    }
    let version = value.get("format_version").cloned().unwrap_or_default();
    if version.as_u64() != Some(FORMAT_VERSION) {
        let reason = format!("is of format version {version}, and this program reads {FORMAT_VERSION}");
        return Err(damaged(reason, "Use the version of cartrial that wrote it, or run the study again."));
    }
    Ok(())
}

/// Whether this is the text of a manifest, or of a journal, of this program in any version.
pub(crate) fn is_ours(text: &[u8]) -> bool {
    let first = serde_json::Deserializer::from_slice(text).into_iter::<Value>().next();
    first.is_some_and(|value| value.is_ok_and(|v| v.get("format").and_then(Value::as_str) == Some(FORMAT)))
}
